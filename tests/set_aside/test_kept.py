"""The file of rows that were set aside, and what is told of it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from tests.set_aside.rows import (
    AGAIN,
    ASIDE,
    FIELD,
    FIRST,
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
    said,
)
from tests.workbooks import job
from xl_datasync.api import WhichRows, run_records, run_workbook
from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.report import State
from xl_datasync.core.report_json import result_json
from xl_datasync.core.report_text import report_lines
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.run import Aim
from xl_datasync.set_aside.telling import not_kept
from xl_datasync.workbook.set_aside.looks import HEADER_ROW, JOB, TITLE
from xl_datasync.workbook.set_aside.rows import MARK, NUMBER, WHY

pytestmark = pytest.mark.usefixtures("signed_in")


def test_it_has_the_shape_of_the_sheet(make_workbook: Make) -> None:
    """Headers and values stand under the letters they had, with their kinds; reason and row number follow."""
    header = (None, "Station", *WEATHER)
    bad = (None, "007", dt.datetime(2016, 1, 2, 13, 30), "wet", True, 2.25, "=1+1", "rain")
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [header, (None, "x", *day(1)), bad]})
    book = openpyxl.load_workbook(path)
    book["Data"]["G3"].data_type = "s"
    book["Data"]["F3"].number_format = "0.000"
    book.save(path)
    run_workbook(path)
    sheet = openpyxl.load_workbook(aside_file(path)).active
    assert [sheet[f"A{row}"].value for row in (1, 2)] == [TITLE, f"{JOB}Job"]
    assert [cell.value for cell in sheet[HEADER_ROW]] == [*header, NUMBER, MARK, WHY]
    assert [cell.value for cell in sheet[FIRST]][:9] == [*bad, 3]
    assert (sheet["G5"].data_type, sheet["B5"].data_type, sheet["F5"].number_format) == ("s", "s", "0.000")
    assert "Column “Precipitation (mm)”: text that is not a number. " in sheet["K5"].value
    assert sheet.column_dimensions["J"].hidden


def test_how_it_looks(make_workbook: Make) -> None:
    """The cells that reasons name are coloured, no others; columns are as wide as what is in them, within limits."""
    header = (*WEATHER[:5], "Weather as the observer has written it down in the evening")
    column_map = [{"Map name": "Job", "Sheet column": header[5], "Portal field": "Weather"}]
    sheet = [header, day(1), (*day(2, "wet")[:3], "cold", 3.1, "rain " * 30), day(3, "dry")]
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": sheet}, column_map=column_map)
    run_workbook(path)
    book = openpyxl.load_workbook(aside_file(path)).active
    assert coloured(book) == {"B5", "D5", "B6"}
    assert (book["I5"].alignment.wrap_text, book["F4"].alignment.wrap_text) == (True, True)
    assert book.row_dimensions[5].height > book.row_dimensions[6].height >= 30
    widths = {letter: book.column_dimensions[letter].width for letter in "CFGI"}
    assert len(header[2]) + 3 <= widths["C"] <= 1.5 * len(header[2])
    assert widths["F"] == 40
    assert widths["G"] > len(NUMBER)
    assert widths["I"] == 60
    assert (book.freeze_panes, book["A4"].fill.fgColor.rgb, book["A4"].font.bold) == ("B5", "FF1B4F72", True)


def test_two_columns_of_one_header(make_workbook: Make, portal: PracticePortal) -> None:
    """A reason that may mean either has both coloured; a place has all its parts."""
    columns = [{"name": name, "fieldName": name.lower(), "dataTypeName": kind} for name, kind in (
        ("First", "number"), ("Second", "number"), ("Site", "point"))]  # fmt: skip
    portal.create_dataset("aaaa-aaaa", "Two", columns)
    rows_of_map = [("Amount", "A", "First", ""), ("Amount", "C", "Second", ""),
                   ("Lat", "", "Site", "Latitude"), ("Lon", "", "Site", "Longitude")]  # fmt: skip
    column_map = [
        {
            "Map name": "Job",
            "Sheet column": name,
            "Column letter": letter,
            "Portal field": to,
            "Part of a place": part,
        }
        for name, letter, to, part in rows_of_map
    ]
    sheet = [
        ("Amount", "Note", "Amount", "Lat", "Lon"),
        (1, "", 2, 40, -99),
        (1, "", "x", 40, -99),
        (1, "", 2, 400, -99),
    ]
    path = make_workbook([job("Job", "aaaa-aaaa", "Add rows", **ASIDE)], {"Data": sheet}, column_map=column_map)
    result = only(run_workbook(path))
    assert result.plan.set_aside == 2, said(result)
    assert coloured(openpyxl.load_workbook(aside_file(path)).active) == {"A5", "C5", "D6", "E6"}


def test_a_hidden_column(make_workbook: Make) -> None:
    """What the sheet hides is hidden here, unless it has cells to be mended."""
    column_map = [{"Map name": "Job", "Sheet column": name, "Portal field": name, "Send?": "Yes"} for name in WEATHER]
    jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet")]}, column_map=column_map)
    book = openpyxl.load_workbook(path)
    for letter in "BC":
        book["Data"].column_dimensions[letter].hidden = True
    book.save(path)
    result = only(run_workbook(path))
    assert result.plan.set_aside == 1, said(result)
    columns = openpyxl.load_workbook(aside_file(path)).active.column_dimensions
    assert (columns["B"].hidden, columns["C"].hidden) == (False, True)


def test_it_is_told_where(make_workbook: Make) -> None:
    """Report, JSON and record say how many rows and where they are."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
    report = run_workbook(path)
    result = only(report)
    assert (
        f"1 row set aside: {aside_file(path)}. Mend them there, then publish them alone (“xl-datasync run "
        'WORKBOOK --job "Job" --only-set-aside”).'
    ) in said(result)
    assert "1 of 2 rows has faults and is set aside" in said(result)
    assert "text that is not a number; set aside" in said(result)
    assert "1 row set aside." in "\n".join(report_lines(report))
    assert result_json(result)["rows_set_aside"] == 1
    assert run_records(path)[-1].finished["rows_set_aside"] == 1


