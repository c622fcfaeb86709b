"""The jobs that publish a sheet: which there are, and the row that is written for one that had none."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress

from xl_datasync.core.connection import Connection, SignIn, portal_address
from xl_datasync.core.dataset import Dataset, parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError, DataSyncError, NoSignIn
from xl_datasync.core.values import Value
from xl_datasync.credentials import find_sign_in
from xl_datasync.dialogs.forms import Link, LinkForm, Option
from xl_datasync.dialogs.portal_model import marked
from xl_datasync.dialogs.portals import PortalDesk
from xl_datasync.portal import Portal
from xl_datasync.ribbon.session import Session
from xl_datasync.workbook.config import read_config
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_sheets import add_missing_tables, structure_protected, unprotected
from xl_datasync.workbook.live_tables import CellValue, LiveTable
from xl_datasync.workbook.protocol import Source
from xl_datasync.workbook.results import SHEET as RESULTS
from xl_datasync.workbook.tables import CONNECTIONS, JOBS, TABLES, KindOfJob, YesNo
from xl_datasync.write_back import says

log = logging.getLogger(__name__)

OURS = frozenset({spec.sheet.casefold() for spec in TABLES} | {RESULTS.casefold(), "start here"})


def chosen_job(session: Session, live: LiveWorkbook) -> str | None:
    """The job that publishes the sheet in front; where there is none, the clerk says where it goes, once.

    :returns: its name; None where the clerk does not want to.
    :raises ConfigurationError: where the sheet is none that can be published.
    """
    sheet = published_sheet(session)
    name = chosen_of(session, jobs_of(live, sheet), sheet)
    if name:
        note_dataset(session, live, name)
    return link_sheet(session, live, sheet) if name == "" else name


def note_dataset(session: Session, live: LiveWorkbook, job: str) -> None:
    """Let a test of a sign-in say what may be changed in the dataset of a job."""
    row = _row(live, job) or {}
    _note_dataset(session, str(row.get("Portal") or ""), str(row.get("Dataset ID or link") or ""))


def _note_dataset(session: Session, connection: str, link: str) -> None:
    with suppress(ConfigurationError):
        session.desk.concerning(connection, parse_dataset_link(link)[1])


def asked_portals(session: Session) -> PortalDesk:
    """The portals for a window that searches them, with the sign-ins of this computer and of the person."""
    return PortalDesk(_saved_sign_in, session.ask_sign_in)


def _saved_sign_in(connection: Connection) -> SignIn | None:
    """The sign-in that is saved for a connection; None where there is none, or none that can be had unasked."""
    try:
        return find_sign_in(connection, _nobody)
    except DataSyncError as error:
        log.info("searching without a sign-in: %s", error.what)
        return None


def _nobody(connection: Connection) -> SignIn:
    raise NoSignIn(f"No sign-in for “{connection.name}” is saved.")


def chosen_of(session: Session, jobs: Sequence[str], sheet: str) -> str | None:
    """The job that is meant, of those that publish a sheet.

    :returns: its name; ``""`` where there is none; None where the clerk does not want to.
    """
    if len(jobs) <= 1:
        return jobs[0] if jobs else ""
    question = f"Several jobs publish the sheet “{sheet}”. Which one?"
    name: str | None = session.desk.choose("Which job?", question, [Option(name, value=name) for name in jobs])
    return name


def published_sheet(session: Session) -> str:
    """The sheet in front.

    :raises ConfigurationError: where it has no cells, or is one of the program's own.
    """
    request = session.request
    if request.sheet_kind != "Worksheet":
        what = "a chart" if request.sheet_kind == "Chart" else "no sheet with cells"
        raise ConfigurationError(
            f"The sheet in front, “{request.sheet}”, is {what}.", remedy="Click the sheet with your data."
        )
    if request.sheet.casefold() in OURS:
        remedy = "Click the sheet with your data."
        if request.sheet.casefold() == JOBS.sheet.casefold():
            remedy += " “Run jobs” publishes from here: it runs all jobs that say Yes."
        raise ConfigurationError(f"The sheet in front, “{request.sheet}”, belongs to this program.", remedy=remedy)
    return request.sheet


def jobs_of(live: LiveWorkbook, sheet: str) -> list[str]:
    """The names of the jobs that publish a sheet, in the order of the Jobs sheet."""
    table = live.config_table(JOBS.sheet, JOBS.name)
    if table is None:
        return []
    found = []
    for _, row in table.rows:
        kind = str(row.get("Kind of job") or KindOfJob.SHEET.value).strip()
        source = str(row.get("Sheet, table or range") or "").strip()
        if kind == KindOfJob.SHEET.value and source and not row.get("Workbook or file"):
            stands_on = live.sheet_of(source)
            if stands_on and stands_on.casefold() == sheet.casefold() and row.get("Job name"):
                found.append(str(row["Job name"]).strip())
    return found


def link_sheet(session: Session, live: LiveWorkbook, sheet: str, job: str | None = None) -> str | None:
    """Ask where a sheet goes, look at the dataset, and write the job's row.

    :param job: a job that is there and is to be changed.
    :returns: the job's name; None where the clerk does not want to.
    :raises DataSyncError: where the sheet's name means something else as well, or the dataset cannot be described; then
        nothing was written.
    """
    if live.sheet_of(sheet) is None:
        live.read_table(Source(sheet))  # says what else has that name
    connections = known_connections(live)
    _can_write(live)
    with asked_portals(session) as portals:
        link = session.desk.ask_link(LinkForm(sheet, tuple(connections), _known_link(live, job)), portals)
    if link is None:
        return None
    connection = _connection(connections, link)
    _note_dataset(session, connection.name, link.dataset_link)
    dataset = link.dataset or _described(session, connection, link)
    session.writing()
    add_missing_tables(live)
    if link.new_portal:
        add_connection(live, connection)
    name = job or free_name(live, sheet)
    _write_job(live, name, sheet, link, dataset, new=job is None)
    return name


def _can_write(live: LiveWorkbook) -> None:
    """Find out, before somebody answers questions, whether the answers can be written down.

    :raises WorkbookError: where the Jobs sheet has a password, or cannot be added.
    """
    table = live.config_table(JOBS.sheet, JOBS.name)
    if table is not None:
        live.ask(lambda: _unlock(live, table.sheet))
    elif says(live, "ProtectStructure"):
        raise structure_protected(JOBS.sheet, live.name)


def _unlock(live: LiveWorkbook, sheet: str) -> None:
    """Take a sheet's protection off and put it on again."""
    with unprotected(live.book.sheets[sheet], live.name):
        pass


