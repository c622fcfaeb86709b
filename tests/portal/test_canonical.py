"""One text for each value: what was sent compares equal with what the portal gives back."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_datasync.core.dataset import Column
from xl_datasync.portal import canonical, wire_texts
from xl_datasync.practice_portal.types import DATA_TYPES, BadValue

HUMAN = {"address": "1 Main St", "city": "Hartford", "state": "CT", "zip": "06103"}


def column(type_name: str) -> Column:
    """A column of that type."""
    return Column(1, "X", "x", type_name)


@pytest.mark.parametrize(
    ("type_name", "texts", "form"),
    [
        ("text", ["1.00"], "1.00"),
        ("text", ["cafe\u0301", "caf\u00e9"], "caf\u00e9"),
        ("text", ["a\0b", "ab"], "ab"),
        ("text", ["2020-01-01T00:00:00.000"], "2020-01-01T00:00:00.000"),
        ("number", ["1", "1.0", "1.00", "+1", "1e0", "01"], "1"),
        ("number", ["0", "-0", "0.000", "0e9"], "0"),
        ("number", ["1000", "1e3", "1E+3"], "1000"),
        ("number", [".5", "0.50", "5e-1"], "0.5"),
        ("number", ["-12345678901234567890.1234567890", "-12345678901234567890.123456789"], "-12345678901234567890.123456789"),
        ("number", ["1e999999"], "1E+999999"),
        ("number", ["n/a"], "n/a"),
        ("number", ["NaN"], "NaN"),
        ("percent", ["45.0"], "45"),
        ("stars", ["5", "5.0"], "5"),
        ("checkbox", ["true", "TRUE"], "true"),
        ("checkbox", ["maybe"], "maybe"),
        ("calendar_date", ["2020-01-01", "2020-01-01T00:00", "2020-01-01T00:00:00", "2020-01-01T00:00:00.000"], "2020-01-01T00:00:00"),
        ("calendar_date", ["2020-01-01T01:02:03.1", "2020-01-01T01:02:03.1009"], "2020-01-01T01:02:03.100"),
        ("calendar_date", ["2020-01-01T00:00:00Z"], "2020-01-01T00:00:00Z"),
        ("calendar_date", ["soon"], "soon"),
        ("date", ["2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2019-12-31T19:00:00.000-0500"], "2020-01-01T00:00:00Z"),
        ("date", ["0001-01-01T00:00:00+09:00"], "0001-01-01T00:00:00+09:00"),
        ("date", ["soon"], "soon"),
        ("url", ["Our page (https://x.example)", "Our page   (https://x.example)"], "Our page (https://x.example)"),
        ("url", ["https://x.example"], "https://x.example"),
        ("phone", ["555-1212:Home", "555-1212 : Home"], "555-1212:Home"),
        ("phone", ["555-1212", "555-1212:"], "555-1212"),
        ("point", ["POINT (-122.30 47.60)", "point(-122.3 47.6)", '{"type":"Point","coordinates":[-122.3,47.6]}'], "POINT(-122.3 47.6)"),
        ("point", ["POINT (1 2)", "POINT (1.0 2e0)"], "POINT(1 2)"),
        ("point", ["{broken", "nowhere"], None),
        ("multipoint", ["MULTIPOINT (0 1, 2 3)", "MULTIPOINT ((0 1), (2 3))"], "MULTIPOINT(0 1,2 3)"),
        ("polygon", ["POLYGON ((0 0, 1 0, 0 0))", "POLYGON((0 0,1 0,0 0))"], "POLYGON((0 0,1 0,0 0))"),
        ("location", ["(47.60, -122.3)", "(47.6,-122.30)"], "(47.6, -122.3)"),
        ("location", ["1 Main St\nHartford, CT 06103\n(41.70, -72.6)"], "1 Main St\nHartford, CT 06103\n(41.7, -72.6)"),
        ("json", ['{"b": 1.0, "a": [1e2]}', '{"a":[100],"b":1}'], '{"a":[100],"b":1}'),
        ("json", ["{broken"], "{broken"),
        ("json", ["[" * 100_000], "[" * 100_000),
        ("document", ["x"], "x"),
    ],
)  # fmt: skip
def test_one_form(type_name: str, texts: list[str], form: str | None) -> None:
    """However a value is written, its form is one; what cannot be read stays as it is; a form is its own form."""
    for text in texts:
        found = canonical(column(type_name), text)
        assert found == (text if form is None else form)
        assert canonical(column(type_name), found) == found


@pytest.mark.parametrize("type_name", [*DATA_TYPES, "document"])
def test_nothing(type_name: str) -> None:
    """Nothing is nothing in every type, sent or read."""
    assert canonical(column(type_name), "") == ""
    assert wire_texts([column(type_name)], {}) == [""]
    assert wire_texts([column(type_name)], {"x": None}) == [""]


@pytest.mark.parametrize(
    ("type_name", "values"),
    [
        ("number", ["1.50", Decimal("1.5"), Decimal("15E-1")]),
        ("location", [{"latitude": "1.0", "human_address": HUMAN, "longitude": "2"},
                      {"latitude": Decimal(1), "longitude": 2, "human_address": json.dumps(HUMAN)}]),
        ("location", [{"human_address": "{broken"}, {"human_address": "[]"}, {"human_address": None}]),
        ("url", [{"url": "https://x.example"}, {"url": "https://x.example", "description": ""}]),
        ("checkbox", [True, "true"]),
        ("calendar_date", ["2020-01-01T00:00:00.000", "2020-01-01"]),
    ],
)  # fmt: skip
def test_portals_own_forms(type_name: str, values: list[object]) -> None:
    """However a portal writes a value, its form is one."""
    assert len({wire_texts([column(type_name)], {"x": value})[0] for value in values}) == 1


NUMBERS = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=6),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    st.integers(),
).map(str)
PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
DAYS = st.dates().map(str)
TIMES = st.datetimes().map(lambda moment: moment.isoformat()) | DAYS
ZONES = st.sampled_from(["", "Z", "+00:00", "-0800", "+05:30", ".5Z", ".123456+01:00"])
FLOATS = st.floats(-180, 180).map(lambda number: repr(number + 0.0) if "e" not in repr(number) else "0.5")
POSITIONS = st.tuples(FLOATS, FLOATS).map(" ".join)


def joined(parts: st.SearchStrategy[str], least: int) -> st.SearchStrategy[str]:
    """Several, with commas between them, in brackets; all different, for the practice portal drops repeated places."""
    return st.lists(parts, min_size=least, max_size=5, unique=True).map(lambda items: f"({', '.join(items)})")


RINGS = st.lists(POSITIONS, min_size=3, max_size=5, unique=True).map(lambda items: f"({', '.join([*items, items[0]])})")
WORD = st.from_regex(r"[A-Za-z]{1,8}", fullmatch=True)
ADDRESS = st.builds("{} {}\n{}, {} {}".format, st.integers(1, 99), WORD, WORD, WORD, st.integers(10000, 99999))
PLACE = st.builds("({}, {})".format, FLOATS, FLOATS)
CELLS: dict[str, st.SearchStrategy[str]] = {
    **dict.fromkeys(("text", "email", "html", "drop_down_list", "flag"), PLAIN),
    **dict.fromkeys(("number", "money", "percent", "stars"), NUMBERS),
    "checkbox": st.sampled_from(["true", "false"]),
    "calendar_date": TIMES,
    "date": st.builds(
        "{}{}".format, st.datetimes(timezones=st.none()).map(lambda m: m.isoformat(timespec="seconds")), ZONES
    )
    | DAYS,
    "point": POSITIONS.map("POINT ({})".format),
    "multipoint": joined(POSITIONS, 1).map("MULTIPOINT {}".format),
    "line": joined(POSITIONS, 2).map("LINESTRING {}".format),
    "multiline": joined(joined(POSITIONS, 2), 1).map("MULTILINESTRING {}".format),
    "polygon": joined(RINGS, 1).map("POLYGON {}".format),
    "multipolygon": joined(joined(RINGS, 1), 1).map("MULTIPOLYGON {}".format),
    "location": ADDRESS | PLACE | st.builds("{}\n{}".format, ADDRESS, PLACE),
    "url": WORD.map("https://x.example/{}".format)
    | st.builds("{}{}(https://x.example/{})".format, WORD, st.sampled_from([" ", "   "]), WORD)
    | PLAIN,
    "phone": st.builds("{}{}".format, st.integers(1), st.sampled_from(["", ":Home", " : Work"])),
    "json": st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ).map(json.dumps),
}


def test_every_type_is_tried() -> None:
    """No type of the practice portal is left out."""
    assert set(CELLS) == set(DATA_TYPES)


@pytest.mark.parametrize("type_name", sorted(CELLS))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_sent_is_what_is_there(type_name: str, data: st.DataObject) -> None:
    """The form of what was sent as CSV is that of what the practice portal keeps of it and gives back."""
    text = data.draw(CELLS[type_name])
    kind = DATA_TYPES[type_name]
    try:
        kept = kind.from_csv(text)
    except BadValue:
        return  # a geometry that is none, for example a line of one place; nothing is sent then
    back = None if kept is None else json.loads(json.dumps(kind.to_json(kept)), parse_float=Decimal)
    assert wire_texts([column(type_name)], {"x": back}) == [canonical(column(type_name), text)]
