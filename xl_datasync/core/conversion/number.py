"""Number, money and percent columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import (
    EXCEL_DIGITS_END,
    FRACTIONS,
    Outcome,
    Rule,
    Writers,
    blank,
    shows_percent,
    wrong_kind,
)
from xl_datasync.core.dataset import Column
from xl_datasync.core.names import words_of
from xl_datasync.core.options import JobOptions, NumberStyle, PercentStyle
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import trimmed

_PLAIN = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
PLAIN = re.compile(f"[+-]?{_PLAIN}", re.ASCII)
# What may stand around the digits once a style has been chosen: currency signs and spaces.
_AROUND = "[$€£¥ ]*"
_SPACES = str.maketrans(dict.fromkeys("\xa0\u2009\u202f", " "))


def _reader(digits: str, around: str = _AROUND) -> re.Pattern[str]:
    """Sign, digits and percent sign; the sign may stand before or after a currency sign."""
    return re.compile(rf"([+-]?){around}([+-]?)({digits}){around}(%?)", re.ASCII)


_READERS = {
    NumberStyle.PLAIN: _reader(_PLAIN, " ?"),
    NumberStyle.COMMA_GROUPS: _reader(rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d*)?|{_PLAIN}"),
    # Here a point only groups: 1.234 is 1234, and 1.5 is no number.
    NumberStyle.POINT_GROUPS: _reader(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
    NumberStyle.SPACE_GROUPS: _reader(r"\d{1,3}(?: \d{3})+(?:,\d*)?|\d+(?:,\d*)?|,\d+"),
}
_TO_PLAIN = {
    NumberStyle.PLAIN: {},
    NumberStyle.COMMA_GROUPS: str.maketrans({",": ""}),
    NumberStyle.POINT_GROUPS: str.maketrans({".": "", ",": "."}),
    NumberStyle.SPACE_GROUPS: str.maketrans({" ": "", ",": "."}),
}
STARS = range(1, 6)

# The portal takes an exponent in a number (protocol §7), so none has to be written out.
# A third faster than str.format, which asks the float for its formatter.
float_digits = "%.15g".__mod__


def hundredfold(number: float) -> str:
    """A fraction as a percentage: to 15 digits, as Excel keeps them, which hide the noise of the multiplication."""
    text = float_digits(number * 100 + 0.0)
    return times(float_digits(number), 100) if "e" in text else text


PLAIN_WRITERS: Writers = {float: float_digits, int: str, NoneType: blank}
HUNDREDFOLD_WRITERS: Writers = {float: hundredfold, int: hundredfold, NoneType: blank}


@dataclass(frozen=True)
class _Numbers:
    """Reads one column's numbers. ``limit`` is the largest absolute value a coordinate can have, or None."""

    column: Column
    options: JobOptions
    limit: int | None

    def cell(self, value: Any, code: str) -> Outcome:
        if isinstance(value, str):
            return self._from_text(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return wrong_kind(value, "a number")
        text = float_digits(value) if isinstance(value, float) else str(value)
        if self.limit is not None and not -self.limit <= value <= self.limit:
            return _outside(self.limit)
        if not -EXCEL_DIGITS_END < value < EXCEL_DIGITS_END:
            remedy = "Check it. If it is a code, format the column as Text in Excel and enter it again from its source."
            what = "number of 16 or more digits; Excel keeps the first 15"
            return Fault(what, remedy, Severity.WARNING, text, "numbers of 16 or more digits")
        if not shows_percent(code):
            return text
        return hundredfold(value) if self._factor() == 100 else self._percentage(text)

    def odd(self, values: Sequence[Any], _texts: Sequence[str], kinds: set[type]) -> bool:
        """Whether a number is out of range or longer than Excel can keep."""
        numbers = list(filter(None, values)) if NoneType in kinds else values
        if not numbers:
            return False
        if self.limit is not None:
            return not -self.limit <= min(numbers) <= max(numbers) <= self.limit
        return not -EXCEL_DIGITS_END < min(numbers) <= max(numbers) < EXCEL_DIGITS_END

    def writers(self, formats: set[str]) -> Writers | None:
        """How numbers of a block are written whose cells all show percentages, or none does."""
        shown = set(map(shows_percent, formats))
        if True not in shown:
            return PLAIN_WRITERS
        if self._factor() == 100 and False not in shown:
            return HUNDREDFOLD_WRITERS
        return None

    def _factor(self) -> int | None:
        """What a percentage's fraction is multiplied by; None where that is not settled."""
        style = self.options.percent_style
        if style is PercentStyle.AUTOMATIC:
            return self.column.percent_factor if self.column.is_percent else None
        return 100 if style is PercentStyle.TIMES_100 else 1

    def _percentage(self, text: str) -> Outcome:
        """What a cell that shows 45% is sent as; Excel stores it as 0.45."""
        factor = self._factor()
        if factor is not None:
            return text if factor == 1 else times(text, factor)
        what = "percentage for a plain number column; it is sent as a fraction (0.45 for 45%)"
        remedy = "Set the option “Percent style” to “As stored” if 0.45 is meant, or to “Times 100” to send 45."
        return Fault(what, remedy, Severity.WARNING, text, FRACTIONS)

    def _from_text(self, text: str) -> Outcome:
        style = self.options.number_style
        found = _READERS[style].fullmatch(trimmed(text).translate(_SPACES))
        if not found or (found[1] and found[2]) or (found[4] and not self._takes_percent_sign()):
            return Fault(
                "text that is not a number" + ("" if style is NumberStyle.PLAIN else f" written like {style.value}"),
                "Write plain digits with a point, or name the way the numbers are written in the option "
                "“Number style”.",
            )
        digits = found[3].translate(_TO_PLAIN[style]).rstrip(".")
        number = ("-" if "-" in (found[1], found[2]) else "") + re.sub(r"^0+(?=\d)", "", digits)
        if self.limit is not None and abs(float(number)) > self.limit:
            return _outside(self.limit)
        if found[4]:
            return self._percentage(times(number, Decimal("0.01")))
        if re.match(r"0\d", digits):
            remedy = "Check it. If it is a code whose zeros count, the portal's column must be of type Text."
            what = "text with leading zeros; the portal keeps the number without them"
            return Fault(what, remedy, Severity.WARNING, number, "leading zeros")
        return number

    def _takes_percent_sign(self) -> bool:
        return self.column.is_percent or self.options.percent_style is not PercentStyle.AUTOMATIC


def number_rule(column: Column, options: JobOptions) -> Rule:
    """The rule for number, money, percent and double."""
    numbers = _Numbers(column, options, _coordinate_limit(column))
    return Rule(PLAIN_WRITERS, numbers.cell, numbers.odd, numbers.writers)


def stars_rule() -> Rule:
    """The rule for the old rating type: 1 to 5."""

    def cell(value: Any, _code: str) -> Outcome:
        text = str(value).strip()
        good = not isinstance(value, bool) and PLAIN.fullmatch(text) and Decimal(text) in STARS
        return (
            str(int(Decimal(text))) if good else Fault("not a rating from 1 to 5", "Write a whole number from 1 to 5.")
        )

    return Rule({NoneType: blank}, cell)


def percent_constant(column: Column, outcome: Outcome) -> Outcome:
    """A fixed value for a percentage column; Excel turns a 45% typed in the Column map into 0.45."""
    if isinstance(outcome, str) and outcome and column.percent_factor == 100 and 0 < abs(Decimal(outcome)) < 1:
        what = f"value below 1 for a percentage column; it is sent as {outcome}%"
        return Fault(what, "Write 45 where 45% is meant.", Severity.WARNING, outcome)
    return outcome


def times(text: str, factor: int | Decimal) -> str:
    """A decimal text multiplied exactly, without the noise of binary fractions."""
    product = Decimal(text) * factor
    return format(product.normalize() if product else Decimal(0), "f")


def _outside(limit: int) -> Fault:
    what = f"coordinate outside -{limit} to {limit}"
    return Fault(what, "Check the cell; latitude and longitude may be swapped.")


def _coordinate_limit(column: Column) -> int | None:
    """90 for a latitude column, 180 for a longitude column, by name."""
    words = set(words_of(column.field_name)) | set(words_of(column.name))
    if words & {"latitude", "lat"}:
        return 90
    return 180 if words & {"longitude", "lon", "lng"} else None
