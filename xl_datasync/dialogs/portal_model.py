"""What may be typed for a portal and a dataset, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xl_datasync.core.connection import Connection, SignInType, portal_address
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.links import split_host
from xl_datasync.dialogs.forms import Check
from xl_datasync.dialogs.portals import on_this_computer
from xl_datasync.dialogs.words import BLANK, PASTE_LINK, sentence

Faults = dict[str, str]
"""What is wrong, by the name of the field it stands in."""


@dataclass(frozen=True)
class NewPortal:
    """The fields for a portal that is not known yet, as typed."""

    address: str = ""
    name: str = ""
    sign_in_type: SignInType = SignInType.API_KEY
    user: str = ""


def portal_faults(portal: NewPortal, names: Iterable[str], check_address: Check) -> Faults:
    """What is wrong with a new portal.

    :param names: of the portals that are known already.
    """
    faults: Faults = {}
    address, name = portal.address.strip(), portal.name.strip()
    if not address:
        faults["address"] = f"{BLANK} Copy the portal's address from the browser, such as https://data.example.gov."
    elif fault := check_address(address):
        faults["address"] = sentence(fault)
    if not name:
        faults["name"] = f"{BLANK} Give the portal a name that you will know again."
    elif name.casefold() in {known.casefold() for known in names}:
        faults["name"] = f"There is a portal “{name}” already. Choose it above, or give this one another name."
    return faults


def dataset_fault(text: str, check_link: Check) -> str | None:
    """What is wrong with a dataset's link or ID."""
    if not text.strip():
        return f"{BLANK} {PASTE_LINK}"
    fault = check_link(text.strip())
    return sentence(fault) if fault else None


def host_of(text: str) -> str:
    """The host a pasted link leads to, ``""`` where it leads to none."""
    try:
        return parse_dataset_link(text)[0] or ""
    except ConfigurationError:
        return ""


def known_portal(text: str, connections: Iterable[Connection]) -> str | None:
    """The portal that a pasted link leads to; None where that is none of the known ones, or not the only one."""
    host = host_of(text)
    found = [known.name for known in connections if host and known.host.casefold() == host]
    return found[0] if len(found) == 1 else None


def named_connection(connections: Iterable[Connection], name: str | None) -> Connection | None:
    """The known portal of that name."""
    return next((known for known in connections if known.name == name), None)


def new_connection(portal: NewPortal) -> Connection | None:
    """The portal that is typed; None as long as its address cannot be one."""
    try:
        address = portal_address(portal.address)
    except ConfigurationError:
        return None
    name = portal.name.strip() or proposed_name(address)
    return marked(Connection(name, address, portal.sign_in_type, portal.user.strip()))


def marked(connection: Connection) -> Connection:
    """A new portal, marked as one for tests where it is on this computer."""
    return replace(connection, test_portal=on_this_computer(connection))


def proposed_name(address: str) -> str:
    """A name for a new portal: its host."""
    tidy = address.strip()
    return split_host(tidy if "//" in tidy else f"https://{tidy}")[1] if tidy else ""
