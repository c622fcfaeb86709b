"""What must hold before anything is sent, beyond what single cells can show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from xl_datasync.core.conversion import constant_outcome
from xl_datasync.core.conversion.rule import shows_percent
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex, Repeated
from xl_datasync.core.jobs import Job, PortJob
from xl_datasync.core.mapping import MappedColumn, Mapping, Send
from xl_datasync.core.options import HiddenPolicy, JobOptions, PercentStyle
from xl_datasync.core.problems import PLACES_KEPT, Fault, Place, Problem, ProblemLog, Severity, guard, shortened
from xl_datasync.core.values import INVISIBLE, Block, TableShape, area_address, value_text

RIGHTS_NEEDED = {
    Method.REPLACE: frozenset({"write", "add", "delete"}),
    Method.APPEND: frozenset({"write", "add"}),
    Method.UPSERT: frozenset({"write", "add"}),
    Method.DELETE: frozenset({"write", "delete"}),
}
RIGHTS_WORDS = {"add": "add rows", "write": "change rows", "delete": "remove rows"}
# Footers that people leave below their data.
LOOKS_LIKE_TOTALS = re.compile(r"(grand |sub-?)?(totals?|sum)\b.{0,20}", re.IGNORECASE)


def rights_words(rights: Iterable[str]) -> str:
    """The portal's names of rights in plain words."""
    return ", ".join(words for right, words in RIGHTS_WORDS.items() if right in rights)


def kind_fault(dataset: Dataset) -> Fault | None:
    """What is wrong where an asset is no table: a map, a chart, a file, a story or a link (protocol §2.1 [C])."""
    if dataset.view_type == "tabular" and dataset.display_type in ("table", "draft", "page", "fatrow"):
        return None
    kind = dataset.view_type if dataset.view_type != "tabular" else dataset.display_type
    shown = {"blobby": "file", "blob": "file", "href": "link", "geo": "map"}.get(kind, kind)
    return Fault(f"it is a {shown}, not a table", "Use the ID of the dataset it is made from.")


def check_dataset(dataset: Dataset, job: Job, log: ProblemLog, *, signed_in: bool) -> None:
    """Whether the dataset is one that rows can be sent to, in this way and by this user."""
    subject = f"Dataset {dataset.label}"
    fault = kind_fault(dataset)
    if fault:
        log.add(subject, fault, job.where)
    missing = RIGHTS_NEEDED[job.method] - dataset.rights
    if signed_in and missing:
        owner = f" {dataset.owner}" if dataset.owner else ""
        what = f"your account may not {rights_words(missing)} in it"
        log.add(subject, Fault(what, f"Ask its owner{owner} for the right to edit it."), job.where)
    if dataset.row_identifier is None and job.method in (Method.UPSERT, Method.DELETE):
        what = f"it has no row identifier, so “{job.method.value}” cannot know which row is meant"
        remedy = "Ask the dataset's owner to set one."
        if job.method is Method.UPSERT:
            remedy += " Until then only “Add rows” and “Replace all rows” work."
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
    _check_left_over(mapping, dataset, job, shape, log)
    for mapped in mapping.guesses:
        what = f"it was matched to “{mapped.column.name}” by a guess"
        remedy = "Confirm it by a row in the Column map (“xl-datasync map” prints it), or correct the header."
        log.add(mapped.subject, Fault(what, remedy), mapped.address(shape, shape.header_row or 1))


def _check_left_over(mapping: Mapping, dataset: Dataset, job: Job, shape: TableShape, log: ProblemLog) -> None:
    """Tell what has no partner: a sheet column that is not sent, a portal column that gets nothing."""
    if job.method is Method.DELETE or not mapping.columns:
        return
    dealt_with = {choice.sheet_column.casefold() for choice in job.choices}
    for column in mapping.ignored:
        if column.header and not column.hidden and column.header.casefold() not in dealt_with:
            remedy = f"If that is meant, add it to the Column map with Send? set to “{Send.IGNORE.value}”."
            fault = Fault("no portal column matches it; it is not sent", remedy, Severity.WARNING)
            log.add(f"Column “{column.header}”", fault, shape.address(column, shape.header_row or 1))
    if mapping.unmapped and job.method is not Method.REPLACE:
        names = ", ".join(f"“{column.name}”" for column in mapping.unmapped)
        kept = "keep their values in rows that are updated" if job.method is Method.UPSERT else "stay blank"
        log.add(
            f"Dataset “{dataset.name}”", Fault(f"columns without a sheet column {kept}: {names}", "", Severity.NOTE)
        )


