"""Makes all pictures of the clerk's two pages: ``python -m tests.pictures docs/pictures``, or one page's by its name.

Needs what the tests need, and openbox, xdotool, ImageMagick and Chromium
(``apt install openbox xdotool imagemagick chromium``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.pictures.screen import FOLDER

PAGES = ("first_hour", "untidy_sheet")

if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not set(sys.argv[2:]) <= set(PAGES):
        sys.exit(f"python -m tests.pictures FOLDER [{'|'.join(PAGES)}]")
    os.environ[FOLDER] = str(Path(sys.argv[1]).resolve())
    # As a test, because tests know how to start, and surely end, a portal, a vault, a screen and a spreadsheet.
    scripts = [str(Path(__file__).parent / f"{page}.py") for page in sys.argv[2:] or PAGES]
    sys.exit(pytest.main([*scripts, "-n", "0", "-q", "-s"]))
