"""The files that keep rows set aside where no workbook is open in Excel: their names, and what waits in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.values import SheetColumn
from xl_datasync.csv_files import csv_kind, file_name, job_file_name
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.set_aside.reading import (
    aside_table,
    extra_columns,
    job_of,
    old_rows,
    same_headers,
    source_columns,
)
from xl_datasync.workbook.set_aside.rows import AsideTable

# What the files of rows that wait, and of those that were sent alone, have in their names.
ASIDE = ".set aside.xlsx"
SENT = csv_kind(alone=True, sent=True)


def aside_path(folder: Path, job: str) -> Path:
    """The file that keeps a job's rows."""
    return folder / f"{job_file_name(job)}{ASIDE}"


def sent_path(folder: Path, job: str) -> Path:
    """The file that keeps the rows of a job that were sent alone last, as they stood on the sheet."""
    return folder / f"{job_file_name(job)}.{SENT}.xlsx"


def sent_csv(folder: Path, job: str) -> Path:
    """The file that was sent then."""
    return folder / f"{job_file_name(job)}.{SENT}.csv"


def aside_files(folder: Path, job: str) -> list[Path]:
    """The files that keep a job's rows: the usual one, and those with a number.

    One that cannot be read is taken for the job's, whose name it has. Earlier versions gave several jobs one name.
    """
    own, shared = aside_path(folder, job), folder / f"{file_name(job)}{ASIDE}"
    found = [file for file in _numbered(own) if _is_of(file, job, unless_read=True)]
    return found + [file for file in _numbered(shared) if file not in found and _is_of(file, job, unless_read=False)]


def _numbered(path: Path) -> Iterator[Path]:
    """The files of a name, and of that name with a number."""
    numbers = (path.with_name(f"{path.stem} {number}{path.suffix}") for number in range(2, 100))
    return (file for file in (path, *numbers) if file.exists())


def _is_of(path: Path, job: str, *, unless_read: bool) -> bool:
    """Whether a file holds rows of a job.

    :param unless_read: the answer for one that cannot be read.
    """
    try:
        with open_workbook(path) as book:
            return job_of(book).strip().casefold() == job.strip().casefold()
    except DataSyncError:
        return unless_read


def worth_sending(path: Path) -> int:
    """2 for a file with rows that were worked on, 1 for one with rows; of equal ones the first is the greatest."""
    with suppress(DataSyncError), open_workbook(path) as book:
        rows = list(old_rows(aside_table(book)))
        return bool(rows) + any(row.changed for row in rows)
    return 0


def in_use(path: Path) -> bool:
    """Whether a file is open in a spreadsheet program, which would save over what is written to it, or refuse it."""
    if any(path.with_name(f"{mark[0]}{path.name}{mark[1]}").exists() for mark in (("~$", ""), (".~lock.", "#"))):
        return True
    try:
        with path.open("r+b"):
            return False
    except OSError:
        return True


def waiting_in(path: Path, columns: Sequence[SheetColumn]) -> AsideTable | None:
    """The rows that wait in a file; None where it has other columns, or holds more than can be written again."""
    with suppress(DataSyncError, OSError, BadZipFile), open_workbook(path) as book:
        table = aside_table(book)
        ours = source_columns(table.shape, ours=True)
        if same_headers(ours, columns) and _has_one_sheet(path):
            extras = tuple(column.header for column in extra_columns(table.shape))
            return AsideTable(job_of(book), tuple(columns), tuple(old_rows(table)), extras)
    return None


def _has_one_sheet(path: Path) -> bool:
    """Whether nobody has added a sheet of their own."""
    with ZipFile(path) as parts:
        return sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in parts.namelist()) == 1


def free_name(path: Path) -> Path:
    """A name that no file has yet."""
    numbers = iter(range(2, 10_000))
    return next(free for n in numbers if not (free := path.with_name(f"{path.stem} {n}{path.suffix}")).exists())
