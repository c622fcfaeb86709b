"""What a workbook that is open in Excel is told after a run: the grey cells of its Jobs sheet, and its Results sheet.

A run is not lost because its workbook cannot be written to: then the reader of the report is told why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum

from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report
from xl_datasync.core.report_cells import job_cells
from xl_datasync.core.report_json import result_json
from xl_datasync.history.moments import local_time, stamp, utc_now
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import Aim
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.patience import is_busy
from xl_datasync.workbook.results import problem_rows, result_rows, write_results
from xl_datasync.workbook.tables import JOBS

log = logging.getLogger(__name__)

CLOSED = (
    "The workbook was closed meanwhile, so that it does not show what this run did. Open it again: “Results” on the "
    "Open Data tab brings it in."
)
BUSY = (
    "Excel did not answer, so that the workbook does not show what this run did. Finish the cell you are editing, or "
    "close the window that is open in Excel; “Results” on the Open Data tab brings it in."
)
READ_ONLY = (
    "The workbook is open for reading only, so that the states of its jobs cannot be saved in it. “Results” brings "
    "them in when it is open for writing."
)
RUNNING = "Running"
SHARED = "The workbook is shared; Excel allows less there. Take the sharing off (Review > Unshare Workbook)."


class Reach(Enum):
    """Whether a workbook can be written to."""

    OPEN = "open"
    BUSY = "busy"
    CLOSED = "closed"


def reach(live: LiveWorkbook) -> Reach:
    """Ask the workbook something, with patience; whether Excel was busy until that ended, or it is closed."""
    try:
        live.ask(lambda: live.book.name)
    except Exception as error:  # COM and Apple events raise errors of their own kinds
        log.info("the workbook does not answer", exc_info=True)
        return Reach.BUSY if error.__cause__ is not None and is_busy(error.__cause__) else Reach.CLOSED
    return Reach.OPEN


def is_open(live: LiveWorkbook) -> bool:
    """Whether the workbook is still open in Excel, which may be busy."""
    return reach(live) is not Reach.CLOSED


def write_report(live: LiveWorkbook, report: Report, aim: Aim, *, marks: bool = False) -> list[str]:
    """Write what became of jobs into the workbook.

    :param marks: whether faulty cells are coloured.
    :returns: a sentence for each thing that could not be written.
    """
    when = local_time(stamp(utc_now()))
    cells = {
        result.job.name: job_cells(result_json(result), when if aim is Aim.PUBLISH else "") for result in report.results
    }
    line = f"{live.name}, {when}. Click a cell's address to go there."
    return _reached(live) or [
        *_tried(live, lambda: _write_jobs(live, cells), "The Jobs sheet was not brought up to date"),
        *_tried(live, lambda: _write_rows(live, report, line, marks=marks), "The Results sheet was not written"),
        *([READ_ONLY] if says(live, "ReadOnly") and aim is Aim.PUBLISH else []),
    ]


def write_faults(live: LiveWorkbook, problems: Sequence[Problem]) -> list[str]:
    """Write the faults of the config tables to the Results sheet.

    :returns: a sentence where that could not be done.
    """
    rows = [row for problem in problems for row in problem_rows("", problem)]
    line = f"{live.name}: the job sheets have faults. Click a cell's address to go there."
    return _tried(live, lambda: live.ask(lambda: write_results(live, rows, line)), "The Results sheet was not written")


def bring_records(
    live: LiveWorkbook, records: Sequence[RunRecord], at_work: Callable[[RunRecord], bool] = lambda _record: False
) -> list[str]:
    """Bring what became of each job's last run, wherever it was started, into the Jobs sheet.

    :param at_work: whether a run is at work now, as :meth:`~xl_datasync.keeper.Keeper.at_work` tells; one that is not,
        and has no end, was cut off.
    :returns: a sentence where that could not be done.
    """
    last = {record.job: record for record in records if record.started.get("aim") == Aim.PUBLISH.value}

    def write() -> None:
        _write_jobs(live, {job: _record_cells(record, at_work) for job, record in last.items()})

    return _tried(live, write, "The Jobs sheet was not brought up to date")


def _record_cells(record: RunRecord, at_work: Callable[[RunRecord], bool]) -> dict[str, str | int | None]:
    when = local_time(record.started.get("at"))
    if record.finished is None and at_work(record):
        return {"State": RUNNING, "Result": "This run is at work now.", "Last run": when}
    return job_cells({**(record.finished or {}), "method": record.started.get("method")}, when)


def _write_jobs(live: LiveWorkbook, cells: dict[str, dict[str, str | int | None]]) -> None:
    table = LiveTable(live, JOBS)
    changes = {row: values for name, values in cells.items() if (row := table.find("Job name", name))}
    live.ask(lambda: table.write(changes))


def _write_rows(live: LiveWorkbook, report: Report, line: str, *, marks: bool) -> None:
    rows = result_rows(report)
    live.ask(lambda: write_results(live, rows, line, marks=marks))


def _reached(live: LiveWorkbook) -> list[str]:
    """Why nothing can be written, where the workbook is closed, or Excel was busy until patience ended."""
    return {Reach.OPEN: [], Reach.BUSY: [BUSY], Reach.CLOSED: [CLOSED]}[reach(live)]


def says(live: LiveWorkbook, name: str) -> bool:
    """Whether a property of Excel's own workbook is true; false where nobody can tell."""
    with suppress(Exception):
        return bool(getattr(live.book.api, name))
    return False


def _tried(live: LiveWorkbook, write: Callable[[], object], otherwise: str) -> list[str]:
    try:
        write()
    except DataSyncError as error:
        log.warning("%s", error.message)
        return [f"{otherwise}: {error.located} {error.remedy}"]
    except Exception as error:  # COM and Apple events raise errors of their own kinds; the run itself is done
        log.exception("writing back")
        if says(live, "MultiUserEditing"):
            return [f"{otherwise}: {SHARED}"]
        return [f"{otherwise} ({type(error).__name__}); the log file has the details."]
    return []
