"""Who may know whom is held by contracts."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xl_datasync"


def imports_of(path: Path) -> set[str]:
    """The top-level names a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_the_contracts_hold() -> None:
    """import-linter's contracts in pyproject.toml are kept."""
    # In a process of its own, because it switches off the logging of the one it runs in.
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_http_is_spoken_in_one_module() -> None:
    """Only portal/session.py names requests."""
    users = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "requests" in imports_of(path)}
    assert users == {"portal/session.py"}


def test_the_command_line_is_parsed_in_one_place() -> None:
    """Only the entrances name click, and the module that asks it for the user's own folder."""
    users = {path.relative_to(PACKAGE).parts[0] for path in PACKAGE.rglob("*.py") if "click" in imports_of(path)}
    assert users == {"__main__.py", "commands", "console.py", "folders.py"}
