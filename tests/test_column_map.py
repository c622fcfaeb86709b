"""What the Column map says, end to end: from rows of the table to rows on the practice portal."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.workbooks import job
from xl_datasync.api import run_workbook
from xl_datasync.core.report import Report
from xl_datasync.practice_portal import PracticePortal

HEADERS = ("id", "Lat", "Lon", "Street", "Town", "St", "Zip", "Share", "Open?")
ROW = ("P1", 47.6062, -122.3321, "1 Main St", "Seattle", "WA", 501, 0.45, "Oui")


def rows_of(job_name: str) -> list[dict[str, Any]]:
    """A column map with everything that one can say."""
    point = [("Lat", "Latitude"), ("Lon", "Longitude")]
    place = [*point, ("Street", "Street address"), ("Town", "City"), ("St", "State"), ("Zip", "ZIP code")]
    rows = [{"Sheet column": name, "Portal field": "point_value", "Part of a place": part} for name, part in point]
    rows += [{"Sheet column": name, "Portal field": "location_value", "Part of a place": part} for name, part in place]
    rows += [
        {"Sheet column": "Zip", "Portal field": "text_value", "Keep as text": "Yes"},
        {"Sheet column": "Lat", "Portal field": "number_value"},
        {"Sheet column": "Share", "Portal field": "money_value", "Percent style": "Times 100"},
        {"Sheet column": "Open?", "Portal field": "checkbox_value", "Words for yes": "oui", "Words for no": "non"},
    ]
    return [{"Map name": job_name, **row} for row in rows]


@pytest.fixture
def workbook(make_workbook: Callable[..., Path]) -> Callable[..., Path]:
    """Writes a job workbook whose sheet shows 00501 and 45%."""

    def write(column_map: list[dict[str, Any]], name: str = "jobs.xlsx") -> Path:
        jobs = [job("Places", "type-samp", "Update and add")]
        path = make_workbook(jobs, {"Data": [HEADERS, ROW]}, name, column_map=column_map)
        book = openpyxl.load_workbook(path)
        book["Data"]["G2"].number_format, book["Data"]["H2"].number_format = "00000", "0%"
        book.save(path)
        return path

    return write


def test_rows_arrive_as_the_map_says(workbook: Callable[..., Path], signed_in: PracticePortal) -> None:
    """Points, locations, kept zeros, percentages and words of one column are on the portal as meant."""
    (result,) = run_workbook(workbook(rows_of("Places"))).results
    assert [problem.what for problem in result.problems if problem.blocks] == []
    row = next(row for row in signed_in.rows("type-samp") if row["id"] == "P1")
    assert row["point_value"] == {"type": "Point", "coordinates": [-122.3321, 47.6062]}
    location = row["location_value"]
    assert (location["latitude"], location["longitude"]) == ("47.6062", "-122.3321")
    assert json.loads(location["human_address"]) == {
        "address": "1 Main St", "city": "Seattle", "state": "WA", "zip": "00501",
    }  # fmt: skip
    assert (row["text_value"], row["number_value"], row["money_value"]) == ("00501", "47.6062", "45")
    assert row["checkbox_value"] is True


def test_the_map_that_is_printed_is_the_map_that_is_used(
    workbook: Callable[..., Path], command: Callable[..., Any], tmp_path: Path
) -> None:
    """The rows of “map --csv”, put in the place of the table's own, give the same CSV."""
    first = workbook(rows_of("Places"))
    printed = command("map", str(first), "--csv", "map.csv")
    assert "Point (point, latitude) [chosen]" in printed.stdout
    with (tmp_path / "map.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [{header: text or None for header, text in row.items()} for row in csv.DictReader(file)]
    sent = []
    for number, path in enumerate((first, workbook(rows, "again.xlsx"))):
        command("export", str(path), "--job", "Places", "--output", f"{number}.csv")
        sent.append((tmp_path / f"{number}.csv").read_text(encoding="utf-8"))
    assert sent[0] == sent[1]
    assert "POINT (-122.3321 47.6062)" in sent[0]


def test_what_changed_is_told_until_somebody_answers(publish: Callable[..., Report]) -> None:
    """A header that was renamed is a warning in each run at which nobody is there who could go on in spite of it."""
    headers = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
    row = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)

    def told(*changed: str) -> list[tuple[str, list[str], bool]]:
        sheet = [(*headers[:-1], *changed), row]
        (result,) = publish([job("Fields", "smal-fild", "Update and add")], {"Data": sheet}).results
        return [
            (problem.what.split(" since")[0], [place.where for place in problem.places], problem.warns)
            for problem in result.problems
            if "since the column map" in problem.what
        ]

    assert told("Longitude") == []
    assert told("LONGITUDE") == []
    renamed = [("columns renamed", ["Data!G1"], True)]
    assert [told("East"), told("East")] == [renamed, renamed]
