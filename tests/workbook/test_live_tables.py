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
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import Aim
from xl_datasync.workbook import patience
from xl_datasync.workbook.colours import MARK_COLOUR
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_sheets import add_missing_tables
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.results import ResultRow, clear_marks, marks_left, own_sheet, write_results
from xl_datasync.workbook.tables import COLUMN_MAP, CONNECTIONS, JOBS, TABLES, TableSpec
from xl_datasync.write_back import Reach, bring_records, is_open, reach

pytestmark = pytest.mark.live_program

# Texts of which Excel would make something else: numbers, dates, formulas, booleans, percentages, errors.
TEXTS = ("007", "1/2", "=x", "TRUE", "5%", "1e5", "-x", "+1", "@home", "'quoted", "''twice", "#N/A", " 7 ", "3:30", "May 5", "$4", "x" * 300)  # fmt: skip
KNOWN = {"Data", *(spec.sheet for spec in TABLES)}
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
    mark = tuple(bytes.fromhex(MARK_COLOUR[1:]))
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


def write_all(live: LiveWorkbook) -> None:
    """Write all that a run writes."""
    live.ask(lambda: write_results(live, [result("Data!A2"), result("Data!B2")], "line", marks=True))
    live.ask(lambda: LiveTable(live, JOBS).write({5: {"State": "Done"}}))


