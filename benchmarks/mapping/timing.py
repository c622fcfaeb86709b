"""How long pairing takes when a wide sheet meets a wider dataset, and no name is exact."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from statistics import median

from xl_datasync.core.dataset import Column
from xl_datasync.core.matching import pair_up
from xl_datasync.core.values import SheetColumn, column_letter
from xl_datasync.core.vocabulary import COMMON
from xl_datasync.core.words import word_likeness

HEADERS, COLUMNS, ROUNDS = 200, 500, 7
LIMIT = 0.2


@dataclass(frozen=True)
class Timing:
    """Seconds of each round: by the clock, and of the processor, which other work on the machine disturbs less."""

    clock: tuple[float, ...]
    processor: tuple[float, ...]

    def __str__(self) -> str:
        clock, processor = (sorted(round(seconds * 1000) for seconds in each) for each in (self.clock, self.processor))
        return (
            f"{median(clock):.0f} ms by the clock ({clock[0]}-{clock[-1]}), "
            f"{median(processor):.0f} ms of the processor ({processor[0]}-{processor[-1]})"
        )


def wide_case(headers: int = HEADERS, columns: int = COLUMNS) -> tuple[list[SheetColumn], list[Column]]:
    """Names of two to four common words; half of the sheet's words are shortened to their consonants."""
    chance = random.Random(1)
    words = sorted(word for word in COMMON if len(word) > 3)
    names: dict[str, None] = {}
    while len(names) < columns:
        names[" ".join(chance.choices(words, k=chance.choice((2, 2, 3, 3, 4))))] = None
    portal = [Column(n, name.title(), name.replace(" ", "_"), "text") for n, name in enumerate(names, 1)]
    sheet = [
        SheetColumn(n, column_letter(n), " ".join(_shortened(word, chance) for word in name.split()))
        for n, name in enumerate(list(names)[:headers])
    ]
    return sheet, portal


def measure(rounds: int = ROUNDS) -> Timing:
    """Time ``pair_up`` as a whole, nothing remembered from the round before."""
    headers, columns = wide_case()
    clock, processor = [], []
    for _ in range(rounds):
        word_likeness.cache_clear()
        started, busy = time.perf_counter(), time.process_time()
        pair_up(headers, columns)
        clock.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
    return Timing(tuple(clock), tuple(processor))


def _shortened(word: str, chance: random.Random) -> str:
    return (
        word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")[:4] if chance.random() < 0.5 else word
    )
