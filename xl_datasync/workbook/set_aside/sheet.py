"""What is done to a sheet of rows set aside, in a workbook that is open in Excel."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.live_sheets import unprotected
from xl_datasync.workbook.live_tables import consecutive
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside.cells import fill_cells, mark_cells
from xl_datasync.workbook.set_aside.looks import HEADER_ROW
from xl_datasync.workbook.set_aside.new_sheet import WORDS
from xl_datasync.workbook.set_aside.reading import find_column, old_rows
from xl_datasync.workbook.set_aside.rows import MARK, WHY, AsideRow, AsideTable
from xl_datasync.workbook.set_aside.sheets import as_it_was
from xl_datasync.workbook.set_aside.unchanged import is_unchanged


def let_go(live: LiveWorkbook, name: str, table: Table, old: Sequence[AsideRow], kept: Sequence[AsideRow]) -> None:
    """Take the rows off a set-aside sheet that wait there no more.

    :param old: all that stand there.
    :raises WorkbookError: where the workbook does not let it be written to.
    """
    _note_runs(live, name, table, old, kept)
    _delete(live, name, {row.at for row in old} - {row.at for row in kept})


def _note_runs(live: LiveWorkbook, name: str, table: Table, old: Sequence[AsideRow], kept: Sequence[AsideRow]) -> None:
    """Write the run beside rows that were set aside again, but stay as they were mended."""
    were = {row.at: row.run for row in old}
    marks = {row.at: row.stored_mark for row in kept if row.run != were[row.at]}
    if marks:
        _write(live, name, lambda sheet: _write_texts(sheet, table, MARK, marks))


def _write_texts(sheet: xw.Sheet, table: Table, header: str, texts: Mapping[int, str]) -> None:
    """Write texts below one of our headers, by their row."""
    if column := find_column(table.shape, header):
        for row, text in texts.items():
            sheet[f"{column.letter}{row}"].value = f"'{text}"


def add_rows(live: LiveWorkbook, name: str, aside: AsideTable) -> int:
    """Write rows below those that stand on a set-aside sheet; the first of them.

    :raises WorkbookError: where the workbook does not let it be written to.
    """
    last: int = live.ask(lambda: live.book.sheets[name].used_range.last_cell.row)
    top = max(last, HEADER_ROW) + 1
    _write(live, name, lambda sheet: fill_cells(sheet, top, aside))
    return top


def renew_rows(live: LiveWorkbook, name: str, aside: AsideTable, unsent: Sequence[AsideRow]) -> list[int]:
    """Take the rows that were sent off a set-aside sheet; those that have faults again stay, with the new reasons.

    :param unsent: rows without faults that were not sent, which stay as they are.
    :returns: where the rows with faults stand now.
    :raises WorkbookError: where its rows were changed since they were read; then they still stand there.
    """
    table = as_it_was(live, name)
    if table is None or not is_unchanged(live, name, table):
        raise WorkbookError(
            "Its rows were changed while they were being sent, so that they still stand there.",
            where=f"Sheet “{name}”",
            unaffected="",
            remedy="Delete the rows that were sent: they must not be sent twice.",
        )

    def note(sheet: xw.Sheet) -> None:
        _write_texts(sheet, table, WHY, {row.at: row.why for row in aside.rows})
        faulty = _faulty_cells(aside, aside.rows)
        mark_cells(sheet, faulty, _faulty_cells(aside, (row for row in old if row.at in again)) - faulty)

    old, again = list(old_rows(table)), {row.at for row in aside.rows}
    gone = sorted({row.at for row in old} - again - {row.at for row in unsent})
    if aside.rows:
        _write(live, name, note)
    _delete(live, name, gone)
    return [row.at - bisect_left(gone, row.at) for row in aside.rows]


def _faulty_cells(aside: AsideTable, rows: Iterable[AsideRow]) -> set[tuple[int, int]]:
    """Row and column of each cell that the reasons of some rows name."""
    return {(row.at, aside.first_column + 1 + place) for row in rows for place in aside.faulty(row)}


def _write(live: LiveWorkbook, name: str, write: Callable[[xw.Sheet], None]) -> None:
    """Write to a sheet, again from the beginning where Excel is busy."""

    def written() -> None:
        sheet = live.book.sheets[name]
        with quiet_excel(live.book.app, WORDS, live.told), unprotected(sheet, live.name):
            write(sheet)

    live.ask(written)


def _delete(live: LiveWorkbook, name: str, rows: Collection[int]) -> None:
    """Delete rows, from the bottom up."""
    if not rows:
        return
    with quiet_excel(live.book.app, WORDS, live.told), unprotected(live.book.sheets[name], live.name):
        for first, last in reversed(list(consecutive(sorted(rows)))):
            live.ask(lambda first=first, last=last: live.book.sheets[name][f"{first}:{last}"].delete("up"))
