"""What a portal type's rule is made of, and the faults that several types share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, Value

Outcome = str | Fault
"""The text to send, or what is wrong; a warning's :attr:`Fault.text` is sent all the same."""

Odd = Callable[[Sequence[Any], Sequence[str], set[type]], bool]
"""From values, their texts and the kinds among them to whether they must be looked at one by one after all."""

# Excel keeps 15 significant digits of a number; from 16 on the last are zeros.
EXCEL_DIGITS_END = 10**15
FRACTIONS = "percentages as fractions"
"""The topic of percentages in columns that do not say what 45% becomes."""

# Quoted, escaped and padding parts of a number format.
_LITERAL = re.compile(r'"[^"]*"|[\\_*].')

Writers = Mapping[type, Callable[[Any], str]]
"""How values of a kind are written, whatever they hold."""


def nothing_odd(_values: Sequence[Value], _texts: Sequence[str], _kinds: set[type]) -> bool:
    """For types whose ordinary values need no second look."""
    return False


@dataclass(frozen=True)
class Rule:
    """How one portal type takes values.

    :param always: kinds of value that fit whatever they hold, with the function that writes them.
    :param cell: from one value and its number format to the outcome; for everything else.
    :param odd: whether ordinary values must be looked at one by one after all; asked once for each block.
    :param numbers: where a number's format changes what is sent: from the formats of a block's cells to how all its
        numbers are written, or None where they must be looked at one by one. None where no format matters.
    """

    always: Writers
    cell: Callable[[Any, str], Outcome]
    odd: Odd = nothing_odd
    numbers: Callable[[set[str]], Writers | None] | None = None


def blank(_value: None) -> str:
    """An empty cell is an empty field, which the portal stores as null (protocol §3.4)."""
    return ""


@lru_cache(maxsize=1024)
def shows_percent(code: str) -> bool:
    """Whether a number format shows 0.45 as 45%; a percent sign that stands for itself, as in ``0"%"``, does not."""
    return "%" in code and "%" in _LITERAL.sub("", code)


def error_outcome(value: ErrorValue, *, send_blank: bool) -> Fault:
    """What to say of an error cell. Only Excel's own errors may be sent blank: behind others there is a value."""
    if value.code == NOT_CALCULATED:
        return Fault("formula without a saved result", "Open the workbook in Excel, let it calculate, and save it.")
    if not value.code.startswith("#"):
        return Fault(value.code, "Correct the cell.")
    if send_blank:
        remedy = "Mend the formula where a value is meant."
        what = f"Excel error {value.code}"
        return Fault(f"{what}; it is sent blank", remedy, Severity.WARNING, topic=what)
    return Fault(
        f"Excel error {value.code}",
        "Mend the formula or clear the cell, or set the option “Error cells” to “Send blank”.",
    )


def wrong_kind(value: Value, wanted: str) -> Fault:
    """What to say of a value whose kind cannot be meant."""
    kinds = {
        "bool": "TRUE or FALSE", "int": "a number", "float": "a number", "str": "text", "date": "a date",
        "datetime": "a date and time", "time": "a time of day", "timedelta": "a length of time",
    }  # fmt: skip
    return Fault(
        f"{kinds[type(value).__name__]} where {wanted} is needed",
        "Correct the cell, or map another column here.",
    )
