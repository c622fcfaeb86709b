"""Rows with faults set aside: the others are sent, these are kept to be mended, and are sent alone, each once."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.kills.children import killed_after_commit
from tests.workbooks import job
from xl_datasync.api import Person, WhichRows, run_records, run_workbook, undo_run
from xl_datasync.core.connection import Connection
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.jobs import Job
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.core.report_json import result_json
from xl_datasync.core.report_text import report_lines
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.run import Aim
from xl_datasync.set_aside import _not_kept
from xl_datasync.workbook.set_aside import HEADER_ROW, JOB, MARK, NUMBER, TITLE, WHY

Make = Callable[..., Path]
Told = Callable[[], list[str]]

pytestmark = pytest.mark.usefixtures("signed_in")

FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
ASIDE = {"Faulty rows": "Set aside", "Stop if rows shrink by more than": 100}
AGAIN = WhichRows(only_set_aside=True)
NO_IDENTIFIER = [
    {"name": "Name", "fieldName": "name", "dataTypeName": "text"},
    {"name": "Amount", "fieldName": "amount", "dataTypeName": "number"},
]
FIRST = HEADER_ROW + 1


def field(code: str | None, latitude: object = 31.5, name: str = "New") -> tuple[object, ...]:
    """An airfield."""
    return (code, name, "Testville", "TX", "USA", latitude, -99.25)


def day(number: int, rain: object = 1.5) -> tuple[object, ...]:
    """A day's weather."""
    return (dt.date(2016, 1, number), rain, 9, 2.2, 3.1, "rain")


def only(report: Report) -> JobResult:
    """The report's single result."""
    (result,) = report.results
    return result


def said(result: JobResult) -> str:
    """Everything that was found, in words."""
    return "\n".join(f"{p.severity.value}: {p.subject}: {p.what}. {p.remedy}" for p in result.problems)


def aside_file(path: Path, name: str = "Job") -> Path:
    """Where a job's rows are kept."""
    return path.parent / f"{path.stem}.datasync" / f"{name}.set aside.xlsx"


def kept(path: Path, name: str = "Job") -> list[list[Any]]:
    """What stands in the file of rows set aside, below its header."""
    sheet = openpyxl.load_workbook(aside_file(path, name)).active
    return [list(row) for row in sheet.iter_rows(min_row=FIRST, values_only=True)]


def mend(path: Path, cells: dict[str, object], name: str = "Job") -> None:
    """Type values into the file of rows set aside, as a clerk does."""
    book = openpyxl.load_workbook(aside_file(path, name))
    for address, value in cells.items():
        book.active[address] = value
    book.save(aside_file(path, name))


def rows(portal: PracticePortal, dataset: str) -> list[str]:
    """A dataset's rows in a fixed order, each as often as it is there."""
    return sorted(repr(sorted(row.items())) for row in portal.rows(dataset))


METHODS: dict[str, tuple[str, str, Sequence[object], list[Any], int, str, object]] = {
    # dataset, method, header, rows, the faulty one's place, the cell to mend, its sound value
    "replace": ("smal-fild", "Replace all rows", FIELD, [field("ZZ1"), field("ZZ2"), field("ZZ3")], 1, "F5", 31.5),
    "append with": ("smal-fild", "Add rows", FIELD, [field("ZZ1"), field("ZZ2"), field("ZZ3")], 0, "F5", 31.5),
    "append without": ("weat-hlog", "Add rows", WEATHER, [day(1), day(2), day(2), day(3)], 2, "B5", 1.5),
    "upsert": ("smal-fild", "Update and add", FIELD, [field("00M"), field("00R"), field("ZZ3")], 1, "F5", 31.5),
    "delete": ("weat-hday", "Delete listed rows", WEATHER[:1], [(dt.date(2012, 1, n),) for n in (1, 2, 3)], 1, "A5", dt.date(2012, 1, 2)),
}  # fmt: skip


