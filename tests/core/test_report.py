"""The report: the same in words, in JSON and as an exit code."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.conftest import column, dataset_of, job_of, make_table, planned
from xl_datasync.core.delivery import Method, Receipt
from xl_datasync.core.differences import CellChange, Change, Differences, RowChange
from xl_datasync.core.errors import DataSyncError, PortalError, SignInError, Stopped, WorkbookError
from xl_datasync.core.problems import Fault, Severity, question, single
from xl_datasync.core.report import EXIT_CODES, MARKS, Forecast, JobResult, Report, State, Verification
from xl_datasync.core.report_json import report_json
from xl_datasync.core.report_text import problem_lines, report_lines
from xl_datasync.core.report_words import plural, result_words

PLAN = planned(job_of(), dataset_of(column("Name")), make_table(["Name"], [["a"], ["b"]])).plan
CHECKED = JobResult(job_of(), State.CHECKED, PLAN, Path("out.csv"))
WARNING = single("Column “Fee”", Fault("odd", "Look.", Severity.WARNING), "Data!A2", "x")
ASKED = question("Dataset “Fees”", "2 rows will be removed from it", "", "Delete them")
PROBLEM = replace(single("Column “Fee”", Fault("bad", "Mend it."), "Data!A2", "x"), count=30)


def done(
    method: Method, receipt: Receipt, after: int | None = 5, expected: int = 5, state: State = State.DONE
) -> JobResult:
    """A job that was sent."""
    verification = Verification(after, expected)
    return JobResult(job_of(method), state, PLAN, Path("out.csv"), before=3, receipt=receipt, verification=verification)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (CHECKED, "2 rows would be sent."),
        (replace(CHECKED, forecast=Forecast(added=1, updated=1200)), "2 rows would be sent: 1 added, 1,200 updated."),
        (replace(CHECKED, forecast=Forecast()), "2 rows would be sent: no change."),
        (replace(CHECKED, forecast=Forecast(added=1), differences=Differences(1, 31, 0, 3045)),
         "1 row would be added, 31 changed, 3,045 stay as they are, 0 removed."),
        (replace(CHECKED, differences=Differences(0, 0, 1000, 1)), "0 rows would be added, 0 changed, 1 stays as it is, 1,000 removed."),
        (JobResult(job_of(), State.NOT_SENT, PLAN, problems=(WARNING,), declined=True), "You decided not to go on. Nothing has been sent."),
        (replace(CHECKED, forecast=Forecast(removed=2, not_found=3)), "2 rows would be sent: 2 removed, 3 not found."),
        (JobResult(job_of(), State.NOT_SENT, PLAN, outdated=True), "The sheet or the dataset was changed since. Nothing has been sent."),
        (JobResult(job_of(), State.NOT_SENT, PLAN, problems=(PROBLEM, WARNING)), "1 problem in 30 cells to mend. Nothing has been sent."),
        (JobResult(job_of(), State.FAILED, error=DataSyncError("Gone.", remedy="Look.")), "Gone. Nothing has been sent. Look."),
        (done(Method.REPLACE, Receipt(2, created=2)), "2 rows now make up the dataset. The portal has 5 rows (it had 3)."),
        (done(Method.REPLACE, Receipt(1, created=1)), "1 row now makes up the dataset. The portal has 5 rows (it had 3)."),
        (done(Method.APPEND, Receipt(2, created=2)), "2 rows added. The portal has 5 rows (it had 3)."),
        (done(Method.UPSERT, Receipt(2, created=1, updated=1)), "1 row added, 1 updated. The portal has 5 rows (it had 3)."),
        (done(Method.UPSERT, Receipt(2, updated=1, errors=1)), "0 rows added, 1 updated, 1 not applied. The portal has 5 rows (it had 3)."),
        (done(Method.DELETE, Receipt(2, deleted=1, errors=1)), "1 row removed, 1 not found. The portal has 5 rows (it had 3)."),
        (done(Method.APPEND, Receipt(2, reported=False)), "2 rows sent; the portal gave no usable counts. The portal has 5 rows (it had 3)."),
        (done(Method.APPEND, Receipt(2, created=2), None), "2 rows added. The portal could not be asked afterwards; look at the dataset."),
        (done(Method.APPEND, Receipt(2, created=1), 4, 5, State.FAILED),
         ("The portal did not apply all of the 2 rows sent. 1 row added. The portal shows 4 rows (it had 3), but 5 were "
          "expected: it is still catching up, or somebody else has changed it too. Look at the dataset.")),
    ],
)  # fmt: skip
def test_words(result: JobResult, words: str) -> None:
    """One sentence or two say what was done, in the portal's own counts, and whether a count agrees."""
    assert result_words(result) == words


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (CHECKED, 0), (replace(CHECKED, problems=(WARNING,)), 3), (replace(CHECKED, state=State.DONE), 0),
        (replace(CHECKED, state=State.DONE_WITH_WARNINGS), 3), (replace(CHECKED, state=State.NOT_SENT), 1),
        (replace(CHECKED, state=State.FAILED), 1), (replace(CHECKED, state=State.FAILED, error=SignInError("x")), 4),
        (replace(CHECKED, state=State.FAILED, error=WorkbookError("x")), 1),
        (replace(CHECKED, state=State.FAILED, error=PortalError("x", temporary=True)), 5),
        (replace(CHECKED, state=State.FAILED, error=Stopped("x")), 130),
    ],
)  # fmt: skip
def test_exit_codes(result: JobResult, code: int) -> None:
    """A job's end gives its exit code, which the table explains."""
    assert result.exit_code == code == Report((result,)).exit_code
    assert code in EXIT_CODES


