"""The config tables and the Results sheet of an open workbook: what is written is read back the same, nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.calc.fixtures import QuirkyCalc
from tests.workbooks import job, write_job_workbook
from xl_datasync.core.errors import WorkbookError
from xl_datasync.workbook import patience
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_tables import LiveTable, add_missing_tables
from xl_datasync.workbook.results import MARK, ResultRow, clear_marks, own_sheet, write_results
from xl_datasync.workbook.tables import COLUMN_MAP, CONNECTIONS, JOBS, TABLES, TableSpec

pytestmark = pytest.mark.live_program

# Texts of which Excel would make something else: numbers, dates, formulas, booleans, percentages, errors.
TEXTS = ("007", "1/2", "=x", "TRUE", "5%", "1e5", "-x", "+1", "@home", "'quoted", "''twice", "#N/A", " 7 ", "3:30", "May 5", "$4", "x" * 300)  # fmt: skip
DATA = {"Data": [["Id", "Name"], [1, "x"], [2, "y"]]}


@pytest.fixture
def live(quirky: QuirkyCalc, tmp_path: Path) -> LiveWorkbook:
    """A job workbook with three jobs, open; the data sheet is in front."""
    jobs = [job(name, "abcd-1234", "Replace all rows") for name in ("First", "Second", "Third")]
    return opened(quirky, tmp_path, write_job_workbook(tmp_path / "jobs.xlsx", "https://x.org", jobs, DATA))


def opened(quirky: QuirkyCalc, folder: Path, path: Path) -> LiveWorkbook:
    """A workbook, open, with its sheet Data in front."""
    book = quirky.app.books.open(str(path))
    book.sheets["Data"].activate()
    book.sheets["Data"]["B2"].select()
    return LiveWorkbook(book, folder / "elsewhere")


def column(live: LiveWorkbook, spec: TableSpec, header: str) -> list[Any]:
    """What a config table shows under a header, read anew."""
    live.renew()
    found = live.config_table(spec.sheet, spec.name)
    assert found is not None
    return [row[header] for _, row in found.rows]


def result(cell: str = "", kind: str = "Problem", what: str = "is wrong", job_name: str = "First") -> ResultRow:
    """A line of the Results sheet."""
    return ResultRow(job_name, kind, cell, "subject", "value", what, "Correct it.")


@pytest.mark.parametrize(
    ("spec", "header"), [(JOBS, "Job name"), (CONNECTIONS, "Connection name"), (COLUMN_MAP, "Sheet column")]
)
def test_texts_stay_texts(live: LiveWorkbook, spec: TableSpec, header: str) -> None:
    """Names that look like something else are written and read back as they are, in every table; rows are found by them."""
    table = LiveTable(live, spec)
    before = len(column(live, spec, header))
    table.add([{header: text} for text in TEXTS])
    assert column(live, spec, header)[before:] == list(TEXTS)
    for text in TEXTS:
        assert LiveTable(live, spec).find(header, text) is not None


def test_texts_in_results(live: LiveWorkbook) -> None:
    """So do the job names, values and words of a Results sheet."""
    rows = [ResultRow(text, "Problem", "", text, text, text, text) for text in TEXTS]
    sheet = write_results(live, rows, "=line")
    assert sheet["A2"].value == "=line"
    assert [row[:1] + row[3:7] for row in sheet["A5"].resize(len(TEXTS), 8).value] == [[text] * 5 for text in TEXTS]
    assert live.snapshot.config_table("Results", "PublishResults") is not None


def test_adding_missing_tables(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """A workbook gets the sheets it lacks, once; its own sheets, selection and front sheet are as before."""
    path = tmp_path / "plain.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active.append(["Id"])
    book.save(path)
    with opened(quirky, tmp_path, path) as live:
        assert add_missing_tables(live) == [spec.sheet for spec in TABLES]
        assert add_missing_tables(live) == []
        assert live.book.sheets.active.name == "Data"
        assert live.book.app.selection.address == "$B$2"
        table = LiveTable(live, JOBS)
        assert table.add([{"Job name": "007", "Run?": "Yes"}]) == [5]
        assert column(live, JOBS, "Job name") == ["007"]


def test_a_full_table_grows(live: LiveWorkbook) -> None:
    """Where no row is blank the table takes in more; what stands below it moves down and is not written over."""
    sheet = live.book.sheets["Jobs"]
    sheet["A8"].value = [["my own", "notes"]]
    sheet["A9"].value = "more notes"
    live.renew()
    assert LiveTable(live, JOBS).add([{"Job name": name} for name in ("Fourth", "Fifth")]) == [8, 9]
    assert column(live, JOBS, "Job name") == ["First", "Second", "Third", "Fourth", "Fifth"]
    assert sheet["A10:B11"].value == [["my own", "notes"], ["more notes", None]]
    assert sheet.tables["Jobs"].range.shape[0] == 6


def test_blank_rows_are_filled_first(live: LiveWorkbook) -> None:
    """A row emptied is used again before the table grows."""
    table = LiveTable(live, JOBS)
    table.clear([6])
    assert column(live, JOBS, "Job name") == ["First", "Third"]
    assert LiveTable(live, JOBS).add([{"Job name": "Again"}, {"Job name": "Last"}]) == [6, 8]
    assert column(live, JOBS, "Job name") == ["First", "Again", "Third", "Last"]


def test_a_table_with_totals(live: LiveWorkbook) -> None:
    """A row of totals is not taken for a blank one."""
    sheet = live.book.sheets["Jobs"]
    sheet.tables["Jobs"].show_totals = True
    sheet["B8"].value = "Total"
    sheet["B9"].value = "mine"
    live.renew()
    assert LiveTable(live, JOBS).add([{"Job name": "Fourth"}]) == [8]
    assert "mine" in sheet["B9:B12"].value
    assert column(live, JOBS, "Job name") == ["First", "Second", "Third", "Fourth"]


def test_rows_moved_while_a_job_ran(live: LiveWorkbook) -> None:
    """Excel is in use while a job runs: the row of a job is the one that it has now."""
    assert LiveTable(live, JOBS).find("Job name", "Second") == 6
    live.book.sheets["Jobs"]["6:7"].insert("down")
    table = LiveTable(live, JOBS)
    row = table.find("Job name", "Second")
    assert row == 8
    table.write({row: {"State": "Done"}})
    assert live.book.sheets["Jobs"]["D5:D9"].value == [None, None, None, "Done", None]


def test_a_filter_on_the_table(live: LiveWorkbook) -> None:
    """Rows that a filter hides are written like others, and stay hidden."""
    sheet = live.book.sheets["Jobs"]
    sheet["6:6"].impl.row_hidden = True
    live.renew()
    table = LiveTable(live, JOBS)
    table.write({table.find("Job name", name) or 0: {"State": f"{name} done"} for name in ("First", "Second")})
    assert sheet["D5:D7"].value == ["First done", "Second done", None]
    assert sheet["6:6"].impl.row_hidden is True


@pytest.mark.parametrize("top", [1, 9])
def test_a_plain_sheet(quirky: QuirkyCalc, tmp_path: Path, top: int) -> None:
    """A config sheet without an Excel table, its header in any row, takes new rows below those it has."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    sheet = book.create_sheet("Jobs")
    for index, header in enumerate(JOBS.headers, 1):
        sheet.cell(top, index, header)
    sheet.cell(top + 1, JOBS.headers.index("Job name") + 1, "First")
    book.save(tmp_path / "plain.xlsx")
    with opened(quirky, tmp_path, tmp_path / "plain.xlsx") as live:
        assert LiveTable(live, JOBS).add([{"Job name": "007"}]) == [top + 2]
        assert column(live, JOBS, "Job name") == ["First", "007"]
        LiveTable(live, JOBS).clear([top + 1, top + 2])
        assert LiveTable(live, JOBS).add([{"Job name": "anew"}]) == [top + 1]
        assert column(live, JOBS, "Job name") == ["anew"]


