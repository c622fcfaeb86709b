"""Any table goes sheet → CSV → portal → read back unchanged."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from tests.workbooks import job, write_job_workbook
from xl_datasync.api import run_workbook
from xl_datasync.core.report import State
from xl_datasync.practice_portal import PracticePortal

COLUMNS = [
    {"name": "Key", "fieldName": "key", "dataTypeName": "text"},
    {"name": "Words", "fieldName": "words", "dataTypeName": "text"},
    {"name": "Amount", "fieldName": "amount", "dataTypeName": "number"},
    {"name": "When", "fieldName": "when", "dataTypeName": "calendar_date"},
    {"name": "Open", "fieldName": "open", "dataTypeName": "checkbox"},
]
HEADERS = [column["name"] for column in COLUMNS]

DIFFICULT_TEXT = 'שלום "quoted", comma\nnew line\ttab 00501 =1+1 #N/A 1900-02-29 𝒳 é'


def plain(text: str) -> bool:
    """Text that a sheet can hold and that means itself: no control characters, no edges to trim, no formula."""
    edges = text.strip() == text and text[:1] not in ("=", "\u200b", "\ufeff")
    odd = any(mark in text for mark in "\r\u200b\u200c\u200d\u2060\ufeff_\ufffe\uffff")
    return bool(text) and edges and not odd and not ILLEGAL_CHARACTERS_RE.search(text)


texts = st.one_of(
    st.just(DIFFICULT_TEXT), st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
).filter(plain)
numbers = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(min_value=-(10**9), max_value=10**9, places=4).map(float),
)
moments = st.datetimes(dt.datetime(1905, 1, 1), dt.datetime(2100, 12, 31)).map(lambda m: m.replace(microsecond=0))
row = st.tuples(st.none() | texts, st.none() | numbers, st.none() | moments, st.none() | st.booleans())


@pytest.fixture(scope="module")
def typed_portal() -> Iterator[PracticePortal]:
    """A portal with a dataset of each everyday type."""
    with PracticePortal(port=0) as portal:
        portal.create_dataset("roun-trip", "Round trip", columns=COLUMNS, row_identifier="key")
        yield portal


def sent_as(value: object) -> object:
    """What a cell's value is in the portal's JSON."""
    match value:
        case bool():
            return value
        case str():
            return unicodedata.normalize("NFC", value)  # as portals do
        case int():
            return float(value)
        case dt.datetime():
            return value.isoformat(timespec="milliseconds")
    return value


def read_as(field: str, value: object) -> object:
    """What the portal's JSON means."""
    return float(str(value)) if field == "amount" else value


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, min_size=1, max_size=12))
def test_any_table_comes_back_unchanged(
    rows: list[tuple[object, ...]], typed_portal: PracticePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cell that was sent is read back with the same meaning; empty cells are left out."""
    publisher = typed_portal.sign_ins[0]
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_ID", publisher.key_id)
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_SECRET", publisher.key_secret)
    sheet = [HEADERS, *((f"K{index}", *cells) for index, cells in enumerate(rows))]
    with TemporaryDirectory() as folder:
        replace = job("Round", "roun-trip", "Replace all rows", **{"Stop if rows shrink by more than": 100})
        path = write_job_workbook(Path(folder) / "jobs.xlsx", typed_portal.url, [replace], {"Data": sheet})
        (result,) = run_workbook(path).results
    assert result.state in (State.DONE, State.DONE_WITH_WARNINGS), result.problems
    fields = [str(column["fieldName"]) for column in COLUMNS]
    expected = [
        {field: sent_as(value) for field, value in zip(fields, cells, strict=True) if value is not None}
        for cells in sheet[1:]
    ]
    assert [{f: read_as(f, v) for f, v in row.items()} for row in typed_portal.rows("roun-trip")] == expected
