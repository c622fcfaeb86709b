"""The command line as a user meets it: a process, its words, its exit codes."""

from __future__ import annotations

import csv
import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.workbooks import job
from xl_datasync import __version__
from xl_datasync.practice_portal import FAULTS, PracticePortal
from xl_datasync.workbook.tables import COLUMN_MAP

WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAY = ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")
# The command as ever, but that time passes at once where it waits between its attempts.
AT_ONCE = "import time; time.sleep = lambda _seconds: None; from xl_datasync.__main__ import main; main()"
# The command as ever, but for the practice portal's usual port, which another test or program may hold just now.
ON_PORT = "import xl_datasync.practice_portal as p; p.DEFAULT_PORT = {}; from xl_datasync.__main__ import main; main()"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def workbook(make_workbook: Callable[..., Path], signed_in: PracticePortal) -> Path:
    """A job workbook with one good job and one faulty one that is not run by itself."""
    jobs = [
        job("Good", "weat-hlog", "Add rows"),
        job("Faulty", "weat-hlog", "Add rows", sheet="Faulty") | {"Run?": "No"},
    ]
    return make_workbook(jobs, {"Data": [WEATHER, DAY], "Faulty": [WEATHER, ("soon", "n/a", *DAY[2:])]})


def test_run_reports_and_exits_with_0(command: Command, workbook: Path, portal: PracticePortal) -> None:
    """A good run says what it did and where, and keeps progress out of the report."""
    done = command("run", str(workbook))
    assert (done.returncode, "1 of 1 job done." in done.stdout) == (0, True)
    assert "1 row added" in done.stdout
    assert f"{portal.url}/d/weat-hlog" in done.stdout
    assert "Sending" in done.stderr
    assert "Sending" not in done.stdout


def test_a_faulty_sheet_is_refused_cell_by_cell(command: Command, workbook: Path) -> None:
    """Exit code 1; each cell by its address."""
    done = command("run", str(workbook), "--job", "faulty")
    assert done.returncode == 1
    assert "Faulty!A2" in done.stdout
    assert "Faulty!B2" in done.stdout
    assert "Nothing has been sent." in done.stdout


def test_the_report_as_json(command: Command, workbook: Path) -> None:
    """Standard output is one JSON document with counts."""
    done = command("run", str(workbook), "--json")
    report = json.loads(done.stdout)
    assert (report["exit_code"], report["jobs"][0]["rows_created"], report["jobs"][0]["verified"]) == (0, 1, True)


def test_dry_run_and_check_send_nothing(command: Command, workbook: Path, writes: Callable[[], list[str]]) -> None:
    """Both end well and write nothing."""
    assert command("run", str(workbook), "--dry-run").returncode == 0
    assert command("check", str(workbook)).returncode == 0
    assert writes() == []


