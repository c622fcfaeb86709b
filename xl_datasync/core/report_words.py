"""What became of a job, in one sentence for people."""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.differences import Differences
from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.jobs import Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, forbids
from xl_datasync.core.report import JobResult, State, Verification
from xl_datasync.core.undoing import UndoPlan

CHANGED_SINCE = "The sheet or the dataset was changed since"


def result_words(result: JobResult) -> str:
    """One sentence on what became of a job."""
    if result.error:
        return result.error.message
    if result.state is State.NOT_SENT:
        return f"{_why_not(result)} {NOTHING_SENT}"
    if result.plan is None:
        return str(result.state.value)
    if isinstance(result.plan, CopyPlan):
        return _port_words(result, result.plan)
    if isinstance(result.plan, UndoPlan):
        return _undo_words(result, result.plan)
    if not isinstance(result.job, Job):
        return str(result.state.value)
    return _job_words(result, result.job)


def _job_words(result: JobResult, job: Job) -> str:
    """What became of a job's rows, or would, and how many are set aside."""
    return f"{_rows_words(result, job.method)} {_aside_words(result)}".rstrip()


def preview_words(result: JobResult) -> str:
    """What publishing would do, also where a person has to decide about it first; else why nothing can be sent."""
    open_still = result.state is State.NOT_SENT and not (result.declined or result.outdated or forbids(result.problems))
    if open_still and isinstance(result.plan, Plan) and isinstance(result.job, Job):
        return _job_words(result, result.job)
    return result_words(result).removesuffix(NOTHING_SENT).strip()


def _why_not(result: JobResult) -> str:
    """Why a job was not sent."""
    if result.declined:
        return "You decided not to go on."
    if result.outdated:
        return f"{CHANGED_SINCE}."
    return f"{count_words([problem for problem in result.problems if problem.blocks], 'problem')} to mend."


def _aside_words(result: JobResult) -> str:
    """How many rows are set aside; ``""`` where none are."""
    count = result.plan.set_aside if isinstance(result.plan, Plan) else 0
    return f"{plural(count, 'row')} {'' if result.receipt else 'would be '}set aside." if count else ""


def _rows_words(result: JobResult, method: Method) -> str:
    """Rows for a dataset that is there."""
    if result.receipt is None:
        return _forecast(result, method)
    return _sent(result, method, result.receipt)


def _sent(result: JobResult, method: Method, receipt: Receipt) -> str:
    """What the portal did with the rows, and what it has now."""
    rows = result.plan.rows if result.plan else 0
    applied = _applied(method, receipt, rows)
    if result.state is State.FAILED:
        applied = f"The portal did not apply all of the {plural(rows, 'row')} sent. {applied}"
    return f"{applied} {_verified(result.before, result.verification)}".strip()


def _forecast(result: JobResult, method: Method) -> str:
    """What sending would do."""
    if result.differences:
        return f"{difference_words(result.differences)}."
    rows = plural(result.plan.rows if result.plan else 0, "row")
    if method is Method.REPLACE:
        return f"{rows} would be the dataset." if result.before is None else f"{rows} would replace {result.before:,}."
    if result.forecast is None:
        return f"{rows} would be sent."
    parts = {
        "added": result.forecast.added, "updated": result.forecast.updated, "removed": result.forecast.removed,
        "not found": result.forecast.not_found,
    }  # fmt: skip
    changes = ", ".join(f"{count:,} {word}" for word, count in parts.items() if count)
    return f"{rows} would be sent: {changes or 'no change'}."


def difference_words(differences: Differences) -> str:
    """``12 rows would be added, 31 changed, 3,045 stay as they are, 0 removed``."""
    stay = "stays as it is" if differences.unchanged == 1 else "stay as they are"
    return (
        f"{plural(differences.added, 'row')} would be added, {differences.changed:,} changed, "
        f"{differences.unchanged:,} {stay}, {differences.removed:,} removed"
    )


def _applied(method: Method, receipt: Receipt, rows: int) -> str:
    if not receipt.reported:
        return f"{plural(rows, 'row')} sent; the portal gave no usable counts."
    match method:
        case Method.REPLACE:
            return f"{plural(receipt.created, 'row')} now {'makes' if receipt.created == 1 else 'make'} up the dataset."
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


def _port_words(result: JobResult, plan: CopyPlan) -> str:
    if result.made is None and plan.blueprint is None:
        return _rows_words(result, plan.job.method)
    columns = plural(len(plan.columns), "column")
    if result.made is None:
        rows = f" and {plural(plan.rows, 'row')}" if plan.job.what.copies_rows else ""
        return f"A dataset “{plan.blueprint.name if plan.blueprint else ''}” with {columns}{rows} would be made."
    sentences = [f"The dataset {result.made.label} was made, with {columns}."]
    if result.receipt:
        sentences.append(_sent(result, Method.REPLACE, result.receipt))
    shown = _visibility(result.made)
    return " ".join([*sentences, shown])


def _visibility(dataset: Dataset) -> str:
    """Who sees a new dataset."""
    if not dataset.published:
        return "It is a draft, which only its editors see."
    if dataset.private:
        return "It is published, but private: only people it is shared with see it. Change that on the portal's page."
    return "It is published."


def _undo_words(result: JobResult, plan: UndoPlan) -> str:
    rows = plural(plan.rows, "row")
    done = result.state in (State.DONE, State.DONE_WITH_WARNINGS)
    if result.state is State.FAILED and result.receipt:
        return _sent(result, Method.REPLACE, result.receipt)
    if plan.removes and not plan.job.dataset_id:
        return "No dataset had been made, so that there is nothing to remove."
    if plan.removes:
        return f"The dataset was removed; it had {rows}." if done else f"The dataset, with {rows}, would be removed."
    if plan.job.remakes:
        name = plan.before.name if plan.before else ""
        made = f"The dataset “{name}” was made again, with {rows}" + (f", as {result.made.id}." if result.made else ".")
        if done:
            return f"{made} {_verified(None, result.verification)}".strip()
        return f"The dataset “{name}” would be made again, with {rows}, under another ID."
    if done:
        return f"The dataset has the {rows} again that it had. {_verified(result.before, result.verification)}".strip()
    now = "" if result.before is None else f" in place of the {result.before:,} it has now"
    return f"The {rows} it had before that run, as saved {plan.taken_at}, would be put back{now}."


def count_words(problems: Sequence[Problem], noun: str) -> str:
    """``3 problems in 17 cells``: how many kinds, and in how many places they stand."""
    cells = sum(problem.count for problem in problems if problem.places)
    return plural(len(problems), noun) + (f" in {plural(cells, 'cell')}" if cells else "")


def plural(count: int, noun: str) -> str:
    """``1 row``, ``2,000 rows``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
