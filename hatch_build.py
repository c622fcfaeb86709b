"""Builds the add-in for Excel into the wheel; in an editable installation it is built whenever it is needed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AddinHook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts `xl_datasync.xlam` beside the modules that install it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the add-in from this tree's sources and have the wheel take it along."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        try:
            from xl_datasync.addin.build import NAME, build_addin  # noqa: PLC0415  # found from here on
        finally:
            sys.path.remove(self.root)
        self.folder = tempfile.TemporaryDirectory(prefix="xl-datasync-")
        path = Path(self.folder.name) / NAME
        build_addin(path)
        build_data["force_include"][str(path)] = f"xl_datasync/addin/{NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was built on the way."""
        if version != "editable":
            self.folder.cleanup()
