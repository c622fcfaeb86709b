"""The CSV files that are sent: made under a name of their own, kept to be opened, never over somebody's file."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from xl_datasync.core.csv_text import LONGEST_CELL
from xl_datasync.core.errors import WorkbookError

PART = ".part"
MOST_NAMES = 10
LONGEST_RUN = 86_400.0
# What Windows refuses in a file's name, and the names it keeps for devices.
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass
class Draft:
    """A CSV that is being made, open for writing at ``path``; two runs never share one."""

    path: Path
    out: BinaryIO
    kept: bool = False

    def keep(self, path: Path) -> Path:
        """Give the finished file its name.

        :returns: where it is now: under a name with a number, where that name's file cannot be replaced, as when it is
            open in Excel.
        """
        self.out.close()
        self.kept = True
        for number in range(1, MOST_NAMES):
            free = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
            with suppress(OSError):
                self.path = self.path.replace(free)
                break
        return self.path


@contextmanager
def draft(folder: Path, name: str) -> Iterator[Draft]:
    """A new CSV in a folder, which is gone at the end unless it was kept.

    :raises WorkbookError: where the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        number, path = tempfile.mkstemp(PART, f"{file_name(name)}.", folder)
    except OSError as error:
        raise _refused(folder, error) from error
    made = Draft(Path(path), io.BufferedWriter(_File(number, folder)))
    try:
        yield made
    finally:
        with suppress(OSError, WorkbookError):  # what cannot be written cannot be flushed either
            made.out.close()
        if not made.kept:
            made.path.unlink(missing_ok=True)


class _File(io.FileIO):
    """A file whose writing fails with words for the reader, as on a disk that is full."""

    def __init__(self, number: int, folder: Path) -> None:
        super().__init__(number, "wb")
        self._folder = folder

    def write(self, data: Any) -> int:
        """Write what fits.

        :raises WorkbookError: where the system refuses.
        """
        try:
            return super().write(data)
        except OSError as error:
            raise _refused(self._folder, error) from error


def _refused(folder: Path, error: OSError) -> WorkbookError:
    remedy = "Make room there, or choose another folder (a job's is the “CSV folder” on the Settings sheet)."
    what = f"No file can be written there ({error.strerror or type(error).__name__})."
    return WorkbookError(what, where=str(folder), remedy=remedy)


def _remove_leftovers(folder: Path) -> None:
    """Remove drafts that runs left which were killed; after a day nobody is writing to one any more."""
    for path in folder.glob(f"*{PART}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > LONGEST_RUN:
                path.unlink()


def csv_header(path: Path) -> list[str]:
    """The field names of a CSV that was made to be sent."""
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), [])


def csv_rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV that was made to be sent, its header left out."""
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows, None)
        yield from rows


def file_name(name: str) -> str:
    """A job's or sheet's name as a file's name, on any system."""
    plain = _REFUSED.sub("-", name).strip(" .") or "sheet"
    return f"{plain}_" if _DEVICES.fullmatch(plain) else plain


def job_file_name(job: str) -> str:
    """A job's name as the beginning of its files' names; jobs whose names make the same one have one each."""
    name = file_name(job)
    if name == job.strip():
        return name
    digest = hashlib.sha256(job.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{name}-{digest}"


def csv_kind(*, alone: bool, sent: bool) -> str:
    """What a CSV's name says of it beside the job: whether it was sent, or only looked at.

    :param alone: whether it holds rows alone that had been set aside.
    """
    return f"{'set aside ' if alone else ''}{'sent' if sent else 'preview'}"


def refuse_to_overwrite(path: Path, sources: Iterable[Path], *, replace: bool) -> None:
    """Make sure that a file may be written.

    :param sources: files that must never be written over: the workbook and what its jobs publish.
    :param replace: whether any other file of that name may be replaced.
    :raises WorkbookError: where it may not.
    """
    if not path.exists():
        return
    if any(source.exists() and path.samefile(source) for source in sources):
        raise WorkbookError(
            "This is a file that is published from; it is not written over.",
            where=str(path),
            remedy="Choose another name for the file that is written.",
            unaffected="It was not changed.",
        )
    if not replace:
        raise WorkbookError(
            "This file exists already.",
            where=str(path),
            remedy="Choose another name, or remove that file.",
            unaffected="It was not changed.",
        )
