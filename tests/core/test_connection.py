"""Portal addresses and sign-ins."""

from __future__ import annotations

import pytest

from xl_datasync.core.connection import Connection, SignIn, portal_address
from xl_datasync.core.errors import ConfigurationError


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("data.ct.gov", "https://data.ct.gov"), (" https://Data.CT.gov/ ", "https://data.ct.gov"),
        ("https://data.ct.gov/browse?q=1#x", "https://data.ct.gov"), ("https://data.ct.gov:443", "https://data.ct.gov"),
        ("https://data.ct.gov:8443/x", "https://data.ct.gov:8443"), ("http://127.0.0.1:8780", "http://127.0.0.1:8780"),
        ("http://localhost", "http://localhost"), ("http://[::1]:8780/", "http://[::1]:8780"),
        ("data.ct.gov/d/x?back=https://a@b.gov", "https://data.ct.gov"), ("offenedaten.köln.de", "https://offenedaten.köln.de"),
    ],
)  # fmt: skip
def test_addresses_are_tidied(typed: str, address: str) -> None:
    """What people paste becomes scheme and host."""
    assert portal_address(typed) == address
    assert portal_address(address) == address


@pytest.mark.parametrize(
    "typed",
    ["", "portal", "my portal.gov", "ftp://data.ct.gov", "https://", "https://[x", "a.gov:port", "https://a.gov:99999"],
)
def test_no_portal_address(typed: str) -> None:
    """What is no web address is refused with an example."""
    with pytest.raises(ConfigurationError, match="is not a portal address"):
        portal_address(typed)


def test_plain_http_goes_to_this_computer_only() -> None:
    """A sign-in is never sent where anybody on the way can read it."""
    with pytest.raises(ConfigurationError, match="not encrypted"):
        portal_address("http://data.ct.gov")


@pytest.mark.parametrize("typed", ["https://me:hunter2@data.ct.gov", "me:hunter2@data.ct.gov", "ftp://me:hunter2@x"])
def test_a_password_in_the_address_is_refused_and_not_repeated(typed: str) -> None:
    """The message says to change the password and does not hold it."""
    with pytest.raises(ConfigurationError) as raised:
        portal_address(typed)
    assert "hunter2" not in raised.value.message
    assert "change that password" in raised.value.remedy


def test_hosts_and_secrets() -> None:
    """A connection's host has its port; a sign-in's secrets do not show."""
    assert Connection("C", "https://data.ct.gov:8443").host == "data.ct.gov:8443"
    assert "hunter2" not in repr(SignIn("me", "hunter2", "vault", "hunter2"))
