"""How sheets may be built: whatever is legal in the file gives the same table."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.protocol import Table

from .conftest import headers_of, only_block, rows_of
from .handmade import cell, edit, handmade, inline, row

ReadTable = Callable[..., Table]
MakeBook = Callable[..., Path]

ROWS = row(1, inline("A1", "Id"), inline("B1", "Name")) + "".join(
    row(n, cell(f"A{n}", n), inline(f"B{n}", f"n{n}")) for n in (2, 3, 4)
)
_HIDDEN = ' hidden="1"'
TABLE = {2: (2, "n2"), 3: (3, "n3"), 4: (4, "n4")}


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (ROWS, {}),
        (ROWS, {"before": '<dimension ref="A1:B4"/>'}),
        (ROWS, {"before": '<dimension ref="A1"/>'}),
        (ROWS, {"before": '<dimension ref="A1:A2"/>'}),
        (ROWS, {"before": '<dimension ref="A1:XFD1048576"/>'}),
        (ROWS, {"strict": True}),
        (ROWS, {"prefix": "x"}),
        (ROWS.replace("<row ", '<row x14ac:dyDescent="0.25" spans="1:2" '), {}),
        (ROWS.replace("<row r", "<row\n  r").replace("<c r", "<c\n  r"), {}),
        (ROWS.replace('"', "'"), {}),
        ("".join(part.split('"', 2)[2].join(["<row", ""]) for part in ROWS.split("<row r=")[1:]), {}),
        (ROWS + '<row r="5000"><c r="A5000" s="0"/></row>', {"before": '<dimension ref="A1:B5000"/>'}),
        (ROWS + '<row r="1048576"><c r="A1048576" s="0"/></row>', {}),
        (ROWS + row(5, cell("C5", "", kind="str", formula='""')), {}),
    ],
    ids=[
        "no dimension", "dimension", "dimension A1", "dimension too small", "dimension too large", "strict", "prefix",
        "x14ac", "line breaks", "single quotes", "rows without numbers", "used range to 5000", "used range to the end",
        "blank formula",
    ],
)  # fmt: skip
def test_ways_of_writing_a_sheet(read: ReadTable, tmp_path: Path, rows: str, options: dict[str, object]) -> None:
    """The same cells give the same table, however the file is written and whatever it says about its size."""
    table = read(handmade(tmp_path / "s.xlsx", rows, **options))
    assert headers_of(table) == ["Id", "Name"]
    assert rows_of(table) == TABLE


def test_cells_without_addresses(read: ReadTable, tmp_path: Path) -> None:
    """Cells and rows that do not say where they stand follow each other."""
    rows = "".join(f"<row><c><v>{n}</v></c><c><v>{n * 2}</v></c></row>" for n in (1, 2))
    names = '<row><c t="inlineStr"><is><t>A</t></is></c><c t="inlineStr"><is><t>B</t></is></c></row>'
    assert rows_of(read(handmade(tmp_path / "n.xlsx", names + rows))) == {2: (1, 2), 3: (2, 4)}


def test_rows_out_of_order_are_refused(read: ReadTable, tmp_path: Path) -> None:
    """Rows that do not follow each other are refused in words, never read in part."""
    rows = row(1, inline("A1", "Id")) + row(4, cell("A4", 4)) + row(2, cell("A2", 2))
    with pytest.raises(WorkbookError, match=r"o\.xlsx, sheet “Data”: The file is damaged"):
        rows_of(read(handmade(tmp_path / "o.xlsx", rows)))


def test_rows_that_break_off(read: ReadTable, tmp_path: Path) -> None:
    """A sheet whose XML ends too early is an error, not a shorter table."""
    path = edit(handmade(tmp_path / "b.xlsx", ROWS), "xl/worksheets/sheet1.xml", "</sheetData></worksheet>", "")
    with pytest.raises(WorkbookError, match="damaged"):
        read(path)


def test_sparse_rows_keep_their_numbers(read: ReadTable, tmp_path: Path) -> None:
    """Rows far apart keep their numbers, the blank ones between them are given, and memory does not grow with them."""
    rows = row(1, inline("A1", "Id")) + row(2, cell("A2", 2)) + row(1048576, cell("A1048576", 3))
    table = read(handmade(tmp_path / "far.xlsx", rows))
    tracemalloc.start()
    count, last = 0, None
    for block in table.blocks():
        count += len(block.rows)
        last = (block.rows[-1], block.columns[0][-1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, last) == (1048575, (1048576, 3))
    assert peak < 4_000_000


def test_blank_rows_inside_are_kept_and_the_tail_is_not(read: ReadTable, make_book: MakeBook) -> None:
    """Blank rows between others are part of the table, at any block size; those after the last filled one are not."""
    path = make_book(S=[["A", "B"], [1, None], [None, None], [None, None], [None, 4], [None, None]])
    table = read(path)
    expected = {2: (1, None), 3: (None, None), 4: (None, None), 5: (None, 4)}
    for size in (1, 2, 3, 1000):
        assert rows_of(table, size) == expected
    assert [len(block.rows) for block in table.blocks(3)] == [1, 2, 1]


def test_formats_of_cut_and_blank_blocks(read: ReadTable, make_book: MakeBook) -> None:
    """A block that lost its blank end has formats and links for the rows it kept, a blank one for its rows."""
    table = read(make_book(S=[["A"], [1], [None], [None], [None], [2]]))
    for block in table.blocks(3):
        assert len(block.formats(0)) == len(block.links(0)) == len(block.rows)


def test_reading_again_starts_from_the_top(read: ReadTable, make_book: MakeBook) -> None:
    """Each reading is a fresh one, also while another is under way."""
    table = read(make_book(S=[["A"], [1], [2], [3]]))
    first = table.blocks(1)
    next(first)
    assert rows_of(table) == rows_of(table) == {2: (1,), 3: (2,), 4: (3,)}
    assert next(first).columns[0] == [2]


def test_hidden_rows_and_columns(read: ReadTable, tmp_path: Path) -> None:
    """Hidden and filtered rows are known by number, those of the header and beyond the table are not; so are columns."""
    book = openpyxl.Workbook()
    sheet = book.active
    for values in [["A", "B", "C"], *([n, n, n] for n in range(2, 8))]:
        sheet.append(values)
    sheet.auto_filter.ref = "A1:C7"
    for number in (1, 3, 4, 99):
        sheet.row_dimensions[number].hidden = True
    sheet.column_dimensions["B"].hidden = True
    book.save(tmp_path / "h.xlsx")
    table = read(tmp_path / "h.xlsx")
    assert table.shape.hidden_rows >= {3, 4}
    assert 1 not in table.shape.hidden_rows
    assert [column.hidden for column in table.shape.columns] == [False, True, False]
    assert list(rows_of(table)) == [2, 3, 4, 5, 6, 7]


def test_hidden_rows_without_numbers(read: ReadTable, tmp_path: Path) -> None:
    """Hidden rows are found where the file does not number its rows, and across a large sheet."""
    rows = "".join(f"<row{_HIDDEN if n in (3, 60000) else ''}><c><v>{n}</v></c></row>" for n in range(2, 60002))
    head = '<row><c t="inlineStr"><is><t>A</t></is></c></row>'
    assert read(handmade(tmp_path / "u.xlsx", head + rows)).shape.hidden_rows == {3, 60000}
    numbered = "".join(row(n, cell(f"A{n}", n), attributes=_HIDDEN if n % 20000 == 3 else "") for n in range(2, 60002))
    table = read(handmade(tmp_path / "n.xlsx", row(1, inline("A1", "A")) + numbered))
    assert table.shape.hidden_rows == {3, 20003, 40003}
    assert table.shape.row_estimate == 60000


def test_a_format_down_to_the_end_tells_no_number_of_rows(read: ReadTable, tmp_path: Path) -> None:
    """A styled last row of the sheet is not taken for a million rows to come, and is not read as one."""
    last = row(1048576, '<c r="A1048576" s="0"/>')
    table = read(handmade(tmp_path / "f.xlsx", row(1, inline("A1", "A")) + row(2, cell("A2", 2)) + last))
    assert table.shape.row_estimate is None
    assert list(rows_of(table)) == [2]


def test_rows_hidden_unless_told_otherwise(read: ReadTable, tmp_path: Path) -> None:
    """Where a sheet hides the rows it does not store, those it stores are shown, but for those that say otherwise."""
    rows = ROWS + row(6, cell("A6", 6), attributes=_HIDDEN) + row(8, cell("A8", 8))
    hides = '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
    assert read(handmade(tmp_path / "z.xlsx", rows, before=hides)).shape.hidden_rows == {6}


def test_merged_ranges(read: ReadTable, tmp_path: Path) -> None:
    """Merged ranges that touch data are named; a title's is not. Only the first cell of a merged range has a value."""
    book = openpyxl.Workbook()
    sheet = book.active
    for values in [["Title"], [], ["A", "B", "C"], [1, "x", 2], [3, "y", 4], [5, "z", 6]]:
        sheet.append(values)
    for merged in ("A1:C1", "B4:B5", "E4:F5"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "m.xlsx")
    table = read(tmp_path / "m.xlsx")
    assert table.shape.merged == ("B4:B5",)
    assert rows_of(table) == {4: (1, "x", 2), 5: (3, None, 4), 6: (5, "z", 6)}


