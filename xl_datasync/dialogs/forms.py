"""What goes into a dialog and what comes out of it, as values; nothing here knows a window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xl_datasync.core.connection import Connection, SignIn, SignInType, portal_address
from xl_datasync.core.dataset import Dataset, parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import What

Check = Callable[[str], str | None]
"""Looks at a text and gives the sentence that says what is wrong with it, or None."""

A_VAULT = "this computer's password vault"
FOREIGN = "Another portal …"


def address_fault(text: str) -> str | None:
    """What :func:`core.connection.portal_address` says of an address."""
    try:
        portal_address(text)
    except ConfigurationError as error:
        return f"{error.what} {error.remedy}".strip()
    return None


def link_fault(text: str) -> str | None:
    """What :func:`core.dataset.parse_dataset_link` says of a link or ID."""
    try:
        parse_dataset_link(text)
    except ConfigurationError as error:
        return f"{error.what} {error.remedy}".strip()
    return None


@dataclass(frozen=True)
class SignInForm:
    """Asks for a sign-in.

    :param vault: the vault in words; None where there is none, so that the sign-in serves this once.
    :param dataset_id: the dataset that it is asked for, so that a test says what may be changed there.
    :param keep_asked: whether the person may choose to keep it.
    """

    connection: Connection
    vault: str | None = A_VAULT
    keep_asked: bool = True
    dataset_id: str = ""


@dataclass(frozen=True)
class Answer:
    """A sign-in, and whether it is to be kept in the vault."""

    sign_in: SignIn
    keep: bool = False


@dataclass(frozen=True)
class LinkForm:
    """Asks where a sheet is published, and how; with ``known``, a job that is there is changed.

    :param sheet: its name.
    :param connections: the portals that are known.
    :param check_address: looks at a new portal's address.
    :param check_link: looks at a dataset's link or ID.
    :param check_whole: looks at an answer that has no fault otherwise.
    """

    sheet: str
    connections: tuple[Connection, ...] = ()
    known: Link | None = None
    check_address: Check = address_fault
    check_link: Check = link_fault
    check_whole: Callable[[Link], str | None] = lambda _link: None


@dataclass(frozen=True)
class Link:
    """Where a sheet is published, and how.

    :param connection: the portal's name, one of the form's or a new one.
    :param address: of a new portal; ``""`` where the portal is known.
    :param user: API key ID or user name for a new portal; may be blank.
    :param dataset: the dataset as the person saw it there, signed in; None where it has to be asked for.
    """

    connection: str
    dataset_link: str
    method: Method
    address: str = ""
    sign_in_type: SignInType = SignInType.API_KEY
    user: str = ""
    dataset: Dataset | None = field(default=None, compare=False)

    @property
    def new_portal(self) -> bool:
        """Whether the portal has to be written down first."""
        return bool(self.address)


@dataclass(frozen=True)
class CopyForm:
    """Asks what dataset is copied where.

    :param connections: the portals that are known; at least one.
    :param source: the portal that is proposed to copy from; ``""`` for the first.
    :param dataset_link: the dataset that is proposed.
    """

    connections: tuple[Connection, ...]
    source: str = ""
    dataset_link: str = ""
    check_link: Check = link_fault
    check_whole: Callable[[Copy], str | None] = lambda _copy: None


@dataclass(frozen=True)
class Copy:
    """What dataset is copied where.

    :param title: of the new dataset; ``""`` for the source's, or where none is made.
    :param publish: whether the new dataset is published, or left as a draft.
    :param to_link: the dataset that gets the rows, where none is made; else ``""``.
    """

    source: str
    source_link: str
    what: What
    target: str
    title: str = ""
    publish: bool = True
    to_link: str = ""
    method: Method = Method.REPLACE


@dataclass(frozen=True)
class ConnectionForm:
    """Asks which portal to sign in to, and for the sign-in.

    :param connections: those that are known; a new one can always be given.
    :param datasets: a dataset's ID by a connection's name, so that a test says what may be changed there.
    """

    connections: tuple[Connection, ...] = ()
    vault: str | None = A_VAULT
    check_address: Check = address_fault
    datasets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SignedIn:
    """A portal, whether it is a new one, and the sign-in for it."""

    connection: Connection
    new: bool
    answer: Answer


@dataclass(frozen=True)
class Option:
    """One of several to choose from; ``value`` is what choosing it gives back."""

    label: str
    detail: str = ""
    value: Any = None


@dataclass(frozen=True)
class CsvForm:
    """Asks where a CSV file is to be saved."""

    suggested: Path
    title: str = "Export CSV"
