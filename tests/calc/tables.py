"""Excel's tables: Calc's database ranges, which it reads from .xlsx files and writes there as tables."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from tests.calc.areas import Area
from tests.calc.errors import refused


class Tables(base_classes.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self._uno = sheet.document.DatabaseRanges

    @property
    def api(self) -> Any:
        return self

    def __iter__(self) -> Iterator[Table]:
        # Calc keeps a sheet's own filter as a range with such a name.
        names = [name for name in self._uno.ElementNames if not name.startswith("__Anonymous")]
        everything = [self._uno.getByName(name) for name in names]
        here = [found for found in everything if found.DataArea.Sheet == self.sheet.index - 1]
        return iter([self.sheet.engine.make("Table", self.sheet, found) for found in here])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __call__(self, key: int | str) -> Table:
        for number, table in enumerate(self, start=1):
            if key == number or (isinstance(key, str) and table.name.lower() == key.lower()):
                return table
        raise KeyError(key)

    def __contains__(self, key: int | str) -> bool:
        return any(table.name.lower() == str(key).lower() for table in self)

    def add(  # noqa: PLR0917  # as xlwings calls it
        self, source_type: Any = None, source: Any = None, link_source: Any = None, has_headers: Any = None,
        destination: Any = None, table_style_name: Any = None, name: str | None = None,
    ) -> Table:  # fmt: skip
        area = source.impl.area if hasattr(source, "impl") else source.area
        if any(area_overlaps(area, table.area) for table in self):
            raise refused("A table cannot overlap another table.")
        number = 1
        while name is None:
            name, number = (f"Table{number}" if not self._uno.hasByName(f"Table{number}") else None), number + 1
        if any(name.lower() == taken.lower() for taken in self._uno.ElementNames):
            raise refused("The name is already taken.")
        if not has_headers:
            whole = self.sheet.range(tuple(area))
            whole.insert("down")
            header = self.sheet.range((area.row, area.column, 1, area.columns))
            header.put([[f"Column{column + 1}" for column in range(area.columns)]])
            area = Area(area.row, area.column, area.rows + 1, area.columns)
        self._uno.addNewByName(name, self.sheet.range(tuple(area)).uno.RangeAddress)
        made = self._uno.getByName(name)
        made.ContainsHeader = True
        made.AutoFilter = True
        return self.sheet.engine.make("Table", self.sheet, made)  # type: ignore[no-any-return]


def area_overlaps(one: Area, other: Area) -> bool:
    """Whether two rectangles share a cell."""
    return (
        one.row < other.row + other.rows and other.row < one.row + one.rows
        and one.column < other.column + other.columns and other.column < one.column + one.columns
    )  # fmt: skip


class Table(base_classes.Table):
    """One table."""

    def __init__(self, sheet: Any, uno: Any) -> None:
        self._sheet = sheet
        self._uno = uno
        self.engine = sheet.engine

    @property
    def api(self) -> Any:
        return self._sheet.engine.make("TableApi", self)

    @property
    def area(self) -> Area:
        """Its whole rectangle, header and totals included."""
        return Area.of(self._uno.DataArea)

    @property
    def parent(self) -> Any:
        return self._sheet

    @property
    def name(self) -> str:
        return str(self._uno.Name)

    @name.setter
    def name(self, value: str) -> None:
        self._uno.Name = value

    display_name = name

    @property
    def range(self) -> Any:
        return self._sheet.range(tuple(self.area))

    @property
    def show_headers(self) -> bool:
        return bool(self._uno.ContainsHeader)

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self._uno.ContainsHeader = bool(value)

    @property
    def show_totals(self) -> bool:
        return bool(self._uno.TotalsRow)

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        if bool(value) == self.show_totals:
            return
        area = self.area
        if value:
            self._sheet.range((area.row + area.rows, area.column, 1, area.columns)).insert("down")
            area = area._replace(rows=area.rows + 1)
        else:
            self.totals_row_range.delete("up")
            area = area._replace(rows=area.rows - 1)
        self._uno.DataArea = self._sheet.range(tuple(area)).uno.RangeAddress
        self._uno.TotalsRow = bool(value)

    @property
    def header_row_range(self) -> Any:
        area = self.area
        return self._sheet.range((area.row, area.column, 1, area.columns)) if self.show_headers else None

    @property
    def data_body_range(self) -> Any:
        area, above, below = self.area, int(self.show_headers), int(self.show_totals)
        rows = area.rows - above - below
        return self._sheet.range((area.row + above, area.column, rows, area.columns)) if rows > 0 else None

    @property
    def totals_row_range(self) -> Any:
        area = self.area
        last = (area.row + area.rows - 1, area.column, 1, area.columns)
        return self._sheet.range(last) if self.show_totals else None

    @property
    def insert_row_range(self) -> Any:
        area = self.area
        return None if self.data_body_range else self._sheet.range((area.row + 1, area.column, 1, area.columns))

    def resize(self, range: Any) -> None:  # noqa: A002  # the name xlwings uses
        area = range.impl.area if hasattr(range, "impl") else range.area
        if area.row != self.area.row or not area_overlaps(area, self.area):
            raise refused("The headers must remain in the same row, and the resulting table must overlap the original.")
        self._uno.DataArea = self._sheet.range(tuple(area)).uno.RangeAddress

    @property
    def show_autofilter(self) -> bool:
        return bool(self._uno.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self._uno.AutoFilter = bool(value)

    def holds(self, rng: Any) -> bool:
        """Whether the table has the first cell of the range."""
        return area_overlaps(self.area, Area(rng.row, rng.column, 1, 1))

    def delete(self) -> None:
        """Take the table away with its cells, as ListObject.Delete does."""
        whole = self.range
        self.unlist()
        whole.delete("up")

    def unlist(self) -> None:
        """Take the table away and leave its cells."""
        self._sheet.document.DatabaseRanges.removeByName(self.name)


def _plain(name: str) -> property:
    """A property that Calc does not know and that changes nothing."""
    return property(lambda self: self.__dict__.get(name), lambda self, value: self.__dict__.__setitem__(name, value))


for _name in (
    "table_style", "show_table_style_column_stripes", "show_table_style_first_column", "show_table_style_last_column",
    "show_table_style_row_stripes",
):  # fmt: skip
    setattr(Table, _name, _plain(_name))
