"""What a dataset looks like, from what portals say of it."""

from __future__ import annotations

from typing import Any

import pytest

from xl_datasync.portal.views import User, read_dataset, read_user

ID_COLUMN = {"id": 562412106, "name": "Count ID", "fieldName": "countid", "dataTypeName": "number"}
VIEW: dict[str, Any] = {
    "id": "uczf-rk3c",
    "name": "Bicycle Counts",
    "rowsUpdatedAt": 1745766729,
    "viewType": "tabular",
    "displayType": "table",
    "rights": ["read", "write"],
    "owner": {"id": "5fuc-pqz2", "displayName": "DOT"},
    "columns": [
        ID_COLUMN,
        {"id": 2, "name": "When", "fieldName": "at", "dataTypeName": "floating_timestamp", "flags": ["hidden"]},
        {"id": 3, "name": "Ward", "fieldName": "ward", "dataTypeName": "text", "computationStrategy": {"type": "x"}},
        {"id": 4, "name": "Region", "fieldName": ":@computed_region", "dataTypeName": "number"},
        {"id": 5, "name": "Open", "fieldName": "open", "dataTypeName": "boolean", "format": {"align": "left"}},
    ],
}


def test_dataset() -> None:
    """Names, rights, owner, times, types in today's names, hidden and computed columns, and a link to open."""
    dataset = read_dataset({**VIEW, "rowIdentifierColumnId": 562412106}, "https://data.example.gov")
    assert dataset.link == "https://data.example.gov/d/uczf-rk3c"
    assert dataset.rights == {"read", "write"}
    assert (dataset.owner, dataset.rows_updated_at) == ("DOT", 1745766729)
    assert [column.type for column in dataset.columns] == ["number", "calendar_date", "text", "number", "checkbox"]
    assert [column.field_name for column in dataset.writable_columns] == ["countid", "at", "open"]
    assert dataset.columns[1].flags == {"hidden"}
    assert dataset.columns[4].format == {"align": "left"}
    assert dataset.row_identifier == dataset.columns[0]


@pytest.mark.parametrize(
    ("facts", "identifier"),
    [
        ({}, None),
        ({"rowIdentifierColumnId": None, "metadata": {}}, None),
        ({"metadata": {"rowIdentifier": 562412106}}, "countid"),
        ({"metadata": {"rowIdentifier": "562412106"}}, "countid"),
        ({"metadata": {"rowIdentifier": "countid"}}, "countid"),
        ({"metadata": {"rowIdentifier": "0"}}, None),
        ({"metadata": {"rowIdentifier": 0}}, None),
        ({"metadata": None, "rowIdentifierColumnId": 99}, None),
        ({"rowIdentifierColumnId": 2, "metadata": {"rowIdentifier": 562412106}}, "at"),
    ],
)
def test_row_identifier(facts: dict[str, Any], identifier: str | None) -> None:
    """The row identifier is found by the column's id, on old datasets by text or name, and ``"0"`` means none."""
    found = read_dataset({**VIEW, **facts}, "https://x.example").row_identifier
    assert (found.field_name if found else None) == identifier


def test_least_that_can_be_said() -> None:
    """A view with nothing but an id, and columns with the least, are read."""
    dataset = read_dataset({"id": "abcd-1234", "columns": [{"fieldName": "a"}]}, "https://x.example")
    assert (dataset.name, dataset.columns[0].type, dataset.rows_updated_at) == ("abcd-1234", "text", None)


def test_user() -> None:
    """The user's names; what is missing is empty."""
    assert read_user({"id": "a", "displayName": "B", "email": None}) == User("a", "B", "", "")
