"""Rows that were set aside, on a sheet in the shape of the one they come from: to be mended there and sent alone.

The columns stand under the letters they had, so that a column map still means the same. Three columns of ours follow:
the row's number on the sheet it comes from, a mark by which it is known again (hidden), and why it was set aside.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import to_excel

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.values import Block, ErrorValue, SheetColumn, TableShape, Value, is_blank, value_text
from xl_datasync.workbook.area import MAX_COLUMNS, Area, column_index
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.cells import ERRORS
from xl_datasync.workbook.plain_file import CellError, PlainRows, PlainSheet, write_plain_file
from xl_datasync.workbook.protocol import Source, Table, Workbook

SHEET = TITLE = "Set aside"
JOB = "Job: "
HELP = "Mend the cells; then these rows can be published alone. The last columns are not sent."
HEADER_ROW = 4
NUMBER, MARK, WHY = "Row on the sheet", "Mark of the row", "Why it was set aside"
OURS = (NUMBER, MARK, WHY)
# What a file cannot hold as it is: a formula without a result, a date that Excel cannot show.
OTHER_ERROR = "#VALUE!"
# Between a mark and the run, in one hidden cell.
OF_RUN = "@"


@dataclass(frozen=True)
class AsideRow:
    """One row that is set aside.

    :param formats: the number format of each cell; ``links`` the hyperlink of each, or None.
    :param number: the row's number on the sheet it comes from.
    :param why: what is wrong with it.
    :param noted: the mark that it had when it was set aside; ``""`` for one that is set aside now.
    :param run: the run that set it aside.
    :param extras: what somebody has written to the right of our columns.
    :param at: its row on the set-aside sheet, where it stands on one.
    """

    values: Sequence[Value]
    formats: Sequence[str]
    links: Sequence[str | None]
    number: Value
    why: str
    noted: str = ""
    run: str = ""
    extras: Sequence[Value] = ()
    at: int = 0

    @property
    def now(self) -> str:
        """The mark of the cells as they are."""
        return mark_of(self.values)

    @property
    def mark(self) -> str:
        """The mark of the cells as they were when the row was set aside."""
        return self.noted or self.now

    @property
    def stored_mark(self) -> str:
        """The mark as it stands in its cell, with the run."""
        return f"{self.mark}{OF_RUN}{self.run}" if self.run else self.mark

    @property
    def changed(self) -> bool:
        """Whether somebody has worked on it since."""
        return self.mark != self.now

    def key(self, places: Sequence[int]) -> str:
        """Its row identifier as it stands in the cells; ``""`` where there is none."""
        return key_text(self.values[place] for place in places)


@dataclass(frozen=True)
class AsideTable:
    """The rows that a job sets aside, under the columns of the sheet they come from.

    :param extras: the headers of columns that somebody has added to the right of ours.
    """

    job: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[AsideRow, ...]
    extras: tuple[str, ...] = ()

    @property
    def first_column(self) -> int:
        """Where the first column stands; 0 is A."""
        return column_index(self.columns[0].letter) if self.columns else 0

    @property
    def headers(self) -> list[str]:
        """All headers, ours among them."""
        return [*(column.header for column in self.columns), *OURS, *self.extras]

    def check_room(self, where: str) -> None:
        """Make sure that our columns fit beside the others.

        :raises WorkbookError: where they do not.
        """
        if self.first_column + len(self.headers) > MAX_COLUMNS:
            raise WorkbookError(
                "It has so many columns that its faulty rows cannot be set aside.",
                where=where,
                remedy="Remove columns that are not needed, or mend the faulty rows first.",
            )


@dataclass(frozen=True)
class SentRows:
    """What was sent just now from the sheet that rows were set aside from, as far as rows that wait may be among it.

    :param key: the places of the row identifier's columns; none where the dataset has no row identifier.
    :param by_key: the marks of rows that were sent, by their identifier; ``by_number`` by their number on the sheet.
    """

    key: tuple[int, ...] = ()
    by_key: Mapping[str, str] = field(default_factory=dict)
    by_number: Mapping[int, str] = field(default_factory=dict)

    def mark_of(self, row: AsideRow) -> str | None:
        """The mark of the row that was sent in a row's place; None where none was.

        A row with an identifier is known by that alone.
        """
        if self.key:
            return self.by_key.get(row.key(self.key))
        return self.by_number.get(int(row.number)) if isinstance(row.number, int | float) else None


@dataclass(frozen=True)
class Merged:
    """Rows that wait and rows that are set aside now, put together.

    :param kept: the rows that wait on, as they stand now; ``new`` those to put below them.
    :param doubtful: those of ``kept`` that were mended there, while they were sent with other values.
    """

    kept: tuple[AsideRow, ...]
    new: tuple[AsideRow, ...]
    doubtful: tuple[AsideRow, ...]


def mark_of(values: Iterable[Value]) -> str:
    """A short mark of a row's cells: what they hold, and whether it is a text."""
    cells = "\x1f".join(_known_again(value) for value in values)
    return hashlib.sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def key_text(values: Iterable[Value]) -> str:
    """A row identifier's cells, to be compared."""
    return "\x1f".join(_known_again(value).strip() for value in values).strip("\x1f")


