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
from xl_datasync.core.guessing import assign, likenesses
from xl_datasync.core.names import squeeze
from xl_datasync.core.values import SheetColumn

CANDIDATES = 3

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
    found += _guess([header for header in left if not header.hidden], open_columns, sure=len(found))
    return Pairing(tuple(found), tuple(shared))


def _grouped(items: Iterable[_Item], names: Iterable[str]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for item, name in zip(items, names, strict=True):
        groups[name].append(item)
    return groups


def candidates(header: SheetColumn, columns: Sequence[Column]) -> list[Column]:
    """The portal columns that a header most likely means, best first, however unlikely."""
    from rapidfuzz.fuzz import ratio  # noqa: PLC0415  # most sheets leave nothing to guess

    scores = likenesses([header.header], [(column.name, column.field_name) for column in columns], lowest=0.0)
    wanted = squeeze(header.header)

    def rank(place: int) -> tuple[bool, float, float]:
        names = (squeeze(columns[place].name), squeeze(columns[place].field_name))
        return wanted in names, scores.get((0, place), 0.0), max(ratio(wanted, name) for name in names)

    places = sorted(range(len(columns)), key=rank, reverse=True)
    return [columns[place] for place in places[:CANDIDATES]]


def _guess(headers: Sequence[SheetColumn], columns: Sequence[Column], *, sure: int) -> list[Pair]:
    """Guess for what is left; ``sure`` is how many have found their column."""
    scores = likenesses([header.header for header in headers], [(column.name, column.field_name) for column in columns])
    places = assign(scores, sure, len(headers), len(columns))
    return [Pair(headers[row], columns[place], Match.GUESS) for row, place in places]
