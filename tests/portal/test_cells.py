"""A cell in CSV and in JSON: there and back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.dataset import Column
from xl_datasync.portal.cells import json_writer, wire_text

HUMAN = '{"address": "1 Main St", "city": "Hartford", "state": "CT", "zip": "06103"}'


def column(type_name: str) -> Column:
    """A column of that type."""
    return Column(1, "X", "x", type_name)


@pytest.mark.parametrize(
    ("type_name", "text", "value"),
    [
        ("text", "007", "007"),
        ("text", " a\nb ", " a\nb "),
        ("number", "123456789012345678901.50", "123456789012345678901.50"),
        ("money", "0.00", "0.00"),
        ("checkbox", "true", True),
        ("checkbox", "false", False),
        ("calendar_date", "2014-10-13T00:00:00", "2014-10-13T00:00:00"),
        ("url", "https://x.example/a_(b)", {"url": "https://x.example/a_(b)"}),
        ("url", "Our page (https://x.example)", {"description": "Our page", "url": "https://x.example"}),
        ("url", "mailto:a@x.example", {"url": "mailto:a@x.example"}),
        ("location", "(47.6, -122.3)", {"latitude": "47.6", "longitude": "-122.3"}),
        (
            "location",
            "1 Main St\nHartford, CT 06103\n(41.7, -72.6)",
            {"latitude": "41.7", "longitude": "-72.6", "human_address": HUMAN},
        ),
        ("location", "1 Main St\nHartford, CT 06103", {"human_address": HUMAN}),
        ("json", '{"a":[1,2.5,"x"]}', {"json": {"a": [1, 2.5, "x"]}}),
        ("point", "POINT (-122.3 47.6)", "POINT (-122.3 47.6)"),
    ],
)
def test_there_and_back(type_name: str, text: str, value: object) -> None:
    """Each type's text becomes the JSON the portal takes, and comes back as the same text."""
    assert json_writer(column(type_name))(text) == value
    assert wire_text(column(type_name), value) == text


@pytest.mark.parametrize(
    ("type_name", "value", "text"),
    [
        ("text", None, ""),
        ("number", 42, "42"),
        ("double", Decimal("1.50"), "1.50"),
        ("double", Decimal("1E+3"), "1000"),
        ("double", 0.1, "0.1"),
        ("calendar_date", "2014-10-13T00:00:00.000", "2014-10-13T00:00:00"),
        ("calendar_date", "2014-10-13T07:08:09.120", "2014-10-13T07:08:09.120"),
        ("date", "2014-10-13T00:00:00.000Z", "2014-10-13T00:00:00Z"),
        ("text", "2014-10-13T00:00:00.000", "2014-10-13T00:00:00.000"),
        ("point", {"type": "Point", "coordinates": [Decimal("-122.30"), 47]}, "POINT (-122.30 47)"),
        ("line", {"type": "LineString", "coordinates": [[0, 1], [2, 3]]}, "LINESTRING (0 1, 2 3)"),
        ("multipoint", {"type": "MultiPoint", "coordinates": [[0, 1], [2, 3]]}, "MULTIPOINT (0 1, 2 3)"),
        ("polygon", {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]}, "POLYGON ((0 0, 1 0, 0 0))"),
        (
            "multipolygon",
            {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [0, 0]]], [[[5, 5], [6, 5], [5, 5]]]]},
            "MULTIPOLYGON (((0 0, 1 0, 0 0)), ((5 5, 6 5, 5 5)))",
        ),
        ("url", {"description": "Only words"}, "Only words"),
        ("phone", {"phone_number": "555-1212", "phone_type": "Home"}, "555-1212:Home"),
        ("phone", {"phone_number": "555-1212"}, "555-1212"),
        ("location", {"latitude": "1", "longitude": "2", "human_address": {"address": "A"}}, "A\n(1, 2)"),
        ("document", {"file_id": "f", "filename": "x.pdf"}, '{"file_id":"f","filename":"x.pdf"}'),
        ("json", {"json": [Decimal("1.5"), {"b": None}]}, '[1.5,{"b":null}]'),
        ("nested_table", [1, "a"], '[1,"a"]'),
    ],
)
def test_what_portals_give(type_name: str, value: object, text: str) -> None:
    """What portals give back is brought to the form in which it would be sent."""
    assert wire_text(column(type_name), value) == text


@given(st.text(min_size=1), st.sampled_from(["text", "email", "flag"]))
def test_any_text(text: str, type_name: str) -> None:
    """Text of any kind goes there and back unchanged."""
    assert wire_text(column(type_name), json.loads(json.dumps(json_writer(column(type_name))(text)))) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json(value: object) -> None:
    """JSON of any shape goes there and back unchanged."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    sent = json_writer(column("json"))(text)
    assert wire_text(column("json"), sent) == text
