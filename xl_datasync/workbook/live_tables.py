"""Writes to the config tables of a workbook that is open in Excel, cell by cell, and adds the tables it lacks."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import column_letter
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.tables import OPTION_LIST, SETTING_LIST, SETTINGS, TABLES, ColumnSpec, TableSpec

log = logging.getLogger(__name__)

HEADER_ROW = 4
EMPTY_ROWS = 10
TEXT = "@"
TITLE_COLOUR, HEAD_COLOUR, LOCKED_COLOUR = "#1B4F72", "#1B4F72", "#F0F0F0"

CellValue = str | int | float | None


def add_missing_tables(live: LiveWorkbook) -> list[str]:
    """Add the config sheets that a workbook lacks, behind its other sheets.

    :returns: the names of the sheets that were added.
    :raises WorkbookError: where the workbook does not let sheets be added.
    """
    names = {sheet.name.casefold() for sheet in live.book.sheets}
    missing = [spec for spec in TABLES if spec.sheet.casefold() not in names]
    with quiet_excel(live.book.app, "Adding the job sheets …"):
        for spec in missing:
            _table_sheet(add_sheet(live, spec.sheet), spec)
    live.renew()
    return [spec.sheet for spec in missing]


def add_sheet(live: LiveWorkbook, name: str) -> xw.Sheet:
    """A new sheet behind the others.

    :raises WorkbookError: where the workbook's structure is protected.
    """
    book = live.book
    try:
        return book.sheets.add(name, after=book.sheets[len(book.sheets) - 1])
    except Exception as error:  # COM and Apple events raise errors of their own kinds
        if _has_locked_structure(book):
            raise WorkbookError(
                f"The sheet “{name}” could not be added: the workbook's structure is protected.",
                where=live.name,
                remedy="In Excel choose Review > Protect Workbook, take the protection off, and try again.",
            ) from error
        raise


def _has_locked_structure(book: xw.Book) -> bool:
    with suppress(Exception):
        return bool(book.api.ProtectStructure)
    return False


def _table_sheet(sheet: xw.Sheet, spec: TableSpec) -> None:
    """Title, purpose, and the table, with the lists its cells offer."""
    write_title(sheet, spec.sheet, spec.purpose)
    rows = _first_rows(spec)
    last = HEADER_ROW + max(len(rows), EMPTY_ROWS)
    for index, column in enumerate(spec.columns, 1):
        _column(sheet, index, column, last)
    if rows:
        sheet.range((HEADER_ROW + 1, 1)).value = rows
    add_table(sheet, spec.name, len(spec.columns), last)


def _first_rows(spec: TableSpec) -> list[list[str | None]]:
    """What a new table holds: the settings there are."""
    if spec is not SETTINGS:
        return []
    return [
        [item.name, None, item.help + (f" Blank: {item.default}." if item.default else "")] for item in SETTING_LIST
    ]


def _column(sheet: xw.Sheet, index: int, column: ColumnSpec, last: int) -> None:
    head, cells = sheet.range((HEADER_ROW, index)), sheet.range((HEADER_ROW + 1, index), (last, index))
    head.value = column.header
    cells.column_width = column.width
    if column.locked:
        cells.color = LOCKED_COLOUR
    else:
        cells.number_format = TEXT
    choices = column.choices
    if column.header == "Option":
        choices = tuple(option.name for option in OPTION_LIST)
    if choices:
        with suppress(NotImplementedError):
            cells.data_validation.set_list(list(choices))


def write_title(sheet: xw.Sheet, title: str, line: str) -> None:
    """What a sheet of ours begins with."""
    sheet["A1"].value = title
    sheet["A1"].font.bold = True
    sheet["A1"].font.size = 16
    sheet["A1"].font.color = TITLE_COLOUR
    sheet["A2"].number_format = TEXT
    sheet["A2"].value = line


def add_table(sheet: xw.Sheet, name: str, width: int, last: int) -> None:
    """Make an Excel table of what stands below :data:`HEADER_ROW`."""
    head = sheet.range((HEADER_ROW, 1), (HEADER_ROW, width))
    head.color = HEAD_COLOUR
    head.font.color = "#FFFFFF"
    head.font.bold = True
    area = sheet.range((HEADER_ROW, 1), (last, width))
    sheet.tables.add(area, name=name, has_headers=True, table_style_name="TableStyleLight1")
    with suppress(Exception):  # only a convenience, which needs a window
        sheet.freeze_panes.freeze_at(sheet.range((1, 1), (HEADER_ROW, 1)))


class LiveTable:
    """A config table of an open workbook."""

    def __init__(self, live: LiveWorkbook, spec: TableSpec) -> None:
        self._live = live
        self._spec = spec
        rows = live.config_table(spec.sheet, spec.name)
        if rows is None:
            raise WorkbookError(
                f"The workbook has no sheet “{spec.sheet}”.", where=live.name, remedy="“Job sheet” adds it."
            )
        self._rows = rows
        self._columns = {column.header.casefold(): column.letter for column in rows.columns}

    def find(self, header: str, value: str) -> int | None:
        """The number of the first row that has a value under a header, without regard to case."""
        wanted = value.strip().casefold()
        rows = self._rows.rows
        return next((number for number, row in rows if str(row.get(header) or "").strip().casefold() == wanted), None)

    def has(self, header: str) -> bool:
        """Whether there is such a column."""
        return header.casefold() in self._columns

    def write(self, changes: Mapping[int, Mapping[str, CellValue]]) -> None:
        """Write cells: by row number, then by header. Headers the table lacks are passed over.

        :raises WorkbookError: where the sheet is protected with a password.
        """
        sheet = self._live.book.sheets[self._rows.sheet]
        with quiet_excel(self._live.book.app), unprotected(sheet, self._live.name):
            for row, values in changes.items():
                for header, value in values.items():
                    if letter := self._columns.get(header.casefold()):
                        write_cell(sheet[f"{letter}{row}"], value)
        self._live.renew()

    def add(self, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Fill the first blank rows of the table; it grows where there are none.

        :returns: the numbers of the rows.
        """
        filled = {number for number, _ in self._rows.rows}
        first, last = self._extent(max(filled, default=0))
        blank = [number for number in range(first, last + 1) if number not in filled]
        numbers = (blank + list(range(last + 1, last + 1 + len(rows))))[: len(rows)]
        if numbers and numbers[-1] > last:
            self._grow(numbers[-1])
        self.write(dict(zip(numbers, rows, strict=True)))
        return numbers

    def clear(self, numbers: Sequence[int]) -> None:
        """Empty rows; the rows themselves stay."""
        self.write({number: dict.fromkeys(self._columns) for number in numbers})

    def _table(self) -> xw.main.Table | None:
        sheet = self._live.book.sheets[self._rows.sheet]
        wanted = self._spec.name.casefold()
        return next((table for table in sheet.tables if table.name.casefold() == wanted), None)

    def _extent(self, last_filled: int) -> tuple[int, int]:
        """First and last row below the header."""
        table = self._table()
        if table is None:
            header = min((number for number, _ in self._rows.rows), default=HEADER_ROW + 1)
            return header, max(last_filled, header - 1)
        top = table.range.row
        return top + 1, top + table.range.shape[0] - 1

    def _grow(self, last: int) -> None:
        table = self._table()
        if table is None:
            return
        sheet, area = self._live.book.sheets[self._rows.sheet], table.range
        with unprotected(sheet, self._live.name):
            right = column_letter(area.column + area.shape[1] - 2)
            table.resize(sheet[f"{column_letter(area.column - 1)}{area.row}:{right}{last}"])


