"""The launcher, run by LibreOffice from the built file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.addin.clicks import Clicker
from tests.addin.conftest import Desk
from tests.calc.bridge import file_url
from xl_datasync import __version__
from xl_datasync.addin.buttons import TAB

IDS = [button.id for button in TAB.buttons]
AWFUL_NAMES = [
    "plain", "two  blanks ", "it's", 'a "quoted" one', "a&b", "50%PATH%", "a%20b", "a|b", "a=b", "a;b`c$d", "😀", "דוח שנתי",
    "naïve Größe", "a\\b", "\u202eabc",
]  # fmt: skip


def workbook(folder: Path, *sheets: str, name: str = "book") -> Path:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        book.create_sheet(sheet)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("button", IDS)
def test_every_button_starts_python_with_its_request(desk: Desk, tmp_path: Path, button: str) -> None:
    """A click starts the interpreter of the settings with the request's file, which names the book and the sheet."""
    desk.open(workbook(tmp_path, "Permits"))
    desk.clicker.click(button)
    request = desk.request()
    assert request.pop("fullname").endswith("book.xlsx")  # Calc's ActiveWorkbook leaves out the folder
    assert request == {
        "command": button,
        "wb": "book.xlsx",
        "sheet": "Permits",
        "sheet_kind": "Worksheet",
        "hwnd": "",
        "excel": "11.0",
        "addin": __version__,
    }
    arguments = (desk.notes / "arguments").read_text(encoding="utf-8").splitlines()
    assert arguments[:2] == ["-m", "xl_datasync.ribbon"]
    (path,) = arguments[2:]
    assert Path(path).parent == desk.temporary
    assert Path(path).name.startswith("xl-datasync-")


@pytest.mark.parametrize("name", AWFUL_NAMES)
def test_any_name_of_a_book_travels_unharmed(desk: Desk, tmp_path: Path, name: str) -> None:
    """Quotes, blanks, percent signs, bars, emoji and right-to-left letters in a name arrive as they are."""
    book = desk.open()
    book.storeAsURL(file_url(str(tmp_path / f"{name}.ods")), ())
    desk.clicker.click("publish")
    assert desk.request()["wb"] == f"{name}.ods"


def test_any_name_of_a_sheet_travels_unharmed(desk: Desk) -> None:
    """The sheet in front is named, whatever its name."""
    book = desk.open()
    book.Sheets.getByIndex(0).Name = 'Größe "a"|b=%c% שנה 😀'
    desk.clicker.click("check")
    assert desk.request()["sheet"] == 'Größe "a"|b=%c% שנה 😀'


def test_an_unsaved_book_is_named(desk: Desk) -> None:
    """A book that was never saved goes by the name in its title."""
    desk.open()
    desk.clicker.click("publish")
    assert desk.request()["wb"].startswith("Untitled")


def test_without_a_book_the_request_names_none(desk: Desk) -> None:
    """With no workbook open, the add-in itself is not taken for one."""
    desk.clicker.click("help")
    request = desk.request()
    assert [request[key] for key in ("wb", "fullname", "sheet", "sheet_kind")] == ["", "", "", ""]


def test_two_clicks_are_two_requests(desk: Desk) -> None:
    """No request file is ever written over another."""
    names = set()
    for _ in range(5):
        desk.clicker.click("help")
        desk.request()
        names.add((desk.notes / "arguments").read_text(encoding="utf-8"))
    assert len(names) == 5


@pytest.mark.parametrize(
    "damaged",
    [None, b"", b"\xff\xfe\x00", b"interpreter=\n", b"python=/usr/bin/python3\n", b"\x00" * 5000, b"[interpreter]\n"],
)
def test_without_usable_settings_nothing_is_started(desk: Desk, damaged: bytes | None) -> None:
    """Where the settings are missing or damaged, the click comes back and nothing was started."""
    desk.settings.unlink()
    if damaged is not None:
        desk.settings.write_bytes(damaged)
    desk.clicker.click("publish")
    assert desk.nothing_started()


def test_a_missing_interpreter_is_not_started(desk: Desk) -> None:
    """Where the Python of the settings is gone, the click comes back and nothing was started."""
    desk.interpreter.unlink()
    desk.clicker.click("publish")
    assert desk.nothing_started()


def test_settings_written_on_windows_lines_are_read(desk: Desk) -> None:
    """Other keys, the order, and the kind of line ends do not matter."""
    desk.settings.write_bytes(f"version=9\r\n\r\ninterpreter={desk.interpreter}\r\nlater=1".encode())
    desk.clicker.click("help")
    assert desk.request()["command"] == "help"


@pytest.mark.parametrize(
    ("sheets", "grey"),
    [
        (None, {"book", "sheet", "jobs"}),
        (("Permits",), {"jobs"}),
        (("Permits", "Jobs"), set()),
        (("jobs",), set()),
        (("Jobs 2", "My Jobs"), {"jobs"}),
    ],
)
def test_what_cannot_work_is_grey(desk: Desk, tmp_path: Path, sheets: tuple[str, ...] | None, grey: set[str]) -> None:
    """Each button is on exactly when what it needs is there."""
    if sheets is not None:
        desk.open(workbook(tmp_path, *sheets))
    for button in TAB.buttons:
        assert desk.clicker.enabled(button.id) is (button.needs not in grey), button.id


def test_the_book_in_front_counts(desk: Desk, tmp_path: Path) -> None:
    """With two workbooks open, it is the one in front whose Jobs sheet counts and which the request names."""
    desk.open(workbook(tmp_path, "Jobs", name="with"))
    assert desk.clicker.enabled("run_jobs")
    desk.open(workbook(tmp_path, "Permits", name="without"))
    assert not desk.clicker.enabled("run_jobs")
    desk.clicker.click("publish")
    assert desk.request()["wb"] == "without.xlsx"


def test_a_book_that_was_open_before_the_add_in_counts(desk: Desk, tmp_path: Path) -> None:
    """An add-in that is opened beside a workbook leaves the workbook in front."""
    desk.open(workbook(tmp_path, "Jobs"))
    with Clicker(desk.connection) as later:
        assert later.enabled("run_jobs")
        later.click("run_jobs")
    assert desk.request()["wb"] == "book.xlsx"


def test_the_handlers_of_events_run(desk: Desk) -> None:
    """What Excel calls in the workbook's own module is there and compiles."""
    book = desk.open()
    desk.clicker.call("OpenDataRefresh")
    for handler, arguments in {
        "Workbook_Open": (),
        "excelEvents_WorkbookActivate": (book,),
        "excelEvents_SheetActivate": (book.Sheets.getByIndex(0),),
    }.items():
        desk.clicker.call(handler, *arguments, module="ThisWorkbook")


def test_the_add_in_leaves_nothing_behind(desk: Desk) -> None:
    """A clicker that is closed has closed the add-in and removed its copy."""
    other = Clicker(desk.connection)
    assert other.folder.is_dir()
    other.close()
    assert not other.folder.exists()
