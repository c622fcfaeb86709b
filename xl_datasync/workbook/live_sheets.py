"""Makes sheets in a workbook that is open in Excel: the job sheets it lacks, with their tables; and protection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import xlwings as xw

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import column_letter
from xl_datasync.workbook.colours import HEAD_COLOUR, HEAD_INK, LOCKED_COLOUR, TITLE_COLOUR
from xl_datasync.workbook.live import LiveWorkbook, quiet_excel
from xl_datasync.workbook.patience import forgiving, patiently
from xl_datasync.workbook.tables import OPTION_LIST, SETTING_LIST, SETTINGS, TABLES, ColumnSpec, TableSpec

HEADER_ROW = 4
EMPTY_ROWS = 10
TEXT = "@"
LONGEST_TEXT = 32_767  # what a cell holds


def add_missing_tables(live: LiveWorkbook) -> list[str]:
    """Add the config sheets that a workbook lacks, behind its other sheets.

    :returns: the names of the sheets that were added.
    :raises WorkbookError: where the workbook does not let sheets be added.
    """
    added: list[str] = []

    def add_rest() -> None:
        """Those not added yet: where Excel refuses a call in the middle, a sheet that is done is not done again."""
        names = {sheet.name.casefold() for sheet in live.book.sheets}
        with quiet_excel(live.book.app, "Adding the job sheets …", live.told):
            for spec in TABLES:
                if spec.sheet.casefold() not in names:
                    with added_sheet(live, spec.sheet) as sheet:
                        _table_sheet(sheet, spec)
                    added.append(spec.sheet)

    live.ask(add_rest)
    live.renew()
    return added


@contextmanager
def added_sheet(live: LiveWorkbook, name: str) -> Iterator[xw.Sheet]:
    """A new sheet behind the others, to be filled; it goes again where that fails, so that it can be done anew.

    :raises WorkbookError: where the workbook's structure is protected.
    """
    sheet = _blank_sheet(live, name)
    try:
        sheet.name = name
        yield sheet
    except BaseException:
        with suppress(Exception):  # what went wrong is more to the point than a sheet that stays
            live.ask(sheet.delete)
        raise


def _blank_sheet(live: LiveWorkbook, name: str) -> xw.Sheet:
    book = live.book
    try:
        return book.sheets.add(after=book.sheets[len(book.sheets) - 1])
    except Exception as error:  # COM and Apple events raise errors of their own kinds
        if _has_locked_structure(book):
            raise structure_protected(name, live.name) from error
        raise


def structure_protected(sheet: str, where: str) -> WorkbookError:
    """The error for a sheet that cannot be added, because the workbook's structure is protected."""
    return WorkbookError(
        f"The sheet “{sheet}” could not be added: the workbook's structure is protected.",
        where=where,
        remedy="In Excel choose Review > Protect Workbook, take the protection off, and try again.",
    )


def _has_locked_structure(book: xw.Book) -> bool:
    with forgiving():
        return bool(book.api.ProtectStructure)
    return False


def _table_sheet(sheet: xw.Sheet, spec: TableSpec) -> None:
    """Title, purpose, and the table, with the lists its cells offer."""
    write_title(sheet, spec.sheet, spec.purpose)
    rows = _first_rows(spec)
    last = HEADER_ROW + max(len(rows), EMPTY_ROWS)
    for index, column in enumerate(spec.columns, 1):
        _column(sheet, index, column, last)
    if rows:
        sheet.range((HEADER_ROW + 1, 1)).value = rows
    add_table(sheet, spec.name, len(spec.columns), last)


def _first_rows(spec: TableSpec) -> list[list[str | None]]:
    """What a new table holds: the settings there are."""
    if spec is not SETTINGS:
        return []
    return [
        [item.name, None, item.help + (f" Blank: {item.default}." if item.default else "")] for item in SETTING_LIST
    ]


def _column(sheet: xw.Sheet, index: int, column: ColumnSpec, last: int) -> None:
    head, cells = sheet.range((HEADER_ROW, index)), sheet.range((HEADER_ROW + 1, index), (last, index))
    head.value = column.header
    cells.column_width = column.width
    if column.locked:
        cells.color = LOCKED_COLOUR
    else:
        cells.number_format = TEXT
    choices = column.choices
    if column.header == "Option":
        choices = tuple(option.name for option in OPTION_LIST)
    if choices:
        with suppress(NotImplementedError):
            cells.data_validation.set_list(list(choices))