def test_a_check_and_a_dry_run_keep_nothing(make_workbook: Make, writes: Told) -> None:
    """They tell how many rows would be set aside, and write nothing."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
    for aim in (Aim.CHECK, Aim.DRY_RUN):
        result = only(run_workbook(path, aim=aim))
        assert (result.state, result.exit_code, result.plan.set_aside) == (State.CHECKED, 3, 1)
    assert not aside_file(path).exists()
    assert writes() == []


def test_nothing_faulty(make_workbook: Make) -> None:
    """A sound sheet leaves no file and no word."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1)]})
    result = only(run_workbook(path))
    assert (result.exit_code, "aside" in said(result), aside_file(path).exists()) == (0, False, False)


def test_all_faulty(make_workbook: Make, writes: Told) -> None:
    """Where no row can be sent, nothing is sent and nothing is kept."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1, "wet")]})
    result = only(run_workbook(path))
    assert (result.state, result.exit_code, writes()) == (State.NOT_SENT, 1, [])
    assert "every row has a fault, so there is nothing to send" in said(result)
    assert not aside_file(path).exists()


def test_a_job_that_stops_can_set_aside_once(make_workbook: Make, writes: Told) -> None:
    """Without the word in the Jobs table a fault stops the job, unless the run says otherwise."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows")], {"Data": [WEATHER, day(1), day(2, "wet")]})
    assert (only(run_workbook(path)).state, writes()) == (State.NOT_SENT, [])
    assert only(run_workbook(path, which=WhichRows(set_aside=True))).plan.set_aside == 1
    assert len(kept(path)) == 1


def test_the_guard_sees_what_is_sent(make_workbook: Make, writes: Told) -> None:
    """A replace that shrinks the dataset too much because rows are set aside is refused."""
    sheet = [FIELD, *(field(f"Z{n:03}", 31.5 if n < 150 else "x") for n in range(200))]
    path = make_workbook([job("Job", "smal-fild", "Replace all rows", **{"Faulty rows": "Set aside"})], {"Data": sheet})
    result = only(run_workbook(path))
    assert (result.state, writes()) == (State.NOT_SENT, [])
    assert "Replacing would leave 150" in said(result)


def test_errors_stay_errors(make_workbook: Make) -> None:
    """A formula that was never calculated does not turn into an empty cell, which could be sent."""
    path = make_workbook(
        [job("Job", "weat-hlog", "Add rows", **ASIDE)],
        {"Data": [WEATHER, day(1), (*day(2)[:5], "=1+1"), (*day(3)[:5], "#N/A")]},
    )
    assert only(run_workbook(path)).plan.set_aside == 2
    assert [row[5] for row in kept(path)] == ["#VALUE!", "#N/A"]
    assert only(run_workbook(path, which=AGAIN)).state is State.NOT_SENT


def test_repeated_identifiers(make_workbook: Make, portal: PracticePortal) -> None:
    """All rows of an identifier are kept; once one is deleted, the other is sent."""
    sheet = [FIELD, field("A"), field("B", 1, "this"), field("C"), field("B", 2, "that")]
    path = make_workbook([job("Job", "smal-fild", "Update and add", **ASIDE)], {"Data": sheet})
    assert only(run_workbook(path)).plan.set_aside == 2
    assert [(row[1], row[7]) for row in kept(path)] == [("this", 3), ("that", 5)]
    book = openpyxl.load_workbook(aside_file(path))
    book.active.delete_rows(FIRST)
    book.save(aside_file(path))
    assert only(run_workbook(path, which=AGAIN)).plan.rows == 1
    assert next(row for row in portal.rows("smal-fild") if row["iata_code"] == "B")["airport_name"] == "that"


def test_text_files(make_workbook: Make, portal: PracticePortal, tmp_path: Path) -> None:
    """Rows of a CSV are set aside too; their texts stay texts, and are read again in the same way."""
    with (tmp_path / "log.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [WEATHER, ("2016-01-01", "1.50", "9", "2", "3", "rain"), ("2016-01-02", "wet", "09", "2", "3", "007")]
        )
    row = job("Job", "weat-hlog", "Add rows", **ASIDE) | {
        "Kind of job": "Publish a file",
        "Workbook or file": "log.csv",
        "Sheet, table or range": None,
    }
    path = make_workbook([row], {})
    before = len(portal.rows("weat-hlog"))
    assert only(run_workbook(path)).plan.set_aside == 1
    assert kept(path)[0][:7] == ["2016-01-02", "wet", "09", "2", "3", "007", 3]
    mend(path, {"B5": "2.50"})
    assert only(run_workbook(path, which=AGAIN)).exit_code == 3  # a leading zero is told
    assert len(portal.rows("weat-hlog")) == before + 2
    assert portal.rows("weat-hlog")[-1]["weather"] == "007"


def test_a_disk_that_is_full() -> None:
    """What the system says stands in the sentence, and what becomes of the rows in what to do."""
    fault = not_kept(
        Job("Job", Connection("City", "https://data.example.gov"), "abcd-1234", Method.APPEND),
        OSError(28, "No space left on device"),
    )
    assert (fault.what, fault.remedy) == (
        "rows that were set aside could not be put apart; they are still on their own sheet: No space left on device",
        "Mend them there and publish it again.",
    )
