"""The lines of a backup's file."""

from __future__ import annotations

import gzip
import json
import math
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.history.row_file import RowPacker, encoded, parsed

NUMBERS = [
    "0.1", "123456789012345678901234567890.123456789", "1E+400", "-0.00", "1e-400", "0E-10", "100", "9" * 5000, "1E+5",
]  # fmt: skip
DIFFICULT = '“Größe” 税 \u200f \r\n \u2028 \x85 =1+1 \ud83d \x00 \\ "'


def there_and_back(value: Any) -> Any:
    """A value written and read again."""
    return parsed(Path("x"), b'{"v":' + encoded(value).encode("utf-8", "backslashreplace") + b"}")["v"]


@pytest.mark.parametrize("text", NUMBERS)
def test_decimals_are_exact(text: str) -> None:
    """A Decimal keeps every digit, however long or big, at whatever depth."""
    number = Decimal(text)
    assert there_and_back(number) == number
    assert there_and_back({"a": [1, {"b": number}]}) == {"a": [1, {"b": number}]}


def test_decimals_are_numbers_of_json() -> None:
    """A Decimal is written as a number of JSON, not as text."""
    assert (
        encoded({"a": Decimal("1.50"), "b": [Decimal("1E+5"), None, True, 2, "x"]})
        == '{"a":1.50,"b":[1E+5,null,true,2,"x"]}'
    )


def test_decimals_in_odd_company() -> None:
    """A Decimal is exact beside what the standard encoder refuses, too."""
    number = Decimal("1.000000000000000000001")
    assert there_and_back({1: number, "n": 10**5000}) == {"1": number, "n": 10**5000}
    assert there_and_back({"a": MappingProxyType({"b": number})}) == {"a": {"b": number}}


def test_fractions_come_back_as_decimals() -> None:
    """A fraction is read as the Decimal it was written as, even one that no float holds."""
    assert type(there_and_back(0.1)) is Decimal
    assert there_and_back(0.1) == Decimal("0.1")


@pytest.mark.parametrize(
    "odd", [Decimal("NaN"), Decimal("sNaN"), Decimal("NaN7"), Decimal("-Infinity"), math.inf, math.nan]
)
def test_no_number_at_all(odd: Any) -> None:
    """What is no number is no exception either."""
    back = there_and_back({"v": [odd]})["v"][0]
    assert back.is_nan() or back == odd


@pytest.mark.parametrize(
    "value", [10**5000, -(10**4999), 2**64, 0], ids=["long", "long and negative", "beyond 64 bits", "none"]
)
def test_whole_numbers_of_any_length(value: int) -> None:
    """A whole number is exact, even where Python would not print it."""
    assert there_and_back([value]) == [value]


def test_what_json_has_no_word_for() -> None:
    """Anything else is written as its text rather than not at all."""
    assert there_and_back({"a": Path("b"), 3: Decimal(1)}) == {"a": "b", "3": 1}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON)
def test_any_json_there_and_back(value: Any) -> None:
    """Every value that a portal may give comes back equal, and on one line."""
    assert "\n" not in encoded(value)
    assert there_and_back(value) == value


def test_text_that_is_difficult() -> None:
    """Texts with line ends, controls and half characters come back, with and without a Decimal beside them."""
    for row in ({"a": DIFFICULT}, {"a": DIFFICULT, DIFFICULT: Decimal("1.5")}):
        assert there_and_back(row) == row


def test_the_file_is_plain() -> None:
    """The file is gzip over JSON lines as described, for whoever has to read it without this program."""
    packer = RowPacker({"format": "f"})
    data = packer.add({"a": "ü"}) + packer.add({"a": Decimal("1.5")}) + packer.finish()
    header, first, second, footer = gzip.decompress(data).splitlines()
    assert [json.loads(line) for line in (header, first, second)] == [{"format": "f"}, {"a": "ü"}, {"a": 1.5}]
    assert json.loads(footer)["rows"] == 2
    assert packer.rows == 2
