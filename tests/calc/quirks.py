"""The engine over Calc, made to do what real Excel does and Calc does not; each quirk can be switched while a test runs.

Sources: xlwings issues 65 and 640 (currency), 2105 and 86 (times), XlCVError (errors), RPC_E_CALL_REJECTED (busy).
"""

# ruff: noqa: D102, N802, N803  # Excel's own names and xlwings'

from __future__ import annotations

import datetime as dt
import json
import os
import time
from dataclasses import asdict, dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

import xlwings as xw

from tests.calc import apis, app, books, ranges, sheets, tables
from tests.calc.engine import CalcEngine
from tests.calc.errors import ERROR_NUMBERS, NEWER_ERROR_NUMBERS, ExcelBusyError, busy, com_error, refused

ENVIRONMENT = "XL_DATASYNC_CALC_QUIRKS"
SHAREPOINT = "https://example.sharepoint.com/sites/Open Data/Shared Documents/Permits.xlsx"
# What COM does not ask Excel for, or what this engine asks itself.
FREE = frozenset(
    {
        "engine",
        "options",
        "pid",
        "alive",
        "known",
        "area",
        "shared",
        "share",
        "reset",
        "attach",
        "url",
        "desktop",
        "kill",
    }
)


@dataclass
class Quirks:
    """Which quirks are on."""

    currency_as_decimal: bool = False  # cut off after four places, in `.value`; `.api.Value2` has the float
    time_as_float: bool = False  # a cell with a format of time alone is the fraction of a day
    newer_errors: bool = False  # a cell with the text #SPILL! and the like is that error: a negative int
    busy: int = 0  # so many calls fail with RPC_E_CALL_REJECTED
    busy_always: bool = False
    busy_of_xlwings: bool = False  # they fail with xlwings' own error
    fullname: str | None = None  # such as SHAREPOINT
    address: str | None = None  # Excel's own full name, such as SHAREPOINT, where xlwings finds the file beside it
    fullname_fails: bool = False  # xlwings cannot tell where the file lies
    unsaved: bool = False  # name and full name are “Book1”
    read_only: bool = False
    shared: bool = False  # MultiUserEditing
    save_copy_refused: bool = False
    refresh_hangs: bool = False  # RefreshAll returns only when the program has ended
    mac: bool = False  # `.api` is a reference of appscript, which knows none of COM's names; no hwnd

    def call(self) -> None:
        """One call to Excel is made."""
        if self.busy_always:
            raise self._busy()
        if self.busy > 0:
            self.busy -= 1
            raise self._busy()

    def _busy(self) -> Exception:
        return ExcelBusyError() if self.busy_of_xlwings else busy()

    def to_environment(self) -> str:
        """The same for another process, under ENVIRONMENT."""
        return json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> Quirks | None:
        """What another process wants on here."""
        text = os.environ.get(ENVIRONMENT)
        return cls(**json.loads(text)) if text else None


class QuirkyEngine(CalcEngine):
    """The engine with quirks."""

    def __init__(self, quirks: Quirks, *, display: str | None = None) -> None:
        super().__init__(QUIRKY, display=display)
        self.quirks = quirks

    def make(self, kind: str, *arguments: Any) -> Any:
        """One object of the engine; on a Mac a reference in place of COM's objects."""
        if self.quirks.mac and kind in ("AppApi", "BookApi", "SheetApi", "RangeApi", "TableApi"):
            return RangeReference(*arguments) if kind == "RangeApi" else Reference(kind.removesuffix("Api").lower())
        return super().make(kind, *arguments)


class Reference:
    """As a reference of appscript: what it does not know is an AttributeError."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"Unknown property, element or command: {name!r}")

    def __repr__(self) -> str:
        return f"app('Microsoft Excel').{self._kind}s[1]"


class RangeReference(Reference):
    """A range's, which knows the texts that its cells show; errors have no value there."""

    def __init__(self, rng: Any) -> None:
        super().__init__("range")
        self._range = rng

    @property
    def string_value(self) -> RangeReference:
        return self

    def get(self) -> Any:
        texts = [list(row) for row in self._range.texts()]
        return texts[0][0] if len(texts) == 1 and len(texts[0]) == 1 else texts


class Calls:
    """An object each use of which is a call to Excel, which may be busy."""

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in FREE:
            object.__getattribute__(self, "engine").quirks.call()
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(getattr(type(self), name, None), property):
            object.__getattribute__(self, "engine").quirks.call()
        object.__setattr__(self, name, value)


class QuirkyApp(Calls, app.App):
    """The program."""

    @property
    def hwnd(self) -> int | None:
        return None if self.engine.quirks.mac else self.pid


class QuirkyBooks(Calls, books.Books):
    """Its books."""