def check_last_row(mapped: Sequence[MappedColumn], values: Sequence[str], where: str, log: ProblemLog) -> None:
    """Whether the last row reads like a total of the others."""
    for column, text in zip(mapped, values, strict=True):
        if column.source and LOOKS_LIKE_TOTALS.fullmatch(text.strip()):
            fault = Fault("the last row looks like a totals row", "Delete it if it is one.", Severity.WARNING)
            log.add(column.subject, fault, where, text)
            return


def check_shape(shape: TableShape, mapping: Mapping, job: Job, log: ProblemLog) -> None:
    """Whether the sheet holds anything that people do not see or mean."""
    subject = f"Sheet “{shape.sheet}”"
    if shape.hidden_rows and job.options.hidden_rows is HiddenPolicy.STOP:
        first = min(shape.hidden_rows)
        fault = Fault(
            f"rows that are hidden or filtered away: {len(shape.hidden_rows):,}",
            "Show them, or set the option “Hidden rows” to “Send” or “Skip”.",
        )
        log.add(subject, fault, shape.row_address(first))
    for merged in shape.merged:
        log.add(subject, Fault("merged cells among the data; only the first cell has a value",
                               "Unmerge them and fill each cell."), area_address(shape.sheet, merged))  # fmt: skip
    for mapped in mapping.columns:
        if mapped.source and mapped.source.hidden and mapped.choice is None:
            what = "hidden column that would be published"
            remedy = "Show it, or name it in the Column map with Send? set to Yes or Ignore."
            log.add(mapped.subject, Fault(what, remedy), shape.address(mapped.source, shape.header_row or 1))


def check_constants(mapping: Mapping, identifier: Column | None, options: JobOptions, log: ProblemLog) -> None:
    """Whether the fixed and default values of the Column map are there, can be sent, and leave rows apart."""
    for mapped in mapping.columns:
        choice = mapped.choice
        if choice is None:
            continue
        given = choice.default if mapped.source else choice.fixed_value
        if mapped.source is None and not given:
            fault = Fault("neither a sheet column nor a fixed value is given", "Fill in one of the two.")
            log.add("Column map", fault, choice.where)
        if given and mapped.column == identifier:
            what = f"“{mapped.column.name}” is the row identifier; one value for several rows would make them one"
            log.add("Column map", Fault(what, "Remove the default or fixed value."), choice.where, given)
        outcome = constant_outcome(mapped, options)
        if isinstance(outcome, Fault):
            what = f"the default or fixed value for “{mapped.column.name}”: {outcome.what}"
            log.add("Column map", Fault(what, outcome.remedy, outcome.severity), choice.where, given)


class Watcher(Protocol):
    """Looks at the rows as they go by, then tells what only all of them together can show."""

    def add(self, block: Block, left_out: set[int]) -> None:
        """Look at one block.

        :param left_out: positions of rows in it that are not sent.
        """

    def finish(self, log: ProblemLog) -> None:
        """Add what was found."""


def watchers(mapping: Mapping, job: Job, shape: TableShape) -> list[Watcher]:
    """All that look at the rows of a job."""
    return [PercentCheck(mapped, shape) for mapped in mapping.columns if PercentCheck.needed(mapped, job.options)]


