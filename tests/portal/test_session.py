"""How requests are made: headers, sign-in, redirects, repeats, broken connections."""

from __future__ import annotations

import base64
import datetime as dt
import logging
import socket
from collections.abc import Callable
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path

import pytest

from xl_datasync import __version__
from xl_datasync.core.connection import SignIn
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.core.errors import ConfigurationError, PortalError, SignInError, Stopped
from xl_datasync.portal import Portal, Timeouts, deeds
from xl_datasync.portal.bodies import Body
from xl_datasync.portal.calls import Call
from xl_datasync.portal.session import Session

from .conftest import SECRET, SIGN_IN, make_dataset
from .odd_server import OddServer, Reply

USER = Reply(body={"id": "abcd-efgh", "displayName": "A. Lee", "email": "a.lee@x.example", "roleName": "editor"})
BUSY = Reply(503, b"<html><h1>503</h1></html>", {"Content-Type": "text/html"})
REPORT = Reply(body={"Rows Created": 1, "Rows Updated": 0, "Rows Deleted": 0, "Errors": 0})
ROWS = [["a", "1"]]

Answering = Callable[..., tuple[Portal, OddServer]]
Deliver = Callable[..., Delivery]


def append_without_identifier(deliver: Deliver) -> Delivery:
    """A delivery that would double its rows if it were sent twice."""
    return deliver(Method.APPEND, ROWS, make_dataset(identifier=None))


def test_headers_of_a_request(answering: Answering) -> None:
    """Each request names this program, the app token and the sign-in in UTF-8, and has an id of its own."""
    portal, server = answering(USER)
    portal.who_am_i()
    portal.who_am_i()
    first, second = (seen.headers for seen in server.seen)
    assert first["User-Agent"] == f"xl-datasync/{__version__}"
    assert first["X-App-Token"] == SIGN_IN.app_token
    assert first["Authorization"] == "Basic " + base64.b64encode(f"a.lee:{SECRET}".encode()).decode()
    assert len(first["X-Socrata-RequestId"]) == 32
    assert first["X-Socrata-RequestId"] != second["X-Socrata-RequestId"]


