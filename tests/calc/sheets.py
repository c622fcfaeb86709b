"""Sheets and the collection of them."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from tests.calc.areas import Area
from tests.calc.errors import no_such, refused
from tests.calc.names import Names
from tests.calc.ranges import Range
from tests.calc.tables import Tables

SHOWN, HIDDEN, VERY_HIDDEN = -1, 0, 2  # XlSheetVisibility


class Sheets(base_classes.Sheets):
    """The sheets of a book."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.engine = book.engine

    @property
    def api(self) -> Any:
        return self

    @property
    def _uno(self) -> Any:
        return self.book.uno.Sheets

    def _wrap(self, uno: Any) -> Any:
        return self.engine.make("Sheet", self.book, uno)

    @property
    def active(self) -> Any:
        return self._wrap(self.book.uno.CurrentController.ActiveSheet)

    def __call__(self, name_or_index: int | str) -> Any:
        if isinstance(name_or_index, int):
            if not 1 <= name_or_index <= len(self):
                raise no_such(str(name_or_index))
            return self._wrap(self._uno.getByIndex(name_or_index - 1))
        for name in self._uno.ElementNames:
            if name.lower() == name_or_index.lower():
                return self._wrap(self._uno.getByName(name))
        raise no_such(name_or_index)

    def __len__(self) -> int:
        return int(self._uno.Count)

    def __iter__(self) -> Iterator[Any]:
        return iter([self._wrap(self._uno.getByIndex(index)) for index in range(len(self))])

    def __contains__(self, name: str) -> bool:
        return any(known.lower() == name.lower() for known in self._uno.ElementNames)

    def add(self, before: Any = None, after: Any = None, name: str | None = None) -> Any:
        if self.book.uno.isProtected():
            raise refused("Workbook is protected and cannot be changed.")
        at = after.index if after else (before or self.active).index - 1
        number = len(self) + 1
        while name is None or (name in self and name == f"Sheet{number}"):
            name, number = (f"Sheet{number}", number) if f"Sheet{number}" not in self else (None, number + 1)
        # One call for Excel: refused, it has not been done.
        document = self.book.uno
        document.Sheets.insertNewByName(name, at)
        made = document.Sheets.getByName(name)
        document.CurrentController.setActiveSheet(made)
        return self._wrap(made)


