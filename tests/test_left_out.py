"""Rows that a job leaves out, from the Options sheet to the portal: checked, previewed and published as if not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbooks import job
from xl_datasync.api import run_workbook
from xl_datasync.core.differences import Differences
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
ROWS = [
    ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25),
    ("Subtotal", None, None, None, None, 1, "n/a"),
    ("ZZ2", "Other Field", "Testville", "TX", "USA", 32.5, -99.25),
    ("Grand total", None, None, None, None, 2, "n/a"),
    (None,) * 7,
    ("Source: the FAA; its list of 2024", *[None] * 6),
]
OPTION = {"Option": "Rows left out", "Value": "subtotal; Grand  Total;\nSource: the FAA, its list of 2024"}
LIMIT = {"Stop if rows shrink by more than": 100}
NOTE = (
    "note: Sheet “Data”: rows left out, as the job says: “Subtotal” (row 3), “Grand total” (row 5), “Source: the FAA, its "
    "list of 2024” (row 7) (3 places)."
)


@pytest.fixture
def book(make_workbook: Callable[..., Path], signed_in: PracticePortal) -> Callable[[str], Path]:
    """A workbook whose sheet has totals and a note, with a job of a method that leaves them out."""
    del signed_in
    sheet = {"Data": [AIRPORT, *ROWS]}
    return lambda method: make_workbook([job("Fields", "smal-fild", method, **LIMIT)], sheet, options=[OPTION])


@pytest.mark.parametrize("method", ["Update and add", "Replace all rows"])
def test_they_are_not_sent(book: Callable[[str], Path], portal: PracticePortal, method: str) -> None:
    """Check, preview and run send and count the two records alone, and each says which rows were left out."""
    path = book(method)
    results: list[JobResult] = []
    for aim in (Aim.CHECK, Aim.DRY_RUN, Aim.PUBLISH):
        report = run_workbook(path, aim=aim)
        results += report.results
        assert NOTE in "\n".join(report_lines(report))
    check, preview, run = results
    assert check.plan.rows == preview.plan.rows == run.plan.rows == 2
    assert isinstance(preview.differences, Differences)
    assert (preview.differences.added, preview.differences.changed) == (2, 0)
    assert run.state is State.DONE, run.problems
    assert run.csv is not None
    assert [line.split(",")[0] for line in run.csv.read_text("utf-8").splitlines()[1:]] == ["ZZ1", "ZZ2"]
    codes = {row["iata_code"] for row in portal.rows("smal-fild")}
    assert {"ZZ1", "ZZ2"} <= codes
    assert not {"Subtotal", "Grand total"} & codes
