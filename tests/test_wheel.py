"""The built wheel carries what the installed commands need."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_wheel_works_in_a_fresh_environment(tmp_path: Path) -> None:
    """Installed alone, it writes both job workbooks and runs the demo."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT)
    (wheel,) = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
    assert str(tmp_path) in run(scripts / "python", "-c", "import xl_datasync; print(xl_datasync.__file__)")
    run(scripts / "xl-datasync", "new", "a.xlsx")
    run(scripts / "xl-datasync", "new", "b.xlsx", "--practice")
    assert "7 of 7 jobs done." in run(scripts / "xl-datasync", "demo")
