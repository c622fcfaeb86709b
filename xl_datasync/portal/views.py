"""What ``/api/views`` and ``/api/users`` answer, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xl_datasync.core.dataset import TYPE_ALIASES, Column, Dataset


@dataclass(frozen=True)
class User:
    """Who is signed in."""

    id: str
    display_name: str
    email: str
    role: str


def read_user(shape: Mapping[str, Any]) -> User:
    """The user of ``/api/users/current.json`` (protocol §1.4 [D])."""
    names = ("id", "displayName", "email", "roleName")
    return User(*(str(shape.get(name) or "") for name in names))


def read_dataset(shape: Mapping[str, Any], address: str) -> Dataset:
    """The dataset of ``/api/views/{id}`` (protocol §2.1 [R])."""
    columns = tuple(map(read_column, shape.get("columns") or ()))
    updated = shape.get("rowsUpdatedAt")
    return Dataset(
        id=str(shape["id"]),
        name=str(shape.get("name") or shape["id"]),
        link=f"{address}/d/{shape['id']}",
        columns=columns,
        row_identifier=_row_identifier(shape, columns),
        rights=frozenset(map(str, shape.get("rights") or ())),
        owner=str((shape.get("owner") or {}).get("displayName") or ""),
        view_type=str(shape.get("viewType") or "tabular"),
        display_type=str(shape.get("displayType") or "table"),
        rows_updated_at=int(updated) if updated is not None else None,
    )


def read_column(shape: Mapping[str, Any]) -> Column:
    """One column; old and SODA names of types become the ones used here.

    A column with a computation strategy is filled by the portal (protocol §2.1 [C]); ``:@…`` names are such columns
    too (§8).
    """
    type_name = str(shape.get("dataTypeName") or "text").lower()
    field_name = str(shape["fieldName"])
    return Column(
        id=int(shape.get("id") or 0),
        name=str(shape.get("name") or field_name),
        field_name=field_name,
        type=TYPE_ALIASES.get(type_name, type_name),
        description=str(shape.get("description") or ""),
        format=dict(shape.get("format") or {}),
        flags=frozenset(map(str, shape.get("flags") or ())),
        computed=bool(shape.get("computationStrategy")) or field_name.startswith(":@"),
    )


def _row_identifier(shape: Mapping[str, Any], columns: tuple[Column, ...]) -> Column | None:
    """Named by a column's id, or on old datasets as text, as a field name, or as ``"0"`` for none (§2.1 [R][C])."""
    metadata = shape.get("metadata") or {}
    for given in (shape.get("rowIdentifierColumnId"), metadata.get("rowIdentifier")):
        named = str(given or "")
        for column in columns:
            if named and named in (str(column.id), column.field_name):
                return column
    return None
