"""The practice workbook's data and jobs."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from make_templates import HEADER_ROW, data_sheet
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from vega_datasets import local_data

from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import What
from xl_datasync.workbook.tables import (
    COLUMN_MAP,
    CONNECTIONS,
    JOBS,
    OPTIONS,
    SETTINGS,
    KindOfJob,
    TableSpec,
    WhenFinished,
)

PORTAL = "Practice portal"
ADDRESS = "http://127.0.0.1:8780"
KEY_ID = "practicekeypublisher00001"
AIRPORT_HEADERS = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER_HEADERS = (
    "Observed On",
    "Precipitation (mm)",
    "Max Temp (C)",
    "Min Temp (C)",
    "Wind (m/s)",
    "Weather",
)
# As an office might keep it: a hidden column, the same header twice, the place in two columns.
MARKET_HEADERS = (
    "FMID", "MarketName", "street", "city", "County", "zip", "Contact e-mail", "Website", "Credit", "SNAP", "Notes",
    "x", "y", "updateTime", "Notes",
)  # fmt: skip
MARKETS = Path(__file__).parent / "farmers_markets.csv"
# As a weather station might name them: matched by name all the same, but for the last, which the Column map settles.
STATION_HEADERS = ("OBSERVED_ON", "PRECIPITATION MM", "max temp c", "Min Temp", "Wind m/s", "Sky")

PRACTICE_GUIDE = (
    ("What this workbook is for", ""),
    ("", "It is a worked example. Its jobs go to the practice portal, a portal on your own computer that anybody may change."),
    ("", ""),
    ("Try it in Excel", ""),
    ("", "On the tab Open Data: press Practice portal, then Sign in. Go to the sheet Airports and press Publish. Then see what happens to the sheet Weather with faults."),
    ("", ""),
    ("Try it without Excel", ""),
    ("1", "Start the practice portal and leave its window open:  xl-datasync practice"),
    ("2", "Sign in; the practice portal's window shows the secret to type:  xl-datasync login --workbook practice.xlsx"),
    ("3", "Publish:  xl-datasync run practice.xlsx"),
    ("4", "Look at the result in your browser:  http://127.0.0.1:8780"),
    ("5", "Run it again. Replacing gives the same dataset; adding adds the same rows once more; updating and deleting change nothing new."),
    ("6", 'See what happens to a faulty sheet:  xl-datasync run practice.xlsx --job "Weather with faults"'),
    ("7", "Take a job back:  xl-datasync undo practice.xlsx --job Airports   See all runs:  xl-datasync history practice.xlsx"),
    ("", ""),
    ("Where the data comes from", ""),
    ("", ("U.S. airports: list of airports from ourairports.com, which is in the public domain. "
         "Seattle weather: daily observations of the U.S. National Oceanic and Atmospheric Administration (NOAA), "
         "2012 to 2015; works of the U.S. government are in the public domain. "
         "Both were taken from the vega_datasets package. The faults on the sheet “Weather with faults” were put there on purpose. "
         "Farmers markets: those of New Jersey in the National Farmers Market Directory of the U.S. Department of Agriculture, 2018, "
         "likewise in the public domain; the sheet was made as untidy as an office's own, and its e-mail addresses were made up.")),
)  # fmt: skip


def fill_practice(book: Workbook) -> None:
    """Add the practice data and the jobs that publish it."""
    airports = [tuple(_plain(value) for value in row) for row in local_data.airports().itertuples(index=False)]
    weather = [
        (row.date.to_pydatetime().date(), *(_plain(value) for value in row[1:]))
        for row in local_data.seattle_weather().itertuples(index=False)
    ]
    data_sheet(book, "Airports", AIRPORT_HEADERS, airports)
    spring = [row for row in weather if dt.date(2015, 1, 1) <= row[0] <= dt.date(2015, 3, 31)]
    _dates(data_sheet(book, "New weather", WEATHER_HEADERS, spring))
    year = [row for row in weather if row[0] >= dt.date(2014, 12, 1)]
    _dates(data_sheet(book, "Station log", STATION_HEADERS, year))
    data_sheet(book, "Closed airfields", AIRPORT_HEADERS[:3], [row[:3] for row in airports[20:80:5]])
    _faults(
        data_sheet(book, "Weather with faults", WEATHER_HEADERS, [row for row in weather if row[0].year == 2015][:30])
    )
    _markets(book.create_sheet("Farmers markets"))
    _fill(book, CONNECTIONS, [{
        "Connection name": PORTAL, "Portal address": ADDRESS, "Sign-in type": "API key",
        "Key ID or user name": KEY_ID, "Test portal?": "Yes",
    }])  # fmt: skip
    _fill(book, JOBS, list(_jobs()))
    _fill(book, COLUMN_MAP, [
        {"Map name": "Weather by day", "Sheet column": "Sky", "Portal field": "Weather", "Send?": "Yes",
         "Notes": "The station's word for it"},
        {"Map name": "Weather by day", "Sheet column": "Min Temp", "Portal field": "Min Temp (C)", "Send?": "Yes"},
    ])  # fmt: skip
    _fill(book, OPTIONS, [{"Job name": "Weather by day", "Option": "Empty cells", "Value": "Keep"}])
    book[SETTINGS.sheet].cell(HEADER_ROW + 1, 2, PORTAL)


def _jobs() -> Iterator[dict[str, object]]:
    rows = (
        ("Yes", "Airports", "airp-orts", "Airports", Method.REPLACE, "The sheet becomes the dataset."),
        ("Yes", "New weather", "weat-hlog", "New weather", Method.APPEND,
         "No row identifier: each run adds the rows again."),
        ("Yes", "Weather by day", f"{ADDRESS}/d/weat-hday", "Station log", Method.UPSERT,
         "The day is the row identifier: known days are updated, new ones added."),
        ("Yes", "Closed airfields", "smal-fild", "Closed airfields", Method.DELETE,
         "Only the row identifier's column is read."),
        ("No", "Weather with faults", "weat-hday", "Weather with faults", Method.UPSERT,
         "Refused on purpose: see which cells it names."),
    )  # fmt: skip
    for order, (runs, name, dataset, sheet, method, notes) in enumerate(rows, 1):
        yield {
            "Run?": runs, "Job name": name, "Kind of job": KindOfJob.SHEET.value, "Order": order, "Portal": PORTAL,
            "Dataset ID or link": dataset, "Sheet, table or range": sheet, "How to update": method.value,
            "Notes": notes,
        }  # fmt: skip
    for order, copied in enumerate(_copies(), len(rows) + 1):
        yield {
            "Run?": "Yes", "Kind of job": KindOfJob.DATASET.value, "Order": order, "Portal": PORTAL,
            "Copy from portal": PORTAL, **copied,
        }  # fmt: skip


def _copies() -> Iterator[dict[str, object]]:
    """Port jobs of all three kinds."""
    yield {
        "Job name": "Empty airfields", "Copy from dataset ID or link": "smal-fild", "What to copy": What.COLUMNS.value,
        "New dataset title": "Airfields, columns only", "When finished": WhenFinished.DRAFT.value,
        "Notes": "Makes a new, empty dataset with the same columns and details; a draft that only its editors see.",
    }  # fmt: skip
    yield {
        "Job name": "Copy of the log", "Copy from dataset ID or link": "weat-hlog", "What to copy": What.BOTH.value,
        "New dataset title": "Seattle weather, a copy", "When finished": WhenFinished.PUBLISH.value,
        "Notes": "Makes a new dataset with the rows in it, and publishes it. Each run makes another one, and says so.",
    }  # fmt: skip
    yield {
        "Job name": "Office copy", "Copy from dataset ID or link": "weat-hday", "What to copy": What.ROWS.value,
        "Dataset ID or link": "weat-copy", "How to update": Method.UPSERT.value,
        "Notes": "Brings the rows of a dataset that is there up to date.",
    }  # fmt: skip


def _faults(sheet: Worksheet) -> None:
    """Spoil cells of the sheet, one way each, and mark them."""
    _dates(sheet)
    faults: dict[str, tuple[Any, str]] = {
        "A4": ("03/04/2015", "A date stored as text: March or April?"),
        "A7": ("2015-02-30", "A day that is not in the calendar"),
        "A9": (None, "A blank row identifier"),
        "A12": (dt.date(2015, 1, 10), "The same day as in row 11"),
        "B5": ("12,5", "Text where a number is needed"),
        "B6": ("n/a", "Text where a number is needed"),
        "C8": ("#N/A", "An Excel error"),
        "D10": (True, "TRUE where a number is needed"),
        "E13": ("=B13*", "A formula written as text"),
    }
    for address, (value, why) in faults.items():
        cell = sheet[address]
        cell.value = value
        if address == "E13":
            cell.data_type = "s"
        cell.fill = PatternFill("solid", fgColor="FCE4D6")
        cell.comment = Comment(why, "xl-datasync")


def _markets(sheet: Worksheet) -> None:
    """A sheet as people keep them: title above, total and footnote below, mixed dates, ZIP codes that lost their zero."""
    sheet["A1"] = "Farmers markets in New Jersey"
    sheet["A1"].font = Font(name="Calibri", size=14, bold=True)
    sheet["A2"] = "Kept by the Division of Markets"
    header_row = 4
    for column, header in enumerate(MARKET_HEADERS, 1):
        sheet.cell(header_row, column, header).font = Font(name="Calibri", bold=True)
    with MARKETS.open(encoding="utf-8", newline="") as file:
        for number, market in enumerate(csv.DictReader(file)):
            _market(sheet, header_row + 1 + number, number, market)
    below = sheet.max_row + 1
    sheet.cell(below, 1, "Total")
    sheet.cell(below, 2, f"{below - header_row - 1} markets")
    sheet.cell(below + 2, 1, "Source: USDA National Farmers Market Directory. Times are as reported by the markets.")
    sheet.column_dimensions["G"].hidden = True
    widths = (10, 42, 34, 18, 16, 8, 30, 34, 8, 8, 18, 12, 12, 18, 10)
    for column, width in zip("ABCDEFGHIJKLMNO", widths, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = sheet.cell(header_row + 1, 1)


def _market(sheet: Worksheet, row: int, number: int, market: dict[str, str]) -> None:
    """One market; every so many rows a cell is typed in another way than the rest of its column."""
    zip_code: object = market["zip"] if number % 12 == 5 or not market["zip"] else int(market["zip"])
    for column, value in enumerate((
        int(market["FMID"]), market["MarketName"], market["street"], market["city"], market["County"], zip_code,
        f"market{market['FMID']}@example.org", market["Website"], market["Credit"], market["SNAP"],
        "ask again in spring" if number % 19 == 3 else None, float(market["x"]), float(market["y"]),
        _updated(market["updateTime"], number), "moved" if number % 31 == 7 else None,
    ), 1):  # fmt: skip
        cell = sheet.cell(row, column, value or None)
        if isinstance(value, dt.datetime):
            cell.number_format = "m/d/yyyy h:mm"
        elif MARKET_HEADERS[column - 1] == "zip" and isinstance(value, int):
            cell.number_format = "00000"


def _updated(text: str, number: int) -> object:
    """A date as Excel keeps it, here and there one typed as text, and where only a year is known, that number."""
    if len(text) <= len("2013"):
        return int(text) if text == "2013" else None
    moment = dt.datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p").replace(second=0)
    return f"{moment:%m/%d/%Y}" if number % 17 == 2 else moment


def _dates(sheet: Worksheet) -> None:
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 1).number_format = "yyyy-mm-dd"
    sheet.column_dimensions["A"].width = 14


def _fill(book: Workbook, spec: TableSpec, rows: list[dict[str, object]]) -> None:
    for number, row in enumerate(rows, HEADER_ROW + 1):
        for header, value in row.items():
            book[spec.sheet].cell(number, spec.headers.index(header) + 1, value)


def _plain(value: object) -> object:
    """A pandas value as openpyxl takes it; missing ones as empty cells."""
    return None if value != value else getattr(value, "item", lambda: value)()  # noqa: PLR0124  # NaN is not itself
