"""The files that keep rows set aside where no workbook is open in Excel: their names, and what waits in them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.values import SheetColumn
from xl_datasync.csv_files import job_file_name
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

# What the files of rows that were sent alone have in their names.
SENT = "set aside sent"


def aside_path(folder: Path, job: str) -> Path:
    """The file that keeps a job's rows."""
    return folder / f"{job_file_name(job)}.set aside.xlsx"


def sent_path(folder: Path, job: str) -> Path:
    """The file that keeps the rows of a job that were sent alone last, as they stood on the sheet."""
    return folder / f"{job_file_name(job)}.{SENT}.xlsx"


def sent_csv(folder: Path, job: str) -> Path:
    """The file that was sent then."""
    return folder / f"{job_file_name(job)}.{SENT}.csv"


def aside_files(folder: Path, job: str) -> list[Path]:
    """The files that keep a job's rows: the usual one, and those with a number."""
    path = aside_path(folder, job)
    numbers = (path.with_name(f"{path.stem} {number}{path.suffix}") for number in range(2, 100))
    return [file for file in (path, *numbers) if file.exists() and _is_of(file, job)]


def _is_of(path: Path, job: str) -> bool:
    """Whether a file holds rows of a job; one that cannot be read is taken for the job's, whose name it has."""
    try:
        with open_workbook(path) as book:
            return job_of(book).strip().casefold() == job.strip().casefold()
    except DataSyncError:
        return True


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