def test_no_sign_in_means_none(answering: Answering, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a sign-in no credentials are sent, not even those a netrc file has for the host."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    portal, server = answering(USER, sign_in=None)
    portal.who_am_i()
    assert "Authorization" not in server.seen[0].headers
    assert "X-App-Token" not in server.seen[0].headers


def test_no_cookie_is_kept(answering: Answering) -> None:
    """A cookie is never sent back: with a session cookie a portal would ask for a CSRF token."""
    portal, server = answering(Reply(body=USER.body, headers={"Set-Cookie": "socrata-csrf-token=x; Path=/"}))
    portal.who_am_i()
    portal.who_am_i()
    assert "Cookie" not in server.seen[1].headers


def test_plain_http_to_another_computer_is_refused() -> None:
    """A sign-in never travels unencrypted."""
    with pytest.raises(ConfigurationError, match="not encrypted"):
        Portal("http://data.example.gov")


def test_app_token_that_cannot_be_sent() -> None:
    """An app token with a line break is refused in words that do not repeat it."""
    with pytest.raises(SignInError, match="app token") as caught:
        Portal("http://localhost", SignIn("a", "b", app_token="good\nEvil: 1"))
    assert "Evil" not in str(caught.value)


def test_read_follows_a_redirect_on_the_same_host(answering: Answering) -> None:
    """A read may be sent on within the portal, and the sign-in goes with it."""
    portal, server = answering(Reply(302, headers={"Location": "/elsewhere.json"}), USER)
    assert portal.who_am_i().email == "a.lee@x.example"
    assert server.seen[1].path == "/elsewhere.json"
    assert "Authorization" in server.seen[1].headers


def test_other_scheme_is_another_place(answering: Answering) -> None:
    """The same host by another scheme is not the same place."""
    portal, server = answering(USER)
    server.replies.insert(0, Reply(302, headers={"Location": server.url.replace("http:", "https:") + "/x"}))
    with pytest.raises(PortalError, match="points to another page"):
        portal.who_am_i()


def test_read_never_goes_to_another_host(answering: Answering, serve: Callable[..., OddServer]) -> None:
    """A redirect to another host, port included, is an error that names it; nothing is sent there."""
    other = serve(USER)
    portal, _ = answering(Reply(302, headers={"Location": f"{other.url}/x"}))
    with pytest.raises(PortalError, match=f"points to another address, 127.0.0.1:{other.port}") as caught:
        portal.who_am_i()
    assert not other.seen
    assert "The sign-in was not passed on." in caught.value.message


def test_endless_redirects_end(answering: Answering) -> None:
    """A portal that sends a read in circles is given up."""
    portal, server = answering(Reply(302, headers={"Location": "/again"}))
    with pytest.raises(PortalError, match="another page of its own"):
        portal.who_am_i()
    assert len(server.seen) == 5


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_write_never_follows_a_redirect(answering: Answering, deliver: Deliver, status: int) -> None:
    """No redirect of a write is followed, not even on the same host; no row was changed and it is not repeated."""
    portal, server = answering(Reply(status, headers={"Location": "/resource/other.json"}))
    with pytest.raises(PortalError, match="another page of its own") as caught:
        portal.publish(deliver(Method.UPSERT, ROWS))
    assert caught.value.outcome_known
    assert caught.value.unaffected == "No row was changed."
    assert len(server.seen) == 1


def test_write_redirect_names_the_target(answering: Answering, deliver: Deliver) -> None:
    """The new host is named, without credentials an address may hold."""
    portal, _ = answering(Reply(301, headers={"Location": "https://me:pw@new.example/x"}))
    with pytest.raises(PortalError, match=r"another address, new\.example\.") as caught:
        portal.publish(deliver(Method.REPLACE, ROWS))
    assert "pw@" not in str(caught.value)


def test_temporary_failure_is_repeated(answering: Answering, waits: list[float]) -> None:
    """A read is tried again after growing waits with some chance in them, five times in all."""
    portal, server = answering(BUSY, BUSY, BUSY, BUSY, USER)
    assert portal.who_am_i().id == "abcd-efgh"
    assert len(server.seen) == 5
    assert all(least <= wait <= least + 1 for wait, least in zip(waits, (1, 2, 4, 8), strict=True))


def test_repeats_come_to_an_end(answering: Answering, waits: list[float]) -> None:
    """After five attempts the portal's failure is reported, as one that may pass."""
    portal, server = answering(BUSY)
    with pytest.raises(PortalError, match="busy or closed") as caught:
        portal.who_am_i()
    assert (len(server.seen), len(waits)) == (5, 4)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 412, 413, 415, 422])
def test_lasting_refusal_is_not_repeated(answering: Answering, status: int) -> None:
    """What the portal refuses for good is asked once."""
    portal, server = answering(Reply(status, {"error": True, "message": "No."}))
    with pytest.raises(PortalError) as caught:
        portal.who_am_i()
    assert len(server.seen) == 1
    assert caught.value.status == status


@pytest.mark.parametrize("status", [408, 409])
def test_lock_and_slowness_wait_longer(answering: Answering, waits: list[float], status: int) -> None:
    """Another writer's lock, or a portal that was too slow, is given more time."""
    portal, _ = answering(Reply(status, {"errorCode": "soda.dataset.cannot-acquire-write-lock"}), USER)
    portal.who_am_i()
    assert waits[0] >= 5


def test_retry_after_in_seconds(answering: Answering, waits: list[float]) -> None:
    """The portal's own wish comes before our waiting times."""
    portal, _ = answering(Reply(429, {}, {"Retry-After": "17"}), USER)
    portal.who_am_i()
    assert waits == [17]


