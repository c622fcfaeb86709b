"""The line of an undo: what a run did to a dataset is taken back, and that, too, can be undone."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from xl_datasync.begun import GONE, Begun, draft_of, gone_on_with, there
from xl_datasync.core.dataset import Blueprint, Column, Dataset
from xl_datasync.core.errors import ConfigurationError, DataSyncError, PortalError, WorkbookError
from xl_datasync.core.jobs import UndoJob
from xl_datasync.core.problems import Fault, Problem, Severity, single
from xl_datasync.core.report import State, done_state, final_state
from xl_datasync.core.undoing import UndoPlan, dataset_from_json, undo_problems
from xl_datasync.history.backups import Backup, rows_of
from xl_datasync.history.backups import verify as verify_backup
from xl_datasync.history.fingerprint import RowsFingerprint
from xl_datasync.history.moments import local_time
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import locked_for
from xl_datasync.making import create, half_made, note_found
from xl_datasync.outlook import verify
from xl_datasync.portal import Portal, wire_texts
from xl_datasync.set_aside.removal import left_nowhere
from xl_datasync.spool import send, spooled
from xl_datasync.undo_again import Again, gone_words

log = logging.getLogger(__name__)


def undo(run: JobRun, portal: Portal) -> None:
    """Take back what a run did; ``run.result`` tells what became of it.

    :raises DataSyncError: where the backup cannot be used, or the portal is at fault.
    """
    job = run.job
    if not isinstance(job, UndoJob):
        raise ConfigurationError("This is no undo.", where=job.name)
    backup = _sound(job.backup) if job.backup else None
    with _alone(run, job, portal.host):
        if backup and job.remakes:
            _make_again(run, job, backup, portal)
        elif backup:
            _put_back(run, job, backup, portal)
        elif job.dataset_id:
            _remove(run, job, portal)
        else:
            _remove_draft(run, job, portal)


def _sound(path: Path) -> Backup:
    """The backup, once it is known to be as it was written.

    :raises WorkbookError: where it is not.
    """
    try:
        return verify_backup(path)
    except WorkbookError as error:
        remedy = "Bring the file back from your own backups; nothing else can undo this run."
        raise WorkbookError(error.what, where=error.where, remedy=remedy) from error


@contextmanager
def _alone(run: JobRun, job: UndoJob, host: str) -> Iterator[None]:
    """Be the only run at the dataset, and at what the run that is undone had locked; a look is only refused.

    :raises Busy: where another run is at work there.
    """
    records = run.settings.keeper.records()
    undone = next((record for record in records if (record.run, record.job) == (job.run, job.name)), None)
    if not run.publishes:
        if undone and run.settings.keeper.at_work(undone):
            run.kept.refuse_if_busy(host, locked_for(undone))
        yield
        return
    places = dict.fromkeys(place for place in (locked_for(undone) if undone else "", job.dataset_id) if place)
    with ExitStack() as held:
        for place in places:
            held.enter_context(run.kept.alone(host, place))
        yield


def _described(run: JobRun, job: UndoJob, portal: Portal) -> Dataset:
    """The dataset as it is now.

    :raises PortalError: where it is gone; where an undo had removed it, the message says so.
    """
    try:
        return portal.describe(job.dataset_id)
    except PortalError as error:
        words = gone_words(run.settings.keeper.records(), job.dataset_id) if error.status in GONE else None
        if words is None:
            raise
        where = f"Dataset {job.dataset_id}"
        raise PortalError(words[0], status=error.status, code=error.code, where=where, remedy=words[1]) from error


def _put_back(run: JobRun, job: UndoJob, backup: Backup, portal: Portal) -> None:
    """The rows of a backup become the dataset again, in one step."""
    dataset, before = _described(run, job, portal), dataset_from_json(backup.dataset)
    state, again = portal.state(job.dataset_id), Again(run, job, portal)
    plan = UndoPlan(job, dataset, before, backup.rows, local_time(backup.taken_at), undo_problems(job, dataset, before))
    if not _begun(run, plan, state.count or 0, again.problems(state)):
        return
    run.back_up(portal, dataset)
    with spooled(run, _rows(backup, plan.columns), backup.rows) as spool:
        run.note(plan=replace(plan, sha256=spool.sha256))
        facts = {
            "dataset_id": dataset.id, "rows": spool.rows, "sha256": spool.sha256, "before": state.count,
            "undo_of": job.run, "undo_to": again.undo_to,
        }  # fmt: skip
        run.write(facts, again.over, lambda: send(run, dataset, spool, plan.columns, portal))
    _look_at(run, plan, backup, dataset, portal)
    run.add_problems(left_nowhere(run, job))


def _rows(backup: Backup, columns: Iterable[Column]) -> Iterator[dict[str, object]]:
    """The rows of a backup, with the values of these columns."""
    names = {column.field_name for column in columns}
    return ({name: row[name] for name in row.keys() & names} for row in rows_of(backup.path))


def _look_at(run: JobRun, plan: UndoPlan, backup: Backup, dataset: Dataset, portal: Portal) -> None:
    """Count the rows that were put back, and compare them one by one with the backup's."""
    run.note(verification=verify(portal, dataset.id, backup.rows))
    run.look_after(portal, dataset.id)
    try:
        same = _same_rows(plan, backup, dataset, portal)
    except PortalError as error:
        log.warning("could not compare the rows: %s", error.what)
        what = "its rows were put back, but the portal could not be asked whether all are as they were"
        run.add_problems(
            single(
                f"Dataset {dataset.label}",
                Fault(what, f"Compare them with the backup {backup.path.name}.", Severity.WARNING),
            )
        )
    else:
        if not same:
            what = "its rows are not all as they were in the backup: somebody may have changed them meanwhile"
            remedy = f"Compare them with the backup {backup.path.name}, or undo this undo."
            run.add_problems(single(f"Dataset {dataset.label}", Fault(what, remedy, Severity.WARNING)))
    run.note(state=final_state(run.result))


