"""What the preview is compared with, and the portal it is measured against. Each run is a process of its own.

python benchmarks/preview_contenders.py NAME WORKBOOK JOBS HOST ROWS
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from columns import COLUMNS, IDENTIFIER, dataset_id
from figures import LARGE, SMALL
from portal import OWNER

from xl_datasync.api import Person, run_workbook
from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.job_run import Aim
from xl_datasync.portal import Portal
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.protocol import Source

CHANGED_ONE_IN = 100
KEY = SignIn("key", "secret", "the benchmark")
PERSON = Person(ask=lambda _connection: KEY)


def serve(folder: Path) -> None:
    """Serve until whoever started it has gone."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = [
        {"name": c.header, "fieldName": c.field_name, "dataTypeName": c.type, "format": c.portal_format}
        for c in COLUMNS
    ]  # fmt: skip
    with PracticePortal(data=folder, sign_ins=(OWNER,)) as portal:
        for rows in (SMALL, LARGE):
            if dataset_id(rows) not in portal.dataset_ids():
                portal.create_dataset(dataset_id(rows), "Benchmark", columns, IDENTIFIER)
        print(portal.host, flush=True)
        sys.stdin.read()


def fill(_data: Path, jobs: Path, host: str, rows: int) -> None:
    """Publish the sheet, then change one row in a hundred; nothing where that was done before."""
    with Portal(f"http://{host}", KEY) as portal:
        dataset = portal.describe(dataset_id(rows))
        if portal.count(dataset.id) == rows:
            return
        report = run_workbook(jobs, person=PERSON)
        if report.exit_code not in (0, 3):
            raise SystemExit("\n".join(report_lines(report)))
        names = (IDENTIFIER, "category")
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "changes.csv"
            changed = range(CHANGED_ONE_IN, rows + 1, CHANGED_ONE_IN)
            lines = [",".join(names), *(f"{number:09d},changed" for number in changed)]
            file.write_text("\r\n".join([*lines, ""]), encoding="utf-8")
            columns = tuple(column for column in map(dataset.column, names) if isinstance(column, Column))
            portal.publish(Delivery(dataset, Method.UPSERT, file, len(changed), columns))


def read_sheet(data: Path, _jobs: Path, _host: str, rows: int) -> None:
    """Every row of the sheet."""
    with open_workbook(data) as book:
        _all(sum(len(block.rows) for block in book.read_table(Source("")).blocks()), rows)


def read_portal(_data: Path, _jobs: Path, host: str, rows: int) -> None:
    """Every row of the portal."""
    with Portal(f"http://{host}", KEY) as portal:
        _all(sum(1 for _ in portal.read_rows(portal.describe(dataset_id(rows)))), rows)


def preview(_data: Path, jobs: Path, _host: str, rows: int) -> None:
    """A dry run, as a user has it."""
    report = run_workbook(jobs, aim=Aim.DRY_RUN, person=PERSON)
    (result,) = report.results
    found = result.differences
    if result.state is not State.CHECKED or found is None or found.changed != rows // CHANGED_ONE_IN:
        raise SystemExit("\n".join(report_lines(report)))
    _all(found.unchanged + found.changed, rows)


def _all(found: int, rows: int) -> None:
    if found != rows:
        raise SystemExit(f"{found:,} rows instead of {rows:,}")


CONTENDERS: dict[str, Callable[[Path, Path, str, int], None]] = {
    "fill": fill,
    "sheet": read_sheet,
    "portal": read_portal,
    "preview": preview,
}


def contend(name: str, data: str, jobs: str, host: str, rows: str) -> None:
    """One run in this process; prints seconds and peak memory in MB."""
    since = time.perf_counter()
    CONTENDERS[name](Path(data), Path(jobs), host, int(rows))
    seconds = time.perf_counter() - since
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(seconds, kib * (1 if sys.platform == "darwin" else 1024) / 1e6)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]))
    else:
        contend(*sys.argv[1:])
