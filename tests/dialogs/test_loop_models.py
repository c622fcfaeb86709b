"""What the windows of the loop list and say, without a window."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.dialogs import samples_loop as samples
from xl_datasync.core.differences import CellChange, Change, Differences, RowChange, varied
from xl_datasync.core.errors import WorkbookError
from xl_datasync.core.problems import About, Place, Problem, Severity, forbids, guard
from xl_datasync.core.values import plain_moment
from xl_datasync.dialogs.check_list import CheckList, Show, lines_of
from xl_datasync.dialogs.check_model import failed_words, found_words, leave_words, left_words, without
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.history_model import HistoryForm, count_text, first_to_undo
from xl_datasync.dialogs.preview_model import ChangeLine, ChangeList, aside_words, row_number


def test_every_place_is_a_line() -> None:
    """A line for each place, one for what was only counted, one for a problem that stands nowhere."""
    assert [line.where for line in lines_of(samples.FEES)][:2] == ["Permits 2024!F17", "Permits 2024!F18"]
    *_, last = lines_of(samples.DATES)
    assert (last.where, last.place) == ("3,020 more", None)
    assert [line.cells for line in lines_of(samples.NO_COLUMN)] == [
        (
            "Problem", "", "Column “Ward”", "", "No column of the sheet meets it, and it must not be blank.",
            "Choose a column for it with “Map columns”.",
        )
    ]  # fmt: skip


def test_a_sheet_is_named_once() -> None:
    """The list leaves out the name of the sheet on which most stands, but what is said in full has it."""
    line = CheckList([samples.FEES, samples.TOTALS]).lines()[0]
    assert line.cells[1] == "F17"
    assert line.words == "Permits 2024!F17 – Column “Fee”: Not a number."
    twice = replace(samples.FEES, places=(Place("'It''s!'!A11, 'It''s!'!A12"),))
    assert CheckList([twice]).lines()[0].cells[1] == "A11, A12"
    elsewhere = replace(samples.TOTALS, places=(Place("Jobs!B5"),))
    lines = CheckList([samples.FEES, elsewhere]).lines()
    assert (lines[0].cells[1], lines[-1].cells[1]) == ("F17", "Jobs!B5")
    assert CheckList([replace(samples.FEES, places=(Place("A!B1"), Place("C!B2")))]).lines()[0].cells[1] == "A!B1"


def test_a_whole_row_is_called_so() -> None:
    """Nobody says 314:314."""
    line, *_ = CheckList([samples.NO_RECORDS]).lines()
    assert (line.row, line.cells[1]) == ("314", "Row 314")
    assert line.words.startswith("Row 314 – Sheet “Permits 2024”: Row that looks like a note")
    other, *_ = lines_of(samples.NO_RECORDS)
    assert other.cells[1] == "Row 314 of Permits 2024"
    assert next(lines_of(samples.FEES)).row == ""


def test_problems_stand_first() -> None:
    """What blocks stands before what warns, and that before notes, whatever the order they came in."""
    listed = CheckList(samples.PROBLEMS[::-1]).lines()
    assert [line.kind for line in listed] == sorted(
        [line.kind for line in listed], key=["Problem", "Warning", "Note"].index
    )


def test_what_can_be_chosen() -> None:
    """All, each severity that is there, and each kind, with how many places it has."""
    words = [choice.words for choice in CheckList(samples.PROBLEMS).choices()]
    assert words[:4] == ["All (4,344)", "Problems (4,033)", "Warnings (310)", "Notes (1)"]
    assert words[4] == "Column “Fee”: not a number (12)"
    assert len(words) == 4 + len(samples.PROBLEMS)
    assert all(len(word) <= 70 for word in words)


@pytest.mark.parametrize(
    ("show", "find", "count"),
    [
        (None, "", 1_325),
        (Show("", Severity.WARNING), "", 310),
        (Show("", problem=0), "", 12),
        (None, "FREE fee", 4),
        (Show("", problem=0), "12,50", 4),
        (None, "no such word", 0),
    ],
)
def test_the_list_is_narrowed_down(show: Show | None, find: str, count: int) -> None:
    """By severity, by kind and by words, each of which must stand in the line."""
    assert len(CheckList(samples.PROBLEMS).lines(show, find)) == count


@pytest.mark.parametrize(
    ("problems", "words"),
    [
        ((), "Nothing stands in the way."),
        ((samples.FEES,), "1 problem in 12 cells."),
        ((samples.NO_COLUMN,), "1 problem."),
        (samples.PROBLEMS, "3 problems in 4,032 cells, 1 warning in 310 cells."),
        ((samples.MAILS, samples.TOTALS), "Nothing stands in the way. 1 warning in 310 cells."),
        ((samples.TOTALS,), "Nothing stands in the way."),
    ],
)
def test_the_headline_counts_kinds_and_cells(problems: tuple[Problem, ...], words: str) -> None:
    """So many problems in so many cells."""
    assert found_words(problems) == words


def test_a_guard_forbids_nothing() -> None:
    """A person may pass it, so that Publish is offered; anything else that blocks is in the way."""
    shrink = guard("Dataset", "it would shrink", "", "Replace anyway")
    assert not forbids([shrink, samples.MAILS])
    assert forbids([shrink, samples.FEES])


def test_the_list_can_be_pasted_into_a_sheet() -> None:
    """A headline, the headers, and a line for each place, cells apart by tabs; no cell breaks a line."""
    odd = replace(samples.FEES, places=(Place("Sheet!A1", "two\nlines\tand a tab"),), count=1)
    lines = CheckList([odd]).text("1 problem.").splitlines()
    assert lines[1].split("\t")[:2] == ["Kind", "Cell"]
    assert lines[2].split("\t")[1:4] == ["A1", "Column “Fee”", "two lines and a tab"]


def test_with_the_last_warning_answered_all_is_well() -> None:
    """Icon and title say so; while a problem or another warning stands they stay as they were."""
    form = replace(samples.REFUSED, problems=(samples.MAILS,), ending=Ending("warning", "A warning.", code=3))
    left = without(form, samples.MAILS.topic)
    assert (left.ending.kind, left.ending.exit_code, left.headline) == (
        "done", 0, "Nothing stands in the way. Nothing has been sent.",
    )  # fmt: skip
    assert without(samples.REFUSED, samples.MAILS.topic).ending == samples.REFUSED.ending
    assert without(form, "another").ending == form.ending


def test_an_answered_warning_goes() -> None:
    """What was answered is not listed any more; all else stays."""
    assert samples.MAILS.topic
    assert without(samples.REFUSED, samples.MAILS.topic).problems == (
        samples.FEES, samples.DATES, samples.NO_COLUMN, samples.TOTALS,
    )  # fmt: skip


def test_what_is_set_aside_is_told_before_it_is_done() -> None:
    """For which faults; what else is to be looked at is in the check's list, and the button says what it does."""
    aside = replace(samples.FEES, what="not a number; set aside", severity=Severity.WARNING, about=About.FAULT_ASIDE)
    words = aside_words([samples.MAILS, aside])
    assert words == "Set aside, to be mended and published later: Column “Fee”: not a number."
    assert aside_words([aside] * 5).endswith("; and 2 more.")
    assert (samples.PREVIEW.publish, replace(samples.PREVIEW, aside=1).publish) == (
        "&Publish", "&Publish the other rows",
    )  # fmt: skip