def known_connections(live: LiveWorkbook) -> Sequence[Connection]:
    """The connections of the workbook; none where it has no job sheets yet."""
    if live.config_table(JOBS.sheet, JOBS.name) is None:
        return ()
    return read_config(live).connections


def add_connection(live: LiveWorkbook, connection: Connection) -> None:
    """Write a row of the Connections sheet."""
    row: dict[str, CellValue] = {
        "Connection name": connection.name,
        "Portal address": connection.address,
        "Sign-in type": connection.sign_in_type.value,
        "Key ID or user name": connection.user or None,
        "Test portal?": YesNo.YES.value if connection.test_portal else None,
    }
    table = LiveTable(live, CONNECTIONS)
    live.ask(lambda: table.add([row]))


def _connection(connections: Sequence[Connection], link: Link) -> Connection:
    if link.new_portal:
        return marked(Connection(link.connection, portal_address(link.address), link.sign_in_type, link.user))
    return next(connection for connection in connections if connection.name == link.connection)


def _described(session: Session, connection: Connection, link: Link) -> Dataset:
    """The dataset, so that a slip of the pen is seen before anything is written."""
    session.desk.say("Looking at the dataset …")
    _, dataset_id = parse_dataset_link(link.dataset_link)
    with Portal(connection.address, find_sign_in(connection, session.ask_sign_in)) as portal:
        return portal.describe(dataset_id)


def _known_link(live: LiveWorkbook, job: str | None) -> Link | None:
    row = _row(live, job) if job else None
    if row is None:
        return None
    how = str(row.get("How to update") or "")
    method = next((method for method in Method if method.value == how), Method.REPLACE)
    return Link(str(row.get("Portal") or ""), str(row.get("Dataset ID or link") or ""), method)


def _row(live: LiveWorkbook, job: str) -> dict[str, Value] | None:
    table = live.config_table(JOBS.sheet, JOBS.name)
    rows = table.rows if table else ()
    return next((row for _, row in rows if str(row.get("Job name") or "").casefold() == job.casefold()), None)


def free_name(live: LiveWorkbook, sheet: str) -> str:
    """A name for a job that no other has: the sheet's, with a number if need be."""
    table = live.config_table(JOBS.sheet, JOBS.name)
    taken = {str(row.get("Job name") or "").strip().casefold() for _, row in (table.rows if table else ())}
    names = (sheet if number == 1 else f"{sheet} ({number})" for number in range(1, len(taken) + 3))
    return next(name for name in names if name.casefold() not in taken)


def _write_job(live: LiveWorkbook, name: str, sheet: str, link: Link, dataset: Dataset, *, new: bool) -> None:  # noqa: PLR0913
    row: dict[str, CellValue] = {
        "Portal": link.connection,
        "Dataset ID or link": dataset.link or dataset.id,
        "How to update": link.method.value,
        "Dataset name": dataset.name,
        "Row identifier": dataset.row_identifier.name if dataset.row_identifier else None,
    }
    table = LiveTable(live, JOBS)
    if new:
        row |= {
            "Run?": YesNo.YES.value, "Job name": name, "Kind of job": KindOfJob.SHEET.value,
            "Sheet, table or range": sheet,
        }  # fmt: skip
        live.ask(lambda: table.add([row]))
    elif number := table.find("Job name", name):
        live.ask(lambda: table.write({number: row}))
