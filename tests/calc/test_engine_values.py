"""Values through the engine, there and back."""

from __future__ import annotations

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.calc.entry import parse

pytestmark = pytest.mark.live_program

NOON = dt.datetime(2024, 2, 29, 12, 0)


@pytest.fixture
def sheet(calc: xw.App) -> xw.Sheet:
    """The first sheet of a new book."""
    return calc.books.add().sheets[0]


def test_a_block_comes_back_with_its_types(sheet: xw.Sheet) -> None:
    """Numbers are floats, dates are datetimes, booleans stay booleans, empty is None, None empties a cell."""
    sheet["B2:D3"].value = "old"
    sheet["B2"].value = [[1, "text", True], [NOON, None, -0.5]]
    assert sheet["B2:D3"].value == [[1.0, "text", True], [NOON, None, -0.5]]
    assert type(sheet["B2"].value) is float
    assert sheet["D2"].value is True
    assert sheet.used_range.address == "$B$2:$D$3"


def test_shapes(sheet: xw.Sheet) -> None:
    """A row, a column and one cell are written and read in the shape xlwings gives them."""
    sheet["A1"].value = ["a", "b", "c"]
    sheet["A2"].options(transpose=True).value = [1, 2, 3]
    assert sheet["A1:C1"].value == ["a", "b", "c"]
    assert sheet["A2:A4"].value == [1.0, 2.0, 3.0]
    assert sheet["A2:A4"].options(ndim=2).value == [[1.0], [2.0], [3.0]]
    sheet["E1:F2"].value = 7
    assert sheet["E1:F2"].value == [[7.0, 7.0], [7.0, 7.0]]
    assert sheet[0:2, 1:3].address == "$B$1:$C$2"
    assert sheet["A1:F2"][1, :].value == [1.0, None, None, None, 7.0, 7.0]
    assert sheet.range((1, 2), (4, 3)).address == "$B$1:$C$4"
    assert sheet.cells[3, 0].value == 3.0
    assert sheet["A:A"].value[:5] == ["a", 1.0, 2.0, 3.0, None]
    assert sheet["A1"].end("down").address == "$A$4"
    assert sheet["A1"].end("right").address == "$C$1"
    assert sheet["A1"].current_region.address == "$A$1:$C$4"


@pytest.mark.parametrize(
    ("text", "value", "number_format"),
    [
        ("007", 7.0, "General"),
        ("1/2/2024", dt.datetime(2024, 1, 2), "m/d/yyyy"),
        ("TRUE", True, "General"),
        ("5%", 0.05, "0%"),
        ("1E5", 100000.0, "0.00E+00"),
        ("12345678901234567", 12345678901234500.0, "General"),
        ("'007", "007", "General"),
        ("2024-01-02T10:00:00", "2024-01-02T10:00:00", "General"),
        ("a 007", "a 007", "General"),
        (" ", " ", "General"),
    ],
)
def test_texts_are_taken_as_excel_takes_them(sheet: xw.Sheet, text: str, value: object, number_format: str) -> None:
    """A text that looks like a number, date or boolean becomes one, and brings its format."""
    sheet["A1"].value = text
    assert sheet["A1"].value == value
    assert type(sheet["A1"].value) is type(value)
    assert sheet["A1"].number_format == number_format


@pytest.mark.parametrize("text", ["007", "1/2", "=A1", "TRUE", "5%", "#N/A", "-x"])
def test_text_cells_keep_texts(sheet: xw.Sheet, text: str) -> None:
    """In a cell formatted as text before, nothing is made of a text."""
    sheet["A1:B2"].number_format = "@"
    sheet["A1"].value = [[text, "x"], ["y", text]]
    assert sheet["A1:B2"].value == [[text, "x"], ["y", text]]
    assert sheet["A1"].number_format == "@"
    sheet["A1"].value = 7
    assert sheet["A1"].value == "7"


def test_the_day_of_the_year_is_this_years() -> None:
    """A date without a year is of this year; a text without digits is left alone."""
    today = dt.date.today()
    assert parse("1/2").value == dt.datetime(today.year, 1, 2)
    assert parse("1/2").number_format == "d-mmm"
    assert parse("May").value == "May"
    assert parse("+x").formula == "=+x"


def test_formulas(sheet: xw.Sheet) -> None:
    """Formulas are calculated, read back in Excel's spelling, and move along when one fills a range."""
    sheet["A1"].value = [[1, 2], [3, 4]]
    sheet["C1:C2"].formula = "=SUM(A1,B1)"
    assert sheet["C1:C2"].value == [3.0, 7.0]
    assert sheet["C1:C2"].formula == (("=SUM(A1,B1)",), ("=SUM(A2,B2)",))
    sheet["D1"].value = "=C1>C2"
    assert sheet["D1"].value is False
    sheet["A1"].value = 100
    assert sheet["C1"].value == 102.0
    assert sheet["D1"].value is True
    assert sheet["A1"].formula == "100"
    sheet["D1"].value = "='Sheet1'!A1"
    assert sheet["D1"].value == 100.0
    assert sheet["D1"].number_format == "General"


