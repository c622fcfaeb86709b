"""The history of runs, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xl_datasync.api import keeper_of
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.report import MARKS, State
from xl_datasync.core.report_words import plural
from xl_datasync.history.later import Key, closed_by, key_of, undone_by
from xl_datasync.history.moments import local_time, read_stamp
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import Aim
from xl_datasync.keeper import Keeper, is_open
from xl_datasync.undoable import changed_something

UNFINISHED = "Cut off, or still running"


@dataclass(frozen=True)
class Wanted:
    """Which runs are listed.

    :param dataset: part of its ID or name, or its link.
    :param failed: only those that did not end well.
    :param since: local time.
    :param limit: the latest so many.
    :param changes: only those that changed something, or may have.
    :param published: only those that were to publish, and no previews.
    """

    job: str | None = None
    dataset: str | None = None
    failed: bool = False
    since: datetime | None = None
    limit: int = 20
    changes: bool = False
    published: bool = False


@dataclass(frozen=True)
class Listed:
    """The runs that are listed, and what is known of them by others.

    :param older: how many more would be, but for the limit.
    :param all_runs: how many are recorded, ``jobs`` of which jobs.
    :param undone: runs that were undone, each with its undo; ``closed`` those that need no look any more.
    :param at_work: runs that are at work now.
    """

    records: Sequence[RunRecord]
    older: int = 0
    all_runs: int = 0
    jobs: tuple[str, ...] = ()
    undone: Mapping[Key, RunRecord] = field(default_factory=dict)
    closed: Mapping[Key, RunRecord] = field(default_factory=dict)
    at_work: frozenset[Key] = frozenset()


def found_runs(workbook: Path | None, wanted: Wanted) -> tuple[Listed, int]:
    """The runs that are wanted, oldest first, and how many lines of the history cannot be read.

    :raises DataSyncError: where the records cannot be read at all, or the dataset is none.
    """
    return kept_runs(keeper_of(workbook), wanted)


def kept_runs(keeper: Keeper, wanted: Wanted) -> tuple[Listed, int]:
    """The same of a keeper's runs."""
    records = keeper.records()
    at = _wanted_dataset(wanted.dataset)
    found = [record for record in records if _fits(record, wanted) and _is_at(record, *at)]
    shown = found[-wanted.limit :]
    jobs = tuple(dict.fromkeys(record.job for record in records))
    listed = Listed(
        shown, len(found) - len(shown), len(records), jobs, undone_by(records), closed_by(records),
        _at_work(shown, keeper),
    )  # fmt: skip
    return listed, records.unreadable


def run_lines(listed: Listed, unreadable: int = 0) -> Iterator[str]:
    """The runs for people."""
    if unreadable:
        lines = "1 line" if unreadable == 1 else f"{unreadable} lines"
        yield f"{lines} of the history, cut short or changed by hand, cannot be read; all others are shown."
    for record in listed.records:
        facts = run_facts(record, listed)
        mark = MARKS[facts.state] if facts.state else "?"
        yield f"{mark} {facts.when}  {record.job}: {facts.ended}"
        yield f"    {record.started.get('words', '')} → {facts.dataset} on {facts.portal}{_source(record)}"
        yield f"    Run {record.run} by {facts.who} on {facts.computer}"
        yield from _later(record, listed)
    if listed.older:
        entries = "1 older entry is" if listed.older == 1 else f"{listed.older:,} older entries are"
        yield f"{entries} not shown; --limit {len(listed.records) + listed.older} shows them."
    if not listed.records:
        yield _none_shown(listed)


@dataclass(frozen=True)
class RunFacts:
    """One run as it is shown.

    :param state: how it ended; None where nobody knows, or it is still at work.
    :param ended: the same in sentences.
    :param dataset: name and ID, ``portal`` the connection's name.
    :param source: the file and the sheet, or the dataset that was copied.
    """

    when: str
    state: State | None
    ended: str
    dataset: str
    portal: str
    who: str
    computer: str
    source: str


def run_facts(record: RunRecord, listed: Listed) -> RunFacts:
    """What is shown of a run, wherever it is shown."""
    started = record.started
    file = str(started.get("file") or started.get("workbook") or "")
    sheet = str(started.get("source") or "")
    source = _source(record).removeprefix(", from ") or ", ".join(filter(None, (Path(file).name, sheet)))
    return RunFacts(
        _local(record), _state(record), _ended(record, listed), _dataset(record), _portal(record),
        str(started.get("who") or ""), str(started.get("computer") or ""), source,
    )  # fmt: skip


