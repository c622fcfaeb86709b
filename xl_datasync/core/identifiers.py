"""The row identifiers of one sheet, all of them, in bounded memory.

A sheet may hold a million; Python objects for each would weigh more than the sheet. SQLite keeps them in a private
temporary database that it spills to disk and removes by itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xl_datasync.core.problems import PLACES_KEPT

CACHE_KIB = 8_192


@dataclass(frozen=True)
class Repeated:
    """Identifiers that meet: the rows of the sheet they stand in, and how they are written there."""

    rows: tuple[int, ...]
    texts: tuple[str, ...]


class IdentifierIndex:
    """Collects identifiers with their rows, then answers which of them meet; close it when done.

    :param numeric: whether identifiers are numbers, so that ``1`` and ``1.0`` are the same (protocol §8).
    """

    def __init__(self, *, numeric: bool = False) -> None:
        self._numeric = numeric
        self._key = "CAST(id AS REAL)" if numeric else "id"
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute("CREATE TABLE ids (id TEXT, row INTEGER)")
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Give the temporary database back; the index cannot be used afterwards."""
        self._db.close()

    def add(self, texts: Sequence[str], rows: Sequence[int]) -> None:
        """Add the identifiers of one block; blank ones are left out."""
        pairs: Iterator[tuple[str, int]] = zip(texts, rows, strict=True)
        if "" in texts:
            pairs = (pair for pair in pairs if pair[0])
        self._db.executemany("INSERT INTO ids VALUES (?, ?)", pairs)

    def duplicates(self) -> tuple[int, list[Repeated]]:
        """How many identifiers stand in more than one row, and the first of them in the order of the sheet."""
        return self._meeting(self._key, "count(*) > 1")

    def near_duplicates(self) -> tuple[int, list[Repeated]]:
        """Likewise for texts that differ only in case or in spaces: the portal takes them for different rows."""
        if self._numeric:
            return 0, []
        return self._meeting("lower(replace(id, ' ', ''))", "count(DISTINCT id) > 1")

    def found_in(self, known: Iterable[str]) -> Iterator[tuple[str, int]]:
        """Identifiers of the sheet that are among ``known``, with their rows, in the order of the sheet."""
        self._db.execute("DROP TABLE IF EXISTS known")
        self._db.execute("CREATE TABLE known (id PRIMARY KEY) WITHOUT ROWID")
        self._db.executemany(f"INSERT OR IGNORE INTO known SELECT {self._key} FROM (SELECT ? AS id)", zip(known))
        yield from self._db.execute(f"SELECT id, row FROM ids WHERE {self._key} IN known ORDER BY row")

    def texts(self) -> Iterator[str]:
        """All identifiers, in the order of the sheet."""
        return (text for (text,) in self._db.execute("SELECT id FROM ids ORDER BY rowid"))

    def _meeting(self, key: str, condition: str) -> tuple[int, list[Repeated]]:
        # key and condition are fixed texts of this module, never data.
        grouped = f"SELECT {key} AS k, min(row) AS first FROM ids GROUP BY k HAVING {condition}"
        (count,) = self._db.execute(f"SELECT count(*) FROM ({grouped})").fetchone()
        keys = self._db.execute(f"{grouped} ORDER BY first LIMIT {PLACES_KEPT}").fetchall() if count else []
        return count, [self._members(key, found) for found, _ in keys]

    def _members(self, key: str, found: object) -> Repeated:
        query = f"SELECT id, row FROM ids WHERE {key} = ? ORDER BY row LIMIT {PLACES_KEPT}"
        members = self._db.execute(query, (found,)).fetchall()
        return Repeated(tuple(row for _, row in members), tuple(text for text, _ in members))
