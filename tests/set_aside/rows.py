"""Rows, jobs and files that the tests of rows set aside share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from xl_datasync.api import WhichRows
from xl_datasync.core.report import JobResult, Report
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.workbook.set_aside.looks import HEADER_ROW

Make = Callable[..., Path]
Told = Callable[[], list[str]]

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


def coloured(sheet: Any) -> set[str]:
    """The cells below the header that are marked."""
    return {c.coordinate for row in sheet.iter_rows(min_row=FIRST) for c in row if c.fill.fgColor.rgb == "FFF8CBAD"}


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
