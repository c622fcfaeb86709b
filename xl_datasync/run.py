"""The line: each job's rows from the sheet to the portal, and what became of them.

``run_jobs`` → ``publish``: describe the dataset, read the table, make the plan, guard it, send it, verify it. One
job's failure never stops the next. Nothing is sent while a problem stands.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from xl_datasync.core.checks import check_dataset
from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Delivery, Receipt
from xl_datasync.core.errors import DataSyncError, PortalError, Stopped, WorkbookError
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.options import BlankPolicy
from xl_datasync.core.plan import Plan, Table, Workbench, make_plan
from xl_datasync.core.problems import ProblemLog, any_blocks, any_warns
from xl_datasync.core.report import JobResult, Report, State, Verification
from xl_datasync.core.values import Block, TableShape
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
    """Run jobs one after the other.

    :param open_portal: gives a signed-in portal for a connection; called once for each connection.
    """
    results: list[JobResult] = []
    with ExitStack() as stack:
        portals = _Portals(open_portal, stack)
        for job in jobs:
            results.append(_run_job(job, book, portals, settings, watch))
            if isinstance(results[-1].error, Stopped):
                break
    return Report(tuple(results), book.notes)


def _run_job(job: Job, book: Workbook, portals: _Portals, settings: RunSettings, watch: Watch) -> JobResult:
    log.info("job %s: %s to %s on %s", job.name, job.method.verb, job.dataset_id, job.connection.host)
    try:
        return publish(job, book, portals.get(job.connection), settings, watch)
    except DataSyncError as error:
        log.warning("job %s: %s", job.name, error.message, exc_info=True)
        return JobResult(job, State.FAILED, error=error)
    except KeyboardInterrupt:
        remedy = "Look at the dataset before you run this job again; what was sent before stays published."
        return JobResult(job, State.FAILED, error=Stopped("Stopped by you.", remedy=remedy, unaffected=""))


def publish(job: Job, book: Workbook, portal: Portal, settings: RunSettings, watch: Watch) -> JobResult:
    """Publish one job's table.

    :raises DataSyncError: where the source, the sign-in or the portal is at fault; then nothing was sent unless the
        message says otherwise.
    """
    dataset = portal.describe(job.dataset_id)
    found = ProblemLog()
    check_dataset(dataset, job, found, signed_in=portal.signed_in)
    csv = csv_path(settings.csv_folder, job.name)
    with closing(IdentifierIndex(numeric=dataset.has_number_identifier)) as identifiers:
        with open_table(job, book) as table, csv_file(csv) as out:
            watched = _Watched(table, lambda done, total: watch(job, "Checking rows", done, total))
            plan = make_plan(job, dataset, watched, Workbench(out, found, identifiers))
        if not plan.sendable:
            csv.unlink()
            return JobResult(job, State.NOT_SENT, plan, problems=plan.problems)
        outlook = look_ahead(plan, identifiers, portal, thorough=settings.aim is Aim.DRY_RUN)
    problems = plan.problems + outlook.problems
    result = JobResult(job, State.CHECKED, plan, csv, outlook.before, outlook.forecast, problems=problems)
    if any_blocks(problems) or settings.aim is not Aim.PUBLISH:
        return replace(result, state=State.NOT_SENT if any_blocks(problems) else State.CHECKED)
    receipt = portal.publish(_delivery(plan, csv), lambda done, total: watch(job, "Sending", done, total))
    verification = _verify(plan, outlook, receipt, portal)
    return _settled(replace(result, receipt=receipt, verification=verification))


@contextmanager
def open_table(job: Job, book: Workbook) -> Iterator[Table]:
    """The table a job names: in the workbook that holds the job, or in another file."""
    source = Source(job.source, job.header_row)
    if job.file is None:
        yield book.read_table(source)
        return
    with open_workbook(job.file) as other:
        yield other.read_table(source)


def csv_path(folder: Path, name: str) -> Path:
    """Where a CSV is kept: a job's or sheet's name, less what file systems refuse."""
    return folder / (re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", name).strip(" .") + ".csv")


@contextmanager
def csv_file(path: Path) -> Iterator[BinaryIO]:
    """A CSV, open for writing; it takes its name only when it is whole, so that nothing half-made is left."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        remedy = "Choose another folder (“CSV folder” on the Settings sheet), or close the file if it is open."
        what = f"The file to send could not be written ({error.strerror})."
        raise WorkbookError(what, where=str(path), remedy=remedy) from error
    finally:
        part.unlink(missing_ok=True)


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


def _settled(result: JobResult) -> JobResult:
    """The result with its final state: planned, sent and applied agree, or it is not simply done."""
    receipt, plan, verification = result.receipt, result.plan, result.verification
    if receipt and plan and receipt.reported and receipt.applied < plan.rows:
        return replace(result, state=State.FAILED)
    doubtful = any_warns(result.problems) or not (verification and verification.agrees)
    return replace(result, state=State.DONE_WITH_WARNINGS if doubtful else State.DONE)


def _verify(plan: Plan, outlook: Outlook, receipt: Receipt, portal: Portal) -> Verification:
    """Count the portal's rows; a count that is not as expected is taken again once the portal has caught up."""
    expected = rows_expected(plan, outlook, receipt)
    try:
        after = portal.count(plan.dataset.id)
        if after != expected:
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
