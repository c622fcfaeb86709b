"""A workbook file put together from the cells of a workbook that is open in Excel, chunk by chunk.

Used where Excel saves no copy: on a Mac, for old and binary formats, for workbooks with a password. The file holds
what the reader of closed files looks at – values, number formats, hidden rows and columns, merged cells, Excel
tables, names, links – and no formulas, because what is shown is what is published.

What Excel gives otherwise than its files hold is put right here, as documented and reported for xlwings: amounts of
money as decimals cut to four places (its issues 65 and 640), hence ``Value2``; errors newer than 2016 as negative
integers, which files store as ``#VALUE!``; a time of day as a fraction, which is what files store too. A Mac gives
errors as nothing, so that there the shown texts are looked at as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import xlwings as xw

from xl_datasync.workbook.area import Area, parse_area
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.cells import ERRORS
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.plain_file import CellError, PlainName, PlainRows, PlainSheet, PlainTable, write_plain_file

ROWS_AT_ONCE = 5_000  # Apple events on larger ranges time out (xlwings issues 466 and 2300)
_MOST_DIGITS = 1e17  # files have whole numbers up to 17 digits written out
_NEWER_ERROR = "#VALUE!"
# COM gives an error as 0x800A0000 plus its XlCVError code (Excel's object model); newer ones have no file word.
_FIRST_ERROR = -2146828288
_COM_ERRORS = range(_FIRST_ERROR + 2000, _FIRST_ERROR + 2288)
_WORDS = {
    _FIRST_ERROR + code: word
    for code, word in (
        (2000, "#NULL!"), (2007, "#DIV/0!"), (2015, "#VALUE!"), (2023, "#REF!"), (2029, "#NAME?"), (2036, "#NUM!"),
        (2042, "#N/A"),
    )
}  # fmt: skip
# True on a Mac, xlSheetVisible on Windows.
_VISIBLE = (True, -1)
# What a Mac and engines of other programs say where they lack a part of Excel's object model.
_LACKING = (NotImplementedError, AttributeError)
Found = TypeVar("Found")


def rebuild(book: xw.Book, target: Path) -> None:
    """Write the workbook's sheets to an .xlsx file."""
    sheets = (_sheet(sheet) for sheet in book.sheets if _has_cells(sheet))
    write_plain_file(target, sheets, list(_names(book)), has_1904_dates=_has_1904_dates(book))


def is_visible(sheet: xw.Sheet) -> bool:
    """Whether a sheet is shown."""
    return sheet.visible in _VISIBLE


def _has_1904_dates(book: xw.Book) -> bool:
    with suppress(*_LACKING):
        return bool(getattr(book.api, "Date1904", False))
    return False


def _has_cells(sheet: xw.Sheet) -> bool:
    """Whether it is a worksheet; a chart sheet has no cells."""
    with forgiving():
        return bool(sheet.used_range.shape)
    return False


def _sheet(sheet: xw.Sheet) -> PlainSheet:
    area = _area(sheet.used_range)
    hidden_rows, hidden_columns = _hidden(sheet, area)
    return PlainSheet(
        sheet.name, is_visible(sheet), _rows(sheet, area), hidden_rows, hidden_columns,
        sorted(_merged(sheet, area), key=lambda item: (item.first_row, item.first_column)), _links(sheet),
        list(_tables(sheet)),
    )  # fmt: skip


def _rows(sheet: xw.Sheet, area: Area) -> Iterator[PlainRows]:
    columns = range(area.first_column, area.last_column + 1)
    formats = [list(_runs(sheet, area, column)) for column in columns]
    for first in range(area.first_row, area.last_row + 1, ROWS_AT_ONCE):
        part = Area(first, min(first + ROWS_AT_ONCE - 1, area.last_row), area.first_column, area.last_column)
        codes = [_cut(runs, part) for runs in formats]
        yield PlainRows(first, area.first_column, _values(_range(sheet, part)), codes)


def _cut(runs: Sequence[tuple[range, str]], part: Area) -> list[str]:
    """The number format of each row of a part."""
    codes: list[str] = []
    for rows, code in runs:
        codes.extend([code] * (min(rows.stop, part.last_row + 1) - max(rows.start, part.first_row)))
    return codes


def _range(sheet: xw.Sheet, area: Area) -> xw.Range:
    return sheet.range((area.first_row, area.first_column + 1), (area.last_row, area.last_column + 1))


def _values(cells: xw.Range) -> list[list[Any]]:
    """What cells hold, row by row: exact where Excel tells, else as xlwings reads it."""
    exact = _value2(cells)
    if exact is not None:
        return [[_plain(value) for value in row] for row in exact]
    rows, shown = cells.options(ndim=2).value, _shown(cells)
    return [
        [_plain(value) if value is not None else _error(text) for value, text in zip(values, texts, strict=True)]
        for values, texts in zip(rows, shown, strict=True)
    ]


