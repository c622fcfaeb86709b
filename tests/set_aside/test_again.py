"""Only the rows that were set aside."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from tests.kills.children import killed_after_commit
from tests.set_aside.rows import (
    AGAIN,
    ASIDE,
    FIELD,
    FIRST,
    NO_IDENTIFIER,
    WEATHER,
    Make,
    Told,
    aside_file,
    coloured,
    day,
    field,
    kept,
    mend,
    only,
    rows,
    said,
)
from tests.workbooks import job
from xl_datasync.api import Person, run_records, run_workbook, undo_run
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.report import State
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.fixture
def path(make_workbook: Make) -> Path:
    """A workbook of which two rows were set aside."""
    path = make_workbook(
        [job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet"), day(3, "dry")]}
    )
    run_workbook(path)
    return path


def test_one_of_two_is_mended(path: Path, portal: PracticePortal) -> None:
    """The mended row is sent; the other is set aside again, under the number it had on the sheet."""
    before = len(portal.rows("weat-hlog"))
    mend(path, {"B5": 2})
    result = only(run_workbook(path, which=AGAIN))
    assert (result.plan.rows, result.plan.set_aside, result.exit_code) == (1, 1, 3)
    assert len(portal.rows("weat-hlog")) == before + 1
    ((_, rain, *_, number, _, why),) = kept(path)
    assert (rain, number) == ("dry", 4)
    assert "text that is not a number" in why
    assert coloured(openpyxl.load_workbook(aside_file(path)).active) == {"B5"}
    sent = openpyxl.load_workbook(aside_file(path).with_name("Job.set aside sent.xlsx")).active
    assert [sheet_row[1].value for sheet_row in sent.iter_rows(min_row=FIRST)] == [2, "dry"]


@pytest.mark.parametrize("why", ["hidden", "left out"])
def test_what_is_not_sent_stays(why: str, make_workbook: Make, portal: PracticePortal) -> None:
    """Mended rows that the job passes over, because they are hidden or left out, are not taken off unsent."""
    option = {"hidden": ("Hidden rows", "Skip"), "left out": ("Rows left out", "Other")}[why]
    options = [dict(zip(("Job name", "Option", "Value"), ("Job", *option), strict=True))]
    jobs, sheet = [job("Job", "smal-fild", "Update and add", **ASIDE)], [FIELD, field("ZZ1")]
    sheet += [field(code, "x") for code in ("ZZ2", "Other", "ZZ3")]
    path = make_workbook(jobs, {"Data": sheet})
    run_workbook(path)
    make_workbook(jobs, {"Data": sheet}, options=options)
    book = openpyxl.load_workbook(aside_file(path))
    book.active["F5"], book.active["F6"] = 30, 31
    book.active.row_dimensions[6].hidden = why == "hidden"
    book.save(aside_file(path))
    result = only(run_workbook(path, which=AGAIN))
    assert (result.plan.rows, result.plan.set_aside) == (1, 1), said(result)
    assert [(row[0], row[5], row[7]) for row in kept(path)] == [("Other", 31, 4), ("ZZ3", "x", 5)]
    assert "1 row set aside: " in said(result)
    assert f"1 row of earlier runs still waits: {aside_file(path)}" in said(result)
    run_workbook(make_workbook(jobs, {"Data": sheet}), which=AGAIN)
    assert {"ZZ2", "Other"} < {row["iata_code"] for row in portal.rows("smal-fild")}


def test_none_is_mended(path: Path, writes: Told) -> None:
    """Nothing is sent, and all stay where they are."""
    sent, before = len(writes()), kept(path)
    assert only(run_workbook(path, which=AGAIN)).state is State.NOT_SENT
    assert (len(writes()), kept(path)) == (sent, before)


def test_what_is_still_faulty_waits_on(path: Path, portal: PracticePortal) -> None:
    """Of two rows one was mended: it is sent, without having to be told so twice; the other stays where it was."""
    before = len(portal.rows("weat-hlog"))
    mend(path, {"B5": 2})
    result = only(run_workbook(path, which=AGAIN))
    assert (result.state, len(portal.rows("weat-hlog"))) == (State.DONE_WITH_WARNINGS, before + 1)
    assert aside_file(path).exists()
    mend(path, {"B5": 3})
    assert only(run_workbook(path, which=AGAIN)).receipt.created == 1
    assert not aside_file(path).exists()


def test_the_files_that_were_sent_stay_apart(path: Path) -> None:
    """The CSV of the first run is not written over by that of the second."""
    first = (path.parent / "jobs.datasync" / "Job.sent.csv").read_bytes()
    mend(path, {"B5": 2, "B6": 3})
    result = only(run_workbook(path, which=AGAIN))
    assert result.csv.name == "Job.set aside sent.csv"
    assert (path.parent / "jobs.datasync" / "Job.sent.csv").read_bytes() == first


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_cut_off_no_row_is_doubled(path: Path, portal: PracticePortal) -> None:
    """Killed after the portal took the rows, run again: they are found, not sent, and wait no more."""
    before = len(portal.rows("weat-hlog"))
    mend(path, {"B5": 2, "B6": 3})
    killed_after_commit(portal, "POST", "run", path, "--only-set-aside")
    assert aside_file(path).exists()
    result = only(run_workbook(path, which=AGAIN))
    assert "so nothing was sent again" in said(result)
    assert len(portal.rows("weat-hlog")) == before + 2
    assert not aside_file(path).exists()
    assert not any(map(is_open, run_records(path)))


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_first_run_cut_off(make_workbook: Make, portal: PracticePortal) -> None:
    """Killed after the portal took the good rows, run again: they are not sent twice, and the bad ones are kept."""
    path = make_workbook([job("Other", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
    before = len(portal.rows("weat-hlog"))
    killed_after_commit(portal, "POST", "run", path)
    assert not aside_file(path, "Other").exists()
    assert "so nothing was sent again" in said(only(run_workbook(path)))
    assert len(portal.rows("weat-hlog")) == before + 1
    assert len(kept(path, "Other")) == 1


def test_undo_takes_back_the_last_run_first(path: Path, portal: PracticePortal) -> None:
    """The run of the mended rows is undone like any other, then the one before it."""
    after_first = rows(portal, "weat-hlog")
    mend(path, {"B5": 2, "B6": 3})
    run_workbook(path, which=AGAIN)
    undone = undo_run(path, "Job")
    assert undone.exit_code == 0
    assert rows(portal, "weat-hlog") == after_first
    told = said(only(undone))
    assert "the rows it had sent had been set aside and mended; they do not wait there any more" in told
    assert (
        "They are in “Job.set aside sent.xlsx” and “Job.set aside sent.csv”, beside the other CSV files. "
        "Undo this undo to have them on the portal again."
    ) in told


def test_the_run_that_set_them_aside_was_undone(make_workbook: Make, portal: PracticePortal) -> None:
    """Its rows are not added to what is there again, where they may stand already; after another run they are."""
    portal.create_dataset("bbbb-bbbb", "None", NO_IDENTIFIER)
    jobs = [job("Job", "bbbb-bbbb", "Replace all rows", **ASIDE)]
    sheet = [("Name", "Amount"), ("a", 1), ("b", 2)]
    run_workbook(make_workbook(jobs, {"Data": sheet}))
    path = make_workbook(jobs, {"Data": [*sheet[:2], ("b", "x")]})
    run_workbook(path)
    assert undo_run(path, "Job").exit_code == 0
    mend(path, {"B5": 2})
    result = only(run_workbook(path, which=AGAIN))
    assert (result.state, len(portal.rows("bbbb-bbbb"))) == (State.FAILED, 2)
    assert result.error is not None
    assert "The run that set it aside was undone (row 5)" in result.error.located
    assert result.error.remedy.startswith("Publish the whole sheet they come from again: ")
    run_workbook(path)
    assert [row[:2] for row in kept(path)] == [["b", 2]]
    assert only(run_workbook(path, which=AGAIN)).exit_code == 0
    assert [row["name"] for row in portal.rows("bbbb-bbbb")] == ["a", "b"]


def test_rows_to_be_added_wait_on_after_an_undo(make_workbook: Make, portal: PracticePortal) -> None:
    """They were on the portal at no time, so that nothing doubles when they are sent alone."""
    portal.create_dataset("bbbb-bbbb", "None", NO_IDENTIFIER)
    path = make_workbook(
        [job("Job", "bbbb-bbbb", "Add rows", **ASIDE)], {"Data": [("Name", "Amount"), ("a", 1), ("b", "x")]}
    )
    run_workbook(path)
    assert undo_run(path, "Job").exit_code == 0
    mend(path, {"B5": 2})
    assert only(run_workbook(path, which=AGAIN)).exit_code == 0
    assert [row["name"] for row in portal.rows("bbbb-bbbb")] == ["b"]


def test_open_in_excel(path: Path, writes: Told) -> None:
    """A file that is open there could not be put away after its rows were sent."""
    sent = len(writes())
    aside_file(path).with_name(f"~${aside_file(path).name}").write_bytes(b"x")
    with pytest.raises(WorkbookError, match="It is open in Excel"):
        run_workbook(path, which=AGAIN)
    assert len(writes()) == sent


def test_saved_while_its_rows_were_sent(path: Path) -> None:
    """Rows that somebody changes meanwhile are not taken off unseen, and that is told."""

    def watch(_job: object, what: str, done: int, total: int | None) -> None:
        if what == "Sending" and done == total:
            mend(path, {"B6": 4})

    mend(path, {"B5": 2, "B6": 3})
    result = only(run_workbook(path, which=AGAIN, person=Person(watch=watch)))
    assert (
        "the rows were sent, but could not be taken off from where they were set aside: "
        f"{aside_file(path)}: It was saved by somebody while its rows were being sent. Delete them there: they must not "
        "be sent twice."
    ) in said(result)
    assert len(kept(path)) == 2


def test_the_reasons_are_not_sent(make_workbook: Make, portal: PracticePortal) -> None:
    """Columns that the set-aside file has beside the sheet's are neither matched nor complained of."""
    columns = [{"name": name, "fieldName": field_name, "dataTypeName": kind} for name, field_name, kind in (
        ("Amount", "amount", "number"), ("Why it was set aside", "why", "text"))]  # fmt: skip
    portal.create_dataset("aaaa-aaaa", "Odd", columns)
    path = make_workbook([job("Job", "aaaa-aaaa", "Add rows", **ASIDE)], {"Data": [("Amount",), (1,), ("x",)]})
    run_workbook(path)
    mend(path, {"A5": 2})
    result = only(run_workbook(path, which=AGAIN))
    assert (result.exit_code, [row.get("why") for row in portal.rows("aaaa-aaaa")]) == (0, [None, None])


