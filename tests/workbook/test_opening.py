"""Files that cannot be read, and the sentences that say so."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source, Workbook

from .conftest import OpenBook, rows_of
from .handmade import edit

NOBODY = 65534
MakeBook = Callable[..., Path]
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> WorkbookError:
    """The error that opening a file gives; what, where and the remedy must be there."""
    with pytest.raises(WorkbookError) as caught:
        open_workbook(path)
    error = caught.value
    assert error.what
    assert path.name in error.where
    assert error.remedy
    assert error.exit_code == 2
    return error


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("a.xls", "the old Excel format"),
        ("a.XLSB", "a binary workbook"),
        ("a.ods", "an OpenDocument spreadsheet"),
        ("a.pdf", "not a kind of file"),
        ("a", "not a kind of file"),
    ],
)
def test_other_kinds_of_file(tmp_path: Path, name: str, what: str) -> None:
    """Other formats are refused by their names, with what to do instead."""
    (tmp_path / name).write_bytes(b"anything")
    assert what in refusal(tmp_path / name).what


@pytest.mark.parametrize("name", ["book.xlsx", "list.csv"])
def test_missing_folder_and_empty(tmp_path: Path, name: str) -> None:
    """A file that is not there, a folder and a file of no bytes each have their own sentence."""
    assert "no such file" in refusal(tmp_path / name).what
    (tmp_path / name).write_bytes(b"")
    assert "0 bytes" in refusal(tmp_path / name).what
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert "a folder" in refusal(tmp_path / name).what


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("a.xlsx", COMPOUND + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "has a password"),
        ("a.xlsx", COMPOUND + b"\0" * 2000 + "Workbook".encode("utf-16-le"), r"old Excel format \(.xls\)"),
        ("a.xlsx", b"<html><table><tr><td>1</td></tr></table></html>", "not an Excel workbook"),
        ("a.xlsm", b"Id,Name\n1,x\n", "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04 and no more", "damaged"),
        ("a.csv", b"PK\x03\x04 and so on", "not a text file"),
        ("a.csv", COMPOUND + b"\0" * 99, "not a text file"),
        ("a.csv", b"a,b\0\0\0c", "not a text file"),
        ("a.csv", b"a,b\n\x81,\x8d\n", "not in UTF-8"),
    ],
)
def test_content_under_a_wrong_name(tmp_path: Path, name: str, content: bytes, what: str) -> None:
    """A file that is not what its name says is told apart: password, old format, web page, text, broken, binary."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WorkbookError, match=what) as caught:
        open_workbook(tmp_path / name).read_table(Source())
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("target", "what"),
    [("word/document.xml", "some other kind"), ("xl/workbook.bin", "binary workbook"), ("", "some other kind")],
)
def test_other_packages(tmp_path: Path, target: str, what: str) -> None:
    """Packed files of other programs, and .xlsb under another name, are told apart from a damaged workbook."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    link = f'<Relationship Id="rId1" Type="{kind}" Target="{target}"/>' if target else ""
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as package:
        package.writestr("_rels/.rels", f"<Relationships>{link}</Relationships>")
        package.writestr(target or "content.xml", "<document/>")
    assert what in refusal(tmp_path / "a.xlsx").what


@pytest.mark.parametrize("cut", [30, 500, 2000, -1, -100])
def test_cut_off(tmp_path: Path, make_book: MakeBook, cut: int) -> None:
    """A workbook that was not copied to its end is damaged, at whatever place it was cut."""
    whole = make_book(S=[["A"], [1]]).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[:cut])
    assert "damaged" in refusal(tmp_path / "cut.xlsx").what


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
)
@pytest.mark.parametrize("content", [b"", b"<a", b"\xff\xfe\x00", b"<x/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_broken_parts(tmp_path: Path, make_book: MakeBook, part: str, content: bytes) -> None:
    """A part that is not what it should be gives words or the right rows, never a library's error."""
    path = make_book(S=[["A"], ["x"]])
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    assert_words_or_rows(path)


def assert_words_or_rows(path: Path) -> None:
    """Reading a file gives rows or a WorkbookError with a remedy."""
    try:
        with open_workbook(path) as book:
            rows_of(book.read_table(Source()))
    except WorkbookError as error:
        assert error.remedy  # noqa: PT017  # rows are as welcome as the error


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10_000), noise=st.binary(min_size=1, max_size=8))
def test_flipped_bytes(tmp_path: Path, make_book: MakeBook, place: int, noise: bytes) -> None:
    """Whatever bytes of a workbook are spoilt, there are rows or a sentence."""
    content = bytearray(make_book(S=[["A", "B"], ["x", 1], ["y", 2]]).read_bytes())
    place %= len(content)
    content[place : place + len(noise)] = noise
    (tmp_path / "noise.xlsx").write_bytes(content)
    assert_words_or_rows(tmp_path / "noise.xlsx")


def test_missing_sheet_part(tmp_path: Path, make_book: MakeBook) -> None:
    """A workbook that lists a sheet it does not hold is damaged."""
    path = edit(make_book(S=[["A"], [1]]), "xl/_rels/workbook.xml.rels", "sheet1.xml", "sheet9.xml")
    with pytest.raises(WorkbookError, match="damaged"), open_workbook(path) as book:
        book.read_table(Source())


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """A user whose rights can be taken away, also where the tests are run by root."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    yield
    if is_root:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
@pytest.mark.usefixtures("ordinary_user")
def test_no_permission() -> None:
    """A file that may not be read says so."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        path = Path(file.name)
        path.write_bytes(b"PK")
        path.chmod(0)
        assert "may not be read" in refusal(path).what


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sockets in folders")
def test_not_an_ordinary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket or device under a workbook's name is refused and not waited for."""
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.xlsx")
        assert "ordinary file" in refusal(Path("a.xlsx")).what


@pytest.mark.parametrize("name", ["book.xlsx", "book.csv"])
def test_open_in_excel_is_noted(tmp_path: Path, make_book: MakeBook, open_book: OpenBook, name: str) -> None:
    """A lock file beside the workbook is only a note: unsaved changes are not in the run."""
    path = make_book(S=[["A"], [1]]) if name.endswith("xlsx") else tmp_path / name
    if name.endswith("csv"):
        path.write_text("A\n1\n")
    assert open_book(path).notes == ()
    (tmp_path / f"~${name}").write_bytes(b"x")
    assert "is open in Excel" in open_book(path).notes[0]


def test_a_workbook_is_a_context_manager(make_book: MakeBook) -> None:
    """A workbook can be closed twice, and its file is free afterwards."""
    path = make_book(S=[["A"], [1]])
    with open_workbook(path) as book:
        assert isinstance(book.name, str)
        typed: Workbook = book
        table = typed.read_table(Source())
        assert list(rows_of(table)) == [2]
    book.close()
    path.rename(path.with_name("moved.xlsx"))


def test_macro_workbooks_and_capital_suffixes(make_book: MakeBook, open_book: OpenBook) -> None:
    """.xlsm is read like .xlsx, and the suffix may be in capitals."""
    for name in ("a.xlsm", "A.XLSX"):
        assert rows_of(open_book(make_book(name, S=[["A"], [1]])).read_table(Source())) == {2: (1,)}
