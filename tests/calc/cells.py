"""Reads and writes blocks of cells: a few calls for a whole range, never one for each cell."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tests.calc.entry import Entry, parse
from tests.calc.errors import CALC_ERRORS, ERROR_NUMBERS, refused
from tests.calc.formats import Formats, format_runs

XL_OOX = 3  # FormulaConvention: A1 references, commas, English names, as in a file
HUGE = 200_000


class Cells:
    """The cells of one range of a document."""

    def __init__(self, document: Any, formats: Formats, uno_range: Any) -> None:
        self.document = document
        self.formats = formats
        self.range = uno_range
        self.address = uno_range.RangeAddress
        self.rows = self.address.EndRow - self.address.StartRow + 1
        self.columns = self.address.EndColumn - self.address.StartColumn + 1

    @property
    def epoch(self) -> dt.datetime:
        """Day nought of the document: 30 December 1899, or 1 January 1904."""
        day = self.document.NullDate
        return dt.datetime(day.Year, day.Month, day.Day)

    # Reading

    def read(self, *, raw: bool = False) -> list[list[Any]]:
        """The values as COM gives them: `.Value`, or with raw `.Value2`, in which dates are numbers."""
        used = self._used()
        values = [[_given(value) for value in row] for row in used.range.getDataArray()] if used else []
        if used:
            used.put_errors(values)
            used.put_kinds(values, raw=raw)
            for row in values:
                row.extend(itertools.repeat(None, self.columns - used.columns))
        values.extend([None] * self.columns for _ in range(self.rows - len(values)))
        return values

    def _used(self) -> Cells | None:
        """The part of a very large range that can hold anything, from the same first cell."""
        if self.rows * self.columns <= HUGE:
            return self
        cursor = self.range.Spreadsheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        at = self.address
        row, column = min(at.EndRow, last.EndRow), min(at.EndColumn, last.EndColumn)
        if row < at.StartRow or column < at.StartColumn:
            return None
        part = self.range.Spreadsheet.getCellRangeByPosition(at.StartColumn, at.StartRow, column, row)
        return Cells(self.document, self.formats, part)

    def put_errors(self, values: list[list[Any]]) -> None:
        """Put the numbers COM has for errors."""
        failed = self.range.queryFormulaCells(4).RangeAddresses  # FormulaResult.ERROR
        for at in failed:
            for row, column in itertools.product(
                range(at.StartRow, at.EndRow + 1), range(at.StartColumn, at.EndColumn + 1)
            ):
                error = self.range.Spreadsheet.getCellByPosition(column, row).getError()
                text = CALC_ERRORS.get(error, "#VALUE!")
                values[row - self.address.StartRow][column - self.address.StartColumn] = ERROR_NUMBERS[text]

    def put_kinds(self, values: list[list[Any]], *, raw: bool) -> None:
        """Make dates and booleans of the numbers whose formats say so."""
        epoch = self.epoch
        for key, places in format_runs(self.range):
            kind = self.formats.kind(key)
            if kind == "bool" or (kind in ("date", "time") and not raw):
                for first_row, first_column, last_row, last_column in places:
                    columns = range(first_column - self.address.StartColumn, last_column - self.address.StartColumn + 1)
                    for row in values[first_row - self.address.StartRow : last_row - self.address.StartRow + 1]:
                        for column in columns:
                            if type(row[column]) is float:
                                row[column] = bool(row[column]) if kind == "bool" else moment(epoch, row[column])

    def kinds(self) -> list[list[str]]:
        """The kind of value each cell's number format stands for."""
        return [[self.formats.kind(key) for key in row] for row in self._keys()]

    def _keys(self) -> list[list[int]]:
        """The number of each cell's number format."""
        runs = format_runs(self.range)
        grid = [[runs[0][0]] * self.columns for _ in range(self.rows)]
        for key, places in runs[1:]:
            for first_row, first_column, last_row, last_column in places:
                part = [key] * (last_column - first_column + 1)
                start, stop = first_column - self.address.StartColumn, last_column - self.address.StartColumn + 1
                for row in range(first_row - self.address.StartRow, last_row - self.address.StartRow + 1):
                    grid[row][start:stop] = part
        return grid

    # Formulas

    def _parser(self) -> Any:
        """What turns formulas into Calc's tokens and back, in Excel's spelling."""
        parser = self.document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = XL_OOX
        return parser

    def formulas(self) -> list[list[str]]:
        """What stands in the cells: formulas, else the values as texts."""
        texts = [[as_text(value) for value in row] for row in self.read(raw=True)]
        parser = self._parser()
        for at in self.range.queryContentCells(16).RangeAddresses:  # CellFlags.FORMULA
            for row, column in itertools.product(
                range(at.StartRow, at.EndRow + 1), range(at.StartColumn, at.EndColumn + 1)
            ):
                cell = self.range.Spreadsheet.getCellByPosition(column, row)
                text = parser.printFormula(cell.getTokens(), cell.CellAddress)
                if text:  # else an error that was entered as such
                    texts[row - self.address.StartRow][column - self.address.StartColumn] = f"={text}"
        return texts

    # Writing

    def write(self, values: Sequence[Sequence[Any]]) -> None:
        """Put values as `Range.Value = …` does: texts go through Excel's entry parser."""
        keys = self._keys()
        kinds = [[self.formats.kind(key) for key in row] for row in keys]
        epoch = self.epoch
        data: list[tuple[Any, ...]] = []
        formulas: list[tuple[int, int, str]] = []
        wanted: dict[str, list[tuple[int, int]]] = {}
        for row, line in enumerate(values):
            made = []
            for column, value in enumerate(line):
                entry = entered(value, kinds[row][column])
                if entry.formula:
                    formulas.append((row, column, entry.formula))
                kind = kinds[row][column]
                shown = entry.number_format or ("BOOLEAN" if isinstance(entry.value, bool) else None)
                if shown and kind in ("general", "bool"):
                    wanted.setdefault(shown, []).append((row, column))
                elif kind == "bool":
                    wanted.setdefault("General", []).append((row, column))
                made.append(stored(entry.value, epoch))
            data.append(tuple(made))
        self.range.setDataArray(tuple(data))
        self._show_as_before(keys)
        for code, places in wanted.items():
            self._show(self.formats.key(code), places)
        self._put_formulas(formulas)

    def _show_as_before(self, keys: list[list[int]]) -> None:
        """Calc makes a cell that takes a text like 007 a text cell; Excel leaves its format alone."""
        changed: dict[int, list[tuple[int, int]]] = {}
        for key, places in format_runs(self.range):
            if self.formats.kind(key) == "text":
                for first_row, first_column, last_row, last_column in places:
                    for row, column in itertools.product(
                        range(first_row - self.address.StartRow, last_row - self.address.StartRow + 1),
                        range(first_column - self.address.StartColumn, last_column - self.address.StartColumn + 1),
                    ):
                        if keys[row][column] != key:
                            changed.setdefault(keys[row][column], []).append((row, column))
        for key, cells in changed.items():
            self._show(key, sorted(cells))

    def _show(self, key: int, places: Iterable[tuple[int, int]]) -> None:
        """Give cells a number format, by runs down the columns."""
        by_column: dict[int, list[int]] = {}
        for row, column in places:
            by_column.setdefault(column, []).append(row)
        for column, rows in by_column.items():
            for _, run in itertools.groupby(enumerate(rows), lambda pair: pair[1] - pair[0]):
                lines = [row for _, row in run]
                self.range.getCellRangeByPosition(column, lines[0], column, lines[-1]).NumberFormat = key

    def _put_formulas(self, formulas: list[tuple[int, int, str]]) -> None:
        """Put formulas; they are not many in these tests, so that one call for each will do."""
        parser = self._parser() if formulas else None
        for row, column, formula in formulas:
            cell = self.range.getCellByPosition(column, row)
            if formula[1:] in ERROR_NUMBERS:
                cell.setFormula(formula)
            else:
                cell.setTokens(parser.parseFormula(formula[1:], cell.CellAddress))  # type: ignore[union-attr]

    def fill_formula(self, formula: str) -> None:
        """Put one formula into every cell; its relative references move along, as in Excel."""
        tokens = self._parser().parseFormula(formula[1:], self.range.getCellByPosition(0, 0).CellAddress)
        for row, column in itertools.product(range(self.rows), range(self.columns)):
            self.range.getCellByPosition(column, row).setTokens(tokens)

    def guard(self) -> None:
        """Excel's refusal where the sheet is protected and a cell is locked."""
        if self.range.Spreadsheet.isProtected() and self.range.CellProtection.IsLocked:
            raise refused(
                "The cell or chart you're trying to change is on a protected sheet. "
                "To make a change, unprotect the sheet. You might be requested to enter a password."
            )


