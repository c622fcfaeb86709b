"""Which row of the sheet each row of a CSV came from: the CSV has no row numbers, and some rows are left out of it."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence


class RowNumbers:
    """The sheet's row numbers in the order of the rows sent; rows that follow each other cost nothing."""

    def __init__(self) -> None:
        # Where a run of consecutive rows begins: its place among the rows sent, and its row on the sheet.
        self._places = array("q")
        self._rows = array("q")
        self._count = 0
        self._next = -1

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Sequence[int]) -> None:
        """Add the numbers of one block's rows, ascending."""
        if rows and rows[0] == self._next and rows[-1] - rows[0] == len(rows) - 1:
            self._count += len(rows)
            self._next = rows[-1] + 1
            return
        for row in rows:
            if row != self._next:
                self._places.append(self._count)
                self._rows.append(row)
            self._count += 1
            self._next = row + 1

    def row(self, place: int) -> int | None:
        """The sheet's row of the row sent at a place, counted from 0; None where that is not known."""
        if not 0 <= place < self._count:
            return None
        run = bisect_right(self._places, place) - 1
        return self._rows[run] + place - self._places[run]
