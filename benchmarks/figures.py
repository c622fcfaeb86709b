"""From measurements to tables and to what they say of the targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median

SMALL, LARGE = 100_000, 1_000_000
MEMORY_LIMIT = 250
MEMORY_GROWTH = 1.5
NAMES = {
    "ours-csv": "**xl-datasync**, every check done",
    "openpyxl-csv": "openpyxl read-only + csv",
    "ours-portal": "**xl-datasync**, every check done",
    "openpyxl-sodapy": "openpyxl read-only + sodapy",
    "pandas-sodapy": "pandas (calamine engine) + sodapy",
    "curl": "`curl -T` of the finished CSV",
}
TABLES = {
    "Sheet → CSV": ("ours-csv", "openpyxl-csv"),
    "Sheet → portal": ("ours-portal", "openpyxl-sodapy", "pandas-sodapy", "curl"),
}
# Contender, ours, how many times as long it must take.
SPEED_TARGETS = (
    ("openpyxl-csv", "ours-csv", 4.0),
    ("openpyxl-sodapy", "ours-portal", 4.0),
    ("pandas-sodapy", "ours-portal", 1.5),
)


@dataclass(frozen=True)
class Measurement:
    """One run: wall seconds and peak resident memory in MB (10⁶ bytes)."""

    seconds: float
    megabytes: float


@dataclass
class Results:
    """The rounds of one size.

    :param left_out: why a contender has no figures, or not in every round.
    :param load: the load average before and after.
    """

    rows: int
    rounds: list[dict[str, Measurement]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    load: tuple[float, float] = (0.0, 0.0)

    def of(self, name: str) -> list[Measurement]:
        """A contender's runs."""
        return [taken[name] for taken in self.rounds if name in taken]

    def ratios(self, name: str, ours: str) -> list[float]:
        """How many times as long as ours it took, round by round."""
        return [taken[name].seconds / taken[ours].seconds for taken in self.rounds if {name, ours} <= taken.keys()]

    def megabytes(self, name: str) -> float:
        """The largest peak of all runs."""
        return max(run.megabytes for run in self.of(name))

    def lines(self) -> Iterator[str]:
        """The tables of this size."""
        for title, names in TABLES.items():
            yield f"\n### {title}, {self.rows:,} rows × 12 columns, rounds: {len(self.rounds)}\n"
            yield "| Contender | Seconds (median) | Times ours (median) | lowest–highest | Own noise | Peak MB |"
            yield "|---|--:|--:|--:|--:|--:|"
            for name in names:
                yield self._line(name, names[0])
        yield f"\nLoad average before and after: {self.load[0]:.2f}, {self.load[1]:.2f}."
        yield "Own noise: a contender's slowest run over its fastest."

    def _line(self, name: str, ours: str) -> str:
        if not self.of(name):
            return f"| {NAMES[name]} | {self.left_out.get(name, '')} | | | | |"
        seconds = sorted(run.seconds for run in self.of(name))
        ratios = self.ratios(name, ours)
        times = "1" if name == ours else f"{median(ratios):.2f}"
        spread = "" if name == ours else f"{min(ratios):.2f}–{max(ratios):.2f}"
        noise = f"{seconds[-1] / seconds[0]:.2f}"
        return f"| {NAMES[name]} | {median(seconds):.2f} | {times} | {spread} | {noise} | {self.megabytes(name):.0f} |"


def targets(everything: Mapping[int, Results]) -> Iterator[str]:
    """Each target, what was measured, and whether that meets it."""
    yield "\n### Targets\n\n| Target | Measured | Met |\n|---|--:|---|"
    if SMALL in everything:
        for name, ours, wanted in SPEED_TARGETS:
            ratios = everything[SMALL].ratios(name, ours)
            if ratios:
                what = next(title for title, names in TABLES.items() if name in names)
                yield _verdict(
                    f"{what} at {SMALL:,} rows: {wanted:g} times as fast as {NAMES[name]}",
                    f"{median(ratios):.2f}",
                    met=median(ratios) >= wanted,
                )
    if LARGE in everything:
        for title, (ours, *_) in TABLES.items():
            peak = everything[LARGE].megabytes(ours)
            what = f"{title} at {LARGE:,} rows: peak memory under {MEMORY_LIMIT} MB"
            yield _verdict(what, f"{peak:.0f} MB", met=peak < MEMORY_LIMIT)
            if SMALL in everything:
                growth = peak / everything[SMALL].megabytes(ours)
                what = f"{title}: peak at {LARGE:,} rows within {MEMORY_GROWTH:g} times that at {SMALL:,}"
                yield _verdict(what, f"{growth:.2f}", met=growth <= MEMORY_GROWTH)


def _verdict(target: str, measured: str, *, met: bool) -> str:
    return f"| {target} | {measured} | {'yes' if met else '**no**'} |"
