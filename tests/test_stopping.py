"""Ctrl-C on the real command: it stops at a safe point and says what stays published."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kills.children import answered, ended, start, started_slow, taken, until
from tests.workbooks import job
from xl_datasync.api import run_records, run_workbook
from xl_datasync.core.report import State
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX lets a test press Ctrl-C for one process alone")
Make = Callable[..., Path]
Told = Callable[[], list[str]]

FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
FIELDS = [FIELD, *((f"Z{n:02}", "New", "Testville", "TX", "USA", 31.5, -99.25) for n in range(50))]
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAYS = [WEATHER, *(("2016-01-01", n, 9, 2.2, 3.1, "rain") for n in range(4))]
SAFE_POINT = "Stopping once the portal has answered; press Ctrl-C again to stop at once."
TWO = [job("First", "smal-fild", "Replace all rows", **{"Stop if rows shrink by more than": 100}),
       job("Second", "weat-hlog", "Add rows", sheet="Days")]  # fmt: skip
SHEETS: dict[str, Any] = {"Data": FIELDS, "Days": DAYS}


@pytest.fixture
def two(make_workbook: Make, signed_in: PracticePortal) -> Path:
    """A workbook with two jobs: a replace, then an append without identifier."""
    return make_workbook(TWO, SHEETS)


def press(process: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)


def is_recorded(path: Path) -> bool:
    """Whether every run has a record of how it ended, and nobody has to look after one."""
    records = run_records(path)
    return bool(records) and all(record.finished and not is_open(record) for record in records)


def test_before_anything_is_sent(two: Path, portal: PracticePortal, writes: Told) -> None:
    """It stops at once: nothing was sent, the other job is not run, and both are said."""
    process = started_slow(portal, "GET", 1.5, "run", two)
    began = time.monotonic()
    press(process)
    code, words = ended(process)
    assert code == 130
    assert time.monotonic() - began < 1.2
    assert "First: Failed. Stopped by you. Nothing has been sent." in words
    assert "Stopped by you; 1 of 2 jobs were not run." in words
    assert (writes(), is_recorded(two)) == ([], True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_while_a_request_is_under_way(number: int, two: Path, portal: PracticePortal, writes: Told) -> None:
    """The request is finished and what is published is said; the other job is not run. SIGTERM is a Ctrl-C."""
    process = started_slow(portal, "PUT", 0.7, "run", two)
    process.send_signal(number)
    code, words = ended(process)
    assert code == 130
    assert SAFE_POINT in words
    assert "First: Done. 50 rows now make up the dataset." in words
    assert "Stopped by you; 1 of 2 jobs were not run." in words
    assert (writes(), len(portal.rows("smal-fild")), is_recorded(two)) == (["PUT"], 50, True)


def test_when_nothing_is_left_to_stop(two: Path, portal: PracticePortal) -> None:
    """The last job's last request is finished: the run is done, says so, and its exit code is that of a good end."""
    process = started_slow(portal, "PUT", 0.7, "run", two, "--job", "First")
    press(process)
    code, words = ended(process)
    assert (code, is_recorded(two)) == (0, True)
    assert "You asked to stop when the last job could no longer be stopped; it was finished." in words


def test_between_parts(make_workbook: Make, signed_in: PracticePortal, portal: PracticePortal, writes: Told) -> None:
    """Of several requests the one under way is the last; the words say which parts are stored; a rerun does it over."""
    options = [{"Job name": "Job", "Option": "Rows per request", "Value": 10}]
    path = make_workbook([job("Job", "smal-fild", "Update and add")], {"Data": FIELDS}, options=options)
    before = answered(portal)
    portal.add_fault("slow", times=5, method="POST", path="/resource/", seconds=0.3)
    process = start("run", path)
    until(lambda: answered(portal) == before + 1)
    press(process)
    code, words = ended(process)
    assert code == 130
    sent = len(writes())
    stored = "Part 1 of 5 is stored." if sent == 1 else f"Parts 1 to {sent} of 5 are stored."
    assert f"Stopped by you. {stored}" in words
    assert "Run it again: no row will be doubled." in words
    assert len([row for row in portal.rows("smal-fild") if row["airport_name"] == "New"]) == 10 * sent
    portal.clear_faults()
    assert run_workbook(path).exit_code == 0
    assert len([row for row in portal.rows("smal-fild") if row["airport_name"] == "New"]) == 50


