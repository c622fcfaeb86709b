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
from xl_datasync.workbook.patience import forgiving, patiently
from xl_datasync.workbook.protocol import ConfigRows
from xl_datasync.workbook.tables import OPTION_LIST, SETTING_LIST, SETTINGS, TABLES, ColumnSpec, TableSpec

log = logging.getLogger(__name__)

HEADER_ROW = 4
EMPTY_ROWS = 10
TEXT = "@"
LONGEST_TEXT = 32_767  # what a cell holds
TITLE_COLOUR, HEAD_COLOUR, LOCKED_COLOUR = "#1B4F72", "#1B4F72", "#F0F0F0"

CellValue = str | int | float | None


def add_missing_tables(live: LiveWorkbook) -> list[str]:
    """Add the config sheets that a workbook lacks, behind its other sheets.

    :returns: the names of the sheets that were added.
    :raises WorkbookError: where the workbook does not let sheets be added.
    """
    names = {sheet.name.casefold() for sheet in live.book.sheets}
    missing = [spec for spec in TABLES if spec.sheet.casefold() not in names]
    with quiet_excel(live.book.app, "Adding the job sheets …", live.told):
        for spec in missing:
            with added_sheet(live, spec.sheet) as sheet:
                _table_sheet(sheet, spec)
    live.renew()
    return [spec.sheet for spec in missing]


@contextmanager
def added_sheet(live: LiveWorkbook, name: str) -> Iterator[xw.Sheet]:
    """A new sheet behind the others, to be filled; it goes again where that fails, so that it can be done anew.

    :raises WorkbookError: where the workbook's structure is protected.
    """
    before = {sheet.name for sheet in live.book.sheets}
    try:
        yield _add_sheet(live, name)
    except BaseException:
        with suppress(Exception):  # what went wrong is more to the point than a sheet that stays
            live.ask(lambda: _take_away(live, name, before))
        raise


def _take_away(live: LiveWorkbook, name: str, before: set[str]) -> None:
    """Delete a new sheet; it may have been added without its name yet."""
    for sheet in live.book.sheets:
        if sheet.name not in before and (sheet.name == name or sheet.used_range.value is None):
            sheet.delete()


def _add_sheet(live: LiveWorkbook, name: str) -> xw.Sheet:
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
    with forgiving():
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
    sheet["A2"].value = as_entered(line)


def add_table(sheet: xw.Sheet, name: str, width: int, last: int) -> None:
    """Make an Excel table of what stands below :data:`HEADER_ROW`."""
    head = sheet.range((HEADER_ROW, 1), (HEADER_ROW, width))
    head.color = HEAD_COLOUR
    head.font.color = "#FFFFFF"
    head.font.bold = True
    area = sheet.range((HEADER_ROW, 1), (last, width))
    sheet.tables.add(area, name=name, has_headers=True, table_style_name="TableStyleLight1")
    with forgiving():  # only a convenience, which needs a window
        sheet.freeze_panes.freeze_at(sheet.range((1, 1), (HEADER_ROW, 1)))


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

    def has(self, header: str) -> bool:
        """Whether there is such a column."""
        return header.casefold() in self._columns

    def write(self, changes: Mapping[int, Mapping[str, CellValue]]) -> None:
        """Write cells: by row number, then by header. Headers the table lacks are passed over.

        :raises WorkbookError: where the sheet is protected with a password.
        """
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
            header = self._header_row()
            return header + 1, max(last_filled, header)
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
        sheet, area, has_totals = self._live.book.sheets[self._rows.sheet], table.range, bool(table.show_totals)
        left, right = column_letter(area.column - 1), column_letter(area.column + area.shape[1] - 2)
        end = area.row + area.shape[0] - 1
        with unprotected(sheet, self._live.name):
            if has_totals:
                table.show_totals = False
                end -= 1
            below = sheet[f"{left}{end + 1}:{right}{last + has_totals}"]
            if any(value is not None for row in below.options(ndim=2).value for value in row):
                below.insert("down")
            table.resize(sheet[f"{left}{area.row}:{right}{last}"])
            if has_totals:
                table.show_totals = True


def write_cell(cell: xw.Range, value: CellValue) -> None:
    """Write a value as it is; Excel would make a number, a date or a formula of many a text."""
    if isinstance(value, str):
        cell.number_format = TEXT
        value = as_entered(value)
    cell.value = value


def as_entered(text: str) -> str:
    """A text as it has to be given to a cell formatted as text, for the same to stand there."""
    # Excel takes an apostrophe at the beginning as a mark that a text follows.
    return f"'{text}"[:LONGEST_TEXT] if text.startswith("'") else text[:LONGEST_TEXT]


@contextmanager
def unprotected(sheet: xw.Sheet, where: str) -> Iterator[None]:
    """Take a sheet's protection off, if it has one without a password, and put it on again.

    :raises WorkbookError: where it has a password.
    """
    allowed = _protection(sheet)
    if allowed is None:
        yield
        return
    with forgiving():  # a wrong password is an error, or else seen below
        sheet.api.Unprotect("")
    if sheet.api.ProtectContents:
        raise _has_password(sheet, where)
    try:
        yield
    finally:
        patiently(lambda: sheet.api.Protect(**allowed))


def _protection(sheet: xw.Sheet) -> dict[str, Any] | None:
    """What a protected sheet allows; None where it is not protected, or nobody can tell."""
    with suppress(NotImplementedError, AttributeError):
        if sheet.api.ProtectContents:
            rules = getattr(sheet.api, "Protection", None)
            return {
                "DrawingObjects": bool(getattr(sheet.api, "ProtectDrawingObjects", True)),
                "Scenarios": bool(getattr(sheet.api, "ProtectScenarios", True)),
                **{name: bool(getattr(rules, name, False)) for name in _ALLOWANCES},
            }
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