def test_rows_that_are_left_out() -> None:
    """The button counts them where they are several; what is remembered names the first texts."""
    assert [leave_words(rows) for rows in (0, 1, 1_200)] == [
        "&Leave the row out", "&Leave the row out", "&Leave 1,200 rows out",
    ]  # fmt: skip
    several = [replace(samples.NO_RECORDS, count=count, about=About.LEFT_OUT) for count in (25, 1_200)]
    assert left_words(["a", "b", "c"], [samples.MAILS, *several]) == (
        "Remembered: rows that say “a”, “b” and others are left out. Checked again: 1,225 rows are left out now."
    )
    one = replace(samples.NO_RECORDS, count=1, about=About.LEFT_OUT)
    assert (
        left_words(["a"], [one]) == "Remembered: rows that say “a” are left out. Checked again: 1 row is left out now."
    )
    line, *_ = lines_of(samples.NO_RECORDS)
    assert line.label == "Source: the clerk's office"
    assert line.to_do(can_answer=True).endswith("If it is meant, press “This is meant”.")
    assert "meant" not in line.to_do(can_answer=False)
    assert next(lines_of(replace(samples.NO_RECORDS, severity=Severity.NOTE))).label == ""
    assert next(lines_of(replace(samples.NO_COLUMN, remedy=""))).to_do(can_answer=True) == ""


def test_why_an_errand_failed() -> None:
    """A foreseen error says its own words; another one is named."""
    known = WorkbookError("There is no cell A!B1 in this workbook.", remedy="Its sheet was renamed.")
    assert failed_words(known) == "There is no cell A!B1 in this workbook. Its sheet was renamed."
    assert "OSError" in failed_words(OSError())


CHANGED = RowChange(
    Change.CHANGED, "B-7", "Permits!7:7", (CellChange("Fee", "", "120.50"), CellChange("Status", "Old", "New"))
)
ADDED = RowChange(Change.ADDED, "B-8", "Permits!8:8", (CellChange("Permit", "", "B-8"), CellChange("Fee", "", "1")))
REMOVED = RowChange(Change.REMOVED, "B-9", "", (CellChange("Permit", "B-9", ""),))


