"""The command line: who asked, and how to show the answer. It holds no rule."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from xl_datasync import __version__
from xl_datasync.api import run_workbook
from xl_datasync.console import ask_sign_in, echo_lines, say, shown_progress
from xl_datasync.core.connection import Connection, SignIn, portal_address
from xl_datasync.core.errors import ConfigurationError, DataSyncError, SignInError, WorkbookError
from xl_datasync.core.problems import any_blocks, any_warns
from xl_datasync.core.report_json import failure_json, report_json
from xl_datasync.core.report_text import report_lines
from xl_datasync.run import Aim

OTHER_WORKBOOKS = frozenset({".xls", ".xlsm", ".xlsb", ".csv", ".ods"})
WORKBOOK = click.argument("workbook", type=click.Path(path_type=Path, dir_okay=False))
JOB = click.option(
    "--job",
    "jobs",
    multiple=True,
    metavar="NAME",
    help="Only this job, whatever its “Run?” says; may be repeated.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
UNATTENDED = click.option(
    "--unattended", is_flag=True, help="Never ask anything, even at a terminal; for scheduled runs."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="xl-datasync")
def cli() -> None:
    """Publish Excel sheets to Socrata open-data portals.

    New here? Start with “xl-datasync demo”: it shows everything on a practice portal on your own computer.
    """


def _run(workbook: Path, jobs: Sequence[str], aim: Aim, as_json: bool, unattended: bool) -> int:
    ask = None if unattended or not sys.stdin.isatty() else ask_sign_in
    try:
        with shown_progress() as watch:
            report = run_workbook(workbook, jobs, aim, ask, watch)
    except DataSyncError as error:
        if not as_json:
            raise
        _echo_json(failure_json(error))
        return error.exit_code
    if as_json:
        _echo_json(report_json(report))
    else:
        echo_lines(report_lines(report))
    return report.exit_code


def _echo_json(document: object) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@cli.command()
@WORKBOOK
@JOB
@click.option("--dry-run", is_flag=True, help="Work everything out, say what would change, send nothing.")
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


@cli.command("map")
@WORKBOOK
@JOB
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False),
              help="Also write the rows for the Column map sheet to this file, to be pasted there.")  # fmt: skip
@AS_JSON
def map_columns(workbook: Path, jobs: Sequence[str], csv_file: Path | None, as_json: bool) -> int:
    """Show which column of each job's sheet goes to which column of its dataset."""
    from xl_datasync.look.mappings import map_lines, map_rows, mappings, write_rows

    found = mappings(workbook, jobs)
    if as_json:
        _echo_json(map_rows(found))
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

    if bool(job) == bool(sheet):
        raise click.UsageError("Give one of --job NAME and --sheet NAME.")
    result = export_job(workbook, job, output) if job else export_sheet(workbook, sheet or "", output)
    echo_lines(result.lines())
    return result.exit_code


@cli.command()
@click.argument("connection", required=False)
@click.option(
    "--workbook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The job workbook that names the connection.",
)
@click.option("--portal", metavar="ADDRESS", help="The portal's address, where there is no workbook yet.")
@click.option("--user", metavar="KEY-ID", help="API key ID or user name.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the secret from standard input instead of asking.")
def login(connection: str | None, workbook: Path | None, portal: str | None, user: str | None, from_stdin: bool) -> int:
    """Sign in to a portal; the secret is kept in this computer's password vault."""
    from xl_datasync.credentials import save_sign_in, vault_name
    from xl_datasync.portal import Portal

    target = _connection(connection, workbook, portal)
    vault = vault_name()
    if from_stdin:
        sign_in = SignIn(user or target.user, sys.stdin.readline().rstrip("\r\n"), "standard input")
    elif sys.stdin.isatty():
        sign_in = ask_sign_in(target, user)
    else:
        raise SignInError("There is nobody to ask for the secret.", remedy="Run it at a terminal, or use --stdin.")
    if not sign_in.user or not sign_in.secret:
        raise SignInError(
            "The key ID or the secret is blank.", remedy="Give both; --user names the key ID.", unaffected=""
        )
    with Portal(target.address, sign_in) as opened:
        who = opened.who_am_i()
    save_sign_in(target, sign_in)
    say(f"Signed in to {target.host} as {who.display_name}. The secret is saved in {vault}.")
    return 0


@cli.command()
@click.argument("connection", required=False)
@click.option(
    "--workbook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The job workbook that names the connection.",
)
@click.option("--portal", metavar="ADDRESS", help="The portal's address, where there is no workbook.")
def logout(connection: str | None, workbook: Path | None, portal: str | None) -> int:
    """Remove a portal's secret from this computer's password vault."""
    from xl_datasync.credentials import forget_sign_in

    target = _connection(connection, workbook, portal)
    removed = forget_sign_in(target)
    say(f"The secret for {target.host} was removed." if removed else f"No secret for {target.host} was saved here.")
    return 0


def _connection(name: str | None, workbook: Path | None, portal: str | None) -> Connection:
    """The connection that login and logout mean."""
    from xl_datasync.look.connections import find_connection

    if workbook:
        return find_connection(workbook, name)
    if portal:
        address = portal_address(portal, "--portal")
        return Connection(name or address.split("//")[1], address)
    raise click.UsageError("Say which portal: --workbook FILE (and the connection's name), or --portal ADDRESS.")


@cli.command()
@WORKBOOK
@AS_JSON
def connections(workbook: Path, as_json: bool) -> int:
    """Test each connection: who am I, and may I change the jobs' datasets?"""
    from xl_datasync.look.connections import connection_lines, connection_rows, test_connections

    found = test_connections(workbook)
    if as_json:
        _echo_json(connection_rows(found))
    else:
        echo_lines(connection_lines(found))
    return max((test.exit_code for test in found), default=0)


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
        raise WorkbookError(what, where=str(target), unaffected="") from None
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
    """Show it all: every method on real data, and a faulty sheet refused, on a practice portal."""
    from xl_datasync.demo import run_demo

    return run_demo(folder, say)
