"""What stands in the way of saving a map, in the order in which it is best mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from xl_datasync.core.conversion.moment import date_patterns, is_date_pattern
from xl_datasync.core.delivery import Method
from xl_datasync.core.report_words import plural
from xl_datasync.dialogs.mapping.check import constant_fault
from xl_datasync.dialogs.mapping.form import Key, fitting
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.rows import words_of
from xl_datasync.dialogs.mapping.words import listed, short_name

RIGHT = ("It is right", "They are right")


@dataclass(frozen=True)
class Hurdle:
    """One thing that stands in the way.

    :param key: the first row concerned.
    :param field: the field of the side panel where it is mended, or ``""``.
    :param deed: what mends all of it at once, in a word for a button; ``""`` where nothing does.
    :param must: whether nothing can be saved before; else the map may be saved as it is, unfinished.
    """

    words: str
    key: Key
    field: str = ""
    deed: str = ""
    must: bool = False


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def time_zones() -> list[str]:
    """The names of all time zones."""
    return sorted(_zones())


def setting_faults(model: MappingModel, key: Key) -> dict[str, str]:
    """What is wrong with the fields of the side panel, by field."""
    column = model.column_of(key)
    if column is None:
        return {}
    if isinstance(key, str):
        return _fixed_faults(model, key)
    placed = model.placed(key)
    if placed is None:
        return {}
    settings, fits, found = placed.settings, fitting(column), {}
    zone = settings.time_zone.strip()
    if "date_format" in fits and not all(map(is_date_pattern, date_patterns(settings.date_format))):
        found["date_format"] = "It must say where year, month and day stand, as MM/DD/YYYY or D MMM YYYY does."
    if "time_zone" in fits and zone and zone not in _zones():
        found["time_zone"] = "There is no time zone of this name. Write one such as America/New_York or UTC."
    both = sorted(words_of(settings.yes_words) & words_of(settings.no_words))
    if "yes_words" in fits and both:
        found["no_words"] = f"“{both[0]}” cannot mean yes and no."
    if "default" in fits and settings.default.strip() and not found:
        (choice,) = model.choices_for(column.field_name)
        if fault := constant_fault(column, choice, model.columns[key], model.form.options):
            found["default"] = fault
    return found


def _fixed_faults(model: MappingModel, field_name: str) -> dict[str, str]:
    filling = model.filling(field_name)
    if filling is None or filling.value is None:
        return {}
    if not filling.value.strip():
        return {"fixed": "Type what every row is to hold, or let the column stay blank."}
    (choice,) = model.choices_for(field_name)
    fault = constant_fault(model.column(field_name), choice, None, model.form.options)
    return {"fixed": fault} if fault else {}


def hurdles(model: MappingModel) -> list[Hurdle]:
    """All that stands in the way; empty where the map can be saved and used."""
    return [*_settings(model), *_guesses(model), *_places(model), *_identifier(model), *_unsaid(model)]


def _settings(model: MappingModel) -> Iterator[Hurdle]:
    keys: list[Key] = [*range(len(model.columns)), *(column.field_name for column in model.sent)]
    for key in keys:
        for field, fault in setting_faults(model, key).items() if model.column_of(key) else ():
            yield Hurdle(f"Column {_named(model, key)}: {fault}", key, field, must=True)


def _plainly(model: MappingModel, key: Key) -> str:
    return model.columns[key].header if isinstance(key, int) else model.column(key).name


def _named(model: MappingModel, key: Key) -> str:
    """A row's column in a sentence."""
    return short_name(model.columns[key]) if isinstance(key, int) else f"“{model.column(key).name}”"


def _guesses(model: MappingModel) -> Iterator[Hurdle]:
    guesses = model.guesses
    if len(guesses) == 1:
        words = f"The match of column {_named(model, guesses[0])} is a guess: is it right?"
        yield Hurdle(words, guesses[0], deed=RIGHT[0])
    elif guesses:
        names = listed([_plainly(model, key) for key in guesses])
        yield Hurdle(f"{len(guesses)} matches are guesses. Are they right? {names}", guesses[0], deed=RIGHT[1])


def _places(model: MappingModel) -> Iterator[Hurdle]:
    for column in model.sent:
        halves = {part.value for part in model.parts(column.field_name)} & {"Latitude", "Longitude"}
        if len(halves) == 1:
            lacks = "longitude" if "Latitude" in halves else "latitude"
            yield Hurdle(f"“{column.name}” has no {lacks} yet.", column.field_name)


def _identifier(model: MappingModel) -> Iterator[Hurdle]:
    identifier = model.missing_identifier
    if identifier:
        words = f"No sheet column goes to “{identifier.name}”, by which the portal tells rows apart."
        yield Hurdle(words, identifier.field_name)
    elif not model.sent:
        yield Hurdle("No column is sent yet.", 0 if model.columns else "")


def _unsaid(model: MappingModel) -> Iterator[Hurdle]:
    if model.form.method is not Method.REPLACE:
        return
    identifier = model.dataset.row_identifier
    blank = [column for column in model.unsaid if column != identifier]
    if blank:
        one = len(blank) == 1
        what = "portal column gets" if one else "portal columns get"
        words = f"{len(blank):,} {what} nothing, and replacing all rows empties {'it' if one else 'them'}: "
        deed = "Let it stay blank" if one else "Let them stay blank"
        yield Hurdle(words + listed([column.name for column in blank]), blank[0].field_name, deed=deed)


def do_deed(model: MappingModel, hurdle: Hurdle) -> str:
    """Mend all of a hurdle at once; what was done, in words."""
    if hurdle.deed in RIGHT:
        guesses = model.guesses
        model.confirm(*guesses)
        return "1 match confirmed." if len(guesses) == 1 else f"{len(guesses):,} matches confirmed."
    identifier = model.dataset.row_identifier
    names = [column.field_name for column in model.unsaid if column != identifier]
    model.leave_blank(*names)
    return f"{plural(len(names), 'portal column')} will stay blank."
