"""Set aside, mended, sent alone: every method, every kind of cell, and the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from tests.set_aside.rows import (
    AGAIN,
    ASIDE,
    FIRST,
    KINDS,
    METHODS,
    WEATHER,
    Make,
    aside_file,
    day,
    kept,
    mend,
    only,
    rows,
    said,
    with_kinds,
)
from tests.workbooks import job
from xl_datasync.api import run_workbook
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.report import State
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.usefixtures("signed_in")


@pytest.mark.parametrize("case", METHODS)
def test_mended_and_run_again(case: str, make_workbook: Make, portal: PracticePortal) -> None:
    """Set aside, mended, sent alone: the dataset is as after one run with a sound sheet; nothing is left to send."""
    dataset, method, header, sound, place, cell, value = METHODS[case]
    jobs = [job("Job", dataset, method, **ASIDE)]
    wanted_path = make_workbook(jobs, {"Data": [header, *sound]}, "sound.xlsx")
    assert only(run_workbook(wanted_path)).exit_code == 0
    wanted = rows(portal, dataset)
    portal.reset()
    column = openpyxl.utils.cell.coordinate_from_string(cell)[0]
    faulty = list(sound[place])
    faulty[openpyxl.utils.column_index_from_string(column) - 1] = "no idea"
    sheet = [header, *(faulty if number == place else row for number, row in enumerate(sound))]
    path = make_workbook(jobs, {"Data": sheet})

    first = only(run_workbook(path))
    assert (first.state, first.exit_code, first.plan.set_aside) == (State.DONE_WITH_WARNINGS, 3, 1)
    assert first.verification.agrees
    assert kept(path)[0][len(header)] == place + 2

    mend(path, {cell: value})
    second = only(run_workbook(path, which=AGAIN))
    assert (second.exit_code, second.plan.rows) == (0, 1), said(second)
    assert rows(portal, dataset) == wanted
    assert not aside_file(path).exists()
    with pytest.raises(ConfigurationError, match="No rows of the job “Job” are set aside"):
        run_workbook(path, which=AGAIN)


def test_every_kind_of_cell(make_workbook: Make, portal: PracticePortal) -> None:
    """What was in the cells of a row that was set aside is what is sent once its fault is mended."""
    jobs = [job("Job", "kind-kind", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [("Text",)]})
    with_kinds(path, portal, 1, "x")
    assert only(run_workbook(path)).plan.set_aside == 1
    book = openpyxl.load_workbook(aside_file(path))
    column = openpyxl.utils.get_column_letter(len(KINDS) + 1)
    mend(path, {f"{column}{FIRST}": 1})
    result = only(run_workbook(path, which=AGAIN))
    assert result.state in (State.DONE, State.DONE_WITH_WARNINGS), said(result)
    first, second = portal.rows("kind-kind")
    assert first == second
    assert first["f_13"]["url"] == "https://example.org/a?b=1#c"
    book.close()


def test_the_command_line(make_workbook: Make, portal: PracticePortal, command: Callable[..., Any]) -> None:
    """“run --set-aside” and “run --only-set-aside” do what the functions do, and say so."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows")], {"Data": [WEATHER, day(1), day(2, "wet")]})
    done = command("run", str(path), "--set-aside", "--unattended")
    assert (done.returncode, "1 row set aside" in done.stdout) == (3, True), done
    mend(path, {"B5": 2})
    looked = command("run", str(path), "--only-set-aside", "--dry-run", "--unattended")
    assert (looked.returncode, aside_file(path).exists()) == (0, True), looked
    done = command("run", str(path), "--only-set-aside", "--unattended")
    assert (done.returncode, "1 row added." in done.stdout) == (0, True), done
    done = command("run", str(path), "--only-set-aside", "--unattended")
    assert (done.returncode, "No rows of the job “Job” are set aside" in done.stderr) == (2, True), done
