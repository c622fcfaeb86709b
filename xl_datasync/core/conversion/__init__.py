"""Cells become portal text: every kind of Excel value to every portal type (protocol §7).

A whole column of a block is converted at once. Kinds of value that always fit go through one function call each; only
what is left is looked at cell by cell. What cannot be sent becomes a fault, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xl_datasync.core.conversion.moment import calendar_date_rule, moment_rule
from xl_datasync.core.conversion.number import number_rule, stars_rule
from xl_datasync.core.conversion.other import checkbox_rule, email_rule, flag_rule, json_rule, url_rule
from xl_datasync.core.conversion.place import geometry_rule, location_rule
from xl_datasync.core.conversion.rule import Outcome, Rule, error_fault
from xl_datasync.core.conversion.text import text_rule
from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES
from xl_datasync.core.mapping import MappedColumn
from xl_datasync.core.options import ErrorPolicy, JobOptions
from xl_datasync.core.problems import Fault
from xl_datasync.core.values import Block, ErrorValue, Value, is_blank

Faults = list[tuple[int, Fault]]
"""Faults by position in the block."""


@dataclass(frozen=True)
class ColumnConverter:
    """Converts one mapped column, block after block."""

    mapped: MappedColumn
    rule: Rule
    options: JobOptions

    def convert(self, block: Block) -> tuple[list[str], Faults]:
        """The column's texts for the rows of a block, and its faults."""
        choice, source = self.mapped.choice, self.mapped.source
        if source is None:
            return [choice.fixed_value if choice else ""] * len(block.rows), []
        values = block.columns[source.index]
        if self._ordinary(values, block, source.index):
            texts, faults = self._at_once(values), Faults()
        else:
            texts, faults = self._cell_by_cell(self._linked(values, block), block.formats(source.index))
        if choice and choice.default:
            texts = [text or choice.default for text in texts]
        return texts, faults

    def _ordinary(self, values: Sequence[Value], block: Block, index: int) -> bool:
        """Whether every value fits as it is."""
        if not set(map(type, values)) <= self.rule.always.keys() or self.rule.odd(values):
            return False
        return not (self.rule.formats_decide and any("%" in code for code in set(block.formats(index))))

    def _at_once(self, values: Sequence[Value]) -> list[str]:
        always = self.rule.always
        kinds = set(map(type, values))
        if len(kinds) == 1:
            return list(map(always[kinds.pop()], values))
        return [always[type(value)](value) for value in values]

    def _linked(self, values: Sequence[Value], block: Block) -> Sequence[Value]:
        """For a web address column the cell's hyperlink, where it has one, in place of its words."""
        if self.mapped.column.type != "url" or self.mapped.source is None:
            return values
        links = block.links(self.mapped.source.index)
        return [link or value for link, value in zip(links, values, strict=True)]

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
            return "" if self.options.error_cells is ErrorPolicy.BLANK else error_fault(value)
        return self.rule.cell(value, code)


def make_converter(mapped: MappedColumn, options: JobOptions) -> ColumnConverter:
    """The converter for one mapped column; what its Column map row says goes before the job's options."""
    return ColumnConverter(mapped, _rule_for(mapped, options), options)


def _rule_for(mapped: MappedColumn, options: JobOptions) -> Rule:
    column, choice = mapped.column, mapped.choice
    formats = (choice.date_format,) if choice and choice.date_format else options.date_formats
    time_zone = (choice.time_zone if choice else "") or options.time_zone
    if column.type in NUMBER_TYPES:
        return number_rule(column, options)
    if column.type in GEOMETRY_TYPES:
        return geometry_rule(column.type)
    match column.type:
        case "calendar_date":
            return calendar_date_rule(formats)
        case "date":
            return moment_rule(formats, time_zone)
        case "checkbox":
            return checkbox_rule(options)
        case "location":
            return location_rule()
        case "url":
            return url_rule()
        case "email":
            return email_rule()
        case "stars":
            return stars_rule()
        case "flag":
            return flag_rule()
        case "json":
            return json_rule()
        case _:
            return text_rule(options)
