"""Rows kept on a sheet of the workbook that is open in Excel."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import Job
from xl_datasync.core.values import SheetColumn, area_address
from xl_datasync.set_aside.aside import Aside, Place
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.set_aside.merging import merged
from xl_datasync.workbook.set_aside.reading import aside_table, old_rows
from xl_datasync.workbook.set_aside.rows import AsideRow
from xl_datasync.workbook.set_aside.sheet import add_rows, renew_rows
from xl_datasync.workbook.set_aside.sheets import set_aside_sheets, waiting_tables


@dataclass(frozen=True)
class OnSheet:
    """The sheets of one job in an open workbook."""

    live: LiveWorkbook
    job: Job

    def waiting(self, columns: Sequence[SheetColumn]) -> list[AsideRow]:
        """The rows that wait there under these columns."""
        with suppress(DataSyncError):
            tables = waiting_tables(self.live, self.job.name, columns).values()
            return [row for table in tables for row in old_rows(table)]
        return []

    def keep(self, aside: Aside) -> list[Place]:
        """Put rows below those that still wait there."""
        name, first, found = add_rows(
            self.live, aside.table, aside.shape.sheet, lambda old, new: merged(old, new, aside.sent, self.job.method)
        )
        area = _area(name, first, len(found.new))
        return [Place(f"sheet “{name}”", area, len(found.new), len(found.kept), found.doubtful)]

    def renew(self, aside: Aside) -> list[Place]:
        """Take rows off that were sent from there; those that have faults again stay."""
        name, rows = aside.shape.sheet, len(aside.table.rows)
        first = renew_rows(self.live, name, aside.table)
        return [Place(f"sheet “{name}”", _area(name, first, rows), rows)]


def _area(sheet: str, first: int, rows: int) -> str:
    return area_address(sheet, f"{first}:{first + rows - 1}") if rows else ""


def filled_sheet(live: LiveWorkbook, job: str) -> str:
    """The first sheet on which rows of a job wait; ``""`` where there is none."""
    names = set_aside_sheets(live, job)
    return next((name for name in names if any(True for _ in old_rows(aside_table(live, name)))), "")
