"""What the add-in starts. Where even the windows cannot be had, the system's own message box says so."""

from __future__ import annotations

import logging
import subprocess
import sys

from xl_datasync.logs import start_log

log = logging.getLogger("xl_datasync")

NO_WINDOWS = (
    "Open Data cannot show its windows: a part of the program, PySide6, is missing or cannot be loaded. Nothing was "
    "changed or sent. To mend it, run:  xl-datasync addin doctor"
)


def main() -> int:
    """Do what a request asks for."""
    log_file = start_log()
    try:
        from xl_datasync.ribbon.entrance import answer  # noqa: PLC0415
    except ImportError:
        log.exception("no windows")
        _tell(NO_WINDOWS)
        return 2
    return answer(sys.argv[1:], log_file)


def _tell(text: str) -> None:
    """Say it with what every system has."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        ctypes.windll.user32.MessageBoxW(None, text, "Open Data", 0x30)  # MB_ICONWARNING
    elif sys.platform == "darwin":
        script = "on run words\ndisplay alert (item 1 of words) message (item 2 of words)\nend run"
        subprocess.run(["/usr/bin/osascript", "-e", script, "Open Data", text], check=False)  # noqa: S603  # fixed
    else:
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
