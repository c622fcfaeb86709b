"""Writes to the config tables of a workbook that is open in Excel, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import Value
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.live_sheets import (
    HEADER_ROW,
    TEXT,
    as_entered,
    end_in,
    unprotected,
)
from xl_datasync.workbook.protocol import ConfigRows
from xl_datasync.workbook.tables import COLUMN_MAP, CONNECTIONS, JOBS, OPTIONS, SETTINGS, TableSpec

CellValue = str | int | float | None

# The column that a table's rows are known by
_KEYS = {
    JOBS.name: "Job name",
    COLUMN_MAP.name: "Map name",
    OPTIONS.name: "Option",
    CONNECTIONS.name: "Connection name",
    SETTINGS.name: "Setting",
}


class LiveTable:
    """A config table of an open workbook."""

    def __init__(self, live: LiveWorkbook, spec: TableSpec) -> None:
        self._live = live
        self._spec = spec
        self._rows = self._read()
        if not self._is_current():
            live.renew()
            self._rows = self._read()
        self._columns = {column.header.casefold(): column.letter for column in self._rows.columns}

    def _read(self) -> ConfigRows:
        rows = self._live.config_table(self._spec.sheet, self._spec.name)
        if rows is None:
            raise WorkbookError(
                f"The workbook has no sheet “{self._spec.sheet}”.",
                where=self._live.name,
                remedy="“Job sheet” adds it.",
            )
        return rows

    def _is_current(self) -> bool:
        """Whether the texts still stand where they stood; Excel is in use while a job runs, and rows may be moved."""
        return self._live.ask(self._same_texts)  # type: ignore[no-any-return]  # a bool

    def _same_texts(self) -> bool:
        if not self._rows.rows:
            return True
        first, last = self._rows.rows[0][0], self._rows.rows[-1][0]
        letters = [column.letter for column in self._rows.columns]
        block = self._live.book.sheets[self._rows.sheet][f"{letters[0]}{first}:{letters[-1]}{last}"]
        shown = block.options(ndim=2).value
        left = self._rows.columns[0].index
        return all(
            shown[number - first][column.index - left] == value
            for number, row in self._rows.rows
            for column in self._rows.columns
            if isinstance(value := row[column.header], str)
        )

    def find(self, header: str, value: str) -> int | None:
        """The number of the first row that has a value under a header, without regard to case."""
        wanted = value.strip().casefold()
        rows = self._rows.rows
        return next((number for number, row in rows if str(row.get(header) or "").strip().casefold() == wanted), None)

    def rows_where(self, header: str, value: str) -> list[tuple[int, dict[str, Value]]]:
        """All rows that have a value under a header, without regard to case, with their numbers."""
        wanted = value.strip().casefold()
        rows = self._rows.rows
        return [(number, row) for number, row in rows if str(row.get(header) or "").strip().casefold() == wanted]

    def has(self, header: str) -> bool:
        """Whether there is such a column."""
        return header.casefold() in self._columns

    def write(self, changes: Mapping[int, Mapping[str, CellValue]]) -> None:
        """Write cells: by row number, then by header. Headers the table lacks are passed over.

        :raises WorkbookError: where the sheet is protected with a password, or is not the config table.
        """
        self._must_be_ours()
        sheet = self._live.book.sheets[self._rows.sheet]
        with quiet_excel(self._live.book.app, told=self._live.told), unprotected(sheet, self._live.name):
            for row, values in changes.items():
                for header, value in values.items():
                    if letter := self._columns.get(header.casefold()):
                        write_cell(sheet[f"{letter}{row}"], value)
        self._live.renew()

    def add(self, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Fill the first blank rows of the table; it grows where there are none.

        :returns: the numbers of the rows.
        :raises WorkbookError: as for :meth:`write`.
        """
        self._must_be_ours()
        first, last = self._extent()
        blank = self._blank_rows(first, last)
        numbers = (blank + list(range(last + 1, last + 1 + len(rows))))[: len(rows)]
        if numbers and numbers[-1] > last:
            self._grow(numbers[-1])
        self.write(dict(zip(numbers, rows, strict=True)))
        return numbers

    def replace(self, numbers: Sequence[int], rows: Sequence[Mapping[str, str]]) -> None:
        """Put rows of text in the place of others, however many; rows that are left over are emptied.

        :param numbers: of the rows whose place they take.
        :raises WorkbookError: as for :meth:`write`.
        """
        self._must_be_ours()
        first, last = self._extent()
        places = sorted(numbers)[: len(rows)]
        if len(rows) > len(places):
            blank = [number for number in self._blank_rows(first, last) if number not in set(numbers)]
            places += (blank + list(range(last + 1, last + 1 + len(rows))))[: len(rows) - len(places)]
            if places[-1] > last:
                self._grow(max(places))
        filled = dict(zip(places, rows, strict=True))
        emptied = {number: dict.fromkeys(self._headers(), "") for number in numbers if number not in filled}
        self._write_blocks({**filled, **emptied})

    def _headers(self) -> list[str]:
        return [column.header for column in self._rows.columns if self._spec_has(column.header)]

    def _spec_has(self, header: str) -> bool:
        return header.casefold() in {known.casefold() for known in self._spec.headers}

    def _write_blocks(self, rows: Mapping[int, Mapping[str, str]]) -> None:
        """Write whole columns of consecutive rows at once: cell by cell, a wide sheet's map would take minutes."""
        sheet = self._live.book.sheets[self._rows.sheet]
        with quiet_excel(self._live.book.app, told=self._live.told), unprotected(sheet, self._live.name):
            for first, last in consecutive(sorted(rows)):
                for header in self._headers():
                    letter = self._columns[header.casefold()]
                    texts = [rows[number].get(header, "") for number in range(first, last + 1)]
                    _write_texts(sheet[f"{letter}{first}:{letter}{last}"], texts)
        self._live.renew()

    def _blank_rows(self, first: int, last: int) -> list[int]:
        """The rows with nothing in them at this moment: somebody may have typed there since the snapshot."""
        if last < first:
            return []
        letters = [column.letter for column in self._rows.columns]
        shown = self._live.book.sheets[self._rows.sheet][f"{letters[0]}{first}:{letters[-1]}{last}"]
        filled = {number for number, _ in self._rows.rows}
        return [
            number
            for number, values in enumerate(shown.options(ndim=2).value, first)
            if number not in filled and all(value in (None, "") for value in values)
        ]

    def _must_be_ours(self) -> None:
        """Make sure that it is the config table, not a sheet of the user's own that has its name.

        :raises WorkbookError: where it lacks the column that its rows are known by.
        """
        key = _KEYS[self._spec.name]
        if not self.has(key):
            raise WorkbookError(
                f"The sheet “{self._rows.sheet}” has no column “{key}”, so that nothing could be written there.",
                where=self._live.name,
                remedy=f"If it is a sheet of your own, give it another name, and “Job sheet” adds ours; else put the "
                f"header “{key}” back.",
            )

    def clear(self, numbers: Sequence[int]) -> None:
        """Empty rows; the rows themselves stay."""
        self.write({number: dict.fromkeys(self._columns) for number in numbers})

    def _table(self) -> xw.main.Table | None:
        sheet = self._live.book.sheets[self._rows.sheet]
        wanted = self._spec.name.casefold()
        return next((table for table in sheet.tables if table.name.casefold() == wanted), None)

    def _extent(self) -> tuple[int, int]:
        """First and last row below the header."""
        table = self._table()
        if table is None:
            header = self._header_row()
            used = self._live.book.sheets[self._rows.sheet].used_range
            return header + 1, max(used.row + used.shape[0] - 1, header)
        top = table.range.row
        return top + 1, top + table.range.shape[0] - 1 - bool(table.show_totals)

    def _header_row(self) -> int:
        """Where the header stands on a sheet without an Excel table."""
        first = self._rows.columns[0]
        used = self._live.book.sheets[self._rows.sheet].used_range
        values = used.columns[first.index + 1 - used.column].options(ndim=1).value
        return next((row for row, value in enumerate(values, used.row) if value == first.header), HEADER_ROW)

    def _grow(self, last: int) -> None:
        """Make the table end in that row; what stands below it is moved down, never written over."""
        table = self._table()
        if table is None:
            return
        sheet = self._live.book.sheets[self._rows.sheet]
        with unprotected(sheet, self._live.name):
            end_in(sheet, table, last)


def _write_texts(cells: xw.Range, texts: Sequence[str]) -> None:
    """Write a column of texts; blank ones leave their cells empty."""
    cells.number_format = TEXT
    cells.value = [[as_entered(text) if text else None] for text in texts]
    if [value or "" for value in cells.options(ndim=1).value] != list(texts):
        # Rows that a filter hides may be passed over where many are written at once.
        for cell, text in zip(cells, texts, strict=True):
            write_cell(cell, text or None)


def consecutive(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers."""
    first = last = numbers[0] if numbers else 0
    for number in numbers[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    if numbers:
        yield first, last


def write_cell(cell: xw.Range, value: CellValue) -> None:
    """Write a value as it is; Excel would make a number, a date or a formula of many a text."""
    if isinstance(value, str):
        cell.number_format = TEXT
        value = as_entered(value)
    cell.value = value
