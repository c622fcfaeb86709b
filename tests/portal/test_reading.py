"""Reading rows, counts and identifiers back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.dataset import Column
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.portal import Portal
from xl_datasync.portal.bodies import BLOCK
from xl_datasync.portal.reading import LONGEST_CONDITION, MOST_QUESTIONS, identity, json_rows, soql_literal

from .conftest import CODE, FEE, make_dataset
from .odd_server import OddServer, Reply

Answering = Callable[..., tuple[Portal, OddServer]]


def queries(server: OddServer) -> list[dict[str, str]]:
    """The parameters of each request."""
    return [{key: value[0] for key, value in parse_qs(urlsplit(seen.path).query).items()} for seen in server.seen]


def test_pages(answering: Answering) -> None:
    """Rows are asked for in the portal's own order, page by page, until there are none."""
    portal, server = answering(Reply(body=[{"code": "a"}, {"code": "b"}]), Reply(body=[{"code": "c"}]), Reply(body=[]))
    rows = list(portal.read_rows(make_dataset(), ["code"], "fee > 1", page_size=2))
    assert rows == [{"code": "a"}, {"code": "b"}, {"code": "c"}]
    first, second, third = queries(server)
    assert first == {"$select": "code", "$where": "fee > 1", "$order": ":id", "$limit": "2", "$offset": "0"}
    assert (second["$offset"], third["$offset"]) == ("2", "3")


def test_very_many_columns(answering: Answering) -> None:
    """Where naming the columns would make the address too long, they are picked out afterwards."""
    columns = [Column(n, f"c{n}", f"column_number_{n:05}", "text") for n in range(500)]
    names = [column.field_name for column in columns[1:]]
    portal, server = answering(Reply(body=[{"column_number_00000": "x", "column_number_00001": "y"}]), Reply(body=[]))
    assert list(portal.read_rows(make_dataset(columns, None), names)) == [{"column_number_00001": "y"}]
    assert "$select" not in queries(server)[0]


def test_rows_of_some_identifiers(answering: Answering) -> None:
    """Only the rows asked for are read, in as many questions as it takes, each address short enough."""
    columns = [Column(n, f"c{n}", f"column_number_{n:05}", "text") for n in range(80)]
    names = [column.field_name for column in columns]
    wanted = [f"identifier {number:06}" for number in range(700)]
    dataset = make_dataset((CODE, *columns))
    row = {"code": wanted[0], "column_number_00007": "x"}
    portal, server = answering(*(reply for _ in range(8) for reply in (Reply(body=[row]), Reply(body=[]))))
    found = list(portal.rows_with(dataset, wanted, ["code", *names]))
    asked = queries(server)[::2]
    assert found == [row] * len(asked)
    assert 1 < len(asked) <= MOST_QUESTIONS
    assert all(sum(query["$where"].count(f"'{one}'") for query in asked) == 1 for one in wanted)
    assert max(len(seen.path) for seen in server.seen) < 8_000


