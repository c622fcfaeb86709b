"""A workbook that is open in a live spreadsheet gives what its closed file gives, by each way of looking at it.

The ways are those of :mod:`xl_datasync.workbook.snapshot`: a copy of the file, a copy that the program saves, and a file
put together from the cells, with Excel for Windows' exact values and without them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as ExcelTable

from tests.calc.fixtures import QuirkyCalc
from tests.workbook.test_conformance import CASES, ours
from xl_datasync.core.conversion.rule import shows_percent
from xl_datasync.core.conversion.text import masked_digits
from xl_datasync.core.values import ErrorValue, TableShape
from xl_datasync.workbook.cells import shows
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.protocol import Source, Workbook

pytestmark = pytest.mark.live_program

Look = Callable[..., LiveWorkbook]

WAYS = ("file", "copy", "cells", "mac")
# What the program beside Excel cannot hold, so that there is nothing to compare: (case, row) → why.
LEFT_OUT = {
    ("texts", 9): "LibreOffice makes one line break of a carriage return and a line feed",
    **{("uncalculated", row): "LibreOffice calculates when it opens; that is what a live workbook is for" for row in (2, 3, 4)},
    **{("saved_results", row): "LibreOffice calculates texts, booleans and errors anew: here the formula 1"
       for row in (3, 4, *range(7, 14))},
}  # fmt: skip
# LibreOffice writes 15 digits into the copy; Excel 17.
ROUNDED = {("numbers", "copy"): 1e-14}
# Without exact values dates come as dates, and the 29 February 1900 that Excel alone knows stands between.
EARLY = ("early_dates", "early_dates_1904", "moments")


@pytest.fixture
def look(quirky: QuirkyCalc, tmp_path: Path) -> Look:
    """Opens a file in the live program and looks at it in one of the ways."""
    opened = []

    def open_live(path: Path, way: str = "file") -> LiveWorkbook:
        book = quirky.app.books.open(str(path))
        opened.append(book)
        book.api.Saved = way == "file"
        quirky.quirks.save_copy_refused = way == "cells"
        quirky.quirks.mac = way == "mac"
        return LiveWorkbook(book, tmp_path / "elsewhere")

    return open_live


def seen(book: Workbook, name: str = "") -> tuple[TableShape, list[tuple[int, list[Any], list[Any]]]]:
    """A table's shape and rows, with what converting makes of the formats."""
    table = book.read_table(Source(name))
    rows = [
        (number, values, [meaning(value, code) for value, code in zip(values, codes, strict=True)])
        for number, values, codes in ours(table, 1000)
    ]
    return table.shape, rows


def meaning(value: Any, code: str) -> Any:
    """All that depends on a cell's number format; the same format can be spelled in several ways."""
    if value is None or isinstance(value, (str, bool, ErrorValue)):
        return None
    return shows(code), shows_percent(code), masked_digits(value, code) if isinstance(value, (int, float)) else None


def same(found: Any, expected: Any, tolerance: float) -> bool:
    """Whether two values are equal and of one type."""
    if tolerance and isinstance(expected, (int, float)):
        return bool(found == pytest.approx(expected, rel=tolerance))
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES)
def test_same_as_the_closed_file(look: Look, tmp_path: Path, case: str, way: str) -> None:
    """Rows, values, their types, what their formats mean, header, hidden and merged cells are those of the file."""
    if way == "mac" and case in EARLY:
        pytest.skip("how a Mac gives dates of 1900 is not known")
    path = CASES[case](tmp_path / f"{case}.xlsx")
    with open_workbook(path) as closed, look(path, way) as live:
        shape, rows = seen(closed)
        live_shape, live_rows = seen(live)
    assert facts(live_shape) == facts(shape)
    assert [number for number, *_ in live_rows] == [number for number, *_ in rows]
    for (number, values, meanings), (_, expected, expected_meanings) in zip(live_rows, rows, strict=True):
        if way == "file" or (case, number) not in LEFT_OUT:
            tolerance = ROUNDED.get((case, way), 0)
            for value, wanted in zip(values, expected, strict=True):
                assert same(value, wanted, tolerance), f"row {number}: {value!r} for {wanted!r}"
            assert meanings == expected_meanings, f"row {number}"


def facts(shape: TableShape) -> tuple[object, ...]:
    """What is known of a table before its rows are read, but for their estimated number."""
    return shape.sheet, shape.columns, shape.header_row, shape.first_row, shape.hidden_rows, set(shape.merged)