def test_the_gravest_exit_code_counts() -> None:
    """Of several jobs the gravest decides; no job at all is well."""
    codes = {
        130: Stopped("x"),
        1: DataSyncError("x"),
        4: SignInError("x"),
        5: PortalError("x", temporary=True),
    }
    results = [replace(CHECKED, state=State.FAILED, error=error) for error in codes.values()]
    results.append(replace(CHECKED, state=State.DONE_WITH_WARNINGS))
    for gravest in (130, 1, 4, 5, 3):
        assert Report(tuple(results)).exit_code == gravest
        results.pop(0)
    assert Report(()).exit_code == 0


def test_lines_for_people() -> None:
    """A line for each job with its mark, its problems with their cells, the file, the dataset's link, a total."""
    lines = list(report_lines(Report((replace(CHECKED, state=State.NOT_SENT, problems=(PROBLEM, WARNING)), CHECKED))))
    assert lines[0] == "- Permits: Not sent. 1 problem in 30 cells to mend. Nothing has been sent."
    assert lines[1] == "    Add rows → Permits (abcd-1234) on City"
    assert "    problem: Column “Fee”: bad (30 places). Mend it." in lines
    assert "        Data!A2  “x”" in lines
    assert "        … and 29 more" in lines
    assert "    warning: Column “Fee”: odd. Look." in lines
    assert "    File: out.csv (2 rows)" in lines
    assert "    Dataset: https://data.example.gov/d/abcd-1234" in lines
    assert lines[-1] == "1 of 2 jobs can be published. Nothing has been sent."


def test_request_ids_are_kept_for_support() -> None:
    """What was sent can be looked up by the portal's ids."""
    lines = list(report_lines(Report((done(Method.APPEND, Receipt(2, created=2, request_ids=("r1", "r2"))),))))
    assert any("(portal request r1, r2)" in line for line in lines)


def test_a_problem_without_a_place_has_no_places() -> None:
    """No empty lines of places."""
    assert len(list(problem_lines(single("Dataset", Fault("bad", "Mend it."))))) == 1


def test_marks_differ() -> None:
    """Each fate has a mark of its own."""
    assert len({state.mark for state in State}) == len(State) == len(MARKS)


