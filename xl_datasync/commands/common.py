"""What the commands share: the group they belong to, their usual options, and how an answer is shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from xl_datasync import __version__
from xl_datasync.api import Person
from xl_datasync.console import ask_sign_in, ask_to_go_on, echo_lines, say_aside, shown_progress
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.report import Report
from xl_datasync.core.report_json import failure_json, report_json
from xl_datasync.core.report_text import report_lines
from xl_datasync.stopping import StopSwitch, ctrl_c


class Day(click.DateTime):
    """A day, with words for a person who writes it otherwise."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day as a datetime.

        :raises click.BadParameter: where it is none.
        """
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"“{value}” is no day. Write it as 2026-11-22.", param, ctx)


WORKBOOK = click.argument("workbook", type=click.Path(path_type=Path, dir_okay=False))
MAYBE_WORKBOOK = click.argument("workbook", required=False, type=click.Path(path_type=Path, dir_okay=False))
JOB = click.option(
    "--job",
    "jobs",
    multiple=True,
    metavar="NAME",
    help="Only this job, whatever its “Run?” says; may be repeated.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Work everything out, say what would change, send nothing.")
UNATTENDED = click.option(
    "--unattended", is_flag=True, help="Never ask anything, even at a terminal; for scheduled runs."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="xl-datasync")
def cli() -> None:
    """Publish Excel sheets to Socrata open-data portals.

    New here? Start with “xl-datasync demo”: it shows everything on a practice portal on your own computer.
    """


def echo_json(document: object) -> None:
    """A document for machines."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def somebody(unattended: bool) -> bool:
    """Whether there is a person to ask."""
    return not unattended and sys.stdin.isatty()


@contextmanager
def person(unattended: bool) -> Iterator[Person]:
    """Whoever is at the terminal, with progress shown and Ctrl-C at a safe point."""
    there = somebody(unattended)
    with shown_progress() as watch, ctrl_c(StopSwitch(say_aside)) as stop:
        yield Person(ask_sign_in if there else None, ask_to_go_on if there else None, watch, stop)


def show(work: Callable[[], Report | None], as_json: bool, declined: str = "") -> int:
    """Do the work and show its report, or why there is none.

    :param declined: what is said where there is no report because a person said no.
    :returns: the exit code.
    """

    def shown() -> int:
        report = work()
        if report is None:
            say_aside(declined)
            return 130
        if as_json:
            echo_json(report_json(report))
        else:
            echo_lines(report_lines(report))
        return report.exit_code

    return answered(shown, as_json)


def answered(work: Callable[[], int], as_json: bool) -> int:
    """Do the work; where it fails and JSON is wanted, the error is JSON too.

    :returns: the exit code.
    """
    try:
        return work()
    except DataSyncError as error:
        if not as_json:
            raise
        echo_json(failure_json(error))
        return error.exit_code