@pytest.mark.parametrize("case", METHODS)
def test_mended_and_run_again(case: str, make_workbook: Make, portal: PracticePortal) -> None:
    """Set aside, mended, sent alone: the dataset is as after one run with a sound sheet; nothing is left to send."""
    dataset, method, header, sound, place, cell, value = METHODS[case]
    jobs = [job("Job", dataset, method, **ASIDE)]
    wanted_path = make_workbook(jobs, {"Data": [header, *sound]}, "sound.xlsx")
    assert only(run_workbook(wanted_path)).exit_code == 0
    wanted = rows(portal, dataset)
    portal.reset()
    column = openpyxl.utils.cell.coordinate_from_string(cell)[0]
    faulty = list(sound[place])
    faulty[openpyxl.utils.column_index_from_string(column) - 1] = "no idea"
    sheet = [header, *(faulty if number == place else row for number, row in enumerate(sound))]
    path = make_workbook(jobs, {"Data": sheet})

    first = only(run_workbook(path))
    assert (first.state, first.exit_code, first.plan.set_aside) == (State.DONE_WITH_WARNINGS, 3, 1)
    assert first.verification.agrees
    assert kept(path)[0][len(header)] == place + 2

    mend(path, {cell: value})
    second = only(run_workbook(path, which=AGAIN))
    assert (second.exit_code, second.plan.rows) == (0, 1), said(second)
    assert rows(portal, dataset) == wanted
    assert not aside_file(path).exists()
    with pytest.raises(ConfigurationError, match="No rows of the job “Job” are set aside"):
        run_workbook(path, which=AGAIN)


