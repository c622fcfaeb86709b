"""Rows of a config table, whose cells can say what is wrong with them and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TypeVar
from zoneinfo import available_timezones

from xl_datasync.core.conversion.moment import date_patterns, is_date_pattern
from xl_datasync.core.links import holds_sign_in, without_sign_in
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import (
    NOT_CALCULATED,
    ErrorValue,
    Value,
    cell_address,
    float_text,
    is_blank,
    value_text,
)
from xl_datasync.workbook.protocol import Workbook
from xl_datasync.workbook.tables import TableSpec

_Choice = TypeVar("_Choice", bound=Enum)
_Default = TypeVar("_Default", bound=Enum | None)
SayFault = Callable[[str, str], None]
"""Takes what is wrong and what to do about it."""


@dataclass(frozen=True)
class ConfigRow:
    """One row of a config table: cells by header, with their addresses.

    :param percents: headers of cells whose number Excel shows as a percentage.
    """

    spec: TableSpec
    number: int
    cells: Mapping[str, Value]
    letters: Mapping[str, str]
    log: ProblemLog
    percents: frozenset[str] = frozenset()
    _told: set[str] = field(default_factory=set)

    def text(self, header: str) -> str:
        """The cell as text, trimmed; one that shows an Excel error, or nothing yet, is a fault and counts as blank."""
        value = self.cells.get(header)
        if isinstance(value, ErrorValue):
            self._no_value(header, value)
            return ""
        return value_text(value).strip() if not is_blank(value) else ""

    def _no_value(self, header: str, value: ErrorValue) -> None:
        """Say once what is wrong with a cell that may be asked for several times."""
        if header in self._told:
            return
        self._told.add(header)
        if value.code == NOT_CALCULATED:
            self.fault(header, "a formula that was never calculated", "Open the workbook in Excel, and save it again.")
        else:
            self.fault(header, f"the Excel error {value}", "Mend the formula, or clear the cell.")

    def where(self, header: str) -> str:
        """The cell's address."""
        return cell_address(self.spec.sheet, self.letters.get(header, "A"), self.number)

    def fault(self, header: str, what: str, remedy: str) -> None:
        """Add what is wrong with the cell; a password in an address is not repeated."""
        shown = "" if holds_sign_in(self.text(header)) else without_sign_in(self.text(header))
        self.log.add(f"{self.spec.sheet} sheet, “{header}”", Fault(what, remedy), self.where(header), shown)

    def faults_of(self, header: str) -> SayFault:
        """A function that adds faults to one cell."""
        return partial(self.fault, header)

    def words(self, header: str) -> frozenset[str]:
        """The cell's words, which are separated by commas, in lower case."""
        return frozenset(word.strip().casefold() for word in self.text(header).split(",") if word.strip())

    def choice(self, header: str, kind: type[_Choice], default: _Default) -> _Choice | _Default:
        """The cell as one of a list's words, compared without regard to case."""
        return pick(self.text(header), kind, default, self.faults_of(header))

    def number_in(self, header: str, default: float | None, lowest: float, highest: float) -> float | None:
        """The cell as a number, ``default`` where it is blank."""
        number = self._number(header)
        if number is None or lowest <= number <= highest:
            return default if number is None else number
        self.fault(
            header, "not a number that can be used here", f"Write a number from {float_text(lowest)} to {highest:,.0f}."
        )
        return default

    def whole_in(self, header: str, default: int | None, lowest: int, highest: int) -> int | None:
        """The cell as a whole number, ``default`` where it is blank."""
        number = self._number(header)
        if number is None or (lowest <= number <= highest and number == int(number)):
            return default if number is None else int(number)
        remedy = f"Write a whole number from {lowest:,} to {highest:,}."
        self.fault(header, "not a number that can be used here", remedy)
        return default

    def percent(self, header: str, default: float) -> float:
        """The cell as a percentage from 0 to 100, ``default`` where it is blank.

        Behind a cell that shows 30% Excel keeps 0.3; any other number is the percentage itself.
        """
        number = self._number(header)
        if number is not None and header in self.percents:
            # To 15 digits, as Excel keeps them: 0.29 times 100 is a little less than 29.
            number = float(float_text(number * 100))
        if number is None or 0 <= number <= 100:
            return default if number is None else number
        self.fault(header, "not a number that can be used here", "Write a percentage from 0 to 100.")
        return default

    def _number(self, header: str) -> float | None:
        """The cell's number, not-a-number where it holds something else, None where it is blank."""
        text = self.text(header).rstrip("% ")
        try:
            return float(text) if text else None
        except ValueError:
            return float("nan")


def filled_rows(book: Workbook, spec: TableSpec, log: ProblemLog) -> list[ConfigRow] | None:
    """The filled rows of a table, or None where its sheet is not there; missing headers are faults."""
    table = book.config_table(spec.sheet, spec.name)
    if table is None:
        return None
    letters = {column.header: column.letter for column in table.columns}
    needed = [column.header for column in spec.columns if not column.locked and column.header != "Notes"]
    may_lack = {column.header for column in spec.columns if column.optional}
    missing = [header for header in needed if header not in letters and header not in may_lack]
    if missing:
        remedy = (
            "Put that header back as it was; a new job workbook (“Job sheet” in Excel, or “xl-datasync new”) shows it."
        )
        fault = Fault(f"column missing: {', '.join(missing)}", remedy)
        log.add(f"{spec.sheet} sheet", fault, cell_address(spec.sheet, "A", 1))
        return []
    return [
        ConfigRow(spec, number, cells, letters, log, table.percents_of(number))
        for number, cells in table.rows
        if any(not is_blank(cells.get(header)) for header in [*needed, *spec.kept_blank])
    ]


def pick(text: str, kind: type[_Choice], default: _Default, fault: SayFault) -> _Choice | _Default:
    """One of a list's words, compared without regard to case; calls ``fault`` where it is none of them."""
    if not text:
        return default
    found = next((member for member in kind if str(member.value).casefold() == text.casefold()), None)
    if found is None:
        fault(
            "not one of the choices",
            "Choose one of: " + " · ".join(str(member.value) for member in kind) + ".",
        )
    return found or default


def check_zone(zone: str, fault: SayFault) -> None:
    """Calls ``fault`` where the name is not in the IANA list."""
    if zone not in available_timezones():
        fault("unknown time zone", "Write a name such as America/New_York, Europe/Berlin or UTC.")


def check_date_formats(text: str, fault: SayFault) -> tuple[str, ...]:
    """The patterns that a cell names; calls ``fault`` for each by which no date can be read."""
    patterns = date_patterns(text)
    for pattern in patterns:
        if not is_date_pattern(pattern):
            fault(
                f"“{pattern}” does not say where year, month and day stand", "Write it like MM/DD/YYYY or D MMM YYYY."
            )
    return patterns
