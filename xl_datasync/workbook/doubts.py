"""Whether the results of a table's formulas, as they were saved, may be old; and which rows a filter may hide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from xl_datasync.core.values import Doubt, Stale, column_letter
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.package import Filter, Package, SheetEntry
from xl_datasync.workbook.sheet_part import formula_cells

# How files write another workbook in a formula: its number in square brackets.
_OTHER_BOOK = re.compile(rb"\[(\d+)\]")


def doubts(package: Package, sheet: SheetEntry, data: Area) -> tuple[Doubt, ...]:
    """The reasons to doubt formulas of an area, each with the first cell concerned.

    The sheet is looked through only where the workbook gives a reason; most give none.
    """
    calculation, books = package.calculation, package.linked_books
    found: list[Doubt] = []
    if calculation.unfinished or calculation.by_hand or books:
        own = ((row, column, text) for row, column, text in formula_cells(package, sheet) if _inside(row, column, data))
        first = next(own, None)
        if first and (calculation.unfinished or calculation.by_hand):
            why = Stale.UNFINISHED if calculation.unfinished else Stale.BY_HAND
            found.append(Doubt(why, first[0], column_letter(first[1])))
        if first and books:
            found += _linked(chain([first], own), books)
    return tuple(found)


def _linked(formulas: Iterable[tuple[int, int, bytes]], books: tuple[str, ...]) -> Iterator[Doubt]:
    """The doubt about formulas that take values from other workbooks."""
    used: dict[int, None] = {}
    place = None
    for row, column, text in formulas:
        numbers = (
            [int(number) for number in _OTHER_BOOK.findall(text) if int(number) <= len(books)] if b"[" in text else []
        )
        if any(numbers):
            place = place or (row, column)
            used |= dict.fromkeys(filter(None, numbers))
    if place:
        yield Doubt(Stale.LINKED, place[0], column_letter(place[1]), tuple(books[number - 1] for number in used))


def rows_below(item: Filter) -> range:
    """The rows that a filter may hide."""
    return range(item.area.first_row + 1, item.area.last_row + 1)


def _inside(row: int, column: int, area: Area) -> bool:
    return area.first_row <= row <= area.last_row and area.first_column <= column <= area.last_column
