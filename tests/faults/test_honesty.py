"""The checks of the cells notice what they are there to notice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.faults.cells import Cell, all_cells
from tests.faults.honesty import complaints
from tests.faults.outcomes import Outcome

CELL = next(cell for cell in all_cells() if cell.key == "replace write-503-always")
WORDS = "data.city.example: The portal is busy. It is not known whether the portal carried it out. Run it again."
RIGHT = Outcome(
    key=CELL.key, words=WORDS, what="The portal is busy.", remedy="Run it again.", reference="abc", exit_code=5,
    state="as before", known=False, wrote=True, met=True,
)  # fmt: skip
SENT = WORDS.replace("It is not known whether the portal carried it out", "Nothing has been sent")


def test_what_is_right_passes() -> None:
    """The example is one that no check minds."""
    assert not list(complaints(CELL, RIGHT))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"met": False}, "not met"),
        ({"exit_code": 1}, "exit code 1, not 5"),
        ({"state": "neither: half of them"}, "but the dataset is neither"),
        ({"known": True}, "differ on whether"),
        ({"words": WORDS.replace("It is not known whether the portal carried it out. ", "")}, "nothing is said"),
        ({"words": SENT, "known": True}, "claims that nothing was sent"),
        ({"words": SENT, "known": True, "wrote": False, "state": "as asked"}, "but the dataset is as asked"),
        ({"words": WORDS + " An unknown error occurred."}, "says “unknown error”"),
        ({"words": WORDS + " (ReadTimeoutError)"}, "says “ReadTimeoutError”"),
        ({"what": "The portal answered 503."}, "HTTP status"),
        ({"remedy": " "}, "no remedy"),
        ({"reference": ""}, "no reference"),
    ],
)
def test_what_is_wrong_does_not(changes: dict[str, Any], complaint: str) -> None:
    """Each flaw alone is found."""
    assert any(complaint in found for found in complaints(CELL, replace(RIGHT, **changes)))


def test_a_half_written_dataset_is_never_allowed() -> None:
    """Whatever the words, rows that are neither as before nor as asked are found."""
    for cell in all_cells():
        assert isinstance(cell, Cell)
        assert list(complaints(cell, replace(RIGHT, state="neither: half of them")))
