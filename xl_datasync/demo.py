"""The demo: the practice workbook's jobs against a practice portal, both on this computer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from xl_datasync.api import keeper_of, sound_config
from xl_datasync.console import program, shown_progress
from xl_datasync.core.connection import SignIn
from xl_datasync.core.jobs import AnyJob, PortJob
from xl_datasync.core.report import Report, State
from xl_datasync.core.report_text import report_lines
from xl_datasync.folders import user_folder
from xl_datasync.job_run import RunSettings
from xl_datasync.keeper import Keeper
from xl_datasync.portal import Portal
from xl_datasync.practice_portal import DEFAULT_PORT, PracticePortal
from xl_datasync.run import run_jobs
from xl_datasync.templates import template
from xl_datasync.undoable import undo_job
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import Config, read_config
from xl_datasync.workbook.protocol import Workbook

FAULTY_JOB = "Weather with faults"
UNDONE_JOB = "Airports"


def run_demo(folder: Path, say: Callable[[str], None]) -> int:
    """Run every job of the practice workbook, then show how the faulty sheet is refused.

    :returns: 0 where all went as it should.
    """
    folder.mkdir(parents=True, exist_ok=True)
    workbook = folder / "practice.xlsx"
    if not workbook.exists():
        with template("practice.xlsx") as source:
            shutil.copyfile(source, workbook)
    with _portal(folder / "portal") as portal:
        say(f"A practice portal is running at {portal.url}. It is on this computer only; nothing leaves it.")
        say(f"The workbook is {workbook}.")
        say("")
        say("Publishing four sheets (replace, append, upsert, delete), and copying three datasets")
        report = _run(workbook, (), portal)
        _show(report, say)
        say(f"Now the sheet “{FAULTY_JOB}”, which has faults on purpose")
        refused = _run(workbook, (FAULTY_JOB,), portal)
        _show(refused, say)
        say(f"And the job “{UNDONE_JOB}” is undone, then the undo itself")
        undone = [_undo(workbook, portal) for _ in range(2)]
        for back in undone:
            _show(back, say)
        # A second demo makes a second copy of a dataset, and the report warns of that.
        good = report.exit_code in (0, 3) and refused.results[0].state is State.NOT_SENT
        good = good and all(back.exit_code == 0 for back in undone)
        say(
            f"All {len(report.results)} jobs were done, and the faulty sheet was refused; nothing of it was sent."
            if good
            else "The demo did not go as it should; see above."
        )
        _show_the_result(portal, folder, say)
    return 0 if good else 1


def _show(report: Report, say: Callable[[str], None]) -> None:
    for line in report_lines(report):
        say(line)
    say("")


def _portal(data: Path) -> PracticePortal:
    """The portal at its usual port, or at any free one where that is taken."""
    try:
        return PracticePortal(port=DEFAULT_PORT, data=data)
    except OSError:
        return PracticePortal(port=0, data=data)


def _run(workbook: Path, jobs: tuple[str, ...], portal: PracticePortal) -> Report:
    with open_workbook(workbook) as book:
        config = sound_config(book, jobs)
        return _run_here(config.jobs, book, config, portal)


def _undo(workbook: Path, portal: PracticePortal) -> Report:
    """Take back the latest run of a job, be it an undo."""
    keeper = keeper_of(workbook)
    job = undo_job(keeper.records(), UNDONE_JOB, None, keeper.folder)
    with open_workbook(workbook) as book:
        return _run_here((job,), book, read_config(book), portal)


def _run_here(jobs: Sequence[AnyJob], book: Workbook, config: Config, portal: PracticePortal) -> Report:
    """Run jobs against the demo's portal, wherever the workbook sends them."""
    publisher = portal.sign_ins[0]
    sign_in = SignIn(publisher.key_id, publisher.key_secret, "the practice portal")
    here = [_at(job, portal.url) for job in jobs]
    keeper = Keeper(config.keeping, user_folder(), book.path)
    with shown_progress() as watch:
        return run_jobs(here, book, lambda c: Portal(c.address, sign_in), RunSettings(config.csv_folder, keeper), watch)


def _at(job: AnyJob, address: str) -> AnyJob:
    moved = replace(job, connection=replace(job.connection, address=address))
    return replace(moved, source_connection=moved.connection) if isinstance(moved, PortJob) else moved


def _show_the_result(portal: PracticePortal, folder: Path, say: Callable[[str], None]) -> None:
    if sys.stdin.isatty():
        say(f"See the result in your browser: {portal.url}/   (press Enter here to stop the portal)")
        sys.stdin.readline()
    else:
        say("See the result in your browser: run")
        say(f"    {program()} practice --data {folder / 'portal'}")
        say(f"and open http://127.0.0.1:{DEFAULT_PORT}/ – the datasets, their rows and the latest writes are there.")
