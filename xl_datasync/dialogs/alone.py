"""A second click brings the first one's window to the front.

Who is first is decided by a lock file in the user's own folder, which the system frees when a process ends, however it
ends. A local socket carries the wish to be brought to the front; one that a dead process left behind is cleared up by
the next first one, which holds the lock, so that no live one can be hit.
"""

from __future__ import annotations

import getpass
import hashlib
import logging
import os
import sys
import time
from types import TracebackType

from filelock import BaseFileLock, FileLock, Timeout
from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from xl_datasync.dialogs.look import application
from xl_datasync.folders import WINDOW_LOCKS, user_folder

log = logging.getLogger(__name__)

PATIENCE = 3.0
"""Seconds for which a second process tries to reach the first, which may be about to start."""
FRONT = b"front\n"


class Front(QObject):
    """What the first one holds; ``asked`` is emitted when a second one wants it in front. Use it with ``with``."""

    asked = Signal()

    def __init__(self, name: str, lock: BaseFileLock) -> None:
        super().__init__()
        self._lock = lock
        self._sockets: list[QLocalSocket] = []
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._met)
        QLocalServer.removeServer(name)
        if not self._server.listen(name):
            log.warning("a second click cannot reach this window: %s", self._server.errorString())

    def __enter__(self) -> Front:  # noqa: PYI034  # typing.Self is younger than Python 3.10
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the next one be the first."""
        self.close()

    def close(self) -> None:
        """Let the next one be the first."""
        for socket in self._sockets:
            socket.abort()
        self._sockets.clear()
        self._server.close()
        self._lock.release()

    def _met(self) -> None:
        """A second one is there: it is told our process, so that it can let us come to the front."""
        while socket := self._server.nextPendingConnection():
            # Kept until the end: the server owns them, and a slot that held one would outlive it.
            self._sockets.append(socket)
            socket.readyRead.connect(self._heard)
            socket.write(b"%d\n" % os.getpid())
            socket.flush()

    def _heard(self) -> None:
        for socket in self._sockets:
            if socket.bytesAvailable() and FRONT in bytes(socket.readAll().data()):
                self.asked.emit()
                socket.disconnectFromServer()


def socket_name(key: str) -> str:
    """The name of the socket for this user and this key; a digest, because a key may hold anything."""
    digest = hashlib.sha256(f"{getpass.getuser()}\0{user_folder()}\0{key}".encode()).hexdigest()
    return f"xl-datasync-{digest[:24]}"


def first_or_front(key: str) -> Front | None:
    """Be the first with this key, or bring the first to the front.

    :param key: such as the workbook's path.
    :returns: what the first holds while it works, or None where another is first, which has been told.
    """
    application()
    name = socket_name(key)
    folder = user_folder() / WINDOW_LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock", thread_local=False)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if _told(name):
                return None
        else:
            return Front(name, lock)
        if time.monotonic() > until:
            log.warning("another window is at work, but does not answer")
            return None
        time.sleep(0.05)


def _told(name: str) -> bool:
    """Whether the first one was reached."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(500):
        return False
    if not socket.waitForReadyRead(1500):
        return False
    _let_come_to_front(bytes(socket.readAll().data()))
    socket.write(FRONT)
    socket.waitForBytesWritten(500)
    if socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
        socket.waitForDisconnected(1500)
    return True


def _let_come_to_front(process: bytes) -> None:
    """Windows lets only the process that was clicked last take the focus, or one that it names."""
    if sys.platform == "win32" and process.strip().isdigit():
        import ctypes  # noqa: PLC0415  # on Windows alone

        ctypes.windll.user32.AllowSetForegroundWindow(int(process))
