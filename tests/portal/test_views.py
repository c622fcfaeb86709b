"""What a dataset looks like, from what portals say of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.dataset import Details
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


def test_details() -> None:
    """What a dataset says about itself, and how wide its columns are shown."""
    shape = {
        **VIEW,
        "description": "All",
        "category": "Transport",
        "tags": ["a", "b"],
        "licenseId": "PUBLIC_DOMAIN",
        "license": {"name": "Public Domain"},
        "attribution": "DOT",
        "attributionLink": "https://x.example",
        "metadata": {"rowLabel": "Count", "custom_fields": {"Who": {"Team": "Data", "No": 7}, "Odd": 3}},
        "columns": [{**ID_COLUMN, "width": 148}],
    }
    dataset = read_dataset(shape, "https://x.example")
    assert dataset.details == Details(
        "All",
        "Transport",
        ("a", "b"),
        "PUBLIC_DOMAIN",
        "DOT",
        "https://x.example",
        "Count",
        {"Who": {"Team": "Data", "No": 7}},
    )
    assert dataset.columns[0].width == 148


@pytest.mark.parametrize(
    ("facts", "license_id"),
    [
        ({"license": {"id": "CC0_10", "name": "CC"}}, "CC0_10"),
        ({"license": {"name": "CC"}}, ""),
        ({"license": "x"}, ""),
    ],
)
def test_license(facts: dict[str, Any], license_id: str) -> None:
    """The licence is the portal's name for it; its title is none."""
    assert read_dataset({**VIEW, **facts}, "https://x.example").details.license_id == license_id


@pytest.mark.parametrize(
    ("stage", "published"), [("published", True), ("unpublished", False), (None, True), ("x", True)]
)
def test_stage(stage: object, *, published: bool) -> None:
    """Only a dataset that is said to be a draft is one."""
    assert read_dataset({**VIEW, "publicationStage": stage}, "https://x.example").published is published


def test_columns_in_the_order_of_their_positions() -> None:
    """Columns come as they are shown; those without a position come last."""
    places: list[object] = [3, None, "2", "x", 1]
    shapes = [{**ID_COLUMN, "fieldName": f"c{place}", "position": place} for place in places]
    dataset = read_dataset({**VIEW, "columns": shapes}, "https://x.example")
    assert [column.field_name for column in dataset.columns] == ["c1", "c2", "c3", "cNone", "cx"]


ODD = st.sampled_from(
    [None, 0, 7, -1.5, True, "", "text", [], ["a", 3], {}, {"a": 1}, {"a": {"b": None}}, [{}], [None]]
)


@given(
    st.dictionaries(
        st.sampled_from(
            [*VIEW, "metadata", "license", "licenseId", "tags", "description", "publicationStage", "category"]
        ),
        ODD,
    ),
    st.dictionaries(st.sampled_from([*ID_COLUMN, "width", "position", "format", "flags", "description"]), ODD),
)
def test_odd_values(facts: dict[str, Any], column: dict[str, Any]) -> None:
    """Whatever types a portal's values have, the dataset is read."""
    columns = facts.get("columns", [{**ID_COLUMN, **column}])
    dataset = read_dataset({**VIEW, **facts, "id": "abcd-1234", "columns": columns}, "https://x.example")
    assert dataset.id == "abcd-1234"
    assert all(isinstance(tag, str) for tag in dataset.details.tags)


def test_user() -> None:
    """The user's names and rights; what is missing is empty."""
    assert read_user({"id": "a", "displayName": "B", "email": None}) == User("a", "B", "", "")
    assert read_user({"id": "a", "rights": ["create_datasets", 3]}).rights == {"create_datasets"}
