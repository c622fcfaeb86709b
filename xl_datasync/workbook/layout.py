"""Where the header and the data of a table on a sheet begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import EXCEL_LAST_ROW, TableShape, Value, column_letter
from xl_datasync.workbook.area import Area
from xl_datasync.workbook.doubts import doubts, rows_below
from xl_datasync.workbook.faults import listed
from xl_datasync.workbook.grid import Grid
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
from xl_datasync.workbook.package import ExcelTable
from xl_datasync.workbook.sources import Location

NO_HEADER = 0


def settle(grid: Grid, location: Location, header_row: int | None) -> tuple[Area, TableShape]:
    """The cells that hold a table's data, and its shape.

    An Excel table is exactly what Excel says it is, without its totals. The first row of a range is its header,
    unless the job names another. On a whole sheet the header is looked for; the columns are those from the first
    header to the last, and those beside them that hold data though they have no header.
    """
    check_header_row(header_row, grid.where)
    if location.table:
        header, names = _table_header(grid, location.table, header_row)
        below = location.table.area.first_row + location.table.has_header
        data = replace(location.area, first_row=below, last_row=location.table.last_data_row)
    else:
        header = _header_row(grid, location, header_row)
        below = max(header + 1, location.area.first_row) if header != NO_HEADER else _first_filled(grid, location.area)
        data = replace(location.area, first_row=below, last_row=_last_row(grid, location, header))
        data, names = _columns(grid, data, header)
        if names and header == NO_HEADER and header_row is None:
            raise no_header(grid.where)  # all blank as far as it was looked for, and data further down
    return data, _shape(grid, data, header, names)


def _table_header(grid: Grid, table: ExcelTable, header_row: int | None) -> tuple[int, list[str]]:
    header = table.area.first_row if table.has_header else NO_HEADER
    if header_row not in (None, header):
        stands = f"its header in row {header}" if header else "no header row"
        raise WorkbookError(
            f"The Excel table “{table.name}” has {stands}, but the job says {header_row}.",
            where=grid.where,
            remedy="Leave the job's “Header row” blank: Excel knows where the header of a table is.",
        )
    if not header:
        return header, [header_text(name) for name in table.headers]
    width = table.area.last_column - table.area.first_column + 1
    names = _header_texts(grid, replace(table.area, last_row=header))
    return header, names + [""] * (width - len(names))


def _header_row(grid: Grid, location: Location, header_row: int | None) -> int:
    """The header's row number, or :data:`NO_HEADER`."""
    if header_row is not None:
        return header_row
    if not location.open_ended:
        return location.area.first_row
    tables = _tables_on(grid)
    if len(tables) > 1:
        raise WorkbookError(
            f"The sheet holds {len(tables)} Excel tables: {listed(tuple(table.name for table in tables))}.",
            where=grid.where,
            remedy="Write the name of the table you mean in the job's “Sheet, table or range”.",
        )
    try:
        return find_header(_top(grid, location.area), grid.where) or NO_HEADER
    except WorkbookError:
        # The buttons of a table or filter stand on the header, wherever it is.
        known = {table.area.first_row for table in tables if table.has_header} | {grid.facts.filter_row} - {None}
        if len(known) == 1 and (row := known.pop()) is not None:
            return row
        raise


def _tables_on(grid: Grid) -> list[ExcelTable]:
    return [table for table in grid.package.tables if table.sheet == grid.sheet]


def _top(grid: Grid, area: Area) -> list[tuple[int, Sequence[Value]]]:
    top = replace(area, last_row=min(area.last_row, area.first_row + SEARCHED_ROWS - 1))
    rows = (grid.values(row[area.first_column :]) for row in grid.ragged(top))
    return list(enumerate(rows, area.first_row))


def _first_filled(grid: Grid, area: Area) -> int:
    filled = (number for number, values in _top(grid, area) if any(value is not None for value in values))
    return next(filled, area.first_row)


def _last_row(grid: Grid, location: Location, header: int) -> int:
    """The last row of data; where a sheet's only Excel table starts at the header, its totals row is left out."""
    tables = [table for table in _tables_on(grid) if table.area.first_row == header and table.totals_rows]
    if location.area.last_row == EXCEL_LAST_ROW and len(tables) == 1:
        return tables[0].last_data_row
    return location.area.last_row


def _header_texts(grid: Grid, area: Area) -> list[str]:
    row = next(iter(grid.ragged(area)), ())
    return [header_text(value) for value in grid.values(row[area.first_column :])]


def _columns(grid: Grid, data: Area, header: int) -> tuple[Area, list[str]]:
    """Narrow the data to the columns that belong to the table, and name them."""
    first = data.first_column
    names: dict[int, str] = {}
    if header != NO_HEADER:
        texts = _header_texts(grid, replace(data, first_row=header, last_row=header))
        names = {first + index: text for index, text in enumerate(texts) if text}
        if not names:
            raise blank_header(header, grid.where)
    known = range(min(names), max(names) + 1) if names else range(first, first)
    beside = grid.filled_columns(data, known) if _may_have_more(grid, data, known) else set()
    columns = sorted(beside | set(known))
    if not columns:
        return replace(data, last_column=first), []
    data = replace(data, first_column=columns[0], last_column=columns[-1])
    width = columns[-1] - columns[0] + 1
    if header == NO_HEADER:
        return data, letter_names(columns[0], width)
    return data, [names.get(columns[0] + index, "") for index in range(width)]


def _may_have_more(grid: Grid, data: Area, known: range) -> bool:
    """Whether there may be data beside the headers; the declared dimension is believed if it covers what is known."""
    dimension, last_row = grid.facts.dimension, grid.facts.last_row
    first, last = data.first_column, data.last_column
    if known and dimension and last_row and dimension.last_row >= last_row and dimension.last_column + 1 >= known.stop:
        first, last = max(first, dimension.first_column), min(last, dimension.last_column)
    return not known or first < known.start or last >= known.stop


def _shape(grid: Grid, data: Area, header: int, names: list[str]) -> TableShape:
    facts = grid.facts
    rows = range(data.first_row, min(data.last_row, facts.last_row or data.last_row) + 1)
    hidden = frozenset(row for row in facts.hidden_rows if row in rows)
    all_filters = (*facts.filters, *(item for table in _tables_on(grid) for item in table.filters)) if hidden else ()
    filters = [item for item in all_filters if not hidden.isdisjoint(rows_below(item))]
    return TableShape(
        sheet=grid.sheet.name,
        columns=name_columns(names, data.first_column, facts.hides_column),
        header_row=header or None,
        first_row=data.first_row,
        hidden_rows=hidden,
        merged=tuple(str(area) for area in facts.merged if names and area.touches(data)),
        # A format that was dragged down to the end of the sheet does not say how many rows there are.
        row_estimate=len(rows) if facts.last_row and facts.last_row < EXCEL_LAST_ROW else None,
        filtered_rows=frozenset(row for row in hidden if any(row in rows_below(item) for item in filters)),
        filtered_by=tuple(dict.fromkeys(_called(names, data, index) for item in filters for index in item.columns)),
        doubts=doubts(grid.package, grid.sheet, data) if facts.has_formulas and names else (),
    )


def _called(names: Sequence[str], data: Area, index: int) -> str:
    """A column's header, or its letter where it has none or is not of the table."""
    place = index - data.first_column
    return (names[place] if 0 <= place < len(names) else "") or column_letter(index)
