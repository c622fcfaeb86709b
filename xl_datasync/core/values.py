"""One value model for every reader of spreadsheets, and the blocks in which rows travel.

A cell's value is None (empty), bool, int, float, str, datetime.date, datetime.datetime, datetime.time,
datetime.timedelta (elapsed time such as ``[h]:mm``), or :class:`ErrorValue`. Excel keeps 15 significant digits of a
number, so a float is printed with 15.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

NOT_CALCULATED = "never calculated"


@dataclass(frozen=True)
class ErrorValue:
    """An Excel error such as ``#N/A``, or a formula whose result was never saved (:data:`NOT_CALCULATED`)."""

    code: str

    def __str__(self) -> str:
        return self.code


Value = None | bool | int | float | str | dt.date | dt.datetime | dt.time | dt.timedelta | ErrorValue


def is_blank(value: Value) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def float_text(number: float) -> str:
    """A float as Excel means it: 15 significant digits, no ``.0``, no exponent."""
    text = format(number, ".15g")
    return format(Decimal(text), "f") if "e" in text else text


def value_text(value: Value) -> str:
    """Any value as a person would write it; used for text columns and in messages."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return float_text(value)
        case dt.datetime():
            return datetime_text(value)
        case dt.timedelta():
            return elapsed_text(value)
        case dt.time():
            return value.isoformat("milliseconds") if value.microsecond else value.isoformat()
        case _:
            return str(value)


def datetime_text(moment: dt.datetime) -> str:
    """ISO 8601 without a zone, to the second or, where there are fractions, to the millisecond."""
    if not moment.microsecond:
        return moment.isoformat("T", "seconds")
    rounded = moment + dt.timedelta(microseconds=500)
    return rounded.isoformat("T", "milliseconds" if rounded.microsecond // 1000 else "seconds")


def elapsed_text(elapsed: dt.timedelta) -> str:
    """Elapsed time as Excel shows ``[h]:mm:ss``."""
    seconds = round(elapsed.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(sheet: str, letter: str, row: int) -> str:
    """``Sheet!B17``, quoted as Excel quotes it where the sheet's name needs it."""
    plain = sheet.replace("_", "").isalnum() and not sheet[:1].isdigit()
    return f"{sheet}!{letter}{row}" if plain else "'" + sheet.replace("'", "''") + f"'!{letter}{row}"


@dataclass(frozen=True)
class Block:
    """Consecutive rows of a sheet, held column by column.

    :param rows: real row numbers on the sheet (1-based), one for each row held.
    :param columns: for each column of the table, its values, ``len(rows)`` of them.
    :param formats: for a column index, the number format of each of its cells (``"General"`` where none); asked only
        where a format decides something, because it costs time.
    :param links: for a column index, the hyperlink target of each of its cells or None; asked for URL columns only.
    """

    rows: Sequence[int]
    columns: Sequence[Sequence[Value]]
    formats: Callable[[int], Sequence[str]] = field(repr=False)
    links: Callable[[int], Sequence[str | None]] = field(repr=False)


@dataclass(frozen=True)
class SheetColumn:
    """One column of the table on the sheet. ``header`` is its text, trimmed; ``""`` where the cell is blank."""

    index: int
    letter: str
    header: str
    hidden: bool = False


@dataclass(frozen=True)
class TableShape:
    """What is known of a table before its rows are read.

    :param sheet: the sheet it stands on (for a text file, the file's name).
    :param header_row: its header's row number, or None where it has none.
    :param first_row: the first data row's number.
    :param hidden_rows: numbers of data rows that are hidden or filtered away.
    :param merged: merged ranges that touch data rows, as ``B2:C3``.
    :param row_estimate: rows the file says it has, for progress only; None where it does not say.
    """

    sheet: str
    columns: tuple[SheetColumn, ...]
    header_row: int | None
    first_row: int
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()
    row_estimate: int | None = None

    def address(self, column: SheetColumn, row: int) -> str:
        """The cell's address for a message or a link."""
        return cell_address(self.sheet, column.letter, row)