def _known_again(value: Value) -> str:
    match value:
        case str():
            return "" if is_blank(value) else f"t{value}"
        case ErrorValue():
            return error_code(value)
        case dt.datetime():
            return value_text(value)
        case dt.date():
            return value_text(dt.datetime.combine(value, dt.time()))
        case _:
            return value_text(value)


def error_code(error: ErrorValue) -> str:
    """An error as a cell can hold it."""
    return error.code if error.code in ERRORS else OTHER_ERROR


def picked_rows(table: Table, why: Mapping[int, str], run: str, *, ours: bool) -> tuple[AsideRow, ...]:
    """The rows of a table that are set aside.

    :param run: the run that does it.
    :param ours: whether the table is itself one of rows set aside; they keep their numbers, their marks and their run.
    """
    if ours:
        return tuple(replace(row, why=why[row.at]) for row in old_rows(table) if row.at in why)
    columns = source_columns(table.shape, ours=False)
    found: list[AsideRow] = []
    for block in table.blocks():
        places = [place for place, row in enumerate(block.rows) if row in why]
        for place, (values, formats, links) in zip(places, _cells(block, places, columns), strict=True):
            row = block.rows[place]
            found.append(AsideRow(values, formats, links, row, why[row], run=run))
        if len(found) == len(why):
            break
    return tuple(found)


def old_rows(table: Table) -> Iterator[AsideRow]:
    """The rows that stand on a set-aside sheet."""
    shape = table.shape
    columns, extras = source_columns(shape, ours=True), extra_columns(shape)
    number, mark, why = (_find(shape, header) for header in OURS)
    for block in table.blocks():
        for place, (values, formats, links) in enumerate(_cells(block, range(len(block.rows)), columns)):
            if all(map(is_blank, values)):
                continue
            reason, noted = (value_text(_at(block, column, place)) for column in (why, mark))
            was, _, run = noted.partition(OF_RUN)
            notes = tuple(_at(block, column, place) for column in extras)
            origin = _at(block, number, place)
            yield AsideRow(values, formats, links, origin, reason, was, run, notes, block.rows[place])


def sent_rows(table: Table, waiting: Sequence[AsideRow], sent: Collection[int], key: Sequence[str]) -> SentRows:
    """Look up which of the rows that were sent may be rows that wait.

    :param sent: the numbers of the rows that are sent.
    :param key: the letters of the row identifier's columns.
    """
    columns = source_columns(table.shape, ours=False)
    places = tuple(place for place, column in enumerate(columns) if column.letter in key)
    keys = {row.key(places) for row in waiting} - {""} if places else set()
    numbers = {int(row.number) for row in waiting if isinstance(row.number, int | float)}
    by_key: dict[str, str] = {}
    by_number: dict[int, str] = {}
    for block in table.blocks() if waiting else ():
        for place, row in enumerate(block.rows):
            if row not in sent:
                continue
            known = key_text(block.columns[columns[at].index][place] for at in places) if keys else ""
            if known in keys or (not places and row in numbers):
                mark = mark_of(block.columns[column.index][place] for column in columns)
                by_number[row] = mark
                by_key |= {known: mark} if known else {}
    return SentRows(places, by_key, by_number)


def _at(block: Block, column: SheetColumn | None, place: int) -> Value:
    return block.columns[column.index][place] if column else None


def _cells(
    block: Block, places: Sequence[int], columns: Sequence[SheetColumn]
) -> Iterator[tuple[tuple[Value, ...], tuple[str, ...], tuple[str | None, ...]]]:
    """Values, number formats and links of some rows of a block; formats and links are asked for only where needed."""
    if not places:
        return
    formats = [block.formats(column.index) for column in columns]
    links = [block.links(column.index) for column in columns]
    for place in places:
        yield (
            tuple(block.columns[column.index][place] for column in columns),
            tuple(codes[place] for codes in formats),
            tuple(targets[place] for targets in links),
        )


def source_columns(shape: TableShape, *, ours: bool) -> tuple[SheetColumn, ...]:
    """The columns of a table that come from the sheet, without those that stand beside them on a sheet of ours."""
    if not ours:
        return shape.columns
    added = {column.index for column in (*_our_columns(shape), *extra_columns(shape))}
    return tuple(column for column in shape.columns if column.index not in added)


def extra_columns(shape: TableShape) -> tuple[SheetColumn, ...]:
    """The columns that somebody has added to the right of ours."""
    last = max((column.index for column in _our_columns(shape)), default=None)
    return () if last is None else tuple(column for column in shape.columns if column.index > last)


def _our_columns(shape: TableShape) -> list[SheetColumn]:
    return [column for header in OURS if (column := _find(shape, header))]


