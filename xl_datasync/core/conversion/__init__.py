"""Cells become portal text: every kind of Excel value to every portal type (protocol §7).

A whole column of a block is converted at once. Kinds of value that always fit go through one function call each; only
what is left is looked at cell by cell, with the same result. What cannot be sent becomes a fault, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.moment import calendar_date_rule, date_patterns, moment_rule
from xl_datasync.core.conversion.number import number_rule, percent_constant, stars_rule
from xl_datasync.core.conversion.other import checkbox_rule, email_rule, flag_rule, json_rule, url_rule
from xl_datasync.core.conversion.parts import PartFault, PlaceReader
from xl_datasync.core.conversion.place import geometry_rule, location_rule
from xl_datasync.core.conversion.rule import Outcome, Rule, Writers, error_outcome
from xl_datasync.core.conversion.text import kept_text_rule, text_rule
from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES, Column
from xl_datasync.core.mapping import MappedColumn
from xl_datasync.core.options import ErrorPolicy, JobOptions, NumberStyle
from xl_datasync.core.problems import Fault
from xl_datasync.core.values import Block, ErrorValue, SheetColumn, Value, is_blank

Faults = list[tuple[int, Fault]]
"""Faults by position in the block."""

_NUMBERS = frozenset({int, float})
_NOT_TEXT = Fault("text with a broken character that cannot be sent", "Type the text again.")


@dataclass(frozen=True)
class ColumnConverter:
    """Converts one mapped column, block after block.

    :param constant: what is sent in every row where there is no sheet column, else where the cell is empty.
    :param places: puts its values together where it is made from several sheet columns.
    """

    mapped: MappedColumn
    rule: Rule
    options: JobOptions
    constant: str = ""
    places: PlaceReader | None = None

    def convert(self, block: Block) -> tuple[list[str], Faults]:
        """The column's texts for the rows of a block, and its faults."""
        source = self.mapped.source
        if self.places:
            return self.places.convert(block)
        if source is None:
            return [self.constant] * len(block.rows), []
        values, faults = block.columns[source.index], Faults()
        texts = self._at_once(values, block, source.index)
        if texts is None:
            texts, faults = self._cell_by_cell(self._linked(values, block), block.formats(source.index))
        if self.constant:
            texts = [text or self.constant for text in texts]
        return texts, faults

    def source_of(self, fault: Fault) -> SheetColumn | None:
        """The sheet column that a fault of its stands in; None for a fixed value."""
        return fault.column if isinstance(fault, PartFault) else self.mapped.source

    def _at_once(self, values: Sequence[Value], block: Block, index: int) -> list[str] | None:
        """The texts where every value fits as it is, else None."""
        rule, kinds = self.rule, set(map(type, values))
        if not kinds <= rule.always.keys():
            return None
        writers: Writers | None = rule.always
        if rule.numbers and not kinds.isdisjoint(_NUMBERS):
            # Formats cost time, so they are asked for only where there are numbers.
            writers = rule.numbers(set(block.formats(index)))
        if writers is None:
            return None
        texts = _written(values, kinds, writers)
        return None if rule.odd(values, texts, kinds) else texts

    def _linked(self, values: Sequence[Value], block: Block) -> Sequence[Value]:
        """For a web address column the cell's hyperlink, where it leads out of the workbook, in place of its words.

        A hyperlink that was left over in a blank cell shows nothing, so it is not sent.
        """
        if self.mapped.column.type != "url" or self.mapped.source is None:
            return values
        links = block.links(self.mapped.source.index)
        return [
            link if link and ":" in link and not is_blank(value) else value
            for link, value in zip(links, values, strict=True)
        ]

    def _cell_by_cell(self, values: Sequence[Value], formats: Sequence[str]) -> tuple[list[str], Faults]:
        texts: list[str] = []
        faults: Faults = []
        for position, (value, code) in enumerate(zip(values, formats, strict=True)):
            outcome = self._outcome(value, code)
            if isinstance(outcome, Fault):
                faults.append((position, outcome))
                outcome = outcome.text
            texts.append(outcome)
        return texts, faults

    def _outcome(self, value: Value, code: str) -> Outcome:
        if is_blank(value):
            return ""
        if isinstance(value, ErrorValue):
            return error_outcome(value, send_blank=self.options.error_cells is ErrorPolicy.BLANK)
        if isinstance(value, str) and any("\ud800" <= mark <= "\udfff" for mark in value):
            return _NOT_TEXT
        return self.rule.cell(value, code)


