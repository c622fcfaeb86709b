"""What has changed on the sheet and on the portal since a column map was made.

A map says where columns go; when a column is renamed, added or taken away, the same rows may say something else. A
picture of both sides is kept with the job, and each change is named once: as a warning where the map leans on what
changed, else as a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xl_datasync.core.checks.answers import topic_of_all
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.header_changes import header_changes
from xl_datasync.core.map_picture import MapPicture, SeenColumn, SeenHeader
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.problems import Place, Problem, Severity
from xl_datasync.core.values import SheetColumn, TableShape

NAMES_SHOWN = 12
SINCE = "since the column map was last saved or used"


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
    sent = {source.index for mapped in mapping.columns for source in mapped.sources}
    changes = header_changes(old, shape)
    for seen, column in changes.renamed:
        name = f"“{seen.header}” to “{column.header}” ({column.letter})"
        remedy = "Confirm in “Map columns” or the Column map where it goes now, or give it its old header."
        matters = seen.sent or column.index in sent
        yield _Change("columns renamed", name, remedy, matters, True, _where(shape, column))
    for seen in changes.gone:
        remedy = "Put the column back, or choose another one in “Map columns” or the Column map."
        yield _Change("columns taken away", f"“{seen.header}” ({seen.letter})", remedy, seen.sent, on_sheet=True)
    for column in changes.added:
        remedy = "Check that it is meant to be sent, or leave it out in “Map columns” or the Column map."
        yield _Change("columns added", _named(column), remedy, column.index in sent, True, _where(shape, column))
    for seen, column in changes.moved:
        name = f"{_named(column)}, before in {seen.letter}"
        yield _Change("columns moved", name, "", matters=False, on_sheet=True, where=_where(shape, column))


def _named(column: SheetColumn) -> str:
    return f"“{column.header}” ({column.letter})"


def _where(shape: TableShape, column: SheetColumn) -> str:
    return shape.address(column, shape.header_row or 1)


def _of_portal(old: MapPicture, dataset: Dataset, mapping: Mapping) -> Iterator[_Change]:
    """Columns of the dataset that were added, removed, renamed or given another type, and another row identifier."""
    before = {seen.field_name: seen for seen in old.columns}
    after = {column.field_name: column for column in dataset.writable_columns}
    filled = {mapped.column.field_name for mapped in mapping.columns}
    for name, seen in before.items():
        if name not in after:
            remedy = "Choose in “Map columns” or the Column map where its values go now."
            yield _Change("portal columns removed", f"“{seen.name}”", remedy, seen.filled, on_sheet=False)
        else:
            yield from _of_column(seen, after[name], filled=name in filled)
    for name, column in after.items():
        if name not in before:
            remedy = "Check in “Map columns” or the Column map that what is sent to it is meant for it."
            yield _Change("portal columns added", f"“{column.name}”", remedy, name in filled, on_sheet=False)
    now = dataset.row_identifier.field_name if dataset.row_identifier else ""
    if now != old.identifier:
        shown = " to ".join(_label(name, before, after) for name in (old.identifier, now))
        remedy = "Check the job's “How to update”: rows are told apart by another column now."
        yield _Change("row identifier changed", shown, remedy, matters=True, on_sheet=False)


def _of_column(seen: SeenColumn, column: Column, *, filled: bool) -> Iterator[_Change]:
    if seen.name != column.name:
        # A column that is still filled was found all the same.
        name = f"“{seen.name}” to “{column.name}”"
        remedy = "Choose its sheet column again in “Map columns” or the Column map."
        yield _Change("portal columns renamed", name, remedy, seen.filled and not filled, on_sheet=False)
    if seen.type != column.type:
        name = f"“{column.name}” from {seen.type} to {column.type}"
        remedy = "See in “Map columns” or the Column map what the first rows become."
        yield _Change("portal columns of another type", name, remedy, filled or seen.filled, on_sheet=False)


def _label(field_name: str, before: dict[str, SeenColumn], after: dict[str, Column]) -> str:
    if not field_name:
        return "none"
    known = after.get(field_name) or before.get(field_name)
    return f"“{known.name if known else field_name}”"
