"""Running jobs, copying datasets, and taking both back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from xl_datasync.api import ALL_ROWS, WhichRows, run_workbook, undo_run
from xl_datasync.commands.common import (
    AS_JSON,
    DRY_RUN,
    JOB,
    MAYBE_WORKBOOK,
    UNATTENDED,
    WORKBOOK,
    cli,
    person,
    show,
    somebody,
)
from xl_datasync.console import ask_to_go_on, say, say_aside, wants
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim, Confirm
from xl_datasync.taking_back import look_then_undo


def _run(
    workbook: Path,
    jobs: Sequence[str],
    aim: Aim,
    as_json: bool,
    unattended: bool,
    *,
    which: WhichRows = ALL_ROWS,
    in_excel: bool = False,
) -> int:
    if in_excel:
        from xl_datasync.excel_run import run_in_excel as work
    else:
        work = run_workbook
    with person(unattended) as there:
        return show(lambda: work(workbook, jobs, aim, there, which), as_json)


@cli.command()
@WORKBOOK
@JOB
@DRY_RUN
@AS_JSON
@UNATTENDED
@click.option(
    "--excel",
    "in_excel",
    is_flag=True,
    help="Open the workbook in a hidden Excel first: refresh, recalculate; write states back, save.",
)
@click.option(
    "--set-aside", is_flag=True, help="Leave rows with faults out and keep them apart, whatever the jobs say."
)
@click.option(
    "--only-set-aside", is_flag=True, help="Publish only the rows that an earlier run has set aside, once mended."
)
def run(
    workbook: Path, jobs: Sequence[str], dry_run: bool, as_json: bool, unattended: bool, in_excel: bool,
    set_aside: bool, only_set_aside: bool,
) -> int:  # fmt: skip
    """Run the jobs of a job workbook."""
    aim, which = Aim.DRY_RUN if dry_run else Aim.PUBLISH, WhichRows(set_aside, only_set_aside)
    return _run(workbook, jobs, aim, as_json, unattended, which=which, in_excel=in_excel)


@cli.command()
@WORKBOOK
@JOB
@AS_JSON
def check(workbook: Path, jobs: Sequence[str], as_json: bool) -> int:
    """Check the jobs' sheets against their datasets; send nothing."""
    return _run(workbook, jobs, Aim.CHECK, as_json, unattended=True)


@cli.command()
@MAYBE_WORKBOOK
@click.option("--job", metavar="NAME", help="The job whose latest run is undone.")
@click.option(
    "--run", "run_id", metavar="ID", help="The run, as “xl-datasync history” shows it; by default the latest."
)
@click.option("--yes", is_flag=True, help="Do not ask; for scripts. Guards are not passed by it.")
@DRY_RUN
@AS_JSON
@UNATTENDED
def undo(
    workbook: Path | None, job: str | None, run_id: str | None, yes: bool, dry_run: bool, as_json: bool,
    unattended: bool,
) -> int:  # fmt: skip
    """Take back what a run did: show it, ask, do it, verify it. An undo can be undone in the same way.

    Without a WORKBOOK, copies made with “xl-datasync port” are meant.
    """
    with person(unattended) as there:

        def work(job: str | None, run_id: str | None, aim: Aim, confirm: Confirm | None) -> Report:
            return undo_run(workbook, job, run_id, aim, replace(there, confirm=confirm))

        if yes or dry_run:
            return show(lambda: work(job, run_id, Aim.CHECK if dry_run else Aim.PUBLISH, there.confirm), as_json)

        def agree(looked: Report, guards: Sequence[Problem]) -> bool:
            if not somebody(unattended):
                raise ConfigurationError(
                    "There is nobody to ask.",
                    unaffected="Nothing was undone.",
                    remedy="Look with --dry-run, then use --yes.",
                )
            for line in report_lines(looked):
                (say_aside if as_json else say)(line)
            return ask_to_go_on(looked.results[0].job, guards) if guards else wants("Undo it?")

        return show(lambda: look_then_undo(work, job, run_id, agree, ask_to_go_on), as_json, "Nothing was undone.")
