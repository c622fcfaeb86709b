"""A clerk's first hour, done with real keys: the practice portal, a sign-in, a sheet published, refused, mended, undone.

Not collected by pytest on its own account, see ``__main__.py``. LibreOffice Calc stands in Excel's place; the add-in,
its Python programs, the windows, the vault and the portal are the real ones.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import xlwings as xw

from tests.addin.clicks import Clicker
from tests.calc import engine, office
from tests.calc.child import write_interpreter
from tests.calc.fixtures import need_calc
from tests.pictures.ribbon_tab import SIZE, ribbon_page
from tests.pictures.screen import FOLDER, Screen, managed, missing_programs, page, until
from xl_datasync.addin.settings import AddinSettings, settings_bytes
from xl_datasync.practice_portal import DEFAULT_PORT, SIGN_INS
from xl_datasync.ribbon.practising import WORKBOOK

# Its path is to be read in the pictures.
HOME = Path("/tmp/ann")
# The address in the practice workbook: nothing else may be there.
ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}"
FAULTY = "Weather with faults"
OWN = "My airfields"
HEADERS = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
AIRFIELDS = (("ZZ1", "Mill Meadow", "Testville", "TX", "USA", 31.5, -99.25), ("ZZ2", "Long Strip", "Testville", "TX", "USA", 31.625, -99.5))  # fmt: skip
MENDED = {
    "A4": "2015-01-03", "A7": "2015-01-06", "A9": "2015-01-08", "A12": "2015-01-11", "B5": "12.5", "B6": "0",
    "C8": "7.8", "D10": "1.1", "E13": "2.1",
}  # fmt: skip


@dataclass
class Clerk:
    """Ann, at her spreadsheet."""

    screen: Screen
    app: xw.App
    clicker: Clicker

    def open(self, path: Path) -> xw.Book:
        """Open a workbook, as Excel would when its file is double-clicked."""
        book = self.app.books.open(str(path))
        self.screen.window(path.stem)
        return book

    def goes_to(self, book: xw.Book, sheet: str, cell: str = "A1") -> None:
        """Click a sheet's tab and a cell."""
        book.sheets[sheet].activate()
        book.sheets[sheet].range(cell).select()
        self.screen.window(Path(book.name).stem)

    def click(self, button: str, window: str) -> None:
        """Click a button of the tab, and wait for its window."""
        self.clicker.click(button)
        self.screen.window(window)

    def closes(self, window: str, key: str = "Return") -> None:
        """Press Return at a last window, where Close has the focus; Escape at one with a list."""
        self.screen.keys(key)
        self.screen.gone(window)

    def agrees(self, job: str, picture: str = "") -> None:
        """Say yes to what is to be looked at before a job goes on; the safe answer has the focus."""
        self.screen.window(f"^{job}: please look")
        if picture:
            self.screen.shot(picture)
        self.screen.keys("shift+Tab", "space")
        self.screen.gone(f"^{job}: please look")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home for the clerk, whose name may stand in pictures."""
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", DEFAULT_PORT)), f"something is at {ADDRESS} already: end it first"
    HOME.mkdir()
    (HOME / "Documents").mkdir()
    yield HOME
    for process in psutil.process_iter(["cmdline"]):  # the practice portal, which goes on by itself
        if str(HOME) in " ".join(process.info["cmdline"] or ()):
            process.terminate()
            process.wait(10)
    shutil.rmtree(HOME)


@pytest.fixture
def clerk(
    home: Path, screen: str, secret_service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Clerk]:
    """The clerk, before a spreadsheet that has the tab Open Data."""
    need_calc()
    assert not missing_programs(), f"please install: {missing_programs()}"
    config = home / ".config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config))
    pictures = Path(os.environ[FOLDER])
    pictures.mkdir(parents=True, exist_ok=True)
    with managed(screen, tmp_path), running_office(screen) as started:
        app = engine.activate(started.url, display=screen).apps.active
        interpreter = write_interpreter(
            tmp_path, started.url, HOME=str(home), XDG_CONFIG_HOME=str(config), DISPLAY=screen, QT_QPA_PLATFORM="xcb",
            DBUS_SESSION_BUS_ADDRESS=secret_service, PYTHON_KEYRING_BACKEND="keyring.backends.SecretService.Keyring",
            TZ="UTC",
        )  # fmt: skip
        (config / "xl-datasync").mkdir(parents=True)
        (config / "xl-datasync" / "addin.txt").write_bytes(
            settings_bytes(AddinSettings(str(interpreter), "0"), "Linux")
        )
        app.books.add()
        before = Screen(screen, pictures)
        before.window("Calc")
        before.keys("ctrl+F5", "shift+F7")  # Excel has no side bar, and underlines no spelling
        with Clicker(office.connect(started.url)) as clicker:
            yield Clerk(before, app, clicker)
        app.impl.reset()  # or it asks whether to save
        engine.deactivate()


@contextmanager
def running_office(display: str) -> Iterator[office.Office]:
    """LibreOffice in windows."""
    started = office.start(display=display)
    try:
        yield started
    finally:
        started.stop()


@contextmanager
def slow_portal() -> Iterator[None]:
    """The practice portal, held up for a moment: on one's own computer it is too fast for a camera."""
    (process,) = [
        one for one in psutil.process_iter(["cmdline"]) if str(HOME / ".config") in " ".join(one.info["cmdline"] or ())
    ]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_first_hour(clerk: Clerk, tmp_path: Path) -> None:
    """Every step of docs/first-hour.md, each with its picture."""
    screen = clerk.screen
    (tmp_path / "ribbon.html").write_text(ribbon_page(), encoding="utf-8")
    page((tmp_path / "ribbon.html").as_uri(), screen.pictures / "ribbon.png", SIZE)
    practise(clerk)
    book = clerk.open(HOME / "Documents" / WORKBOOK)
    sign_in(clerk)
    publish(clerk, book)
    preview(clerk, book)
    refused(clerk, book)
    mend(clerk, book)
    own_sheet(clerk, book)
    undo(clerk, book)
    clerk.goes_to(book, "Jobs", "A5")
    screen.shot("jobs")


