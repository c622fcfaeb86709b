"""Dates: ``calendar_date`` (no zone) and ``date`` (a moment, sent as UTC)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from xl_datasync.core.conversion.rule import Outcome, Rule, blank, wrong_kind
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import datetime_text, trimmed

YEARS_EXPECTED = range(1905, 2101)
# Databases write up to nine decimals of a second; Python reads six.
ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:(\.\d{1,6})\d{0,3})?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
NUMERIC_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})\b.*", re.ASCII)
FORMAT_REMEDY = (
    "Enter it as a date in Excel, or name the way it is written, such as MM/DD/YYYY, in “Map columns” or the option "
    "“Date formats”."
)
NOT_IN_CALENDAR = Fault("date that is not in the calendar", "Correct the cell.")
_PATTERN_PARTS = re.compile(r'"[^"]*"|\\.|am/pm|y+|m+|d+|h+|s+(?:\.0+)?|.', re.DOTALL | re.IGNORECASE)
_STRPTIME = {
    "yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "m": "%m", "dddd": "%A", "ddd": "%a", "dd": "%d",
    "d": "%d", "hh": "%H", "h": "%H", "ss": "%S", "s": "%S", "am/pm": "%p",
}  # fmt: skip
WHOLE_SECONDS = len("2001-02-03T04:05:06")
_A_MOMENT = dt.datetime(2001, 2, 3, 4, 5, 6)


def calendar_date_rule(formats: Sequence[str]) -> Rule:
    """The rule for dates without a zone; sent as ISO 8601 without a zone (protocol §7)."""
    reader = _Dates(tuple(formats), None)
    return Rule({dt.datetime: dt.datetime.isoformat, dt.date: day_text, NoneType: blank}, reader.cell, _odd)


def moment_rule(formats: Sequence[str], time_zone: str) -> Rule:
    """The rule for moments; a cell has no zone, so the job must name one."""
    reader = _Dates(tuple(formats), time_zone)
    return Rule({NoneType: blank}, reader.cell)


def day_text(day: dt.date) -> str:
    """A day is sent as its midnight, which is how the portal gives it back."""
    return day.isoformat() + "T00:00:00"


def _odd(_values: Sequence[Any], texts: Sequence[str], _kinds: set[type]) -> bool:
    """Whether a year is unusual or a time has fractions of a second; ISO 8601 sorts as its dates do."""
    filled = list(filter(None, texts))
    if not filled:
        return False
    first, last = f"{YEARS_EXPECTED.start}", f"{YEARS_EXPECTED.stop}"
    return not first <= min(filled) <= max(filled) < last or max(map(len, filled)) > WHOLE_SECONDS


@dataclass(frozen=True)
class _Dates:
    """Reads one column's dates; ``time_zone`` is None for a column without zones."""

    formats: tuple[str, ...]
    time_zone: str | None

    def cell(self, value: Any, _code: str) -> Outcome:
        if isinstance(value, str):
            read = read_date(value, self.formats)
        elif isinstance(value, dt.datetime):
            read = value
        elif isinstance(value, dt.date):
            read = dt.datetime.combine(value, dt.time())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            return _a_year(value) or Fault(
                "number where a date is needed", "Give the cell a date format in Excel, or correct it."
            )
        else:
            return wrong_kind(value, "a date")
        if isinstance(read, Fault):
            return read
        try:
            outcome = self._sent(read)
        except OverflowError:
            return NOT_IN_CALENDAR
        if isinstance(outcome, str) and read.year not in YEARS_EXPECTED:
            return Fault("unusual year", "Check that the date is right.", Severity.WARNING, outcome, "unusual years")
        return outcome

    def _sent(self, read: dt.datetime) -> Outcome:
        if self.time_zone is None:
            if read.tzinfo:
                what = "date with a time zone in a column that has none"
                return Fault(what, "Remove the zone, or publish to a column of type Date with time zone.")
            return datetime_text(read)
        if read.tzinfo is None:
            return self._in_zone(read)
        return utc_text(read)

    def _in_zone(self, read: dt.datetime) -> Outcome:
        if not self.time_zone:
            what = "date for a column with time zones, and no time zone is chosen"
            return Fault(what, "Set the option “Time zone”, for example America/New_York or UTC.")
        local = read.replace(tzinfo=ZoneInfo(self.time_zone))
        if local.astimezone(dt.timezone.utc).astimezone(local.tzinfo).replace(tzinfo=None) != read:
            what = f"time that does not exist in {self.time_zone} (clocks go forward)"
            return Fault(what, "Correct the time.")
        if local.utcoffset() != local.replace(fold=1).utcoffset():
            what = f"time that occurs twice in {self.time_zone} (clocks go back); the earlier is sent"
            remedy, topic = "Check whether that is meant.", "times that occur twice"
            return Fault(what, remedy, Severity.WARNING, utc_text(local), topic)
        return utc_text(local)


