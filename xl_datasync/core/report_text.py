"""A report in words, for people."""

from __future__ import annotations

from collections.abc import Iterator

from xl_datasync.core.checks.answers import advice
from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.differences import CellChange, Change, Differences, RowChange
from xl_datasync.core.errors import NOTHING_SENT, DataSyncError
from xl_datasync.core.jobs import Job, PortJob, UndoJob
from xl_datasync.core.problems import PLACES_SHOWN, ConfigurationFaults, Problem, shortened
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_words import plural, result_words
from xl_datasync.core.values import plain_moment

# Of the rows that would change: so many of each kind, so many cells of each, so many characters of each.
ROWS_SHOWN, CELLS_SHOWN, CELL_LENGTH = 5, 4, 30
BLANK = "(blank)"


def report_lines(report: Report) -> Iterator[str]:
    """The report for people: a line for each job, its problems with their cells, the totals."""
    for result in report.results:
        yield from result_lines(result)
    yield _totals(report)
    yield from report.notes


def _totals(report: Report) -> str:
    """What became of all jobs, in numbers."""
    undone = bool(report.results) and all(isinstance(result.job, UndoJob) for result in report.results)
    jobs = plural(len(report.results), "run" if undone else "job")
    checked = sum(result.state is State.CHECKED for result in report.results)
    if checked:
        sheets = all(isinstance(result.job, Job) for result in report.results)
        deed = "undone" if undone else "published" if sheets else "run"
        return f"{checked} of {jobs} can be {deed}. {NOTHING_SENT}"
    done = sum(result.state in (State.DONE, State.DONE_WITH_WARNINGS) for result in report.results)
    return f"{done} of {jobs} {'undone' if undone else 'done'}."


def result_lines(result: JobResult) -> Iterator[str]:
    """One job's part of the report."""
    job, dataset = result.job, result.dataset
    yield f"{result.state.mark} {job.name}: {result.state.value}. {_first_words(result)}"
    if result.error:
        yield from error_lines(result.error)
    yield f"    {job.words} → {_target(result)} on {job.connection.name}{_origin(result)}"
    if result.differences:
        yield from difference_lines(result.differences)
    for problem in result.problems:
        yield from problem_lines(problem)
    if result.csv and result.plan:
        yield f"    File: {result.csv} ({plural(result.plan.rows, 'row')})"
    if result.backup:
        yield f"    Rows as they were before: {result.backup}"
    if dataset and dataset.link and not result.removed:
        ids = ", ".join(result.receipt.request_ids) if result.receipt else ""
        yield f"    Dataset: {dataset.link}" + (f"  (portal request {ids})" if ids else "")


def difference_lines(differences: Differences) -> Iterator[str]:
    """A few of the rows that would change, of each kind: where, which, and old → new."""
    for kind in Change:
        rows = [row for row in differences.sample if row.change is kind]
        count = getattr(differences, kind.value)
        if rows:
            yield f"    {kind.value}: {plural(count, 'row')}"
        for row in rows[:ROWS_SHOWN]:
            yield f"        {_change_words(row)}"
        more = count - min(len(rows), ROWS_SHOWN)
        if rows and more:
            yield f"        … and {more:,} more"


def _change_words(row: RowChange) -> str:
    """One row: ``Sheet!7:7  A17  Fee: 12 → 14``."""
    cells = [_cell_words(row.change, cell) for cell in row.cells[:CELLS_SHOWN]]
    more = [f"and {len(row.cells) - CELLS_SHOWN:,} more"] if len(row.cells) > CELLS_SHOWN else []
    return "  ".join(
        part for part in (row.where, shortened(plain_moment(row.identifier)), ", ".join([*cells, *more])) if part
    )


def _cell_words(change: Change, cell: CellChange) -> str:
    old, new = (shortened(text, CELL_LENGTH) or BLANK for text in cell.as_read)
    shown = {Change.ADDED: new, Change.REMOVED: old}.get(change, f"{old} → {new}")
    return f"{cell.column}: {shown}"


def _target(result: JobResult) -> str:
    """The dataset as a report names it: what is known of it."""
    if result.dataset:
        return f"{result.dataset.name} ({result.dataset.id})"
    return f"({result.job.dataset_id})" if result.job.dataset_id else "a new dataset"


def _origin(result: JobResult) -> str:
    """Where a port's rows come from."""
    job = result.job
    if not isinstance(job, PortJob):
        return ""
    name = f"{result.plan.source.name} " if isinstance(result.plan, CopyPlan) else ""
    return f", from {name}({job.source_id}) on {job.source_connection.name}"


def _first_words(result: JobResult) -> str:
    """What stands on a job's first line; an error's remedy gets a line of its own."""
    if result.error is None:
        return result_words(result)
    return " ".join(part for part in (result.error.located, result.error.unaffected) if part)


def failure_lines(error: DataSyncError) -> Iterator[str]:
    """Why there is no report, for people."""
    yield error.message
    for problem in error.problems if isinstance(error, ConfigurationFaults) else ():
        yield from problem_lines(problem)


def error_lines(error: DataSyncError) -> Iterator[str]:
    """What to do about an error, and what support may ask for."""
    if error.remedy:
        yield f"    What to do: {error.remedy.strip()}"
    if error.reference:
        yield f"    Reference for support: {error.reference}"


def problem_lines(problem: Problem) -> Iterator[str]:
    """A problem: what, how often, what to do, and where."""
    count = f" ({problem.count:,} places)" if problem.count > 1 else ""
    yield f"    {problem.severity.value}: {problem.subject}: {problem.what}{count}. {advice(problem)}".rstrip()
    shown = problem.places[:PLACES_SHOWN]
    for place in shown:
        yield f"        {place.where}  {f'“{place.value}”' if place.value else ''}".rstrip()
    more = problem.count - len(shown)
    if more > 0 and shown:
        yield f"        … and {more:,} more"
