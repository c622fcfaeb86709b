"""The file of a backup: gzip over lines of JSON, a header, a line for each row, and a footer that proves it whole."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.exact_json import digits, exact_encoder

# Measured: level 1 costs a third of the encoding, level 6 as much as it, for a file a quarter smaller.
_LEVEL = 1
_GZIP = 31  # zlib's word for: with the header and the check sum of a gzip file
# Characters that are gathered before they are compressed, for speed.
_BLOCK = 256 * 1024
# Bytes of the longest header that is looked at, so that a foreign file of one endless line costs no memory.
_LONGEST_HEADER = 64 * 1024 * 1024
# Python refuses to make an int of more digits than somebody may have allowed; 640 are always allowed.
_INT_DIGITS = 640


def encoded(value: object) -> str:
    """A value as JSON on one line; a Decimal as a number with all its digits, what JSON has no word for as text."""
    try:
        return _encode(value)
    except (TypeError, ValueError):  # an odd key, or a whole number that Python does not print for its length
        return _encoded_exactly(value)


# Three times as fast as going through the row piece by piece, and points of a map are two Decimals in each row.
_encode = exact_encoder(lambda value: dict(value) if isinstance(value, Mapping) else str(value))


def _encoded_exactly(value: object) -> str:
    """As :func:`encoded`, piece by piece."""
    match value:
        case Mapping():
            pairs = (f"{_encode(str(key))}:{_encoded_exactly(item)}" for key, item in value.items())
            return f"{{{','.join(pairs)}}}"
        case list() | tuple():
            return f"[{','.join(map(_encoded_exactly, value))}]"
        case Decimal():
            return digits(value)
        case bool() | None | str() | float():
            return _encode(value)
        case int():
            return str(Decimal(value))  # of any length
        case _:
            return _encode(str(value))


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _INT_DIGITS else Decimal(digits)


_decode = json.JSONDecoder(parse_float=Decimal, parse_int=_whole, parse_constant=Decimal).decode


class RowPacker:
    """Turns a header and rows into the bytes of the file, a block at a time; ``rows`` counts them."""

    def __init__(self, header: Mapping[str, object]) -> None:
        self.rows = 0
        self._digest = hashlib.sha256()
        self._zip = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._lines = [encoded(header)]
        self._waiting = len(self._lines[0])

    def add(self, row: Mapping[str, object] | str) -> bytes:
        """Take in one row, or its JSON on one line; what comes back, mostly nothing, is to be written."""
        line = row if isinstance(row, str) else encoded(row)
        self._lines.append(line)
        self._waiting += len(line)
        self.rows += 1
        return self._packed() if self._waiting > _BLOCK else b""

    def finish(self) -> bytes:
        """The end of the file."""
        rest = self._packed()
        footer = encoded({"rows": self.rows, "sha256": self._digest.hexdigest()})
        return rest + self._zip.compress(f"{footer}\n".encode()) + self._zip.flush()

    def _packed(self) -> bytes:
        """The lines that wait, compressed."""
        if not self._lines:
            return b""
        # A lone surrogate, which UTF-8 has no place for, becomes its JSON escape.
        self._lines.append("")
        block = "\n".join(self._lines).encode("utf-8", "backslashreplace")
        self._lines.clear()
        self._waiting = 0
        self._digest.update(block)
        return self._zip.compress(block)


def spoilt(path: Path) -> WorkbookError:
    """The error for a backup that is not what was written."""
    return WorkbookError(
        f"The backup {path.name} has been changed or cut short; it is not used.",
        where=str(path.parent),
        remedy="Bring the file back from your own backups; nothing else can undo that run.",
    )


def parsed(path: Path, line: bytes) -> dict[str, Any]:
    """The JSON object of one line; its fractions are Decimals.

    :raises WorkbookError: where it holds none.
    """
    try:
        value = _decode(line.decode("utf-8"))
    except (ValueError, ArithmeticError, RecursionError):
        raise spoilt(path) from None
    if not isinstance(value, dict):
        raise spoilt(path)
    return value


def first_line(path: Path) -> bytes:
    """The header's line.

    :raises WorkbookError: where the file cannot be read, or is no gzip file.
    """
    with _reading(path) as lines:
        return lines.readline(_LONGEST_HEADER)


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines but the footer, which is checked when they have all come.

    :raises WorkbookError: as soon as anything is wrong with the file; for a changed row that is at the end.
    """
    digest = hashlib.sha256()
    rows = -1  # the header is none
    waiting = b""
    with _reading(path) as lines:
        for line in lines:
            if waiting:
                digest.update(waiting)
                rows += 1
                yield waiting
            waiting = line
    footer = parsed(path, waiting)
    if rows < 0 or footer != {"rows": rows, "sha256": digest.hexdigest()}:
        raise spoilt(path)


@contextmanager
def _reading(path: Path) -> Iterator[io.BufferedReader]:
    """The uncompressed bytes of a file.

    :raises WorkbookError: where they cannot be had.
    """
    try:
        with path.open("rb") as file, gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
            yield io.BufferedReader(unpacked, _BLOCK)  # its lines come twice as fast
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise spoilt(path) from None
    except OSError as error:
        raise WorkbookError(
            f"The backup {path.name} cannot be read ({error.strerror or type(error).__name__}).",
            where=str(path.parent),
            remedy="Make sure that it is there and may be read, or bring it back from your own backups.",
        ) from error