@pytest.fixture
def structured(tmp_path: Path) -> Path:
    """A workbook with two tables, names of the book and of a sheet, links, hidden sheets, formulas and errors."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "It's data"
    for row in (["Id", "Fee\nUSD", "Site"], [1, 2.5, "first"], [2, 3.5, "second"], [3, 4.5, "third"]):
        sheet.append(row)
    sheet["C2"].hyperlink = "https://example.org/a?b=1&c=2#part"
    sheet.add_table(ExcelTable(displayName="Fees", ref="A1:C3"))
    for row, formula in enumerate(("=1/0", "=NA()", '=VALUE("x")', '="te"&"xt"', "=1=1", "=DATE(2024,2,29)"), 2):
        sheet.cell(row, 5, formula)
    sheet["E1"] = "Result"
    sheet["E7"].number_format = "yyyy-mm-dd"
    hidden = book.create_sheet("Hidden")
    hidden.append(["X", "Y"])
    hidden.append([1, "y"])
    hidden.sheet_state = "hidden"
    very = book.create_sheet("Very")
    very.append(["V"])
    very.append([7])
    very.sheet_state = "veryHidden"
    book.defined_names["Chosen"] = DefinedName("Chosen", attr_text="'It''s data'!$A$1:$B$4")
    sheet.defined_names["Own"] = DefinedName("Own", attr_text="'It''s data'!$E$1:$E$7")
    book.save(tmp_path / "structured.xlsx")
    return tmp_path / "structured.xlsx"


@pytest.mark.parametrize("way", WAYS[1:])
def test_tables_names_and_links(look: Look, structured: Path, way: str) -> None:
    """What a job can name is found again, and links lead where they led."""
    with open_workbook(structured) as closed, look(structured, way) as live:
        for name in ("Fees", "Chosen", "Hidden", "Very", "It's data", "It's data!A1:B3"):
            shape, rows = seen(closed, name)
            live_shape, live_rows = seen(live, name)
            assert facts(live_shape) == facts(shape), name
            if name != "It's data":  # it holds formulas that are not calculated in the file
                assert live_rows == rows, name
        assert live.sheet_of("Own") == "It's data"
        assert live.sheet_of("nothing") is None
        (block,) = live.read_table(Source("Fees")).blocks()
        if way != "mac":  # which lists no links
            assert block.links(2) == ["https://example.org/a?b=1&c=2#part", None]


@pytest.mark.parametrize("way", WAYS[1:])
def test_results_of_formulas(look: Look, structured: Path, way: str) -> None:
    """Results are as if they had been entered: texts, booleans, dates, and errors as errors."""
    with look(structured, way) as live:
        _, rows = seen(live, "It's data!E1:E7")
    errors = [ErrorValue("#DIV/0!"), ErrorValue("#N/A"), ErrorValue("#VALUE!")]
    assert [values for _, values, _ in rows] == [[item] for item in (*errors, "text", True, dt.date(2024, 2, 29))]


@pytest.mark.parametrize("way", WAYS[2:])
@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_other_formats(quirky: QuirkyCalc, tmp_path: Path, suffix: str, way: str) -> None:
    """A workbook of a format that is not read when closed is read when it is open."""
    book = quirky.app.books.add()
    sheet = book.sheets[0]
    sheet["A1"].value = [["Id", "When", "Share", "Yes"], ["007", dt.datetime(2024, 2, 29), 0.25, True]]
    sheet["A2"].number_format = "@"
    sheet["A2"].value = "007"
    sheet["B2"].number_format = "yyyy-mm-dd"
    sheet["C2"].number_format = "0.00%"
    sheet["A4"].value = "last"
    sheet["3:3"].impl.row_hidden = True
    book.save(tmp_path / f"old{suffix}")
    quirky.quirks.mac = way == "mac"
    with LiveWorkbook(book, tmp_path) as live:
        shape, rows = seen(live)
        assert live.name == f"old{suffix}"
    assert [values for _, values, _ in rows] == [
        ["007", dt.date(2024, 2, 29), 0.25, True], [None] * 4, ["last", None, None, None],
    ]  # fmt: skip
    assert shape.hidden_rows == {3}
    assert shows_percent("0.00%") is rows[0][2][2][1]


@pytest.mark.parametrize("protected", [False, True])
@pytest.mark.parametrize("way", WAYS[2:])
def test_hidden_rows_and_columns(look: Look, tmp_path: Path, way: str, protected: bool) -> None:
    """What is hidden is known as hidden, also where a protected sheet does not let one ask for it."""
    path = CASES["merged_and_hidden"](tmp_path / "hidden.xlsx")
    live = look(path, way)
    if protected:
        live.book.sheets[0].impl.uno.protect("")
    with live:
        shape, _ = seen(live)
    assert shape.hidden_rows == {5}
    assert [column.hidden for column in shape.columns] == [False, True, False]


def test_a_chart_of_ways(look: Look, tmp_path: Path) -> None:
    """A saved workbook is read from its file; with an edit that is not saved, from a copy; then from its file again."""
    path = CASES["numbers"](tmp_path / "numbers.xlsx")
    with look(path) as live:
        assert live.snapshot.path.read_bytes() == path.read_bytes()
        live.book.sheets[0]["A2"].value = 4711
        assert seen(live)[1][0][1][0] == 1, "one look lasts until it is renewed"
        live.renew()
        assert seen(live)[1][0][1][0] == 4711
        assert live.snapshot.path.read_bytes() != path.read_bytes()
        assert openpyxl.load_workbook(path).active["A2"].value == 1, "the file itself is not touched"
        live.book.save()
        live.renew()
        assert live.snapshot.path.read_bytes() == path.read_bytes()
        copies = live.snapshot.path.parent.parent
    assert not copies.exists()


@pytest.mark.parametrize(
    "quirk", [{"address": "https://x.sharepoint.com/a/numbers.xlsx"}, {"read_only": True}, {"shared": True}]
)
def test_files_that_may_be_others(quirky: QuirkyCalc, look: Look, tmp_path: Path, quirk: dict[str, Any]) -> None:
    """Where somebody else may have saved the file, or OneDrive may lag, Excel is asked for what it shows."""
    path = CASES["numbers"](tmp_path / "numbers.xlsx")
    live = look(path)
    vars(quirky.quirks).update(quirk)
    path.write_bytes(CASES["texts"](tmp_path / "other.xlsx").read_bytes())
    with live:
        assert seen(live)[1][0][1] == [1, 1]


def test_a_workbook_with_a_password(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """A file that only Excel can open is read from Excel, saved or not."""
    book = quirky.app.books.add()
    book.sheets[0]["A1"].value = [["Id", "Name"], [1, "x"]]
    book.save(str(tmp_path / "secret.xlsx"), password="pass")
    with LiveWorkbook(book, tmp_path) as live:
        assert [values for _, values, _ in seen(live)[1]] == [[1, "x"]]


def test_many_rows_in_chunks(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """Chunks join without a seam, formats and gaps included."""
    book = quirky.app.books.add()
    sheet = book.sheets[0]
    rows: list[Sequence[Any]] = [["Id", "Share"], *([number, number / 8] for number in range(2, 12_000))]
    rows[5_100] = [None, None]
    sheet["A1"].value = rows
    sheet["B4990:B5010"].number_format = "0%"
    quirky.quirks.save_copy_refused = True
    with LiveWorkbook(book, tmp_path) as live:
        _, found = seen(live)
    assert [tuple(values) for _, values, _ in found] == [tuple(row) for row in rows[1:]]
    percents = [number for number, _, meanings in found if meanings[1] and meanings[1][1]]
    assert percents == list(range(4990, 5011))


@pytest.mark.parametrize(
    "text", ["a\rb", "\x01\x1f", "_x000D_", "_x005F_x000D_x0041_", "<&>\"'", "  x  ", "=1+1", "#N/A", "\t\n"]
)
def test_any_text_comes_through_a_rebuilt_file(tmp_path: Path, text: str) -> None:
    """Characters that XML cannot hold, and texts that look like something else, come back as they were."""
    from xl_datasync.workbook.plain_file import PlainRows, PlainSheet, write_plain_file  # noqa: PLC0415

    rows = PlainRows(1, 0, [["Text"], [text]], [["General", "General"]])
    write_plain_file(tmp_path / "texts.xlsx", [PlainSheet("Data", True, [rows])])
    with open_workbook(tmp_path / "texts.xlsx") as book:
        assert [values for _, values, _ in seen(book)[1]] == [[text]]
