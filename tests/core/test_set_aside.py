"""Rows with faults that a job sets aside: exactly those are left out, and whatever is no row's still stops it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace

import pytest

from tests.core.conftest import Outcome, column, dataset_of, job_of, make_table, planned, where
from xl_datasync.core import set_aside
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import FaultyRows
from xl_datasync.core.mapping import ColumnChoice
from xl_datasync.core.options import ErrorPolicy
from xl_datasync.core.problems import PLACES_KEPT, About, Severity
from xl_datasync.core.values import ErrorValue

PERMITS = dataset_of(column("ID"), column("Fee", "number"), column("Issued", "calendar_date"), identifier="id")
HEADERS = ["ID", "Fee", "Issued"]
DAY = dt.date(2024, 1, 2)


def plan(
    rows: list[list[object]],
    method: Method = Method.UPSERT,
    dataset: Dataset = PERMITS,
    headers: list[str] = HEADERS,
    choices: list[ColumnChoice] | None = None,
    **options: object,
) -> Outcome:
    """The plan of a job that sets rows aside."""
    job = replace(job_of(method, choices or [], **options), faulty_rows=FaultyRows.SET_ASIDE)
    return planned(job, dataset, make_table(headers, rows, rows_per_block=3))


def test_rows_with_faults_are_left_out() -> None:
    """Good rows are sent as if the others were not there; each bad one is known with all its reasons."""
    outcome = plan([["A1", 5, DAY], ["A2", "x", "03/04/2024"], [None, 1, DAY], ["A4", 2, None]])
    assert outcome.rows == [["A1", "5", "2024-01-02T00:00:00"], ["A4", "2", ""]]
    assert (outcome.plan.rows, outcome.plan.set_aside, outcome.plan.sendable) == (2, 2, True)
    assert list(outcome.plan.why_aside) == [3, 4]
    assert [line.split(".")[0] for line in outcome.plan.why_aside[3].splitlines()] == [
        "Column “Fee”: text that is not a number",
        "Column “Issued”: text date that can be read as day/month or as month/day",
    ]
    assert outcome.plan.why_aside[4] == "Column “ID”: blank row identifier. Fill it in, or delete the row."
    alone = plan([["A1", 5, DAY], ["A4", 2, None]])
    assert (outcome.plan.sha256, outcome.csv) == (alone.plan.sha256, alone.csv)
    assert outcome.plan.sha256 == hashlib.sha256(outcome.csv).hexdigest()


def test_faults_become_warnings_with_their_cells() -> None:
    """What was wrong is told with its cells, and how many rows there are; nothing blocks."""
    outcome = plan([["A1", 5, DAY], ["A2", "x", DAY]])
    assert {p.what: (where(p), p.severity) for p in outcome.plan.problems} == {
        "1 of 2 rows has faults and is set aside": ([], Severity.WARNING),
        "text that is not a number; set aside": (["Data!B3"], Severity.WARNING),
    }


def test_windows_know_what_is_said_of_them() -> None:
    """The sentence on all and each fault are marked as such; other problems are not."""
    found = {p.what: p.about for p in plan([["A1", 5, DAY], ["a1", 1, DAY], ["A2", "x", DAY]]).plan.problems}
    assert found == {
        "1 of 3 rows has faults and is set aside": About.ASIDE,
        "text that is not a number; set aside": About.FAULT_ASIDE,
        "row identifiers that differ only in capitals or spaces": About.ANYTHING,
    }


def test_what_a_preview_shows() -> None:
    """The rows that are sent and those that are set aside: with others, or with other faults, it is another."""
    good, bad = ["A1", 5, DAY], ["A2", "x", DAY]
    plans = [plan(rows).plan for rows in ([good], [good, bad], [good, bad, bad], [good, ["A2", 1, "x"]])]
    assert len({one.sha256 for one in plans}) == 1
    assert len({one.shown for one in plans}) == 4
    assert (plans[0].shown, plans[1].shown) == (plans[0].sha256, plan([good, bad]).plan.shown)


def test_that_rows_are_set_aside_is_told_each_time() -> None:
    """Nobody is shown a way to answer it for good, and an answer in the options' words changes nothing."""
    topics = frozenset({"text that is not a number in fee"})
    for options in ({}, {"answered": topics}):
        problem = plan([["A1", 5, DAY], ["A2", "x", DAY]], **options).found["text that is not a number; set aside"]
        assert (problem.severity, problem.topic, "Warnings answered" in problem.remedy) == (Severity.WARNING, "", False)


def test_a_sound_sheet_is_the_same_with_and_without() -> None:
    """Where no row has a fault, setting aside changes nothing."""
    rows = [["A1", 5, DAY], ["a1", 2.5, None]]
    with_, without = plan(rows), planned(job_of(Method.UPSERT), PERMITS, make_table(HEADERS, rows))
    assert (with_.csv, with_.plan.problems) == (without.csv, without.plan.problems)
    assert with_.plan.set_aside == 0


