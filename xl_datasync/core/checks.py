"""What must hold before anything is sent, beyond what single cells can show."""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.core.conversion.text import INVISIBLE
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex, Repeated
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import MappedColumn, Mapping
from xl_datasync.core.options import HiddenPolicy
from xl_datasync.core.problems import Fault, Place, Problem, ProblemLog, Severity, shortened
from xl_datasync.core.values import SheetColumn, TableShape

RIGHTS_NEEDED = {
    Method.REPLACE: frozenset({"write", "add", "delete"}),
    Method.APPEND: frozenset({"write", "add"}),
    Method.UPSERT: frozenset({"write", "add"}),
    Method.DELETE: frozenset({"write", "delete"}),
}
EXCEL_LAST_ROW = 1_048_576


def check_dataset(dataset: Dataset, job: Job, log: ProblemLog, *, signed_in: bool) -> None:
    """Whether the dataset is one that rows can be sent to, in this way and by this user."""
    subject = f"Dataset “{dataset.name}” ({dataset.id})"
    if dataset.view_type != "tabular" or dataset.display_type not in ("table", "draft", "page", "fatrow"):
        kind = dataset.view_type if dataset.view_type != "tabular" else dataset.display_type
        log.add(
            subject,
            Fault(f"it is a {kind}, not a table", "Use the ID of the dataset it is made from."),
            job.where,
        )
    missing = RIGHTS_NEEDED[job.method] - dataset.rights
    if signed_in and missing:
        owner = f" {dataset.owner}" if dataset.owner else ""
        what = f"your account may not change it (missing: {', '.join(sorted(missing))})"
        log.add(subject, Fault(what, f"Ask its owner{owner} for the right to edit it."), job.where)
    if dataset.row_identifier is None and job.method in (Method.UPSERT, Method.DELETE):
        what = f"it has no row identifier, so “{job.method.value}” cannot know which row is meant"
        remedy = "Ask the portal's owner to set one, or use “Add rows” or “Replace all rows”."
        log.add(subject, Fault(what, remedy), job.where)


def check_mapping(mapping: Mapping, dataset: Dataset, job: Job, shape: TableShape, log: ProblemLog) -> None:
    """Whether the mapping fills what the method needs."""
    identifier = dataset.row_identifier
    subject = f"Sheet “{shape.sheet}”"
    if identifier and mapping.find(identifier) is None:
        what = f"no column is mapped to the row identifier “{identifier.name}”"
        log.add(
            subject,
            Fault(what, f"Name a column “{identifier.name}”, or add it to the Column map."),
            job.where,
        )
    if not mapping.columns:
        remedy = f"The dataset has: {', '.join(column.name for column in dataset.writable_columns)}."
        log.add(subject, Fault("no column matches a column of the dataset", remedy), job.where)
    if job.method is Method.REPLACE:
        for column in mapping.unmapped:
            what = f"the portal column “{column.name}” has no column here; replacing would empty it"
            remedy = "Add the column, or add it to the Column map with Send? set to “Leave blank”."
            log.add(subject, Fault(what, remedy), job.where)
    for mapped in mapping.guesses:
        what = f"it was matched to “{mapped.column.name}” by a guess"
        remedy = "Confirm it by a row in the Column map (“xl-datasync map” prints it), or correct the header."
        log.add(mapped.subject, Fault(what, remedy), shape.address(_source(mapped), shape.header_row or 1))


def check_shape(shape: TableShape, mapping: Mapping, job: Job, log: ProblemLog) -> None:
    """Whether the sheet holds anything that people do not see or mean."""
    subject = f"Sheet “{shape.sheet}”"
    if shape.hidden_rows and job.options.hidden_rows is HiddenPolicy.ASK:
        first = min(shape.hidden_rows)
        fault = Fault(
            f"{len(shape.hidden_rows)} rows are hidden or filtered away",
            "Show them, or set the option “Hidden rows” to “Send” or “Skip”.",
        )
        log.add(subject, fault, f"{shape.sheet}!{first}:{first}")
    for merged in shape.merged:
        log.add(subject, Fault("merged cells among the data; only the first cell has a value",
                               "Unmerge them and fill each cell."), f"{shape.sheet}!{merged}")  # fmt: skip
    for mapped in mapping.columns:
        if mapped.source and mapped.source.hidden and mapped.choice is None:
            what = "hidden column that would be published"
            remedy = "Show it, or name it in the Column map with Send? set to Yes or Ignore."
            log.add(mapped.subject, Fault(what, remedy), shape.address(mapped.source, shape.header_row or 1))


