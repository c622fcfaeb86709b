"""Undos that were cut off: the next one does them over, and the records say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from xl_datasync.core.jobs import UndoJob
from xl_datasync.core.problems import Fault, Problem, Severity, single
from xl_datasync.core.undoing import changed_since
from xl_datasync.earlier import backup_before, done_over_words
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import JobRun
from xl_datasync.portal import Portal, RowsState


class Again:
    """Runs that were to undo the same and were cut off.

    :param records: of those runs, oldest first.
    """

    def __init__(self, run: JobRun, job: UndoJob, portal: Portal) -> None:
        self._run = run
        self._job = job
        found = run.kept.earlier(portal, job.dataset_id)
        self.records: Sequence[RunRecord] = [r for r in found if r.started.get("undo_of") == job.run]
        self._undone = [r for r in found if r.run == job.run and r.job == job.name]

    def __bool__(self) -> bool:
        return bool(self.records)

    def problems(self, state: RowsState | None) -> tuple[Problem, ...]:
        """What is told: what is done over, or the guard against losing what others have changed.

        Where this undo was cut off, it may itself be what has changed the dataset since.
        """
        if self.records:
            fault = Fault(done_over_words(self.records[-1]), "", Severity.NOTE)
            return (single(f"Undo of “{self._job.name}”", fault),)
        guard = changed_since(self._job, state.rows_updated_at, state.version, state.count) if state else None
        return (guard,) if guard else ()

    @property
    def undo_to(self) -> str | None:
        """The backup that was taken before the first of them."""
        return next((backup for record in self.records if (backup := backup_before(record))), None)

    @property
    def rows(self) -> int:
        """Rows the dataset had before the first of them."""
        return int((self.records[0].sending or {}).get("before") or 0) if self.records else 0

    def settle(self) -> None:
        """Write down that this run does them over, and clears up after the run that is undone."""
        for record in self.records:
            self._run.kept.settle(record, "done over")
        for record in self._undone:
            self._run.kept.settle(record, "undone")

    def removed_before(self) -> None:
        """The dataset was removed before the last of them was cut off; only the record of that was missing."""
        self._run.note(backup=Path(self.undo_to) if self.undo_to else None)
        self._run.sending(dataset_id=self._job.dataset_id, phase="remove", before=self.rows, undo_of=self._job.run)
        self.settle()
        self._run.note(removed=True)
