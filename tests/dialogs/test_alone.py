"""A second click, as a second process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PySide6.QtCore import QDir

from tests.dialogs.clerk import until
from xl_datasync.dialogs.alone import first_or_front, socket_name

pytestmark = pytest.mark.usefixtures("screen")
ROOT = Path(__file__).parents[2]
Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program that wants to be the first; it is ended with the test."""
    with ExitStack() as stack:

        def one(key: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "tests.dialogs.second", key]
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield one


def said(process: subprocess.Popen[str]) -> str:
    """The next line it prints."""
    assert process.stdout
    return process.stdout.readline().strip()


def test_the_second_tells_the_first(start: Start) -> None:
    """A second process with the same key ends at once, and the first is asked to come to the front, each time."""
    asked: list[None] = []
    with first_or_front("C:\\Users\\ann\\Permits “2024” & more.xlsx") as front:
        assert front
        front.asked.connect(lambda: asked.append(None))
        for times in (1, 2):
            second = start("C:\\Users\\ann\\Permits “2024” & more.xlsx")
            until(lambda times=times: len(asked) == times, 15)
            assert said(second) == "told"


def test_another_key_is_another_window(start: Start) -> None:
    """Two workbooks have a window each."""
    with first_or_front("one"):
        assert said(start("two")) == "first"


def test_the_next_one_is_the_first_again(start: Start) -> None:
    """When the first has ended, its place is free."""
    with first_or_front("key"):
        pass
    assert said(start("key")) == "first"


def test_a_dead_first_leaves_nothing_in_the_way(start: Start) -> None:
    """A process that was killed leaves its socket behind; the next one clears it up and can be reached."""
    first = start("key")
    assert said(first) == "first"
    socket = Path(QDir.tempPath()) / socket_name("key")
    if sys.platform != "win32":
        assert socket.exists()
    first.kill()
    first.wait(10)
    asked: list[None] = []
    with first_or_front("key") as front:
        assert front
        front.asked.connect(lambda: asked.append(None))
        start("key")
        until(lambda: asked, 15)
    assert not socket.exists()


def test_many_at_once_are_one_first(start: Start) -> None:
    """Of several started together one is the first, and it hears of all others."""
    processes = [start("key") for _ in range(4)]
    lines = [said(one) for one in processes]
    assert sorted(lines) == ["first", "told", "told", "told"]
    first = processes[lines.index("first")]
    assert [said(first) for _ in range(3)] == ["front"] * 3


def test_a_first_that_does_not_answer_is_not_doubled(start: Start) -> None:
    """A first one that is busy still counts: nobody becomes a second first, and the second ends in good time."""
    with first_or_front("key") as front:
        assert front
        second = start("key")
        began = time.monotonic()
        assert said(second) == "told"
        assert time.monotonic() - began < 10


def test_a_name_holds_nothing_of_the_key() -> None:
    """A key may hold anything; the socket's name is short and plain, and the same each time."""
    name = socket_name("C:\\a/b:c*?\n" * 50)
    assert name == socket_name("C:\\a/b:c*?\n" * 50)
    assert name.replace("-", "").isalnum()
    assert len(name) < 40
