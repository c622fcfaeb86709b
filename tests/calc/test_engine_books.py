"""Books, sheets and the program itself, through the engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.calc import office
from tests.calc.child import write_interpreter
from tests.calc.fixtures import missing, need_calc

pytestmark = pytest.mark.live_program


def make_file(path: Path) -> Path:
    """A workbook file with two sheets, a table and a formula without a stored value."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Data"
    sheet.append(["id", "when"])
    sheet.append(["007", "=1+1"])
    table = openpyxl.worksheet.table.Table(displayName="Rows", ref="A1:B2")
    sheet.add_table(table)
    hidden = book.create_sheet("It's 2")
    hidden.sheet_state = "hidden"
    hidden.append(["filtered"])
    hidden.auto_filter.ref = "A1:A5"
    book.save(path)
    return path


def test_a_file_is_opened_once(calc: xw.App, tmp_path: Path) -> None:
    """A file is opened by its path, found again by path and by name, and its formulas have values."""
    path = make_file(tmp_path / "permits & more.xlsx")
    book = calc.books.open(path)
    assert book.fullname == str(path)
    assert book.name == path.name
    assert calc.books.open(path) == book
    assert calc.books["PERMITS & more.xlsx"] == book
    assert xw.Book(str(path)) == book
    assert [each.name for each in calc.books] == [path.name]
    assert book.sheets["data"]["A1:B2"].value == [["id", "when"], ["007", 2.0]]
    assert book.sheet_names == ["Data", "It's 2"]
    assert [table.name for table in book.sheets[0].tables] == ["Rows"]
    assert len(book.sheets[1].tables) == 0
    assert book.sheets[1].visible == 0
    book.close()
    assert len(calc.books) == 0


def test_read_only(calc: xw.App, tmp_path: Path) -> None:
    """A book opened to be read only says so and is not saved."""
    path = make_file(tmp_path / "locked.xlsx")
    book = calc.books.open(path, read_only=True)
    assert book.api.ReadOnly
    with pytest.raises(Exception, match="read-only"):
        book.save()
    assert not calc.books.add().api.ReadOnly


def test_saving(calc: xw.App, tmp_path: Path) -> None:
    """A new book has a name and no path; once saved it has both, and saving again stores what has changed."""
    book = calc.books.add()
    assert book.name == book.fullname == "Book1"
    book.sheets[0]["A1"].value = "first"
    book.save(tmp_path / "new.xlsx")
    assert book.fullname == str(tmp_path / "new.xlsx")
    book.sheets[0]["A1"].value = "second"
    book.save()
    assert openpyxl.load_workbook(tmp_path / "new.xlsx").active["A1"].value == "second"


def test_a_copy_holds_what_is_not_saved(calc: xw.App, tmp_path: Path) -> None:
    """SaveCopyAs stores unsaved changes elsewhere; the book's file, name and state stay."""
    path = make_file(tmp_path / "book.xlsx")
    book = calc.books.open(path)
    before = path.read_bytes()
    book.sheets["Data"]["A2"].value = "'008"
    book.api.SaveCopyAs(str(tmp_path / "copy.xlsx"))
    copy = openpyxl.load_workbook(tmp_path / "copy.xlsx")
    assert copy["Data"]["A2"].value == "008"
    assert copy["Data"].tables["Rows"].ref == "A1:B2"
    assert copy["It's 2"].sheet_state == "hidden"
    assert openpyxl.load_workbook(tmp_path / "copy.xlsx", data_only=True)["Data"]["B2"].value == 2
    assert path.read_bytes() == before
    assert book.fullname == str(path)
    assert not book.api.Saved
    book.save()
    book.api.SaveCopyAs(str(tmp_path / "again.xlsx"))
    assert book.api.Saved
    with pytest.raises(Exception, match="cannot access"):
        book.api.SaveCopyAs(str(tmp_path / "no folder" / "copy.xlsx"))


def test_sheets(calc: xw.App) -> None:
    """Sheets are added at a place, renamed, activated, hidden, very hidden and deleted."""
    book = calc.books.add()
    first = book.sheets[0]
    last = book.sheets.add("Last", after=first)
    assert book.sheets.active == last
    book.sheets.add("Before", before="Last")
    assert book.sheet_names == ["Sheet1", "Before", "Last"]
    assert book.sheets("last").index == 3
    assert "LAST" in book.sheets
    assert "Nowhere" not in book.sheets
    first.activate()
    assert book.sheets.active.name == "Sheet1"
    last.name = "Renamed"
    assert last.name == book.sheets[2].name == "Renamed"
    last.visible = False
    assert last.visible == 0
    last.api.Visible = 2
    assert last.visible == 2
    last.visible = True
    assert last.visible == -1
    last.delete()
    assert book.sheet_names == ["Sheet1", "Before"]


