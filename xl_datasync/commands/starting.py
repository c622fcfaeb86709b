"""Beginning: the demo, the practice portal, a new job workbook."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click

from xl_datasync.commands.common import cli
from xl_datasync.console import echo_lines, say
from xl_datasync.core.errors import ConfigurationError, WorkbookError

OTHER_WORKBOOKS = frozenset({".xls", ".xlsm", ".xlsb", ".csv", ".ods"})


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=None, help="Port to listen on (default 8780).")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that keeps what is published; otherwise it is forgotten at the end.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[@METHOD][:TIMES]",
    help="A fault to show; “--fault list” lists them.",
)
def practice(port: int | None, data: Path | None, faults: Sequence[str]) -> int:
    """Serve a practice portal on this computer until Ctrl-C."""
    from xl_datasync.practice_portal import DEFAULT_PORT, FAULTS, serve

    if "list" in faults:
        echo_lines(f"{name:20} {words}" for name, words in FAULTS.items())
        return 0
    try:
        serve(DEFAULT_PORT if port is None else port, data, tuple(faults), say)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        what = f"The practice portal cannot start: {error}."
        raise ConfigurationError(what, remedy="Try another --port.", unaffected="") from None
    return 0


@cli.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--practice",
    "practice_data",
    is_flag=True,
    help="The worked example on real data.",
)
def new(path: Path, practice_data: bool) -> int:
    """Write a new job workbook."""
    from xl_datasync.templates import template

    if path.suffix.lower() in OTHER_WORKBOOKS:
        raise click.UsageError("A job workbook is an .xlsx file.")
    target = path if path.suffix.lower() == ".xlsx" else path.with_name(path.name + ".xlsx")
    if target.exists():
        raise WorkbookError(
            "This file exists already.",
            where=str(target),
            remedy="Choose another name.",
            unaffected="It was not changed.",
        )
    try:
        with template("practice.xlsx" if practice_data else "jobs.xlsx") as source:
            shutil.copyfile(source, target)
    except OSError as error:
        what = f"The workbook could not be written ({error.strerror})."
        remedy = "Choose a folder that exists and in which you may write."
        raise WorkbookError(what, where=str(target), remedy=remedy, unaffected="") from None
    say(f"Wrote {target}. Open it in Excel; its first sheet says what to do.")
    return 0


@cli.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("xl-datasync-demo"),
    show_default=True,
    help="Where the workbook, the files sent and the practice portal's data are kept.",
)
def demo(folder: Path) -> int:
    """Show it all on a practice portal: every method and copy, a faulty sheet refused, an undo."""
    from xl_datasync.demo import run_demo

    return run_demo(folder, say)
