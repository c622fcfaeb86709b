"""A hidden Excel of a run's own: it does its work, and none is ever left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.calc import office
from tests.calc.fixtures import OWN, QuirkyCalc
from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.workbook import driven
from xl_datasync.workbook.driven import driven_workbook
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.protocol import Source

pytestmark = pytest.mark.live_program


@pytest.fixture(autouse=True)
def none_left_behind(quirky: QuirkyCalc) -> Iterator[None]:
    """Before and after, only the session's own program runs."""
    assert office.running() <= OWN
    yield
    assert office.running() <= OWN


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workbook with a formula."""
    (tmp_path / "folder").mkdir()
    book = openpyxl.Workbook()
    book.active.append(["Id", "Double"])
    book.active.append([4, "=A2*2"])
    book.save(tmp_path / "folder" / "Permits.xlsx")
    return tmp_path / "folder" / "Permits.xlsx"


def drive(path: Path, act: Callable[[LiveWorkbook], object] = lambda _live: None) -> None:
    """Open a workbook in an Excel of its own and do something there."""
    with driven_workbook(path, path.parent / "elsewhere") as live:
        act(live)


def test_it_refreshes_calculates_and_saves(path: Path) -> None:
    """What is written is in the file afterwards, formulas calculated."""

    def act(live: LiveWorkbook) -> None:
        (block,) = live.read_table(Source("")).blocks()
        assert [list(column) for column in block.columns] == [[4], [8]]
        live.book.sheets[0]["A3"].value = [5, "=A3*2"]
        assert live.book.app.impl.refreshed == ["Permits.xlsx"]

    drive(path, act)
    saved = openpyxl.load_workbook(path, data_only=True).active
    assert [[cell.value for cell in row] for row in saved["A2:B3"]] == [[4, 8], [5, 10]]


def test_nobody_is_asked_and_no_macro_runs(path: Path) -> None:
    """Alerts, events and questions about links are off, and macros of workbooks are forbidden."""

    def act(live: LiveWorkbook) -> None:
        app = live.book.app
        assert (app.display_alerts, app.enable_events, app.screen_updating, app.visible) == (False,) * 4
        assert (app.api.AutomationSecurity, app.api.AskToUpdateLinks) == (3, False)

    drive(path, act)


def test_the_mac_has_less(quirky: QuirkyCalc, path: Path) -> None:
    """Where Excel has no such properties and commands, it is calculated and saved all the same."""
    quirky.quirks.mac = True
    drive(path, lambda live: live.book.sheets[0]["A3"].impl.put(7))
    assert openpyxl.load_workbook(path).active["A3"].value == 7


def test_a_missing_workbook(path: Path) -> None:
    """No Excel is even started."""
    path.unlink()
    with pytest.raises(WorkbookError, match="no such file"):
        drive(path)


def test_a_password(quirky: QuirkyCalc, path: Path) -> None:
    """Nobody is asked for it."""
    book = quirky.app.books.open(str(path))
    book.save(str(path.with_name("secret.xlsx")), password="pass")
    book.close()
    with pytest.raises(WorkbookError, match="could not open") as caught:
        drive(path.with_name("secret.xlsx"))
    assert "password" in caught.value.remedy


def test_a_file_that_is_no_workbook(path: Path) -> None:
    """A damaged file is not opened, or said to be damaged; no alert blocks."""
    path.write_bytes(b"PK\x03\x04 and nothing of a workbook")
    with pytest.raises(WorkbookError):
        drive(path, lambda live: live.snapshot)


def test_a_workbook_open_elsewhere(quirky: QuirkyCalc, path: Path) -> None:
    """One that can be read only is refused before anything is done."""
    quirky.quirks.read_only = True
    with pytest.raises(WorkbookError, match="reading only"):
        drive(path, lambda _live: pytest.fail("opened"))


def test_saving_fails(path: Path) -> None:
    """It is said that the states are not in the workbook, and what of the run is safe."""

    def act(_live: LiveWorkbook) -> None:
        shutil.rmtree(path.parent)
        path.parent.write_text("no folder any more", encoding="utf-8")

    with pytest.raises(WorkbookError, match="could not save") as caught:
        drive(path, act)
    assert "history" in caught.value.remedy


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_in_the_middle(path: Path, error: type[BaseException]) -> None:
    """Whatever ends the run ends Excel; the workbook is as it was."""
    before = path.read_bytes()

    def act(live: LiveWorkbook) -> None:
        live.book.sheets[0]["A2"].value = 99
        raise error

    with pytest.raises(error):
        drive(path, act)
    assert path.read_bytes() == before


def test_excel_is_killed_in_the_middle(path: Path) -> None:
    """The run ends with an error, and does not hang."""

    def act(live: LiveWorkbook) -> None:
        live.book.app.kill()

    with pytest.raises(WorkbookError, match="could not save"):
        drive(path, act)


def test_other_books_left_open(path: Path) -> None:
    """A book that a run has opened beside does not keep Excel alive, changed or not."""

    def act(live: LiveWorkbook) -> None:
        live.book.app.books.add().sheets[0]["A1"].value = "unsaved"

    drive(path, act)


def test_a_refresh_that_never_ends(quirky: QuirkyCalc, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """After the longest wait that very Excel is ended, and it is said what to look at; the file is as it was."""
    before = path.read_bytes()
    quirky.quirks.refresh_hangs = True
    monkeypatch.setattr(driven, "CALCULATION_WAIT", 0.5)
    with pytest.raises(WorkbookError, match="had not refreshed") as caught:
        drive(path)
    assert "Refresh All" in caught.value.remedy
    assert path.read_bytes() == before


def test_no_excel(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """Without Excel it is said how to do without."""
    monkeypatch.setattr(office, "PROGRAM", None)
    with pytest.raises(ConfigurationError, match="could not be started") as caught:
        drive(path)
    assert "without --excel" in caught.value.remedy


def test_an_excel_that_stays_busy_while_it_starts(quirky: QuirkyCalc, path: Path) -> None:
    """An Excel that answers nothing from the first is ended, too."""
    quirky.quirks.busy_always = True
    with pytest.raises(Exception, match=r"rejected|did not answer|could not"):
        drive(path)
    quirky.quirks.busy_always = False
