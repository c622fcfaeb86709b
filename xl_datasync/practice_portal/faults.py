"""Faults on demand: what can go wrong between a client and a portal, made to happen (protocol §11 e).

Faults sit in front of the application. By default they hit the API addresses alone, never the HTML pages.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from .errors import Refusal
from .signin import sign_in_needed, synced_refusal, wrong_sign_in
from .store import write_lock_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FAULTS: dict[str, str] = {
    "401": "The sign-in is refused as wrong: 401 with a Basic challenge.",
    "403-login": "The portal says one must be logged in: 403 authentication_required.",
    "403-rights": "The account lacks the rights: 403 permission_denied.",
    "403-synced": "The dataset is filled from elsewhere: 403 without a code.",
    "404": "The dataset is not found: 404 dataset.missing.",
    "408": "The query took too long: 408 request-timeout.",
    "409-lock": "Another writer holds the dataset: 409 soda.dataset.cannot-acquire-write-lock.",
    "413": "The body is too large for the front server: 413 with an HTML body.",
    "429": "Too many requests: 429 without Retry-After.",
    "429-retry-after": "Too many requests: 429 with Retry-After (1 second unless set).",
    "500": "The portal fails: 500 with an HTML body.",
    "502": "The front server has no answer from behind: 502 with an HTML body.",
    "503": "The portal is down for a while: 503 with an HTML body.",
    "504": "The front server waited too long: 504 with an HTML body.",
    "cut-before": "The connection is closed before the request's body is read.",
    "cut-during": "The connection is closed after half the body is read; nothing is written.",
    "cut-after-commit": "The write is committed, then the connection is closed without an answer.",
    "truncated": "The answer is cut half-way.",
    "empty-200": "A successful answer comes with an empty body.",
    "no-errors-key": "The report of a write lacks the key Errors.",
    "error-code-shape": "The next error answer has the inner shape: errorCode in place of code.",
    "redirect": "The request is sent on to another host: 302 for reads, 307 for writes.",
    "slow": "The answer comes late (2 seconds unless set).",
    "stale-replica": "After a write, reads and replication.json still show the state before it, this many times.",
    "no-gzip": "A body packed with gzip is refused: 415.",
    "202-location": "Publishing a dataset is put off: 202 with Location and Retry-After, this many times.",
    "202-ticket": "Publishing a dataset is put off: 202 with a ticket in the body, this many times.",
    "publish-fails": "A dataset is not published: 500 internal_error in JSON, and nothing changes.",
    "geocoding-pending": "Geocoding is not done yet: this many questions are answered with what is left.",
}
API_ROOTS = ("/resource/", "/api/", "/id/")
_WRITE_METHODS = ("POST", "PUT", "DELETE")
_CHANGES_ANSWER = ("cut-after-commit", "truncated", "empty-200", "no-errors-key", "error-code-shape")
_HTML_REASONS = {
    "413": "413 Request Entity Too Large",
    "500": "500 Internal Server Error",
    "502": "502 Bad Gateway",
    "503": "503 Service Temporarily Unavailable",
    "504": "504 Gateway Time-out",
}
_REFUSALS: dict[str, Callable[[], Refusal]] = {
    "401": wrong_sign_in,
    "403-login": sign_in_needed,
    "403-rights": lambda: Refusal(403, "permission_denied", "You do not have permission to update this dataset"),
    "403-synced": synced_refusal,
    "404": lambda: Refusal(404, "dataset.missing", "Not found"),
    "408": lambda: Refusal(408, "request-timeout", "The request timed out"),
    "409-lock": write_lock_refusal,
    "429": lambda: Refusal(429, "too-many-requests", "Too many requests"),
    "429-retry-after": lambda: Refusal(429, "too-many-requests", "Too many requests"),
    "no-gzip": lambda: Refusal(415, "unsupported_encoding", "Content-Encoding gzip is not supported"),
}


class ConnectionCut(ConnectionError):
    """Raised towards the HTTP server, which closes the connection without another word."""


@dataclass
class ArmedFault:
    """One fault waiting for its requests; `times` None means for ever."""

    name: str
    times: int | None
    method: str | None
    path: str | None
    retry_after: int | None
    seconds: float

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of those this fault waits for."""
        if self.method is not None and self.method != method:
            return False
        return self.path in path if self.path is not None else path.startswith(API_ROOTS)