def _value2(cells: xw.Range) -> list[list[Any]] | None:
    """``Value2`` of Excel for Windows: numbers and dates as they are stored, never as currency."""
    with suppress(*_LACKING):
        return _grid(cells, cells.api.Value2)
    return None


def _shown(cells: xw.Range) -> list[list[Any]]:
    """The texts that cells show on a Mac; elsewhere at least the words of errors."""
    with suppress(*_LACKING):
        return _grid(cells, cells.api.string_value.get())
    return cells.options(ndim=2, err_to_str=True).value  # type: ignore[no-any-return]  # a list of lists, as asked for


def _grid(cells: xw.Range, values: Any) -> list[list[Any]]:
    """Values row by row; of a single cell Excel gives its value alone, and a Mac may give one row as a plain list."""
    if cells.size == 1 and not isinstance(values, tuple | list):
        return [[values]]
    return [list(row) for row in values] if isinstance(values[0], tuple | list) else [list(values)]


def _error(text: Any) -> CellError | None:
    """The error of a cell that has no value but shows one."""
    if not isinstance(text, str) or not text.startswith("#"):
        return None
    return CellError(text if text in ERRORS else _NEWER_ERROR)


def _plain(value: Any) -> Any:
    """A value as files store it."""
    kind = type(value)
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < _MOST_DIGITS else value
    if kind is int and value in _COM_ERRORS:
        return CellError(_WORDS.get(value, _NEWER_ERROR))
    if isinstance(value, Decimal):
        return float(value)
    return None if value == "" else value


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


def _hidden(sheet: xw.Sheet, area: Area) -> tuple[set[int], set[int]]:
    """The hidden rows and columns of an area."""
    rows, columns = range(area.first_row, area.last_row + 1), range(area.first_column, area.last_column + 1)
    with forgiving():  # refused where the sheet is protected
        # Only xlwings Lite, in a browser, gives a promise.
        shown = [_area(part) for part in _range(sheet, area).get_special_cells("visible")]  # type: ignore[union-attr]
        return (
            set(rows).difference(*(range(part.first_row, part.last_row + 1) for part in shown)),
            # Where nothing is shown, hidden rows are reason enough.
            set(columns if shown else ()).difference(
                *(range(part.first_column, part.last_column + 1) for part in shown)
            ),
        )
    return (
        set(_without_size(rows, lambda first, last: sheet.range((first, 1), (last, 1)).row_height)),
        set(_without_size(columns, lambda first, last: sheet.range((1, first + 1), (1, last + 1)).column_width)),
    )


def _without_size(lines: range, size: Callable[[int, int], float | None]) -> Iterator[int]:
    """The rows or columns that have no height or width, which is how hidden ones answer."""
    for found_lines, found in _bisected(lines.start, lines.stop - 1, size):
        if found == 0:
            yield from found_lines


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


def _links(sheet: xw.Sheet) -> list[tuple[Area, str]]:
    """Cells with a link out of the workbook, where Excel lists them (on Windows)."""
    try:
        items = list(sheet.api.Hyperlinks)
    except (*_LACKING, TypeError):
        return []
    return [link for item in items if (link := _link(item))]


def _link(item: Any) -> tuple[Area, str] | None:
    """Where a link stands and leads; that of a picture stands in no cell."""
    area = None
    with forgiving():
        area = parse_area(item.Range.Address)
    # Excel keeps what follows # of an address apart.
    fragment = f"#{item.SubAddress}" if item.SubAddress else ""
    return (area, f"{item.Address}{fragment}") if area and item.Address else None


def _tables(sheet: xw.Sheet) -> Iterator[PlainTable]:
    for item in sheet.tables:
        area = parse_area(item.range.address)
        if area is not None:
            has_header = bool(item.show_headers)
            width = area.last_column - area.first_column + 1
            head = item.header_row_range if has_header else None
            headers = head.options(ndim=1).value if head else [None] * width
            named = tuple(str(header or f"Column{number}") for number, header in enumerate(headers, 1))
            yield PlainTable(item.name, area, named, has_header, bool(item.show_totals))


def _names(book: xw.Book) -> Iterator[PlainName]:
    for name in book.names:
        sheet, _, plain = name.name.rpartition("!")
        # Excel's own names begin so: print areas, filters.
        if not plain.startswith("_"):
            yield PlainName(plain, str(name.refers_to).removeprefix("="), sheet.strip("'").replace("''", "'"))
