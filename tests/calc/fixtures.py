"""A live spreadsheet program for tests: Excel where there is one, else LibreOffice Calc."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

import pytest
import xlwings as xw

from tests.calc import engine, office
from tests.calc.bridge import uno
from tests.calc.quirks import Quirks, QuirkyEngine

EXCEL = sys.platform in ("win32", "darwin")
XVFB = shutil.which("Xvfb")


# The processes of the programs that live as long as the session.
OWN: set[int] = set()


class Program:
    """A LibreOffice that is started when first needed, and anew when a test has ended it."""

    def __init__(self, display: str | None = None) -> None:
        self.display = display
        self.office: office.Office | None = None

    def running(self) -> office.Office:
        """The LibreOffice, running."""
        if self.office is None or not self.office.running:
            self.stop()
            self.office = office.start(display=self.display)
            OWN.add(self.office.pid)
        return self.office

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.office is not None:
            self.office.stop()
            self.office = None


def missing(what: str) -> NoReturn:
    """Skip the test, but never where everything must be tried."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed for the tests with a live spreadsheet program")
    pytest.skip(f"{what} is not installed")


@contextmanager
def noted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Every LibreOffice that is started now, here or by a child, is noted in a folder."""
    with pytest.MonkeyPatch.context() as patch:
        if office.RUNNING not in os.environ:
            patch.setenv(office.RUNNING, str(tmp_path_factory.mktemp("running")))
        yield


def need_calc() -> None:
    """Skip or fail where LibreOffice cannot be used."""
    if EXCEL:
        pytest.skip("LibreOffice stands in for Excel on Linux alone")
    if office.PROGRAM is None:
        missing("LibreOffice Calc (soffice)")
    try:
        uno()
    except ImportError:
        missing("LibreOffice's bridge to Python (python3-uno)")


@pytest.fixture(scope="session")
def calc_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One headless LibreOffice for the whole session."""
    need_calc()
    with noted(tmp_path_factory):
        program = Program()
        yield program
        program.stop()


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """A screen of its own under Xvfb; the name for DISPLAY."""
    need_calc()
    if XVFB is None:
        missing("Xvfb")
    reading, writing = os.pipe()
    command = [XVFB, "-displayfd", str(writing), "-screen", "0", "1440x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        server.terminate()


@pytest.fixture(scope="session")
def window_program(screen: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One LibreOffice in windows for the whole session."""
    need_calc()
    with noted(tmp_path_factory):
        program = Program(screen)
        yield program
        program.stop()


@pytest.fixture
def calc(request: pytest.FixtureRequest) -> Iterator[xw.App]:
    """The live program, without windows: Excel on Windows and macOS, elsewhere LibreOffice Calc; no book is open."""
    if EXCEL:
        yield from _excel()
    else:
        yield request.getfixturevalue("libreoffice")


@pytest.fixture
def window_calc(window_program: Program) -> Iterator[xw.App]:
    """LibreOffice Calc in windows on the screen of the fixture `screen`."""
    yield from _calc(window_program)


@dataclass
class QuirkyCalc:
    """A live Calc with the quirks of Excel, which can be switched at any time."""

    app: xw.App
    quirks: Quirks


@pytest.fixture
def quirky(calc_program: Program) -> Iterator[QuirkyCalc]:
    """LibreOffice Calc with the quirks of Excel, all switched off at first; on every system LibreOffice."""
    quirks = Quirks()
    for app in _calc(calc_program, QuirkyEngine(quirks)):
        yield QuirkyCalc(app, quirks)
        vars(quirks).update(vars(Quirks()))


@pytest.fixture
def libreoffice(calc_program: Program) -> Iterator[xw.App]:
    """LibreOffice Calc without windows, also where there is an Excel; no book is open."""
    yield from _calc(calc_program)


def _calc(program: Program, impl: engine.CalcEngine | None = None) -> Iterator[xw.App]:
    """Calc as xlwings' active engine; afterwards everything is closed and put back."""
    started = program.running()
    impl = impl or engine.CalcEngine()
    impl.display = program.display
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(office.URL, started.url)
        made = engine.activate(started.url, impl=impl)
        yield made.apps.active
        engine.deactivate()
        for app in impl.apps.known:
            if app.url != started.url:
                app.kill()
        for pid in office.running() - OWN:
            office.end_group(pid)
            office.forget(pid)
        try:
            engine.CalcEngine().apps.attach(started.url).reset()
        except (uno().getClass("com.sun.star.uno.Exception"), office.OfficeError):
            program.stop()  # the test has ended it, or left it unable to answer


def _excel() -> Iterator[xw.App]:
    """A real Excel of its own."""
    try:
        app = xw.App(visible=False, add_book=False)
    except Exception as error:  # noqa: BLE001  # no Excel, or none that starts: pywin32 and appscript differ
        missing(f"Excel ({error})")
    try:
        yield app
    finally:
        for book in list(app.books):
            with suppress(Exception):
                book.close()
        app.quit()
        with suppress(Exception):
            app.kill()
