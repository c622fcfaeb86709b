"""What the preview's window tells of a real run: what is left out, what is set aside, what has to be decided first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbooks import job
from xl_datasync.api import WhichRows, run_workbook
from xl_datasync.dialogs.preview_model import PreviewForm
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.ribbon.endings import report_ending
from xl_datasync.ribbon.loop_forms import preview_form
from xl_datasync.ribbon.session import Ran

Make = Callable[..., Path]
HEADERS = ("Code", "Fee", "Ward", "Day")
COLUMNS = [
    {"name": name, "fieldName": name.lower(), "dataTypeName": "number" if name == "Fee" else "text"} for name in HEADERS
]


@pytest.fixture
def fees(signed_in: PracticePortal) -> str:
    """A dataset without rows."""
    signed_in.create_dataset("fees-fees", "Fees", COLUMNS)
    return "fees-fees"


def previewed(path: Path) -> PreviewForm:
    """What a preview of a workbook's only job shows, its rows with faults set aside."""
    report = run_workbook(path, aim=Aim.DRY_RUN, which=WhichRows(set_aside=True))
    return preview_form("Preview", "Fees", Ran(report_ending(report), report), report.results[0], [])


def record(number: int, fee: object = 1) -> tuple[object, ...]:
    """A row."""
    return (f"A{number}", fee, "North", "Mon")


@pytest.mark.parametrize("answer", ["", "up to 10 rows left out “Other”"])
def test_rows_left_out_stand_first(make_workbook: Make, fees: str, answer: str) -> None:
    """Whether they are a note, a warning or an answered one, and however many notes there are besides."""
    sheet = [
        (*HEADERS, *(f"More {n}" for n in range(9))), record(1), *[("Other", 5)] * 8, record(2), record(3, "x"),
    ]  # fmt: skip
    options = [{"Option": "Rows left out", "Value": "Other"}, {"Option": "Warnings answered", "Value": answer}]
    form = previewed(make_workbook([job("Fees", fees, "Replace all rows")], {"Data": sheet}, options=options))
    told, aside = form.facts[1:3]
    assert told.startswith("Sheet “Data”: rows left out, as the job says: “Other” (rows 3, 4, 5 and 5 more)")
    assert told.endswith("(8 places).")
    assert aside.startswith("Set aside, to be mended and published later: Column “Fee”")


def test_what_a_person_may_pass_hides_no_counts(make_workbook: Make, fees: str) -> None:
    """Where Publish is offered and only a guard stands before it, the headline says what would change."""
    jobs = [job("Fees", fees, "Replace all rows")]
    run_workbook(make_workbook(jobs, {"Data": [HEADERS, *map(record, range(10))]}))
    path = make_workbook(jobs, {"Data": [HEADERS, record(0), record(1), record(2, "x")]})
    form = previewed(path)
    assert form.headline == (
        "0 rows would be added, 0 changed, 2 stay as they are, 8 removed. 1 row would be set aside. Nothing has been sent."
    )
    assert (form.aside, form.warnings.startswith("1 problem, ")) == (1, True)
    form = previewed(make_workbook(jobs, {"Data": [HEADERS, record(0, "x")]}))
    assert form.headline == "2 problems in 2 cells to mend. Nothing has been sent."
