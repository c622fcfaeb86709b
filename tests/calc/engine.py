"""An xlwings engine over a running LibreOffice Calc, of xlwings' BSD parts alone.

from tests.calc import engine, office
started = office.start()
engine.activate(started.url)
import xlwings as xw
xw.Book("some.xlsx").sheets.active.used_range.value
"""

from __future__ import annotations

import math
import os
from typing import Any

import xlwings as xw

from tests.calc import apis, app, books, office, ranges, sheets, tables
from tests.calc.errors import ERROR_TEXTS

KINDS: dict[str, type] = {
    "App": app.App, "AppApi": app.AppApi, "Books": books.Books, "Book": books.Book, "BookApi": apis.BookApi,
    "Sheets": sheets.Sheets, "Sheet": sheets.Sheet, "SheetApi": apis.SheetApi, "Range": ranges.Range,
    "RangeApi": apis.RangeApi, "Table": tables.Table, "TableApi": apis.TableApi,
}  # fmt: skip


class CalcEngine:
    """What xlwings asks of an engine; every object of the engine is made here, so that a quirk can replace its kind."""

    name = "calc"
    type = "desktop"

    def __init__(self, kinds: dict[str, type] | None = None, *, display: str | None = None) -> None:
        self.kinds = {**KINDS, **(kinds or {})}
        self.display = display
        self.apps = app.Apps(self)

    def make(self, kind: str, *arguments: Any) -> Any:
        """One object of the engine."""
        return self.kinds[kind](*arguments)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        """A value on its way to the cells; not-a-number is nothing."""
        return None if isinstance(value, float) and math.isnan(value) else value

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool) -> Any:
        """Values on their way from the cells, as xlwings cleans those of Excel for Windows."""

        def clean(value: Any) -> Any:
            kind = type(value)
            if value is None or value == "":
                return empty_as
            if kind is float:
                return value if number_builder is None else number_builder(value)
            if hasattr(value, "year"):
                parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
                return datetime_builder(**{part: getattr(value, part) for part in parts}, tzinfo=None)
            if kind is int and value in ERROR_TEXTS:
                return ERROR_TEXTS[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


def activate(url: str, *, impl: CalcEngine | None = None, display: str | None = None) -> xw.Engine:
    """Make xlwings talk to the LibreOffice at that URL."""
    impl = impl or CalcEngine(display=display)
    impl.apps.attach(url)
    made = xw.Engine(impl=impl)
    deactivate()
    xw.engines.add(made)
    made.activate()
    return made


def activate_from_environment() -> xw.Engine:
    """The same in a process that was told where Calc runs."""
    return activate(os.environ[office.URL])


def deactivate() -> None:
    """Take every engine of this module away from xlwings."""
    xw.engines.engines[:] = [known for known in xw.engines.engines if not isinstance(known.impl, CalcEngine)]
    xw.engines.engines_by_name.pop("calc", None)
    names = {known.name: known for known in xw.engines.engines}
    xw.engines.active = names.get("excel")
    vars(xw.Book).get("_mock_caller") and delattr(xw.Book, "_mock_caller")
