"""Stands for the Python interpreter that a button starts: finds the running Calc, and lets the robot answer windows."""

from __future__ import annotations

import os
import sys

from tests.calc import child
from tests.ribbon import robot

if __name__ == "__main__":
    if os.environ.get(robot.SCRIPT):
        robot.begin()
    child.main(sys.argv[1:])
