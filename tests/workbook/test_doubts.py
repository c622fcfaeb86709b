"""What real files say of filters and formulas, as the closed reader gives it: the facts that warnings need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.filters import FilterColumn, Filters
from openpyxl.worksheet.table import Table as ExcelTable

from tests.calc.fixtures import QuirkyCalc
from tests.workbook.handmade import OFFICE, PACKAGE, cell, handmade, inline, row
from xl_datasync.core.values import Doubt, Stale, TableShape
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.protocol import Source, Table

Read = Callable[..., Table]
ROWS = [["Id", "Status", "Fee"], [1, "open", 5], [2, "closed", 6], [3, "open", 7], [4, "closed", 8]]
HEADER = row(1, inline("A1", "Id"), inline("B1", "Fee"))


def filtered(path: Path, *, in_table: bool = False, hidden: tuple[int, ...] = (3, 5), column: int = 1) -> Path:
    """A workbook whose filter shows the open ones; rows are hidden as Excel does it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    for values in ROWS:
        sheet.append(values)
    on = FilterColumn(colId=column, filters=Filters(filter=["open"]))
    if in_table:
        table = ExcelTable(displayName="Fees", ref="A1:C5")
        table._initialise_columns()
        table.autoFilter.filterColumn.append(on)
        sheet.add_table(table)
    else:
        sheet.auto_filter.ref = "A1:C5"
        sheet.auto_filter.filterColumn.append(on)
    for number in hidden:
        sheet.row_dimensions[number].hidden = True
    book.save(path)
    return path


@pytest.mark.parametrize("in_table", [False, True])
def test_filtered_rows(read: Read, tmp_path: Path, in_table: bool) -> None:
    """The rows a filter hides, and its column, whether the filter is the sheet's or an Excel table's."""
    shape = read(filtered(tmp_path / "book.xlsx", in_table=in_table)).shape
    assert shape.hidden_rows == shape.filtered_rows == {3, 5}
    assert shape.filtered_by == ("Status",)


def test_rows_hidden_by_hand_below_a_filter(read: Read, tmp_path: Path) -> None:
    """Rows outside the filter's range are hidden by hand."""
    path = filtered(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book["Data"].append([5, "open", 9])
    book["Data"].row_dimensions[6].hidden = True
    book.save(path)
    shape = read(path).shape
    assert (shape.hidden_rows, shape.filtered_rows) == ({3, 5, 6}, {3, 5})


def test_a_filter_that_is_off(read: Read, tmp_path: Path) -> None:
    """Buttons alone hide nothing: rows hidden below them were hidden by hand."""
    path = filtered(tmp_path / "book.xlsx")
    book = openpyxl.load_workbook(path)
    book["Data"].auto_filter.filterColumn = [FilterColumn(colId=1, hiddenButton=True)]
    book.save(path)
    shape = read(path).shape
    assert (shape.hidden_rows, shape.filtered_rows, shape.filtered_by) == ({3, 5}, set(), ())


def test_a_filter_that_hides_nothing_here(read: Read, tmp_path: Path) -> None:
    """Where every row passes the filter, it is not spoken of."""
    shape = read(filtered(tmp_path / "book.xlsx", hidden=())).shape
    assert (shape.hidden_rows, shape.filtered_rows, shape.filtered_by) == (set(), set(), ())


def with_formula(
    path: Path, said: str = "", formula: str = "A2*2", books: tuple[str, ...] = (), *, place: str = "B2"
) -> Path:
    """A workbook with one formula; ``said`` stands in its ``calcPr``, ``books`` are those it is linked to."""
    number = int(place[1:])
    rows = HEADER + row(2, cell("A2", 1), *([cell(place, 2, formula=formula)] if number == 2 else [cell("B2", 2)]))
    rows += row(number, cell(place, 2, formula=formula)) if number > 2 else ""
    names = f"<calcPr calcId='191029' {said}/>" if said else ""
    parts = {}
    if books:
        links = "".join(
            f'<Relationship Id="rId{n + 10}" Type="{OFFICE}/externalLink" Target="externalLinks/externalLink{n}.xml"/>'
            for n in range(1, len(books) + 1)
        )
        own = f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        own += f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>'
        own += f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        parts["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{PACKAGE}">{own}{links}</Relationships>'
        for n, target in enumerate(books, 1):
            parts[f"xl/externalLinks/externalLink{n}.xml"] = "<externalLink/>"
            parts[f"xl/externalLinks/_rels/externalLink{n}.xml.rels"] = (
                f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" '
                f'Target="{target}" TargetMode="External"/></Relationships>'
            )
    return handmade(path, rows, names=names, parts=parts)


def doubts(read: Read, path: Path) -> tuple[Doubt, ...]:
    """The doubts about a file's table."""
    shape: TableShape = read(path).shape
    return shape.doubts


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('calcMode="manual"', Stale.BY_HAND),
        ('calcCompleted="0"', Stale.UNFINISHED),
        ('fullCalcOnLoad="1"', Stale.UNFINISHED),
        ('calcMode="manual" calcCompleted="false"', Stale.UNFINISHED),
    ],
)
def test_results_that_may_be_old(read: Read, tmp_path: Path, said: str, why: Stale) -> None:
    """Manual calculation, and results that were not finished when the workbook was saved, with the first formula."""
    assert doubts(read, with_formula(tmp_path / "book.xlsx", said)) == (Doubt(why, 2, "B"),)


