"""Running jobs, copying datasets, and taking both back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from xl_datasync.api import Person, run_workbook, undo_run
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
from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.jobs import AnyJob, UndoJob
from xl_datasync.core.problems import Problem
from xl_datasync.core.report import Report, State
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim, Confirm


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

        def work(aim: Aim, who: Person = there) -> Report:
            return undo_run(workbook, job, run_id, aim, who)

        if yes or dry_run:
            return show(lambda: work(Aim.CHECK if dry_run else Aim.PUBLISH), as_json)
        looked = work(Aim.CHECK)
        if any(result.state is State.FAILED or _forbidden(result.problems) for result in looked.results):
            # A backup that cannot be used is written down, like any undo that failed; a dry run sends nothing.
            spoilt = any(isinstance(result.error, WorkbookError) for result in looked.results)
            return show(lambda: work(Aim.DRY_RUN) if spoilt else looked, as_json)
        if not somebody(unattended):
            return show(_nobody, as_json)
        # What was shown is what is undone, whatever other runs have ended meanwhile.
        (shown,) = looked.results
        run_id, job = shown.job.run if isinstance(shown.job, UndoJob) else run_id, shown.job.name
        guards = _shown(looked, aside=as_json)
        if not (_typed(looked, guards) if guards else wants("Undo it?")):
            say_aside("Nothing was undone.")
            return 130
        return show(lambda: work(Aim.PUBLISH, replace(there, confirm=_agreed(guards))), as_json)


def _forbidden(problems: Sequence[Problem]) -> bool:
    """Whether something stands in the way that nobody may pass."""
    return any(problem.blocks and not problem.confirm for problem in problems)


def _nobody() -> Report:
    """:raises ConfigurationError: because nobody is there to ask."""
    raise ConfigurationError(
        "There is nobody to ask.", unaffected="Nothing was undone.", remedy="Look with --dry-run, then use --yes."
    )


def _shown(looked: Report, *, aside: bool) -> list[Problem]:
    """Show what would be done.

    :returns: the guards in its way, which are shown with the question.
    """
    guards = [problem for result in looked.results for problem in result.problems if problem.blocks]
    results = tuple(
        replace(result, state=State.CHECKED, problems=tuple(p for p in result.problems if not p.blocks))
        for result in looked.results
    )
    for line in report_lines(replace(looked, results=results)):
        (say_aside if aside else say)(line)
    return guards


def _typed(looked: Report, guards: Sequence[Problem]) -> bool:
    """The question where a guard is to be passed."""
    return ask_to_go_on(looked.results[0].job, guards)


def _agreed(guards: Sequence[Problem]) -> Confirm:
    """Asks no second time about what was agreed to already."""

    def confirm(job: AnyJob, problems: Sequence[Problem]) -> bool:
        new = [problem for problem in problems if problem not in guards]
        return not new or ask_to_go_on(job, new)

    return confirm
