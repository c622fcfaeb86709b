"""What each type takes, refuses and gives out (protocol §7)."""

from typing import Any

import pytest
import requests

from xl_datasync.practice_portal import PracticePortal

POINT = {"type": "Point", "coordinates": [-122.3, 47.6]}
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 0]]]
NOWHERE = '{"address": "", "city": "", "state": "", "zip": ""}'

# type, sent as JSON, given out as JSON, given out as CSV
GOOD_JSON: list[tuple[str, Any, Any, str]] = [
    ("text", "007", "007", "007"),
    ("text", 7, "7", "7"),
    ("text", 'a "b"\n', 'a "b"\n', 'a "b"\n'),
    ("text", "e\u0301", "é", "é"),
    ("number", 1, "1", "1"),
    ("number", 1.5, "1.5", "1.5"),
    ("number", "1.50", "1.50", "1.50"),
    ("number", "1e3", "1000", "1000"),
    ("number", "+5", "5", "5"),
    ("number", ".5", "0.5", "0.5"),
    ("number", "-0", "0", "0"),
    ("number", "1e-30", "1E-30", "1E-30"),
    (
        "number",
        "123456789012345678901234567890.5",
        "123456789012345678901234567890.5",
        "123456789012345678901234567890.5",
    ),
    ("money", "12.30", "12.30", "12.30"),
    ("percent", "45", "45", "45"),
    ("checkbox", True, True, "true"),
    ("checkbox", False, False, "false"),
    ("checkbox", "true", True, "true"),
    ("calendar_date", "2001-01-31", "2001-01-31T00:00:00.000", "2001-01-31T00:00:00.000"),
    ("calendar_date", "2001-01-31T10:20:30", "2001-01-31T10:20:30.000", "2001-01-31T10:20:30.000"),
    ("calendar_date", "2001-01-31T10:20:30.123456", "2001-01-31T10:20:30.123", "2001-01-31T10:20:30.123"),
    ("date", "2001-01-31T00:00:00-08:00", "2001-01-31T08:00:00.000Z", "2001-01-31T08:00:00.000Z"),
    ("date", "2001-01-31T00:00:00+0100", "2001-01-30T23:00:00.000Z", "2001-01-30T23:00:00.000Z"),
    ("date", "2001-01-31", "2001-01-31T00:00:00.000Z", "2001-01-31T00:00:00.000Z"),
    ("point", POINT, POINT, "POINT (-122.3 47.6)"),
    ("point", "POINT (-122.3 47.6)", POINT, "POINT (-122.3 47.6)"),
    (
        "polygon",
        {"type": "Polygon", "coordinates": SQUARE},
        {"type": "Polygon", "coordinates": SQUARE},
        "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    ),
    (
        "multipolygon",
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))",
    ),
    ("line", "LINESTRING (0 0, 1 1)", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "LINESTRING (0 0, 1 1)"),
    (
        "location",
        {"latitude": "47.6", "longitude": -122.3},
        {"latitude": "47.6", "longitude": "-122.3", "human_address": NOWHERE},
        "(47.6, -122.3)",
    ),
    ("location", 5, None, ""),
    (
        "url",
        {"url": "https://a.example/", "description": "A"},
        {"url": "https://a.example/", "description": "A"},
        "A (https://a.example/)",
    ),
    ("url", "https://a.example/", {"url": "https://a.example/"}, "https://a.example/"),
    ("url", 5, None, ""),
    ("email", "a@example.org", "a@example.org", "a@example.org"),
    (
        "phone",
        {"phone_number": "555-1212", "phone_type": "Home"},
        {"phone_number": "555-1212", "phone_type": "Home"},
        "555-1212:Home",
    ),
    ("json", {"json": {"a": [1, 2.5, None]}}, {"json": {"a": [1, 2.5, None]}}, '{"a":[1,2.5,null]}'),
]

