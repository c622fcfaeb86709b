"""Answers to SODA2 reads: rows streamed as JSON or CSV, with the headers that go with them (protocol §4)."""

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from email.utils import formatdate
from itertools import chain

from .dataset import State
from .query import Field, Statement
from .rowids import row_id, row_version
from .soql import malformed
from .types import DATA_TYPES, number_text

_PIECE_ROWS = 500
_HEADER_LIMIT = 4096
_SODA_NAMES = {"row_identifier": "row_identifier", "row_version": "row_version", "null": "text"}
Row = tuple[object, ...]


def run(connection: sqlite3.Connection, statement: Statement) -> Iterator[Row]:
    """The rows of a statement; it is run up to its first row here, so that what fails can still be a 400."""
    try:
        cursor = connection.execute(statement.sql, statement.parameters)
        first = cursor.fetchone()
    except (sqlite3.Error, OverflowError) as error:
        raise malformed(f"the query cannot be run: {error}") from None
    return iter(()) if first is None else chain([first], cursor)


def json_writer(field: Field) -> Callable[[object], object]:
    """How one field's stored value goes into JSON (protocol §4.2 [R][S])."""
    data_type = DATA_TYPES.get(field.type_name)
    # A checkbox comes back from the compiled statement as a truth value, like any other condition
    if field.family == "boolean":
        return bool
    if field.family == "number":
        return _number
    if data_type is not None:
        return data_type.to_json  # type: ignore[return-value]
    return {"row_identifier": _row_id, "row_version": _row_version}.get(field.family, _as_text)


def csv_writer(field: Field) -> Callable[[object], str]:
    """How one field's stored value goes into a CSV cell (protocol §4.2 [R][S])."""
    data_type = DATA_TYPES.get(field.type_name)
    if field.family == "boolean":
        return lambda value: "true" if value else "false"
    if data_type is not None and field.family != "number":
        return data_type.to_csv  # type: ignore[return-value]
    write = json_writer(field)
    return lambda value: str(write(value))


def _number(value: object) -> str:
    if isinstance(value, float):
        return number_text(Decimal(repr(value))).removesuffix(".0")
    return str(value)


def _row_id(value: object) -> str:
    return row_id(int(str(value)))


def _row_version(value: object) -> str:
    return row_version(int(str(value)))


def _as_text(value: object) -> str:
    return str(value)


def json_objects(fields: Iterable[Field], rows: Iterable[Row]) -> Iterator[dict[str, object]]:
    """Rows as objects, nulls left out."""
    writers = [(field.name, json_writer(field)) for field in fields]
    for row in rows:
        yield {name: write(value) for (name, write), value in zip(writers, row, strict=True) if value is not None}


def json_chunks(fields: Iterable[Field], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON array, one row on each line, separated by a newline and a comma (protocol §4.2 [R])."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = (encode(item) for item in json_objects(fields, rows))
    return _in_pieces(chain(["["], _separated(lines, "\n,"), ["]\n"]))


def _separated(lines: Iterator[str], separator: str) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield separator + line if number else line


def csv_chunks(fields: tuple[Field, ...], rows: Iterable[Row], *, bom: bool) -> Iterator[bytes]:
    """CSV with field names on top and every value in quotes; a null is an empty cell without (protocol §4.2)."""
    writers = [csv_writer(field) for field in fields]
    header = ("\ufeff" if bom else "") + ",".join(_quoted(field.name) for field in fields) + "\n"
    lines = (
        ",".join("" if value is None else _quoted(write(value)) for write, value in zip(writers, row, strict=True))
        + "\n"
        for row in rows
    )
    return _in_pieces(chain([header], lines))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _in_pieces(lines: Iterator[str]) -> Iterator[bytes]:
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if len(piece) == _PIECE_ROWS:
            yield "".join(piece).encode()
            piece.clear()
    yield "".join(piece).encode()


def gzip_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes packed with gzip, as the real portal sends them when accepted (protocol §0 [R])."""
    packer = zlib.compressobj(level=1, wbits=31)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def read_headers(state: State, truth: State, fields: Iterable[Field]) -> dict[str, str]:
    """The headers of a read; `state` is what was read, `truth` what the last write left (protocol §4.5 [R])."""
    fields = tuple(fields)
    headers = {
        "X-SODA2-Data-Out-Of-Date": "true" if state.truth_version < truth.truth_version else "false",
        "X-SODA2-Truth-Last-Modified": http_date(truth.rows_updated_at),
        "X-SODA2-Secondary-Last-Modified": http_date(state.rows_updated_at),
        "Last-Modified": http_date(state.rows_updated_at),
        "Vary": "Accept-Encoding",
    }
    described = {
        "X-SODA2-Fields": json.dumps([field.name for field in fields]),
        "X-SODA2-Types": json.dumps([_soda_name(field) for field in fields]),
    }
    if max(map(len, described.values())) <= _HEADER_LIMIT:
        headers.update(described)
    return headers


def _soda_name(field: Field) -> str:
    data_type = DATA_TYPES.get(field.type_name)
    return data_type.soda_name if data_type else _SODA_NAMES.get(field.family, field.family)


def http_date(epoch_seconds: float) -> str:
    """A moment as HTTP headers write it."""
    return formatdate(epoch_seconds, usegmt=True)
