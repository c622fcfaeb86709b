"""The history of runs, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xl_datasync.api import keeper_of
from xl_datasync.core.report import MARKS, State
from xl_datasync.history.moments import local_time, read_stamp
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import is_open

UNFINISHED = "Cut off, or still running"


@dataclass(frozen=True)
class Wanted:
    """Which runs are listed.

    :param failed: only those that did not end well.
    :param since: local time.
    :param limit: the latest so many.
    """

    job: str | None = None
    dataset: str | None = None
    failed: bool = False
    since: datetime | None = None
    limit: int = 20


def found_runs(workbook: Path | None, wanted: Wanted) -> tuple[list[RunRecord], int]:
    """The runs that are wanted, oldest first, and how many lines of the history cannot be read.

    :raises DataSyncError: where the records cannot be read at all.
    """
    keeper = keeper_of(workbook)
    found = [record for record in keeper.records() if _fits(record, wanted)]
    return found[-wanted.limit :], keeper.history.cut_lines


def run_lines(records: Sequence[RunRecord], unreadable: int = 0) -> Iterator[str]:
    """The runs for people."""
    if unreadable:
        lines = "1 line" if unreadable == 1 else f"{unreadable} lines"
        yield f"{lines} of the history, cut short or changed by hand, cannot be read; all others are shown."
    for record in records:
        facts = record.finished or {}
        state = _state(record)
        mark = MARKS[state] if state else "?"
        yield f"{mark} {_local(record)}  {record.job}: {state.value if state else UNFINISHED}. {facts.get('words', '')}"
        yield f"    {record.started.get('words', '')} → {_dataset(record)} on {record.started.get('connection', '')}"
        yield f"    Run {record.run} by {record.started.get('who', '')} on {record.started.get('computer', '')}"
        if record.settled:
            yield f"    Later: {record.settled.get('became')} by the run {record.settled.get('by')}"
        elif is_open(record):
            yield "    It is not known what became of it. Run the job again, or undo this run."
    if not records:
        yield "No runs are recorded here."


def run_rows(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """The runs for machines: every event of each."""
    return [asdict(record) for record in records]


def _fits(record: RunRecord, wanted: Wanted) -> bool:
    if wanted.job is not None and record.job.casefold() != wanted.job.casefold():
        return False
    if wanted.dataset is not None and wanted.dataset.casefold() not in _dataset(record).casefold():
        return False
    if wanted.failed and _state(record) not in (None, State.FAILED, State.NOT_SENT):
        return False
    moment = read_stamp(record.started.get("at"))
    return wanted.since is None or moment is None or moment >= wanted.since.astimezone()


def _state(record: RunRecord) -> State | None:
    """How it ended; None where nobody knows."""
    name = str((record.finished or {}).get("state", "")).upper()
    return State[name] if name in State.__members__ else None


def _dataset(record: RunRecord) -> str:
    facts = record.finished or {}
    dataset_id = facts.get("dataset_id") or record.started.get("dataset_id") or "a new dataset"
    name = facts.get("dataset_name")
    return f"{name} ({dataset_id})" if name else str(dataset_id)


def _local(record: RunRecord) -> str:
    """When it began, as this computer's clock shows it."""
    return local_time(record.started.get("at")) or "at an unknown time"
