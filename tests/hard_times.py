"""Hard times for a process: a disk that is full, a folder that cannot be written, a clock that was set wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

MODULE = ("-m", "xl_datasync")
# The same program where the system gives no file more than so many bytes.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from xl_datasync.__main__ import main
main()
"""
# The same program with another clock: it has one, in one place.
ANOTHER_TIME = """
import datetime, sys
import xl_datasync.history.moments as moments
ahead = datetime.timedelta(seconds=float(sys.argv.pop(1)))
class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.datetime.now(tz) + ahead
moments.datetime = Clock
from xl_datasync.__main__ import main
main()
"""
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
DAY = 86_400


@dataclass
class Disk:
    """A disk of so many bytes.

    :param program: how xl-datasync is run for it to be met.
    """

    folder: Path
    size: int
    program: tuple[str, ...] = MODULE
    mounted: bool = False

    def leave(self, free: int) -> None:
        """Let no more than so many bytes be written; what has a limit for each file needs nothing."""
        if self.mounted:
            stat = os.statvfs(self.folder)
            (self.folder / "filler").write_bytes(bytes(max(0, stat.f_bavail * stat.f_frsize - free)))


def mount(folder: Path, options: str) -> bool:
    """Mount a disk in memory; only root may, and not everywhere."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


@pytest.fixture(name="disk", params=["a small disk", "a limit on files"])
def fixture_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    """A place for 64 KiB: a real file system of its own, or where files may not grow larger."""
    folder, size = tmp_path / "disk", 64 * 1024
    if request.param == "a limit on files":
        if sys.platform == "win32":
            pytest.skip("Windows has no limit on the size of a file")
        folder.mkdir()
        yield Disk(folder, size, ("-c", LIMITED, str(size)))
        return
    if not mount(folder, f"size={size}"):
        pytest.skip("only root may mount a disk")
    yield Disk(folder, size, mounted=True)
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(name="unwritable", params=["a file in its place", "a disk for reading only", "no right"])
def fixture_unwritable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Makes a folder one that nobody can write to."""
    undo: list[Callable[[], object]] = []

    def spoil(folder: Path) -> None:
        match request.param:
            case "a file in its place":
                folder.write_bytes(b"")
            case "no right":
                if sys.platform == "win32" or os.geteuid() == 0:
                    pytest.skip("rights do not bind this user")
                folder.mkdir()
                folder.chmod(0o500)
                undo.append(lambda: folder.chmod(0o700))
            case _:
                if not mount(folder, "ro,size=4k"):
                    pytest.skip("only root may mount a disk")
                undo.append(lambda: subprocess.run(["umount", "-l", str(folder)], check=True))

    yield spoil
    for each in undo:
        each()


@dataclass
class Runner:
    """Runs xl-datasync as a process, however it is wrapped."""

    folder: Path
    clock: str = "its own"
    said: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str, code: int, program: tuple[str, ...] = MODULE, days: float = 0) -> str:
        """Run a command, which must end with this exit code.

        :param days: how far its clock is ahead.
        :returns: what it said.
        """
        with self.start(*arguments, program=program, days=days) as process:
            out, err = process.communicate(timeout=90)
        self.said.append(out + err)
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{out}{err}"
        return self.said[-1]

    def start(
        self, *arguments: str, program: tuple[str, ...] = MODULE, days: float = 0, stdin: bool = False
    ) -> subprocess.Popen[str]:
        """Start a command."""
        environment = dict(os.environ)
        if days and self.clock == "the system's":
            assert FAKETIME
            environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{days:+}d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        elif days:
            program = ("-c", ANOTHER_TIME, str(days * DAY))
        return subprocess.Popen(
            [sys.executable, "-W", "error", *program, *arguments], cwd=self.folder, env=environment,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What a command answers for machines."""
        return json.loads(self(*arguments, "--json", code=code))


@pytest.fixture(name="run")
def fixture_run(tmp_path: Path) -> Runner:
    """Runs xl-datasync."""
    return Runner(tmp_path)


@pytest.fixture(name="wrong_clock", params=["its own", "the system's"])
def fixture_wrong_clock(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """Runs xl-datasync with a wrong clock: the program's own, or that of the whole process, files' times included."""
    if request.param == "the system's" and FAKETIME is None:
        pytest.skip("libfaketime is not installed")
    return Runner(tmp_path, request.param)


def setting(name: str, value: object) -> list[dict[str, object]]:
    """A Settings table with one setting."""
    return [{"Setting": name, "Value": value}]


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def wait_for_sending(workbook: Path) -> None:
    """Wait until a run has written down that it is about to send."""
    history = workbook.with_name("jobs.datasync") / "history.jsonl"
    wait_for(lambda: history.exists() and '"event":"sending"' in history.read_text(encoding="utf-8"))
