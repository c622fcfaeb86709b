"""Copying a dataset without a workbook."""

from __future__ import annotations

from collections.abc import Mapping

import click

from xl_datasync.api import port_dataset
from xl_datasync.commands.common import AS_JSON, DRY_RUN, UNATTENDED, cli, person, show
from xl_datasync.core.connection import Connection, portal_address
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.delivery import Method
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import DEFAULT_CHANGE_LIMIT, PortJob, What
from xl_datasync.job_run import Aim

COPIES = {"columns": What.COLUMNS, "rows": What.ROWS, "both": What.BOTH}
METHODS = {"replace": Method.REPLACE, "upsert": Method.UPSERT}


@cli.command()
@click.argument("source", metavar="FROM")
@click.argument("destination", metavar="TO")
@click.option(
    "--copy", "what", type=click.Choice(list(COPIES)), required=True,
    help="columns, or both columns and rows: a new dataset is made at TO. rows: they go to the dataset TO.",
)  # fmt: skip
@click.option("--method", type=click.Choice(list(METHODS)),
              help="With --copy rows: how they change the dataset TO; by default replace.")  # fmt: skip
@click.option("--limit", type=click.FloatRange(0, 100), metavar="PERCENT",
              help="With --copy rows: stop if rows shrink by more than this; by default 20.")  # fmt: skip
@click.option("--title", help="Title of the new dataset; by default the source's.")
@click.option("--draft", is_flag=True, help="Leave the new dataset as a draft that only its editors see.")
@DRY_RUN
@AS_JSON
@UNATTENDED
def port(
    source: str, destination: str, what: str, method: str | None, limit: float | None, title: str | None, draft: bool,
    dry_run: bool, as_json: bool, unattended: bool,
) -> int:  # fmt: skip
    """Copy a dataset: FROM is its link; TO a portal's address, or the link of a dataset.

    Sign in to each portal once with “xl-datasync login --portal ADDRESS”.
    """
    copied = COPIES[what]
    for_rows, for_new = {"--method": method, "--limit": limit}, {"--title": title, "--draft": draft or None}
    _refuse(for_rows if copied.makes_dataset else for_new, what)
    from_portal, source_id = _dataset(source, "FROM")
    to_portal, dataset_id = (_new(destination), "") if copied.makes_dataset else _dataset(destination, "TO")
    job = PortJob(
        name=f"Copy of {source_id} to {dataset_id or to_portal.host}",
        connection=to_portal,
        source_connection=from_portal,
        source_id=source_id,
        what=copied,
        dataset_id=dataset_id,
        method=METHODS[method or "replace"],
        title=" ".join((title or "").split()),
        publish=not draft,
        change_limit=DEFAULT_CHANGE_LIMIT if limit is None else limit,
    )
    with person(unattended) as there:
        return show(lambda: port_dataset(job, Aim.DRY_RUN if dry_run else Aim.PUBLISH, there), as_json)


def _refuse(options: Mapping[str, object], what: str) -> None:
    """Options that would be ignored are a mistake."""
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise click.UsageError(f"{', '.join(given)} cannot be used with --copy {what}.")


def _new(destination: str) -> Connection:
    """The portal on which a dataset is to be made."""
    try:
        _, dataset_id = parse_dataset_link(destination)
    except ConfigurationError:
        return _portal(destination, "TO")
    what = f"TO is the link of a dataset ({dataset_id}), but a new one is to be made."
    raise click.UsageError(f"{what} Give the portal's address, or use --copy rows.")


def _dataset(link: str, where: str) -> tuple[Connection, str]:
    """The portal and the dataset that a link leads to."""
    try:
        host, dataset_id = parse_dataset_link(link, where)
    except ConfigurationError:
        host, dataset_id = None, ""
    if host is None:
        raise click.UsageError(f"{where} must be a dataset's whole link, such as https://data.example.gov/d/abcd-1234.")
    scheme = "http" if link.strip().casefold().startswith("http:") else "https"
    return _portal(f"{scheme}://{host}", where), dataset_id


def _portal(address: str, where: str) -> Connection:
    tidy = portal_address(address, where)
    return Connection(tidy.split("//")[1], tidy)
