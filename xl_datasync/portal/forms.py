"""Whole columns in their canonical form, so that a million rows can be compared. Pure.

It gives what :mod:`canonical` gives, cell by cell; only quicker: one look at a whole column tells that most need
nothing done, and values that come again and again are worked out once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from xl_datasync.core.dataset import NUMBER_TYPES, Column
from xl_datasync.portal.canonical import canonical, has_form
from xl_datasync.portal.cells import wire_text

# Texts remembered, of all columns together; longer ones, such as polygons, are not.
REMEMBERED, LONGEST = 100_000, 100
# What a cell looks like that is in canonical form already, by type; longer numbers are looked at one by one.
_NUMBER = r"0|-?[1-9][0-9]{0,30}(?:\.[0-9]{0,30}[1-9])?|-?0\.[0-9]{0,30}[1-9]"
_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_READY = {
    **dict.fromkeys(NUMBER_TYPES | {"stars"}, _NUMBER),
    "calendar_date": _MOMENT,
    "date": f"{_MOMENT}Z",
    "checkbox": "true|false",
}
# How portals write a moment that is a whole second.
_NO_FRACTION = {"calendar_date": (".000\n", "\n"), "date": (".000Z\n", "Z\n")}


class Forms:
    """The canonical form of columns, from a CSV and from a portal's rows."""

    def __init__(self, columns: Sequence[Column]) -> None:
        most = REMEMBERED // max(len(columns), 1)
        self._forms = {column.field_name: _Form(column, most) for column in columns}

    def sent(self, column: Column, texts: Sequence[str]) -> Sequence[str]:
        """A column of a CSV."""
        return self._forms[column.field_name].sent(texts)

    def there(self, rows: Sequence[Mapping[str, object]]) -> list[Sequence[str]]:
        """All columns of a portal's rows."""
        return [form.there([row.get(name) for row in rows]) for name, form in self._forms.items()]


class _Form(dict[str, str]):
    """One column: the texts met, with their canonical form."""

    def __init__(self, column: Column, most: int) -> None:
        super().__init__()
        self._column = column
        self._most = most
        self._has_form = has_form(column)
        ready = _READY.get(column.type)
        self._ready = re.compile(f"(?:(?:{ready})?\n)*") if ready else None
        self._no_fraction = _NO_FRACTION.get(column.type)

    def __missing__(self, text: str) -> str:
        found = canonical(self._column, text)
        if len(text) <= LONGEST:
            if len(self) >= self._most:
                self.clear()
            self[text] = found
        return found

    def sent(self, texts: Sequence[str]) -> Sequence[str]:
        """The forms of a CSV's texts."""
        ready = self._at_once(texts)
        return [self[text] for text in texts] if ready is None else ready

    def there(self, values: Sequence[object]) -> Sequence[str]:
        """The forms of a portal's values."""
        texts = [value if type(value) is str else wire_text(self._column, value) for value in values]
        ready = self._at_once(texts)
        return [self[wire_text(self._column, text)] for text in texts] if ready is None else ready

    def _at_once(self, texts: Sequence[str]) -> Sequence[str] | None:
        """The forms, where one look at the whole column tells them; else None."""
        column = "\n".join([*texts, ""])
        if not self._has_form:
            # Parts of a normalized text are normalized.
            return texts if "\0" not in column and unicodedata.is_normalized("NFC", column) else None
        if self._ready and self._ready.fullmatch(column):
            return texts
        if self._ready and self._no_fraction:
            whole = column.replace(*self._no_fraction)
            found = whole.split("\n")[:-1]
            return found if len(found) == len(texts) and self._ready.fullmatch(whole) else None
        return None
