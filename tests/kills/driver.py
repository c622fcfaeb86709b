"""The driver: starts the command, kills it at a random moment, runs it again, compares with a run never hurt."""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Any

from tests.kills.bench import Bench
from tests.kills.methods import Way

MOST_TRIES = 12
LOOK_FIRST = "Look at the newest rows of the dataset"
LONGEST = 120.0


class Outcome(Enum):
    """What became of a dataset whose run was killed."""

    EQUAL = "equal"
    ASKED = "stopped and asked"
    WRONG = "wrong"


@dataclass(frozen=True)
class Unhurt:
    """A run that was not killed: how long it took, what it asked of the portals, what was there before and after."""

    seconds: float
    requests: int
    writes: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Killed:
    """One kill, or two, and what came of it.

    :param moments: in words, for whoever has to repeat it.
    :param story: the last report, and what is wrong.
    """

    number: int
    way: str
    outcome: Outcome
    moments: tuple[str, ...]
    story: str = ""


def unhurt(bench: Bench, way: Way) -> Unhurt:
    """Run the command without hurting it."""
    way.prepare(bench)
    before, asked, writes = bench.content(way.dataset), len(bench.exchanges()), len(bench.writes(way.portal))
    began = time.monotonic()
    process = bench.start(way.arguments(bench))
    out, err = process.communicate(timeout=LONGEST)
    seconds = time.monotonic() - began
    assert process.returncode == 0, out + err
    asked, written = len(bench.exchanges()) - asked, tuple(bench.writes(way.portal)[writes:])
    return Unhurt(seconds, asked, written, before, bench.content(way.dataset))


def hurt(bench: Bench, way: Way, reference: Unhurt, number: int, seed: int) -> Killed:
    """Kill the command, in one case of four twice, and run it until it ends by itself."""
    random = Random(f"{seed}/{number}")
    killer = _Killer(bench, way, reference, random)
    moments: list[str] = []
    for _ in range(MOST_TRIES):
        way.prepare(bench)
        if killer.kill_once():
            break
    else:
        raise AssertionError(f"kill {number} (seed {seed}, {way.name}) was too late {MOST_TRIES} times")
    moments.append(killer.moment)
    if not ended(bench, way) and random.random() < 0.25 and killer.kill_once():
        moments.append(killer.moment)
    code, said = 0, "The run had ended, and only its report was lost."
    if not ended(bench, way):
        process = bench.start(way.arguments(bench))
        out, err = process.communicate(timeout=LONGEST)
        code, said = process.returncode, out + err
    killer.let_the_portals_come_to_rest()
    faults = faults_of(bench, way, reference, code, said)
    outcome = Outcome.WRONG if faults else Outcome.ASKED if code == 1 else Outcome.EQUAL
    return Killed(number, way.name, outcome, tuple(moments), "\n".join([*faults, said]))


def ended(bench: Bench, way: Way) -> bool:
    """Whether the last run had written down a good end before it was killed: to run it again would be another run."""
    records = [record for record in bench.records() if bool(record.started.get("undo_of")) == way.undo]
    return bool(records) and (records[-1].finished or {}).get("exit_code") in (0, 3)


def faults_of(bench: Bench, way: Way, reference: Unhurt, code: int, said: str) -> list[str]:
    """Everything that is not as it must be."""
    found = bench.content(way.dataset)
    if code == 1 and way.may_ask:
        asked = [] if LOOK_FIRST in said else ["It stopped without asking to look."]
        sound = _same(found, reference.before, said) or _same(found, reference.after, said)
        return asked if sound else [*asked, "The dataset is neither as before nor as after."]
    faults = [] if code in (0, 3) else [f"The exit code is {code}."]
    if not _same(found, reference.after, said):
        faults.append(f"The portals do not hold what they should: {_difference(found, reference.after)}")
    faults += [f"The run {record.run} is still open." for record in bench.open_records()]
    return faults


