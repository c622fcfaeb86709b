"""Running jobs, copying datasets, and taking both back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from xl_datasync.api import port_dataset, run_workbook, undo_run
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
from xl_datasync.core.connection import Connection, portal_address
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import DEFAULT_CHANGE_LIMIT, PortJob, What
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim

COPIES = {"columns": What.COLUMNS, "rows": What.ROWS, "both": What.BOTH}
METHODS = {"replace": Method.REPLACE, "upsert": Method.UPSERT}


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
@click.argument("source", metavar="FROM")
@click.argument("destination", metavar="TO")
@click.option(
    "--copy", "what", type=click.Choice(list(COPIES)), required=True,
    help="columns, or both columns and rows: a new dataset is made at TO. rows: they go to the dataset TO.",
)  # fmt: skip
@click.option("--method", type=click.Choice(list(METHODS)), default="replace", show_default=True,
              help="How rows change the dataset TO.")  # fmt: skip
@click.option("--title", default="", help="Title of the new dataset; by default the source's.")
@click.option("--draft", is_flag=True, help="Leave the new dataset as a draft that only its editors see.")
@click.option("--limit", type=click.FloatRange(0, 100), default=DEFAULT_CHANGE_LIMIT, show_default=True,
              help="Stop if rows shrink by more than this many percent.")  # fmt: skip
@DRY_RUN
@AS_JSON
@UNATTENDED
def port(
    source: str, destination: str, what: str, method: str, title: str, draft: bool, limit: float, dry_run: bool,
    as_json: bool, unattended: bool,
) -> int:  # fmt: skip
    """Copy a dataset: FROM is its link; TO a portal's address, or the link of a dataset.

    Sign in to each portal once with “xl-datasync login --portal ADDRESS”.
    """
    copied = COPIES[what]
    from_portal, source_id = _dataset(source, "FROM")
    to_portal, dataset_id = _dataset(destination, "TO") if not copied.makes_dataset else (_portal(destination), "")
    job = PortJob(
        name=f"Copy of {source_id}", connection=to_portal, source_connection=from_portal, source_id=source_id,
        what=copied, dataset_id=dataset_id, method=METHODS[method], title=title, publish=not draft,
        change_limit=limit,
    )  # fmt: skip
    with person(unattended) as there:
        return show(lambda: port_dataset(job, Aim.DRY_RUN if dry_run else Aim.PUBLISH, there), as_json)


def _dataset(link: str, where: str) -> tuple[Connection, str]:
    """The portal and the dataset that a link leads to."""
    host, dataset_id = parse_dataset_link(link, where)
    if host is None:
        raise click.UsageError(f"{where} is the dataset's whole link, such as https://data.example.gov/d/abcd-1234.")
    scheme = "http" if link.strip().casefold().startswith("http:") else "https"
    return _portal(f"{scheme}://{host}", where), dataset_id


def _portal(address: str, where: str = "TO") -> Connection:
    tidy = portal_address(address, where)
    return Connection(tidy.split("//")[1], tidy)


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
