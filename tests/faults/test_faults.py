"""Every fault at every step: what is said, the exit code, the dataset; and the page that tells of them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.faults.cells import EXPIRED, Cell, all_cells
from tests.faults.honesty import complaints
from tests.faults.outcomes import Outcome, run_all
from tests.faults.page import PAGE, page
from xl_datasync.core.report import EXIT_CODES
from xl_datasync.practice_portal.faults import FAULTS

CELLS = tuple(all_cells())


@pytest.fixture(scope="module")
def outcomes() -> Mapping[str, Outcome]:
    """What came of all cells: about a thousand jobs, run side by side."""
    return run_all()


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.key)
def test_cell(cell: Cell, outcomes: Mapping[str, Outcome]) -> None:
    """The words claim what is so and nothing else, say what to do, and the exit code is the right one."""
    outcome = outcomes[cell.key]
    assert not list(complaints(cell, outcome)), outcome


def test_every_fault_is_met() -> None:
    """No fault of the practice portal is left out, and none is met twice in the same way."""
    assert {cell.fault for cell in CELLS} == {*FAULTS, EXPIRED}
    assert len({cell.key for cell in CELLS}) == len(CELLS)


def test_every_exit_code_is_documented(outcomes: Mapping[str, Outcome]) -> None:
    """A portal's faults lead to documented codes; never to that of a mistake in the workbook, or of a stop."""
    assert {outcome.exit_code for outcome in outcomes.values()} == EXIT_CODES.keys() - {2, 130}


def test_the_page_says_what_the_run_found(outcomes: Mapping[str, Outcome]) -> None:
    """docs/faults.md is what this run prints; ``python -m tests.faults`` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page(outcomes)
