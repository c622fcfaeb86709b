"""The mapping dialog in a real window, under a window manager, with real key events."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.calc.fixtures import missing
from tests.qt import need_qt

ROOT = Path(__file__).parents[2]
PROGRAMS = ("Xvfb", "xdotool", "openbox")
PATIENCE = 30.0
COLUMNS = 60  # as tests.dialogs.gallery_sixty has them, which cannot be imported without Qt


@pytest.fixture
def display(tmp_path: Path) -> Iterator[str]:
    """A screen of 1280 x 720 of its own, with a window manager; the name for DISPLAY."""
    need_qt()
    if sys.platform != "linux":
        pytest.skip("Xvfb stands in for a screen on Linux alone")
    for program in PROGRAMS:
        if shutil.which(program) is None:
            missing(program)
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x720x24", "-nolisten", "tcp"]
    with ended(command, pass_fds=[writing]):
        os.close(writing)
        with os.fdopen(reading) as answer:
            name = f":{answer.readline().strip()}"
        with ended(["openbox", "--sm-disable"], env={**os.environ, "DISPLAY": name, "HOME": str(tmp_path)}):
            yield name


@contextmanager
def ended(command: list[str], **more: object) -> Iterator[None]:
    """A program that runs as long as the context lasts."""
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, **more) as process:  # type: ignore[call-overload]
        try:
            yield
        finally:
            process.terminate()


def tool(display: str, *words: str) -> str:
    """What xdotool has to say."""
    environment = {**os.environ, "DISPLAY": display}
    done = subprocess.run(
        ["xdotool", *words], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    return done.stdout.strip()


def until(what: Callable[[], str]) -> str:
    """Wait until there is something; what it is."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end, "no window came to the front"
        time.sleep(0.05)
    return found


@contextmanager
def dialog(display: str) -> Iterator[subprocess.Popen[str]]:
    """The dialog, in front, with the keyboard."""
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "tests.dialogs.gallery_sixty"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            found = until(lambda: tool(display, "search", "--onlyvisible", "--pid", str(process.pid), "--name", "."))
            tool(display, "windowactivate", "--sync", found.split()[-1])
            until(lambda: tool(display, "getwindowfocus", "getwindowname"))
            time.sleep(0.5)
            yield process
        finally:
            process.kill()


def answer(process: subprocess.Popen[str]) -> dict[str, str] | None:
    """What the dialog gave back."""
    said, _ = process.communicate(timeout=PATIENCE)
    found: dict[str, str] | None = json.loads(said)
    return found


def test_sixty_columns_with_a_real_keyboard(display: str) -> None:
    """Return, some letters, Return, Down – sixty times, then Alt+S: each column goes where it was sent."""
    with dialog(display) as process:
        for number in range(COLUMNS):
            tool(display, "key", "Return")
            tool(display, "type", "--delay", "6", f"target {COLUMNS - 1 - number:02}")
            tool(display, "key", "--delay", "20", "Return", "Down")
        tool(display, "key", "alt+s")
        found = answer(process)
    assert found == {f"zq{number}": f"Target {COLUMNS - 1 - number:02}" for number in range(COLUMNS)}


def test_escape_with_a_real_keyboard(display: str) -> None:
    """Esc in the choice leaves the choice, Esc in the window leaves the window, with nothing to save."""
    with dialog(display) as process:
        tool(display, "key", "--delay", "50", "Return", "Escape")
        time.sleep(0.3)
        assert process.poll() is None
        tool(display, "key", "Escape")
        assert answer(process) is None
