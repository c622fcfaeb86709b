"""A sheet as CSV: as a job would send it, or as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.api import signed_in_if_possible, sound_config
from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import MappedColumn, Mapping, Match
from xl_datasync.core.plan import Plan, Workbench, make_plan, work_out
from xl_datasync.core.problems import Problem, ProblemLog
from xl_datasync.core.report import plural, problem_lines
from xl_datasync.core.values import TableShape
from xl_datasync.run import csv_file, csv_path, open_table
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source


@dataclass(frozen=True)
class Export:
    """A CSV that was written, and what was found on the way."""

    csv: Path
    rows: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """3 where something was found."""
        return 3 if self.problems else 0

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"Wrote {self.csv} ({plural(self.rows, 'row')})."
        for problem in self.problems:
            yield from problem_lines(problem)


def export_job(workbook: Path, name: str, output: Path | None) -> Export:
    """Write the CSV that a job would send."""
    with open_workbook(workbook) as book:
        (job,) = sound_config(book, (name,)).jobs
        with signed_in_if_possible()(job.connection) as portal:
            dataset = portal.describe(job.dataset_id)
        output = output or csv_path(workbook.parent, job.name)
        with open_table(job, book) as table, _bench(dataset, output) as bench:
            return _exported(output, make_plan(job, dataset, table, bench))


def export_sheet(workbook: Path, sheet: str, output: Path | None) -> Export:
    """Write a sheet as it stands: every column as text, headers as they are."""
    with open_workbook(workbook) as book:
        table = book.read_table(Source(sheet))
        mapping = _as_it_stands(table.shape)
        dataset = Dataset("", table.shape.sheet, "", tuple(mapped.column for mapped in mapping.columns))
        job = Job(table.shape.sheet, Connection("", ""), "", Method.APPEND)
        output = output or csv_path(workbook.parent, table.shape.sheet)
        with _bench(dataset, output) as bench:
            return _exported(output, work_out(job, dataset, mapping, table, bench))


def _as_it_stands(shape: TableShape) -> Mapping:
    """Every column to a text column of its own name."""
    return Mapping(
        tuple(
            MappedColumn(Column(column.index, column.header, column.header, "text"), column, Match.EXACT)
            for column in shape.columns
        )
    )


@contextmanager
def _bench(dataset: Dataset, output: Path) -> Iterator[Workbench]:
    with closing(IdentifierIndex(numeric=dataset.has_number_identifier)) as identifiers, csv_file(output) as out:
        yield Workbench(out, ProblemLog(), identifiers)


def _exported(output: Path, plan: Plan) -> Export:
    return Export(output, plan.rows, plan.problems)
