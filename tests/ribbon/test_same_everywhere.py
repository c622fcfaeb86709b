"""The ribbon, the command line on the closed file, and the run through Excel do the same, byte for byte."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwings as xw

from tests.calc import office
from tests.ribbon.conftest import REPOSITORY, Excel, Seen
from tests.ribbon.test_buttons import AIRPORT, cells
from tests.workbooks import HEADER_ROW, job
from xl_datasync.api import run_records
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.live_program

WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
JOBS = [
    job("Replaced", "smal-fild", "Replace all rows", "Airfields"),
    job("Appended", "weat-hlog", "Add rows", "Log"),
    job("Updated", "airp-orts", "Update and add", "Airports"),
    job("Removed", "weat-hday", "Delete listed rows", "Days"),
    job("Faulty", "weat-copy", "Update and add", "Faults"),
]
SHEETS = ["Airfields", "Log", "Airports", "Days", "Faults"]
# What is never the same twice: the run's id, its times, and what the portal calls its requests.
NEVER_THE_SAME = {"run", "at", "event_at", "request_ids", "backup", "csv", "changed_at"}

Make = Callable[..., Path]


@dataclass
class Did:
    """What one entrance did, as far as it can be the same."""

    records: list[dict[str, Any]]
    sent: dict[str, bytes]
    requests: list[tuple[str, str, str, int, int]]
    rows: dict[str, list[dict[str, object]]]


@pytest.fixture
def original(make_workbook: Make, portal: PracticePortal, tmp_path: Path) -> Path:
    """A workbook with a job of each kind, one with faults, and one formula."""
    airfields = [list(row.values()) for row in portal.rows("smal-fild")]
    airfields[0][1], airfields[1][2] = "Ünïcode, “quoted”", ' "x" '
    day = dt.datetime(2030, 1, 1)
    faults = [WEATHER, (day, 1, 2, 3, 4, "rain"), (day, "wet", 2, 3, 4, "sun"), (None, 1, 2, 3, 4, None)]
    sheets = {
        "Airfields": [AIRPORT, *airfields],
        "Log": [WEATHER, (day, 0.1, -2.5, 1e-3, 4, "fog"), (dt.datetime(2030, 1, 2, 13, 30), 12345678.125, 2, 3, 4, None)],
        "Airports": [AIRPORT, ("00M", "Thigpen", "Bay Springs", "MS", "USA", 31.5, -89.25), ("ZZ9", "New", "Town", "TX", "USA", 1, 2)],
        "Days": [WEATHER[:1], *[(dt.datetime(2012, 1, number),) for number in (1, 2, 3)]],
        "Faults": faults,
    }  # fmt: skip
    path = make_workbook(JOBS, sheets, "original.xlsx")
    book = openpyxl.load_workbook(path)
    book["Airports"]["F3"] = "=30+1.5"
    book.calculation.fullCalcOnLoad = False  # Excel would have calculated it before it saved it
    book.save(path)
    with_saved_value(path, "30+1.5", "31.5")
    return path


def with_saved_value(path: Path, formula: str, value: str) -> None:
    """Save the value that Excel would have saved beside a formula."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.endswith(".xml") else None
            if part is None:
                new.writestr(name, old.read(name))
                continue
            new.writestr(
                name, re.sub(rf"<f>{re.escape(formula)}</f><v\s*/?>(</v>)?", f"<f>{formula}</f><v>{value}</v>", part)
            )
    changed.replace(path)


