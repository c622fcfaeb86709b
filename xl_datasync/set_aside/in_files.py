"""Rows kept in files beside the CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.jobs import Job
from xl_datasync.core.values import SheetColumn
from xl_datasync.csv_files import PART
from xl_datasync.set_aside.aside import Aside, Place
from xl_datasync.set_aside.files import aside_files, aside_path, free_name, in_use, sent_path, waiting_in, worth_sending
from xl_datasync.workbook.set_aside.file import write_aside_file
from xl_datasync.workbook.set_aside.merging import Merged, merged_in_turn
from xl_datasync.workbook.set_aside.rows import AsideRow, AsideTable
from xl_datasync.workbook.stamp import FileStamp


@dataclass(frozen=True)
class InFiles:
    """The files of one job."""

    folder: Path
    job: Job

    def waiting(self, columns: Sequence[SheetColumn]) -> list[AsideRow]:
        """The rows that wait there under these columns."""
        tables = (waiting_in(path, columns) for path in aside_files(self.folder, self.job.name))
        return [row for table in tables if table for row in table.rows]

    def keep(self, aside: Aside) -> list[Place]:
        """Keep rows that wait on, each in its file, and new ones in the first that may be written."""
        files = aside_files(self.folder, self.job.name)
        free = [file for file in files if not in_use(file)]
        tables = {file: table for file in free if (table := waiting_in(file, aside.table.columns))}
        waiting = {file: table.rows for file, table in tables.items()}
        found, new = merged_in_turn(waiting, aside.table.rows, aside.superseded, self.job.method)
        others = [file for file in files if file not in tables]
        if new and not found:
            path = aside_path(self.folder, self.job.name)
            if path in others and not in_use(path):
                others[others.index(path)] = path.replace(free_name(path))
            path = free_name(path) if path.exists() else path
            tables[path], found[path] = replace(aside.table, rows=()), Merged()
        places: list[Place] = []
        for file, of_file in found.items():
            table = replace(tables[file], named=aside.table.named)
            places += _written(file, table, of_file, () if places else new)
        return [*places, Place("", others=_named(others))]

    def renew(self, aside: Aside) -> list[Place]:
        """Put a file whose rows were sent out of the way, and keep those that were not.

        :raises WorkbookError: where somebody has saved it meanwhile.
        """
        path = self.job.file or aside_path(self.folder, self.job.name)
        if aside.stamp and FileStamp.of(path) != aside.stamp:
            raise WorkbookError("It was saved by somebody while its rows were being sent.", where=str(path))
        draft = path.with_name(f"{path.stem}{PART}")
        rows = tuple(sorted((*aside.table.rows, *aside.unsent), key=attrgetter("at")))
        if rows:
            write_aside_file(draft, replace(aside.table, rows=rows))
        others = [file for file in aside_files(self.folder, self.job.name) if file != path]
        path.replace(sent_path(self.folder, self.job.name))
        if rows:
            draft.replace(path)
        return [Place(str(path), "", len(aside.table.rows), len(aside.unsent), others=_named(others))]

    def to_send(self) -> Path:
        """The file that is sent: the first with mended rows, else the first with rows; the others follow later.

        :raises DataSyncError: where there is none, or it is open in Excel.
        """
        files = aside_files(self.folder, self.job.name)
        if not files:
            raise ConfigurationError(
                f"No rows of the job “{self.job.name}” are set aside.",
                where=str(aside_path(self.folder, self.job.name)),
                remedy="Rows that were set aside from inside Excel are on a sheet of the workbook: publish that sheet "
                "there.",
            )
        closed = [path for path in files if not in_use(path)]
        if not closed:
            raise WorkbookError("It is open in Excel.", where=str(files[0]), remedy="Save and close it there.")
        return max(closed, key=worth_sending)


def _named(files: Iterable[Path]) -> list[str]:
    return [f"in another file: {file}" for file in files]


def _written(file: Path, old: AsideTable, found: Merged, new: tuple[AsideRow, ...]) -> list[Place]:
    """Write what waits in a file and what is new; new rows go to a file of their own where it is in use after all."""
    place = Place(str(file), "", len(new), len(found.kept), found.doubtful, found.left_out)
    rows = (*found.kept, *new)
    if rows == old.rows:
        return [place]
    if not rows:
        file.unlink(missing_ok=True)
        return [place]
    draft = file.with_name(f"{file.stem}{PART}")
    write_aside_file(draft, replace(old, rows=rows))
    try:
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        unchanged = replace(place, rows=0, waiting=len(old.rows), left_out=())
        if not new:
            return [unchanged]
        free = free_name(file)
        write_aside_file(free, replace(old, rows=new))
        return [unchanged, Place(str(free), "", len(new))]
    return [place]
