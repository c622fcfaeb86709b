"""A run through Excel that nobody watches: open, refresh, recalculate, run the jobs, write back, save, close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xl_datasync.api import ALL_ROWS, NOBODY, Person, WhichRows, run_book
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.core.report import Report
from xl_datasync.folders import live_folder
from xl_datasync.job_run import Aim
from xl_datasync.workbook.config import marks_wanted
from xl_datasync.workbook.driven import driven_workbook
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.write_back import write_faults, write_report


def run_in_excel(
    path: str | Path,
    jobs: Sequence[str] = (),
    aim: Aim = Aim.PUBLISH,
    person: Person = NOBODY,
    which: WhichRows = ALL_ROWS,
) -> Report:
    """Run the jobs of a job workbook in a hidden Excel of its own, after a refresh of its queries and formulas.

    :returns: the report, the same as :func:`~xl_datasync.api.run_workbook` gives; what could not be written back or
        saved is among its notes, and its exit code is then at least that of a warning.
    :raises DataSyncError: where there is no Excel, or the workbook or its job sheets cannot be used; nothing was sent.
    """
    report: Report | ConfigurationFaults | None = None
    try:
        with driven_workbook(Path(path), live_folder()) as live:
            report = _report(live, jobs, aim, person, which)
    except WorkbookError as error:
        if report is None:
            raise
        if isinstance(report, ConfigurationFaults):
            raise report from error
        report = replace(report, notes=(*report.notes, error.message), warned=True)
    if isinstance(report, ConfigurationFaults):
        raise report
    return report


def _report(
    live: LiveWorkbook, jobs: Sequence[str], aim: Aim, person: Person, which: WhichRows
) -> Report | ConfigurationFaults:
    """Run the jobs and write back; faults of the job sheets are told in the workbook too, which is then saved."""
    try:
        marks = marks_wanted(live)
        report = run_book(live, jobs, aim, person, which)
    except ConfigurationFaults as error:
        write_faults(live, error.problems)
        return error
    missing = write_report(live, report, aim, marks=marks)
    return replace(report, notes=(*report.notes, *missing), warned=report.warned or bool(missing))
