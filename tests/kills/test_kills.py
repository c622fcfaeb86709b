"""Twenty kills in every run of the tests; ``python -m tests.kills 200`` does more (docs/kills.md)."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.kills import driver
from tests.kills.bench import Bench
from tests.kills.campaign import SEED, campaign
from tests.kills.driver import Outcome
from tests.kills.methods import WAYS

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and SIGSTOP are POSIX's")
KILLS = 20


def test_whatever_the_moment_nothing_is_lost_or_doubled() -> None:
    """Killed at any moment and run again, each way ends as if it had never been hurt, or stops and asks."""
    done = campaign(range(KILLS), SEED)
    wrong = [f"python -m tests.kills 1 --only {k.number}: {k.way}, {k.moments}\n{k.story}" for k in done
             if k.outcome is Outcome.WRONG]  # fmt: skip
    assert not wrong, "\n\n".join(wrong)
    assert Counter(k.way for k in done) == {way.name: KILLS // len(WAYS) for way in WAYS}
    assert {k.way for k in done if k.outcome is Outcome.ASKED} <= {way.name for way in WAYS if way.may_ask}


def test_rows_that_came_twice_or_not_at_all_are_seen() -> None:
    """The comparison is not blind: a doubled and a lost set of rows are both called wrong, as is an open record."""
    way = next(way for way in WAYS if way.may_ask)
    with Bench() as bench:
        reference = driver.unhurt(bench, way)
        assert driver.faults_of(bench, way, reference, 0, "") == []
        bench.start(way.arguments(bench)).communicate(timeout=60)
        assert "too many" in driver.faults_of(bench, way, reference, 0, "")[0]
        assert driver.faults_of(bench, way, reference, 1, driver.LOOK_FIRST) != []
        way.prepare(bench)
        assert "missing" in driver.faults_of(bench, way, reference, 0, "")[0]
        assert driver.faults_of(bench, way, reference, 1, driver.LOOK_FIRST) == []


def test_a_second_dataset_is_seen_unless_it_is_named() -> None:
    """A dataset left over on the portal is wrong, but for one that the last report names."""
    way = next(way for way in WAYS if not way.dataset)
    with Bench() as bench:
        reference = driver.unhurt(bench, way)
        (made,) = bench.content("")["new there"]
        bench.start(way.arguments(bench)).communicate(timeout=60)
        (other,) = set(bench.content("")["new there"]) - {made}
        assert driver.faults_of(bench, way, reference, 3, "nothing is named")
        assert driver.faults_of(bench, way, reference, 3, f"there is {made} too, and {other}") == []
