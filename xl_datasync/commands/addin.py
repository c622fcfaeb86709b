"""The add-in for Excel: building it, putting it in place, taking it away, and finding out what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xl_datasync.commands.common import AS_JSON, answered, cli, echo_json
from xl_datasync.console import echo_lines, say
from xl_datasync.core.errors import DataSyncError

if TYPE_CHECKING:
    from xl_datasync.addin.install import Goods


@cli.group()
def addin() -> None:
    """Put the tab “Open Data” into Excel, take it out again, or find out why it does not work."""


@addin.command()
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, such as xl_datasync.xlam.",
)
def build(output: Path) -> int:
    """Build the add-in from its text sources; the same sources give the same bytes."""
    from xl_datasync.addin.build import build_addin

    digest = build_addin(output)
    say(f"Wrote {output}.")
    say(f"SHA-256: {digest}")
    return 0


@addin.command()
def install() -> int:
    """Install the tab “Open Data” for the user who runs this, or bring it up to date. Excel has to be closed."""
    from xl_datasync.addin.asking import missing_packages
    from xl_datasync.addin.install import install as put_in_place
    from xl_datasync.addin.install import refuse_elsewhere
    from xl_datasync.addin.places import find_places
    from xl_datasync.addin.settings import KEEP_IT, choose_interpreter

    places = find_places()
    refuse_elsewhere(places)
    echo_lines(put_in_place(places, _goods(), choose_interpreter(places.system)).lines())
    missing = missing_packages()
    if missing:
        say(f"Not yet usable: {' and '.join(missing)} is missing. {KEEP_IT}")
    return 3 if missing else 0


@addin.command()
def uninstall() -> int:
    """Remove everything that “addin install” has put in place. Excel has to be closed."""
    from xl_datasync.addin.places import find_places
    from xl_datasync.addin.uninstall import uninstall as take_away

    removed = take_away(find_places())
    echo_lines(removed.lines())
    return removed.exit_code


@addin.command()
@click.option(
    "--workbook",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A job workbook: also see whether each of its portals can be reached.",
)
@AS_JSON
def doctor(workbook: Path | None, as_json: bool) -> int:
    """Look at everything the tab needs; name what is wrong and how to mend it. Changes nothing."""
    from xl_datasync.addin.checks import check_lines, check_rows, exit_code
    from xl_datasync.addin.doctor import examine
    from xl_datasync.addin.install import refuse_elsewhere
    from xl_datasync.addin.places import find_places
    from xl_datasync.addin.policies import WindowsRegistry, WrittenRegistry

    def look() -> int:
        places = find_places()
        refuse_elsewhere(places)
        checks = examine(places, _maybe_goods(), WrittenRegistry() if places.pretended else WindowsRegistry(), workbook)
        code = exit_code(checks)
        if as_json:
            echo_json({"exit_code": code, "system": places.system, "checks": check_rows(checks)})
        else:
            echo_lines(check_lines(checks))
        return code

    return answered(look, as_json)


def _goods() -> Goods:
    """What an install puts in place."""
    from xl_datasync.addin.build import APPLESCRIPT, built_addin
    from xl_datasync.addin.install import Goods

    with built_addin() as path:
        return Goods(path.read_bytes(), APPLESCRIPT.read_bytes())


def _maybe_goods() -> Goods | DataSyncError:
    try:
        return _goods()
    except DataSyncError as error:
        return error
