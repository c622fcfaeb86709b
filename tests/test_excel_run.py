"""A run through Excel that nobody watches: LibreOffice stands for Excel, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

import xl_datasync
from tests.calc import office
from tests.ribbon.test_buttons import AIRPORT, FIELD, FIELDS
from tests.ribbon.test_same_everywhere import with_saved_value
from tests.workbooks import HEADER_ROW, job
from xl_datasync.api import Person
from xl_datasync.excel_run import run_in_excel
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal

REPOSITORY = Path(__file__).parents[1]
SCRIPT = REPOSITORY / "workbook_templates" / "run_jobs.py"
ONE_JOB = [job("Fields", "smal-fild", "Update and add", "Fields")]

Ended = subprocess.CompletedProcess[str]
Make = Callable[..., Path]
Through = Callable[..., Ended]


@pytest.fixture
def through(calc: xw.App, signed_in: PracticePortal, tmp_path: Path) -> Through:
    """Runs Python in a process of its own that finds LibreOffice as Excel; afterwards no other program is left."""

    def run(*arguments: str, **environment: str) -> Ended:
        paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
        before = office.running()
        ended = subprocess.run(
            [sys.executable, "-m", "tests.calc.child", *arguments],
            env={**os.environ, "PYTHONPATH": paths, **environment}, cwd=tmp_path,
            capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
        )  # fmt: skip
        left = office.running() - before
        assert not [pid for pid in left if office.processes(pid)], "a program was left behind"
        return ended

    return run


def row_of(path: Path, number: int = HEADER_ROW + 1) -> dict[str, Any]:
    """A row of the Jobs sheet of a saved workbook."""
    sheet = openpyxl.load_workbook(path)["Jobs"]
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    return dict(zip(headers, (cell.value for cell in sheet[number]), strict=True))


def results_of(path: Path) -> list[tuple[Any, ...]]:
    """The rows of the Results sheet of a saved workbook."""
    return list(openpyxl.load_workbook(path)["Results"].iter_rows(min_row=HEADER_ROW + 1, values_only=True))


@pytest.mark.live_program
def test_it_refreshes_recalculates_and_saves(through: Through, make_workbook: Make, portal: PracticePortal) -> None:
    """A formula whose saved value is stale is published anew; states and results are saved in the file."""
    path = make_workbook(ONE_JOB, {"Fields": [AIRPORT, (*FIELD[:5], "=30+1.5", FIELD[6])]})
    with_saved_value(path, "30+1.5", "77")
    ended = through("-m", "xl_datasync", "run", str(path), "--excel", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = next(row for row in portal.rows("smal-fild") if row["iata_code"] == "ZZ1")
    assert float(str(found["latitude"])) == 31.5
    row = row_of(path)
    assert (row["State"], row["Rows added"], row["Dataset link"]) == ("Done", 1, f"{portal.url}/d/smal-fild")
    assert results_of(path)[0][:2] == ("Fields", "Done")
    assert openpyxl.load_workbook(path)["Fields"]["F2"].value == "=30+1.5"
    assert openpyxl.load_workbook(path, data_only=True)["Fields"]["F2"].value == 31.5
    assert json.loads(ended.stdout)["notes"] == []


@pytest.mark.live_program
def test_it_is_hidden_and_refreshes_all(calc: xw.App, make_workbook: Make, signed_in: PracticePortal) -> None:
    """While the jobs run, an Excel of its own has the workbook, hidden and refreshed; afterwards it is gone."""
    path = make_workbook(ONE_JOB, FIELDS)
    seen: list[tuple[bool, list[str], list[str]]] = []

    def watch(*_how_far: object) -> None:
        own = next(app for app in xw.apps if app.pid != calc.pid)
        seen.append((own.visible, own.impl.refreshed, [book.name for book in own.books]))

    report = run_in_excel(path, person=Person(watch=watch))
    assert report.exit_code == 0
    assert seen
    assert all(one == (False, ["jobs.xlsx"], ["jobs.xlsx"]) for one in seen)
    assert [app.pid for app in xw.apps] == [calc.pid]


@pytest.mark.live_program
def test_faulty_cells_are_in_the_saved_file(through: Through, make_workbook: Make, portal: PracticePortal) -> None:
    """A refused sheet ends with 1, as without Excel; its cells stand in the Results sheet, and are marked if wanted."""
    before = portal.rows("smal-fild")
    settings = [{"Setting": "Mark faulty cells", "Value": "Yes"}]
    path = make_workbook(ONE_JOB, {"Fields": [AIRPORT, (*FIELD[:5], "north", 1)]}, settings=settings)
    assert through("-m", "xl_datasync", "run", str(path), "--excel").returncode == 1
    assert portal.rows("smal-fild") == before
    assert row_of(path)["State"] == "Not sent"
    assert "Fields!F2" in [row[2] for row in results_of(path)]
    assert openpyxl.load_workbook(path)["Fields"]["F2"].fill.fgColor.rgb.endswith("F8CBAD")


@pytest.mark.live_program
def test_faults_of_the_job_sheets_are_in_the_saved_file(through: Through, make_workbook: Make) -> None:
    """Job sheets with faults end with 2, as without Excel; each fault stands in the Results sheet with its cell."""
    path = make_workbook([{**ONE_JOB[0], "How to update": "Overwrite"}], FIELDS)
    ended = through("-m", "xl_datasync", "run", str(path), "--excel")
    assert ended.returncode == 2
    assert "Overwrite" in ended.stderr
    cell = next(row[2] for row in results_of(path) if row[2])
    assert openpyxl.load_workbook(path)["Jobs"][cell.split("!")[1]].value == "Overwrite"


@pytest.mark.live_program
@pytest.mark.parametrize(
    "case", ["no yes", "no sign-in", "busy portal", "warning", "unknown job", "no file", "no workbook"]
)
def test_exit_codes_are_those_without_excel(  # noqa: PLR0917  # fixtures
    case: str, through: Through, make_workbook: Make, portal: PracticePortal, command: Through,
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    """However it ends, the exit code is the one that the closed file gives."""
    jobs, more = ONE_JOB, ["--unattended"]
    sheets: dict[str, Any] = FIELDS
    if case == "no yes":
        jobs = [{**ONE_JOB[0], "Run?": "No"}]
    elif case == "no sign-in":
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_ID")
    elif case == "warning":
        sheets = {"Fields": [(*AIRPORT, "Remarks"), (*FIELD, "of no use on the portal")]}
    elif case == "unknown job":
        more += ["--job", "Nobody"]
    path = make_workbook(jobs, sheets)
    if case == "no file":
        path = tmp_path / "nowhere.xlsx"
    elif case == "no workbook":
        path.write_bytes(b"PK\x03\x04 damaged")
    copy = tmp_path / "closed" / "jobs.xlsx"
    copy.parent.mkdir()
    if path.exists():
        shutil.copy(path, copy)

    def arm() -> None:
        portal.reset()
        if case == "busy portal":
            portal.add_fault("403-rights", times=None, method="POST")

    arm()
    closed = command("run", str(copy), *more)
    arm()
    driven = through("-m", "xl_datasync", "run", str(path), "--excel", *more)
    expected = {
        "no yes": 2,
        "no sign-in": 4,
        "busy portal": 1,
        "warning": 3,
        "unknown job": 2,
        "no file": 2,
        "no workbook": 2,
    }
    assert (closed.returncode, driven.returncode) == (expected[case], expected[case]), (
        closed.stderr,
        driven.stderr,
        driven.stdout,
    )
    assert "Traceback" not in driven.stderr


@pytest.mark.live_program
def test_a_dry_run_sends_nothing(through: Through, make_workbook: Make, writes: Callable[[], list[str]]) -> None:
    """A dry run through Excel counts what would change, and writes that into the file."""
    path = make_workbook(ONE_JOB, FIELDS)
    assert through("-m", "xl_datasync", "run", str(path), "--excel", "--dry-run").returncode == 0
    assert writes() == []
    assert (row_of(path)["State"], row_of(path)["Last run"]) == ("Checked, nothing sent", None)


@pytest.mark.live_program
def test_a_file_that_cannot_be_saved_loses_no_report(
    calc: xw.App, make_workbook: Make, signed_in: PracticePortal
) -> None:
    """Where the workbook cannot be saved the jobs were run all the same, and the report and its exit code say so."""
    path = make_workbook(ONE_JOB, FIELDS)
    folder = path.parent / "away"

    def watch(_job: object, what: str, *_how_far: object) -> None:
        if what == "Sending" and not folder.exists():
            folder.mkdir()
            path.rename(folder / path.name)
            path.mkdir()

    report = run_in_excel(path, person=Person(watch=watch))
    assert report.exit_code == 3
    assert any("could not save the workbook" in note for note in report.notes), report.notes
    assert [app.pid for app in xw.apps] == [calc.pid]


def test_without_excel(command: Through, make_workbook: Make, writes: Callable[[], list[str]]) -> None:
    """On a computer without Excel it ends with 2 and says what to do instead."""
    path = make_workbook(ONE_JOB, FIELDS)
    before = path.read_bytes()
    ended = command("run", str(path), "--excel")
    assert (ended.returncode, writes(), path.read_bytes()) == (2, [], before)
    assert "Excel could not be started" in ended.stderr
    assert "Nothing has been sent." in ended.stderr
    assert "without --excel" in ended.stderr
    as_json = json.loads(command("run", str(path), "--excel", "--json").stdout)
    assert (as_json["exit_code"], as_json["error"]["remedy"] != "") == (2, True)


@pytest.mark.live_program
def test_the_script(through: Through, make_workbook: Make, portal: PracticePortal) -> None:
    """The script for schedulers runs the jobs, prints the report and gives the exit code."""
    path = make_workbook(
        [*ONE_JOB, job("Bad", "smal-fild", "Update and add", "Bad")], {**FIELDS, "Bad": [("x",), ("y",)]}
    )
    ended = through(str(SCRIPT), str(path))
    assert ended.returncode == 1, ended.stderr
    assert "Fields" in ended.stdout
    assert "2 rows added" in ended.stdout
    assert [row_of(path, number)["State"] for number in (5, 6)] == ["Done", "Not sent"]
    assert sum(row["iata_code"] in ("ZZ1", "ZZ2") for row in portal.rows("smal-fild")) == 2


def test_the_script_without_excel_or_workbook(command: Through, make_workbook: Make) -> None:
    """The script says what is missing, and its exit code is that of the command."""
    path = make_workbook(ONE_JOB, FIELDS)
    ended = command(str(path), program=(str(SCRIPT),))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Excel could not be started" in ended.stderr
    ended = command(program=(str(SCRIPT),))
    assert ended.returncode == 2
    assert "python run_jobs.py WORKBOOK" in ended.stderr


def test_the_public_functions(make_workbook: Make, signed_in: PracticePortal) -> None:
    """The package gives its public functions, and nothing is loaded before they are asked for."""
    assert xl_datasync.run_workbook(make_workbook(ONE_JOB, FIELDS), aim=Aim.CHECK).exit_code == 0
    assert xl_datasync.run_in_excel is run_in_excel
    with pytest.raises(AttributeError, match="no attribute 'walk'"):
        _ = xl_datasync.walk
    code = "import sys, xl_datasync; print(len([m for m in sys.modules if m.startswith('xl_datasync')]))"
    began = time.monotonic()
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert loaded.stdout == "1\n", time.monotonic() - began
