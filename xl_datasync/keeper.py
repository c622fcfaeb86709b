"""What is kept of runs: records, backups, and the lock that lets only one run at a dataset at a time."""

from __future__ import annotations

import getpass
import hashlib
import logging
import os
import platform
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from xl_datasync import __version__
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Progress
from xl_datasync.core.errors import PortalError, WorkbookError
from xl_datasync.core.jobs import AnyJob, Job
from xl_datasync.core.record import finished_facts, started_facts
from xl_datasync.core.report import JobResult
from xl_datasync.core.undoing import dataset_to_json
from xl_datasync.history.backups import Backup, BackupHeader, backup_path, found_backups, prune, write_backup
from xl_datasync.history.later import closed_by, key_of
from xl_datasync.history.locks import COPIES, dataset_lock, holder_of, is_locked, refuse_if_locked
from xl_datasync.history.moments import stamp, utc_now
from xl_datasync.history.place import history_folder
from xl_datasync.history.records import History, Records, RunLog, RunRecord, new_run_id, read_runs
from xl_datasync.portal import Portal
from xl_datasync.workbook.config import Keeping

log = logging.getLogger(__name__)

MOST_READINGS = 3


@dataclass(frozen=True)
class Keeper:
    """Keeps what a run of jobs leaves behind.

    :param keeping: where, and for how long.
    :param user_folder: the user's own folder: for the locks, and for records that cannot be kept beside the workbook.
    :param workbook: the workbook whose jobs are run; None where there is none.
    """

    keeping: Keeping
    user_folder: Path
    workbook: Path | None = None

    @cached_property
    def run(self) -> str:
        """The id of this run, shared by all its jobs."""
        return new_run_id(utc_now())

    @cached_property
    def folder(self) -> Path:
        """Where records are kept.

        :raises WorkbookError: where none can be.
        """
        return history_folder(self.keeping.folder, self.user_folder / "history")

    @cached_property
    def history(self) -> History:
        """The records of all runs of this workbook."""
        return History(self.folder)

    @property
    def locks(self) -> Path:
        """Where the locks lie: one place for all workbooks of this user, because they may share datasets."""
        return self.user_folder / "locks"

    @property
    def backups(self) -> Path:
        """Where backups are kept."""
        return self.keeping.backups or self.folder / "backups"

    def keep(self, job: AnyJob) -> Kept:
        """What is kept of one job."""
        return Kept(self, job)

    def records(self) -> Records:
        """The records of all runs, oldest first, and how many lines of the history cannot be read.

        No folder is made for those who only look.

        :raises WorkbookError: where they cannot be read.
        """
        beside, elsewhere = History(self.keeping.folder), self.user_folder / "history"
        found = self.keeping.folder.exists() or (elsewhere.exists() and any(elsewhere.iterdir()))
        ours = self.history if found else beside
        # What was written beside the workbook counts also where nothing can be written there any more.
        if beside.path != ours.path and beside.path.is_file():
            return read_runs(beside, ours)
        return read_runs(ours)

    def cut_off(self) -> list[RunRecord]:
        """Runs that had begun to change something, are not at work any more, and of which nobody knows how they ended.

        Those that were undone, or whose job was run again with success since, need no look any more.

        :raises WorkbookError: where the records or the locks cannot be read.
        """
        records = self.records()
        closed = closed_by(records)
        found = [record for record in records if is_open(record) and key_of(record) not in closed]
        # Whoever holds what a run was at is that very run, or will look after it.
        return [record for record in found if not is_locked(self.locks, _host(record), locked_for(record))]

    def at_work(self, record: RunRecord) -> bool:
        """Whether this very run is at work now.

        :raises WorkbookError: where the lock cannot be looked at.
        """
        if record.finished is not None:
            return False
        holder = holder_of(self.locks, _host(record), locked_for(record))
        return holder is not None and holder.get("run", record.run) == record.run

    def tidy(self, spare: Iterable[Path]) -> None:
        """Delete backups that are too old or too many, but none that may still be needed to clear up."""
        if not self.backups.is_dir():
            return
        try:
            records = self.records()
        except WorkbookError as error:
            # Everything was published by now, and told; what is to be kept can be found out the next time.
            log.warning("No old backup was deleted: %s", error.message)
            return
        needed = [
            Path(str(backup))
            for record in records
            if is_open(record)
            for name in ("undo_to", "backup")
            if (backup := (record.sending or {}).get(name))
        ]
        if self.keeping.backups:
            # Other workbooks may keep theirs in the same folder, and only they know which they still need.
            own = {record.run for record in records}
            needed += [path for path, header in found_backups(self.backups) if header.run not in own]
        for path in prune(self.backups, self.keeping.days, self.keeping.most_bytes, [*spare, *needed], utc_now()):
            log.info("Deleted the backup %s, as the settings say.", path)


