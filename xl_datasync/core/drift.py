"""What has changed on the sheet and on the portal since a column map was made.

A map says where columns go; when a column is renamed, added or taken away, the same rows may say something else. A
picture of both sides is kept with the job, and each change is named once: as a warning where the map leans on what
changed, else as a note.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.chosen import plain
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.problems import Place, Problem, Severity
from xl_datasync.core.values import SheetColumn, TableShape

NAMES_SHOWN = 12
SINCE = "since the column map was last saved or used"

Key = tuple[str, int]
"""A header as people compare it, and which of those that are alike it is."""


@dataclass(frozen=True)
class SeenHeader:
    """A sheet column as it was. ``sent`` tells whether the map sent it."""

    letter: str
    header: str
    sent: bool = True


@dataclass(frozen=True)
class SeenColumn:
    """A portal column as it was. ``filled`` tells whether the map filled it."""

    field_name: str
    name: str
    type: str
    filled: bool = True


@dataclass(frozen=True)
class MapPicture:
    """Both sides of a map at the moment when it was saved or used.

    :param identifier: API field name of the row identifier; ``""`` where the dataset has none.
    """

    dataset_id: str
    headers: tuple[SeenHeader, ...]
    columns: tuple[SeenColumn, ...]
    identifier: str = ""


def picture_of(shape: TableShape, dataset: Dataset, mapping: Mapping | None = None) -> MapPicture:
    """The picture of both sides as they are now.

    :param mapping: which of them the map leans on; None where that is not known, and all of them count.
    """
    sent = {source.index for mapped in mapping.columns for source in mapped.sources} if mapping else None
    filled = {mapped.column.field_name for mapped in mapping.columns} if mapping else None
    identifier = dataset.row_identifier
    return MapPicture(
        dataset.id,
        tuple(
            SeenHeader(column.letter, column.header, sent is None or column.index in sent)
            for column in shape.columns
            if column.header
        ),
        tuple(
            SeenColumn(column.field_name, column.name, column.type, filled is None or column.field_name in filled)
            for column in dataset.writable_columns
        ),
        identifier.field_name if identifier else "",
    )


def drift(old: MapPicture, shape: TableShape, dataset: Dataset, mapping: Mapping) -> tuple[Problem, ...]:
    """What changed since the picture was taken, one problem for each kind of change; nothing for another dataset."""
    if old.dataset_id != dataset.id:
        return ()
    changes = [*_of_sheet(old.headers, shape, mapping), *_of_portal(old, dataset, mapping)]
    subjects = {True: f"Sheet “{shape.sheet}”", False: f"Dataset “{dataset.name}”"}
    kinds = dict.fromkeys((change.kind, change.on_sheet, change.matters) for change in changes)
    found = [
        _problem(
            subjects[on_sheet], [c for c in changes if (c.kind, c.on_sheet, c.matters) == (kind, on_sheet, matters)]
        )
        for kind, on_sheet, matters in kinds
    ]
    return tuple(sorted(found, key=lambda problem: list(Severity).index(problem.severity)))


@dataclass(frozen=True)
class _Change:
    """One change.

    :param kind: what happened, as words before the names of all columns to which it happened.
    :param matters: whether the map leans on it.
    :param where: the header's cell, where it is on the sheet.
    """

    kind: str
    name: str
    remedy: str
    matters: bool
    on_sheet: bool
    where: str = ""


def _problem(subject: str, changes: Sequence[_Change]) -> Problem:
    names = ", ".join(change.name for change in changes[:NAMES_SHOWN])
    more = f" and {len(changes) - NAMES_SHOWN:,} more" if len(changes) > NAMES_SHOWN else ""
    what = f"{changes[0].kind} {SINCE}: {names}{more}"
    severity = Severity.WARNING if changes[0].matters else Severity.NOTE
    remedy = changes[0].remedy if changes[0].matters else ""
    places = tuple(Place(change.where, "") for change in changes if change.where)
    # What is answered is these changes, not whatever changes next.
    topic = topic_of_all(f"{changes[0].kind}:", [change.name for change in changes]) if changes[0].matters else ""
    return Problem(subject, what, remedy, severity, len(changes), places, topic=topic)


def _of_sheet(old: Sequence[SeenHeader], shape: TableShape, mapping: Mapping) -> Iterator[_Change]:
    """Columns of the sheet that were added, taken away, renamed or moved."""
    before = dict(zip(_keys(seen.header for seen in old), old, strict=True))
    columns = [column for column in shape.columns if column.header]
    after = dict(zip(_keys(column.header for column in columns), columns, strict=True))
    sent = {source.index for mapped in mapping.columns for source in mapped.sources}
    common = [key for key in before if key in after]
    gone, come = _between(before, common), _between(after, _in_order(after, before))
    renamed: set[Key] = set()
    for gap, keys in gone.items():
        # As many new ones in the same place as old ones that are gone: the same columns under other names.
        if len(keys) == len(come.get(gap, ())):
            for was, now in zip(keys, come[gap], strict=True):
                renamed |= {was, now}
                seen, column = before[was], after[now]
                yield _renamed(seen, column, shape, matters=seen.sent or column.index in sent)
    for key, seen in before.items():
        if key not in after and key not in renamed:
            remedy = "Put the column back, or open the Column map and choose another one."
            name = f"“{seen.header}” ({seen.letter})"
            yield _Change("columns taken away", name, remedy, seen.sent, on_sheet=True)
    for key, column in after.items():
        if key not in before and key not in renamed:
            remedy = "Check that it is meant to be sent, or set it to “Ignore” in the Column map."
            yield _Change("columns added", _named(column), remedy, column.index in sent, True, _where(shape, column))
    for key in _moved(common, after):
        name = f"{_named(after[key])}, before in {before[key].letter}"
        yield _Change("columns moved", name, "", matters=False, on_sheet=True, where=_where(shape, after[key]))


def _renamed(seen: SeenHeader, column: SheetColumn, shape: TableShape, *, matters: bool) -> _Change:
    remedy = "Check in the Column map where it goes now, or give it its old header."
    name = f"“{seen.header}” to “{column.header}” ({column.letter})"
    return _Change("columns renamed", name, remedy, matters, on_sheet=True, where=_where(shape, column))


def _named(column: SheetColumn) -> str:
    return f"“{column.header}” ({column.letter})"


def _where(shape: TableShape, column: SheetColumn) -> str:
    return shape.address(column, shape.header_row or 1)


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


def _of_portal(old: MapPicture, dataset: Dataset, mapping: Mapping) -> Iterator[_Change]:
    """Columns of the dataset that were added, removed, renamed or given another type, and another row identifier."""
    before = {seen.field_name: seen for seen in old.columns}
    after = {column.field_name: column for column in dataset.writable_columns}
    filled = {mapped.column.field_name for mapped in mapping.columns}
    for name, seen in before.items():
        if name not in after:
            remedy = "Open the Column map, and choose where its values go now."
            yield _Change("portal columns removed", f"“{seen.name}”", remedy, seen.filled, on_sheet=False)
        else:
            yield from _of_column(seen, after[name], filled=name in filled)
    for name, column in after.items():
        if name not in before:
            remedy = "Check in the Column map that what is sent to it is meant for it."
            yield _Change("portal columns added", f"“{column.name}”", remedy, name in filled, on_sheet=False)
    now = dataset.row_identifier.field_name if dataset.row_identifier else ""
    if now != old.identifier:
        shown = " to ".join(_label(name, before, after) for name in (old.identifier, now))
        remedy = "Check the job's “How to update”: rows are told apart by another column now."
        yield _Change("row identifier changed", shown, remedy, matters=True, on_sheet=False)


def _of_column(seen: SeenColumn, column: Column, *, filled: bool) -> Iterator[_Change]:
    if seen.name != column.name:
        # A column that is still filled was found all the same.
        name, remedy = f"“{seen.name}” to “{column.name}”", "Open the Column map, and choose its sheet column again."
        yield _Change("portal columns renamed", name, remedy, seen.filled and not filled, on_sheet=False)
    if seen.type != column.type:
        name = f"“{column.name}” from {seen.type} to {column.type}"
        remedy = "Check in the Column map what the first rows become."
        yield _Change("portal columns of another type", name, remedy, filled or seen.filled, on_sheet=False)


def _label(field_name: str, before: dict[str, SeenColumn], after: dict[str, Column]) -> str:
    if not field_name:
        return "none"
    known = after.get(field_name) or before.get(field_name)
    return f"“{known.name if known else field_name}”"
