"""Beneath HTTP: whose certificates are trusted, how long a connection may be busy, and why one failed."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import truststore
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from xl_datasync.core.errors import ConfigurationError

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def tls_context() -> ssl.SSLContext:
    """The computer's own trust store, or the certificates of the file or folder an environment variable names.

    Tried on Linux; on Windows and macOS the ``truststore`` package asks the system itself.

    :raises ConfigurationError: where that file cannot be read.
    """
    variable = next((name for name in CA_VARIABLES if os.environ.get(name)), None)
    if variable is None:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    path = os.environ[variable]
    try:
        if Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError:
        raise ConfigurationError(
            f"The certificate file that {variable} names cannot be read: {path}.",
            remedy=f"Correct or remove the environment variable {variable}; the computer's own certificates "
            "are used when it is not set.",
        ) from None


def connection_pools(send_timeout: float) -> dict[str, Any]:
    """Connections that wait ``send_timeout`` seconds for the other end to take what is sent.

    ``urllib3`` keeps the connect timeout on the socket while a body is sent; a portal that takes a large file slowly
    would be given up after that.
    """

    class Plain(HTTPConnection):
        def send(self, data: Any) -> None:
            if self.sock is not None:
                self.sock.settimeout(send_timeout)
            super().send(data)

    class Encrypted(HTTPSConnection):
        def send(self, data: Any) -> None:
            if self.sock is not None:
                self.sock.settimeout(send_timeout)
            super().send(data)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def every_cause(error: BaseException) -> list[BaseException]:
    """The error and everything it wraps: the libraries put causes in ``args``, ``reason`` and ``__context__``."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, BaseException) and item not in found:
            found.append(item)
            waiting += [*item.args, getattr(item, "reason", None), item.__cause__, item.__context__]
    return found


def first_of(causes: Sequence[BaseException], *kinds: type[BaseException]) -> Any:
    """The first cause of one of these kinds, or None."""
    return next((cause for cause in causes if isinstance(cause, kinds)), None)


def tunnel_status(causes: Sequence[BaseException]) -> int | None:
    """With which status a proxy refused to connect through."""
    found = re.search(r"Tunnel connection failed: (\d{3})", " ".join(map(str, causes)))
    return int(found[1]) if found else None
