"""What the words of a cell may claim, and what must have come of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.faults.cells import (
    ALWAYS_ONLY,
    HARMLESS,
    LASTING,
    OF_FIRST_WRITES,
    SIGN_IN,
    UNTOUCHED,
    WITHOUT_WORDS,
    Cell,
)
from tests.faults.outcomes import Outcome

BEFORE, ASKED, NONE, EMPTY, FILLED = (
    "as before", "as asked", "no dataset made", "a draft without rows", "a draft with the rows",
)  # fmt: skip
PUBLISHED, REMOVED = "published with the rows", "removed"
# What the words claim, and the states of the dataset in which that is true.
CLAIMS: tuple[tuple[str, set[str]], ...] = (
    (r"Nothing has been sent\.", {BEFORE, NONE}),
    (r"No row was changed\.", {BEFORE}),
    (r"No dataset was made\.", {NONE}),
    (r"(It was not|Nothing was) deleted\.", {BEFORE}),
    (r"Part 1 of 3 is stored\.(?! It is not known)", {"part 1 of 3 done"}),
    (r"Part 1 of 3 is stored\. It is not known whether part 2 was\.", {"part 1 of 3 done", "part 2 of 3 done"}),
    (r"It is not known whether (the portal carried it out|the rows were added)\.", {BEFORE, ASKED}),
    (r"It is not known whether the dataset “[^”]+” was made\.", {NONE, EMPTY}),
    (r"It is not known whether “[^”]+” \(abcd-1234\) was deleted\.", {BEFORE, REMOVED}),
    (r"was made; it is not published\.", {EMPTY}),
    (r"was made and holds the 5 rows; it is not published\.", {FILLED}),
    (r"was made; how far it has come is not known\.", {EMPTY, FILLED}),
    (r"was made and holds the 5 rows; whether it is published is not known\.", {FILLED, PUBLISHED}),
    (r"It is published\.", {PUBLISHED}),
    (r"[05] rows now make up the dataset|has the 4 rows again that it had", {ASKED, PUBLISHED}),
    (r"\d rows? (added|updated|removed|sent)", {ASKED, PUBLISHED}),
    (r"The dataset was removed", {REMOVED}),
)
IN_DOUBT = re.compile(r"not known whether|how far it has come is not known|whether it is published is not known")
NEVER = re.compile(
    r"unknown error|unexpected|Traceback|\b[A-Z]\w*(?:Error|Exception)\b|\bNone\b|\{|\}|  ", re.IGNORECASE
)
STATUS = re.compile(r"\b[1-5]\d\d\b")
QUOTED_OR_ADDRESS = re.compile(r"“[^”]*”|\d+(?:\.\d+){3}(?::\d+)?")
# What is made already makes a later failure more than a reason to try later.
HALF_MADE = ("port details", "port fill", "port publish", "port made view", "port draft view")
LOOKS_AFTERWARDS = ("count", "moved on")


def complaints(cell: Cell, outcome: Outcome) -> Iterator[str]:
    """Everything that is wrong with a cell."""
    if not outcome.met:
        yield "the fault was not met"
    yield from _wording(outcome)
    claims = [(pattern, states) for pattern, states in CLAIMS if re.search(pattern, outcome.words)]
    if not claims:
        yield "nothing is said of the dataset"
    yield from (
        f"claims “{p}”, but the dataset is {outcome.state}" for p, states in claims if outcome.state not in states
    )
    if outcome.known is bool(IN_DOUBT.search(outcome.words)):
        yield "the words and the record differ on whether the outcome is known"
    if "Nothing has been sent." in outcome.words and outcome.wrote:
        yield "claims that nothing was sent, but something was"
    if outcome.exit_code != expected_code(cell):
        yield f"exit code {outcome.exit_code}, not {expected_code(cell)}"


def _wording(outcome: Outcome) -> Iterator[str]:
    if found := NEVER.search(outcome.words):
        yield f"says “{found[0]}”"
    if STATUS.search(QUOTED_OR_ADDRESS.sub("", outcome.what)):
        yield "an HTTP status stands in the first sentence"
    if outcome.exit_code not in {0, 3}:
        if not outcome.remedy.strip():
            yield "no remedy"
        if not outcome.reference and "looking up addresses" not in outcome.what:
            yield "no reference"


def expected_code(cell: Cell) -> int:
    """The exit code that is right for a cell."""
    step, fault = cell.step, cell.fault
    if any(word in step.key for word in LOOKS_AFTERWARDS):
        return 0 if cell.once else 3
    if step.key == "port details" and fault in {"403-rights", "404"}:
        return 3
    if fault in SIGN_IN:
        return 4
    if fault in HARMLESS:
        return 0
    if fault in LASTING or (fault in ALWAYS_ONLY and fault not in OF_FIRST_WRITES):
        return 1
    return _once(cell) if cell.once else _always(cell)


def _once(cell: Cell) -> int:
    """The exit code where the fault is gone when the request is made again, if it is."""
    if cell.step.key == "port make":
        # A dataset is asked for once, unless the portal says that it did nothing at all.
        return 0 if cell.fault in {"429", "429-retry-after"} else 1
    if cell.step.key == "add write":
        found_there = {"truncated", "cut-after-commit", "slow", "empty-200"}
        return 0 if cell.fault in {*UNTOUCHED, *found_there} else 1
    if cell.step.key == "port upsert write" and cell.fault not in UNTOUCHED:
        # The counts of a repeat say nothing of the first request, and nothing else tells how many rows are new.
        return 3
    return 0


def _always(cell: Cell) -> int:
    """The exit code where the fault does not go away."""
    step, fault = cell.step, cell.fault
    if step.key in {"port make", "add write"} and fault not in UNTOUCHED:
        return _once(cell)
    if step.key == "port make":
        return 5 if fault.startswith("429") else 1
    if step.writes and fault in WITHOUT_WORDS:
        return 3 if step.key == "port upsert write" else 0
    if step.key in {"port publish", "remove"} and fault in {"truncated", "cut-after-commit"}:
        # The second request finds that the first one was carried out.
        return 0
    if step.key == "port publish" and fault == "slow":
        return 0
    return 1 if step.key in HALF_MADE else 5
