"""How each job's sheet meets its dataset."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from csv import DictWriter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from xl_datasync.api import publishing_jobs, signed_in_if_possible, sound_config
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import MappedColumn, Mapping, Send, choices_of
from xl_datasync.core.matching import Match
from xl_datasync.core.plan import Table, settle
from xl_datasync.core.problems import Problem, ProblemLog, shortened
from xl_datasync.core.report_text import problem_lines
from xl_datasync.core.values import SheetColumn, TableShape, is_blank, value_text
from xl_datasync.csv_files import draft, refuse_to_overwrite
from xl_datasync.workbook.closed import open_source
from xl_datasync.workbook.column_map_rows import rows_of
from xl_datasync.workbook.protocol import Source, Workbook
from xl_datasync.workbook.tables import COLUMN_MAP

SAMPLES = 3
HEADER_WIDTH, SAMPLE_WIDTH = 40, 20


@dataclass(frozen=True)
class JobMapping:
    """How one job's sheet meets its dataset. ``samples`` holds the first values of each sheet column."""

    job: Job
    dataset: Dataset
    shape: TableShape
    mapping: Mapping
    samples: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...]


def mappings(book: Workbook, jobs: Sequence[str]) -> list[JobMapping]:
    """The mapping of each job.

    :raises DataSyncError: where the workbook, a sheet, or a dataset cannot be read.
    """
    found = []
    for job in publishing_jobs(sound_config(book, jobs)):
        with signed_in_if_possible()(job.connection) as portal, open_source(job, book) as source:
            table = source.read_table(Source(job.source, job.header_row))
            found.append(_mapping(job, portal.describe(job.dataset_id), table))
    return found


def _mapping(job: Job, dataset: Dataset, table: Table) -> JobMapping:
    log = ProblemLog()
    mapping = settle(job, dataset, table.shape, log)
    block = next(iter(table.blocks()), None)
    samples = tuple(
        tuple(islice((value_text(v) for v in block.columns[c.index] if not is_blank(v)), SAMPLES)) if block else ()
        for c in table.shape.columns
    )
    return JobMapping(job, dataset, table.shape, mapping, samples, log.problems())


def map_lines(found: Sequence[JobMapping]) -> Iterator[str]:
    """The mappings for people."""
    for job in found:
        yield f"{job.job.name}: sheet “{job.shape.sheet}” → {job.dataset.name} ({job.dataset.id})"
        headers = [shortened(column.header, HEADER_WIDTH) for column in job.shape.columns]
        width = max(map(len, headers), default=0)
        uses = job.mapping.uses
        for column, header in zip(job.shape.columns, headers, strict=True):
            samples = " | ".join(shortened(text, SAMPLE_WIDTH) for text in job.samples[column.index])
            for target in [_target(mapped, job, column) for mapped in uses.get(column.index, ())] or ["not sent"]:
                yield f"    {column.letter:>3}  {header:{width}}  →  {target}   {samples}"
        for mapped in job.mapping.columns:
            if mapped.source is None and mapped.choice:
                yield f"    fixed value “{mapped.choice.fixed_value}”  →  {mapped.column.name}"
        for title, columns in (("left blank", job.mapping.left_blank), ("nothing for", job.mapping.unmapped)):
            if columns:
                yield f"    {title}: {', '.join(column.name for column in columns)}"
        for problem in job.problems:
            yield from problem_lines(problem)


def _target(mapped: MappedColumn, job: JobMapping, column: SheetColumn) -> str:
    held = "".join(f", {part.words}" for part, source in mapped.parts if source == column)
    badge = ", row identifier" if mapped.column == job.dataset.row_identifier else ""
    return f"{mapped.column.name} ({mapped.column.type}{held}{badge}) [{mapped.match.value}]"


def map_rows(found: Sequence[JobMapping]) -> list[dict[str, str]]:
    """The mappings as rows of the Column map table, to be pasted there."""
    rows = []
    for job in found:
        choices = choices_of(job.mapping)
        by_name = {
            name: mapped.match
            for mapped in job.mapping.columns
            if mapped.choice is None
            for name in (mapped.column.field_name, mapped.column.name)
        }
        letters = {column.header: column.letter for column in job.shape.columns if column.header}
        for choice, row in zip(choices, rows_of(job.job.name, choices), strict=True):
            # Letters are found more quickly than headers on a wide sheet.
            row["Column letter"] = row["Column letter"] or letters.get(choice.sheet_column, "")
            if choice.send is Send.YES:
                row["Notes"] = by_name.get(choice.portal_field, Match.CHOSEN).value
            elif choice.send is Send.IGNORE:
                row["Notes"] = "not matched; name the portal field and say Yes to send it"
            rows.append(row)
    return rows


def write_rows(path: Path, rows: Sequence[dict[str, str]], sources: Sequence[Path]) -> None:
    """Write rows of the Column map table as a CSV that Excel opens rightly."""
    refuse_to_overwrite(path, sources, replace=True)
    with draft(path.parent, path.stem) as csv, io.TextIOWrapper(csv.out, encoding="utf-8-sig", newline="") as text:
        writer = DictWriter(text, COLUMN_MAP.headers)
        writer.writeheader()
        writer.writerows(rows)
        text.flush()
        csv.keep(path)
