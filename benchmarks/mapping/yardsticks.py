"""Two ways of pairing that are in use elsewhere, to hold ours against.

DataSync's is written from a description of how version 1.9.9 behaves, with none of its code:

* badness of a header and a column: the smaller of two costs, each infinite unless it is small enough;
* by display name: Levenshtein distance, case counts, under a quarter of the longer name;
* by API field name: a distance in which what field names lose is cheap (0.1 for a character that becomes an underscore,
  for a capital that becomes small, for a sign that is dropped; 1 for everything else), taken only where the way back
  from field name to header, with insertions free, costs under a quarter of the field name;
* greedy: the header with the least badness first, the leftmost of equals; where its column is gone, its next choice.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from math import inf

from xl_datasync.core.dataset import Column

NEAR = 0.25
CHEAP = 0.1
DIFFLIB_FLOOR = 0.75


def datasync(headers: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Field names by header, as DataSync's Map Fields dialog would suggest them."""
    choices = []
    for header in headers:
        costs = ((_badness(header, column), place) for place, column in enumerate(columns))
        choices.append(sorted((cost, place) for cost, place in costs if cost < inf))
    queue = [(own[0][0], place, 0) for place, own in enumerate(choices) if own]
    heapq.heapify(queue)
    found: dict[str, str] = {}
    used: set[int] = set()
    while queue:
        _, row, choice = heapq.heappop(queue)
        column = choices[row][choice][1]
        if column not in used:
            used.add(column)
            found[headers[row]] = columns[column].field_name
        elif choice + 1 < len(choices[row]):
            heapq.heappush(queue, (choices[row][choice + 1][0], row, choice + 1))
    return found


def difflib_ratio(headers: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Field names by header: the best ratio of letters first, in small letters, of display or field name."""
    scores = sorted(_ratios(headers, columns), key=lambda score: (-score[0], score[1], score[2]))
    found: dict[str, str] = {}
    for _, row, place in scores:
        if headers[row] not in found and columns[place].field_name not in found.values():
            found[headers[row]] = columns[place].field_name
    return found


def _ratios(headers: Sequence[str], columns: Sequence[Column]) -> Iterator[tuple[float, int, int]]:
    for row, header in enumerate(headers):
        for place, column in enumerate(columns):
            names = (column.name.lower(), column.field_name.lower())
            ratio = max(SequenceMatcher(None, header.lower(), name).ratio() for name in names)
            if ratio >= DIFFLIB_FLOOR:
                yield ratio, row, place


def _badness(header: str, column: Column) -> float:
    name, field = column.name, column.field_name
    by_name: float = _distance(header, name, _plain_change)
    if by_name >= NEAR * max(len(header), len(name)):
        by_name = inf
    way_back = _distance(field, header, _change_back, insertion=0.0)
    if way_back >= NEAR * len(field):
        return by_name
    return min(by_name, _distance(header, field, _change_to_field, deletion=_loss))


def _plain_change(one: str, two: str) -> float:
    return 0.0 if one == two else 1.0


def _change_to_field(one: str, two: str) -> float:
    if one == two:
        return 0.0
    becomes_underscore = two == "_" and not one.isalnum()
    return CHEAP if becomes_underscore or (one.isupper() and one.lower() == two) else 1.0


def _change_back(one: str, two: str) -> float:
    return 0.0 if one == two or (one == "_" and not two.isalnum()) else 1.0


def _loss(character: str) -> float:
    return 1.0 if character.isalnum() or character == "_" else CHEAP


def _distance(
    one: str,
    two: str,
    change: Callable[[str, str], float],
    deletion: Callable[[str], float] = lambda _: 1.0,
    insertion: float = 1.0,
) -> float:
    """The least cost of making ``two`` of ``one``."""
    costs = [place * insertion for place in range(len(two) + 1)]
    for ours in one:
        before, gone = costs, deletion(ours)
        costs = [before[0] + gone]
        for place, theirs in enumerate(two):
            costs.append(min(before[place + 1] + gone, costs[place] + insertion, before[place] + change(ours, theirs)))
    return costs[-1]
