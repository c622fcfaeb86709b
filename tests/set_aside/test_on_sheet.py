"""Rows set aside on a sheet of the workbook that is open in Excel; LibreOffice stands for Excel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.calc.fixtures import QuirkyCalc
from tests.set_aside.rows import ASIDE, FIELD, FIRST, KINDS, METHODS, WEATHER, day, field, only, rows, said, with_kinds
from tests.test_excel_run import Through, through  # noqa: F401  # fixture
from tests.workbooks import job
from xl_datasync.api import WhichRows, run_book, run_workbook
from xl_datasync.core.report import State
from xl_datasync.core.values import ErrorValue
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.workbook.colours import MARK_SEEN
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.set_aside.looks import HEADER_ROW
from xl_datasync.workbook.set_aside.rows import MARK, NUMBER, WHY
from xl_datasync.workbook.set_aside.sheets import set_aside_job, set_aside_sheets
from xl_datasync.workbook.set_aside.unchanged import is_same

pytestmark = [pytest.mark.live_program, pytest.mark.usefixtures("signed_in")]
Make = Callable[..., Path]
Told = Callable[[], list[str]]
SHEET = "Set aside Data"
AGAIN = WhichRows(only_set_aside=True, sheet=SHEET)
LOG = [job("Job", "weat-hlog", "Add rows", **ASIDE)]


@pytest.fixture
def opened(quirky: QuirkyCalc, make_workbook: Make, tmp_path: Path) -> Callable[..., LiveWorkbook]:
    """Opens a job workbook with its sheet Data in front."""

    def open_(jobs: list[dict[str, Any]], sheet: list[tuple[object, ...]], **tables: Any) -> LiveWorkbook:
        book = quirky.app.books.open(str(make_workbook(jobs, {"Data": sheet}, **tables)))
        book.sheets["Data"].activate()
        return LiveWorkbook(book, tmp_path / "elsewhere")

    return open_


def body(live: LiveWorkbook, sheet: str = SHEET) -> list[list[Any]]:
    """What stands below the header of a sheet of rows set aside."""
    used = live.book.sheets[sheet].used_range
    last = used.row + used.shape[0] - 1
    if last < FIRST:
        return []
    area = live.book.sheets[sheet].range((FIRST, 1), (last, used.column + used.shape[1] - 1))
    return [row for row in area.options(ndim=2).value if any(value is not None for value in row)]


def again(live: LiveWorkbook, which: WhichRows = AGAIN) -> Any:
    """A press of “Publish” later on, with the set-aside sheet in front."""
    live.renew()
    return only(run_book(live, ["Job"], which=which))


@pytest.mark.parametrize("case", METHODS)
def test_mended_and_run_again(
    case: str, opened: Callable[..., LiveWorkbook], make_workbook: Make, portal: PracticePortal
) -> None:
    """Set aside on a sheet, mended there, sent alone: the dataset is as after one run with a sound sheet."""
    dataset, method, header, sound, place, cell, value = METHODS[case]
    jobs = [job("Job", dataset, method, **ASIDE)]
    run_workbook(make_workbook(jobs, {"Data": [header, *sound]}, "sound.xlsx"))
    wanted = rows(portal, dataset)
    portal.reset()
    faulty = list(sound[place])
    faulty["ABCDEFG".index(cell[0])] = "no idea"
    live = opened(jobs, [header, *(faulty if number == place else row for number, row in enumerate(sound))])
    first = only(run_book(live))
    assert (first.state, first.plan.set_aside) == (State.DONE_WITH_WARNINGS, 1), said(first)
    assert body(live)[0][len(header)] == place + 2
    assert live.book.sheets.active.name == "Data"

    live.book.sheets[SHEET][cell].value = value
    second = again(live)
    assert (second.exit_code, second.plan.rows) == (0, 1), said(second)
    assert rows(portal, dataset) == wanted
    assert body(live) == []


def test_what_stands_on_it(opened: Callable[..., LiveWorkbook]) -> None:
    """Headers, values and kinds are those of the sheet; texts stay texts; the job is known from the sheet."""
    bad = (None, "007", dt.datetime(2016, 1, 2, 13, 30), "wet", "1/2", 2.25, "'quoted", "rain")
    live = opened(LOG, [(None, "Station", *WEATHER), (None, "x", *day(1)), bad])
    result = only(run_book(live))
    assert f"1 row set aside: sheet “{SHEET}”. Mend them there and publish that sheet." in said(result)
    assert "xl-datasync" not in said(result)
    assert any(place.where == "'Set aside Data'!5:5" for problem in result.problems for place in problem.places)
    sheet = live.book.sheets[SHEET]
    assert sheet.range((HEADER_ROW, 2), (HEADER_ROW, 11)).value == ["Station", *WEATHER, NUMBER, MARK, WHY]
    assert body(live)[0][:9] == [*bad, 3]
    assert sheet["I4"].columns.hidden is False
    assert sheet["J4"].columns.hidden is True
    assert sheet["B5"].number_format != "@"
    assert set_aside_job(live, SHEET) == "Job"
    assert set_aside_job(live, "Data") is None
    assert set_aside_sheets(live, "job") == [SHEET]
    sheet.name = "Mine"
    assert set_aside_job(live, "Mine") == "Job"


def test_how_it_looks(opened: Callable[..., LiveWorkbook]) -> None:
    """Exactly the cells that the reasons name are coloured, and only while they are faulty; reasons can be read."""
    bad = (dt.date(2016, 1, 2), "wet", "warm", 2.2, 3.1, "rain")
    live = opened(LOG, [WEATHER, day(1), bad, day(3, "dry"), day(4, "fog")])
    assert only(run_book(live)).plan.set_aside == 3
    sheet = live.book.sheets[SHEET]
    assert coloured(live) == {"B5", "C5", "B6", "B7"}
    assert (sheet["I5"].wrap_text, sheet["I5"].column_width, sheet["A4"].color) == (True, 60, (0x1B, 0x4F, 0x72))
    assert sheet["A5"].column_width >= len("yyyy-mm-dd")
    assert sheet["I5"].row_height > sheet["I6"].row_height > sheet["I3"].row_height
    sheet["B5"].value, sheet["B6"].value = 1, 2
    assert again(live).plan.rows == 1
    assert [row[2] for row in body(live)] == ["warm", 9]
    assert coloured(live) == {"C5", "B6"}


def coloured(live: LiveWorkbook) -> set[str]:
    """The cells below the header that are marked."""
    area = live.book.sheets[SHEET]["A5:I20"]
    return {cell.address.replace("$", "") for cell in area if cell.color == MARK_SEEN}


def test_every_kind_of_cell(quirky: QuirkyCalc, make_workbook: Make, portal: PracticePortal, tmp_path: Path) -> None:
    """What was in the cells of a row that was set aside is what is sent once its fault is mended."""
    path = make_workbook([job("Job", "kind-kind", "Add rows", **ASIDE)], {"Data": [("Text",)]})
    with_kinds(path, portal, 1, "x")
    live = LiveWorkbook(quirky.app.books.open(str(path)), tmp_path / "elsewhere")
    assert only(run_book(live)).plan.set_aside == 1
    live.book.sheets[SHEET].range((FIRST, len(KINDS) + 1)).value = 1
    result = again(live)
    assert result.state in (State.DONE, State.DONE_WITH_WARNINGS), said(result)
    first, second = portal.rows("kind-kind")
    assert first == second
    assert first["f_13"]["url"] == "https://example.org/a?b=1#c"


def test_one_of_two_is_mended(opened: Callable[..., LiveWorkbook], portal: PracticePortal) -> None:
    """The mended row goes; the other stays with its number and its reason."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet"), day(3, "dry")])
    run_book(live)
    before = len(portal.rows("weat-hlog"))
    live.book.sheets[SHEET]["B5"].value = 2
    result = again(live)
    assert (result.plan.rows, result.plan.set_aside, result.exit_code) == (1, 1, 3)
    assert len(portal.rows("weat-hlog")) == before + 1
    assert [(row[1], row[6]) for row in body(live)] == [("dry", 4)]


