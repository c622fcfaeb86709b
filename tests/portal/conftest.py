"""Servers, quick timeouts that note their waits instead of waiting, and deliveries."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Delivery, Method
from xl_datasync.portal import Portal, Timeouts
from xl_datasync.practice_portal import PracticePortal

from .odd_server import OddServer, Reply

SECRET = "s3cret-Ünlöck"
SIGN_IN = SignIn("a.lee", SECRET, "the test", app_token="tokenthatisnosecretatall1")
CODE = Column(1, "Code", "code", "text")
FEE = Column(2, "Fee", "fee", "number")


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of the live tests known."""
    config.addinivalue_line("markers", "live: runs against a live portal, when XL_DATASYNC_LIVE_* name one")


@pytest.fixture
def waits() -> list[float]:
    """The seconds that would have been waited."""
    return []


@pytest.fixture
def quick(waits: list[float]) -> Timeouts:
    """Timeouts under which nothing is slept."""
    return Timeouts(connect=5, read=5, write=5, change=5, send=5, sleep=waits.append)


@pytest.fixture
def serve() -> Iterator[Callable[..., OddServer]]:
    """Starts odd servers."""
    with ExitStack() as stack:
        yield lambda *replies, **options: stack.enter_context(OddServer(*replies, **options))


@pytest.fixture
def open_portal(quick: Timeouts) -> Iterator[Callable[..., Portal]]:
    """Opens portals, signed in as a.lee where nothing else is said."""
    with ExitStack() as stack:

        def open_one(url: str, sign_in: SignIn | None = SIGN_IN, **options: object) -> Portal:
            timeouts = options.pop("timeouts", quick)
            return stack.enter_context(Portal(url, sign_in, timeouts, **options))  # type: ignore[arg-type]

        yield open_one


@pytest.fixture
def answering(
    serve: Callable[..., OddServer], open_portal: Callable[..., Portal]
) -> Callable[..., tuple[Portal, OddServer]]:
    """A portal and the odd server behind it, which gives these replies."""

    def start(*replies: Reply, **options: object) -> tuple[Portal, OddServer]:
        server = serve(*replies)
        return open_portal(server.url, **options), server

    return start


@pytest.fixture(scope="module")
def practice() -> Iterator[PracticePortal]:
    """A practice portal for this file."""
    with PracticePortal(port=0) as portal:
        yield portal


@pytest.fixture
def portal(practice: PracticePortal, open_portal: Callable[..., Portal]) -> Portal:
    """The client, signed in as the publisher."""
    practice.clear_faults()
    return open_portal(practice.url, sign_in_of(practice, 0))


def sign_in_of(practice: PracticePortal, number: int) -> SignIn:
    """One of the practice portal's sign-ins, by its key."""
    known = practice.sign_ins[number]
    return SignIn(known.key_id, known.key_secret, "the practice portal", practice.app_token)


def make_dataset(columns: Sequence[Column] = (CODE, FEE), identifier: Column | None = CODE) -> Dataset:
    """A dataset called Permits."""
    return Dataset("abcd-1234", "Permits", "https://x.example/d/abcd-1234", tuple(columns), identifier)


@pytest.fixture
def deliver(tmp_path: Path) -> Callable[..., Delivery]:
    """Writes rows into a CSV file and makes a delivery of it."""

    def make(
        method: Method, rows: Sequence[Sequence[str]], dataset: Dataset | None = None, **options: object
    ) -> Delivery:
        dataset = dataset or make_dataset()
        columns = dataset.columns
        if method is Method.DELETE and dataset.row_identifier:
            columns = (dataset.row_identifier,)
        path = tmp_path / f"{method.verb}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([column.field_name for column in columns])
            writer.writerows(rows)
        return Delivery(dataset, method, path, len(rows), columns, **options)  # type: ignore[arg-type]

    return make
