"""Entrance: runs the command line and turns what it raises into words and exit codes."""

from __future__ import annotations

import io
import logging
import sys

import click

from xl_datasync.cli import cli
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.report_text import failure_lines
from xl_datasync.logs import start_log

log = logging.getLogger("xl_datasync")  # run as a module, this one is called __main__


def main() -> None:
    """Run and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A report in a file is UTF-8 on every system; no character may make a report fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command.

    :returns: its exit code.
    """
    log_file = start_log()
    try:
        return int(cli.main(arguments, prog_name="xl-datasync", standalone_mode=False) or 0)
    except DataSyncError as error:
        log.warning("%s", error.message, exc_info=True)
        for line in failure_lines(error):
            click.echo(line, err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    except Exception:  # the last resort: a person reads one sentence, the log has the rest
        log.exception("unexpected")
        click.echo(f"Something unexpected went wrong. What happened is written in {log_file}.", err=True)
        return 1


if __name__ == "__main__":
    main()
