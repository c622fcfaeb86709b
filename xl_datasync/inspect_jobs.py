"""Looking without publishing: mappings, CSV exports, connections. Values first, then their lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from xl_datasync.api import signed_in_if_possible, sound_config
from xl_datasync.core.checks import RIGHTS_NEEDED, check_mapping, check_shape
from xl_datasync.core.connection import Connection
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError, DataSyncError, WorkbookError
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import MappedColumn, Mapping, Match, Send, settle_mapping
from xl_datasync.core.plan import Plan, Table, Workbench, make_plan, work_out
from xl_datasync.core.problems import Problem, ProblemLog
from xl_datasync.core.report import plural, problem_lines
from xl_datasync.core.values import SheetColumn, TableShape, is_blank, value_text
from xl_datasync.credentials import find_sign_in
from xl_datasync.portal import Portal
from xl_datasync.run import open_table
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import read_config
from xl_datasync.workbook.protocol import Source

SAMPLES = 3
SAMPLE_WIDTH = 18


@dataclass(frozen=True)
class JobMapping:
    """How one job's sheet meets its dataset. ``samples`` holds the first values of each sheet column."""

    job: Job
    dataset: Dataset
    shape: TableShape
    mapping: Mapping
    samples: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...]


def mappings(workbook: Path, jobs: Sequence[str]) -> list[JobMapping]:
    """The mapping of each job.

    :raises DataSyncError: where the workbook, a sheet, or a dataset cannot be read.
    """
    with open_workbook(workbook) as book:
        found = []
        for job in sound_config(book, jobs).jobs:
            with signed_in_if_possible()(job.connection) as portal, open_table(job, book) as table:
                found.append(_mapping(job, portal.describe(job.dataset_id), table))
        return found


def _mapping(job: Job, dataset: Dataset, table: Table) -> JobMapping:
    log = ProblemLog()
    mapping = settle_mapping(table.shape, dataset, job.choices, log)
    check_mapping(mapping, dataset, job, table.shape, log)
    check_shape(table.shape, mapping, job, log)
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
        width = max((len(column.header) for column in job.shape.columns), default=0)
        by_column = {mapped.source.index: mapped for mapped in job.mapping.columns if mapped.source}
        for column in job.shape.columns:
            target = _target(by_column.get(column.index), job, column)
            yield f"    {column.letter:>3}  {column.header:{width}}  →  {target}"
        for mapped in job.mapping.columns:
            if mapped.source is None and mapped.choice:
                yield f"    fixed value “{mapped.choice.fixed_value}”  →  {mapped.column.name}"
        for title, columns in (("left blank", job.mapping.left_blank), ("nothing for", job.mapping.unmapped)):
            if columns:
                yield f"    {title}: {', '.join(column.name for column in columns)}"
        for problem in job.problems:
            yield from problem_lines(problem)


def _target(mapped: MappedColumn | None, job: JobMapping, column: SheetColumn) -> str:
    samples = " | ".join(text[:SAMPLE_WIDTH] for text in job.samples[column.index])
    if mapped is None:
        return f"not sent   {samples}"
    badge = ", row identifier" if mapped.column == job.dataset.row_identifier else ""
    return f"{mapped.column.name} ({mapped.column.type}{badge}) [{mapped.match.value}]   {samples}"


def map_rows(found: Sequence[JobMapping]) -> list[dict[str, str]]:
    """The mappings as rows of the Column map table."""
    rows = []
    for job in found:
        by_column = {mapped.source.index: mapped for mapped in job.mapping.columns if mapped.source}
        for column in job.shape.columns:
            mapped = by_column.get(column.index)
            send = Send.YES if mapped else Send.IGNORE
            rows.append(
                {
                    "Map name": job.job.name,
                    "Sheet column": column.header,
                    "Column letter": column.letter,
                    "Portal field": mapped.column.name if mapped else "",
                    "Send?": send.value,
                    "Notes": mapped.match.value if mapped else "",
                }
            )
    return rows


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
        with open_table(job, book) as table, _bench(output or workbook.with_name(f"{job.name}.csv")) as bench:
            return _exported(make_plan(job, dataset, table, bench), bench)