def test_what_is_not_sent_stays(opened: Callable[..., LiveWorkbook], portal: PracticePortal) -> None:
    """Mended rows that the job leaves out are not taken off unsent, and keep their look; other sheets are named."""
    bad = [day(2, "wet"), (*day(3, "dry")[:5], "fog"), day(4, "cold")]
    options = [{"Job name": "Job", "Option": "Rows left out", "Value": "Total"}]
    live = opened(LOG, [WEATHER, day(1), ("Total", "n/a"), *bad], options=options)
    live.book.sheets["Options"]["C5"].value = "Sum"
    live.renew()
    assert only(run_book(live)).plan.set_aside == 4
    live.book.sheets["Options"]["C5"].value = "Total"
    live.book.sheets[SHEET]["B5"].value, live.book.sheets[SHEET]["B7"].value = 1, 2
    live.book.sheets[SHEET].copy(after=live.book.sheets[SHEET], name="Set aside before")
    before = len(portal.rows("weat-hlog"))
    result = again(live)
    assert (result.plan.rows, result.plan.set_aside, len(portal.rows("weat-hlog"))) == (1, 2, before + 1)
    assert [row[1] for row in body(live)] == [1, "wet", "cold"]
    assert coloured(live) == {"A5", "B5", "B6", "B7"}
    assert "1 row of earlier runs still waits: sheet “Set aside Data”" in said(result)
    assert "rows of this job also wait on another sheet: “Set aside before”" in said(result)
    live.renew()
    words = said(only(run_book(live)))
    assert [row[1] for row in body(live)] == [1, "wet", "dry", "cold"]
    assert [row[1] for row in body(live, "Set aside before")] == [1, 2]
    assert "1 row of earlier runs still waits: sheet “Set aside Data”" in words
    assert "2 rows of earlier runs still wait: sheet “Set aside before”" in words


