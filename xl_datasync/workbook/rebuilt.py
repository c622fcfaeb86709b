"""A workbook file put together from the cells of a workbook that is open in Excel, chunk by chunk.

Used where Excel saves no copy: on a Mac, for old and binary formats, for workbooks with a password. The file holds
what the reader of closed files looks at – values, number formats, hidden rows and columns, merged cells, Excel
tables, names, links – and no formulas, because what is shown is what is published.

What Excel gives otherwise than its files hold is put right here, as documented and reported for xlwings: amounts of
money as decimals cut to four places (its issues 65 and 640), hence ``Value2``; errors newer than 2016 as negative
integers, which files store as ``#VALUE!``; a time of day as a fraction, which is what files store too.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import xlwings as xw
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet

from xl_datasync.core.values import column_letter
from xl_datasync.workbook.area import Area, parse_area
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.cells import ERRORS

ROWS_AT_ONCE = 5_000  # Apple events on larger ranges time out (xlwings issues 466 and 2300)
_NEWER_ERROR = "#VALUE!"
# CVErr numbers as COM gives them: 0x800A0000 plus a code from 2000 on (xlErr…, Excel's object model).
_COM_ERRORS = range(-2146826288, -2146826000)
# True on a Mac, xlSheetVisible on Windows.
_VISIBLE = (True, -1)
Found = TypeVar("Found")


def rebuild(book: xw.Book, target: Path) -> None:
    """Write the workbook's sheets to an .xlsx file."""
    copy = Workbook()
    copy.remove(copy.worksheets[0])
    if _has_1904_dates(book):
        copy.epoch = CALENDAR_MAC_1904
    for sheet in _worksheets(book):
        page = copy.create_sheet(sheet.name)
        page.title = sheet.name
        page.sheet_state = "visible" if sheet.visible in _VISIBLE else "hidden"
        _fill(page, sheet)
        _add_tables(page, sheet)
    _add_names(copy, book)
    copy.save(target)


def _has_1904_dates(book: xw.Book) -> bool:
    with suppress(NotImplementedError, AttributeError):
        return bool(getattr(book.api, "Date1904", False))
    return False


def _worksheets(book: xw.Book) -> Iterator[xw.Sheet]:
    """The sheets that have cells."""
    for sheet in book.sheets:
        try:
            sheet.used_range.shape  # noqa: B018  # a chart sheet has none
        except Exception:  # noqa: BLE001, S112  # COM and Apple events raise errors of their own kinds
            continue
        yield sheet


def _fill(page: Worksheet, sheet: xw.Sheet) -> None:
    used = sheet.used_range
    area = Area(used.row, used.row + used.shape[0] - 1, used.column - 1, used.column + used.shape[1] - 2)
    formats = {index: dict(_runs(sheet, area, index)) for index in range(area.first_column, area.last_column + 1)}
    for first in range(area.first_row, area.last_row + 1, ROWS_AT_ONCE):
        last = min(first + ROWS_AT_ONCE - 1, area.last_row)
        cells = _range(sheet, Area(first, last, area.first_column, area.last_column))
        for row, values in enumerate(_values(cells), first):
            for column, value in enumerate(values, area.first_column):
                if value is not None:
                    _write(page.cell(row, column + 1), value, _format_of(formats[column], row))
    for row in _where(area.first_row, area.last_row, lambda a, b: _height(sheet, a, b)):
        page.row_dimensions[row].hidden = True
    for column in _where(area.first_column, area.last_column, lambda a, b: _width(sheet, a, b)):
        page.column_dimensions[column_letter(column)].hidden = True
    for merged in _merged(sheet, area):
        page.merge_cells(str(merged))
    for address, target in _links(sheet):
        page[address].hyperlink = target


def _range(sheet: xw.Sheet, area: Area) -> xw.Range:
    return sheet.range((area.first_row, area.first_column + 1), (area.last_row, area.last_column + 1))


def _values(cells: xw.Range) -> list[list[Any]]:
    """What cells hold, row by row: exact where Excel tells, else as xlwings reads it."""
    errors = cells.options(ndim=2, err_to_str=True, dates=dt.datetime).value
    exact = _value2(cells)
    if exact is None:
        return [[_plain(value) for value in row] for row in errors]
    return [
        [_either(value, text) for value, text in zip(row, texts, strict=True)]
        for row, texts in zip(exact, errors, strict=True)
    ]


def _value2(cells: xw.Range) -> list[list[Any]] | None:
    """``Value2`` of Excel for Windows: numbers and dates as they are stored, never as currency."""
    try:
        raw = cells.api.Value2
    except (NotImplementedError, AttributeError):
        return None
    if cells.size == 1:
        return [[raw]]
    return [list(row) for row in raw] if isinstance(raw, tuple | list) else None


def _either(exact: Any, read: Any) -> Any:
    """The exact number; of errors, which ``Value2`` gives as numbers, the word."""
    if type(exact) is int and exact in _COM_ERRORS:
        return Error(read) if isinstance(read, str) and read in ERRORS else Error(_NEWER_ERROR)
    return _plain(exact)


