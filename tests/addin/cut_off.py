"""Installs and removals killed before each thing they do to a disk, one after the other, in processes of their own.

``python -m tests.addin.cut_off SYSTEM FOLDER`` does them all and prints how many there were; it fails at the first that is
not mended by doing it again. Python tells an audit hook of each thing it is about to do (PEP 578); the hook kills.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from tests.addin.homes import GOODS, NEWER, Home, make_home
from xl_datasync.addin.install import install
from xl_datasync.addin.record import targets
from xl_datasync.addin.uninstall import uninstall

PYTHON = Path("/opt/python")
CHANGES = frozenset({"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod"})
Work = Callable[[Home], object]


def newer(home: Home) -> None:
    """Install another version."""
    install(home.places, NEWER, PYTHON)


def away(home: Home) -> None:
    """Remove it."""
    uninstall(home.places)


def plain(home: Home) -> None:
    """Nothing was there before."""


def occupied(home: Home) -> None:
    """Files of others lie under all of the add-in's names."""
    for path in targets(home.places):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"somebody's " + path.name.encode())


def older(home: Home) -> None:
    """An earlier version is installed."""
    install(home.places, GOODS, PYTHON)


def older_beside(home: Home) -> None:
    """An earlier version is installed, and files of others are kept for it."""
    occupied(home)
    older(home)


def killed(home: Home, work: Work, step: int) -> bool:
    """Do it in a process that is killed before its step of that number.

    :returns: whether it came to that step.
    """
    child = os.fork()
    if not child:
        try:
            sys.addaudithook(_killer(home.path, step))
            work(home)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _killer(folder: Path, step: int) -> Callable[[str, tuple[object, ...]], None]:
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in CHANGES or writes) and _is_inside(str(arguments[0]), folder):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def _is_inside(path: str, folder: Path) -> bool:
    """Whether it is of that folder; a whole folder is removed by names without a path."""
    return path.startswith(str(folder)) or not Path(path).is_absolute()


def every_step(folder: Path, system: str, start: Work, work: Work) -> int:
    """Kill the work before each of its steps; see that everything that may be done next ends as it should.

    :returns: how many steps there are.
    """
    fresh = make_home(folder, system)
    (occupied if start in (occupied, older_beside) else plain)(fresh)
    original = fresh.listing()
    start(fresh)
    newer(fresh)
    installed = fresh.listing()
    step = 0
    while True:
        for goes_on in ((newer, away), (away,), (away, newer, away)):
            shutil.rmtree(fresh.path)
            home = make_home(folder, system)
            start(home)
            if not killed(home, work, step):
                return step
            for deed in goes_on:
                deed(home)
                expected = installed if deed is newer else original
                assert home.listing() == expected, (system, start.__name__, work.__name__, step, deed.__name__)
        step += 1


def main(system: str, folder: Path) -> None:
    """All of them."""
    steps = sum(
        every_step(folder / f"{start.__name__}-{work.__name__}", system, start, work)
        for work, starts in ((newer, (plain, occupied, older, older_beside)), (away, (older, older_beside)))
        for start in starts
    )
    print(f"{steps} steps, each killed, mended and undone")  # noqa: T201  # what the command is for


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
