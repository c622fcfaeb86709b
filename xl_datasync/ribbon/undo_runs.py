"""Which run is undone: what was published, as a list; and the question before an undo."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xl_datasync.api import book_keeper
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import UndoJob
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_words import result_words
from xl_datasync.dialogs.endings import Kind
from xl_datasync.dialogs.history_model import HistoryForm, PastRun
from xl_datasync.dialogs.words import reason_lines
from xl_datasync.history.later import key_of
from xl_datasync.history.moments import local_time
from xl_datasync.history.records import Records, RunRecord
from xl_datasync.keeper import Keeper
from xl_datasync.look.runs import Listed, Wanted, kept_runs, run_facts
from xl_datasync.undoable import changed_something, undo_job
from xl_datasync.workbook.live import LiveWorkbook

if TYPE_CHECKING:  # a session has windows; the list of runs needs none
    from xl_datasync.ribbon.session import Session

MOST_RUNS = 200
KINDS: dict[State, Kind] = {
    State.DONE: "done",
    State.DONE_WITH_WARNINGS: "warning",
    State.CHECKED: "done",
    State.NOT_SENT: "problem",
    State.FAILED: "problem",
}


def chosen_run(session: Session, live: LiveWorkbook) -> tuple[str, str] | None:
    """Show what was published; the job and the id of the run that is to be undone, or None.

    :raises ConfigurationError: where nothing was published yet.
    """
    form = history_form(book_keeper(live))
    if not form.runs:
        raise ConfigurationError(
            "Nothing was published from this workbook yet, so that there is nothing to undo.",
            where=live.name,
            remedy="“Publish” on the Open Data tab publishes the sheet in front.",
            unaffected="",
        )
    return session.desk.ask_history(form)


def history_form(keeper: Keeper) -> HistoryForm:
    """What was published, newest first."""
    listed, unreadable = kept_runs(keeper, Wanted(limit=MOST_RUNS, published=True))
    records, hashes = keeper.records(), _Hashes()
    runs = tuple(_past(record, listed, records, keeper.folder, hashes) for record in reversed(listed.records))
    return HistoryForm(runs, listed.older, unreadable)


class _Hashes:
    """The hashes of files, each file read once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """The hash; ``""`` where there is no such file."""
        if path not in self._known:
            self._known[path] = ""
            digest = hashlib.sha256()
            with suppress(OSError), Path(path).open("rb") as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
                self._known[path] = digest.hexdigest()
        return self._known[path]


def _past(record: RunRecord, listed: Listed, records: Records, folder: Path, hashes: _Hashes) -> PastRun:
    facts, known = run_facts(record, listed), record.finished or {}
    kind: Kind = KINDS[facts.state] if facts.state else "warning"
    csv, no_csv = _csv(known, hashes)
    return PastRun(
        record.job,
        record.run,
        facts.when,
        state=_state_words(record, listed, facts.state),
        kind=kind,
        words=str(known.get("words") or facts.ended),
        did=str(record.started.get("words") or ""),
        dataset=f"{facts.dataset} on {facts.portal}",
        by=f"{facts.who} on {facts.computer}" if facts.computer else facts.who,
        source="a backup" if record.started.get("undo_of") else facts.source,
        added=known.get("rows_created"),
        changed=known.get("rows_updated"),
        removed=known.get("rows_deleted"),
        later=tuple(_later(record, listed)),
        csv=csv,
        no_csv=no_csv,
        link=str(known.get("dataset_link") or ""),
        no_undo=_no_undo(record, listed, records, folder),
    )


def _state_words(record: RunRecord, listed: Listed, state: State | None) -> str:
    """How it ended, and whether it still counts."""
    if key_of(record) in listed.undone:
        return "Undone since"
    if state is None:
        return "At work" if key_of(record) in listed.at_work else "Cut off"
    return "Undo: done" if record.started.get("undo_of") and state is State.DONE else state.value


def _csv(known: dict[str, Any], hashes: _Hashes) -> tuple[str, str]:
    """The file that was sent, if it is still the same; otherwise why it is not there."""
    path, digest = str(known.get("csv") or ""), known.get("sha256")
    if not path:
        return "", ""
    found = hashes.of(path)
    if not found:
        return "", "it is not there any more."
    if digest and found != digest:
        return "", "a later run has written its own in that place, or it was changed."
    return path, ""


def _later(record: RunRecord, listed: Listed) -> Iterator[str]:
    """What became of a run later, and which one it took back itself."""
    key = key_of(record)
    if record.started.get("undo_of"):
        yield f"It was to undo the run {record.started['undo_of']}."
    if undo := listed.undone.get(key):
        yield f"Undone {local_time(undo.started.get('at'))} by {undo.started.get('who') or 'somebody'}."
    elif record.settled:
        yield f"Later: {record.settled.get('became')} by the run {record.settled.get('by')}."


def _no_undo(record: RunRecord, listed: Listed, records: Records, folder: Path) -> str:
    """Why a run cannot be undone; ``""`` where it can, as far as can be told without asking the portal."""
    if key_of(record) in listed.undone:
        return "it was undone already."
    if key_of(record) in listed.at_work:
        return "it is still at work."
    if not changed_something(record):
        return "it changed nothing."
    try:
        undo_job(records, record.job, record.run, folder)
    except ConfigurationError as error:
        return f"{error.what} {error.remedy}"
    return ""


def agree(session: Session, looked: Report, guards: Sequence[Problem]) -> bool:
    """Show what an undo would do, and ask whether to do it (a :data:`xl_datasync.taking_back.Agree`)."""
    (result,) = looked.results
    reasons = [*guards, *(replace(problem, confirm="") for problem in result.problems)]
    lines = [result_words(result), *limits(result)]
    if guards:
        return session.desk.ask_to_go_on(result.job, reasons, lines)
    told = [line for problem in reasons for line in reason_lines(problem)]
    return session.desk.wants(f"Undo “{result.job.name}”?", "\n".join([*lines, *told]))


def limits(result: JobResult) -> Iterator[str]:
    """What an undo cannot bring back, and that it can be undone itself."""
    job = result.job
    if not isinstance(job, UndoJob):
        return
    if job.remakes:
        yield "It will have another ID: links to the old one, and what was shared or embedded, do not come back."
    elif job.backup:
        yield "Names of columns, details of the dataset and who may see it stay as they are now; only rows come back."
    yield "What the dataset holds now is saved first, so that the undo can be undone."
