"""Running jobs, copying datasets, and taking both back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from xl_datasync.api import run_workbook, undo_run
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
from xl_datasync.console import echo_lines, wants
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim


def _run(workbook: Path, jobs: Sequence[str], aim: Aim, as_json: bool, unattended: bool) -> int:
    with person(unattended) as there:
        return show(lambda: run_workbook(workbook, jobs, aim, there), as_json)


@cli.command()
@WORKBOOK
@JOB
@DRY_RUN
@AS_JSON
@UNATTENDED
def run(workbook: Path, jobs: Sequence[str], dry_run: bool, as_json: bool, unattended: bool) -> int:
    """Run the jobs of a job workbook."""
    return _run(workbook, jobs, Aim.DRY_RUN if dry_run else Aim.PUBLISH, as_json, unattended)


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
        looked = undo_run(workbook, job, run_id, Aim.CHECK, there)
        unclear = any(problem.blocks and not problem.confirm for r in looked.results for problem in r.problems)
        stopped = unclear or any(result.state is State.FAILED for result in looked.results)
        if dry_run or stopped:
            return show(lambda: looked, as_json)
        if not yes:
            if not somebody(unattended):
                raise click.UsageError("There is nobody to ask. Look at it with --dry-run, then use --yes.")
            echo_lines(report_lines(looked))
            if not wants("Undo it?"):
                return 130
        return show(lambda: undo_run(workbook, job, run_id, Aim.PUBLISH, there), as_json)
