"""What a run did, as a value, and its faces in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.errors import NOTHING_SENT, DataSyncError
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import ConfigurationFaults, Problem, any_warns

EXIT_CODES = {
    0: "all well",
    1: "a job failed",
    2: "usage or configuration; nothing was sent",
    3: "done, with warnings",
    4: "sign-in missing or refused",
    5: "the portal says to try later",
    130: "stopped",
}


class State(Enum):
    """How a job ended; the value is the word shown. ``mark`` begins its line in a report."""

    DONE = "Done"
    DONE_WITH_WARNINGS = "Done with warnings"
    CHECKED = "Checked, nothing sent"
    NOT_SENT = "Not sent"
    FAILED = "Failed"

    @property
    def mark(self) -> str:
        """One character for the job's fate, the same in every report."""
        return MARKS[self]


MARKS = {
    State.DONE: "+",
    State.DONE_WITH_WARNINGS: "!",
    State.CHECKED: "=",
    State.NOT_SENT: "-",
    State.FAILED: "x",
}


@dataclass(frozen=True)
class Verification:
    """Rows on the portal afterwards, as counted there, and how many were expected; None where that is not known."""

    after: int | None
    expected: int | None

    @property
    def agrees(self) -> bool:
        """Whether the portal holds as many rows as it should."""
        return self.after is not None and self.after == self.expected


@dataclass(frozen=True)
class Forecast:
    """What sending would change, by asking the portal which of the sheet's identifiers it has."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    not_found: int = 0


@dataclass(frozen=True)
class JobResult:
    """What became of one job.

    :param plan: what was worked out, or None where it did not come so far.
    :param csv: the file that was or would be sent; it stays, to be opened. None where it may not be sent.
    :param before: rows the portal had.
    :param sending: whether rows were on their way when it ended; without a receipt it is not known what arrived.
    :param problems: everything found, those of the plan included.
    """

    job: Job
    state: State
    plan: Plan | None = None
    csv: Path | None = None
    before: int | None = None
    sending: bool = False
    forecast: Forecast | None = None
    receipt: Receipt | None = None
    verification: Verification | None = None
    problems: tuple[Problem, ...] = ()
    error: DataSyncError | None = None

    @property
    def exit_code(self) -> int:
        """This job's share in the run's exit code."""
        if self.error:
            # 2 says that nothing was sent at all, which no single job can say for the others.
            return 1 if self.error.exit_code == 2 else self.error.exit_code
        if self.state is State.DONE_WITH_WARNINGS:
            return 3
        if self.state is State.CHECKED:
            return 3 if any_warns(self.problems) else 0
        return 0 if self.state is State.DONE else 1


@dataclass(frozen=True)
class Report:
    """All jobs of one run."""

    results: tuple[JobResult, ...]

    @property
    def exit_code(self) -> int:
        """The gravest of all jobs: failure before missing sign-in, later, warnings, well."""
        codes = {result.exit_code for result in self.results}
        return next((code for code in (130, 1, 4, 5, 3) if code in codes), 0)


def final_state(result: JobResult) -> State:
    """How a job ended whose rows were sent: planned, sent and applied agree, or it is not simply done."""
    receipt, plan, verification = result.receipt, result.plan, result.verification
    if receipt and plan and receipt.reported:
        # Only a delete may leave rows out: those that were not there (protocol §3.6).
        left_out = receipt.errors if result.job.method is Method.DELETE else 0
        if receipt.created + receipt.updated + receipt.deleted + left_out < plan.rows:
            return State.FAILED
    agrees = verification is not None and verification.agrees
    return State.DONE if agrees and not any_warns(result.problems) else State.DONE_WITH_WARNINGS


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


def report_json(report: Report) -> dict[str, Any]:
    """The report for machines. Field names are those of the library's values."""
    return {
        "exit_code": report.exit_code,
        "meaning": EXIT_CODES[report.exit_code],
        "jobs": [_result_json(result) for result in report.results],
    }


def _result_json(result: JobResult) -> dict[str, Any]:
    plan, receipt, verification = result.plan, result.receipt, result.verification
    return {
        "job": result.job.name,
        "method": result.job.method.verb,
        "state": result.state.name.lower(),
        "words": result_words(result),
        "connection": result.job.connection.name,
        "portal": result.job.connection.address,
        "dataset_id": result.job.dataset_id,
        "dataset_name": plan.dataset.name if plan else None,
        "dataset_link": plan.dataset.link if plan else None,
        "rows_planned": plan.rows if plan else None,
        "forecast": asdict(result.forecast) if result.forecast else None,
        "rows_sent": receipt.sent if receipt else None if result.sending else 0,
        "rows_created": receipt.created if receipt and receipt.reported else None,
        "rows_updated": receipt.updated if receipt and receipt.reported else None,
        "rows_deleted": receipt.deleted if receipt and receipt.reported else None,
        "rows_not_found": receipt.errors if receipt and receipt.reported else None,
        "rows_before": result.before,
        "rows_after": verification.after if verification else None,
        "verified": verification.agrees if verification else None,
        "csv": str(result.csv) if result.csv else None,
        "sha256": plan.sha256 if plan else None,
        "request_ids": list(receipt.request_ids) if receipt else [],
        "error": error_json(result.error) if result.error else None,
        "problems": problems_json(result.problems),
    }


def failure_json(error: DataSyncError) -> dict[str, Any]:
    """For machines: why there is no report."""
    problems = error.problems if isinstance(error, ConfigurationFaults) else ()
    return {
        "exit_code": error.exit_code,
        "meaning": EXIT_CODES[error.exit_code],
        "error": error_json(error),
        "problems": problems_json(problems),
    }


def error_json(error: DataSyncError) -> dict[str, str]:
    """An error for machines."""
    return {
        "what": error.what,
        "where": error.where,
        "unaffected": error.unaffected,
        "remedy": error.remedy,
        "reference": error.reference,
    }


def problems_json(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems for machines."""
    return [
        {
            "severity": problem.severity.value,
            "subject": problem.subject,
            "what": problem.what,
            "remedy": problem.remedy,
            "count": problem.count,
            "places": [{"where": place.where, "value": place.value} for place in problem.places],
        }
        for problem in problems
    ]


def plural(count: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
