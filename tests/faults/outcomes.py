"""What comes of each cell: a job is run against two practice portals, and meets one fault."""

from __future__ import annotations

import logging
import multiprocessing
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain

from tests.faults.cells import EXPIRED, OF_COUNTS, OF_FIRST_WRITES, OF_PUBLISHING, Cell, all_cells
from tests.faults.stage import LATE, Stage
from tests.faults.steps import REMOVED, Setup, rows_of
from xl_datasync.core.jobs import PortJob
from xl_datasync.core.problems import Severity
from xl_datasync.core.report import JobResult
from xl_datasync.core.report_words import result_words
from xl_datasync.portal import rows

# In each process so many threads for the cells that mostly wait, and so many for the others.
PROCESSES, WAITING, WORKING = 2, 5, 2
CELLS_BETWEEN_RESETS = 25
FOR_LONG = 10_000


@dataclass(frozen=True)
class Outcome:
    """What came of a cell.

    :param words: all that the user reads, with placeholders for what differs from run to run.
    :param what: the first sentence of an error; ``""`` where there is none. ``remedy`` and ``reference`` are its own.
    :param state: the dataset afterwards, found by looking at it.
    :param known: whether the program claims to know it.
    :param wrote: whether a portal had a writing request since the job began.
    :param met: whether the fault came into force.
    """

    key: str
    words: str
    what: str
    remedy: str
    reference: str
    exit_code: int
    state: str
    known: bool
    wrote: bool
    met: bool


def run_all() -> dict[str, Outcome]:
    """All cells, in the order of the page."""
    with ProcessPoolExecutor(PROCESSES, multiprocessing.get_context("spawn")) as pool:
        found = {outcome.key: outcome for share in pool.map(_share, range(PROCESSES)) for outcome in share}
    return {cell.key: found[cell.key] for cell in all_cells()}


def _share(number: int) -> list[Outcome]:
    """The cells of one process."""
    # Each failure is logged with its traceback, a thousand times.
    logging.disable(logging.CRITICAL)
    # Rows as few as these would not be packed otherwise; this process does nothing else.
    rows.WORTH_COMPRESSING = 0
    local, stages = threading.local(), list[Stage]()

    def run(cell: Cell) -> Outcome:
        if not hasattr(local, "stage"):
            local.stage, local.done = Stage(), 0
            stages.append(local.stage)
        local.done += 1
        if local.done % CELLS_BETWEEN_RESETS == 0:
            local.stage.reset()
        return run_cell(local.stage, cell)

    cells = list(all_cells())[number::PROCESSES]
    slow, quick = ([cell for cell in cells if (cell.fault == "slow") is late] for late in (True, False))
    with ThreadPoolExecutor(WAITING) as waiting, ThreadPoolExecutor(WORKING) as working:
        try:
            # Both begin at once: the second map is made before the first is waited for.
            return [*chain(waiting.map(run, slow), working.map(run, quick))]
        finally:
            for stage in stages:
                stage.close()


def run_cell(stage: Stage, cell: Cell) -> Outcome:
    """One job, which meets one fault."""
    setup = cell.step.make(stage)
    impatient = cell.fault == "slow"
    datasets = set() if setup.dataset_id else set(stage.portal.dataset_ids())
    began = time.time()
    with ExitStack() as stack:
        arming = _Arming(stage, cell, setup, stack)
        compress = cell.fault == "no-gzip"
        result = stage.run(setup.job, setup.folder, arming.reached, impatient=impatient, compress=compress)
    stage.source.clear_faults()
    stage.portal.clear_faults()
    if impatient and cell.step.writes:
        # What was late may still be carried out, and must not meet the next cell.
        time.sleep(LATE + 0.2)
    asked = [e for portal in (stage.source, stage.portal) for e in portal.exchanges if e.received_at >= began]
    return Outcome(
        key=cell.key,
        words=_plain(stage, setup, result),
        what=result.error.what if result.error else "",
        remedy=result.error.remedy if result.error else "",
        reference=result.error.reference if result.error else "",
        exit_code=result.exit_code,
        state=_state(stage, setup, datasets),
        known=getattr(result.error, "outcome_known", True),
        wrote=any(exchange.method != "GET" for exchange in asked),
        met=arming.armed,
    )


