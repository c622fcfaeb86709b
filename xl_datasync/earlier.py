"""Runs that were cut off while they were sending, found at the next start: finished, done over, or explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.aftermath import Became, SentRows, what_became
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import AnyJob, UndoJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Fault, Problem, Severity, guard, single
from xl_datasync.core.report_words import plural
from xl_datasync.history.moments import local_time, read_stamp, utc_now
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import is_open
from xl_datasync.portal import Portal

# A portal has been seen to be at work on one request for over two hours (protocol §3.9 [I]); after a day, it is not.
LONGEST_WORK = dt.timedelta(days=1)


@dataclass(frozen=True)
class Past:
    """What earlier, unfinished runs at a dataset mean for this one.

    :param done: the unfinished run whose rows are the very ones of this job, and are there.
    :param over: the unfinished runs that this one does over, or has come to know the end of.
    :param undo_to: the backup that was taken before the first of them.
    """

    done: RunRecord | None = None
    over: tuple[RunRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    undo_to: str | None = None


def look_back(plan: Plan, csv: Path, found: Sequence[RunRecord], portal: Portal) -> Past:
    """Find out what earlier runs mean for this one.

    :param csv: the file that this job is about to send.
    :raises PortalError: where the portal cannot be asked.
    """
    # An undo goes back to before the first of this job's runs that belong together, but takes back no other job's.
    ours = [record for record in found if record.job == plan.job.name]
    past = Past(undo_to=backup_before_all(ours))
    for record in found:
        past = _with(past, record, plan, SentRows(plan.dataset, plan.columns, csv, plan.rows, _marker(record)), portal)
    return past


def same_rows(record: RunRecord, plan: Plan) -> bool:
    """Whether an earlier run had sent the very rows that this one would send, in the same way.

    The name of the job does not count: it may have been changed since.
    """
    same_method = record.started.get("method") == plan.job.verb
    return same_method and (record.sending or {}).get("sha256") == plan.sha256


def _with(past: Past, record: RunRecord, plan: Plan, sent: SentRows, portal: Portal) -> Past:
    """The past with one earlier run more."""
    adds = record.started.get("method") == Method.APPEND.verb and plan.dataset.row_identifier is None
    # A replace makes away with whatever became of rows that were added.
    if adds and plan.job.method is not Method.REPLACE:
        return _after_append(past, record, plan, sent, portal)
    over = (*past.over, record) if record.job == plan.job.name else past.over
    return Past(past.done, over, (*past.problems, told_of(record, plan.job.name)), past.undo_to)


def _after_append(past: Past, record: RunRecord, plan: Plan, sent: SentRows, portal: Portal) -> Past:
    """Rows that cannot be told apart must not be added twice, so what became of them comes first."""
    same = same_rows(record, plan)
    added = portal.count(plan.dataset.id, sent.newer) if sent.traceable else None
    if same and added and what_became(sent, portal, 0) is Became.DONE:
        return Past(record, (*past.over, record), past.problems, past.undo_to)
    if added == 0 and _long_ago(record):
        note = Fault(f"{when(record)} was cut off before the portal took any row", "", Severity.NOTE)
        problem = single(f"Job “{record.job}”", note)
    elif record.job != plan.job.name and not same:
        return Past(past.done, past.over, (*past.problems, told_of(record, plan.job.name)), past.undo_to)
    else:
        problem = _ask_first(record, plan, added, same=same)
    return Past(past.done, (*past.over, record), (*past.problems, problem), past.undo_to)


def _ask_first(record: RunRecord, plan: Plan, added: int | None, *, same: bool) -> Problem:
    """The guard against adding rows twice."""
    rows = plural(int((record.sending or {}).get("rows") or 0), "row")
    if added is None:
        seen, later = f"the portal does not tell which of its rows are new, so they cannot be looked for ({rows})", ""
    elif added == 0:
        seen = f"there is no trace of them on the portal, which may still be at work on them ({rows})"
        later = " After a day they are sent again without asking."
    elif same:
        seen = f"since then {plural(added, 'row')} have been added there, which are not just the {rows} that were sent"
        later = ""
    else:
        seen = f"since then {plural(added, 'row')} have been added there, and the sheet has been changed ({rows} then)"
        later = ""
    what = f"{when(record)} was cut off while it was adding rows; {seen}"
    remedy = (
        f"Look at the newest rows of the dataset. Whoever runs it by hand is asked whether to send all the same.{later}"
    )
    return guard(f"Job “{plan.job.name}”", what, remedy, "Send anyway")


def told_of(record: RunRecord, job: str) -> Problem:
    """What a job is told of an earlier run that was cut off: its own is done over, another job's needs a look."""
    if record.job == job:
        return single(f"Job “{job}”", Fault(done_over_words(record), "", Severity.NOTE))
    return single(f"Job “{record.job}”", Fault(*cut_off_words(record), Severity.WARNING))


