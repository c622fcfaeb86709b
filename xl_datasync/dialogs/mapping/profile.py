"""What a sheet's columns hold, found in one pass: samples, blanks, kinds of value; and rows kept for live checks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from xl_datasync.core.conversion.shown import shown
from xl_datasync.core.problems import shortened
from xl_datasync.core.values import Block, ErrorValue, TableShape, Value, is_blank, value_text

SAMPLES, SAMPLE_WIDTH = 3, 24
VALUES_TRIED = 50
"""So many different values are rendered in search of samples that differ: rendering takes time."""
CELLS_KEPT = 2_000_000
"""So many cells are looked at and kept; a window that waits for a million rows helps nobody."""

_KINDS: tuple[tuple[type, str, str], ...] = (
    (bool, "yes/no value", "yes/no values"),
    (int, "number", "numbers"),
    (float, "number", "numbers"),
    (str, "text", "texts"),
    (dt.datetime, "date", "dates"),
    (dt.date, "date", "dates"),
    (dt.time, "time of day", "times of day"),
    (dt.timedelta, "length of time", "lengths of time"),
    (ErrorValue, "error", "errors"),
)
_WORDS = {kind: (one, many) for kind, one, many in _KINDS}


@dataclass(frozen=True)
class ColumnProfile:
    """What one sheet column holds.

    :param kinds: in words, such as ``numbers`` or ``mixed: 310 numbers, 4 texts``.
    """

    samples: tuple[str, ...] = ()
    blanks: int = 0
    kinds: str = "nothing"


@dataclass(frozen=True)
class Profile:
    """What all columns hold.

    :param blocks: the rows that were looked at, for live checks.
    :param complete: whether these are all rows of the sheet.
    """

    columns: tuple[ColumnProfile, ...]
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    rows: int = 0
    complete: bool = True

    @property
    def scope(self) -> str:
        """Which rows were looked at, in words; ``""`` for all."""
        return "" if self.complete else f"in the first {self.rows:,} rows"


def make_profile(
    shape: TableShape, blocks: Iterable[Block], watch: Callable[[int], object] = lambda _rows: None
) -> Profile:
    """Go over the rows once, as far as :data:`CELLS_KEPT` reach.

    :param watch: is told how many rows were read; may raise to break off.
    """
    width = len(shape.columns)
    samples: list[dict[Value, str]] = [{} for _ in range(width)]
    blanks, kinds = [0] * width, [Counter[type]() for _ in range(width)]
    kept: list[Block] = []
    rows, complete = 0, True
    for block in blocks:
        if rows * width >= CELLS_KEPT:
            complete = False
            break
        for index in range(width):
            _look(block, index, samples[index], kinds[index])
        kept.append(block)
        rows += len(block.rows)
        watch(rows)
    for index, counted in enumerate(kinds):
        blanks[index] = rows - counted.total()
    found = (ColumnProfile(_first(s), b, _kinds_words(k)) for s, b, k in zip(samples, blanks, kinds, strict=True))
    return Profile(tuple(found), tuple(kept), rows, complete)


def _look(block: Block, index: int, samples: dict[Value, str], kinds: Counter[type]) -> None:
    """Count the kinds of a column's values, and render its first different ones."""
    values = block.columns[index]
    counted = Counter(map(type, values))
    counted.pop(type(None), None)
    if str in counted:
        counted[str] -= sum(1 for value in values if isinstance(value, str) and is_blank(value))
    kinds.update({kind: count for kind, count in counted.items() if count})
    if not counted or len(samples) == VALUES_TRIED or len(_first(samples)) == SAMPLES:
        return
    formats = block.formats(index) if counted.keys() - {str} else [""] * len(values)
    for value, code in zip(values, formats, strict=True):
        if value not in samples and not is_blank(value):
            samples[value] = shortened(as_on_sheet(value, code), SAMPLE_WIDTH)
            if len(samples) == VALUES_TRIED or len(_first(samples)) == SAMPLES:
                break


def _first(samples: Mapping[Value, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(samples.values()))[:SAMPLES]


def as_on_sheet(value: Value, code: str) -> str:
    """What a cell shows; where that is each computer's own affair, a date as year, month and day."""
    text = value if isinstance(value, str) else shown(value, code)
    if text is not None:
        return text
    if isinstance(value, dt.datetime):
        day, time = value.date().isoformat(), value.time().replace(microsecond=0)
        return f"{day} {time}".removesuffix(":00") if time != dt.time() else day
    return value_text(value)


def _kinds_words(kinds: Counter[type]) -> str:
    by_word: Counter[tuple[str, str]] = Counter()
    for kind, count in kinds.items():
        by_word[_WORDS.get(kind, ("value", "values"))] += count
    if not by_word:
        return "nothing"
    if len(by_word) == 1:
        ((_, many),) = by_word
        return many
    parts = [f"{count:,} {one if count == 1 else many}" for (one, many), count in by_word.most_common()]
    return f"mixed: {', '.join(parts)}"
