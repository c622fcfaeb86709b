"""An undo in two steps: what it would do is shown and agreed to, then that very thing is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.jobs import AnyJob, UndoJob
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report, State
from xl_datasync.job_run import Aim, Confirm

Undo = Callable[[str | None, str | None, Aim, Confirm | None], Report]
"""Undoes: of the job, the run (None where that is clear), how far to go, and who may pass a guard."""
Agree = Callable[[Report, Sequence[Problem]], bool]
"""Is shown what would be done, and the guards in its way; says whether to do it."""


def look_then_undo(undo: Undo, job: str | None, run: str | None, agree: Agree, confirm: Confirm) -> Report | None:
    """Look at what an undo would do, show it, and do it if that is agreed to.

    :param confirm: asked about guards that come up only then.
    :returns: None where it was not agreed to.
    :raises DataSyncError: where there is nothing that could be undone, or it is not clear what is meant.
    """
    looked = undo(job, run, Aim.CHECK, None)
    if any(result.state is State.FAILED or _forbidden(result.problems) for result in looked.results):
        # A backup that cannot be used is written down, like any undo that failed; a dry run sends nothing.
        spoilt = any(isinstance(result.error, WorkbookError) for result in looked.results)
        return undo(job, run, Aim.DRY_RUN, None) if spoilt else looked
    # What is shown is what is undone, whatever other runs end meanwhile.
    (shown,) = looked.results
    run, job = shown.job.run if isinstance(shown.job, UndoJob) else run, shown.job.name
    guards = [problem for problem in shown.problems if problem.blocks]
    others = tuple(problem for problem in shown.problems if not problem.blocks)
    plain = replace(looked, results=(replace(shown, state=State.CHECKED, problems=others),))
    if not agree(plain, guards):
        return None
    return undo(job, run, Aim.PUBLISH, _agreed(guards, confirm))


def _forbidden(problems: Sequence[Problem]) -> bool:
    """Whether something stands in the way that nobody may pass."""
    return any(problem.blocks and not problem.confirm for problem in problems)


def _agreed(guards: Sequence[Problem], confirm: Confirm) -> Confirm:
    """Asks no second time about what was agreed to already."""

    def ask(job: AnyJob, problems: Sequence[Problem]) -> bool:
        new = [problem for problem in problems if problem not in guards]
        return not new or confirm(job, new)

    return ask
