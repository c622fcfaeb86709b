"""What a portal type's rule is made of, and the fault every type shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xl_datasync.core.problems import Fault
from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, Value

Outcome = str | Fault
"""The text to send, or what is wrong; a warning's :attr:`Fault.text` is sent all the same."""


def nothing_odd(_values: Sequence[Value]) -> bool:
    """For types whose ordinary values need no second look."""
    return False


@dataclass(frozen=True)
class Rule:
    """How one portal type takes values.

    :param always: kinds of value that fit whatever they hold, with the function that writes them.
    :param cell: from one value and its number format to the outcome; for everything else.
    :param odd: whether ordinary values must be looked at one by one after all; asked once for each block.
    :param formats_decide: whether a percent format changes what is sent.
    """

    always: Mapping[type, Callable[[Any], str]]
    cell: Callable[[Any, str], Outcome]
    odd: Callable[[Sequence[Any]], bool] = nothing_odd
    formats_decide: bool = False


def blank(_value: None) -> str:
    """An empty cell is an empty field, which the portal stores as null (protocol §3.4)."""
    return ""


def error_fault(value: ErrorValue) -> Fault:
    """What to say of an error cell."""
    if value.code == NOT_CALCULATED:
        return Fault("formula without a saved result", "Open the workbook in Excel, let it calculate, and save it.")
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
