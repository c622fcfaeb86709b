"""Sending rows: parts, compression, progress, reports, and what is said when it fails half-way."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import pytest

from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.core.errors import PortalError, Stopped
from xl_datasync.portal import Portal

from .conftest import make_dataset
from .odd_server import OddServer, Reply

Answering = Callable[..., tuple[Portal, OddServer]]
Deliver = Callable[..., Delivery]
ROWS = [[f"{number}", "1"] for number in range(9)]
MANY = [[f"{number:07}", "12.50"] for number in range(6000)]


def report(created: int = 0, updated: int = 0, deleted: int = 0, errors: int = 0, **extra: object) -> Reply:
    """A success report, with an id for support."""
    shape = {"Rows Created": created, "Rows Updated": updated, "Rows Deleted": deleted, "Errors": errors, **extra}
    return Reply(body=shape, headers={"X-Socrata-RequestId": f"{created:032}"})


@pytest.mark.parametrize(
    ("method", "verb", "content_type"),
    [(Method.REPLACE, "PUT", "text/csv"), (Method.APPEND, "POST", "text/csv"), (Method.UPSERT, "POST", "text/csv")],
)
def test_request(answering: Answering, deliver: Deliver, method: Method, verb: str, content_type: str) -> None:
    """A method's verb, address, type and length are the documented ones, and the body is the file."""
    portal, server = answering(report(created=9))
    delivery = deliver(method, ROWS)
    receipt = portal.publish(delivery)
    (seen,) = server.seen
    assert (seen.method, seen.path) == (verb, "/resource/abcd-1234.json")
    assert seen.headers["Content-Type"] == content_type
    assert int(seen.headers["Content-Length"]) == len(seen.body)
    assert "Transfer-Encoding" not in seen.headers
    assert seen.body == delivery.file.read_bytes()
    assert (receipt.sent, receipt.created, receipt.request_ids) == (9, 9, (f"{9:032}",))


def test_parts_add_up(answering: Answering, deliver: Deliver) -> None:
    """The receipt of an upsert in parts is the sum of its parts, with each request's id."""
    portal, server = answering(report(created=4), report(updated=3, created=1), report(updated=1, errors=1))
    receipt = portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=4))
    assert len(server.seen) == 3
    assert (receipt.sent, receipt.created, receipt.updated, receipt.errors) == (9, 5, 4, 1)
    assert len(receipt.request_ids) == 3
    assert receipt.reported


def test_replace_and_append_are_never_cut(answering: Answering, deliver: Deliver) -> None:
    """A replace in parts would wipe its own first part; it is one request, whatever its size."""
    portal, server = answering(report())
    for method in (Method.REPLACE, Method.APPEND):
        portal.publish(deliver(method, ROWS, rows_per_request=2))
    assert len(server.seen) == 2


@pytest.mark.parametrize("body", [b"", b"{}", b"{oops"])
def test_answer_without_counts(answering: Answering, deliver: Deliver, body: bytes) -> None:
    """Success without a report is success, marked so that the rows can be counted instead."""
    portal, _ = answering(Reply(body=body))
    receipt = portal.publish(deliver(Method.APPEND, ROWS))
    assert (receipt.sent, receipt.created, receipt.reported) == (9, 0, False)


def test_one_part_without_counts(answering: Answering, deliver: Deliver) -> None:
    """One part without counts makes the whole receipt one that is not to be relied on."""
    portal, _ = answering(report(created=5), Reply())
    receipt = portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5))
    assert (receipt.created, receipt.reported) == (5, False)


def test_promise_is_not_success(answering: Answering, deliver: Deliver) -> None:
    """202 on a row write is never expected: nobody knows what became of the rows, and nothing is repeated."""
    portal, server = answering(Reply(202, {"code": "accepted"}))
    with pytest.raises(PortalError, match="promised") as caught:
        portal.publish(deliver(Method.APPEND, ROWS, make_dataset(identifier=None)))
    assert not caught.value.outcome_known
    assert len(server.seen) == 1


def test_error_inside_success(answering: Answering, deliver: Deliver) -> None:
    """A body that says error is one although the status says success."""
    portal, _ = answering(Reply(200, {"error": True, "code": "x", "message": "Cannot find column y"}))
    with pytest.raises(PortalError, match="Cannot find column y"):
        portal.publish(deliver(Method.UPSERT, ROWS))


def test_web_page_is_not_success(answering: Answering, deliver: Deliver) -> None:
    """A guest network's page in place of the report is not taken for success."""
    portal, _ = answering(Reply(200, b"<html>hello</html>", {"Content-Type": "text/html"}))
    with pytest.raises(PortalError, match="not an open-data portal's answer") as caught:
        portal.publish(deliver(Method.APPEND, ROWS, make_dataset(identifier=None)))
    assert not caught.value.outcome_known


