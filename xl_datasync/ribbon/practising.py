"""The practice portal, started from a button: it runs on by itself until the computer is shut down."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from xl_datasync.core.connection import SignIn
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.dialogs.endings import Ending, EndingLink
from xl_datasync.folders import user_folder
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.practice_portal import DEFAULT_PORT, SIGN_INS
from xl_datasync.templates import template

log = logging.getLogger(__name__)

WHO = SIGN_INS[0]
WORKBOOK = "Practice workbook.xlsx"
START_WAIT = 60.0  # seconds; its first start on a slow computer unpacks and compiles
ON_THIS_COMPUTER = Timeouts(connect=2.0, read=10.0, attempts=1)
PORT = "XL_DATASYNC_PRACTICE_PORT"
"""The environment variable for a port other than the usual one, which another program may use."""


def start() -> Ending:
    """Start the practice portal where it is not running, and lay the practice workbook ready.

    :raises ConfigurationError: where it does not start, or something else is at its place.
    """
    port = _port()
    address = f"http://127.0.0.1:{port}"
    if not _answers(address):
        process = _launch(port)
        end = time.monotonic() + START_WAIT
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > end:
                raise ConfigurationError(
                    f"The practice portal does not answer at {address}.",
                    remedy=f"Another program may use port {port}. “xl-datasync practice” says what is wrong.",
                )
            time.sleep(0.2)
    book = _workbook()
    return Ending(
        "done",
        f"The practice portal is running at {address}.",
        (
            "It is on this computer only; nothing you publish there leaves it.",
            f"The practice workbook is {book}.",
            "To sign in there, press “Sign in” on the Open Data tab. This is the API key ID:",
            WHO.key_id,
            "and this is its secret:",
            WHO.key_secret,
        ),
        (EndingLink("Open the portal", address), EndingLink("Open the practice workbook", str(book))),
    )


def _port() -> int:
    asked = os.environ.get(PORT, "")
    return int(asked) if asked.isdecimal() else DEFAULT_PORT


def _answers(address: str) -> bool:
    """Whether a practice portal is there: only such a one takes the practice sign-in."""
    try:
        with Portal(address, SignIn(WHO.key_id, WHO.key_secret), ON_THIS_COMPUTER) as portal:
            return portal.who_am_i().display_name == WHO.display_name
    except PortalError:
        return False


def _launch(port: int) -> subprocess.Popen[bytes]:
    """Start it as a program of its own, which goes on when the window is closed."""
    data = user_folder() / "practice"
    command = [sys.executable, "-m", "xl_datasync", "practice", "--port", str(port), "--data", str(data)]
    log.info("starting the practice portal")
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, creationflags=flags, close_fds=True)  # noqa: S603  # our own interpreter
    return subprocess.Popen(  # noqa: S603  # our own interpreter
        command,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _workbook() -> Path:
    """The practice workbook, laid among the clerk's documents where it is not there yet."""
    documents = Path.home() / "Documents"
    target = (documents if documents.is_dir() else Path.home()) / WORKBOOK
    if not target.exists():
        with template("practice.xlsx") as source:
            shutil.copyfile(source, target)
    return target
