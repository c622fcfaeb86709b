"""Tables, links, protection and looks, through the engine."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

pytestmark = pytest.mark.live_program


@pytest.fixture
def sheet(calc: xw.App) -> xw.Sheet:
    """A sheet whose name needs quotes."""
    return calc.books.add().sheets.add("It's mine")


def stored(sheet: xw.Sheet, path: Path) -> openpyxl.worksheet.worksheet.Worksheet:
    """The sheet as a stored copy has it."""
    sheet.book.api.SaveCopyAs(str(path))
    return openpyxl.load_workbook(path)[sheet.name]


def test_tables(sheet: xw.Sheet, tmp_path: Path) -> None:
    """A table is made of a range, found by name, resized, moved by inserted rows, and stored as a table."""
    sheet["B2"].value = [["Dataset", "State"], ["a", "b"]]
    table = sheet.tables.add(sheet["B2:C3"], name="Jobs")
    assert sheet.tables["jobs"] == table
    assert [each.name for each in sheet.tables] == ["Jobs"]
    assert table.header_row_range.value == ["Dataset", "State"]
    assert table.data_body_range.value == ["a", "b"]
    assert table.show_autofilter
    table.resize(sheet["B2:D5"])
    assert table.range.address == "$B$2:$D$5"
    assert table.data_body_range.shape == (3, 3)
    sheet["3:3"].insert("down")
    sheet["1:1"].delete("up")
    assert table.range.address == "$B$1:$D$5"
    assert sheet["C3"].table == table
    assert sheet["A1"].table is None
    sheet["D1"].value = "Added"
    assert stored(sheet, tmp_path / "copy.xlsx").tables["Jobs"].ref == "B1:D5"
    assert len(sheet.book.sheets["Sheet1"].tables) == 0
    assert "Jobs" not in sheet.book.sheets["Sheet1"].tables


def test_an_empty_table(sheet: xw.Sheet) -> None:
    """A table of a header alone has no body; one without headers gets some."""
    sheet["A1"].value = ["a", "b"]
    assert sheet.tables.add(sheet["A1:B1"], name="Empty").data_body_range is None
    sheet["E1"].value = [[1, 2]]
    other = sheet.tables.add(sheet["E1:F1"], has_headers=False)
    assert other.name == "Table1"
    assert other.range.value == [["Column1", "Column2"], [1.0, 2.0]]
    with pytest.raises(Exception, match="already taken"):
        sheet.tables.add(sheet["H1:I2"], name="EMPTY")
    with pytest.raises(Exception, match="overlap"):
        sheet.tables.add(sheet["B1:C2"], name="More")


def test_links(sheet: xw.Sheet, tmp_path: Path) -> None:
    """Links outside and to cells are put, read back, stored, and shown by their text."""
    sheet["A1"].add_hyperlink("https://example.org/a?b=c#d", "outside", "tip")
    sheet["A2"].add_hyperlink("#'It''s mine'!B3", "inside")
    assert sheet["A1:A2"].value == ["outside", "inside"]
    assert sheet["A1"].hyperlink == "https://example.org/a?b=c#d"
    assert sheet["A2"].hyperlink == "#'It''s mine'!B3"
    in_calc = sheet["A2"].impl.uno.getCellByPosition(0, 0).TextFields.getByIndex(0).URL
    assert in_calc == "#'It''s mine'.B3"  # the form that Calc follows when it is clicked
    copy = stored(sheet, tmp_path / "copy.xlsx")
    assert copy["A1"].hyperlink.target == "https://example.org/a?b=c#d" or copy["A1"].hyperlink.location == "d"
    assert copy["A2"].hyperlink.location == "'It''s mine'!B3"
    with pytest.raises(Exception, match="hyperlink"):
        _ = sheet["A3"].hyperlink
    sheet["A1"].value = "plain"
    with pytest.raises(Exception, match="hyperlink"):
        _ = sheet["A1"].hyperlink


def test_protection(sheet: xw.Sheet) -> None:
    """A protected sheet refuses changes of locked cells until it is unprotected with its password."""
    sheet["A1:B1"].value = ["kept", "open"]
    sheet["B1"].api.Locked = False
    assert not sheet.api.ProtectContents
    sheet.api.Protect("secret")
    assert sheet.api.ProtectContents
    sheet["B1"].value = "changed"
    for change in (
        lambda: setattr(sheet["A1"], "value", "lost"),
        lambda: setattr(sheet["A1"], "color", (1, 2, 3)),
        sheet["A1"].clear,
        lambda: sheet["1:1"].insert("down"),
        lambda: sheet["A1"].add_hyperlink("https://example.org"),
    ):
        with pytest.raises(Exception, match="protected sheet"):
            change()
    with pytest.raises(Exception, match="password"):
        sheet.api.Unprotect("wrong")
    assert sheet["A1:B1"].value == ["kept", "changed"]
    sheet.api.Unprotect("secret")
    sheet["A1"].value = "free"
    assert sheet["A1"].value == "free"


def test_looks(sheet: xw.Sheet, tmp_path: Path) -> None:
    """Colours, fonts, wrapping and widths are set, read back and stored."""
    cell = sheet["B2"]
    cell.value = "x"
    cell.color = (255, 204, 0)
    cell.font.bold = True
    cell.font.color = "#0000FF"
    cell.wrap_text = True
    sheet["B:B"].column_width = 20
    sheet["2:2"].row_height = 30
    assert (cell.color, cell.font.bold, cell.font.color, cell.wrap_text) == ((255, 204, 0), True, (0, 0, 255), True)
    assert cell.column_width == pytest.approx(20, abs=0.1)
    assert cell.row_height == pytest.approx(30, abs=0.1)
    copy = stored(sheet, tmp_path / "copy.xlsx")
    assert copy["B2"].fill.fgColor.rgb == "FFFFCC00"
    assert copy["B2"].font.b
    cell.color = None
    assert cell.color is None
    sheet.autofit()
    assert cell.column_width < 20
    sheet.freeze_panes.freeze_at("1:1")
    sheet.freeze_panes.unfreeze()


def test_hidden_rows_and_columns(sheet: xw.Sheet, tmp_path: Path) -> None:
    """Rows and columns are hidden and shown; values of hidden rows are read; mixed is None."""
    sheet["A1"].value = [[1, 2], [3, 4], [5, 6]]
    sheet["A2"].rows.hidden = True
    assert sheet["A2"].rows.hidden is True
    assert sheet["A1:A3"].rows.hidden is None
    assert sheet["A3:A9"].rows.hidden is False
    assert sheet.used_range.value == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert [area.address for area in sheet["A1:B3"].get_special_cells("visible")] == ["$A$1:$B$1", "$A$3:$B$3"]
    sheet["B1"].columns.hidden = True
    assert sheet["A1:B1"].columns.hidden is None
    assert sheet["A2"].rows.hidden is True
    assert stored(sheet, tmp_path / "copy.xlsx").row_dimensions[2].hidden
    sheet["A2"].rows.hidden = False
    assert sheet["A1:A3"].rows.hidden is False


def test_merged_cells(sheet: xw.Sheet) -> None:
    """A merged area is told of each of its cells; its value is in the first alone."""
    sheet["B2"].value = "wide"
    sheet["B2:C3"].merge()
    assert sheet["C3"].merge_cells
    assert sheet["C3"].merge_area.address == "$B$2:$C$3"
    assert sheet["B2:C3"].value == [["wide", None], [None, None]]
    assert not sheet["A1"].merge_cells
    sheet["B2:C3"].unmerge()
    assert not sheet["B2"].merge_cells


def test_what_a_sheet_is(sheet: xw.Sheet) -> None:
    """A sheet is a worksheet with no pivot tables; an unused one has the first cell as its used range."""
    assert sheet.api.Type == -4167
    assert sheet.api.PivotTables().Count == 0
    assert sheet.used_range.address == "$A$1"
    assert not sheet.book.api.MultiUserEditing


def test_addresses(sheet: xw.Sheet) -> None:
    """Addresses are written as Excel writes them."""
    assert sheet["B2"].get_address(row_absolute=False, column_absolute=False) == "B2"
    assert sheet["B2:C3"].get_address(external=True) == "'[Book1]It''s mine'!$B$2:$C$3"
    assert sheet["A:C"].address == "$A:$C"
    assert sheet["2:3"].address == "$2:$3"
    assert sheet["A1"].offset(2, 3).resize(2, 1).address == "$D$3:$D$4"