def _remove(run: JobRun, job: UndoJob, portal: Portal) -> None:
    """A dataset that a run had made goes away."""
    again = Again(run, job, portal)
    dataset = there(portal, job.dataset_id) if again else _described(run, job, portal)
    if dataset is None:
        _removed_before(run, job, again)
        return
    _take_away(run, job, dataset, again, portal)


def _remove_draft(run: JobRun, job: UndoJob, portal: Portal) -> None:
    """A dataset goes away of which it is not known whether it was made: it is looked for by its title."""
    again = Again(run, job, portal)
    dataset, doubt = draft_of(again.undone, run, portal) if again.undone else (None, None)
    if dataset is None:
        if _begun(run, UndoPlan(job, None, None, 0), None, (doubt,) if doubt else ()):
            again.nothing_made()
            run.note(state=done_state(run.result))
        return
    with run.kept.alone(portal.host, dataset.id) if run.publishes else nullcontext():
        _take_away(run, replace(job, dataset_id=dataset.id), dataset, again, portal)


def _take_away(run: JobRun, job: UndoJob, dataset: Dataset, again: Again, portal: Portal) -> None:
    """Save a dataset, and remove it."""
    state = portal.state(dataset.id)
    plan = UndoPlan(job, dataset, None, state.count or 0, "", undo_problems(job, dataset, None))
    if not _begun(run, plan, state.count or 0, (*_links(dataset), *again.problems(state, draft=not dataset.published))):
        return
    run.back_up(portal, dataset)
    with run.settings.stop.held():
        run.sending(dataset_id=dataset.id, phase="remove", before=state.count, undo_of=job.run)
        again.settle()
        run.stop_here()
        portal.remove(dataset.id, dataset.name)
        run.note(removed=True)
    run.note(state=done_state(run.result))


def _links(dataset: Dataset) -> tuple[Problem, ...]:
    """What it means that a published dataset goes away."""
    if not dataset.published:
        return ()
    what = "it is published: links to it stop working, and if it is made again it gets another ID"
    return (single(f"Dataset {dataset.label}", Fault(what, "", Severity.NOTE)),)


def _removed_before(run: JobRun, job: UndoJob, again: Again) -> None:
    """The dataset was removed before an earlier undo was cut off; only the record of that was missing."""
    plan = UndoPlan(job, None, None, again.rows)
    if _begun(run, plan, again.rows, again.problems(None)):
        again.removed_before()
        run.note(state=State.DONE)


def _make_again(run: JobRun, job: UndoJob, backup: Backup, portal: Portal) -> None:
    """A dataset that was removed is made again from its backup; the portal gives it another id."""
    before = dataset_from_json(backup.dataset)
    plan = UndoPlan(job, None, before, backup.rows, local_time(backup.taken_at))
    columns = tuple(replace(column, id=0) for column in plan.columns)
    identifier = before.row_identifier.field_name if before.row_identifier else ""
    blueprint = Blueprint(before.name, columns, identifier, before.details)
    again = Again(run, job, portal)
    begun = gone_on_with(again.records[::-1], run, blueprint, portal) if again else Begun()
    if not _begun(run, plan, None, (*again.takes_back(), *begun.problems)):
        return
    with spooled(run, _rows(backup, columns), backup.rows) as spool:
        try:
            with run.settings.stop.held():
                run.sending(phase="make", title=before.name, rows=backup.rows, undo_of=job.run)
                note_found(run, begun)
                dataset = begun.dataset or create(run, blueprint, portal)
                again.settle()
                run.stop_here()
                run.note(receipt=send(run, dataset, spool, columns, portal))
                if before.published:
                    run.stop_here()
                    run.note(made=portal.publish_draft(dataset.id))
        except DataSyncError as error:
            raise (half_made(run, error) if run.result.made else error) from None
    _look_at(run, plan, backup, dataset, portal)


def _begun(run: JobRun, plan: UndoPlan, before: int | None, found: tuple[Problem, ...]) -> bool:
    """Whether the undo goes on: nothing stands in the way, and it is more than a look."""
    run.note(plan=plan, problems=(*plan.problems, *found), before=before, state=State.NOT_SENT)
    if not run.cleared():
        return False
    if not run.publishes:
        run.note(state=State.CHECKED)
    return run.publishes


def _same_rows(plan: UndoPlan, backup: Backup, dataset: Dataset, portal: Portal) -> bool:
    """Whether the portal's rows are those of the backup, whatever their order; system columns aside."""
    there = _fingerprint(plan, portal.read_rows(dataset, [column.field_name for column in plan.columns]))
    if there == _fingerprint(plan, rows_of(backup.path)):
        return True
    portal.await_replication(dataset.id, portal.timeouts.catch_up)
    there = _fingerprint(plan, portal.read_rows(dataset, [column.field_name for column in plan.columns]))
    return there == _fingerprint(plan, rows_of(backup.path))


def _fingerprint(plan: UndoPlan, rows: Iterator[dict[str, Any]]) -> str:
    prints = RowsFingerprint()
    for row in rows:
        prints.add(wire_texts(plan.columns, row))
    return prints.value
