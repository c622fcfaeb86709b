"""What the commands do, as functions: for schedulers, for scripts, and for the command line itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.errors import ConfigurationError, NoSignIn
from xl_datasync.core.jobs import FaultyRows, Job, PortJob, UndoJob
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.core.report import Report
from xl_datasync.credentials import find_sign_in
from xl_datasync.folders import user_folder
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import Aim, Confirm, Ended, RunSettings, Watch, end_unheard, watch_nothing
from xl_datasync.keeper import Keeper
from xl_datasync.open_portals import OpenPortal
from xl_datasync.portal import Portal
from xl_datasync.run import run_jobs
from xl_datasync.set_aside.again import again
from xl_datasync.stopping import StopSwitch
from xl_datasync.undoable import undo_job
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import Config, Keeping, read_config
from xl_datasync.workbook.protocol import Workbook

Ask = Callable[[Connection], SignIn]
# Records of datasets that were copied without a workbook.
NO_WORKBOOK = "copies"


@dataclass(frozen=True)
class Person:
    """Who is there while jobs run. The default is nobody: nothing is asked, no guard is passed.

    :param ask: asks for a sign-in that is neither in the environment nor in the vault.
    :param confirm: shows guards and asks whether to go on all the same.
    :param watch: is told of progress, ``ended`` of each job that is over.
    """

    ask: Ask | None = None
    confirm: Confirm | None = None
    watch: Watch = watch_nothing
    stop: StopSwitch = field(default_factory=StopSwitch)
    ended: Ended = end_unheard


@dataclass(frozen=True)
class WhichRows:
    """Which rows of the jobs are published, where that is not left to the jobs. The default leaves it to them.

    :param set_aside: set rows with faults aside, whatever the job says.
    :param only_set_aside: publish only the rows that an earlier run has kept apart, now that they are mended.
    :param sheet: the sheet of them that is meant, in a workbook that is open in Excel; ``""`` for the job's own.
    :param previewed: what somebody has seen a preview of, :attr:`JobResult.shown`: where it would be another now,
        nothing is sent. ``""`` for whatever is there.
    """

    set_aside: bool = False
    only_set_aside: bool = False
    sheet: str = ""
    previewed: str = ""


NOBODY = Person()
ALL_ROWS = WhichRows()


def run_workbook(
    path: str | Path,
    jobs: Sequence[str] = (),
    aim: Aim = Aim.PUBLISH,
    person: Person = NOBODY,
    which: WhichRows = ALL_ROWS,
) -> Report:
    """Run the jobs of a job workbook, closed on disk.

    :param jobs: names of the jobs to run; empty for all that say Yes under “Run?”.
    :param aim: publish, or stop short of it.
    :param which: which of their rows.
    :returns: the report; its ``exit_code`` is the one the command line would give.
    :raises DataSyncError: where the workbook or its job sheets cannot be used; then nothing was sent.
    """
    with open_workbook(Path(path)) as book:
        return run_book(book, jobs, aim, person, which)


def run_book(
    book: Workbook,
    jobs: Sequence[str] = (),
    aim: Aim = Aim.PUBLISH,
    person: Person = NOBODY,
    which: WhichRows = ALL_ROWS,
) -> Report:
    """Run the jobs of a job workbook that somebody has opened: closed on disk, or live in Excel.

    :raises DataSyncError: as for :func:`run_workbook`.
    """
    config = sound_config(book, jobs)
    settings = replace(_settings(config.csv_folder, _keeper(config, book), aim, person), previewed=which.previewed)
    meant = [_with_rows(job, book, config.csv_folder, which) for job in config.jobs]
    return run_jobs(meant, book, opener(aim, person), settings, person.watch)


def _with_rows(job: Job | PortJob, book: Workbook, folder: Path, which: WhichRows) -> Job | PortJob:
    """A job for the rows that are meant.

    :raises ConfigurationError: where it copies a dataset, or has no rows set aside.
    """
    if not isinstance(job, Job):
        if which.only_set_aside:
            what = f"“{job.name}” copies a dataset; only rows of sheets and files are set aside."
            raise ConfigurationError(what, remedy="Name a job that publishes a sheet.")
        return job
    if which.set_aside or which.only_set_aside:  # of rows that are sent alone, those still faulty wait on
        job = replace(job, faulty_rows=FaultyRows.SET_ASIDE)
    return again(job, book, folder, which.sheet) if which.only_set_aside else job


def port_dataset(job: PortJob, aim: Aim = Aim.PUBLISH, person: Person = NOBODY) -> Report:
    """Copy a dataset without a workbook; its record is kept in the user's own folder.

    :raises DataSyncError: where records cannot be kept; then nothing was sent.
    """
    keeper = keeper_of(None)
    settings = _settings(keeper.folder, keeper, aim, person)
    return run_jobs([job], None, opener(aim, person), settings, person.watch)


def undo_run(
    workbook: Path | None,
    job: str | None = None,
    run: str | None = None,
    aim: Aim = Aim.PUBLISH,
    person: Person = NOBODY,
) -> Report:
    """Take back what a run did.

    :param workbook: whose runs are meant; None for datasets that were copied without one.
    :param job: whose latest run is meant; None where the last run had one job only.
    :param run: the id of the run; None for the latest.
    :raises DataSyncError: where there is nothing that could be undone, or it is not clear what is meant.
    """
    if workbook is None:
        return _undo(keeper_of(None), (), (job, run), aim, person)
    with open_workbook(workbook) as book:
        return undo_book(book, job, run, aim, person)


def undo_book(
    book: Workbook,
    job: str | None = None,
    run: str | None = None,
    aim: Aim = Aim.PUBLISH,
    person: Person = NOBODY,
) -> Report:
    """Take back what a run of a workbook did that somebody has opened.

    :raises DataSyncError: as for :func:`undo_run`.
    """
    config = read_config(book)
    return _undo(_keeper(config, book), config.connections, (job, run), aim, person)


def _undo(
    keeper: Keeper, connections: Sequence[Connection], meant: tuple[str | None, str | None], aim: Aim, person: Person
) -> Report:
    target = _known(undo_job(keeper.records(), *meant, keeper.folder), connections)
    settings = _settings(keeper.folder, keeper, aim, person)
    return run_jobs([target], None, opener(Aim.PUBLISH, person), settings, person.watch)


def run_records(workbook: Path | None) -> list[RunRecord]:
    """The records of a workbook's runs, oldest first; of copies without a workbook where none is given.

    :raises DataSyncError: where the workbook or the records cannot be read.
    """
    return keeper_of(workbook).records()


def keeper_of(workbook: Path | None) -> Keeper:
    """What keeps the records of a workbook, or of copies without one.

    :raises DataSyncError: where the workbook cannot be read.
    """
    if workbook is None:
        return Keeper(Keeping(user_folder() / NO_WORKBOOK), user_folder())
    with open_workbook(workbook) as book:
        return book_keeper(book)


def book_keeper(book: Workbook) -> Keeper:
    """What keeps the records of a workbook that somebody has opened.

    :raises DataSyncError: where it has no Jobs sheet.
    """
    return _keeper(read_config(book), book)


def _keeper(config: Config, book: Workbook) -> Keeper:
    return Keeper(config.keeping, user_folder(), book.path)


def _settings(csv_folder: Path, keeper: Keeper, aim: Aim, person: Person) -> RunSettings:
    return RunSettings(csv_folder, keeper, aim, person.confirm, person.stop, person.ended)


def _known(job: UndoJob, connections: Sequence[Connection]) -> UndoJob:
    """The undo with the workbook's own connection, which knows whose sign-in is meant, where it still has it."""
    same = [connection for connection in connections if connection.address == job.connection.address]
    return job.over(min(same, key=lambda connection: connection.name != job.connection.name, default=job.connection))


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
            remedy="Set “Run?” to Yes on the Jobs sheet for each job that is to run, or name the job that is meant.",
        )
    return config


def publishing_jobs(config: Config) -> list[Job]:
    """The jobs that publish a sheet or a file.

    :raises ConfigurationError: where there is none.
    """
    jobs = [job for job in config.jobs if isinstance(job, Job)]
    if not jobs:
        names = ", ".join(f"“{job.name}”" for job in config.jobs)
        raise ConfigurationError(
            f"There is no sheet to look at: {names} copies from a dataset.",
            remedy="Check that job instead: a check compares the two datasets.",
            unaffected="",
        )
    return jobs


def opener(aim: Aim, person: Person) -> OpenPortal:
    """A function that opens portals: signed in, but for a check, which needs no sign-in."""
    return signed_in_if_possible() if aim is Aim.CHECK else signed_in(person.ask)


def signed_in(ask: Ask | None) -> OpenPortal:
    """A function that opens signed-in portals."""
    return lambda connection: Portal(connection.address, find_sign_in(connection, ask))


def signed_in_if_possible() -> OpenPortal:
    """A function that opens portals for reading: signed in where a sign-in is at hand, else as the public."""

    def open_portal(connection: Connection) -> Portal:
        try:
            return Portal(connection.address, find_sign_in(connection, None))
        except NoSignIn:
            return Portal(connection.address)

    return open_portal