class PercentCheck:
    """Watches a column for cells that show 45% among plain numbers: 45% is sent as 45, and a plain 0.45 as 0.45.

    Which of the two was meant, nobody can tell cell by cell, so a column of both stops the job.
    """

    def __init__(self, mapped: MappedColumn, shape: TableShape) -> None:
        self._mapped = mapped
        self._shape = shape
        self._counts = {False: 0, True: 0}
        self._places: dict[bool, list[tuple[int, str]]] = {False: [], True: []}

    @staticmethod
    def needed(mapped: MappedColumn, options: JobOptions) -> bool:
        """Whether a percent format changes what the column sends."""
        style = options.percent_style
        scaled = style is PercentStyle.TIMES_100 or (style is PercentStyle.AUTOMATIC and mapped.column.is_percent)
        return mapped.column.is_number and mapped.source is not None and scaled

    def add(self, block: Block, left_out: set[int]) -> None:
        """Look at one block."""
        source = self._mapped.source
        if source is None:
            return  # A fixed value is shown in no cell.
        values, formats = block.columns[source.index], block.formats(source.index)
        shown_in_all = {shows_percent(code) for code in set(formats)}
        if len(shown_in_all) == 1 and not left_out and len(self._places[min(shown_in_all)]) == PLACES_KEPT:
            self._counts[shown_in_all.pop()] += sum(1 for value in values if value and type(value) in (int, float))
            return
        for position, (value, code) in enumerate(zip(values, formats, strict=True)):
            if value and type(value) in (int, float) and position not in left_out:
                shown = shows_percent(code)
                self._counts[shown] += 1
                if len(self._places[shown]) < PLACES_KEPT:
                    self._places[shown].append((block.rows[position], value_text(value)))

    def finish(self, log: ProblemLog) -> None:
        """Name the cells of the kind that is rarer."""
        if not all(self._counts.values()):
            return
        rarer = self._counts[True] < self._counts[False]
        what = "percentage among plain numbers" if rarer else "plain number among percentages"
        remedy = "Give all cells of the column the same format, or set the option “Percent style” to “As stored”."
        fault = Fault(what, remedy)
        for row, text in self._places[rarer]:
            log.add(self._mapped.subject, fault, self._mapped.address(self._shape, row), text)
        log.raise_count(self._mapped.subject, fault, self._counts[rarer])


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
        if not "".join(texts).isascii() or list(map(str.strip, texts)) != texts:
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
        unseen = Fault("row identifier with an invisible or non-breaking space", "Type it again.", Severity.WARNING)
        remedy = "Set the option “Trim spaces” to “Yes”."
        edges = Fault("row identifier with spaces at its ends", remedy, Severity.WARNING)
        for text, row in zip(texts, rows, strict=True):
            if "\xa0" in text or any(mark in text for mark in INVISIBLE):
                log.add(self._mapped.subject, unseen, self._address(row), text)
            elif text != text.strip():
                log.add(self._mapped.subject, edges, self._address(row), f"“{text}”")

    def _address(self, row: int) -> str:
        return self._mapped.address(self._shape, row)


def shrink_problem(job: Job | PortJob, before: int, after: int) -> Problem | None:
    """The guard of replace and delete: rows may not shrink by more than the job's limit.

    :param before: rows on the portal now.
    :param after: rows there would be afterwards.
    """
    gone = before - after
    if before == 0 or gone <= before * job.change_limit / 100:
        return None
    verb = "Replacing" if job.method is Method.REPLACE else "Deleting"
    checked = "the source" if isinstance(job, PortJob) else "the sheet"
    what = (
        f"The portal has {before:,} rows. {verb} would leave {after:,}, which is {gone:,} fewer "
        f"({gone / before:.0%}; the job's limit is {job.change_limit:g}%)"
    )
    limit = "“Stop if rows shrink by more than” for this job" if job.where else "the limit (--limit)"
    remedy = f"Check {checked}. If it is right, raise {limit}."
    return guard(f"Job “{job.name}”", what, remedy, f"{verb[:-3]}e anyway")


def known_identifiers_problem(
    mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]], count: int
) -> Problem:
    """Add rows refuses identifiers that are on the portal.

    :param first: the first of them, with their rows.
    :param count: how many there are in all.
    """
    what = "row identifier that is already on the portal"
    remedy = "Use “Update and add” to change those rows, or remove them from the sheet."
    return Problem(mapped.subject, what, remedy, Severity.PROBLEM, count, _places(mapped, shape, first))


def unknown_identifiers_note(
    mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]], count: int
) -> Problem:
    """Identifiers to delete that are not there: told, because they may be misspelt, but no error."""
    what = "row identifier that is not on the portal, so there is nothing to delete"
    return Problem(mapped.subject, what, "", Severity.NOTE, count, _places(mapped, shape, first))


def _places(mapped: MappedColumn, shape: TableShape, first: Sequence[tuple[str, int]]) -> tuple[Place, ...]:
    return tuple(Place(mapped.address(shape, row), shortened(text)) for text, row in first)
