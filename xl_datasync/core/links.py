"""Web addresses as people paste them: the host they lead to, and what must not stand in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_USUAL_PORTS = {"https": 443, "http": 80}
# A name with a dot, in letters of any language, because browsers show them so; or this computer; or an IPv6 address.
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+|localhost|[0-9a-f:.]*:[0-9a-f:.]*")
_BEFORE_PATH = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|//)?([^/?#]*)")
_SIGN_IN = re.compile(r"(//)[^/?#\s]*@")


def split_host(link: str) -> tuple[str, str]:
    """A link's scheme and its host in lower case, with the port where it is not the usual one; ``""`` for none."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", ""
    if not _HOST.fullmatch(host):
        return parts.scheme, ""
    shown = f"[{host}]" if ":" in host else host
    return parts.scheme, shown if port in (None, _USUAL_PORTS.get(parts.scheme)) else f"{shown}:{port}"


def holds_sign_in(link: str) -> bool:
    """Whether a user name or password stands in it, before an ``@``."""
    before_path = _BEFORE_PATH.match(link)
    return before_path is not None and "@" in before_path[1]


def without_sign_in(text: str) -> str:
    """The text fit to be shown: user names and passwords in its links are left out."""
    return _SIGN_IN.sub(r"\1", text)
