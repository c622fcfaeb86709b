"""A slow reader over openpyxl that gives the same (row, values, formats) as the reader of the package should.

What openpyxl does otherwise is brought to the value model here: errors and formulas never calculated become
ErrorValue, ``_x000D_`` escapes are decoded, midnight under a format without a time becomes a date, and dates that
Excel cannot show become IMPOSSIBLE_DATE.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, TableShape, Value
from xl_datasync.workbook.cells import IMPOSSIBLE_DATE

_TIME = re.compile(r"[hs]", re.IGNORECASE)
_DATE = re.compile(r"[dy]|mmm|^m+$", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def reference_rows(path: Path, shape: TableShape) -> Iterator[tuple[int, list[Value], list[str]]]:
    """Rows of the table's columns, from its first data row to the last that holds a value."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, data_only=True, rich_text=False)
        formulas = openpyxl.load_workbook(path)
    sheet, plain = book[shape.sheet], formulas[shape.sheet]
    is_1904 = book.epoch == CALENDAR_MAC_1904
    rows = []
    for number in range(shape.first_row, sheet.max_row + 1):
        cells = [sheet[f"{column.letter}{number}"] for column in shape.columns]
        values = [_value(item, plain[item.coordinate], is_1904=is_1904) for item in cells]
        rows.append((number, values, [item.number_format for item in cells]))
    while rows and all(value is None for value in rows[-1][1]):
        rows.pop()
    yield from rows


def _value(item: Cell | MergedCell, plain: Cell | MergedCell, *, is_1904: bool) -> Value:
    value = item.value
    if value is None:
        return ErrorValue(NOT_CALCULATED) if plain.data_type == "f" else None
    if isinstance(value, str):
        if item.data_type == "e":
            return ErrorValue(value)
        return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), value) or None
    if isinstance(value, dt.datetime | dt.time):
        return _moment(value, _LITERAL.sub("", item.number_format.split(";")[0]), is_1904=is_1904)
    return value


def _moment(value: dt.datetime | dt.time, number_format: str, *, is_1904: bool) -> Value:
    has_time, has_date = bool(_TIME.search(number_format)), bool(_DATE.search(number_format))
    if isinstance(value, dt.time):
        if not has_date:
            return value
        if not is_1904:
            return ErrorValue(IMPOSSIBLE_DATE)
        value = dt.datetime.combine(dt.date(1904, 1, 1), value)
    first = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1900, 1, 1)
    if value < first or (not is_1904 and value.date() == dt.date(1900, 2, 28)):
        return ErrorValue(IMPOSSIBLE_DATE)
    return value.date() if not has_time and value.time() == dt.time() else value
