"""The cells of one sheet of a closed workbook, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from python_calamine_plus import CalamineError

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import Value
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.cells import CellRules, column_values
from xl_datasync.workbook.faults import listed, worded
from xl_datasync.workbook.package import Package, SheetEntry
from xl_datasync.workbook.sheet_part import SheetFacts, error_cells


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet and what is known about them."""

    package: Package
    sheet: SheetEntry
    facts: SheetFacts
    rules: CellRules
    worksheet: Any

    @property
    def where(self) -> str:
        """The sheet, for messages."""
        return f"{self.package.path.name}, sheet “{self.sheet.name}”"

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Word what goes wrong while cells are read."""
        with worded(self.where):
            try:
                yield
            except CalamineError as error:
                raise self._stopped(error) from error

    def rows(self, area: Area) -> Iterator[tuple[Any, ...]]:
        """The cells of an area, row by row, down to the last row stored."""
        return iter(
            self.worksheet.iter_rows(
                min_row=area.first_row,
                max_row=area.last_row,
                min_col=area.first_column + 1,
                max_col=area.last_column + 1,
            )
        )

    def ragged(self, area: Area) -> Iterator[Sequence[Any]]:
        """The rows of an area, each as long as it is filled, from column A."""
        # A dimension declared too small would cut columns off.
        self.worksheet.reset_dimensions()
        rows = self.worksheet.iter_rows(min_row=area.first_row, max_row=area.last_row)
        return (row[: area.last_column + 1] for row in rows)

    def values(self, cells: Sequence[Any]) -> Sequence[Value]:
        """The values of cells."""
        return column_values(cells, self.rules)

    def filled_columns(self, area: Area, known: range) -> set[int]:
        """The columns of an area, beside those known, that hold a value somewhere; reads the sheet once."""
        found: set[int] = set()
        for row in self.ragged(area):
            if len(row) <= known.stop and area.first_column >= known.start:
                continue
            open_columns = chain(range(area.first_column, known.start), range(known.stop, len(row)))
            found.update(
                index
                for index in open_columns
                if index not in found and index < len(row) and row[index].value not in (None, "")
            )
        return found

    def _stopped(self, error: CalamineError) -> Exception:
        """The reader stops for good at an error value it does not know, such as ``#SPILL!`` from other programs."""
        code = str(error).partition("'")[2].partition("'")[0]
        places = tuple(place for place, found in error_cells(self.package, self.sheet) if code and found == code)
        if not places:
            return error
        return WorkbookError(
            f"The error {code} in {listed(places)} keeps the sheet from being read.",
            where=self.where,
            remedy="Correct or clear these cells in Excel, save the workbook, and try again.",
        )
