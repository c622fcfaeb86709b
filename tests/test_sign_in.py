"""Signing in by command, with a real vault: what a clerk does once and a scheduled run relies on."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbooks import job
from xl_datasync.practice_portal import PracticePortal

pytestmark = [
    pytest.mark.usefixtures("real_vault"),
    # keyring leaves its connection open when the vault is locked or out of reach.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
Command = Callable[..., subprocess.CompletedProcess[str]]
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAY = ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")


def test_login_run_logout(command: Command, make_workbook: Callable[..., Path], portal: PracticePortal) -> None:
    """After a login an unattended run finds the secret in the vault; after a logout it does not."""
    publisher = portal.sign_ins[0]
    connection = {
        "Connection name": "Practice", "Portal address": portal.url, "Sign-in type": "API key",
        "Key ID or user name": publisher.key_id,
    }  # fmt: skip
    path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]}, connections=[connection])
    login = command("login", "--workbook", str(path), "--stdin", stdin=f"{publisher.key_secret}\n")
    assert login.returncode == 0, login.stderr
    assert publisher.display_name in login.stdout
    assert "login keyring" in login.stdout
    ran = command("run", str(path), "--unattended")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "login keyring" in command("connections", str(path)).stdout
    assert command("logout", "--workbook", str(path)).returncode == 0
    again = command("run", str(path), "--unattended")
    assert (again.returncode, "No saved sign-in" in again.stdout) == (4, True)
    said = "".join(done.stdout + done.stderr for done in (login, ran, again))
    assert publisher.key_secret not in said


def test_a_wrong_secret_is_not_saved(command: Command, portal: PracticePortal) -> None:
    """The sign-in is tried before it is kept."""
    arguments = ("login", "--portal", portal.url, "--user", portal.sign_ins[0].key_id, "--stdin")
    refused = command(*arguments, stdin="not the secret\n")
    assert (refused.returncode, "not the secret" in refused.stdout + refused.stderr) == (4, False)
    nothing = command("logout", "--portal", portal.url)
    assert "No secret" in nothing.stdout
