"""Whether two sets of rows are the same, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

_MODULUS = 1 << 128


class RowsFingerprint:
    """Counts rows and adds up their hashes, so that rows that came twice count twice and no row is kept."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, texts: Sequence[str]) -> None:
        """Take in one row: the texts of its cells, always in the same order of columns."""
        # The lengths go before the texts, so that "ab","c" and "a","bc" differ.
        row = f"{','.join(map(str, map(len, texts)))}:{''.join(texts)}"
        digest = blake2b(row.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._sum += int.from_bytes(digest, "big")
        self.rows += 1

    @property
    def value(self) -> str:
        """What is equal where the rows are equal: how many there were, and the sum modulo 2**128."""
        return f"{self.rows}-{self._sum % _MODULUS:032x}"