def test_retry_after_as_a_date(answering: Answering, waits: list[float]) -> None:
    """The wish may be a date."""
    moment = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=40)
    portal, _ = answering(Reply(503, {}, {"Retry-After": format_datetime(moment, usegmt=True)}), USER)
    portal.who_am_i()
    assert 30 < waits[0] <= 40


def test_retry_after_that_is_nonsense(answering: Answering, waits: list[float]) -> None:
    """What cannot be read counts as not said."""
    portal, _ = answering(Reply(429, {}, {"Retry-After": "soon"}), USER)
    portal.who_am_i()
    assert 1 <= waits[0] <= 2


def test_retry_after_beyond_patience(answering: Answering, waits: list[float]) -> None:
    """A portal that wants an hour is not kept waiting for, nor asked again too early; the words say how long."""
    portal, server = answering(Reply(429, {}, {"Retry-After": "3600"}), USER)
    with pytest.raises(PortalError, match="asks to wait 60 minutes") as caught:
        portal.who_am_i()
    assert (len(server.seen), waits, caught.value.retry_after) == (1, [], 3600)


@pytest.mark.parametrize("cut", ["after", "truncated"])
def test_read_cut_off_is_repeated(answering: Answering, cut: str) -> None:
    """A read whose answer never came, or came in part, is made again."""
    portal, server = answering(Reply(body=USER.body, cut=cut), USER)
    assert portal.who_am_i().id == "abcd-efgh"
    assert len(server.seen) == 2


@pytest.mark.parametrize("cut", ["before", "during", "after", "truncated"])
def test_repeatable_write_cut_off_is_repeated(answering: Answering, deliver: Deliver, cut: str) -> None:
    """An upsert is sent again, whole, wherever the first try broke."""
    portal, server = answering(Reply(body=REPORT.body, cut=cut), REPORT)
    receipt = portal.publish(deliver(Method.UPSERT, ROWS))
    # What the repeat counted is not what the first try may have done.
    assert (receipt.sent, receipt.reported, len(server.seen)) == (1, False, 2)
    assert server.seen[1].body == b"code,fee\r\na,1\r\n"


@pytest.mark.parametrize("cut", ["before", "during", "after", "truncated"])
def test_append_cut_off_is_not_repeated(answering: Answering, deliver: Deliver, cut: str) -> None:
    """Rows that would be doubled are never sent twice by themselves; the words warn against doing so by hand."""
    portal, server = answering(Reply(body=REPORT.body, cut=cut), REPORT)
    with pytest.raises(PortalError, match="connection to the portal broke") as caught:
        portal.publish(append_without_identifier(deliver))
    assert len(server.seen) == 1
    assert not caught.value.outcome_known
    assert caught.value.exit_code == 1, "a scheduler must not take it for something to try again"
    assert "not known whether the rows were added" in caught.value.message
    assert "Do not run it again yet" in caught.value.message
    assert caught.value.reference


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_append_that_failed_on_the_way(answering: Answering, deliver: Deliver, status: int) -> None:
    """A failure after the rows arrived leaves open whether they were added."""
    portal, server = answering(Reply(status, b"<html>oops</html>", {"Content-Type": "text/html"}), REPORT)
    with pytest.raises(PortalError) as caught:
        portal.publish(append_without_identifier(deliver))
    assert (len(server.seen), caught.value.outcome_known) == (1, False)
    assert "oops" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (429, "too-many-requests"),
        (409, "update.dataset.temporarily-not-writable"),
        (503, "service-unavailable"),
        (503, "update.read-only-mode"),
    ],
)
def test_append_refused_before_any_work(answering: Answering, deliver: Deliver, status: int, code: str) -> None:
    """An append the portal is known not to have begun is sent again."""
    portal, server = answering(Reply(status, {"errorCode": code, "message": "Later"}), REPORT)
    assert portal.publish(append_without_identifier(deliver)).created == 1
    assert len(server.seen) == 2


