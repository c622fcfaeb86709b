"""A report in words, for people."""

from __future__ import annotations

from collections.abc import Iterator

from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.errors import NOTHING_SENT, DataSyncError
from xl_datasync.core.problems import ConfigurationFaults, Problem
from xl_datasync.core.report import JobResult, Report, State, Verification


def result_words(result: JobResult) -> str:
    """One sentence on what became of a job."""
    if result.error:
        return result.error.message
    if result.state is State.NOT_SENT:
        blocking = [problem for problem in result.problems if problem.blocks]
        cells = sum(problem.count for problem in blocking)
        return f"{plural(cells, 'problem')} to mend. {NOTHING_SENT}"
    if result.plan is None:
        return str(result.state.value)
    if result.receipt is None:
        return _forecast(result)
    applied = _applied(result.job.method, result.receipt, result.plan.rows)
    if result.state is State.FAILED:
        applied = f"The portal did not apply all of the {plural(result.plan.rows, 'row')} sent. {applied}"
    return f"{applied} {_verified(result.before, result.verification)}".strip()


def _forecast(result: JobResult) -> str:
    """What sending would do."""
    rows = plural(result.plan.rows if result.plan else 0, "row")
    if result.job.method is Method.REPLACE:
        return f"{rows} would be the dataset." if result.before is None else f"{rows} would replace {result.before:,}."
    if result.forecast is None:
        return f"{rows} would be sent."
    parts = {
        "added": result.forecast.added, "updated": result.forecast.updated, "removed": result.forecast.removed,
        "not found": result.forecast.not_found,
    }  # fmt: skip
    changes = ", ".join(f"{count:,} {word}" for word, count in parts.items() if count)
    return f"{rows} would be sent: {changes or 'no change'}."


def _applied(method: Method, receipt: Receipt, rows: int) -> str:
    if not receipt.reported:
        return f"{plural(rows, 'row')} sent; the portal gave no counts."
    match method:
        case Method.REPLACE:
            return f"{plural(receipt.created, 'row')} now make up the dataset."
        case Method.APPEND:
            return f"{plural(receipt.created, 'row')} added."
        case Method.UPSERT:
            refused = f", {receipt.errors:,} not applied" if receipt.errors else ""
            return f"{plural(receipt.created, 'row')} added, {receipt.updated:,} updated{refused}."
        case Method.DELETE:
            missing = f", {receipt.errors:,} not found" if receipt.errors else ""
            return f"{plural(receipt.deleted, 'row')} removed{missing}."


def _verified(before: int | None, verification: Verification | None) -> str:
    if verification is None:
        return ""
    if verification.after is None:
        return "The portal could not be asked afterwards; look at the dataset."
    had = f" (it had {before:,})" if before is not None else ""
    if verification.expected is None:
        return f"The portal has {plural(verification.after, 'row')}{had}; how many there should be is not known."
    if verification.agrees:
        return f"The portal has {plural(verification.after, 'row')}{had}."
    return (
        f"The portal shows {plural(verification.after, 'row')}{had}, but {verification.expected:,} were expected: it "
        "is still catching up, or somebody else has changed it too. Look at the dataset."
    )


def report_lines(report: Report) -> Iterator[str]:
    """The report for people: a line for each job, its problems with their cells, the totals."""
    for result in report.results:
        yield from result_lines(result)
    jobs = plural(len(report.results), "job")
    checked = sum(result.state is State.CHECKED for result in report.results)
    if checked:
        yield f"{checked} of {jobs} can be published. {NOTHING_SENT}"
    else:
        done = sum(result.state in (State.DONE, State.DONE_WITH_WARNINGS) for result in report.results)
        yield f"{done} of {jobs} done."


def result_lines(result: JobResult) -> Iterator[str]:
    """One job's part of the report."""
    job, plan = result.job, result.plan
    name = f" {plan.dataset.name}" if plan else ""
    yield f"{result.state.mark} {job.name}: {result.state.value}. {_first_words(result)}"
    if result.error:
        yield from error_lines(result.error)
    yield f"    {job.method.value} →{name} ({job.dataset_id}) on {job.connection.name}"
    for problem in result.problems:
        yield from problem_lines(problem)
    if result.csv and plan:
        yield f"    File: {result.csv} ({plural(plan.rows, 'row')})"
    if plan and plan.dataset.link:
        ids = ", ".join(result.receipt.request_ids) if result.receipt else ""
        yield f"    Dataset: {plan.dataset.link}" + (f"  (portal request {ids})" if ids else "")


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
    yield f"    {problem.severity.value}: {problem.subject}: {problem.what}{count}. {problem.remedy}".rstrip()
    for place in problem.places:
        yield f"        {place.where}  {f'“{place.value}”' if place.value else ''}".rstrip()
    more = problem.count - len(problem.places)
    if more > 0 and problem.places:
        yield f"        … and {more:,} more"


def plural(count: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
