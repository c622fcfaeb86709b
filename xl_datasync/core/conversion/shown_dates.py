"""Dates and times as a cell shows them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache

# Excel shows these by the settings of the computer: its own short date, that date with a time, long date and time.
_BY_THE_COMPUTER = re.compile(r"mm-dd-yy|m/d/yy h:mm|.*\[\$-f(800|400)\].*", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(
    r'(?P<literal>"[^"]*"|\\.)|(?P<pad>_.)|(?P<fill>\*.)|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<bracket>[^\]]*)\]|'
    r"(?P<noon>am/pm|a/p)|(?P<unit>y+|m+|d+|h+|s+)|(?P<fraction>\.0{1,3}(?!\d))|(?P<text>;@)|"
    r"(?P<plain>[-/:., '()T])|(?P<odd>.)",
    re.DOTALL | re.IGNORECASE,
)
_LOCALE = re.compile(r"\$-([0-9a-f]{1,8})", re.IGNORECASE)
_ENGLISH = 9
# Excel counts days from this one.
_NO_DAY = dt.date(1899, 12, 30)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def shown_date(value: dt.date | dt.time | dt.timedelta, code: str) -> str | None:
    """The text that a cell with a date or time shows, or None where the format alone does not tell."""
    tokens = None if _BY_THE_COMPUTER.fullmatch(code.removesuffix(";@")) else _tokens(code)
    if tokens is None:
        return None
    units = {text for kind, text in tokens if kind in ("unit", "elapsed")}
    clock = any(kind == "noon" for kind, _ in tokens)
    digits = max((len(text) - 1 for kind, text in tokens if kind == "fraction"), default=0)
    moment = _moment(value, digits)
    if moment is None or (isinstance(value, dt.time | dt.timedelta) and any(unit[0] in "dy" for unit in units)):
        return None
    day, seconds = moment.date(), moment.hour * 3600 + moment.minute * 60 + moment.second
    shown = ""
    for kind, text in tokens:
        if kind == "plain":
            shown += text
        elif kind == "fraction":
            shown += f".{moment.microsecond // 1000:03d}"[: len(text)]
        elif kind == "elapsed":
            shown += _elapsed(text, (day - _NO_DAY).days * 86_400 + seconds)
        elif kind == "noon":
            shown += _noon(text, seconds)
        elif text[0] in "hns":
            shown += _clock(text, seconds, twelve=clock)
        else:
            shown += _calendar(text, day)
    return shown


def _moment(value: dt.date | dt.time | dt.timedelta, digits: int) -> dt.datetime | None:
    """A value as a moment; a length of time begins on :data:`_NO_DAY`.

    None for a length less than nothing, which is shown as ####, and where half a second or more is not shown: programs
    differ in whether they round it.

    :param digits: of a second's fraction that are shown.
    """
    try:
        if isinstance(value, dt.timedelta):
            moment = dt.datetime.combine(_NO_DAY, dt.time()) + value
        elif isinstance(value, dt.time):
            moment = dt.datetime.combine(_NO_DAY, value.replace(tzinfo=None))
        elif isinstance(value, dt.datetime):
            moment = value.replace(tzinfo=None)
        else:
            moment = dt.datetime.combine(value, dt.time())
        step = 10 ** (6 - digits)
        rounded = (moment.microsecond + step // 2) // step * step
        less = isinstance(value, dt.timedelta) and value < dt.timedelta()
        if less or (not digits and rounded):
            return None
        return moment.replace(microsecond=0) + dt.timedelta(microseconds=rounded)
    except OverflowError:
        return None


@lru_cache(maxsize=256)
def _tokens(code: str) -> tuple[tuple[str, str], ...] | None:
    """The parts of a date format, or None where something in it is not known or depends on the language."""
    found: list[tuple[str, str]] = []
    english = True
    for match in _TOKEN.finditer(code):
        kind, text = str(match.lastgroup), str(match.group(match.lastgroup or 0))
        locale = _LOCALE.fullmatch(text) if kind == "bracket" else None
        if locale:
            english = int(locale[1], 16) & 0x3FF in (0, _ENGLISH)
        elif kind == "literal":
            found.append(("plain", text[1:-1] if text[0] == '"' else text[1:]))
        elif kind == "pad":
            found.append(("plain", " "))
        elif kind in ("unit", "elapsed"):
            found.append((kind, text.lower()))
        elif kind in ("odd", "bracket"):
            return None
        elif kind not in ("fill", "text"):
            found.append((kind, text))
    tokens = _with_minutes(found)
    units = [text for kind, text in tokens if kind in ("unit", "elapsed")]
    worded = any(text in ("mmm", "mmmm", "mmmmm", "ddd", "dddd") for text in units)
    return None if not units or (worded and not english) else tokens


def _with_minutes(tokens: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Months and minutes have one letter: after hours or before seconds it means minutes, here written as n."""
    units = [index for index, (kind, _) in enumerate(tokens) if kind in ("unit", "elapsed")]
    told = list(tokens)
    for place, index in enumerate(units):
        kind, text = tokens[index]
        before = tokens[units[place - 1]][1][0] if place else ""
        after = tokens[units[place + 1]][1][0] if place + 1 < len(units) else ""
        if kind == "unit" and text in ("m", "mm") and (before == "h" or after == "s"):
            told[index] = kind, text.replace("m", "n")
    return tuple(told)


def _calendar(unit: str, day: dt.date) -> str:
    match unit[0], len(unit):
        case "y", length:
            return f"{day.year % 100:02d}" if length <= 2 else f"{day.year:04d}"  # yy
        case ("m", 1) | ("d", 1):
            return str(day.month if unit == "m" else day.day)
        case ("m", 2) | ("d", 2):
            return f"{day.month if unit == 'mm' else day.day:02d}"
        case "m", length:
            name = _MONTHS[day.month - 1]
            return {3: name[:3], 5: name[:1]}.get(length, name)
        case _, length:
            name = _DAYS[day.weekday()]
            return name[:3] if length == 3 else name  # ddd


def _clock(unit: str, seconds: int, *, twelve: bool) -> str:
    number = {"h": seconds // 3600, "n": seconds // 60 % 60, "s": seconds % 60}[unit[0]]
    if twelve and unit[0] == "h":
        number = number % 12 or 12
    return str(number) if len(unit) == 1 else f"{number:02d}"


def _elapsed(unit: str, seconds: int) -> str:
    return str(seconds // {"h": 3600, "m": 60, "s": 1}[unit[0]]).rjust(len(unit), "0")


def _noon(mark: str, seconds: int) -> str:
    first, second = mark.split("/")
    word = second if seconds >= 12 * 3600 else first
    return word.upper() if len(word) > 1 else word
