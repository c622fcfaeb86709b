"""Rows that would be sent, met by the portal's rows; and where each stood on the sheet."""

from __future__ import annotations

from collections import Counter
from contextlib import closing

from hypothesis import given, settings
from hypothesis import strategies as st

from xl_datasync.core.comparison import SentAsWholes, SentByIdentifier, row_hash
from xl_datasync.core.row_numbers import RowNumbers

some_rows = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(sent=some_rows, there=some_rows)
def test_rows_as_wholes_are_bags(sent: list[tuple[str, str]], there: list[tuple[str, str]]) -> None:
    """A row that stands three times here and twice there is there once too few; which one, is the first."""
    with closing(SentAsWholes()) as index:
        index.add(list(map(row_hash, sent)))
        index.seal()
        gone = [row for row in there if not index.meet(row_hash(row))]
        new = [sent[place] for place in index.places_unmet()]
        assert index.unmet == len(new)
    assert Counter(new) == Counter(sent) - Counter(there)
    assert Counter(gone) == Counter(there) - Counter(sent)


def test_rows_by_identifier() -> None:
    """A portal's row meets the row sent that has its identifier; the others are told by their places, in order."""
    with closing(SentByIdentifier()) as index:
        index.add(["a", "b", "c", "d"], [b"1", b"2", b"3", b"4"], [None, "0,2", None, None])
        index.seal()
        assert index.meet("b") == (1, b"2", "0,2")
        assert index.meet("d") == (3, b"4", None)
        assert index.meet("z") is None
        assert (index.unmet, list(index.places_unmet())) == (2, [0, 2])


def test_identifiers_that_are_one_to_the_portal_count_once() -> None:
    """Where two rows have one identifier after all, the last one is the one that stays."""
    with closing(SentByIdentifier()) as index:
        index.add(["a", "a"], [b"1", b"2"], [None, None])
        index.seal()
        assert index.meet("a") == (1, b"2", None)
        assert index.unmet == 0


def test_texts_of_a_row_are_kept_apart() -> None:
    """Rows that differ only in where a cell ends, or hold what no text file could, have hashes of their own."""
    rows = [("ab", "c"), ("a", "bc"), ("a', 'bc",), ("", "abc"), ("abc", ""), ("abc",), ("\ud800",), ("\\ud800",)]
    assert len({row_hash(row) for row in rows}) == len(rows)


@given(blocks=st.lists(st.lists(st.integers(1, 6), max_size=8), max_size=6))
def test_row_numbers(blocks: list[list[int]]) -> None:
    """The sheet's row of any row sent is found again, whatever rows were left out."""
    numbers, rows = RowNumbers(), []
    row = 1
    for steps in blocks:
        block = []
        for step in steps:
            row += max(step - 4, 1)
            block.append(row)
        numbers.add(block)
        rows += block
    assert len(numbers) == len(rows)
    assert [numbers.row(place) for place in range(len(rows))] == rows
    assert (numbers.row(-1), numbers.row(len(rows))) == (None, None)


def test_consecutive_rows_cost_nothing() -> None:
    """A million rows without a gap are one entry."""
    numbers = RowNumbers()
    for first in range(2, 1_000_002, 1000):
        numbers.add(range(first, first + 1000))
    assert len(numbers._rows) == 1  # that is what must hold
    assert numbers.row(999_999) == 1_000_001
