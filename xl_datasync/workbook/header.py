"""Finding the header of a table, and the columns it spans.

A wrong guess would publish titles as columns or a row of data as names, so the rule is narrow and says no where two
answers are possible (users of Frictionless were misled by bolder guesses: its issues 825 and 1339).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import EXCEL_LAST_ROW, SheetColumn, Value, column_letter, is_blank, trimmed, value_text

SEARCHED_ROWS = 50
_BELOW = 20
_REMEDY = "Write the row number of the headers in the job's “Header row” (0 if there are none)."


@dataclass(frozen=True)
class _Line:
    """A row near the top, and how much of it is filled."""

    number: int
    filled: int
    names: bool


def find_header(rows: Sequence[tuple[int, Sequence[Value]]], where: str) -> int | None:
    """The number of the row that is the header; None where all rows are blank.

    :param rows: the first rows, blank ones among them, each with its number.
    :raises WorkbookError: where no row looks like a header, or more than one may be it.

    A header is the first row that holds nothing but texts and years, at least two thirds as many of them as any row
    that follows it without a gap (20 rows are looked at), and that has a row right below it, unless nothing follows
    at all. Only these rows may stand above it: blank ones; single cells, if the header has three cells or more, or two
    and a gap lies between; and, beyond a gap, rows of at most half as many cells.
    """
    lines = [_line(number, values) for number, values in rows]
    if not any(line.filled for line in lines):
        return None
    passed: list[_Line] = []
    for index, line in enumerate(lines):
        if not line.filled:
            continue
        if _is_header(line, lines[index + 1 :]):
            doubtful = [other for other in passed if not _may_stand_above(other, line, lines)]
            if doubtful:
                raise WorkbookError(
                    f"The header may be row {doubtful[0].number} or row {line.number}.",
                    where=where,
                    remedy=_REMEDY,
                )
            return line.number
        passed.append(line)
    raise no_header(where)


def no_header(where: str) -> WorkbookError:
    """The error for a table in whose first rows no header can be told."""
    return WorkbookError(
        f"None of the first {SEARCHED_ROWS} rows looks like a header: a row of names above the data.",
        where=where,
        remedy=_REMEDY,
    )


def check_header_row(header_row: int | None, where: str) -> None:
    """Refuse a number that no row of a sheet has."""
    if header_row is not None and not 0 <= header_row <= EXCEL_LAST_ROW:
        raise WorkbookError(f"There is no row {header_row} that could be the header.", where=where, remedy=_REMEDY)


def blank_header(header_row: int, where: str) -> WorkbookError:
    """The error for a header row that was given and has nothing in it."""
    return WorkbookError(
        f"Row {header_row} is blank, so it cannot be the header.",
        where=where,
        remedy="Correct the job's “Header row”, or leave it blank to have the header found.",
    )


def header_text(value: Value) -> str:
    """A header cell's text, trimmed."""
    return trimmed(value_text(value))


def name_columns(names: Sequence[str], first: int, hidden: Callable[[int], bool]) -> tuple[SheetColumn, ...]:
    """The columns of a table whose first stands at ``first`` (0 is A)."""
    return tuple(
        SheetColumn(index, column_letter(first + index), name, hidden(first + index))
        for index, name in enumerate(names)
    )


def letter_names(first: int, count: int) -> list[str]:
    """Names for columns without a header."""
    return [f"Column {column_letter(first + index)}" for index in range(count)]


def _line(number: int, values: Sequence[Value]) -> _Line:
    filled = [value for value in values if not is_blank(value)]
    texts = sum(1 for value in filled if isinstance(value, str) and not _is_number(value))
    years = sum(1 for value in filled if _is_year(value))
    return _Line(number, len(filled), texts > 0 and texts + years == len(filled))


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _is_year(value: Value) -> bool:
    if isinstance(value, str):
        return value.strip().isdecimal() and 1800 <= int(value) <= 2200
    return isinstance(value, int | float) and not isinstance(value, bool) and value in range(1800, 2201)


def _is_header(line: _Line, below: Sequence[_Line]) -> bool:
    if not line.names:
        return False
    if line.filled == 1:
        # A title, if anything wider follows anywhere.
        widest = max((other.filled for other in below), default=0)
        return widest <= 1 and (not widest or below[0].filled > 0)
    gap = next((index for index, other in enumerate(below) if not other.filled), len(below))
    joined = below[: min(gap, _BELOW)]
    if not joined:
        return not any(other.filled for other in below)
    return line.filled * 3 >= max(other.filled for other in joined) * 2


def _may_stand_above(other: _Line, header: _Line, lines: Sequence[_Line]) -> bool:
    gap = any(not line.filled for line in lines if other.number < line.number < header.number)
    if other.filled == 1:
        return header.filled >= (2 if gap else 3)
    return gap and other.filled * 2 <= header.filled
