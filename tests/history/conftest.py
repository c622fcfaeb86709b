"""Parts that the tests of this room use: a disk that is soon full, and other processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; only root may mount one."""
    folder = tmp_path / "small_disk"
    folder.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("There is no mount command here")
    if mounted.returncode:
        pytest.skip("A small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def fill() -> Callable[..., None]:
    """Fills a disk to the last page, or to a number of bytes left."""

    def fill_up(folder: Path, left: int = 0) -> None:
        with (folder / "filler").open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass
            if left:
                filler.truncate(filler.tell() - left)

    return fill_up


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Begins another process that runs some Python; it is gone at the end of the test."""
    begun: list[subprocess.Popen[str]] = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        begun.append(process)
        return process

    yield start
    for process in begun:
        process.kill()
        process.communicate()
