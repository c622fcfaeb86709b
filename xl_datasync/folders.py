"""The folder of the user's own in which this program keeps its log, its locks, and what has no other place."""

from __future__ import annotations

from pathlib import Path

import click

NAME = "xl-datasync"
# One small file for each workbook whose window was open: who is first, see dialogs/alone.
WINDOW_LOCKS = "windows"


def user_folder() -> Path:
    r"""``%APPDATA%\xl-datasync``, ``~/Library/Application Support/xl-datasync`` or ``~/.config/xl-datasync``."""
    return Path(click.get_app_dir(NAME))


def live_folder() -> Path:
    """Where workbooks that are open in Excel and have no folder have their place: never saved, or on the web only."""
    return user_folder() / "workbooks"
