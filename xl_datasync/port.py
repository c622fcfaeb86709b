"""The line of a port job: a dataset copied to another, on the same portal or another one.

Describe both, compare them, read the source while it holds still, save what is there, write, verify at both ends.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace

from xl_datasync.core.checks import shrink_problem
from xl_datasync.core.copying import CopyPlan, plan_copy
from xl_datasync.core.dataset import Blueprint, Dataset
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.errors import Busy, ConfigurationError, PortalError
from xl_datasync.core.jobs import PortJob
from xl_datasync.core.problems import Fault, Problem, Severity, guard, single
from xl_datasync.core.record import mapping_facts
from xl_datasync.core.report import State, final_state
from xl_datasync.core.report_words import plural
from xl_datasync.earlier import backup_before_all, told_of
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import new_copy_of
from xl_datasync.making import make
from xl_datasync.outlook import verify
from xl_datasync.portal import Portal
from xl_datasync.portal.refusals import reworded
from xl_datasync.spool import Spool, copied, doubled, send

log = logging.getLogger(__name__)


def port(run: JobRun, source_portal: Portal, portal: Portal) -> None:
    """Copy one dataset; ``run.result`` tells what became of it.

    :raises DataSyncError: where either portal is at fault; the message says what was made or sent.
    """
    plan = _planned(run, source_portal, portal)
    run.note(plan=plan, problems=plan.problems, state=State.NOT_SENT)
    run.add_problems(_empty_source(plan))
    if plan.blueprint:
        _make(run, plan, plan.blueprint, source_portal, portal)
    elif plan.dataset:
        _copy_rows(run, plan, plan.dataset, source_portal, portal)


def _planned(run: JobRun, source_portal: Portal, portal: Portal) -> CopyPlan:
    job = run.job
    if not isinstance(job, PortJob):
        raise ConfigurationError("This is no copy job.", where=job.name)
    source = source_portal.describe(job.source_id)
    destination = None if job.what.makes_dataset else portal.describe(job.dataset_id)
    plan = plan_copy(job, source, destination, signed_in=portal.signed_in)
    if not job.what.copies_rows or not plan.sendable:
        return plan
    return replace(plan, rows=source_portal.count(source.id))


def _empty_source(plan: CopyPlan) -> Problem | None:
    """The guard of a replace: an empty source would empty the destination."""
    job = plan.job
    if plan.dataset is None or job.method is not Method.REPLACE or plan.rows or not plan.sendable:
        return None
    what = "it has no rows; replacing would empty the destination"
    remedy = "Check the source. To empty a dataset, use its page on the portal."
    return single(f"Source {plan.source.label}", Fault(what, remedy), job.where)


def _make(run: JobRun, plan: CopyPlan, blueprint: Blueprint, source_portal: Portal, portal: Portal) -> None:
    """A new dataset; one that was made and not finished is removed again, if a person says so."""
    try:
        make(run, plan, blueprint, source_portal, portal)
    except PortalError as error:
        made = run.result.made
        if made is None or made.published or not _removed(run, plan.job, made, error, portal):
            raise
        removed = f"The dataset {made.label}, which had been made, has been removed again."
        raise reworded(error, unaffected=removed, remedy="Run the job again.", outcome_known=True) from None
    if run.result.receipt and run.result.plan:
        run.add_problems(_moved_on(plan, run.result.plan.rows, source_portal))
        run.note(state=final_state(run.result))


def _removed(run: JobRun, job: PortJob, made: Dataset, error: PortalError, portal: Portal) -> bool:
    """Whether an unfinished dataset was removed, because a person wanted that; where nobody is there, it stays."""
    subject, what = f"Dataset {made.label}", f"it was made, but is not finished: {error.what.rstrip('.')}"
    question = guard(subject, what, "", "Remove it")
    if run.settings.confirm is None or not run.settings.confirm(run.job, [question]):
        return False
    try:
        with run.kept.alone(portal.host, new_copy_of(job.source_id)), run.settings.stop.held():
            if portal.describe(made.id).published:
                fault = Fault("another run has finished and published it meanwhile", "", Severity.WARNING)
                run.add_problems(single(subject, fault))
                return False
            portal.remove(made.id, made.name)
    except (PortalError, Busy) as refused:
        fault = Fault(f"it could not be removed: {refused.what.rstrip('.')}", refused.remedy, Severity.WARNING)
        run.add_problems(single(subject, fault))
        return False
    run.note(removed=True)
    return True


def _copy_rows(run: JobRun, plan: CopyPlan, dataset: Dataset, source_portal: Portal, portal: Portal) -> None:
    """Rows to a dataset that is there."""
    with run.kept.alone(portal.host, dataset.id) if run.publishes else nullcontext():
        if not plan.sendable:
            return
        run.note(before=portal.count(dataset.id))
        found = run.kept.earlier(portal, dataset.id) if run.publishes else []
        run.add_problems(_shrinks(run, plan), *(told_of(record, run.job.name) for record in found))
        if not run.cleared():
            return
        if not run.publishes:
            run.note(state=State.CHECKED)
            return
        with copied(run, plan, source_portal) as spool:
            if not _still_cleared(run, plan, spool):
                return
            run.back_up(portal, dataset)
            own = [record for record in found if record.job == run.job.name]
            receipt = run.write(
                _facts(run, dataset, spool, own),
                [(record, "done over") for record in own],
                lambda: send(run, dataset, spool, plan.targets, portal, plan.job.method),
            )
        run.note(verification=verify(portal, dataset.id, _expected(run, plan, spool, receipt)))
        run.look_after(portal, dataset.id)
        run.add_problems(_moved_on(plan, spool.rows, source_portal))
    run.note(state=final_state(run.result))


def _still_cleared(run: JobRun, plan: CopyPlan, spool: Spool) -> bool:
    """Whether nothing stands in the way now that the rows are known."""
    known = replace(plan, rows=spool.rows, sha256=spool.sha256)
    run.note(plan=known)
    if spool.rows != plan.rows:
        run.add_problems(_empty_source(known), _shrinks(run, known))
    run.add_problems(doubled(known, spool))
    return run.cleared()


def _facts(run: JobRun, dataset: Dataset, spool: Spool, own: Sequence[RunRecord]) -> dict[str, object]:
    """What is written down of the rows that are about to be sent.

    :param own: runs of this job that were cut off and are done over.
    """
    return {
        "dataset_id": dataset.id, "rows": spool.rows, "sha256": spool.sha256, "before": run.result.before,
        "undo_to": backup_before_all(own), "mapping": mapping_facts(run.result),
    }  # fmt: skip


def _moved_on(plan: CopyPlan, rows: int, source_portal: Portal) -> Problem | None:
    """What is told where the source has changed since its rows were read; they are at the destination all the same."""
    try:
        now = source_portal.count(plan.source.id)
    except PortalError as error:
        log.warning("could not count the source after writing: %s", error.what)
        what, remedy = "its rows could not be counted once more after they were copied", "Look at it on its portal."
    else:
        if now == rows:
            return None
        what = f"it had {plural(rows, 'row')} when it was read and has {now:,} now"
        remedy = "Run the job again to copy what has changed."
    return single(f"Source {plan.source.label}", Fault(what, remedy, Severity.WARNING))


def _shrinks(run: JobRun, plan: CopyPlan) -> Problem | None:
    before = run.result.before or 0
    return shrink_problem(plan.job, before, plan.rows) if plan.job.method is Method.REPLACE else None


def _expected(run: JobRun, plan: CopyPlan, spool: Spool, receipt: Receipt) -> int | None:
    """How many rows the destination should have; None where nobody can know."""
    if plan.job.method is Method.REPLACE:
        return spool.rows
    return (run.result.before or 0) + receipt.created - receipt.deleted if receipt.reported else None