class _Arming:
    """Puts a fault in force when its moment has come."""

    def __init__(self, stage: Stage, cell: Cell, setup: Setup, stack: ExitStack) -> None:
        self._stage, self._cell, self._setup, self._stack = stage, cell, setup, stack
        self._made = ""
        self.armed = False

    def reached(self, side: str, moment: str) -> None:
        """A step of the job has been reached."""
        if moment.startswith("made "):
            moment, self._made = moment.split()
            if self._cell.step.key == "port details":
                self._stage.change(self._stage.portal, self._made, description="", category=None)
        wanted = self._cell.step.moment
        if self._cell.fault in OF_COUNTS:
            # What a replica shows late is what is written now.
            wanted = (wanted[0], "write")
        if not self.armed and (side, moment) == wanted:
            self.armed = True
            self._arm()

    def _arm(self) -> None:
        cell, step, job = self._cell, self._cell.step, self._setup.job
        at_source = step.moment[0] == "source" or "SOURCE" in step.path
        portal = self._stage.source if at_source else self._stage.portal
        source_id = job.source_id if isinstance(job, PortJob) else ""
        dataset_id = source_id if at_source else self._setup.dataset_id or self._made
        path: str | None = step.path.replace("SOURCE", source_id).replace("ID", dataset_id)
        method: str | None = step.method
        fault, times = cell.fault, 1 if cell.once else None
        if fault == EXPIRED:
            fault, method, path = "401", None, None
        elif fault in {*OF_PUBLISHING, *OF_COUNTS}:
            method, path, times = None, None, 1 if cell.once else FOR_LONG
        elif fault in OF_FIRST_WRITES:
            lock = self._stack.enter_context(closing(sqlite3.connect(portal.database)))
            lock.execute("begin immediate")
        portal.add_fault(fault, times=times, method=method, path=path, seconds=LATE)


def _notes(result: JobResult) -> Iterator[str]:
    for problem in result.problems:
        if problem.severity in {Severity.WARNING, Severity.NOTE}:
            yield f"{problem.severity.value}: {problem.subject}: {problem.what}. {problem.remedy}".strip()


def _plain(stage: Stage, setup: Setup, result: JobResult) -> str:
    """What the user reads, with placeholders."""
    text = " ".join([result_words(result), *_notes(result)])
    text = text.replace(stage.source.host, "data.county.example").replace(stage.portal.host, "data.city.example")
    for dataset_id in {setup.dataset_id, result.made.id if result.made else ""} - {""}:
        text = text.replace(dataset_id, "abcd-1234")
    if isinstance(setup.job, PortJob):
        text = text.replace(setup.job.source_id, "efgh-5678")
    return re.sub(r"\(Reference for support: [^)]+\)", "(Reference for support: …)", text)


def _state(stage: Stage, setup: Setup, datasets: set[str]) -> str:
    if setup.dataset_id:
        if REMOVED in setup.states and setup.dataset_id not in stage.portal.dataset_ids():
            return REMOVED
        rows = rows_of(stage.portal, setup.dataset_id)
        names = [name for name, wanted in setup.states.items() if sorted(wanted, key=repr) == rows]
        return names[0] if names else f"neither: {rows}"
    new = sorted(set(stage.portal.dataset_ids()) - datasets)
    if not new:
        return "no dataset made"
    if len(new) > 1:
        return f"{len(new)} datasets made"
    rows, stage_word = rows_of(stage.portal, new[0]), stage.portal.view(new[0])["publicationStage"]
    shown = "published" if stage_word == "published" else "a draft"
    if rows and rows != sorted(setup.states["rows"], key=repr):
        return f"neither: {rows}"
    return f"{shown} with the rows" if rows else f"{shown} without rows"
