"""Parts that every test may use: a practice portal, its sign-in, job workbooks."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail

from tests.calc.fixtures import (  # noqa: F401  # fixtures
    calc,
    calc_program,
    libreoffice,
    quirky,
    screen,
    window_calc,
    window_program,
)
from tests.qt import windows_can_be_had  # noqa: F401  # fixture
from tests.secret_service import real_vault, secret_service  # noqa: F401  # fixtures
from tests.two_portals import copy, other, running_other, workbook  # noqa: F401  # fixtures
from tests.workbooks import write_job_workbook
from xl_datasync.api import run_workbook
from xl_datasync.core.report import Report
from xl_datasync.practice_portal import PracticePortal


@pytest.fixture(scope="session")
def running_portal() -> Iterator[PracticePortal]:
    """One practice portal for the whole session."""
    with PracticePortal(port=0) as portal:
        yield portal


@pytest.fixture
def portal(running_portal: PracticePortal) -> PracticePortal:
    """The practice portal as it is when new."""
    running_portal.reset()
    running_portal.clear_faults()
    return running_portal


@pytest.fixture
def requests_made(portal: PracticePortal) -> Callable[[], list[str]]:
    """Tells the methods of the requests made since the test began, but for late ones of the tests before it."""
    began = time.time()
    return lambda: [exchange.method for exchange in portal.exchanges if exchange.received_at >= began]


@pytest.fixture
def writes(requests_made: Callable[[], list[str]]) -> Callable[[], list[str]]:
    """Tells the methods of the writing requests made since the test began."""
    return lambda: [method for method in requests_made() if method in ("POST", "PUT", "DELETE")]


@pytest.fixture
def signed_in(portal: PracticePortal, monkeypatch: pytest.MonkeyPatch) -> PracticePortal:
    """The practice portal, with the publisher's key in the environment for the connection “Practice”."""
    publisher = portal.sign_ins[0]
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_ID", publisher.key_id)
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_SECRET", publisher.key_secret)
    return portal


@pytest.fixture(autouse=True)
def no_vault(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets the vault of whoever runs it, nor one that another test has made."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    keyring.set_keyring(fail.Keyring())


@pytest.fixture(autouse=True)
def own_log_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of tests stay with the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def make_workbook(tmp_path: Path, portal: PracticePortal) -> Callable[..., Path]:
    """Writes job workbooks for the practice portal."""

    def make(jobs: list[dict[str, Any]], sheets: dict[str, Any], name: str = "jobs.xlsx", **tables: Any) -> Path:
        return write_job_workbook(tmp_path / name, portal.url, jobs, sheets, **tables)

    return make


@pytest.fixture
def publish(make_workbook: Callable[..., Path], signed_in: PracticePortal) -> Callable[..., Report]:
    """Runs a job workbook that holds these jobs and sheets."""

    def run(jobs: list[dict[str, Any]], sheets: dict[str, Any], **tables: Any) -> Report:
        return run_workbook(make_workbook(jobs, sheets, **tables))

    return run


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs xl-datasync in a process of its own, in the test's folder, with nobody at the terminal."""

    def run(
        *arguments: str, stdin: str = "", program: tuple[str, ...] = ("-m", "xl_datasync")
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", *program, *arguments],
            cwd=tmp_path, input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False,
        )  # fmt: skip

    return run
