"""A place that two columns of numbers may make: a latitude and a longitude by their names, and by what they hold."""

from __future__ import annotations

from collections.abc import Collection

from xl_datasync.core.column_map import Part
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.names import words_of
from xl_datasync.core.values import SheetColumn, TableShape, is_blank
from xl_datasync.dialogs.mapping.form import parts_of
from xl_datasync.dialogs.mapping.profile import Profile

PART_WORDS = {
    Part.LATITUDE: {"lat", "latitude", "y"}, Part.LONGITUDE: {"lon", "long", "lng", "longitude", "x"},
    Part.STREET: {"street", "address", "addr"}, Part.CITY: {"city", "town"}, Part.STATE: {"state"},
    Part.ZIP: {"zip", "zipcode", "postcode"},
}  # fmt: skip
# Words beside which a coordinate stays a coordinate of the row itself; “start latitude” may be one of two.
_BESIDE = {"coord", "coordinate", "coordinates", "decimal", "degrees", "deg", "dd", "geo", "gps", "wgs", "84", "wgs84"}
_LARGEST = {Part.LATITUDE: 90, Part.LONGITUDE: 180}


def part_named(header: str) -> Part | None:
    """The part of a place that a header names, or None."""
    words = set(words_of(header))
    return next((part for part, names in PART_WORDS.items() if words & names), None)


def likely_place(
    shape: TableShape, dataset: Dataset, profile: Profile, filled: Collection[str], left_out: Collection[int]
) -> tuple[str, dict[Part, int]] | None:
    """The only place that nothing fills, and the only two columns that can be its coordinates; None where in doubt.

    :param filled: the portal columns that get something, by field name, or nothing on purpose.
    """
    open_places = [one for one in dataset.writable_columns if parts_of(one) and one.field_name not in filled]
    parts = {}
    for part in _LARGEST:
        found = [one.index for one in shape.columns if one.index not in left_out and _names(one, part)]
        if len(found) == 1 and _holds(profile, found[0], part):
            parts[part] = found[0]
    return (open_places[0].field_name, parts) if len(open_places) == 1 and len(parts) == len(_LARGEST) else None


def _names(column: SheetColumn, part: Part) -> bool:
    words = set(words_of(column.header)) - _BESIDE
    return bool(words) and words <= PART_WORDS[part]


def _holds(profile: Profile, index: int, part: Part) -> bool:
    """Whether a column holds numbers within range and nothing else; coordinates are hardly ever whole numbers."""
    fractions = False
    for block in profile.blocks:
        for value in block.columns[index]:
            if is_blank(value):
                continue
            if type(value) not in (int, float) or abs(value) > _LARGEST[part]:  # type: ignore[arg-type, operator]
                return False
            fractions = fractions or value != int(value)  # type: ignore[arg-type]  # a number
    return fractions