def test_others_are_put_below(opened: Callable[..., LiveWorkbook]) -> None:
    """Rows that were not sent stay, as mended as they are; the same row is not kept twice."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet"), day(3, "dry")])
    run_book(live)
    live.book.sheets[SHEET]["B5"].value = 7
    live.book.sheets["Data"]["B3"].value = 1
    live.renew()
    run_book(live)
    assert [row[1] for row in body(live)] == [7, "dry"]


def test_a_replace_puts_its_own_in_their_place(opened: Callable[..., LiveWorkbook]) -> None:
    """After a replace, rows nobody has worked on are out of date; a mended row stays."""
    live = opened([job("Job", "smal-fild", "Replace all rows", **ASIDE)],
                  [FIELD, field("A"), field("B", "x"), field("C", "y"), field("D")])  # fmt: skip
    run_book(live)
    live.book.sheets[SHEET]["F5"].value = 30
    live.book.sheets["Data"]["F3"].value = 1
    live.book.sheets["Data"]["F4"].value = 1
    live.book.sheets["Data"]["F5"].value = "z"
    live.renew()
    run_book(live)
    assert [(row[0], row[5]) for row in body(live)] == [("B", 30), ("D", "z")]


def test_changed_while_it_was_sent(opened: Callable[..., LiveWorkbook], portal: PracticePortal) -> None:
    """Rows that were changed meanwhile are not taken off unseen, and that is told."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet")])
    run_book(live)
    live.book.sheets[SHEET]["B5"].value = 2
    live.renew()
    assert live.snapshot is not None  # read, as at the beginning of a run
    live.book.sheets[SHEET]["B5"].value = 3
    result = only(run_book(live, ["Job"], which=AGAIN))
    assert (result.state, result.exit_code) == (State.DONE_WITH_WARNINGS, 3)
    assert "the rows were sent, but could not be taken off from where they were set aside: " in said(result)
    assert "Delete the rows that were sent: they must not be sent twice." in said(result)
    assert len(body(live)) == 1


