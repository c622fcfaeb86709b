"""The sheet of rows that were set aside, in a workbook that is open in Excel.

It is known by what stands above its header, so that it may be renamed; a sheet without that is never written to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import ErrorValue, SheetColumn, Value
from xl_datasync.workbook.blocks import GENERAL
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.live_sheets import (
    HEAD_COLOUR,
    LONGEST_TEXT,
    added_sheet,
    as_entered,
    unprotected,
    write_title,
)
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside import (
    HEADER_ROW,
    JOB,
    NUMBER,
    TITLE,
    WHY,
    AsideRow,
    AsideTable,
    aside_table,
    error_code,
    head_lines,
    old_rows,
    rows_to_keep,
    same_headers,
    source_columns,
)

LONGEST_NAME = 31
WIDTHS = {NUMBER: 16, WHY: 80}
WORDS = "Setting rows aside …"
DAY = 86_400


def set_aside_job(live: LiveWorkbook, sheet: str) -> str | None:
    """The job whose rows were set aside on a sheet; None where it is none of ours."""

    def look() -> str | None:
        with forgiving():  # a chart has no cells
            title, job = live.book.sheets[sheet]["A1:A2"].options(ndim=1).value
            if title == TITLE and isinstance(job, str) and job.startswith(JOB):
                return job.removeprefix(JOB)
        return None

    found: str | None = live.ask(look)
    return found


def set_aside_sheets(live: LiveWorkbook, job: str) -> list[str]:
    """The sheets on which rows of a job were set aside; those that were given another name are not looked for."""
    names: list[str] = live.ask(lambda: [sheet.name for sheet in live.book.sheets])
    likely = [name for name in names if name.casefold().startswith(TITLE.casefold())]
    return [name for name in likely if (found := set_aside_job(live, name)) and found.casefold() == job.casefold()]


def write_set_aside(live: LiveWorkbook, aside: AsideTable, source: str, *, replaces: bool) -> tuple[str, int] | None:
    """Put rows on the job's set-aside sheet, below those that still wait there.

    :param source: the sheet they come from.
    :param replaces: as for :func:`rows_to_keep`.
    :returns: the sheet's name, and the first of the rows; None where there was nothing to write.
    :raises WorkbookError: where the workbook does not let a sheet be added, or written to.
    """
    sheet = None
    for name in set_aside_sheets(live, aside.job):
        table = _as_it_was(live, name)
        if table is None:
            continue
        if same_headers(source_columns(table.shape, ours=True), aside.columns):
            old = list(old_rows(table))
            kept = {item.at for item in rows_to_keep(old, aside.rows, replaces=replaces)}
            if _is_current(live, name, table):
                _delete(live, name, [item.at for item in old if item.at not in kept])
            sheet = sheet or (name if aside.rows else None)
    if not aside.rows:
        return None
    return _written(live, sheet or _new_sheet(live, aside, source), aside)


def renew_set_aside(live: LiveWorkbook, sheet: str, aside: AsideTable) -> tuple[str, int] | None:
    """Take the rows that were sent off a set-aside sheet, and put those back that have faults again.

    :returns: as for :func:`write_set_aside`.
    :raises WorkbookError: where its rows were changed since they were read; then they still stand there.
    """
    table = _as_it_was(live, sheet)
    if table is None or not _is_current(live, sheet, table):
        raise WorkbookError(
            "Its rows were changed while they were being sent, so that they still stand there.",
            where=f"Sheet “{sheet}”",
            unaffected="",
            remedy="Delete the rows that were sent: they must not be sent twice.",
        )
    _delete(live, sheet, [item.at for item in old_rows(table)])
    return _written(live, sheet, aside) if aside.rows else None


def _as_it_was(live: LiveWorkbook, sheet: str) -> Table | None:
    """A set-aside sheet as it was when the workbook was read; None where it was not there, or has no header."""
    try:
        return aside_table(live.snapshot, sheet)
    except WorkbookError:
        return None


def _is_current(live: LiveWorkbook, sheet: str, table: Table) -> bool:
    """Whether the rows are those that were read; Excel is in use while a job runs."""
    letters = [column.letter for column in table.shape.columns]

    def same() -> bool:
        for block in table.blocks():
            area = live.book.sheets[sheet][f"{letters[0]}{block.rows[0]}:{letters[-1]}{block.rows[-1]}"]
            shown = zip(*area.options(ndim=2).value, strict=True)
            for values, now in zip(block.columns, shown, strict=True):
                if not all(map(_same, values, now)):
                    return False
        return True

    current: bool = live.ask(same)
    return current


def _same(before: Value, now: Any) -> bool:
    """Whether a cell holds what it held, as far as Excel tells; it gives dates and errors in ways of its own."""
    if isinstance(before, str) or isinstance(now, str):
        return before == now or isinstance(before, ErrorValue)
    if before is None or now is None:
        return before is now or isinstance(before, ErrorValue)
    if isinstance(before, int | float) and isinstance(now, int | float):
        return float(before) == float(now)
    return True


def _delete(live: LiveWorkbook, sheet: str, rows: Sequence[int]) -> None:
    """Delete rows, from the bottom up."""
    if not rows:
        return
    with quiet_excel(live.book.app, WORDS, live.told), unprotected(live.book.sheets[sheet], live.name):
        for first, last in reversed(list(_runs(rows))):
            live.ask(lambda first=first, last=last: live.book.sheets[sheet][f"{first}:{last}"].delete("up"))


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Rows that stand below each other, as first and last."""
    first = last = rows[0]
    for row in rows[1:]:
        if row != last + 1:
            yield first, last
            first = row
        last = row
    yield first, last


