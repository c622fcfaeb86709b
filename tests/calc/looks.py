"""How cells look: colours, fonts, widths, what is hidden."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

from typing import Any

from xlwings import base_classes
from xlwings.utils import hex_to_rgb, int_to_rgb

from tests.calc.bridge import enum

POINT = 2540 / 72  # hundredths of a millimetre
PIXEL = 2540 / 96


def as_rgb(color: Any) -> int:
    """A colour given as #rrggbb, (r, g, b) or Excel's number, as Calc's number."""
    if isinstance(color, str):
        color = hex_to_rgb(color)
    red, green, blue = int_to_rgb(color) if isinstance(color, int) else color
    return int(red) << 16 | int(green) << 8 | int(blue)


def from_rgb(number: int) -> tuple[int, int, int] | None:
    """Calc's number as (r, g, b); None where there is no colour."""
    return None if number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


class Looks:
    """The half of a range that is about its looks."""

    uno: Any
    _sheet: Any
    area: Any

    @property
    def color(self) -> tuple[int, int, int] | None:
        return from_rgb(self.uno.CellBackColor)

    @color.setter
    def color(self, color: Any) -> None:
        self.cells.guard()  # type: ignore[attr-defined]
        self.uno.CellBackColor = -1 if color is None else as_rgb(color)

    def set_colors(self, colors: Any) -> None:
        for row, line in enumerate(colors, start=1):
            for column, color in enumerate(line, start=1):
                if color is not ...:
                    self(row, column).color = color  # type: ignore[operator]

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def wrap_text(self) -> bool | None:
        return self.uno.IsTextWrapped  # type: ignore[no-any-return]

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.uno.IsTextWrapped = bool(value)

    # Excel counts a column's width in digits of seven pixels, with five pixels beside them; what is hidden has none.
    @property
    def column_width(self) -> float | None:
        if self.column_hidden is not False:
            return 0.0 if self.column_hidden else None
        widths = {column.Width for column in self._lines("Columns", self.area.columns)}
        return round((widths.pop() / PIXEL - 5) / 7, 2) if len(widths) == 1 else None

    @column_width.setter
    def column_width(self, value: float) -> None:
        self.uno.Columns.Width = round((value * 7 + 5) * PIXEL)

    @property
    def row_height(self) -> float | None:
        if self.row_hidden is not False:
            return 0.0 if self.row_hidden else None
        heights = {row.Height for row in self._lines("Rows", self.area.rows)}
        return round(heights.pop() / POINT, 2) if len(heights) == 1 else None

    @row_height.setter
    def row_height(self, value: float) -> None:
        self.uno.Rows.Height = round(value * POINT)

    def autofit(self, axis: str | None = None) -> None:
        if axis in ("columns", "c", None):
            self.uno.Columns.OptimalWidth = True
        if axis in ("rows", "r", None):
            self.uno.Rows.OptimalHeight = True

    def _lines(self, which: str, count: int) -> list[Any]:
        """Its rows or columns; of their sizes the first hundred will do."""
        lines = getattr(self.uno, which)
        return [lines.getByIndex(index) for index in range(min(count, 100))]

    @property
    def row_hidden(self) -> bool | None:
        sheet, area = self._sheet, self.area
        lines = sheet.uno.getCellRangeByPosition(0, area.row - 1, sheet.width - 1, area.row + area.rows - 2)
        shown: set[int] = set()
        for address in lines.queryVisibleCells().RangeAddresses:
            shown.update(range(address.StartRow, address.EndRow + 1))
        return None if 0 < len(shown) < area.rows else not shown

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.uno.Rows.IsVisible = not value

    @property
    def column_hidden(self) -> bool | None:
        columns = self.uno.Columns
        hidden = {not columns.getByIndex(index).IsVisible for index in range(self.area.columns)}
        return hidden.pop() if len(hidden) == 1 else None

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.uno.Columns.IsVisible = not value

    @property
    def left(self) -> float:
        return self.uno.Position.X / POINT  # type: ignore[no-any-return]

    @property
    def top(self) -> float:
        return self.uno.Position.Y / POINT  # type: ignore[no-any-return]

    @property
    def width(self) -> float:
        return self.uno.Size.Width / POINT  # type: ignore[no-any-return]

    @property
    def height(self) -> float:
        return self.uno.Size.Height / POINT  # type: ignore[no-any-return]

    @property
    def horizontal_alignment(self) -> str | None:
        names = {"STANDARD": "general", "LEFT": "left", "CENTER": "center", "RIGHT": "right", "BLOCK": "justify"}
        return names.get(self.uno.HoriJustify.value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        names = {"general": "STANDARD", "left": "LEFT", "center": "CENTER", "right": "RIGHT", "justify": "BLOCK"}
        self.uno.HoriJustify = enum("table.CellHoriJustify", names[value])

    @property
    def vertical_alignment(self) -> str | None:
        return {0: "bottom", 1: "top", 2: "center", 3: "bottom"}.get(self.uno.VertJustify)

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        self.uno.VertJustify = {"top": 1, "center": 2, "bottom": 3}[value]


class Font(base_classes.Font):
    """The letters of a range."""

    def __init__(self, rng: Any) -> None:
        self._uno = rng.uno

    @property
    def api(self) -> Any:
        return self._uno

    @property
    def bold(self) -> bool:
        return bool(self._uno.CharWeight > 100)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._uno.CharWeight = 150.0 if value else 100.0

    @property
    def italic(self) -> bool:
        return str(self._uno.CharPosture.value) == "ITALIC"

    @italic.setter
    def italic(self, value: bool) -> None:
        self._uno.CharPosture = enum("awt.FontSlant", "ITALIC" if value else "NONE")

    @property
    def color(self) -> tuple[int, int, int]:
        return from_rgb(self._uno.CharColor) or (0, 0, 0)

    @color.setter
    def color(self, color: Any) -> None:
        self._uno.CharColor = as_rgb(color)

    @property
    def size(self) -> float:
        return float(self._uno.CharHeight)

    @size.setter
    def size(self, value: float) -> None:
        self._uno.CharHeight = float(value)

    @property
    def name(self) -> str:
        return str(self._uno.CharFontName)

    @name.setter
    def name(self, value: str) -> None:
        self._uno.CharFontName = value