def _find(shape: TableShape, header: str) -> SheetColumn | None:
    """One of our columns: the last of that name, because they follow all others of the sheet."""
    return next((column for column in reversed(shape.columns) if column.header == header), None)


def our_choices(shape: TableShape) -> tuple[ColumnChoice, ...]:
    """What a column map has to say for the columns beside the sheet's own not to be sent."""
    beside = (*_our_columns(shape), *extra_columns(shape))
    return tuple(ColumnChoice(column.header, column.letter, "", Send.IGNORE) for column in beside)


def merged(waiting: Iterable[AsideRow], new: Sequence[AsideRow], sent: SentRows, method: Method) -> Merged:
    """Put rows that wait and rows that are set aside now together, each record once, and nothing that was sent.

    A row that somebody has mended is let go only where the very same was sent. After a replace the sheet is all of the
    dataset, so that rows nobody has worked on are out of date. Where rows are added and have no identifier, the same
    row of another month is another record: only one with the same number and the same cells is the same.
    """
    kept: list[AsideRow] = []
    doubtful: list[AsideRow] = []
    fresh = list(new)
    adds = method is Method.APPEND and not sent.key
    for row in waiting:
        same = next((item for item in fresh if _same_record(row, item, sent.key)), None)
        mark = None if adds else sent.mark_of(row)
        if same and row.changed and not adds:
            fresh.remove(same)  # it waits mended already; sent with the faulty one it would be set aside again
            kept.append(replace(row, run=same.run))
        elif row.changed:
            if mark != row.now:
                kept.append(row)
                doubtful += [row] if mark else []
        elif same is None and mark is None and method is not Method.REPLACE:
            kept.append(row)
    return Merged(tuple(kept), tuple(fresh), tuple(doubtful))


def _same_record(old: AsideRow, new: AsideRow, key: Sequence[int]) -> bool:
    """Whether a row that is set aside is one that was before."""
    if old.mark != new.mark:
        return False
    return old.number == new.number or bool(key and old.key(key) and old.key(key) == new.key(key))


def head_lines(job: str) -> tuple[str, str, str]:
    """What stands above the header."""
    return TITLE, f"{JOB}{job}", HELP


def write_aside_file(path: Path, table: AsideTable) -> None:
    """Write a workbook of rows that are set aside."""
    width = table.first_column + len(table.headers)
    mark = table.first_column + len(table.columns) + 1
    links = [
        (Area(number, number, column, column), target)
        for number, row in enumerate(table.rows, HEADER_ROW + 1)
        for column, target in enumerate(row.links, table.first_column)
        if target
    ]
    hidden = {table.first_column + column.index for column in table.columns if column.hidden} | {mark}
    widths = dict.fromkeys(range(table.first_column, width), 14.0) | {mark + 1: 80.0}
    rows = _plain_rows(table, width)
    write_plain_file(
        path, [PlainSheet(SHEET, shown=True, rows=rows, hidden_columns=hidden, links=links, widths=widths)]
    )


def _plain_rows(table: AsideTable, width: int) -> Iterator[PlainRows]:
    indent: list[Any] = [None] * table.first_column
    head: list[list[Any]] = [[line, *[None] * (width - 1)] for line in head_lines(table.job)]
    head.append([*indent, *(header or None for header in table.headers)])
    yield PlainRows(1, 0, head, [[GENERAL] * HEADER_ROW] * width)
    before, after = [GENERAL] * len(indent), [GENERAL] * (len(OURS) + len(table.extras))
    for number, row in enumerate(table.rows, HEADER_ROW + 1):
        notes = [*row.extras, *[None] * (len(table.extras) - len(row.extras))]
        cells = [*indent, *map(_stored, row.values), row.number, row.stored_mark, row.why, *map(_stored, notes)]
        yield PlainRows(number, 0, [cells], [[code] for code in (*before, *row.formats, *after)])


def _stored(value: Value) -> Any:
    """A value as a file stores it."""
    match value:
        case ErrorValue():
            return CellError(error_code(value))
        case dt.datetime() | dt.date() | dt.time() | dt.timedelta():
            return to_excel(value)  # type: ignore[no-untyped-call]
        case _:
            return value


def job_of(book: Workbook) -> str:
    """The job whose rows a file of ours holds, as its second line says; ``""`` where it is none of ours."""
    line = book.read_table(Source(SHEET, HEADER_ROW - 2)).shape.columns[0].header
    return line.removeprefix(JOB) if line.startswith(JOB) else ""


def aside_table(book: Workbook, sheet: str = SHEET) -> Table:
    """The rows that stand on a set-aside sheet."""
    return book.read_table(Source(sheet, HEADER_ROW))


def same_headers(columns: Sequence[SheetColumn], others: Sequence[SheetColumn]) -> bool:
    """Whether two tables have the same headers under the same letters."""
    return [(c.letter, c.header) for c in columns] == [(c.letter, c.header) for c in others]
