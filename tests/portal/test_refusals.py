"""Every way a portal can say no, in words."""

from __future__ import annotations

import json
import re

import pytest

from xl_datasync.core.errors import PortalError
from xl_datasync.portal.deeds import ROWS, ROWS_ONCE
from xl_datasync.portal.refusals import Setting, refused
from xl_datasync.portal.reports import LONGEST_MESSAGE, Refusal, read_refusal

READ = Setting("data.example.gov", "a.lee", "“Permits” (abcd-1234)")
WRITE = Setting("data.example.gov", "a.lee", "“Permits” (abcd-1234)", deed=ROWS)
NOBODY = Setting("data.example.gov", "", "“Permits” (abcd-1234)", deed=ROWS)
APPEND = Setting("data.example.gov", "a.lee", "“Permits” (abcd-1234)", deed=ROWS_ONCE)


def error_for(setting: Setting, status: int, code: str = "", message: str = "") -> PortalError:
    """The error for an answer."""
    return refused(setting, status, {}, Refusal(code, message), "f" * 32)


@pytest.mark.parametrize(
    ("setting", "status", "code", "message", "words", "exit_code"),
    [
        (
            WRITE,
            401,
            "authentication_required",
            "Invalid username or password",
            "did not accept the sign-in of a.lee",
            4,
        ),
        (WRITE, 403, "permission_denied", "Invalid username or password", "did not accept the sign-in of a.lee", 4),
        (WRITE, 403, "API_KEY.INVALID_SECRET", "", "did not accept the sign-in of a.lee", 4),
        (NOBODY, 403, "", "You must be logged in to access this resource", "(abcd-1234) needs a sign-in", 4),
        (NOBODY, 403, "authentication_required", "", "needs a sign-in", 4),
        (NOBODY, 403, "permission_denied", "No", "Without a sign-in you may not change “Permits”", 1),
        (WRITE, 403, "permission_denied", "No", "signed in as a.lee but may not change “Permits” (abcd-1234)", 1),
        (READ, 403, "permission_denied", "No", "signed in as a.lee but may not see “Permits” (abcd-1234)", 1),
        (WRITE, 403, "", "Cannot update a synced dataset manually", "copy that the portal keeps in step", 1),
        (WRITE, 403, "permission_denied", "Invalid app_token specified", "does not accept the app token", 1),
        (READ, 404, "dataset.missing", "Not found", "may not exist there, or you may not be allowed", 1),
        (WRITE, 404, "dataset.missing", "Not found", "is not there any more, or you may no longer change it", 1),
        (WRITE, 400, "invalid_request", "Illegal field name sent: foo", "refused the rows for “Permits”", 1),
        (READ, 400, "query.compiler.malformed", "Oh", "did not understand what was asked", 1),
        (WRITE, 413, "", "", "more than the portal takes in one request", 1),
        (WRITE, 408, "request-timeout", "", "took too long", 5),
        (WRITE, 409, "soda.dataset.cannot-acquire-write-lock", "", "is changing “Permits” (abcd-1234) at this", 5),
        (WRITE, 409, "", "", "at this moment", 5),
        (WRITE, 409, "soda.row.dataset-version-mismatch", "", "not in a state in which this can be done", 1),
        (WRITE, 409, "update.dataset.invalid-state", "", "not in a state", 1),
        (WRITE, 429, "", "", "wants a pause", 5),
        (WRITE, 500, "", "", "fault of its own", 5),
        (WRITE, 502, "", "", "not working properly", 5),
        (WRITE, 503, "", "", "busy or closed for maintenance", 5),
        (WRITE, 504, "", "", "took too long to answer", 5),
        (WRITE, 407, "", "", "proxy server of this network", 1),
        (WRITE, 418, "", "I am a teapot", "refused", 1),
    ],
)
def test_words(setting: Setting, status: int, code: str, message: str, *, words: str, exit_code: int) -> None:
    """Each refusal says what happened, shows the portal's message, gives a remedy and a reference."""
    error = error_for(setting, status, code, message)
    assert words in error.what
    assert message in error.what
    assert error.exit_code == exit_code
    assert error.remedy
    assert error.message.endswith(f"(Reference for support: {'f' * 32})")
    assert error.status == status


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504])
def test_no_number_in_the_words(status: int) -> None:
    """A person is not told an HTTP number where there are words for it."""
    assert not re.search(rf"\b{status}\b", error_for(WRITE, status).message)