@pytest.mark.parametrize(
    "result",
    [CHECKED, replace(CHECKED, problems=(PROBLEM,), forecast=Forecast(added=2)), JobResult(job_of(), State.FAILED, error=DataSyncError("x")),
     done(Method.UPSERT, Receipt(2, created=1, updated=1, request_ids=("r1",))), done(Method.APPEND, Receipt(2, reported=False))],
)  # fmt: skip
def test_json(result: JobResult) -> None:
    """The report for machines is JSON and says the same as the words."""
    report = json.loads(json.dumps(report_json(Report((result,)))))
    (job,) = report["jobs"]
    assert report["meaning"] == EXIT_CODES[report["exit_code"]]
    assert job["words"] == result_words(result)
    assert job["rows_planned"] == (2 if result.plan else None)
    assert [p["count"] for p in job["problems"]] == [p.count for p in result.problems]
    assert job["forecast"] == ({"added": 2, "updated": 0, "removed": 0, "not_found": 0} if result.forecast else None)
    counted = result.receipt and result.receipt.reported
    assert job["rows_created"] == (result.receipt.created if counted else None)
    assert job["verified"] == (True if result.verification else None)
    assert "secret" not in json.dumps(report)


@pytest.mark.parametrize(("count", "words"), [(0, "0 rows"), (1, "1 row"), (2000, "2,000 rows")])
def test_plurals(count: int, words: str) -> None:
    """Counts read as people write them."""
    assert plural(count, "row") == words


def test_differences_are_shown_with_a_few_rows_of_each_kind() -> None:
    """Of each kind the number and the first rows: where, which, old → new; long rows and cells are cut."""
    long = tuple(CellChange(f"C{number}", "", "x" * 100) for number in range(6))
    sample = (
        RowChange(Change.ADDED, "n1", "Data!4:4", long),
        *(RowChange(Change.CHANGED, f"k{n}", f"Data!{n}:{n}", (CellChange("Fee", "12", "14"),)) for n in range(7, 14)),
        RowChange(Change.REMOVED, "", "", (CellChange("Fee", "9", ""), CellChange("Note", "a\nb", ""))),
    )
    result = replace(CHECKED, differences=Differences(1, 31, 1, 0, sample))
    lines = [line.strip() for line in report_lines(Report((result,)))]
    shown = lines[lines.index("added: 1 row") :][:10]
    cut = "x" * 29 + "…"
    assert shown == [
        "added: 1 row", f"Data!4:4  n1  C0: {cut}, C1: {cut}, C2: {cut}, C3: {cut}, and 2 more",
        "changed: 31 rows", *(f"Data!{n}:{n}  k{n}  Fee: 12 → 14" for n in range(7, 12)), "… and 26 more",
        "removed: 1 row",
    ]  # fmt: skip
    assert lines[lines.index("removed: 1 row") + 1] == "Fee: 9, Note: a b"


def test_a_value_that_goes_or_comes_is_called_blank() -> None:
    """Of a changed row, nothing is shown as nothing."""
    cells = (CellChange("Fee", "", "14"), CellChange("Note", "x", ""))
    row = RowChange(Change.CHANGED, "k", "Data!2:2", cells)
    result = replace(CHECKED, differences=Differences(0, 1, 0, 0, (row,)))
    assert "        Data!2:2  k  Fee: (blank) → 14, Note: x → (blank)" in report_lines(Report((result,)))


def test_json_of_differences() -> None:
    """Numbers and sample stand apart, because records take the numbers only."""
    row = RowChange(Change.CHANGED, "k", "Data!2:2", (CellChange("Fee", "1", "2"),))
    (shown,) = report_json(Report((replace(CHECKED, differences=Differences(0, 1, 0, 5, (row,))),)))["jobs"]
    assert shown["differences"] == {"added": 0, "changed": 1, "removed": 0, "unchanged": 5}
    assert shown["sample"] == [
        {
            "change": "changed",
            "identifier": "k",
            "where": "Data!2:2",
            "cells": [{"column": "Fee", "old": "1", "new": "2"}],
        }
    ]
    (without,) = report_json(Report((CHECKED,)))["jobs"]
    assert (without["differences"], without["sample"]) == (None, None)