def test_failure_after_some_parts(answering: Answering, deliver: Deliver) -> None:
    """When a part fails for good, it is said which are stored, and that running again doubles nothing."""
    refusal = Reply(400, {"code": "invalid_request", "error": True, "message": "Bad value in fee"})
    portal, server = answering(report(created=2), report(created=2), refusal)
    with pytest.raises(PortalError) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=2))
    assert len(server.seen) == 3
    assert "Parts 1 to 2 of 5 are stored." in caught.value.message
    assert "When you run it again, no row will be doubled." in caught.value.message
    assert "Bad value in fee" in caught.value.message
    assert caught.value.code == "invalid_request"


def test_lost_after_the_first_part(answering: Answering, deliver: Deliver, waits: list[float]) -> None:
    """Where it is not known whether a part was stored, that is said as well."""
    portal, _ = answering(report(created=5), Reply(cut="after"))
    with pytest.raises(PortalError) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5))
    assert "Part 1 of 2 is stored. It is not known whether part 2 was." in caught.value.message
    assert caught.value.message.count("no row will be doubled") == 1
    assert len(waits) == 4


@pytest.mark.parametrize("last", [Reply(409), Reply(400, {"message": "no"})])
def test_part_lost_then_refused(answering: Answering, deliver: Deliver, last: Reply) -> None:
    """A part that was delivered without an answer stays in doubt whatever its last attempt was told."""
    portal, _ = answering(report(created=5), Reply(cut="after"), last)
    with pytest.raises(PortalError) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5))
    assert caught.value.unaffected == "Part 1 of 2 is stored. It is not known whether part 2 was."
    assert caught.value.message.count("no row will be doubled") == 1


def test_remedy_in_other_words(answering: Answering, deliver: Deliver) -> None:
    """What a portal says cannot take the place of our own words: facts decide which are added."""
    portal, _ = answering(report(created=5), Reply(400, {"message": "Run again: no row will be doubled"}))
    with pytest.raises(PortalError) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5))
    assert caught.value.remedy.endswith("When you run it again, no row will be doubled.")


def test_part_stored_but_metadata_failed(answering: Answering, deliver: Deliver) -> None:
    """A part that was stored before the portal failed counts as stored."""
    portal, server = answering(report(created=5), Reply(500, {"message": "Row data was saved. But metadata was not"}))
    with pytest.raises(PortalError, match=r"Parts 1 to 2 of 2 are stored\.") as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5))
    assert caught.value.rows_stored
    assert len(server.seen) == 2


def test_lost_then_plain(answering: Answering, deliver: Deliver) -> None:
    """The doubt about a compressed body goes over to the same rows sent plain."""
    portal, server = answering(Reply(cut="after"), Reply(415), Reply(400, {"message": "Bad row"}), compress=True)
    with pytest.raises(PortalError, match="Bad row") as caught:
        portal.publish(deliver(Method.REPLACE, MANY))
    assert ["Content-Encoding" in seen.headers for seen in server.seen] == [True, True, False]
    assert not caught.value.outcome_known


def test_first_part_fails(answering: Answering, deliver: Deliver) -> None:
    """Where the very first part is refused, no row was changed."""
    portal, _ = answering(Reply(400, {"code": "invalid_request", "message": "no"}))
    with pytest.raises(PortalError, match=r"No row was changed\."):
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=2))


def test_rows_saved_but_metadata_failed(answering: Answering, deliver: Deliver) -> None:
    """A failure that stored the rows is not sent again, not even without compression."""
    portal, server = answering(Reply(400, {"message": "Row data was saved. But metadata was not"}), compress=True)
    with pytest.raises(PortalError, match=r"The rows are stored on the portal\."):
        portal.publish(deliver(Method.APPEND, MANY))
    assert len(server.seen) == 1


def test_progress(answering: Answering, deliver: Deliver) -> None:
    """Progress grows, never goes back on a repeat, and is full only after the last answer."""
    seen: list[tuple[int, int | None]] = []
    portal, server = answering(report(), Reply(503), report(), report())
    delivery = deliver(Method.UPSERT, MANY, rows_per_request=2500)

    def watch(done: int, total: int | None) -> None:
        seen.append((done, total))
        assert (done == total) == (len(server.seen) == 4 and len(seen) > 3)

    portal.publish(delivery, watch)
    size = delivery.file.stat().st_size
    steps = [done for done, _ in seen]
    assert steps == sorted(set(steps))
    assert steps[-1] == size
    assert {total for _, total in seen} == {size}


def test_stopping(answering: Answering, deliver: Deliver) -> None:
    """A stop during a part leaves the portal with the parts before it, and says which."""
    portal, _ = answering(report())

    def watch(done: int, total: int | None) -> None:
        if total and done > total * 0.6:
            raise Stopped("You stopped the run.")

    with pytest.raises(Stopped, match=re.escape("You stopped the run. Part 1 of 2 is stored.")):
        portal.publish(deliver(Method.UPSERT, MANY, rows_per_request=3000), watch)


