"""From the cell reader's cells to values of the value model, a column at a time.

The reader is python-calamine-plus in its openpyxl mode: of its two modes that stream, only this one tells a negative
time from a positive one, pads rows to a fixed width and lets several readings of a workbook go on at once.

What is settled here, and what cannot be:

* A text that reads ``#N/A`` stays text; an error becomes :class:`ErrorValue`. Excel stores its newer errors, such as
  ``#SPILL!``, as ``#VALUE!`` (with a mark beside them), and that is what is given.
* A formula whose result was never saved is an :class:`ErrorValue` of its own; one whose result is empty is None.
* A date stays a :class:`~datetime.date` only where its format shows no time and it has none; midnight in a column
  that shows times stays a date-time.
* Dates that Excel itself cannot show (negative ones, day 0, 29 February 1900) become :data:`IMPOSSIBLE_DATE`. The
  reader gives 28 February 1900 for that last day too, so in a workbook of the 1900 system both are refused.
* A date beyond the year 9999, and an elapsed time too long for Python, come from the reader as ``#VALUE!``.
* Formats that only East Asian Excel writes without spelling them out (ids 27-36 and 50-58), and the era formats
  ``e`` and ``g``, are not known to the reader, nor to openpyxl, as dates: such cells come as numbers.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, Value
from xl_datasync.workbook.blocks import GENERAL

IMPOSSIBLE_DATE = "impossible date"

_value = attrgetter("value")
_number_format = attrgetter("number_format")
# The errors the reader knows; any other makes it stop.
ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#DATA!"})
_LOOK_TWICE = ERRORS | {""}
_MOMENTS = frozenset({dt.datetime, dt.date, dt.time})
_MIDNIGHT = dt.time()
# Quoted, bracketed (colours, locales), escaped, padding and AM/PM parts of a number format show no date or time.
_NOT_SHOWN = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|[\\_*].')
_HALF_DAY = re.compile(r"AM/PM|A/P", re.IGNORECASE)
_LINK_FORMULA = re.compile(r'=HYPERLINK\(\s*"((?:[^"]|"")+)"\s*[,)]', re.IGNORECASE)


class Shows(NamedTuple):
    """What a number format shows of a moment."""

    date: bool
    time: bool


@dataclass(frozen=True)
class CellRules:
    """What is the same for every cell of a sheet."""

    has_1904_dates: bool = False
    has_formulas: bool = False

    @property
    def first_day(self) -> dt.datetime:
        """The first date the workbook's date system can show."""
        return dt.datetime(1904, 1, 1) if self.has_1904_dates else dt.datetime(1900, 1, 1)

    @property
    def certain_from(self) -> dt.datetime:
        """From here on every date the reader gives is the one Excel shows."""
        return self.first_day if self.has_1904_dates else dt.datetime(1900, 3, 1)


@lru_cache(maxsize=1024)
def shows(number_format: str | None) -> Shows:
    """Whether a number format shows a date, a time, or both. ``m`` is minutes beside hours or seconds, else months."""
    section = _NOT_SHOWN.sub("", (number_format or "").split(";")[0])
    if section == GENERAL or not section:
        return Shows(date=False, time=False)
    letters, half_days = _HALF_DAY.subn("", section)
    letters = letters.casefold()
    has_time = bool(half_days) or "h" in letters or "s" in letters
    has_date = "d" in letters or "y" in letters or "mmm" in letters or ("m" in letters and not has_time)
    return Shows(date=has_date, time=has_time)


def column_values(cells: Sequence[Any], rules: CellRules) -> Sequence[Value]:
    """The values of cells that stand below each other. A column of plain numbers or texts passes untouched."""
    values: list[Value] = list(map(_value, cells))
    kinds = set(map(type, values))
    if str in kinds and not _LOOK_TWICE.isdisjoint(values):
        if kinds == {str} and ERRORS.isdisjoint(values):
            values = [value or None for value in values]
        else:
            values = [_text(value, cell) for value, cell in zip(values, cells, strict=True)]
    if rules.has_formulas and type(None) in kinds:
        values = [_blank(cell) if value is None else value for value, cell in zip(values, cells, strict=True)]
        kinds = set(map(type, values))  # a formula that was never calculated is no blank
    if not kinds.isdisjoint(_MOMENTS):
        values = _moments(values, kinds, cells, rules)
    return values


def column_formats(cells: Sequence[Any]) -> Sequence[str]:
    """The number formats of cells, as the file spells them."""
    formats = list(map(_number_format, cells))
    return [GENERAL if item is None else item for item in formats] if None in formats else formats


def formula_link(cell: Any) -> str | None:
    """The target of ``=HYPERLINK("…")`` where it is written out in the formula."""
    found = _LINK_FORMULA.match(_formula(cell))
    return found[1].replace('""', '"') if found else None


def _formula(cell: Any) -> str:
    # Padding cells have no formula attribute; an array formula is an object that holds its text.
    formula = getattr(cell, "formula", None)
    return formula if isinstance(formula, str) else getattr(formula, "text", None) or ""


def _text(value: Value, cell: Any) -> Value:
    if value == "":
        return None
    return ErrorValue(str(value)) if value in ERRORS and cell.data_type == "e" else value


def _blank(cell: Any) -> Value:
    # "str" is a formula whose saved result is an empty text.
    if getattr(cell, "formula", None) is not None and cell.data_type == "n":
        return ErrorValue(NOT_CALCULATED)
    return None


def _moments(values: list[Value], kinds: set[type], cells: Sequence[Any], rules: CellRules) -> list[Value]:
    formats = list(map(_number_format, cells))
    shown = {item: shows(item) for item in set(formats)}
    if kinds <= {dt.datetime, type(None)}:
        moments: list[Any] = list(filter(None, values))
        if min(moments) >= rules.certain_from:
            dated = {item for item, parts in shown.items() if parts.date and not parts.time}
            if dated.isdisjoint(formats):
                return values
            if dated.issuperset(shown.keys() - {None}) and set(map(dt.datetime.time, moments)) == {_MIDNIGHT}:
                return [value and value.date() for value in values]  # type: ignore[union-attr]  # datetime or None
    return [
        _moment(value, shown[item], rules) if type(value) in _MOMENTS else value
        for value, item in zip(values, formats, strict=True)
    ]


def _moment(value: Any, shown: Shows, rules: CellRules) -> Value:
    if isinstance(value, dt.time):
        if not shown.date:
            return value
        # Day 0 is 1 January 1904 in one date system, and no day at all in the other.
        if not rules.has_1904_dates:
            return ErrorValue(IMPOSSIBLE_DATE)
        value = dt.datetime.combine(rules.first_day, value)
    if not isinstance(value, dt.datetime):
        return value if shown.date or not shown.time else dt.datetime.combine(value, _MIDNIGHT)
    if value < rules.first_day or (not rules.has_1904_dates and value.date() == dt.date(1900, 2, 28)):
        return ErrorValue(IMPOSSIBLE_DATE)
    return value.date() if shown.date and not shown.time and value.time() == _MIDNIGHT else value
