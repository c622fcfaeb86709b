"""Makes all pictures of the clerk's first hour: ``python -m tests.pictures docs/pictures``.

Needs what the tests need, and openbox, xdotool, ImageMagick and Chromium
(``apt install openbox xdotool imagemagick chromium``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.pictures.screen import FOLDER

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m tests.pictures FOLDER")
    os.environ[FOLDER] = str(Path(sys.argv[1]).resolve())
    # As a test, because tests know how to start, and surely end, a portal, a vault, a screen and a spreadsheet.
    sys.exit(pytest.main([str(Path(__file__).parent / "first_hour.py"), "-n", "0", "-q", "-s"]))