def test_stopping_between_parts(answering: Answering, deliver: Deliver) -> None:
    """Whoever wants to stop is asked before each part after the first, and told what is stored."""
    portal, server = answering(report())
    asked: list[int] = []

    def stop() -> bool:
        asked.append(len(server.seen))
        return len(server.seen) == 2

    with pytest.raises(Stopped, match=re.escape("Stopped by you. Parts 1 to 2 of 5 are stored.")) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=2), stop=stop)
    assert asked == [1, 2]
    assert caught.value.remedy == "Run it again: no row will be doubled."


def test_no_stop_before_the_first_part(answering: Answering, deliver: Deliver) -> None:
    """One request is not asked about: whoever stops before it does so before."""
    portal, _ = answering(report(created=9))
    assert portal.publish(deliver(Method.REPLACE, ROWS), stop=lambda: True).created == 9


@pytest.mark.parametrize(
    ("reply", "unaffected"),
    [
        (Reply(429), "No row was changed."),
        (Reply(503), "It is not known whether the portal carried it out."),
        (Reply(cut="after"), "It is not known whether the portal carried it out."),
    ],
)
def test_stopping_between_attempts(
    answering: Answering, deliver: Deliver, waits: list[float], *, reply: Reply, unaffected: str
) -> None:
    """While waiting for another attempt one may stop, and is told what the first may have done."""
    portal, server = answering(reply)
    with pytest.raises(Stopped, match=r"Stopped by you\.") as caught:
        portal.publish(deliver(Method.REPLACE, ROWS), stop=lambda: len(waits) >= 2)
    assert caught.value.unaffected == unaffected
    assert len(server.seen) == 1
    assert waits == [0.5, 0.5]


def test_stopping_between_attempts_of_a_later_part(answering: Answering, deliver: Deliver, waits: list[float]) -> None:
    """The parts before it are stored, and the one in doubt is said to be."""
    portal, _ = answering(report(), Reply(cut="after"))
    with pytest.raises(Stopped) as caught:
        portal.publish(deliver(Method.UPSERT, ROWS, rows_per_request=5), stop=lambda: bool(waits))
    assert caught.value.unaffected == "Part 1 of 2 is stored. It is not known whether part 2 was."


def test_waiting_without_a_wish_to_stop(answering: Answering, deliver: Deliver, waits: list[float]) -> None:
    """Waiting in short pieces is as long as waiting at once."""
    portal, _ = answering(Reply(429, headers={"Retry-After": "11"}), report(created=9))
    assert portal.publish(deliver(Method.REPLACE, ROWS), stop=lambda: False).created == 9
    assert sum(waits) == 11


def test_compressed_body(answering: Answering, deliver: Deliver) -> None:
    """A large body is sent as gzip of known length, and again as such on a repeat; a small one is sent plain."""
    portal, server = answering(Reply(503), report(), compress=True)
    delivery = deliver(Method.REPLACE, MANY)
    portal.publish(delivery)
    portal.publish(deliver(Method.UPSERT, ROWS))
    first, second, small = server.seen
    assert second.headers["Content-Encoding"] == "gzip"
    assert first.body == second.body
    assert int(second.headers["Content-Length"]) == len(second.body)
    assert gzip.decompress(second.body) == delivery.file.read_bytes()
    assert "Content-Encoding" not in small.headers


def test_nothing_is_compressed_for_this_computer(answering: Answering, deliver: Deliver) -> None:
    """On the loopback there is nothing to save, unless it is asked for."""
    portal, server = answering(report())
    portal.publish(deliver(Method.REPLACE, MANY))
    assert "Content-Encoding" not in server.seen[0].headers


@pytest.mark.parametrize("status", [400, 415])
def test_portal_without_compression(answering: Answering, deliver: Deliver, status: int) -> None:
    """A refused gzip body is sent plain once; when that works, nothing is compressed any more."""
    portal, server = answering(Reply(status, {"message": "?"}), report(created=1), report(created=1), compress=True)
    delivery = deliver(Method.APPEND, MANY, make_dataset(identifier=None))
    assert portal.publish(delivery).created == 1
    portal.publish(delivery)
    assert ["Content-Encoding" in seen.headers for seen in server.seen] == [True, False, False]
    assert server.seen[1].body == delivery.file.read_bytes()


def test_rows_refused_either_way(answering: Answering, deliver: Deliver) -> None:
    """When the plain body is refused too, its refusal counts, and compression was not to blame."""
    refusal = Reply(400, {"code": "invalid_request", "message": "Bad row"})
    portal, server = answering(refusal, refusal, report(), compress=True)
    delivery = deliver(Method.UPSERT, MANY)
    with pytest.raises(PortalError, match="Bad row"):
        portal.publish(delivery)
    portal.publish(delivery)
    assert ["Content-Encoding" in seen.headers for seen in server.seen] == [True, False, True]


def test_compression_known_to_work(answering: Answering, deliver: Deliver) -> None:
    """Once a portal has taken a gzip body, a refusal is about the rows and is not asked twice."""
    portal, server = answering(report(), Reply(400, {"message": "Bad row"}), compress=True)
    delivery = deliver(Method.UPSERT, MANY)
    portal.publish(delivery)
    with pytest.raises(PortalError, match="Bad row"):
        portal.publish(delivery)
    assert len(server.seen) == 2
