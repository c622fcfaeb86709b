"""Added rows whose answer is lost: the portal is asked what became of them; nothing is sent a second time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kills.runs import run
from tests.workbooks import job
from xl_datasync.api import run_records
from xl_datasync.core.report import State
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal

Make = Callable[..., Path]
Told = Callable[[], list[str]]
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAYS = [(f"2016-01-{day:02}", 1.5, 9, 2.2, 3.1, "rain") for day in (1, 2, 2, 3)]
FIELDS = ("observed_on", "precipitation_mm", "max_temp_c", "min_temp_c", "wind_m_s", "weather")
FIRST = {**dict(zip(FIELDS, DAYS[0], strict=True)), "observed_on": "2016-01-01T00:00:00.000"}
FOUND = "the portal's answer was lost, but the rows are there, each once"
# One column of each type, and a value that is written in one way and read in another, where there is one.
TYPES: dict[str, tuple[str, list[Any]]] = {
    "Words": ("text", ['  =1+1 “ü”, "quoted"\nand a line', "😀", None]),
    "Amount": ("number", [1234.50, -0.0001, None]),
    "Fee": ("money", [19.90, 0, None]),
    "Share": ("percent", [45, 0.5, None]),
    "Open": ("checkbox", [True, False, None]),
    "Day": ("calendar_date", [dt.date(2016, 2, 29), dt.datetime(2016, 1, 1, 13, 30), None]),
    "Moment": ("date", ["2016-01-01T00:00:00Z", "2016-07-01T12:00:00-07:00", None]),
    "Place": ("point", ["POINT (-122.30 47.6)", "POINT (0 0)", None]),
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def path(make_workbook: Make) -> Path:
    """A workbook that adds four rows, two of them alike."""
    return make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, *DAYS]})


def add_row(portal: PracticePortal, *rows: dict[str, Any]) -> None:
    """Add rows as a colleague would, or a portal that is late."""
    who = portal.sign_ins[0]
    address = f"{portal.url}/resource/weat-hlog.json"
    assert requests.post(address, json=list(rows), auth=(who.key_id, who.key_secret), timeout=10).ok


def test_rows_that_are_there_are_done(path: Path, portal: PracticePortal, writes: Told) -> None:
    """The connection breaks after the commit: the rows are found, reported as done, and were sent once."""
    before = len(portal.rows("weat-hlog"))
    portal.add_fault("cut-after-commit")
    (result,) = run(path).results
    assert (result.state, result.receipt.created, writes()) == (State.DONE, 4, ["POST"])
    assert [problem.what for problem in result.problems] == [FOUND]
    assert len(portal.rows("weat-hlog")) == before + 4


def test_every_type_is_known_again(make_workbook: Make, portal: PracticePortal) -> None:
    """Whatever a portal makes of values on their way, the rows that were sent are found to be those that are there."""
    columns = [{"name": name, "fieldName": name.lower(), "dataTypeName": kind} for name, (kind, _) in TYPES.items()]
    portal.create_dataset("many-type", "Many types", columns)
    rows = [list(TYPES), *zip(*(values for _, values in TYPES.values()), strict=True)]
    options = [{"Job name": "Types", "Option": "Time zone", "Value": "America/Los_Angeles"}]
    path = make_workbook([job("Types", "many-type", "Add rows")], {"Data": rows[:3]}, options=options)
    portal.add_fault("cut-after-commit", method="POST")
    (result,) = run(path).results
    assert FOUND in [problem.what for problem in result.problems], result
    assert len(portal.rows("many-type")) == 2


def test_an_empty_dataset(make_workbook: Make, portal: PracticePortal) -> None:
    """Where there was no row before, all that are there now are looked at."""
    columns = [{"name": "Words", "fieldName": "words", "dataTypeName": "text"}]
    portal.create_dataset("empt-yset", "Empty", columns)
    path = make_workbook([job("Words", "empt-yset", "Add rows")], {"Data": [["Words"], ["one"], ["two"]]})
    portal.add_fault("cut-after-commit", method="POST")
    assert run(path).results[0].state is State.DONE
    assert len(portal.rows("empt-yset")) == 2


@pytest.mark.parametrize("fault", ["cut-during", "504", "500"])
def test_rows_that_are_not_there_stop_the_run(fault: str, path: Path, portal: PracticePortal, writes: Told) -> None:
    """No trace of them is no proof: it fails, says what to look at, sends nothing again, and the next run asks."""
    before = portal.rows("weat-hlog")
    portal.add_fault(fault, method="POST")
    report = run(path)
    (result,) = report.results
    assert (result.state, report.exit_code, writes()) == (State.FAILED, 1, ["POST"])
    assert "It is not known whether the rows were added." in result.error.message
    assert "Do not run it again yet: that could add every row a second time." in result.error.message
    assert [is_open(record) for record in run_records(path)] == [True]
    (second,) = run(path).results
    assert (second.state, second.exit_code, writes()) == (State.NOT_SENT, 1, ["POST"])
    assert portal.rows("weat-hlog") == before


def test_a_portal_that_is_late_is_waited_for(path: Path, portal: PracticePortal, writes: Told) -> None:
    """A front server gave up, the portal behind did not: the rows that come to light while waiting are found."""
    waits: list[float] = []

    def late(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            add_row(portal, *(dict(FIRST, observed_on=f"{row[0]}T00:00:00.000") for row in DAYS))

    portal.add_fault("504", method="POST")
    (result,) = run(path, settle=20.0, sleep=late).results
    assert (result.state, [problem.what for problem in result.problems]) == (State.DONE, [FOUND])
    assert len(waits) == 2


@pytest.mark.parametrize("others", [1, 4])
def test_rows_of_others_leave_a_doubt(others: int, path: Path, portal: PracticePortal, writes: Told) -> None:
    """Others add rows at the same time, more of them or just as many: nobody can be sure, so that it stops."""

    def meanwhile(_seconds: float) -> None:
        if len(portal.rows("weat-hlog")) == before:
            add_row(portal, *[dict(FIRST, weather="theirs")] * others)

    before = len(portal.rows("weat-hlog"))
    portal.add_fault("504", method="POST")
    report = run(path, settle=20.0, sleep=meanwhile)
    assert (report.exit_code, report.results[0].state) == (1, State.FAILED)
    assert "Open the dataset, look at its number of rows" in report.results[0].error.message
    assert len(portal.rows("weat-hlog")) == before + others


def test_with_an_identifier_it_is_simply_sent_again(make_workbook: Make, portal: PracticePortal, writes: Told) -> None:
    """A repeat does no harm there, so that nobody has to look."""
    field = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
    rows = [field, ("ZZ1", "New", "Testville", "TX", "USA", 31.5, -99.25)]
    path = make_workbook([job("Fields", "smal-fild", "Add rows")], {"Data": rows})
    portal.add_fault("cut-after-commit", method="POST")
    (result,) = run(path).results
    assert (result.state, writes()) == (State.DONE, ["POST", "POST"])
    assert len(portal.rows("smal-fild")) == 201
