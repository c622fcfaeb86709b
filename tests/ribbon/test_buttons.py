"""Each button, clicked in a live spreadsheet: a Python child starts, finds the book, and the portal has the rows."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import xlwings as xw

from tests.ribbon.conftest import Excel
from tests.workbooks import job
from xl_datasync.practice_portal import PracticePortal

OpenBook = Callable[..., xw.Book]
MakeWorkbook = Callable[..., Path]

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)
FIELDS = {"Fields": [AIRPORT, FIELD, ("ZZ2", *FIELD[1:])]}

pytestmark = pytest.mark.live_program


@pytest.fixture
def book(make_workbook: MakeWorkbook, open_book: OpenBook) -> xw.Book:
    """A workbook with one job, the sheet it publishes in front."""
    return open_book(make_workbook([job("Fields", "smal-fild", "Update and add", "Fields")], FIELDS), "Fields")


def cells(book: xw.Book, sheet: str, row: int = 5) -> dict[str, object]:
    """A row of a config table, by header."""
    values = book.sheets[sheet].range((4, 1), (row, 40)).value
    return {header: value for header, value in zip(values[0], values[row - 4], strict=True) if header}


def test_publish(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """Publish sends what the sheet shows now, unsaved edits included, and fills in the job's grey cells."""
    book.sheets["Fields"]["B2"].value = "Edited Field"
    seen = excel.click("publish")
    assert seen.kind == "done", seen
    assert "2 rows added" in seen.headline
    found = {row["iata_code"]: row["airport_name"] for row in portal.rows("smal-fild")}
    assert (found["ZZ1"], found["ZZ2"]) == ("Edited Field", "Test Field")
    row = cells(book, "Jobs")
    assert (row["State"], row["Rows added"], row["Rows changed"]) == ("Done", 2, 0)
    assert row["Dataset link"] == f"{portal.url}/d/smal-fild"
    assert excel.app.status_bar in (False, "", None)
    assert book.sheets.active.name == "Fields"


