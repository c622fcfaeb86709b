"""What the window of past runs is given: the records of real runs, newest first."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ribbon.test_buttons import FIELDS
from tests.workbooks import job
from xl_datasync.api import keeper_of
from xl_datasync.dialogs.history_model import HistoryForm
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.ribbon.undo_runs import history_form

MakeWorkbook = Callable[..., Path]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def book(make_workbook: MakeWorkbook, signed_in: PracticePortal) -> Path:
    """A workbook with one job."""
    return make_workbook([job("Fields", "smal-fild", "Update and add", "Fields")], FIELDS)


def form_of(book: Path) -> HistoryForm:
    """What the window shows of a workbook's runs."""
    return history_form(keeper_of(book))


def test_a_run_with_its_counts_and_its_file(book: Path, command: Command, portal: PracticePortal) -> None:
    """When, by whom, from where, with which counts; the file that was sent, as long as it is as it was sent."""
    assert form_of(book).runs == ()
    assert command("run", str(book), "--unattended").returncode == 0
    (run,) = form_of(book).runs
    assert (run.job, run.state, run.added, run.changed, run.removed) == ("Fields", "Done", 2, 0, 0)
    assert run.source == "jobs.xlsx, Fields"
    assert "Small airfields to review (smal-fild)" in run.dataset
    assert run.link == f"{portal.url}/d/smal-fild"
    assert (Path(run.csv).name, run.no_csv, run.no_undo) == ("Fields.sent.csv", "", "")
    Path(run.csv).write_text("mended by hand")
    (run,) = form_of(book).runs
    assert (run.csv, run.no_csv) == ("", "a later run has written its own in that place, or it was changed.")
    (book.parent / "jobs.datasync" / "Fields.sent.csv").unlink()
    assert form_of(book).runs[0].no_csv == "it is not there any more."


def test_what_cannot_be_undone_says_why(book: Path, command: Command) -> None:
    """A preview is not listed; a run that was undone or changed nothing says so; the newest run comes first."""
    assert command("run", str(book), "--dry-run", "--unattended").returncode == 0
    assert command("run", str(book), "--unattended").returncode == 0
    assert command("undo", str(book), "--yes").returncode == 0
    undo, run = form_of(book).runs
    assert (undo.did, undo.no_undo, undo.state, run.state) == ("Undo", "", "Undo: done", "Undone since")
    assert run.no_undo == "it was undone already."
    assert any(line.startswith("Undone ") for line in run.later)
    assert undo.source == "a backup"


def test_a_refused_run_changed_nothing(
    make_workbook: MakeWorkbook, command: Command, signed_in: PracticePortal
) -> None:
    """It is listed, with what was wrong, and cannot be undone."""
    book = make_workbook(
        [job("Fields", "smal-fild", "Update and add", "Fields")],
        {"Fields": [FIELDS["Fields"][0], (*FIELDS["Fields"][1][:5], "north", 1)]},
    )
    assert command("run", str(book), "--unattended").returncode == 1
    (run,) = form_of(book).runs
    assert (run.state, run.kind, run.no_undo) == ("Not sent", "problem", "it changed nothing.")
    assert "1 problem in 1 cell to mend" in run.words
