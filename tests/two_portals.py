"""Two practice portals at once, each with its own sign-in, and jobs that copy from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.workbooks import write_job_workbook
from xl_datasync.api import NOBODY, Person, run_workbook, sound_config
from xl_datasync.core.connection import Connection
from xl_datasync.core.report import JobResult, Report
from xl_datasync.credentials import find_sign_in
from xl_datasync.folders import user_folder
from xl_datasync.job_run import Aim, RunSettings
from xl_datasync.keeper import Keeper
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.practice_portal.signin import OTHER_SIGN_INS
from xl_datasync.run import run_jobs
from xl_datasync.workbook.closed import open_workbook

Copy = Callable[..., Report]
YES = Person(confirm=lambda _job, _problems: True)


@pytest.fixture(scope="session")
def running_other() -> Iterator[PracticePortal]:
    """The second portal, for the whole session."""
    with PracticePortal(sign_ins=OTHER_SIGN_INS) as portal:
        yield portal


@pytest.fixture
def other(running_other: PracticePortal, signed_in: PracticePortal, monkeypatch: pytest.MonkeyPatch) -> PracticePortal:
    """The second portal as it is when new; both publishers' keys are in the environment."""
    running_other.reset()
    running_other.clear_faults()
    sign_in_to_other(monkeypatch)
    return running_other


def sign_in_to_other(monkeypatch: pytest.MonkeyPatch, account: int = 0) -> None:
    """Put a key of the second portal into the environment: 0 is its publisher's, 1 its viewer's."""
    monkeypatch.setenv("XL_DATASYNC_OTHER_KEY_ID", OTHER_SIGN_INS[account].key_id)
    monkeypatch.setenv("XL_DATASYNC_OTHER_KEY_SECRET", OTHER_SIGN_INS[account].key_secret)


@pytest.fixture
def workbook(tmp_path: Path, portal: PracticePortal, other: PracticePortal) -> Callable[..., Path]:
    """Writes a job workbook with the connections “Practice” and “Other”."""

    def write(jobs: list[dict[str, Any]], name: str = "jobs.xlsx", **tables: Any) -> Path:
        connections = [
            {"Connection name": connection, "Portal address": there.url, "Sign-in type": "API key"}
            for connection, there in (("Practice", portal), ("Other", other))
        ]
        sheets = tables.pop("sheets", {"Data": [["x"]]})
        return write_job_workbook(tmp_path / name, portal.url, jobs, sheets, **{"connections": connections, **tables})

    return write


@pytest.fixture
def copy(workbook: Callable[..., Path]) -> Copy:
    """Runs a job workbook that holds these jobs."""

    def run(*jobs: dict[str, Any], person: Person = NOBODY, aim: Aim = Aim.PUBLISH, **tables: Any) -> Report:
        return run_workbook(workbook(list(jobs), **tables), aim=aim, person=person)

    return run


def run_quickly(path: Path, person: Person = NOBODY) -> Report:
    """As ``run_workbook``, with a client that does not wait between its attempts."""
    with open_workbook(path) as book:
        config = sound_config(book)
        keeper = Keeper(config.keeping, user_folder(), book.path)
        settings = RunSettings(config.csv_folder, keeper, Aim.PUBLISH, person.confirm, person.stop)
        return run_jobs(config.jobs, book, _impatient, settings, person.watch)


def _impatient(connection: Connection) -> Portal:
    return Portal(connection.address, find_sign_in(connection, None), Timeouts(sleep=lambda _seconds: None))


def port_job(what: str, source: str, dataset: str = "", how: str = "", **more: Any) -> dict[str, Any]:
    """One row of the Jobs table that copies from “Practice” to “Other”."""
    return {
        "Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "Other",
        "Copy from portal": "Practice", "Copy from dataset ID or link": source, "What to copy": what,
        "Dataset ID or link": dataset, "How to update": how, **more,
    }  # fmt: skip


def rows_only(source: str, dataset: str, how: str = "Replace all rows", **more: Any) -> dict[str, Any]:
    """A job that copies rows to a dataset that is there."""
    return port_job("Rows only", source, dataset, how, **more)


def only(report: Report) -> JobResult:
    """The report's single result."""
    (result,) = report.results
    return result


def in_any_order(portal: PracticePortal, dataset: str, without: tuple[str, ...] = ()) -> list[str]:
    """A dataset's rows, each as one text, sorted: portals promise no order."""
    rows = portal.rows(dataset)
    return sorted(repr(sorted((k, v) for k, v in row.items() if k not in without)) for row in rows)


def schema(portal: PracticePortal, dataset: str) -> list[tuple[object, ...]]:
    """A dataset's columns as its view shows them, and which of them is the row identifier."""
    view = portal.view(dataset)
    return [
        (c["name"], c["fieldName"], c["dataTypeName"], c.get("description", ""), c.get("format", {}),
         c["id"] == view.get("rowIdentifierColumnId"))
        for c in view["columns"]
    ]  # fmt: skip


def said(result: JobResult) -> str:
    """Everything that was found, in words."""
    return "\n".join(f"{p.severity.value}: {p.subject}: {p.what}. {p.remedy}" for p in result.problems)


def change_rows(portal: PracticePortal, dataset: str, *rows: dict[str, object]) -> None:
    """Add or change rows behind the program's back, as a colleague would."""
    who = portal.sign_ins[0]
    answer = requests.post(
        f"{portal.url}/resource/{dataset}.json", json=list(rows), auth=(who.key_id, who.key_secret), timeout=10
    )
    assert answer.status_code == 200, answer.text
