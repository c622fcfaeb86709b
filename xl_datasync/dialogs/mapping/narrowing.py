"""Which rows of the mapping dialog's table a filter and the search let through."""

from __future__ import annotations

from collections import Counter
from enum import Enum

from xl_datasync.dialogs.mapping.form import Key, Sure
from xl_datasync.dialogs.mapping.model import MappingModel


class Filter(Enum):
    """Which rows are shown; the value is the button's word."""

    ALL = "&All"
    OPEN = "Without a &partner"
    GUESSES = "&Guesses"
    PROBLEMS = "With proble&ms"


def counts(model: MappingModel) -> dict[Filter, int]:
    """How many rows each filter shows."""
    found = Counter(one for key in model.rows() for one in Filter if belongs(model, key, one))
    return {one: found[one] for one in Filter}


def belongs(model: MappingModel, key: Key, wanted: Filter) -> bool:
    """Whether a filter shows a row."""
    if wanted is Filter.ALL:
        return True
    if wanted is Filter.GUESSES:
        return model.sure(key) is Sure.GUESS
    if isinstance(key, str):
        column = model.column(key)
        if wanted is Filter.OPEN:
            return column.writable and not model.is_sent(key)
        bad = column == model.missing_identifier or (column.writable and model.is_sent(key) and _bad(model, key))
        return wanted is Filter.PROBLEMS and bad
    target = model.target(key)
    if wanted is Filter.OPEN or target is None:
        return wanted is Filter.OPEN and target is None
    return _bad(model, target.field_name)


def _bad(model: MappingModel, field_name: str) -> bool:
    checked = model.checked(field_name)
    return checked is not None and bool(checked.problems)


def shown_keys(model: MappingModel, wanted: Filter, typed: str, kept: Key | None = None) -> list[Key]:
    """The rows to show: those of a filter in which all typed words are found, and one that is kept."""
    words = typed.casefold().split()
    return [
        key
        for key in model.rows()
        if key == kept
        or (belongs(model, key, wanted) and (not words or all(word in _searched(model, key) for word in words)))
    ]


def _searched(model: MappingModel, key: Key) -> str:
    column = model.column_of(key)
    portal = f"{column.name} {column.field_name}" if column else ""
    return f"{'' if isinstance(key, str) else model.columns[key].header} {portal}".casefold()
