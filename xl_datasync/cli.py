"""The command line: who asked, and how to show the answer. It holds no rule."""

from __future__ import annotations

from xl_datasync.commands import addin, copying, looking, running, signing_in, starting
from xl_datasync.commands.common import cli

__all__ = ["addin", "cli", "copying", "looking", "running", "signing_in", "starting"]