class Error(str):
    """The word of an error, to be told from a text that reads the same."""

    __slots__ = ()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if type(value) is int and value in _COM_ERRORS:
        return Error(_NEWER_ERROR)
    if isinstance(value, float) and math.isfinite(value) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return None if value == "" else value


def _write(cell: Any, value: Any, number_format: str) -> None:
    if isinstance(value, str):
        # Neither a formula nor an error is to be made of a text.
        cell.value = str(value)
        cell.data_type = "e" if isinstance(value, Error) else "s"
    else:
        cell.value = value
    if number_format != GENERAL:
        cell.number_format = number_format


def _runs(sheet: xw.Sheet, area: Area, column: int) -> Iterator[tuple[range, str]]:
    """Rows of a column that share a number format; Excel gives None for cells that do not."""

    def look(first: int, last: int) -> str | None:
        found = _range(sheet, Area(first, last, column, column)).number_format
        return str(found) if found is not None else (GENERAL if first == last else None)

    return _bisected(area.first_row, area.last_row, look)


def _bisected(first: int, last: int, look: Callable[[int, int], Found | None]) -> Iterator[tuple[range, Found]]:
    """Halve a stretch until each part is all of one kind."""
    found = look(first, last)
    if found is not None:
        yield range(first, last + 1), found
    elif first < last:
        middle = (first + last) // 2
        yield from _bisected(first, middle, look)
        yield from _bisected(middle + 1, last, look)


def _format_of(runs: dict[range, str], row: int) -> str:
    return next((code for rows, code in runs.items() if row in rows), GENERAL)


def _where(first: int, last: int, size: Callable[[int, int], float | None]) -> Iterator[int]:
    """The rows or columns that have no height or width, which is how hidden ones answer."""
    for rows, found in _bisected(first, last, size):
        if found == 0:
            yield from rows


def _height(sheet: xw.Sheet, first: int, last: int) -> float | None:
    return sheet.range((first, 1), (last, 1)).row_height


def _width(sheet: xw.Sheet, first: int, last: int) -> float | None:
    return sheet.range((1, first + 1), (1, last + 1)).column_width


def _merged(sheet: xw.Sheet, area: Area) -> set[Area]:
    """The merged areas that touch an area."""
    cells = _range(sheet, area)
    if cells.merge_cells is False:
        return set()
    if cells.merge_cells is True:
        whole = _area(cells[0, 0].merge_area)
        if _covers(whole, area):
            return {whole}
    return set().union(*(_merged(sheet, half) for half in _halves(area)))


def _covers(outer: Area, inner: Area) -> bool:
    rows = outer.first_row <= inner.first_row and inner.last_row <= outer.last_row
    return rows and outer.first_column <= inner.first_column and inner.last_column <= outer.last_column


def _halves(area: Area) -> tuple[Area, Area]:
    """The two halves of an area along its longer side."""
    height, width = area.last_row - area.first_row, area.last_column - area.first_column
    if height >= width:
        middle = area.first_row + height // 2
        first = Area(area.first_row, middle, area.first_column, area.last_column)
        return first, Area(middle + 1, area.last_row, area.first_column, area.last_column)
    middle = area.first_column + width // 2
    first = Area(area.first_row, area.last_row, area.first_column, middle)
    return first, Area(area.first_row, area.last_row, middle + 1, area.last_column)


def _area(cells: xw.Range) -> Area:
    height, width = cells.shape
    return Area(cells.row, cells.row + height - 1, cells.column - 1, cells.column + width - 2)


def _links(sheet: xw.Sheet) -> list[tuple[str, str]]:
    """Cells with a link out of the workbook, where Excel lists them (on Windows)."""
    try:
        return [(item.Range.Address.replace("$", ""), item.Address) for item in sheet.api.Hyperlinks if item.Address]
    except (NotImplementedError, AttributeError, TypeError):
        return []


def _add_tables(page: Worksheet, sheet: xw.Sheet) -> None:
    for item in sheet.tables:
        ref = item.range.address.replace("$", "")
        table = Table(displayName=item.name, ref=ref, headerRowCount=1 if item.show_headers else 0)
        table.totalsRowCount = 1 if item.show_totals else None
        area = parse_area(ref)
        if area is None:
            continue
        for number, column in enumerate(range(area.first_column, area.last_column + 1), 1):
            head = page.cell(area.first_row, column + 1).value if item.show_headers else None
            table.tableColumns.append(TableColumn(id=number, name=str(head or f"Column{number}")))
        page.add_table(table)


def _add_names(copy: Workbook, book: xw.Book) -> None:
    for name in book.names:
        local, _, plain = name.name.rpartition("!")
        # Excel's own names begin so: print areas, filters.
        if plain.startswith("_"):
            continue
        with suppress(ValueError, KeyError):
            defined = DefinedName(plain, attr_text=str(name.refers_to).lstrip("="))
            owner = copy[local.strip("'").replace("''", "'")] if local else copy
            owner.defined_names.add(defined)
