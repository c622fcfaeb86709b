"""What the name in a job may mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as ExcelTable

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.area import Area, column_index, parse_area, split_qualified
from xl_datasync.workbook.package import Package
from xl_datasync.workbook.protocol import Table
from xl_datasync.workbook.sources import source_names

from .conftest import OpenBook, headers_of, rows_of
from .handmade import edit

ReadTable = Callable[..., Table]
MakeBook = Callable[..., Path]


@pytest.fixture
def book_path(tmp_path: Path) -> Path:
    """Two sheets, a table with totals and rows around it, a table without header, and names of several kinds."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "It's \u2603 data"
    for values in (["Title"], ["Id", "Fee", "Note"], [1, 10, "a"], [2, 20, "b"], ["Total", 30, None], ["after", 1, 2]):
        sheet.append(values)
    fees = ExcelTable(displayName="Fees", ref="A2:C5")
    fees.totalsRowCount = 1
    sheet.add_table(fees)
    other = book.create_sheet("Other")
    for values in ([1, "x"], [2, "y"], [None, None], ["K", "V"], [5, 6]):
        other.append(values)
    bare = ExcelTable(displayName="Bare", ref="A1:B2", headerRowCount=0)
    bare._initialise_columns()
    for column, name in zip(bare.tableColumns, ("Number", "Two words"), strict=True):
        column.name = name
    bare.autoFilter = None
    other.add_table(bare)
    for name, refers_to in {
        "Area_of_fees": "'It''s \u2603 data'!$A$2:$B$4",
        "Whole": "Fees[#All]",
        "Deleted": "#REF!",
        "Two_areas": "Other!$A$1:$A$2,Other!$B$1:$B$2",
        "Constant": "0.19",
        "Dynamic": "OFFSET(Other!$A$1,0,0,2,2)",
        "Elsewhere": "[1]Sheet1!$A$1:$B$2",
    }.items():
        book.defined_names[name] = DefinedName(name, attr_text=refers_to)
    other.defined_names["Local"] = DefinedName("Local", attr_text="Other!$A$4:$B$5")
    book.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_sources_are_listed(book_path: Path) -> None:
    """Everything that can be named is listed: sheets, tables, names; a sheet's own names with the sheet."""
    names = source_names(Package(book_path))
    assert names[:4] == ("It's \u2603 data", "Other", "Fees", "Bare")
    assert {"Area_of_fees", "Other!Local"} <= set(names)


@pytest.mark.parametrize("name", ["Fees", "fees", " FEES ", "Whole"])
def test_excel_table(read: ReadTable, book_path: Path, name: str) -> None:
    """An Excel table is exactly its own rows, whatever the case of its name: no totals, nothing from below."""
    table = read(book_path, name)
    assert table.shape.sheet == "It's \u2603 data"
    assert (table.shape.header_row, headers_of(table)) == (2, ["Id", "Fee", "Note"])
    assert rows_of(table) == {3: (1, 10, "a"), 4: (2, 20, "b")}


def test_excel_table_without_header_row(read: ReadTable, book_path: Path) -> None:
    """A table whose header row is switched off still has names for its columns."""
    table = read(book_path, "Bare")
    assert (table.shape.header_row, headers_of(table)) == (None, ["Number", "Two words"])
    assert rows_of(table) == {1: (1, "x"), 2: (2, "y")}


def test_header_row_of_an_excel_table_is_known(read: ReadTable, book_path: Path) -> None:
    """A job that gives another header row than the table has is refused; the same one is welcome."""
    assert read(book_path, "Fees", 2).shape.header_row == 2
    with pytest.raises(WorkbookError, match="has its header in row 2, but the job says 1"):
        read(book_path, "Fees", 1)