def _same(found: dict[str, Any], wanted: dict[str, Any], said: str) -> bool:
    """Whether both are the same; a dataset that was made has another id, and one left over must be named."""
    if {k: v for k, v in found.items() if k != "new there"} != {k: v for k, v in wanted.items() if k != "new there"}:
        return False
    made, due = dict(found["new there"]), list(wanted["new there"].values())
    for dataset in due:
        match = next((i for i, other in made.items() if other == dataset), None)
        if match is None:
            return False
        del made[match]
    return all(i in said for i in made)


def _difference(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    """Where two contents differ, in short."""
    parts = []
    for place, ours in found.items():
        theirs = wanted[place]
        if ours == theirs:
            continue
        if isinstance(ours, list) and isinstance(theirs, list):
            missing, extra = Counter(theirs) - Counter(ours), Counter(ours) - Counter(theirs)
            some = f"missing {list(missing.elements())[:2]}, too many {list(extra.elements())[:2]}"
            parts.append(f"{place}: {len(ours)} for {len(theirs)}, {some}")
        else:
            parts.append(f"{place}: {str(ours)[:1500]} for {str(theirs)[:1500]}")
    return "; ".join(parts)


class _Killer:
    """Starts the command and kills it at a random moment."""

    def __init__(self, bench: Bench, way: Way, reference: Unhurt, random: Random) -> None:
        self._bench = bench
        self._way = way
        self._reference = reference
        self._random = random
        self._at_rest = 0.0
        self.moment = ""

    def kill_once(self) -> bool:
        """Whether the command could be killed before it ended by itself."""
        choose = self._random.random()
        wait = self._by_time() if choose < 0.2 else self._by_requests() if choose < 0.6 else self._at_work()
        asked, writes = len(self._bench.exchanges()), len(self._bench.writes(self._way.portal))
        process = self._bench.start(self._way.arguments(self._bench))
        try:
            wait(process, asked, writes)
        finally:
            alive = process.poll() is None
            process.kill()
            process.communicate()
            self._bench.here.clear_faults()
            self._bench.there.clear_faults()
        return alive

    def let_the_portals_come_to_rest(self) -> None:
        """Wait until what a killed run had asked for has been carried out."""
        time.sleep(max(0.0, self._at_rest - time.monotonic()))

    def _by_time(self) -> Callable[[subprocess.Popen[str], int, int], None]:
        """At any moment of the run's usual length."""
        seconds = self._random.uniform(0.0, self._reference.seconds)
        self.moment = f"after {seconds:.3f} of {self._reference.seconds:.3f} s"
        return lambda _process, _asked, _writes: time.sleep(seconds)

    def _by_requests(self) -> Callable[[subprocess.Popen[str], int, int], None]:
        """When the portals have answered so many requests, more often late than early."""
        most = self._reference.requests
        number = max(self._random.randint(1, most), self._random.randint(1, most))
        more = self._random.choice((0.0, 0.0, self._random.uniform(0.0, 0.03)))
        self.moment = f"{more * 1000:.0f} ms after request {number} of {most}"

        def wait(process: subprocess.Popen[str], asked: int, _writes: int) -> None:
            _until(process, lambda: len(self._bench.exchanges()) - asked >= number)
            time.sleep(more)

        return wait

    def _at_work(self) -> Callable[[subprocess.Popen[str], int, int], None]:
        """While the portal is at work on a writing request, or right after."""
        slow = self._random.uniform(0.15, 1.5)
        after = self._random.uniform(0.0, slow + 0.05)
        methods = self._reference.writes
        part = self._random.randrange(len(methods))
        self.moment = f"{after:.3f} s into writing request {part + 1}, for which the portal took {slow:.3f} s"
        portal = self._bench.portal(self._way.portal)

        def wait(process: subprocess.Popen[str], _asked: int, writes: int) -> None:
            _until(process, lambda: len(self._bench.writes(self._way.portal)) - writes >= part)
            portal.add_fault("slow", method=methods[part], seconds=slow)
            _until(process, lambda: not portal._faults.is_armed("slow"))
            self._at_rest = time.monotonic() + slow + 0.5
            time.sleep(after)

        return wait


def _until(process: subprocess.Popen[str], met: Callable[[], bool]) -> None:
    """Wait for something, or for the end of the process."""
    while process.poll() is None and not met():
        time.sleep(0.001)
