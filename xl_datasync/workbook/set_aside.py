"""Rows that were set aside, on a sheet in the shape of the one they come from: to be mended there and sent alone.

The columns stand under the letters they had, so that a column map still means the same. Three columns of ours follow:
the row's number on the sheet it comes from, a mark by which it is known again (hidden), and why it was set aside.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl.utils.datetime import to_excel

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


@dataclass(frozen=True)
class AsideRow:
    """One row that is set aside.

    :param formats: the number format of each cell; ``links`` the hyperlink of each, or None.
    :param number: the row's number on the sheet it comes from.
    :param why: what is wrong with it.
    :param noted: the mark that it had when it was set aside; ``""`` for one that is set aside now.
    """

    values: Sequence[Value]
    formats: Sequence[str]
    links: Sequence[str | None]
    number: Value
    why: str
    noted: str = ""

    @property
    def now(self) -> str:
        """The mark of the cells as they are."""
        return mark_of(self.values)

    @property
    def mark(self) -> str:
        """The mark of the cells as they were when the row was set aside."""
        return self.noted or self.now

    @property
    def changed(self) -> bool:
        """Whether somebody has worked on it since."""
        return self.mark != self.now


@dataclass(frozen=True)
class OldRow:
    """A row that stands on a set-aside sheet already; ``at`` is its row number there."""

    at: int
    row: AsideRow


@dataclass(frozen=True)
class AsideTable:
    """The rows that a job sets aside, under the columns of the sheet they come from."""

    job: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[AsideRow, ...]

    @property
    def first_column(self) -> int:
        """Where the first column stands; 0 is A."""
        return column_index(self.columns[0].letter) if self.columns else 0

    @property
    def headers(self) -> list[str]:
        """All headers, ours among them."""
        return [*(column.header for column in self.columns), *OURS]

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


def mark_of(values: Iterable[Value]) -> str:
    """A short mark of a row's cells: what they hold, and whether it is a text."""
    cells = "\x1f".join(_known_again(value) for value in values)
    return hashlib.sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()[:12]


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


def picked_rows(table: Table, why: Mapping[int, str], *, ours: bool) -> tuple[AsideRow, ...]:
    """The rows of a table that are set aside.

    :param ours: whether the table is itself one of rows set aside; their numbers are then those they had.
    """
    columns = source_columns(table.shape, ours=ours)
    number = _find(table.shape, NUMBER) if ours else None
    found: list[AsideRow] = []
    for block in table.blocks():
        places = [place for place, row in enumerate(block.rows) if row in why]
        for place, (values, formats, links) in zip(places, _cells(block, places, columns), strict=True):
            row = block.rows[place]
            origin = row if number is None else block.columns[number.index][place]
            found.append(AsideRow(values, formats, links, origin, why[row]))
        if len(found) == len(why):
            break
    return tuple(found)


def old_rows(table: Table) -> Iterator[OldRow]:
    """The rows that stand on a set-aside sheet."""
    shape = table.shape
    columns = source_columns(shape, ours=True)
    number, mark, why = (_find(shape, header) for header in OURS)
    for block in table.blocks():
        for place, (values, formats, links) in enumerate(_cells(block, range(len(block.rows)), columns)):
            if all(map(is_blank, values)):
                continue
            reason, noted = (value_text(_at(block, column, place)) for column in (why, mark))
            yield OldRow(block.rows[place], AsideRow(values, formats, links, _at(block, number, place), reason, noted))


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
    """The columns of a table that come from the sheet, without those that we put beside them."""
    added = {column.index for header in OURS if (column := _find(shape, header))} if ours else set()
    return tuple(column for column in shape.columns if column.index not in added)


def _find(shape: TableShape, header: str) -> SheetColumn | None:
    """One of our columns: the last of that name, because they follow all others."""
    return next((column for column in reversed(shape.columns) if column.header == header), None)


def our_choices(shape: TableShape) -> tuple[ColumnChoice, ...]:
    """What a column map has to say for our columns not to be sent."""
    found = (_find(shape, header) for header in OURS)
    return tuple(ColumnChoice(column.header, column.letter, "", Send.IGNORE) for column in found if column)


def rows_to_keep(old: Iterable[OldRow], new: Collection[AsideRow], *, replaces: bool) -> Iterator[OldRow]:
    """The rows of a set-aside sheet that stay there when others are put below them.

    :param replaces: whether the sheet they came from is all of the dataset now, so that rows nobody has worked on are
        out of date: they were sent with the others, or are set aside again.
    """
    again = {row.now for row in new}
    return (item for item in old if item.row.now not in again and not (replaces and not item.row.changed))


def head_lines(job: str) -> tuple[str, str, str]:
    """What stands above the header."""
    return TITLE, f"{JOB}{job}", HELP


def write_aside_file(path: Path, table: AsideTable) -> None:
    """Write a workbook of rows that are set aside."""
    width = table.first_column + len(table.headers)
    links = [
        (Area(number, number, column, column), target)
        for number, row in enumerate(table.rows, HEADER_ROW + 1)
        for column, target in enumerate(row.links, table.first_column)
        if target
    ]
    hidden = {table.first_column + column.index for column in table.columns if column.hidden} | {width - 2}
    widths = dict.fromkeys(range(table.first_column, width), 14.0) | {width - 1: 80.0}
    rows = _plain_rows(table, width)
    write_plain_file(
        path, [PlainSheet(SHEET, shown=True, rows=rows, hidden_columns=hidden, links=links, widths=widths)]
    )


def _plain_rows(table: AsideTable, width: int) -> Iterator[PlainRows]:
    indent: list[Any] = [None] * table.first_column
    head: list[list[Any]] = [[line, *[None] * (width - 1)] for line in head_lines(table.job)]
    head.append([*indent, *(header or None for header in table.headers)])
    yield PlainRows(1, 0, head, [[GENERAL] * HEADER_ROW] * width)
    before, after = [GENERAL] * len(indent), [GENERAL] * len(OURS)
    for number, row in enumerate(table.rows, HEADER_ROW + 1):
        cells = [*indent, *map(_stored, row.values), row.number, row.mark, row.why]
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


def aside_table(book: Workbook, sheet: str = SHEET) -> Table:
    """The rows that stand on a set-aside sheet."""
    return book.read_table(Source(sheet, HEADER_ROW))


def same_headers(columns: Sequence[SheetColumn], others: Sequence[SheetColumn]) -> bool:
    """Whether two tables have the same headers under the same letters."""
    return [(c.letter, c.header) for c in columns] == [(c.letter, c.header) for c in others]
