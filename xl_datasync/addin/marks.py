"""Whether the system takes a file for one from the internet, as Excel does before it blocks its macros.

Windows keeps that in a second stream of the file, which opens as ``name:Zone.Identifier``; macOS in the extended
attribute ``com.apple.quarantine``, which its program ``xattr`` tells. Files that a program writes carry neither; files
that were downloaded or unpacked do. Not tried on a real Windows or macOS.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from xl_datasync.addin.places import MACOS

FROM_THE_WEB = 3  # the internet; 4 is a site the user does not trust


def from_the_internet(path: Path, system: str) -> bool:
    """Whether a file is marked so."""
    return _quarantined(path) if system == MACOS else _zone_of(path) >= FROM_THE_WEB


def _zone_of(path: Path) -> int:
    try:
        text = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return 0
    zones = (line.partition("=")[2].strip() for line in text.splitlines() if line.lower().startswith("zoneid"))
    return max((int(zone) for zone in zones if zone.isdecimal()), default=FROM_THE_WEB)


def _quarantined(path: Path) -> bool:
    program = shutil.which("xattr")
    if program is None:
        return False
    asked = [program, "-p", "com.apple.quarantine", str(path)]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603  # a fixed command
