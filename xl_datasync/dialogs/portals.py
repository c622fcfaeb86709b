"""What an open window asks of portals, by its errands: who a sign-in is, which datasets fit, what one of them is.

Nothing here raises: a failure is a sentence of the answer, for the line below the field it belongs to.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from xl_datasync.core.connection import LOOPBACK_HOSTS, Connection, SignIn
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.errors import DataSyncError, PortalError, SignInError, Stopped
from xl_datasync.dialogs.rights_words import signed_in_words
from xl_datasync.dialogs.words import error_words, sentence
from xl_datasync.portal import CatalogEntry, Look, Portal, Timeouts

log = logging.getLogger(__name__)

WHILE_SOMEBODY_WAITS = Timeouts(connect=8.0, read=20.0, attempts=2)
AT_A_GLANCE = Timeouts(connect=3.0, read=5.0, attempts=1)
"""For what a list only adds: a window that is closed waits for the request that is on its way."""
START_PRACTICE = "The practice portal does not answer. “Practice portal” on the Open Data tab starts it."
COPY_AGAIN = "Copy both parts again, all of each."
NEEDS_SIGN_IN = "This dataset is shown only to people who are signed in."
SIGN_IN_REFUSED = "The portal did not accept the sign-in that is saved. Sign in again."


@dataclass(frozen=True)
class Tested:
    """What came of trying a sign-in.

    :param words: who it is and what she may change.
    :param trouble: why it does not serve; ``""`` where it does.
    :param unreached: whether the portal could not be asked at all, which is no fault of the sign-in.
    """

    words: str = ""
    trouble: str = ""
    unreached: bool = False


@dataclass(frozen=True)
class FoundDatasets:
    """What a search found.

    :param trouble: why the catalogue could not be searched.
    :param refused: whether the portal did not take the saved sign-in, so that it was searched without one.
    """

    listed: tuple[CatalogEntry, ...] = ()
    total: int = 0
    signed_in: bool = False
    trouble: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Looked:
    """What one dataset is; ``look`` is None where it could not be looked at.

    :param missing: whether the portal has no such dataset, or does not show it.
    :param unreached: whether the portal could not answer at all, so that asking on is of no use now.
    """

    look: Look | None = None
    signed_in: bool = False
    trouble: str = ""
    missing: bool = False
    unreached: bool = False


def on_this_computer(connection: Connection) -> bool:
    """Whether a portal is one for practice: only such a one is on this computer."""
    return urlsplit(connection.address).hostname in LOOPBACK_HOSTS


def in_words(error: DataSyncError, connection: Connection) -> str:
    """An error of a portal for somebody at a window."""
    unreached = isinstance(error, PortalError) and error.status is None
    if unreached and on_this_computer(connection):
        return START_PRACTICE
    return error_words(error, "")


def try_sign_in(connection: Connection, sign_in: SignIn, dataset_id: str = "") -> Tested:
    """Ask a portal who this is, and what she may change in a dataset where one is known."""
    try:
        with Portal(connection.address, sign_in, WHILE_SOMEBODY_WAITS) as portal:
            user = portal.who_am_i()
            dataset, note = _described(portal, connection, dataset_id)
    except DataSyncError as error:
        log.info("the sign-in at %s did not serve: %s", connection.host, error.what)
        refused = error.exit_code == SignInError.exit_code
        words = f"{sentence(error.what)} {COPY_AGAIN}" if refused else in_words(error, connection)
        return Tested(trouble=words, unreached=not refused)
    return Tested(f"{signed_in_words(user, dataset)} {note}".strip())


def _described(portal: Portal, connection: Connection, dataset_id: str) -> tuple[Dataset | None, str]:
    """The dataset, or why it could not be looked at: that is no fault of the sign-in."""
    if not dataset_id:
        return None, ""
    try:
        return portal.describe(dataset_id), ""
    except DataSyncError as error:
        return None, in_words(error, connection)


class PortalDesk:
    """Portals as an open window asks them, with the sign-ins that are there; use it with ``with``.

    One connection is kept open, because typing asks the same portal again and again.

    :param saved: gives the sign-in that is saved for a connection, or None; never asks anybody.
    :param ask: asks the person for one.
    """

    def __init__(
        self, saved: Callable[[Connection], SignIn | None], ask: Callable[[Connection], SignIn] | None = None
    ) -> None:
        self._saved, self._ask = saved, ask
        self._sign_ins: dict[tuple[str, str], SignIn | None] = {}
        self._open: tuple[tuple[str, str, Timeouts], Portal] | None = None

    def __enter__(self) -> PortalDesk:  # noqa: PYI034  # typing.Self is younger than Python 3.10
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open[1].close()
        self._open = None

    @property
    def can_ask(self) -> bool:
        """Whether a person can be asked for a sign-in."""
        return self._ask is not None

    def search(self, connection: Connection, words: str) -> FoundDatasets:
        """What of a portal fits the words."""
        try:
            portal, refused = self._portal(connection), False
            try:
                found = portal.search(words)
            except PortalError as error:
                if error.exit_code != SignInError.exit_code or not portal.signed_in:
                    raise
                portal, refused = self._without(connection), True
                found = portal.search(words)
        except DataSyncError as error:
            return FoundDatasets(trouble=in_words(error, connection))
        return FoundDatasets(found.listed, found.total, portal.signed_in, refused=refused)

    def look(self, connection: Connection, dataset_id: str, *, glance: bool = False) -> Looked:
        """What a dataset is.

        :param glance: whether it is one of a list: its rows are not counted, and it is not waited for as long.
        """
        try:
            portal = self._portal(connection, AT_A_GLANCE if glance else WHILE_SOMEBODY_WAITS)
            return Looked(portal.look(dataset_id, counted=not glance), portal.signed_in)
        except DataSyncError as error:
            signed_in = self._sign_ins.get(_key(connection)) is not None
            missing = isinstance(error, PortalError) and error.status == 404
            unreached = isinstance(error, PortalError) and (error.temporary or error.status is None)
            words = in_words(error, connection)
            if error.exit_code == SignInError.exit_code:
                words = SIGN_IN_REFUSED if signed_in else NEEDS_SIGN_IN
            return Looked(signed_in=signed_in, trouble=words, missing=missing, unreached=unreached)

    def sign_in(self, connection: Connection) -> bool:
        """Ask the person for a sign-in; whether she gave one."""
        if self._ask is None:
            return False
        try:
            self._keep(connection, self._ask(connection))
        except (Stopped, DataSyncError) as error:
            log.info("no sign-in for %s: %s", connection.host, error)
            return False
        return True

    def _portal(self, connection: Connection, timeouts: Timeouts = WHILE_SOMEBODY_WAITS) -> Portal:
        key = _key(connection)
        if self._open is None or self._open[0] != (*key, timeouts):
            if key not in self._sign_ins:
                self._sign_ins[key] = self._saved(connection)
            self.close()
            self._open = (*key, timeouts), Portal(connection.address, self._sign_ins[key], timeouts)
        return self._open[1]

    def _without(self, connection: Connection) -> Portal:
        """The portal as everybody sees it."""
        self._keep(connection, None)
        return self._portal(connection)

    def _keep(self, connection: Connection, sign_in: SignIn | None) -> None:
        self._sign_ins[_key(connection)] = sign_in
        self.close()


def _key(connection: Connection) -> tuple[str, str]:
    return connection.name.casefold(), connection.address
