"""The job for rows alone that were set aside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import Job
from xl_datasync.core.values import TableShape
from xl_datasync.set_aside.in_files import InFiles
from xl_datasync.set_aside.shelves import live_book
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Table, Workbook
from xl_datasync.workbook.set_aside.looks import HEADER_ROW, SHEET
from xl_datasync.workbook.set_aside.reading import aside_table, old_rows, our_choices


def again(job: Job, book: Workbook, folder: Path, sheet: str = "") -> Job:
    """The job for rows alone that it has set aside: rows for a dataset that was replaced are added to it.

    What a replace had left out is not in the dataset. Where a row is there all the same, somebody has added it since:
    then adding stops and names it, and nothing is written over unseen.

    :param sheet: the set-aside sheet that is meant, in a workbook that is open in Excel; ``""`` for the job's own.
    :raises DataSyncError: where no rows are set aside, or they cannot be read.
    """
    name = sheet or _own_sheet(job, book)
    if name:
        place = replace(job, source=name, file=None)
        shape = _shape(aside_table(book, name), f"Sheet “{name}”")
    else:
        path = InFiles(folder, job).to_send()
        place = replace(job, source=SHEET, file=path)
        with open_workbook(path) as kept:
            shape = _shape(aside_table(kept), str(path))
    method = Method.APPEND if job.method is Method.REPLACE else job.method
    choices = (*job.choices, *our_choices(shape))
    return replace(place, method=method, header_row=HEADER_ROW, choices=choices, only_set_aside=True)


def _own_sheet(job: Job, book: Workbook) -> str:
    """The sheet on which rows of a job wait; ``""`` where there is none."""
    live = live_book(job, book)
    if live is None:
        return ""
    # Runs without Excel do not load what is needed to talk to it.
    from xl_datasync.set_aside.on_sheet import filled_sheets  # noqa: PLC0415

    return next(iter(filled_sheets(live, job.name)), "")


def _shape(table: Table, where: str) -> TableShape:
    """The shape of rows set aside.

    :raises ConfigurationError: where there are none.
    """
    if not any(True for _ in old_rows(table)):
        raise ConfigurationError("No rows are set aside there.", where=where, remedy="Publish the sheet itself.")
    return table.shape
