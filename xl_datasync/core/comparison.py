"""Rows that would be sent, kept as hashes, to be met by the portal's rows one after the other.

A side may have a million rows: SQLite keeps the hashes in a private temporary database that it spills to disk and
removes by itself. A row is known by its place among the rows sent, counted from 0.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import heappush, heapreplace

from xl_datasync.core.identifiers import CACHE_KIB

Texts = tuple[str, ...]


def row_hash(row: Texts) -> bytes:
    """What two rows have in common whose texts are the same; a tuple's ``repr`` keeps its texts apart."""
    return blake2b(repr(row).encode(), digest_size=16).digest()


def blanks_of(row: Texts) -> str | None:
    """Where a row is blank, for one that leaves there what the portal has; None where it is blank nowhere."""
    return ",".join(str(place) for place, text in enumerate(row) if not text) if "" in row else None


def without_blanks(row: Texts, blanks: str | None) -> Texts:
    """A portal's row without what stays there in any case."""
    if blanks is None:
        return row
    left = set(map(int, blanks.split(",")))
    return tuple("" if place in left else text for place, text in enumerate(row))


class SentByIdentifier:
    """Rows sent by their row identifier: which of the portal's rows each would change, and whether it does.

    Identifiers that the portal takes for one count as one row, the last of them.
    """

    def __init__(self) -> None:
        self._db = _database("CREATE TABLE sent (id TEXT, hash BLOB, blanks TEXT)")
        self._met = bytearray()

    def close(self) -> None:
        """Give the temporary database back."""
        self._db.close()

    def add(self, identifiers: Sequence[str], hashes: Sequence[bytes], blanks: Sequence[str | None]) -> None:
        """Add rows, in the order they would be sent.

        :param blanks: for each row, what :meth:`meet` is to say of its blank cells.
        """
        rows = zip(identifiers, hashes, blanks, strict=True)
        self._db.executemany("INSERT INTO sent VALUES (?, ?, ?)", rows)

    def seal(self) -> None:
        """All rows have been added."""
        self._db.execute("CREATE INDEX by_id ON sent (id, hash, blanks)")
        (count,) = self._db.execute("SELECT count(*) FROM sent").fetchone()
        self._met = bytearray(count)

    def meet(self, identifier: str) -> tuple[int, bytes, str | None] | None:
        """The row sent that has this identifier: its place, its hash, its blanks; None where there is none."""
        found = self._db.execute("SELECT rowid - 1, hash, blanks FROM sent WHERE id = ?", (identifier,)).fetchall()
        for place, _, _ in found:
            self._met[place] = 1
        return max(found) if found else None

    @property
    def unmet(self) -> int:
        """How many rows sent met none of the portal's."""
        return self._met.count(0)

    def places_unmet(self) -> Iterator[int]:
        """Their places, in the order of the rows sent."""
        place = self._met.find(0)
        while place >= 0:
            yield place
            place = self._met.find(0, place + 1)


class SentAsWholes:
    """Rows sent that have no row identifier: two rows are the same where all of their cells are, each counted once."""

    def __init__(self) -> None:
        self._db = _database("CREATE TABLE sent (hash BLOB)")

    def close(self) -> None:
        """Give the temporary database back."""
        self._db.close()

    def add(self, hashes: Sequence[bytes]) -> None:
        """Add rows, in the order they would be sent."""
        self._db.executemany("INSERT INTO sent VALUES (?)", ((one,) for one in hashes))

    def seal(self) -> None:
        """All rows have been added."""
        self._db.execute("CREATE TABLE unmet (hash BLOB PRIMARY KEY, n INTEGER) WITHOUT ROWID")
        self._db.execute("INSERT INTO unmet SELECT hash, count(*) FROM sent GROUP BY hash ORDER BY hash")

    def meet(self, one: bytes) -> bool:
        """Whether a row sent is the same as a row of the portal; that row meets no other."""
        return self._db.execute("UPDATE unmet SET n = n - 1 WHERE hash = ? AND n > 0", (one,)).rowcount == 1

    @property
    def unmet(self) -> int:
        """How many rows sent met none of the portal's."""
        (count,) = self._db.execute("SELECT coalesce(sum(n), 0) FROM unmet").fetchone()
        return int(count)

    def places_unmet(self) -> Iterator[int]:
        """Their places, in the order of the rows sent; of rows that are the same, the first ones."""
        told: dict[bytes, int] = {}
        query = "SELECT sent.rowid - 1, hash, n FROM sent CROSS JOIN unmet USING (hash) WHERE n > 0 ORDER BY sent.rowid"
        for place, one, count in self._db.execute(query):
            told[one] = told.get(one, 0) + 1
            if told[one] <= count:
                yield place


def _database(table: str) -> sqlite3.Connection:
    db = sqlite3.connect("", isolation_level=None)
    db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    db.execute(table)
    db.execute("BEGIN")
    return db


@dataclass
class Found:
    """What the portal's rows have shown so far.

    :param scattered: whether rows that change are taken from all over the sheet, else the first of them: to look them
        up again, all of the CSV must be read once more.
    :param changed: rows of the sheet that change: minus their rank (a heap holds what is last on top), their place, and
        the row as the portal has it.
    :param removed: the first rows that go, in the portal's order.
    """

    scattered: bool = False
    equal: int = 0
    changes: int = 0
    removals: int = 0
    changed: list[tuple[int, int, Texts]] = field(default_factory=list)
    removed: list[Texts] = field(default_factory=list)

    def change(self, place: int, row: Texts, most: int) -> None:
        """One row more that changes."""
        self.changes += 1
        rank = -_scattered(place) if self.scattered else -place
        if len(self.changed) < most:
            heappush(self.changed, (rank, place, row))
        elif rank > self.changed[0][0]:
            heapreplace(self.changed, (rank, place, row))

    def remove(self, row: Texts, most: int) -> None:
        """One row more that goes."""
        self.removals += 1
        if len(self.removed) < most:
            self.removed.append(row)


def _scattered(place: int) -> int:
    """A number for a place by which places are mixed, the same in every run (Knuth's multiplicative hash)."""
    return place * 2_654_435_761 & 0xFFFF_FFFF