def export_sheet(workbook: Path, sheet: str, output: Path | None) -> Export:
    """Write a sheet as it stands: every column as text, headers as they are."""
    with open_workbook(workbook) as book:
        table = book.read_table(Source(sheet))
        mapping = _as_it_stands(table.shape)
        dataset = Dataset("", table.shape.sheet, "", tuple(mapped.column for mapped in mapping.columns))
        job = Job(table.shape.sheet, Connection("", ""), "", Method.APPEND)
        with _bench(output or workbook.with_name(f"{table.shape.sheet}.csv")) as bench:
            return _exported(work_out(job, dataset, mapping, table, bench), bench)


def _as_it_stands(shape: TableShape) -> Mapping:
    """Every column to a text column of its own name."""
    return Mapping(
        tuple(
            MappedColumn(Column(column.index, column.header, column.header, "text"), column, Match.EXACT)
            for column in shape.columns
        )
    )


@contextmanager
def _bench(output: Path) -> Iterator[Workbench]:
    try:
        with closing(IdentifierIndex()) as identifiers, output.open("wb") as out:
            yield Workbench(out, ProblemLog(), identifiers)
    except OSError as error:
        raise WorkbookError(f"The file could not be written ({error.strerror}).", where=str(output)) from None


def _exported(plan: Plan, bench: Workbench) -> Export:
    return Export(Path(bench.out.name), plan.rows, plan.problems)


def find_connection(workbook: Path, name: str | None) -> Connection:
    """A connection of the workbook, by name; the only one where no name is given.

    :raises ConfigurationError: where it is not there, or the choice is not clear.
    """
    with open_workbook(workbook) as book:
        known = read_config(book).connections
    found = [c for c in known if name is None or c.name.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(connection.name for connection in known) or "none yet"
    what = f"The workbook has no connection “{name}”." if name else "Say which connection is meant."
    raise ConfigurationError(what, where=workbook.name, remedy=f"Its connections: {names}.")


@dataclass(frozen=True)
class ConnectionTest:
    """What came of trying a connection: who one is there, and each dataset's name or what is wrong with it."""

    connection: Connection
    signed_in_as: str
    source: str
    datasets: tuple[tuple[str, str, bool], ...]
    error: str = ""

    @property
    def good(self) -> bool:
        """Whether everything that jobs need is there."""
        return not self.error and all(may for _, _, may in self.datasets)


def test_connections(workbook: Path) -> list[ConnectionTest]:
    """Try every connection of the workbook, and every dataset that its jobs change."""
    with open_workbook(workbook) as book:
        config = read_config(book)
    return [_test(connection, config.jobs) for connection in config.connections]


def _test(connection: Connection, jobs: Sequence[Job]) -> ConnectionTest:
    try:
        sign_in = find_sign_in(connection, None)
        with Portal(connection.address, sign_in) as portal:
            who = portal.who_am_i()
            rights = tuple(_rights(job, portal) for job in jobs if job.connection == connection)
    except DataSyncError as error:
        return ConnectionTest(connection, "", "", (), error.message)
    return ConnectionTest(connection, who.display_name, sign_in.source, rights)


def _rights(job: Job, portal: Portal) -> tuple[str, str, bool]:
    try:
        dataset = portal.describe(job.dataset_id)
    except DataSyncError as error:
        return (job.dataset_id, error.message, False)
    missing = RIGHTS_NEEDED[job.method] - dataset.rights
    words = f"may not: {', '.join(sorted(missing))} (job “{job.name}”)" if missing else f"may: {job.method.value}"
    return (job.dataset_id, f"{dataset.name}: you {words}", not missing)


def connection_lines(found: Sequence[ConnectionTest]) -> Iterator[str]:
    """The tests for people."""
    for test in found:
        if test.error:
            yield f"x {test.connection.name}: {test.error}"
            continue
        mark = "+" if test.good else "-"
        where = f"{test.connection.name} ({test.connection.host})"
        yield f"{mark} {where}: signed in as {test.signed_in_as}, secret from {test.source}"
        for dataset_id, words, may in test.datasets:
            yield f"    {'+' if may else '-'} {dataset_id}  {words}"
    if not found:
        yield "The workbook has no connections yet; fill in its Connections sheet."


def connection_rows(found: Sequence[ConnectionTest]) -> list[dict[str, object]]:
    """The tests for machines."""
    return [
        {
            "connection": test.connection.name,
            "portal": test.connection.address,
            "signed_in_as": test.signed_in_as,
            "secret_from": test.source,
            "good": test.good,
            "error": test.error,
            "datasets": [{"dataset_id": i, "words": words, "may_change": may} for i, words, may in test.datasets],
        }
        for test in found
    ]
