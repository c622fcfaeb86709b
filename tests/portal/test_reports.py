"""Every shape in which a portal reports what a write did."""

from __future__ import annotations

import json

import pytest

from xl_datasync.portal.reports import Counts, Refusal, read_report


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        (
            {"By RowIdentifier": 5, "Rows Updated": 3, "Rows Deleted": 1, "Rows Created": 2, "Errors": 4, "By SID": 0},
            Counts(2, 3, 1, 4),
        ),
        ({"Errors": 83, "Rows Created": 0, "Rows Updated": 9917, "Rows Deleted": 0}, Counts(0, 9917, 0, 83)),
        ({"Rows Created": 7}, Counts(created=7)),
        ({"Rows Created": "7", "Something": {"new": 1}}, Counts(created=7)),
        ({"Rows Created": None, "Rows Updated": "many"}, Counts()),
        (
            {"rows_created": 1, "rows_updated": 2, "rows_deleted": 3, "errors": [{"error": "x", "input_index": 4}]},
            Counts(1, 2, 3, 1),
        ),
        (
            [
                {"typ": "insert", "id": 1, "ver": "rv-1"},
                {"typ": "update"},
                {"typ": "delete"},
                {"typ": "error", "err": "n"},
            ],
            Counts(1, 1, 1, 1),
        ),
        ([], Counts()),
    ],
)
def test_counts(body: object, counts: Counts) -> None:
    """Six keys, fewer, none of a kind, unknown ones, the lower-case shape and the row engine's list all give counts."""
    assert read_report(json.dumps(body).encode()) == counts


@pytest.mark.parametrize("body", [b"", b"  ", b"{", b"{}", b'{"id": "x"}', b"null", b"17", b'["x"]', b"\xff"])
def test_no_counts(body: bytes) -> None:
    """An answer without counts is not taken for one with zeros."""
    assert read_report(body) is None


def test_error_in_a_good_answer() -> None:
    """A body that says it is an error is one, whatever its status."""
    assert read_report(b'{"code": "x", "error": true, "message": "no"}') == Refusal("x", "no")


def test_web_page() -> None:
    """A web page is no report."""
    assert read_report(b" <html>") == Refusal(html=True)
