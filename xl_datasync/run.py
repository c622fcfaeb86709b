"""The line: each job's rows from the sheet to the portal, and what became of them.

``run_jobs`` → ``publish``: describe the dataset, read the table, make the plan, look ahead, send it, verify it. One
job's failure never stops the next. Nothing is sent while a problem stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from xl_datasync.core.checks import check_dataset
from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Delivery, Progress, Receipt
from xl_datasync.core.errors import NOTHING_SENT, DataSyncError, PortalError, Stopped, UnexpectedError
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.options import BlankPolicy
from xl_datasync.core.plan import Plan, Table, Workbench, make_plan
from xl_datasync.core.problems import Fault, ProblemLog, Severity, any_blocks
from xl_datasync.core.report import JobResult, Report, State, Verification, final_state
from xl_datasync.core.values import Block, TableShape
from xl_datasync.csv_files import Draft, draft, file_name, refuse_to_overwrite
from xl_datasync.outlook import Outlook, look_ahead, rows_expected
from xl_datasync.portal import Portal
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source, Workbook

log = logging.getLogger(__name__)

OpenPortal = Callable[[Connection], Portal]
Watch = Callable[[Job, str, int, int | None], None]
"""Is told how far a job has come: the job, what is being done, how much is done, of how much if known."""

SECONDS_TO_CATCH_UP = 30.0


class Aim(Enum):
    """How far a run goes: check, for which no sign-in is needed; find out all that would change; or publish."""

    CHECK = "check"
    DRY_RUN = "dry run"
    PUBLISH = "publish"


@dataclass(frozen=True)
class RunSettings:
    """How a run is meant; ``csv_folder`` is where the files that are sent are kept."""

    csv_folder: Path
    aim: Aim = Aim.PUBLISH


def watch_nothing(_job: Job, _what: str, _done: int, _total: int | None) -> None:
    """For callers that need no progress."""


def run_jobs(
    jobs: Sequence[Job],
    book: Workbook,
    open_portal: OpenPortal,
    settings: RunSettings,
    watch: Watch = watch_nothing,
) -> Report:
    """Run jobs one after the other; whatever becomes of one, the next is run, unless the user stops.

    :param open_portal: gives a signed-in portal for a connection; called once for each connection.
    """
    results: list[JobResult] = []
    with ExitStack() as stack:
        portals = _Portals(open_portal, stack)
        for job in jobs:
            run = JobRun(job, book, settings, watch)
            results.append(_run_job(run, portals))
            if isinstance(results[-1].error, Stopped):
                break
    return Report(tuple(results))


def _run_job(run: JobRun, portals: _Portals) -> JobResult:
    job = run.job
    log.info("job %s: %s to %s on %s", job.name, job.method.verb, job.dataset_id, job.connection.host)
    try:
        publish(run, portals.get(job.connection))
    except DataSyncError as error:
        log.warning("job %s: %s", job.name, error.message, exc_info=True)
        run.fail(error)
    except KeyboardInterrupt:
        remedy = "Look at the dataset before you run this job again." if run.result.sending else ""
        run.fail(Stopped("Stopped by you.", remedy=remedy, unaffected=_so_far(run)))
    except Exception as error:  # the last resort: what was done so far must be told, and the next job run
        log.exception("job %s", job.name)
        run.fail(UnexpectedError(error, unaffected=_so_far(run)))
    return run.result


def _so_far(run: JobRun) -> str:
    """What may have been sent when a job was broken off."""
    if run.result.receipt:
        return "The rows were sent."
    return "It is not known whether the rows were sent." if run.result.sending else NOTHING_SENT


class JobRun:
    """One job on its way. ``result`` says at any moment how far it has come, so that a failure loses nothing."""

    def __init__(self, job: Job, book: Workbook, settings: RunSettings, watch: Watch) -> None:
        self.job = job
        self.book = book
        self.settings = settings
        self.watch = watch
        self.result = JobResult(job, State.FAILED)

    def note(self, **facts: Any) -> None:
        """Add what is known now to the result."""
        self.result = replace(self.result, **facts)

    def fail(self, error: DataSyncError) -> None:
        """End the job with an error."""
        self.note(state=State.FAILED, error=error)

    def progress(self, what: str) -> Progress:
        """A function that tells how far a step has come."""
        return lambda done, total: self.watch(self.job, what, done, total)

    def kept_csv(self, csv: Draft, kind: str) -> Path:
        """Keep the CSV beside the others of its kind, ``sent`` or ``preview``."""
        path = self.settings.csv_folder / f"{file_name(self.job.name)}.{kind}.csv"
        refuse_to_overwrite(path, [self.job.file] if self.job.file else [], replace=True)
        return csv.keep(path)


def publish(run: JobRun, portal: Portal) -> None:
    """Publish one job's table; ``run.result`` tells what became of it.

    :raises DataSyncError: where the source, the sign-in or the portal is at fault; then nothing was sent unless the
        message says otherwise.
    """
    job, aim = run.job, run.settings.aim
    dataset = portal.describe(job.dataset_id)
    index = IdentifierIndex(numeric=dataset.has_number_identifier)
    with closing(index), draft(run.settings.csv_folder, job.name) as csv:
        plan = _planned(run, dataset, Workbench(csv.out, ProblemLog(), index), signed_in=portal.signed_in)
        run.note(plan=plan, problems=plan.problems, state=State.NOT_SENT)
        if not plan.sendable:
            return
        outlook = look_ahead(plan, index, portal, thorough=aim is Aim.DRY_RUN)
        problems = plan.problems + outlook.problems
        run.note(before=outlook.before, forecast=outlook.forecast, problems=problems)
        if any_blocks(problems):
            return
        if aim is not Aim.PUBLISH:
            run.note(state=State.CHECKED, csv=run.kept_csv(csv, "preview"))
            return
        csv.out.close()
        run.note(state=State.FAILED, sending=True)
        receipt = portal.publish(_delivery(plan, csv.path), run.progress("Sending"))
        run.note(receipt=receipt, csv=run.kept_csv(csv, "sent"))
    run.note(verification=_verify(plan, outlook, receipt, portal))
    run.note(state=final_state(run.result))


def _planned(run: JobRun, dataset: Dataset, bench: Workbench, *, signed_in: bool) -> Plan:
    check_dataset(dataset, run.job, bench.log, signed_in=signed_in)
    with open_source(run.job, run.book) as source:
        for note in source.notes:
            bench.log.add(source.name, Fault(note, "", Severity.NOTE))
        table = source.read_table(Source(run.job.source, run.job.header_row))
        return make_plan(run.job, dataset, _Watched(table, run.progress("Checking rows")), bench)


@contextmanager
def open_source(job: Job, book: Workbook) -> Iterator[Workbook]:
    """The workbook or file that a job publishes from: the one that holds the job, or another."""
    if job.file is None:
        yield book
        return
    with open_workbook(job.file) as other:
        yield other


def _delivery(plan: Plan, csv: Path) -> Delivery:
    return Delivery(
        dataset=plan.dataset,
        method=plan.job.method,
        csv=csv,
        rows=plan.rows,
        columns=plan.columns,
        keep_blanks=plan.job.options.empty_cells is BlankPolicy.KEEP,
        rows_per_request=plan.job.options.rows_per_request,
    )


def _verify(plan: Plan, outlook: Outlook, receipt: Receipt, portal: Portal) -> Verification:
    """Count the portal's rows; a count that is not as expected is taken again once the portal has caught up."""
    expected = rows_expected(plan, outlook, receipt)
    try:
        after = portal.count(plan.dataset.id)
        if expected is not None and after != expected:
            portal.await_replication(plan.dataset.id, SECONDS_TO_CATCH_UP)
            after = portal.count(plan.dataset.id)
    except PortalError as error:
        log.warning("could not count after writing: %s", error.what)
        return Verification(None, expected)
    return Verification(after, expected)


class _Portals:
    """Portals by connection, opened when first needed; a sign-in that failed fails every job of its connection."""

    def __init__(self, open_portal: OpenPortal, stack: ExitStack) -> None:
        self._open = open_portal
        self._stack = stack
        self._found: dict[Connection, Portal | DataSyncError] = {}

    def get(self, connection: Connection) -> Portal:
        """The portal of a connection.

        :raises DataSyncError: what opening it raised, now or before.
        """
        if connection not in self._found:
            try:
                self._found[connection] = self._stack.enter_context(self._open(connection))
            except DataSyncError as error:
                self._found[connection] = error
        found = self._found[connection]
        if isinstance(found, DataSyncError):
            raise found
        return found


class _Watched:
    """A table whose reader tells how far it has come."""

    def __init__(self, table: Table, progress: Callable[[int, int | None], None]) -> None:
        self._table = table
        self._progress = progress

    @property
    def shape(self) -> TableShape:
        """The table's shape."""
        return self._table.shape

    def blocks(self) -> Iterator[Block]:
        """The table's blocks."""
        done = 0
        for block in self._table.blocks():
            yield block
            done += len(block.rows)
            self._progress(done, self.shape.row_estimate)
