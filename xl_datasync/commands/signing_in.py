"""Keeping a portal's secret in the password vault, and removing it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xl_datasync.commands.common import cli
from xl_datasync.console import ask_sign_in, say
from xl_datasync.core.connection import Connection, SignIn, portal_address
from xl_datasync.core.errors import SignInError

CONNECTION = click.argument("connection", required=False)
NAMED_IN = click.option(
    "--workbook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The job workbook that names the connection.",
)
PORTAL = click.option("--portal", metavar="ADDRESS", help="The portal's address, where there is no workbook.")


@cli.command()
@CONNECTION
@NAMED_IN
@PORTAL
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
@CONNECTION
@NAMED_IN
@PORTAL
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
