"""What a person is asked before rows are sent: one question with every reason for it, or none where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import AnyJob, Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import About, Problem, Severity, confirmed, question
from xl_datasync.core.report import State
from xl_datasync.core.report_words import plural
from xl_datasync.history.later import key_of, undone_by
from xl_datasync.history.moments import local_time
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import Keeper, is_at

# Warnings that the question about them names.
WARNINGS_NAMED = 5
ASIDE = (About.ASIDE, About.FAULT_ASIDE)


def is_question(problem: Problem) -> bool:
    """Whether it is a question that nobody has answered yet."""
    return problem.warns and bool(problem.confirm)


def settled(problem: Problem) -> Problem:
    """A guard that a person has passed, or a question that was answered or that nobody is there to answer."""
    if problem.blocks:
        return confirmed(problem)
    return replace(problem, severity=Severity.NOTE, confirm="") if is_question(problem) else problem


def first_publication(plan: Plan, keeper: Keeper) -> Problem | None:
    """The question before a job of this workbook shows rows to everybody for the first time.

    :raises WorkbookError: where the records cannot be read.
    """
    dataset = plan.dataset
    if plan.job.method is Method.DELETE or not dataset.published or dataset.private is not False:
        return None
    if any(_published(record, plan.job, dataset) for record in keeper.records()):
        return None
    these = "this row" if plan.rows == 1 else f"these {plan.rows:,} rows"
    return question(f"Dataset {dataset.label}", f"it is public: everybody will see {these}", "", "Publish")


def same_rows_again(plan: Plan, keeper: Keeper) -> Problem | None:
    """The question before the very rows are added that the job has added last, which nothing tells apart then.

    :raises WorkbookError: where the records cannot be read.
    """
    if plan.job.method is not Method.APPEND or plan.dataset.row_identifier or not plan.rows:
        return None
    records = keeper.records()
    undone = undone_by(records)
    counted = [one for one in records if _published(one, plan.job, plan.dataset) and key_of(one) not in undone]
    last = counted[-1] if counted else None
    if last is None or (last.sending or {}).get("sha256") != plan.sha256:
        return None
    these = "this row was" if plan.rows == 1 else f"these {plan.rows:,} rows were"
    what = f"{these} added on {local_time(last.started.get('at'))} already, and would stand there twice"
    return question(f"Dataset {plan.dataset.label}", what, "Leave only what is new on the sheet.", "Add them again")


def warnings_question(job: AnyJob, problems: Sequence[Problem], *, previewed: bool = False) -> list[Problem]:
    """The question whether warnings may be passed over; a port and an undo show theirs in their own way.

    :param previewed: whether she has seen the preview of these very rows, and sends them without those set aside.
    """
    found = [
        problem
        for problem in problems
        if problem.warns and not is_question(problem) and not (previewed and problem.about in ASIDE)
    ]
    if not found or not isinstance(job, Job):
        return []
    lines = [f"{problem.subject}: {problem.what}" for problem in found[:WARNINGS_NAMED]]
    more = [f"and {len(found) - WARNINGS_NAMED:,} more"] if len(found) > WARNINGS_NAMED else []
    listed = "".join(f"\n• {line}" for line in [*lines, *more])
    count = "there is a warning" if len(found) == 1 else f"there are {plural(len(found), 'warning')}"
    return [question(f"Job “{job.name}”", f"{count}:{listed}", "", "Publish anyway")]


def _published(record: RunRecord, job: Job, dataset: Dataset) -> bool:
    """Whether a run is known to have published by this job to this dataset."""
    done = {State.DONE.name.lower(), State.DONE_WITH_WARNINGS.name.lower()}
    ended_well = record.sending is not None and (record.finished or {}).get("state") in done
    return ended_well and record.job == job.name and is_at(record, job.connection.address, dataset.id)
