"""Reads .csv, .tsv and .txt files: every value is text, and nothing is guessed about it.

Row numbers are those Excel would show: a record with line breaks inside quotes is one row, an empty line is a row.
"""

from __future__ import annotations

import codecs
import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from types import TracebackType

from xl_datasync.core.errors import DataSyncError, WorkbookError
from xl_datasync.core.values import Block, TableShape
from xl_datasync.workbook.blocks import GENERAL, without_blank_tail
from xl_datasync.workbook.faults import cannot_open
from xl_datasync.workbook.header import (
    SEARCHED_ROWS,
    blank_header,
    check_header_row,
    find_header,
    header_text,
    letter_names,
    name_columns,
    no_header,
)
from xl_datasync.workbook.protocol import ConfigRows, Source
from xl_datasync.workbook.stamp import FileStamp

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
_LONG_LINES = 20
_SEPARATORS = ",;\t|"
_SAMPLE = 1 << 16
_RESAVE = "Save it in Excel as “CSV UTF-8” (File > Save As), and name that file in the job."


class TextWorkbook:
    """A text file of records, open for reading. It is one table."""

    in_excel = False

    def __init__(self, path: Path, notes: tuple[str, ...] = ()) -> None:
        self.path = path
        self.name = path.name
        with _reading(path.name):
            stamp = FileStamp.of(path)
            encoding = _encoding(path)
            self._records = _Records(stamp, encoding, *_separator(path, encoding))
        self.notes = notes

    def read_table(self, source: Source) -> TextTable:
        """Find the columns of the only table."""
        if source.name.strip().casefold() not in {"", self.name.casefold(), self.path.stem.casefold()}:
            raise WorkbookError(
                f"A text file has no sheet, table or name “{source.name}”.",
                where=self.name,
                remedy="Leave the job's “Sheet, table or range” blank.",
            )
        return _table(self._records, source.header_row)

    def config_table(self, sheet: str, table: str) -> ConfigRows | None:  # noqa: ARG002  # there are none
        """A text file holds no config tables."""
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def __enter__(self) -> TextWorkbook:  # noqa: PYI034  # Self needs Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@dataclass(frozen=True)
class _Records:
    """The records of a file, read from the top at each call."""

    stamp: FileStamp
    encoding: str
    separator: str
    skipped_lines: int

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.stamp.path

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """Each record with the number of its first line in the file."""
        _allow_long_fields()
        with _reading(self.path.name), self.path.open(newline="", encoding=self.encoding) as stream:
            self.stamp.unchanged()
            for _ in range(self.skipped_lines):
                stream.readline()
            reader = csv.reader(stream, delimiter=self.separator, strict=True)
            line = 1
            try:
                for record in reader:
                    yield line + self.skipped_lines, record
                    line = reader.line_num + 1
            except csv.Error as error:
                raise WorkbookError(
                    "A quotation mark is not closed, or stands inside a value without being doubled.",
                    where=f"{self.path.name}, line {line + self.skipped_lines}",
                    remedy="Correct the line, or open the file in Excel and save it again as CSV UTF-8.",
                    reference=str(error),
                ) from error
            self.stamp.unchanged()


@dataclass(frozen=True)
class TextTable:
    """The table in a text file."""

    records: _Records
    shape: TableShape

    def blocks(self, rows_per_block: int = 1000) -> Iterator[Block]:
        """Read the records below the header, from the top at each call."""
        return without_blank_tail(self._blocks(rows_per_block))

    def _blocks(self, rows_per_block: int) -> Iterator[Block]:
        width, row = len(self.shape.columns), self.shape.first_row
        if not width:
            return
        records = islice(self.records.numbered(), row - 1, None)
        while part := list(islice(records, rows_per_block)):
            rows = [record for _line, record in part]
            if set(map(len, rows)) != {width}:
                rows = self._even(part, width, records)
            yield _block(row, rows)
            row += len(rows)

    def _even(
        self, part: list[tuple[int, list[str]]], width: int, rest: Iterator[tuple[int, list[str]]]
    ) -> list[list[str]]:
        """Records of equal length: short ones are filled up, and values beyond the last header are a fault."""
        if any(_is_long(record, width) for _line, record in part):
            long = (line for lines in (part, rest) for line, record in lines if _is_long(record, width))
            raise self._too_long(list(islice(long, _LONG_LINES + 1)), width)
        return [record[:width] + [""] * (width - len(record)) for _line, record in part]

    def _too_long(self, lines: list[int], width: int) -> WorkbookError:
        shown = ", ".join(map(str, lines[:_LONG_LINES])) + (" and others" if len(lines) > _LONG_LINES else "")
        return WorkbookError(
            f"Some lines have more values than the {width} columns of the header: "
            f"line{'s' if len(lines) > 1 else ''} {shown}.",
            where=self.records.path.name,
            remedy="A value with a separator or line break in it must stand in double quotes. Correct these lines, or "
            "save the file again from the program it comes from.",
        )


