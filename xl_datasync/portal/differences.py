"""A blueprint as the portal takes it, and where the dataset made from it is not as asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from xl_datasync.core.dataset import Blueprint, Column, Dataset, Details

# What the dataset says about itself: the key in ``/api/views``, and what a message calls it (protocol §2.1, §2.2).
_DETAILS = {
    "description": ("description", "the description"),
    "category": ("category", "the category"),
    "tags": ("tags", "the keywords"),
    "license_id": ("licenseId", "the licence"),
    "attribution": ("attribution", "the source it is attributed to"),
    "attribution_link": ("attributionLink", "the link of its source"),
    "row_label": ("rowLabel", "the word for a row"),
    "custom_fields": ("custom_fields", "the portal's own fields"),
}
_IN_METADATA = frozenset({"row_label", "custom_fields"})
_COLUMN_FACTS = {"description": "its description", "format": "its format", "width": "its width"}


@dataclass(frozen=True)
class Made:
    """A dataset that was made, as the portal gave it back.

    :param differences: in words, where it is not as it was asked for.
    """

    dataset: Dataset
    differences: tuple[str, ...] = ()


def view_of(blueprint: Blueprint) -> dict[str, object]:
    """The body that asks for the whole dataset at once (protocol §5 [R][C])."""
    view: dict[str, object] = {"name": blueprint.name, "columns": list(map(_column_shape, blueprint.columns))}
    metadata: dict[str, object] = {}
    for name, value in _given(blueprint.details):
        place = metadata if name in _IN_METADATA else view
        place[_DETAILS[name][0]] = value
    if blueprint.row_identifier:
        metadata["rowIdentifier"] = blueprint.row_identifier
    return {**view, "metadata": metadata} if metadata else view


def changes_for(blueprint: Blueprint, dataset: Dataset) -> list[dict[str, object]]:
    """Partial views, each of which mends one thing (protocol §2.2 [C], §5)."""
    changes: list[dict[str, object]] = []
    if blueprint.row_identifier and not _has_identifier(blueprint, dataset):
        changes.append({"metadata": {"rowIdentifier": blueprint.row_identifier}})
    for name, value in _differing(blueprint.details, dataset.details):
        key = _DETAILS[name][0]
        changes.append({"metadata": {key: value}} if name in _IN_METADATA else {key: value})
    return changes


def column_changes(blueprint: Blueprint, dataset: Dataset) -> Iterator[tuple[Column, dict[str, object]]]:
    """The columns that can be mended, and how."""
    for wanted, found in _pairs(blueprint, dataset):
        facts = {name: getattr(wanted, name) for name in _COLUMN_FACTS if not _fact_holds(wanted, found, name)}
        if facts:
            yield found, facts


def differences(blueprint: Blueprint, dataset: Dataset) -> tuple[str, ...]:
    """Where the dataset is not as asked, in words."""
    return (
        *_title(blueprint, dataset),
        *_columns(blueprint, dataset),
        *_identifier(blueprint, dataset),
        *(f"{_DETAILS[name][1]} could not be set" for name, _ in _differing(blueprint.details, dataset.details)),
    )


def _column_shape(column: Column) -> dict[str, object]:
    shape = {"name": column.name, "fieldName": column.field_name, "dataTypeName": column.type}
    facts = {name: getattr(column, name) for name in _COLUMN_FACTS}
    return {**shape, **{name: value for name, value in facts.items() if value}}


def _given(details: Details) -> Iterator[tuple[str, object]]:
    for field in fields(details):
        value = getattr(details, field.name)
        if value:
            yield field.name, list(value) if isinstance(value, tuple) else value


def _differing(wanted: Details, found: Details) -> Iterator[tuple[str, object]]:
    """What was asked for and is not so; what was not asked for may be anything."""
    for name, value in _given(wanted):
        there = getattr(found, name)
        if name == "tags":
            # Portals keep keywords as a set in small letters [U].
            same = {str(tag).casefold() for tag in wanted.tags} <= {tag.casefold() for tag in there}
        elif name == "custom_fields":
            same = all(_holds(there.get(group, {}), given) for group, given in wanted.custom_fields.items())
        else:
            same = str(there).strip() == str(value).strip()
        if not same:
            yield name, value


def _holds(there: Mapping[str, object], wanted: Mapping[str, object]) -> bool:
    """Whether every value is there; a portal gives back ``true`` and numbers as they are or as text (§2.1)."""
    return all(_plain(there.get(name)) == _plain(value) for name, value in wanted.items())


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value) if isinstance(value, int | float | str) else value


def _fact_holds(wanted: Column, found: Column, name: str) -> bool:
    value = getattr(wanted, name)
    if name == "format":
        return _holds(found.format, wanted.format)
    return not value or getattr(found, name) == value


def _pairs(blueprint: Blueprint, dataset: Dataset) -> Iterator[tuple[Column, Column]]:
    for wanted in blueprint.columns:
        found = dataset.column(wanted.field_name)
        if found:
            yield wanted, found


def _has_identifier(blueprint: Blueprint, dataset: Dataset) -> bool:
    there = dataset.row_identifier.field_name if dataset.row_identifier else ""
    return there.casefold() == blueprint.row_identifier.casefold()


def _title(blueprint: Blueprint, dataset: Dataset) -> Iterator[str]:
    if dataset.name.strip() != blueprint.name.strip():
        cut = blueprint.name.startswith(dataset.name.rstrip("… "))
        yield f"the title was cut to “{dataset.name}”" if cut else f"the title became “{dataset.name}”"


def _columns(blueprint: Blueprint, dataset: Dataset) -> Iterator[str]:
    for wanted in blueprint.columns:
        found = dataset.column(wanted.field_name)
        if found is None:
            yield _missing(wanted, blueprint, dataset)
            continue
        label = f"column “{wanted.name}”"
        if found.type != wanted.type:
            yield f"{label}: its type is {found.type}, not {wanted.type}"
        if found.name != wanted.name:
            yield f"{label}: its title became “{found.name}”"
        for name, words in _COLUMN_FACTS.items():
            if not _fact_holds(wanted, found, name):
                yield f"{label}: {words} could not be set"
    wanted_order = [wanted.field_name.casefold() for wanted, _ in _pairs(blueprint, dataset)]
    order = [column.field_name.casefold() for column in dataset.columns]
    if [name for name in order if name in wanted_order] != wanted_order:
        yield "the columns stand in another order"


def _missing(wanted: Column, blueprint: Blueprint, dataset: Dataset) -> str:
    """A column that is not there, or that got another field name."""
    asked = {column.field_name.casefold() for column in blueprint.columns}
    for column in dataset.columns:
        if column.name == wanted.name and column.field_name.casefold() not in asked:
            return f"column “{wanted.name}”: its API field name became {column.field_name}"
    return f"column {wanted.label} is missing"


def _identifier(blueprint: Blueprint, dataset: Dataset) -> Iterator[str]:
    if _has_identifier(blueprint, dataset):
        return
    if not blueprint.row_identifier:
        found = dataset.row_identifier
        yield f"the row identifier is “{found.name if found else ''}”, though none was asked for"
        return
    wanted = next((c.name for c in blueprint.columns if c.field_name == blueprint.row_identifier), "")
    yield f"the row identifier “{wanted or blueprint.row_identifier}” could not be set"
