"""What goes wrong at a clerk's desk, through the real buttons: each time a message she can act on, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.calc import engine, office
from tests.calc.bridge import uno
from tests.calc.quirks import ENVIRONMENT, SHAREPOINT, Quirks
from tests.ribbon.child import ALSO
from tests.ribbon.conftest import Excel, Seen
from tests.ribbon.test_buttons import AIRPORT, FIELD, FIELDS, cells
from tests.workbooks import job
from xl_datasync.api import run_records
from xl_datasync.practice_portal import PracticePortal

OpenBook = Callable[..., xw.Book]
MakeWorkbook = Callable[..., Path]
Writes = Callable[[], list[str]]

NOTHING = "Nothing has been sent."
NO_KEY = {"XL_DATASYNC_PRACTICE_KEY_ID": "", "XL_DATASYNC_PRACTICE_KEY_SECRET": ""}
ONE_JOB = [job("Fields", "smal-fild", "Update and add", "Fields")]
AWFUL_NAMES = [
    "it's two  blanks", 'a "quoted" one', "a&b", "50%PATH%", "a%20b", "a|b", "a=b", "a;b`c$d", "😀", "דוח שנתי",
    "\u202eabc", "-m", "--wb",
]  # fmt: skip

pytestmark = pytest.mark.live_program


@pytest.fixture
def book(make_workbook: MakeWorkbook, open_book: OpenBook) -> xw.Book:
    """A workbook with one job, the sheet it publishes in front."""
    return open_book(make_workbook(ONE_JOB, FIELDS), "Fields")


def quirks(**on: Any) -> dict[str, str]:
    """The environment of a child whose Excel behaves so."""
    return {ENVIRONMENT: Quirks(**on).to_environment()}


def added(portal: PracticePortal) -> int:
    """How many of the sheet's rows the portal has."""
    return sum(row["iata_code"] in ("ZZ1", "ZZ2") for row in portal.rows("smal-fild"))


def request(
    command: str, wb: str = "jobs.xlsx", sheet: str = "Fields", kind: str = "Worksheet", **more: str
) -> dict[str, str]:
    """What the add-in writes down for a click."""
    return {"command": command, "wb": wb, "fullname": wb, "sheet": sheet, "sheet_kind": kind, **more}


def step(window: str, *deeds: list[str]) -> dict[str, Any]:
    """What a question must say, and what is done there."""
    return {"window": window, "do": list(deeds)}


def progress(window: str, *deeds: list[str]) -> dict[str, Any]:
    """What the progress window must say, and what is done there."""
    return {"window": window, "do": list(deeds), "progress": True}


def shaped(seen: Seen, *words: str) -> None:
    """The message is one a clerk can act on: a problem, in plain words, nothing technical."""
    assert seen.kind == "problem", seen
    for word in (*words, "."):
        assert word in seen.text, seen
    for jargon in ("Exception", "Error", "Traceback", "NoneType", "com_error", "0x"):
        assert jargon not in seen.text, seen


# the workbook


@pytest.mark.parametrize("button", ["publish", "run_jobs", "undo", "job_sheet", "export_csv"])
def test_no_workbook_open(excel: Excel, button: str) -> None:
    """With no workbook open a button says so."""
    shaped(excel.click(button), "No workbook is open in Excel.", NOTHING, "Open the workbook")


def test_an_unsaved_book(excel: Excel) -> None:
    """A workbook that was never saved cannot publish, because jobs belong to a file; Publish says how to save it."""
    excel.app.books.add().sheets[0].range("A1").value = [["Code"], ["A"]]
    shaped(excel.click("publish"), "never saved", "Book1", NOTHING, "File > Save As")