@pytest.fixture
def fresh(original: Path, portal: PracticePortal, tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the workbook in a folder of its own, before a portal as it was when new."""

    def copy(name: str) -> Path:
        portal.reset()
        folder = tmp_path / name
        folder.mkdir()
        return Path(shutil.copy(original, folder / "jobs.xlsx"))

    return copy


@pytest.fixture
def did(portal: PracticePortal) -> Callable[[Path, float], Did]:
    """Tells what was done to the portal from a workbook, by the requests received since a time.

    A request that a test before cut off may be answered, and so be listed, after this one began.
    """

    def look(path: Path, since: float) -> Did:
        records = [
            {name: same(value, path.parent) for name, value in {**record.started, **(record.sending or {}), **(record.finished or {})}.items()
             if name not in NEVER_THE_SAME}
            for record in run_records(path)
        ]  # fmt: skip
        sent = {file.name: file.read_bytes() for file in path.parent.rglob("*.csv") if "backup" not in str(file)}
        requests = [
            (e.method, e.path, e.query, e.status, e.request_bytes) for e in portal.exchanges if e.received_at >= since
        ]
        rows = {name: portal.rows(name) for name in portal.dataset_ids()}
        return Did(records, sent, requests, rows)

    return look


def same(value: Any, folder: Path) -> Any:
    """A value without the folder in which it was made, and without what is of this run alone."""
    if isinstance(value, dict):
        return {name: same(part, folder) for name, part in value.items() if name not in NEVER_THE_SAME}
    if isinstance(value, list | tuple):
        return [same(part, folder) for part in value]
    if isinstance(value, str):
        return re.sub(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?", "WHEN", value.replace(str(folder), "FOLDER"))
    return value


def through_excel(excel: Excel, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run xl-datasync in a process of its own whose Excel is LibreOffice."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), office.URL: excel.environment[office.URL]}
    return subprocess.run(
        [sys.executable, "-m", "tests.calc.child", "-m", "xl_datasync", *arguments],
        env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip


def test_a_run(
    excel: Excel,
    fresh: Callable[[str], Path],
    did: Callable[[Path, float], Did],
    command: Callable[..., subprocess.CompletedProcess[str]],
    portal: PracticePortal,
) -> None:
    """Five jobs through three entrances: the same requests, files, rows, records and reports."""
    path, since = fresh("ribbon"), time.time()
    book = excel.app.books.open(str(path))
    seen = excel.click("run_jobs")
    assert (seen.kind, seen.code, seen.headline) == ("problem", 1, "4 of 5 jobs done."), seen
    ribbon, shown = did(path, since), [cells(book, "Jobs", HEADER_ROW + n) for n in range(1, 6)]
    listed = problems_in(book.sheets["Results"].range("A5:H60").value)
    book.close()

    path, since = fresh("closed"), time.time()
    before = path.read_bytes()
    ended = command("run", str(path), "--json", "--unattended")
    assert path.read_bytes() == before
    closed, closed_report = did(path, since), json.loads(ended.stdout)
    assert ended.returncode == 1

    path, since = fresh("driven"), time.time()
    ended = through_excel(excel, "run", str(path), "--excel", "--json", "--unattended")
    driven, driven_report = did(path, since), json.loads(ended.stdout)
    assert ended.returncode == 1, ended.stderr

    # The bytes: every request, every file, and what the portal has of them.
    assert [name for name in closed.sent if name.endswith(".sent.csv")]
    assert ribbon.sent == closed.sent == driven.sent
    assert [request for request in closed.requests if request[0] != "GET"]
    assert ribbon.requests == closed.requests == driven.requests
    assert ribbon.rows == closed.rows == driven.rows

    # The reports.
    reports = [
        same(report, path.parents[1] / name) for report, name in ((closed_report, "closed"), (driven_report, "driven"))
    ]
    assert reports[0] == reports[1]
    assert [one["state"] for one in closed_report["jobs"]] == ["done", "done", "done", "done", "not_sent"]
    equal_records(ribbon.records, closed.records)
    equal_records(ribbon.records, driven.records)
    for record, report in zip(ribbon.records, reports[0]["jobs"], strict=True):
        for problem in report["problems"]:  # a record holds no values of cells
            problem["places"] = len(problem["places"])
        known = record.keys() & report.keys()
        assert known >= {"state", "words", "rows_sent", "rows_created", "sha256"}
        assert {name: record[name] for name in known} == {name: report[name] for name in known}
    for report in closed_report["jobs"][:4]:
        assert hashlib.sha256(closed.sent[f"{report['job']}.sent.csv"]).hexdigest() == report["sha256"]

    # The Results and Jobs sheets, in the live workbook and in the saved one.
    saved = openpyxl.load_workbook(path)["Results"]
    assert listed == told(closed_report) == problems_in(list(saved.iter_rows(min_row=5, values_only=True)))
    saved = openpyxl.load_workbook(path)["Jobs"]
    headers = [cell.value for cell in saved[HEADER_ROW]]
    for number, live in enumerate(shown, HEADER_ROW + 1):
        row = dict(zip(headers, (cell.value for cell in saved[number]), strict=True))
        for header in ("State", "Result", "Rows added", "Rows changed", "Rows removed", "Dataset name", "Dataset link"):
            assert row[header] == live[header], header
        assert row["Last run"]
    assert [row["Result"] for row in shown] == [report["words"] for report in closed_report["jobs"]]


def equal_records(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    """The records of runs hold the same."""
    assert [record["job"] for record in one] == [record["job"] for record in other]
    for first, second in zip(one, other, strict=True):
        differing = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
        assert not differing, {name: (first.get(name), second.get(name)) for name in differing}


def problems_in(sheet: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The problems of a Results sheet: kind, cell, subject, what is wrong."""
    return [
        (row[1].lower(), row[2] or "", row[5] or "", row[3] or "")
        for row in sheet
        if row[1] in ("Problem", "Warning", "Note")
    ]


def told(report: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """The same of a report."""
    found = []
    for problem in [problem for one in report["jobs"] for problem in one["problems"]]:
        words = (problem["subject"], problem["what"])
        found += [(problem["severity"], place["where"], *words) for place in problem["places"]]
        more = problem["count"] - len(problem["places"])
        if more > 0:
            what = f"{problem['what']} ({more:,} more)" if problem["places"] else problem["what"]
            found.append((problem["severity"], "", problem["subject"], what))
    return found


def test_check_and_preview(
    excel: Excel,
    fresh: Callable[[str], Path],
    did: Callable[[Path, float], Did],
    command: Callable[..., subprocess.CompletedProcess[str]],
    portal: PracticePortal,
) -> None:
    """Check sheet says what “check” says, Preview what “run --dry-run” says, with and without Excel; nothing is sent."""
    live_path = fresh("ribbon")
    book = excel.app.books.open(str(live_path))
    closed_path, driven_path = (Path(shutil.copy(live_path, fresh(name))) for name in ("closed", "driven"))
    since = time.time()
    for number, one in enumerate(JOBS, HEADER_ROW + 1):
        name, sheet = one["Job name"], SHEETS[number - HEADER_ROW - 1]
        for button, arguments in (("check", ("check",)), ("preview", ("run", "--dry-run", "--unattended"))):
            seen = click_on(excel, book, sheet, button)
            ended = command(*arguments, str(closed_path), "--job", name, "--json")
            report = json.loads(ended.stdout)
            assert seen.code == ended.returncode, (seen, ended.stdout)
            assert cells(book, "Jobs", number)["Result"] == report["jobs"][0]["words"]
            results = book.sheets["Results"].range("A5:H60").value
            assert problems_in(results) == told(report)
        driven = through_excel(excel, "run", str(driven_path), "--dry-run", "--excel", "--job", name, "--json")
        assert same(json.loads(driven.stdout), driven_path.parent) == same(report, closed_path.parent), driven.stderr
    assert {request[0] for request in did(live_path, since).requests} == {"GET"}
    looks = [did(path, 0) for path in (live_path, closed_path, driven_path)]
    assert len([name for name in looks[0].sent if name.endswith(".preview.csv")]) == 4
    assert looks[0].sent == looks[1].sent == looks[2].sent
    equal_records(looks[0].records, looks[1].records)
    for record in (*looks[0].records, *looks[2].records):
        del record["file_sha256"]  # the one through Excel saves the workbook each time
    equal_records(looks[0].records, looks[2].records)


def click_on(excel: Excel, book: xw.Book, sheet: str, button: str) -> Seen:
    """Click a button with a sheet in front."""
    book.sheets[sheet].activate()
    return excel.click(button)