# type, sent in a CSV cell, given out as JSON
GOOD_CSV: list[tuple[str, str, Any]] = [
    ("text", "007", "007"),
    ("text", "  spaces  ", "  spaces  "),
    ("number", "-12.340", "-12.340"),
    ("checkbox", "false", False),
    ("calendar_date", "03/26/2014 10:38:01 PM", "2014-03-26T22:38:01.000"),
    ("calendar_date", "3/6/2014 12:05 AM", "2014-03-06T00:05:00.000"),
    ("calendar_date", "03/26/2014", "2014-03-26T00:00:00.000"),
    ("point", "POINT (-122.3 47.6)", POINT),
    (
        "location",
        "600 4th Ave\nSeattle, WA 98104\n(47.6, -122.3)",
        {
            "latitude": "47.6",
            "longitude": "-122.3",
            "human_address": '{"address": "600 4th Ave", "city": "Seattle", "state": "WA", "zip": "98104"}',
        },
    ),
    ("url", "Text here (http://x.example/a)", {"url": "http://x.example/a", "description": "Text here"}),
    ("phone", "555-1212:Home", {"phone_number": "555-1212", "phone_type": "Home"}),
    ("json", '{"a": 1}', {"json": {"a": 1}}),
]

BAD_JSON: list[tuple[str, Any]] = [
    ("text", True),
    ("text", {"a": 1}),
    ("text", ["a"]),
    ("number", ""),
    ("number", "1,000"),
    ("number", "$5"),
    ("number", "5%"),
    ("number", " 5"),
    ("number", "N/A"),
    ("number", "٣"),
    ("number", True),
    ("number", [1]),
    ("money", "$1"),
    ("percent", "45%"),
    ("checkbox", 1),
    ("checkbox", "yes"),
    ("checkbox", "TRUE"),
    ("calendar_date", "2001-01-31T00:00:00Z"),
    ("calendar_date", "2001-01-31T00:00:00-08:00"),
    ("calendar_date", "2001-02-29"),
    ("calendar_date", "01/31/2001"),
    ("calendar_date", "2001-01-31 10:00:00"),
    ("calendar_date", 20010131),
    ("calendar_date", ""),
    ("date", "yesterday"),
    ("date", "2001-13-01"),
    ("point", "POINT (a b)"),
    ("point", "(47.6, -122.3)"),
    ("point", {"type": "Point", "coordinates": [1]}),
    ("point", {"type": "Point"}),
    ("point", {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
    ("point", 5),
    ("polygon", POINT),
    ("phone", 5),
    ("json", {"a": 1}),
    ("json", "{}"),
]
BAD_CSV = [
    ("number", "1,000"),
    ("checkbox", "1"),
    ("calendar_date", "13/13/2014"),
    ("calendar_date", "03/26/2014 13:38:01 PM"),
    ("point", "(47.6, -122.3)"),
    ("json", "{"),
]


@pytest.fixture
def typed(portal: PracticePortal) -> PracticePortal:
    """The portal with one dataset `type-abcd` that has a field `v_<type>` of every type named here."""
    names = sorted({case[0] for case in (*GOOD_JSON, *GOOD_CSV)})
    columns = [{"name": f"V {name}", "fieldName": f"v_{name}", "dataTypeName": name} for name in names]
    portal.create_dataset("type-abcd", "Types", columns)
    return portal


def put(portal: PracticePortal, session: requests.Session, **body: Any) -> requests.Response:
    """Replace the rows of the dataset of types."""
    return session.put(f"{portal.url}/resource/type-abcd.json", **body)


@pytest.mark.parametrize(("name", "sent", "out", "cell"), GOOD_JSON)
def test_good_json(  # noqa: PLR0917 - one argument for each part of a case
    typed: PracticePortal, publisher: requests.Session, name: str, sent: Any, out: Any, cell: str
) -> None:
    """A good JSON value is given out in its canonical form, as JSON and as CSV."""
    assert put(typed, publisher, json=[{f"v_{name}": sent}]).status_code == 200
    url = f"{typed.url}/resource/type-abcd"
    assert publisher.get(f"{url}.json").json() == [{} if out is None else {f"v_{name}": out}]
    text = publisher.get(f"{url}.csv?$select=v_{name}").text
    quoted = cell.replace('"', '""')
    assert text == f'"v_{name}"\n"{quoted}"\n' if cell else f'"v_{name}"\n\n'


@pytest.mark.parametrize(("name", "sent", "out"), GOOD_CSV)
def test_good_csv(typed: PracticePortal, publisher: requests.Session, name: str, sent: str, out: Any) -> None:
    """A good CSV cell is taken."""
    body = f'v_{name}\n"{sent.replace(chr(34), chr(34) * 2)}"\n'
    response = put(typed, publisher, data=body.encode(), headers={"Content-Type": "text/csv"})
    assert response.status_code == 200, response.text
    assert typed.rows("type-abcd") == [{f"v_{name}": out}]


@pytest.mark.parametrize(("name", "sent"), BAD_JSON)
def test_bad_json(typed: PracticePortal, publisher: requests.Session, name: str, sent: Any) -> None:
    """A bad JSON value is refused, and the refusal names the field and its type."""
    response = put(typed, publisher, json=[{f"v_{name}": sent}])
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["data"]["field"] == f"v_{name}"
    expected = "number" if name in ("money", "percent") else name
    assert response.json()["data"]["expected"] == expected


@pytest.mark.parametrize(("name", "sent"), BAD_CSV)
def test_bad_csv(typed: PracticePortal, publisher: requests.Session, name: str, sent: str) -> None:
    """A bad CSV cell is refused, and the refusal names field and value."""
    body = f'v_{name}\n"{sent}"\n'
    response = put(typed, publisher, data=body.encode(), headers={"Content-Type": "text/csv"})
    assert response.status_code == 400
    assert response.json()["data"]["field"] == f"v_{name}"
    assert response.json()["data"]["got"] == sent


def test_nul_is_stripped(typed: PracticePortal, publisher: requests.Session) -> None:
    """U+0000 is taken out of texts."""
    assert put(typed, publisher, json=[{"v_text": "a\0b"}]).status_code == 200
    assert typed.rows("type-abcd") == [{"v_text": "ab"}]


def test_null_in_every_type(typed: PracticePortal, publisher: requests.Session) -> None:
    """Every type takes null, as JSON null and as an empty cell."""
    names = sorted({f"v_{case[0]}" for case in GOOD_JSON})
    assert put(typed, publisher, json=[dict.fromkeys(names)]).status_code == 200
    assert typed.rows("type-abcd") == [{}]
    body = ",".join(names) + "\n" + "," * (len(names) - 1) + "\n"
    response = put(typed, publisher, data=body, headers={"Content-Type": "text/csv"})
    assert response.status_code == 200
    assert typed.rows("type-abcd") == [{}]


TEXT_A = {"name": "A", "fieldName": "a", "dataTypeName": "text"}


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ({"id": "not an id"}, "is not a dataset id"),
        ({"columns": [{**TEXT_A, "dataTypeName": "nosuch"}]}, "unknown data type 'nosuch'"),
        ({"columns": [{**TEXT_A, "flags": "hidden"}]}, "flags are a list"),
        ({"row_identifier": "nosuch"}, "no column has the fieldName 'nosuch'"),
        ({"columns": [{**TEXT_A, "dataTypeName": "point"}], "row_identifier": "a"}, "cannot be a row identifier"),
        ({"columns": [TEXT_A, TEXT_A]}, "the same fieldName"),
        ({"id": "airp-orts"}, "is there already"),
    ],
)
def test_datasets_that_cannot_be(portal: PracticePortal, problem: dict[str, Any], message: str) -> None:
    """`create_dataset` refuses bad ids, types, identifiers and names, and says which."""
    good = {"id": "good-good", "columns": [TEXT_A]}
    with pytest.raises(ValueError, match=message):
        portal.create_dataset(name="X", **{**good, **problem})
