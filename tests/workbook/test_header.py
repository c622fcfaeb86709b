"""Which row is taken for the header, and when nothing is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.values import ErrorValue
from xl_datasync.workbook.header import find_header
from xl_datasync.workbook.protocol import Table

from .conftest import headers_of, rows_of

ReadTable = Callable[..., Table]
MakeBook = Callable[..., Path]

HEADER = ["Id", "Name", "Fee", "Date"]
DATA = [1, "x", 2.5, dt.date(2024, 1, 2)]
TEXTS = ["a", "b", "c", "d"]


def header_of(rows: list[list[Any]]) -> int | None:
    """The header found among rows counted from 1."""
    return find_header(list(enumerate(rows, 1)), "Sheet")


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([HEADER, DATA, DATA], 1),
        ([HEADER, TEXTS], 1),
        ([HEADER], 1),
        ([[], [], HEADER, DATA], 3),
        ([["Permits 2024"], HEADER, DATA], 2),
        ([["Permits 2024"], [], HEADER, DATA], 3),
        ([["Permits 2024"], ["City of X"], [], HEADER, DATA], 4),
        ([["Period:", "2024"], [], HEADER, DATA], 3),
        ([["Title"], [], ["Only"], [], HEADER, DATA], 5),
        ([["Region", 2019, 2020.0, "2021"], ["North", 1, 2, 3]], 1),
        ([[None, "A", "B", "C"], [0, 1, 2, 3]], 1),
        ([["Id", None, "Fee", "Date"], DATA], 1),
        ([["Id"], [1], [2]], 1),
        ([["Id"], ["x"]], 1),
        ([["Title only"]], 1),
        ([HEADER, DATA, [], ["A"] * 20, [1] * 20], 1),
        ([[], []], None),
        ([], None),
    ],
)
def test_found(rows: list[list[Any]], header: int | None) -> None:
    """Blank rows, titles and short notes beyond a gap are passed over; an all-blank top has no header."""
    assert header_of(rows) == header


@pytest.mark.parametrize(
    "rows",
    [
        [DATA, DATA],
        [[1, 2], [3, 4]],
        [["1", "2"], ["3", "4"]],
        [["Name", "Address", None, None], [None, "Street", "City", None], TEXTS, TEXTS],
        [["Name"], ["Smith", "x"]],
        [HEADER, [], TEXTS, TEXTS],
        [["Title"], [], ["x"], ["y"]],
        [[dt.date(2024, 1, 1), "b"], [1, 2]],
        [[ErrorValue("#REF!"), "b"], [1, 2]],
        [[True, "b"], [1, 2]],
    ],
)
def test_asked_rather_than_guessed(rows: list[list[Any]]) -> None:
    """Where no row, or more than one, may be the header, the number is asked for."""
    with pytest.raises(WorkbookError, match="Write the row number"):
        header_of(rows)


def test_header_below_titles(read: ReadTable, make_book: MakeBook) -> None:
    """Rows are numbered as on the sheet, whatever stands above the header."""
    table = read(make_book(S=[["Permits"], [], HEADER, DATA]))
    assert (table.shape.header_row, table.shape.first_row) == (3, 4)
    assert list(rows_of(table)) == [4]


def test_header_row_given(read: ReadTable, make_book: MakeBook) -> None:
    """A number given is followed, also where another row would have been found, and beyond row 50."""
    path = make_book(S=[HEADER, DATA, ["Real", "Header", None, None], DATA, *[[]] * 55, ["Far", "Below"], [1, 2]])
    assert headers_of(read(path, "S", 3)) == ["Real", "Header", "", ""]
    far = read(path, "S", 60)
    assert (headers_of(far), rows_of(far)) == (["Far", "Below"], {61: (1, 2)})


def test_no_header(read: ReadTable, make_book: MakeBook) -> None:
    """With header row 0 the columns have their letters for names, and rows count from the first that is filled."""
    table = read(make_book(S=[[], [None, 1, None, "x"], [None, 2, None, "y"]]), "S", 0)
    assert headers_of(table) == ["Column B", "Column C", "Column D"]
    assert table.shape.header_row is None
    assert rows_of(table) == {2: (1, None, "x"), 3: (2, None, "y")}


def test_header_row_that_is_blank(read: ReadTable, make_book: MakeBook) -> None:
    """A number that names a blank row, or one below the sheet, is refused."""
    path = make_book(S=[HEADER, DATA, []])
    for number in (3, 70000):
        with pytest.raises(WorkbookError, match=f"Row {number} is blank"):
            read(path, "S", number)


@pytest.mark.parametrize("number", [-1, 1_048_577])
def test_header_row_that_cannot_be(read: ReadTable, make_book: MakeBook, tmp_path: Path, number: int) -> None:
    """A number that no row has is refused, for sheets and text files alike."""
    (tmp_path / "a.csv").write_text("A,B\n1,2\n")
    for path in (make_book(S=[HEADER, DATA]), tmp_path / "a.csv"):
        with pytest.raises(WorkbookError, match=f"There is no row {number}"):
            read(path, "", number)


def test_header_beyond_row_fifty(read: ReadTable, make_book: MakeBook) -> None:
    """A header further down than row 50 is asked for: the rows above it are numbers."""
    with pytest.raises(WorkbookError, match="None of the first 50 rows"):
        read(make_book(S=[*[[1, 2, 3, 4]] * 50, HEADER, DATA]))


def test_data_that_begins_far_down(read: ReadTable, make_book: MakeBook, tmp_path: Path) -> None:
    """Where the first 50 rows are blank and data follows, the header's number is asked for; no sheet passes as empty."""
    (tmp_path / "a.csv").write_text("\n" * 60 + "A,B\n1,2\n")
    for path in (make_book(S=[*[[]] * 60, ["A", "B"], [1, 2]]), tmp_path / "a.csv"):
        with pytest.raises(WorkbookError, match="None of the first 50 rows"):
            read(path)
        assert list(rows_of(read(path, "", 61))) == [62]


def test_range_of_a_header_alone(read: ReadTable, make_book: MakeBook) -> None:
    """A range that holds its header and nothing else has columns and no rows, whatever stands below it."""
    table = read(make_book(S=[["A", "B"], [1, 2]]), "S!A1:B1")
    assert (headers_of(table), list(table.blocks())) == (["A", "B"], [])


def test_filter_buttons_show_the_header(read: ReadTable, tmp_path: Path) -> None:
    """Where the rows alone leave a doubt, the row with the filter's buttons is the header."""
    book = openpyxl.Workbook()
    for values in (["Name", "Address", None, None], ["Last", "Street", "City", None], TEXTS, TEXTS):
        book.active.append(values)
    book.active.auto_filter.ref = "A2:D4"
    book.save(tmp_path / "f.xlsx")
    assert read(tmp_path / "f.xlsx").shape.header_row == 2
