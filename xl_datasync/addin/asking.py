"""What the Python that the add-in starts has to say: it is run, because a path that exists may still start nothing."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

NEEDED = {"PySide6": "windows; the extra “desktop”", "xlwings": "the way into Excel"}
PATIENCE = 120
# The answer goes to a file, because pythonw.exe has no output. Windows are imported, since half an installation is
# found by the import alone.
_QUESTION = """
import importlib, json, sys
found = {}
for name, module in (("xl-datasync", "xl_datasync"), ("xlwings", "xlwings"), ("PySide6", "PySide6.QtWidgets")):
    try:
        importlib.import_module(module)
        found[name] = str(importlib.import_module(module.partition(".")[0]).__version__)
    except Exception as error:
        found[name + " fails"] = f"{type(error).__name__}: {error}"
with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump(found, out)
"""


@dataclass(frozen=True)
class Told:
    """What a Python said.

    :param trouble: why it said nothing.
    :param versions: of the packages it has.
    :param failures: of packages it has not, or cannot use.
    """

    trouble: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def ask_interpreter(interpreter: str) -> Told:
    """Run it and hear what it has; it starts in a folder where nothing can be mistaken for one of its modules."""
    try:
        there = Path(interpreter).is_file()
    except OSError as error:
        return Told(f"it cannot be looked at ({error.strerror})")
    if not there:
        return Told("it is not there any more")
    with tempfile.TemporaryDirectory(prefix="xl-datasync-") as folder:
        answer = Path(folder) / "answer.json"
        try:
            done = subprocess.run(  # noqa: S603  # the Python that the settings name, as Excel starts it
                [interpreter, "-c", _QUESTION, str(answer)],
                cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Told(f"it did not answer within {PATIENCE} seconds")
        except OSError as error:
            return Told(f"it cannot be started ({error.strerror})")
        try:
            found: dict[str, str] = json.loads(answer.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return Told(f"it ends with code {done.returncode} and says nothing")
    bad = " fails"
    return Told(
        versions={name: value for name, value in found.items() if not name.endswith(bad)},
        failures={name.removesuffix(bad): value for name, value in found.items() if name.endswith(bad)},
    )


def missing_packages() -> list[str]:
    """What the buttons need and the Python that runs now has not."""
    return [package for package in NEEDED if find_spec(package) is None]
