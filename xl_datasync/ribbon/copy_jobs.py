"""A job that copies a dataset: asked for once, written into the Jobs sheet."""

from __future__ import annotations

from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import What
from xl_datasync.dialogs.forms import Copy, CopyForm
from xl_datasync.ribbon.session import Session
from xl_datasync.ribbon.sheet_jobs import asked_portals, free_name, known_connections
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_tables import CellValue, LiveTable
from xl_datasync.workbook.tables import CONNECTIONS, JOBS, KindOfJob, WhenFinished, YesNo


def add_copy_job(session: Session, live: LiveWorkbook) -> str | None:
    """Ask what is copied where, and write the job's row; the job does not run by itself the next time.

    :returns: its name; None where the clerk does not want to.
    :raises ConfigurationError: where the workbook has no connection yet.
    """
    connections = known_connections(live)
    if not connections:
        raise ConfigurationError(
            "No portal is known yet.", where=live.name, remedy=f"“Sign in” adds one to the {CONNECTIONS.sheet} sheet."
        )
    with asked_portals(session) as portals:
        copy = session.desk.ask_copy(CopyForm(tuple(connections)), portals)
    if copy is None:
        return None
    name = free_name(live, f"Copy of {copy.title or copy.source_link.rstrip('/').rpartition('/')[2]}")
    session.writing()
    table = LiveTable(live, JOBS)
    live.ask(lambda: table.add([_row(name, copy)]))
    return name


def _row(name: str, copy: Copy) -> dict[str, CellValue]:
    row: dict[str, CellValue] = {
        "Run?": YesNo.NO.value,  # each run of a copy that makes a dataset makes another one
        "Job name": name,
        "Kind of job": KindOfJob.DATASET.value,
        "Portal": copy.target,
        "Copy from portal": copy.source,
        "Copy from dataset ID or link": copy.source_link,
        "What to copy": copy.what.value,
    }
    if copy.what is What.ROWS:
        return row | {"Dataset ID or link": copy.to_link, "How to update": copy.method.value}
    finished = WhenFinished.PUBLISH if copy.publish else WhenFinished.DRAFT
    return row | {"New dataset title": copy.title or None, "When finished": finished.value}
