"""Which header means which portal column, as far as their names can tell.

Steps, each over all columns before the next: exact API field name; exact display name; equal once case, accents,
punctuation and spaces are set aside; a guess, marked as one. A portal column is never given two headers. A name that
several portal columns share decides nothing, and a guess must be clearly better than the next best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from xl_datasync.core.dataset import Column
from xl_datasync.core.names import Name, squeeze
from xl_datasync.core.values import SheetColumn

GUESS_FLOOR = 0.8
GUESS_MARGIN = 0.08

_Item = TypeVar("_Item")


class Match(Enum):
    """How a column found its place; the value is the word shown."""

    CHOSEN = "chosen"
    EXACT = "exact"
    SAME_NAME = "same name"
    GUESS = "guess: please check"


@dataclass(frozen=True)
class Pair:
    """A header, the portal column that it means, and how sure that is."""

    header: SheetColumn
    column: Column
    match: Match


@dataclass(frozen=True)
class Pairing:
    """What names alone can tell.

    :param shared: portal columns whose name several headers have, with those headers.
    """

    pairs: tuple[Pair, ...]
    shared: tuple[tuple[Column, tuple[SheetColumn, ...]], ...]


def pair_up(headers: Sequence[SheetColumn], columns: Sequence[Column]) -> Pairing:
    """Pair headers and portal columns by their names, surest step first; a hidden column is never guessed for."""
    steps: list[tuple[Match, Callable[[str], str], Callable[[Column], str]]] = [
        (Match.EXACT, str, lambda column: column.field_name),
        (Match.EXACT, str, lambda column: column.name),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.field_name)),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.name)),
    ]
    left = list(headers)
    found: list[Pair] = []
    shared: list[tuple[Column, tuple[SheetColumn, ...]]] = []
    filled: set[str] = set()
    spent: set[int] = set()
    for match, of_header, of_column in steps:
        by_header = _grouped(left, [of_header(header.header) for header in left])
        for name, bearers in _grouped(columns, map(of_column, columns)).items():
            same = by_header.get(name, [])
            # A name borne by several portal columns decides nothing, not even when all but one have been filled.
            if not name or not same or len(bearers) > 1 or bearers[0].field_name in filled:
                continue
            filled.add(bearers[0].field_name)
            spent.update(header.index for header in same)
            if len(same) == 1:
                found.append(Pair(same[0], bearers[0], match))
            else:
                shared.append((bearers[0], tuple(same)))
        left = [header for header in left if header.index not in spent]
    open_columns = [column for column in columns if column.field_name not in filled]
    found += _guess([header for header in left if not header.hidden], open_columns)
    return Pairing(tuple(found), tuple(shared))


def _grouped(items: Iterable[_Item], names: Iterable[str]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item, name in zip(items, names, strict=True):
        groups[name].append(item)
    return groups


def _guess(headers: list[SheetColumn], columns: list[Column]) -> list[Pair]:
    """Guess for what is left: only where header and column are each other's clear best."""
    known = [{Name.of(column.name), Name.of(column.field_name)} for column in columns]
    by_header: dict[int, dict[int, float]] = {}
    by_column: dict[int, dict[int, float]] = defaultdict(dict)
    for row, header in enumerate(headers):
        name = Name.of(header.header)
        scores = ((place, max(map(name.likeness, names))) for place, names in enumerate(known))
        by_header[row] = {place: score for place, score in scores if score >= GUESS_FLOOR}
        for place, score in by_header[row].items():
            by_column[place][row] = score
    return [
        Pair(headers[row], columns[place], Match.GUESS)
        for row, scores_of_row in by_header.items()
        for place in scores_of_row
        if _leads(scores_of_row, place) and _leads(by_column[place], row)
    ]


def _leads(scores: dict[int, float], best: int) -> bool:
    """Whether the score of ``best`` is clearly above all others."""
    return all(scores[best] - score >= GUESS_MARGIN for place, score in scores.items() if place != best)
