"""Which run is undone, and the question before it is."""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.api import book_keeper
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report
from xl_datasync.core.report_words import result_words
from xl_datasync.dialogs.forms import Option
from xl_datasync.dialogs.words import reason_lines
from xl_datasync.history.later import key_of, undone_by
from xl_datasync.history.moments import local_time
from xl_datasync.ribbon.session import Session
from xl_datasync.undoable import changed_something
from xl_datasync.workbook.live import LiveWorkbook

MOST_RUNS = 30


def chosen_run(session: Session, live: LiveWorkbook) -> tuple[str, str] | None:
    """Job and id of the run that is to be undone.

    :raises ConfigurationError: where there is none.
    """
    records = book_keeper(live).records()
    undone = undone_by(records)
    found = [r for r in reversed(records) if changed_something(r) and key_of(r) not in undone][:MOST_RUNS]
    if not found:
        raise ConfigurationError(
            "There is no run that could be undone.",
            where=live.name,
            remedy="Every run that changed something was undone.",
            unaffected="",
        )
    options = [
        Option(
            f"{record.job}, {local_time(record.started.get('at'))}",
            str((record.finished or {}).get("words") or "It is not known how it ended."),
            (record.job, record.run),
        )
        for record in found
    ]
    chosen: tuple[str, str] | None = session.desk.choose("Which run?", "Which run is to be undone?", options)
    return chosen


def agree(session: Session, looked: Report, guards: Sequence[Problem]) -> bool:
    """Show what an undo would do, and ask whether to do it (a :data:`xl_datasync.taking_back.Agree`)."""
    (result,) = looked.results
    if guards:
        return session.desk.ask_to_go_on(result.job, guards)
    lines = [line for problem in result.problems for line in reason_lines(problem)]
    return session.desk.wants(f"Undo “{result.job.name}”?", "\n".join([result_words(result), *lines]))
