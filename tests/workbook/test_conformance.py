"""The reader gives what openpyxl gives, after the differences that reference.py names, on every awkward file here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from xl_datasync.core.values import Value
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source, Table

from .handmade import cell, handmade, inline, row
from .reference import reference_rows

ReadTable = Callable[..., Table]
Case = Callable[[Path], Path]

CASES: dict[str, Case] = {}


def openpyxl_case(fill: Callable[[Worksheet], None]) -> Callable[[Worksheet], None]:
    """A case written by openpyxl: the function fills the first sheet."""

    def write(path: Path) -> Path:
        book = openpyxl.Workbook()
        fill(book.active)
        book.save(path)
        return path

    CASES[fill.__name__] = write
    return fill


def handmade_case(write: Case) -> Case:
    """A case written part by part."""
    CASES[write.__name__] = write
    return write


def fill(sheet: Worksheet, headers: Sequence[str], *rows: Sequence[Any]) -> None:
    """A header and rows."""
    for values in (headers, *rows):
        sheet.append(list(values))


@openpyxl_case
def numbers(sheet: Worksheet) -> None:
    """Long, small, large and computed numbers."""
    fill(sheet, ["Number", "Other"], [1, 1.0], [-0.5, 0.1 + 0.2], [1e300, 1e-300], [1234567890123456, 12345678901234.5],
         [9007199254740993, -1], [1.1000000000000001, 2 / 3], [1e15, 1e22], [0, -0.0])  # fmt: skip


@openpyxl_case
def formats(sheet: Worksheet) -> None:
    """Percent, currency, digit masks, text and others."""
    sheet.append(["Value"])
    for code in ("0.00%", "00000", "000-00-0000", '"$"#,##0.00', "[$€-2] #,##0.00", "@", "0.00E+00", "# ?/?", "#,##0_);[Red](#,##0)",
                 '0 "days"', "0;-0;;@", "[<1]0.00%;0", "General"):  # fmt: skip
        sheet.append([45.5])
        sheet.cell(sheet.max_row, 1).number_format = code


@openpyxl_case
def moments(sheet: Worksheet) -> None:
    """Dates, times, both, spans, with fractions of seconds, under many formats."""
    sheet.append(["Moment", "Other"])
    moment = dt.datetime(2024, 2, 29, 13, 45, 59, 123000)
    codes = (
        "yyyy-mm-dd",
        "m/d/yy h:mm",
        "hh:mm:ss",
        "mm:ss.000",
        "[h]:mm:ss",
        "mmm-yy",
        "dddd",
        "h:mm AM/PM",
        "yyyy",
        "[$-409]d mmm;@",
    )
    for code in codes:
        for serial in (45351, 45351.5, 45351.999999, 0.25, 1.5, 61, 2958465, 45351.57359):
            sheet.append([serial, code])
            sheet.cell(sheet.max_row, 1).number_format = code
    for value in (moment, moment.date(), moment.time(), dt.timedelta(hours=49, seconds=1)):
        sheet.append([value, "native"])


def _early(sheet: Worksheet) -> None:
    sheet.append(["Moment"])
    for code in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"):
        for serial in (-45000, -1, -0.5, 0, 0.5, 1, 1.5, 58, 59, 60, 61):
            sheet.append([serial])
            sheet.cell(sheet.max_row, 1).number_format = code


@openpyxl_case
def early_dates(sheet: Worksheet) -> None:
    """Dates around the beginning of the 1900 system."""
    _early(sheet)


@openpyxl_case
def early_dates_1904(sheet: Worksheet) -> None:
    """The same serials in the 1904 system."""
    sheet.parent.epoch = CALENDAR_MAC_1904
    _early(sheet)


@openpyxl_case
def texts(sheet: Worksheet) -> None:
    """Texts in every script, long ones, and texts that look like something else."""
    fill(sheet, ["Text", "More"], ["caf\u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467", "\u05e9\u05dc\u05d5\u05dd \u202bx\u202c"], ["007", "TRUE"],
         ["  two  spaces ", "tab\tline\nbreak"], ["x" * 32767, "1e5"], ["'quoted", '"quoted"'], ["a\u00a0b\u200b", "\ufeffx"],
         ["_x000D_", "_x005F_x000D_"], ["a_x000D_\nb", "#N/A or so"])  # fmt: skip
    sheet["A99"] = "=1+1"
    sheet["A99"].data_type = "s"


@openpyxl_case
def rich_texts(sheet: Worksheet) -> None:
    """Texts with runs in different fonts."""
    bold = InlineFont(b=True)
    fill(
        sheet,
        ["Rich", "N"],
        [CellRichText("one ", TextBlock(bold, "two"), " three"), 1],
        [CellRichText(TextBlock(bold, "all")), 2],
    )


@openpyxl_case
def booleans_and_blanks(sheet: Worksheet) -> None:
    """Booleans, blanks in all places, a column of nothing, trailing blank rows."""
    fill(sheet, ["Yes", "Blank", "No"], [True, None, False], [None, None, 1], [], [0, None, None], [None, None, None])


@openpyxl_case
def title_and_gaps(sheet: Worksheet) -> None:
    """A title, a gap, a header in row 3, rows far apart, duplicate headers."""
    fill(sheet, ["Permits"], [], ["Id", "Fee", "Fee"], [1, 2, 3])
    sheet["A500"] = "far"
    sheet["C3000"] = 5


@openpyxl_case
def merged_and_hidden(sheet: Worksheet) -> None:
    """Merged cells, hidden rows and a hidden column keep their values and places."""
    fill(sheet, ["A", "B", "C"], *([n, n * 2, n * 3] for n in range(9)))
    sheet.merge_cells("A3:B4")
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["B"].hidden = True


@openpyxl_case
def styled_nothing(sheet: Worksheet) -> None:
    """A used range that formats alone stretch to row 5000 and column H."""
    fill(sheet, ["A", "B"], [1, "x"])
    for number in range(3, 5001, 7):
        sheet.cell(number, 2).font = Font(bold=True)
        sheet.cell(number, 8).number_format = "0.00"


@openpyxl_case
def uncalculated(sheet: Worksheet) -> None:
    """Formulas that no program has calculated."""
    fill(sheet, ["A", "B"], [1, "=A2+1"], [2, "=A3+1"], [None, "=SUM(A:A)"])


@openpyxl_case
def awkward_sheet_name(sheet: Worksheet) -> None:
    """A sheet's name with quotes, apostrophes and an emoji."""
    sheet.title = 'It\'s "q" \U0001f600 & <x>!'
    fill(sheet, ["A", "B"], [1, 2])


