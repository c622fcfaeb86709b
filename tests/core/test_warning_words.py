"""Every warning that can be answered, read in full: what it is, where, what to do, and the words that answer it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.core.conftest import column, dataset_of, job_of, make_table, planned, shape_of
from xl_datasync.core.checks.answers import advice
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.problems import Problem
from xl_datasync.core.values import Doubt, Stale

OPEN = "Once published, anybody can copy them, and nobody can take them back."
LEAVE_OUT = "Set the column's Send? to “Ignore” in the Column map, or clear the cells, unless they may be seen."
HEADERS = [
    "ID",
    "Full Name",
    "DOB",
    "SSN",
    "E-mail",
    "Phone",
    "Notes",
    "Fee",
    "Latitude",
    "Longitude",
    "ZIP",
    "Cost",
    "Own",
]
DATASET = dataset_of(
    column("ID"), column("Full Name"), column("DOB", "calendar_date"), column("SSN"), column("E-mail"), column("Phone"),
    column("Notes"), column("Fee", "number"), column("Latitude", "number"), column("Longitude", "number"),
    column("ZIP"), column("Cost", "number"), identifier="id",
)  # fmt: skip
DAY = dt.date(1990, 5, 6)
PLAIN = ["Ann Lee", DAY, None, None, None, "fine", 1, 41.7, -72.6, "06105", 1, None]
ROWS = [
    ["A1", "Ann Lee", DAY, "219-09-9998", "ann@x.org", "860-555-1234", "=1+1", 1, 0, 0, 6105, 1, None],
    ["a1", "Bob Lee", DAY, None, None, None, "call 860-555-1234", "7", 41.7, -72.6, "06105", 1e16, None],
    ["Subtotal", *[None] * 6, 1, *[None] * 5],
    *[[f"B{n}", *PLAIN] for n in range(5)],
    ["Total", *[None] * 6, 9, *[None] * 5],
    ["Source: Clerk", *[None] * 12],
]
WORDS = {
    "names of persons in Full Name": f"names of persons, which would be published|{OPEN} {LEAVE_OUT}|Data!B2",
    "birth dates in DOB": f"birth dates, which would be published|{OPEN} {LEAVE_OUT}|Data!C2",
    "social security numbers in SSN": f"social security numbers, which would be published|{OPEN} {LEAVE_OUT}|Data!D2",
    "e-mail addresses in E-mail": f"e-mail addresses, which would be published|{OPEN} {LEAVE_OUT}|Data!E2",
    "phone numbers in Phone": f"phone numbers, which would be published|{OPEN} {LEAVE_OUT}|Data!F2",
    "phone numbers in Notes": f"phone numbers within its texts, which would be published|{OPEN} {LEAVE_OUT}|Data!G3",
    "text like a formula in Notes": "text that a spreadsheet would run as a formula when somebody opens the download|"
    "Sent as it stands; check that it is meant.|Data!G2",
    "numbers stored as text in Fee": "number stored as text among numbers; it is sent as the number it reads as|"
    "Check them. In Excel, Data > Text to Columns > Finish makes numbers of them.|Data!H3",
    "coordinates 0, 0 in Latitude": "latitude 0 with longitude 0, a point in the Atlantic|"
    "Clear both where the place is unknown.|Data!I2",
    "lost leading zeros in ZIP": "number with fewer than 5 digits among codes; its leading zeros may be lost|"
    "Choose a number format that shows them, such as 00000, or enter the codes as text.|Data!K2",
    "numbers of 16 or more digits in Cost": "number of 16 or more digits; Excel keeps the first 15|"
    "Check it. If it is a code, format the column as Text in Excel and enter it again from its source.|Data!L3",
    "row identifiers that are nearly the same in ID": "row identifiers that differ only in capitals or spaces|"
    "Check that they mean different rows; the portal takes them as different.|Data!A2, Data!A3",
    "totals between the data “Subtotal”": "row that looks like a subtotal, which would be published as a record|"
    "Leave the row out, or delete it. A pivot table or a sheet of its own is the place for totals.|Data!4:4",
    "totals row “Total”": "row that looks like a total of the others, which would be published as a record|"
    "Leave the row out, or delete it. Readers of the dataset would count it twice.|Data!10:10",
    "notes below the data “Source: Clerk”": "row that looks like a note below the data, which would be published as a record|"
    "Leave the row out, or delete it. Notes belong in the dataset's description.|Data!11:11",
    "hidden column Cost": "hidden column that is published, because the Column map says so|"
    "Show it, or set Send? to “Ignore” there.|Data!L1",
    "column Own is not sent": "no portal column matches it; it is not sent|"
    "Choose its portal column in “Map columns” or the Column map, or set Send? there to “Ignore”.|Data!M1",
    "results of formulas": "formulas whose results may be old: the workbook calculates only when it is told to|"
    "Press F9 in Excel, look at the results, and save.|Data!H2",
    "values from other workbooks “b.xlsx”": "formulas take values from other workbooks, as they were when last looked up: “b.xlsx”|"
    "In Excel choose Data > Edit Links > Update Values, look at the results, and save.|Data!H2",
}


@pytest.fixture(scope="module")
def warnings() -> dict[str, Problem]:
    """What is said of a sheet with one of everything, by topic."""
    doubts = (Doubt(Stale.BY_HAND, 2, "H"), Doubt(Stale.LINKED, 2, "H", ("b.xlsx",)))
    shape = replace(shape_of(HEADERS, hidden=(HEADERS.index("Cost"),)), doubts=doubts)
    job = job_of(choices=[ColumnChoice("Cost", "", "Cost")])
    problems = planned(job, DATASET, make_table(HEADERS, ROWS, shape=shape)).plan.problems
    return {problem.topic: problem for problem in problems if problem.warns}


def test_every_sentence(warnings: dict[str, Problem]) -> None:
    """Each warning of the sheet, word for word, with its first place; there are no others."""
    assert {topic: f"{p.what}|{p.remedy}|{p.places[0].where}" for topic, p in warnings.items()} == WORDS


def test_the_rest(warnings: dict[str, Problem]) -> None:
    """How to answer stands in each, and none names a command of the command line."""
    for topic, problem in warnings.items():
        assert advice(problem).endswith(f"or write “{topic}” under “Warnings answered” on the Options sheet.")
        assert "xl-datasync" not in advice(problem) + problem.what


def test_nothing_personal_leaves_in_messages(warnings: dict[str, Problem]) -> None:
    """A report shows neither the numbers nor the addresses that it warns of."""
    shown = " ".join(str(problem) for topic, problem in warnings.items() if "formula" not in topic)
    for secret in ("219-09-9998", "ann@x.org", "860-555", "Ann Lee", "1990"):
        assert secret not in shown
