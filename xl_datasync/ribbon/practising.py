"""The practice portal, started from a button: it runs on by itself until the computer is shut down."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from pathlib import Path

from xl_datasync.core.connection import SignIn
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.dialogs.endings import Ending, EndingLink
from xl_datasync.folders import user_folder
from xl_datasync.portal import Portal
from xl_datasync.practice_portal import DEFAULT_PORT, SIGN_INS
from xl_datasync.templates import template

log = logging.getLogger(__name__)

ADDRESS = f"http://127.0.0.1:{DEFAULT_PORT}"
WHO = SIGN_INS[0]
WORKBOOK = "Practice workbook.xlsx"
START_WAIT = 20.0


def start() -> Ending:
    """Start the practice portal where it is not running, and lay the practice workbook ready.

    :raises ConfigurationError: where it does not start, or something else is at its place.
    """
    if not _answers():
        _launch()
        end = time.monotonic() + START_WAIT
        while not _answers():
            if time.monotonic() > end:
                raise ConfigurationError(
                    f"The practice portal does not answer at {ADDRESS}.",
                    remedy=f"Another program may use port {DEFAULT_PORT}. “xl-datasync practice” says what is wrong.",
                )
            time.sleep(0.2)
    book = _workbook()
    return Ending(
        "done",
        f"The practice portal is running at {ADDRESS}.",
        (
            "It is on this computer only; nothing you publish there leaves it.",
            f"Sign in with the API key ID {WHO.key_id}",
            f"and the secret {WHO.key_secret}",
            f"The practice workbook is {book}.",
        ),
        (EndingLink("Open the portal", ADDRESS), EndingLink("Open the practice workbook", str(book))),
    )


def _answers() -> bool:
    """Whether a practice portal is there: only such a one takes the practice sign-in."""
    try:
        with Portal(ADDRESS, SignIn(WHO.key_id, WHO.key_secret)) as portal:
            return portal.who_am_i().display_name == WHO.display_name
    except PortalError:
        return False


def _launch() -> None:
    """Start it as a program of its own, which goes on when the window is closed."""
    command = [sys.executable, "-m", "xl_datasync", "practice", "--data", str(user_folder() / "practice")]
    log.info("starting the practice portal")
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        subprocess.Popen(command, creationflags=flags, close_fds=True)  # noqa: S603  # our own interpreter
        return
    subprocess.Popen(  # noqa: S603  # our own interpreter
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
