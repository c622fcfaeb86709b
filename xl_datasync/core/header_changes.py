"""What became of a sheet's columns since a picture was taken: renamed, taken away, added, moved."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from xl_datasync.core.chosen import plain
from xl_datasync.core.column_map import ColumnChoice, Send
from xl_datasync.core.map_picture import SeenHeader
from xl_datasync.core.values import SheetColumn, TableShape

Key = tuple[str, int]
"""A header as people compare it, and which of those that are alike it is."""


@dataclass(frozen=True)
class HeaderChanges:
    """Columns as they were, and as they are."""

    renamed: tuple[tuple[SeenHeader, SheetColumn], ...]
    gone: tuple[SeenHeader, ...]
    added: tuple[SheetColumn, ...]
    moved: tuple[tuple[SeenHeader, SheetColumn], ...]


def header_changes(old: Sequence[SeenHeader], shape: TableShape) -> HeaderChanges:
    """Compare the columns of then and now.

    As many new ones in one place as old ones that are gone are the same columns under other names.
    """
    before = dict(zip(_keys(seen.header for seen in old), old, strict=True))
    columns = [column for column in shape.columns if column.header]
    after = dict(zip(_keys(column.header for column in columns), columns, strict=True))
    common = [key for key in before if key in after]
    gone, come = _between(before, common), _between(after, _in_order(after, before))
    renamed = {
        was: now
        for gap, keys in gone.items()
        if len(keys) == len(come.get(gap, ()))
        for was, now in zip(keys, come[gap], strict=True)
    }
    return HeaderChanges(
        tuple((before[was], after[now]) for was, now in renamed.items()),
        tuple(seen for key, seen in before.items() if key not in after and key not in renamed),
        tuple(column for key, column in after.items() if key not in before and key not in renamed.values()),
        tuple((before[key], after[key]) for key in _moved(common, after)),
    )


def follow_renamed(
    choices: Sequence[ColumnChoice], old: Sequence[SeenHeader], shape: TableShape
) -> tuple[tuple[ColumnChoice, ...], frozenset[int]]:
    """The rows of a column map with the new headers of columns that were renamed.

    :returns: the rows, and the indexes of the sheet columns that were renamed; both are guesses.
    """
    renamed = header_changes(old, shape).renamed
    followed, found = [], set()
    for choice in choices:
        now = [
            column
            for seen, column in renamed
            if plain(seen.header) == plain(choice.sheet_column)
            and choice.letter.strip().upper() in ("", seen.letter)
            # What stands now where a column was ignored may be one to send.
            and choice.send is not Send.IGNORE
        ]
        if len(now) == 1:
            found.add(now[0].index)
            followed.append(replace(choice, sheet_column=now[0].header, letter=choice.letter and now[0].letter))
        else:
            followed.append(choice)
    return tuple(followed), frozenset(found)


def _keys(headers: Iterable[str]) -> list[Key]:
    seen: Counter[str] = Counter()
    keys = []
    for header in map(plain, headers):
        keys.append((header, seen[header]))
        seen[header] += 1
    return keys


def _in_order(keys: Iterable[Key], known: Iterable[Key]) -> list[Key]:
    wanted = set(known)
    return [key for key in keys if key in wanted]


def _between(keys: Iterable[Key], common: Sequence[Key]) -> dict[Key | None, list[Key]]:
    """The keys that are not common to both sides, by the common one that stands before them."""
    known = set(common)
    gaps: dict[Key | None, list[Key]] = {}
    last: Key | None = None
    for key in keys:
        if key in known:
            last = key
        else:
            gaps.setdefault(last, []).append(key)
    return gaps


def _moved(common: Sequence[Key], after: Iterable[Key]) -> list[Key]:
    """The fewest columns whose moving explains the new order."""
    place = {key: index for index, key in enumerate(_in_order(after, common))}
    ends: list[int] = []
    last: list[Key] = []
    before: dict[Key, Key | None] = {}
    for key in common:
        # The longest run of columns that kept their order, by the least place with which one of each length can end.
        at = bisect_left(ends, place[key])
        before[key] = last[at - 1] if at else None
        ends[at : at + 1], last[at : at + 1] = [place[key]], [key]
    kept: set[Key] = set()
    key_or_none = last[-1] if last else None
    while key_or_none is not None:
        kept.add(key_or_none)
        key_or_none = before[key_or_none]
    return [key for key in common if key not in kept]