def test_a_read_only_book(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """A workbook open for reading only is published; the window says that the states cannot be saved in it."""
    seen = excel.click("publish", **quirks(read_only=True))
    assert (seen.kind, added(portal)) == ("done", 2)
    assert "open for reading only" in seen.text


def test_a_shared_book(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """A shared workbook is published."""
    seen = excel.click("publish", **quirks(shared=True))
    assert (seen.kind, added(portal)) == ("done", 2)


def test_a_book_in_the_cloud(excel: Excel, book: xw.Book, portal: PracticePortal, tmp_path: Path) -> None:
    """A workbook known by a web address is published; its history lies in the user's own folder."""
    seen = excel.hand_over(request("publish", wb="Permits.xlsx"), **quirks(fullname=SHAREPOINT, fullname_fails=True))
    assert (seen.kind, added(portal)) == ("done", 2), seen
    assert list((tmp_path / "config" / "xl-datasync" / "workbooks").rglob("*.jsonl"))


def test_a_protected_jobs_sheet(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """With a password on the Jobs sheet the run is done, and the window says what could not be written, and why."""
    book.sheets["Jobs"].api.Protect("secret")
    seen = excel.click("publish")
    assert (seen.kind, added(portal)) == ("done", 2)
    assert "protected with a password" in seen.text
    assert "Review > Unprotect Sheet" in seen.text
    assert cells(book, "Jobs")["State"] is None


def test_a_protected_jobs_sheet_is_met_before_questions(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook
) -> None:
    """On a sheet without a job nobody fills in a form whose answers cannot be written down."""
    book = open_book(make_workbook([], FIELDS), "Fields")
    book.sheets["Jobs"].api.Protect("secret")
    shaped(excel.click("publish"), "“Jobs” is protected with a password", "Review > Unprotect Sheet")


def test_a_protected_structure_is_met_before_questions(excel: Excel, tmp_path: Path) -> None:
    """Where no sheet can be added, nobody is asked where the sheet goes."""
    book = excel.app.books.add()
    book.sheets[0].range("A1").value = [["Code"], ["A"]]
    book.save(str(tmp_path / "own.xlsx"))
    book.api.Protect("secret")
    shaped(excel.click("publish"), "structure is protected", "Review > Protect Workbook", NOTHING)


def test_a_protected_data_sheet(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """A protected data sheet is read like any other."""
    book.sheets["Fields"].api.Protect("secret")
    assert (excel.click("publish").kind, added(portal)) == ("done", 2)
    assert book.sheets["Fields"].api.ProtectContents


def test_a_chart_sheet(excel: Excel, book: xw.Book) -> None:
    """With a chart in front the window says so."""
    seen = excel.hand_over(request("publish", sheet="Chart1", kind="Chart"))
    shaped(seen, "“Chart1”, is a chart", NOTHING, "Click the sheet with your data")


@pytest.mark.parametrize("sheet", ["Jobs", "Column map", "Settings"])
def test_our_own_sheets(excel: Excel, book: xw.Book, sheet: str) -> None:
    """The program's own sheets are not published; from the Jobs sheet it says what runs the jobs."""
    book.sheets[sheet].activate()
    seen = excel.click("publish")
    shaped(seen, f"“{sheet}”, belongs to this program", NOTHING, "Click the sheet with your data")
    assert ("Run jobs" in seen.text) is (sheet == "Jobs")


def test_a_pivot(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal, writes: Writes
) -> None:
    """A pivot table is asked about before it is first published, and never again after that."""
    jobs = [job("Fields", "smal-fild", "Update and add", "Fields!A1:G3")]
    add_pivot(open_book(make_workbook(jobs, FIELDS), "Fields").sheets["Fields"])
    seen = excel.click("publish", step("pivot", ["click", "Stop"]), quiet=True)
    assert (seen.headline, writes()) == ("", [])
    for button, first in (("check", "stands in the way"), ("preview", "would be added")):
        steps = step(f"(?s){first}", ["click", "Publish"]), step("pivot table. Publish", ["click", "Stop"])
        assert (excel.click(button, *steps, quiet=True).headline, writes()) == ("", [])
    assert excel.click("check").kind == "done"
    seen = excel.click("publish", step("pivot table. Publish what it shows", ["click", "Go on"]))
    assert (seen.kind, added(portal)) == ("done", 2)
    assert excel.click("publish").kind == "done"


def add_pivot(sheet: xw.Sheet) -> None:
    """Put a pivot table of Calc's own below the data."""
    tables = sheet.impl.uno.DataPilotTables
    descriptor = tables.createDataPilotDescriptor()
    descriptor.setSourceRange(sheet.range("A1:G3").impl.uno.RangeAddress)
    descriptor.DataPilotFields.getByIndex(3).Orientation = uno().Enum(
        "com.sun.star.sheet.DataPilotFieldOrientation", "ROW"
    )
    place = uno().createUnoStruct("com.sun.star.table.CellAddress")
    place.Sheet, place.Column, place.Row = sheet.index - 1, 0, 59
    tables.insertNewByName("Pivot", place, descriptor)


def test_no_jobs_sheet(excel: Excel, tmp_path: Path) -> None:
    """Run jobs, Undo and Results on a workbook without job sheets say what adds them."""
    book = excel.app.books.add()
    book.save(str(tmp_path / "own.xlsx"))
    for button in ("run_jobs", "undo", "results"):
        shaped(excel.click(button), "own.xlsx: There is no sheet “Jobs”", "“Job sheet” adds it")


def test_no_job_says_yes(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """Run jobs with no job that says Yes names the cell to fill in, not an option of the command line."""
    open_book(make_workbook([{**ONE_JOB[0], "Run?": "No"}], FIELDS), "Jobs")
    seen = excel.click("run_jobs")
    shaped(seen, "No job of jobs.xlsx says Yes", NOTHING, "Set “Run?” to Yes")
    assert "--job" not in seen.text


def test_faults_of_the_job_sheets(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, writes: Writes
) -> None:
    """Each fault of the job sheets is told, and is a row of the Results sheet with its cell."""
    jobs = [
        {**ONE_JOB[0], "How to update": "Overwrite", "Portal": "Nowhere"},
        job("Other", "not an id", "Add rows", "Gone"),
    ]
    book = open_book(make_workbook(jobs, FIELDS), "Jobs")
    seen = excel.click("run_jobs")
    shaped(seen, NOTHING, "Jobs!", "Results sheet")
    assert (seen.code, writes()) == (2, [])
    found = {row[2] for row in book.sheets["Results"].range("A5:H20").value if row[2]}
    headers = book.sheets["Jobs"].range("A4:Z4").value
    letter = {header: chr(65 + index) for index, header in enumerate(headers) if header}
    assert found >= {
        f"Jobs!{letter['How to update']}5",
        f"Jobs!{letter['Portal']}5",
        f"Jobs!{letter['Dataset ID or link']}6",
    }


@pytest.mark.parametrize("name", AWFUL_NAMES)
def test_awful_names(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal, name: str
) -> None:
    """Whatever the name of a workbook holds, it is the one that is published and written to."""
    book = open_book(make_workbook(ONE_JOB, FIELDS, f"{name}.xlsx"), "Fields")
    assert (excel.click("publish").kind, added(portal)) == ("done", 2)
    assert cells(book, "Jobs")["State"] == "Done"


def test_two_excels(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal) -> None:
    """Of two workbooks of one name in two Excels, the one that was clicked in is published and written to."""
    # The name has an “=”, with which xlwings' own search gives up; on Linux that does not tell two Excels apart.
    first = open_book(make_workbook(ONE_JOB, FIELDS, "a=b.xlsx"), "Fields")
    folder = excel.folder / "second"
    folder.mkdir()
    other = folder / "a=b.xlsx"
    changed = {"Fields": [AIRPORT, ("YY1", *FIELD[1:])]}
    other.write_bytes(make_workbook(ONE_JOB, changed, "made.xlsx").read_bytes())
    started = office.start()
    try:
        impl = engine.CalcEngine()
        second = xw.App(impl=impl.apps.attach(started.url)).books.open(str(other))
        hwnd = str(second.app.hwnd)
        seen = excel.hand_over(request("publish", wb="a=b.xlsx", hwnd=hwnd), **{ALSO: started.url})
        assert seen.kind == "done", seen
        assert cells(second, "Jobs")["State"] == "Done"
        assert cells(first, "Jobs")["State"] is None
        assert added(portal) == 0
        assert any(row["iata_code"] == "YY1" for row in portal.rows("smal-fild"))
    finally:
        started.stop()


def test_a_workbook_closed_while_it_runs(excel: Excel, book: xw.Book, portal: PracticePortal, tmp_path: Path) -> None:
    """Closed while the run is on, the run is done; the window says where it is kept, and Results brings it in later."""
    portal.add_fault("slow", method="POST", path="/resource/", seconds=4)
    click = excel.start("publish", progress("Publishing"))
    excel.reached(click, 1)
    book.close()
    seen = excel.end(click)
    assert (seen.kind, added(portal)) == ("done", 2), seen
    assert "The workbook was closed meanwhile" in seen.text
    assert "“Results” on the Open Data tab brings it in" in seen.text
    assert run_records(tmp_path / "jobs.xlsx")[-1].finished is not None
    again = excel.app.books.open(str(tmp_path / "jobs.xlsx"))
    excel.click("results", quiet=True)
    assert cells(again, "Jobs")["State"] == "Done"


# the request


@pytest.mark.parametrize(
    "content",
    [None, b"", b"{", b"[1]", b'"x"', b"\xff\xfe\x00", b"null", b"[" * 90_000, b'{"command": "publish", "wb": "' + b"x" * 200_000 + b'"}'],
    ids=["missing", "empty", "cut", "list", "text", "bytes", "null", "deep", "long"],
)  # fmt: skip
def test_a_damaged_request(excel: Excel, content: bytes | None) -> None:
    """A request file that is missing or damaged becomes a message, with what to do."""
    seen = excel.hand_over(content)
    shaped(seen, "What Excel asked for could not be read", NOTHING, "Press the button again")
    assert seen.code == 2


def test_an_unknown_command(excel: Excel) -> None:
    """A button of another version says what mends it."""
    seen = excel.hand_over(request("tickle"))
    shaped(seen, "“tickle”", NOTHING, "xl-datasync addin install")


def test_a_workbook_that_is_not_open_any_more(excel: Excel, book: xw.Book) -> None:
    """Where the workbook was closed before Python came, the message names it."""
    shaped(excel.hand_over(request("publish", wb="gone.xlsx")), "“gone.xlsx” is not open", NOTHING, "Open it")


# Excel is busy, another click


def test_cell_edit_mode(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """While a cell is being edited the window says what to do, and then goes on by itself."""
    seen = excel.click("publish", progress("finish the cell you are editing"), **quirks(busy=12))
    assert (seen.kind, added(portal)) == ("done", 2)


def test_a_second_click(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """A second click while a run is on ends at once, starts nothing, and the first one goes on."""
    portal.add_fault("slow", method="POST", path="/resource/", seconds=5)
    first = excel.start("publish", progress("Publishing"))
    excel.reached(first, 1)
    second = excel.start("publish")
    assert excel.end(second, quiet=True) == Seen()
    assert not excel._file("done", first).exists()
    assert (excel.end(first).kind, added(portal)) == ("done", 2)
    assert sum(exchange.method == "POST" for exchange in portal.exchanges if "smal-fild" in exchange.path) >= 1


# Cancel and Stop


def test_cancel_before_sending(excel: Excel, book: xw.Book, portal: PracticePortal, writes: Writes) -> None:
    """Cancel before anything is sent says so, and nothing is."""
    portal.add_fault("slow", times=2, method="GET", seconds=3)
    seen = excel.click("publish", progress("Cancel", ["click", "Cancel"]))
    assert (seen.kind, seen.code, writes(), added(portal)) == ("stopped", 130, [], 0)
    assert NOTHING in seen.text
    assert cells(book, "Jobs")["State"] != "Done"


def test_stop_while_sending(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """Stop while rows are on their way waits for the portal, names what is published, and runs no other job."""
    jobs = [
        *ONE_JOB,
        job("Second", "smal-fild", "Update and add", "Fields"),
        job("Third", "smal-fild", "Update and add", "Fields"),
    ]
    book = open_book(make_workbook(jobs, FIELDS), "Jobs")
    portal.add_fault("slow", times=3, method="POST", path="/resource/", seconds=3)
    seen = excel.click(
        "run_jobs",
        progress("(?s)Stop\n.*Fields: Done|Fields: Done.*Stop", ["click", "Stop"]),
        progress("Already published: “Fields”"),
    )
    assert (seen.kind, seen.code) == ("stopped", 130), seen
    assert "jobs were not run" in seen.text
    assert cells(book, "Jobs")["State"] == "Done"
    assert cells(book, "Jobs", 7)["State"] is None
    assert added(portal) == 2


def test_cancel_of_a_preview_says_that_nothing_was_sent(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal, writes: Writes
) -> None:
    """A preview sends nothing, so its button is Cancel to the end, and what is said is true."""
    book = open_book(make_workbook(ONE_JOB, FIELDS), "Fields")
    portal.add_fault("slow", times=2, method="GET", seconds=3)
    seen = excel.click("preview", progress("Cancel", ["click", "Cancel"]), progress("Nothing has been sent"))
    assert (seen.kind, writes()) == ("stopped", [])
    assert NOTHING in seen.text
    assert book.name == "jobs.xlsx"


# the sign-in


def sign_in_steps(portal: PracticePortal, secret: str | None = None) -> list[list[str]]:
    """Types a sign-in."""
    who = portal.sign_ins[0]
    typed = [["type", "API key ID", who.key_id], ["type", "API key secret", secret or who.key_secret]]
    return [*typed, ["click", "Sign in"]]


def test_a_missing_sign_in_is_asked_for_once(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """Without a sign-in it is asked for; a wrong secret is asked for again, the ID is not."""
    wrong = sign_in_steps(portal, "wrong")
    secret = portal.sign_ins[0].key_secret
    again = step(
        "(?s)Sign in to Practice.*(refus|accept|wrong)", ["type", "API key secret", secret], ["click", "Sign in"]
    )
    seen = excel.click("publish", step("Sign in to Practice", *wrong), again, **NO_KEY)
    assert (seen.kind, added(portal)) == ("done", 2), seen


def test_linking_and_publishing_asks_for_one_sign_in(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """The sign-in that looked at the dataset serves the publishing and the undo that follow it, too."""
    open_book(make_workbook([], FIELDS), "Fields")
    link = [
        ["type", "Dataset: link, ID or words", f"{portal.url}/d/smal-fild"],
        ["tick", "Update and add"],
        ["click", "Continue"],
    ]
    seen = excel.click("publish", step("dataset", *link), step("Sign in to Practice", *sign_in_steps(portal)), **NO_KEY)
    assert (seen.kind, added(portal)) == ("done", 2), seen
    seen = excel.click(
        "undo",
        step("What was published", ["row", "Fields"], ["click", "Undo this run …"]),
        step("Sign in to Practice", *sign_in_steps(portal)),
        step("Undo “Fields”", ["click", "Undo it"]),
        **NO_KEY,
    )
    assert (seen.kind, added(portal)) == ("done", 0), seen


def test_a_cancelled_sign_in(excel: Excel, book: xw.Book, writes: Writes) -> None:
    """Cancelling the sign-in stops the run; nothing was sent."""
    seen = excel.click("publish", step("Sign in to Practice", ["click", "Cancel"]), **NO_KEY)
    assert (seen.kind, seen.code, writes()) == ("stopped", 130, [])
    assert NOTHING in seen.text


def test_signing_in_again_keeps_what_was_typed(
    excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook, portal: PracticePortal
) -> None:
    """A new portal whose secret was wrong is proposed again: only the secret is typed anew, and one row is written."""
    book = open_book(make_workbook([], FIELDS, connections=[]), "Fields")
    secret = portal.sign_ins[0].key_secret
    new = [["type", "Portal address", portal.url], ["type", "Portal name", "Mine"], *sign_in_steps(portal, "wrong")]
    seen = excel.click(
        "sign_in",
        step("Sign in to a portal", *new),
        step("(?i)refuse|not accept|wrong", ["type", "API key secret", secret], ["click", "Sign in"]),
    )
    assert seen.kind == "done", seen
    assert "is now a row of the Connections sheet" in seen.text
    row = cells(book, "Connections")
    assert (row["Connection name"], row["Portal address"]) == ("Mine", portal.url)
    assert cells(book, "Connections", 6)["Connection name"] is None


# the portal and the unforeseen


def test_the_portal_is_down(excel: Excel, make_workbook: MakeWorkbook, open_book: OpenBook) -> None:
    """A portal that cannot be reached is named, with what to do; the job's row says so too."""
    nowhere = {"Connection name": "Practice", "Portal address": "http://127.0.0.1:9", "Sign-in type": "API key"}
    book = open_book(make_workbook(ONE_JOB, FIELDS, connections=[nowhere]), "Fields")
    seen = excel.click("publish")
    shaped(seen, "127.0.0.1:9", NOTHING)
    assert seen.code in (1, 5)
    assert cells(book, "Jobs")["State"] == "Failed"


def test_an_unexpected_error(excel: Excel, book: xw.Book, tmp_path: Path, writes: Writes) -> None:
    """What nobody foresaw becomes one short message with the path of the log, which has the details."""
    seen = excel.hand_over(request("publish", wb="this.xlsx"), **quirks(fullname="/nobody\0foresaw/this.xlsx"))
    assert (seen.kind, seen.code, writes()) == ("problem", 1, [])
    assert seen.headline.startswith("Something unexpected went wrong")
    log = Path(seen.links["Open the log file"])
    assert str(log) in seen.text
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert log.is_relative_to(tmp_path)


def test_a_killed_click_leaves_the_next_one_free(excel: Excel, book: xw.Book, portal: PracticePortal) -> None:
    """While a window of the workbook is open a click starts nothing; once its process was killed, it does again."""
    code = """if True:
        import sys, time
        from xl_datasync.dialogs.alone import first_or_front
        held = first_or_front(sys.argv[1])
        print(held is not None, flush=True)
        time.sleep(60)"""
    with subprocess.Popen(
        [sys.executable, "-c", code, "\njobs.xlsx"], env=excel.environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert excel.click("publish", quiet=True) == Seen()
        process.kill()
    assert (excel.click("publish").kind, added(portal)) == ("done", 2)


def test_an_add_in_of_another_version_is_told(excel: Excel, book: xw.Book) -> None:
    """A tab that was not renewed with the program works, and the last window says what to do."""
    seen = excel.hand_over({**request("check", wb=book.name), "fullname": book.fullname, "addin": "0.0.9"})
    assert "The tab Open Data is of version 0.0.9" in seen.text, seen
