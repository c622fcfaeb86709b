"""The clerk of the pictures: Ann, before a real screen, a spreadsheet with the tab Open Data, and the practice portal.

LibreOffice Calc stands in Excel's place; the add-in, its Python programs, the windows, the vault and the portal are the
real ones.
"""

from __future__ import annotations

import os
import shutil
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
from tests.pictures.screen import FOLDER, Screen, managed, missing_programs
from xl_datasync.addin.settings import AddinSettings, settings_bytes
from xl_datasync.practice_portal import DEFAULT_PORT, SIGN_INS
from xl_datasync.ribbon.practising import WORKBOOK

# Its path is to be read in the pictures.
HOME = Path("/tmp/ann")
# The address in the practice workbook: nothing else may be there.
ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}"


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

    def practises(self, picture: str = "") -> xw.Book:
        """Press Practice portal, and open the practice workbook."""
        self.click("practice", "Practice portal.*Done")
        if picture:
            self.screen.shot(picture)
        self.closes("Practice portal.*Done")
        return self.open(HOME / "Documents" / WORKBOOK)

    def signs_in(self, picture: str = "") -> None:
        """The button Sign in; the ID is known from the Connections sheet."""
        self.click("sign_in", "Sign in to a portal")
        self.screen.type(SIGN_INS[0].key_secret)
        if picture:
            self.screen.shot(picture)
        self.screen.keys("Return")
        self.screen.window("Sign in.*Done")
        self.closes("Sign in.*Done")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home for the clerk, whose name may stand in pictures."""
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", DEFAULT_PORT)), f"something is at {ADDRESS} already: end it first"
    HOME.mkdir()
    (HOME / "Documents").mkdir()
    yield HOME
    for process in psutil.process_iter(["cmdline"]):  # the practice portal, which goes on by itself
        if f"{HOME}/" in " ".join(process.info["cmdline"] or ()):
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
            TZ="UTC", LOGNAME="ann",
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