def _written(values: Sequence[Any], kinds: set[type], always: Writers) -> list[str]:
    """The texts of values whose kinds all fit; one kind, with or without empty cells, needs no look-up for each."""
    filled = kinds - {NoneType}
    if not filled:
        return [""] * len(values)
    if len(filled) > 1:
        return [always[type(value)](value) for value in values]
    write = always[filled.pop()]
    if len(kinds) == 1:
        return list(map(write, values))
    return ["" if value is None else write(value) for value in values]


def make_converter(mapped: MappedColumn, options: JobOptions) -> ColumnConverter:
    """The converter for one mapped column; what its Column map row says goes before the job's options."""
    rule = _rule_for(mapped, options)
    if mapped.parts:
        return ColumnConverter(mapped, rule, options, places=_place_reader(mapped, options))
    return ColumnConverter(mapped, rule, options, _constant(mapped, options))


def _place_reader(mapped: MappedColumn, options: JobOptions) -> PlaceReader:
    readers, defaults = {}, {}
    for part, alone in mapped.one_by_one():
        if alone.source:
            readers[part] = alone.source, ColumnConverter(alone, _rule_for(alone, options), options)
            defaults[part] = _constant(alone, options)
    return PlaceReader(mapped.column.type == "point", readers, defaults)


def _constant(mapped: MappedColumn, options: JobOptions) -> str:
    sent = constant_outcome(mapped, options)
    return sent.text if isinstance(sent, Fault) else sent


def constant_outcome(mapped: MappedColumn, options: JobOptions) -> Outcome:
    """The Column map's fixed or default value as the portal's type takes it, ``""`` where there is none.

    A cell of the Column map holds its numbers with a point, whatever style the sheet's texts have. A place that is put
    together from several columns has no value of its own; what is given is the first fault of its parts.
    """
    if mapped.parts:
        outcomes = [constant_outcome(alone, options) for _, alone in mapped.one_by_one()]
        return next((outcome for outcome in outcomes if isinstance(outcome, Fault)), "")
    choice = mapped.choice
    given = (choice.default if mapped.source else choice.fixed_value) if choice else ""
    if not given:
        return ""
    plain = replace(options, number_style=NumberStyle.PLAIN)
    outcome = ColumnConverter(mapped, _rule_for(mapped, plain), plain)._outcome(given, "General")  # noqa: SLF001
    return percent_constant(mapped.column, outcome) if mapped.column.is_percent else outcome


_RuleMaker = Callable[[Column, JobOptions], Rule]

_RULE_MAKERS: dict[str, _RuleMaker] = {
    **dict.fromkeys(NUMBER_TYPES, number_rule),
    **dict.fromkeys(GEOMETRY_TYPES, lambda column, _options: geometry_rule(column.type)),
    "calendar_date": lambda _column, options: calendar_date_rule(options.date_formats),
    "date": lambda _column, options: moment_rule(options.date_formats, options.time_zone),
    "checkbox": lambda _column, options: checkbox_rule(options),
    "location": lambda _column, _options: location_rule(),
    "url": lambda _column, _options: url_rule(),
    "email": lambda _column, _options: email_rule(),
    "stars": lambda _column, _options: stars_rule(),
    "flag": lambda _column, _options: flag_rule(),
    "json": lambda _column, _options: json_rule(),
}


def options_of(mapped: MappedColumn, options: JobOptions) -> JobOptions:
    """A job's options as one column has them: what its row of the Column map says goes first."""
    choice = mapped.choice
    if choice is None:
        return options
    changed: dict[str, Any] = {}
    if choice.date_format:
        changed["date_formats"] = date_patterns(choice.date_format)
    if choice.time_zone:
        changed["time_zone"] = choice.time_zone
    if choice.percent_style:
        changed["percent_style"] = choice.percent_style
    if choice.yes_words or choice.no_words:
        # A word that a column gives a meaning of its own has lost the one that it has for the job.
        changed["yes_words"] = choice.yes_words or options.yes_words - choice.no_words
        changed["no_words"] = choice.no_words or options.no_words - choice.yes_words
    return replace(options, **changed) if changed else options


def _rule_for(mapped: MappedColumn, options: JobOptions) -> Rule:
    own = options_of(mapped, options)
    make = _RULE_MAKERS.get(mapped.column.type)
    if make:
        return make(mapped.column, own)
    return kept_text_rule(own) if mapped.choice and mapped.choice.keep_text else text_rule(own)
