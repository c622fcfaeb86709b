"""Number, money and percent columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import Outcome, Rule, blank, wrong_kind
from xl_datasync.core.dataset import Column
from xl_datasync.core.mapping import words_of
from xl_datasync.core.options import JobOptions, NumberStyle, PercentStyle
from xl_datasync.core.problems import Fault, Severity

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
GROUPED = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
# What may stand around the digits once a style has been chosen: currency signs and spaces.
AROUND = "$€£¥ \xa0\u202f"
GROUP_AND_POINT = {
    NumberStyle.COMMA_GROUPS: (",", "."),
    NumberStyle.POINT_GROUPS: (".", ","),
    NumberStyle.SPACE_GROUPS: (" ", ","),
}
STARS = range(1, 6)

# The portal takes an exponent in a number (protocol §7), so none has to be written out.
float_digits = "{:.15g}".format


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
        if self.limit is not None and abs(value) > self.limit:
            what = f"coordinate outside -{self.limit} to {self.limit}"
            return Fault(what, "Check the cell; latitude and longitude may be swapped.")
        return self._percentage(value, code)

    def odd(self, values: Sequence[int | float | None]) -> bool:
        """Whether a coordinate is out of range."""
        if self.limit is None:
            return False
        numbers = [value for value in values if value is not None]
        return bool(numbers) and not -self.limit <= min(numbers) <= max(numbers) <= self.limit

    def _percentage(self, value: float, code: str) -> Outcome:
        style, shown = self.options.percent_style, "%" in code
        text = float_digits(value) if isinstance(value, float) else str(value)
        if style is PercentStyle.AS_STORED or (not shown and not self.column.is_percent):
            return text
        if not shown:
            return text if value == 0 else Fault(
                "plain number among percentages",
                "Give all cells of the column the same format, or set the option “Percent style”.",
            )  # fmt: skip
        if style is PercentStyle.TIMES_100:
            return times(text, 100)
        if self.column.is_percent:
            return times(text, self.column.percent_factor)
        what = "percentage for a plain number column; it is sent as a fraction (0.45 for 45%)"
        remedy = "Set the option “Percent style” to “As stored” to agree, or to “Times 100”."
        return Fault(what, remedy, Severity.WARNING, text)

    def _from_text(self, text: str) -> Outcome:
        tidy = text.strip(AROUND + "\t\r\n")
        style = self.options.number_style
        if style in GROUP_AND_POINT and not PLAIN.fullmatch(tidy):
            group, point = GROUP_AND_POINT[style]
            tidy = re.sub(r"[\s\xa0\u202f]", " ", tidy).replace(group, "\0").replace(point, ".").replace("\0", ",")
            if GROUPED.fullmatch(tidy):
                return tidy.replace(",", "").lstrip("+")
        elif PLAIN.fullmatch(text.strip()) and (style in GROUP_AND_POINT or style is NumberStyle.PLAIN):
            return text.strip().lstrip("+")
        return Fault(
            "text that is not a number",
            "Write plain digits with a point, or name the way the numbers are written in the option “Number style”.",
        )


def number_rule(column: Column, options: JobOptions) -> Rule:
    """The rule for number, money, percent and double."""
    numbers = _Numbers(column, options, _coordinate_limit(column))
    return Rule({float: float_digits, int: str, NoneType: blank}, numbers.cell, numbers.odd, formats_decide=True)


def stars_rule() -> Rule:
    """The rule for the old rating type: 1 to 5."""

    def cell(value: Any, _code: str) -> Outcome:
        text = str(value).strip()
        good = not isinstance(value, bool) and PLAIN.fullmatch(text) and Decimal(text) in STARS
        return str(int(Decimal(text))) if good else Fault("not a rating from 1 to 5", "Correct the cell.")

    return Rule({NoneType: blank}, cell)


def times(text: str, factor: int) -> str:
    """A decimal text multiplied exactly, without the noise of binary fractions."""
    product = Decimal(text) * factor
    return format(product.normalize() if product else Decimal(0), "f")


def _coordinate_limit(column: Column) -> int | None:
    """90 for a latitude column, 180 for a longitude column, by name."""
    words = set(words_of(column.field_name)) | set(words_of(column.name))
    if words & {"latitude", "lat"}:
        return 90
    return 180 if words & {"longitude", "lon", "lng", "long"} else None
