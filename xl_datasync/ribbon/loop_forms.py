"""What the windows of the loop are given: what a run of one job has found, as values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xl_datasync.api import WhichRows
from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import About, Problem, Severity, any_warns, forbids
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_words import plural, preview_words, result_words
from xl_datasync.core.values import TableShape
from xl_datasync.dialogs.check_model import CheckForm, found_words
from xl_datasync.dialogs.preview_model import PreviewForm, aside_words
from xl_datasync.dialogs.words import count_words, sentence
from xl_datasync.ribbon.endings import RESULTS_WORDS
from xl_datasync.ribbon.session import Ran
from xl_datasync.workbook.area import parse_area, split_qualified
from xl_datasync.workbook.pointing import first_address

MOST_NOTES = 4


def check_form(title: str, job: str, ran: Ran, which: WhichRows) -> CheckForm:
    """What the check's window shows, and which of its buttons serve."""
    result = ran.result
    sound = result is not None and not result.error and not ran.faults
    return CheckForm(
        title,
        "" if ran.faults else job,
        ran.problems,
        ran.ending,
        tuple(_facts(ran)),
        can_publish=sound and not forbids(ran.problems),
        can_set_aside=sound and not which.set_aside and _can_set_aside(ran),
        can_map=sound and not which.only_set_aside,
        can_answer=bool(result),
    )


def preview_form(title: str, job: str, ran: Ran, result: JobResult, changed: Sequence[str]) -> PreviewForm:
    """What the preview's window shows.

    :param changed: sentences to be read first, where something else would be sent than she has seen.
    """
    warnings = tuple(problem for problem in result.problems if problem.warns or problem.blocks)
    gone = [problem for problem in result.problems if problem.about is About.LEFT_OUT]
    told = [p for p in result.problems if p.severity is Severity.NOTE and not p.topic and p not in gone][:MOST_NOTES]
    aside = result.plan.set_aside if isinstance(result.plan, Plan) else 0
    notes = [_told(problem) for problem in gone]
    notes += [aside_words(result.problems)] if aside else []
    notes += [_told(problem) for problem in told]
    notes += ran.report.notes if ran.report else ()
    return PreviewForm(
        title,
        job,
        f"{preview_words(result)} {NOTHING_SENT}",
        ran.ending,
        (*changed, _job_words(result), *notes, *ran.notes),
        result.differences,
        found_words(warnings) if warnings and (any_warns(warnings) or forbids(warnings)) else "",
        str(result.csv or ""),
        aside,
    )


def _facts(ran: Ran) -> Iterator[str]:
    """What the job does, how many rows there are, what else is to be told."""
    result = ran.result
    if result:
        yield _job_words(result)
    if result and result.state is State.CHECKED:
        yield result_words(result)
    elif result and isinstance(result.plan, Plan) and result.plan.rows:
        were = "was" if result.plan.rows == 1 else "were"
        yield f"{plural(result.plan.rows, 'row')} {were} looked at."
    if any(problem.places for problem in ran.problems):
        yield RESULTS_WORDS
    yield from ran.report.notes if ran.report else ()
    yield from ran.notes


def _told(problem: Problem) -> str:
    return sentence(f"{problem.subject}: {problem.what}{count_words(problem)}")


def _job_words(result: JobResult) -> str:
    """``Permits → Building Permits (abcd-1234), Replace all rows.``"""
    dataset = result.dataset.label if result.dataset else result.job.dataset_id
    how = result.job.method.value if isinstance(result.job, Job) else result.job.words
    return f"{result.job.name} → {dataset}: {how}."


def _can_set_aside(ran: Ran) -> bool:
    """Whether all that stands in the way stands in rows of the sheet, as far as can be told without trying."""
    blocking = [problem for problem in ran.problems if problem.blocks and not problem.confirm]
    plan = ran.result.plan if ran.result else None
    if not blocking or not isinstance(plan, Plan):
        return False
    return all(problem.places and _in_rows(problem, plan.shape) for problem in blocking)


def _in_rows(problem: Problem, shape: TableShape) -> bool:
    """Whether all places of a problem are cells below the header."""
    for place in problem.places:
        sheet, cells = split_qualified(first_address(place.where)) or ("", "")
        area = parse_area(cells)
        if sheet != shape.sheet or area is None or area.first_row < shape.first_row:
            return False
    return True
