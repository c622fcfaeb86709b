"""Dates: ``calendar_date`` (no zone) and ``date`` (a moment, sent as UTC)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from xl_datasync.core.conversion.rule import Outcome, Rule, blank, wrong_kind
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import datetime_text

YEARS_EXPECTED = range(1905, 2101)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,6})?)?\s*(Z|[+-]\d{2}:?\d{2})?")
NUMERIC_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})\b.*")
FORMAT_REMEDY = (
    "Enter it as a date in Excel, or name the way it is written in the option “Date formats”, such as MM/DD/YYYY."
)
PATTERN_PARTS = re.compile(r"Y{4}|YY|M{4}|MMM|MM?|DD?|HH?|mm|m|ss?|AM/PM|.", re.DOTALL)
STRPTIME = {
    "YYYY": "%Y", "YY": "%y", "MMMM": "%B", "MMM": "%b", "MM": "%m", "M": "%m", "DD": "%d", "D": "%d",
    "HH": "%H", "H": "%H", "mm": "%M", "m": "%M", "ss": "%S", "s": "%S", "AM/PM": "%p", "%": "%%",
}  # fmt: skip


def calendar_date_rule(formats: Sequence[str]) -> Rule:
    """The rule for dates without a zone; sent as ISO 8601 without a zone (protocol §7)."""
    reader = _Dates(tuple(formats), None)
    return Rule({dt.datetime: datetime_text, dt.date: day_text, NoneType: blank}, reader.cell, _odd_year)


def moment_rule(formats: Sequence[str], time_zone: str) -> Rule:
    """The rule for moments; a cell has no zone, so the job must name one."""
    reader = _Dates(tuple(formats), time_zone)
    return Rule({NoneType: blank}, reader.cell)


def day_text(day: dt.date) -> str:
    """Midnight of a day, as the portal gives it back."""
    return f"{day.isoformat()}T00:00:00"


def _odd_year(values: Sequence[dt.date | None]) -> bool:
    return any(year not in YEARS_EXPECTED for year in {value.year for value in values if value is not None})


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
            return Fault("number where a date is needed", "Give the cell a date format in Excel, or correct it.")
        else:
            return wrong_kind(value, "a date")
        if isinstance(read, Fault):
            return read
        outcome = self._sent(read)
        if isinstance(outcome, str) and read.year not in YEARS_EXPECTED:
            return Fault("unusual year", "Check that the date is right.", Severity.WARNING, outcome)
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
            return Fault(what, "Check whether that is meant.", Severity.WARNING, utc_text(local))
        return utc_text(local)


def utc_text(moment: dt.datetime) -> str:
    """A moment in UTC, marked with Z."""
    return datetime_text(moment.astimezone(dt.timezone.utc).replace(tzinfo=None)) + "Z"


def read_date(text: str, formats: Sequence[str]) -> dt.datetime | Fault:
    """A date stored as text: ISO 8601, or one of the named formats; never a guess."""
    tidy = " ".join(text.split())
    iso = ISO.fullmatch(tidy)
    if iso:
        return _read_iso(*iso.groups())
    found = {read for pattern in formats if (read := _try(tidy, pattern))}
    if len(found) == 1:
        return found.pop()
    if found:
        return Fault("date that several of the named formats read differently", "Keep one format in the option.")
    return Fault(_what_is_wrong(tidy, formats), FORMAT_REMEDY)


def _read_iso(day: str, clock: str | None, fraction: str | None, zone: str | None) -> dt.datetime | Fault:
    offset = "+00:00" if zone == "Z" else zone if not zone or ":" in zone else f"{zone[:3]}:{zone[3:]}"
    padded = f"{fraction:0<7}" if fraction else ""
    seconds = clock if clock is None or clock.count(":") == 2 else f"{clock}:00"
    try:
        return dt.datetime.fromisoformat(day + (f"T{seconds}{padded}" if seconds else "T00:00:00") + (offset or ""))
    except ValueError:
        return Fault("date that is not in the calendar", "Correct the cell.")


def _try(text: str, pattern: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, strptime_format(pattern))
    except ValueError:
        return None


def strptime_format(pattern: str) -> str:
    """A pattern in Excel's letters as Python's; a pattern with ``%`` is taken to be Python's already.

    Excel writes month and minute with the same letter: ``m`` beside hours or seconds is minutes, else month.
    """
    if "%" in pattern:
        return pattern
    letters = re.sub(r"(?<=[hH]:)MM?|MM?(?=:[sS])", lambda m: m[0].lower(), pattern)
    letters = re.sub(r"(?<![hH]:)(?<![hH]:m)m+(?!:[sS])", lambda m: m[0].upper(), letters)
    letters = letters.replace("y", "Y").replace("d", "D").replace("h", "H").replace("S", "s")
    python = "".join(STRPTIME.get(part, part) for part in PATTERN_PARTS.findall(re.sub("(?i)am/pm", "AM/PM", letters)))
    return python.replace("%H", "%I") if "%p" in python else python


def _what_is_wrong(text: str, formats: Sequence[str]) -> str:
    numeric = NUMERIC_DATE.fullmatch(text)
    if not numeric or formats:
        return "text that is not a date" + (" in any of the named formats" if formats else "")
    first, second = int(numeric[1]), int(numeric[2])
    if first <= 12 and second <= 12 and first != second:  # months
        return "text date that can be read as day/month or as month/day"
    return "text date whose format is not named"
