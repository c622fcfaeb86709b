"""The value model: texts of values, addresses, what is blank."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import shape_of
from xl_datasync.core.values import (
    INVISIBLE,
    ErrorValue,
    area_address,
    cell_address,
    column_letter,
    datetime_text,
    elapsed_text,
    float_text,
    is_blank,
    trimmed,
    value_text,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "TRUE"), (False, "FALSE"), (0, "0"), (2**70, str(2**70)), (12345.0, "12345"), (-0.0, "0"),
        (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (1e-7, "0.0000001"), (1.5e300, "15" + "0" * 299),
        ("  as is ", "  as is "), (dt.date(999, 1, 2), "0999-01-02"), (dt.datetime(2024, 1, 2), "2024-01-02T00:00:00"),
        (dt.datetime(2024, 1, 2, 3, 4, 5, 678_000), "2024-01-02T03:04:05.678"), (dt.time(7, 5), "07:05:00"),
        (dt.timedelta(hours=30, seconds=1), "30:00:01"), (ErrorValue("#N/A"), "#N/A"),
    ],
)  # fmt: skip
def test_values_as_text(value: object, text: str) -> None:
    """Each kind of value is written as a person would, integers without .0 and numbers without an exponent."""
    assert value_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_fifteen_digits(number: float) -> None:
    """A float's text has no exponent and is the number rounded to the 15 digits Excel keeps."""
    text = float_text(number)
    assert "e" not in text
    assert Decimal(text) == Decimal(format(number, ".15g"))


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (dt.datetime(2024, 1, 1, 23, 59, 59, 999_600), "2024-01-02T00:00:00"),
        (dt.datetime(2024, 1, 1, 0, 0, 0, 400), "2024-01-01T00:00:00"),
        (dt.datetime(9999, 12, 31, 23, 59, 59, 999_900), "9999-12-31T23:59:59.999"),
    ],
)
def test_moments_are_rounded_to_milliseconds(moment: dt.datetime, text: str) -> None:
    """Noise below a millisecond is rounded away, up to the last moment there is."""
    assert datetime_text(moment) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00:00"), (-90, "-0:01:30"), (1.5, "0:00:01.500"), (360_000, "100:00:00")]
)
def test_elapsed_time(seconds: float, text: str) -> None:
    """Elapsed time goes beyond 24 hours and below zero, and keeps fractions of a second."""
    assert elapsed_text(dt.timedelta(seconds=seconds)) == text


def test_blank_is_what_shows_nothing() -> None:
    """Spaces of all kinds and invisible characters alone are blank; a zero, FALSE and an error are not."""
    assert all(map(is_blank, [None, "", "  ", "\xa0\u3000", "\r\n\t", INVISIBLE, "\u200b \ufeff"]))
    assert not any(map(is_blank, [0, False, "0", ErrorValue("#N/A"), "\u200bx"]))


def test_trimming_keeps_what_stands_inside() -> None:
    """Edges lose every kind of space and invisible character; inside a text they may be meant."""
    assert trimmed("\u200b \xa0a\u200d\xa0b\ufeff\n") == "a\u200d\xa0b"


@pytest.mark.parametrize(
    ("sheet", "address"),
    [
        ("Data", "Data!B17"), ("My data", "'My data'!B17"), ("It's", "'It''s'!B17"), ("2024", "'2024'!B17"),
        ("FY24", "'FY24'!B17"), ("R1C1", "'R1C1'!B17"), ("Données_1", "Données_1!B17"), ("A-B", "'A-B'!B17"),
    ],
)  # fmt: skip
def test_addresses_are_quoted_as_excel_does(sheet: str, address: str) -> None:
    """An address can be typed into Excel's name box as it stands."""
    assert cell_address(sheet, "B", 17) == address
    assert area_address(sheet, "B17") == address


@pytest.mark.parametrize(
    ("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")]
)
def test_column_letters(index: int, letter: str) -> None:
    """Indexes become Excel's letters, to the last column."""
    assert column_letter(index) == letter


def test_a_shape_gives_addresses() -> None:
    """Cells and rows of a table are named with the sheet."""
    shape = shape_of(["Fee"], "My data")
    assert shape.address(shape.columns[0], 5) == "'My data'!A5"
    assert shape.row_address(5) == "'My data'!5:5"