@pytest.mark.parametrize("said", ["", 'calcMode="auto" fullCalcOnLoad="0"', 'calcMode="autoNoTable"'])
def test_results_that_are_those_of_now(read: Read, tmp_path: Path, said: str) -> None:
    """What Excel writes in its ordinary settings is no reason to doubt."""
    assert doubts(read, with_formula(tmp_path / "book.xlsx", said)) == ()


def test_only_formulas_of_the_table_count(read: Read, tmp_path: Path) -> None:
    """A table without formulas has no old results, though the sheet has formulas beside it."""
    path = with_formula(tmp_path / "book.xlsx", 'calcMode="manual"', place="B9")
    assert read(path, "Data!A1:B5").shape.doubts == ()
    assert read(path, "Data!A1:B9").shape.doubts == (Doubt(Stale.BY_HAND, 9, "B"),)
    assert (
        doubts(
            read, handmade(tmp_path / "none.xlsx", HEADER + row(2, cell("A2", 1)), names='<calcPr calcMode="manual"/>')
        )
        == ()
    )


def test_values_from_other_workbooks(read: Read, tmp_path: Path) -> None:
    """The workbooks that the table's formulas name, and no others that the workbook is linked to."""
    books = ("file:///C:/Budget%202024.xlsx", "other.xlsx", "..\\fees.xlsx")
    path = with_formula(tmp_path / "book.xlsx", formula="[1]Sheet1!A1+'[3]Fee list'!B2", books=books)
    assert doubts(read, path) == (Doubt(Stale.LINKED, 2, "B", ("Budget 2024.xlsx", "fees.xlsx")),)
    plain = with_formula(tmp_path / "plain.xlsx", formula="Table1[[#This Row],[2020]]+SUM(Fees[7])", books=books)
    assert doubts(read, plain) == ()


def test_many_formulas(read: Read, tmp_path: Path) -> None:
    """Formulas are found wherever the file is cut while it is read, and each once."""
    rows = "".join(row(n, cell(f"A{n}", n, formula=f"ROW()+{'1+' * 200}{n}"), cell(f"B{n}", 1)) for n in range(2, 4000))
    path = handmade(tmp_path / "book.xlsx", HEADER + rows, names='<calcPr calcMode="manual"/>')
    assert read(path, "Data!A3990:B3999", 3990).shape.doubts == (Doubt(Stale.BY_HAND, 3991, "A"),)


@pytest.mark.live_program
def test_a_filter_in_an_open_workbook(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """A workbook that is open tells the same, unsaved edits included."""
    path = filtered(tmp_path / "book.xlsx")
    with LiveWorkbook(quirky.app.books.open(str(path)), tmp_path / "elsewhere") as live:
        live.book.sheets["Data"]["C2"].value = 55
        shape = live.read_table(Source("Data")).shape
        assert shape.hidden_rows == shape.filtered_rows == {3, 5}
        assert shape.filtered_by == ("Status",)
