"""Certificates and proxies: whom the client trusts, and which way it goes."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from xl_datasync.core.connection import SignIn
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.portal import Portal
from xl_datasync.portal.transport import CA_VARIABLES

from .odd_server import OddServer, Reply
from .test_session import USER

OpenPortal = Callable[..., Portal]
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No certificate or proxy settings of the computer that runs the tests."""
    for name in (*CA_VARIABLES, *PROXY_VARIABLES, *map(str.upper, PROXY_VARIABLES)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """A certificate authority of our own, written to ``ca.pem``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return authority


def tls_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.mark.parametrize("name", CA_VARIABLES)
def test_authority_named_by_the_environment(
    authority: trustme.CA,
    serve: Callable[..., OddServer],
    open_portal: OpenPortal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    *,
    name: str,
) -> None:
    """A portal whose certificate comes from the authority an environment variable names is trusted."""
    monkeypatch.setenv(name, str(tmp_path / "ca.pem"))
    server = serve(USER, tls=tls_of(authority, "127.0.0.1"))
    assert open_portal(server.url).who_am_i().id == "abcd-efgh"


def test_unknown_authority(
    authority: trustme.CA, serve: Callable[..., OddServer], open_portal: OpenPortal, waits: list[float]
) -> None:
    """Any other certificate is refused before a byte is sent, at once, in words that tell what to do."""
    server = serve(USER, tls=tls_of(authority, "127.0.0.1"))
    with pytest.raises(PortalError, match="connection is not safe") as caught:
        open_portal(server.url).who_am_i()
    assert not server.seen
    assert not waits
    assert "REQUESTS_CA_BUNDLE" in caught.value.remedy
    assert caught.value.outcome_known


def test_other_authority_than_the_one_named(
    serve: Callable[..., OddServer],
    authority: trustme.CA,
    open_portal: OpenPortal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Naming one authority does not make another trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server = serve(USER, tls=tls_of(trustme.CA(), "127.0.0.1"))
    with pytest.raises(PortalError, match="could not be confirmed"):
        open_portal(server.url).who_am_i()


def test_certificate_for_another_name(
    authority: trustme.CA,
    serve: Callable[..., OddServer],
    open_portal: OpenPortal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A certificate of a trusted authority for somebody else's name is not accepted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server = serve(USER, tls=tls_of(authority, "other.example"))
    with pytest.raises(PortalError, match=r"not safe.*127\.0\.0\.1"):
        open_portal(server.url).who_am_i()


def test_plain_server_behind_https(serve: Callable[..., OddServer], open_portal: OpenPortal) -> None:
    """An address that speaks no TLS at all is an unsafe connection too."""
    server = serve(USER)
    with pytest.raises(PortalError, match="not safe"):
        open_portal(server.url.replace("http:", "https:")).who_am_i()


def test_certificate_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names no file is a matter of configuration and is named."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE names cannot be read"):
        Portal("https://data.example.gov")


def test_folder_of_certificates(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variable may name a folder."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    with Portal("https://data.example.gov") as portal:
        assert portal.host == "data.example.gov"


@contextmanager
def tunnel(target: tuple[str, int] | None, refusal: bytes = b"403 Forbidden") -> Iterator[tuple[int, list[bytes]]]:
    """A proxy that takes CONNECT for any host and leads to ``target``, or refuses; yields its port and what was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    client.settimeout(5)
                    asked.append(client.recv(65536))
                    if target is None:
                        client.sendall(b"HTTP/1.1 " + refusal + b"\r\nContent-Length: 0\r\n\r\n")
                        continue
                    client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                    with socket.create_connection(target) as server:
                        shovel(client, server)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1]), asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def shovel(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes both ways until either side is done."""
    while True:
        for ready in select.select([one, other], [], [], 5)[0]:
            block = ready.recv(65536)
            if not block:
                return
            (other if ready is one else one).sendall(block)


def test_proxy_is_used(
    authority: trustme.CA,
    serve: Callable[..., OddServer],
    open_portal: OpenPortal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The environment's proxy is asked to connect to a portal elsewhere; TLS reaches through it, the sign-in too."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server = serve(USER, tls=tls_of(authority, "data.example.gov"))
    with tunnel(("127.0.0.1", server.port)) as (port, asked):
        monkeypatch.setenv("https_proxy", f"http://someone:proxypass@127.0.0.1:{port}")
        portal = open_portal("https://data.example.gov")
        assert portal.who_am_i().id == "abcd-efgh"
        portal.close()
    assert asked[0].startswith(b"CONNECT data.example.gov:443 ")
    assert b"Authorization: Basic" not in asked[0].replace(b"Proxy-Authorization", b"")
    assert "Proxy-Authorization" not in server.seen[0].headers


@pytest.mark.parametrize(
    ("refusal", "words"),
    [(b"407 Proxy Authentication Required", "wants a sign-in"), (b"403 Forbidden", "did not let us through")],
)
def test_proxy_that_refuses(
    open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch, refusal: bytes, words: str, waits: list[float]
) -> None:
    """A proxy's refusal is told apart from the portal's; the proxy is named without its password."""
    with tunnel(None, refusal) as (port, _):
        monkeypatch.setenv("https_proxy", f"http://someone:proxypass@127.0.0.1:{port}")
        with pytest.raises(PortalError, match=words) as caught:
            open_portal("https://data.example.gov").who_am_i()
    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "proxypass" not in str(caught.value)
    assert not waits


def test_no_proxy_for_this_computer(
    serve: Callable[..., OddServer], open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The practice portal is reached directly, whatever the environment says."""
    with tunnel(None) as (port, asked):
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        assert open_portal(serve(USER).url).who_am_i().id == "abcd-efgh"
    assert not asked


def test_no_proxy_where_the_environment_says_so(open_portal: OpenPortal, monkeypatch: pytest.MonkeyPatch) -> None:
    """``no_proxy`` is honoured."""
    with tunnel(None) as (port, asked):
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("no_proxy", "no-such-host.invalid")
        with pytest.raises(PortalError, match="No computer of that name"):
            open_portal("https://no-such-host.invalid", SignIn("a", "b")).who_am_i()
    assert not asked


def test_guest_network_page(serve: Callable[..., OddServer], open_portal: OpenPortal) -> None:
    """A sign-in page of a network in place of the portal's answer is recognised."""
    server = serve(Reply(200, b"<html>Welcome to our hotel</html>", {"Content-Type": "text/html"}))
    with pytest.raises(PortalError, match="not an open-data portal's answer") as caught:
        open_portal(server.url).who_am_i()
    assert "hotel" not in str(caught.value)