@pytest.mark.parametrize("where", ["Jobs", "Results"])
def test_a_protected_sheet(live: LiveWorkbook, where: str) -> None:
    """Protection without a password is taken off and put on again; with one it is said that nothing can be written."""
    write_results(live, [result()], "line")
    sheet = live.book.sheets[where]

    def write(value: str) -> None:
        if where == "Jobs":
            LiveTable(live, JOBS).write({5: {"State": value}})
        else:
            write_results(live, [result(what=value)], value)

    sheet.api.Protect("")
    write("first")
    assert sheet.api.ProtectContents
    sheet.api.Unprotect("")
    sheet.api.Protect("secret")
    with pytest.raises(WorkbookError, match="protected with a password") as caught:
        write("second")
    assert "Unprotect Sheet" in caught.value.remedy
    assert "second" not in str(sheet.used_range.value)
    assert "first" in str(sheet.used_range.value)
    assert live.book.sheets.active.name == "Data"


def test_a_protected_structure(live: LiveWorkbook) -> None:
    """Where no sheet can be added it is said why."""
    live.book.api.Protect("")
    with pytest.raises(WorkbookError, match="structure is protected") as caught:
        write_results(live, [result()], "line")
    assert "Protect Workbook" in caught.value.remedy
    assert live.book.app.screen_updating is True


def test_a_results_sheet_of_the_users_own(live: LiveWorkbook) -> None:
    """A sheet of that name that is not ours is never touched; ours has another name, and is written anew there."""
    own = live.book.sheets.add("Results", after=live.book.sheets[0])
    own["A1"].value = "mine"
    for words in ("first", "second"):
        assert write_results(live, [result(what=words)], words).name == "Results (2)"
    assert own.used_range.value == "mine"
    assert [sheet.name for sheet in live.book.sheets].count("Results (2)") == 1
    assert live.book.sheets["Results (2)"]["D5"].value == "second"