@pytest.mark.parametrize(
    ("name", "headers", "rows"),
    [
        ("Area_of_fees", ["Id", "Fee"], {3: (1, 10), 4: (2, 20)}),
        ("Local", ["K", "V"], {5: (5, 6)}),
        ("Other!Local", ["K", "V"], {5: (5, 6)}),
        ("Other!A4:B5", ["K", "V"], {5: (5, 6)}),
        ("other!$A$4:$B$5", ["K", "V"], {5: (5, 6)}),
        ("Other!B5:A4", ["K", "V"], {5: (5, 6)}),
        ("'It''s \u2603 data'!A2:B3", ["Id", "Fee"], {3: (1, 10)}),
        ("It's \u2603 data!A2:B3", ["Id", "Fee"], {3: (1, 10)}),
        ("Other!4:5", ["K", "V"], {5: (5, 6)}),
    ],
)
def test_names_and_ranges(
    read: ReadTable, book_path: Path, name: str, headers: list[str], rows: dict[int, tuple[object, ...]]
) -> None:
    """A name or range is read as written, its first row being the header; sheet names may be quoted or not."""
    table = read(book_path, name)
    assert headers_of(table) == headers
    assert rows_of(table) == rows


def test_header_of_a_range_may_be_elsewhere(read: ReadTable, book_path: Path) -> None:
    """The header of a range may stand above it, or there is none."""
    path = "'It''s \u2603 data'!A4:C4"
    assert headers_of(read(book_path, path, 2)) == ["Id", "Fee", "Note"]
    assert rows_of(read(book_path, path, 2)) == {4: (2, 20, "b")}
    assert headers_of(read(book_path, path, 0)) == ["Column A", "Column B", "Column C"]
    assert rows_of(read(book_path, path, 0)) == {4: (2, 20, "b")}


def test_whole_columns(read: ReadTable, make_book: MakeBook) -> None:
    """Whole columns are a sheet cut to these columns: the header is looked for."""
    path = make_book(S=[["Title"], [], ["A", "B", "C"], [1, 2, 3]])
    table = read(path, "S!B:C")
    assert (headers_of(table), rows_of(table)) == (["B", "C"], {4: (2, 3)})


def test_a_sheet_with_one_table_stops_at_its_totals(read: ReadTable, book_path: Path) -> None:
    """A sheet named whole is read without the totals row of its only table."""
    assert rows_of(read(book_path, "It's \u2603 data")) == {3: (1, 10, "a"), 4: (2, 20, "b")}


def test_a_sheet_with_two_tables_is_ambiguous(read: ReadTable, tmp_path: Path) -> None:
    """A sheet with several tables is not read as one; the tables are named."""
    book = openpyxl.Workbook()
    for values in (["A", None, "B"], [1, None, 2]):
        book.active.append(values)
    book.active.add_table(ExcelTable(displayName="First", ref="A1:A2"))
    book.active.add_table(ExcelTable(displayName="Second", ref="C1:C2"))
    book.save(tmp_path / "two.xlsx")
    with pytest.raises(WorkbookError, match="2 Excel tables: “First”, “Second”"):
        read(tmp_path / "two.xlsx")
    assert headers_of(read(tmp_path / "two.xlsx", "second")) == ["B"]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Deleted", "refers to cells that were deleted"),
        ("Two_areas", "several separate ranges"),
        ("Constant", "does not refer to a fixed range"),
        ("Dynamic", "does not refer to a fixed range"),
        ("Elsewhere", "another workbook"),
        ("Fee", r"no sheet, table or name “Fee”.*It has “Fees”"),
        ("Nowhere!A1:B2", "no sheet, table or name “Nowhere!A1:B2”"),
        ("Other!A1:XFE2", "“A1:XFE2” is not a range or name on the sheet “Other”"),
        ("Other!Missing", "“Missing” is not a range or name"),
        ("", "2 sheets that could be meant: “It's \u2603 data”, “Other”"),
    ],
)
def test_what_cannot_be_meant(read: ReadTable, book_path: Path, name: str, what: str) -> None:
    """A name that leads nowhere, or to several places, says so and what there is, the likeliest first."""
    with pytest.raises(WorkbookError, match=what) as caught:
        read(book_path, name)
    assert caught.value.remedy


def test_only_visible_sheet(read: ReadTable, make_book: MakeBook) -> None:
    """No name means the only visible sheet, and nothing where all are hidden."""
    path = make_book(Here=[["A"], [1]], There=[["B"], [2]])
    edit(path, "xl/workbook.xml", 'name="There" sheetId="2" state="visible"', 'name="There" sheetId="2" state="hidden"')
    assert headers_of(read(path)) == ["A"]
    edit(path, "xl/workbook.xml", 'name="Here" sheetId="1" state="visible"', 'name="Here" sheetId="1" state="hidden"')
    with pytest.raises(WorkbookError, match="no visible sheet"):
        read(path)