def test_a_date_changed_while_it_was_sent(opened: Callable[..., LiveWorkbook]) -> None:
    """A date that was put right meanwhile is not taken off unsent."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet")])
    run_book(live)
    live.book.sheets[SHEET]["B5"].value = 2
    live.renew()
    assert live.snapshot is not None
    live.book.sheets[SHEET]["A5"].value = dt.datetime(2017, 7, 7)
    result = only(run_book(live, ["Job"], which=AGAIN))
    assert "could not be taken off from where they were set aside: " in said(result)
    assert body(live)[0][0] == dt.datetime(2017, 7, 7)


SAME: list[tuple[Any, Any]] = [
    (dt.datetime(2016, 1, 2), dt.datetime(2016, 1, 2)),
    (dt.date(2016, 1, 2), dt.datetime(2016, 1, 2)),
    (dt.datetime(2016, 1, 2, 3, 4, 5, 600_000), dt.datetime(2016, 1, 2, 3, 4, 5)),
    (dt.time(18, 45), 0.78125),
    (dt.time(18, 45), dt.datetime(1899, 12, 31, 18, 45)),
    (dt.timedelta(hours=30), 1.25),
    (12.345678, Decimal("12.3457")),
    (5, 5.0),
    (None, None),
    ("", None),
    (ErrorValue("#N/A"), None),
]
CHANGED: list[tuple[Any, Any]] = [
    (dt.datetime(2016, 1, 2), dt.datetime(2024, 5, 5)),
    (dt.datetime(2016, 1, 2), 7.0),
    (dt.datetime(2016, 1, 2, 3, 4, 5), dt.datetime(2016, 1, 2, 3, 4, 7)),
    (5, dt.datetime(2024, 5, 5)),
    (dt.time(18, 45), 0.5),
    (12.34, Decimal("12.35")),
    (1, None),
    (None, dt.datetime(2024, 5, 5)),
    (ErrorValue("#N/A"), 5.0),
    (ErrorValue("#N/A"), "text"),
    (5, object()),
]


@pytest.mark.parametrize(
    ("before", "now", "same"), [*((*pair, True) for pair in SAME), *((*pair, False) for pair in CHANGED)]
)
def test_what_counts_as_unchanged(before: Any, now: Any, same: bool) -> None:
    """Excel's own ways of giving a value are no change; everything else is, and so is what cannot be compared."""
    assert is_same(before, now) is same


def test_mended_on_both_sheets(opened: Callable[..., LiveWorkbook]) -> None:
    """Rows that were sent with their own sheet wait no more; one mended in another way stays and is named."""
    live = opened([job("Job", "smal-fild", "Replace all rows", **ASIDE)],
                  [FIELD, field("A"), field("B", "x"), field("C", "y"), field("D", "z")])  # fmt: skip
    run_book(live)
    for cell, value in {"F5": 30, "F6": 20, "H3": "note", "K4": "Note", "K6": "asked Bob"}.items():
        live.book.sheets[SHEET][cell].value = value
    for cell, value in {"F3": 30, "F4": 1}.items():
        live.book.sheets["Data"][cell].value = value
    live.renew()
    result = only(run_book(live))
    assert [(row[0], row[5], row[10]) for row in body(live)] == [("C", 20, "asked Bob"), ("D", "z", None)]
    assert "row 4 of the sheet was sent, but was also mended in another way: sheet “Set aside Data”" in said(result)


def test_notes_beside_rows_that_are_still_faulty(opened: Callable[..., LiveWorkbook]) -> None:
    """What a clerk has written to the right of our columns stays with a row that could not be sent."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet"), day(3, "dry")])
    run_book(live)
    for cell, value in {"B5": 2, "J4": "Note", "J6": "asked Bob"}.items():
        live.book.sheets[SHEET][cell].value = value
    assert again(live).plan.rows == 1
    assert [(row[1], row[9]) for row in body(live)] == [("dry", "asked Bob")]


def test_a_sheet_of_the_users_own(opened: Callable[..., LiveWorkbook]) -> None:
    """A sheet that has our name but was not made by us is left alone."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet")])
    live.book.sheets.add(SHEET)
    live.book.sheets[SHEET]["A1"].value = [["my", "own"], ["notes", 1]]
    live.renew()
    assert "sheet “Set aside Data (2)”" in said(only(run_book(live)))
    assert live.book.sheets[SHEET]["A1:B2"].value == [["my", "own"], ["notes", 1]]