def test_append_uses_a_fresh_connection(answering: Answering, deliver: Deliver) -> None:
    """An append does not reuse a connection that the other end may have given up unseen."""
    portal, server = answering(USER, REPORT)
    portal.who_am_i()
    portal.publish(append_without_identifier(deliver))
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (Reply(409, {"errorCode": "cannot-acquire-write-lock"}), "is changing"),
        (Reply(503, {"errorCode": "service-unavailable"}), "busy or closed"),
        (Reply(400, {"code": "invalid_request"}), "refused the rows"),
        (Reply(302, headers={"Location": "/x"}), "another page of its own"),
        (None, "could not be reached"),
    ],
)
def test_lost_answer_is_not_forgotten(answering: Answering, deliver: Deliver, last: Reply | None, words: str) -> None:
    """Once rows were delivered without an answer, no later refusal or failure proves that nothing was changed."""
    # Where there is no last reply, the server goes away while the client waits for its second attempt.
    timeouts = Timeouts(connect=5, read=5, write=5, sleep=lambda _: None if last else server.__exit__(None, None, None))
    portal, server = answering(Reply(cut="after"), *([last] if last else []), timeouts=timeouts)
    with pytest.raises(PortalError, match=words) as caught:
        portal.publish(deliver(Method.REPLACE, ROWS))
    assert server.seen[0].body == b"code,fee\r\na,1\r\n"
    assert not caught.value.outcome_known
    assert caught.value.unaffected == "It is not known whether the portal carried it out."
    assert caught.value.remedy.endswith("Run it again: no row will be doubled.")


def test_error_inside_success_after_a_lost_answer(answering: Answering, deliver: Deliver) -> None:
    """Neither does an error with the status of a success."""
    portal, _ = answering(Reply(cut="after"), Reply(200, {"error": True, "message": "Oh"}))
    with pytest.raises(PortalError, match="Oh") as caught:
        portal.publish(deliver(Method.REPLACE, ROWS))
    assert not caught.value.outcome_known


def test_stopped_after_a_lost_answer(serve: Callable[..., OddServer], quick: Timeouts) -> None:
    """A person who stops the second attempt is told that the first may have been carried out."""
    taken: list[int] = []

    def watch(done: int) -> None:
        taken.append(done)
        if len(taken) == 2:
            raise Stopped("Stopped by you.")

    session = Session(serve(Reply(cut="after")).url, None, quick)
    with pytest.raises(Stopped, match="not known whether the portal carried it out"):
        session.ask(Call("PUT", "/x", body=Body(BytesIO(b"x"), 1, watch), deed=deeds.ROWS))
    session.close()


