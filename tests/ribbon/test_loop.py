"""The loop from window to window in a live spreadsheet: check, mend, check again, preview, publish, undo."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.ribbon.conftest import Excel
from tests.ribbon.test_buttons import AIRPORT, FIELD, FIELDS, cells
from tests.workbooks import job
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.live_program

OpenBook = Callable[..., xw.Book]
MakeWorkbook = Callable[..., Path]
ONE_JOB = [job("Fields", "smal-fild", "Update and add", "Fields")]


def step(window: str, *deeds: list[str], after: Path | None = None) -> dict[str, Any]:
    """What a window must say, and what is done there, once a file is there."""
    return {"window": window, "do": list(deeds), "after": str(after) if after else ""}


@pytest.fixture
def book(make_workbook: MakeWorkbook, open_book: OpenBook) -> xw.Book:
    """A workbook with one job, the sheet it publishes in front, with a fault in it."""
    found = open_book(make_workbook(ONE_JOB, FIELDS), "Fields")
    found.sheets["Fields"]["F3"].value = "north"
    return found


def test_mended_while_the_window_stays(excel: Excel, book: xw.Book, portal: PracticePortal, tmp_path: Path) -> None:
    """The window leads to the cell; once it is mended, the same window checks again and publishes what is there now."""
    mended = tmp_path / "mended"
    click = excel.start(
        "check",
        step("(?s)1 problem in 1 cell.*Fields!F3.*north", ["row", "F3"], ["click", "Go to the cell"]),
        step("Fields!F3 is in front in Excel", ["click", "Check again"], after=mended),
        step("(?s)Nothing stands in the way.*Checked again", ["click", "Publish"]),
    )
    excel.reached(click, 1)
    until_selected(excel, "$F$3")
    book.sheets["Fields"]["F3"].value = 12.5
    mended.touch()
    seen = excel.end(click)
    assert (seen.kind, seen.code) == ("done", 0), seen
    found = {row["iata_code"]: row for row in portal.rows("smal-fild")}
    assert float(str(found["ZZ2"]["latitude"])) == 12.5
    assert cells(book, "Jobs")["State"] == "Done"


def test_only_what_was_previewed_is_published(
    excel: Excel, book: xw.Book, portal: PracticePortal, tmp_path: Path
) -> None:
    """Where cells were changed while the preview was open, Publish shows the preview again; then that is published.

    Where it happens again, the window says what may be the reason.
    """
    book.sheets["Fields"]["F3"].value = 12.5
    changed, again = tmp_path / "changed", tmp_path / "again"
    click = excel.start(
        "preview",
        step("(?s)2 rows would be added.*Nothing has been sent"),
        step("2 rows would be added", ["click", "Publish"], after=changed),
        step("(?s)changed since; this is what would change now.*CHANGED"),
        step("(?s)would change now\\.\n.*CHANGED", ["click", "Publish"], after=again),
        step(
            "(?s)now\\. If a formula such as NOW.. changes it each time, .*sends it as it is.*AGAIN",
            ["click", "Publish"],
        ),
    )
    excel.reached(click, 1)
    book.sheets["Fields"]["B3"].value = "CHANGED"
    changed.touch()
    excel.reached(click, 3)
    book.sheets["Fields"]["B3"].value = "AGAIN"
    again.touch()
    seen = excel.end(click)
    assert (seen.kind, seen.code) == ("done", 0), seen
    assert {row["iata_code"]: row for row in portal.rows("smal-fild")}["ZZ2"]["airport_name"] == "AGAIN"


def until_selected(excel: Excel, address: str) -> None:
    """Wait for the spreadsheet to show a cell."""
    for _ in range(400):
        if excel.app.selection is not None and excel.app.selection.address == address:
            return
    raise AssertionError(excel.app.selection)


def test_a_sheet_that_went_away(excel: Excel, book: xw.Book, tmp_path: Path) -> None:
    """Where the cell's sheet was renamed meanwhile, the window says so and stays."""
    renamed = tmp_path / "renamed"
    click = excel.start(
        "check",
        step("1 problem in 1 cell"),
        step("1 problem", ["row", "F3"], ["click", "Go to the cell"], after=renamed),
        step("There is no cell Fields!F3 in this workbook", ["click", "Close"]),
    )
    excel.reached(click, 1)
    book.sheets["Fields"].name = "Other"
    renamed.touch()
    excel.end(click, quiet=True)


