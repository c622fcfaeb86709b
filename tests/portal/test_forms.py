"""Whole columns in canonical form: the same as cell by cell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_datasync.core.dataset import Column
from xl_datasync.portal import Forms, canonical, wire_texts
from xl_datasync.portal.forms import LONGEST, REMEMBERED

TEXTS = [
    "", "1", "1.0", "-0", "0.50", "1e3", "-0.25", "9" * 40, "0." + "0" * 40 + "1", "1\n2", "true", "TRUE", "maybe",
    "2020-01-01", "2020-01-01T00:00:00", "2020-01-01T00:00:00.000", "2020-01-01T00:00:00.120", "soon",
    "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z", "2020-01-01T01:00:00+01:00", "2020-01-01T00:00:00.000\n",
    "https://x.example", "Our page   (https://x.example)", "555-1212 : Home", "POINT (1.0 2e0)", "(47.60, -122.3)",
    "cafe\u0301", "caf\u00e9", "a\0b", "plain", "\u0301", "1 Main St\nHartford, CT 06103",
]  # fmt: skip
VALUES = [
    *TEXTS, None, True, 12, Decimal("1.50"), {"url": "https://x.example", "description": "Our page"},
    {"type": "Point", "coordinates": [Decimal("1.0"), 2]}, {"phone_number": "555", "phone_type": "Home"},
]  # fmt: skip
TYPES = (
    "text", "number", "money", "percent", "stars", "checkbox", "calendar_date", "date", "url", "phone", "point",
    "location", "email", "html",
)  # fmt: skip


@pytest.mark.parametrize("type_name", TYPES)
@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.sampled_from(TEXTS), max_size=6))
def test_what_is_sent_is_as_cell_by_cell(type_name: str, texts: list[str]) -> None:
    """Of whatever texts a column holds, each has the form that it has by itself."""
    column = Column(1, "X", "x", type_name)
    assert list(Forms([column]).sent(column, texts)) == [canonical(column, text) for text in texts]


@pytest.mark.parametrize("type_name", TYPES)
@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.sampled_from(VALUES), max_size=6))
def test_what_is_there_is_as_cell_by_cell(type_name: str, values: list[object]) -> None:
    """Of whatever values a portal gives, each has the form that it has by itself."""
    column = Column(1, "X", "x", type_name)
    rows = [{"x": value} if value is not None else {} for value in values]
    (found,) = Forms([column]).there(rows)
    assert [[text] for text in found] == [wire_texts([column], row) for row in rows]


def test_what_is_remembered_is_bounded() -> None:
    """However many different values a column has, only so many are remembered, and all come out right."""
    column = Column(1, "X", "x", "number")
    forms = Forms([column])
    texts = [f"{number}.50" for number in range(REMEMBERED + 10)]
    assert list(forms.sent(column, texts)) == [f"{number}.5" for number in range(REMEMBERED + 10)]
    assert list(forms.sent(column, ["0" * LONGEST + "1.0"])) == ["1"]
    assert len(forms._forms["x"]) <= REMEMBERED  # that is what must hold
    assert all(len(text) <= LONGEST for text in forms._forms["x"])
