"""The built wheel carries what the installed commands need."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_works_without_the_checkout(tmp_path: Path) -> None:
    """Unpacked alone, it writes both job workbooks and runs the demo."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "PYTHONPATH": str(unpacked)
    }
    where = [sys.executable, "-c", "import xl_datasync; print(xl_datasync.__file__)"]
    for arguments in (["new", "a.xlsx"], ["new", "b.xlsx", "--practice"], ["demo"]):
        command = [sys.executable, "-m", "xl_datasync", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
    assert str(unpacked) in found
