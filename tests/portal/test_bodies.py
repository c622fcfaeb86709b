"""What is uploaded, byte for byte."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.portal.bodies import Body, gzipped, parts_needed, parts_of, records

from .conftest import CODE, FEE, make_dataset

Deliver = Callable[..., Delivery]
ROWS = [["a", "1"], ['b "quoted"', "2"], ["c\nd,e", "3"], ["", "4"], ["ü", ""]]


def bodies(delivery: Delivery) -> list[tuple[str, int, bytes]]:
    """Type, rows and bytes of each request."""
    found = []
    for part in parts_of(delivery):
        part.file.seek(0)
        content = part.file.read()
        assert len(content) == part.length
        found.append((part.content_type, part.rows, content))
    return found


@given(
    st.lists(st.lists(st.text(alphabet='a"\n\r,ü '), min_size=2, max_size=2), max_size=20),
    st.sampled_from([(csv.QUOTE_MINIMAL, "\r\n"), (csv.QUOTE_ALL, "\n")]),
)
def test_records_are_never_split(rows: list[list[str]], style: tuple[int, str]) -> None:
    """However many lines and quotes a field holds, a record stays whole and nothing is lost."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=style[0], lineterminator=style[1]).writerows(rows)  # type: ignore[arg-type]
    content = text.getvalue().encode()
    found = list(records(io.BytesIO(content)))
    assert b"".join(found) == content
    again = [next(csv.reader(io.StringIO(one.decode(), newline=""))) for one in found]
    assert again == rows


def test_records_without_a_last_line_end() -> None:
    """A file that ends within a line, even within a field, loses nothing."""
    assert list(records(io.BytesIO(b"a\nb"))) == [b"a\n", b"b"]
    assert list(records(io.BytesIO(b'a\n"b\nc'))) == [b"a\n", b'"b\nc']


def test_one_request_is_the_file_itself(deliver: Deliver) -> None:
    """Rows that fit one request, and all of a replace or append, are the file as the user can see it."""
    for method in (Method.UPSERT, Method.REPLACE, Method.APPEND):
        delivery = deliver(method, ROWS, rows_per_request=5 if method is Method.UPSERT else 2)
        assert bodies(delivery) == [("text/csv", 5, delivery.file.read_bytes())]


def test_parts_of_an_upsert(deliver: Deliver) -> None:
    """Each part has the header and at most so many rows; together they are the file."""
    delivery = deliver(Method.UPSERT, ROWS, rows_per_request=2)
    parts = bodies(delivery)
    assert [rows for _, rows, _ in parts] == [2, 2, 1]
    assert parts_needed(delivery) == 3
    head = b"code,fee\r\n"
    assert all(content.startswith(head) for _, _, content in parts)
    assert head + b"".join(content[len(head) :] for _, _, content in parts) == delivery.file.read_bytes()


def test_rows_that_divide_evenly(deliver: Deliver) -> None:
    """No empty request follows the last full one."""
    assert [rows for _, rows, _ in bodies(deliver(Method.UPSERT, ROWS[:4], rows_per_request=2))] == [2, 2]


def test_deletions(deliver: Deliver) -> None:
    """Identifiers become rows marked as deleted, whatever characters they hold; always cut, never JSON."""
    delivery = deliver(Method.DELETE, [["a"], ['b "q",\nx'], ["c"]], rows_per_request=2)
    first, second = (content for _, _, content in bodies(delivery))
    assert list(csv.reader(io.StringIO(first.decode(), newline=""))) == [
        ["code", ":deleted"],
        ["a", "true"],
        ['b "q",\nx', "true"],
    ]
    assert second == b"code,:deleted\r\nc,true\r\n"


def test_blanks_kept(deliver: Deliver) -> None:
    """Where blanks keep what the portal has, empty cells are not sent at all and each type has its JSON form."""
    columns = [CODE, FEE, Column(3, "Open", "open", "checkbox"), Column(4, "Web", "web", "url")]
    rows = [["a", "1.50", "true", ""], ["b\n", "", "", "https://x.example"], ["ü", "", "false", ""]]
    delivery = deliver(Method.UPSERT, rows, make_dataset(columns), keep_blanks=True, rows_per_request=2)
    first, second = bodies(delivery)
    assert first[:2] == ("application/json", 2)
    assert json.loads(first[2]) == [
        {"code": "a", "fee": "1.50", "open": True},
        {"code": "b\n", "web": {"url": "https://x.example"}},
    ]
    assert json.loads(second[2]) == [{"code": "ü", "open": False}]


def test_very_long_cell(deliver: Deliver) -> None:
    """A cell longer than the csv module's usual limit, as a polygon may be, is sent."""
    delivery = deliver(Method.UPSERT, [["a" * 200_000, ""]], keep_blanks=True)
    assert len(bodies(delivery)[0][2]) > 200_000


def test_no_rows(deliver: Deliver) -> None:
    """Nothing to update means nothing to send; a replace by nothing is still the header."""
    assert bodies(deliver(Method.UPSERT, [])) == []
    assert bodies(deliver(Method.DELETE, [])) == []
    assert [content for _, _, content in bodies(deliver(Method.REPLACE, []))] == [b"code,fee\r\n"]


def test_compressed(tmp_path: Path) -> None:
    """The compressed file is gzip of the same bytes, with its length."""
    content = b"abc,1\r\n" * 200_000
    packed, length = gzipped(io.BytesIO(content))
    with packed:
        packed.seek(0)
        data = packed.read()
    assert gzip.decompress(data) == content
    assert len(data) == length < len(content) / 10


def test_body_tells_how_far_it_is() -> None:
    """A body knows its length, whether it was begun, and starts anew after a rewind."""
    seen: list[int] = []
    body = Body(io.BytesIO(b"12345"), 5, seen.append)
    assert (len(body), body.started) == (5, False)
    assert body.read(3) == b"123"
    assert (body.started, body.tell()) == (True, 3)
    body.rewind()
    assert not body.started
    assert list(body) == [b"12345"]
    assert seen == [3, 5]
