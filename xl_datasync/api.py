"""What the commands do, as functions: for schedulers, for scripts, and for the command line itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import ConfigurationError, NoSignIn
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.core.report import Report
from xl_datasync.credentials import find_sign_in
from xl_datasync.portal import Portal
from xl_datasync.run import Aim, OpenPortal, RunSettings, Watch, run_jobs, watch_nothing
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import Config, read_config
from xl_datasync.workbook.protocol import Workbook

Ask = Callable[[Connection], SignIn]


def run_workbook(
    path: str | Path,
    jobs: Sequence[str] = (),
    aim: Aim = Aim.PUBLISH,
    ask: Ask | None = None,
    watch: Watch = watch_nothing,
) -> Report:
    """Run the jobs of a job workbook, closed on disk.

    :param jobs: names of the jobs to run; empty for all that say Yes under “Run?”.
    :param aim: publish, or stop short of it.
    :param ask: asks a person for a sign-in that is neither in the environment nor in the vault; None never asks.
    :param watch: is told of progress.
    :returns: the report; its ``exit_code`` is the one the command line would give.
    :raises DataSyncError: where the workbook or its job sheets cannot be used; then nothing was sent.
    """
    with open_workbook(Path(path)) as book:
        config = sound_config(book, jobs)
        opener = signed_in(ask) if aim is not Aim.CHECK else signed_in_if_possible()
        return run_jobs(config.jobs, book, opener, RunSettings(config.csv_folder, aim), watch)


def sound_config(book: Workbook, jobs: Sequence[str] = ()) -> Config:
    """The workbook's config.

    :raises ConfigurationFaults: where its tables have faults; the exception holds all of them.
    :raises ConfigurationError: where no job is to run.
    """
    config = read_config(book, jobs)
    if config.problems:
        raise ConfigurationFaults(book.name, config.problems)
    if not config.jobs:
        raise ConfigurationError(
            f"No job of {book.name} says Yes under “Run?”.",
            remedy="Set “Run?” to Yes on the Jobs sheet, or name a job with --job.",
        )
    return config


def signed_in(ask: Ask | None) -> OpenPortal:
    """A function that opens signed-in portals."""
    return lambda connection: Portal(connection.address, find_sign_in(connection, ask))


def signed_in_if_possible() -> OpenPortal:
    """A function that opens portals for reading: signed in where a sign-in is at hand, else as the public."""

    def opener(connection: Connection) -> Portal:
        try:
            return Portal(connection.address, find_sign_in(connection, None))
        except NoSignIn:
            return Portal(connection.address)

    return opener
