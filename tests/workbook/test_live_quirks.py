"""What real Excel does and its files do not, injected: a live workbook is read rightly all the same, or it is said why."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.calc.bridge import uno
from tests.calc.engine import CalcEngine
from tests.calc.errors import com_error
from tests.calc.fixtures import QuirkyCalc
from tests.calc.quirks import SHAREPOINT
from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.values import ErrorValue
from xl_datasync.workbook import patience
from xl_datasync.workbook.live import LiveWorkbook, find_book, quiet_excel
from xl_datasync.workbook.protocol import Source

pytestmark = pytest.mark.live_program

NAMES = (
    "plain.xlsx", "Q1 = draft.xlsx", "100% done.xlsx", "fees & fines.xlsx", "o'clock.xlsx", "\u202aשלום.xlsx",
    "party \U0001f389.xlsx", " spaces .xlsx", "a=b=c.xlsx", "pipe | pipe.xlsx",
)  # fmt: skip


@pytest.fixture
def book(quirky: QuirkyCalc) -> xw.Book:
    """A new book, which nobody has saved."""
    return quirky.app.books.add()


@pytest.fixture
def saved(book: xw.Book, tmp_path: Path) -> xw.Book:
    """A book with a file."""
    book.sheets[0]["A1"].value = [["Id", "Name"], [1, "x"]]
    book.save(tmp_path / "Permits.xlsx")
    return book


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat at once what Excel refuses."""
    monkeypatch.setattr(patience, "PAUSE", 0.0)


def rows(live: LiveWorkbook) -> list[list[Any]]:
    """All rows below the header."""
    blocks = live.read_table(Source("")).blocks()
    return [list(row) for block in blocks for row in zip(*block.columns, strict=True)]


@pytest.mark.parametrize("refused", [False, True])
def test_money_arrives_exactly(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path, refused: bool) -> None:
    """An amount that Excel hands over cut to four places arrives with all of them."""
    book.sheets[0]["A1"].value = [["Fee", "Paid"], [1.23456789, 0.1]]
    book.sheets[0]["A2"].number_format = "$#,##0.00"
    quirky.quirks.currency_as_decimal, quirky.quirks.save_copy_refused = True, refused
    with LiveWorkbook(book, tmp_path) as live:
        assert rows(live) == [[1.23456789, 0.1]]


@pytest.mark.parametrize("mac", [False, True])
def test_times_of_day(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path, mac: bool) -> None:
    """A time that Excel hands over as a fraction is a time."""
    book.sheets[0]["A1"].value = [["Open", "Since"], ["18:00", dt.datetime(2024, 2, 29, 6)]]
    quirky.quirks.time_as_float = quirky.quirks.save_copy_refused = True
    quirky.quirks.mac = mac
    with LiveWorkbook(book, tmp_path) as live:
        assert rows(live) == [[dt.time(18), dt.datetime(2024, 2, 29, 6)]]


@pytest.mark.parametrize("mac", [False, True])
def test_newer_errors_are_errors(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path, mac: bool) -> None:
    """#SPILL! and the like, numbers over COM and nothing on a Mac, are what files make of them: #VALUE!."""
    book.sheets[0]["A1"].value = [
        ["A", "B", "C", "D"],
        ["#SPILL!", "#CALC!", "=1/0", "=NA()"],
        [-2146826243, "#n/a", None, 1],
    ]
    quirky.quirks.newer_errors = quirky.quirks.save_copy_refused = True
    quirky.quirks.mac = mac
    with LiveWorkbook(book, tmp_path) as live:
        newer = ErrorValue("#VALUE!")
        assert rows(live)[0] == [newer, newer, ErrorValue("#DIV/0!"), ErrorValue("#N/A")]
        assert rows(live)[1][0] == -2146826243, "a number that only looks like one stays a number"