def test_the_whole_loop_is_the_same_from_the_command_line(
    excel: Excel,
    make_workbook: MakeWorkbook,
    open_book: OpenBook,
    portal: PracticePortal,
    command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Map, check, preview, publish and undo: the same words, rows and files with windows and without."""
    headers = (AIRPORT[0], "Airport Names", *AIRPORT[2:])
    sheet = {"Fields": [headers, FIELD, (portal.rows("smal-fild")[0]["iata_code"], *FIELD[1:])]}
    before = portal.rows("smal-fild")

    path = make_workbook(ONE_JOB, sheet, "live.xlsx")
    live = open_book(path, "Fields")
    seen = excel.click(
        "map_columns", step("Columns of “Fields”", ["click", "Save"], ["click", "It is right"], ["click", "Save"])
    )
    assert seen.kind == "done", seen
    maps = [{name: value for name, value in cells(live, "Column map", row).items() if value} for row in range(5, 12)]
    words, rows = [], []
    for button, steps in (
        ("check", ()),
        ("preview", (step("(?s)1 row would be added, 1 changed, 199 stay as they are, 0 removed.*ZZ1", ["click", "Close"]),)),
        ("publish", ()),
        ("undo", (step("(?s)What was published.*Fields", ["click", "Undo this run …"]), step("Undo “Fields”", ["click", "Undo it"]))),
    ):  # fmt: skip
        live.sheets["Fields"].activate()
        seen = excel.click(button, *steps, quiet=button == "preview")
        assert seen.code == 0, seen
        words.append(cells(live, "Jobs")["Result"])
        rows.append(portal.rows("smal-fild"))
    sent = {file.name: file.read_bytes() for file in path.parent.rglob("Fields.*.csv")}
    live.close()
    assert same_rows(rows[-1], before)

    portal.reset()
    path = make_workbook(ONE_JOB, sheet, "closed.xlsx", column_map=maps)
    for file in path.parent.rglob("Fields.*.csv"):
        file.unlink()
    closed, closed_rows = [], []
    for arguments in (
        ("check", str(path)), ("run", "--dry-run", str(path)), ("run", str(path)), ("undo", str(path), "--yes"),
    ):  # fmt: skip
        done = command(*arguments, "--json", *(("--unattended",) if arguments[0] == "run" else ()))
        assert done.returncode == 0, (done.stdout, done.stderr)
        closed.append(json.loads(done.stdout)["jobs"][0]["words"])
        closed_rows.append(portal.rows("smal-fild"))
    assert [without_moments(line) for line in words] == [without_moments(line) for line in closed]
    assert all(same_rows(one, other) for one, other in zip(rows, closed_rows, strict=True))
    assert sent == {file.name: file.read_bytes() for file in path.parent.rglob("Fields.*.csv")}


def same_rows(one: list[dict[str, object]], other: list[dict[str, object]]) -> bool:
    """Whether the rows are the same, system columns and their order aside."""

    def plain(rows: list[dict[str, object]]) -> list[str]:
        return sorted(
            json.dumps({k: v for k, v in row.items() if not k.startswith(":")}, sort_keys=True) for row in rows
        )

    return plain(one) == plain(other)


def without_moments(words: object) -> str:
    """A sentence without the moments in it."""
    return " ".join(part for part in str(words).split() if not part[:1].isdigit() or ":" not in part)


def test_a_warning_is_meant(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """“This is meant” is written to the Options sheet with the job, and the next check is silent about it."""
    sheet = [(*AIRPORT[:1], "Airport Name", *AIRPORT[2:]), FIELD, ("ZZ2", "ann.lee@example.org", *FIELD[2:])]
    rows = [sheet[0], *[(f"Z{n}", f"ann.lee{n}@example.org", *FIELD[2:]) for n in range(20)]]
    book = open_book(make_workbook(ONE_JOB, {"Fields": rows}), "Fields")
    seen = excel.click(
        "check",
        step("(?s)1 warning.*Airport Name", ["row", "Warning"], ["click", "This is meant"]),
        step("(?s)Nothing stands in the way.*Remembered", ["click", "Close"]),
        quiet=True,
    )
    assert seen.code in (0, 3)
    assert "Airport Name" in str(book.sheets["Options"].used_range.value)
    book.sheets["Fields"].activate()
    assert excel.click("check").kind == "done"


def test_rows_that_are_no_records_are_left_out(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """Total and note go from the check's list with one press; what is published says that they were left out."""
    blank = [None] * (len(AIRPORT) - 1)
    rows = [AIRPORT, *[(f"Z{n}", *FIELD[1:]) for n in range(6)], ("Total", 6, *blank[1:]), ("Source: the FAA", *blank)]
    book = open_book(make_workbook([{**ONE_JOB[0], "How to update": "Replace all rows"}], {"Fields": rows}), "Fields")
    seen = excel.click(
        "check",
        step("(?s)Source: the FAA", ["row", "Source: the FAA"], ["click", "Leave the row out"]),
        step("(?s)“Source: the FAA” are left out. Checked again", ["row", "Total"], ["click", "Leave the row out"]),
        step("(?s)“Total” are left out. Checked again", ["click", "Publish"]),
        step("please look", ["click", "Go on all the same"]),
    )
    assert seen.kind in ("done", "warning"), seen
    assert "rows left out, as the job says: “Total” (row 8), “Source: the FAA” (row 9)" in str(seen), seen
    assert len(portal.rows("smal-fild")) == 6
    assert "Source: the FAA" in str(book.sheets["Options"].used_range.value)


def test_the_other_rows_are_published(excel: Excel, book: xw.Book, portal: PracticePortal, tmp_path: Path) -> None:
    """The faulty row goes to a sheet of its own; mended there, that sheet is published alone."""
    seen = excel.click(
        "publish",
        step("(?s)Publish: Problem.*1 problem in 1 cell", ["click", "Preview the other rows"]),
        step(
            "(?s)Preview.*1 row would be added, 0 changed.*1 row would be set aside.*"
            "Set aside, to be mended and published later: Column “Latitude”: text that is not a number",
            ["click", "Publish the other rows"],
        ),
    )
    # She chose to set it aside: whether everybody may see the rows was the one thing that she was asked.
    assert seen.kind == "warning", seen
    assert seen.title == "Publish: Done, please look"
    codes = {row["iata_code"] for row in portal.rows("smal-fild")}
    assert ("ZZ1" in codes, "ZZ2" in codes) == (True, False)
    aside = next(sheet for sheet in book.sheets if sheet.name.startswith("Set aside"))
    found = [row for row in aside.range("A1:I12").value if "ZZ2" in row]
    assert found, aside.range("A1:I12").value
    number = next(row for row in range(1, 13) if aside.range((row, 1)).value == "ZZ2")
    aside.range((number, 6)).value = 12.5
    aside.activate()
    seen = excel.click("publish")
    assert seen.kind == "done", seen
    assert "ZZ2" in {row["iata_code"] for row in portal.rows("smal-fild")}


def test_a_check_from_the_preview_is_no_preview(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal, tmp_path: Path
) -> None:
    """Where more rows became faulty and she checks again from the preview, Publish asks about those set aside."""
    rows = [AIRPORT, *[(f"ZZ{n}", *FIELD[1:]) for n in range(4)]]
    book = open_book(make_workbook(ONE_JOB, {"Fields": rows}), "Fields")
    book.sheets["Fields"]["F5"].value = "north"
    faulty = tmp_path / "faulty"
    click = excel.start(
        "publish",
        step("1 problem in 1 cell", ["click", "Preview the other rows"]),
        step("1 row would be set aside"),
        step("1 row would be set aside", ["click", "Show them"], after=faulty),
        step("1 of 4 rows has faults", ["click", "Check again"]),
        step("(?s)2 of 4 rows have faults.*Checked again", ["click", "Publish"]),
        step("(?s)2 of 4 rows have faults and are set aside", ["click", "Leave as it is"]),
    )
    excel.reached(click, 2)
    book.sheets["Fields"]["F4"].value = "north"
    faulty.touch()
    excel.end(click)
    assert "ZZ0" not in {row["iata_code"] for row in portal.rows("smal-fild")}


def test_a_warning_answered_from_the_preview(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """Closing the list leads to the preview as it is now, without that warning."""
    rows = [AIRPORT, *[(f"Z{n}", f"ann.lee{n}@example.org", *FIELD[2:]) for n in range(20)]]
    open_book(make_workbook(ONE_JOB, {"Fields": rows}), "Fields")
    excel.click(
        "preview",
        step("(?s)20 rows would be added.*1 warning", ["click", "Show them"]),
        step("1 warning", ["row", "Warning"], ["click", "This is meant"]),
        step("Remembered", ["click", "Close"]),
        step("(?s)^(?!.*1 warning).*20 rows would be added", ["click", "Close"]),
        quiet=True,
    )


def test_rows_left_out_while_the_portal_is_away(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal, tmp_path: Path
) -> None:
    """The text is remembered before the sheet is checked again, and the window says both."""
    rows = [AIRPORT, *[(f"Z{n}", *FIELD[1:]) for n in range(6)], ("Total", 6, *[None] * (len(AIRPORT) - 2))]
    book = open_book(make_workbook(ONE_JOB, {"Fields": rows}), "Fields")
    away = tmp_path / "away"
    click = excel.start(
        "check",
        step("looks like a total"),
        step("looks like a total", ["row", "Total"], ["click", "Leave the row out"], after=away),
        step("Remembered, but it could not be checked again: ", ["click", "Close"]),
    )
    excel.reached(click, 1)
    portal.add_fault("403-rights", times=None, path="/api/views")
    away.touch()
    excel.end(click, quiet=True)
    assert "Rows left out" in str(book.sheets["Options"].used_range.value)


def test_faults_of_the_job_sheets_are_listed(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """A fault of the Jobs sheet is a line like any other, and its cell is shown; nothing can be published from there."""
    book = open_book(make_workbook([{**ONE_JOB[0], "How to update": "Overwrite"}], FIELDS), "Fields")
    seen = excel.click(
        "publish",
        step("(?s)Publish: Problem.*1 problem in 1 cell.*Overwrite", ["row", "Overwrite"], ["click", "Go to the cell"]),
        step("is in front in Excel", ["click", "Close"]),
        quiet=True,
    )
    assert seen.code == 2
    assert book.sheets.active.name == "Jobs"


def test_columns_mapped_from_the_check(excel: Excel, book: xw.Book) -> None:
    """The check's window leads to the columns and, once they are saved, checks again."""
    found = r"(?s)1 problem in 1 cell.*Fields!F3.*north"
    seen = excel.click(
        "check",
        step(found, ["click", "Map columns …"]),
        step("Columns of “Fields”", ["click", "Save"]),
        step(found, ["click", "Close"]),
        quiet=True,
    )
    assert seen.code == 1
    assert cells(book, "Column map")["Portal field"] == "IATA Code"


def test_columns_are_mapped_before_the_first_publication(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """Where names alone do not tell, the columns come first; then the check leads to the preview, and that publishes."""
    sheet = [("Field", "Airport Names", *AIRPORT[2:]), FIELD]
    open_book(make_workbook(ONE_JOB, {"Fields": sheet}), "Fields")
    seen = excel.click(
        "publish",
        step("please look where its columns go", ["click", "Cancel"]),
        step("(?s)No column is mapped to the row identifier.*guess", ["click", "Map columns …"]),
        step(
            "(?s)^(?!.*please look where).*Columns of “Fields”",
            ["pick", "Field", "IATA Code"], ["click", "Save"], ["click", "It is right"], ["click", "Save"],
        ),
        step("Nothing stands in the way", ["click", "Preview"]),
        step("1 row would be added", ["click", "Publish"]),
    )  # fmt: skip
    assert seen.kind == "done", seen
    assert [row["airport_name"] for row in portal.rows("smal-fild") if row["iata_code"] == FIELD[0]] == [FIELD[1]]
