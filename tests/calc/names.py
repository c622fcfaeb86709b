"""Defined names."""

# ruff: noqa: D102  # methods without a docstring are those xlwings asks for

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from xlwings import base_classes

from tests.calc.bridge import struct
from tests.calc.errors import no_such

# $Sheet.$A$1:$B$2, as Calc writes it; the sheet may be in quotes.
CALC = re.compile(r"\$?(?P<sheet>'(?:[^']|'')+'|[^'.]+)\.(?P<place>[$\w]+(?::[$\w]+)?)")
EXCEL = re.compile(r"=?(?P<sheet>'(?:[^']|'')+'|[^'!]+)!(?P<place>[$\w]+(?::[$\w]+)?)")


class Names(base_classes.Names):
    """The names of a book, those of its sheets among them, or those of a sheet alone."""

    def __init__(self, book: Any, sheet: Any = None) -> None:
        self.book = book
        self._sheets = [sheet] if sheet else list(book.sheets)
        self._of_book = [] if sheet else [(book.uno.NamedRanges, "")]
        self._uno = (sheet.uno if sheet else book.uno).NamedRanges

    @property
    def api(self) -> Any:
        return self

    def snapshot(self) -> list[tuple[str, Any]]:
        return [(name.name, name) for name in self]

    def __iter__(self) -> Iterator[Name]:
        scopes = self._of_book + [(sheet.uno.NamedRanges, sheet.quoted) for sheet in self._sheets]
        return iter([Name(self.book, uno, name, scope) for uno, scope in scopes for name in uno.ElementNames])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __call__(self, name_or_index: int | str) -> Name:
        if isinstance(name_or_index, int):
            return list(self)[name_or_index - 1]
        for name in self:
            if name.name.lower() == name_or_index.lower():
                return name
        raise no_such(name_or_index)

    def contains(self, name_or_index: int | str) -> bool:
        return any(name.name.lower() == str(name_or_index).lower() for name in self)

    def add(self, name: str, refers_to: str) -> Name:
        put(self._uno, name, refers_to)
        return Name(self.book, self._uno, name)


def put(uno_names: Any, name: str, refers_to: str) -> None:
    """Define a name, anew where it exists."""
    match = EXCEL.fullmatch(refers_to)
    content = f"${match['sheet']}.{match['place']}" if match else refers_to.removeprefix("=")
    if uno_names.hasByName(name):
        uno_names.removeByName(name)
    uno_names.addNewByName(name, content, struct("table.CellAddress"), 0)


class Name(base_classes.Name):
    """One defined name; one that a sheet alone knows begins with the sheet's name."""

    def __init__(self, book: Any, uno_names: Any, name: str, scope: str = "") -> None:
        self.book = book
        self._scope = scope
        self._names = uno_names
        self._name = name

    @property
    def api(self) -> Any:
        return self

    @property
    def name(self) -> str:
        return f"{self._scope}!{self._name}" if self._scope else self._name

    @name.setter
    def name(self, value: str) -> None:
        self._names.getByName(self._name).Name = value
        self._name = value

    @property
    def refers_to(self) -> str:
        content = self._names.getByName(self._name).Content
        match = CALC.fullmatch(content)
        return f"={match['sheet']}!{match['place']}" if match else f"={content}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        put(self._names, self._name, value)

    @property
    def refers_to_range(self) -> Any:
        match = EXCEL.fullmatch(self.refers_to)
        if not match:
            raise no_such(self._name)
        sheet = match["sheet"]
        sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        return self.book.sheets(sheet).range(match["place"])

    def covers(self, rng: Any) -> bool:
        """Whether the name stands for exactly this range."""
        match = EXCEL.fullmatch(self.refers_to)
        if not match:
            return False
        own = self.refers_to_range
        return own.area == rng.area and own.sheet.name == rng.sheet.name

    def delete(self) -> None:
        self._names.removeByName(self._name)
