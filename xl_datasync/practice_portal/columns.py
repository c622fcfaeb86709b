"""Columns added, changed, moved and dropped by request bodies (protocol §5, §8). Values only, no SQL."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .dataset import DEFAULT_WIDTH, Column, Dataset, column_number
from .details import read_count, read_name, read_object, read_text, read_words
from .errors import Refusal, invalid_request, wrong_stage
from .types import DATA_TYPES

_FIELD_NAME = re.compile(r"[a-z_][a-z0-9_]*")


def field_name_from(name: str) -> str:
    """The field name a portal makes from a column's name (protocol §8; all but the plain form [U])."""
    made = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "unnamed_column"
    return f"_{made}" if made[0].isdigit() else made


def add_column(dataset: Dataset, body: object) -> tuple[Dataset, Column]:
    """The dataset with a column more, at the position the body asks for, otherwise last."""
    facts = _facts(body)
    name = read_name(facts)
    type_name = read_text(facts, "dataTypeName")
    if type_name not in DATA_TYPES:
        message = f"Column '{name}': there is no data type '{type_name}'"
        raise Refusal(400, "update.type.unknown", message, {"type": type_name})
    if facts.get("computationStrategy"):
        raise Refusal(
            400, "update.column.system", f"Column '{name}' is computed; the portal alone can add such columns"
        )
    slot = dataset.slots + 1
    number = column_number(dataset.id, slot)
    field_name = _new_field_name(dataset, facts, name)
    bare = Column(number, name, field_name, type_name, slot, slot=slot, table_id=number)
    added = _with_facts(bare, facts)
    wider = replace(
        dataset, slots=slot, columns=_moved((*dataset.columns, added), added, read_count(facts, "position"))
    )
    return wider, wider.by_field[field_name]


def add_columns(dataset: Dataset, bodies: object) -> Dataset:
    """The dataset with all the columns of a list, ordered by the positions they name."""
    if bodies is not None and not isinstance(bodies, list):
        raise invalid_request("'columns' must be a list", field="columns")
    numbered = [(read_count(_facts(body), "position") or n, _facts(body)) for n, body in enumerate(bodies or (), 1)]
    for _, facts in sorted(numbered, key=lambda pair: pair[0]):
        dataset, _ = add_column(dataset, {**facts, "position": None})
    return dataset


def change_column(dataset: Dataset, column: Column, body: object) -> Dataset:
    """The dataset with a column changed: its name, description, format, width, flags, position (protocol §5).

    A field name can change in a working copy alone. The type stays what it is.
    """
    facts = _facts(body)
    if facts.get("dataTypeName") not in (None, column.type_name):
        if not dataset.draft:
            raise wrong_stage(dataset.stage, "unpublished")
        raise invalid_request(f"The type of column '{column.field_name}' cannot be changed", field="dataTypeName")
    changed = _with_facts(replace(column, name=read_name(facts)) if "name" in facts else column, facts)
    identifier = dataset.row_identifier
    if facts.get("fieldName") not in (None, column.field_name):
        if not dataset.draft:
            raise wrong_stage(dataset.stage, "unpublished")
        changed = replace(changed, field_name=_new_field_name(dataset, facts, column.name))
        identifier = changed.field_name if dataset.identifier is column else identifier
    columns = tuple(changed if other is column else other for other in dataset.columns)
    moved = _moved(columns, changed, read_count(facts, "position"))
    return replace(dataset, columns=moved, row_identifier=identifier)


def drop_column(dataset: Dataset, column: Column) -> Dataset:
    """The dataset without a column; the row identifier cannot go (protocol §3.7 [S])."""
    if column is dataset.identifier:
        message = f"Column '{column.field_name}' is the row identifier and cannot be deleted"
        raise Refusal(400, "update.row-identifier.delete", message, {"column": column.field_name})
    return replace(dataset, columns=_arranged(other for other in dataset.columns if other is not column))


def find_column(dataset: Dataset, name: object) -> Column:
    """The column of that id or field name (protocol §5)."""
    for column in dataset.columns:
        if not isinstance(name, bool) and str(name) in (column.field_name, str(column.id)):
            return column
    message = f"Dataset {dataset.id} has no column '{name}'"
    raise Refusal(404, "update.column.not-found", message, {"column": str(name)})


def _facts(body: object) -> Mapping[str, object]:
    if not isinstance(body, Mapping):
        raise invalid_request("A column must be an object")
    return body


def _new_field_name(dataset: Dataset, facts: Mapping[str, object], name: str) -> str:
    asked = read_text(facts, "fieldName")
    if not asked:
        return _free(field_name_from(name), dataset)
    if asked.startswith(":"):
        raise Refusal(400, "update.column.system", f"'{asked}' is the name of a system column", {"column": asked})
    if not _FIELD_NAME.fullmatch(asked):
        message = f"'{asked}' is no field name: small letters, digits and _, not beginning with a digit"
        raise Refusal(400, "update.column.illegal-id", message, {"column": asked})
    if asked in dataset.by_field:
        message = f"Column '{asked}' is there already"
        raise Refusal(409, "update.column.exists", message, {"column": asked})
    return asked


def _free(made: str, dataset: Dataset) -> str:
    number, free = 0, made
    while free in dataset.by_field:
        number += 1
        free = f"{made}_{number}"
    return free


def _with_facts(column: Column, facts: Mapping[str, object]) -> Column:
    changes: dict[str, object] = {}
    if "description" in facts:
        changes["description"] = read_text(facts, "description")
    if "format" in facts:
        changes["format"] = dict(read_object(facts, "format"))
    if "flags" in facts:
        changes["flags"] = read_words(facts, "flags")
    if "width" in facts:
        changes["width"] = read_count(facts, "width") or DEFAULT_WIDTH
    return replace(column, **changes)  # type: ignore[arg-type]


def _moved(columns: tuple[Column, ...], column: Column, position: int | None) -> tuple[Column, ...]:
    """The columns with one of them at a position; beyond the end it is the last."""
    if position is None:
        return _arranged(columns)
    others = [other for other in columns if other is not column]
    return _arranged([*others[: position - 1], column, *others[position - 1 :]])


def _arranged(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns with positions from 1 without gaps."""
    return tuple(replace(column, position=position) for position, column in enumerate(columns, start=1))