def _given(value: Any) -> Any:
    """A value as Calc gives it, which calls a tab in a text of several lines by a character of its own."""
    if type(value) is str:
        return value.replace("\x01", "\t") or None
    return value


def moment(epoch: dt.datetime, days: float) -> dt.datetime | float:
    """The time a number of days stands for; the number where there is no such time."""
    try:
        return epoch + dt.timedelta(milliseconds=round(days * 86_400_000))
    except (OverflowError, ValueError):
        return days


def entered(value: Any, kind: str) -> Entry:
    """What becomes of a value written over COM into a cell of this kind."""
    if isinstance(value, str):
        return Entry(value.removeprefix("'")) if kind == "text" and value else parse(value)
    if kind == "text" and isinstance(value, (bool, int, float)):
        return Entry(as_text(value))
    if value is None or isinstance(value, (bool, float)):
        return Entry(value)
    if isinstance(value, int):
        return Entry(float(value))
    if isinstance(value, Decimal):
        return Entry(float(round(value, 4)), "$#,##0.00")
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
        return Entry(value, "m/d/yyyy" if value.time() == dt.time() else "m/d/yyyy h:mm")
    if isinstance(value, dt.date):
        return Entry(dt.datetime(value.year, value.month, value.day), "m/d/yyyy")
    raise TypeError(f"must be real number, not {type(value).__name__}")  # as pywin32 says


def stored(value: Any, epoch: dt.datetime) -> float | str:
    """A value as Calc's data arrays hold it; there None would be #N/A."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return (value - epoch) / dt.timedelta(days=1)
    return float(value) if isinstance(value, bool) else value  # type: ignore[no-any-return]


def as_text(value: Any) -> str:
    """A value as the formula bar shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int) and value < 0:
        return next((text for text, number in ERROR_NUMBERS.items() if number == value), str(value))
    return f"{value:.15G}" if isinstance(value, (int, float)) else str(value)
