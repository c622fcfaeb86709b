"""A LibreOffice in which the add-in's buttons can be clicked, and a stand-in for Python that notes how it was started."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.addin.clicks import Clicker
from tests.calc import office
from tests.calc.bridge import file_url
from tests.calc.fixtures import calc_program, need_calc  # noqa: F401  # calc_program is a fixture

# Notes its arguments and keeps the request; the last step is a rename, so that a finished one is seen whole.
STAND_IN = """#!/bin/sh
printf '%s\\n' "$@" > {notes}/arguments
mv "$3" {notes}/moving
mv {notes}/moving {notes}/request
"""
PATIENCE = 20


@dataclass
class Desk:
    """A LibreOffice, the add-in's settings as it sees them, and what was started from it."""

    connection: Any
    folder: Path
    clicker: Clicker

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / "settings é" / "xl-datasync" / "addin.txt"

    @property
    def interpreter(self) -> Path:
        """The stand-in for Python; its name has a blank, an apostrophe and letters of two scripts."""
        return self.folder / "pythön's שלום" / "python 3"

    @property
    def temporary(self) -> Path:
        """Where request files go."""
        return self.folder / "temp ö ü"

    @property
    def notes(self) -> Path:
        """What the stand-in noted."""
        return self.folder / "notes"

    def prepare(self) -> None:
        """Everything as after an installation, nothing started yet."""
        for path in (self.settings, self.interpreter, self.temporary / "x", self.notes / "x"):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.interpreter.write_text(STAND_IN.format(notes=self.notes), encoding="utf-8")
        self.interpreter.chmod(0o755)
        self.settings.write_text(f"interpreter={self.interpreter}\nversion=0.1.0\n", encoding="utf-8")
        for path in [*self.notes.iterdir(), *self.temporary.glob("xl-datasync-*")]:
            path.unlink()

    def open(self, path: Path | None = None) -> Any:
        """Open a workbook, or a new one."""
        address = file_url(str(path)) if path else "private:factory/scalc"
        return self.connection.getByName("desktop").loadComponentFromURL(address, "_blank", 0, ())

    def request(self) -> dict[str, str]:
        """The request that was handed over, as soon as it was; it must be plain ASCII."""
        deadline = time.monotonic() + PATIENCE
        while not (self.notes / "request").exists():
            assert time.monotonic() < deadline, "nothing was started"
            time.sleep(0.02)
        text = (self.notes / "request").read_bytes().decode("ascii")
        (self.notes / "request").unlink()
        request = json.loads(text)
        assert isinstance(request, dict)
        return request

    def nothing_started(self) -> bool:
        """Whether nothing was started and no request was left."""
        time.sleep(0.3)
        return not [*self.notes.iterdir(), *self.temporary.glob("xl-datasync-*")]


@pytest.fixture(scope="session")
def running_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """One LibreOffice for the session, with places of its own for settings and temporary files."""
    need_calc()
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "settings é"))
        patch.setenv("TMPDIR", str(folder / "temp ö ü"))
        patch.setenv("LC_ALL", "C.UTF-8")  # in which LibreOffice reads files and starts programs
        (folder / "temp ö ü").mkdir()
        started = office.start()
    try:
        yield office.connect(started.url), folder
    finally:
        started.stop()


@pytest.fixture
def desk(running_desk: tuple[Any, Path]) -> Iterator[Desk]:
    """A LibreOffice with the built add-in and no workbook open."""
    connection, folder = running_desk
    with Clicker(connection) as clicker:
        made = Desk(connection, folder, clicker)
        made.prepare()
        yield made
        components = connection.getByName("desktop").Components.createEnumeration()
        while components.hasMoreElements():
            component = components.nextElement()
            if component != clicker.document:
                component.close(True)
