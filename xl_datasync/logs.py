"""The log: one file of the user's, opened when there is something to write."""

from __future__ import annotations

import io
import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from xl_datasync.folders import user_folder

LOG_BYTES, LOG_FILES = 1_000_000, 3


class _LogFile(RotatingFileHandler):
    """Makes its folder only when there is something to write; a log that cannot be written stops nothing."""

    def _open(self) -> io.TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's own name
        """Nobody is helped by a traceback about the log."""


def start_log() -> Path:
    """Send the log of the program to its file.

    :returns: the file.
    """
    path = user_folder() / "xl-datasync.log"
    handler = _LogFile(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("xl_datasync")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    return path
