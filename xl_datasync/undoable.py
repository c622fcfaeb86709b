"""Which run an undo means, and what has to be put back for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import After, UndoJob
from xl_datasync.core.report_words import plural
from xl_datasync.earlier import backup_before, may_be_in_flight, when
from xl_datasync.history.later import NOTHING_MADE, key_of, undone_by
from xl_datasync.history.records import Records, RunRecord
from xl_datasync.keeper import is_open
from xl_datasync.undo_again import after_of


def undo_job(records: Records, job: str | None, run: str | None, folder: Path) -> UndoJob:
    """What undoes a run.

    :param job: whose latest run is meant; None where that is clear.
    :param run: the id of the run, or its beginning; None for the latest that changed anything.
    :param folder: where the records are, for messages.
    :raises ConfigurationError: where nothing can be undone, or it is not clear what is meant.
    """
    undone = undone_by(records)
    meant = [record for record in records if _meant(record, job, run)]
    if run is not None and len({record.run for record in meant}) > 1:
        raise ConfigurationError(
            f"Several runs have an ID that begins with “{run}”.",
            where=str(folder),
            remedy="Give the whole ID, as “xl-datasync history” shows it.",
            unaffected="",
        )
    wanted = [record for record in meant if changed_something(record) and key_of(record) not in undone]
    if not wanted:
        raise ConfigurationError(
            f"There is no run that could be undone: {_why_none(records, meant, job, run)}.{_unreadable(records)}",
            where=str(folder),
            remedy="“Undo” on the Open Data tab in Excel, or “xl-datasync history” at a terminal, lists the runs.",
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
    return _job(latest[0] if run else _done_over(latest[0], records), records, folder)


def _why_none(records: Sequence[RunRecord], meant: Sequence[RunRecord], job: str | None, run: str | None) -> str:
    """Why none of the runs that are meant can be undone."""
    if not records:
        return "no runs are recorded"
    of_job = [record for record in records if _meant(record, job, None)]
    if not of_job:
        names = ", ".join(f"“{name}”" for name in dict.fromkeys(record.job for record in records))
        return f"no run of a job “{job}” is recorded, but runs of {names}"
    if not meant:
        return f"no run{f' of “{of_job[0].job}”' if job else ''} has an ID that begins with {run}"
    undone = undone_by(records)
    jobs = [record for record in meant if not record.started.get("undo_of")] or meant
    last = next((record for record in reversed(meant) if key_of(record) in undone), jobs[-1])
    if key_of(last) in undone:
        by = undone[key_of(last)]
        return f"{when(last)} was undone already, by {when(by)} ({by.run})"
    return f"{when(last)} {_left_all(last)}"


def _left_all(record: RunRecord) -> str:
    """How it came that a run has changed nothing."""
    if record.started.get("aim") == "dry run":
        return "was a dry run"
    if record.sending is None:
        return "sent nothing"
    if (record.settled or {}).get("became") == NOTHING_MADE:
        return "was cut off before it had made a dataset"
    if (record.finished or {}).get("dataset_removed"):
        return "removed the dataset again that it had made"
    return "failed without changing anything"


def _unreadable(records: Records) -> str:
    """What is told where lines of the history are damaged: the run may have stood there."""
    lines = records.unreadable
    return f" {plural(lines, 'line')} of the history cannot be read, so that runs may be missing." if lines else ""


def _done_over(record: RunRecord, records: Sequence[RunRecord]) -> RunRecord:
    """What is to be undone where the latest run is an undo that was cut off: what that one was to undo."""
    target = record.started.get("undo_of")
    if not target or not is_open(record):
        return record
    return next((other for other in records if (other.run, other.job) == (target, record.job)), record)


def changed_something(record: RunRecord) -> bool:
    """Whether a run changed anything on the portal, or may have."""
    if record.sending is None or (record.settled or {}).get("became") == NOTHING_MADE:
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


def _job(record: RunRecord, records: Sequence[RunRecord], folder: Path) -> UndoJob:
    """The undo of a run: its dataset is removed where the run had made it, else put back or made again."""
    facts, finished = record.sending or {}, record.finished or {}
    address = str(record.started.get("portal") or "")
    connection = Connection(str(record.started.get("connection") or urlsplit(address).netloc), address)
    after = after_of(record)
    removed = bool(finished.get("dataset_removed"))
    made = None if removed else _made(record, records)
    if made is not None:
        return UndoJob(record.job, connection, made, record.run, None, after, cut_off=after == After())
    backup = backup_before(record)
    if backup is None:
        raise ConfigurationError(
            f"T{when(record)[1:]} cannot be undone: no backup was taken before it.",
            where=f"Job “{record.job}”",
            remedy="The dataset was too large to be saved first. Raise “Back up before adding, up to (rows)” on the "
            "Settings sheet, so that later runs can be undone.",
            unaffected="",
        )
    dataset_id = str(facts.get("dataset_id") or record.started.get("dataset_id") or "")
    path = _where_now(Path(backup), folder)
    return UndoJob(
        record.job, connection, dataset_id, record.run, path, after,
        cut_off=after == After(), in_flight=may_be_in_flight(record), older=bool(facts.get("undo_to")), remakes=removed,
    )  # fmt: skip


def _made(record: RunRecord, records: Sequence[RunRecord]) -> str | None:
    """The id of the dataset that a run had made; empty where it was cut off before it was told; None: it made none."""
    made = [str(note["dataset_id"]) for note in record.notes if note.get("event") == "made"]
    if made:
        return made[-1]
    if (record.sending or {}).get("phase") != "make":
        return None
    # An undo that was cut off may have found it by its title.
    found = [r.sending for r in records if r.started.get("undo_of") == record.run and r.job == record.job and r.sending]
    return str(found[-1].get("dataset_id") or "") if found else ""


def _where_now(backup: Path, folder: Path) -> Path:
    """Where a backup is; where the workbook was moved, with what lies beside it, it is beside the records."""
    moved = folder / "backups" / re.split(r"[\\/]", str(backup))[-1]
    return moved if moved.exists() and not backup.exists() else backup
