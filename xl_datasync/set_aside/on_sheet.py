"""Rows kept on a sheet of the workbook that is open in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import Job
from xl_datasync.core.values import SheetColumn, area_address
from xl_datasync.set_aside.aside import Aside, Place
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.set_aside.merging import Merged, merged_in_turn
from xl_datasync.workbook.set_aside.new_sheet import new_sheet
from xl_datasync.workbook.set_aside.reading import old_rows
from xl_datasync.workbook.set_aside.rows import AsideRow
from xl_datasync.workbook.set_aside.sheet import add_rows, let_go, renew_rows
from xl_datasync.workbook.set_aside.sheets import as_it_was, set_aside_sheets, waiting_tables
from xl_datasync.workbook.set_aside.unchanged import is_unchanged


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
        """Put rows below those that still wait there; where somebody is at work on a sheet, none is let go."""
        tables = waiting_tables(self.live, self.job.name, aside.table.columns)
        others = self._others(tables)
        rows = {name: list(old_rows(table)) for name, table in tables.items()}
        waiting = {name: rows[name] for name, table in tables.items() if is_unchanged(self.live, name, table)}
        found, new = merged_in_turn(waiting, aside.table.rows, aside.superseded, self.job.method)
        for name, of_sheet in found.items():
            let_go(self.live, name, tables[name], rows[name], of_sheet.kept)
        places: list[Place] = []
        for name in tables:
            of_sheet = found.get(name, Merged(tuple(rows[name])))
            kept = len(of_sheet.kept)
            places.append(Place(_named(name), "", 0, kept, of_sheet.doubtful, of_sheet.left_out))
        if new:
            table = replace(aside.table, rows=new)
            name = next(iter(tables), "") or new_sheet(self.live, table, aside.shape.sheet)
            top = add_rows(self.live, name, table)
            area = area_address(name, f"{top}:{top + len(new) - 1}")
            places[:1] = [replace(places[0] if places else Place(_named(name)), area=area, rows=len(new))]
        return [*places, Place("", others=others)]

    def renew(self, aside: Aside) -> list[Place]:
        """Take rows off that were sent from there; those that were not stay."""
        name, rows = aside.shape.sheet, len(aside.table.rows)
        others = self._others([name])
        stand = renew_rows(self.live, name, aside.table, aside.unsent)
        area = area_address(name, f"{stand[0]}:{stand[-1]}") if stand else ""
        return [Place(_named(name), area, rows, len(aside.unsent), others=others)]

    def _others(self, names: Iterable[str]) -> list[str]:
        """The sheets beside some on which rows of the job wait."""
        return [f"on another sheet: “{name}”" for name in filled_sheets(self.live, self.job.name) if name not in names]


def _named(sheet: str) -> str:
    return f"sheet “{sheet}”"


def filled_sheets(live: LiveWorkbook, job: str) -> list[str]:
    """The sheets on which rows of a job wait."""
    tables = {name: as_it_was(live, name) for name in set_aside_sheets(live, job)}
    return [name for name, table in tables.items() if table and any(True for _ in old_rows(table))]
