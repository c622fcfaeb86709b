"""The fingerprint of rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.history.fingerprint import RowsFingerprint

CELLS = st.lists(st.text(alphabet="a1,: ", max_size=3), max_size=3)
ROWS = st.lists(CELLS, max_size=6)


def fingerprint(rows: list[list[str]]) -> str:
    """The fingerprint of some rows."""
    made = RowsFingerprint()
    for row in rows:
        made.add(row)
    return made.value


@given(ROWS, st.randoms())
def test_order_does_not_count(rows: list[list[str]], random) -> None:
    """The same rows in any order have the same fingerprint."""
    mixed = list(rows)
    random.shuffle(mixed)
    assert fingerprint(mixed) == fingerprint(rows)


@given(ROWS, ROWS)
def test_equal_only_where_the_rows_are(some: list[list[str]], others: list[list[str]]) -> None:
    """Two fingerprints are equal exactly where each row comes as often in both."""
    assert (fingerprint(some) == fingerprint(others)) == (sorted(some) == sorted(others))


def test_where_a_cell_ends_counts() -> None:
    """Texts that make the same line when they are put together are different rows all the same."""
    rows = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["1,1:", "a"], ["1:1", ",a"], [], [""]]
    assert len({fingerprint([row]) for row in rows}) == len(rows)


def test_how_often_counts() -> None:
    """A row that comes twice is not the same as once, nor as two others."""
    assert len({fingerprint(rows) for rows in ([["a"]], [["a"], ["a"]], [["a"], ["b"]], [])}) == 4


def test_stays_the_same() -> None:
    """The value is the same on every computer and in every version, since it is kept in files."""
    assert fingerprint([]) == "0-00000000000000000000000000000000"
    assert fingerprint([["a", "ü"], ["\ud83d"]]) == "2-b64110fe40d2e377e5bb6e825d1bcbb1"