class Sheet(base_classes.Sheet):
    """One sheet."""

    def __init__(self, book: Any, uno: Any) -> None:
        self._book = book
        self.uno = uno
        self.engine = book.engine
        self.document = book.uno
        self.formats = book.formats

    @property
    def height(self) -> int:
        """Rows a sheet has."""
        return int(self.uno.Rows.Count)

    @property
    def width(self) -> int:
        """Columns a sheet has."""
        return int(self.uno.Columns.Count)

    @property
    def quoted(self) -> str:
        """The name as formulas write it."""
        return "'" + self.uno.Name.replace("'", "''") + "'"

    @property
    def api(self) -> Any:
        return self.engine.make("SheetApi", self)

    @property
    def book(self) -> Any:
        return self._book

    @property
    def name(self) -> str:
        return str(self.uno.Name)

    @name.setter
    def name(self, value: str) -> None:
        others = [sheet.name.lower() for sheet in self._book.sheets if sheet.index != self.index]
        if value.lower() in others:
            raise refused("That name is already taken. Try a different one.")
        self.uno.Name = value

    @property
    def index(self) -> int:
        return int(self.uno.RangeAddress.Sheet) + 1

    @property
    def names(self) -> Names:
        return Names(self._book, self)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def freeze_panes(self) -> FreezePanes:
        return FreezePanes(self)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        first = self._area(arg1)
        if arg2 is not None:
            last = self._area(arg2)
            row, column = min(first.row, last.row), min(first.column, last.column)
            bottom = max(first.row + first.rows, last.row + last.rows)
            right = max(first.column + first.columns, last.column + last.columns)
            first = Area(row, column, bottom - row, right - column)
        return self.engine.make("Range", self, first)  # type: ignore[no-any-return]

    def _area(self, place: Any) -> Area:
        """The area of an address, a name, (row, column), (row, column, rows, columns) or a range."""
        if isinstance(place, Range):
            return place.area
        if isinstance(place, tuple):
            if 0 in place[:2]:
                raise IndexError("Attempted to access 0-based Range. xlwings/Excel Ranges are 1-based.")
            return Area(*place) if len(place) == 4 else Area(*place, 1, 1)
        area = Area.parse(place, self.height, self.width)
        if area:
            return area
        for name in self._book.names:
            if name.name.lower() == place.lower():
                return name.refers_to_range.area  # type: ignore[no-any-return]
        for table in self.tables:
            if table.name.lower() == place.lower() and table.data_body_range:
                return table.data_body_range.area  # type: ignore[no-any-return]
        raise refused(f"There is no range {place!r}.")

    @property
    def cells(self) -> Range:
        return self.range((1, 1, self.height, self.width))

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.range(tuple(Area.of(cursor.RangeAddress)))

    def activate(self) -> None:
        if not self.uno.IsVisible:
            raise refused("Activate method of Worksheet class failed")
        self.document.CurrentController.setActiveSheet(self.uno)

    def select(self) -> None:
        self.activate()

    def clear(self) -> None:
        self.cells.clear()

    def clear_contents(self) -> None:
        self.cells.clear_contents()

    def clear_formats(self) -> None:
        self.cells.clear_formats()

    def autofit(self, axis: str | None = None) -> None:
        self.used_range.autofit(axis)

    def delete(self) -> None:
        if sum(sheet.uno.IsVisible for sheet in self._book.sheets if sheet.index != self.index) == 0:
            raise refused("A workbook must contain at least one visible worksheet.")
        self.document.Sheets.removeByName(self.name)

    def copy(self, before: Any = None, after: Any = None) -> None:
        place = before.index - 1 if before else after.index
        taken = self.document.Sheets.ElementNames
        name = next(name for number in range(2, 999) if (name := f"{self.name} ({number})") not in taken)
        self.document.Sheets.copyByName(self.name, name, place)

    # Calc knows shown and hidden; that a sheet is very hidden is kept beside it.
    @property
    def visible(self) -> int:
        if self.uno.IsVisible:
            return SHOWN
        return VERY_HIDDEN if self.name in self._book.very_hidden else HIDDEN

    @visible.setter
    def visible(self, value: bool | int) -> None:
        others = any(sheet.uno.IsVisible for sheet in self._book.sheets if sheet.index != self.index)
        if (not value or value == VERY_HIDDEN) and not others:
            raise refused("Unable to set the Visible property of the Worksheet class")
        hidden = set(self._book.very_hidden) - {self.name}
        self._book.very_hidden = sorted(hidden | {self.name}) if value == VERY_HIDDEN else sorted(hidden)
        self.uno.IsVisible = bool(value) and value != VERY_HIDDEN

    @property
    def pivot_tables(self) -> list[Any]:
        tables = self.uno.getDataPilotTables()
        return [tables.getByIndex(index) for index in range(tables.Count)]


class FreezePanes(base_classes.FreezePanes):
    """Rows and columns that stay; in Calc the shown sheet has them."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def _freeze(self, columns: int, rows: int) -> None:
        controller = self._sheet.document.CurrentController
        shown = controller.ActiveSheet
        controller.setActiveSheet(self._sheet.uno)
        controller.freezeAtPosition(columns, rows)
        controller.setActiveSheet(shown)

    def freeze_at(self, frozen_range: str) -> None:
        area = self._sheet.range(frozen_range).area
        columns = 0 if area.columns == self._sheet.width else area.column + area.columns - 1
        rows = 0 if area.rows == self._sheet.height else area.row + area.rows - 1
        self._freeze(columns, rows)

    def unfreeze(self) -> None:
        self._freeze(0, 0)