def test_a_row_that_is_there_already(make_workbook: Make, portal: PracticePortal, writes: Told) -> None:
    """Rows for a dataset that was replaced are added: one that somebody has added since is not written over."""
    path = make_workbook(
        [job("Job", "smal-fild", "Replace all rows", **ASIDE)], {"Data": [FIELD, field("A"), field("B", "x")]}
    )
    run_workbook(path)
    mend(path, {"A5": "A", "F5": 30})
    sent = len(writes())
    result = only(run_workbook(path, which=AGAIN))
    assert (result.state, len(writes())) == (State.NOT_SENT, sent)
    assert "row identifier that is already on the portal" in said(result)


def test_a_column_map_by_letters(make_workbook: Make, portal: PracticePortal) -> None:
    """Where two columns have one header, the letter still tells them apart."""
    portal.create_dataset("aaaa-aaaa", "Two", [{"name": "Amount", "fieldName": "amount", "dataTypeName": "number"}])
    column_map = [
        {"Map name": "Job", "Sheet column": "Amount", "Column letter": "C", "Portal field": "Amount"},
        {"Map name": "Job", "Sheet column": "Amount", "Column letter": "B", "Send?": "Ignore"},
    ]
    sheet = [(None, "Amount", "Amount"), (None, 1, 10), (None, 2, "x")]
    path = make_workbook([job("Job", "aaaa-aaaa", "Add rows", **ASIDE)], {"Data": sheet}, column_map=column_map)
    assert only(run_workbook(path)).plan.set_aside == 1
    mend(path, {"C5": 20})
    assert only(run_workbook(path, which=AGAIN)).exit_code == 0
    assert [row["amount"] for row in portal.rows("aaaa-aaaa")] in ([10, 20], ["10", "20"])
