"""A sheet as CSV: as a job would send it, or as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.api import publishing_jobs, signed_in_if_possible, sound_config
from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import MappedColumn, Mapping
from xl_datasync.core.matching import Match
from xl_datasync.core.plan import Plan, Workbench, make_plan, work_out
from xl_datasync.core.problems import Problem, ProblemLog, any_blocks, any_warns
from xl_datasync.core.report_text import problem_lines
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import TableShape
from xl_datasync.csv_files import Draft, draft, file_name, refuse_to_overwrite
from xl_datasync.workbook.closed import open_source
from xl_datasync.workbook.protocol import Source, Workbook


@dataclass(frozen=True)
class Export:
    """A CSV that was written, and what was found on the way."""

    csv: Path
    rows: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """1 where a cell could not be written as it should, 3 where something should be looked at."""
        return 1 if any_blocks(self.problems) else 3 if any_warns(self.problems) else 0

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"Wrote {self.csv} ({plural(self.rows, 'row')})."
        for problem in self.problems:
            yield from problem_lines(problem)


def export_job(book: Workbook, name: str, output: Path | None) -> Export:
    """Write the CSV that a job would send."""
    (job,) = publishing_jobs(sound_config(book, (name,)))
    target = _target(book, job, output)
    with signed_in_if_possible()(job.connection) as portal:
        dataset = portal.describe(job.dataset_id)
    with open_source(job, book) as source, _bench(dataset, target) as (bench, csv):
        table = source.read_table(Source(job.source, job.header_row))
        return _exported(csv, target, make_plan(job, dataset, table, bench))


def export_sheet(book: Workbook, sheet: str, output: Path | None) -> Export:
    """Write a sheet as it stands: every column as text, headers as they are."""
    table = book.read_table(Source(sheet))
    mapping = _as_it_stands(table.shape)
    dataset = Dataset("", table.shape.sheet, "", tuple(mapped.column for mapped in mapping.columns))
    job = Job(table.shape.sheet, Connection("", ""), "", Method.APPEND)
    target = _target(book, job, output)
    with _bench(dataset, target) as (bench, csv):
        return _exported(csv, target, work_out(job, dataset, mapping, table, bench))


def _target(book: Workbook, job: Job, output: Path | None) -> Path:
    """The file to write: the one asked for, or a new one beside the workbook."""
    target = output or book.path.parent / f"{file_name(job.name)}.csv"
    refuse_to_overwrite(target, [book.path, *([job.file] if job.file else [])], replace=output is not None)
    return target


def _as_it_stands(shape: TableShape) -> Mapping:
    """Every column to a text column of its own name."""
    return Mapping(
        tuple(
            MappedColumn(Column(column.index, column.header, column.header, "text"), column, Match.EXACT)
            for column in shape.columns
        )
    )


@contextmanager
def _bench(dataset: Dataset, target: Path) -> Iterator[tuple[Workbench, Draft]]:
    index = IdentifierIndex(numeric=dataset.has_number_identifier)
    with closing(index), draft(target.parent, target.stem) as csv:
        yield Workbench(csv.out, ProblemLog(), index), csv


def _exported(csv: Draft, target: Path, plan: Plan) -> Export:
    return Export(csv.keep(target), plan.rows, plan.problems)
