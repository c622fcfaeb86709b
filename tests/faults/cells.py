"""The cells of the table: each fault at each step, gone when asked again or there for ever."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.faults.steps import STEPS, Step

EXPIRED = "expired"
SIGN_IN = ("401", EXPIRED, "403-login")
LASTING = ("403-rights", "404", "redirect")
FAILS = ("408", "429", "429-retry-after", "500", "502", "503", "504", "cut-before", "truncated", "empty-200", "slow")
OF_WRITES = ("409-lock", "cut-during", "cut-after-commit")
# A write the application itself refuses, in the inner shape, needs a lock that is really held by another.
OF_FIRST_WRITES = ("error-code-shape",)
OF_ROWS = ("403-synced", "413", "no-errors-key", "no-gzip")
OF_PUBLISHING = ("202-location", "202-ticket", "publish-fails", "geocoding-pending")
OF_COUNTS = ("stale-replica",)
# Where a step is not shown, because its words are those of one that is.
SAMPLE = ("401", "404", "redirect", "503", "truncated", "empty-200")
# Faults that asking again cannot overcome are met for ever only; those of the answer's form are overcome at once.
ALWAYS_ONLY = {*SIGN_IN, *LASTING, *OF_FIRST_WRITES, *OF_ROWS}
# Faults whose next request is known not to do harm: the portal is known not to have carried out the first.
UNTOUCHED = ("429", "429-retry-after", "409-lock", "error-code-shape")
# The answer of a write came, or half of it, and it says nothing that counts.
WITHOUT_WORDS = ("empty-200",)
HARMLESS = ("no-errors-key", "no-gzip")


@dataclass(frozen=True)
class Cell:
    """One fault at one step.

    :param once: whether it is gone when the request is made again.
    """

    step: Step
    fault: str
    once: bool

    @property
    def key(self) -> str:
        """Its id among the tests."""
        return f"{self.step.key}-{self.fault}-{'once' if self.once else 'always'}"


def faults_at(step: Step) -> Iterator[str]:
    """The faults that a step can meet."""
    if not step.shown and not step.writes:
        yield from SAMPLE
        return
    yield from (*SIGN_IN, *LASTING, *FAILS)
    if step.writes:
        yield from OF_WRITES
        # In the middle of a job a real lock would stop the steps before this one.
        if step.moment[1] != "made":
            yield from OF_FIRST_WRITES
        if step.path == "/resource/ID":
            yield from (fault for fault in OF_ROWS if (step.key, fault) not in NOT_THERE)
        if step.key in {"port make", "port details"}:
            yield "413"
    if step.key == "port publish":
        yield from OF_PUBLISHING
    if step.key in {"replace count", "port count"}:
        yield from OF_COUNTS


# A portal that took the first packed request takes the second; a dataset just made is filled from nowhere else.
NOT_THERE = {("upsert second", "no-gzip"), ("port fill", "403-synced")}


def all_cells() -> Iterator[Cell]:
    """Every cell."""
    for step in STEPS:
        for fault in faults_at(step):
            yield Cell(step, fault, once=False)
            if fault not in ALWAYS_ONLY:
                yield Cell(step, fault, once=True)
