"""Measures reading a workbook that is open in a live spreadsheet against reading its closed file, each figure a ratio.

pip install -e . -r benchmarks/requirements.txt
python benchmarks/live.py [--rows 100000] [--rounds 5]

The live program is LibreOffice Calc, through the engine of the tests (apt: libreoffice-calc python3-uno); the time that
a program needs to save a copy of its own is shown apart. All is read to the last cell. Contenders take turns in one
process, and ratios are taken within a round; the closed file is read twice in each, which shows the noise.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import xlwings as xw
from make_workbook import make_workbook
from run import CACHE, EDITION, about_this_machine

from tests.calc import engine, office
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.protocol import Source, Workbook
from xl_datasync.workbook.rebuilt import rebuild

BAR = 1.5
CLOSED, AGAIN = "the closed file", "the closed file once more"
LIVE, EDITED, SAVING = "**open, nothing unsaved**", "open, an edit unsaved", "of which: Calc saves the copy"
CELLS, ASKING = "open, read cell by cell", "of which: the cells are asked for and put into a file"
ORDER = (CLOSED, LIVE, EDITED, SAVING, CELLS, ASKING, AGAIN)
Round = dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure reading a live workbook against its closed file.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(about_this_machine())
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"rows-{options.rows}-{EDITION}.xlsx"
    if not path.exists():
        make_workbook(path, options.rows)
    with opened(path) as book, tempfile.TemporaryDirectory(dir=CACHE) as folder:
        one_round(book, path, Path(folder), options.rows)  # the first reads of a process are slower
        rounds = [one_round(book, path, Path(folder), options.rows) for _ in range(options.rounds)]
    print("\n".join(lines(rounds, options.rows)))


@contextmanager
def opened(path: Path) -> Iterator[xw.Book]:
    """The workbook, open in a Calc of our own."""
    started = office.start()
    try:
        yield engine.activate(started.url).apps.active.books.open(str(path))
    finally:
        started.stop()


def one_round(book: xw.Book, path: Path, folder: Path, rows: int) -> Round:
    """Seconds of every contender."""
    taken = {CLOSED: timed(lambda: read(open_workbook(path), rows))}
    book.api.Saved = True
    taken[LIVE] = timed(lambda: read(LiveWorkbook(book, folder), rows))
    book.api.Saved = False
    taken[SAVING] = timed(lambda: book.api.SaveCopyAs(str(folder / "copy.xlsx")))
    taken[EDITED] = timed(lambda: read(LiveWorkbook(book, folder), rows))
    taken[ASKING] = timed(lambda: rebuild(book, folder / "rebuilt.xlsx"))
    taken[CELLS] = taken[ASKING] + timed(lambda: read(open_workbook(folder / "rebuilt.xlsx"), rows))
    taken[AGAIN] = timed(lambda: read(open_workbook(path), rows))
    return taken


def read(book: Workbook, rows: int) -> None:
    """Read every row, and let go."""
    with book:
        found = sum(len(block.rows) for block in book.read_table(Source("")).blocks())
    if found != rows:
        raise SystemExit(f"{found:,} rows were read, not {rows:,}")


def timed(act: Callable[[], object]) -> float:
    """Seconds it takes."""
    since = time.perf_counter()
    act()
    return time.perf_counter() - since


def lines(rounds: list[Round], rows: int) -> Iterator[str]:
    """The table, and whether the bar is met."""
    yield f"\n### Reading an open workbook, {rows:,} rows × 12 columns, rounds: {len(rounds)}\n"
    yield "| What is read | Seconds (median) | Times the closed file (median) | lowest–highest |\n|---|--:|--:|--:|"
    for name in ORDER:
        ratios = sorted(taken[name] / taken[CLOSED] for taken in rounds)
        spread = "" if name == CLOSED else f"{ratios[0]:.2f}–{ratios[-1]:.2f}"
        yield f"| {name} | {median(taken[name] for taken in rounds):.2f} | {median(ratios):.2f} | {spread} |"
    ratio = median(taken[LIVE] / taken[CLOSED] for taken in rounds)
    yield "\n| Target | Measured | Met |\n|---|--:|---|"
    met = "yes" if ratio <= BAR else "**no**"
    yield f"| Open and nothing unsaved: no longer than {BAR:g} times the closed file | {ratio:.2f} | {met} |"


if __name__ == "__main__":
    main()
