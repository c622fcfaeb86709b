"""Where our own time goes: one run with a clock around each stage.

python benchmarks/laps.py TASK.json

The clocks are put around functions of the product by name; one that is gone is an error here, not there. Asking the
clock costs next to nothing because every stage is called once for a block of rows, not once for a cell.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STARTED = time.perf_counter()
# Stage, module, and the function in it whose time is the stage's. A function inside another counts for itself alone.
STAGES = (
    ("read: job and workbook's own parts", "xl_datasync.api", "sound_config"),
    ("read: open the files", "xl_datasync.api", "open_workbook"),
    ("read: open the files", "xl_datasync.workbook.closed", "open_workbook"),
    ("read: what the sheet says beside its cells", "xl_datasync.workbook.xlsx", "read_facts"),
    ("read: find the table and its columns", "xl_datasync.workbook.xlsx", "XlsxWorkbook.read_table"),
    ("read: cells from the file", "xl_datasync.workbook.xlsx", "XlsxTable._blocks"),
    ("read: cells to values", "xl_datasync.workbook.xlsx", "XlsxTable._block"),
    ("convert and check cells", "xl_datasync.core.conversion", "ColumnConverter.convert"),
    ("look for blank rows", "xl_datasync.core.plan", "_Pass._left_out"),
    ("identifiers: collect", "xl_datasync.core.checks", "IdentifierCheck.add"),
    ("identifiers: doubled or nearly so", "xl_datasync.core.checks", "IdentifierCheck.finish"),
    ("CSV: put together, write, hash", "xl_datasync.core.csv_text", "CsvWriter.write"),
    ("keep: find a folder for the records", "xl_datasync.keeper", "history_folder"),
    ("keep: hash of the file", "xl_datasync.keeper", "_sha256"),
    ("keep: records", "xl_datasync.history.records", "RunLog._write"),
    ("keep: records, read again", "xl_datasync.keeper", "read_runs"),
    ("keep: lock", "xl_datasync.history.locks", "_write_holder"),
    ("keep: backup", "xl_datasync.keeper", "Kept.back_up"),
    ("keep: backups too old or too many", "xl_datasync.keeper", "prune"),
    ("keep: how the dataset looks afterwards", "xl_datasync.job_run", "JobRun.look_after"),
    ("send", "xl_datasync.portal.client", "Portal.publish"),
    ("ask the portal (describe, count)", "xl_datasync.portal.client", "Portal.describe"),
    ("ask the portal (describe, count)", "xl_datasync.portal.client", "Portal.count"),
)


class Clock:
    """Time by stage; a stage that calls another stands still meanwhile."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = defaultdict(float)
        self._stages = ["everything else"]
        self._since = time.perf_counter()

    def enter(self, stage: str) -> None:
        """A stage begins."""
        self._lap()
        self._stages.append(stage)

    def leave(self) -> None:
        """It ends."""
        self._lap()
        self._stages.pop()

    def _lap(self) -> None:
        now = time.perf_counter()
        self.laps[self._stages[-1]] += now - self._since
        self._since = now


def timed(clock: Clock, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, its time taken; of a generator, the time of each step."""

    def run(*given: Any, **named: Any) -> Any:
        clock.enter(stage)
        try:
            result = function(*given, **named)
        finally:
            clock.leave()
        return steps(result) if isinstance(result, Iterator) else result

    def steps(iterator: Iterator[Any]) -> Iterator[Any]:
        while True:
            clock.enter(stage)
            try:
                item = next(iterator, None)
            finally:
                clock.leave()
            if item is None:
                return
            yield item

    return run


def put_clocks(clock: Clock) -> None:
    """Put a clock around every stage."""
    for stage, module, path in STAGES:
        owner: Any = importlib.import_module(module)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        setattr(owner, name, timed(clock, stage, getattr(owner, name)))


def main(task: dict[str, Any]) -> None:
    from xl_datasync.api import run_workbook

    imported = time.perf_counter()
    clock = Clock()
    put_clocks(clock)
    if run_workbook(task["jobs"]).exit_code:
        raise SystemExit("the run did not go well; see the same without laps")
    clock.enter("")  # closes the last lap
    laps = {"imports": imported - STARTED, **clock.laps}
    total = sum(laps.values())
    for stage, seconds in sorted(laps.items(), key=lambda lap: -lap[1]):
        print(f"| {stage} | {seconds:.2f} | {seconds / total:.0%} |")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