def write_title(sheet: xw.Sheet, title: str, line: str) -> None:
    """What a sheet of ours begins with."""
    sheet["A1"].value = title
    sheet["A1"].font.bold = True
    sheet["A1"].font.size = 16
    sheet["A1"].font.color = TITLE_COLOUR
    sheet["A2"].number_format = TEXT
    sheet["A2"].value = as_entered(line)


def add_table(sheet: xw.Sheet, name: str, width: int, last: int) -> None:
    """Make an Excel table of what stands below :data:`HEADER_ROW`."""
    make_header(sheet.range((HEADER_ROW, 1), (HEADER_ROW, width)))
    area = sheet.range((HEADER_ROW, 1), (last, width))
    sheet.tables.add(area, name=name, has_headers=True, table_style_name="TableStyleLight1")


def make_header(head: xw.Range) -> None:
    """Let cells look like a header, and stay in sight with their first column."""
    head.color, head.font.color, head.font.bold = HEAD_COLOUR, HEAD_INK, True
    with forgiving():  # only a convenience, which needs a window
        head.sheet.freeze_panes.freeze_at(head.sheet.range((1, 1), (head.row, head.column)))


def end_in(sheet: xw.Sheet, table: xw.main.Table, last: int) -> None:
    """Make a table's rows end in that row; what stands below it is moved down, never written over.

    The rows that a table gives up are to be blank.
    """
    area, has_totals = table.range, bool(table.show_totals)
    left, right = column_letter(area.column - 1), column_letter(area.column + area.shape[1] - 2)
    end = area.row + area.shape[0] - 1
    if has_totals:
        table.show_totals = False
        end -= 1
    if last > end:
        below = sheet[f"{left}{end + 1}:{right}{last + has_totals}"]
        if any(value is not None for row in below.options(ndim=2).value for value in row):
            below.insert("down")
    table.resize(sheet[f"{left}{area.row}:{right}{last}"])
    if has_totals:
        table.show_totals = True


def as_entered(text: str) -> str:
    """A text as it has to be given to a cell formatted as text, for the same to stand there."""
    # Excel takes an apostrophe at the beginning as a mark that a text follows.
    return f"'{text}"[:LONGEST_TEXT] if text.startswith("'") else text[:LONGEST_TEXT]


@contextmanager
def unprotected(sheet: xw.Sheet, where: str) -> Iterator[None]:
    """Take a sheet's protection off, if it has one without a password, and put it on again.

    :raises WorkbookError: where it has a password.
    """
    allowed = _protection(sheet)
    if allowed is None:
        yield
        return
    with forgiving():  # a wrong password is an error, or else seen below
        sheet.api.Unprotect("")
    if sheet.api.ProtectContents:
        raise _has_password(sheet, where)
    try:
        yield
    finally:
        patiently(lambda: sheet.api.Protect(**allowed))


def _protection(sheet: xw.Sheet) -> dict[str, Any] | None:
    """What a protected sheet allows; None where it is not protected, or nobody can tell."""
    with suppress(NotImplementedError, AttributeError):
        if sheet.api.ProtectContents:
            rules = getattr(sheet.api, "Protection", None)
            return {
                "DrawingObjects": bool(getattr(sheet.api, "ProtectDrawingObjects", True)),
                "Scenarios": bool(getattr(sheet.api, "ProtectScenarios", True)),
                **{name: bool(getattr(rules, name, False)) for name in _ALLOWANCES},
            }
    return None


# Arguments of Worksheet.Protect, which are the names of the properties of its Protection as well.
_ALLOWANCES = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows", "AllowInsertingColumns",
    "AllowInsertingRows", "AllowInsertingHyperlinks", "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting",
    "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


def _has_password(sheet: xw.Sheet, where: str) -> WorkbookError:
    return WorkbookError(
        f"The sheet “{sheet.name}” is protected with a password, so that nothing can be written there.",
        where=where,
        unaffected="",
        remedy="In Excel choose Review > Unprotect Sheet, and try again.",
    )