def test_links_of_places(live: LiveWorkbook) -> None:
    """Several addresses lead to the first; one in another file leads nowhere, though a sheet here has that name."""
    sheet = write_results(live, [result("Data!A2, Data!A3"), result("other.xlsx: Data!A2")], "line", marks=True)
    assert sheet["C5"].value == "Data!A2, Data!A3"
    assert sheet["C5"].hyperlink.lstrip("#").replace("'", "") == "Data!A2"
    with pytest.raises(Exception, match=r"(?i)hyperlink"):
        sheet["C6"].hyperlink  # noqa: B018
    assert live.book.sheets["Data"]["A2"].color == (0xF8, 0xCB, 0xAD)
    live.book.sheets["Data"]["A2"].color = (1, 2, 3)
    clear_marks(live)
    assert live.book.sheets["Data"]["A2"].color == (1, 2, 3)


def test_fewer_results_than_before(live: LiveWorkbook) -> None:
    """Nothing of a longer list is left, neither links nor words."""
    write_results(live, [result(f"Data!A{row}") for row in range(2, 30)], "many")
    sheet = write_results(live, [result("Data!B2", what="only one")], "one")
    assert sheet["D5:D40"].value == ["only one"] + [None] * 35
    assert sheet["C5"].hyperlink == "#Data!B2"
    assert sheet.tables[0].range.shape == (2, 8)
    assert write_results(live, [], "none").tables[0].range.shape == (2, 8)
    assert sheet["F5"].value is None


def test_marks_come_and_go(live: LiveWorkbook) -> None:
    """Faulty cells are coloured and get back the colours they had, a second list or a lost row notwithstanding."""
    data = live.book.sheets["Data"]
    data["A2"].color = "#00FF00"
    rows = [
        result("Data!A2"),
        result("Data!A2", what="and this"),
        result("Data!B2"),
        result("Gone!B2"),
        result("nonsense"),
    ]
    write_results(live, rows, "line", marks=True)
    mark = tuple(bytes.fromhex(MARK[1:]))
    assert (data["A2"].color, data["B2"].color, data["B3"].color) == (mark, mark, None)
    write_results(live, rows[:1], "again", marks=True)
    assert (data["A2"].color, data["B2"].color) == (mark, None)
    assert clear_marks(live) == 1
    assert data["A2"].color == (0, 255, 0)
    assert clear_marks(live) == 0


def test_marks_on_a_protected_sheet(live: LiveWorkbook) -> None:
    """Cells that cannot be coloured are named all the same."""
    data = live.book.sheets["Data"]
    data.api.Protect("secret")
    sheet = write_results(live, [result("Data!A2")], "line", marks=True)
    assert (sheet["C5"].value, sheet["H5"].value, data["A2"].color) == ("Data!A2", None, None)
    assert clear_marks(live) == 0


@pytest.mark.parametrize("call", [1, 5, 9, 14, 20, 27, 35, 44, 54, 65, 77, 90])
def test_writing_is_repeatable(
    quirky: QuirkyCalc, live: LiveWorkbook, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    """Excel gets busy in the middle, wherever that is: done again, there is one sheet with every row, once."""
    monkeypatch.setattr(patience, "PAUSE", 0.0)
    calls = iter(range(10**6))
    plain = quirky.quirks.call

    def refuse_once() -> None:
        if next(calls) == call * 3:
            quirky.quirks.busy = 2
        plain()

    monkeypatch.setattr(quirky.quirks, "call", refuse_once, raising=False)
    live.ask(lambda: write_results(live, [result("Data!A2"), result("Data!B2")], "line", marks=True))
    live.ask(lambda: LiveTable(live, JOBS).write({5: {"State": "Done"}}))
    monkeypatch.undo()
    assert [sheet.name for sheet in live.book.sheets if "Results" in sheet.name] == ["Results"]
    sheet = own_sheet(live)
    assert sheet is not None
    assert sheet["C5:C8"].value == ["Data!A2", "Data!B2", None, None]
    assert live.book.sheets["Jobs"]["D5"].value == "Done"
    assert quirky.app.screen_updating is True
    assert quirky.app.status_bar is False
    clear_marks(live)
    assert live.book.sheets["Data"]["A2"].color is None


def test_a_mac(quirky: QuirkyCalc, live: LiveWorkbook) -> None:
    """All of it goes without Excel's own objects, too."""
    quirky.quirks.mac = True
    table = LiveTable(live, JOBS)
    table.add([{"Job name": "=x"}])
    assert column(live, JOBS, "Job name")[-1] == "=x"
    write_results(live, [result("Data!A2")], "line", marks=True)
    assert clear_marks(live) == 1


def test_no_such_table(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """A workbook without the sheet says so, and which button adds it."""
    book: xw.Book = quirky.app.books.add()
    with LiveWorkbook(book, tmp_path) as live, pytest.raises(WorkbookError, match="no sheet “Jobs”") as caught:
        LiveTable(live, JOBS)
    assert "Job sheet" in caught.value.remedy