class QuirkyBook(Calls, books.Book):
    """A book that may lie in the cloud, or nowhere."""

    @property
    def path(self) -> str:
        quirks = self.engine.quirks
        if quirks.unsaved:
            return ""
        return quirks.fullname or super().path

    @property
    def name(self) -> str:
        return "Book1" if self.engine.quirks.unsaved else super().name

    @property
    def fullname(self) -> str:
        if self.engine.quirks.fullname_fails:
            raise xw.XlwingsError(
                "Couldn't find the local OneDrive folder. Please configure the ONEDRIVE_COMMERCIAL_WIN setting, see: xlwings.org/error."
            )
        return super().fullname


class QuirkyBookApi(Calls, apis.BookApi):
    """A book's own object."""

    @property
    def FullName(self) -> str:
        """As COM has it: the URL even where xlwings finds no folder."""
        quirks = self.engine.quirks
        return quirks.address or quirks.fullname or (SHAREPOINT if quirks.fullname_fails else super().FullName)

    @property
    def ReadOnly(self) -> bool:
        """Whether it is read-only."""
        return self.engine.quirks.read_only or super().ReadOnly

    @property
    def MultiUserEditing(self) -> bool:
        """Whether it is shared."""
        return bool(self.engine.quirks.shared)

    def RefreshAll(self) -> None:
        """Refresh, or wait for somebody who does not come."""
        while self.engine.quirks.refresh_hangs:
            if not self._book.app.alive:
                raise com_error(-2147023170, "The remote procedure call failed.", None, None)
            time.sleep(0.05)
        super().RefreshAll()

    def SaveCopyAs(self, Filename: str) -> None:
        """Store a copy, or refuse."""
        if self.engine.quirks.save_copy_refused:
            raise refused("SaveCopyAs method of Workbook class failed")
        super().SaveCopyAs(Filename)


class QuirkySheets(Calls, sheets.Sheets):
    """The sheets of a book."""


class QuirkySheet(Calls, sheets.Sheet):
    """A sheet."""


class QuirkySheetApi(Calls, apis.SheetApi):
    """A sheet's own object."""


class QuirkyRange(Calls, ranges.Range):
    """A range whose values come as COM gives them."""

    def _get(self) -> list[list[Any]]:
        quirks, cells = self.engine.quirks, self.cells
        rows = cells.read() if len(self) else []
        if quirks.currency_as_decimal or quirks.time_as_float:
            for values, kinds in zip(rows, cells.kinds(), strict=True):
                values[:] = [
                    as_com(value, kind, quirks, cells.epoch) for value, kind in zip(values, kinds, strict=True)
                ]
        if quirks.newer_errors:
            rows = with_newer_errors(rows)
        if quirks.mac:  # errors are missing values
            rows = [[None if type(value) is int else value for value in row] for row in rows]
        return rows

    def texts(self) -> list[list[str]]:
        """What the cells show."""
        used, values = self.cells.range, with_newer_errors(self.cells.read(raw=True))
        words = {number: text for text, number in {**ERROR_NUMBERS, **NEWER_ERROR_NUMBERS}.items()}
        return [
            [
                words[value] if type(value) is int else used.getCellByPosition(column, row).String
                for column, value in enumerate(line)
            ]
            for row, line in enumerate(values)
        ]

    raw_value = property(_get, ranges.Range.raw_value.fset)

    def raw_numbers(self) -> list[list[Any]]:
        rows = super().raw_numbers()
        return with_newer_errors(rows) if self.engine.quirks.newer_errors else rows


class QuirkyRangeApi(Calls, apis.RangeApi):
    """A range's own object."""


class QuirkyTable(Calls, tables.Table):
    """A table."""


def as_com(value: Any, kind: str, quirks: Quirks, epoch: dt.datetime) -> Any:
    """A value of a cell with a format of money or of time."""
    if kind == "currency" and quirks.currency_as_decimal and isinstance(value, float):
        return Decimal(repr(value)).quantize(Decimal("0.0001"), rounding=ROUND_DOWN)
    if kind == "time" and quirks.time_as_float and isinstance(value, dt.datetime):
        return (value - epoch) / dt.timedelta(days=1)
    return value


def with_newer_errors(rows: list[list[Any]]) -> list[list[Any]]:
    """The values with numbers for the errors of newer Excels."""
    return [
        [NEWER_ERROR_NUMBERS.get(value, value) if isinstance(value, str) else value for value in row] for row in rows
    ]


QUIRKY: dict[str, type] = {
    "App": QuirkyApp, "Books": QuirkyBooks, "Book": QuirkyBook, "BookApi": QuirkyBookApi, "Sheets": QuirkySheets,
    "Sheet": QuirkySheet, "SheetApi": QuirkySheetApi, "Range": QuirkyRange, "RangeApi": QuirkyRangeApi,
    "Table": QuirkyTable,
}  # fmt: skip
