"""Whatever text is written comes back."""

import csv
import io
import unicodedata

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from xl_datasync.practice_portal import PracticePortal

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DIFFICULT = st.sampled_from(["", '"', '""', "007", "a,b", "line\nline", "\r\n", "\r", " x ", "=1+1", "مرحبا", "#N/A"])
ROWS = st.lists(st.tuples(TEXTS | DIFFICULT, TEXTS | DIFFICULT), max_size=8)


@pytest.fixture(scope="module")
def address(running_portal: PracticePortal) -> str:
    """The address of a dataset of two texts."""
    columns = [{"name": n.upper(), "fieldName": n, "dataTypeName": "text"} for n in ("a", "b")]
    running_portal.create_dataset("roun-trip", "Round trip", columns)
    return f"{running_portal.url}/resource/roun-trip"


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_texts_come_back(running_portal: PracticePortal, address: str, rows: list[tuple[str, str]]) -> None:
    """Any texts written as CSV read back equal, in NFC, as CSV and as JSON; empty means null."""
    body = io.StringIO(newline="")
    writer = csv.writer(body, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    sign_in = running_portal.sign_ins[0]
    headers = {"Content-Type": "text/csv"}
    sent = requests.put(
        f"{address}.csv", data=body.getvalue().encode(), headers=headers, auth=(sign_in.user, sign_in.password)
    )
    assert sent.status_code == 200, sent.text
    expected = [[unicodedata.normalize("NFC", text) for text in row] for row in rows]
    read = requests.get(f"{address}.csv").content.decode()
    assert list(csv.reader(io.StringIO(read, newline=""))) == [["a", "b"], *expected]
    objects = requests.get(f"{address}.json").json()
    assert [[row.get("a", ""), row.get("b", "")] for row in objects] == expected