def check_fixed_values(mapping: Mapping, log: ProblemLog) -> None:
    """A row of the Column map without a sheet column needs a fixed value."""
    for mapped in mapping.columns:
        if mapped.source is None and not (mapped.choice and mapped.choice.fixed_value):
            fault = Fault("neither a sheet column nor a fixed value is given", "Fill in one of the two.")
            log.add("Column map", fault, mapped.choice.where if mapped.choice else "")


class IdentifierCheck:
    """Watches the row identifier's column while rows go by, then names what is blank, doubled or nearly so."""

    def __init__(self, mapped: MappedColumn, shape: TableShape, index: IdentifierIndex) -> None:
        self._mapped = mapped
        self._shape = shape
        self._index = index

    def add(self, texts: Sequence[str], rows: Sequence[int], faulty: set[int], log: ProblemLog) -> None:
        """Look at one block; ``faulty`` holds the rows already complained of."""
        self._index.add(texts, rows)
        if "" in texts:
            for text, row in zip(texts, rows, strict=True):
                if not text and row not in faulty:
                    fault = Fault("blank row identifier", "Fill it in, or delete the row.")
                    log.add(self._mapped.subject, fault, self._address(row))
        if not "".join(texts).isascii():
            self._look_for_odd_characters(texts, rows, log)

    def finish(self, log: ProblemLog) -> None:
        """Name what only all rows together can show."""
        self._report(self._index.duplicates(), "row identifier that stands in more than one row",
                     "Keep one row of each.", Severity.PROBLEM, log)  # fmt: skip
        self._report(self._index.near_duplicates(), "row identifiers that differ only in capitals or spaces",
                     "Check that they mean different rows; the portal takes them as different.",
                     Severity.WARNING, log)  # fmt: skip

    def _report(
        self, found: tuple[int, list[Repeated]], what: str, remedy: str, severity: Severity, log: ProblemLog
    ) -> None:
        count, repeated = found
        fault = Fault(what, remedy, severity)
        for group in repeated:
            rows = ", ".join(self._address(row) for row in group.rows)
            log.add(self._mapped.subject, fault, rows, " / ".join(dict.fromkeys(group.texts)))
        log.raise_count(self._mapped.subject, fault, count)

    def _look_for_odd_characters(self, texts: Sequence[str], rows: Sequence[int], log: ProblemLog) -> None:
        for text, row in zip(texts, rows, strict=True):
            if "\xa0" in text or any(mark in text for mark in INVISIBLE):
                fault = Fault(
                    "row identifier with an invisible or non-breaking space",
                    "Type it again.",
                    Severity.WARNING,
                )
                log.add(self._mapped.subject, fault, self._address(row), text)

    def _address(self, row: int) -> str:
        return self._shape.address(_source(self._mapped), row)


def shrink_problem(job: Job, before: int, after: int) -> Problem | None:
    """The guard of replace and delete: rows may not shrink by more than the job's limit.

    :param before: rows on the portal now.
    :param after: rows there would be afterwards.
    """
    gone = before - after
    if before == 0 or gone <= before * job.change_limit / 100:
        return None
    verb = "Replacing" if job.method is Method.REPLACE else "Deleting"
    what = (
        f"The portal has {before:,} rows. {verb} would leave {after:,}, which is {gone:,} fewer "
        f"({gone / before:.0%}; the job's limit is {job.change_limit:g}%)"
    )
    remedy = "Check the sheet. If it is right, raise “Stop if rows shrink by more than” for this job."
    return Problem(f"Job “{job.name}”", what, remedy, Severity.PROBLEM, 1, ())


def known_identifiers_problem(subject: str, found: Sequence[tuple[str, str]], count: int) -> Problem:
    """Add rows refuses identifiers that are on the portal.

    :param found: (address, identifier) of the first of them.
    :param count: how many there are in all.
    """
    what = "row identifier that is already on the portal"
    remedy = "Use “Update and add” to change those rows, or remove them from the sheet."
    places = tuple(Place(where, shortened(text)) for where, text in found)
    return Problem(subject, what, remedy, Severity.PROBLEM, count, places)


def _source(mapped: MappedColumn) -> SheetColumn:
    return mapped.source or SheetColumn(0, "A", "")
