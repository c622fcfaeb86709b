"""Makes jobs.xlsx and practice.xlsx from the declarations in xl_datasync/workbook/tables.py.

    pip install -e . vega_datasets && python workbook_templates/make_templates.py

The practice data is real: U.S. airports and Seattle's daily weather, from the vega_datasets package, which has them
from U.S. federal sources (both in the public domain). It is needed to make the workbook only, not to use it.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_datasync.core.jobs import What
from xl_datasync.workbook.job_rows import FOR_COPIES, FOR_SHEETS
from xl_datasync.workbook.tables import (
    COLUMN_MAP,
    CONNECTIONS,
    JOBS,
    OPTION_LIST,
    OPTIONS,
    SETTING_LIST,
    SETTINGS,
    ColumnSpec,
    KindOfJob,
    TableSpec,
)

HERE = Path(__file__).parent
MADE_AT = dt.datetime(2026, 1, 1)  # a stamp that does not change from one making to the next
HEADER_ROW = 4
# A protected sheet does not let its tables grow, so they are made long enough.
ROWS = {JOBS: 40, COLUMN_MAP: 200, OPTIONS: 40, CONNECTIONS: 12, SETTINGS: len(SETTING_LIST)}
INK, BLUE, GREY, LINE, MUTED = "1F2933", "1B4F72", "F0F0F0", "C5CDD5", "52606D"
PROMPT_LIMIT, TITLE_LIMIT = 255, 32
WRAPPED = {"Notes", "Result", "What it means", "What it does"}

GUIDE = (
    ("What this workbook is for", ""),
    ("", "It publishes sheets of this workbook, or other files, to open-data portals, and copies datasets. Each row of the Jobs sheet is one job."),
    ("", ""),
    ("In Excel", ""),
    ("", "With the tab Open Data (xl-datasync addin install adds it): go to the sheet with your data and press Publish. It asks once where the sheet goes, and fills in the Jobs sheet."),
    ("", ""),
    ("Five steps without the tab", ""),
    ("1", "Connections: give your portal a name, paste its address, and the ID of your API key (not its secret)."),
    ("2", 'Sign in once on this computer:  xl-datasync login --workbook "this file.xlsx"   (the secret goes to the password vault).'),
    ("3", "Jobs: one row for each sheet you publish. Paste the dataset's link and choose how the rows change it."),
    ("4", 'Check, without sending anything:  xl-datasync check "this file.xlsx"'),
    ("5", 'Publish:  xl-datasync run "this file.xlsx"'),
    ("", 'Changed your mind?  xl-datasync undo "this file.xlsx"   brings back the rows as they were before; history lists the runs.'),
    ("", ""),
    ("Good to know", ""),
    ("", "White cells are yours. Grey cells are filled in by runs from inside Excel; runs from the command line write nothing here."),
    ("", 'Columns are matched by name; xl-datasync map "this file.xlsx" shows how. Only what cannot be matched needs a row on the Column map sheet.'),
    ("", "Nothing is sent while a cell cannot be published; each such cell is named by its address."),
    ("", "No password or secret belongs in this workbook."),
)  # fmt: skip


def _font(size: int = 11, color: str = INK, *, bold: bool = False, italic: bool = False) -> Font:
    return Font(name="Calibri", size=size, color=color, bold=bold, italic=italic)


def main() -> None:
    """Make both workbooks."""
    blank = Workbook()
    _config_sheets(blank, GUIDE)
    _save(blank, HERE / "jobs.xlsx")
    practice = Workbook()
    # Only this script needs the package, and only for the practice workbook.
    sys.path.insert(0, str(HERE))
    from practice_sheets import PRACTICE_GUIDE, fill_practice  # noqa: PLC0415

    _config_sheets(practice, PRACTICE_GUIDE)
    fill_practice(practice)
    _save(practice, HERE / "practice.xlsx")


def _config_sheets(book: Workbook, guide: Sequence[tuple[str, str]]) -> None:
    book.remove(book.worksheets[0])
    _guide(book.create_sheet("Start here"), guide)
    for spec in (JOBS, COLUMN_MAP, OPTIONS, CONNECTIONS, SETTINGS):
        _table_sheet(book.create_sheet(spec.sheet), spec)
    for row, setting in enumerate(SETTING_LIST, HEADER_ROW + 1):
        sheet = book[SETTINGS.sheet]
        sheet.cell(row, 1, setting.name)
        words = setting.help + (f" Blank: {setting.default}." if setting.default else "")
        sheet.cell(row, 3, words)
        sheet.row_dimensions[row].height = 15 * (1 + len(words) // 90)
    _option_help(book[OPTIONS.sheet])
    _list_of_connections(book)
    _irrelevant(book[JOBS.sheet])


def _guide(sheet: Worksheet, lines: Sequence[tuple[str, str]]) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width = 4
    sheet.column_dimensions["B"].width = 110
    sheet["A1"] = "Publish to an open-data portal"
    sheet["A1"].font = _font(size=18, bold=True, color=BLUE)
    sheet.row_dimensions[1].height = 32
    for row, (mark, text) in enumerate(lines, 3):
        if mark and not text:
            sheet.cell(row, 1, mark).font = _font(size=13, bold=True, color=INK)
            sheet.row_dimensions[row].height = 22
        else:
            number = sheet.cell(row, 1, mark or None)
            number.font = _font(bold=True, color=BLUE)
            number.alignment = Alignment(vertical="top")
            cell = sheet.cell(row, 2, text or None)
            cell.font = _font()
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.row_dimensions[row].height = 15 * (1 + len(text) // 125)
    sheet.protection.sheet = True


def _table_sheet(sheet: Worksheet, spec: TableSpec) -> None:
    """One config table: title, purpose, table with lists, help and locked columns."""
    sheet["A1"] = spec.sheet
    sheet["A1"].font = _font(size=16, bold=True, color=BLUE)
    sheet.row_dimensions[1].height = 26
    sheet["A2"] = spec.purpose
    sheet["A2"].font = _font(italic=True, color=INK)
    last = HEADER_ROW + ROWS[spec]
    for index, column in enumerate(spec.columns, 1):
        _column(sheet, index, column, last)
    sheet.row_dimensions[HEADER_ROW].height = 34
    area = f"A{HEADER_ROW}:{get_column_letter(len(spec.columns))}{last}"
    table = Table(displayName=spec.name, ref=area)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3 if spec is JOBS else 2)
    sheet.sheet_view.showGridLines = False
    protection = sheet.protection
    protection.sheet = True
    for allowed in ("formatColumns", "formatRows", "sort", "autoFilter"):
        setattr(protection, allowed, False)  # False: not forbidden


def _column(sheet: Worksheet, index: int, column: ColumnSpec, last: int) -> None:
    letter = get_column_letter(index)
    sheet.column_dimensions[letter].width = column.width
    edge = Side(style="thin", color=LINE)
    head = sheet.cell(HEADER_ROW, index, column.header)
    head.font = _font(bold=True, color="FFFFFF")
    head.fill = PatternFill("solid", fgColor=BLUE)
    head.alignment = Alignment(wrap_text=True, vertical="center")
    for row in range(HEADER_ROW + 1, last + 1):
        cell = sheet.cell(row, index)
        cell.border = Border(edge, edge, edge, edge)
        cell.font = _font()
        cell.alignment = Alignment(vertical="top", wrap_text=column.header in WRAPPED)
        cell.protection = Protection(locked=column.locked)
        if column.locked:
            cell.fill = PatternFill("solid", fgColor=GREY)
            cell.font = _font(color=MUTED)
        elif column.header not in ("Order", "Header row", "Stop if rows shrink by more than"):
            cell.number_format = "@"
    _help(sheet, f"{letter}{HEADER_ROW + 1}:{letter}{last}", column)


def _help(sheet: Worksheet, area: str, column: ColumnSpec) -> None:
    """The list and the input message of a column's cells."""
    validation = DataValidation(allow_blank=True)
    if column.choices:
        validation = DataValidation(type="list", formula1='"' + ",".join(column.choices) + '"', allow_blank=True)
        validation.errorTitle = "Please choose from the list"
        validation.error = "The choices are: " + " · ".join(column.choices) + "."
        validation.showErrorMessage = True
    validation.promptTitle = column.header[:TITLE_LIMIT]
    validation.prompt = column.help[:PROMPT_LIMIT]
    validation.showInputMessage = True
    validation.add(area)
    sheet.add_data_validation(validation)