class TestKept:
    """The file of rows that were set aside."""

    def test_it_has_the_shape_of_the_sheet(self, make_workbook: Make) -> None:
        """Headers and values stand under the letters they had, with their kinds; reason and row number follow."""
        header = (None, "Station", *WEATHER)
        bad = (None, "007", dt.datetime(2016, 1, 2, 13, 30), "wet", True, 2.25, "=1+1", "rain")
        path = make_workbook(
            [job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [header, (None, "x", *day(1)), bad]}
        )
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

    def test_it_is_told_where(self, make_workbook: Make) -> None:
        """Report, JSON and record say how many rows and where they are."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
        report = run_workbook(path)
        result = only(report)
        assert (
            f"1 row set aside: {aside_file(path)}. Mend them there, then publish them alone (“xl-datasync run "
            "--only-set-aside”)."
        ) in said(result)
        assert "1 of 2 rows has faults and is set aside" in said(result)
        assert "text that is not a number; set aside" in said(result)
        assert "1 row set aside." in "\n".join(report_lines(report))
        assert result_json(result)["rows_set_aside"] == 1
        assert run_records(path)[-1].finished["rows_set_aside"] == 1

    def test_a_check_and_a_dry_run_keep_nothing(self, make_workbook: Make, writes: Told) -> None:
        """They tell how many rows would be set aside, and write nothing."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
        for aim in (Aim.CHECK, Aim.DRY_RUN):
            result = only(run_workbook(path, aim=aim))
            assert (result.state, result.exit_code, result.plan.set_aside) == (State.CHECKED, 3, 1)
        assert not aside_file(path).exists()
        assert writes() == []

    def test_nothing_faulty(self, make_workbook: Make) -> None:
        """A sound sheet leaves no file and no word."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1)]})
        result = only(run_workbook(path))
        assert (result.exit_code, "aside" in said(result), aside_file(path).exists()) == (0, False, False)

    def test_all_faulty(self, make_workbook: Make, writes: Told) -> None:
        """Where no row can be sent, nothing is sent and nothing is kept."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1, "wet")]})
        result = only(run_workbook(path))
        assert (result.state, result.exit_code, writes()) == (State.NOT_SENT, 1, [])
        assert "every row has a fault, so there is nothing to send" in said(result)
        assert not aside_file(path).exists()

    def test_a_job_that_stops_can_set_aside_once(self, make_workbook: Make, writes: Told) -> None:
        """Without the word in the Jobs table a fault stops the job, unless the run says otherwise."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows")], {"Data": [WEATHER, day(1), day(2, "wet")]})
        assert (only(run_workbook(path)).state, writes()) == (State.NOT_SENT, [])
        assert only(run_workbook(path, which=WhichRows(set_aside=True))).plan.set_aside == 1
        assert len(kept(path)) == 1

    def test_the_guard_sees_what_is_sent(self, make_workbook: Make, writes: Told) -> None:
        """A replace that shrinks the dataset too much because rows are set aside is refused."""
        sheet = [FIELD, *(field(f"Z{n:03}", 31.5 if n < 150 else "x") for n in range(200))]
        path = make_workbook(
            [job("Job", "smal-fild", "Replace all rows", **{"Faulty rows": "Set aside"})], {"Data": sheet}
        )
        result = only(run_workbook(path))
        assert (result.state, writes()) == (State.NOT_SENT, [])
        assert "Replacing would leave 150" in said(result)

    def test_errors_stay_errors(self, make_workbook: Make) -> None:
        """A formula that was never calculated does not turn into an empty cell, which could be sent."""
        path = make_workbook(
            [job("Job", "weat-hlog", "Add rows", **ASIDE)],
            {"Data": [WEATHER, day(1), (*day(2)[:5], "=1+1"), (*day(3)[:5], "#N/A")]},
        )
        assert only(run_workbook(path)).plan.set_aside == 2
        assert [row[5] for row in kept(path)] == ["#VALUE!", "#N/A"]
        assert only(run_workbook(path, which=AGAIN)).state is State.NOT_SENT

    def test_repeated_identifiers(self, make_workbook: Make, portal: PracticePortal) -> None:
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

    def test_text_files(self, make_workbook: Make, portal: PracticePortal, tmp_path: Path) -> None:
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


class TestWaiting:
    """Rows that still wait when others are set aside."""

    def test_others_are_put_below(self, make_workbook: Make) -> None:
        """Rows that were not sent stay, as mended as they are; one with the same number and cells is not kept twice."""
        jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet"), day(3, "dry"), day(5, "ice")]})
        run_workbook(path)
        mend(path, {"B5": 7})
        make_workbook(jobs, {"Data": [WEATHER, day(4), day(3, "dry"), day(6, "fog"), day(5, "ice")]})
        result = only(run_workbook(path))
        assert [(row[1], row[6]) for row in kept(path)] == [(7, 3), ("dry", 4), ("dry", 3), ("fog", 4), ("ice", 5)]
        assert f"note: Job “Job”: 2 rows of earlier runs still wait: {aside_file(path)}" in said(result)

    def test_a_replace_puts_its_own_in_their_place(self, make_workbook: Make) -> None:
        """After a replace the sheet is the dataset: what nobody has worked on is out of date; a mended row stays."""
        jobs = [job("Job", "smal-fild", "Replace all rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "x"), field("C", "y")]})
        run_workbook(path)
        mend(path, {"F5": 30})
        for _ in range(2):  # what was mended once stays so
            make_workbook(jobs, {"Data": [FIELD, field("A"), field("B"), field("C", 5), field("D", "z")]})
            result = only(run_workbook(path))
            assert [(row[0], row[5]) for row in kept(path)] == [("B", 30), ("D", "z")]
            assert "Delete there what is not to be sent as well." in said(result)
            assert "warning: Job “Job”: row 3 of the sheet was sent, but was also mended in another way: " in said(
                result
            )

    @pytest.mark.parametrize("dataset", ["smal-fild", "no-identifier"])
    def test_mended_on_both_places(self, dataset: str, make_workbook: Make, portal: PracticePortal) -> None:
        """A row that was mended where it waits, and was sent with its own sheet just so, waits no more."""
        header: tuple[str, ...] = FIELD
        if dataset != "smal-fild":
            dataset, header = "bbbb-bbbb", ("Name", "Amount")
            portal.create_dataset(dataset, "None", NO_IDENTIFIER)
        row = field if header is FIELD else lambda name, value=1: (name, value)
        jobs = [job("Job", dataset, "Replace all rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [header, row("A"), row("B", "x"), row("C", 3)]})
        run_workbook(path)
        mend(path, {"F5" if header is FIELD else "B5": 30})
        make_workbook(jobs, {"Data": [header, row("A"), row("B", 30), row("C", 3)]})
        result = only(run_workbook(path))
        assert (result.exit_code, len(portal.rows(dataset)), aside_file(path).exists()) == (0, 3, False), said(result)

    def test_sent_with_the_sheet_since(self, make_workbook: Make) -> None:
        """An update of a row takes its old state off where it waits: it cannot write over what is newer."""
        jobs = [job("Job", "smal-fild", "Update and add", **ASIDE)]
        path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "bad"), field("C", "bad")]})
        run_workbook(path)
        make_workbook(jobs, {"Data": [FIELD, field("B", 40, "Newer"), field("A")]})
        result = only(run_workbook(path))
        assert [row[0] for row in kept(path)] == ["C"]
        assert "1 row of earlier runs still waits: " in said(result)

    def test_a_replace_after_mended_rows_were_added(self, make_workbook: Make, portal: PracticePortal) -> None:
        """A replace that takes mended rows off again says so: to a person before, who may say no."""
        jobs = [job("Job", "smal-fild", "Replace all rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "bad"), field("C")]})
        assert "Mend them on sheet “Data” too: the next replace takes them off the dataset again." in said(
            only(run_workbook(path))
        )
        mend(path, {"F5": 30})
        run_workbook(path, which=AGAIN)
        asked: list[str] = []

        def no(_job: object, problems: Sequence[Any]) -> bool:
            asked.extend(problem.what for problem in problems if problem.confirm)
            return False

        would = "1 mended row that was set aside and added since would be removed, unless mended on this sheet too"
        assert only(run_workbook(path, person=Person(confirm=no))).state is State.NOT_SENT
        assert would in asked
        assert len(portal.rows("smal-fild")) == 3
        told = said(only(run_workbook(path)))
        assert (
            f"warning: Job “Job”: {would}. Mend the sheet first. What was added last is in Job.set aside sent.csv, "
            "beside the other CSV files."
        ) in told
        assert would not in said(only(run_workbook(path)))

    def test_what_a_clerk_has_written_beside_them(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Notes to the right of our columns stay with their rows, and are not sent."""
        jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet")]})
        run_workbook(path)
        mend(path, {"J4": "Note", "J5": "asked Bob"})
        make_workbook(jobs, {"Data": [WEATHER, day(3), day(4, "fog")]})
        run_workbook(path)
        assert [(row[1], row[9]) for row in kept(path)] == [("wet", "asked Bob"), ("fog", None)]
        before = len(portal.rows("weat-hlog"))
        mend(path, {"B6": 2})
        result = only(run_workbook(path, which=AGAIN))
        assert (result.plan.rows, len(portal.rows("weat-hlog"))) == (1, before + 1), said(result)
        assert [(row[1], row[9]) for row in kept(path)] == [("wet", "asked Bob")]

    def test_the_file_is_open_in_excel(self, make_workbook: Make, portal: PracticePortal) -> None:
        """New rows go to a file of their own, each row to one file only, and both files are sent, one after the other."""
        jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet")]})
        run_workbook(path)
        before, stood = len(portal.rows("weat-hlog")), aside_file(path).read_bytes()
        lock = aside_file(path).with_name(f"~${aside_file(path).name}")
        lock.write_bytes(b"x")
        make_workbook(jobs, {"Data": [WEATHER, day(3), day(4, "fog")]})
        result = only(run_workbook(path))
        assert f"rows of this job also wait in another file: {aside_file(path)}" in said(result)
        assert aside_file(path).read_bytes() == stood
        lock.unlink()
        two = aside_file(path).with_name("Job.set aside 2.xlsx")
        book = openpyxl.load_workbook(two)
        assert [row[1] for row in book.active.iter_rows(min_row=FIRST, values_only=True)] == ["fog"]
        book.active["B5"] = 4
        book.save(two)
        assert only(run_workbook(path, which=AGAIN)).plan.rows == 1
        assert (two.exists(), aside_file(path).exists()) == (False, True)
        mend(path, {"B5": 2})
        assert only(run_workbook(path, which=AGAIN)).exit_code == 0
        assert len(portal.rows("weat-hlog")) == before + 3

    def test_two_jobs_whose_names_make_one_file_name(self, make_workbook: Make) -> None:
        """Each has a file of its own; none takes the other's rows."""
        jobs = [
            job("A/B", "weat-hlog", "Add rows", **ASIDE),
            job("A:B", "smal-fild", "Update and add", "Other", **ASIDE),
        ]
        sheets = {"Data": [WEATHER, day(1), day(2, "wet")], "Other": [FIELD, field("A"), field("B", "bad")]}
        path = make_workbook(jobs, sheets)
        run_workbook(path)
        files = list(aside_file(path).parent.glob("A-B-*.set aside.xlsx"))
        assert sorted(openpyxl.load_workbook(file).active["A2"].value for file in files) == [f"{JOB}A/B", f"{JOB}A:B"]

    def test_a_file_of_another_job(self, make_workbook: Make) -> None:
        """A file that has the name but says another job is not written to."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
        run_workbook(path)
        mend(path, {"A2": f"{JOB}Mine"})
        stood = aside_file(path).read_bytes()
        run_workbook(path)
        assert aside_file(path).read_bytes() == stood
        assert aside_file(path).with_name("Job.set aside 2.xlsx").exists()

    def test_a_replace_with_all_rows_sound(self, make_workbook: Make) -> None:
        """Once all rows were sent with the sheet itself, none waits any more."""
        jobs = [job("Job", "smal-fild", "Replace all rows", **ASIDE)]
        path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "x")]})
        run_workbook(path)
        make_workbook(jobs, {"Data": [FIELD, field("A"), field("B")]})
        assert (only(run_workbook(path)).exit_code, aside_file(path).exists()) == (0, False)

    def test_other_columns(self, make_workbook: Make) -> None:
        """Where the sheet has other columns now, the rows that wait are put out of the way, not lost."""
        path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
        run_workbook(path)
        make_workbook(
            [job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER[:2], day(1)[:2], day(3, "dry")[:2]]}
        )
        result = only(run_workbook(path))
        assert [row[1] for row in kept(path)] == ["dry"]
        older = aside_file(path).with_name("Job.set aside 2.xlsx")
        assert openpyxl.load_workbook(older).active["B5"].value == "wet"
        assert f"rows of this job also wait in another file: {older}" in said(result)
        assert "They are sent by a run of their own, after these." in said(result)


class TestAgain:
    """Only the rows that were set aside."""

    @pytest.fixture
    def path(self, make_workbook: Make) -> Path:
        """A workbook of which two rows were set aside."""
        path = make_workbook(
            [job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet"), day(3, "dry")]}
        )
        run_workbook(path)
        return path

    def test_one_of_two_is_mended(self, path: Path, portal: PracticePortal) -> None:
        """The mended row is sent; the other is set aside again, under the number it had on the sheet."""
        before = len(portal.rows("weat-hlog"))
        mend(path, {"B5": 2})
        result = only(run_workbook(path, which=AGAIN))
        assert (result.plan.rows, result.plan.set_aside, result.exit_code) == (1, 1, 3)
        assert len(portal.rows("weat-hlog")) == before + 1
        ((_, rain, *_, number, _, why),) = kept(path)
        assert (rain, number) == ("dry", 4)
        assert "text that is not a number" in why
        sent = openpyxl.load_workbook(aside_file(path).with_name("Job.set aside sent.xlsx")).active
        assert [sheet_row[1].value for sheet_row in sent.iter_rows(min_row=FIRST)] == [2, "dry"]

    def test_none_is_mended(self, path: Path, writes: Told) -> None:
        """Nothing is sent, and all stay where they are."""
        sent, before = len(writes()), kept(path)
        assert only(run_workbook(path, which=AGAIN)).state is State.NOT_SENT
        assert (len(writes()), kept(path)) == (sent, before)

    def test_what_is_still_faulty_waits_on(self, path: Path, portal: PracticePortal) -> None:
        """Of two rows one was mended: it is sent, without having to be told so twice; the other stays where it was."""
        before = len(portal.rows("weat-hlog"))
        mend(path, {"B5": 2})
        result = only(run_workbook(path, which=AGAIN))
        assert (result.state, len(portal.rows("weat-hlog"))) == (State.DONE_WITH_WARNINGS, before + 1)
        assert aside_file(path).exists()
        mend(path, {"B5": 3})
        assert only(run_workbook(path, which=AGAIN)).receipt.created == 1
        assert not aside_file(path).exists()

    def test_the_files_that_were_sent_stay_apart(self, path: Path) -> None:
        """The CSV of the first run is not written over by that of the second."""
        first = (path.parent / "jobs.datasync" / "Job.sent.csv").read_bytes()
        mend(path, {"B5": 2, "B6": 3})
        result = only(run_workbook(path, which=AGAIN))
        assert result.csv.name == "Job.set aside sent.csv"
        assert (path.parent / "jobs.datasync" / "Job.sent.csv").read_bytes() == first

    @pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
    def test_cut_off_no_row_is_doubled(self, path: Path, portal: PracticePortal) -> None:
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
    def test_a_first_run_cut_off(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Killed after the portal took the good rows, run again: they are not sent twice, and the bad ones are kept."""
        path = make_workbook(
            [job("Other", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]}
        )
        before = len(portal.rows("weat-hlog"))
        killed_after_commit(portal, "POST", "run", path)
        assert not aside_file(path, "Other").exists()
        assert "so nothing was sent again" in said(only(run_workbook(path)))
        assert len(portal.rows("weat-hlog")) == before + 1
        assert len(kept(path, "Other")) == 1

    def test_undo_takes_back_the_last_run_first(self, path: Path, portal: PracticePortal) -> None:
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

    def test_the_run_that_set_them_aside_was_undone(self, make_workbook: Make, portal: PracticePortal) -> None:
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

    def test_open_in_excel(self, path: Path, writes: Told) -> None:
        """A file that is open there could not be put away after its rows were sent."""
        sent = len(writes())
        aside_file(path).with_name(f"~${aside_file(path).name}").write_bytes(b"x")
        with pytest.raises(WorkbookError, match="It is open in Excel"):
            run_workbook(path, which=AGAIN)
        assert len(writes()) == sent

    def test_saved_while_its_rows_were_sent(self, path: Path) -> None:
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

    def test_the_reasons_are_not_sent(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Columns that the set-aside file has beside the sheet's are neither matched nor complained of."""
        columns = [{"name": name, "fieldName": field_name, "dataTypeName": kind} for name, field_name, kind in (
            ("Amount", "amount", "number"), ("Why it was set aside", "why", "text"))]  # fmt: skip
        portal.create_dataset("aaaa-aaaa", "Odd", columns)
        path = make_workbook([job("Job", "aaaa-aaaa", "Add rows", **ASIDE)], {"Data": [("Amount",), (1,), ("x",)]})
        run_workbook(path)
        mend(path, {"A5": 2})
        result = only(run_workbook(path, which=AGAIN))
        assert (result.exit_code, [row.get("why") for row in portal.rows("aaaa-aaaa")]) == (0, [None, None])

    def test_a_row_that_is_there_already(self, make_workbook: Make, portal: PracticePortal, writes: Told) -> None:
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

    def test_a_column_map_by_letters(self, make_workbook: Make, portal: PracticePortal) -> None:
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


KINDS: dict[str, tuple[str, Any, str | None]] = {
    # portal type, value, number format
    "Text": ("text", '  =1+1 “ü”, "quoted"\nand a line _x000A_', None),
    "Digits": ("text", "00501", None),
    "Quoted": ("text", "'72", None),
    "Day like": ("text", "3/4", None),
    "Number": ("text", 12345678.125, None),
    "Padded": ("text", 501, "00000"),
    "Truth": ("text", True, None),
    "Amount": ("number", -1e-7, None),
    "Share": ("percent", 0.45, "0%"),
    "Day": ("calendar_date", dt.datetime(2016, 2, 29), "yyyy-mm-dd"),
    "Moment": ("calendar_date", dt.datetime(2016, 1, 1, 13, 30, 15), "m/d/yyyy h:mm:ss"),
    "Hour": ("text", dt.time(18, 45), "h:mm"),
    "Elapsed": ("text", dt.timedelta(hours=30, minutes=15), "[h]:mm:ss"),
    "Link": ("url", "Site", None),
    "Place": ("point", "POINT (-122.3 47.6)", None),
    "Blank": ("text", None, None),
}  # fmt: skip


def with_kinds(path: Path, portal: PracticePortal, *amounts: object) -> None:
    """Make the sheet Data one with a value of each kind, and a row for each amount; the dataset has the same columns."""
    columns = [
        {"name": name, "fieldName": f"f_{number}", "dataTypeName": kind}
        for number, (name, (kind, *_)) in enumerate(KINDS.items())
    ]
    columns.append({"name": "Bad", "fieldName": "bad", "dataTypeName": "number"})
    portal.create_dataset("kind-kind", "Kinds", columns)
    book = openpyxl.load_workbook(path)
    sheet = book["Data"]
    for number, (name, (_, value, code)) in enumerate([*KINDS.items(), ("Bad", ("", 0, None))], 1):
        sheet.cell(1, number, name)
        for row, amount in enumerate(amounts, 2):
            cell = sheet.cell(row, number, amount if name == "Bad" else value)
            if isinstance(value, str):
                cell.data_type = "s"
            if code:
                cell.number_format = code
            if name == "Link":
                cell.hyperlink = "https://example.org/a?b=1#c"
    book.save(path)


def test_every_kind_of_cell(make_workbook: Make, portal: PracticePortal) -> None:
    """What was in the cells of a row that was set aside is what is sent once its fault is mended."""
    jobs = [job("Job", "kind-kind", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [("Text",)]})
    with_kinds(path, portal, 1, "x")
    assert only(run_workbook(path)).plan.set_aside == 1
    book = openpyxl.load_workbook(aside_file(path))
    column = openpyxl.utils.get_column_letter(len(KINDS) + 1)
    mend(path, {f"{column}{FIRST}": 1})
    result = only(run_workbook(path, which=AGAIN))
    assert result.state in (State.DONE, State.DONE_WITH_WARNINGS), said(result)
    first, second = portal.rows("kind-kind")
    assert first == second
    assert first["f_13"]["url"] == "https://example.org/a?b=1#c"
    book.close()


def test_the_command_line(make_workbook: Make, portal: PracticePortal, command: Callable[..., Any]) -> None:
    """“run --set-aside” and “run --only-set-aside” do what the functions do, and say so."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows")], {"Data": [WEATHER, day(1), day(2, "wet")]})
    done = command("run", str(path), "--set-aside", "--unattended")
    assert (done.returncode, "1 row set aside" in done.stdout) == (3, True), done
    mend(path, {"B5": 2})
    looked = command("run", str(path), "--only-set-aside", "--dry-run", "--unattended")
    assert (looked.returncode, aside_file(path).exists()) == (0, True), looked
    done = command("run", str(path), "--only-set-aside", "--unattended")
    assert (done.returncode, "1 row added." in done.stdout) == (0, True), done
    done = command("run", str(path), "--only-set-aside", "--unattended")
    assert (done.returncode, "No rows of the job “Job” are set aside" in done.stderr) == (2, True), done


def test_a_disk_that_is_full() -> None:
    """What the system says stands in the sentence, and what becomes of the rows in what to do."""
    fault = _not_kept(
        Job("Job", Connection("City", "https://data.example.gov"), "abcd-1234", Method.APPEND),
        OSError(28, "No space left on device"),
    )
    assert (fault.what, fault.remedy) == (
        "rows that were set aside could not be put apart; they are still on their own sheet: No space left on device",
        "Mend them there and publish it again.",
    )
