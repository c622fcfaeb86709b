"""The plan: everything a job would do, worked out in one pass over the sheet before anything is sent."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, TypeVar

from xl_datasync.core.checks import (
    IdentifierCheck,
    check_constants,
    check_last_row,
    check_mapping,
    check_shape,
    watchers,
)
from xl_datasync.core.conversion import ColumnConverter, make_converter
from xl_datasync.core.csv_text import CsvWriter
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import Mapping, settle_mapping
from xl_datasync.core.options import HiddenPolicy
from xl_datasync.core.problems import PLACES_KEPT, Fault, Problem, ProblemLog, Severity, any_blocks
from xl_datasync.core.values import EXCEL_LAST_ROW, Block, TableShape, Value, is_blank, value_text

_Item = TypeVar("_Item")


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
    :param blank_rows: rows inside the data that hold nothing and are left out; ``hidden_rows`` likewise.
    :param sha256: of the CSV, so that a record can name exactly what was sent.
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
    """The plan for a mapping that is settled already: convert, check, count and write in one pass over the rows."""
    shape, log = table.shape, bench.log
    writer = CsvWriter(bench.out, [mapped.column.field_name for mapped in mapping.columns])
    run = _Pass(job, dataset, shape, mapping, writer)
    with _no_collection():
        run.over(table.blocks(), bench.identifiers, log)
    if run.rows == 0:
        fault = Fault("it has no data rows to send", "Fill the sheet, or check the job's “Header row”.")
        log.add(f"Sheet “{shape.sheet}”", fault, job.where)
    return Plan(
        job=job,
        dataset=dataset,
        shape=shape,
        mapping=mapping,
        rows=run.rows,
        columns=tuple(mapped.column for mapped in mapping.columns),
        blank_rows=run.blank_rows,
        hidden_rows=run.hidden_rows,
        size=run.writer.size,
        sha256=run.writer.sha256,
        problems=log.problems(),
    )


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


class _Pass:
    """The one pass: convert, check, count, write."""

    def __init__(self, job: Job, dataset: Dataset, shape: TableShape, mapping: Mapping, writer: CsvWriter) -> None:
        self._shape = shape
        self._converters = [make_converter(mapped, job.options) for mapped in mapping.columns]
        self._identifier = mapping.find(dataset.row_identifier)
        self._watchers = watchers(mapping, job, shape)
        self._blanks: list[int] = []
        self._skipped = shape.hidden_rows if job.options.hidden_rows is HiddenPolicy.SKIP else frozenset()
        self.writer = writer
        self.rows = self.blank_rows = self.hidden_rows = 0

    def over(self, blocks: Iterator[Block], index: IdentifierIndex, log: ProblemLog) -> None:
        """Go over all rows."""
        check = IdentifierCheck(self._identifier, self._shape, index) if self._identifier else None
        last, last_texts = 0, [""] * len(self._converters)
        for block in blocks:
            left_out = self._left_out(block)
            texts, rows = [], _without(block.rows, left_out)
            for converter in self._converters:
                column, faults = converter.convert(block)
                faulty = self._log_faults(converter, block, [f for f in faults if f[0] not in left_out], log)
                texts.append(_without(column, left_out))
                if check and converter.mapped is self._identifier:
                    check.add(texts[-1], rows, faulty, log)
            for watcher in self._watchers:
                watcher.add(block, left_out)
            self.rows += len(rows)
            self.writer.write(texts)
            if rows:
                last, last_texts = rows[-1], [column[-1] for column in texts]
        for finished in (*self._watchers, *([check] if check else ())):
            finished.finish(log)
        mapped = [converter.mapped for converter in self._converters]
        check_last_row(mapped, last_texts, self._shape.row_address(last), log)
        self._log_left_out(last, log)

    def _left_out(self, block: Block) -> set[int]:
        """Positions of rows that do not count: blank, or hidden where the job says to skip those."""
        hidden = {place for place, row in enumerate(block.rows) if row in self._skipped} if self._skipped else set()
        blank = self._blank(block) - hidden
        self.hidden_rows += len(hidden)
        self.blank_rows += len(blank)
        self._blanks += [block.rows[place] for place in sorted(blank)][: PLACES_KEPT - len(self._blanks)]
        return hidden | blank

    def _blank(self, block: Block) -> set[int]:
        """Positions of rows that hold nothing to send.

        Where there is a row identifier, a row with anything in it at all is no blank row: its identifier is missing.
        """
        sources = [block.columns[c.mapped.source.index] for c in self._converters if c.mapped.source]
        if not sources or not all(map(_may_hold_blank, sources)):
            return set()
        looked_at = block.columns if self._identifier else sources
        return {p for p in range(len(block.rows)) if all(is_blank(values[p]) for values in looked_at)}

    def _log_faults(
        self, converter: ColumnConverter, block: Block, faults: list[tuple[int, Fault]], log: ProblemLog
    ) -> set[int]:
        """Add a column's faults to the log; gives the rows that have a blocking one."""
        source = converter.mapped.source
        if source is None:
            return set()
        for position, fault in faults:
            value = value_text(block.columns[source.index][position])
            log.add(converter.mapped.subject, fault, self._shape.address(source, block.rows[position]), value)
        return {block.rows[position] for position, fault in faults if fault.severity is Severity.PROBLEM}

    def _log_left_out(self, last: int, log: ProblemLog) -> None:
        subject = f"Sheet “{self._shape.sheet}”"
        if self.blank_rows:
            fault = Fault("blank rows between the data; they are left out", "Delete them.", Severity.WARNING)
            for row in self._blanks:
                log.add(subject, fault, self._shape.row_address(row))
            log.raise_count(subject, fault, self.blank_rows)
        if self.hidden_rows:
            log.add(subject, Fault(f"hidden rows left out, as the job says: {self.hidden_rows:,}", "", Severity.NOTE))
        if last == EXCEL_LAST_ROW:
            what = "the sheet is full to its last row; more may have been cut off"
            log.add(subject, Fault(what, "Compare its row count with the source.", Severity.WARNING))


def _may_hold_blank(values: Sequence[Value]) -> bool:
    """Whether a column has a cell that shows nothing; quick, because it is asked of every block."""
    if None in values:
        return True
    texts = [value for value in values if isinstance(value, str)]
    return not all(map(str.strip, texts)) or (not "".join(texts).isascii() and any(map(is_blank, texts)))


def _without(items: Sequence[_Item], left_out: set[int]) -> Sequence[_Item]:
    """The items whose position is not left out; the same object where none is."""
    return [item for position, item in enumerate(items) if position not in left_out] if left_out else items
