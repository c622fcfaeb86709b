"""Whatever text is written comes back."""

import csv
import io
import unicodedata

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xl_datasync.practice_portal import PracticePortal

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
DIFFICULT = st.sampled_from(["", '"', '""', "007", "a,b", "line\nline", "\r\n", "\r", " x ", "=1+1", "مرحبا", "#N/A"])
ROWS = st.lists(st.tuples(TEXTS | DIFFICULT, TEXTS | DIFFICULT), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_texts_come_back(running_portal: PracticePortal, rows: list[tuple[str, str]]) -> None:
    """Any texts written as CSV read back equal, in NFC, as CSV and as JSON; empty means null."""
    portal = running_portal
    columns = [{"name": n.upper(), "fieldName": n, "dataTypeName": "text"} for n in ("a", "b")]
    portal.reset()
    portal.create_dataset("roun-trip", "Round trip", columns)
    body = io.StringIO(newline="")
    writer = csv.writer(body, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b"), *rows])
    url = f"{portal.url}/resource/roun-trip"
    auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)
    headers = {"Content-Type": "text/csv"}
    sent = requests.put(f"{url}.csv", data=body.getvalue().encode(), headers=headers, auth=auth)
    assert sent.status_code == 200, sent.text
    expected = [[unicodedata.normalize("NFC", text) for text in row] for row in rows]
    read = requests.get(f"{url}.csv").content.decode()
    assert list(csv.reader(io.StringIO(read, newline=""))) == [["a", "b"], *expected]
    objects = requests.get(f"{url}.json").json()
    assert [[row.get("a", ""), row.get("b", "")] for row in objects] == expected
