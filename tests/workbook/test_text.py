"""Text files of records."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source, Table

from .conftest import OpenBook, headers_of, only_block, rows_of

ReadTable = Callable[..., Table]


@pytest.fixture
def text(tmp_path: Path) -> Callable[..., Path]:
    """Write a text file."""

    def write(content: str | bytes, name: str = "list.csv", encoding: str = "utf-8") -> Path:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return tmp_path / name

    return write


def test_values_are_text(read: ReadTable, text: Callable[..., Path]) -> None:
    """Every value is text as it stands, an empty one is blank; formats are General and there are no links."""
    table = read(text('Id,Name,Zip\n1,"Smith, ""J""",007\n2,,1e5\n'))
    assert rows_of(table) == {2: ("1", 'Smith, "J"', "007"), 3: ("2", None, "1e5")}
    block = only_block(table)
    assert list(block.formats(0)) == ["General", "General"]
    assert list(block.links(2)) == [None, None]
    assert (table.shape.sheet, table.shape.header_row, table.shape.first_row) == ("list.csv", 1, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(open_book: OpenBook, text: Callable[..., Path], encoding: str) -> None:
    """UTF-8 with and without its mark, and UTF-16 with it, are read without a word; the mark is no part of a header."""
    book = open_book(text("Stra\u00dfe,\u540d\u524d\n\u00e9,\U0001f600\n", encoding=encoding))
    table = book.read_table(Source())
    assert headers_of(table) == ["Stra\u00dfe", "\u540d\u524d"]
    assert rows_of(table) == {2: ("\u00e9", "\U0001f600")}
    assert book.notes == ()


@pytest.mark.parametrize("lines", [0, 40_000, 600_000])
@pytest.mark.parametrize(("name", "encoding"), [("Caf\u00e9", "cp1252"), ("\u0141\u00f3d\u017a", "cp1250")])
def test_other_encodings_are_refused(text: Callable[..., Path], name: str, encoding: str, lines: int) -> None:
    """What is not UTF-8, though it may begin like it, is refused with its line: which letters it means is unknown."""
    path = text(b"Name,Fee\n" + b"x,1\n" * lines + f"{name},5\n".encode(encoding))
    with pytest.raises(WorkbookError, match=f"list.csv, line {lines + 2}: The file is not in UTF-8") as caught:
        open_workbook(path)
    assert "“CSV UTF-8”" in caught.value.remedy


def test_a_letter_cut_off_is_refused(text: Callable[..., Path]) -> None:
    """A file that ends within a letter is no UTF-8, nor is UTF-16 of an odd length."""
    with pytest.raises(WorkbookError, match="line 2: The file is not in UTF-8"):
        open_workbook(text("A\nCaf\u00e9".encode()[:-1]))
    with pytest.raises(WorkbookError, match="neither UTF-8 nor UTF-16"):
        open_workbook(text("A\nCaf\u00e9".encode("utf-16")[:-1]))


def test_saved_while_read(open_book: OpenBook, text: Callable[..., Path]) -> None:
    """A file that is saved between two looks at it, or during one, is not read as a mixture of both."""
    table = open_book(text("A,B\n1,2\n")).read_table(Source())
    text("B,A\n1,2\n3,4\n")
    with pytest.raises(WorkbookError, match="saved by someone while it was being read"):
        list(table.blocks())
    table = open_book(text("A,B\n" + "1,2\n" * 10)).read_table(Source())
    blocks = table.blocks(3)
    next(blocks)
    text("A,B\n" + "1,2\n" * 11)
    with pytest.raises(WorkbookError, match="saved by someone while it was being read"):
        list(blocks)


@pytest.mark.parametrize(
    ("content", "name", "headers"),
    [
        ("A,B\n1,2\n", "a.csv", ["A", "B"]),
        ("A;B\n1,5;2,5\n", "a.csv", ["A", "B"]),
        ("A\tB\n1\t2\n", "a.csv", ["A", "B"]),
        ("A|B\n1|2\n", "a.csv", ["A", "B"]),
        ("A, or so\tB;C\n1,2\t3\n", "a.tsv", ["A, or so", "B;C"]),
        ("A\tB\n1\t2\n", "a.txt", ["A", "B"]),
        ("A;B\n1;2\n", "a.txt", ["A", "B"]),
        ('Name,Note\n"Smith; J","a; b; c"\n"Jones; K","d; e; f"\n', "a.csv", ["Name", "Note"]),
        ("Only\nvalue\n", "a.csv", ["Only"]),
        ("sep=;\nA;B\n1;2\n", "a.csv", ["A", "B"]),
        ("sep=,\nA,B;C\n1,2\n", "a.csv", ["A", "B;C"]),
    ],
)
def test_separators(read: ReadTable, text: Callable[..., Path], content: str, name: str, headers: list[str]) -> None:
    """The separator is the one that splits the records evenly; .tsv has tabs, and Excel's sep= line is followed."""
    table = read(text(content, name))
    assert headers_of(table) == headers
    assert len(rows_of(table)) == content.count("\n") - 1 - content.startswith("sep=")


def test_rows_are_records(read: ReadTable, text: Callable[..., Path]) -> None:
    """A record over several lines is one row, an empty line is a blank row, and blank rows at the end are left out."""
    table = read(text('Id,Note\r\n1,"two\r\nlines"\r\n\r\n2,x\r\n,\r\n\r\n'))
    assert rows_of(table) == {2: ("1", "two\r\nlines"), 3: (None, None), 4: ("2", "x")}


def test_uneven_records(read: ReadTable, text: Callable[..., Path]) -> None:
    """Short records are filled up and empty values beyond the header are dropped; anything else there is a fault."""
    assert rows_of(read(text("A,B,C\n1\n1,2,3,,\n"))) == {2: ("1", None, None), 3: ("1", "2", "3")}
    long = "".join("1,2,3,4\n" if number % 2 else '1,"a\nb",3\n' for number in range(60))
    table = read(text("A,B,C\n" + long))
    with pytest.raises(WorkbookError, match="more values than the 3 columns of the header: lines 4, 7, 10") as caught:
        list(table.blocks(7))
    assert caught.value.what.count(",") == 19
    assert caught.value.what.endswith("and others.")


def test_one_long_record(read: ReadTable, text: Callable[..., Path]) -> None:
    """A single record that is too long is named by its line."""
    with pytest.raises(WorkbookError, match="line 3"):
        list(read(text("A,B\n1,2\n1,2,3\n")).blocks())


@pytest.mark.parametrize(("content", "line"), [('A,B\n1,"open\n2,x\n', 2), ('A,B\n1,2\n"x"y,2\n', 3)])
def test_quotes(read: ReadTable, text: Callable[..., Path], content: str, line: int) -> None:
    """A quotation mark that is not closed would swallow rows, so it is refused with its line."""
    with pytest.raises(WorkbookError, match=f"list.csv, line {line}: A quotation mark"):
        rows_of(read(text(content)))


def test_long_fields(read: ReadTable, text: Callable[..., Path]) -> None:
    """A value longer than the csv module's limit of 131,072 characters is read."""
    assert rows_of(read(text("A,B\n1," + "x" * 300_000 + "\n")))[2] == ("1", "x" * 300_000)


def test_headers(read: ReadTable, text: Callable[..., Path]) -> None:
    """Blank headers at the end count only where they have values below; header rows are found, given or absent."""
    assert headers_of(read(text("A,,C,,\n1,2,3,,\n"))) == ["A", "", "C"]
    assert headers_of(read(text("A,B,\n1,2,3\n"))) == ["A", "B", ""]
    titled = text("Permits 2024\n\nId,Name,Fee\n1,x,2\n")
    assert read(titled).shape.header_row == 3
    assert headers_of(read(titled, "", 4)) == ["1", "x", "2"]
    bare = read(text("1,2\n3,4\n"), "", 0)
    assert (headers_of(bare), list(rows_of(bare))) == (["Column A", "Column B"], [1, 2])
    with pytest.raises(WorkbookError, match="None of the first"):
        read(text("1,2\n3,4\n"))
    with pytest.raises(WorkbookError, match="Row 9 is blank"):
        read(titled, "", 9)


def test_no_records(read: ReadTable, text: Callable[..., Path]) -> None:
    """A file of blank lines has no columns; a header alone has no rows."""
    assert read(text("\n\n")).shape.columns == ()
    assert list(read(text("A,B\n")).blocks()) == []


def test_names(open_book: OpenBook, text: Callable[..., Path]) -> None:
    """A text file may be named by its own name and nothing else; it has no config tables."""
    book = open_book(text("A,B\n1,2\n"))
    assert book.config_table("Jobs", "Jobs") is None
    for name in ("", "list", "LIST.CSV"):
        assert headers_of(book.read_table(Source(name))) == ["A", "B"]
    with pytest.raises(WorkbookError, match="no sheet, table or name “Sheet1”"):
        book.read_table(Source("Sheet1"))


def test_streaming(read: ReadTable, text: Callable[..., Path]) -> None:
    """Memory does not grow with the rows."""
    table = read(text("A,B,C\n" + "1,two,three\n" * 100_000))
    tracemalloc.start()
    assert sum(len(block.rows) for block in table.blocks()) == 100_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


values = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\n\t|'), max_size=12)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(values, min_size=3, max_size=3), max_size=12))
def test_any_text_round_trips(tmp_path: Path, rows: list[list[str]]) -> None:
    """Whatever the csv module writes comes back, but for blank rows at the end and empty texts."""
    with (tmp_path / "any.tsv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, delimiter="\t").writerows([["A", "B", "C"], *rows])
    while rows and not any(rows[-1]):
        rows.pop()
    with open_workbook(tmp_path / "any.tsv") as book:
        table = book.read_table(Source("", 1))
        assert [list(row) for row in rows_of(table).values()] == [[text or None for text in row] for row in rows]
