"""Where the rows of a job are kept: on a sheet of the workbook that is open in Excel, else in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from xl_datasync.core.jobs import Job
from xl_datasync.core.values import SheetColumn
from xl_datasync.set_aside.aside import Aside, Place
from xl_datasync.set_aside.in_files import InFiles
from xl_datasync.workbook.protocol import Workbook
from xl_datasync.workbook.set_aside.rows import AsideRow

if TYPE_CHECKING:
    from xl_datasync.workbook.live import LiveWorkbook


class Shelf(Protocol):
    """Where rows of one job are kept."""

    def waiting(self, columns: Sequence[SheetColumn]) -> list[AsideRow]:
        """The rows that wait there under these columns."""

    def keep(self, aside: Aside) -> list[Place]:
        """Keep rows, and let go of those that wait there and were sent with their own sheet."""

    def renew(self, aside: Aside) -> list[Place]:
        """Let go of rows that were sent from there; those that have faults again stay."""


def shelf_of(job: Job, book: Workbook | None, folder: Path) -> Shelf:
    """Where the rows of a job are kept.

    :param folder: where the CSV files are.
    """
    live = live_book(job, book)
    if live is None:
        return InFiles(folder, job)
    # Runs without Excel do not load what is needed to talk to it.
    from xl_datasync.set_aside.on_sheet import OnSheet  # noqa: PLC0415

    return OnSheet(live, job)


def live_book(job: Job, book: Workbook | None) -> LiveWorkbook | None:
    """The workbook that is open in Excel and holds what the job publishes; None where there is none."""
    return cast("LiveWorkbook", book) if job.file is None and is_open(book) else None


def is_open(book: Workbook | None) -> bool:
    """Whether the workbook with the jobs is open in Excel."""
    return book is not None and book.in_excel
