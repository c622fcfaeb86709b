"""The real command as a child: started, waited for, frozen, killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kills.bench import WRITES
from xl_datasync.practice_portal import PracticePortal

LONGEST = 40.0
# A request is known to the portal when its head has come; its body follows.
BODY = 0.15


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start the real command, with nobody at the terminal; the environment is that of the test."""
    return subprocess.Popen(
        [sys.executable, "-m", "xl_datasync", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """How a child ended by itself, and all it said."""
    out, err = process.communicate(timeout=LONGEST)
    return process.returncode, out + err


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL."""
    process.kill()
    process.communicate()


def until(met: Callable[[], bool]) -> None:
    """Wait for something that must happen."""
    deadline = time.monotonic() + LONGEST
    while not met():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def started_slow(portal: PracticePortal, method: str, seconds: float, *arguments: str | Path) -> subprocess.Popen[str]:
    """A child that waits for the answer to its first request of this method, for so many seconds."""
    portal.add_fault("slow", method=method, path="/resource/", seconds=seconds)
    process = start(*arguments)
    until(lambda: taken(portal) or process.poll() is not None)
    assert process.poll() is None, ended(process)
    time.sleep(BODY)
    return process


@contextmanager
def frozen_at_work(portal: PracticePortal, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """A child that has sent its rows and does not come to see the answer, however long others take, until the end."""
    process = started_slow(portal, "POST", 0.3, *arguments)
    process.send_signal(signal.SIGSTOP)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=LONGEST)


def taken(portal: PracticePortal) -> bool:
    """Whether a slow request has reached the portal."""
    return not portal._faults.is_armed("slow")


def answered(portal: PracticePortal) -> int:
    """How many writing requests a portal has been done with."""
    return sum(exchange.method in WRITES for exchange in portal.exchanges)


def killed_at_work(portal: PracticePortal, method: str, *arguments: str | Path, seconds: float = 0.5) -> None:
    """Kill the command while the portal is at work on its request, and wait until that is done."""
    before = answered(portal)
    kill(started_slow(portal, method, seconds, *arguments))
    until(lambda: answered(portal) > before)


def killed_after_commit(portal: PracticePortal, method: str, *arguments: str | Path) -> None:
    """Kill the command when the portal has carried out its request and it has not seen the answer."""
    before = answered(portal)
    process = started_slow(portal, method, 0.5, *arguments)
    process.send_signal(signal.SIGSTOP)
    until(lambda: answered(portal) > before)
    kill(process)


def killed_before_sending(portal: PracticePortal, _method: str, *arguments: str | Path) -> None:
    """Kill the command while it looks at the dataset."""
    kill(started_slow(portal, "GET", 0.3, *arguments))
    until(lambda: taken(portal))
