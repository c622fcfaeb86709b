"""What ``/api/views`` and ``/api/users`` answer, as values. Pure.

Portals leave out what they have nothing for, and old datasets hold values of odd types: what cannot be read is taken
for missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xl_datasync.core.dataset import TYPE_ALIASES, Column, Dataset, Details

CREATE = "create_datasets"


@dataclass(frozen=True)
class User:
    """Who is signed in.

    :param rights: the portal's own words for what this account may do; None where it does not say.
    """

    id: str
    display_name: str
    email: str
    role: str
    rights: frozenset[str] | None = None

    @property
    def may_create(self) -> bool | None:
        """Whether this account may make datasets; None where the portal does not say."""
        return CREATE in self.rights if self.rights is not None else None


def read_user(shape: Mapping[str, Any]) -> User:
    """The user of ``/api/users/current.json`` (protocol §1.4 [D])."""
    user_id, name, email, role = (str(shape.get(key) or "") for key in ("id", "displayName", "email", "roleName"))
    told = shape.get("rights")
    rights = frozenset(_texts(told)) if isinstance(told, list) else None
    # A list of something else than words tells nothing; an empty one says that there are none.
    return User(user_id, name, email, role, rights if rights or told == [] else None)


def read_dataset(shape: Mapping[str, Any], address: str) -> Dataset:
    """The dataset of ``/api/views/{id}`` (protocol §2.1 [R]), its columns in the order of their positions."""
    shapes = [one for one in _list(shape.get("columns")) if isinstance(one, dict) and one.get("fieldName")]
    columns = tuple(map(read_column, sorted(shapes, key=_position)))
    return Dataset(
        id=str(shape["id"]),
        name=_text(shape.get("name")) or str(shape["id"]),
        link=f"{address}/d/{shape['id']}",
        columns=columns,
        row_identifier=_row_identifier(shape, columns),
        rights=frozenset(_texts(shape.get("rights"))),
        owner=_text(_mapping(shape.get("owner")).get("displayName")),
        view_type=_text(shape.get("viewType")) or "tabular",
        display_type=_text(shape.get("displayType")) or "table",
        rows_updated_at=whole_number(shape.get("rowsUpdatedAt")),
        details=read_details(shape),
        published=shape.get("publicationStage") != "unpublished",
        private=_private(shape),
    )


def read_details(shape: Mapping[str, Any]) -> Details:
    """What the dataset says about itself (protocol §2.1 [R], §2.2 [C])."""
    metadata = _mapping(shape.get("metadata"))
    groups = _mapping(metadata.get("custom_fields")).items()
    return Details(
        description=_text(shape.get("description")),
        category=_text(shape.get("category")),
        tags=_texts(shape.get("tags")),
        license_id=_text(shape.get("licenseId")) or _text(_mapping(shape.get("license")).get("id")),
        attribution=_text(shape.get("attribution")),
        attribution_link=_text(shape.get("attributionLink")),
        row_label=_text(metadata.get("rowLabel")),
        custom_fields={str(name): dict(fields) for name, fields in groups if isinstance(fields, dict)},
    )


def read_column(shape: Mapping[str, Any]) -> Column:
    """One column; old and SODA names of types become the ones used here.

    A column with a computation strategy is filled by the portal (protocol §2.1 [C]); ``:@…`` names are such columns
    too (§8).
    """
    type_name = (_text(shape.get("dataTypeName")) or "text").lower()
    field_name = str(shape["fieldName"])
    return Column(
        id=whole_number(shape.get("id")) or 0,
        name=_text(shape.get("name")) or field_name,
        field_name=field_name,
        type=TYPE_ALIASES.get(type_name, type_name),
        description=_text(shape.get("description")),
        format=dict(_mapping(shape.get("format"))),
        flags=frozenset(_texts(shape.get("flags"))),
        computed=bool(shape.get("computationStrategy")) or field_name.startswith(":@"),
        width=whole_number(shape.get("width")) or 0,
    )


def whole_number(value: object) -> int | None:
    """A whole number that portals give as such or as text; None where it is none."""
    try:
        return None if value is None or isinstance(value, bool) else int(str(value))
    except ValueError:
        return None


def _position(shape: Mapping[str, Any]) -> int:
    """Where a column stands; one that does not say comes last, in the order it was given."""
    place = whole_number(shape.get("position"))
    return 2**31 if place is None else place


def _row_identifier(shape: Mapping[str, Any], columns: tuple[Column, ...]) -> Column | None:
    """Named by a column's id, or on old datasets as text, as a field name, or as ``"0"`` for none (§2.1 [R][C])."""
    for given in (shape.get("rowIdentifierColumnId"), _mapping(shape.get("metadata")).get("rowIdentifier")):
        named = str(given or "")
        for column in columns:
            if named and named in (str(column.id), column.field_name):
                return column
    return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(item for item in _list(value) if isinstance(item, str))


def _private(shape: Mapping[str, Any]) -> bool | None:
    """Whether only people it is shared with see it; only those who are signed in are told (protocol §2.1 [C])."""
    scope = _text(_mapping(shape.get("permissions")).get("scope"))
    return scope == "private" if scope else None
