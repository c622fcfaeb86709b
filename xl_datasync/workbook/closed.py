"""Opens a workbook or text file that Excel does not have to open, or says in plain words why it cannot be."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.jobs import Job
from xl_datasync.workbook.faults import cannot_open
from xl_datasync.workbook.protocol import Workbook
from xl_datasync.workbook.text import TEXT_SUFFIXES, TextWorkbook
from xl_datasync.workbook.xlsx import XlsxWorkbook

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
_OTHER_FORMATS = {
    ".xls": "the old Excel format",
    ".xlsb": "a binary workbook",
    ".xla": "an add-in",
    ".xlam": "an add-in",
    ".xlt": "an old template",
    ".xltx": "a template",
    ".xltm": "a template",
    ".ods": "an OpenDocument spreadsheet",
    ".numbers": "a Numbers document",
}
_SAVE_AS = "Open it and choose File > Save As > Excel Workbook (.xlsx), and name that file in the job."
_ZIP = b"PK"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The stream that holds an encrypted package (MS-OFFCRYPTO 2.3.4.4), as its name stands in the directory.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def open_workbook(path: Path) -> Workbook:
    """Open .xlsx, .xlsm, .csv, .tsv or .txt.

    :raises WorkbookError: where there is no such file, it may not be read, or it is not what its name says.
    """
    path = Path(path)
    suffix = path.suffix.casefold()
    _check_suffix(path, suffix)
    start = _first_bytes(path)
    notes = _lock_notes(path)
    if suffix in TEXT_SUFFIXES:
        if start.startswith((_ZIP + b"\x03\x04", _COMPOUND)):
            raise WorkbookError(
                f"It is not a text file, though its name ends in {suffix}.", where=path.name, remedy=_SAVE_AS
            )
        return TextWorkbook(path, notes)
    _check_package(path, start)
    return XlsxWorkbook(path, notes)


def _check_suffix(path: Path, suffix: str) -> None:
    if suffix in WORKBOOK_SUFFIXES or suffix in TEXT_SUFFIXES:
        return
    kind = _OTHER_FORMATS.get(suffix)
    raise WorkbookError(
        f"It is {kind} ({suffix}), which is not read." if kind else "It is not a kind of file that can be published.",
        where=path.name,
        remedy=_SAVE_AS if kind else f"Use a file that ends in {', '.join(WORKBOOK_SUFFIXES + TEXT_SUFFIXES)}.",
    )


def _first_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise WorkbookError("It is a folder, not a file.", where=path.name, remedy="Name the file inside it.")
        if path.exists() and not path.is_file():
            raise WorkbookError("It is not an ordinary file.", where=path.name, remedy="Name a workbook or text file.")
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError as error:
        raise cannot_open(path.name, error, open_elsewhere=bool(_lock_notes(path))) from error
    if not start:
        raise WorkbookError(
            "The file is empty (0 bytes).",
            where=path.name,
            remedy="If it comes from OneDrive, open it once so that it is downloaded; else save it again.",
        )
    return start


def _check_package(path: Path, start: bytes) -> None:
    """An .xlsx is a zip file; say what it is if it is not."""
    if start.startswith(_ZIP):
        return
    if start.startswith(_COMPOUND):
        if _holds(path, _ENCRYPTED):
            raise WorkbookError(
                "This workbook has a password.",
                where=path.name,
                remedy="Save a copy without one, and name the copy in the job: in Excel choose File > Info > "
                "Protect Workbook > Encrypt with Password, clear the box, and save under another name.",
            )
        raise WorkbookError(
            "It is a workbook in the old Excel format (.xls) under another name.",
            where=path.name,
            remedy=_SAVE_AS,
        )
    raise WorkbookError(
        "It is not an Excel workbook, though its name says so; web pages and text files are often saved like this.",
        where=path.name,
        remedy=_SAVE_AS,
    )


def _holds(path: Path, needle: bytes) -> bool:
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return content.find(needle) >= 0


def _lock_notes(path: Path) -> tuple[str, ...]:
    """Excel keeps a file ``~$name`` beside a workbook while it is open."""
    try:
        is_open = path.with_name(f"~${path.name}").exists()
    except OSError:
        return ()
    return (f"{path.name} is open in Excel; what was not saved there is not in this run.",) if is_open else ()


@contextmanager
def open_source(job: Job, book: Workbook | None) -> Iterator[Workbook]:
    """The workbook or file that a job publishes from: the one that holds the job, or another."""
    if job.file is None and book is not None:
        yield book
        return
    with open_workbook(job.file or Path()) as other:
        yield other