def test_the_active_book(calc: xw.App) -> None:
    """The active book is the one activated last, whatever was opened later."""
    one, two = calc.books.add(), calc.books.add()
    assert calc.books.active == two
    one.activate()
    assert calc.books.active == one
    one.sheets[0]["B2:C3"].select()
    assert calc.selection.address == "$B$2:$C$3"


def test_names(calc: xw.App) -> None:
    """A name is added for a range and found by it."""
    book = calc.books.add()
    sheet = book.sheets.add("My sheet")
    sheet["A1:B2"].name = "Corner"
    assert [name.name for name in book.names] == ["Corner"]
    assert book.names["Corner"].refers_to_range == sheet["A1:B2"]
    assert sheet["Corner"].address == "$A$1:$B$2"
    assert sheet["A1:B2"].name.name == "Corner"
    book.names["Corner"].delete()
    assert len(book.names) == 0


def test_the_program(calc: xw.App) -> None:
    """The program tells who it is, and remembers what is switched; the status bar is given back with False."""
    book = calc.books.add()
    assert calc.version.major == 16
    assert calc == xw.apps.active == xw.apps[calc.pid]
    assert calc.status_bar is False
    calc.status_bar = "5 of 9"
    assert calc.status_bar == "5 of 9"
    calc.status_bar = False
    assert calc.status_bar is False
    book.sheets[0]["A1"].value = [1, "=A1+1"]
    with calc.properties(screen_updating=False, display_alerts=False, enable_events=False, calculation="manual"):
        assert (calc.screen_updating, calc.display_alerts, calc.enable_events) == (False, False, False)
        book.sheets[0]["A1"].value = 5
        assert book.sheets[0]["B1"].value == 2.0
        calc.calculate()
        assert book.sheets[0]["B1"].value == 6.0
    assert (calc.screen_updating, calc.calculation) == (True, "automatic")
    assert Path(calc.startup_path).is_dir()
    book.api.RefreshAll()
    assert calc.impl.refreshed == [book.name]


def test_a_second_program(calc: xw.App, tmp_path: Path) -> None:
    """Another program has its own books and is gone after quit, with all its processes."""
    path = make_file(tmp_path / "book.xlsx")
    with xw.App(visible=False, add_book=False) as other:
        assert other.pid != calc.pid
        assert len(xw.apps) == 2
        other.books.open(path).sheets["Data"]["A2"].value = "x"
        assert len(calc.books) == 0
        assert office.running() >= {calc.pid, other.pid}
        pid = other.pid
        assert office.processes(pid)
    assert xw.apps.keys() == [calc.pid]
    assert pid not in office.running()
    assert not office.processes(pid)


@pytest.mark.parametrize(
    "name", ["permits & 'more' %20 |.xlsx", "\u05d4\u05d9\u05ea\u05e8\u05d9\u05dd \U0001f600.xlsx"]
)
def test_a_child_finds_the_book(calc: xw.App, tmp_path: Path, name: str) -> None:
    """Another Python process, started as the add-in starts it, finds the book by its name and changes it."""
    book = calc.books.open(make_file(tmp_path / name))
    interpreter = write_interpreter(tmp_path, os.environ[office.URL])
    (tmp_path / "caller.py").write_text(
        "import sys, xlwings as xw\n"
        "book = xw.Book.caller()\n"
        "book.sheets['Data']['A2'].value = [sys.argv[1], __name__]\n"
        "book.app.status_bar = 'done'\n",
        encoding="utf-8",
    )
    command = [interpreter, "-B", "-m", "caller", "first", f"--wb={name}", "--from_xl=1", "--hwnd=1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    assert book.sheets["Data"]["A2:B2"].value == ["first", "__main__"]
    assert calc.status_bar == "done"


def test_a_child_without_a_calc(tmp_path: Path) -> None:
    """A child that is pointed to a Calc that does not run fails, and does not wait for ever."""
    need_calc()
    url = "uno:pipe,name=nobody;urp;StarOffice.ComponentContext"
    environment = {**os.environ, office.URL: url}
    command = [sys.executable, "-m", "tests.calc.child", "-c", "print('never')"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "no LibreOffice answers" in done.stderr
    assert not done.stdout


def test_a_window(window_calc: xw.App, screen: str) -> None:
    """In a window on a screen of its own the same engine works, and the window is there."""
    book = window_calc.books.add()
    book.sheets[0]["A1"].value = [[1, 2]]
    window_calc.status_bar = "Publishing"
    assert book.sheets[0]["A1:B1"].value == [1.0, 2.0]
    assert book.impl.uno.CurrentController.Frame.ContainerWindow.isVisible()
    assert window_calc.visible
    assert screen.startswith(":")


def test_nothing_is_skipped_where_all_must_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a program a test is skipped, but fails where CI is set."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Calc"):
        missing("Calc")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Calc"):
        missing("Calc")