class Kept:
    """The record, the lock and the backup of one job."""

    def __init__(self, keeper: Keeper, job: AnyJob) -> None:
        self._keeper = keeper
        self._job = job
        self.run = keeper.run

    @cached_property
    def log(self) -> RunLog:
        """Where its events are written."""
        return RunLog(self._keeper.history, self.run, self._job.name)

    def start(self, aim: str) -> None:
        """Write down that the job has begun: who, where, from which file.

        :raises WorkbookError: where that cannot be written.
        """
        source = self._job.file if isinstance(self._job, Job) and self._job.file else self._keeper.workbook
        self.log.started(
            aim=aim,
            who=_user(),
            computer=platform.node(),
            program=__version__,
            workbook=str(self._keeper.workbook) if self._keeper.workbook else None,
            file_sha256=_sha256(source) if source else None,
            **started_facts(self._job),
        )

    def finish(self, result: JobResult, **facts: object) -> None:
        """Write down how it ended.

        :raises WorkbookError: where that cannot be written.
        """
        self.log.finished(**finished_facts(result), **facts)

    def alone(self, host: str, dataset_id: str) -> AbstractContextManager[None]:
        """Be the only run at a dataset.

        :raises Busy: where another one is at work on it.
        """
        holder = {"job": self._job.name, "started": stamp(utc_now()), "user": _user(), "process": str(os.getpid())}
        return dataset_lock(self._keeper.locks, host, dataset_id, {**holder, "run": self.run})

    def refuse_if_busy(self, host: str, dataset_id: str) -> None:
        """Be refused where another run is at work on a dataset, without being one.

        :raises Busy: where one is.
        """
        refuse_if_locked(self._keeper.locks, host, dataset_id)

    def back_up(self, portal: Portal, dataset: Dataset, progress: Progress) -> Backup:
        """Save a dataset's schema and rows; read again where somebody changes them meanwhile.

        :raises PortalError: where it cannot be read, or does not hold still.
        :raises WorkbookError: where it cannot be saved.
        """
        folder = self._keeper.backups
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            what = f"The folder for backups cannot be made ({error.strerror})."
            remedy = "Choose another “Backup folder” on the Settings sheet."
            raise WorkbookError(what, where=str(folder), remedy=remedy) from error
        for _ in range(MOST_READINGS):
            before = portal.state(dataset.id)
            header = BackupHeader(stamp(utc_now()), portal.host, dataset_to_json(dataset), self.run)
            rows = _told(portal.read_texts(dataset), before.count, progress)
            backup = write_backup(backup_path(folder, dataset.id, self.run), header, rows)
            if backup.rows == before.count and before.same_as(portal.state(dataset.id)):
                return backup
            backup.path.unlink(missing_ok=True)
        raise changing(dataset, "saved")

    def earlier(self, portal: Portal, dataset_id: str) -> list[RunRecord]:
        """Runs that had begun to change this dataset and of which it is not known how they ended, oldest first."""
        mine = (self.run, self._job.name)
        return [
            record
            for record in self._keeper.records()
            if (record.run, record.job) != mine and is_open(record) and is_at(record, portal.address, dataset_id)
        ]

    def settle(self, record: RunRecord, became: str) -> None:
        """Write down what became of an earlier run."""
        RunLog(self._keeper.history, record.run, record.job).settled(became=became, by=self.run)


def is_open(record: RunRecord) -> bool:
    """Whether a run had begun to send and nobody knows how it ended."""
    if record.sending is None or record.settled is not None:
        return False
    return record.finished is None or record.finished.get("outcome_known") is False


def changing(dataset: Dataset, done: str) -> PortalError:
    """The error for a dataset that does not hold still."""
    return PortalError(
        f"{dataset.label} was changed by somebody else each time it was being {done}.",
        temporary=True,
        remedy="Run it again when nobody is changing that dataset.",
    )


def new_copy_of(source_id: str) -> str:
    """What is locked while a copy is made of a dataset: the copy has no id yet."""
    return f"{COPIES}{source_id}"


def _host(record: RunRecord) -> str:
    return urlsplit(str(record.started.get("portal") or "")).netloc


def locked_for(record: RunRecord) -> str:
    """What a run had locked."""
    known = (record.sending or {}).get("dataset_id") or record.started.get("dataset_id")
    return str(known or new_copy_of(str(record.started.get("source_id") or "")))


def is_at(record: RunRecord, address: str, dataset_id: str) -> bool:
    """Whether a run was at a dataset."""
    known = {facts.get("dataset_id") for facts in (record.started, record.sending or {}, *record.notes)}
    return record.started.get("portal") == address and dataset_id in known


def _told(rows: Iterable[str], total: int | None, progress: Progress) -> Iterator[str]:
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % 1000 == 0:
            progress(done, total)
    progress(done, total)


def _user() -> str:
    """The account of the operating system."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _sha256(path: Path) -> str | None:
    """The hash of a file; None where it cannot be read any more."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()
