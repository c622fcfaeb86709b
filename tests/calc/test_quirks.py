"""What real Excel does and Calc does not, injected."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
import xlwings as xw

from tests.calc import office
from tests.calc.child import write_interpreter
from tests.calc.fixtures import QuirkyCalc
from tests.calc.quirks import SHAREPOINT, Quirks

pytestmark = pytest.mark.live_program


@pytest.fixture
def book(quirky: QuirkyCalc) -> xw.Book:
    """A new book."""
    return quirky.app.books.add()


def test_without_a_quirk_all_is_plain(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path) -> None:
    """With every quirk off the engine is that over Calc."""
    sheet = book.sheets[0]
    sheet["A1"].value = [[1.23456, "#SPILL!", 0.75]]
    sheet["A1"].number_format = "$#,##0.00"
    assert sheet["A1:B1"].value == [1.23456, "#SPILL!"]
    book.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))
    assert (tmp_path / "copy.xlsx").exists()
    assert quirky.app.hwnd


def test_money_is_cut_off(quirky: QuirkyCalc, book: xw.Book) -> None:
    """A cell formatted as money is a Decimal of four places; Value2 has all of it."""
    sheet = book.sheets[0]
    sheet["A1"].value = [1.23456, 1.23456]
    sheet["A1"].number_format = "$#,##0.00"
    quirky.quirks.currency_as_decimal = True
    assert sheet["A1:B1"].value == [Decimal("1.2345"), 1.23456]
    assert isinstance(sheet["A1"].value, Decimal)
    assert sheet["A1:B1"].api.Value2 == ((1.23456, 1.23456),)


def test_times_are_fractions(quirky: QuirkyCalc, book: xw.Book) -> None:
    """A cell with a time of day alone is a float; a date with a time is a datetime still."""
    sheet = book.sheets[0]
    sheet["A1"].value = ["18:00", dt.datetime(2024, 1, 2, 18, 0)]
    quirky.quirks.time_as_float = True
    assert sheet["A1:B1"].value == [0.75, dt.datetime(2024, 1, 2, 18, 0)]


def test_newer_errors_are_numbers(quirky: QuirkyCalc, book: xw.Book) -> None:
    """Errors that xlwings does not know leak as negative ints, with and without err_to_str."""
    quirky.quirks.newer_errors = True
    sheet = book.sheets[0]
    sheet["A1"].value = ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "=1/0"]
    leaked = [-2146826243, -2146826238, -2146826239, -2146826241]
    assert sheet["A1:E1"].value == [*leaked, None]
    assert sheet["A1:E1"].options(err_to_str=True).value == [*leaked, "#DIV/0!"]
    assert sheet["A1:D1"].api.Value2 == (tuple(leaked),)


def test_a_busy_excel(quirky: QuirkyCalc, book: xw.Book) -> None:
    """So many calls fail as COM says, reading, writing and asking for names alike, then all is well."""
    cell = book.sheets[0]["A1"]
    quirky.quirks.busy = 3
    calls = (lambda: cell.value, lambda: book.name, lambda: setattr(cell, "value", 1))
    for call in calls:
        with pytest.raises(Exception, match="rejected") as caught:
            call()
        hresult, text, said, argument = caught.value.args
        assert (hresult, caught.value.hresult) == (-2147418111, -2147418111)
        assert (type(caught.value).__name__, text, said, argument) == (
            "com_error", "Call was rejected by callee.", None, None,
        )  # fmt: skip
    assert cell.value is None
    quirky.quirks.busy_always = True
    with pytest.raises(Exception, match="rejected"):
        _ = quirky.app.books
    with pytest.raises(Exception, match="rejected"):
        quirky.app.status_bar = "x"


def test_where_a_book_lies(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path) -> None:
    """A book may lie in the cloud, where xlwings does not find it, or nowhere."""
    book.save(tmp_path / "Permits.xlsx")
    quirky.quirks.fullname = SHAREPOINT
    assert (book.name, book.fullname, book.api.FullName) == ("Permits.xlsx", SHAREPOINT, SHAREPOINT)
    quirky.quirks.fullname_fails = True
    with pytest.raises(xw.XlwingsError):
        _ = book.fullname
    assert book.api.FullName == SHAREPOINT
    quirky.quirks.fullname_fails, quirky.quirks.fullname, quirky.quirks.unsaved = False, None, True
    assert (book.name, book.fullname, book.api.Path) == ("Book1", "Book1", "")


def test_books_that_refuse(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path) -> None:
    """Read-only and shared books say so; a copy can be refused."""
    quirky.quirks.read_only = quirky.quirks.shared = quirky.quirks.save_copy_refused = True
    assert book.api.ReadOnly
    assert book.api.MultiUserEditing
    with pytest.raises(Exception, match="SaveCopyAs") as caught:
        book.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))
    assert caught.value.hresult == -2147352567
    assert not (tmp_path / "copy.xlsx").exists()


def test_a_mac(quirky: QuirkyCalc, book: xw.Book) -> None:
    """On a Mac `.api` knows none of COM's names, and values are written and read all the same."""
    quirky.quirks.mac = True
    sheet = book.sheets[0]
    sheet["A1"].value = [[1, 2]]
    assert sheet["A1:B1"].value == [1.0, 2.0]
    assert quirky.app.hwnd is None
    for api, name in ((book.api, "SaveCopyAs"), (sheet.api, "ProtectContents"), (sheet["A1"].api, "Value2")):
        assert not hasattr(api, name)
        with pytest.raises(AttributeError, match="Unknown property"):
            getattr(api, name)


def test_a_child_has_the_quirks_too(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path) -> None:
    """A child is given quirks of its own."""
    interpreter = write_interpreter(tmp_path, os.environ[office.URL], Quirks(unsaved=True))
    code = "import xlwings as xw; print(xw.books.active.fullname)"
    done = subprocess.run([interpreter, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.returncode) == ("Book1\n", 0), done.stderr
    assert book.fullname != ""
