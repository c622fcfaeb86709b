"""The log: one file of the user's, opened when there is something to write."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from xl_datasync.folders import user_folder

LOG_BYTES, LOG_FILES = 1_000_000, 3


def start_log() -> Path:
    """Send the log of the program to its file.

    :returns: the file.
    """
    path = user_folder() / "xl-datasync.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("xl_datasync")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    return path
