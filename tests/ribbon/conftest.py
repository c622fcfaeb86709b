"""A LibreOffice with the add-in in it, a practice portal, and a clerk who clicks."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.addin.clicks import Clicker
from tests.calc import office
from tests.calc.fixtures import Program, _calc, need_calc, noted
from tests.qt import need_qt
from tests.ribbon.robot import SCRIPT, SEEN
from xl_datasync.addin.settings import AddinSettings, settings_bytes
from xl_datasync.practice_portal import PracticePortal

REPOSITORY = Path(__file__).parents[2]
LONGEST = 60.0
Step = dict[str, Any]


@dataclass
class Seen:
    """What the clerk saw: each window she answered, and the last one."""

    kind: str = ""
    title: str = ""
    headline: str = ""
    lines: Sequence[str] = ()
    links: dict[str, str] = field(default_factory=dict)
    seen: Sequence[str] = ()
    left: Sequence[Step] = ()
    trouble: str = ""
    code: int = 0

    @property
    def text(self) -> str:
        """All of the last window."""
        return "\n".join([self.headline, *self.lines])


@dataclass
class Excel:
    """The live spreadsheet with the add-in: open a workbook, click a button, see what the last window says."""

    app: xw.App
    clicker: Clicker
    settings: Path
    folder: Path
    environment: dict[str, str]
    clicks: int = 0

    def click(self, button: str, *steps: Step, quiet: bool = False, **environment: str) -> Seen:
        """Click a button and answer its windows.

        :param steps: what each window must say (a regular expression), and what is done there.
        :param quiet: whether no last window is expected.
        :param environment: what the process finds in its environment, besides what all of them find.
        """
        return self.end(self.start(button, *steps, **environment), quiet=quiet)

    def start(self, button: str, *steps: Step, **environment: str) -> int:
        """Click a button; the work goes on beside the test.

        :returns: the number of the click.
        """
        interpreter = self._interpreter(steps, environment)
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.settings.write_bytes(settings_bytes(AddinSettings(str(interpreter), "0"), "Linux"))
        self.clicker.click(button)
        return self.clicks

    def hand_over(self, request: Mapping[str, str] | bytes | None, *steps: Step, **environment: str) -> Seen:
        """Start the program as the add-in does, with a request that Calc's add-in would not write.

        :param request: its facts, or what the file holds; None for no file.
        """
        interpreter, path = self._interpreter(steps, environment), self._file("request")
        if request is not None:
            path.write_bytes(request if isinstance(request, bytes) else json.dumps(request).encode())
        subprocess.run([interpreter, "-m", "xl_datasync.ribbon", path], cwd=self.folder, timeout=LONGEST, check=True)
        return self.end(self.clicks)

    def _interpreter(self, steps: Sequence[Step], environment: Mapping[str, str]) -> Path:
        """Stands for the Python that a settings file names."""
        self.clicks += 1
        script, seen = self._file("script"), self._file("seen")
        script.write_text(json.dumps(steps), encoding="utf-8")
        variables = {**self.environment, SCRIPT: str(script), SEEN: str(seen), **environment}
        exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items() if value]
        exports += [f"unset {name}" for name, value in variables.items() if not value]
        start = f'{shlex.quote(sys.executable)} -X faulthandler -m tests.ribbon.child "$@"'
        interpreter = self.folder / f"python-{self.clicks}"
        interpreter.write_text("\n".join([
            "#!/bin/sh", *exports, f"{start} > {shlex.quote(str(self._file('out')))} 2>&1",
            f"echo $? > {shlex.quote(str(self._file('done')))}", "",
        ]), encoding="utf-8")  # fmt: skip
        interpreter.chmod(0o755)
        return interpreter

    def end(self, click: int = 0, *, quiet: bool = False) -> Seen:
        """Wait for the process that a click has started, by its number, or else the last one."""
        click = click or self.clicks
        done, seen, out = (self._file(kind, click) for kind in ("done", "seen", "out"))
        end = time.monotonic() + LONGEST
        while not (done.exists() and done.read_text()) and time.monotonic() < end:
            time.sleep(0.05)
        said = out.read_text(encoding="utf-8") if out.exists() else "nothing was started"
        assert done.exists(), said
        if not seen.exists():
            assert quiet, f"no last window: {done.read_text()} {said}"
            return Seen(code=int(done.read_text()))
        found = Seen(**json.loads(seen.read_text(encoding="utf-8")), code=int(done.read_text()))
        assert not found.trouble, f"{found.trouble}\n{said}"
        assert not found.left, f"windows that did not come: {found.left}; the last said {found.text}\n{said}"
        return found

    def reached(self, click: int, number: int) -> None:
        """Wait until the robot has done the first steps of a click."""
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            noted = self._file("seen", click).with_suffix(".steps")
            if noted.exists() and int(noted.read_text() or 0) >= number:
                return
            time.sleep(0.02)
        raise AssertionError(f"step {number} of click {click} was not reached")

    def _file(self, kind: str, click: int = 0) -> Path:
        return self.folder / f"{kind}-{click or self.clicks}"


class WithAddin(Program):
    """A LibreOffice whose add-in looks for its settings in a folder of ours."""

    def __init__(self, config: Path) -> None:
        super().__init__()
        self.config = config

    @property
    def settings(self) -> Path:
        """The add-in's settings."""
        return self.config / "xl-datasync" / "addin.txt"

    def running(self) -> office.Office:
        """The LibreOffice, running."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_CONFIG_HOME", str(self.config))
            return super().running()


@pytest.fixture(scope="session")
def addin_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WithAddin]:
    """One LibreOffice for all clicks."""
    need_calc()
    need_qt()
    with noted(tmp_path_factory):
        program = WithAddin(tmp_path_factory.mktemp("config"))
        yield program
        program.stop()


@pytest.fixture
def excel(addin_program: WithAddin, tmp_path: Path, signed_in: PracticePortal) -> Iterator[Excel]:
    """The live spreadsheet, empty, with the add-in; the child has a home of its own and the practice sign-in."""
    folder = tmp_path / "clicks"
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if name.startswith("XL_DATASYNC_PRACTICE")}
    for app in _calc(addin_program):
        url = addin_program.running().url
        environment = {
            **kept,
            office.URL: url,
            "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")])),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "HOME": str(tmp_path),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        with Clicker(office.connect(url)) as clicker:
            yield Excel(app, clicker, addin_program.settings, folder, environment)


@pytest.fixture
def open_book(excel: Excel) -> Callable[[Path], xw.Book]:
    """Open a workbook in the live spreadsheet; it is the one in front."""

    def opened(path: Path, sheet: str | None = None) -> xw.Book:
        book = excel.app.books.open(str(path))
        book.activate()
        if sheet:
            book.sheets[sheet].activate()
        return book

    return opened