def test_map_shows_the_mapping_and_writes_rows(command: Command, workbook: Path, tmp_path: Path) -> None:
    """Each column with its target; the rows have the Column map's headers."""
    done = command("map", str(workbook), "--csv", "rows.csv")
    assert done.returncode == 0
    assert "Observed On" in done.stdout
    assert "[exact]" in done.stdout
    with (tmp_path / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        header, first, *_ = csv.reader(file)
    assert tuple(header) == COLUMN_MAP.headers
    assert first == ["Good", "Observed On", "A", "Observed On", "Yes", *[""] * 8, "exact"]


def test_map_keeps_each_column_to_a_line(command: Command, make_workbook: Callable[..., Path]) -> None:
    """A header over several lines, or as long as Excel allows, does not break the table."""
    sheet = [("Observed\nOn", "x" * 255, "Weather"), ("2016-01-01", "a\nb", "rain")]
    lines = command(
        "map", str(make_workbook([job("Good", "weat-hlog", "Add rows")], {"Data": sheet}))
    ).stdout.splitlines()
    assert any("A  Observed On " in line for line in lines)
    assert any(f"B  {'x' * 39}…  →  not sent   a b" in line for line in lines)


def test_export_as_a_job_and_as_it_stands(command: Command, workbook: Path, tmp_path: Path) -> None:
    """A job's export has field names; a sheet's has its own headers."""
    assert command("export", str(workbook), "--job", "Good", "--output", "job.csv").returncode == 0
    assert (tmp_path / "job.csv").read_text(encoding="utf-8").startswith("observed_on,")
    assert command("export", str(workbook), "--sheet", "Data", "--output", "sheet.csv").returncode == 0
    assert (tmp_path / "sheet.csv").read_text(encoding="utf-8").startswith("Observed On,")


def test_export_never_writes_over_what_is_published(command: Command, workbook: Path, tmp_path: Path) -> None:
    """Neither over the workbook, nor over a file that nobody named."""
    before = workbook.read_bytes()
    refused = command("export", str(workbook), "--sheet", "Data", "--output", str(workbook))
    assert (refused.returncode, workbook.read_bytes() == before) == (2, True)
    (tmp_path / "Good.csv").write_text("mine", encoding="utf-8")
    assert command("export", str(workbook), "--job", "Good").returncode == 2
    assert (tmp_path / "Good.csv").read_text(encoding="utf-8") == "mine"


def test_a_report_can_always_be_written(
    command: Command, workbook: Path, writes: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A console that knows few characters does not lose the report of rows that were sent."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = command("run", str(workbook))
    assert (done.returncode, writes()) == (0, ["POST"])
    assert "1 of 1 job done." in done.stdout


def test_faults_of_the_job_sheets_as_json(command: Command, workbook: Path) -> None:
    """A machine gets JSON whatever is wrong."""
    done = command("run", str(workbook), "--job", "Nope", "--json")
    assert (done.returncode, json.loads(done.stdout)["exit_code"]) == (2, 2)


def test_connections_says_who_and_what(command: Command, workbook: Path, portal: PracticePortal) -> None:
    """Who is signed in, where the secret came from, and the rights on each dataset."""
    done = command("connections", str(workbook))
    assert done.returncode == 0
    assert portal.sign_ins[0].display_name in done.stdout
    assert "environment" in done.stdout
    assert "Seattle weather, running log" in done.stdout


def test_connections_without_rights(
    command: Command, workbook: Path, portal: PracticePortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who may only read is told so, with exit code 1."""
    viewer = portal.sign_ins[1]
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_ID", viewer.key_id)
    monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_SECRET", viewer.key_secret)
    done = command("connections", str(workbook))
    assert (done.returncode, "may not" in done.stdout) == (1, True)


def test_new_writes_workbooks_that_open(command: Command, tmp_path: Path) -> None:
    """Both templates; an existing file is never overwritten."""
    assert command("new", "Mine").returncode == 0
    assert command("new", "Example.xlsx", "--practice").returncode == 0
    assert "Jobs" in openpyxl.load_workbook(tmp_path / "Mine.xlsx").sheetnames
    assert "Airports" in openpyxl.load_workbook(tmp_path / "Example.xlsx").sheetnames
    again = command("new", "Mine.xlsx")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)


def test_an_empty_job_workbook_says_what_to_do(command: Command) -> None:
    """The new workbook has no job yet; that is a sentence and exit code 2."""
    command("new", "Mine")
    done = command("run", "Mine.xlsx")
    assert (done.returncode, "Run?" in done.stderr) == (2, True)


def test_demo_runs_every_method_and_refuses_the_faulty_sheet(command: Command) -> None:
    """Everything a newcomer sees, twice: methods and copies with their second effect, the refusal, the undo."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        program = ("-c", ON_PORT.format(free.getsockname()[1]))
    first, second = command("demo", program=program), command("demo", program=program)
    for done in (first, second):
        assert done.returncode == 0, done.stdout + done.stderr
        assert "7 of 7 jobs done." in done.stdout
        assert done.stdout.count("rows again that it had.") == 2
        assert "'Weather with faults'!A4" in done.stdout
        assert "xl-datasync practice --data" in done.stdout
    assert "365 rows added, 31 updated" in first.stdout
    assert "0 rows added, 396 updated" in second.stdout
    assert "12 rows removed." in first.stdout
    assert "0 rows removed, 12 not found" in second.stdout
    assert "1,276 rows (it had 1,186)" in second.stdout
    assert "1,095 rows added, 366 updated" in first.stdout
    assert "0 rows added, 1,461 updated" in second.stdout
    assert ("makes another one" in first.stdout, "makes another one" in second.stdout) == (False, True)


def test_faults_are_listed(command: Command) -> None:
    """Each fault of the practice portal with its words."""
    done = command("practice", "--fault", "list")
    assert set(FAULTS) == {line.split()[0] for line in done.stdout.splitlines()}


def test_version(command: Command) -> None:
    """The version is the package's."""
    assert __version__ in command("--version").stdout


class TestBadInput:
    """One clear message, the right exit code, no traceback, nothing sent."""

    @pytest.fixture(autouse=True)
    def nothing_sent(self, writes: Callable[[], list[str]]) -> object:
        """No test of this class may make the portal write."""
        yield
        assert writes() == []

    def refused(self, done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
        """Check the exit code and the words."""
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        for word in words:
            assert word in said

    def test_no_such_workbook(self, command: Command) -> None:
        """The file's name is in the message."""
        self.refused(command("run", "nowhere.xlsx"), 2, "nowhere.xlsx")

    @pytest.mark.parametrize(
        ("content", "word"),
        [
            (b"PK\x03\x04 but not really", "broken.xlsx"),
            (b"", "broken.xlsx"),
            (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), "broken.xlsx"),
            (b"just text", "broken.xlsx"),
        ],
        ids=["corrupt", "empty", "password", "text"],
    )
    def test_unusable_workbooks(self, content: bytes, word: str, command: Command, tmp_path: Path) -> None:
        """Corrupt, empty, with a password, or no workbook at all."""
        (tmp_path / "broken.xlsx").write_bytes(content)
        self.refused(command("run", "broken.xlsx"), 2, word)

    def test_a_workbook_without_jobs(self, command: Command, tmp_path: Path) -> None:
        """Any workbook is not a job workbook."""
        book = openpyxl.Workbook()
        book.save(tmp_path / "plain.xlsx")
        self.refused(command("run", "plain.xlsx"), 2, "no sheet “Jobs”", "xl-datasync new")

    def test_unknown_job(self, command: Command, workbook: Path) -> None:
        """The jobs there are, are named."""
        self.refused(command("run", str(workbook), "--job", "Nope"), 2, "Nope", "Good, Faulty")

    def test_wrong_option(self, command: Command, workbook: Path) -> None:
        """Usage errors are exit code 2."""
        self.refused(command("run", str(workbook), "--quickly"), 2, "--quickly")

    def test_a_portal_that_is_down(
        self, command: Command, make_workbook: Callable[..., Path], signed_in: PracticePortal
    ) -> None:
        """The portal's address is in the message; trying later is exit code 5."""
        connection = {"Connection name": "Practice", "Portal address": "http://127.0.0.1:9"}
        path = make_workbook([job("Good", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]}, connections=[connection])
        self.refused(command("run", str(path), program=("-c", AT_ONCE)), 5, "127.0.0.1:9")

    def test_no_secret(self, command: Command, workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody is asked; the message says where a secret may come from."""
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_SECRET")
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_ID")
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        self.refused(command("run", str(workbook)), 4, "XL_DATASYNC_PRACTICE_KEY_ID")

    def test_a_wrong_secret(self, command: Command, workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A refused sign-in is exit code 4, and the secret is nowhere in the output."""
        monkeypatch.setenv("XL_DATASYNC_PRACTICE_KEY_SECRET", "wr0ng-and-secret")
        done = command("run", str(workbook))
        self.refused(done, 4)
        assert "wr0ng-and-secret" not in done.stdout + done.stderr

    def test_a_link_to_another_portal(
        self, command: Command, make_workbook: Callable[..., Path], signed_in: PracticePortal
    ) -> None:
        """A pasted link, query and all, must belong to the job's portal."""
        link = "https://data.example.gov/Health/Permits/weat-hlog?x=1#y"
        path = make_workbook([job("Good", link, "Add rows")], {"Data": [WEATHER, DAY]})
        self.refused(command("run", str(path)), 2, "Jobs!G5", "data.example.gov")

    def test_login_with_nobody_there(self, command: Command) -> None:
        """Without a terminal and without --stdin nothing is asked."""
        self.refused(command("login", "--portal", "https://data.example.gov"), 4)


def test_a_pasted_link_with_a_query_is_understood(
    command: Command, make_workbook: Callable[..., Path], signed_in: PracticePortal
) -> None:
    """People paste what the browser shows."""
    link = f"{signed_in.url}/Weather/Seattle/weat-hlog/about_data?page=2#top"
    path = make_workbook([job("Good", link, "Add rows")], {"Data": [WEATHER, DAY]})
    assert command("run", str(path)).returncode == 0
