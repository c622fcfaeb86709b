"""The Results sheet of a workbook that is open in Excel: every problem with a link to its cell, and marks on cells.

The sheet is the program's own and is written anew each time. A sheet of that name that it did not make is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import xlwings as xw

from xl_datasync.core.checks.answers import advice
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.jobs import AnyJob, Job
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report
from xl_datasync.core.report_words import result_words
from xl_datasync.workbook.colours import MARK_COLOUR, MARK_SEEN
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.live_sheets import (
    HEADER_ROW,
    TEXT,
    add_table,
    added_sheet,
    as_entered,
    end_in,
    unprotected,
    write_title,
)
from xl_datasync.workbook.patience import forgiving
from xl_datasync.workbook.pointing import cell_at, first_address

SHEET, TABLE = "Results", "PublishResults"
# What a clerk needs first stands first: where, what, and what to do.
HEADERS = ("Job", "Kind", "Cell", "What", "What to do", "What it is about", "Value", "Colour before")
WIDTHS = (24, 10, 32, 48, 48, 28, 22, 14)
PROBLEM, OLD_MARK = "Problem", "Mark"
CELL, COLOUR = "Cell", "Colour before"
MOST_LINKS = 2_000  # each is a call of Excel; what is beyond it is named without a link
NO_COLOUR = "none"


@dataclass(frozen=True)
class ResultRow:
    """One line of the Results sheet.

    :param cell: an address such as ``Sheet!B17``, several with commas between them, or ``""``; one in another file
        begins with the file's name and leads nowhere.
    :param colour: what the cell had before it was marked; ``""`` where it has no mark.
    """

    job: str
    kind: str
    cell: str
    subject: str
    value: str
    what: str
    remedy: str
    colour: str = ""

    @property
    def texts(self) -> list[str]:
        """In the order of :data:`HEADERS`."""
        return [self.job, self.kind, self.cell, self.what, self.remedy, self.subject, self.value, self.colour]


def result_rows(report: Report) -> list[ResultRow]:
    """What a report has to say: for each job what became of it, then each place of each problem."""
    rows = []
    for result in report.results:
        error = result.error
        rows.append(ResultRow(
            result.job.name, result.state.value, "", "", "", error.located if error else result_words(result),
            " ".join(part for part in (error.unaffected, error.remedy) if part) if error else "",
        ))  # fmt: skip
        for problem in result.problems:
            rows.extend(problem_rows(result.job.name, problem, _file_of(result.job)))
    return rows


def _file_of(job: AnyJob) -> str:
    """What begins an address in another file than the workbook."""
    return f"{job.file.name}: " if isinstance(job, Job) and job.file else ""


def problem_rows(job: str, problem: Problem, file: str = "") -> Iterator[ResultRow]:
    """A row for each place of a problem, and one for those that are only counted.

    :param file: begins the address of a place in another file.
    """
    kind, remedy = problem.severity.value.capitalize(), advice(problem)
    for place in problem.places:
        where = f"{file}{place.where}" if place.where else ""
        yield ResultRow(job, kind, where, problem.subject, place.value, problem.what, remedy)
    more = problem.count - len(problem.places)
    if more > 0:
        words = f"{problem.what} ({more:,} more)" if problem.places else problem.what
        yield ResultRow(job, kind, "", problem.subject, "", words, remedy)


def write_results(live: LiveWorkbook, rows: Sequence[ResultRow], line: str, *, marks: bool = False) -> xw.Sheet:
    """Write the Results sheet.

    :param line: what stands below its title.
    :param marks: whether the faulty cells are coloured; their colours are written down, so that they can be given back.
    :raises WorkbookError: where the workbook does not let a sheet be added.
    """
    clear_marks(live)
    with quiet_excel(live.book.app, "Writing the results …", live.told):
        sheet = own_sheet(live) or _new_sheet(live)
        with unprotected(sheet, live.name):
            _fill(live, sheet, [*rows, *_old_marks(sheet)], line, marks=marks)
    live.renew()
    return sheet


def _old_marks(sheet: xw.Sheet) -> list[ResultRow]:
    """A row for each mark of an earlier list that could not be taken away: its colour must not be forgotten."""
    left = {address: colour for _, address, colour in _noted(sheet)}
    what = "The mark of an earlier run could not be taken away."
    remedy = "“Clear marks” tries again. Or give the cell its colour by hand, and delete this row."
    return [ResultRow("", OLD_MARK, address, "", "", what, remedy, colour) for address, colour in left.items()]


def _new_sheet(live: LiveWorkbook) -> xw.Sheet:
    with added_sheet(live, _free_name(live)) as sheet:
        sheet.range((HEADER_ROW, 1)).value = list(HEADERS)
        for index, width in enumerate(WIDTHS, 1):
            sheet.range((HEADER_ROW, index)).column_width = width
        add_table(sheet, TABLE, len(HEADERS), HEADER_ROW + 1)
    return sheet


def _fill(live: LiveWorkbook, sheet: xw.Sheet, rows: Sequence[ResultRow], line: str, *, marks: bool) -> None:
    """Put rows in place of those there were; the table and what the clerk made of its columns stay."""
    table = _table(sheet)
    if table is None:
        what = f"The table of the sheet “{sheet.name}” was taken away meanwhile."
        raise WorkbookError(what, where=live.name, remedy="“Results” on the Open Data tab writes it anew.")
    top, old = table.range.row, table.range.shape[0] - bool(table.show_totals)
    columns = _columns(table)
    last = top + max(len(rows), 1)
    for run in _side_by_side(columns):
        sheet.range((top + 1, columns[run[0]]), (top + old - 1, columns[run[-1]])).clear()
    end_in(sheet, table, last)
    write_title(sheet, SHEET, line)
    texts = [dict(zip(HEADERS, map(as_entered, row.texts), strict=True)) for row in rows] or [
        dict.fromkeys(HEADERS, "")
    ]
    for run in _side_by_side(columns):
        body = sheet.range((top + 1, columns[run[0]]), (last, columns[run[-1]]))
        body.number_format = TEXT
        body.value = [[row[header] for header in run] for row in texts]
        body.wrap_text = True
    for number, row in list(enumerate(rows, top + 1))[:MOST_LINKS]:
        _link(live, {header: sheet.range((number, column)) for header, column in columns.items()}, row, marks=marks)


def _columns(table: xw.main.Table) -> dict[str, int]:
    """Where our columns stand on the sheet; a person may have moved them, put others between, or taken some away."""
    head = table.header_row_range
    texts = head.options(ndim=1).value if head is not None else []
    places = {str(text or "").strip(): table.range.column + index for index, text in enumerate(texts)}
    return {header: places[header] for header in HEADERS if header in places}


def _side_by_side(columns: Mapping[str, int]) -> list[list[str]]:
    """The headers of columns that stand side by side, so that they are written at once."""
    runs: list[list[str]] = []
    for header in sorted(columns, key=columns.__getitem__):
        if runs and columns[runs[-1][-1]] + 1 == columns[header]:
            runs[-1].append(header)
        else:
            runs.append([header])
    return runs


def _link(live: LiveWorkbook, cells: Mapping[str, xw.Range], row: ResultRow, *, marks: bool) -> None:
    target = cell_at(live, row.cell)
    if target is None:
        return
    if CELL in cells:
        cells[CELL].add_hyperlink(f"#{first_address(row.cell)}", as_entered(row.cell), "Go to this cell")
    if marks and row.kind == PROBLEM and CELL in cells and COLOUR in cells:
        _mark(target, cells[COLOUR])


def _mark(target: xw.Range, note: xw.Range) -> None:
    """Colour a cell and write down what it had; one that has the mark already is noted in another row."""
    before = target.color
    if before == MARK_SEEN:
        return
    # The note first: Excel may refuse the next call, and a colour without a note would never go again.
    note.value = "#{:02X}{:02X}{:02X}".format(*before) if before else NO_COLOUR
    if not _coloured(target, MARK_COLOUR):
        note.value = None


def _coloured(target: xw.Range, colour: str | None) -> bool:
    """Colour a cell; a protected sheet does not let one."""
    with forgiving():
        target.color = colour
        return True
    return False


def clear_marks(live: LiveWorkbook) -> int:
    """Give marked cells the colours they had. What a cell had stays written down until it has it.

    :returns: how many cells there were; :func:`marks_left` tells how many could not be given theirs.
    """
    sheet = own_sheet(live)
    noted = _noted(sheet)
    if sheet is None or not noted:
        return 0
    cleared: set[str] = set()
    with quiet_excel(live.book.app, "Clearing the marks …", live.told), unprotected(sheet, live.name):
        for note, address, before in noted:
            target = cell_at(live, address)
            if target is None:  # its sheet has another name now, or is gone
                continue
            # One that has another colour was coloured by a person since, or other cells stand there now.
            if target.color == MARK_SEEN:
                if not _coloured(target, None if before == NO_COLOUR else before):
                    continue
                cleared.add(address)
            note.value = None
    return len(cleared)


def marks_left(live: LiveWorkbook) -> int:
    """How many cells are marked, or were and are not found: their colours are still written down."""
    return len({address for _, address, _ in _noted(own_sheet(live))})


def _noted(sheet: xw.Sheet | None) -> list[tuple[xw.Range, str, str]]:
    """Each colour that is written down: where, the address of the marked cell, and the colour."""
    table = _table(sheet)
    body = table.data_body_range if table else None
    if sheet is None or table is None or body is None:
        return []
    columns = _columns(table)
    if CELL not in columns or COLOUR not in columns:
        return []
    left, rows = table.range.column, body.options(ndim=2).value
    return [
        (sheet.range((number, columns[COLOUR])), str(address), str(colour))
        for number, row in enumerate(rows, body.row)
        if (colour := row[columns[COLOUR] - left]) and (address := row[columns[CELL] - left])
    ]


def own_sheet(live: LiveWorkbook) -> xw.Sheet | None:
    """The Results sheet that the program made, whatever its name is now: it holds our table."""
    return next((sheet for sheet in live.book.sheets if _table(sheet)), None)


def _table(sheet: xw.Sheet | None) -> xw.main.Table | None:
    tables = sheet.tables if sheet is not None else ()
    return next((table for table in tables if table.name.casefold() == TABLE.casefold()), None)


def _free_name(live: LiveWorkbook) -> str:
    names = {sheet.name.casefold() for sheet in live.book.sheets}
    numbered = (SHEET if number == 1 else f"{SHEET} ({number})" for number in range(1, 1000))
    return next(name for name in numbered if name.casefold() not in names)
