"""Rows and columns read for setting aside: off the sheet they come from, and off the one they were put on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.values import Block, SheetColumn, TableShape, Value, is_blank, value_text
from xl_datasync.workbook.protocol import Source, Table, Workbook
from xl_datasync.workbook.set_aside.looks import HEADER_ROW, JOB, SHEET
from xl_datasync.workbook.set_aside.rows import OF_RUN, OURS, AsideRow


def aside_table(book: Workbook, sheet: str = SHEET) -> Table:
    """The rows that stand on a set-aside sheet."""
    return book.read_table(Source(sheet, HEADER_ROW))


def job_of(book: Workbook) -> str:
    """The job whose rows a file of ours holds, as its second line says; ``""`` where it is none of ours."""
    line = book.read_table(Source(SHEET, HEADER_ROW - 2)).shape.columns[0].header
    return line.removeprefix(JOB) if line.startswith(JOB) else ""


def picked_rows(table: Table, why: Mapping[int, str], run: str) -> tuple[AsideRow, ...]:
    """The rows of a sheet that are set aside.

    :param run: the run that does it.
    """
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
    number, mark, why = (find_column(shape, header) for header in OURS)
    for block in table.blocks():
        for place, (values, formats, links) in enumerate(_cells(block, range(len(block.rows)), columns)):
            if all(map(is_blank, values)):
                continue
            reason, noted = (value_text(_at(block, column, place)) for column in (why, mark))
            was, _, run = noted.partition(OF_RUN)
            notes = tuple(_at(block, column, place) for column in extras)
            origin = _at(block, number, place)
            yield AsideRow(values, formats, links, origin, reason, was, run, notes, block.rows[place])


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


def our_choices(shape: TableShape) -> tuple[ColumnChoice, ...]:
    """What a column map has to say for the columns beside the sheet's own not to be sent."""
    beside = (*_our_columns(shape), *extra_columns(shape))
    return tuple(ColumnChoice(column.header, column.letter, "", Send.IGNORE) for column in beside)


def _our_columns(shape: TableShape) -> list[SheetColumn]:
    return [column for header in OURS if (column := find_column(shape, header))]


def find_column(shape: TableShape, header: str) -> SheetColumn | None:
    """One of our columns: the last of that name, because they follow all others of the sheet."""
    return next((column for column in reversed(shape.columns) if column.header == header), None)


def same_headers(columns: Sequence[SheetColumn], others: Sequence[SheetColumn]) -> bool:
    """Whether two tables have the same headers under the same letters."""
    return [(c.letter, c.header) for c in columns] == [(c.letter, c.header) for c in others]