def test_busy_excel(no_pause: None, quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """Each refusal is told once; when the cell is left, the work goes on."""
    told: list[str] = []
    with LiveWorkbook(saved, tmp_path, told.append) as live:
        quirky.quirks.busy = 3
        assert rows(live) == [[1, "x"]]
        assert told == [patience.BUSY_WORDS] * 3
        quirky.quirks.save_copy_refused = True
        saved.api.Saved = False
        live.renew()
        quirky.quirks.busy = 2
        assert rows(live) == [[1, "x"]], "a sheet met while Excel was busy is not left out"
        assert len(told) == 5


def test_busy_in_the_words_of_xlwings(no_pause: None, quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """The error that xlwings makes of a refused call, which has no number, is waited out like the others."""
    told: list[str] = []
    with LiveWorkbook(saved, tmp_path, told.append) as live:
        quirky.quirks.busy_of_xlwings, quirky.quirks.busy = True, 3
        assert rows(live) == [[1, "x"]]
    assert told == [patience.BUSY_WORDS] * 3


TAMED = """
import atexit
from types import SimpleNamespace
from xl_datasync.workbook.patience import tame

class Apps:
    @staticmethod
    def cleanup():
        print("other Excels are killed")

def cleanup():
    Apps.cleanup()

atexit.register(cleanup)
windows = SimpleNamespace(N_COM_ATTEMPTS=0, Apps=Apps, cleanup=cleanup)
tame(windows)
Apps.cleanup()
Apps().cleanup()
print(windows.N_COM_ATTEMPTS > 0)
"""


def test_xlwings_ends_no_other_excel() -> None:
    """What xlwings does to other Excels at the end of a process, and after each one it ends, is taken from it."""
    ended = subprocess.run([sys.executable, "-c", TAMED], capture_output=True, text=True, check=True, timeout=60)
    assert (ended.stdout, ended.stderr) == ("True\n", "")


def test_excel_that_stays_busy(
    monkeypatch: pytest.MonkeyPatch, quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path
) -> None:
    """After the longest wait it is given up, and said what to do; later it can be done again."""
    with LiveWorkbook(saved, tmp_path) as live:
        quirky.quirks.busy_always = True
        monkeypatch.setattr(patience, "LONGEST_WAIT", 0.05)
        with pytest.raises(WorkbookError, match="did not answer") as caught:
            rows(live)
        assert "press Enter or Esc" in caught.value.remedy
        quirky.quirks.busy_always = False
        assert rows(live) == [[1, "x"]]


def test_busy_while_all_is_put_back(no_pause: None, quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """A person who begins to edit a cell during a write is not left with a still screen or our words in the status bar."""
    app, told = quirky.app, []

    def write() -> None:
        with quiet_excel(app, "Writing …", told.append):
            quirky.quirks.busy = 3
            saved.sheets[0]["A1"].value = "later"

    with pytest.raises(Exception, match="rejected"):
        write()
    assert told
    assert app.screen_updating is True
    assert app.status_bar is False


def test_all_is_put_back_when_writing_fails(quirky: QuirkyCalc, saved: xw.Book) -> None:
    """Sheet, selection, status bar and screen are as before, whatever happens in between."""
    saved.sheets.add("Other", after=saved.sheets[0])
    saved.sheets[0].activate()
    saved.sheets[0]["B2:B3"].select()
    quirky.app.screen_updating = False

    def write() -> None:
        with quiet_excel(quirky.app, "Writing …"):
            assert quirky.app.status_bar == "Writing …"
            saved.sheets["Other"].activate()
            saved.sheets["Other"]["A9"].select()
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        write()
    assert saved.sheets.active.name != "Other"
    assert quirky.app.selection.address == "$B$2:$B$3"
    assert quirky.app.status_bar is False
    assert quirky.app.screen_updating is False


@pytest.mark.parametrize("fails", [False, True])
def test_a_book_on_the_web(quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path, fails: bool) -> None:
    """A workbook known by an address has no file; its place is of its folders' names, the same whether xlwings finds it."""
    quirky.quirks.fullname, quirky.quirks.fullname_fails = SHAREPOINT, fails
    with LiveWorkbook(saved, tmp_path / "kept") as live:
        assert live.file is None
        assert live.was_saved
        folder = tmp_path / "kept" / "web" / "example.sharepoint.com" / "sites" / "Open Data" / "Shared Documents"
        assert live.path == folder / "Permits.xlsx"
        assert rows(live) == [[1, "x"]]


def test_a_book_on_the_web_on_a_mac(quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """Where not even the address can be told, it still counts as saved."""
    quirky.quirks.fullname, quirky.quirks.fullname_fails, quirky.quirks.mac = SHAREPOINT, True, True
    with LiveWorkbook(saved, tmp_path / "kept") as live:
        assert live.was_saved
        assert live.path == tmp_path / "kept" / "web" / "Permits.xlsx"


def test_a_web_address_cannot_leave_its_place(quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """Dots in an address do not lead out of the folder."""
    quirky.quirks.fullname = "https://host/../..//a:b/./unsaved/Permits.xlsx"
    with LiveWorkbook(saved, tmp_path / "kept") as live:
        assert live.path == tmp_path / "kept" / "web" / "host" / "a_b" / "unsaved" / "Permits.xlsx"
        assert live.was_saved


@pytest.mark.parametrize("mac", [False, True])
def test_a_book_that_nobody_has_saved(quirky: QuirkyCalc, book: xw.Book, tmp_path: Path, mac: bool) -> None:
    """It is read like any other, and has no file."""
    book.sheets[0]["A1"].value = [["Id", "Name"], [1, "x"]]
    quirky.quirks.unsaved, quirky.quirks.mac = True, mac
    with LiveWorkbook(book, tmp_path) as live:
        assert (live.name, live.file, live.was_saved) == ("Book1", None, False)
        assert live.path == tmp_path / "unsaved" / "Book1"
        assert rows(live) == [[1, "x"]]


@pytest.mark.parametrize("name", NAMES)
def test_a_book_is_found_by_its_name(
    quirky: QuirkyCalc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whatever its name holds, and whichever book is in front; case does not count."""
    monkeypatch.setattr("sys.argv", ["x"])
    for each in (name, "front.xlsx"):
        openpyxl.Workbook().save(tmp_path / each)
        quirky.app.books.open(str(tmp_path / each))
    for hwnd in ("", str(quirky.app.hwnd), "4711"):
        assert find_book(name, hwnd).name == name
        assert find_book(name.upper(), hwnd).name == name


def test_a_book_that_is_closed_meanwhile(quirky: QuirkyCalc, saved: xw.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said that the book is not open any more."""
    monkeypatch.setattr("sys.argv", ["x"])
    saved.close()
    with pytest.raises(ConfigurationError, match="not open in Excel any more"):
        find_book("Permits.xlsx", str(quirky.app.hwnd))


def test_two_excels(quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Books of one name in two Excels are told apart by the window; where that cannot be done, none is taken."""
    monkeypatch.setattr("sys.argv", ["x"])
    second = xw.App(visible=False, add_book=False)
    other = tmp_path / "other" / "Permits.xlsx"
    other.parent.mkdir()
    openpyxl.Workbook().save(other)
    second.books.open(str(other))
    try:
        assert find_book("Permits.xlsx", str(second.hwnd)).fullname == str(other)
        assert find_book("Permits.xlsx", str(quirky.app.hwnd)).fullname == str(tmp_path / "Permits.xlsx")
        with pytest.raises(ConfigurationError, match="several Excels"):
            find_book("Permits.xlsx", "4711")
    finally:
        second.kill()


def test_excel_is_ended_meanwhile(quirky: QuirkyCalc, saved: xw.Book, tmp_path: Path) -> None:
    """A sheet that is asked for when the workbook is gone raises an error; nothing hangs, and the snapshot goes."""
    with LiveWorkbook(saved, tmp_path) as live:
        assert rows(live) == [[1, "x"]]
        saved.close()
        assert rows(live) == [[1, "x"]], "what was looked at stays"
        live.renew()
        with pytest.raises(uno().getClass("com.sun.star.uno.Exception")):
            rows(live)


def test_every_use_of_the_engine_counts_as_a_call(quirky: QuirkyCalc) -> None:
    """The quirky engine is the one in use, so that none of these tests passes by talking to another."""
    assert isinstance(quirky.app.impl.engine, CalcEngine)
    quirky.quirks.busy = 1
    with pytest.raises(Exception, match="rejected"):
        _ = quirky.app.books


def test_a_cell_in_edit_is_known_in_both_shapes() -> None:
    """Excel's own refusal (0x800AC472) is met by itself, and as the scode of another error."""
    details = (0, None, None, None, 0, -2146777998)
    assert patience.is_busy(com_error(-2146777998, "", None, None))
    assert patience.is_busy(com_error(-2147352567, "Exception occurred.", details, None))
    assert not patience.is_busy(
        com_error(-2147352567, "Exception occurred.", (0, None, None, None, 0, -2146827284), None)
    )
