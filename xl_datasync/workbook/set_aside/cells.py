"""Rows set aside put into cells in Excel: the same values, number formats and hyperlinks, and their faults marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

import xlwings as xw

from xl_datasync.core.values import ErrorValue, Value
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.colours import MARK_COLOUR, MARK_SEEN
from xl_datasync.workbook.live_sheets import LONGEST_TEXT, as_entered
from xl_datasync.workbook.live_tables import consecutive
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.set_aside.rows import AsideRow, AsideTable, error_code

MOST_MARKS = 2_000  # each is a call of Excel; what is beyond them the reasons tell
_Item = TypeVar("_Item")


def fill_cells(sheet: xw.Sheet, top: int, aside: AsideTable) -> None:
    """Write rows below each other.

    :param top: the first row they stand in.
    """
    left, rows = aside.first_column + 1, aside.rows
    number, why = left + len(aside.columns), left + aside.reasons
    area = sheet.range((top, left), (top + len(rows) - 1, why))
    area.value = [[*map(_entered, (*row.values, *row.notes))] for row in rows]
    for index in range(len(aside.columns)):
        for first, last, code in _alike([row.formats[index] for row in rows]):
            with forgiving():  # a format of another language's Excel; the value is there
                if code != GENERAL:
                    sheet.range((top + first, left + index), (top + last, left + index)).number_format = code
    for at, row in enumerate(rows, top):
        _link(sheet, at, left, row)
    sheet.range((top, why), (top + len(rows) - 1, why)).wrap_text = True
    with forgiving():  # only a convenience, which older xlwings does not know
        area.vertical_alignment = "top"
        sheet.range((top, number), (top + len(rows) - 1, number)).horizontal_alignment = "center"
    mark_cells(sheet, {(at, left + place) for at, row in enumerate(rows, top) for place in aside.faulty(row)})


def mark_cells(sheet: xw.Sheet, faulty: Collection[tuple[int, int]], mended: Collection[tuple[int, int]] = ()) -> None:
    """Colour faulty cells, and take the colour off others that were, where nobody has given them another.

    :param faulty: row and column of each; ``mended`` likewise.
    """
    for cell in mended:
        with forgiving():
            if sheet.range(cell).color == MARK_SEEN:
                sheet.range(cell).color = None
    columns = groupby(sorted(faulty, key=itemgetter(1, 0)), key=itemgetter(1))
    runs = ((column, *run) for column, cells in columns for run in consecutive([row for row, _ in cells]))
    for column, first, last in islice(runs, MOST_MARKS):
        with forgiving():
            sheet.range((first, column), (last, column)).color = MARK_COLOUR


def _entered(value: Value) -> Any:
    """A value as it has to be given to a cell for the same to stand there."""
    match value:
        case str():
            # The apostrophe says that a text follows, whatever the cell's format; typed over, the cell is free again.
            return f"'{value}" if len(value) < LONGEST_TEXT else value
        case ErrorValue():
            return error_code(value)
        case dt.datetime():
            return value
        case dt.date():
            return dt.datetime.combine(value, dt.time())
        case dt.time():
            elapsed = dt.datetime.combine(dt.date.min, value) - dt.datetime.min
            return elapsed / dt.timedelta(days=1)
        case dt.timedelta():
            return value / dt.timedelta(days=1)
        case _:
            return value


def _alike(items: Sequence[_Item]) -> Iterator[tuple[int, int, _Item]]:
    """First and last place of items that are alike and follow each other, so that they are written at once."""
    first = 0
    for item, same in groupby(items):
        last = first + len(list(same)) - 1
        yield first, last, item
        first = last + 1


def _link(sheet: xw.Sheet, number: int, left: int, row: AsideRow) -> None:
    for column, (target, value) in enumerate(zip(row.links, row.values, strict=True), left):
        if target:
            shown = as_entered(value) if isinstance(value, str) else None
            with forgiving():
                sheet.range((number, column)).add_hyperlink(target, shown)
