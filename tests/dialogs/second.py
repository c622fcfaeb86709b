"""A program that wants to be the first with a key: prints whether it is, and then each wish to come to the front."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer

from xl_datasync.dialogs.alone import first_or_front
from xl_datasync.dialogs.look import application

if __name__ == "__main__":
    front = first_or_front(sys.argv[1])
    sys.stdout.write("first\n" if front else "told\n")
    sys.stdout.flush()
    if front:
        app = application()
        front.asked.connect(lambda: (sys.stdout.write("front\n"), sys.stdout.flush()))
        QTimer.singleShot(30_000, app.quit)
        app.exec()
