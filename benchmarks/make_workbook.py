"""Makes the workbooks: one with the rows, as Excel stores them, and one with the job that publishes it.

python benchmarks/make_workbook.py FILE ROWS
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from columns import COLUMNS, SHEET

JOB = "Benchmark"
HEADER_ROW = 4
FIRST_DAY = dt.datetime(2015, 1, 1)  # a sheet knows no time zone
CATEGORIES = ("Permit", "Licence", "Inspection", "Complaint", "Café, bar", "Straße", "Überprüfung", "Other")
WORDS = (
    "street", "north", "approved", "pending", "says “yes”", 'marked "urgent"', "a, b, c", "naïve", "北京", "emoji 🎈",
    "line one\nline two", "N/A", "north-east", "3rd floor", "see file", "renewed", "owner’s copy", "größer",
)  # fmt: skip


def data_rows(count: int) -> Iterator[tuple[Any, ...]]:
    """The rows, the same at each call."""
    chance = random.Random(20_260_101)
    for number in range(1, count + 1):
        yield (
            f"{number:09d}",
            chance.randrange(1_000_000),
            chance.uniform(-1000, 1000),
            float(chance.randrange(100_000)),
            chance.choice(CATEGORIES),
            f"{' '.join(chance.choices(WORDS, k=4))} {chance.randrange(10**9)}",
            FIRST_DAY + dt.timedelta(days=chance.randrange(4000)),
            FIRST_DAY + dt.timedelta(seconds=chance.randrange(4000 * 86_400)),
            chance.random() < 0.5,
            f"remark {chance.randrange(5000)}" if chance.random() < 0.5 else None,
            round(chance.uniform(0, 100_000), 2),
            round(chance.random(), 4),
        )


def wire_rows(count: int) -> Iterator[dict[str, Any]]:
    """The same rows as a portal gives them."""
    for values in data_rows(count):
        named = zip(COLUMNS, values, strict=True)
        yield {column.field_name: _wire(value) for column, value in named if value is not None}


def _wire(value: Any) -> Any:
    """A value in JSON: portals write numbers as text, and dates without a zone."""
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="milliseconds")
    return value if isinstance(value, (str, bool)) else repr(value)


def make_workbook(path: Path, rows: int) -> None:
    """Write the data workbook with shared strings, as Excel does; it takes its name only when it is whole."""
    import xlsxwriter  # the job workbook needs none of it

    part = path.with_suffix(".part")
    book = xlsxwriter.Workbook(part, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": FIRST_DAY})
    sheet = book.add_worksheet(SHEET)
    styles = [book.add_format({"num_format": c.number_format}) if c.number_format else None for c in COLUMNS]
    writers = {
        str: sheet.write_string, int: sheet.write_number, float: sheet.write_number,
        dt.datetime: sheet.write_datetime, bool: sheet.write_boolean,
    }  # fmt: skip
    sheet.write_row(0, 0, [column.header for column in COLUMNS])
    for row, values in enumerate(data_rows(rows), 1):
        for index, value in enumerate(values):
            if value is not None:
                writers[type(value)](row, index, value, styles[index])
    book.close()
    part.replace(path)


def make_job_workbook(path: Path, data: Path, address: str, dataset: str) -> None:
    """Fill the template as a person would: one connection, one job that replaces a dataset with the data workbook."""
    from openpyxl import load_workbook

    from xl_datasync.templates import template

    with template("jobs.xlsx") as source:
        book = load_workbook(source)
    _fill(book["Connections"], {"Connection name": JOB, "Portal address": address, "Key ID or user name": "key"})
    _fill(
        book["Jobs"],
        {
            "Run?": "Yes",
            "Job name": JOB,
            "Kind of job": "Publish a file",
            "Portal": JOB,
            "Dataset ID or link": dataset,
            "Workbook or file": str(data),
            "Sheet, table or range": SHEET,
            "How to update": "Replace all rows",
        },
    )
    book.save(path)


def _fill(sheet: Any, values: dict[str, str]) -> None:
    headers = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    for header, value in values.items():
        sheet.cell(HEADER_ROW + 1, headers[header], value)


if __name__ == "__main__":
    make_workbook(Path(sys.argv[1]), int(sys.argv[2]))