def practise(clerk: Clerk) -> None:
    """The button Practice portal."""
    clerk.click("practice", "Practice portal.*Done")
    clerk.screen.shot("practice-portal")
    clerk.closes("Practice portal.*Done")


def sign_in(clerk: Clerk) -> None:
    """The button Sign in; the ID is known from the Connections sheet."""
    clerk.click("sign_in", "Sign in to a portal")
    clerk.screen.type(SIGN_INS[0].key_secret)
    clerk.screen.shot("sign-in")
    clerk.screen.keys("Return")
    clerk.screen.window("Sign in.*Done")
    clerk.closes("Sign in.*Done")


def publish(clerk: Clerk, book: xw.Book) -> None:
    """The button Publish, on a sheet that has a job."""
    clerk.goes_to(book, "Airports")
    clerk.clicker.click("publish")
    clerk.agrees("Airports", "please-look")
    clerk.screen.window("^Publish")
    until(lambda: list(HOME.glob("Documents/*.datasync/backups/*")), "the copy for Undo")
    with slow_portal():
        clerk.screen.shot("progress", rest=1.0)
    clerk.screen.window("Publish.*Done")
    clerk.screen.shot("published")
    clerk.closes("Publish.*Done")
    page(f"{ADDRESS}/d/airp-orts", clerk.screen.pictures / "portal.png")


def preview(clerk: Clerk, book: xw.Book) -> None:
    """The button Preview: old beside new."""
    clerk.goes_to(book, "New weather")
    clerk.click("preview", "^Preview")
    clerk.screen.shot("preview")
    clerk.closes("^Preview", "Escape")


def refused(clerk: Clerk, book: xw.Book) -> None:
    """The same, on a sheet with faults."""
    clerk.goes_to(book, FAULTY)
    clerk.screen.shot("faults")
    clerk.click("publish", "Publish.*Problem")
    clerk.screen.shot("refused")
    clerk.closes("Publish.*Problem", "Escape")
    clerk.goes_to(book, "Results")
    clerk.screen.shot("results")


def mend(clerk: Clerk, book: xw.Book) -> None:
    """Each cell that was named gets what it should have had."""
    for address, text in MENDED.items():
        clerk.goes_to(book, FAULTY, address)
        clerk.screen.type(f"{text}\n")
    clerk.goes_to(book, FAULTY)
    clerk.clicker.click("publish")
    clerk.agrees(FAULTY)
    clerk.screen.window("Publish.*Done")
    clerk.screen.shot("mended")
    clerk.closes("Publish.*Done")


def own_sheet(clerk: Clerk, book: xw.Book) -> None:
    """A sheet without a job: the one question about where it goes."""
    sheet = book.sheets.add(OWN, after=book.sheets[-1])
    sheet.range("A1").value = [HEADERS, *AIRFIELDS]
    sheet.autofit()
    clerk.goes_to(book, OWN)
    clerk.click("publish", OWN)
    clerk.screen.type("smal-fild")
    clerk.screen.keys("alt+u")
    clerk.screen.shot("link")
    clerk.screen.keys("Return")
    clerk.agrees(OWN)
    clerk.screen.window("Publish.*Done")
    clerk.closes("Publish.*Done")


def undo(clerk: Clerk, book: xw.Book) -> None:
    """The button Undo: which run, and whether it is really meant."""
    clerk.click("undo", "^What was published")
    clerk.screen.shot("undo-which")
    clerk.screen.keys("Return")
    clerk.screen.window("^Undo “")
    clerk.screen.shot("undo-sure")
    clerk.screen.keys("Tab", "space")
    clerk.screen.window("Undo.*Done")
    clerk.closes("Undo.*Done")
