"""The numbers of the kills, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.kills.driver import Killed, Outcome
from tests.kills.methods import WAYS


def table(done: Sequence[Killed]) -> str:
    """How often each way ended how."""
    counts = Counter((killed.way, killed.outcome) for killed in done)
    heads = [outcome.value for outcome in Outcome]
    lines = [f"| Method | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    lines += [_line(way.name, [counts[way.name, outcome] for outcome in Outcome]) for way in WAYS]
    totals = [sum(killed.outcome is outcome for killed in done) for outcome in Outcome]
    return "\n".join([*lines, _line(f"All {len(done)}", totals)])


def _line(name: str, numbers: Sequence[int]) -> str:
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def write_page(path: Path, done: Sequence[Killed], seed: int) -> None:
    """Put the table and what it is of in their place between the marks; the words around them are written by hand."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    twice = sum(len(killed.moments) > 1 for killed in done)
    of = f"{len(done)} runs were killed, {twice} of them twice; seed {seed}."
    path.write_text(f"{before}{BEGIN}\n{of}\n\n{table(done)}\n{END}{after}", encoding="utf-8")


BEGIN, END = "<!-- numbers -->", "<!-- /numbers -->"
