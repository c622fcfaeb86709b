"""Where kills are tried out: two practice portals, a job workbook, and the real command as a child."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.workbooks import write_job_workbook
from xl_datasync.history.records import History, RunRecord, read_runs
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.practice_portal.http_server import Exchange
from xl_datasync.practice_portal.signin import OTHER_SIGN_INS

ROOT = Path(__file__).parents[2]
WRITES = ("POST", "PUT", "DELETE")


class Bench:
    """Two portals, “Practice” and “Other”, and a folder with a job workbook; each user needs one of their own."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.here = PracticePortal()
        self.there = PracticePortal(sign_ins=OTHER_SIGN_INS)
        self.folder = Path()
        self.seeds: frozenset[str] = frozenset()

    def __enter__(self) -> Bench:  # noqa: PYI034  # Self needs Python 3.11
        self._stack.enter_context(self.here)
        self._stack.enter_context(self.there)
        self.seeds = frozenset(self.here.dataset_ids())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove_folder()
        self._stack.close()

    @property
    def workbook(self) -> Path:
        """The job workbook."""
        return self.folder / "jobs.xlsx"

    def clear(self) -> None:
        """Portals as delivered, a new folder."""
        for portal in (self.here, self.there):
            portal.reset()
        self._remove_folder()
        self.folder = Path(tempfile.mkdtemp(prefix="kills-"))

    def write(self, job: dict[str, Any], rows: Sequence[Sequence[Any]], options: Sequence[dict[str, Any]]) -> None:
        """Write the job workbook."""
        connections = [
            {"Connection name": name, "Portal address": portal.url, "Sign-in type": "API key"}
            for name, portal in (("Practice", self.here), ("Other", self.there))
        ]
        tables: dict[str, Any] = {"connections": connections, "options": options}
        write_job_workbook(self.workbook, self.here.url, [job], {"Data": rows}, **tables)

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[str]:
        """Start the real command, with nobody at the terminal."""
        return subprocess.Popen(
            [sys.executable, "-m", "xl_datasync", *arguments],
            cwd=ROOT, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def exchanges(self) -> list[Exchange]:
        """What both portals were asked so far."""
        return [*self.here.exchanges, *self.there.exchanges]

    def portal(self, name: str) -> PracticePortal:
        """The portal of a connection."""
        return self.there if name == "Other" else self.here

    def writes(self, name: str) -> list[str]:
        """The methods of the writing requests that a portal has answered."""
        return [exchange.method for exchange in self.portal(name).exchanges if exchange.method in WRITES]

    def records(self) -> list[RunRecord]:
        """The records of all runs."""
        return read_runs(History(self.workbook.with_suffix(".datasync")))

    def open_records(self) -> list[RunRecord]:
        """Runs of which nobody knows how they ended."""
        return [record for record in self.records() if is_open(record)]

    def content(self, dataset_id: str) -> dict[str, Any]:
        """What both portals hold: the rows of one dataset that was there before, and all new datasets."""
        found: dict[str, Any] = {}
        for name, portal in (("here", self.here), ("there", self.there)):
            ids = set(portal.dataset_ids())
            found[f"gone {name}"] = sorted(self.seeds - ids)
            found[f"rows {name}"] = rows(portal, dataset_id) if dataset_id in ids else None
            found[f"new {name}"] = {i: whole(portal, i) for i in sorted(ids - self.seeds) if i != dataset_id}
        return found

    def _remove_folder(self) -> None:
        if self.folder != Path():
            shutil.rmtree(self.folder, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        keys = {
            f"XL_DATASYNC_{name}_KEY_{part}": value
            for name, who in (("PRACTICE", self.here.sign_ins[0]), ("OTHER", self.there.sign_ins[0]))
            for part, value in (("ID", who.key_id), ("SECRET", who.key_secret))
        }
        own = {
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONPATH": str(ROOT),
        }
        return {**os.environ, **keys, **own}


def rows(portal: PracticePortal, dataset_id: str) -> list[str]:
    """A dataset's rows in a fixed order, each as often as it is there; the portal's own columns are left out."""
    return sorted(repr(sorted(row.items())) for row in portal.rows(dataset_id))


def whole(portal: PracticePortal, dataset_id: str) -> dict[str, Any]:
    """A dataset: what it is called, its columns, whether it is published, its rows."""
    view = portal.view(dataset_id)
    columns = [
        (
            c["name"],
            c["fieldName"],
            c["dataTypeName"],
            c.get("description"),
            c["id"] == view.get("rowIdentifierColumnId"),
        )
        for c in view["columns"]
        if not c["fieldName"].startswith(":")
    ]
    names = ("name", "description", "category", "tags", "attribution", "publicationStage")
    return {**{name: view.get(name) for name in names}, "columns": columns, "rows": rows(portal, dataset_id)}
