"""Request bodies: taken in as a stream, unpacked and read row by row (protocol §3.2-3.4).

A body is first set aside whole, in memory or in a temporary file, as the real portal's front server does. So a
slow sender holds no lock, and a body cut half-way touches no row.
"""

import csv
import gzip
import io
import json
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import IO, cast

from werkzeug.wrappers import Request

from .errors import Refusal, invalid_request

_IN_MEMORY = 8 * 1024 * 1024
_PIECE = 256 * 1024
_TYPES = {"application/json": "json", "text/csv": "csv"}


def body_kind(request: Request, extension: str) -> str:
    """`json` or `csv`, by the Content-Type.

    Without one the extension of the address decides: sodapy sends its JSON so, and real portals take it.
    """
    if not request.mimetype:
        if extension in _TYPES.values():
            return extension
        raise Refusal(400, "req.content-type.missing", "No Content-Type was given")
    if request.mimetype not in _TYPES:
        raise Refusal(
            415,
            "req.content-type.not-json",
            f"Content-Type {request.mimetype} is not application/json or text/csv",
        )
    return _TYPES[request.mimetype]


@contextmanager
def open_body(request: Request) -> Iterator[io.TextIOWrapper]:
    """The whole body as text, unpacked if it is gzip; any other encoding is refused with 415."""
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Refusal(415, "unsupported_encoding", f"Content-Encoding {encoding} is not supported")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        while piece := request.stream.read(_PIECE):
            spool.write(piece)
        spool.seek(0)
        raw = cast(
            "IO[bytes]", gzip.GzipFile(fileobj=cast("IO[bytes]", spool), mode="rb") if encoding == "gzip" else spool
        )
        with _refusing_bad_bytes(), _text(raw) as text:
            yield text


@contextmanager
def _refusing_bad_bytes() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise invalid_request(f"The body is not UTF-8: {error.reason}") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise invalid_request(f"The body is not valid gzip: {error}") from None


def _text(raw: IO[bytes]) -> io.TextIOWrapper:
    # A spooled file is not an io.BufferedIOBase before Python 3.11, which TextIOWrapper asks for
    buffered = io.BufferedReader(cast("io.RawIOBase", _Readable(raw)), buffer_size=_PIECE)
    return io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="")


class _Readable(io.RawIOBase):
    """Any binary file as a raw stream."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        piece = self._source.read(len(view))
        view[: len(piece)] = piece
        return len(piece)


def malformed_csv(message: str, line: int) -> Refusal:
    """A CSV body that is not RFC 4180 (protocol §3.4)."""
    return Refusal(400, "req.body.malformed-csv", f"Line {line}: {message}", {"line": line})


def read_csv(text: IO[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each record, the header first; blank lines are left out."""
    # The csv module's limit is one for the whole process; a polygon as WKT easily passes its default
    csv.field_size_limit(max(csv.field_size_limit(), 2**30))
    reader = csv.reader(text, strict=True)
    try:
        for record in reader:
            if record:
                yield reader.line_num, record
    except csv.Error as error:
        raise malformed_csv(str(error), reader.line_num) from None


def _refuse_constant(text: str) -> object:
    raise json.JSONDecodeError(f"{text} is not JSON", text, 0)


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse_constant)
_BLANK = " \t\r\n"


def read_object_body(request: Request) -> dict[str, object]:
    """A body that is one JSON object; an empty body is an empty object. The Content-Type is not looked at.

    sodapy sends none with its JSON, and real portals take it.
    """
    with open_body(request) as text:
        content = text.read()
    if not content.strip():
        return {}
    try:
        value = json.loads(content, parse_constant=_refuse_constant)
        # Half of a surrogate pair is no character, and no answer could show it
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Refusal(400, "req.body.malformed-json", f"Malformed JSON: {error}") from None
    if not isinstance(value, dict):
        raise invalid_request("The body is not an object")
    return value


class _JsonText:
    """JSON text read piece by piece, decoded one value at a time."""

    def __init__(self, source: IO[str]) -> None:
        self._source = source
        self._text = ""
        self._at = 0
        self._line = 1

    def next_mark(self) -> str:
        """The next character that is not blank, not yet consumed; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._line += self._text[self._at] == "\n"
                self._at += 1
            if not self._more(_PIECE):
                return ""

    def skip(self) -> None:
        """Consume the character that `next_mark` showed."""
        self._at += 1

    def value(self) -> object:
        """Decode and consume the value that begins here."""
        size = _PIECE
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except (json.JSONDecodeError, ArithmeticError, RecursionError) as error:  # noqa: PERF203 - seldom more than once
                # The value may only be incomplete: fetch ever larger pieces until the source ends
                if not self._more(size):
                    raise self.malformed(str(error)) from None
                size *= 2
            else:
                self._line += self._text.count("\n", self._at, end)
                self._at = end
                return value

    def malformed(self, message: str) -> Refusal:
        """The refusal for text that is not JSON, with the line reached (protocol §3.7 [S])."""
        text = f"Malformed JSON at line {self._line}: {message}"
        return Refusal(400, "req.body.malformed-json", text, {"row": self._line})

    def _more(self, size: int) -> bool:
        piece = self._source.read(size)
        self._text = self._text[self._at :] + piece
        self._at = 0
        return bool(piece)


def read_json(text: IO[str]) -> Iterator[tuple[int, object]]:
    """Position from 1 and value of each row; numbers come as Decimal. One bare object is one row."""
    source = _JsonText(text)
    mark = source.next_mark()
    if mark == "[":
        source.skip()
        yield from _elements(source)
    elif mark == "{":
        yield 1, source.value()
    else:
        raise source.malformed("expected an array of rows or one row")
    if source.next_mark():
        raise source.malformed("text after the end of the rows")


def _elements(source: _JsonText) -> Iterator[tuple[int, object]]:
    number = 0
    if source.next_mark() == "]":
        source.skip()
        return
    while True:
        number += 1
        source.next_mark()
        yield number, source.value()
        mark = source.next_mark()
        source.skip()
        if mark == "]":
            return
        if mark != ",":
            raise source.malformed("expected a comma or the end of the array")
