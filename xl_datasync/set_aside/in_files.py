"""Rows kept in files beside the CSV files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.jobs import Job
from xl_datasync.core.values import SheetColumn
from xl_datasync.csv_files import PART
from xl_datasync.set_aside.aside import Aside, Place
from xl_datasync.set_aside.files import aside_files, aside_path, free_name, in_use, sent_path, waiting_in, worth_sending
from xl_datasync.workbook.set_aside.file import write_aside_file
from xl_datasync.workbook.set_aside.merging import Merged, merged
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
        path, new = aside_path(self.folder, self.job.name), aside.table.rows
        found: list[tuple[Path, AsideTable, Merged]] = []
        others: list[Path] = []
        for file in aside_files(self.folder, self.job.name):
            table = None if in_use(file) else waiting_in(file, aside.table.columns)
            if table is None:
                others.append(file)
                continue
            of_file = merged(table.rows, new, aside.sent, self.job.method)
            found.append((file, replace(table, named=aside.table.named), of_file))
            new = of_file.new
        if new and not found:
            if path in others and not in_use(path):
                others[others.index(path)] = path.replace(free_name(path))
            file = free_name(path) if path.exists() else path
            found.append((file, replace(aside.table, rows=()), Merged((), new, ())))
        places: list[Place] = []
        for number, (file, table, of_file) in enumerate(found):
            places += _written(file, table, of_file, new if number == 0 else ())
        if others:
            first = places[0] if places else Place("")
            places[:1] = [replace(first, others=tuple(others))]
        return places

    def renew(self, aside: Aside) -> list[Place]:
        """Put a file whose rows were sent out of the way, and keep those that have faults again.

        :raises WorkbookError: where somebody has saved it meanwhile.
        """
        path = self.job.file or aside_path(self.folder, self.job.name)
        if aside.stamp and FileStamp.of(path) != aside.stamp:
            raise WorkbookError("It was saved by somebody while its rows were being sent.", where=str(path))
        draft = path.with_name(f"{path.stem}{PART}")
        if aside.table.rows:
            write_aside_file(draft, aside.table)
        others = tuple(file for file in aside_files(self.folder, self.job.name) if file != path)
        path.replace(sent_path(self.folder, self.job.name))
        if aside.table.rows:
            draft.replace(path)
        return [Place(str(path), "", len(aside.table.rows), others=others)]

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


def _written(file: Path, old: AsideTable, found: Merged, new: tuple[AsideRow, ...]) -> list[Place]:
    """Write what waits in a file and what is new; new rows go to a file of their own where it is in use after all."""
    place = Place(str(file), "", len(new), len(found.kept), found.doubtful)
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
        unchanged = replace(place, rows=0, waiting=len(old.rows))
        if not new:
            return [unchanged]
        free = free_name(file)
        write_aside_file(free, replace(old, rows=new))
        return [unchanged, Place(str(free), "", len(new))]
    return [place]
