"""A workbook file of rows that are set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import to_excel

from xl_datasync.core.values import ErrorValue, Value
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.colours import HEAD_COLOUR, HEAD_INK, MARK_COLOUR, TITLE_COLOUR
from xl_datasync.workbook.plain_file import CellError, PlainRows, PlainSheet, write_plain_file
from xl_datasync.workbook.plain_looks import Look
from xl_datasync.workbook.set_aside.looks import BOLDER, HEADER_ROW, REASONS, SHEET, head_lines, lines, widths
from xl_datasync.workbook.set_aside.rows import AsideTable, error_code

_TITLE = Look(bold=True, size=16, ink=TITLE_COLOUR)
_HEADER = Look(bold=True, ink=HEAD_INK, fill=HEAD_COLOUR, wrap=True)
_CELL, _NUMBER, _REASON = Look(top=True), Look(top=True, centre=True), Look(wrap=True, top=True)
_LINE = 15.0  # the height of one, in points


def write_aside_file(path: Path, table: AsideTable) -> None:
    """Write a workbook of rows that are set aside."""
    first = table.first_column
    links = [
        (Area(number, number, column, column), target)
        for number, row in enumerate(table.rows, HEADER_ROW + 1)
        for column, target in enumerate(row.links, first)
        if target
    ]
    sheet = PlainSheet(
        SHEET,
        shown=True,
        rows=_rows(table),
        hidden_columns={first + place for place in table.hidden},
        links=links,
        widths={first + place: float(width) for place, width in enumerate(widths(table))},
        frozen=(HEADER_ROW, first + 1),
    )
    write_plain_file(path, [sheet])


def _rows(table: AsideTable) -> Iterator[PlainRows]:
    title, *under = head_lines(table.job)
    yield PlainRows(1, 0, [[title]], [[_TITLE]], 1.5 * _LINE)
    yield PlainRows(2, 0, [[line] for line in under], [[_CELL] * len(under)])
    first, headers = table.first_column, [header or None for header in table.headers]
    tallest = max(lines(header, width - BOLDER) for header, width in zip(table.headers, widths(table), strict=True))
    yield PlainRows(HEADER_ROW, first, [headers], [[_HEADER]] * len(headers), tallest * _LINE)
    for number, row in enumerate(table.rows, HEADER_ROW + 1):
        extras = [*map(_stored, row.extras), *[None] * (len(table.extras) - len(row.extras))]
        faulty = table.faulty(row)
        looks = [Look(code, fill=MARK_COLOUR if at in faulty else "", top=True) for at, code in enumerate(row.formats)]
        looks += [_NUMBER, _CELL, _REASON, *[_CELL] * len(extras)]
        cells = [*map(_stored, row.values), *row.notes, *extras]
        yield PlainRows(number, first, [cells], [[look] for look in looks], lines(row.why, REASONS) * _LINE)


def _stored(value: Value) -> Any:
    """A value as a file stores it."""
    match value:
        case ErrorValue():
            return CellError(error_code(value))
        case dt.datetime() | dt.date() | dt.time() | dt.timedelta():
            return to_excel(value)  # type: ignore[no-untyped-call]
        case _:
            return value