class FaultBox:
    """The faults in force; safe to change while requests are served."""

    def __init__(self) -> None:
        self._armed: list[ArmedFault] = []
        self._lock = threading.Lock()

    def add(self, fault: ArmedFault) -> None:
        """Put a fault in force."""
        if fault.name not in FAULTS:
            raise ValueError(f"Unknown fault {fault.name!r}; known are {', '.join(FAULTS)}")
        if fault.times is not None and fault.times < 1:
            raise ValueError(f"Fault {fault.name}: the number of times must be at least 1")
        with self._lock:
            self._armed.append(fault)

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._armed.clear()

    def is_armed(self, name: str) -> bool:
        """Whether a fault of this name is in force."""
        with self._lock:
            return any(fault.name == name for fault in self._armed)

    def take(self, names: Iterable[str], method: str, path: str) -> ArmedFault | None:
        """Use up one of the first fault that fits, or None."""
        with self._lock:
            for fault in self._armed:
                if fault.name in names and fault.fits(method, path):
                    if fault.times is not None:
                        fault.times -= 1
                    if fault.times == 0:
                        self._armed.remove(fault)
                    return fault
        return None


def read_fault(text: str) -> tuple[str, str | None, int | None]:
    """Name, method and times of `name[@METHOD][:TIMES]`: once where no number is given, `*` for ever."""
    asked, colon, times = text.partition(":")
    name, at, method = asked.partition("@")
    if name not in FAULTS:
        raise ValueError(f"Unknown fault {name!r}; known are {', '.join(FAULTS)}")
    if at and method.upper() not in ("GET", "POST", "PUT", "DELETE"):
        raise ValueError(f"Fault {text!r}: expected GET, POST, PUT or DELETE after the @")
    if times != "*" and colon and (not (times.isascii() and times.isdigit()) or int(times) == 0):
        raise ValueError(f"Fault {text!r}: expected a number from 1, or *, after the colon")
    return name, method.upper() or None, None if times == "*" else int(times or 1)


class FaultyApplication:
    """A WSGI application with faults in front of it."""

    def __init__(self, application: "WSGIApplication", faults: FaultBox) -> None:
        self._application = application
        self._faults = faults

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request, as the faults in force will have it."""
        request = Request(environ)
        if slow := self._take(request, ("slow",)):
            time.sleep(slow.seconds)
        names = {*_REFUSALS, *_HTML_REASONS, "cut-before", "cut-during", "redirect"} - {"no-gzip"}
        if request.headers.get("Content-Encoding", "").lower() == "gzip":
            names.add("no-gzip")
        fault = self._take(request, names)
        if fault is not None:
            return answer_instead(fault, request)(environ, start_response)
        if not any(self._faults.is_armed(name) for name in _CHANGES_ANSWER):
            return self._application(environ, start_response)
        return self._changed_answer(request, start_response)

    def _take(self, request: Request, names: Iterable[str]) -> ArmedFault | None:
        return self._faults.take(names, request.method, request.path)

    def _changed_answer(self, request: Request, start_response: "StartResponse") -> Iterable[bytes]:
        response = Response.from_app(self._application, request.environ)
        good = response.status_code < 300
        wrote = good and request.method in _WRITE_METHODS
        if wrote and self._take(request, ("cut-after-commit",)):
            raise ConnectionCut
        if wrote and b'"Errors"' in response.data and self._take(request, ("no-errors-key",)):
            report = json.loads(response.data)
            del report["Errors"]
            response.data = json.dumps(report).encode()
        if response.is_json and not good and self._take(request, ("error-code-shape",)):
            response.data = _inner_shape(response.data)
        if good and self._take(request, ("empty-200",)):
            response.data = b""
        if good and self._take(request, ("truncated",)):
            start_response(response.status, response.headers.to_wsgi_list())
            return _half_then_cut(response.data)
        return response(request.environ, start_response)


def _half_then_cut(data: bytes) -> Iterable[bytes]:
    yield data[: len(data) // 2]
    raise ConnectionCut


def _inner_shape(data: bytes) -> bytes:
    """The error body as the servers behind the core write it (protocol §3.7 [S])."""
    facts = json.loads(data)
    shape = {"message": facts.get("message"), "errorCode": facts.get("code"), "data": facts.get("data", {})}
    return json.dumps(shape).encode()


def answer_instead(fault: ArmedFault, request: Request) -> Response:
    """The answer that takes the place of the application's, or a cut connection."""
    if fault.name == "cut-before":
        raise ConnectionCut
    if fault.name == "cut-during":
        request.stream.read(max(1, (request.content_length or 0) // 2))
        raise ConnectionCut
    if fault.name == "redirect":
        status = 302 if request.method in ("GET", "HEAD") else 307
        return Response(b"", status, {"Location": f"https://other-host.practice.invalid{request.path}"})
    if fault.name in _HTML_REASONS:
        response = _html_answer(_HTML_REASONS[fault.name])
    else:
        refusal = _REFUSALS[fault.name]()
        response = Response(refusal.body(), refusal.status, refusal.all_headers())
    retry_after = 1 if fault.name == "429-retry-after" and fault.retry_after is None else fault.retry_after
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _html_answer(reason: str) -> Response:
    """A page as nginx writes it; not JSON on purpose (protocol §11 e)."""
    page = (
        f"<html>\r\n<head><title>{reason}</title></head>\r\n<body>\r\n"
        f"<center><h1>{reason}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return Response(page, int(reason[:3]), content_type="text/html")
