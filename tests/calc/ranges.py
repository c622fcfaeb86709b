"""Ranges: values, formulas, places, rows and columns. How they look is in `looks.py`."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

import re
from typing import Any

from xlwings import base_classes
from xlwings.utils import col_name

from tests.calc.areas import Area
from tests.calc.bridge import enum
from tests.calc.cells import Cells
from tests.calc.errors import refused
from tests.calc.formats import format_runs
from tests.calc.links import add_link, link_of
from tests.calc.looks import Looks

EVERYTHING = 1 | 2 | 4 | 8 | 16 | 32 | 64 | 256 | 512
CONTENTS = 1 | 2 | 4 | 16 | 256 | 512


class Range(Looks, base_classes.Range):
    """One rectangle of cells of a sheet; it may be empty, as a slice of nothing is."""

    options: Any = None

    def __init__(self, sheet: Any, area: Area) -> None:
        self._sheet = sheet
        self.area = area
        self.engine = sheet.engine

    @property
    def uno(self) -> Any:
        """Calc's own range."""
        row, column, rows, columns = self.area
        return self._sheet.uno.getCellRangeByPosition(column - 1, row - 1, column + columns - 2, row + rows - 2)

    @property
    def cells(self) -> Cells:
        """The values in it."""
        return Cells(self._sheet.document, self._sheet.formats, self.uno)

    @property
    def api(self) -> Any:
        return self.engine.make("RangeApi", self) if len(self) else None

    @property
    def sheet(self) -> Any:
        return self._sheet

    @property
    def row(self) -> int:
        return self.area.row

    @property
    def column(self) -> int:
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        return self.area.rows, self.area.columns

    @property
    def coords(self) -> tuple[str, int, int, int, int]:
        return self._sheet.name, *self.area

    def __len__(self) -> int:
        return self.area.rows * self.area.columns

    def make(self, *area: int) -> Range:
        """Another range of the same sheet."""
        return self.engine.make("Range", self._sheet, Area(*area))  # type: ignore[no-any-return]

    def __call__(self, first: int, second: int | None = None) -> Range:
        row, column = (first, second) if second is not None else (
            (first - 1) // self.area.columns + 1, (first - 1) % self.area.columns + 1,
        )  # fmt: skip
        return self.make(self.row + row - 1, self.column + column - 1, 1, 1)

    # Values

    @property
    def raw_value(self) -> list[list[Any]]:
        return self.cells.read() if len(self) else []

    def raw_numbers(self) -> list[list[Any]]:
        """The values as `Value2` gives them."""
        return self.cells.read(raw=True)

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self.put(value)

    def put(self, value: Any) -> None:
        """Write a block of values, or one value or formula into every cell."""
        if not len(self):
            return
        cells = self.cells
        cells.guard()
        if isinstance(value, (list, tuple)):
            cells.write(value)
        elif value is None or value == "":
            self.uno.clearContents(CONTENTS)
        elif isinstance(value, str) and value[:1] == "=" and len(value) > 1 and len(self) > 1:
            cells.fill_formula(value)
        else:
            cells.write([[value] * self.area.columns] * self.area.rows)

    @property
    def formula(self) -> Any:
        texts = self.cells.formulas()
        return texts[0][0] if len(self) == 1 else tuple(map(tuple, texts))

    @formula.setter
    def formula(self, value: Any) -> None:
        self.put(value)

    formula2 = formula

    @property
    def has_array(self) -> bool:
        return len(self) > 0 and bool(self.uno.getArrayFormula())

    def clear_contents(self) -> None:
        self.cells.guard()
        self.uno.clearContents(CONTENTS)

    def clear(self) -> None:
        self.cells.guard()
        self.uno.clearContents(EVERYTHING)

    def clear_formats(self) -> None:
        self.cells.guard()
        self.uno.clearContents(32 | 64)

    @property
    def number_format(self) -> str | None:
        codes = {self._sheet.formats.code(key) for key, _ in format_runs(self.uno)}
        return codes.pop() if len(codes) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.cells.guard()
        self.uno.NumberFormat = self._sheet.formats.key(code)

    # Places

    def get_address(self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False) -> str:  # noqa: FBT002
        row, column, rows, columns = self.area
        down, across = "$" * row_absolute, "$" * col_absolute
        names = [f"{across}{col_name(number)}" for number in (column, column + columns - 1)]
        lines = [f"{down}{number}" for number in (row, row + rows - 1)]
        if rows == self._sheet.height:
            text = ":".join(names)
        elif columns == self._sheet.width:
            text = ":".join(lines)
        else:
            text = names[0] + lines[0] + (f":{names[1]}{lines[1]}" if len(self) > 1 else "")
        if not external:
            return text
        place = f"[{self._sheet.book.name}]{self._sheet.name}"
        return (
            f"{place}!{text}"
            if re.fullmatch(r"[\w\[\].]+", place)
            else f"'{place.replace(chr(39), chr(39) * 2)}'!{text}"
        )

    @property
    def address(self) -> str:
        return self.get_address()

    def _cursor(self) -> Any:
        """A cursor of Calc's on the first cell."""
        return self._sheet.uno.createCursorByRange(self(1).uno)

    @property
    def current_region(self) -> Range:
        cursor = self._cursor()
        cursor.collapseToCurrentRegion()
        return self.make(*Area.of(cursor.RangeAddress))

    @property
    def merge_area(self) -> Range:
        cursor = self._cursor()
        cursor.collapseToMergedArea()
        return self.make(*Area.of(cursor.RangeAddress))

    @property
    def merge_cells(self) -> bool | None:
        if len(self) == 1:
            return len(self.merge_area) > 1
        return bool(self.uno.IsMerged)

    def merge(self, across: bool) -> None:
        self.uno.merge(True)

    def unmerge(self) -> None:
        self.uno.merge(False)

    def end(self, direction: str) -> Range:
        steps = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
        down, across = steps[direction]
        used = self._sheet.used_range.area
        limits = (max(used.row + used.rows, self.row) + 1, max(used.column + used.columns, self.column) + 1)
        filled = self.make(1, 1, *limits).cells.read(raw=True)

        def at(row: int, column: int) -> bool | None:
            """Whether the cell holds something; None outside of the sheet."""
            if not (1 <= row <= self._sheet.height and 1 <= column <= self._sheet.width):
                return None
            return row <= limits[0] and column <= limits[1] and filled[row - 1][column - 1] is not None

        row, column = self.row, self.column
        inside = bool(at(row, column) and at(row + down, column + across))
        row, column = row + down, column + across
        while (found := at(row, column)) is not None and found == inside:
            if (row > limits[0] and down > 0) or (column > limits[1] and across > 0):
                return self.make(self._sheet.height if down else row, self._sheet.width if across else column, 1, 1)
            row, column = row + down, column + across
        if inside or at(row, column) is None:
            row, column = row - down, column - across
        return self.make(row, column, 1, 1)

    def get_special_cells(self, cell_type: str, value_type: str | None) -> list[Range]:
        if self._sheet.uno.isProtected():
            raise refused("This command cannot be performed on a protected sheet.")
        if cell_type == "visible":
            found = self.uno.queryVisibleCells()
        elif cell_type == "blanks":
            found = self.uno.queryEmptyCells()
        else:
            numbers, texts, formulas = 1 | 2, 4, 16
            wanted = {"numbers": numbers, "text": texts, None: numbers | texts}[value_type]
            found = self.uno.queryContentCells(wanted if cell_type == "constants" else formulas)
        return [self.make(*Area.of(address)) for address in found.RangeAddresses]

    # Rows and columns

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        self._sheet.uno.insertCells(
            self.uno.RangeAddress, enum("sheet.CellInsertMode", self._way(shift, "DOWN", "RIGHT"))
        )

    def delete(self, shift: str | None = None) -> None:
        self._sheet.uno.removeRange(self.uno.RangeAddress, enum("sheet.CellDeleteMode", self._way(shift, "UP", "LEFT")))

    def _way(self, shift: str | None, along_columns: str, along_rows: str) -> str:
        """Which way other cells move."""
        if self._sheet.uno.isProtected():
            raise refused("This command cannot be performed on a protected sheet.")
        if self.area.columns == self._sheet.width:
            return "ROWS"
        if self.area.rows == self._sheet.height:
            return "COLUMNS"
        return along_rows if shift in ("left", "right") else along_columns

    def select(self) -> None:
        controller = self._sheet.document.CurrentController
        controller.setActiveSheet(self._sheet.uno)
        controller.select(self.uno)

    def copy(self, destination: Any = None) -> None:
        if destination is not None:
            target = destination.impl.uno.getCellByPosition(0, 0).CellAddress
            self._sheet.uno.copyRange(target, self.uno.RangeAddress)

    # Links, names and tables

    @property
    def hyperlink(self) -> str:
        return link_of(self.uno.getCellByPosition(0, 0))

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: str | None = None) -> None:
        self.cells.guard()
        add_link(self._sheet.document, self.uno.getCellByPosition(0, 0), address, text_to_display or address)

    @property
    def name(self) -> Any:
        return next((name for name in self._sheet.book.names if name.covers(self)), None)

    @name.setter
    def name(self, value: str) -> None:
        self._sheet.book.names.add(value, f"={self._sheet.quoted}!{self.address}")

    @property
    def table(self) -> Any:
        return next((table for table in self._sheet.tables if table.holds(self)), None)
