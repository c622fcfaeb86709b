"""Rows as JSON, one object a line: written from what the portal gave, and made into what the portal takes.

A JSON text has no line break but between its tokens, and none is written there: a line is a row.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, NoReturn

from xl_datasync.core.csv_text import LONGEST_CELL
from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Delivery
from xl_datasync.core.exact_json import exact_encoder
from xl_datasync.portal.cells import json_writer

# Large blocks: with the HTTP library's own 16 KB a fast line is not filled.
BLOCK = 256 * 1024


def _refused(value: object) -> NoReturn:
    """Nothing is sent as what it is not."""
    raise TypeError(f"no JSON for {type(value).__name__}")


_encode = exact_encoder(_refused)


def row_line(row: Mapping[str, object]) -> bytes:
    """One line for a row as the portal gave it: field name to value, fractions with every digit they came with."""
    return json_bytes(row) + b"\n"


def json_bytes(value: object) -> bytes:
    """JSON as short as it can be, fractions with every digit."""
    return _encode(value).encode()


def with_nulls(lines: Iterable[bytes], columns: Sequence[Column]) -> Iterator[bytes]:
    """Rows in which every column is named: what a row does not name, an upsert would keep (protocol §3.3 [S]).

    The rest of a line stays as it is, to the digit.
    """
    names = {column.field_name: f"{_encode(column.field_name)}:null".encode() for column in columns}
    for line in lines:
        row = json.loads(line)
        missing = b",".join(null for name, null in names.items() if name not in row)
        if missing:
            rest = line.lstrip()[1:]
            yield b"{" + missing + (b"," if row else b"") + rest
        else:
            yield line


def write_array(lines: IO[bytes], target: IO[bytes]) -> None:
    """Lines as one JSON array, in blocks, so that a million rows cost no memory."""
    target.write(b"[")
    held = b""
    for block in iter(lambda: lines.read(BLOCK), b""):
        # The line break at the end is held back until it is known that another row follows.
        text = held + block
        whole = text.rstrip(b"\n")
        target.write(whole.replace(b"\n", b"\n,"))
        held = text[len(whole) :]
    target.write(b"]")


def json_rows_of_csv(delivery: Delivery) -> Iterator[bytes]:
    """A CSV file's rows as JSON objects without their empty cells, which so keep what the portal has (§3.3 [S]).

    The first item is what stands before the rows, as a header does in CSV.
    """
    csv.field_size_limit(LONGEST_CELL)
    writers = [(column.field_name, json_writer(column)) for column in delivery.columns]
    yield b"["
    with delivery.file.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        for cells in rows:
            pairs = zip(writers, cells, strict=True)
            yield _encode({name: write(cell) for (name, write), cell in pairs if cell}).encode()
