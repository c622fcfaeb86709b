"""Many kills, two at a time, each pair of portals used by one of them only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue

from tests.kills.bench import Bench
from tests.kills.driver import Killed, Unhurt, hurt, unhurt
from tests.kills.methods import WAYS

SEED = 20261122
BENCHES = 2


def campaign(numbers: Sequence[int], seed: int, told: Callable[[Killed], None] = lambda _killed: None) -> list[Killed]:
    """Do the kills of these numbers; each number always means the same way and the same draw of moments."""
    left: SimpleQueue[int] = SimpleQueue()
    for number in numbers:
        left.put(number)
    references: dict[int, Unhurt] = {}
    done: list[Killed] = []
    lock = threading.Lock()

    def work() -> None:
        with Bench() as bench:
            while True:
                try:
                    number = left.get_nowait()
                except Empty:
                    return
                which = number % len(WAYS)
                if which not in references:
                    references[which] = unhurt(bench, WAYS[which])
                killed = hurt(bench, WAYS[which], references[which], number, seed)
                with lock:
                    done.append(killed)
                    told(killed)

    with ThreadPoolExecutor(BENCHES) as pool:
        for worker in [pool.submit(work) for _ in range(BENCHES)]:
            worker.result()
    return sorted(done, key=lambda killed: killed.number)