@pytest.mark.parametrize("part", range(2))
def test_writing_is_repeatable(
    quirky: QuirkyCalc, live: LiveWorkbook, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Wherever Excel refuses a call: done again, there is one sheet with every row, once, and no mark is lost."""
    monkeypatch.setattr(patience, "PAUSE", 0.0)
    plain, calls, wanted = quirky.quirks.call, 0, 0

    def refuse_once() -> None:
        nonlocal calls
        calls += 1
        if calls == wanted:
            quirky.quirks.busy = 1
        plain()

    data = live.book.sheets["Data"]
    data["A2"].color = (0, 255, 0)
    monkeypatch.setattr(quirky.quirks, "call", refuse_once, raising=False)
    write_all(live)
    most = calls
    for number in range(part * 31 + 1, most, 62):
        wanted = 0
        clear_marks(live)
        live.ask(lambda: own_sheet(live).delete())  # type: ignore[union-attr]  # it is there
        calls, wanted = 0, number
        write_all(live)
        wanted = 0
        assert [sheet.name for sheet in live.book.sheets if sheet.name not in KNOWN] == ["Results"], number
        sheet = own_sheet(live)
        assert sheet is not None
        assert sheet["C5:C8"].value == ["Data!A2", "Data!B2", None, None], number
        assert sheet["H5:H6"].value == ["#00FF00", "none"], number
        assert live.book.sheets["Jobs"]["D5"].value == "Done"
        assert (quirky.app.screen_updating, quirky.app.status_bar) == (True, False)
        calls, wanted = 0, number
        live.ask(lambda: clear_marks(live))
        wanted = 0
        assert (data["A2"].color, data["B2"].color, marks_left(live)) == ((0, 255, 0), None, 0), number


def test_what_stands_below_the_results(live: LiveWorkbook) -> None:
    """A longer list moves it down, and a row of totals stays below the rows."""
    sheet = write_results(live, [result()], "short")
    sheet["B7"].value = [["my own", "notes"]]
    sheet["A9"].value = "more"
    write_results(live, [result(what=f"fault {number}") for number in range(6)], "long")
    assert sheet["D5:D10"].value == [f"fault {number}" for number in range(6)]
    shown = sheet["A11:H20"].value
    assert [cell for row in shown for cell in row if cell] == ["my own", "notes", "more"]


def test_a_column_of_the_users_own(live: LiveWorkbook) -> None:
    """What a person puts between our columns stays; links and marks find theirs, one that was taken away stays away."""
    sheet = write_results(live, [result("Data!A2")], "line", marks=True)
    sheet["B:B"].insert("right")
    sheet["B4:B5"].value = [["Who looks at it"], ["Ann"]]
    assert clear_marks(live) == 1
    write_results(live, [result("Data!B2"), result("Data!A3")], "again", marks=True)
    assert sheet["A4:I4"].value[:4] == ["Job", "Who looks at it", "Kind", "Cell"]
    assert sheet["B5:B6"].value == ["Ann", None]
    assert (sheet["D5"].value, sheet["D5"].hyperlink, sheet["I5"].value) == ("Data!B2", "#Data!B2", "none")
    assert clear_marks(live) == 2
    sheet["C:C"].delete()
    write_results(live, [result("Data!B2", what="is wrong")], "third", marks=True)
    assert sheet["A5:E5"].value == ["First", "Ann", "Data!B2", "is wrong", "Correct it."]
    assert clear_marks(live) == 1


def test_marks_that_cannot_be_taken_away(live: LiveWorkbook) -> None:
    """Their colours stay written down, through later lists too, until they can be given back."""
    data = live.book.sheets["Data"]
    data["A2"].color = (0, 255, 0)
    write_results(live, [result("Data!A2"), result("Data!B2")], "line", marks=True)
    data.name = "Other"
    assert (clear_marks(live), marks_left(live)) == (0, 2)
    sheet = write_results(live, [result("Jobs!A5")], "again", marks=True)
    assert sheet["B5:C7"].value == [["Problem", "Jobs!A5"], ["Mark", "Data!A2"], ["Mark", "Data!B2"]]
    data.name = "Data"
    data.api.Protect("secret")
    assert (clear_marks(live), marks_left(live)) == (1, 2)
    assert write_results(live, [result("Jobs!A5")], "third")["D5"].value == "is wrong"
    data.api.Unprotect("secret")
    assert (clear_marks(live), marks_left(live)) == (2, 0)
    assert (data["A2"].color, data["B2"].color) == ((0, 255, 0), None)


@pytest.mark.parametrize("name", ["My sheet", "No # 1", "It's", "a!b"])
def test_links_to_sheets_with_such_names(live: LiveWorkbook, name: str) -> None:
    """An address in quotes is shown whole, leads to its cell, and its mark goes again."""
    live.book.sheets["Data"].name = name
    quoted = "'" + name.replace("'", "''") + "'!A2"
    sheet = write_results(live, [result(quoted)], "line", marks=True)
    assert sheet["C5"].value == quoted
    assert sheet["C5"].hyperlink == f"#{quoted}"
    assert clear_marks(live) == 1


def test_a_results_sheet_with_another_name(live: LiveWorkbook) -> None:
    """It is found by its table."""
    write_results(live, [result()], "line").name = "My results"
    assert write_results(live, [result(what="anew")], "again").name == "My results"


def test_rows_typed_since(live: LiveWorkbook) -> None:
    """What a person has typed since the table was read is not written over, in a table or below a plain one."""
    sheet = live.book.sheets["Jobs"]
    table = LiveTable(live, JOBS)
    table.add([{"Job name": "Fourth"}])
    table.clear([5, 6, 7])
    live.renew()
    table = LiveTable(live, JOBS)
    sheet["E5"].value = 3
    sheet["B6"].value = "typed"
    assert table.add([{"Job name": "Mine"}, {"Job name": "too"}]) == [7, 9]
    assert sheet["B5:B9"].value == [None, "typed", "Mine", "Fourth", "too"]


def of_map(live: LiveWorkbook, name: str) -> list[Any]:
    """The sheet columns of a column map."""
    return [row["Sheet column"] for _, row in LiveTable(live, COLUMN_MAP).rows_where("Map name", name)]


@pytest.mark.parametrize("count", [0, 1, 3, 30])
def test_rows_in_place_of_others(live: LiveWorkbook, count: int) -> None:
    """More rows or fewer than before: the others stay, texts stay texts, and what is left over is emptied."""
    table = LiveTable(live, COLUMN_MAP)
    table.add([{"Map name": name, "Sheet column": f"old {n}"} for n, name in enumerate(["M", "Other", "m ", "M"])])
    table = LiveTable(live, COLUMN_MAP)
    numbers = [number for number, _ in table.rows_where("Map name", "m")]
    assert len(numbers) == 3
    texts = [TEXTS[n % len(TEXTS)] for n in range(count)]
    table.replace(numbers, [{"Map name": "M", "Sheet column": text, "Notes": "n"} for text in texts])
    assert sorted(of_map(live, "M")) == sorted(texts)
    assert of_map(live, "Other") == ["old 1"]
    assert sorted(column(live, COLUMN_MAP, "Map name")) == sorted(["Other", *["M"] * count])


def test_rows_in_place_of_others_leave_what_others_typed(live: LiveWorkbook) -> None:
    """A row that somebody has typed in since is not written over."""
    sheet = live.book.sheets["Column map"]
    LiveTable(live, COLUMN_MAP).add([{"Map name": "M", "Sheet column": "old"}, *[{"Map name": "N"}] * 2])
    LiveTable(live, COLUMN_MAP).clear([6, 7])
    table = LiveTable(live, COLUMN_MAP)
    sheet["B6"].value = "typed"
    table.replace([5], [{"Map name": "M", "Sheet column": f"new {n}"} for n in range(2)])
    assert sheet["B5:B7"].value == ["new 0", "typed", "new 1"]


@pytest.mark.parametrize("spec", [JOBS, CONNECTIONS, COLUMN_MAP])
def test_a_sheet_of_the_users_own_with_our_name(quirky: QuirkyCalc, tmp_path: Path, spec: TableSpec) -> None:
    """It swallows no rows: it is said what the matter is, and nothing is written."""
    book = openpyxl.Workbook()
    book.active.title = "Data"
    sheet = book.create_sheet(spec.sheet)
    sheet.append(["Title", "Notes"])
    sheet.append(["Painter", "my own"])
    book.save(tmp_path / "own.xlsx")
    with opened(quirky, tmp_path, tmp_path / "own.xlsx") as live:
        with pytest.raises(WorkbookError, match=f"“{spec.sheet}” has no column") as caught:
            LiveTable(live, spec).add([{"Notes": "x"}])
        assert "another name" in caught.value.remedy
        assert live.book.sheets[spec.sheet].used_range.value == [["Title", "Notes"], ["Painter", "my own"]]


def test_a_refused_call_while_sheets_are_added(
    quirky: QuirkyCalc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sheet is there once, whole, and all are told; a blank sheet of the user's own stays."""
    monkeypatch.setattr(patience, "PAUSE", 0.0)
    openpyxl.Workbook().save(tmp_path / "plain.xlsx")
    book = quirky.app.books.open(str(tmp_path / "plain.xlsx"))
    plain, calls = quirky.quirks.call, 0

    def refuse_often() -> None:
        nonlocal calls
        calls += 1
        if calls in {40, 700, 1500}:
            quirky.quirks.busy = 1
        plain()

    with LiveWorkbook(book, tmp_path) as live:
        monkeypatch.setattr(quirky.quirks, "call", refuse_often, raising=False)
        added = add_missing_tables(live)
        monkeypatch.undo()
        assert calls > 1500
        assert added == [spec.sheet for spec in TABLES]
        assert [sheet.name for sheet in book.sheets] == ["Sheet", *added]
        assert all(len(sheet.tables) == 1 for sheet in list(book.sheets)[1:])


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


@pytest.mark.parametrize(("at_work", "state"), [(True, "Running"), (False, "Cut off")])
def test_a_run_still_at_work(live: LiveWorkbook, at_work: bool, state: str) -> None:
    """A run without an end is shown as cut off only where it is not at work any more."""
    record = RunRecord("run", "Second", {"aim": Aim.PUBLISH.value, "at": "2024-02-29T12:00:00Z"})
    assert bring_records(live, [record], lambda _record: at_work) == []
    assert column(live, JOBS, "State") == [None, state, None]


def test_busy_is_not_closed(quirky: QuirkyCalc, live: LiveWorkbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that does not answer because a cell is edited is open; one that was closed is not."""
    monkeypatch.setattr(patience, "LONGEST_WAIT", 0.05)
    monkeypatch.setattr(patience, "PAUSE", 0.01)
    quirky.quirks.busy_always = True
    assert (reach(live), is_open(live)) == (Reach.BUSY, True)
    quirky.quirks.busy_always = False
    assert reach(live) is Reach.OPEN
    live.book.close()
    assert (reach(live), is_open(live)) == (Reach.CLOSED, False)