def test_sheet_and_table_of_one_name(read: ReadTable, tmp_path: Path) -> None:
    """A table that stands on the sheet of its own name is meant; one that stands elsewhere is ambiguous."""
    book = openpyxl.Workbook()
    jobs, other = book.active, book.create_sheet("Other")
    jobs.title = "Jobs"
    for sheet in (jobs, other):
        for values in (["A"], [1], ["below"]):
            sheet.append(values)
    jobs.add_table(ExcelTable(displayName="Jobs", ref="A1:A2"))
    jobs.parent.save(tmp_path / "same.xlsx")
    assert rows_of(read(tmp_path / "same.xlsx", "Jobs")) == {2: (1,)}
    del jobs.tables["Jobs"]
    other.add_table(ExcelTable(displayName="Jobs", ref="A1:A2"))
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(WorkbookError, match="both a sheet and an Excel table"):
        read(tmp_path / "other.xlsx", "Jobs")


def test_config_table(open_book: OpenBook, book_path: Path) -> None:
    """A config table is its Excel table, else what stands on its sheet; None without the sheet. Blank rows are left out."""
    book = open_book(book_path)
    fees = book.config_table("it's \u2603 data", "FEES")
    assert fees is not None
    assert [(column.header, column.letter) for column in fees.columns] == [("Id", "A"), ("Fee", "B"), ("Note", "C")]
    assert fees.rows == ((3, {"Id": 1, "Fee": 10, "Note": "a"}), (4, {"Id": 2, "Fee": 20, "Note": "b"}))
    assert book.config_table("Jobs", "Jobs") is None


def test_config_sheet_without_table(open_book: OpenBook, make_book: MakeBook) -> None:
    """A config sheet typed by hand works without an Excel table; two equal headers are refused by letter."""
    path = make_book(
        Jobs=[["Jobs of the city"], [], ["Run?", "Name", "Note"], ["Yes", "a", None], [], ["No", "b", " "]]
    )
    table = open_book(path).config_table("Jobs", "Jobs")
    assert table is not None
    assert [number for number, _ in table.rows] == [4, 6]
    assert table.rows[0][1] == {"Run?": "Yes", "Name": "a", "Note": None}
    twice = make_book("twice.xlsx", Jobs=[["Run?", "Name", "Run?"], ["Yes", "a", "b"]])
    with pytest.raises(WorkbookError, match="Columns A and C have the same header “Run"):
        open_book(twice).config_table("Jobs", "Jobs")


def test_empty_config_sheet(open_book: OpenBook, make_book: MakeBook) -> None:
    """An empty config sheet is there, with no columns and no rows."""
    table = open_book(make_book(Jobs=[], Other=[["A"]])).config_table("Jobs", "Jobs")
    assert table is not None
    assert (table.columns, table.rows) == ((), ())


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("B2", Area(2, 2, 1, 1)),
        ("$B$2:$F$90", Area(2, 90, 1, 5)),
        ("f90:b2", Area(2, 90, 1, 5)),
        ("A:F", Area(1, 1048576, 0, 5)),
        ("3:9", Area(3, 9, 0, 16383)),
        ("XFD1048576", Area(1048576, 1048576, 16383, 16383)),
        ("XFE1", None),
        ("A1048577", None),
        ("A0:B2", None),
        ("A1:B", None),
        ("A:3", None),
        ("Fees", None),
        ("", None),
    ],
)
def test_ranges(text: str, area: Area | None) -> None:
    """Ranges are read with or without $, in any order; what lies outside a sheet is none."""
    assert parse_area(text) == area


def test_area_text_and_letters() -> None:
    """An area is written as Excel writes it, and letters count from A as 0."""
    assert [str(Area(2, 2, 1, 1)), str(Area(2, 9, 1, 27))] == ["B2", "B2:AB9"]
    assert [column_index(letters) for letters in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16383]
    assert split_qualified("'It''s!'!A1") == ("It's!", "A1")
    assert split_qualified("A1:B2") is None