def when(record: RunRecord) -> str:
    """An earlier run in words: ``the run of 22 Nov 2026 10:15``."""
    moment = local_time(record.started.get("at") or (record.sending or {}).get("at"))
    return f"the run of {moment}" if moment else f"the run {record.run}"


def done_over_words(record: RunRecord) -> str:
    """What is told when a run is done over."""
    return f"{when(record)} was cut off while it was sending; this one does it over, and no row is doubled"


def cut_off_words(record: RunRecord) -> tuple[str, str]:
    """What is told of another job's run: what happened, and what to do."""
    facts = record.sending or {}
    deed = f"making “{facts.get('title')}”" if facts.get("phase") == "make" else "sending"
    what = f"{when(record)} was cut off while it was {deed}; it is not known what became of it"
    return what, f"Run that job again, or undo that run ({record.run} in the history)."


def notes_on(records: Sequence[RunRecord], jobs: Sequence[AnyJob]) -> list[str]:
    """What is told at the end of a report about unfinished runs of jobs that were not run now.

    Copies made without a workbook share their records, whatever portal they went to: only those of the portals of now
    are told.
    """
    run = {(job.name, job.dataset_id) for job in jobs}
    undone = {(job.name, job.run) for job in jobs if isinstance(job, UndoJob)}
    addresses = {job.connection.address for job in jobs}
    return [
        f"An earlier run of the job “{record.job}” needs a look: {'. '.join(cut_off_words(record))} ({_place(record)})"
        for record in records
        if (record.job, record.started.get("dataset_id")) not in run
        and (record.job, record.run) not in undone
        and (record.started.get("workbook") or record.started.get("portal") in addresses)
    ]


def _place(record: RunRecord) -> str:
    """Where a run was at work."""
    facts = [record.sending or {}, record.started, *record.notes]
    dataset_id = next((str(found) for fact in facts if (found := fact.get("dataset_id"))), "")
    where = f"Dataset {dataset_id}" if dataset_id else "A new dataset"
    return f"{where} on {record.started.get('portal', '')}, run {record.run}"


def may_be_in_flight(record: RunRecord) -> bool:
    """Whether rows that a run was adding when it was cut off may still turn up on the portal."""
    return is_open(record) and record.started.get("method") == Method.APPEND.verb and not _long_ago(record)


def _long_ago(record: RunRecord) -> bool:
    """Whether the portal cannot still be at work on what a run had sent; a clock that was set back says no."""
    moment = read_stamp((record.finished or record.sending or {}).get("at"))
    return moment is not None and utc_now() - moment > LONGEST_WORK


def _marker(record: RunRecord) -> str | None:
    marker = (record.sending or {}).get("marker")
    return None if marker is None else str(marker)


def backup_before(record: RunRecord) -> str | None:
    """The backup that was taken before a run, or before the one that it did over."""
    facts = record.sending or {}
    backup = facts.get("undo_to") or facts.get("backup")
    return str(backup) if backup else None


def backup_before_all(records: Iterable[RunRecord]) -> str | None:
    """The backup that was taken before the first of these runs."""
    return next((backup for record in records if (backup := backup_before(record))), None)
