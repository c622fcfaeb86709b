"""Rows as JSON lines: written from what the portal gave, and sent."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.portal import Portal, row_line
from xl_datasync.portal.json_lines import BLOCK, with_nulls, write_array

from .conftest import CODE, FEE, make_dataset
from .odd_server import OddServer, Reply
from .test_bodies import bodies
from .test_rows import report

Answering = Callable[..., tuple[Portal, OddServer]]
ROWS: list[dict[str, object]] = [{"code": "a", "fee": "1.50"}, {"code": ""}, {"code": "ü\n\u2028", "fee": None}]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def lines_of(rows: list[dict[str, object]], folder: Path) -> Path:
    """A file of rows."""
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(map(row_line, rows)))
    return path


def delivery_of(method: Method, folder: Path, rows: list[dict[str, object]] = ROWS, **options: object) -> Delivery:
    """A delivery of rows as JSON lines."""
    path = lines_of(rows, folder)
    return Delivery(make_dataset(), method, path, len(rows), (CODE, FEE), json_lines=True, **options)  # type: ignore[arg-type]


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_row_line(row: dict[str, object]) -> None:
    """A row is one line, and comes back as it was, every digit of a fraction included."""
    line = row_line(row)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    again = json.loads(line, parse_float=Decimal)
    assert again == row
    assert str(again) == str(json.loads(line, parse_float=Decimal))


@pytest.mark.parametrize("digits", ["1.50", "-122.123456789012345678901234567890", "1E+400", "0.0"])
def test_digits_stay(digits: str) -> None:
    """A fraction is written with the digits it was read with."""
    assert row_line({"a": [Decimal(digits)]}) == b'{"a":[' + digits.encode() + b"]}\n"


@pytest.mark.parametrize("method", [Method.REPLACE, Method.APPEND])
def test_one_request(tmp_path: Path, method: Method) -> None:
    """A replace and an append are one array, whatever the rows per request; an empty text and null stay apart."""
    delivery = delivery_of(method, tmp_path, rows_per_request=1)
    ((content_type, rows, content),) = bodies(delivery)
    assert (content_type, rows) == ("application/json", 3)
    assert json.loads(content) == ROWS


def test_upsert_clears(tmp_path: Path) -> None:
    """In an upsert every column is named, so that a value that is not there clears what the portal has."""
    first, second = bodies(delivery_of(Method.UPSERT, tmp_path, rows_per_request=2))
    assert (first[:2], second[:2]) == (("application/json", 2), ("application/json", 1))
    assert json.loads(first[2]) == [{"code": "a", "fee": "1.50"}, {"code": "", "fee": None}]
    assert json.loads(second[2]) == [{"code": "ü\n\u2028", "fee": None}]


def test_upsert_that_keeps(tmp_path: Path) -> None:
    """Where blanks keep, a row is sent as it is."""
    ((_, _, content),) = bodies(delivery_of(Method.UPSERT, tmp_path, keep_blanks=True))
    assert json.loads(content) == ROWS


def test_nulls_are_added_to_the_digit() -> None:
    """Adding what is missing changes nothing of what is there; an empty row becomes one of nulls."""
    lines = [b'{"fee": 1.500000000000000000001}\n', b"{}\n", b' {"fee":1,"code":"x"}\n']
    assert list(with_nulls(lines, (CODE, FEE))) == [
        b'{"code":null,"fee": 1.500000000000000000001}\n',
        b'{"code":null,"fee":null}\n',
        lines[2],
    ]


def test_no_rows(tmp_path: Path) -> None:
    """A replace by nothing is an empty list; an upsert of nothing is no request."""
    assert [content for _, _, content in bodies(delivery_of(Method.REPLACE, tmp_path, []))] == [b"[]"]
    assert bodies(delivery_of(Method.UPSERT, tmp_path, [])) == []


def test_no_deletion(tmp_path: Path) -> None:
    """Rows to be deleted are given as CSV."""
    with pytest.raises(ValueError, match="as CSV"):
        bodies(delivery_of(Method.DELETE, tmp_path))


@pytest.mark.parametrize("ending", [b"\n", b""])
@pytest.mark.parametrize("size", [BLOCK - 10, BLOCK - 9, BLOCK - 8, BLOCK - 7, BLOCK, 3 * BLOCK])
def test_array_over_blocks(size: int, ending: bytes) -> None:
    """Rows are told apart wherever a block ends, with and without a last line break."""
    lines = b'{"a":"' + b"x" * (size - 9) + b'"}\n' + b'{"b":1}\n' * 5 + b'{"c":1}' + ending
    target = io.BytesIO()
    write_array(io.BytesIO(lines), target)
    assert len(json.loads(target.getvalue())) == 7


def test_progress_and_type(answering: Answering, tmp_path: Path) -> None:
    """JSON rows are sent with their type and length, and progress is in bytes of the file."""
    portal, server = answering(report(created=3))
    delivery = delivery_of(Method.REPLACE, tmp_path)
    seen: list[tuple[int, int | None]] = []
    portal.publish(delivery, lambda done, total: seen.append((done, total)))
    (asked,) = server.seen
    assert asked.headers["Content-Type"] == "application/json"
    assert int(asked.headers["Content-Length"]) == len(asked.body)
    size = delivery.file.stat().st_size
    assert seen[-1] == (size, size)


def test_large_array_is_compressed(answering: Answering, tmp_path: Path) -> None:
    """A large array is compressed like a CSV file, and repeated as such."""
    portal, server = answering(Reply(503), report(), compress=True)
    rows: list[dict[str, object]] = [{"code": f"{number}", "fee": "1"} for number in range(6000)]
    portal.publish(delivery_of(Method.REPLACE, tmp_path, rows))
    first, second = server.seen
    assert first.body == second.body
    assert second.headers["Content-Encoding"] == "gzip"
