"""JSON on one line in which a Decimal is a number with all its digits."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from decimal import Decimal

# The json module makes a float of a Decimal, or nothing, and a writer of our own would be far slower than its C code:
# the digits are written as a text between marks, and then taken out of their quotes. Nobody can guess the mark, so no
# cell holds it.
_MARK = secrets.token_hex(8)
_BEGIN, _END = f'"{_MARK}', f'{_MARK}"'


def exact_encoder(otherwise: Callable[[object], object]) -> Callable[[object], str]:
    """A function that writes a value as JSON, as short as it can be.

    :param otherwise: what stands in for a value that JSON has no word for; it may raise TypeError.
    """

    def stand_in(value: object) -> object:
        return f"{_MARK}{digits(value)}{_MARK}" if isinstance(value, Decimal) else otherwise(value)

    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=stand_in).encode

    def exact(value: object) -> str:
        text = encode(value)
        return text.replace(_BEGIN, "").replace(_END, "") if _MARK in text else text

    return exact


def digits(value: Decimal) -> str:
    """A Decimal as a number of JSON; Python's has words for infinity and for NaN, but for no other kind of NaN."""
    return "NaN" if value.is_nan() else str(value)
