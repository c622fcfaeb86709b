"""What the window of past runs lists: what was published when, by whom, from where, with which counts; free of Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xl_datasync.dialogs.endings import Kind

UNKNOWN = "–"


@dataclass(frozen=True)
class PastRun:
    """One job of one run.

    :param run: its id, by which it is undone.
    :param state: how it ended, as a word; ``kind`` chooses the icon.
    :param words: how it ended, in sentences.
    :param did: what the job does, in the Jobs sheet's words.
    :param by: the account and the computer.
    :param source: the file and the sheet.
    :param later: what became of it later, each a sentence.
    :param csv: the file that was sent, if it is still as it was; ``link`` the dataset's page.
    :param no_csv: why that file cannot be opened.
    :param no_undo: why it cannot be undone; ``""`` where it can.
    """

    job: str
    run: str
    when: str
    state: str
    kind: Kind
    words: str
    did: str
    dataset: str
    by: str
    source: str
    added: int | None = None
    changed: int | None = None
    removed: int | None = None
    later: tuple[str, ...] = ()
    csv: str = ""
    no_csv: str = ""
    link: str = ""
    no_undo: str = ""

    @property
    def detail(self) -> str:
        """All that is known of it."""
        lines = [
            f"{self.when}: {self.state}. {self.words}".strip(),
            f"{self.did} – {self.dataset}",
            f"From {self.source}, by {self.by}. Run {self.run}.",
            *self.later,
        ]
        lines += [f"The file that was sent: {self.csv or self.no_csv}"] if self.csv or self.no_csv else []
        lines += [f"It cannot be undone: {self.no_undo}"] if self.no_undo else []
        return "\n".join(lines)


@dataclass(frozen=True)
class HistoryForm:
    """The runs, newest first.

    :param older: how many more are recorded that are not listed.
    :param unreadable: lines of the history that cannot be read.
    """

    runs: tuple[PastRun, ...]
    older: int = 0
    unreadable: int = 0

    @property
    def jobs(self) -> tuple[str, ...]:
        """The names of the jobs, in the order of their last runs."""
        return tuple(dict.fromkeys(run.job for run in self.runs))

    @property
    def notes(self) -> str:
        """What is not listed, and why."""
        notes = []
        if self.older:
            notes.append(f"{self.older:,} older runs are not listed; the history file beside the workbook has them.")
        if self.unreadable:
            notes.append("Some lines of the history, cut short or changed by hand, cannot be read.")
        return " ".join(notes)

    def of(self, job: str | None) -> list[PastRun]:
        """The runs of a job; of all jobs where none is named."""
        return [run for run in self.runs if job is None or run.job == job]


def first_to_undo(runs: Sequence[PastRun]) -> int:
    """The number of the newest run that can be undone; 0 where none can."""
    return next((number for number, run in enumerate(runs) if not run.no_undo), 0)


def count_text(count: int | None) -> str:
    """A count; a dash where it is not known."""
    return UNKNOWN if count is None else f"{count:,}"
