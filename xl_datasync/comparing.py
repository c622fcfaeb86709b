"""What a plan would change, row by row: the CSV that would be sent against the portal's rows, in bounded memory.

Both sides are brought to one canonical form; what is kept of a row is its hash. The rows of the sample are remembered
as they go by on the portal's side, and looked up again in the CSV.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from xl_datasync.core.comparison import (
    Found,
    SentAsWholes,
    SentByIdentifier,
    Texts,
    blanks_of,
    row_hash,
    without_blanks,
)
from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Method, Progress
from xl_datasync.core.differences import CellChange, Change, Differences, RowChange, varied
from xl_datasync.core.identifiers import Comparison
from xl_datasync.core.options import BlankPolicy
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import PLACES_KEPT
from xl_datasync.core.row_numbers import RowNumbers
from xl_datasync.csv_files import csv_rows
from xl_datasync.portal import Forms

# Rows of each kind in the sample, rows that change among which they are chosen, and the most cells held of one kind.
SAMPLED, CANDIDATES, MOST_CELLS = 20, 1_000, 50_000
SCATTERED = 200_000
"""Rows of a sheet from all over which they are chosen; from a larger one, the first."""
CHUNK = 1_000

Row = Mapping[str, object]
_Item = TypeVar("_Item")


@dataclass(frozen=True)
class Preview:
    """What a comparison needs beside the plan.

    :param csv: the file that would be sent.
    :param numbers: the sheet's row of each of its rows.
    :param told: how far it has come; may raise what stops it.
    """

    csv: Path
    numbers: RowNumbers
    told: Progress


@dataclass(frozen=True)
class Compared:
    """What was found.

    :param identifiers: the sheet's identifiers against the portal's; None where rows are not told apart by one.
    """

    differences: Differences
    identifiers: Comparison | None


def compare(plan: Plan, there: Iterable[Row], before: int, preview: Preview) -> Compared:
    """Compare a plan with the portal's rows.

    :param there: the portal's rows; for a method that leaves other rows alone, those that it may change will do.
    :param before: how many rows the portal has.
    :raises KeyboardInterrupt: what ``preview.told`` raises.
    """
    work = _Work(plan, preview, before)
    if plan.job.method is Method.APPEND:
        return Compared(Differences(plan.rows, 0, 0, before, work.sample(Found(), range(work.most))), None)
    if plan.dataset.row_identifier is None:
        return work.wholes(there)
    return work.by_identifier(there)


def columns_compared(plan: Plan) -> tuple[Column, ...]:
    """The columns that the method changes, or that show what a row was."""
    if plan.job.method in (Method.REPLACE, Method.DELETE):
        return plan.dataset.writable_columns
    return plan.columns


class _Work:
    """One comparison on its way."""

    def __init__(self, plan: Plan, preview: Preview, before: int) -> None:
        self._plan = plan
        self._preview = preview
        self._before = before
        self._columns = columns_compared(plan)
        self._forms = Forms(self._columns)
        self._sent_at = {column.field_name: place for place, column in enumerate(plan.columns)}
        identifier = plan.dataset.row_identifier
        # A plan whose row identifier is not filled is not sendable.
        self._key = self._columns.index(identifier) if identifier else None
        self._keeps = plan.job.method is Method.UPSERT and plan.job.options.empty_cells is BlankPolicy.KEEP
        room = max(1, MOST_CELLS // max(len(self._columns), 1))
        self.most, self._candidates = min(SAMPLED, room), min(CANDIDATES, room)
        self._done = 0

    def by_identifier(self, there: Iterable[Row]) -> Compared:
        """Rows that are told apart by an identifier."""
        method, key, found = self._plan.job.method, self._key or 0, Found(self._plan.rows <= SCATTERED)
        with closing(SentByIdentifier()) as sent:
            for columns in self._sent():
                rows = list(zip(*columns, strict=True))
                blanks = [blanks_of(row) if self._keeps else None for row in rows]
                sent.add(columns[key], list(map(row_hash, rows)), blanks)
            sent.seal()
            for row in self._there(there):
                met = sent.meet(row[key])
                if method is Method.DELETE:
                    if met:
                        found.remove(row, self.most)
                elif met is None:
                    if method is Method.REPLACE:
                        found.remove(row, self.most)
                elif row_hash(without_blanks(row, met[2])) == met[1]:
                    found.equal += 1
                else:
                    found.change(met[0], row, self._candidates)
            unmet, first = sent.unmet, list(islice(sent.places_unmet(), PLACES_KEPT))
        added = 0 if method is Method.DELETE else unmet
        sample = self.sample(found, first[: self.most] if added else ())
        unchanged = found.equal if method is Method.REPLACE else self._before - found.changes - found.removals
        differences = Differences(added, found.changes, found.removals, max(unchanged, 0), sample)
        return Compared(differences, self._identifiers(unmet, first))

    def wholes(self, there: Iterable[Row]) -> Compared:
        """Rows without an identifier, of which a replace makes new ones."""
        found = Found()
        with closing(SentAsWholes()) as sent:
            for columns in self._sent():
                sent.add(list(map(row_hash, zip(*columns, strict=True))))
            sent.seal()
            for row in self._there(there):
                if sent.meet(row_hash(row)):
                    found.equal += 1
                else:
                    found.remove(row, self.most)
            added, first = sent.unmet, list(islice(sent.places_unmet(), self.most))
        sample = self.sample(found, first)
        return Compared(Differences(added, 0, found.removals, found.equal, sample), None)

    def sample(self, found: Found, added: Iterable[int]) -> tuple[RowChange, ...]:
        """The first rows that are added or removed, and rows with changes of every kind."""
        new, changed = list(added), {place: row for _, place, row in sorted(found.changed, key=itemgetter(1))}
        sent = self._looked_up([*new, *changed])
        blank = ("",) * len(self._columns)
        changes = [
            self._row(Change.CHANGED, old, sent[place], place) for place, old in changed.items() if place in sent
        ]
        return (
            *(self._row(Change.ADDED, blank, sent[place], place) for place in new if place in sent),
            *varied(changes, self.most),
            *(self._row(Change.REMOVED, old, blank) for old in found.removed),
        )

    def _row(self, change: Change, old: Texts, new: Texts, place: int | None = None) -> RowChange:
        cells = tuple(
            CellChange(column.name, before, after)
            for column, before, after in zip(self._columns, old, new, strict=True)
            if before != after and (after or change is not Change.CHANGED or not self._keeps)
        )
        named = "" if self._key is None else (old[self._key] or new[self._key])
        return RowChange(change, named, self._where(place), cells)

    def _where(self, place: int | None) -> str:
        row = None if place is None else self._preview.numbers.row(place)
        return "" if row is None else self._plan.shape.row_address(row)

    def _identifiers(self, unmet: int, first: Sequence[int]) -> Comparison:
        """The sheet's identifiers against the portal's; which of them are known is asked of no method that is here."""
        rows = self._looked_up(first) if self._plan.job.method is Method.DELETE else {}
        numbers = self._preview.numbers
        missing = ((rows[place][self._key or 0], numbers.row(place) or 0) for place in first if place in rows)
        return Comparison(self._plan.rows - unmet, (), tuple(missing))

    # the two sides

    def _sent(self) -> Iterator[list[Sequence[str]]]:
        """The CSV's rows, as columns in canonical form."""
        for chunk in _chunks(csv_rows(self._preview.csv)):
            yield self._canonical(chunk)
            self._tell(len(chunk))

    def _canonical(self, rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        given, blank = list(zip(*rows, strict=True)), ("",) * len(rows)
        places = [(column, self._sent_at.get(column.field_name)) for column in self._columns]
        return [blank if place is None else self._forms.sent(column, given[place]) for column, place in places]

    def _there(self, rows: Iterable[Row]) -> Iterator[Texts]:
        """The portal's rows in canonical form."""
        for chunk in _chunks(rows):
            yield from zip(*self._forms.there(chunk), strict=True)
            self._tell(len(chunk))

    def _looked_up(self, places: Iterable[int]) -> dict[int, Texts]:
        """Rows of the CSV by their place, in canonical form."""
        found: dict[int, Sequence[str]] = {}
        rows, at = csv_rows(self._preview.csv), 0
        for place in sorted(set(places)):
            row = next(islice(rows, place - at, None), None)
            at = place + 1
            if row is not None:
                found[place] = row
        return dict(zip(found, zip(*self._canonical(list(found.values())), strict=True), strict=True)) if found else {}

    def _tell(self, rows: int) -> None:
        self._done += rows
        self._preview.told(self._done, max(self._plan.rows + self._before, self._done))


def _chunks(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