def test_twice(two: Path, portal: PracticePortal, writes: Told) -> None:
    """The second press stops at once and says what is not known; the next run finds out before it sends again."""
    before, done = len(portal.rows("weat-hlog")), answered(portal)
    process = started_slow(portal, "POST", 1.5, "run", two, "--job", "Second")
    began = time.monotonic()
    press(process)
    assert process.stderr is not None
    until(lambda: SAFE_POINT in (process.stderr.readline() if process.stderr else ""))
    press(process)
    code, words = ended(process)
    assert code == 130
    assert time.monotonic() - began < 1.2
    assert "It is not known whether the portal carried it out." in words
    assert "Running it again is safe" in words
    asks = run_workbook(two, ["Second"]).results[0]
    assert (asks.state, asks.exit_code) == (State.NOT_SENT, 1)
    until(lambda: answered(portal) > done)
    assert run_workbook(two, ["Second"]).exit_code == 0
    assert (len(portal.rows("weat-hlog")), writes()) == (before + 4, ["POST"])


def test_while_waiting_for_another_attempt(two: Path, portal: PracticePortal) -> None:
    """It does not wait to the end; rows that were refused until then were not sent, and the next run just runs."""
    before = len(portal.rows("weat-hlog"))
    portal.add_fault("429-retry-after", times=1, method="POST", path="/resource/", retry_after=30)
    process, done = start("run", two, "--job", "Second"), answered(portal)
    until(lambda: answered(portal) > done)
    time.sleep(0.3)
    began = time.monotonic()
    press(process)
    code, words = ended(process)
    assert code == 130
    assert time.monotonic() - began < 5
    assert "Second: Failed. Stopped by you. No row was changed." in words
    assert is_recorded(two)
    result = run_workbook(two, ["Second"]).results[0]
    assert (result.state, result.problems) == (State.DONE, ())
    assert len(portal.rows("weat-hlog")) == before + 4


def test_while_waiting_in_doubt(two: Path, portal: PracticePortal, writes: Told) -> None:
    """Where an attempt's outcome is open, a stop while waiting leaves it open, and the words say so."""
    portal.add_fault("504", times=1, method="PUT", path="/resource/", retry_after=30)
    process = start("run", two, "--job", "First")
    until(lambda: writes() == ["PUT"])
    time.sleep(0.3)
    press(process)
    code, words = ended(process)
    assert code == 130
    assert "First: Failed. Stopped by you. It is not known whether the portal carried it out." in words
    assert "Run it again: no row will be doubled." in words
    assert not is_recorded(two)
    assert run_workbook(two, ["First"]).exit_code == 0


def test_while_a_dataset_is_made(workbook: Make, other: PracticePortal, signed_in: PracticePortal) -> None:
    """The dataset under way is made and then left as it is; the words name it, and the next run goes on with it."""
    copies = {"Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "Other",
              "Copy from portal": "Practice", "Copy from dataset ID or link": "smal-fild",
              "What to copy": "Columns and rows"}  # fmt: skip
    path, before = workbook([copies]), set(other.dataset_ids())
    other.add_fault("slow", method="POST", path="/api/views", seconds=0.7)
    process = start("run", path)
    until(lambda: taken(other))
    press(process)
    code, words = ended(process)
    (made,) = set(other.dataset_ids()) - before
    assert code == 130
    assert f"({made}) was made; it is not published." in words
    assert "Run the job again to go on from there" in words
    assert run_workbook(path).exit_code == 0
    assert set(other.dataset_ids()) - before == {made}
    assert len(other.rows(made)) == 200
