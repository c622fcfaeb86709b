"""Column maps for tests and pictures: a messy sheet of permits, and the dataset it belongs to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.values import Block, SheetColumn, TableShape, Value, column_letter
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.mapping.form import MapForm
from xl_datasync.dialogs.mapping.profile import make_profile


def block(columns: Sequence[Sequence[Value]], first_row: int = 2) -> Block:
    """Rows whose cells have the format General and no links."""
    count = len(columns[0]) if columns else 0
    return Block(range(first_row, first_row + count), columns, lambda _: ["General"] * count, lambda _: [None] * count)


def shape_of(headers: Sequence[str], sheet: str = "Permits") -> TableShape:
    """A sheet with these headers in row 1."""
    columns = tuple(SheetColumn(index, column_letter(index), header) for index, header in enumerate(headers))
    return TableShape(sheet, columns, 1, 2)


def dataset_of(*columns: Column, identifier: str = "") -> Dataset:
    """A dataset with these columns."""
    found = next((column for column in columns if column.field_name == identifier), None)
    return Dataset("abcd-1234", "Building Permits", "https://data.example.gov/d/abcd-1234", columns, found)


def form_of(headers: Sequence[str], columns: Sequence[Sequence[Value]], dataset: Dataset, **more: Any) -> MapForm:
    """A form over a sheet in memory."""
    shape = shape_of(headers)
    profile = make_profile(shape, [block(columns)] if columns and columns[0] else [])
    method = more.pop("method", Method.REPLACE)
    return MapForm("Permits", method, shape, dataset, profile, **more)


class AtOnce(Errands):
    """Does errands at once, in the windows' own thread; in the order in which they are given."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def run(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], object] = lambda _result: None,
        failed: Callable[[Exception], object] = lambda _error: None,
        *,
        instead_of: str = "",
    ) -> None:
        """Do it."""
        self.done.append(instead_of)
        try:
            found = work()
        except Exception as error:  # noqa: BLE001  # told as the worker tells it
            failed(error)
        else:
            then(found)

    def forget(self, beginning: str) -> None:
        """Nothing waits."""


PERMITS = dataset_of(
    Column(1, "Permit Number", "permit_number", "text", "The number on the permit"),
    Column(2, "Fee", "fee", "number"),
    Column(3, "Issue Date", "issue_date", "calendar_date"),
    Column(4, "Inspection Time", "inspection_time", "date"),
    Column(5, "Owner Occupied", "owner_occupied", "checkbox"),
    Column(6, "Share Paid", "share_paid", "percent"),
    Column(7, "ZIP Code", "zip_code", "text"),
    Column(8, "Location", "location", "point"),
    Column(9, "Contractor", "contractor", "text"),
    Column(10, "Council District", "council_district", "text", computed=True),
    Column(11, "Plan", "plan", "document"),
    identifier="permit_number",
)
HEADERS = (
    "Permit Number", "FEE", "Issue Date", "Inspection Time", "Owner Occupied", "Share Paid", "ZIP Codes",
    "Latitude", "Longitude", "Internal notes",
)  # fmt: skip
CELLS: tuple[tuple[Value, ...], ...] = (
    ("B-1001", "B-1002", "B-1003", "B-1004"),
    (120, 85.5, "n/a", 40),
    (dt.date(2024, 3, 4), "04/05/2024", "13/06/2024", None),
    (dt.datetime(2024, 3, 4, 9, 30), None, None, None),
    (True, "Yes", "no", "maybe"),
    (0.45, 1, 0.2, None),
    (501, 2108, 60601, 73301),
    (41.88, 41.9, 41.7, 30.27),
    (-87.63, -87.7, -87.6, -97.74),
    (None, "call back", None, None),
)
SAVED = (
    ColumnChoice("Permit Number", "A", "Permit Number"),
    ColumnChoice("Internal notes", "J", "", Send.IGNORE),
    ColumnChoice("", "", "Contractor", Send.LEAVE_BLANK),
)
PERMITS_FORM = form_of(HEADERS, CELLS, PERMITS)
SAVED_FORM = form_of(HEADERS, CELLS, PERMITS, choices=SAVED, others={"Fees": SAVED}, method=Method.UPSERT)