def test_rows_of_very_many_identifiers(answering: Answering) -> None:
    """Where asking for each would take too many questions, every row is read, once."""
    portal, server = answering(Reply(body=[{"code": "a"}, {"code": "b"}]), Reply(body=[]))
    wanted = [f"{number:0100}" for number in range(LONGEST_CONDITION * MOST_QUESTIONS // 100)]
    assert list(portal.rows_with(make_dataset(), wanted, ["code"])) == [{"code": "a"}, {"code": "b"}]
    assert all("$where" not in query for query in queries(server))


def test_page_that_breaks_off(answering: Answering) -> None:
    """A page whose answer broke off is asked for again before any of its rows is given out: none comes twice."""
    page = [{"code": str(number)} for number in range(1000)]
    portal, _ = answering(Reply(body=page, cut="truncated"), Reply(body=page), Reply(body=[]))
    assert list(portal.read_rows(make_dataset())) == page


@pytest.mark.parametrize("body", [b'[{"code": "a"}', b"[1]", b"<html>", b'{"error": true}'])
def test_page_that_is_none(answering: Answering, body: bytes) -> None:
    """An answer that is no list of rows is an error, never an end of the data."""
    portal, _ = answering(Reply(body=body), Reply(body=[]))
    with pytest.raises(PortalError, match="not an open-data portal's answer"):
        list(portal.read_rows(make_dataset()))


@pytest.mark.parametrize(("body", "count"), [([{"count": "12"}], 12), ([{"count_1": 3}], 3)])
def test_count(answering: Answering, body: object, count: int) -> None:
    """A count is read whatever its column is called."""
    portal, server = answering(Reply(body=body))
    assert portal.count("ABCD-1234", "fee = 1") == count
    assert queries(server)[0] == {"$select": "count(*)", "$where": "fee = 1"}


@pytest.mark.parametrize("body", [[], [{}], [{"count": "many"}], {"count": 1}, [{"a": "1", "b": "2"}], [1]])
def test_count_that_is_none(answering: Answering, body: object) -> None:
    """Anything else is not taken for a number of rows."""
    portal, _ = answering(Reply(body=body))
    with pytest.raises(PortalError):
        portal.count("abcd-1234")


def test_no_dataset_id(answering: Answering) -> None:
    """What cannot be a dataset id never becomes part of an address."""
    portal, server = answering(Reply())
    with pytest.raises(ConfigurationError):
        portal.describe("../users")
    assert not server.seen


def test_identifiers(answering: Answering) -> None:
    """Every identifier comes as text."""
    portal, _ = answering(Reply(body=[{"fee": "1.50"}, {"fee": 7}]), Reply(body=[]))
    assert list(portal.identifiers(make_dataset(identifier=FEE))) == ["1.50", "7"]


def test_no_identifier(answering: Answering) -> None:
    """Where there is no row identifier, that is what is said."""
    portal, _ = answering(Reply())
    with pytest.raises(ConfigurationError, match="no row identifier"):
        list(portal.identifiers(make_dataset(identifier=None)))
    with pytest.raises(ConfigurationError, match="no row identifier"):
        portal.known_identifiers(make_dataset(identifier=None), ["a"])


def test_few_identifiers_are_asked_about(answering: Answering) -> None:
    """Some identifiers are asked about by name, safely quoted; only those given are answered."""
    portal, server = answering(Reply(body=[{"code": "O'Hare"}, {"code": "stray"}]), Reply(body=[]))
    assert portal.known_identifiers(make_dataset(), ["O'Hare", "x", "x", ""]) == {"O'Hare"}
    assert queries(server)[0]["$where"] == "code in ('O''Hare','x','')"


def test_addresses_stay_short(answering: Answering) -> None:
    """Many identifiers are asked about in several questions, none too long for an address."""
    wanted = [f"identifier ü {number}" for number in range(900)]
    portal, server = answering(Reply(body=[]))
    assert portal.known_identifiers(make_dataset(), wanted) == set()
    assert 1 < len(server.seen) <= MOST_QUESTIONS
    assert max(len(seen.path) for seen in server.seen) < LONGEST_CONDITION + 500


def test_very_many_identifiers(answering: Answering) -> None:
    """Beyond some number of questions every identifier is read once instead."""
    wanted = [f"identifier {number:08}" for number in range(20_000)]
    portal, server = answering(Reply(body=[{"code": wanted[3]}, {"code": "stray"}]), Reply(body=[]))
    assert portal.known_identifiers(make_dataset(), wanted) == {wanted[3]}
    assert "$where" not in queries(server)[0]
    assert len(server.seen) == 2


def test_numbers_compare_by_value(answering: Answering) -> None:
    """An identifier that is a number is found however it is written; what is no number cannot be there."""
    portal, server = answering(Reply(body=[{"fee": "7"}, {"fee": "1000"}]), Reply(body=[]))
    assert portal.known_identifiers(make_dataset(identifier=FEE), ["7.0", "7", "1e3", "x"]) == {"7.0", "7", "1e3"}
    assert queries(server)[0]["$where"] == "fee in (7.0,7,1000)"


def test_identity_of_dates() -> None:
    """A date is the same with and without fractions of a second."""
    day = Column(1, "D", "d", "calendar_date")
    assert identity(day, "2020-01-02T00:00:00") == identity(day, "2020-01-02T00:00:00.000")
    assert identity(day, "soon") is None


@given(st.text())
def test_quoting(text: str) -> None:
    """No text can end the quotes it stands in."""
    quoted = soql_literal(CODE, text)
    assert quoted[0] == quoted[-1] == "'"
    assert quoted[1:-1].replace("''", "").count("'") == 0
    assert quoted[1:-1].replace("''", "'") == text


def test_checkbox_literal() -> None:
    """A checkbox is compared without quotes."""
    assert soql_literal(Column(1, "X", "x", "checkbox"), "true") == "true"


@given(
    rows=st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.booleans() | st.none())),
    pretty=st.booleans(),
)
def test_rows_of_any_shape(rows: list[dict[str, object]], *, pretty: bool) -> None:
    """Rows are read one by one as the whole would be, however it is laid out."""
    text = json.dumps(rows, ensure_ascii=pretty, indent=2 if pretty else None)
    assert [row for row, _ in json_rows(io.BytesIO(text.encode()))] == rows


def test_rows_longer_than_a_block() -> None:
    """Rows that are longer than what is read at once, and characters cut in two, come out whole."""
    rows = [{"a": "ü" * (BLOCK * 3)}, {"b": "€" * 1000}, {"c": "x" * (BLOCK + 1)}]
    assert [row for row, _ in json_rows(io.BytesIO(json.dumps(rows, ensure_ascii=False).encode()))] == rows


def test_fractions_are_exact() -> None:
    """A fraction keeps its digits."""
    assert [row for row, _ in json_rows(io.BytesIO(b'[{"a": 1.10}]'))] == [{"a": Decimal("1.10")}]


@pytest.mark.parametrize(
    ("replies", "there"),
    [
        ([Reply(body={"read_replication_up_to_date": True})], True),
        ([Reply(body={"read_replication_up_to_date": False}), Reply(body={"read_replication_up_to_date": True})], True),
        ([Reply(502), Reply(body={"read_replication_up_to_date": True})], True),
        ([Reply(body={"read_replication_up_to_date": False})], False),
        ([Reply(body={"truth_data_version": 3})], False),
        ([Reply(404, {"code": "x"})], False),
        ([Reply(200, b"<html>")], False),
        ([Reply(502)], False),
    ],
)
def test_replication(answering: Answering, replies: list[Reply], *, there: bool) -> None:
    """Waiting for readers ends with yes, with time running out, or with a portal that does not tell; never in an error."""
    portal, _ = answering(*replies)
    assert portal.await_replication("abcd-1234", 1.0) is there


def test_empty_answer_is_asked_for_again(answering: Answering) -> None:
    """An answer with nothing in it is no page of rows, and may pass."""
    portal, _ = answering(Reply(body=b""), Reply(body=[{"code": "a"}]), Reply(body=[]))
    assert list(portal.read_rows(make_dataset())) == [{"code": "a"}]
    portal, _ = answering(Reply(body=b""))
    with pytest.raises(PortalError, match="answer was empty") as caught:
        list(portal.read_rows(make_dataset()))
    assert caught.value.temporary
