"""The picture of both sides of a column map, taken when it was saved or used; the drift alarm compares it with now."""

from __future__ import annotations

from dataclasses import dataclass

from xl_datasync.core.dataset import Dataset
from xl_datasync.core.mapping import Mapping
from xl_datasync.core.values import TableShape


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