def _table(records: _Records, header_row: int | None) -> TextTable:
    where = records.path.name
    check_header_row(header_row, where)
    header = header_row
    if header is None:
        top = (record for _line, record in islice(records.numbered(), SEARCHED_ROWS))
        header = find_header(list(enumerate(top, 1)), where)
    if header is None:
        if any(any(record) for _line, record in records.numbered()):
            raise no_header(where)
        names = []
    elif header:
        names = _header_names(records, header)
    else:
        names = letter_names(0, max((len(record) for _line, record in records.numbered()), default=0))
    shape = TableShape(
        sheet=where,
        columns=name_columns(names, 0, lambda _: False),
        header_row=header or None,
        first_row=(header or 0) + 1,
    )
    return TextTable(records, shape)


def _header_names(records: _Records, header: int) -> list[str]:
    """The texts of the header; blank ones at its end count only where there are values below."""
    _line, record = next(islice(records.numbered(), header - 1, None), (0, []))
    names = [header_text(text) for text in record]
    if not any(names):
        raise blank_header(header, records.path.name)
    while not names[-1] and not _column_filled(records, header, len(names) - 1):
        names.pop()
    return names


def _column_filled(records: _Records, header: int, index: int) -> bool:
    rows = (record for _line, record in islice(records.numbered(), header, None))
    return any(len(record) > index and record[index] for record in rows)


def _is_long(record: Sequence[str], width: int) -> bool:
    return len(record) > width and any(record[width:])


def _block(first_row: int, rows: list[list[str]]) -> Block:
    columns = [[text or None for text in column] if "" in column else column for column in zip(*rows, strict=True)]
    return Block(
        range(first_row, first_row + len(rows)),
        columns,
        lambda _: [GENERAL] * len(rows),
        lambda _: [None] * len(rows),
    )


def _encoding(path: Path) -> str:
    """UTF-8 or, by its mark, UTF-16.

    :raises WorkbookError: for any other, such as that of Excel's plain CSV: its bytes mean other letters in each part
        of the world, and nothing in the file says which.
    """
    with path.open("rb") as stream:
        start = stream.read(_SAMPLE)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if b"\0" in start:
            raise WorkbookError("It is not a text file.", where=path.name, remedy=_RESAVE)
        _check_utf8(chain([start], iter(partial(stream.read, 1 << 20), b"")), path.name)
    return "utf-8-sig"


def _check_utf8(parts: Iterable[bytes], name: str) -> None:
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 1
    try:
        for part in parts:
            decoder.decode(part)
            lines += part.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line = lines + error.object[: error.start].count(b"\n")
        raise WorkbookError(
            "The file is not in UTF-8, so nobody can tell which letters are meant beyond A to Z.",
            where=f"{name}, line {line}",
            remedy=_RESAVE,
            reference=str(error),
        ) from error


def _separator(path: Path, encoding: str) -> tuple[str, int]:
    """The separator, and how many lines to leave out: Excel's own ``sep=;`` is not data."""
    with path.open(newline="", encoding=encoding) as stream:
        sample = stream.read(_SAMPLE)
    first = sample.partition("\n")[0].strip()
    if first.casefold().startswith("sep=") and len(first) == 5:
        return first[4], 1
    if path.suffix.casefold() == ".tsv":
        return "\t", 0
    return max(_SEPARATORS, key=lambda separator: _evenness(sample, separator)), 0


def _evenness(sample: str, separator: str) -> tuple[float, int]:
    """How well a separator splits the first records: the share of the commonest width above one, then the width.

    :class:`csv.Sniffer` looks at quotes first and is led astray by values such as ``"Smith; John"``.
    """
    _allow_long_fields()
    reader = csv.reader(sample.splitlines(keepends=True), delimiter=separator)
    widths = [len(record) for record in islice(reader, SEARCHED_ROWS) if record]
    split = [width for width in widths if width > 1]
    commonest = max(split, key=split.count, default=1)
    return split.count(commonest) / max(len(widths), 1), commonest


def _allow_long_fields() -> None:
    # The csv module refuses fields above 131,072 characters unless told otherwise; it can be told for all only.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except DataSyncError:
        raise
    except UnicodeError as error:
        raise WorkbookError(
            "Its characters are neither UTF-8 nor UTF-16.",
            where=name,
            remedy=_RESAVE,
            reference=str(error),
        ) from error
    except OSError as error:
        raise cannot_open(name, error) from error
