"""Whether a sheet in Excel still holds what was read from it; Excel is in use while a job runs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from xl_datasync.core.values import ErrorValue, Value, is_blank
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.protocol import Table

SECONDS_A_DAY = 86_400
EPOCH = dt.datetime(1899, 12, 30)  # Excel knows no zones
# Excel gives cells of a currency with four places, and errors as these numbers.
CURRENCY = 0.00006
ERROR_NUMBERS = range(-2_146_826_288, -2_146_826_200)


def is_unchanged(live: LiveWorkbook, sheet: str, table: Table) -> bool:
    """Whether the rows on a sheet are those that were read."""
    letters = [column.letter for column in table.shape.columns]

    def same() -> bool:
        for block in table.blocks():
            area = live.book.sheets[sheet][f"{letters[0]}{block.rows[0]}:{letters[-1]}{block.rows[-1]}"]
            shown = zip(*area.options(ndim=2).value, strict=True)
            for values, now in zip(block.columns, shown, strict=True):
                if not all(map(is_same, values, now)):
                    return False
        return True

    unchanged: bool = live.ask(same)
    return unchanged


def is_same(before: Value, now: Any) -> bool:
    """Whether a cell holds what it held; Excel gives dates, currency and errors in ways of its own.

    What cannot be compared counts as changed: a row is rather left standing than taken off unsent.
    """
    if isinstance(before, ErrorValue):
        return now is None or (isinstance(now, str) and now.startswith("#")) or now in ERROR_NUMBERS
    if is_blank(before) or now is None:
        return is_blank(before) and (now is None or now == (before or ""))
    if isinstance(before, str) or isinstance(now, str):
        return bool(before == now)
    was, shown = _serial(before), _serial(now)
    if was is None or shown is None:
        return False
    if isinstance(before, dt.time):
        shown %= 1  # Excel puts a day before a time of day, not every one the same
    if isinstance(before, dt.date | dt.time | dt.timedelta) or isinstance(now, dt.date | dt.time | dt.timedelta):
        return abs(was - shown) * SECONDS_A_DAY < 1
    return abs(was - shown) <= CURRENCY if isinstance(now, Decimal) else was == shown


def _serial(value: Any) -> float | None:
    """A value as the number that Excel holds for it; None where it has none."""
    match value:
        case bool() | int() | float() | Decimal():
            return float(value)
        case dt.datetime():
            return (value.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)
        case dt.date():
            return float((value - EPOCH.date()).days)
        case dt.time():
            elapsed = dt.datetime.combine(dt.date.min, value.replace(tzinfo=None)) - dt.datetime.min
            return elapsed / dt.timedelta(days=1)
        case dt.timedelta():
            return value / dt.timedelta(days=1)
        case _:
            return None
