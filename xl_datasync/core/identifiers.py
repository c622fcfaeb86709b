"""The row identifiers of one sheet, all of them, in bounded memory.

A sheet may hold a million; Python objects for each would weigh more than the sheet. Beyond :data:`HELD_MOST` of them,
or where some meet, SQLite keeps them in a private temporary database that it spills to disk and removes by itself.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from xl_datasync.core.problems import PLACES_KEPT, PLACES_SHOWN
from xl_datasync.core.values import INVISIBLE

CACHE_KIB = 8_192
HELD_MOST = 1 << 17
_DROPPED = str.maketrans("", "", INVISIBLE)


@dataclass(frozen=True)
class Repeated:
    """Identifiers that meet: the rows of the sheet they stand in, and how they are written there."""

    rows: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """How many of the sheet's identifiers are known, and the first (identifier, row) of either kind."""

    found: int
    first_found: tuple[tuple[str, int], ...]
    first_missing: tuple[tuple[str, int], ...]


class IdentifierIndex:
    """Collects identifiers with their rows, then answers which of them meet; close it when done.

    :param numeric: whether identifiers are numbers, so that ``1`` and ``1.0`` are the same (protocol §8).
    """

    def __init__(self, *, numeric: bool = False) -> None:
        self._numeric = numeric
        self._ascii = True
        self._key = "number_key(id)" if numeric else "id"
        self._texts: list[str] = []
        self._rows = array("q")
        self._stored = False
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.create_function("number_key", 1, number_key, deterministic=True)
        self._db.create_function("near_key", 1, near_key, deterministic=True)
        self._db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self._db.execute("CREATE TABLE ids (id TEXT, row INTEGER)")
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Give the temporary database back; the index cannot be used afterwards."""
        self._db.close()

    def add(self, texts: Sequence[str], rows: Sequence[int]) -> None:
        """Add the identifiers of one block; blank ones are left out."""
        self._ascii = self._ascii and "".join(texts).isascii()
        if "" in texts:
            rows = [row for text, row in zip(texts, rows, strict=True) if text]
            texts = [text for text in texts if text]
        self._texts += texts
        self._rows.extend(rows)
        if len(self._texts) > HELD_MOST:
            self._store()

    def duplicates(self) -> tuple[int, list[Repeated]]:
        """How many identifiers stand in more than one row, and the first of them in the order of the sheet."""
        if self._all_differ(map(number_key, self._texts) if self._numeric else self._texts):
            return 0, []
        return self._meeting(self._key, "count(*) > 1")

    def near_duplicates(self) -> tuple[int, list[Repeated]]:
        """Likewise for texts that differ only in case or in spaces: the portal takes them for different rows."""
        if self._numeric or self._all_differ(self._near_keys()):
            return 0, []
        # SQLite's own functions know ASCII only, but are many times faster than calling back.
        in_sql = "lower(replace(replace(replace(id, ' ', ''), char(9), ''), char(10), ''))"
        return self._meeting(in_sql if self._ascii else "near_key(id)", "count(DISTINCT id) > 1")

    def _near_keys(self) -> Iterable[str]:
        joined = "".join(self._texts)
        plain = joined.isascii() and joined == joined.lower() and not any(map(str.isspace, set(joined)))
        return self._texts if plain else map(near_key, self._texts)

    def _all_differ(self, keys: Iterable[str]) -> bool:
        """Whether it is known, without the database, that no two identifiers meet."""
        return not self._stored and len(set(keys)) == len(self._texts)

    def _store(self) -> None:
        """Put what is held into the database."""
        self._db.executemany("INSERT INTO ids VALUES (?, ?)", zip(self._texts, self._rows, strict=True))
        self._stored = self._stored or bool(self._texts)
        self._texts, self._rows = [], array("q")

    def compare(self, known: Iterable[str]) -> Comparison:
        """Compare the sheet's identifiers with those that are known elsewhere."""
        self._store()
        self._db.execute("DROP TABLE IF EXISTS known")
        self._db.execute("CREATE TABLE known (id PRIMARY KEY) WITHOUT ROWID")
        keys = map(number_key, known) if self._numeric else known
        self._db.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((key,) for key in keys))
        (found,) = self._db.execute(f"SELECT count(*) FROM ids WHERE {self._key} IN known").fetchone()
        first = f"SELECT id, row FROM ids WHERE {self._key} {{}} known ORDER BY row LIMIT {PLACES_KEPT}"
        return Comparison(
            found, tuple(self._db.execute(first.format("IN"))), tuple(self._db.execute(first.format("NOT IN")))
        )

    def texts(self) -> Iterator[str]:
        """All identifiers, in the order of the sheet."""
        self._store()
        return (text for (text,) in self._db.execute("SELECT id FROM ids ORDER BY rowid"))

    def repeated_rows(self) -> Iterator[int]:
        """The rows of all identifiers that stand in more than one, however many there are."""
        self._store()
        repeated = f"SELECT {self._key} AS k FROM ids GROUP BY k HAVING count(*) > 1"
        return (row for (row,) in self._db.execute(f"SELECT row FROM ids WHERE {self._key} IN ({repeated})"))

    def clear(self) -> None:
        """Forget all identifiers, so that the rows can be gone over again."""
        self._texts, self._rows, self._stored, self._ascii = [], array("q"), False, True
        self._db.execute("DELETE FROM ids")

    def _meeting(self, key: str, condition: str) -> tuple[int, list[Repeated]]:
        self._store()
        # key and condition are fixed texts of this module, never data.
        grouped = f"SELECT {key} AS k, min(row) AS first FROM ids GROUP BY k HAVING {condition}"
        (count,) = self._db.execute(f"SELECT count(*) FROM ({grouped})").fetchone()
        if not count:
            return 0, []
        keys = [found for found, _ in self._db.execute(f"{grouped} ORDER BY first LIMIT {PLACES_KEPT}")]
        members: dict[object, list[tuple[int, str]]] = {found: [] for found in keys}
        marks = ", ".join("?" * len(keys))
        query = f"SELECT {key} AS k, row, id FROM ids WHERE k IN ({marks}) ORDER BY rowid"
        for found, row, text in self._db.execute(query, keys):
            if len(members[found]) < PLACES_SHOWN:
                members[found].append((row, text))
        return count, [_repeated(places) for places in members.values()]


def _repeated(places: Sequence[tuple[int, str]]) -> Repeated:
    return Repeated(tuple(row for row, _ in places), tuple(text for _, text in places))


def number_key(text: str) -> str:
    """A number's text, the same for all ways to write it; exact, because a portal's numbers may be of any length."""
    if text.isdecimal() and text[0] != "0" and text[-1] != "0":
        return text
    try:
        number = Decimal(text)
        return str(Decimal((number.is_signed(), *_stripped(number)))) if number else "0"
    except (InvalidOperation, TypeError, ValueError):
        return text


def _stripped(number: Decimal) -> tuple[tuple[int, ...], int]:
    """Digits and exponent without zeros at the end; :meth:`Decimal.normalize` would round to 28 digits."""
    _, digits, exponent = number.as_tuple()
    zeros = 0
    while digits[-1 - zeros] == 0:
        zeros += 1
    return digits[: len(digits) - zeros], int(exponent) + zeros


def near_key(text: str) -> str:
    """What texts have in common that differ only in case, in spaces, or in characters nobody sees."""
    return "".join(text.casefold().translate(_DROPPED).split())