def write_cell(cell: xw.Range, value: CellValue) -> None:
    """Write a value as it is; Excel would make a number, a date or a formula of many a text."""
    if isinstance(value, str):
        cell.number_format = TEXT
    cell.value = value


@contextmanager
def unprotected(sheet: xw.Sheet, where: str) -> Iterator[None]:
    """Take a sheet's protection off, if it has one without a password, and put it on again.

    :raises WorkbookError: where it has a password.
    """
    allowed = _protection(sheet)
    if allowed is None:
        yield
        return
    try:
        sheet.api.Unprotect("")
    except Exception as error:  # COM raises errors of its own kind
        raise _has_password(sheet, where) from error
    if sheet.api.ProtectContents:
        raise _has_password(sheet, where)
    try:
        yield
    finally:
        sheet.api.Protect(**allowed)


def _protection(sheet: xw.Sheet) -> dict[str, Any] | None:
    """What a protected sheet allows; None where it is not protected, or nobody can tell."""
    with suppress(NotImplementedError, AttributeError):
        if sheet.api.ProtectContents:
            rules = getattr(sheet.api, "Protection", None)
            return {name: bool(getattr(rules, name, False)) for name in _ALLOWANCES}
    return None


# Arguments of Worksheet.Protect, which are the names of the properties of its Protection as well.
_ALLOWANCES = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


def _has_password(sheet: xw.Sheet, where: str) -> WorkbookError:
    return WorkbookError(
        f"The sheet “{sheet.name}” is protected with a password, so that nothing can be written there.",
        where=where,
        unaffected="",
        remedy="In Excel choose Review > Unprotect Sheet, and try again.",
    )
