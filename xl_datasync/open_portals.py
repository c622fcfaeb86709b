"""The portals of a run, each opened once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import DataSyncError, NoSignIn
from xl_datasync.portal import Portal

OpenPortal = Callable[[Connection], Portal]


class Portals:
    """Portals by connection, opened when first needed; a sign-in that failed fails every job of its connection."""

    def __init__(self, open_portal: OpenPortal, stack: ExitStack) -> None:
        self._open = open_portal
        self._stack = stack
        self._found: dict[Connection, Portal | DataSyncError] = {}
        self._public: dict[Connection, Portal] = {}

    def source(self, connection: Connection) -> Portal:
        """The portal that rows are copied from: as the public, where there is no sign-in for it.

        :raises DataSyncError: what opening it raised.
        """
        try:
            return self.get(connection)
        except NoSignIn:
            if connection not in self._public:
                self._public[connection] = self._stack.enter_context(Portal(connection.address))
            return self._public[connection]

    def get(self, connection: Connection) -> Portal:
        """The portal of a connection.

        :raises DataSyncError: what opening it raised, now or before.
        """
        if connection not in self._found:
            try:
                self._found[connection] = self._stack.enter_context(self._open(connection))
            except DataSyncError as error:
                self._found[connection] = error
        found = self._found[connection]
        if isinstance(found, DataSyncError):
            raise found
        return found
