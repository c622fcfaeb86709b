"""Datasets that earlier runs of a port had begun to make: gone on with, told of, or asked about."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Blueprint, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.core.problems import Fault, Problem, Severity, guard, single
from xl_datasync.earlier import when
from xl_datasync.history.later import went_well
from xl_datasync.history.moments import read_stamp, utc_now
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import is_open
from xl_datasync.portal import Portal

# By how much a portal's clock may go before this computer's, in seconds.
CLOCKS_APART = 900.0
GONE = frozenset({404, 410})
# A dataset is made in seconds; the vendor's client gives any request five minutes (protocol §9 [C]).
LONGEST_MAKING = dt.timedelta(minutes=10)
PAUSE = 2.0


@dataclass(frozen=True)
class Begun:
    """A dataset that earlier runs of the same job had begun to make.

    :param records: of those runs.
    :param dataset: what they had made; None where that is nothing, or is not known.
    :param in_doubt: whether one of them was cut off before the portal had told the id of what it made.
    """

    records: tuple[RunRecord, ...] = ()
    dataset: Dataset | None = None
    problems: tuple[Problem, ...] = ()
    in_doubt: bool = False


def what_was_begun(run: JobRun, plan: CopyPlan, blueprint: Blueprint, portal: Portal) -> Begun:
    """What earlier runs of this job have made: gone on with where they were cut off, told where one was finished."""
    cut_off: list[RunRecord] = []
    records = [record for record in reversed(run.settings.keeper.records()) if _by_this_job(record, run, portal)]
    same = digest(plan, blueprint)
    finished: RunRecord | None = None
    for record in records:
        if (record.sending or {}).get("blueprint") != same or record.settled:
            continue
        if went_well(record):
            finished = finished or record
        elif finished is None or is_open(record):
            cut_off.append(record)
    begun = gone_on_with(cut_off, run, blueprint, portal) if cut_off else Begun()
    told = [*begun.problems, *_of_another_kind(records, same, portal)]
    if finished:
        told += _made_before(finished, blueprint, portal, goes_on=begun.dataset is not None)
    return replace(begun, problems=tuple(told))


def _by_this_job(record: RunRecord, run: JobRun, portal: Portal) -> bool:
    """Whether an earlier run of this job was to make a dataset on this portal."""
    makes = (record.sending or {}).get("phase") == "make" and record.run != run.kept.run
    return makes and record.job == run.job.name and record.started.get("portal") == portal.address


def _of_another_kind(records: Sequence[RunRecord], same: str, portal: Portal) -> Iterator[Problem]:
    """What is told of datasets that were begun when the job, or the source, was another: nobody goes on with them."""
    for record in records:
        if (record.sending or {}).get("blueprint") not in (same, None) and is_open(record):
            dataset = there(portal, made_id(record))
            if dataset:
                yield _left_over(record, dataset)


def _made_before(record: RunRecord, blueprint: Blueprint, portal: Portal, *, goes_on: bool) -> list[Problem]:
    """A dataset that a finished run had made, and that is still there, is told: this run makes another."""
    dataset = there(portal, made_id(record))
    if dataset is None:
        return []
    deed = "finishes" if goes_on else "makes"
    what = f"{when(record)} made {dataset.label} of the same source; this run {deed} another one"
    remedy = "To bring the first one up to date, choose “Rows only” and name it as the destination."
    return [single(f"New dataset “{blueprint.name}”", Fault(what, remedy, Severity.WARNING))]


def gone_on_with(records: Sequence[RunRecord], run: JobRun, blueprint: Blueprint, portal: Portal) -> Begun:
    """What runs that were cut off, or failed, had made; the latest comes first."""
    begun, problems = Begun(tuple(records)), []
    for record in records:
        if (record.finished or {}).get("dataset_removed"):
            continue
        dataset, doubt = there(portal, made_id(record)), False
        if made_id(record) is None and not _nothing_made(record):
            found = _by_title(record, run, blueprint.name, portal)
            if found is None or len(found) > 1:
                problem = _cannot_know(record, run, blueprint.name, found or ())
                return replace(begun, dataset=None, problems=(problem,))
            dataset, doubt = there(portal, found[0] if found else None), True
        if dataset and begun.dataset is None and _as_asked(dataset, blueprint):
            note = f"{when(record)} was cut off after it had made {dataset.label}; this run goes on with it"
            problems.append(single(f"Job “{run.job.name}”", Fault(note, "", Severity.NOTE)))
            begun = replace(begun, dataset=dataset)
        elif dataset and (begun.dataset is None or dataset.id != begun.dataset.id):
            problems.append(_left_over(record, dataset))
        begun = replace(begun, in_doubt=begun.in_doubt or doubt)
    return replace(begun, problems=tuple(problems))


def draft_of(record: RunRecord, run: JobRun, portal: Portal) -> tuple[Dataset | None, Problem | None]:
    """What a run had made that was cut off before the portal had told the id, and why that cannot be known."""
    title = str((record.sending or {}).get("title") or "")
    found = _by_title(record, run, title, portal)
    if found is None or len(found) > 1:
        problem = _cannot_know(record, run, title, found or ())
        return None, replace(problem, confirm="Regard it as removed")
    return there(portal, found[0] if found else None), None


def _left_over(record: RunRecord, dataset: Dataset) -> Problem:
    what = f"{when(record)} was cut off after it had made {dataset.label}, which this run does not go on with"
    return single(f"Dataset {dataset.label}", Fault(what, "Remove it on the portal.", Severity.WARNING))


def others_made(run: JobRun, record: RunRecord, blueprint: Blueprint, portal: Portal) -> Problem | None:
    """What is told where a dataset, whose making was cut off, has come to light after this run had made another."""
    made = run.result.made.id if run.result.made else ""
    found = [dataset_id for dataset_id in _drafts(record, run, blueprint.name, portal) or () if dataset_id != made]
    if not found:
        return None
    what = f"{when(record)}, which was cut off, had made one too: {', '.join(found)}"
    fault = Fault(what, "Remove it on the portal.", Severity.WARNING)
    return single(f"New dataset “{blueprint.name}”", fault)


def _nothing_made(record: RunRecord) -> bool:
    """Whether it is known that a run that failed had made nothing."""
    return record.finished is not None and record.finished.get("outcome_known") is not False


def _by_title(record: RunRecord, run: JobRun, title: str, portal: Portal) -> list[str] | None:
    """Ids of the drafts that may be what a run had made whose answer was lost; None where the portal cannot tell.

    A portal that was asked a moment ago may still be at work on it, and is given time.
    """
    moment = read_stamp((record.finished or record.sending or {}).get("at"))
    recent = moment is None or utc_now() - moment < LONGEST_MAKING
    waited, most = 0.0, portal.timeouts.settle if recent and run.publishes else 0.0
    found = _drafts(record, run, title, portal)
    while found == [] and waited < most:
        portal.timeouts.sleep(PAUSE)
        waited += PAUSE
        found = _drafts(record, run, title, portal)
    return found


def _drafts(record: RunRecord, run: JobRun, title: str, portal: Portal) -> list[str] | None:
    """Ids of the drafts of that title that no run is known to have made, and that nobody has filled."""
    moment = read_stamp((record.sending or {}).get("at"))
    found = portal.find_by_title(title, moment.timestamp() - CLOCKS_APART if moment else None)
    if found is None:
        return None
    known = {made_id(other) for other in run.settings.keeper.records()}
    return [a.id for a in found if a.id not in known and not a.published and not portal.count(a.id)]


def _cannot_know(record: RunRecord, run: JobRun, title: str, found: Sequence[str]) -> Problem:
    seen = f"there are several of that title: {', '.join(found)}" if found else "the portal cannot tell whether it did"
    what = f"{when(record)} was cut off while it was making “{title}”, and {seen}"
    remedy = (
        "Look for it among your assets on the portal, and remove it there. "
        "Then run the job yourself: you are asked whether to go on."
    )
    return guard(f"Job “{run.job.name}”", what, remedy, "Make it anyway")


def made_id(record: RunRecord) -> str | None:
    """The id of the dataset that a run had made."""
    ids = [str(note["dataset_id"]) for note in record.notes if note.get("event") == "made" and note.get("dataset_id")]
    return ids[-1] if ids else None


def there(portal: Portal, dataset_id: str | None) -> Dataset | None:
    """The dataset of an id, None where it is gone."""
    if dataset_id is None:
        return None
    try:
        return portal.describe(dataset_id)
    except PortalError as error:
        if error.status in GONE:
            return None
        raise


def _as_asked(dataset: Dataset, blueprint: Blueprint) -> bool:
    """Whether a dataset has the columns of the blueprint."""
    return _columns(dataset.columns) == _columns(blueprint.columns)


def _columns(columns: Sequence[object]) -> set[tuple[str, str]]:
    return {(getattr(column, "field_name", ""), getattr(column, "type", "")) for column in columns}


def digest(plan: CopyPlan, blueprint: Blueprint) -> str:
    """What two runs have in common that would make the same dataset of the same source."""
    columns = ";".join(f"{column.field_name}:{column.type}" for column in blueprint.columns)
    job = plan.job
    text = f"{job.source_connection.host}|{plan.source.id}|{blueprint.name}|{columns}|{blueprint.row_identifier}"
    return hashlib.sha256(f"{text}|{job.what.name}|{job.publish}".encode()).hexdigest()