def test_empty_upload_is_a_write(serve: Callable[..., OddServer], quick: Timeouts) -> None:
    """A body without bytes is a body: a promise is no success, and a redirect is not followed."""
    server = serve(Reply(202), Reply(302, headers={"Location": "/y"}))
    session = Session(server.url, None, quick)
    for words in ("only promised", "another page"):
        with pytest.raises(PortalError, match=words):
            session.ask_once(Call("PUT", "/x", body=Body(BytesIO(), 0), deed=deeds.ROWS))
        session.close()
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [(Reply(409), [10, 15, 25, 40]), (Reply(429, {}, {"Retry-After": "50"}), [50])],
)
def test_waiting_has_an_end(
    answering: Answering, waits: list[float], monkeypatch: pytest.MonkeyPatch, reply: Reply, expected: list[float]
) -> None:
    """A lock that lasts is waited for a minute and a half in all, and a portal's own wish beyond that not at all."""
    monkeypatch.setattr("random.random", lambda: 1.0)
    portal, server = answering(reply)
    with pytest.raises(PortalError):
        portal.who_am_i()
    assert waits == expected
    assert len(server.seen) == len(expected) + 1


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_nobody_listens(open_portal: Callable[..., Portal], deliver: Deliver, waits: list[float]) -> None:
    """Where no connection comes about nothing was sent: that is said, and even an append was tried again."""
    portal = open_portal(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(PortalError, match="could not be reached") as caught:
        portal.publish(append_without_identifier(deliver))
    assert caught.value.outcome_known
    assert caught.value.unaffected == "Nothing has been sent."
    assert len(waits) == 4
    assert "xl-datasync practice" in caught.value.remedy


def test_unknown_host(open_portal: Callable[..., Portal]) -> None:
    """A name nobody knows is said to be one."""
    portal = open_portal("https://no-such-host.invalid")
    with pytest.raises(PortalError, match="No computer of that name") as caught:
        portal.who_am_i()
    assert "typing mistake" in caught.value.remedy


def test_silent_portal(answering: Answering, waits: list[float]) -> None:
    """A portal that accepts the question and says nothing is given up after the read timeout."""
    timeouts = Timeouts(read=0.05, attempts=2, sleep=waits.append)
    portal, _ = answering(Reply(body=USER.body, delay=5), timeouts=timeouts)
    with pytest.raises(PortalError, match="did not answer in time"):
        portal.who_am_i()
    assert len(waits) == 1


def test_portal_that_takes_rows_slowly(answering: Answering, deliver: Deliver) -> None:
    """A portal busy with what it has may leave the rest of an upload untaken for longer than a connection may take."""
    timeouts = Timeouts(connect=0.05, send=5, write=5, attempts=1)
    portal, server = answering(Reply(body=REPORT.body, delay=0.15), timeouts=timeouts)
    rows = [[f"{number:06}", "x" * 1000] for number in range(8000)]
    assert portal.publish(deliver(Method.REPLACE, rows)).sent == 8000
    assert len(server.seen[0].body) > 8_000_000


def test_reference_is_the_portals(answering: Answering) -> None:
    """An error names the portal's own id of the request where it gives one, else ours, so that support can find it."""
    portal, server = answering(
        Reply(404, {"code": "x"}, {"X-Socrata-RequestId": "f" * 32}),
        Reply(404, {"code": "x"}, {"X-Socrata-RequestId": "<script>"}),
    )
    with pytest.raises(PortalError) as first:
        portal.who_am_i()
    with pytest.raises(PortalError) as second:
        portal.who_am_i()
    assert first.value.reference == "f" * 32
    assert second.value.reference == server.seen[1].headers["X-Socrata-RequestId"]
    assert "Reference for support: ffff" in str(first.value)


def test_no_secret_anywhere(
    answering: Answering, deliver: Deliver, caplog: pytest.LogCaptureFixture, open_portal: Callable[..., Portal]
) -> None:
    """No log record, representation or error, nor any error behind it, holds the secret or the app token."""
    caplog.set_level(logging.DEBUG)
    seen: list[str] = [repr(SIGN_IN)]
    refused = Reply(401, {"code": "authentication_required", "message": "Invalid username or password"})
    for replies in ([Reply(cut="after")], [refused], [Reply(302, headers={"Location": "https://x.example/"})]):
        portal, _ = answering(*replies)
        seen.append(repr(portal) + repr(vars(portal)))
        for attempt in (portal.who_am_i, lambda p=portal: p.publish(append_without_identifier(deliver))):
            with pytest.raises(PortalError) as caught:
                attempt()
            behind = [caught.value, caught.value.__cause__, caught.value.__context__]
            assert caught.value.__suppress_context__ or caught.value.__context__ is None
            seen += [repr(vars(caught.value)), *(f"{error!r}" for error in behind)]
    with pytest.raises(PortalError) as caught:
        open_portal(f"http://127.0.0.1:{free_port()}").who_am_i()
    seen += [str(caught.value), caplog.text]
    header = base64.b64encode(f"a.lee:{SECRET}".encode()).decode()
    for forbidden in (SECRET, header, SIGN_IN.app_token or "-"):
        assert not [text for text in seen if forbidden in text]
