"""A tiny real HTTP server that answers as it is told, for answers the practice portal never gives."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class Reply:
    """One answer; ``cut`` says where the connection is closed instead: before, during, after or truncated."""

    status: int = 200
    body: bytes | object = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: str = ""
    delay: float = 0.0

    @property
    def content(self) -> bytes:
        """The body as bytes; anything but bytes is sent as JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class OddServer:
    """Answers with the given replies in turn, the last one again and again."""

    def __init__(self, *replies: Reply, tls: ssl.SSLContext | None = None) -> None:
        self.replies = list(replies) or [Reply(body=[])]
        self.seen: list[Seen] = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def next_reply(self, seen: Seen) -> Reply:
        """Note the request and take the answer to it."""
        with self.lock:
            self.seen.append(seen)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def peek(self) -> Reply:
        """The next answer, before the request has been read."""
        return self.replies[0]

    def __enter__(self) -> OddServer:  # noqa: PYI034  # Self needs Python 3.11
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def bodies(self) -> Iterable[bytes]:
        """What was uploaded."""
        return [seen.body for seen in self.seen]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what these tests are about."""


def _handler(owner: OddServer) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"owner": owner})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 10
    owner: OddServer

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        coming = self.owner.peek()
        if coming.cut in ("before", "during"):
            self._note(length // 2 if coming.cut == "during" else 0)
            self._hang_up()
            return
        if coming.delay and length:
            self.owner.released.wait(coming.delay)
        reply = self._note(length)
        if reply.delay and not length:
            self.owner.released.wait(reply.delay)
        if reply.cut != "after":
            self._answer(reply)
        if reply.cut:
            self._hang_up()

    do_POST = do_GET  # noqa: N815  # the library's names
    do_PUT = do_GET  # noqa: N815
    do_DELETE = do_GET  # noqa: N815

    def _note(self, length: int) -> Reply:
        return self.owner.next_reply(Seen(self.command, self.path, dict(self.headers), self.rfile.read(length)))

    def _answer(self, reply: Reply) -> None:
        content = reply.content
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + (10 if reply.cut == "truncated" else 0)))
        self.end_headers()
        self.wfile.write(content)

    def _hang_up(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_words: object) -> None:
        """No words on stderr."""