def _option_help(sheet: Worksheet) -> None:
    """The list of options, and a look-up that explains the one chosen."""
    names = [option.name for option in OPTION_LIST]
    letter = get_column_letter(OPTIONS.headers.index("Option") + 1)
    last = HEADER_ROW + ROWS[OPTIONS]
    listed = [v for v in sheet.data_validations.dataValidation if str(v.sqref).startswith(letter)]
    listed[0].type, listed[0].formula1 = "list", '"' + ",".join(names) + '"'
    listed[0].showErrorMessage, listed[0].error = True, "Please choose an option from the list."
    first = last + 3
    sheet.cell(first - 1, 2, "The options and what they mean").font = _font(bold=True, color=BLUE)
    for row, option in enumerate(OPTION_LIST, first):
        choices = f" Choices: {' · '.join(option.choices)}." if option.choices else ""
        default = f" Without it: {option.default}." if option.default else ""
        sheet.cell(row, 2, option.name).font = _font(bold=True, color=INK)
        sheet.cell(row, 3, option.help + choices + default)
    help_area = f"$B${first}:$C${first + len(OPTION_LIST) - 1}"
    for row in range(HEADER_ROW + 1, last + 1):
        sheet.cell(row, 4, f'=IF(B{row}="","",VLOOKUP(B{row},{help_area},2,FALSE))')