def _a_year(number: float) -> Fault | None:
    """The fault of a number that is a year: with a date format it would show a day of 1905."""
    if number in YEARS_EXPECTED:
        return Fault("a year where a date is needed", "Type the whole date, or clear the cell.")
    return None


def utc_text(moment: dt.datetime) -> str:
    """A moment in UTC, marked with Z."""
    return datetime_text(moment.astimezone(dt.timezone.utc).replace(tzinfo=None)) + "Z"


def read_date(text: str, formats: Sequence[str]) -> dt.datetime | Fault:
    """A date stored as text: ISO 8601, or one of the named formats; never a guess."""
    tidy = " ".join(trimmed(text).split())
    iso = ISO.fullmatch(tidy)
    if iso:
        return _read_iso(*iso.groups())
    found = {read for pattern in formats if (read := _try(tidy, pattern))}
    if len(found) == 1:
        return found.pop()
    if found:
        return Fault(
            "date that several of the named formats read differently",
            "Keep only the right one in the column's date format, or in the option “Date formats”.",
        )
    return Fault(_what_is_wrong(tidy, formats), FORMAT_REMEDY)


def _read_iso(day: str, clock: str | None, fraction: str | None, zone: str | None) -> dt.datetime | Fault:
    offset = "+00:00" if zone == "Z" else zone if not zone or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    padded = f"{fraction:0<7}" if fraction else ""
    seconds = clock if clock is None or clock.count(":") == 2 else f"{clock}:00"
    if seconds and seconds.startswith("24"):
        # Which day 24:00 means, not all readers agree; Pythons do not.
        return NOT_IN_CALENDAR
    try:
        return dt.datetime.fromisoformat(day + (f"T{seconds}{padded}" if seconds else "T00:00:00") + (offset or ""))
    except ValueError:
        return NOT_IN_CALENDAR


def _try(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, strptime_format(pattern))
    except (ValueError, re.error):
        return None


def date_patterns(text: str) -> tuple[str, ...]:
    """The patterns that a cell or a field names: semicolons stand between them."""
    return tuple(part.strip() for part in re.split("[;\n]", text) if part.strip())


def is_date_pattern(pattern: str) -> bool:
    """Whether dates can be read by a pattern: it names year, month and day, each once."""
    python = strptime_format(pattern)
    try:
        return dt.datetime.strptime(_A_MOMENT.strftime(python), python).date() == _A_MOMENT.date()
    except (ValueError, re.error):
        return False


@lru_cache(maxsize=256)
def strptime_format(pattern: str) -> str:
    """A pattern in Excel's letters as Python's; a pattern with ``%`` is taken to be Python's already.

    Excel writes month and minute with the same letter: ``m`` after hours or before seconds is minutes, else month.
    """
    if "%" in pattern:
        return pattern
    parts = _PATTERN_PARTS.findall(pattern)
    letters = [part[0].lower() if _STRPTIME.get(part.lower()) or part[:1] in "sS" else "" for part in parts]
    units = [(place, letter) for place, letter in enumerate(letters) if letter]
    python = [_python_part(part) for part in parts]
    for index, (place, letter) in enumerate(units):
        before = units[index - 1][1] if index else ""
        after = units[index + 1][1] if index + 1 < len(units) else ""
        if letter == "m" and len(parts[place]) <= 2 and (before == "h" or after == "s"):
            python[place] = "%M"
    joined = "".join(python)
    return joined.replace("%H", "%I") if "%p" in joined else joined


def _python_part(part: str) -> str:
    if part[0] in '"\\':
        return part.strip('"') if part[0] == '"' else part[1:]
    if part.lower().startswith("s") and "." in part:
        return "%S.%f"
    return _STRPTIME.get(part.lower(), part)


def _what_is_wrong(text: str, formats: Sequence[str]) -> str:
    numeric = NUMERIC_DATE.fullmatch(text)
    if not numeric or formats:
        return "text that is not a date" + (" in any of the named formats" if formats else "")
    first, second = int(numeric[1]), int(numeric[2])
    if first <= 12 and second <= 12 and first != second:  # months
        return "text date that can be read as day/month or as month/day"
    return "text date whose format is not named"