def _new_sheet(live: LiveWorkbook, aside: AsideTable, source: str) -> str:
    """A sheet with a header and no rows."""
    title, job, line = head_lines(aside.job)
    first, headers = aside.first_column + 1, aside.headers

    def make() -> str:
        with quiet_excel(live.book.app, WORDS, live.told), added_sheet(live, _free_name(live, source)) as sheet:
            write_title(sheet, title, job)
            sheet["A3"].value = line
            head = sheet.range((HEADER_ROW, first), (HEADER_ROW, first + len(headers) - 1))
            head.value = [f"'{header}" if header else None for header in headers]
            head.color, head.font.color, head.font.bold = HEAD_COLOUR, "#FFFFFF", True
            for number, header in enumerate(headers, first):
                sheet.range((HEADER_ROW, number)).column_width = WIDTHS.get(header, 14)
            _hide(sheet, first, [*(c for c in aside.columns if c.hidden)], len(aside.columns))
            with forgiving():  # only a convenience, which needs a window
                sheet.freeze_panes.freeze_at(sheet.range((1, 1), (HEADER_ROW, 1)))
            return str(sheet.name)

    name: str = live.ask(make)
    return name


def _hide(sheet: xw.Sheet, first: int, columns: Sequence[SheetColumn], width: int) -> None:
    """Hide the column of marks, and what was hidden on the sheet the rows come from."""
    mark = width + 1
    for index in (*(column.index for column in columns), mark):
        with forgiving():
            sheet.range((HEADER_ROW, first + index)).columns.hidden = True


def _free_name(live: LiveWorkbook, source: str) -> str:
    names = {sheet.name.casefold() for sheet in live.book.sheets}
    for number in range(1, len(names) + 2):
        end = f" ({number})" if number > 1 else ""
        name = f"{TITLE} {source}"[: LONGEST_NAME - len(end)].rstrip(" '") + end
        if name.casefold() not in names:
            break
    return name


def _written(live: LiveWorkbook, name: str, aside: AsideTable) -> tuple[str, int]:
    """Write rows below those that stand on the sheet."""
    used = live.ask(lambda: _last_row(live.book.sheets[name]))
    top, left = max(used, HEADER_ROW) + 1, aside.first_column + 1
    last, right = top + len(aside.rows) - 1, left + len(aside.headers) - 1

    def write() -> None:
        sheet = live.book.sheets[name]
        with quiet_excel(live.book.app, WORDS, live.told), unprotected(sheet, live.name):
            sheet.range((top, left), (last, right)).value = [_entered_row(row) for row in aside.rows]
            for index in range(len(aside.columns)):
                _format(sheet, top, left + index, [row.formats[index] for row in aside.rows])
            for number, row in enumerate(aside.rows, top):
                _link(sheet, number, left, row)

    live.ask(write)
    return name, top


def _last_row(sheet: xw.Sheet) -> int:
    area = sheet.used_range
    return int(area.row + area.shape[0] - 1)


def _entered_row(row: AsideRow) -> list[Any]:
    return [*map(_entered, row.values), *map(_entered, (row.number, row.mark, row.why))]


def _entered(value: Value) -> Any:
    """A value as it has to be given to a cell for the same to stand there."""
    match value:
        case str():
            # The apostrophe says that a text follows, whatever the cell's format; typed over, the cell is free again.
            return f"'{value}" if len(value) < LONGEST_TEXT else value
        case ErrorValue():
            return error_code(value)
        case dt.datetime():
            return value
        case dt.date():
            return dt.datetime.combine(value, dt.time())
        case dt.time():
            elapsed = dt.datetime.combine(dt.date.min, value) - dt.datetime.min
            return elapsed / dt.timedelta(days=1)
        case dt.timedelta():
            return value / dt.timedelta(days=1)
        case _:
            return value


def _format(sheet: xw.Sheet, top: int, column: int, codes: Sequence[str]) -> None:
    """Give cells below each other the number formats they had, those that are alike at once."""
    start = 0
    for end in range(1, len(codes) + 1):
        if end == len(codes) or codes[end] != codes[start]:
            if codes[start] != GENERAL:
                with forgiving():  # a format of another language's Excel; the value is there
                    sheet.range((top + start, column), (top + end - 1, column)).number_format = codes[start]
            start = end


def _link(sheet: xw.Sheet, number: int, left: int, row: AsideRow) -> None:
    for column, (target, value) in enumerate(zip(row.links, row.values, strict=True), left):
        if target:
            shown = as_entered(value) if isinstance(value, str) else None
            with forgiving():
                sheet.range((number, column)).add_hyperlink(target, shown)