def test_old_beside_new() -> None:
    """A line for each value that changes; one for a row that is added or removed, with its values."""
    found = Differences(1, 1, 1, 5, (CHANGED, ADDED, REMOVED))
    assert [line.cells for line in ChangeList(found).lines()] == [
        ("Changed", "B-7", "7", "Fee", "(blank)", "120.50"),
        ("Changed", "B-7", "7", "Status", "Old", "New"),
        ("Added", "B-8", "8", "2 values", "", "Permit: B-8; Fee: 1"),
        ("Removed", "B-9", "", "1 value", "Permit: B-9", ""),
    ]


def test_changes_are_narrowed_down() -> None:
    """By kind, with the counts of all rows, not only of those listed."""
    changes = ChangeList(Differences(1_200, 1, 0, 5, (CHANGED, ADDED)))
    assert changes.choices() == [
        ("All (1,201 rows)", None), ("Added (1,200 rows)", Change.ADDED), ("Changed (1 row)", Change.CHANGED),
    ]  # fmt: skip
    assert changes.lines(Change.ADDED) == [ChangeLine(ADDED)]
    assert [line.cell for line in changes.lines(find="b-7 fee")] == [CHANGED.cells[0]]
    assert changes.count_words() == "2 of 1,201 rows are listed."
    assert ChangeList(None).lines() == ChangeList(None).choices() == []


def test_the_sample_shows_every_kind_of_change() -> None:
    """A column that changes in every row does not hide the row in which another does; rows stay in their order."""

    def row(number: int, *columns: str) -> RowChange:
        return RowChange(Change.CHANGED, str(number), "", tuple(CellChange(name, "", "x") for name in columns))

    rows = [row(number, "Stamp") for number in range(50)]
    rows[30], rows[40] = row(30, "Stamp", "Name"), row(40, "Fee")
    assert [one.identifier for one in varied(rows, 5)] == ["0", "1", "2", "30", "40"]
    assert [one.identifier for one in varied(rows, 2)] == ["0", "30"]
    assert varied(rows[:3], 5) == rows[:3]


def test_a_change_in_full() -> None:
    """Which row, where on the sheet, and each value old → new."""
    assert (
        ChangeLine(CHANGED, CHANGED.cells[0]).detail == "Changed: row B-7, row 7 of the sheet.\nFee: (blank) → 120.50"
    )
    assert ChangeLine(replace(ADDED, identifier="")).detail.startswith("Added: row 8 of the sheet.")
    assert ChangeLine(REMOVED).detail == "Removed: row B-9.\nPermit: B-9"


def test_days_are_read_as_days() -> None:
    """Dates lose the time of day that they do not have; what only looks like one keeps its letters."""
    cell = CellChange("Day", "2015-10-07T00:00:00.000", "2015-10-08T09:30:00")
    line = ChangeLine(RowChange(Change.CHANGED, "2015-10-01T00:00:00", "", (cell,)), cell)
    assert line.cells == ("Changed", "2015-10-01", "", "Day", "2015-10-07", "2015-10-08 09:30:00")
    assert line.detail == "Changed: row 2015-10-01.\nDay: 2015-10-07 → 2015-10-08 09:30:00"
    text = CellChange("Text", "2015-10-08T00:00:00", "2015-10-08")
    assert text.as_read == ("2015-10-08T00:00:00", "2015-10-08")  # or it would read as no change
    assert [plain_moment(text) for text in ("", "2015-10-07T00:00:00Z", "2015-10-07T1", "Tuesday")] == [
        "", "2015-10-07 00:00:00 UTC", "2015-10-07T1", "Tuesday",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "row"), [("Permits!7:7", "7"), ("'It''s!'!12:12", "12"), ("", ""), ("A!B2:C3", "B2:C3")]
)
def test_the_row_of_an_address(where: str, row: str) -> None:
    """A row's number stands for itself."""
    assert row_number(where) == row


def test_the_newest_run_that_can_be_undone() -> None:
    """It is the one that is chosen at first."""
    runs = samples.HISTORY.runs
    assert first_to_undo(runs) == 0
    assert first_to_undo(runs[1:]) == 2
    assert first_to_undo(samples.HISTORY_BROKEN.runs) == 0
    assert [run.job for run in samples.HISTORY.of("Fees")] == ["Fees"] * 4


def test_what_is_not_listed_is_told() -> None:
    """Older runs, and lines that cannot be read."""
    assert "340 older runs" in samples.HISTORY.notes
    assert "cannot be read" in samples.HISTORY_BROKEN.notes
    assert HistoryForm(()).notes == ""


def test_a_run_in_full() -> None:
    """When, what, where, from where, by whom, what came later, and why it cannot be undone."""
    detail = samples.HISTORY.runs[2].detail
    for words in ("20 Nov 2026", "Done.", "(abcd-1234)", "permits.xlsx", "ann.lee", "Undone 22 Nov", "undone already"):
        assert words in detail
    assert (count_text(None), count_text(1_234)) == ("–", "1,234")
