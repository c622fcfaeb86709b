"""HTTP/1.1 on werkzeug's threaded server: keep-alive, chunked bodies, TLS, and a record of every exchange."""

import contextlib
import logging
import os
import socket
import time
from collections import deque
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
SERVER_NAME = "xl-datasync-practice-portal (not a real portal)"
_PIECE = 256 * 1024
_KEPT_EXCHANGES = 10_000
_OWN_HEADERS = ("date", "server", "connection")


@dataclass(frozen=True)
class Exchange:
    """One request and the status it was answered with; 0 when the connection was cut before an answer."""

    method: str
    path: str
    query: str
    status: int
    request_headers: dict[str, str]
    request_bytes: int
    received_at: float


class RequestBody:
    """A request's body as a stream that ends where the body ends, and counts what came over the wire."""

    def __init__(self, source: IO[bytes], length: int | None) -> None:
        self._source = source
        self._left = length
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; empty at the end. A body that stops early is a ConnectionError."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        wanted = size if self._left is None else min(size, self._left)
        piece = self._source.read(wanted) if wanted else b""
        if self._left is not None:
            if wanted and not piece:
                raise ConnectionError("the client went away within its body")
            self._left -= len(piece)
        self.count += len(piece)
        return piece

    def drain(self) -> None:
        """Read what the application left, so that the next request starts where it should."""
        while self.read(_PIECE):
            pass


class RequestHandler(WSGIRequestHandler):
    """One connection; werkzeug's own handler would close it after each answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300
    server: "PortalServer"

    def setup(self) -> None:
        """Make the connection known, so that closing the portal closes it."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        super().finish()

    def version_string(self) -> str:
        """The Server header."""
        return SERVER_NAME

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ARG002 - werkzeug's own signature
        """Into the logging module, never onto the terminal."""
        log.debug("%s: %s", self.address_string(), message % args)

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit()):
            self.send_error(400)
            return
        chunked = bool(environ.get("wsgi.input_terminated"))
        body = RequestBody(environ["wsgi.input"], None if chunked else int(length))
        environ["wsgi.input"] = body
        environ["wsgi.input_terminated"] = True
        answer = _Answer(self, body, time.time())
        try:
            answer.run(environ)
        except OSError:
            answer.cut()
        except Exception:
            log.exception("an answer failed on its way out")
            answer.cut()


class _Answer:
    """The way of one answer to the client."""

    def __init__(self, handler: RequestHandler, body: RequestBody, received_at: float) -> None:
        self._handler = handler
        self._body = body
        self._received_at = received_at
        self._status: str | None = None
        self._headers: list[tuple[str, str]] = []
        self._sent = False
        self._chunked = False

    def run(self, environ: "WSGIEnvironment") -> None:
        """Call the application and send what it gives."""
        chunks = self._handler.server.app(environ, self._start)
        try:
            for chunk in chunks:
                self._send(chunk)
            if not self._sent:
                self._send_head()
            if self._chunked:
                self._handler.wfile.write(b"0\r\n\r\n")
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()

    def cut(self) -> None:
        """Close the connection here and now."""
        if not self._sent:
            self._record(0)
        self._handler.close_connection = True
        with contextlib.suppress(OSError):  # it may be closed already
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        self._status, self._headers = status, headers
        return self._send

    def _send(self, chunk: bytes) -> None:
        if not self._sent:
            self._send_head()
        if not chunk:
            return
        if self._chunked:
            chunk = b"%x\r\n%b\r\n" % (len(chunk), chunk)
        self._handler.wfile.write(chunk)

    def _send_head(self) -> None:
        if self._status is None:
            raise RuntimeError("the application gave a body before its status")
        # The front server of a real portal takes in the whole body before anything is answered
        self._body.drain()
        code, _, reason = self._status.partition(" ")
        self._record(int(code))
        self._sent = True
        handler = self._handler
        handler.send_response(int(code), reason)
        for name, value in self._headers:
            if name.lower() not in _OWN_HEADERS:
                handler.send_header(name, value)
        names = {name.lower() for name, _ in self._headers}
        if "content-length" not in names and not self._has_no_body(int(code)):
            self._choose_framing()
        if handler.close_connection:
            handler.send_header("Connection", "close")
        handler.end_headers()

    def _has_no_body(self, code: int) -> bool:
        return self._handler.command == "HEAD" or code in (204, 304)

    def _choose_framing(self) -> None:
        if self._handler.request_version >= "HTTP/1.1":
            self._chunked = True
            self._handler.send_header("Transfer-Encoding", "chunked")
        else:
            self._handler.close_connection = True

    def _record(self, status: int) -> None:
        path, _, query = self._handler.path.partition("?")
        headers = dict(self._handler.headers.items())
        self._handler.server.exchanges.append(
            Exchange(self._handler.command, path, query, status, headers, self._body.count, self._received_at)
        )


class PortalServer(ThreadedWSGIServer):
    """werkzeug's threaded server on a port of 127.0.0.1; knows its connections and past exchanges."""

    def __init__(self, port: int, application: "WSGIApplication", ssl_context: Any = None) -> None:
        self.connections: set[socket.socket] = set()
        self.exchanges: deque[Exchange] = deque(maxlen=_KEPT_EXCHANGES)
        # werkzeug ends the whole program when the port is taken, so the socket is bound here
        with _listen(port) as listener:
            super().__init__(
                "127.0.0.1", port, application, RequestHandler, ssl_context=ssl_context, fd=listener.fileno()
            )

    def close_connections(self) -> None:
        """Close all connections that clients keep open."""
        for connection in list(self.connections):
            with contextlib.suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's own signature
        """A connection that fails outside of a request, such as a broken TLS handshake."""
        log.debug("connection from %s failed", client_address)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # On Windows this option would let two programs share the port
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        message = f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}); choose another port"
        raise OSError(error.errno, message) from None
    return listener
