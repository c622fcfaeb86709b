"""What a run did, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from xl_datasync.core.copying import CopyPlan
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.differences import Differences
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.jobs import AnyJob, Job
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, any_warns
from xl_datasync.core.undoing import UndoPlan

EXIT_CODES = {
    0: "all well",
    1: "a job failed",
    2: "usage or configuration; nothing was sent",
    3: "done, with warnings",
    4: "sign-in missing or refused",
    5: "another run is active, or the portal says to try later",
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
    :param differences: what would change row by row; only a dry run finds that out.
    :param sending: whether rows were on their way when it ended; without a receipt it is not known what arrived.
    :param problems: everything found, those of the plan included.
    :param declined: whether a person who was asked decided not to go on.
    :param outdated: whether sheet or dataset had changed since a person saw its preview, so that nothing was sent.
    :param made: a dataset that a port made, as far as it has come.
    :param removed: whether the dataset was removed.
    :param backup: where the rows as they were before are kept.
    :param run: the id of its record.
    """

    job: AnyJob
    state: State
    plan: Plan | CopyPlan | UndoPlan | None = None
    csv: Path | None = None
    before: int | None = None
    sending: bool = False
    forecast: Forecast | None = None
    differences: Differences | None = None
    receipt: Receipt | None = None
    verification: Verification | None = None
    problems: tuple[Problem, ...] = ()
    error: DataSyncError | None = None
    declined: bool = False
    outdated: bool = False
    made: Dataset | None = None
    removed: bool = False
    backup: Path | None = None
    run: str = ""

    @property
    def dataset(self) -> Dataset | None:
        """The dataset that was, or would be, changed."""
        return self.made or (self.plan.dataset if self.plan else None)

    @property
    def shown(self) -> str:
        """What its preview has shown: rows to be sent, rows set aside, how the dataset stood; ``""`` for none."""
        if not isinstance(self.plan, Plan):
            return ""
        return f"{self.plan.shown} {self.plan.dataset.rows_updated_at} {self.before}"

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
    """All jobs of one run.

    :param notes: what else is to be told, such as about earlier runs, each a sentence.
    :param stopped: whether somebody stopped it before all jobs were run.
    :param warned: whether one of the notes is a warning, such as that the workbook could not be saved.
    """

    results: tuple[JobResult, ...]
    notes: tuple[str, ...] = ()
    stopped: bool = False
    warned: bool = False

    @property
    def exit_code(self) -> int:
        """The gravest of all jobs: failure before missing sign-in, later, warnings, well."""
        if self.stopped:
            return 130
        codes = {result.exit_code for result in self.results} | ({3} if self.warned else set())
        return next((code for code in (130, 1, 4, 5, 3) if code in codes), 0)


def final_state(result: JobResult) -> State:
    """How a job ended whose rows were sent: planned, sent and applied agree, or it is not simply done."""
    receipt, plan, verification = result.receipt, result.plan, result.verification
    if receipt and plan and receipt.reported:
        # Only a delete may leave rows out: those that were not there (protocol §3.6).
        deletes = isinstance(result.job, Job) and result.job.method is Method.DELETE
        left_out = receipt.errors if deletes else 0
        if receipt.created + receipt.updated + receipt.deleted + left_out < plan.rows:
            return State.FAILED
    agrees = verification is not None and verification.agrees
    return done_state(result) if agrees else State.DONE_WITH_WARNINGS


def done_state(result: JobResult) -> State:
    """How a job ended that has done all it was to do: simply done, unless somebody should look at something."""
    return State.DONE_WITH_WARNINGS if any_warns(result.problems) else State.DONE