@openpyxl_case
def wide(sheet: Worksheet) -> None:
    """Several hundred columns."""
    fill(sheet, [f"C{n}" for n in range(400)], range(400), [None] * 399 + ["last"])


@handmade_case
def saved_results(path: Path) -> Path:
    """Saved results of formulas of every type, errors, and texts that read like errors."""
    cells = [cell("A{}", 5, formula="1"), cell("A{}", 1, kind="b", formula="1"), cell("A{}", "x", kind="str", formula="1"),
             cell("A{}", 45000, style=1, formula="1"), cell("A{}", 0.5, style=2, formula="1"),
             *(cell("A{}", code, kind="e", formula="1") for code in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")),
             inline("A{}", "#N/A"), cell("A{}", "#REF!", kind="str")]  # fmt: skip
    rows = "".join(row(number, xml.format(number)) for number, xml in enumerate(cells, 2))
    return handmade(path, row(1, inline("A1", "Result")) + rows, formats=("General", "yyyy-mm-dd", "0%"))


def _mixed(path: Path, **options: Any) -> Path:
    shared = [
        "<t>Id</t>",
        "<t>Text</t>",
        '<t xml:space="preserve"> s </t>',
        "<r><t>ri</t></r><r><t>ch</t></r>",
        "<t>a_x000D_b</t>",
    ]
    rows = row(1, cell("A1", 0, kind="s"), cell("B1", 1, kind="s"))
    rows += "".join(row(n, cell(f"A{n}", n * 1000.5, style=1), cell(f"B{n}", n, kind="s")) for n in (2, 3, 4))
    rows += row(6, inline("B6", "in line"))
    return handmade(path, rows, shared=shared, formats=("General", "yyyy-mm-dd hh:mm"), **options)


@handmade_case
def shared_and_inline(path: Path) -> Path:
    """Shared, rich and inline strings in one column, without a dimension."""
    return _mixed(path)


@handmade_case
def prefixed_namespaces(path: Path) -> Path:
    """A sheet whose elements have a prefix."""
    return _mixed(path, prefix="x")


@handmade_case
def dates_of_1904(path: Path) -> Path:
    """Ordinary dates in the 1904 system."""
    return _mixed(path, is_1904=True)


def ours(table: Table, size: int) -> Iterator[tuple[int, list[Value], list[str]]]:
    """Rows, values and formats as the reader of the package gives them."""
    for block in table.blocks(size):
        formats = [block.formats(index) for index in range(len(block.columns))]
        for at, number in enumerate(block.rows):
            yield number, [column[at] for column in block.columns], [column[at] for column in formats]


def assert_same(table: Table, path: Path, size: int = 1000) -> None:
    """Every row, value, type of value and format is the same as in the reference."""
    expected = list(reference_rows(path, table.shape))
    found = list(ours(table, size))
    assert [number for number, _, _ in found] == [number for number, _, _ in expected]
    for (number, values, codes), (_, other_values, other_codes) in zip(found, expected, strict=True):
        assert values == other_values, f"row {number}"
        assert [type(value) for value in values] == [type(value) for value in other_values], f"row {number}"
        filled = [index for index, value in enumerate(values) if value is not None]
        assert [codes[index] for index in filled] == [other_codes[index] for index in filled], f"row {number}"


@pytest.mark.parametrize("size", [3, 1000])
@pytest.mark.parametrize("case", CASES)
def test_same_as_the_reference(read: ReadTable, tmp_path: Path, case: str, size: int) -> None:
    """Cells, their types and formats equal those of openpyxl, whatever the block size."""
    path = CASES[case](tmp_path / f"{case}.xlsx")
    assert_same(read(path), path, size)


def test_strict_files(read: ReadTable, tmp_path: Path) -> None:
    """The Strict variant of the format, which openpyxl does not read, gives the same as its Transitional twin."""
    strict, twin = _mixed(tmp_path / "strict.xlsx", strict=True), _mixed(tmp_path / "twin.xlsx")
    assert list(ours(read(strict), 1000)) == list(ours(read(twin), 1000))


def test_all_cases_have_rows(read: ReadTable, tmp_path: Path) -> None:
    """No case passes by being empty."""
    for name, write in CASES.items():
        assert list(read(write(tmp_path / f"{name}.xlsx")).blocks()), name


anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    # openpyxl writes 16 significant digits.
    st.floats(-1e300, 1e300).map(lambda number: float(f"{number:.16g}")),
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20).filter(
        # The library reads a text of spaces alone as empty; both show nothing.
        lambda text: (
            not text.startswith("=") and text not in openpyxl.cell.cell.ERROR_CODES and bool(text.strip()) is bool(text)
        )
    ),
    st.dates(dt.date(1900, 3, 1), dt.date(9999, 12, 31)),
    st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0)),
    st.times().map(lambda time: time.replace(microsecond=0)),
    st.timedeltas(dt.timedelta(), dt.timedelta(days=2000)).map(
        lambda span: dt.timedelta(seconds=int(span.total_seconds()))
    ),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(anything, min_size=3, max_size=3), max_size=8))
def test_any_table_round_trips(tmp_path: Path, rows: list[list[Any]]) -> None:
    """Whatever values openpyxl writes come back equal and of their type, but for blank texts and blank last rows."""
    book = openpyxl.Workbook()
    for values in (["A", "B", "C"], *rows):
        book.active.append(values)
    path = tmp_path / "any.xlsx"
    book.save(path)
    rows = [[None if value == "" else value for value in values] for values in rows]
    while rows and rows[-1] == [None] * 3:
        rows.pop()
    with open_workbook(path) as opened:
        table = opened.read_table(Source("", 1))
        found = [values for _, values, _ in ours(table, 1000)]
        assert found == rows
        assert_same(table, path)
