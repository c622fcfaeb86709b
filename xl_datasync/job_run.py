"""One job on its way, and what a run of jobs needs: how it is meant, who is told, who may be asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Progress, Receipt
from xl_datasync.core.errors import DataSyncError, PortalError, Stopped
from xl_datasync.core.jobs import After, AnyJob, Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, forbids
from xl_datasync.core.report import JobResult, State
from xl_datasync.csv_files import job_file_name, refuse_to_overwrite
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import Keeper, Kept
from xl_datasync.portal import Portal
from xl_datasync.questions import first_publication, is_question, same_rows_again, settled, warnings_question
from xl_datasync.stopping import StopSwitch
from xl_datasync.workbook.protocol import Workbook

log = logging.getLogger(__name__)

Watch = Callable[[AnyJob, str, int, int | None], None]
"""Is told how far a job has come: the job, what is being done, how much is done, of how much if known."""
Confirm = Callable[[AnyJob, Sequence[Problem]], bool]
"""Shows a person the guards that stand in the way and the questions there are, and asks whether to go on."""


class Aim(Enum):
    """How far a run goes: check, for which no sign-in is needed; find out all that would change; or publish."""

    CHECK = "check"
    DRY_RUN = "dry run"
    PUBLISH = "publish"


Ended = Callable[[JobResult], None]
"""Is told of each job that is over."""


def end_unheard(_result: JobResult) -> None:
    """For callers that wait for the report."""


@dataclass(frozen=True)
class RunSettings:
    """How a run is meant.

    :param csv_folder: where the files that are sent are kept.
    :param keeper: keeps the records, the backups and the locks.
    :param confirm: asks a person; None where nobody is there: then no guard is passed.
    :param ended: is told of each job that is over.
    :param previewed: what a person has seen the preview of, :attr:`JobResult.shown`; only that is sent. ``""`` for any.
    """

    csv_folder: Path
    keeper: Keeper
    aim: Aim = Aim.PUBLISH
    confirm: Confirm | None = None
    stop: StopSwitch = field(default_factory=StopSwitch)
    ended: Ended = end_unheard
    previewed: str = ""


def watch_nothing(_job: AnyJob, _what: str, _done: int, _total: int | None) -> None:
    """For callers that need no progress."""


class JobRun:
    """One job on its way. ``result`` says at any moment how far it has come, so that a failure loses nothing.

    :param kept: its record, its lock and its backup.
    """

    def __init__(self, job: AnyJob, book: Workbook | None, settings: RunSettings, watch: Watch) -> None:
        self.job = job
        self.book = book
        self.settings = settings
        self.watch = watch
        self.kept: Kept = settings.keeper.keep(job)
        self.result = JobResult(job, State.FAILED, run=self.kept.run)
        self.after = After()

    @property
    def publishes(self) -> bool:
        """Whether anything is to be changed on the portal."""
        return self.settings.aim is Aim.PUBLISH

    def note(self, **facts: Any) -> None:
        """Add what is known now to the result."""
        self.result = replace(self.result, **facts)

    def add_problems(self, *problems: Problem | None) -> None:
        """Add what was found on the way."""
        self.note(problems=(*self.result.problems, *(problem for problem in problems if problem)))

    def fail(self, error: DataSyncError) -> None:
        """End the job with an error."""
        self.note(state=State.FAILED, error=error)

    def progress(self, what: str) -> Progress:
        """A function that tells how far a step has come."""
        return lambda done, total: self.watch(self.job, what, done, total)

    def stoppable(self, what: str) -> Progress:
        """The same for a step that may be stopped wherever it tells.

        :raises Stopped: raised by that function, where somebody wants to stop.
        """

        def told(done: int, total: int | None) -> None:
            self.stop_here()
            self.watch(self.job, what, done, total)

        return told

    def cleared(self) -> bool:
        """Whether nothing stands in the way any more. Called once, when all is known that speaks against sending.

        A person who is there is asked once, about everything: the guards, which nobody else may pass, and the
        questions. Once rows are sent a question is told no more: it was answered, or nobody was there to be asked, and
        the report says what was done. Where nothing is sent it is told as a note. That there are warnings is asked
        about likewise; they are in the report, as warnings.
        """
        confirm = self.settings.confirm if self.publishes else None
        problems = self.result.problems
        guards = [problem for problem in problems if problem.blocks]
        if guards and (confirm is None or forbids(guards)):
            self.note(problems=tuple(problem if problem.blocks else settled(problem) for problem in problems))
            return False
        plan = self.result.plan
        if self.settings.previewed not in ("", self.result.shown):
            self.note(outdated=True)
            return False
        if isinstance(plan, Plan) and self.settings.aim is not Aim.CHECK:
            keeper = self.settings.keeper
            self.add_problems(first_publication(plan, keeper), same_rows_again(plan, keeper))
        warned = warnings_question(self.job, problems, previewed=bool(self.settings.previewed))
        reasons = [*guards, *filter(is_question, self.result.problems), *warned]
        if confirm is not None and reasons and not confirm(self.job, reasons):
            self.note(declined=True)
            return False
        told = [problem for problem in self.result.problems if not (self.publishes and is_question(problem))]
        self.note(problems=tuple(map(settled, told)))
        return True

    def back_up(self, portal: Portal, dataset: Dataset) -> Path:
        """Save the dataset as it is now.

        :raises DataSyncError: where it cannot be read or saved; then nothing was sent.
        """
        backup = self.kept.back_up(portal, dataset, self.progress("Saving the rows as they are"))
        self.note(backup=backup.path)
        return backup.path

    def sending(self, **facts: object) -> None:
        """Write down that rows are about to be sent, or a dataset to be made; from now on a failure leaves a doubt.

        :raises WorkbookError: where that cannot be written down; then nothing was sent.
        """
        self.kept.log.sending(backup=str(self.result.backup) if self.result.backup else None, **facts)
        self.note(state=State.FAILED, sending=True)

    def write(
        self, facts: Mapping[str, object], over: Iterable[tuple[RunRecord, str]], send: Callable[[], Receipt]
    ) -> Receipt:
        """The one way to rows on a portal: written down first, sent, noted before the next Ctrl-C can come between.

        :param facts: what the record says of it.
        :param over: earlier runs that are settled by this one, each with what became of it.
        :raises DataSyncError: what sending raised.
        """
        with self.settings.stop.held():
            self.sending(**facts)
            for record, became in over:
                self.kept.settle(record, became)
            self.stop_here()
            receipt = send()
            self.note(receipt=receipt)
        return receipt

    def stop_here(self) -> None:
        """A safe point between two steps.

        :raises Stopped: where somebody wants to stop.
        """
        if self.settings.stop.pressed:
            raise Stopped("Stopped by you.")

    def look_after(self, portal: Portal, dataset_id: str) -> None:
        """Remember what the dataset looks like now, so that an undo can tell whether others changed it later."""
        try:
            state = portal.state(dataset_id)
        except PortalError as error:
            log.warning("could not look at the dataset after writing: %s", error.what)
            return
        self.after = After(state.count, state.rows_updated_at, state.version)

    def csv_path(self, kind: str) -> Path:
        """Where the CSV is kept beside the others of its kind, ``sent`` or ``preview``.

        :raises WorkbookError: where that is the very file that is published from.
        """
        path = self.settings.csv_folder / f"{job_file_name(self.job.name)}.{kind}.csv"
        source = self.job.file if isinstance(self.job, Job) else None
        refuse_to_overwrite(path, [source] if source else [], replace=True)
        return path
