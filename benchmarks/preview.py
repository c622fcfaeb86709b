"""Measures the preview, which compares a sheet with a portal's rows, against reading both sides once.

pip install -e . -r benchmarks/requirements.txt
python benchmarks/preview.py [--rows 100000 1000000] [--rounds 5] [--large-rounds 2]

The portal is a practice portal in a process of its own. It holds the sheet's rows, published by xl-datasync, of which
one in a hundred is changed afterwards. Each run is a process of its own; the seconds are those of the work, without the
start of Python and its imports. The ratio is taken within a round; reading is done twice in each, which shows the
noise. This module imports nothing large: a child's peak memory would otherwise begin with ours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from columns import COLUMNS, dataset_id
from figures import LARGE, SMALL, Measurement
from run import CACHE, EDITION, HERE, _make, about_this_machine, portal_process

BAR = 2.0
SHEET, PORTAL, AGAIN, PREVIEW = "sheet", "portal", "sheet and portal once more", "preview"
WORDS = {
    SHEET: "reading the sheet once",
    PORTAL: "reading the portal's rows once",
    AGAIN: "both once more",
    PREVIEW: "**the preview**",
}
Round = dict[str, Measurement]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the preview against reading both sides once.")
    parser.add_argument("--rows", type=int, nargs="+", default=[SMALL, LARGE])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large-rounds", type=int, default=2, help="rounds at 1,000,000 rows")
    options = parser.parse_args()
    print(about_this_machine())
    for rows in options.rows:
        count = options.large_rounds if rows >= LARGE else options.rounds
        with task(rows) as (data, jobs, host):
            rounds = [one_round(data, jobs, host, rows) for _ in range(count)]
        print("\n".join(lines(rounds, rows)), flush=True)


@contextmanager
def task(rows: int) -> Iterator[tuple[Path, Path, str]]:
    """The data workbook, the job workbook, and the host of a portal that holds its rows, one in a hundred changed."""
    CACHE.mkdir(exist_ok=True)
    data = CACHE / f"rows-{rows}-{EDITION}.xlsx"
    if not data.exists():
        _make("make_workbook(Path(sys.argv[1]), int(sys.argv[2]))", data, rows)
    folder = CACHE / f"preview-{rows}-{EDITION}"
    with tempfile.TemporaryDirectory(dir=CACHE) as place, served(folder) as host:
        jobs = Path(place) / "jobs.xlsx"
        _make("make_job_workbook(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])",
              jobs, data, f"http://{host}", dataset_id(rows))  # fmt: skip
        contend("fill", data, jobs, host, rows)
        yield data, jobs, host


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A practice portal with an empty dataset of each size, or with what is in it from an earlier time."""
    with portal_process(HERE / "preview_contenders.py", "serve", str(folder)) as host:
        yield host


def one_round(data: Path, jobs: Path, host: str, rows: int) -> Round:
    """Every contender in turn."""
    taken = {}
    for name in (SHEET, PORTAL, PREVIEW, f"{SHEET}!", f"{PORTAL}!"):
        print(f"{rows:,} rows: {name}", file=sys.stderr, flush=True)
        taken[name] = contend(name.rstrip("!"), data, jobs, host, rows)
    again = [taken.pop(f"{name}!") for name in (SHEET, PORTAL)]
    taken[AGAIN] = Measurement(sum(one.seconds for one in again), max(one.megabytes for one in again))
    return taken


def contend(name: str, *task: object) -> Measurement:
    """One run in a process of its own."""
    command = [sys.executable, str(HERE / "preview_contenders.py"), name, *map(str, task)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HERE)
    return Measurement(*map(float, answer.stdout.split()))


def lines(rounds: list[Round], rows: int) -> Iterator[str]:
    """The table, and whether the bar is met."""
    yield f"\n### The preview of {rows:,} rows × {len(COLUMNS)} columns, 1 % changed, rounds: {len(rounds)}\n"
    yield "| | Seconds (median) | Times reading both once (median) | lowest–highest | Peak MB |"
    yield "|---|--:|--:|--:|--:|"
    both = [taken[SHEET].seconds + taken[PORTAL].seconds for taken in rounds]
    for name, words in WORDS.items():
        ratios = [taken[name].seconds / once for taken, once in zip(rounds, both, strict=True)]
        spread = f"{min(ratios):.2f}–{max(ratios):.2f}"
        seconds = median(taken[name].seconds for taken in rounds)
        peak = max(taken[name].megabytes for taken in rounds)
        yield f"| {words} | {seconds:.2f} | {median(ratios):.2f} | {spread} | {peak:.0f} |"
    ratio = median(taken[PREVIEW].seconds / once for taken, once in zip(rounds, both, strict=True))
    yield "\n| Target | Measured | Met |\n|---|--:|---|"
    met = "yes" if ratio <= BAR else "**no**"
    yield f"| Preview: at most {BAR:g} times reading both sides once | {ratio:.2f} | {met} |"


if __name__ == "__main__":
    main()
