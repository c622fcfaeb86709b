"""Looking without publishing: mappings, exports, connections, the history of runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from xl_datasync.commands.common import AS_JSON, JOB, MAYBE_WORKBOOK, WORKBOOK, Day, cli, echo_json
from xl_datasync.console import echo_lines, say
from xl_datasync.core.problems import any_blocks, any_warns


@cli.command("map")
@WORKBOOK
@JOB
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Also write the rows for the Column map sheet to this file, to be pasted there.")  # fmt: skip
@AS_JSON
def map_columns(workbook: Path, jobs: Sequence[str], csv_file: Path | None, as_json: bool) -> int:
    """Show which column of each job's sheet goes to which column of its dataset."""
    from xl_datasync.look.mappings import map_lines, map_rows, mappings, write_rows
    from xl_datasync.workbook.closed import open_workbook

    with open_workbook(workbook) as book:
        found = mappings(book, jobs)
    if as_json:
        echo_json(map_rows(found))
    else:
        echo_lines(map_lines(found))
    if csv_file:
        rows = map_rows(found)
        write_rows(csv_file, rows, [workbook])
        say(f"Wrote {csv_file}; paste its rows below the headers of the Column map sheet.")
    problems = [problem for job in found for problem in job.problems]
    return 1 if any_blocks(problems) else 3 if any_warns(problems) else 0


@cli.command()
@WORKBOOK
@click.option("--job", "job", metavar="NAME", help="The CSV that this job would send.")
@click.option("--sheet", metavar="NAME", help="A sheet, table or range as it stands, without a job.")
@click.option("--output", type=click.Path(path_type=Path), help="File to write; by default beside the workbook.")
def export(workbook: Path, job: str | None, sheet: str | None, output: Path | None) -> int:
    """Write a sheet as CSV: as a job would send it, or as it stands."""
    from xl_datasync.look.exports import export_job, export_sheet
    from xl_datasync.workbook.closed import open_workbook

    if bool(job) == bool(sheet):
        raise click.UsageError("Give one of --job NAME and --sheet NAME.")
    with open_workbook(workbook) as book:
        result = export_job(book, job, output) if job else export_sheet(book, sheet or "", output)
    echo_lines(result.lines())
    return result.exit_code


@cli.command()
@WORKBOOK
@AS_JSON
def connections(workbook: Path, as_json: bool) -> int:
    """Test each connection: who am I, and may I change the jobs' datasets?"""
    from xl_datasync.look.connections import connection_lines, connection_rows, test_connections

    found = test_connections(workbook)
    if as_json:
        echo_json(connection_rows(found))
    else:
        echo_lines(connection_lines(found))
    return max((test.exit_code for test in found), default=0)


@cli.command()
@MAYBE_WORKBOOK
@click.option("--job", metavar="NAME", help="Only runs of this job.")
@click.option("--dataset", metavar="ID", help="Only runs at this dataset: its ID, part of its name, or its link.")
@click.option("--changes", is_flag=True, help="Only runs that changed something, or may have.")
@click.option("--failed", is_flag=True, help="Only runs that failed, were not sent, or were cut off.")
@click.option("--since", type=Day(["%Y-%m-%d"]), metavar="DAY", help="Only runs since this day, YYYY-MM-DD.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The latest so many.")
@AS_JSON
def history(
    workbook: Path | None, job: str | None, dataset: str | None, changes: bool, failed: bool,
    since: datetime | None, limit: int, as_json: bool,
) -> int:  # fmt: skip
    """List the runs of a job workbook: when, who, what, and what became of it.

    Without a WORKBOOK, copies made with “xl-datasync port” are listed.
    """
    from xl_datasync.look.runs import Wanted, found_runs, run_lines, run_rows

    listed, unreadable = found_runs(workbook, Wanted(job, dataset, failed, since, limit, changes))
    if as_json:
        echo_json(run_rows(listed))
    else:
        echo_lines(run_lines(listed, unreadable))
    return 0