def test_publish_is_refused_with_links_to_cells(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """A faulty cell stops it; the window lists it, her sheet stays in front, and the Results sheet links to the cell."""
    before = portal.rows("smal-fild")
    book.sheets["Fields"]["F3"].value = "north"
    seen = excel.click("publish")
    assert seen.kind == "problem"
    assert "Fields!F3" in seen.text
    assert "Nothing has been sent" in seen.text
    assert portal.rows("smal-fild") == before
    assert book.sheets.active.name == "Fields"
    results = book.sheets["Results"]
    found = [row for row in results.range("A5:H12").value if row[2] == "Fields!F3"]
    assert (found[0][:3], found[0][5:7]) == (["Fields", "Problem", "Fields!F3"], ["Column “Latitude”", "north"])
    links = [results.range((row, 3)).hyperlink for row in range(5, 8) if results.range((row, 3)).value == "Fields!F3"]
    assert links
    assert links[0].lstrip("#").replace("'", "") in ("Fields!F3", "Fields.F3")
    assert cells(book, "Jobs")["State"] == "Not sent"


def test_publish_walks_a_sheet_without_a_job(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """On a sheet without a job the clerk is asked once; the Jobs row is written, and the rows are there."""
    book = open_book(make_workbook([], FIELDS), "Fields")
    seen = excel.click(
        "publish",
        {
            "window": "(?s)Fields.*dataset",
            "do": [
                ["type", "Dataset: link, ID or words", f"{portal.url}/d/smal-fild"],
                ["tick", "Update and add"],
                ["click", "Continue"],
            ],
        },
    )
    assert seen.kind == "done", seen
    row = cells(book, "Jobs")
    assert (row["Job name"], row["Portal"], row["How to update"], row["State"]) == (
        "Fields", "Practice", "Update and add", "Done",
    )  # fmt: skip
    assert row["Row identifier"] == "IATA Code"
    assert len([r for r in portal.rows("smal-fild") if r["iata_code"] in ("ZZ1", "ZZ2")]) == 2
    assert excel.click("publish").kind == "done"


def test_dataset(excel: Excel, book: xw.Book) -> None:
    """Dataset changes where a sheet's job goes, after looking at the dataset; the portal is not changed."""
    seen = excel.click(
        "dataset",
        {
            "window": "dataset",
            "do": [["type", "Dataset: link, ID or words", "weat-hlog"], ["tick", "Add rows"], ["click", "Save"]],
        },
    )
    assert seen.kind == "done", seen
    row = cells(book, "Jobs")
    assert str(row["Dataset ID or link"]).endswith("/d/weat-hlog")
    assert row["How to update"] == "Add rows"
    assert cells(book, "Jobs", 6)["Job name"] is None


def test_check(excel: Excel, book: xw.Book, writes: Callable[[], list[str]]) -> None:
    """Check sends nothing, and says that the sheet can be published."""
    seen = excel.click("check")
    assert (seen.kind, writes()) == ("done", [])
    row = cells(book, "Jobs")
    assert (row["State"], row["Last run"]) == ("Checked, nothing sent", None)


def test_preview(excel: Excel, book: xw.Book, portal: PracticePortal, writes: Callable[[], list[str]]) -> None:
    """Preview counts what would change."""
    known = portal.rows("smal-fild")[0]["iata_code"]
    book.sheets["Fields"]["A3"].value = known
    seen = excel.click("preview")
    assert "1 row would be added, 1 changed" in seen.headline, seen
    assert writes() == []
    assert Path(seen.links["Open the file"]).is_file()


def test_to_say_no_is_no_problem(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """Who leaves it as it is, is told that nothing was sent, and not once more what she has just read."""
    open_book(make_workbook([job("Fields", "smal-fild", "Update and add", "Fields")], FIELDS), "Fields")
    seen = excel.click("publish", {"window": "everybody will see", "do": [["click", "Leave as it is"]]})
    assert (seen.kind, seen.code) == ("stopped", 1)
    assert seen.headline == "Fields: You decided not to go on. Nothing has been sent."
    assert "everybody" not in seen.text


def test_map_columns(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """Where each column goes; a guess, and a column of another name, is asked about first; what is saved is a row."""
    sheet = [("IATA Code", "Airport Names", *AIRPORT[2:], "Remarks"), (*FIELD, "mine")]
    maps = [
        {"Map name": "Fields", "Sheet column": "Country", "Portal field": "Country", "Send?": "Yes", "Notes": "kept"},
        {"Map name": "Other", "Sheet column": "X", "Portal field": "State", "Send?": "Yes"},
    ]
    jobs = [job("Fields", "smal-fild", "Update and add", "Fields"), job("Other", "smal-fild", "Add rows", "Other")]
    book = open_book(make_workbook(jobs, {"Fields": sheet, "Other": [("X",), ("TX",)]}, column_map=maps), "Fields")
    seen = excel.click(
        "map_columns",
        {
            "window": "Columns of “Fields”(.|\n)*Remarks",
            "do": [["click", "Save"], ["click", "It is right"], ["click", "Save"]],
        },
    )
    assert seen.kind == "done", seen
    assert "7 portal columns will be filled, 1 sheet column left out" in seen.headline
    rows = [cells(book, "Column map", row) for row in range(5, 5 + 9)]
    mine = {row["Sheet column"]: row for row in rows if row["Map name"] == "Fields"}
    assert (mine["IATA Code"]["Portal field"], mine["Airport Names"]["Portal field"]) == ("IATA Code", "Airport Name")
    assert (mine["Remarks"]["Send?"], mine["Country"]["Notes"]) == ("Ignore", "kept")
    assert [row["Sheet column"] for row in rows if row["Map name"] == "Other"] == ["X"]
    assert book.sheets.active.name == "Fields"
    assert excel.click("publish").kind == "done"
    book.sheets["Fields"]["B1"].value = "Name of it"
    renamed = {
        "window": "renamed since the column map",
        "do": [["click", "Save"], ["click", "It is right"], ["click", "Save"]],
    }
    assert excel.click("map_columns", renamed).kind == "done"
    rows = [cells(book, "Column map", row) for row in range(5, 5 + 9)]
    (followed,) = [row for row in rows if row["Sheet column"] == "Name of it"]
    assert (followed["Map name"], followed["Portal field"]) == ("Fields", "Airport Name")
    assert "Airport Names" not in [row["Sheet column"] for row in rows]


def test_map_columns_of_a_broken_map(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """A row of the Column map that cannot be read is named with its cell, before any window of choices."""
    maps = [{"Map name": "Fields", "Sheet column": "City", "Portal field": "City", "Time zone": "Nowhere"}]
    jobs = [job("Fields", "smal-fild", "Update and add", "Fields")]
    open_book(make_workbook(jobs, FIELDS, column_map=maps), "Fields")
    seen = excel.click("map_columns")
    assert seen.kind == "problem", seen
    assert "unknown time zone" in seen.text


def test_map_columns_can_be_left(excel: Excel, book: xw.Book) -> None:
    """Closed without saving, the dialog has changed nothing."""
    assert excel.click("map_columns", {"window": "Columns of", "do": [["click", "Cancel"]]}, quiet=True).code == 0
    assert cells(book, "Column map")["Map name"] is None


def test_clear_marks(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """Marks are put on faulty cells where the workbook says so, and the colours come back."""
    path = make_workbook(
        [job("Fields", "smal-fild", "Update and add", "Fields")], FIELDS,
        settings=[{"Setting": "Mark faulty cells", "Value": "Yes"}],
    )  # fmt: skip
    book = open_book(path, "Fields")
    sheet = book.sheets["Fields"]
    sheet["F2:F3"].value = [["north"], ["south"]]
    sheet["F2"].color = (10, 200, 30)
    assert excel.click("check").kind == "problem"
    assert [sheet["F2"].color, sheet["F3"].color] == [(248, 203, 173)] * 2
    assert "2 cells" in excel.click("clear_marks").headline
    assert [sheet["F2"].color, sheet["F3"].color] == [(10, 200, 30), None]


def test_export_csv(excel: Excel, book: xw.Book, tmp_path: Path, writes: Callable[[], list[str]]) -> None:
    """Export CSV writes the file where the clerk says: as the job would send it."""
    target = tmp_path / "mine.csv"
    seen = excel.click("export_csv", {"window": "", "do": [["file", str(target)]]})
    assert seen.kind == "done", seen
    assert target.read_text(encoding="utf-8").splitlines()[0].startswith("iata_code,airport_name")
    assert (seen.links["Open the file"], writes()) == (str(target), [])
    assert book.sheets.active.name == "Fields"


def test_export_csv_without_a_job(excel: Excel, open_book: OpenBook, tmp_path: Path) -> None:
    """A workbook never saved and without jobs is exported as it stands."""
    book = excel.app.books.add()
    book.sheets[0].range("A1").value = [["Code", "Count"], ["Ä1", 3.5]]
    target = tmp_path / "plain.csv"
    seen = excel.click("export_csv", {"window": "", "do": [["file", str(target)]]})
    assert "as the sheet stands" in seen.headline, seen
    assert target.read_text(encoding="utf-8").splitlines() == ["Code,Count", "Ä1,3.5"]


def test_undo(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """Undo names the runs, shows what it would do, and brings the rows back."""
    before = portal.rows("smal-fild")
    assert excel.click("publish").kind == "done"
    assert len(portal.rows("smal-fild")) == len(before) + 2
    seen = excel.click(
        "undo",
        {"window": "(?s)What was published.*Fields\tDone", "do": [["row", "Fields"], ["click", "Undo this run …"]]},
        {"window": "Undo “Fields”", "do": [["click", "Undo it"]]},
    )
    assert seen.kind == "done", seen
    assert {row["iata_code"] for row in portal.rows("smal-fild")} == {row["iata_code"] for row in before}
    assert cells(book, "Jobs")["State"] == "Undone"


def test_job_sheet(excel: Excel, tmp_path: Path) -> None:
    """Job sheet adds the config sheets behind the clerk's own; a second click shows them."""
    book = excel.app.books.add()
    book.sheets[0].range("A1").value = "mine"
    book.save(str(tmp_path / "own.xlsx"))
    seen = excel.click("job_sheet")
    assert "5 sheets added" in seen.headline, seen
    names = [sheet.name for sheet in book.sheets]
    assert names[1:] == ["Jobs", "Column map", "Options", "Connections", "Settings"]
    assert {table.name for sheet in book.sheets for table in sheet.tables} == {
        "Jobs", "ColumnMap", "Options", "Connections", "Settings",
    }  # fmt: skip
    assert book.sheets[0].range("A1").value == "mine"
    assert excel.click("job_sheet", quiet=True).headline == ""


def test_run_jobs(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal) -> None:
    """Run jobs runs every job that says Yes; one that fails does not stop the next."""
    path = make_workbook(
        [
            job("Broken", "weat-hlog", "Replace all rows", "Bad"),
            job("Fields", "smal-fild", "Update and add", "Fields"),
            job("Asleep", "smal-fild", "Replace all rows", "Fields", **{"Run?": "No"}),
        ],
        {**FIELDS, "Bad": [("Nothing",), ("here",)]},
    )
    book = open_book(path, "Jobs")
    seen = excel.click("run_jobs")
    assert (seen.kind, seen.headline) == ("problem", "1 of 2 jobs done.")
    assert [cells(book, "Jobs", row)["State"] for row in (5, 6, 7)] == ["Not sent", "Done", None]
    assert "ZZ1" in {row["iata_code"] for row in portal.rows("smal-fild")}


def test_copy_dataset(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """Copy dataset asks what goes where, writes the job's row and makes the copy."""
    seen = excel.click(
        "copy_dataset",
        {
            "window": "(?i)copy",
            "do": [
                ["type", "Dataset: link, ID or words", "smal-fild"],
                ["tick", "Columns and rows"],
                ["click", "Continue"],
            ],
        },
    )
    assert seen.kind in ("done", "warning"), seen
    row = cells(book, "Jobs", 6)
    assert (row["Kind of job"], row["Run?"], row["State"]) == ("Copy a dataset", "No", row["State"])
    made = str(row["Dataset link"]).rpartition("/")[2]
    assert len(portal.rows(made)) == len(portal.rows("smal-fild"))


def test_results_bring_in_runs_from_elsewhere(
    excel: Excel, book: xw.Book, command: Callable[..., object], tmp_path: Path
) -> None:
    """What a run without Excel has done is brought into the Jobs sheet."""
    command("run", str(tmp_path / "jobs.xlsx"), "--unattended")
    assert cells(book, "Jobs")["State"] is None
    excel.click("results", quiet=True)
    row = cells(book, "Jobs")
    assert (row["State"], row["Rows added"], row["Dataset name"] is None) == ("Done", 2, False)
    assert book.sheets.active.name == "Jobs"


def test_sign_in(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """Each sign-in is tried once: a wrong secret is asked for again, and none is ever written to the workbook."""
    publisher, began = portal.sign_ins[0], time.time()
    wrong = [["type", "API key ID", publisher.key_id], ["type", "API key secret", "wrong"]]
    right = [["type", "API key ID", publisher.key_id], ["type", "API key secret", publisher.key_secret]]
    seen = excel.click(
        "sign_in",
        {"window": "(?i)sign in", "do": [*wrong, ["click", "Sign in"]]},
        {"window": "(?i)refuse|not accept|wrong", "do": [*right, ["click", "Sign in"]]},
    )
    assert seen.kind == "done", seen
    assert portal.url.split("//")[1] in seen.headline
    asked = [exchange.path for exchange in portal.exchanges if exchange.received_at >= began]
    assert asked.count("/api/users/current.json") == 2
    values = [sheet.used_range.value for sheet in book.sheets]
    assert publisher.key_secret not in str(values)


def test_practice(excel: Excel, tmp_path: Path) -> None:
    """Practice portal starts a portal that answers, and lays the practice workbook ready; a second click finds it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    try:
        seen = excel.click("practice", XL_DATASYNC_PRACTICE_PORT=port)
        assert f"practice portal is running at http://127.0.0.1:{port}" in seen.headline
        assert Path(seen.links["Open the practice workbook"]).is_file()
        assert excel.click("practice", XL_DATASYNC_PRACTICE_PORT=port).headline == seen.headline
        assert len(started_in(tmp_path)) == 1
    finally:
        for pid in started_in(tmp_path):
            os.kill(pid, signal.SIGKILL)


def started_in(folder: Path) -> list[int]:
    """The practice portals whose data lies in this test's folder."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            arguments = line.read_bytes().decode(errors="replace").split("\0")
            if "practice" in arguments and any(argument.startswith(str(folder)) for argument in arguments):
                found.append(int(line.parent.name))
    return found


def test_help(excel: Excel) -> None:
    """Help shows the clerk's guide, which is closed like any window."""
    excel.click(
        "help", {"window": "Your first hour(.|\n)*Start the practice portal", "do": [["click", "Close"]]}, quiet=True
    )
