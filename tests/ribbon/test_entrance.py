"""What the add-in starts, where the program is not whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_missing_windows_are_told_without_one(tmp_path: Path) -> None:
    """Without PySide6 a clerk reads one sentence with what to do; the traceback is in the log alone."""
    broken = tmp_path / "broken" / "PySide6"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file')")
    done = subprocess.run(
        [sys.executable, "-m", "xl_datasync.ribbon", str(tmp_path / "request")],
        env={**os.environ, "PYTHONPATH": str(broken.parent)},
        capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "PySide6, is missing or cannot be loaded. Nothing was changed or sent." in done.stderr
    assert "xl-datasync addin doctor" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    log = Path(os.environ["XDG_CONFIG_HOME"]) / "xl-datasync" / "xl-datasync.log"
    assert "libEGL.so.1" in log.read_text(encoding="utf-8")
