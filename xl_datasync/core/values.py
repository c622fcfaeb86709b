"""One value model for every reader of spreadsheets, and the blocks in which rows travel.

A cell's value is None (empty), bool, int, float, str, datetime.date, datetime.datetime, datetime.time,
datetime.timedelta (elapsed time such as ``[h]:mm``), or :class:`ErrorValue`. Excel keeps 15 significant digits of a
number, so a float is printed with 15.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

NOT_CALCULATED = "never calculated"
EXCEL_LAST_ROW = 1_048_576
# Zero-width space, non-joiner, joiner, word joiner, byte-order mark: nobody sees them. Inside a text they may be meant
# (joiners shape Persian words and emoji); at its edges they never are.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_EDGES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + INVISIBLE + "\x00"
# Names that Excel would take for a cell, such as FY24 or R1C1, are quoted in an address.
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*([Cc]\d*)?|[Cc]\d*")

# As the portal writes dates: most have no time of day, and none has a part of a second worth telling.
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(?:00:00:00|(\d\d:\d\d:\d\d))(?:\.0+)?(Z?)")


@dataclass(frozen=True)
class ErrorValue:
    """An Excel error such as ``#N/A``, or a formula whose result was never saved (:data:`NOT_CALCULATED`)."""

    code: str

    def __str__(self) -> str:
        return self.code


Value = None | bool | int | float | str | dt.date | dt.datetime | dt.time | dt.timedelta | ErrorValue


def is_blank(value: Value) -> bool:
    """Whether a cell shows nothing."""
    return value is None or (isinstance(value, str) and not value.strip(_EDGES))


def trimmed(text: str) -> str:
    """The text without spaces of any kind, and without characters nobody sees, before and after it."""
    return text.strip(_EDGES)


def float_text(number: float) -> str:
    """A float as Excel means it: 15 significant digits, no ``.0``, no exponent, no minus before zero."""
    text = format(number or 0.0, ".15g")
    return format(Decimal(text), "f") if "e" in text else text


def plain_moment(text: str) -> str:
    """A value as people read it: ``2015-10-08T00:00:00.000`` is a day; what is no moment stays as it is."""
    found = _MOMENT.fullmatch(text)
    if not found:
        return text
    day, time, zone = found.groups()
    return f"{day} {time or '00:00:00'} UTC" if zone else f"{day} {time}" if time else day


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
        return moment.isoformat()
    try:
        moment += dt.timedelta(microseconds=500)
    except OverflowError:
        moment = dt.datetime.max
    return moment.isoformat("T", "milliseconds" if moment.microsecond // 1000 else "seconds")


def elapsed_text(elapsed: dt.timedelta) -> str:
    """Elapsed time as Excel shows ``[h]:mm:ss``; fractions of a second to the millisecond."""
    thousandths = round(elapsed / dt.timedelta(milliseconds=1))
    seconds, fraction = divmod(abs(thousandths), 1000)
    shown = f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" + (f".{fraction:03d}" if fraction else "")
    return f"-{shown}" if thousandths < 0 else shown


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_address(sheet: str, letter: str, row: int) -> str:
    """``Sheet!B17``."""
    return f"{_quoted(sheet)}!{letter}{row}"


def area_address(sheet: str, area: str) -> str:
    """``Sheet!B2:C3``."""
    return f"{_quoted(sheet)}!{area}"


def _quoted(sheet: str) -> str:
    """A sheet's name as it begins an address: in quotes where Excel would put them."""
    plain = sheet.replace("_", "").isalnum() and not sheet[:1].isdigit() and not _LIKE_A_CELL.fullmatch(sheet)
    return sheet if plain else "'" + sheet.replace("'", "''") + "'"


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


class Stale(Enum):
    """Why the saved results of formulas may not be those of now."""

    BY_HAND = "by hand"
    UNFINISHED = "unfinished"
    LINKED = "linked"


@dataclass(frozen=True)
class Doubt:
    """A reason to doubt the results of a table's formulas.

    :param row: of the first formula concerned; ``letter`` is its column.
    :param books: the other workbooks that formulas take values from, by name.
    """

    why: Stale
    row: int
    letter: str
    books: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableShape:
    """What is known of a table before its rows are read.

    :param sheet: the sheet it stands on (for a text file, the file's name).
    :param header_row: its header's row number, or None where it has none.
    :param first_row: the first data row's number.
    :param hidden_rows: numbers of data rows that are hidden or filtered away.
    :param filtered_rows: those of them that a filter hides, as far as the file says; ``filtered_by`` are the headers,
        or else letters, of the columns with a filter.
    :param merged: merged ranges that touch data rows, as ``B2:C3``.
    :param doubts: reasons to doubt the results of its formulas.
    :param row_estimate: rows the file says it has, for progress only; None where it does not say.
    """

    sheet: str
    columns: tuple[SheetColumn, ...]
    header_row: int | None
    first_row: int
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()
    row_estimate: int | None = None
    filtered_rows: frozenset[int] = frozenset()
    filtered_by: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def address(self, column: SheetColumn, row: int) -> str:
        """The cell's address for a message or a link."""
        return cell_address(self.sheet, column.letter, row)

    def row_address(self, row: int) -> str:
        """A whole row's address."""
        return area_address(self.sheet, f"{row}:{row}")
