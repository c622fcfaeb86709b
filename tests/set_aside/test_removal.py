"""A replace after mended rows were sent alone: it says so where it would take them off the dataset again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.set_aside.rows import AGAIN, ASIDE, aside_file, mend, only, said
from tests.workbooks import job
from xl_datasync.api import Person, run_workbook
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import JobResult, State
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.run import Aim

Make = Callable[..., Path]
Publish = Callable[..., Path]

SENT = "What was added last is in Job.set aside sent.csv, beside the other CSV files."
BY_HAND = "If they may go, publish the sheet by hand: then you are asked."
ONE_GONE = "1 mended row that was set aside and added since is not on this sheet, and would be removed"
TWO_DOUBTFUL = "2 mended rows that were set aside and added since would be removed, unless mended on this sheet too"


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


def test_all_are_on_the_sheet(mended: Path, sheet: Publish, portal: PracticePortal) -> None:
    """Where the mended rows are among those that are sent nobody is asked, and no unattended run stops."""
    sheet((1, 11), (3, 30), (2, 20))
    asked = Asked(answer=False)
    run(mended, asked, aim=Aim.DRY_RUN)
    assert not [words for words in asked if "set aside" in words]
    result = run(mended)
    assert (result.exit_code, fees(portal)) == (0, [11, 20, 30]), said(result)


def test_one_is_not(mended: Path, sheet: Publish, portal: PracticePortal) -> None:
    """One that would be removed is counted, and the others are not; a person may say no, or that it may go."""
    sheet((1, 10), (2, 20), (3, "y"), (4, 40))
    asked = Asked(answer=False)
    assert run(mended, asked).state is State.NOT_SENT
    assert (ONE_GONE in asked, fees(portal)) == (True, [10, 20, 30, 40])
    assert f"{ONE_GONE}; you said “Replace all the same”" in said(run(mended, Asked(answer=True)))
    assert fees(portal) == [10, 20, 40]
    assert "mended row" not in said(run(mended))


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

    def test_a_sheet_without_faults(self, mended: Path, sheet: Publish) -> None:
        """A person is asked; without one they are taken to be mended on the sheet."""
        sheet((1, 10), (2, 20), (3, 30))
        asked = Asked(answer=False)
        assert (run(mended, asked).state, TWO_DOUBTFUL in asked) == (State.NOT_SENT, True)
        assert run(mended).exit_code == 0

    def test_a_sheet_with_faults(self, mended: Path, sheet: Publish, portal: PracticePortal) -> None:
        """They may be the very rows, so that an unattended run stops."""
        sheet((1, 10), (2, 20), (3, "y"))
        result = run(mended)
        assert (result.state, len(fees(portal))) == (State.NOT_SENT, 4)
        assert f"{TWO_DOUBTFUL}. Mend the sheet first. {BY_HAND}" in said(result)


@pytest.mark.parametrize("sheet", ["text"], indirect=True)
def test_mended_one_after_the_other(sheet: Publish) -> None:
    """Of rows that were sent alone in several runs only the last are known; the others are asked about."""
    path = sheet((1, 10), (2, "x"), (3, "y"))
    run(path)
    mend(path, {"B5": 20})
    run(path, which=AGAIN)
    mend(path, {"B5": 30})
    run(path, which=AGAIN)
    sheet((1, 10), (2, 20), (3, 30))
    asked = Asked(answer=False)
    run(path, asked)
    assert "1 mended row that was set aside and added since would be removed, unless mended on this sheet too" in asked


@pytest.mark.parametrize("sheet", ["none"], indirect=True)
def test_another_column_is_sent_now(mended: Path, sheet: Publish, make_workbook: Make) -> None:
    """Rows that cannot be compared whole are asked about."""
    jobs = [job("Job", "aaaa-aaaa", "Replace all rows", **ASIDE)]
    column_map = [{"Map name": "Job", "Portal field": "Code", "Send?": "Leave blank"}]
    make_workbook(jobs, {"Data": [("Fee",), (10,), (20,), (30,)]}, column_map=column_map)
    asked = Asked(answer=False)
    run(mended, asked)
    assert TWO_DOUBTFUL in asked
