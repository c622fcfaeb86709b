"""Stands for the Python interpreter that a button starts: finds the running Calc, and lets the robot answer windows."""

from __future__ import annotations

import os
import sys
from typing import Any

from tests.calc import child, engine
from tests.ribbon import robot

# Where a second running Calc is found.
ALSO = "XL_DATASYNC_CALC_ALSO"


def knowing_two() -> None:
    """Let the process know a second Calc, as one on Windows knows every Excel that runs."""
    plain = engine.activate

    def activate(url: str, **more: Any) -> Any:
        made = plain(url, **more)
        made.impl.apps.attach(os.environ[ALSO])
        return made

    engine.activate = activate


if __name__ == "__main__":
    if os.environ.get(robot.SCRIPT):
        robot.begin()
    if os.environ.get(ALSO):
        knowing_two()
    child.end(sys.argv[1:])
