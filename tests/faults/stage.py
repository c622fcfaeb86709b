"""Where faults are met: two practice portals, and portals that say when a job reaches a step."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests

from xl_datasync.core.connection import Connection, SignIn
from xl_datasync.core.dataset import Blueprint, Dataset
from xl_datasync.core.delivery import Delivery, Progress, Receipt
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.report import JobResult
from xl_datasync.job_run import RunSettings
from xl_datasync.keeper import Keeper
from xl_datasync.portal import Portal
from xl_datasync.portal.differences import Made
from xl_datasync.portal.retries import Stop, Timeouts
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.run import run_jobs
from xl_datasync.workbook.config import Keeping

Rows = list[dict[str, str]]
Reached = Callable[[str], None]

TITLE, SOURCE_TITLE = "Building permits", "Permits of the county"
COLUMNS = (
    {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
    {"name": "Street", "fieldName": "street", "dataTypeName": "text"},
    {"name": "Fee", "fieldName": "fee", "dataTypeName": "number"},
)
# How late a slow answer comes, and how long is waited for one where it does.
LATE, PATIENCE = 2.2, 1.0


def no_wait(_seconds: float) -> None:
    """Waiting between attempts, without the wait."""


def quick(*, impatient: bool) -> Timeouts:
    """Two attempts with no wait between them.

    :param impatient: whether an answer that is late is not waited for; then there is a third attempt, by which the late
        answer to the first is there.
    """
    patience = PATIENCE if impatient else 20.0
    return Timeouts(
        read=patience, write=patience, change=patience, attempts=3 if impatient else 2, first_wait=0.01, first_lock_wait=0.01,
        longest_wait=0.02, publication=20.0, settle=2 * LATE if impatient else 0.05, catch_up=0.05,
        sleep=time.sleep if impatient else no_wait,
    )  # fmt: skip


class StagedPortal(Portal):
    """A portal that tells when a job comes to a step."""

    reached: Reached = staticmethod(lambda _moment: None)

    def describe(self, dataset_id: str) -> Dataset:
        """Tell, then describe."""
        self.reached("describe")
        return super().describe(dataset_id)

    def read_rows(self, *given: Any, **named: Any) -> Iterator[dict[str, object]]:
        """Tell, then read."""
        self.reached("read rows")
        return super().read_rows(*given, **named)

    def read_texts(self, *given: Any, **named: Any) -> Iterator[str]:
        """Tell, then read."""
        self.reached("read rows")
        return super().read_texts(*given, **named)

    def newest_row(self, dataset: Dataset) -> str | None:
        """Tell, then look."""
        self.reached("newest row")
        return super().newest_row(dataset)

    def publish(self, delivery: Delivery, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Tell, send, tell before the second request and afterwards."""
        self.reached("write")

        def second() -> bool:
            self.reached("second write")
            return bool(stop and stop())

        receipt = super().publish(delivery, progress, second)
        self.reached("written")
        return receipt

    def create(self, blueprint: Blueprint, told: Callable[[str], None] | None = None) -> Made:
        """Tell, make; tell between making and looking at what was made."""
        self.reached("make")

        def made(dataset_id: str) -> None:
            if told:
                told(dataset_id)
            self.reached(f"made {dataset_id}")

        return super().create(blueprint, made)

    def publish_draft(self, dataset_id: str) -> Dataset:
        """Tell, publish, tell."""
        self.reached("publish")
        dataset = super().publish_draft(dataset_id)
        self.reached("published")
        return dataset

    def remove(self, dataset_id: str, name: str = "") -> None:
        """Tell, then remove."""
        self.reached("remove")
        super().remove(dataset_id, name)


class Stage:
    """Two practice portals, and jobs that are run against them."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._stack = ExitStack()
        self._portals: dict[tuple[str, bool, bool], StagedPortal] = {}
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        self.source = self._stack.enter_context(PracticePortal(lock_timeout=0.01))
        self.portal = self._stack.enter_context(PracticePortal(lock_timeout=0.01))

    def close(self) -> None:
        """End both portals."""
        self._stack.close()

    def reset(self) -> None:
        """Take away the datasets of the cells before."""
        self.source.reset()
        self.portal.reset()

    def new_folder(self) -> Path:
        """A folder of its own for the records of one cell."""
        folder = self.folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    def dataset(self, portal: PracticePortal, given: Rows, *, identifier: bool = True, details: Any = None) -> str:
        """A new dataset with these rows."""
        dataset_id = f"perm-{next(self._numbers):04}"
        title = SOURCE_TITLE if portal is self.source else TITLE
        portal.create_dataset(dataset_id, title, COLUMNS, "code" if identifier else None, given, details=details)
        return dataset_id

    def connection(self, portal: PracticePortal) -> Connection:
        """The connection to one of the two."""
        return Connection("County" if portal is self.source else "City", portal.url)

    def run(
        self, job: AnyJob, folder: Path, reached: Callable[[str, str], None], *, impatient: bool, compress: bool
    ) -> JobResult:
        """Run one job.

        :param reached: told of each step: which portal, which step.
        """

        def open_portal(connection: Connection) -> Portal:
            side = "source" if connection.address == self.source.url else "portal"
            portal = self._opened(connection.address, impatient, compress)
            portal.reached = lambda moment: reached(side, moment)
            return portal

        settings = RunSettings(folder, Keeper(Keeping(folder), folder))
        (result,) = run_jobs([job], None, open_portal, settings).results
        return result

    def _opened(self, address: str, impatient: bool, compress: bool) -> StagedPortal:
        """A portal, opened once: reading the trusted certificates takes longer than a job."""
        which = (address, impatient, compress)
        # Whether packed bodies are taken is remembered, so those are opened anew.
        if which not in self._portals or compress:
            who = (self.source if address == self.source.url else self.portal).sign_ins[0]
            sign_in = SignIn(who.user, who.password, "the vault")
            self._portals[which] = StagedPortal(address, sign_in, quick(impatient=impatient), compress=compress)
        return self._portals[which]

    def change(self, portal: PracticePortal, dataset_id: str, **facts: object) -> None:
        """Change what a dataset says of itself, behind the program's back."""
        who = portal.sign_ins[0]
        at = f"{portal.url}/api/views/{dataset_id}.json"
        requests.put(at, json=facts, auth=(who.user, who.password), timeout=10).raise_for_status()
