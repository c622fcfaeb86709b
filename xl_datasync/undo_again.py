"""What earlier and later runs mean for an undo: those it does over, and those that have changed the dataset since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xl_datasync.core.jobs import After, UndoJob
from xl_datasync.core.problems import Fault, Problem, Severity, single
from xl_datasync.core.undoing import changed_since, unknown_since
from xl_datasync.earlier import backup_before_all, done_over_words, when
from xl_datasync.history.later import NOTHING_MADE
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.keeper import is_at, is_open
from xl_datasync.portal import Portal, RowsState

# Later runs that a message names.
MOST_NAMED = 3


class Again:
    """Runs that were to undo the same and were cut off.

    :param records: of those runs, oldest first.
    :param undone: the record of the run that is undone; None where it is lost.
    """

    def __init__(self, run: JobRun, job: UndoJob, portal: Portal) -> None:
        self._run = run
        self._job = job
        found = run.kept.earlier(portal, job.dataset_id)
        self.records: Sequence[RunRecord] = [r for r in found if r.started.get("undo_of") == job.run]
        self._all = run.settings.keeper.records()
        self.undone = next((r for r in self._all if (r.run, r.job) == (job.run, job.name)), None)

    def __bool__(self) -> bool:
        return bool(self.records)

    def problems(self, state: RowsState | None, *, draft: bool = False) -> tuple[Problem, ...]:
        """What is told: what is done over, or the guard against losing what others have changed.

        :param draft: whether it is a draft, which only its editors see and nobody else changes.

        Where this undo was cut off, it may itself be what has changed the dataset since.
        """
        if self.records:
            fault = Fault(done_over_words(self.records[-1]), "", Severity.NOTE)
            return (single(f"Undo of “{self._job.name}”", fault),)
        guard = _guard(self._job, state) if state else None
        named = (self._named(guard, state),) if guard else ()
        return (*self.takes_back(), *named, *(() if draft else unknown_since(self._job)))

    def takes_back(self) -> tuple[Problem, ...]:
        """What is told where the run that is undone is an undo itself."""
        if self.undone is None or not self.undone.started.get("undo_of"):
            return ()
        what = f"this takes back {when(self.undone).replace('the run', 'the undo', 1)}"
        fault = Fault(what, "To go further back, say which run is to be undone.", Severity.NOTE)
        return (single(f"Undo of “{self._job.name}”", fault),)

    def _named(self, guard: Problem, state: RowsState | None) -> Problem:
        """The guard, with the later runs by name where the last of them left the dataset as it is now."""
        since = self._since()
        if not since or not state or after_of(since[-1]) == After():
            return guard
        if _guard(replace(self._job, after=after_of(since[-1])), state):
            return guard
        named = ", ".join(f"“{record.job}” ({when(record)}, {record.run})" for record in since[-MOST_NAMED:])
        more = f", and {len(since) - MOST_NAMED} before them" if len(since) > MOST_NAMED else ""
        what = f"since that run, these runs have changed it: {named}{more}; undoing would lose what they did, too"
        remedy = "Undo those first, the latest first. Whoever undoes by hand is asked whether to go back all the same."
        return replace(guard, what=what, remedy=remedy)

    def _since(self) -> list[RunRecord]:
        """The runs that have changed the dataset after the one that is undone, oldest first."""
        place = next((n for n, record in enumerate(self._all) if record is self.undone), len(self._all))
        at, address = self._job.dataset_id, self._job.connection.address
        return [r for r in self._all[place + 1 :] if r.sending and r.finished and is_at(r, address, at)]

    @property
    def undo_to(self) -> str | None:
        """The backup that was taken before the first of them."""
        return backup_before_all(self.records)

    @property
    def rows(self) -> int:
        """Rows the dataset had before the first of them."""
        return int((self.records[0].sending or {}).get("before") or 0) if self.records else 0

    @property
    def over(self) -> list[tuple[RunRecord, str]]:
        """What becomes of earlier runs: this one does these over, and clears up after the run that is undone."""
        over = [(record, "done over") for record in self.records]
        return [*over, (self.undone, "undone")] if self.undone and is_open(self.undone) else over

    def settle(self) -> None:
        """Write it down."""
        for record, became in self.over:
            self._run.kept.settle(record, became)

    def nothing_made(self) -> None:
        """The run that is undone had made no dataset, which is all there is to know about it."""
        for record in (*self.records, *((self.undone,) if self.undone else ())):
            self._run.kept.settle(record, NOTHING_MADE)

    def removed_before(self) -> None:
        """The dataset was removed before the last of them was cut off; only the record of that was missing."""
        self._run.note(backup=Path(self.undo_to) if self.undo_to else None)
        self._run.sending(dataset_id=self._job.dataset_id, phase="remove", before=self.rows, undo_of=self._job.run)
        self.settle()
        self._run.note(removed=True)


def after_of(record: RunRecord) -> After:
    """What the dataset looked like when a run had ended."""
    facts = (record.finished or {}).get("after") or {}
    return After(**{name: facts.get(name) for name in ("rows", "changed_at", "version")})


def gone_words(records: Sequence[RunRecord], dataset_id: str) -> tuple[str, str] | None:
    """What became of a dataset that an undo had removed, and what to do; None where none had."""
    removed = next((r for r in reversed(records) if _facts(r).get("dataset_removed") and _at(r) == dataset_id), None)
    if removed is None:
        return None
    what = f"The dataset was removed by {when(removed)} ({removed.run})"
    again = [r for r in records if r.started.get("undo_of") == removed.run and _facts(r).get("dataset_made")]
    if not again:
        return f"{what}.", f"To make it again, undo that run ({removed.run} in the history)."
    last = again[-1]
    return (
        f"{what} and made again as {_at(last)}.",
        f"To remove that one, undo the run that made it ({last.run} in the history).",
    )


def _facts(record: RunRecord) -> dict[str, object]:
    return record.finished or {}


def _at(record: RunRecord) -> object:
    return _facts(record).get("dataset_id")


def _guard(job: UndoJob, state: RowsState) -> Problem | None:
    return changed_since(job, state.rows_updated_at, state.version, state.count)
