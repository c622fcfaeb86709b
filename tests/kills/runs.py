"""Runs in the test's own process, with less patience than the command has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xl_datasync.api import sound_config
from xl_datasync.core.report import Report
from xl_datasync.credentials import find_sign_in
from xl_datasync.folders import user_folder
from xl_datasync.job_run import RunSettings
from xl_datasync.keeper import Keeper
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.run import run_jobs
from xl_datasync.workbook.closed import open_workbook


def run(path: Path, settle: float = 0.2, sleep: Callable[[float], None] | None = None) -> Report:
    """Run the jobs of a workbook.

    :param settle: seconds that a portal is given to bring to light what it may still be at work on.
    :param sleep: how waiting is done; by default it takes no time.
    """
    timeouts = Timeouts(settle=settle, sleep=sleep or (lambda _seconds: None))
    with open_workbook(path) as book:
        config = sound_config(book)
        settings = RunSettings(config.csv_folder, Keeper(config.keeping, user_folder(), book.path))
        return run_jobs(config.jobs, book, lambda c: Portal(c.address, find_sign_in(c, None), timeouts), settings)
