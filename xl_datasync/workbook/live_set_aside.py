"""The sheet of rows that were set aside, in a workbook that is open in Excel.

It is known by what stands above its header, so that it may be renamed; a sheet without that is never written to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import ErrorValue, SheetColumn, Value, is_blank
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
from xl_datasync.workbook.live_tables import consecutive
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.set_aside import (
    HEADER_ROW,
    JOB,
    MARK,
    NUMBER,
    TITLE,
    WHY,
    AsideRow,
    AsideTable,
    Merged,
    aside_table,
    error_code,
    head_lines,
    old_rows,
    same_headers,
    source_columns,
)

LONGEST_NAME = 31
WIDTHS = {NUMBER: 16, WHY: 80}
WORDS = "Setting rows aside …"
SECONDS_A_DAY = 86_400
EPOCH = dt.datetime(1899, 12, 30)  # Excel knows no zones
# Excel gives cells of a currency with four places, and errors as these numbers.
CURRENCY = 0.00006
ERROR_NUMBERS = range(-2_146_826_288, -2_146_826_200)


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


def waiting_tables(live: LiveWorkbook, job: str, columns: Sequence[SheetColumn]) -> dict[str, Table]:
    """The sheets on which rows of a job wait under the same columns, each as it was when the workbook was read."""
    found = {name: table for name in set_aside_sheets(live, job) if (table := _as_it_was(live, name))}
    return {name: t for name, t in found.items() if same_headers(source_columns(t.shape, ours=True), columns)}


def write_set_aside(
    live: LiveWorkbook,
    aside: AsideTable,
    source: str,
    merge: Callable[[Sequence[AsideRow], Sequence[AsideRow]], Merged],
) -> tuple[str, int, Merged]:
    """Put rows on the job's set-aside sheet, below those that still wait there.

    :param source: the sheet they come from.
    :param merge: puts rows that wait and new ones together.
    :returns: the sheet's name, the first of the rows, and what waits there; ``""`` where there is no such sheet.
    :raises WorkbookError: where the workbook does not let a sheet be added, or written to.
    """
    sheet, new = "", aside.rows
    kept: list[AsideRow] = []
    doubtful: list[AsideRow] = []
    for name, table in waiting_tables(live, aside.job, aside.columns).items():
        old = list(old_rows(table))
        if _is_current(live, name, table):
            found = merge(old, new)
            new = found.new
            _note_runs(live, name, table, old, found.kept)
            stay = {row.at for row in found.kept}
            _delete(live, name, [row.at for row in old if row.at not in stay])
            kept += found.kept
            doubtful += found.doubtful
        else:
            kept += old  # somebody is at work there
        sheet = sheet or name
    whole = Merged(tuple(kept), new, tuple(doubtful))
    if not new:
        return sheet, 0, whole
    name, first = _written(live, sheet or _new_sheet(live, aside, source), replace(aside, rows=new))
    return name, first, whole


def _note_runs(live: LiveWorkbook, name: str, table: Table, old: Sequence[AsideRow], kept: Sequence[AsideRow]) -> None:
    """Write the run beside rows that were set aside again, but stay as they were mended."""
    were = {row.at: row.run for row in old}
    letter = next((column.letter for column in reversed(table.shape.columns) if column.header == MARK), None)
    marks = {f"{letter}{row.at}": row.stored_mark for row in kept if letter and row.run != were[row.at]}
    _write_cells(live, name, marks)


def _write_cells(live: LiveWorkbook, name: str, texts: Mapping[str, str]) -> None:
    """Write texts to single cells of a sheet."""

    def write() -> None:
        sheet = live.book.sheets[name]
        with quiet_excel(live.book.app, WORDS, live.told), unprotected(sheet, live.name):
            for address, text in texts.items():
                sheet[address].value = f"'{text}"

    if texts:
        live.ask(write)


def renew_set_aside(live: LiveWorkbook, sheet: str, aside: AsideTable) -> tuple[str, int] | None:
    """Take the rows that were sent off a set-aside sheet; those that have faults again stay, with the new reasons.

    :returns: the sheet's name, and the first of the rows; None where none is left.
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
    letter = next((column.letter for column in reversed(table.shape.columns) if column.header == WHY), None)
    _write_cells(live, sheet, {f"{letter}{row.at}": row.why for row in aside.rows if letter})
    stay = {row.at for row in aside.rows}
    gone = [row.at for row in old_rows(table) if row.at not in stay]
    _delete(live, sheet, gone)
    if not aside.rows:
        return None
    first = aside.rows[0].at
    return sheet, first - sum(at < first for at in gone)


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
    """Whether a cell holds what it held; Excel gives dates, currency and errors in ways of its own.

    What cannot be compared counts as changed: a row is rather left standing than taken off unsent.
    """
    if isinstance(before, ErrorValue):
        return now is None or (isinstance(now, str) and now.startswith("#")) or now in ERROR_NUMBERS
    if is_blank(before) or now is None:
        return is_blank(before) and (now is None or now == (before or ""))
    if isinstance(before, str) or isinstance(now, str):
        return bool(before == now)
    was, shown = _serial(before), _serial(now)
    if was is None or shown is None:
        return False
    if isinstance(before, dt.time):
        shown %= 1  # Excel puts a day before a time of day, not every one the same
    if isinstance(before, dt.date | dt.time | dt.timedelta) or isinstance(now, dt.date | dt.time | dt.timedelta):
        return abs(was - shown) * SECONDS_A_DAY < 1
    return abs(was - shown) <= CURRENCY if isinstance(now, Decimal) else was == shown


def _serial(value: Any) -> float | None:
    """A value as the number that Excel holds for it; None where it has none."""
    match value:
        case bool() | int() | float() | Decimal():
            return float(value)
        case dt.datetime():
            return (value.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)
        case dt.date():
            return float((value - EPOCH.date()).days)
        case dt.time():
            elapsed = dt.datetime.combine(dt.date.min, value.replace(tzinfo=None)) - dt.datetime.min
            return elapsed / dt.timedelta(days=1)
        case dt.timedelta():
            return value / dt.timedelta(days=1)
        case _:
            return None


def _delete(live: LiveWorkbook, sheet: str, rows: Sequence[int]) -> None:
    """Delete rows, from the bottom up."""
    if not rows:
        return
    with quiet_excel(live.book.app, WORDS, live.told), unprotected(live.book.sheets[sheet], live.name):
        for first, last in reversed(list(consecutive(rows))):
            live.ask(lambda first=first, last=last: live.book.sheets[sheet][f"{first}:{last}"].delete("up"))


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
    return [*map(_entered, row.values), *map(_entered, (row.number, row.stored_mark, row.why))]


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
