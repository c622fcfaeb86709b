"""A run: each job in turn, whatever became of the one before, and the report on all of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict

from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import NOTHING_SENT, DataSyncError, PortalError, Stopped, UnexpectedError
from xl_datasync.core.jobs import AnyJob, Job, PortJob, UndoJob
from xl_datasync.core.problems import Fault, Severity, single
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.earlier import notes_on
from xl_datasync.job_run import Aim, JobRun, RunSettings, Watch, watch_nothing
from xl_datasync.making import half_made
from xl_datasync.open_portals import OpenPortal, Portals
from xl_datasync.port import port
from xl_datasync.publish import publish
from xl_datasync.undo import undo
from xl_datasync.workbook.protocol import Workbook

log = logging.getLogger(__name__)


def run_jobs(
    jobs: Sequence[AnyJob],
    book: Workbook | None,
    open_portal: OpenPortal,
    settings: RunSettings,
    watch: Watch = watch_nothing,
) -> Report:
    """Run jobs one after the other; whatever becomes of one, the next is run, unless the user stops.

    :param book: the workbook whose sheets are published; None where only datasets are copied or put back.
    :param open_portal: gives a signed-in portal for a connection; called once for each connection.
    """
    results: list[JobResult] = []
    publishes = settings.aim is Aim.PUBLISH
    cut_off = settings.keeper.cut_off() if publishes else []
    with ExitStack() as stack:
        portals = Portals(open_portal, stack)
        for job in jobs:
            results.append(_run_job(JobRun(job, book, settings, watch), portals))
            settings.ended(results[-1])
            if isinstance(results[-1].error, Stopped) or settings.stop.pressed:
                break
    notes = notes_on(cut_off, jobs)
    if publishes:
        notes += _tidied(settings, results)
    left = len(jobs) - len(results)
    if left:
        notes.append(f"Stopped by you; {left} of {len(jobs)} jobs were not run.")
    elif settings.stop.pressed and results[-1].error is None:
        notes.append("You asked to stop when the last job could no longer be stopped; it was finished.")
    return Report(tuple(results), tuple(notes), stopped=bool(left))


def _tidied(settings: RunSettings, results: Sequence[JobResult]) -> list[str]:
    """Delete backups that are too old; whatever goes wrong with that must not cost the report."""
    with settings.stop.held():
        try:
            settings.keeper.tidy(result.backup for result in results if result.backup)
        except (DataSyncError, OSError) as error:
            log.warning("backups could not be cleared up", exc_info=True)
            return [f"Old backups could not be deleted: {error}"]
    return []


def _run_job(run: JobRun, portals: Portals) -> JobResult:
    job = run.job
    log.info("job %s: %s to %s on %s", job.name, job.verb, job.dataset_id, job.connection.host)
    recorded = False
    try:
        if run.settings.aim is not Aim.CHECK:
            run.kept.start(run.settings.aim.value)
            recorded = True
        _do(run, portals)
    except DataSyncError as error:
        if error.unaffected in ("", NOTHING_SENT) and (run.result.receipt or not run.result.sending):
            error.unaffected = _so_far(run)  # what failed cannot know what had been done before
        log.warning("job %s: %s", job.name, error.message, exc_info=True)
        run.fail(error)
    except KeyboardInterrupt:
        remedy = _go_on_words(run) if _in_doubt(run) else ""
        known = not _in_doubt(run)
        stopped = Stopped("Stopped by you.", remedy=remedy, unaffected=_so_far(run), outcome_known=known)
        run.fail(half_made(run, stopped) if run.result.made else stopped)
    except Exception as error:  # the last resort: what was done so far must be told, and the next job run
        log.exception("job %s", job.name)
        run.fail(UnexpectedError(error, unaffected=_so_far(run), outcome_known=not _in_doubt(run)))
    if recorded:
        with run.settings.stop.held():
            _record(run)
    return run.result


def _do(run: JobRun, portals: Portals) -> None:
    """What a job is for; where it failed half-way, what the dataset looks like then is remembered for an undo."""
    portal = portals.get(run.job.connection)
    try:
        match run.job:
            case Job():
                publish(run, portal)
            case PortJob():
                port(run, portals.source(run.job.source_connection), portal)
            case UndoJob():
                undo(run, portal)
    except PortalError as error:
        if run.result.sending and error.outcome_known and run.result.dataset and not run.result.removed:
            run.look_after(portal, run.result.dataset.id)
        raise


def _record(run: JobRun) -> None:
    """Write down how a job ended; where that cannot be done, the report says so."""
    try:
        run.kept.finish(run.result, after=asdict(run.after))
    except DataSyncError as error:
        log.warning("job %s: %s", run.job.name, error.message)
        run.add_problems(single("Record of this run", Fault(error.what.rstrip("."), error.remedy, Severity.WARNING)))
        if run.result.state is State.DONE:
            run.note(state=State.DONE_WITH_WARNINGS)


def _in_doubt(run: JobRun) -> bool:
    """Whether nobody knows what the portal did when a job was broken off."""
    return run.result.sending and not run.result.receipt and not run.result.removed


def _go_on_words(run: JobRun) -> str:
    """What to do where nobody knows what the portal did."""
    dataset, job = run.result.dataset, run.job
    if dataset is None:
        return "Running it again is safe: it looks for the new dataset first."
    if isinstance(job, Job) and job.method is Method.APPEND and dataset.row_identifier is None:
        rows = f"the rows on {dataset.label}"
        return f"Running it again is safe: it looks first for {rows}, and asks where they are not clear."
    return f"Look at {dataset.label}. Running it again is safe: no row is doubled."


def _so_far(run: JobRun) -> str:
    """What may have been sent when a job was broken off."""
    if run.result.receipt:
        return "The rows were sent."
    return "It is not known whether the portal carried it out." if _in_doubt(run) else NOTHING_SENT
