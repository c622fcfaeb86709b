"""Which run an undo means, and what has to be put back for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import After, UndoJob
from xl_datasync.earlier import when
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import is_open


def undo_job(records: Sequence[RunRecord], job: str | None, run: str | None, folder: Path) -> UndoJob:
    """What undoes a run.

    :param job: whose latest run is meant; None where that is clear.
    :param run: the id of the run, or its beginning; None for the latest that changed anything.
    :param folder: where the records are, for messages.
    :raises ConfigurationError: where nothing can be undone, or it is not clear what is meant.
    """
    wanted = [record for record in records if _meant(record, job, run) and changed_something(record)]
    undone = _undone(records)
    wanted = [record for record in wanted if (record.run, record.job) not in undone]
    if not wanted:
        raise ConfigurationError(
            "There is no run that could be undone.",
            where=str(folder),
            remedy="“xl-datasync history” lists the runs.",
            unaffected="",
        )
    latest = [record for record in wanted if record.run == wanted[-1].run]
    if len(latest) > 1:
        names = ", ".join(f"“{record.job}”" for record in latest)
        raise ConfigurationError(
            f"T{when(latest[0])[1:]} had several jobs: {names}.",
            remedy="Say which one is meant with --job.",
            unaffected="",
        )
    return _job(latest[0] if run else _done_over(latest[0], records), folder)


def _done_over(record: RunRecord, records: Sequence[RunRecord]) -> RunRecord:
    """What is to be undone where the latest run is an undo that was cut off: what that one was to undo."""
    target = record.started.get("undo_of")
    if not target or not is_open(record):
        return record
    return next((other for other in records if (other.run, other.job) == (target, record.job)), record)


def changed_something(record: RunRecord) -> bool:
    """Whether a run changed anything on the portal, or may have."""
    if record.sending is None:
        return False
    facts = record.finished or {}
    if facts.get("outcome_known") is False or record.finished is None:
        return True
    return bool(facts.get("rows_sent") or facts.get("dataset_made") or facts.get("dataset_removed")) and not (
        facts.get("dataset_made") and facts.get("dataset_removed")
    )


def _meant(record: RunRecord, job: str | None, run: str | None) -> bool:
    same_job = job is None or record.job.casefold() == job.casefold()
    return same_job and (run is None or record.run.startswith(run))


def _undone(records: Sequence[RunRecord]) -> set[tuple[str, str]]:
    """Runs that an undo has taken back, unless that undo was taken back itself."""
    undone: set[tuple[str, str]] = set()
    # From the latest on: an undo that was taken back has taken nothing back, so that what it had undone stands again.
    for record in reversed(records):
        target, well = record.started.get("undo_of"), (record.finished or {}).get("exit_code") in (0, 3)
        if target and well and record.sending and (record.run, record.job) not in undone:
            undone.add((str(target), record.job))
    return undone


def _job(record: RunRecord, folder: Path) -> UndoJob:
    facts, finished = record.sending or {}, record.finished or {}
    address = str(record.started.get("portal") or "")
    connection = Connection(str(record.started.get("connection") or urlsplit(address).netloc), address)
    after = After(**{name: (finished.get("after") or {}).get(name) for name in ("rows", "changed_at", "version")})
    made = [str(note["dataset_id"]) for note in record.notes if note.get("event") == "made"]
    if made and not finished.get("dataset_removed"):
        return UndoJob(record.job, connection, made[-1], record.run, None, after)
    backup = facts.get("undo_to") or facts.get("backup")
    dataset_id = _dataset_id(record, facts)
    if not backup:
        raise ConfigurationError(
            f"T{when(record)[1:]} cannot be undone: no backup was taken before it.",
            where=f"Job “{record.job}”",
            remedy="The dataset was too large to be saved first (see “Back up before adding” on the Settings sheet).",
            unaffected="",
        )
    removed = bool(finished.get("dataset_removed"))
    path = _where_now(Path(str(backup)), folder)
    return UndoJob(record.job, connection, dataset_id, record.run, path, after, remakes=removed)


def _where_now(backup: Path, folder: Path) -> Path:
    """Where a backup is; where the workbook was moved, with what lies beside it, it is beside the records."""
    moved = folder / "backups" / re.split(r"[\\/]", str(backup))[-1]
    return moved if moved.exists() and not backup.exists() else backup


def _dataset_id(record: RunRecord, facts: dict[str, Any]) -> str:
    return str(facts.get("dataset_id") or record.started.get("dataset_id") or "")
