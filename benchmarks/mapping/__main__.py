"""Judges how headers are paired with portal columns, beside two yardsticks, and how long that takes.

pip install -e .
python -m benchmarks.mapping [--development]

Counts only: the table is for judging, and the rows that were missed are nobody's to see. The exit code is 1 where an
aim is not met.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
from collections.abc import Iterable, Iterator

from benchmarks.mapping.judge import DATASYNC, DIFFLIB, MATCHERS, OURS, Tally, failed_bars, judge, tallies_by
from benchmarks.mapping.table import DEVELOPMENT, PAIRS, Case, read_cases, thinned
from benchmarks.mapping.timing import COLUMNS, HEADERS, LIMIT, measure

HEADS = ("Matcher", "Right", "Wrong", "Wrong, unmarked", "Missed", "Precision", "Recall", "F", "Cost")
THINNINGS = 4


def main() -> int:
    """Print everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mapping", description=__doc__.splitlines()[0])
    parser.add_argument("--development", action="store_true", help="count on the table that the matcher was built on")
    development = parser.parse_args().development
    cases = read_cases(DEVELOPMENT if development else PAIRS)
    pairs, headers = sum(len(case.partners) for case in cases), sum(len(case.headers) for case in cases)
    print(f"{len(cases)} cases, {headers} headers, {pairs} of them with a portal column that they mean\n")
    totals = {name: judge(cases, matcher) for name, matcher in MATCHERS.items()}
    print_rows(HEADS, ([name, *_figures(total)] for name, total in totals.items()))
    print("\nCost: five for a wrong match, one for a missing one.")
    if development:
        print(f"\nWith a quarter of the portal's columns gone, {THINNINGS} times, other columns each time:\n")
        thin = [case for seed in range(THINNINGS) for case in thinned(cases, random.Random(seed))]
        print_rows(HEADS, ([name, *_figures(judge(thin, matcher))] for name, matcher in MATCHERS.items()))
    else:
        print("\nBy what is awkward, xl-datasync:\n")
        print_rows(("Kind", "Right", "Wrong", "Missed"), _by_kind(cases))
    print(f"\n{HEADERS} headers by {COLUMNS} columns, no name the same: {measure()}; aim {LIMIT * 1000:.0f} ms.")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}; "
          f"load average {os.getloadavg()[0]:.1f}.")  # fmt: skip
    missed = [] if development else failed_bars(totals[OURS], totals[DATASYNC], totals[DIFFLIB])
    for aim in missed:
        print(f"NOT MET: {aim}")
    return 1 if missed else 0


def print_rows(heads: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    """Print a table in Markdown; all but the first column are figures."""
    print(f"| {' | '.join(heads)} |\n|---|{'--:|' * (len(heads) - 1)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")


def _figures(total: Tally) -> list[str]:
    counts = (total.right, total.wrong, total.unmarked, total.missed)
    shares = (total.precision, total.recall, total.f_score)
    return [*map(str, counts), *(f"{share:.3f}" for share in shares), str(total.cost)]


def _by_kind(cases: list[Case]) -> Iterator[list[object]]:
    by_kind = tallies_by(cases, MATCHERS[OURS], lambda case, header: case.kinds[header])
    for kind, total in sorted(by_kind.items(), key=lambda item: (-item[1].missed, item[0])):
        yield [kind, total.right, total.wrong, total.missed]


if __name__ == "__main__":
    sys.exit(main())