def test_all_rows_of_an_identifier_that_is_repeated() -> None:
    """Nobody knows which of them is meant, so that all are set aside, however many there are."""
    rows = [[f"A{number // 2}", 1, DAY] for number in range(2 * PLACES_KEPT + 50)]
    outcome = plan([*rows, ["B", 1, DAY], ["C", 1, DAY], *([["C", 2, DAY]] * 30)])
    assert [row[0] for row in outcome.rows] == ["B"]
    assert outcome.plan.set_aside == 2 * PLACES_KEPT + 50 + 31


def test_a_faulty_row_takes_its_twin_along() -> None:
    """Of two rows with one identifier, the sound one is not sent either: the faulty one may be meant."""
    outcome = plan([["A1", "x", DAY], ["A1", 1, DAY], ["B", 1, DAY]])
    assert [row[0] for row in outcome.rows] == ["B"]
    assert outcome.plan.set_aside == 2


def test_what_only_faulty_rows_cause_is_not_told_of_the_rest() -> None:
    """Warnings that compare rows are about those that are sent."""
    outcome = plan([["A1", "x", DAY], ["a1", 1, DAY], ["B", 1, DAY]])
    assert "row identifiers that differ only in capitals or spaces" not in outcome.found


@pytest.mark.parametrize("rows", [[["A1", "x", DAY], [None, 1, DAY]], [["A1", 1, DAY], ["A1", 2, DAY]]])
def test_nothing_is_left(rows: list[list[object]]) -> None:
    """Where every row has a fault nothing is sent, and the faults are problems as ever."""
    outcome = plan(rows)
    assert not outcome.plan.sendable
    assert "every row has a fault, so there is nothing to send" in outcome.found
    assert outcome.plan.set_aside == 0


def test_what_is_no_rows_fault_stops_it() -> None:
    """A column map that cannot be followed stops the job; the rows' faults are problems then too."""
    outcome = plan([["A1", "x", DAY], ["A2", 1, DAY]], choices=[ColumnChoice("Gone", "", "Fee", where="M!B5")])
    assert not outcome.plan.sendable
    assert outcome.found["text that is not a number"].severity is Severity.PROBLEM
    assert outcome.plan.set_aside == 0


def test_mixed_percentages_stop_it() -> None:
    """A column in which nobody knows what a number means is no single row's fault."""
    portal = dataset_of(column("Name"), column("Share", "percent"))
    job = replace(job_of(Method.APPEND), faulty_rows=FaultyRows.SET_ASIDE)
    rows, codes = [["a", 0.5], ["b", 0.1], ["c", 1], ["d", "x"]], ["0%", "0%", "0", "0"]
    outcome = planned(job, portal, make_table(["Name", "Share"], rows, formats={1: codes}))
    blocking = {problem.what for problem in outcome.plan.problems if problem.blocks}
    assert blocking == {"plain number among percentages", "text that is not a number"}
    assert outcome.plan.set_aside == 0


def test_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where very many rows have faults, the sheet is wrong, and nothing is sent."""
    monkeypatch.setattr(set_aside, "MOST_ROWS", 5)
    rows = [[f"A{number}", "x" if number < 6 else 1, DAY] for number in range(20)]
    outcome = plan(rows)
    assert "more than 5 rows have faults; so many are not set aside" in outcome.found
    assert not outcome.plan.sendable
    assert plan(rows[1:]).plan.set_aside == 5


def test_a_replace_tells_what_the_dataset_loses() -> None:
    """The rows that are set aside are not in the dataset afterwards."""
    outcome = plan([["A1", 5, DAY], ["A2", "x", DAY]], Method.REPLACE)
    what = "1 of 2 rows has faults and is set aside; the dataset lacks it until mended and added"
    assert what in outcome.found


def test_a_delete_reads_its_identifiers_only() -> None:
    """Rows to delete are set aside for their identifier alone."""
    outcome = plan([["A1", "x", DAY], [None, 1, DAY], [ErrorValue("#N/A"), 1, DAY]], Method.DELETE)
    assert outcome.rows == [["A1"]]
    assert list(outcome.plan.why_aside) == [3, 4]


def test_errors_sent_blank_are_no_faults() -> None:
    """What the job's options allow is sent."""
    outcome = plan([["A1", ErrorValue("#N/A"), DAY], ["A2", "x", DAY]], error_cells=ErrorPolicy.BLANK)
    assert outcome.rows == [["A1", "", "2024-01-02T00:00:00"]]


def test_numbers_that_are_one_identifier() -> None:
    """7 and the text 007 are one identifier of a number column, also when rows are set aside."""
    numbered = dataset_of(column("ID", "number"), column("Fee", "number"), identifier="id")
    outcome = plan([[7, 1], ["007", 1], [8, 1]], dataset=numbered, headers=["ID", "Fee"])
    assert outcome.rows == [["8", "1"]]
