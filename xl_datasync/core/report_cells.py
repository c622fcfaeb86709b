"""A job's result as the cells of its row on the Jobs sheet. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xl_datasync.core.report import State

CUT_OFF = "Cut off"
UNDONE = "Undone"


def job_cells(facts: Mapping[str, Any], when: str) -> dict[str, str | int | None]:
    """Header → value for the columns that only the program writes.

    :param facts: the result as JSON (:mod:`xl_datasync.core.report_json`), which a run's record holds too.
    :param when: when it was, in local time; blank where nothing was run, so that the cells of the last run stay.
    """
    name = str(facts.get("state") or "").upper()
    state = State[name] if name in State.__members__ else None
    done = state in (State.DONE, State.DONE_WITH_WARNINGS)
    cells: dict[str, str | int | None] = {
        "State": UNDONE if done and facts.get("method") == "undo" else state.value if state else CUT_OFF,
        "Result": _words(facts),
    }
    known = {
        "Dataset name": facts.get("dataset_name"),
        "Row identifier": facts.get("row_identifier"),
        "Dataset link": facts.get("dataset_link"),
    }
    cells |= {header: value for header, value in known.items() if value}
    if when:
        cells |= {
            "Last run": when,
            "Rows added": facts.get("rows_created"),
            "Rows changed": facts.get("rows_updated"),
            "Rows removed": facts.get("rows_deleted"),
        }
    return cells


def _words(facts: Mapping[str, Any]) -> str:
    error = facts.get("error") or {}
    what = " ".join(part for part in (error.get("what"), error.get("unaffected"), error.get("remedy")) if part)
    return what or str(facts.get("words") or "It is not known what became of it. Run the job again, or undo this run.")
