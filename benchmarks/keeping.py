"""Measures what copies, backups and records cost, and prints the tables of docs/benchmarks.md, each figure a ratio.

pip install -r benchmarks/requirements.txt
python benchmarks/keeping.py [--rows 100000 1000000] [--only backup publish port]

Backups and publishing are measured against the sink, which costs next to nothing, so that nothing hides behind the
portal's own work. Copies go between two practice portals; every portal is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from http.client import HTTPConnection
from statistics import median

from columns import dataset_id
from figures import LARGE, SMALL, Measurement
from keeping_contenders import Keep
from run import CACHE, EDITION, HERE, about_this_machine, portal_process, sink, task_for, timed

SMALL_PUBLISH = 100
MEMORY_GROWTH = 1.1
PARTS = ("backup", "publish", "port")
Rounds = list[dict[str, Measurement]]


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="Measure what copies, backups and records cost.")
    parser.add_argument("--rows", type=int, nargs="+", default=[SMALL, LARGE])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large-rounds", type=int, default=2, help="rounds at 1,000,000 rows")
    options = parser.parse_args()
    print(about_this_machine())
    many = {rows: options.large_rounds if rows >= LARGE else options.rounds for rows in options.rows}
    with sink() as host:
        if "backup" in options.only:
            backups(host, many)
        if "publish" in options.only:
            publishing(host, options.rounds)
    if "port" in options.only:
        copies(options.rows)


def backups(host: str, many: dict[int, int]) -> None:
    """A backup beside reading the rows once."""
    print("\n### A backup, beside reading the rows once\n")
    print("| Rows | Rounds | Contender | Seconds (median) | Times reading once (median) | lowest–highest | Peak MB |")
    print("|--:|--:|---|--:|--:|--:|--:|")
    for rows, count in many.items():
        pretend(host, rows)
        names = {"read": "reading once, `Portal.read_rows`", "backup": "**backup**",
                 "read-sodapy": "reading once, sodapy's `get_all`"}  # fmt: skip
        with folder() as place:
            taken = rounds(Keep(host, "", place, "", rows), list(names), count)
        for name, words in names.items():
            print(f"| {rows:,} | {count} | {words} | {line(taken, name, 'read')} |", flush=True)
        print(f"| {rows:,} | {count} | **backup**, beside sodapy's reading | {line(taken, 'backup', 'read-sodapy')} |")


def publishing(host: str, count: int) -> None:
    """What records, lock, backup and looks add to a publish."""
    print("\n### Replace all rows with a sheet: everything kept, beside nothing kept\n")
    print("| Rows | Rounds | Contender | Seconds (median) | Times nothing kept (median) | lowest–highest | Peak MB |")
    print("|--:|--:|---|--:|--:|--:|--:|")
    for rows in (SMALL_PUBLISH, SMALL):
        with task_for(rows, host) as task:
            keep = Keep(host, "", task.csv, task.jobs, rows)
            taken = rounds(keep, ["publish-alone", "publish"], count, before=partial(pretend, host, rows))
        for name, words in (("publish-alone", "nothing kept"), ("publish", "**everything kept**")):
            print(f"| {rows:,} | {count} | {words} | {line(taken, name, 'publish-alone')} |", flush=True)


def copies(sizes: Sequence[int]) -> None:
    """The memory of a copy."""
    print("\n### A copy between two practice portals, the destination backed up first\n")
    print("| Rows | Seconds | Peak MB | Times the peak at the smallest size |\n|--:|--:|--:|--:|")
    first = 0.0
    with ExitStack() as stack:
        source, to = (stack.enter_context(practice_portal(name, sizes)) for name in ("source", "destination"))
        place = stack.enter_context(folder())
        for rows in sorted(sizes):
            (taken,) = rounds(Keep(source, to, place, "", rows), ["port"], 1)
            run = taken["port"]
            first = first or run.megabytes
            print(f"| {rows:,} | {run.seconds:.1f} | {run.megabytes:.0f} | {run.megabytes / first:.2f} |", flush=True)


def rounds(task: Keep, names: Sequence[str], count: int, before: Callable[[], None] = lambda: None) -> Rounds:
    """Every contender in turn, so many times."""
    found: Rounds = []
    for number in range(count):
        taken = {}
        for name in names:
            before()
            print(f"{task.rows:,} rows, round {number + 1} of {count}: {name}", file=sys.stderr, flush=True)
            with tempfile.NamedTemporaryFile("w", suffix=".json", dir=CACHE, encoding="utf-8") as file:
                json.dump(asdict(task), file)
                file.flush()
                measured = timed([sys.executable, str(HERE / "keeping_contenders.py"), name, file.name], None)
            if measured:
                taken[name] = measured
        found.append(taken)
    return found


def line(taken: Rounds, name: str, base: str) -> str:
    """The cells of one contender, its ratios taken within each round."""
    ratios = [each[name].seconds / each[base].seconds for each in taken]
    seconds = median(each[name].seconds for each in taken)
    peak = max(each[name].megabytes for each in taken)
    spread = f"{min(ratios):.2f}–{max(ratios):.2f}" if name != base else ""
    return f"{seconds:.2f} | {median(ratios):.2f} | {spread} | {peak:.0f}"


def pretend(host: str, rows: int) -> None:
    """Tell the sink how many rows a dataset has."""
    connection = HTTPConnection(host)
    connection.request("POST", f"/resource/{dataset_id(rows)}.json?rows={rows}")
    connection.getresponse().read()
    connection.close()


@contextmanager
def folder() -> Iterator[str]:
    """A folder for one measurement."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        yield name


@contextmanager
def practice_portal(name: str, sizes: Sequence[int]) -> Iterator[str]:
    """A practice portal with datasets of these sizes, made once; gives its host and port."""
    data = CACHE / f"{name}-{EDITION}"
    with portal_process(HERE / "portal.py", str(data), *map(str, sizes)) as host:
        yield host


if __name__ == "__main__":
    main()