def test_columns_beside_the_header(read: ReadTable, make_book: MakeBook) -> None:
    """Data without a header belongs to the table under a blank header, on either side; wholly blank columns do not."""
    table = read(
        make_book(S=[[None, None, "B", None, "D", None, None], [None, 7, 1, 2, 3, None, 9], [None, 8, 4, None, 6]]),
        "",
        1,
    )
    assert headers_of(table) == ["", "B", "", "D", "", ""]
    assert [column.letter for column in table.shape.columns] == ["B", "C", "D", "E", "F", "G"]
    assert rows_of(table) == {2: (7, 1, 2, 3, None, 9), 3: (8, 4, None, 6, None, None)}


def test_data_beside_the_header_is_found_late(read: ReadTable, tmp_path: Path) -> None:
    """A stray value far down, outside what the file declares as used, is not lost."""
    rows = ROWS + row(5000, cell("A5000", 1), cell("D5000", 2))
    table = read(handmade(tmp_path / "late.xlsx", rows, before='<dimension ref="A1:B4"/>'))
    assert headers_of(table) == ["Id", "Name", "", ""]


def test_styled_columns_are_not_data(read: ReadTable, tmp_path: Path) -> None:
    """Columns and rows that are only formatted do not widen or lengthen the table."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["A", "B"])
    sheet.append([1, 2])
    for number in range(1, 300):
        sheet.cell(number, 5).font = Font(bold=True)
    book.save(tmp_path / "s.xlsx")
    table = read(tmp_path / "s.xlsx")
    assert headers_of(table) == ["A", "B"]
    assert rows_of(table) == {2: (1, 2)}


def test_duplicate_and_untidy_headers(read: ReadTable, make_book: MakeBook) -> None:
    """Headers are trimmed and otherwise kept, duplicates too; numbers among them are written as Excel shows them."""
    table = read(make_book(S=[[" Id\u00a0", "\u2060Fee\u3000", "Fee", "Two\nlines", 2024, 2025.0], [1, 2, 3, 4, 5, 6]]))
    assert headers_of(table) == ["Id", "Fee", "Fee", "Two\nlines", "2024", "2025"]


def test_empty_sheet_and_header_only(read: ReadTable, make_book: MakeBook) -> None:
    """An empty sheet has no columns and no rows; a header alone has columns and no rows."""
    empty = read(make_book("e.xlsx", S=[]))
    assert (empty.shape.columns, list(empty.blocks())) == ((), [])
    header_only = read(make_book("h.xlsx", S=[["A", "B"]]))
    assert (headers_of(header_only), list(header_only.blocks())) == (["A", "B"], [])
    assert header_only.shape.first_row == 2


def test_hidden_sheets_and_charts(read: ReadTable, tmp_path: Path) -> None:
    """A chart sheet is never a table; hidden and very hidden sheets are read when named, and not taken unasked."""
    book = openpyxl.Workbook()
    book.active.title = "Shown"
    book.active.append(["A"])
    book.active.append([1])
    chart = BarChart()
    chart.add_data(openpyxl.chart.Reference(book.active, min_col=1, min_row=1, max_row=2))
    book.create_chartsheet("Chart", 0).add_chart(chart)
    for name, state in (("Hid", "hidden"), ("Deep", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(["B"])
        sheet.append([name])
        sheet.sheet_state = state
    book.save(tmp_path / "c.xlsx")
    assert rows_of(read(tmp_path / "c.xlsx")) == {2: (1,)}
    assert rows_of(read(tmp_path / "c.xlsx", "hid")) == {2: ("Hid",)}
    assert rows_of(read(tmp_path / "c.xlsx", "Deep")) == {2: ("Deep",)}
    with pytest.raises(WorkbookError, match="no sheet, table or name “Chart”"):
        read(tmp_path / "c.xlsx", "Chart")


def test_a_long_sheet_streams(read: ReadTable, tmp_path: Path) -> None:
    """Memory does not grow with the rows: a block is let go of before the next one is made."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Long")
    sheet.append([f"C{index}" for index in range(10)])
    for number in range(30_000):
        sheet.append([number + 0.5] * 10)
    book.save(tmp_path / "long.xlsx")
    table = read(tmp_path / "long.xlsx")
    tracemalloc.start()
    assert sum(len(block.rows) for block in table.blocks()) == 30_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_one_block_of_a_table(read: ReadTable, make_book: MakeBook) -> None:
    """A block names its rows, holds as many values in each column, and gives General where there is no format."""
    block = only_block(read(make_book(S=[["A", "B"], [1, "x"], [None, "y"]])))
    assert (list(block.rows), [list(column) for column in block.columns]) == ([2, 3], [[1, None], ["x", "y"]])
    assert list(block.formats(1)) == ["General", "General"]
    assert list(block.links(1)) == [None, None]


def test_saved_while_read(read: ReadTable, make_book: MakeBook) -> None:
    """A file that is saved between two looks at it is not read as a mixture of both."""
    table = read(make_book(S=[["A"], [1]]))
    make_book(S=[["A"], [1], [2], [3]])
    with pytest.raises(WorkbookError, match="saved by someone while it was being read"):
        list(table.blocks())
