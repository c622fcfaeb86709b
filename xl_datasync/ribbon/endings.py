"""How a command ends, made from its report: counts and places, or what is wrong and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_datasync.core.checks.answers import advice
from xl_datasync.core.errors import Stopped
from xl_datasync.core.problems import ConfigurationFaults, Problem
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_words import plural, result_words
from xl_datasync.dialogs.endings import Ending, EndingLink, Kind, error_ending

MOST_PROBLEMS = 6
RESULTS_WORDS = "The Results sheet lists every cell, with a link to each."


def report_ending(report: Report, notes: Sequence[str] = ()) -> Ending:
    """The last window after jobs were run, checked or undone.

    :param notes: what else is to be told, each a sentence.
    """
    lines = [line for result in report.results for line in _result_lines(result, alone=len(report.results) == 1)]
    if any(problem.places for result in report.results if not result.declined for problem in result.problems):
        lines.append(RESULTS_WORDS)
    return Ending(
        _kind(report), _headline(report), (*lines, *report.notes, *notes), tuple(_links(report)), code=report.exit_code
    )


def faults_ending(error: ConfigurationFaults, notes: Sequence[str] = ()) -> Ending:
    """The last window where the job sheets have faults."""
    ending = error_ending(error)
    lines = [line for problem in error.problems[:MOST_PROBLEMS] for line in _problem_lines(problem)]
    more = len(error.problems) - MOST_PROBLEMS
    lines += [f"… and {more} more kinds of fault."] if more > 0 else []
    return Ending(ending.kind, ending.headline, (*ending.lines, *lines, RESULTS_WORDS, *notes), code=ending.code)


def _kind(report: Report) -> Kind:
    unfinished = [result for result in report.results if result.state in (State.NOT_SENT, State.FAILED)]
    stopped = any(isinstance(result.error, Stopped) for result in report.results)
    if report.stopped or stopped or (unfinished and all(result.declined for result in unfinished)):
        return "stopped"
    return {0: "done", 3: "warning"}.get(report.exit_code, "problem")  # type: ignore[return-value]  # Kind's words


def _headline(report: Report) -> str:
    if len(report.results) == 1:
        return _one(report.results[0])
    done = sum(result.state in (State.DONE, State.DONE_WITH_WARNINGS) for result in report.results)
    checked = sum(result.state is State.CHECKED for result in report.results)
    jobs = plural(len(report.results), "job")
    return f"{checked} of {jobs} can be run." if checked else f"{done} of {jobs} done."


def _one(result: JobResult) -> str:
    return f"{result.job.name}: {result.error.located if result.error else result_words(result)}"


def _result_lines(result: JobResult, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield f"• {_one(result)}"
    if result.error:
        yield from (part for part in (result.error.unaffected, result.error.remedy.strip()) if part)
        if result.error.reference:
            yield f"Reference for support: {result.error.reference}"
    # What she said no to she has just read.
    shown = [problem for problem in result.problems if problem.what and not result.declined]
    for problem in shown[:MOST_PROBLEMS]:
        yield from _problem_lines(problem)
    if len(shown) > MOST_PROBLEMS:
        yield f"… and {len(shown) - MOST_PROBLEMS} more of other kinds."


def _problem_lines(problem: Problem) -> Iterator[str]:
    count = f" ({problem.count:,} places)" if problem.count > 1 else ""
    first = f" First: {problem.places[0].where}." if problem.places else ""
    kind = "" if problem.blocks else f"{problem.severity.value.capitalize()}: "
    yield f"• {kind}{problem.subject}: {problem.what}{count}.{first} {advice(problem)}".rstrip()


def _links(report: Report) -> Iterator[EndingLink]:
    """Buttons that open what a single job was about."""
    if len(report.results) != 1:
        return
    result = report.results[0]
    if result.dataset and result.dataset.link and not result.removed:
        yield EndingLink("Open the dataset", result.dataset.link)
    if result.csv:
        yield EndingLink("Open the file that was sent" if result.receipt else "Open the file", str(result.csv))
