"""A portal somebody signs in to, and the sign-in, kept apart because only the first may be written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.links import holds_sign_in, split_host
from xl_datasync.core.values import trimmed

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SignInType(Enum):
    """How a connection signs in; the value is the word on the Connections sheet."""

    API_KEY = "API key"
    USER_NAME = "User name"


@dataclass(frozen=True)
class Connection:
    """One row of the Connections table.

    :param name: what jobs call it.
    :param address: ``https://host[:port]``, no path (see :func:`portal_address`).
    :param user: API key ID or user name; not a secret.
    :param test_portal: whether the owner marked it as a portal for tests.
    """

    name: str
    address: str
    sign_in_type: SignInType = SignInType.API_KEY
    user: str = ""
    test_portal: bool = False

    @property
    def host(self) -> str:
        """Host, with port where one is given."""
        return urlsplit(self.address).netloc


@dataclass(frozen=True)
class SignIn:
    """What is sent to the portal to sign in. ``source`` says in words where the secret came from, never the secret."""

    user: str
    secret: str = field(repr=False)
    source: str = ""
    app_token: str | None = field(default=None, repr=False)


def portal_address(text: str, where: str = "") -> str:
    """Tidy what was typed into ``https://host``.

    :raises ConfigurationError: where it is no web address, or is plain http to anything but this computer (anybody
        on the way could read the sign-in; the portal denies authenticated http too, protocol §1.8).
    """
    tidy = trimmed(text).rstrip("/")
    if holds_sign_in(tidy):
        raise ConfigurationError(
            "The portal address holds a user name or password.",
            where=where,
            remedy="Remove it there, change that password, and sign in with the new one.",
        )
    scheme, host = split_host(tidy if "//" in tidy.split("?")[0] else f"{_usual_scheme(tidy)}://{tidy}")
    if not host or scheme not in ("http", "https"):
        raise ConfigurationError(
            f"“{tidy}” is not a portal address.",
            where=where,
            remedy="Copy it from the browser's address bar, for example https://data.example.gov.",
        )
    if scheme == "http" and urlsplit(f"//{host}").hostname not in LOOPBACK_HOSTS:
        raise ConfigurationError(
            f"“{tidy}” is not encrypted (http).", where=where, remedy="Write https:// in front of it."
        )
    return f"{scheme}://{host}"


def _usual_scheme(address: str) -> str:
    """Portals speak https; one on this computer, for practice, does not."""
    return "http" if urlsplit(f"//{address}").hostname in LOOPBACK_HOSTS else "https"
