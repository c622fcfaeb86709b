"""Connections: which one is meant, who one is there, and what one may change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xl_datasync.core.checks import RIGHTS_NEEDED, rights_words
from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import ConfigurationError, DataSyncError
from xl_datasync.core.jobs import Job, PortJob
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.credentials import find_sign_in
from xl_datasync.portal import Portal
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import read_config


def find_connection(workbook: Path, name: str | None) -> Connection:
    """A connection of the workbook, by name; the only one where no name is given.

    :raises ConfigurationError: where it is not there, or the choice is not clear.
    """
    with open_workbook(workbook) as book:
        config = read_config(book)
    known = config.connections
    found = [c for c in known if name is None or c.name.casefold() == name.casefold()]
    if len(found) == 1:
        return found[0]
    if config.problems:
        raise ConfigurationFaults(workbook.name, config.problems)
    names = ", ".join(connection.name for connection in known) or "none yet"
    what = f"The workbook has no connection “{name}”." if name else "Say which connection is meant."
    raise ConfigurationError(what, where=workbook.name, remedy=f"Its connections: {names}.")


@dataclass(frozen=True)
class ConnectionTest:
    """What came of trying a connection: who one is there, and each dataset's name or what is wrong with it."""

    connection: Connection
    signed_in_as: str
    source: str
    datasets: tuple[tuple[str, str, bool], ...]
    error: DataSyncError | None = None

    @property
    def exit_code(self) -> int:
        """That of the error where the connection cannot be used, 1 where a job may not do what it is for."""
        if self.error:
            return self.error.exit_code
        return 0 if all(may for _, _, may in self.datasets) else 1


def test_connections(workbook: Path) -> list[ConnectionTest]:
    """Try every connection of the workbook, and every dataset that its jobs change."""
    with open_workbook(workbook) as book:
        config = read_config(book)
    if config.problems:
        raise ConfigurationFaults(workbook.name, config.problems)
    return [_test(connection, config.jobs) for connection in config.connections]


def _test(connection: Connection, jobs: Sequence[Job | PortJob]) -> ConnectionTest:
    try:
        sign_in = find_sign_in(connection, None)
        with Portal(connection.address, sign_in) as portal:
            who = portal.who_am_i()
            rights = tuple(_rights(job, portal) for job in jobs if job.connection == connection)
    except DataSyncError as error:
        return ConnectionTest(connection, "", "", (), error)
    return ConnectionTest(connection, who.display_name, sign_in.source, rights)


def _rights(job: Job | PortJob, portal: Portal) -> tuple[str, str, bool]:
    if isinstance(job, PortJob) and job.what.makes_dataset:
        allowed = portal.may_create() is not False
        return ("new dataset", f"you {'may' if allowed else 'may not'} make datasets (job “{job.name}”)", allowed)
    try:
        dataset = portal.describe(job.dataset_id)
    except DataSyncError as error:
        return (job.dataset_id, error.message, False)
    missing = RIGHTS_NEEDED[job.method] - dataset.rights
    may = f"may not {rights_words(missing)}" if missing else f"may “{job.method.value}”"
    return (job.dataset_id, f"{dataset.name}: you {may} (job “{job.name}”)", not missing)


def connection_lines(found: Sequence[ConnectionTest]) -> Iterator[str]:
    """The tests for people."""
    for test in found:
        if test.error:
            yield f"x {test.connection.name}: {test.error.message}"
            continue
        mark = "-" if test.exit_code else "+"
        where = f"{test.connection.name} ({test.connection.host})"
        yield f"{mark} {where}: signed in as {test.signed_in_as}, secret from {test.source}"
        for dataset_id, words, may in test.datasets:
            yield f"    {'+' if may else '-'} {dataset_id}  {words}"
    if not found:
        yield "The workbook has no connections yet; fill in its Connections sheet."


def connection_rows(found: Sequence[ConnectionTest]) -> list[dict[str, object]]:
    """The tests for machines."""
    return [
        {
            "connection": test.connection.name,
            "portal": test.connection.address,
            "signed_in_as": test.signed_in_as,
            "secret_from": test.source,
            "good": test.exit_code == 0,
            "error": test.error.message if test.error else "",
            "datasets": [{"dataset_id": i, "words": words, "may_change": may} for i, words, may in test.datasets],
        }
        for test in found
    ]
