"""What copies, backups and records are compared with. Each run is a process of its own.

python benchmarks/keeping_contenders.py NAME TASK.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from columns import dataset_id


@dataclass(frozen=True)
class Keep:
    """What a contender is given.

    :param host: host and port of the portal that is read, or published to.
    :param to: those of the portal that is copied to.
    :param folder: where backups, records and CSVs go.
    :param jobs: a job workbook that replaces the dataset; its job is called Benchmark.
    """

    host: str
    to: str
    folder: str
    jobs: str
    rows: int


def read(task: Keep) -> None:
    """Every row once, as the portal gives it, and nothing done with it."""
    with _portal(task) as portal:
        dataset = portal.describe(dataset_id(task.rows))
        _all(task, sum(1 for _ in portal.read_rows(dataset)))


def read_sodapy(task: Keep) -> None:
    """The same with sodapy, with pages as large as ours."""
    from requests.adapters import HTTPAdapter
    from sodapy import Socrata

    adapter = {"prefix": "http://", "adapter": HTTPAdapter()}
    with Socrata(task.host, "token", "key", "secret", timeout=600, session_adapter=adapter) as client:
        _all(task, sum(1 for _ in client.get_all(dataset_id(task.rows), limit=50_000, order=":id")))


def backup(task: Keep) -> None:
    """A backup as a run takes it: looked at before and after, written, packed, hashed, synced to the disk."""
    from xl_datasync.core.connection import Connection
    from xl_datasync.core.jobs import UndoJob
    from xl_datasync.keeper import Keeper
    from xl_datasync.workbook.config import Keeping

    keeper = Keeper(Keeping(Path(task.folder)), Path(task.folder))
    job = UndoJob("Benchmark", Connection("Benchmark", f"http://{task.host}"), dataset_id(task.rows), "", None)
    with _portal(task) as portal:
        dataset = portal.describe(dataset_id(task.rows))
        kept = keeper.keep(job).back_up(portal, dataset, lambda _done, _total: None)
    kept.path.unlink()
    _all(task, kept.rows)


def port(task: Keep) -> None:
    """All rows of a dataset to another, which has as many and is backed up first."""
    from xl_datasync.api import port_dataset
    from xl_datasync.core.connection import Connection
    from xl_datasync.core.delivery import Method
    from xl_datasync.core.jobs import PortJob, What
    from xl_datasync.core.report_text import report_lines

    report = port_dataset(PortJob(
        name="Benchmark", connection=Connection("Benchmark", f"http://{task.to}"),
        source_connection=Connection("Benchmark", f"http://{task.host}"), source_id=dataset_id(task.rows),
        what=What.ROWS, dataset_id=dataset_id(task.rows), method=Method.REPLACE,
    ))  # fmt: skip
    (result,) = report.results
    if report.exit_code or result.backup is None or not (result.verification and result.verification.agrees):
        raise SystemExit("\n".join(report_lines(report)))
    result.backup.unlink()
    _all(task, result.receipt.sent if result.receipt else 0)


def publish(task: Keep) -> None:
    """A sheet replaces a dataset, as a user has it."""
    _publish(task)


def publish_alone(task: Keep) -> None:
    """The same line without records, lock, backup, and the look at the dataset afterwards."""
    import xl_datasync.api
    from xl_datasync.job_run import JobRun

    class Nothing:
        """Keeps nothing."""

        run = ""
        log = property(lambda self: self)
        path = None

        def __getattr__(self, name: str) -> Callable[..., Any]:
            given = {"alone": nullcontext(), "earlier": [], "records": [], "cut_off": [], "back_up": self}
            return lambda *_given, **_named: given.get(name, self)

        def keep(self, _job: object) -> Nothing:
            return self

        @property
        def keeping(self) -> Any:
            from xl_datasync.workbook.config import Keeping

            return Keeping(Path(task.folder))

    setattr(xl_datasync.api, "Keeper", lambda *_given: Nothing())  # noqa: B010  # for this process alone
    JobRun.look_after = lambda *_given: None  # type: ignore[method-assign]
    _publish(task)


def _publish(task: Keep) -> None:
    from xl_datasync.api import run_workbook
    from xl_datasync.core.report_text import report_lines

    report = run_workbook(task.jobs)
    if report.exit_code:
        raise SystemExit("\n".join(report_lines(report)))
    (result,) = report.results
    _all(task, result.receipt.sent if result.receipt else 0)


def _portal(task: Keep) -> Any:
    from xl_datasync.core.connection import SignIn
    from xl_datasync.portal import Portal

    return Portal(f"http://{task.host}", SignIn("key", "secret"))


def _all(task: Keep, rows: int) -> None:
    if rows != task.rows:
        raise SystemExit(f"{rows:,} rows instead of {task.rows:,}")


CONTENDERS: dict[str, Callable[[Keep], None]] = {
    "read": read,
    "read-sodapy": read_sodapy,
    "backup": backup,
    "port": port,
    "publish": publish,
    "publish-alone": publish_alone,
}


if __name__ == "__main__":
    CONTENDERS[sys.argv[1]](Keep(**json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
