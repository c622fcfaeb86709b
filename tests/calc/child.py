"""Stands for the Python interpreter in a child that a spreadsheet program starts, and lets it find the running Calc.

    python -m tests.calc.child -m xl_datasync.ribbon REQUEST

activates the engine for the LibreOffice that XL_DATASYNC_CALC names and then does what `python -m …` does.
"""

from __future__ import annotations

import atexit
import os
import runpy
import shlex
import sys
import traceback
from pathlib import Path

from tests.calc import engine, office
from tests.calc.quirks import ENVIRONMENT, Quirks, QuirkyEngine

REPOSITORY = Path(__file__).resolve().parents[2]
ALONE, WITH_VALUE = set("bBdEiIOqsSuvx"), ("-W", "-X")


def main(arguments: list[str]) -> None:
    """Activate the engine, then behave like Python with these arguments."""
    quirks = Quirks.from_environment()
    engine.activate(os.environ[office.URL], impl=QuirkyEngine(quirks) if quirks else None)
    # pyuno keeps its runtime among the names of the module __main__, in whose place another is put here.
    names = {name: value for name, value in vars(sys.modules["__main__"]).items() if name.startswith("pyuno")}
    while arguments and arguments[0].startswith("-") and set(arguments[0][1:]) <= ALONE:
        arguments = arguments[1:]
    while arguments[:1] and arguments[0] in WITH_VALUE:
        arguments = arguments[2:]
    if arguments[:1] == ["-m"]:
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], init_globals=names, run_name="__main__", alter_sys=True)
    elif arguments[:1] == ["-c"]:
        sys.argv = ["-c", *arguments[2:]]
        exec(compile(arguments[1], "<string>", "exec"), {"__name__": "__main__", **names})
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], init_globals=names, run_name="__main__")


def write_interpreter(folder: Path, url: str, quirks: Quirks | None = None, **environment: str) -> Path:
    """Write the shell script that a settings file names as the interpreter; more of the environment may be given."""
    paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH", "")]))
    variables = {office.URL: url, "PYTHONPATH": paths, **environment}
    if office.RUNNING in os.environ:
        variables.setdefault(office.RUNNING, os.environ[office.RUNNING])
    if quirks:
        variables[ENVIRONMENT] = quirks.to_environment()
    exports = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    start = f'exec {shlex.quote(sys.executable)} -m tests.calc.child "$@"'
    script = folder / "python-with-calc"
    script.write_text("\n".join(["#!/bin/sh", *exports, start, ""]), encoding="utf-8")
    script.chmod(0o755)
    return script


def end(arguments: list[str]) -> None:
    """Behave like Python, and end without clearing up: pyuno now and then crashes while the interpreter is taken down."""
    code: object = 0
    try:
        main(arguments)
    except SystemExit as ending:
        code = ending.code
    except BaseException:  # noqa: BLE001  # shown as Python shows it
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1 if code else 0)


if __name__ == "__main__":
    end(sys.argv[1:])
