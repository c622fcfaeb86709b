"""Functions that SQLite lacks and queries need: exact sums, Unicode case, case-sensitive patterns, boxes."""

import json
import re
import sqlite3
from decimal import Decimal, localcontext
from functools import lru_cache


class _Sum:
    """Adds numbers exactly, as the portal's BigDecimal does."""

    def __init__(self) -> None:
        self.total: Decimal | None = None
        self.count = 0

    def step(self, value: object) -> None:
        if value is None:
            return
        with localcontext() as context:
            context.prec = 200
            self.total = Decimal(str(value)) + (self.total or 0)
        self.count += 1

    def finalize(self) -> str | None:
        return None if self.total is None else _plain(self.total)


class _Average(_Sum):
    """The mean, to 28 digits."""

    def finalize(self) -> str | None:
        return None if self.total is None else _plain(self.total / self.count)


class _Extreme:
    """The least or greatest number, in the digits it was written with."""

    sign = 1

    def __init__(self) -> None:
        self.best: Decimal | None = None

    def step(self, value: object) -> None:
        if value is None:
            return
        number = Decimal(str(value))
        if self.best is None or (number > self.best if self.sign > 0 else number < self.best):
            self.best = number

    def finalize(self) -> str | None:
        return None if self.best is None else _plain(self.best)


class _Least(_Extreme):
    sign = -1


class _Greatest(_Extreme):
    sign = 1


def _plain(number: Decimal) -> str:
    exponent = number.as_tuple().exponent
    return str(number) if isinstance(exponent, str) or abs(exponent) > 40 else format(number, "f")


def _starts_with(text: str | None, start: str | None) -> bool | None:
    return None if text is None or start is None else text.startswith(start)


def _contains(text: str | None, part: str | None) -> bool | None:
    return None if text is None or part is None else part in text


def _mentions(text: str | None, word: str) -> bool:
    return text is not None and word in text.casefold()


def _like(text: str | None, pattern: str | None) -> bool | None:
    return None if text is None or pattern is None else _pattern(pattern).fullmatch(text) is not None


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(letter) or re.escape(letter) for letter in pattern), re.DOTALL)


def _within_box(place: str | None, north: float, west: float, south: float, east: float) -> bool | None:
    if place is None:
        return None
    value = json.loads(place)
    if "coordinates" in value:
        longitude, latitude = value["coordinates"][:2]
    elif "latitude" in value:
        longitude, latitude = float(value["longitude"]), float(value["latitude"])
    else:
        return None
    return bool(south <= latitude <= north and west <= longitude <= east)


def _remainder(dividend: object, divisor: object) -> str | None:
    if dividend is None or divisor is None or not Decimal(str(divisor)):
        return None
    return _plain(Decimal(str(dividend)) % Decimal(str(divisor)))


def _upper(text: str | None) -> str | None:
    return None if text is None else text.upper()


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def register_functions(connection: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, arguments, function in (
        ("soql_upper", 1, _upper),
        ("soql_lower", 1, _lower),
        ("soql_starts_with", 2, _starts_with),
        ("soql_contains", 2, _contains),
        ("soql_mentions", 2, _mentions),
        ("soql_like", 2, _like),
        ("soql_remainder", 2, _remainder),
        ("soql_within_box", 5, _within_box),
    ):
        connection.create_function(name, arguments, function, deterministic=True)
    connection.create_aggregate("soql_sum", 1, _Sum)  # type: ignore[arg-type]
    connection.create_aggregate("soql_avg", 1, _Average)  # type: ignore[arg-type]
    connection.create_aggregate("soql_min", 1, _Least)  # type: ignore[arg-type]
    connection.create_aggregate("soql_max", 1, _Greatest)  # type: ignore[arg-type]