def test_a_protected_workbook(opened: Callable[..., LiveWorkbook], portal: PracticePortal) -> None:
    """Where no sheet can be added, the good rows are sent all the same, and it is told that the others stay put."""
    live = opened(LOG, [WEATHER, day(1), day(2, "wet")])
    assert live.snapshot is not None
    before = len(portal.rows("weat-hlog"))
    live.book.impl.uno.protect("")
    result = only(run_book(live))
    live.book.impl.uno.unprotect("")
    assert (result.state, len(portal.rows("weat-hlog"))) == (State.DONE_WITH_WARNINGS, before + 1)
    assert "rows that were set aside could not be put apart; they are still on their own sheet: " in said(result)


def test_rows_of_another_file(opened: Callable[..., LiveWorkbook], tmp_path: Path) -> None:
    """They are kept in a file, which no button publishes; whom to ask is said without a command."""
    (tmp_path / "rain.csv").write_text(
        "\n".join([",".join(WEATHER), "2016-01-01,1,9,2,3,rain", "2016-01-02,wet,9,2,3,rain"])
    )
    row = {**LOG[0], "Kind of job": "Publish a file", "Workbook or file": str(tmp_path / "rain.csv")}
    live = opened([row | {"Sheet, table or range": ""}], [WEATHER])
    words = said(only(run_book(live)))
    assert "Mend them there; whoever runs the jobs without Excel can then publish them alone." in words
    assert "xl-datasync" not in words


def test_a_long_name(opened: Callable[..., LiveWorkbook], quirky: QuirkyCalc) -> None:
    """A sheet's name is cut to what Excel allows."""
    live = opened([job("Job", "weat-hlog", "Add rows", "Data", **ASIDE)], [WEATHER, day(1), day(2, "wet")])
    long = "Weather of the year 2016, all d"
    live.book.sheets["Data"].name = long
    live.book.sheets["Jobs"]["A5"].expand("right")
    headers = live.book.sheets["Jobs"].range((HEADER_ROW, 1), (HEADER_ROW, 40)).value
    live.book.sheets["Jobs"].range((HEADER_ROW + 1, headers.index("Sheet, table or range") + 1)).value = long
    live.renew()
    run_book(live)
    assert set_aside_sheets(live, "Job") == ["Set aside Weather of the year 2"]


def test_a_run_through_excel(
    through: Through,  # noqa: F811  # the fixture
    make_workbook: Make,
    portal: PracticePortal,
) -> None:
    """A run that opens the workbook in Excel saves the sheet in it, and takes the rows off it once they are sent."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows")], {"Data": [WEATHER, day(1), day(2, "wet")]})
    before = len(portal.rows("weat-hlog"))
    done = through("-m", "xl_datasync", "run", str(path), "--excel", "--set-aside")
    assert (done.returncode, f"sheet “{SHEET}”" in done.stdout) == (3, True), done
    book = openpyxl.load_workbook(path)
    assert book[SHEET]["B5"].value == "wet"
    assert book["Data"].max_row == 3
    book[SHEET]["B5"] = 2
    book.save(path)
    done = through("-m", "xl_datasync", "run", str(path), "--excel", "--only-set-aside")
    assert done.returncode == 0, done
    assert len(portal.rows("weat-hlog")) == before + 2
    assert openpyxl.load_workbook(path)[SHEET]["B5"].value is None


def test_an_excel_table(opened: Callable[..., LiveWorkbook], tmp_path: Path) -> None:
    """Rows of an Excel table are set aside under the letters they have on its sheet."""
    live = opened(LOG, [("",), *[(None, None, *row) for row in (WEATHER, day(1), day(2, "wet"))]])
    live.book.sheets["Data"].tables.add(live.book.sheets["Data"]["C2:H4"], name="Weather", has_headers=True)
    headers = live.book.sheets["Jobs"].range((HEADER_ROW, 1), (HEADER_ROW, 40)).value
    live.book.sheets["Jobs"].range((HEADER_ROW + 1, headers.index("Sheet, table or range") + 1)).value = "Weather"
    live.renew()
    run_book(live)
    assert live.book.sheets[SHEET]["C4"].value == WEATHER[0]
    assert live.book.sheets[SHEET]["D5"].value == "wet"
    live.book.sheets[SHEET]["D5"].value = 2
    assert again(live).exit_code == 0
