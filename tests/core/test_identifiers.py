"""The index of row identifiers against plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.identifiers import IdentifierIndex, number_key
from xl_datasync.core.problems import PLACES_SHOWN

texts = st.lists(st.text("aAbß éÉ1\xa0\u200b", max_size=3), max_size=30)
digits = st.lists(
    st.sampled_from(["1", "1.0", "01", "1e0", "10", "1E+1", "-0", "0", "2.50", "2.5", "-2.5"]), max_size=20
)


@pytest.fixture
def index() -> Iterator[IdentifierIndex]:
    """An index of texts."""
    with closing(IdentifierIndex()) as opened:
        yield opened


def filled(texts: list[str], *, numeric: bool = False) -> IdentifierIndex:
    """An index of these identifiers, in rows from 2, added in two blocks."""
    index = IdentifierIndex(numeric=numeric)
    half = len(texts) // 2
    index.add(texts[:half], range(2, 2 + half))
    index.add(texts[half:], range(2 + half, 2 + len(texts)))
    return index


@given(texts)
def test_duplicates_are_exact(values: list[str]) -> None:
    """Texts meet only where they are equal to the letter, as on the portal (protocol §8)."""
    with closing(filled(values)) as index:
        number, groups = index.duplicates()
    repeated = {text for text, times in Counter(values).items() if text and times > 1}
    assert number == len(repeated)
    assert {group.texts[0]: group.rows for group in groups} == {
        text: tuple(row for row, value in enumerate(values, 2) if value == text) for text in repeated
    }
    assert [group.rows[0] for group in groups] == sorted(group.rows[0] for group in groups)


@given(digits)
def test_numbers_meet_by_value(values: list[str]) -> None:
    """1, 01, 1.0 and 1e0 are one number."""
    with closing(filled(values, numeric=True)) as index:
        number, _ = index.duplicates()
        assert index.near_duplicates() == (0, [])
    assert number == sum(times > 1 for times in Counter(map(Decimal, values)).values())


def test_long_numbers_are_told_apart(index: IdentifierIndex) -> None:
    """Numbers beyond what a float can hold are compared digit by digit."""
    with closing(
        filled(["9007199254740992", "9007199254740993", "1" + "0" * 40, "1" + "0" * 39 + "1"], numeric=True)
    ) as i:
        assert i.duplicates() == (0, [])
    assert number_key("1" + "0" * 40) == number_key("1e40") == number_key("1E+40")


@given(texts)
def test_near_duplicates(values: list[str]) -> None:
    """Texts that differ only in case, spaces or unseen characters are near, in any script; equal ones are not."""
    with closing(filled(values)) as index:
        number, groups = index.near_duplicates()
    near: dict[str, set[str]] = {}
    for text in filter(None, values):
        near.setdefault("".join(text.casefold().replace("\u200b", "").split()), set()).add(text)
    assert number == sum(len(same) > 1 for same in near.values())
    assert all(len(set(group.texts)) > 1 for group in groups)


def test_near_duplicates_without_foreign_letters(index: IdentifierIndex) -> None:
    """The quick way for plain letters finds the same."""
    index.add(["A 1", "a1", "a\t1", "B", "b2"], range(2, 7))
    (group,) = index.near_duplicates()[1]
    assert group.rows == (2, 3, 4)


def test_few_places_are_kept_of_many(index: IdentifierIndex) -> None:
    """A column that holds one value throughout gives a count and the first places."""
    index.add(["same"] * 1000, range(2, 1002))
    number, (group,) = index.duplicates()
    assert (number, group.rows) == (1, tuple(range(2, 2 + PLACES_SHOWN)))


@pytest.mark.parametrize(("numeric", "there"), [(False, [("2", 3)]), (True, [("1", 2), ("2", 3)])])
def test_found_on_the_portal(numeric: bool, there: list[tuple[str, int]]) -> None:
    """Known identifiers are found in the sheet's order, numbers by value, and so are the others; as often as asked."""
    with closing(filled(["1", "2", "3"], numeric=numeric)) as index:
        compared = index.compare(["1.0", "2", "2", "9"])
        assert (compared.found, list(compared.first_found)) == (len(there), there)
        assert compared.first_missing[-1] == ("3", 4)
        assert index.compare([]).found == 0


def test_blank_ones_are_left_out(index: IdentifierIndex) -> None:
    """Blank identifiers are no identifiers."""
    index.add(["", "a", "", "b"], [2, 3, 4, 5])
    assert list(index.texts()) == ["a", "b"]
    assert index.duplicates() == (0, [])
