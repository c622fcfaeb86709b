"""Reads the config tables of a job workbook into jobs, connections and settings: all faults at once, each by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xl_datasync.core.connection import Connection, SignInType, portal_address
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import Job, PortJob
from xl_datasync.core.problems import Fault, Problem, ProblemLog
from xl_datasync.workbook.column_map_rows import read_choices
from xl_datasync.workbook.config_rows import ConfigRow, check_zone, filled_rows
from xl_datasync.workbook.job_rows import JobReader
from xl_datasync.workbook.protocol import Workbook
from xl_datasync.workbook.tables import (
    COLUMN_MAP,
    CONNECTIONS,
    JOBS,
    OPTION_LIST,
    OPTIONS,
    SETTING_LIST,
    SETTINGS,
    YesNo,
)


@dataclass(frozen=True)
class Keeping:
    """What is kept of runs, and for how long.

    :param folder: the folder beside the workbook in which records are kept.
    :param backups: where backups are kept; None for a folder in ``folder``.
    :param most_bytes: how much all backups together may fill.
    :param most_rows: appends and upserts are backed up where the dataset has no more rows than this.
    """

    folder: Path
    backups: Path | None = None
    days: int = 90
    most_bytes: int = 5_000_000_000
    most_rows: int = 500_000


@dataclass(frozen=True)
class Config:
    """What a job workbook says.

    :param jobs: the jobs that are to run, in order; those with faults are not among them.
    :param job_names: the names of all jobs, whether they run or not.
    :param problems: everything wrong with the tables; nothing should be sent while there is one.
    """

    jobs: tuple[Job | PortJob, ...]
    job_names: tuple[str, ...]
    connections: tuple[Connection, ...]
    csv_folder: Path
    keeping: Keeping
    problems: tuple[Problem, ...]


def read_config(book: Workbook, only: Sequence[str] = ()) -> Config:
    """Read all config tables.

    :param only: names of jobs to run whatever their “Run?” says; empty for those that say Yes.
    :raises ConfigurationError: where the workbook has no Jobs sheet.
    """
    log = ProblemLog()
    jobs = filled_rows(book, JOBS, log)
    if jobs is None:
        raise ConfigurationError(
            f"{book.name} has no sheet “{JOBS.sheet}”, so it holds no jobs.",
            remedy="Make a job workbook with “xl-datasync new”, and fill in its Jobs sheet.",
        )
    settings = _settings(filled_rows(book, SETTINGS, log) or [])
    connections = _connections(filled_rows(book, CONNECTIONS, log) or [])
    names = _job_names(jobs)
    choices = read_choices(filled_rows(book, COLUMN_MAP, log) or [], _map_names(jobs))
    options = _options(filled_rows(book, OPTIONS, log) or [], {name.casefold() for name in names})
    reader = JobReader(book.path.parent, connections, settings, choices, options)
    found = [reader.read(row) for row in sorted(_wanted(jobs, only), key=_order)]
    for name in only:
        if name.casefold() not in (known.casefold() for known in names):
            log.add("Jobs sheet", Fault(f"there is no job “{name}”", f"The jobs are: {', '.join(names)}."))
    return Config(
        jobs=tuple(job for job in found if job),
        job_names=names,
        connections=tuple(connections.values()),
        csv_folder=_csv_folder(book, settings),
        keeping=_keeping(book, settings),
        problems=log.problems(),
    )


def marks_wanted(book: Workbook) -> bool:
    """Whether faulty cells are to be coloured, when the workbook is open in Excel."""
    settings = _settings(filled_rows(book, SETTINGS, ProblemLog()) or [])
    row = settings.get("mark faulty cells")
    return row is not None and row.choice("Value", YesNo, YesNo.NO) is YesNo.YES


def _job_names(rows: list[ConfigRow]) -> tuple[str, ...]:
    return tuple(name for name in (row.text("Job name") for row in rows) if name)


def _map_names(rows: list[ConfigRow]) -> set[str]:
    """The names of the column maps that jobs use: their own, where they name none."""
    return {(row.text("Column map") or row.text("Job name")).casefold() for row in rows}


def _wanted(rows: list[ConfigRow], only: Sequence[str]) -> list[ConfigRow]:
    """The rows that are to run; a name that stands twice is a fault of the second row."""
    seen: set[str] = set()
    wanted = []
    names = {name.casefold() for name in only}
    for row in rows:
        name = row.text("Job name").casefold()
        runs = name in names if only else row.choice("Run?", YesNo, YesNo.NO) is YesNo.YES
        if name and name in seen:
            row.fault("Job name", "another job has this name", "Give each job a name of its own.")
        seen.add(name)
        if runs:
            wanted.append(row)
    return wanted


def _order(row: ConfigRow) -> tuple[float, int]:
    order = row.number_in("Order", None, 0, 1_000_000)
    return (float("inf") if order is None else order, row.number)


def _settings(rows: list[ConfigRow]) -> dict[str, ConfigRow]:
    known = {setting.name.casefold() for setting in SETTING_LIST}
    settings: dict[str, ConfigRow] = {}
    for row in rows:
        name = row.text("Setting").casefold()
        if name not in known:
            names = ", ".join(setting.name for setting in SETTING_LIST)
            row.fault("Setting", "unknown setting", f"The settings are: {names}.")
        elif row.text("Value") and settings.setdefault(name, row) is not row:
            row.fault("Setting", "another row has this setting", "Keep one of them.")
    if "mark faulty cells" in settings:
        settings["mark faulty cells"].choice("Value", YesNo, YesNo.NO)
    if "time zone" in settings:
        check_zone(settings["time zone"].text("Value"), settings["time zone"].faults_of("Value"))
    return settings


def _csv_folder(book: Workbook, settings: dict[str, ConfigRow]) -> Path:
    return _folder(book, settings.get("csv folder")) or sidecar_folder(book.path)


def sidecar_folder(workbook: Path) -> Path:
    """The folder beside a workbook for what the program writes, because it never writes to the workbook."""
    return workbook.with_name(f"{workbook.stem}.datasync")


def _folder(book: Workbook, row: ConfigRow | None) -> Path | None:
    return book.path.parent / Path(row.text("Value")).expanduser() if row else None


def _keeping(book: Workbook, settings: dict[str, ConfigRow]) -> Keeping:
    usual = Keeping(sidecar_folder(book.path), _folder(book, settings.get("backup folder")))

    def whole(name: str, default: int, lowest: int) -> int:
        row = settings.get(name)
        return (row.whole_in("Value", default, lowest, 10**9) if row else None) or default

    return replace(
        usual,
        days=whole("keep backups for (days)", usual.days, 1),
        most_bytes=whole("backups may fill (mb)", usual.most_bytes // 10**6, 1) * 10**6,
        most_rows=whole("back up before adding, up to (rows)", usual.most_rows, 1),
    )


def _connections(rows: list[ConfigRow]) -> dict[str, Connection]:
    found: dict[str, Connection] = {}
    for row in rows:
        name = row.text("Connection name")
        if not name:
            row.fault("Connection name", "blank", "Give the connection a name; jobs call it by that.")
        elif name.casefold() in found:
            row.fault("Connection name", "another connection has this name", "Give each a name of its own.")
        if row.text("Secret"):
            remedy = "Delete it here, change it on the portal, and sign in with the new one."
            row.log.add("Connections sheet", Fault("a secret is written in the workbook", remedy), row.where("Secret"))
        address = _address(row)
        if name and address:
            found.setdefault(name.casefold(), Connection(
                name, address, row.choice("Sign-in type", SignInType, SignInType.API_KEY),
                row.text("Key ID or user name"), row.choice("Test portal?", YesNo, YesNo.NO) is YesNo.YES,
            ))  # fmt: skip
    return found


def _address(row: ConfigRow) -> str:
    try:
        return portal_address(row.text("Portal address"))
    except ConfigurationError as error:
        row.fault("Portal address", error.what.rstrip("."), error.remedy)
        return ""


def _options(rows: list[ConfigRow], jobs: set[str]) -> dict[str, list[ConfigRow]]:
    """The rows of the Options table by job, ``""`` for all jobs; an option without a value is not set."""
    known = {option.name.casefold() for option in OPTION_LIST}
    found: dict[tuple[str, str], ConfigRow] = {}
    for row in rows:
        job, option = row.text("Job name").casefold(), row.text("Option").casefold()
        if job and job not in jobs:
            row.fault("Job name", "there is no job of this name", "Write it as in the Jobs sheet, or delete the row.")
        if option not in known:
            names = ", ".join(option.name for option in OPTION_LIST)
            row.fault("Option", "unknown option" if option else "blank", f"The options are: {names}.")
        elif row.text("Value") and found.setdefault((job, option), row) is not row:
            row.fault("Option", "another row sets this option for the same job", "Keep one of them.")
    by_job: dict[str, list[ConfigRow]] = {}
    for (job, _), row in found.items():
        by_job.setdefault(job, []).append(row)
    return by_job
