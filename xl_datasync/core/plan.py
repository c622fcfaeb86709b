"""The plan: everything a job would do, worked out in one pass over the sheet before anything is sent."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Protocol

from xl_datasync.core.checks import answered, check_constants, check_mapping, check_shape
from xl_datasync.core.csv_text import CsvWriter
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import FaultyRows, Job
from xl_datasync.core.mapping import Mapping, settle_mapping
from xl_datasync.core.problems import Fault, Problem, ProblemLog, Severity, any_blocks, single
from xl_datasync.core.row_numbers import RowNumbers
from xl_datasync.core.row_pass import RowPass, Settled
from xl_datasync.core.set_aside import NO_ROW_LEFT, RowFaults, most_rows, told_problems, too_many_fault
from xl_datasync.core.values import Block, TableShape


class Table(Protocol):
    """A table that a job publishes: its shape now, its rows when asked."""

    @property
    def shape(self) -> TableShape:
        """What is known before the rows are read."""

    def blocks(self) -> Iterator[Block]:
        """The data rows, from the top, each time it is called."""


@dataclass(frozen=True)
class Plan:
    """What would be sent, and what stands in the way.

    :param rows: data rows in the CSV.
    :param columns: the portal's columns in the CSV's order.
    :param blank_rows: rows inside the data that hold nothing and are passed over; ``hidden_rows`` likewise.
    :param sha256: of the CSV, so that a record can name exactly what was sent.
    :param numbers: the sheet's row of each row of the CSV.
    :param why_aside: the rows with faults that are set aside and not in the CSV, each with what is wrong with it.
    """

    job: Job
    dataset: Dataset
    shape: TableShape
    mapping: Mapping
    rows: int
    columns: tuple[Column, ...]
    blank_rows: int
    hidden_rows: int
    size: int
    sha256: str
    problems: tuple[Problem, ...]
    numbers: RowNumbers = field(default_factory=RowNumbers, repr=False, compare=False)
    why_aside: dict[int, str] = field(default_factory=dict, repr=False)

    @property
    def set_aside(self) -> int:
        """How many rows are set aside."""
        return len(self.why_aside)

    @property
    def shown(self) -> str:
        """What a preview of it shows, as a hash: the rows that would be sent, and which are set aside for what."""
        if not self.why_aside:
            return self.sha256
        aside = "\n".join(f"{row}: {why}" for row, why in self.why_aside.items())
        return f"{self.sha256} {hashlib.sha256(aside.encode('utf-8', 'surrogatepass')).hexdigest()}"

    @property
    def sendable(self) -> bool:
        """Whether nothing stands in the way."""
        return not any_blocks(self.problems)


@dataclass(frozen=True)
class Workbench:
    """What a plan is worked out on.

    :param out: takes the CSV.
    :param log: what was already found wrong; everything else that is found is added.
    :param identifiers: takes the sheet's row identifiers; opened and closed by the caller, who may ask it more.
    """

    out: BinaryIO
    log: ProblemLog
    identifiers: IdentifierIndex


def make_plan(job: Job, dataset: Dataset, table: Table, bench: Workbench) -> Plan:
    """Map a table's columns and work out the plan; everything found wrong is in it."""
    return work_out(job, dataset, settle(job, dataset, table.shape, bench.log), table, bench)


def settle(job: Job, dataset: Dataset, shape: TableShape, log: ProblemLog) -> Mapping:
    """The mapping that a job sends its columns by, and all that is wrong with it before any row is read."""
    mapping = settle_mapping(shape, dataset, job.choices, log)
    if job.method is Method.DELETE and dataset.row_identifier:
        mapping = mapping.only(dataset.row_identifier)
    check_mapping(mapping, dataset, job, shape, log)
    check_shape(shape, mapping, job, log)
    check_constants(mapping, dataset.row_identifier, job.options, log)
    return mapping


def work_out(job: Job, dataset: Dataset, mapping: Mapping, table: Table, bench: Workbench) -> Plan:
    """The plan for a mapping that is settled already: convert, check, count and write in one pass over the rows.

    A job that sets rows aside goes over them once more, without those, where some have faults.
    """
    settled = Settled(job, dataset, table.shape, mapping)
    if job.faulty_rows is FaultyRows.SET_ASIDE:
        return _without_faulty_rows(settled, table, bench)
    run = _gone_over(settled, table, bench, bench.log)
    return _plan(settled, run, bench.log.problems())


def _without_faulty_rows(settled: Settled, table: Table, bench: Workbench) -> Plan:
    """The plan of a job that sets rows with faults aside; they stop it all the same where anything else does."""
    before, job = bench.log.problems(), settled.job
    faulty, log = RowFaults(most_rows(len(settled.shape.columns))), ProblemLog()
    run = _gone_over(settled, table, bench, log, faulty)
    found = (*log.problems(), *faulty.log.problems())
    subject = f"Sheet “{settled.shape.sheet}”"
    if not faulty.why or any_blocks(before):
        return _plan(settled, run, _ordered(before, found))
    if faulty.too_many or len(faulty.why) == run.rows:
        fault = too_many_fault(faulty.most) if faulty.too_many else NO_ROW_LEFT
        return _plan(settled, run, _ordered(before, [single(subject, fault, job.where)], found))
    bench.out.seek(0)
    bench.out.truncate()
    bench.identifiers.clear()
    rest, log = RowFaults(0), ProblemLog()
    run = _gone_over(settled, table, bench, log, rest, aside=faulty.why)
    left = (*log.problems(), *rest.log.problems())
    if any_blocks(left):
        return _plan(settled, run, _ordered(before, left, faulty.log.problems()))
    plan = _plan(settled, run, (*before, *left), faulty.reasons)
    # That rows are set aside is told in each run: nobody may answer for good that their faults are meant.
    return replace(plan, problems=_ordered(tuple(told_problems(faulty, run.rows, job.method, subject)), plan.problems))


def _gone_over(  # noqa: PLR0913  # the plan's own steps
    settled: Settled,
    table: Table,
    bench: Workbench,
    log: ProblemLog,
    faulty: RowFaults | None = None,
    *,
    aside: Collection[int] = (),
) -> RowPass:
    """Go over all rows once."""
    writer = CsvWriter(bench.out, [mapped.column.field_name for mapped in settled.mapping.columns])
    run = RowPass(settled, writer, faulty, aside)
    with _no_collection():
        run.over(table.blocks(), bench.identifiers, log)
    if run.rows == 0:
        fault = Fault("it has no data rows to send", "Fill the sheet, or check the job's “Header row”.")
        log.add(f"Sheet “{settled.shape.sheet}”", fault, settled.job.where)
    return run


def _plan(
    settled: Settled, run: RowPass, problems: tuple[Problem, ...], why_aside: dict[int, str] | None = None
) -> Plan:
    return Plan(
        job=settled.job,
        dataset=settled.dataset,
        shape=settled.shape,
        mapping=settled.mapping,
        rows=run.rows,
        columns=tuple(mapped.column for mapped in settled.mapping.columns),
        blank_rows=run.blank_rows,
        hidden_rows=run.hidden_rows,
        size=run.writer.size,
        sha256=run.writer.sha256,
        problems=answered(problems, settled.job.options),
        numbers=run.numbers,
        why_aside=why_aside or {},
    )


def _ordered(*found: Sequence[Problem]) -> tuple[Problem, ...]:
    """Problems from several places: what blocks first, else in the order given."""
    problems = [problem for part in found for problem in part]
    return tuple(sorted(problems, key=lambda problem: list(Severity).index(problem.severity)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking for reference cycles while rows go by: it takes a fifth of the time and finds none."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
