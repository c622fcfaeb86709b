"""The page for readers: docs/faults.md, printed from what a run of all cells has found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.faults.cells import EXPIRED, Cell, all_cells
from tests.faults.outcomes import Outcome
from tests.faults.steps import STEPS, Step
from xl_datasync.core.report import EXIT_CODES
from xl_datasync.practice_portal.faults import FAULTS

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
MEANINGS = {**FAULTS, EXPIRED: "The sign-in expires in the middle: 401 for every request from then on."}
UNKNOWN = {
    "upsert second": "part 1 of 3 done; part 2 not known",
    "port make": "made or not: not known",
    "port details": "a draft without rows",
    "port fill": "a draft; with the rows or without: not known",
    "port publish": "with the rows; published or a draft: not known",
    "remove": "there or removed: not known",
}
INTRODUCTION = """\
# What you read when something goes wrong

Every fault that a portal, or the way to it, can have, at each step of a job. This page is printed by the tests that hold
it: `python -m tests.faults` runs each job against the [practice portal](practice-portal.md), makes the fault happen, writes
down what was said, and compares the dataset with what it was before and what was asked for. A test fails where the page says
anything else.

- **Fault**: as the practice portal calls it; the last section says what each one is. Where a fault may pass and a
  repeat does no harm, the program tries again by itself: five attempts in all, with growing pauses. *Goes away* is what
  follows where that helped: mostly, the job is done as if nothing had been.
- **What you read**: the words of the report, for a dataset “Building permits” (abcd-1234) and, for copies, its source “Permits
  of the county” (efgh-5678) on data.county.example. An error begins with the address of the portal and ends with a
  “Reference for support”; both are left out here, but for the source's address.
- **Exit**: the command's exit code. {codes}.
- **Dataset**: what became of it. *As before* and *as asked* were found by comparing its rows. “Not known” stands where
  the program cannot know; rows are never doubled and never half there: it is the one or the other.
"""


def page(outcomes: Mapping[str, Outcome]) -> str:
    """The whole page."""
    codes = "; ".join(f"{code}: {words}" for code, words in EXIT_CODES.items() if code not in {2, 130})
    parts = [INTRODUCTION.format(codes=codes)]
    parts += ["\n".join(_section(step, outcomes)) for step in STEPS if step.shown]
    parts.append("\n".join(["## The faults", "", "| Fault | What happens |", "|---|---|", *_meanings()]) + "\n")
    return "\n".join(parts)


def _section(step: Step, outcomes: Mapping[str, Outcome]) -> Iterator[str]:
    yield f"## {step.title}"
    yield ""
    if step.intro:
        yield step.intro
        yield ""
    yield "| Fault | What you read | Exit | Dataset |"
    yield "|---|---|---|---|"
    groups: dict[tuple[str, int, str], list[Cell]] = {}
    for cell in all_cells():
        if cell.step.key == step.key:
            outcome = outcomes[cell.key]
            groups.setdefault((_words(outcome), outcome.exit_code, _claim(step, outcome)), []).append(cell)
    # What goes well comes first: most faults do not last.
    for (words, code, claim), cells in sorted(groups.items(), key=lambda item: (item[0][1] != 0, item[0][1] != 3)):
        yield f"| {_names(cells)} | {words} | {code} | {claim} |"
    yield ""


def _words(outcome: Outcome) -> str:
    words = re.sub(r"^data\.city\.example: | \(Reference for support: …\)", "", outcome.words)
    return words.replace("|", "\\|").replace("<", "&lt;")


def _claim(step: Step, outcome: Outcome) -> str:
    return outcome.state if outcome.known else UNKNOWN.get(step.key, "as before or as asked: not known")


def _names(cells: list[Cell]) -> str:
    lasting = {cell.fault for cell in cells if not cell.once}
    passing = [cell.fault for cell in cells if cell.once and cell.fault not in lasting]
    named = [", ".join(f"`{fault}`" for fault in dict.fromkeys(cell.fault for cell in cells) if fault in lasting)]
    if passing:
        named.append("goes away: " + ", ".join(f"`{fault}`" for fault in passing))
    return "; ".join(filter(None, named))


def _meanings() -> Iterator[str]:
    for fault, meaning in MEANINGS.items():
        yield f"| `{fault}` | {meaning} |"