def test_errors(sheet: xw.Sheet) -> None:
    """Errors are None, or their text where that is asked for; `Value2` has COM's numbers."""
    sheet["A1"].value = [["=1/0", "=NA()", "=nonsense_name", '=VALUE("x")', "#REF!", "#N/A"]]
    assert sheet["A1:F1"].value == [None] * 6
    texts = ["#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#REF!", "#N/A"]
    assert sheet["A1:F1"].options(err_to_str=True).value == texts
    assert sheet["A1"].api.Value2 == -2146826281


def test_number_formats(sheet: xw.Sheet) -> None:
    """Formats come back in Excel's English spelling; a range of several formats has None."""
    for code in (
        "General",
        "0.00",
        "yyyy-mm-dd",
        "h:mm",
        "h:mm AM/PM",
        "0%",
        "@",
        "#,##0.00",
        "$#,##0.00",
        "[h]:mm:ss",
    ):
        sheet["A1"].number_format = code
        assert sheet["A1"].number_format == code
    assert sheet["A1:A2"].number_format is None
    assert sheet["B:B"].number_format == "General"


def test_value2_has_plain_numbers(sheet: xw.Sheet) -> None:
    """Dates, times and money are floats in `Value2`; in `value` dates and times are datetimes."""
    sheet["A1"].value = [NOON, 1.23456, 0.75]
    sheet["B1"].number_format = "$#,##0.00"
    sheet["C1"].number_format = "h:mm"
    assert sheet["A1:C1"].api.Value2 == ((45351.5, 1.23456, 0.75),)
    assert sheet["A1:C1"].value == [NOON, 1.23456, dt.datetime(1899, 12, 30, 18, 0)]


@pytest.mark.parametrize("since_1904", [False, True])
def test_both_date_systems(calc: xw.App, tmp_path: Path, since_1904: bool) -> None:
    """A date is the same day in both systems; only its number differs."""
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH if since_1904 else openpyxl.utils.datetime.WINDOWS_EPOCH
    book.active["A1"] = NOON
    book.save(tmp_path / "dates.xlsx")
    opened = calc.books.open(tmp_path / "dates.xlsx")
    sheet = opened.sheets[0]
    assert opened.api.Date1904 is since_1904
    assert sheet["A1"].value == NOON
    assert sheet["A1"].api.Value2 == (45351.5 - 1462 if since_1904 else 45351.5)
    sheet["A2"].value = NOON
    assert sheet["A2"].api.Value2 == sheet["A1"].api.Value2


def test_clearing(sheet: xw.Sheet) -> None:
    """Contents and looks are cleared each alone, or both."""
    sheet["A1"].value = 0.5
    sheet["A1"].number_format = "0%"
    sheet["A1"].color = (255, 0, 0)
    sheet["A1"].clear_contents()
    assert (sheet["A1"].value, sheet["A1"].number_format, sheet["A1"].color) == (None, "0%", (255, 0, 0))
    sheet["A1"].value = 0.5
    sheet["A1"].clear_formats()
    assert (sheet["A1"].value, sheet["A1"].number_format, sheet["A1"].color) == (0.5, "General", None)
    sheet["A1"].clear()
    assert sheet["A1"].value is None


def test_what_com_does_not_take(sheet: xw.Sheet) -> None:
    """A time of day alone is refused, a Decimal is money of four places."""
    with pytest.raises(TypeError):
        sheet["A1"].value = dt.time(10, 0)
    sheet["A1"].value = Decimal("1.23456")
    assert sheet["A1"].api.Value2 == 1.2346


def test_a_big_range_is_fast(sheet: xw.Sheet, capsys: pytest.CaptureFixture[str]) -> None:
    """20,000 rows of 12 columns with mixed types are written and read in seconds, and come back equal."""
    row = [1.5, "text", NOON, True, None, "x", 0.25, "y", 2.0, NOON, 3.0, "z"]
    rows = [[*row[:11], f"id {number}"] for number in range(20_000)]
    start = time.monotonic()
    sheet["A1"].value = rows
    written = time.monotonic()
    assert sheet.used_range.options(ndim=2).value == rows
    took = time.monotonic() - written
    with capsys.disabled():
        print(f"\n20,000 x 12 cells: written in {written - start:.2f} s, read in {took:.2f} s")  # noqa: T201  # a measurement, for whoever runs the tests
    assert took < 5
