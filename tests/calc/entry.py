"""Imitates how Excel (English, United States) takes a text that is written into a cell not formatted as text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache

from tests.calc.errors import CELL_ERRORS, refused

NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTHS = {text: number for number, name in enumerate(NAMES, start=1) for text in (name.lower(), name[:3].lower())}
NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?P<currency>\$)?(?P<sign2>[+-])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)?(?P<fraction>\.\d*)?(?P<exponent>[eE][+-]?\d{1,3})?(?P<percent>\s*%)?(?P<close>\))?"
)
TIME = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,3})?))?(?:\s*(am?|pm?))?", re.IGNORECASE)
DATES = (
    (re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})"), "m/d/yyyy"),
    (re.compile(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})[-/](?P<y>\d{4}|\d{2})"), "m/d/yyyy"),
    (re.compile(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})"), "d-mmm"),
    (re.compile(r"(?P<m>\d{1,2})[-/](?P<y>\d{4})"), "mmm-yy"),
    (re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})"), "mmm-yy"),
    (re.compile(r"(?P<d>\d{1,2})[- ](?P<name>[a-z]+)[- ,]+(?P<y>\d{4}|\d{2})", re.IGNORECASE), "d-mmm-yy"),
    (re.compile(r"(?P<name>[a-z]+) (?P<d>\d{1,2}), ?(?P<y>\d{4})", re.IGNORECASE), "d-mmm-yy"),
    (re.compile(r"(?P<d>\d{1,2})[- /]?(?P<name>[a-z]+)", re.IGNORECASE), "d-mmm"),
    (re.compile(r"(?P<name>[a-z]+)[- ](?P<y>\d{4})", re.IGNORECASE), "mmm-yy"),
    (re.compile(r"(?P<name>[a-z]+)[- ](?P<d>\d{1,2})", re.IGNORECASE), "d-mmm"),
)


@dataclass(frozen=True)
class Entry:
    """What becomes of a text: a value or a formula, and a number format for a cell that has none."""

    value: float | str | bool | dt.datetime | None
    number_format: str | None = None
    formula: str | None = None


@lru_cache(maxsize=50_000)
def parse(text: str) -> Entry:
    """What Excel makes of the text."""
    if not text:
        return Entry(None)
    if text[0] == "'":
        return Entry(text[1:])
    if text[0] == "=" and len(text) > 1:
        return Entry(None, formula=text)
    bare = text.strip(" ")
    if bare.upper() in ("TRUE", "FALSE"):
        return Entry(bare.upper() == "TRUE")
    if bare.upper() in CELL_ERRORS:
        return Entry(None, formula=f"={bare.upper()}")
    has_digit = any(letter.isdigit() for letter in bare)
    found = has_digit and (_number(bare) or _time(bare) or _date(bare) or _date_and_time(bare) or _fraction(bare))
    if found:
        return found
    if text[0] == "@" and len(text) > 1:
        raise refused("That function isn't valid.")
    if re.match(r"[+-][\w(.$]", text):
        return Entry(None, formula=f"={text}")
    return Entry(text)


def _number(text: str) -> Entry | None:
    """A number, with its percent sign, currency, groups or exponent."""
    match = NUMBER.fullmatch(text)
    if not match or not (match["digits"] or (match["fraction"] or "") > "."):
        return None
    if bool(match["open"]) != bool(match["close"]) or (match["sign"] and (match["sign2"] or match["open"])):
        return None
    digits = (match["digits"] or "0").replace(",", "")
    value = float(_fifteen_digits(Decimal(digits + (match["fraction"] or "") + (match["exponent"] or ""))))
    if match["open"] or "-" in (match["sign"], match["sign2"]):
        value = -value
    decimals = len(match["fraction"] or "") > 1
    if match["percent"]:
        return Entry(float(Decimal(repr(value)) / 100), "0.00%" if decimals else "0%")
    if match["currency"]:
        return Entry(value, "$#,##0.00_);[Red]($#,##0.00)" if decimals else "$#,##0_);[Red]($#,##0)")
    if match["exponent"]:
        return Entry(value, "0.00E+00")
    if "," in (match["digits"] or ""):
        return Entry(value, "#,##0.00" if decimals else "#,##0")
    return Entry(value)


def _fifteen_digits(number: Decimal) -> Decimal:
    """Excel keeps fifteen digits and puts noughts for the rest."""
    if len(number.as_tuple().digits) <= 15:
        return number
    return number.quantize(Decimal(1).scaleb(number.adjusted() - 14), rounding=ROUND_DOWN)


def _time(text: str) -> Entry | None:
    """A time of day, as the fraction of a day."""
    match = TIME.fullmatch(text)
    if not match:
        return None
    hour, minute, second = int(match[1]), int(match[2]), float(match[3] or 0)
    half = (match[4] or "").lower()[:1]
    if minute > 59 or second >= 60 or (half and not 0 <= hour <= 12):
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    shown = ("[h]:mm:ss" if hour > 23 else "h:mm:ss") if match[3] else "h:mm"
    return Entry((hour * 3600 + minute * 60 + second) / 86400, shown + (" AM/PM" if half else ""))


def _date(text: str) -> Entry | None:
    """A date, in the order of the United States."""
    for pattern, shown in DATES:
        match = pattern.fullmatch(text)
        if not match:
            continue
        parts = match.groupdict()
        month = MONTHS.get(parts["name"].lower(), 0) if "name" in parts else int(parts["m"])
        year = int(parts.get("y") or dt.date.today().year)
        if year < 100:
            year += 2000 if year < 30 else 1900
        try:
            date = dt.datetime(year, month, int(parts.get("d") or 1))
        except ValueError:
            continue
        if year >= 1900:
            return Entry(date, shown)
    return None


def _date_and_time(text: str) -> Entry | None:
    """A date, a space and a time."""
    day, _, rest = text.partition(" ")
    date, time = _date(day), _time(rest)
    if not date or not time or not isinstance(date.value, dt.datetime) or not isinstance(time.value, float):
        return None
    return Entry(date.value + dt.timedelta(milliseconds=round(time.value * 86_400_000)), "m/d/yyyy h:mm")


def _fraction(text: str) -> Entry | None:
    """A mixed fraction: 1 1/2."""
    match = re.fullmatch(r"(-?)(\d+) (\d{1,3})/(\d{1,3})", text)
    if not match or not int(match[4]):
        return None
    value = int(match[2]) + int(match[3]) / int(match[4])
    return Entry(-value if match[1] else value, "# ?/?" if len(match[4]) == 1 else "# ??/??")
