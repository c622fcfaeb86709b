"""Undo at a terminal, and with nobody there: what is shown, what is asked, and what is said in the end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.two_portals import change_rows
from tests.workbooks import job
from xl_datasync.api import run_records, run_workbook
from xl_datasync.practice_portal import PracticePortal

if sys.platform == "win32":
    pytest.skip("a terminal of its own is POSIX's", allow_module_level=True)

import pty

FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
SHEET = [FIELD, ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)]
Make = Callable[..., Path]
LONGEST = 60


@pytest.fixture
def path(make_workbook: Make, signed_in: PracticePortal) -> Path:
    """A workbook whose job has added a row."""
    path = make_workbook([job("J", "smal-fild", "Add rows")], {"Data": SHEET})
    assert run_workbook(path).exit_code == 0
    return path


def asked(answer: str, *arguments: str | Path) -> tuple[int, str]:
    """The command at a terminal where somebody types an answer; its exit code and all it said."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "xl_datasync", *map(str, arguments)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=LONGEST,
        check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    return done.returncode, done.stdout


def test_no(path: Path, portal: PracticePortal) -> None:
    """What would be done is shown, one question asked, and a no answered with one sentence."""
    code, words = asked("n", "undo", path)
    assert (code, len(portal.rows("smal-fild"))) == (130, 201)
    assert "The 200 rows it had before that run" in words
    assert words.count("Undo it? [y/N]") == 1
    assert words.rstrip().endswith("Nothing was undone.")


def test_yes(path: Path, portal: PracticePortal) -> None:
    """It is done."""
    code, words = asked("y", "undo", path)
    assert (code, len(portal.rows("smal-fild"))) == (0, 200), words
    assert "1 of 1 run undone." in words


@pytest.mark.parametrize(("answer", "code", "rows"), [("", 130, 201), ("smal-fild", 3, 200)])
def test_a_guard(answer: str, code: int, rows: int, path: Path, portal: PracticePortal) -> None:
    """A guard is shown once before anything is done, with what would be done, and only the typed question is asked."""
    change_rows(portal, "smal-fild", {"iata_code": "ZZ1", "airport_name": "A colleague's"})
    ended, words = asked(answer, "undo", path)
    assert (ended, len(portal.rows("smal-fild"))) == (code, rows), words
    question = words.index("Undo anyway? Type smal-fild to do so; Enter stops")
    assert words[:question].count("it has been changed since that run") == 1
    assert "would be put back in place of the 201 it has now." in words[:question]
    assert words.count("Type smal-fild") == 1
    assert "Undo it?" not in words
    assert "to mend" not in words
    assert ("Nothing was undone." in words) == (code == 130)


def test_an_undo_of_an_undo_is_called_so(path: Path, portal: PracticePortal) -> None:
    """Before the question it is said that the first undo is taken back."""
    assert asked("y", "undo", path)[0] == 0
    code, words = asked("n", "undo", path)
    assert code == 130
    assert "this takes back the undo of " in words[: words.index("Undo it?")]


@pytest.mark.parametrize("spoil", [Path.unlink, lambda backup: backup.write_bytes(b"")])
def test_a_spoilt_backup_is_in_the_history(spoil: Callable[[Path], None], path: Path, portal: PracticePortal) -> None:
    """With nobody there and with --yes: the failed undo is recorded, and the portal is not touched."""
    spoil(Path(run_records(path)[0].sending["backup"]))
    for more in ((), ("--yes",)):
        code, words = asked("y", "undo", path, *more)
        assert (code, "nothing else can undo this run" in words) == (1, True), words
    assert [record.started["method"] for record in run_records(path)] == ["append", "undo", "undo"]
    assert len(portal.rows("smal-fild")) == 201
