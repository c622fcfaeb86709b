"""Whether the sheet holds anything that people do not see or mean."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase

from xl_datasync.core.checks.answers import name_of, tidy, topic_of_all
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.options import HiddenPolicy
from xl_datasync.core.problems import Fault, ProblemLog, Severity
from xl_datasync.core.values import Doubt, Stale, TableShape, area_address, cell_address

NAMES_SHOWN = 12
OLD_RESULTS, LINKS = "results of formulas", "values from other workbooks"


def check_shape(shape: TableShape, mapping: Mapping, job: Job, log: ProblemLog) -> None:
    """Whether the sheet holds anything that people do not see or mean."""
    subject = f"Sheet “{shape.sheet}”"
    if job.options.hidden_rows is HiddenPolicy.STOP:
        _check_hidden_rows(shape, subject, log)
    _check_hidden_columns(shape, mapping, log)
    if job.method is not Method.DELETE:
        _tell_hidden_columns(mapping, job, subject, log)
        for doubt in shape.doubts:
            log.add(subject, _doubted(doubt), cell_address(shape.sheet, doubt.letter, doubt.row))


def check_merged(shape: TableShape, left_out: set[int], log: ProblemLog) -> None:
    """Cells that are merged have one value; in rows that are not sent they may be.

    :param left_out: numbers of rows that the job leaves out.
    """
    for merged in shape.merged:
        first, _, last = merged.partition(":")
        rows = range(int(first.strip(ascii_uppercase)), int((last or first).strip(ascii_uppercase)) + 1)
        if not left_out.issuperset(rows):
            fault = Fault(
                "merged cells among the data; only the first cell has a value", "Unmerge them and fill each cell."
            )
            log.add(f"Sheet “{shape.sheet}”", fault, area_address(shape.sheet, merged))


def _check_hidden_rows(shape: TableShape, subject: str, log: ProblemLog) -> None:
    """Rows that a filter hides are told from those that were hidden by hand, because they are shown in other ways."""
    settle = "set the option “Hidden rows” to “Send” or “Skip”."
    filtered = shape.filtered_rows
    hidden = shape.hidden_rows - filtered
    if filtered:
        by = f" on {_quoted(shape.filtered_by)}" if shape.filtered_by else ""
        fault = Fault(
            f"rows that the filter{by} hides: {len(filtered):,}", f"Clear the filter (Data > Clear), or {settle}"
        )
        log.add(subject, fault, shape.row_address(min(filtered)))
    if hidden:
        how = "hidden" if filtered else "hidden or filtered away"
        fault = Fault(f"rows that are {how}: {len(hidden):,}", f"Show them, or {settle}")
        log.add(subject, fault, shape.row_address(min(hidden)))


def _check_hidden_columns(shape: TableShape, mapping: Mapping, log: ProblemLog) -> None:
    """A hidden column is not sent unless somebody has named it; then it is told until that is answered."""
    for mapped in mapping.columns:
        for source in mapped.sources:
            if not source.hidden:
                continue
            fault = Fault("hidden column that would be published",
                          "Show it, or name it in the Column map with Send? set to “Yes” or “Ignore”.")  # fmt: skip
            if mapped.choice or mapped.parts:
                what = "hidden column that is published, because the Column map says so"
                fault = Fault(what, "Show it, or set Send? to “Ignore” there.", Severity.WARNING,
                              topic=tidy(f"hidden column {name_of(source)}"))  # fmt: skip
            log.add(f"Column “{source.header}”", fault, shape.address(source, shape.header_row or 1))


def _tell_hidden_columns(mapping: Mapping, job: Job, subject: str, log: ProblemLog) -> None:
    """Hidden columns that stay where they are, unless the Column map deals with them."""
    dealt_with = {choice.sheet_column.casefold() for choice in job.choices}
    names = [
        name_of(column)
        for column in mapping.ignored
        if column.hidden and not (column.header and column.header.casefold() in dealt_with)
    ]
    if names:
        log.add(subject, Fault(f"hidden columns are not sent: {_quoted(names)}", "", Severity.NOTE))


def _doubted(doubt: Doubt) -> Fault:
    """What is wrong with formulas whose results may be old."""
    match doubt.why:
        case Stale.BY_HAND:
            what = "formulas whose results may be old: the workbook calculates only when it is told to"
            remedy = "Press F9 in Excel, look at the results, and save."
            return Fault(what, remedy, Severity.WARNING, topic=OLD_RESULTS)
        case Stale.UNFINISHED:
            what = "formulas whose results may be old: the workbook was saved before they were calculated"
            remedy = "Open it in Excel, look at the results, and save."
            return Fault(what, remedy, Severity.WARNING)  # of this one save, so that no answer settles it
        case Stale.LINKED:
            what = (
                f"formulas take values from other workbooks, as they were when last looked up: {_quoted(doubt.books)}"
            )
            remedy = "In Excel choose Data > Edit Links > Update Values, look at the results, and save."
            topic = topic_of_all(LINKS, [f"“{book}”" for book in doubt.books])
            return Fault(what, remedy, Severity.WARNING, topic=topic)


def _quoted(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN:,} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(f"“{name}”" for name in names[:NAMES_SHOWN]) + more