def _list_of_connections(book: Workbook) -> None:
    """The columns that name a portal offer the connections there are."""
    sheet = book[JOBS.sheet]
    letters = [get_column_letter(JOBS.headers.index(header) + 1) for header in ("Portal", "Copy from portal")]
    last = HEADER_ROW + ROWS[CONNECTIONS]
    for validation in sheet.data_validations.dataValidation:
        if str(validation.sqref).startswith(tuple(f"{letter}{HEADER_ROW + 1}:" for letter in letters)):
            validation.type = "list"
            validation.formula1 = f"={CONNECTIONS.sheet}!$A${HEADER_ROW + 1}:$A${last}"
            validation.showErrorMessage = True
            validation.error = "Please choose one of the connections on the Connections sheet."
    off = FormulaRule(formula=[f'$A{HEADER_ROW + 1}="No"'], font=Font(color="7B8794"))
    sheet.conditional_formatting.add(f"A{HEADER_ROW + 1}:C{HEADER_ROW + ROWS[JOBS]}", off)


def _irrelevant(sheet: Worksheet) -> None:
    """Cells that mean nothing in a row's kind of job are grey."""
    kind, what = (get_column_letter(JOBS.headers.index(header) + 1) for header in ("Kind of job", "What to copy"))
    first = HEADER_ROW + 1
    copies = f'${kind}{first}="{KindOfJob.DATASET.value}"'
    makes = f'AND({copies},OR(${what}{first}="{What.COLUMNS.value}",${what}{first}="{What.BOTH.value}"))'
    fill = PatternFill("solid", bgColor=GREY, fgColor=GREY)
    for headers, formula in (
        (FOR_SHEETS, copies),
        (FOR_COPIES, f'AND(${kind}{first}<>"",NOT({copies}))'),
        (("Dataset ID or link", "How to update"), makes),
        (("New dataset title", "When finished"), f'AND({copies},${what}{first}="{What.ROWS.value}")'),
    ):
        for header in headers:
            letter = get_column_letter(JOBS.headers.index(header) + 1)
            area = f"{letter}{first}:{letter}{HEADER_ROW + ROWS[JOBS]}"
            sheet.conditional_formatting.add(area, FormulaRule(formula=[formula], fill=fill))


def data_sheet(book: Workbook, title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Worksheet:
    """A sheet of data with a plain header row, widths that fit, and a frozen header."""
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(headers))
    for row in rows:
        sheet.append(list(row))
    for index, header in enumerate(headers, 1):
        letter = get_column_letter(index)
        head = sheet.cell(1, index)
        head.font = _font(bold=True, color="FFFFFF")
        head.fill = PatternFill("solid", fgColor=BLUE)
        longest = max((len(str(cell.value)) for cell in sheet[letter][:200] if cell.value is not None), default=0)
        sheet.column_dimensions[letter].width = min(44, max(len(header), min(longest, 40)) + 3)
    sheet.freeze_panes = "A2"
    return sheet


def _save(book: Workbook, path: Path) -> None:
    book.properties.creator = "xl-datasync"
    book.properties.created = book.properties.modified = MADE_AT
    book.save(path)


if __name__ == "__main__":
    main()
