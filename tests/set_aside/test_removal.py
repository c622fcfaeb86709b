"""A replace after mended rows were sent alone: it says so where it would take them off the dataset again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.kills.children import killed_after_commit
from tests.set_aside.rows import AGAIN, ASIDE, aside_file, mend, only, said
from tests.workbooks import job
from xl_datasync.api import Person, run_workbook
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import JobResult, State
from xl_datasync.practice_portal import PracticePortal

Make = Callable[..., Path]
Publish = Callable[..., Path]

SENT = "What was added last is in Job.set aside sent.csv, beside the other CSV files."
BY_HAND = "If they may go, publish the sheet by hand: then you are asked."
DONE_OR_BY_HAND = "If that is done, or they may go, publish the sheet by hand: then you are asked."
ONE_GONE = "1 row that was set aside, mended and added since is not mended on this sheet, and would be removed"
DOUBTFUL = "that were set aside, mended and added since would be removed, unless mended on this sheet too"
TWO_DOUBTFUL = f"2 rows {DOUBTFUL}"


class Asked(list[str]):
    """A person who is asked, and what she read; she says yes or no."""

    def __init__(self, *, answer: bool) -> None:
        super().__init__()
        self._answer = answer

    def __call__(self, _job: object, problems: Sequence[Problem]) -> bool:
        """What was asked is noted."""
        self.extend(problem.what for problem in problems if problem.confirm)
        return self._answer


@pytest.fixture(params=["number", "text", "none"])
def sheet(request: pytest.FixtureRequest, make_workbook: Make, signed_in: PracticePortal) -> Publish:
    """Writes a workbook whose job replaces a dataset, with a row identifier of some kind or none."""
    kind = request.param
    columns = [
        {"name": "Code", "fieldName": "code", "dataTypeName": "number" if kind == "number" else "text"},
        {"name": "Fee", "fieldName": "fee", "dataTypeName": "number"},
    ]
    signed_in.create_dataset("aaaa-aaaa", "Fees", columns, row_identifier=None if kind == "none" else "code")
    jobs = [job("Job", "aaaa-aaaa", "Replace all rows", **ASIDE)]
    return lambda *rows: make_workbook(jobs, {"Data": [("Code", "Fee"), *rows]})


def run(path: Path, person: Asked | None = None, **how: Any) -> JobResult:
    """The result of the only job."""
    return only(run_workbook(path, person=Person(confirm=person), **how))


@pytest.fixture
def mended(sheet: Publish) -> Path:
    """Of five rows two were set aside, mended there, and sent alone; on the sheet they are as they were."""
    path = sheet((1, 10), (2, "x"), (3, "y"), (4, 40))
    assert "Mend them on sheet “Data” too: the next replace takes them off the dataset again." in said(run(path))
    mend(path, {"B5": 20, "B6": 30})
    assert run(path, which=AGAIN).plan.rows == 2
    return path


def fees(portal: PracticePortal) -> list[int]:
    """What stands in the dataset."""
    return sorted(int(row["fee"]) for row in portal.rows("aaaa-aaaa"))


@pytest.mark.parametrize("attended", [True, False])
def test_all_are_on_the_sheet(mended: Path, sheet: Publish, portal: PracticePortal, *, attended: bool) -> None:
    """Where the mended rows are among those that are sent nobody is asked, and no unattended run stops."""
    sheet((1, 11), (3, 30), (2, 20))
    asked = Asked(answer=False)
    result = run(mended, asked if attended else None)
    assert (result.exit_code, fees(portal), asked) == (0, [11, 20, 30], []), said(result)


def test_one_is_not(mended: Path, sheet: Publish, portal: PracticePortal) -> None:
    """One that would be removed is counted, and the others are not; a person may say no, or that it may go."""
    sheet((1, 10), (2, 20), (3, "y"), (4, 40))
    asked = Asked(answer=False)
    assert run(mended, asked).state is State.NOT_SENT
    assert (ONE_GONE in asked, fees(portal)) == (True, [10, 20, 30, 40])
    assert f"{ONE_GONE}; you said “Replace all the same”" in said(run(mended, Asked(answer=True)))
    assert fees(portal) == [10, 20, 40]
    assert "set aside, mended" not in said(run(mended))


def test_nobody_is_there(mended: Path, sheet: Publish, portal: PracticePortal) -> None:
    """An unattended run takes no mended row off: it stops, and says where the rows are and what to do."""
    sheet((1, 10), (2, 20), (4, 40))
    result = run(mended)
    assert (result.state, result.exit_code, fees(portal)) == (State.NOT_SENT, 1, [10, 20, 30, 40])
    assert f"problem: Job “Job”: {ONE_GONE}. Mend the sheet first. {SENT} {BY_HAND}" in said(result)


@pytest.mark.parametrize("sheet", ["text", "none"], indirect=True)
class TestNotKnown:
    """Where it is not known which rows were added, as when what was sent is gone, all of them may be removed."""

    @pytest.fixture(autouse=True)
    def without_what_was_sent(self, mended: Path) -> None:
        """Somebody has deleted the CSV."""
        aside_file(mended).with_name("Job.set aside sent.csv").unlink()

    def test_a_sheet_without_faults(self, mended: Path, sheet: Publish, portal: PracticePortal) -> None:
        """An unattended run stops: they may have been deleted there. Once a person has said yes, later ones go on."""
        sheet((1, 10), (2, 20), (3, 30))
        assert (run(mended).state, len(fees(portal))) == (State.NOT_SENT, 4)
        asked = Asked(answer=False)
        assert (run(mended, asked).state, TWO_DOUBTFUL in asked) == (State.NOT_SENT, True)
        assert run(mended, Asked(answer=True)).state is State.DONE_WITH_WARNINGS
        assert (run(mended).exit_code, fees(portal)) == (0, [10, 20, 30])

    def test_a_sheet_with_faults(self, mended: Path, sheet: Publish, portal: PracticePortal) -> None:
        """They may be the very rows, so that an unattended run stops."""
        sheet((1, 10), (2, 20), (3, "y"))
        result = run(mended)
        assert (result.state, len(fees(portal))) == (State.NOT_SENT, 4)
        assert f"{TWO_DOUBTFUL}. Mend the sheet first. {DONE_OR_BY_HAND}" in said(result)


@pytest.mark.parametrize("sheet", ["text"], indirect=True)
def test_mended_one_after_the_other(sheet: Publish, portal: PracticePortal) -> None:
    """Of rows that were sent alone in several runs only the last are known: an unattended run removes none of them."""
    path = sheet((1, 10), (2, "x"), (3, "y"))
    run(path)
    mend(path, {"B5": 20})
    run(path, which=AGAIN)
    mend(path, {"B5": 30})
    run(path, which=AGAIN)
    sheet((1, 10))
    assert f"{TWO_DOUBTFUL}. Mend the sheet first. {SENT} {DONE_OR_BY_HAND}" in said(run(path))
    assert fees(portal) == [10, 20, 30]
    sheet((1, 10), (2, 20), (3, 30))
    asked = Asked(answer=False)
    run(path, asked)
    assert f"1 row {DOUBTFUL.replace('were', 'was')}" in asked


@pytest.mark.parametrize("sheet", ["text"], indirect=True)
@pytest.mark.parametrize("name", ["JOB", "Fees of this year"])
def test_the_job_has_another_name_now(name: str, mended: Path, make_workbook: Make, portal: PracticePortal) -> None:
    """What counts is the dataset: rows that were added to it are not taken off by a job of any other name."""
    make_workbook([job(name, "aaaa-aaaa", "Replace all rows", **ASIDE)], {"Data": [("Code", "Fee"), (1, 10), (2, 20)]})
    result = run(mended)
    assert (result.state, fees(portal)) == (State.NOT_SENT, [10, 20, 30, 40])
    assert f"problem: Job “{name}”: {ONE_GONE}. Mend the sheet first. {SENT}" in said(result)


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("sheet", ["none"], indirect=True)
def test_cut_off_when_they_had_arrived(sheet: Publish, portal: PracticePortal) -> None:
    """Rows that a run had added which was cut off count like any others."""
    path = sheet((1, 10), (2, "x"))
    run(path)
    mend(path, {"B5": 20})
    killed_after_commit(portal, "POST", "run", path, "--only-set-aside")
    assert "so nothing was sent again" in said(run(path, which=AGAIN))
    sheet((1, 10))
    assert ONE_GONE in said(run(path))
    assert fees(portal) == [10, 20]


@pytest.mark.parametrize("sheet", ["none"], indirect=True)
def test_another_column_is_sent_now(mended: Path, sheet: Publish, make_workbook: Make) -> None:
    """Rows that cannot be compared whole are asked about."""
    jobs = [job("Job", "aaaa-aaaa", "Replace all rows", **ASIDE)]
    column_map = [{"Map name": "Job", "Portal field": "Code", "Send?": "Leave blank"}]
    make_workbook(jobs, {"Data": [("Fee",), (10,), (20,), (30,)]}, column_map=column_map)
    asked = Asked(answer=False)
    run(mended, asked)
    assert TWO_DOUBTFUL in asked
