"""Reads .xlsx and .xlsm files that Excel does not have to open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any

from python_calamine_plus import load_workbook

from xl_datasync.core.conversion.rule import shows_percent
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import Block, SheetColumn, TableShape, is_blank
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.blocks import without_blank_tail
from xl_datasync.workbook.cells import CellRules, column_formats, formula_link
from xl_datasync.workbook.faults import worded
from xl_datasync.workbook.grid import Grid
from xl_datasync.workbook.layout import settle
from xl_datasync.workbook.package import Package, SheetEntry
from xl_datasync.workbook.protocol import ConfigRows, Source
from xl_datasync.workbook.sheet_part import SheetFacts, read_facts
from xl_datasync.workbook.sources import Location, find_location, find_sheet


class XlsxWorkbook:
    """An .xlsx or .xlsm file, open for reading."""

    in_excel = False

    def __init__(self, path: Path, notes: tuple[str, ...] = ()) -> None:
        self.path = path
        self.name = path.name
        self.notes = notes
        self._package = Package(path)
        self._facts: dict[str, SheetFacts] = {}
        self._libraries: dict[bool, Any] = {}
        self._library(with_formulas=False)

    def read_table(self, source: Source) -> XlsxTable:
        """Find a table and its columns."""
        location = find_location(self._package, source.name)
        grid = self._grid(location.sheet)
        with grid.reading():
            return XlsxTable(grid, *settle(grid, location, source.header_row))

    def config_table(self, sheet: str, table: str) -> ConfigRows | None:
        """Read the Excel table of that name on that sheet, else what stands on the sheet; None without the sheet."""
        entry = find_sheet(self._package, sheet)
        if entry is None:
            return None
        tables = (item for item in self._package.tables if item.sheet == entry)
        found = next((item for item in tables if item.name.casefold() == table.casefold()), None)
        location = Location(entry, found.area, found) if found else Location(entry, Area())
        grid = self._grid(entry)
        with grid.reading():
            return config_rows(XlsxTable(grid, *settle(grid, location, None)))

    def sheet_of(self, source: str) -> str | None:
        """The sheet that what a job names stands on; None where there is nothing of that name, or several things."""
        try:
            return find_location(self._package, source).sheet.name
        except WorkbookError:
            return None

    def close(self) -> None:
        """Let go of the file."""
        while self._libraries:
            self._libraries.popitem()[1].close()

    def __enter__(self) -> XlsxWorkbook:  # noqa: PYI034  # Self needs Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _grid(self, sheet: SheetEntry) -> Grid:
        if sheet.part not in self._facts:
            with worded(f"{self.name}, sheet “{sheet.name}”"):
                self._facts[sheet.part] = read_facts(self._package, sheet)
        facts = self._facts[sheet.part]
        library = self._library(with_formulas=facts.has_formulas)
        rules = CellRules(self._package.has_1904_dates, facts.has_formulas)
        return Grid(self._package, sheet, facts, rules, library[sheet.name])

    def _library(self, *, with_formulas: bool) -> Any:
        # Formulas tell a blank cell from one never calculated; asking for them makes reading a fifth slower.
        if with_formulas not in self._libraries:
            with worded(self.name):
                self._package.unchanged()
                self._libraries[with_formulas] = load_workbook(
                    self.path,
                    compatibility="openpyxl",
                    read_only=True,
                    data_only=True,
                    formula_and_value=with_formulas,
                )
        return self._libraries[with_formulas]


@dataclass(frozen=True)
class XlsxTable:
    """A table on a sheet of a closed workbook."""

    grid: Grid
    area: Area
    shape: TableShape

    def blocks(self, rows_per_block: int = 1000) -> Iterator[Block]:
        """Read the rows below the header, from the top at each call."""
        return without_blank_tail(self._blocks(rows_per_block))

    def _blocks(self, rows_per_block: int) -> Iterator[Block]:
        if not self.shape.columns or self.area.last_row < self.area.first_row:
            return
        row, width = self.area.first_row, len(self.shape.columns)
        with self.grid.reading():
            self.grid.package.unchanged()
            rows = self.grid.rows(self.area)
            while True:
                cells = list(chain.from_iterable(islice(rows, rows_per_block)))
                if not cells:
                    break
                yield self._block(row, [cells[index::width] for index in range(width)])
                row += len(cells) // width
            self.grid.package.unchanged()

    def _block(self, first_row: int, cells: list[list[Any]]) -> Block:
        return Block(
            range(first_row, first_row + len(cells[0])),
            [self.grid.values(column) for column in cells],
            lambda index: column_formats(cells[index]),
            self._links(first_row, cells),
        )

    def _links(self, first_row: int, cells: list[list[Any]]) -> Callable[[int], Sequence[str | None]]:
        facts, has_formulas = self.grid.facts, self.grid.rules.has_formulas

        def links(index: int) -> list[str | None]:
            column = self.area.first_column + index
            return [
                facts.link_at(row, column) or (formula_link(cell) if has_formulas else None)
                for row, cell in enumerate(cells[index], first_row)
            ]

        return links


def config_rows(table: XlsxTable) -> ConfigRows:
    """Read a small table whole.

    :raises WorkbookError: where two of its columns have the same header.
    """
    columns: dict[str, SheetColumn] = {}
    for column in table.shape.columns:
        if column.header in columns:
            raise WorkbookError(
                f"Columns {columns[column.header].letter} and {column.letter} have the same header “{column.header}”.",
                where=table.grid.where,
                remedy="Delete or rename one of them.",
            )
        if column.header:
            columns[column.header] = column
    rows = []
    percents: set[tuple[int, str]] = set()
    for block in table.blocks():
        percents.update(_percents(block, columns.values()))
        for number, values in zip(block.rows, zip(*block.columns, strict=True), strict=True):
            if any(not is_blank(value) for value in values):
                rows.append((number, {header: values[column.index] for header, column in columns.items()}))
    return ConfigRows(table.shape.sheet, tuple(columns.values()), tuple(rows), frozenset(percents))


def _percents(block: Block, columns: Iterable[SheetColumn]) -> Iterator[tuple[int, str]]:
    """Row and header of each number that is shown as a percentage."""
    for column in columns:
        cells = zip(block.rows, block.columns[column.index], block.formats(column.index), strict=True)
        for number, value, code in cells:
            if type(value) in (int, float) and shows_percent(code):
                yield number, column.header