@pytest.mark.parametrize(("status", "known"), [(400, True), (409, True), (429, True), (500, False), (504, False)])
def test_what_holds_after_an_append(status: int, *, known: bool) -> None:
    """A refusal proves that no row was added; a failure on the way does not, and says so."""
    error = error_for(APPEND, status)
    assert error.outcome_known is known
    assert ("No row was changed." in error.message) is known
    assert ("not known whether the rows were added" in error.message) is not known


def test_failure_of_a_repeatable_write() -> None:
    """Where running again does no harm, that is the advice."""
    assert "Run it again: no row will be doubled." in error_for(WRITE, 502).message


def test_rows_stored_but_metadata_failed() -> None:
    """The one failure after which rows are there says that they are, and is not repeated."""
    error = error_for(WRITE, 400, "", "Row data was saved. View could not be updated")
    assert "The rows are stored on the portal." in error.message
    assert "Do not run it again" in error.message
    assert not error.temporary
    assert error.rows_stored
    late = error_for(WRITE, 500, "", "Row data was saved. View could not be updated")
    assert (late.rows_stored, late.outcome_known) == (True, True)


@pytest.mark.parametrize("status", [400, 404, 409, 418])
def test_odd_names_stay_as_they_are(status: int) -> None:
    """A dataset's name is never taken for a place to fill in; a status nobody foresaw is for support."""
    odd = Setting("data.example.gov", "a.lee", "“{subject} {0}” (abcd-1234)", deed=ROWS)
    error = error_for(odd, status)
    what = error.what
    assert ("“{subject} {0}” (abcd-1234)" in what) is (status != 418)
    assert ("418" in error.remedy) is (status == 418)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"code": "a", "error": True, "message": "m"}, Refusal("a", "m")),
        ({"errorCode": "b", "message": "m", "data": {}}, Refusal("b", "m")),
        ({"error": True, "message": "m"}, Refusal("", "m")),
        ({"error": True}, Refusal()),
        ({"code": None, "message": None}, Refusal()),
        (["odd"], Refusal()),
        (7, Refusal()),
    ],
)
def test_json_shapes(body: object, refusal: Refusal) -> None:
    """Both shapes of error bodies are read, and those with neither code nor message."""
    assert read_refusal("application/json", json.dumps(body).encode()) == refusal


@pytest.mark.parametrize(
    ("content_type", "body", "message"),
    [
        ("text/html", b"<html><h1>502 Bad Gateway</h1></html>", ""),
        ("", b"<!doctype html>x", ""),
        ("application/json", b"<html>not json</html>", ""),
        ("text/plain", b"upstream  connect\nerror", "upstream connect error"),
        ("text/plain", b"see <b>here</b>", ""),
        ("", b"", ""),
        ("application/json", b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_other_shapes(content_type: str, body: bytes, message: str) -> None:
    """HTML is never shown to a person; plain words are; nothing is nothing."""
    assert read_refusal(content_type, body).message == message


def test_long_message_is_cut() -> None:
    """A message of many pages is cut."""
    message = read_refusal("application/json", json.dumps({"message": "x" * 10_000}).encode()).message
    assert len(message) == LONGEST_MESSAGE + 1


def test_html_inside_a_message_is_not_shown() -> None:
    """HTML wrapped into a JSON message is left out."""
    assert not read_refusal("application/json", b'{"message": "<html><body>no</body></html>"}').message