def run_rows(listed: Listed) -> list[dict[str, Any]]:
    """The runs for machines: every event of each."""
    return [asdict(record) for record in listed.records]


def _none_shown(listed: Listed) -> str:
    """What is told where no run fits."""
    if not listed.all_runs:
        return "No runs are recorded here."
    jobs = ", ".join(f"“{job}”" for job in listed.jobs)
    return (
        f"No run fits; {plural(listed.all_runs, 'run')} of {jobs} {'is' if listed.all_runs == 1 else 'are'} recorded."
    )


def _ended(record: RunRecord, listed: Listed) -> str:
    """How a run ended, as far as anybody knows."""
    state = _state(record)
    if state:
        return f"{state.value}. {(record.finished or {}).get('words', '')}"
    if key_of(record) in listed.at_work:
        return "Still running."
    return "Cut off." if record.sending else f"{UNFINISHED}. Nothing had been sent."


def _later(record: RunRecord, listed: Listed) -> Iterator[str]:
    """What became of a run later, and which one it took back itself."""
    key = key_of(record)
    if target := record.started.get("undo_of"):
        yield f"    It was to undo the run {target}"
    if key in listed.undone:
        yield f"    Undone by the run {listed.undone[key].run}"
    elif record.settled:
        yield f"    Later: {record.settled.get('became')} by the run {record.settled.get('by')}"
    elif is_open(record) and key in listed.closed:
        yield f"    Later: run again by the run {listed.closed[key].run}"
    elif is_open(record) and key not in listed.at_work:
        yield "    It is not known what became of it. Run the job again, or undo this run."


def _at_work(records: Sequence[RunRecord], keeper: Keeper) -> frozenset[Key]:
    """Those of the runs that are at work now."""
    return frozenset(key_of(record) for record in records if keeper.at_work(record))


def _fits(record: RunRecord, wanted: Wanted) -> bool:
    if wanted.job is not None and record.job.casefold() != wanted.job.casefold():
        return False
    if wanted.failed and _state(record) not in (None, State.FAILED, State.NOT_SENT):
        return False
    if wanted.changes and not changed_something(record):
        return False
    if wanted.published and record.started.get("aim") != Aim.PUBLISH.value:
        return False
    moment = read_stamp(record.started.get("at"))
    return wanted.since is None or moment is None or moment >= wanted.since.astimezone()


def _wanted_dataset(text: str | None) -> tuple[str, str]:
    """The portal's host, where a link was given, and what is looked for in a dataset's name and ID.

    :raises ConfigurationError: where a link leads to no dataset.
    """
    if not text or "/" not in text:
        return "", text or ""
    host, dataset_id = parse_dataset_link(text, "--dataset")
    return host or "", dataset_id


def _is_at(record: RunRecord, host: str, dataset: str) -> bool:
    there = urlsplit(str(record.started.get("portal") or "")).netloc
    return host in ("", there) and dataset.casefold() in _dataset(record).casefold()


def _state(record: RunRecord) -> State | None:
    """How it ended; None where nobody knows."""
    name = str((record.finished or {}).get("state", "")).upper()
    return State[name] if name in State.__members__ else None


def _dataset(record: RunRecord) -> str:
    facts = record.finished or {}
    made = next((str(note["dataset_id"]) for note in record.notes if note.get("dataset_id")), "")
    dataset_id = facts.get("dataset_id") or made or record.started.get("dataset_id") or "a new dataset"
    name = facts.get("dataset_name")
    return f"{name} ({dataset_id})" if name else str(dataset_id)


def _portal(record: RunRecord) -> str:
    return str(record.started.get("connection", ""))


def _source(record: RunRecord) -> str:
    """Where the rows of a copy came from."""
    started = record.started
    if not started.get("source_id"):
        return ""
    return f", from {started['source_id']} on {started.get('source_connection') or started.get('source_portal')}"


def _local(record: RunRecord) -> str:
    """When it began, as this computer's clock shows it."""
    return local_time(record.started.get("at")) or "at an unknown time"
