"""Which sheets of a workbook that is open in Excel hold rows set aside.

They are known by what stands above their headers, so that they may be renamed; one without that is never written to.
"""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import SheetColumn
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside.looks import JOB, TITLE
from xl_datasync.workbook.set_aside.reading import aside_table, same_headers, source_columns


def set_aside_job(live: LiveWorkbook, sheet: str) -> str | None:
    """The job whose rows were set aside on a sheet; None where it is none of ours."""

    def look() -> str | None:
        with forgiving():  # a chart has no cells
            title, job = live.book.sheets[sheet]["A1:A2"].options(ndim=1).value
            if title == TITLE and isinstance(job, str) and job.startswith(JOB):
                return job.removeprefix(JOB)
        return None

    found: str | None = live.ask(look)
    return found


def set_aside_sheets(live: LiveWorkbook, job: str) -> list[str]:
    """The sheets on which rows of a job were set aside; those that were given another name are not looked for."""
    names: list[str] = live.ask(lambda: [sheet.name for sheet in live.book.sheets])
    likely = [name for name in names if name.casefold().startswith(TITLE.casefold())]
    return [name for name in likely if (found := set_aside_job(live, name)) and found.casefold() == job.casefold()]


def waiting_tables(live: LiveWorkbook, job: str, columns: Sequence[SheetColumn]) -> dict[str, Table]:
    """The sheets on which rows of a job wait under the same columns, each as it was when the workbook was read."""
    found = {name: table for name in set_aside_sheets(live, job) if (table := as_it_was(live, name))}
    return {name: t for name, t in found.items() if same_headers(source_columns(t.shape, ours=True), columns)}


def as_it_was(live: LiveWorkbook, sheet: str) -> Table | None:
    """A set-aside sheet as it was when the workbook was read; None where it was not there, or has no header."""
    try:
        return aside_table(live.snapshot, sheet)
    except WorkbookError:
        return None
