"""CSV as RFC 4180 has it, written a block of columns at a time.

The standard library's writer looks at every character of every field; here a column in which no field needs quotes is
known to need none after one search of the whole column, which halves the time (the figures are in docs/benchmarks.md).
Tests hold the result to the standard library's reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import BinaryIO

LINE_END = "\r\n"
# One cell may be long, a polygon for example; the csv module's own limit is 128 KB and it is one for the process.
LONGEST_CELL = 2**31 - 1


class CsvWriter:
    """Writes a header and blocks of columns as UTF-8, counting bytes and hashing them on the way."""

    def __init__(self, out: BinaryIO, names: Sequence[str]) -> None:
        self._out = out
        self._hash = hashlib.sha256()
        self.size = 0
        self._write(_lines([[name] for name in names]))

    def write(self, columns: Sequence[Sequence[str]]) -> None:
        """Write one block: for each column its texts, all of one length."""
        if columns and columns[0]:
            self._write(_lines(columns))

    @property
    def sha256(self) -> str:
        """Hex digest of all that was written so far."""
        return self._hash.hexdigest()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8")
        self._out.write(data)
        self._hash.update(data)
        self.size += len(data)


def _lines(columns: Sequence[Sequence[str]]) -> str:
    quoted = [_quoted(column) for column in columns]
    if len(quoted) == 1:
        # A line of its own that is empty would be skipped by readers.
        quoted = [[text or '""' for text in quoted[0]]]
    return LINE_END.join(map(",".join, zip(*quoted, strict=True))) + LINE_END


def _quoted(column: Sequence[str]) -> Sequence[str]:
    if not _needs_quotes("".join(column)):
        return column
    return ['"' + text.replace('"', '""') + '"' if _needs_quotes(text) else text for text in column]


def _needs_quotes(text: str) -> bool:
    # Four plain searches are ten times as fast as one for any of four characters.
    return "," in text or '"' in text or "\n" in text or "\r" in text
