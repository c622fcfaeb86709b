"""What is uploaded: a file as it is, cut into parts, as deletions, or as JSON rows. Files in, files out.

Every body is a file of known length that can be read again from its beginning, because a request may be repeated.
"""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO

from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.portal.json_lines import BLOCK, json_rows_of_csv, with_nulls, write_array

IN_MEMORY = 4 * 1024 * 1024
CSV_TYPE = "text/csv"
JSON_TYPE = "application/json"


class Body:
    """An upload with a known length, read in large blocks and again from the start for a repeat.

    :param watch: called with the number of bytes taken so far.
    """

    def __init__(self, file: IO[bytes], length: int, watch: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._length = length
        self._watch = watch
        self._taken = 0

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.read(BLOCK), b"")

    @property
    def started(self) -> bool:
        """Whether any of it has been handed to the connection since :meth:`rewind`."""
        return self._taken > 0

    def rewind(self) -> None:
        """Go back to the beginning."""
        self._file.seek(0)
        self._taken = 0

    def read(self, size: int = -1) -> bytes:
        """The next block."""
        block = self._file.read(size)
        self._taken += len(block)
        if block and self._watch:
            self._watch(self._taken)
        return block

    def tell(self) -> int:
        """Where reading stands."""
        return self._taken


@dataclass(frozen=True)
class Part:
    """One request's worth of rows, as a file that closes with the part."""

    file: IO[bytes]
    length: int
    rows: int
    content_type: str = CSV_TYPE


def parts_of(delivery: Delivery) -> Generator[Part, None, None]:
    """The requests a delivery needs, one after the other; each part is gone when the next is asked for.

    Replace and append are always one request, because only one request is one transaction (protocol §3.8 [S][C]).

    :raises ValueError: where rows are to be deleted that stand in JSON.
    """
    with delivery.file.open("rb", buffering=BLOCK) as file:
        if delivery.json_lines:
            yield from _json_parts(delivery, file)
            return
        if delivery.method is Method.UPSERT and delivery.keep_blanks:
            lines, content_type = json_rows_of_csv(delivery), JSON_TYPE
        elif delivery.method is Method.DELETE:
            lines, content_type = _deletions(records(file)), CSV_TYPE
        elif parts_needed(delivery) == 1:
            yield Part(file, file_size(delivery.file), delivery.rows)
            return
        else:
            lines, content_type = records(file), CSV_TYPE
        yield from _cut(lines, delivery.rows_per_request, content_type)


def _json_parts(delivery: Delivery, file: IO[bytes]) -> Iterator[Part]:
    if delivery.method is Method.DELETE:
        raise ValueError("rows to be deleted are given as CSV")
    if delivery.method is Method.UPSERT:
        lines = file if delivery.keep_blanks else with_nulls(file, delivery.columns)
        yield from _cut(chain([b"["], map(bytes.rstrip, lines)), delivery.rows_per_request, JSON_TYPE)
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as array:
        write_array(file, array)
        yield Part(array, array.tell(), delivery.rows, JSON_TYPE)


def parts_needed(delivery: Delivery) -> int:
    """How many requests a delivery needs."""
    if delivery.method in (Method.REPLACE, Method.APPEND):
        return 1
    return -(-delivery.rows // delivery.rows_per_request)


def file_size(path: Path) -> int:
    """Bytes of a file."""
    return path.stat().st_size


def gzipped(file: IO[bytes]) -> tuple[IO[bytes], int]:
    """The file compressed into a temporary one, and its length."""
    packer = zlib.compressobj(1, wbits=31)  # 31: with gzip's own head and foot
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller closes it
    file.seek(0)
    for block in iter(lambda: file.read(BLOCK), b""):
        target.write(packer.compress(block))
    target.write(packer.flush())
    return target, target.tell()


def records(lines: Iterable[bytes]) -> Iterator[bytes]:
    """CSV records from lines: a line belongs to the next one as long as a quoted field is open (RFC 4180).

    A quote inside a quoted field is doubled, so a record is whole exactly where its quotes are even in number.
    """
    held: list[bytes] = []
    inside = False
    for line in lines:
        if line.count(b'"') % 2:
            inside = not inside
        if not inside and not held:
            yield line
            continue
        held.append(line)
        if not inside:
            yield b"".join(held)
            held.clear()
    if held:
        yield b"".join(held)


def _deletions(rows: Iterator[bytes]) -> Iterator[bytes]:
    """A list of identifiers as rows that say they are to be deleted (protocol §3.4 [D])."""
    yield next(rows, b"").rstrip(b"\r\n") + b",:deleted\r\n"
    for row in rows:
        yield row.rstrip(b"\r\n") + b",true\r\n"


def _cut(lines: Iterator[bytes], rows_per_request: int, content_type: str) -> Iterator[Part]:
    """Parts of at most so many rows, each beginning with the first item of ``lines``."""
    head = next(lines, b"")
    separator, end = (b"\n,", b"]") if content_type == JSON_TYPE else (b"", b"")
    for first in lines:
        rows = 1
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            file.write(head + first)
            for line in islice(lines, rows_per_request - 1):
                file.write(separator + line)
                rows += 1
            file.write(end)
            yield Part(file, file.tell(), rows, content_type)
