"""Hard times: no room, no right to write, a clock that was set wrong, a vault that closes, backups that grow old."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hard_times import (  # noqa: F401
    Disk,
    Runner,
    fixture_disk,
    fixture_run,
    fixture_unwritable,
    fixture_wrong_clock,
    setting,
    wait_for,
    wait_for_sending,
)
from tests.secret_service import lock_state
from tests.workbooks import job
from xl_datasync.api import Person, run_workbook
from xl_datasync.core.report import State
from xl_datasync.practice_portal import PracticePortal

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)
TODAY = ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")
FIELDS = [AIRPORT, *((f"Z{n:03}", *FIELD[1:]) for n in range(200))]
MANY = [AIRPORT, *((f"Z{n:04}", f"Field {n * 7919}", *FIELD[2:]) for n in range(3000))]
MOMENTS = ("started", "sending", "finished")

Make = Callable[..., Path]
Told = Callable[[], list[str]]


def events(path: Path) -> list[dict[str, Any]]:
    """What a history holds."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def leftovers(folder: Path) -> list[Path]:
    """Drafts that were not taken away."""
    return [path for path in folder.rglob("*.part*") if path.is_file()]


@pytest.mark.usefixtures("signed_in")
class TestNoRoom:
    """A disk that is full costs the job, never the data, and never the truth about it."""

    def test_while_the_csv_is_written(
        self, *, disk: Disk, run: Runner, make_workbook: Make, portal: PracticePortal, writes: Told, tmp_path: Path
    ) -> None:
        """Nothing is sent, the reason is told, nothing is left, and the next job is run."""
        disk.leave(20_000)
        jobs = [job("Large", "airp-orts", "Update and add", "Many"), job("Small", "weat-hlog", "Add rows", "Day")]
        path = make_workbook(
            jobs, {"Many": MANY, "Day": [WEATHER, TODAY]}, settings=setting("CSV folder", str(disk.folder))
        )
        said = run("run", str(path), code=1, program=disk.program)
        assert any(words in said for words in ("No space left on device", "File too large"))
        assert "Nothing has been sent" in said
        assert "1 of 2 jobs done" in said
        assert writes() == ["POST"]
        assert leftovers(tmp_path) == []

    def test_while_a_copy_is_read(
        self, *, disk: Disk, run: Runner, make_workbook: Make, portal: PracticePortal, writes: Told, tmp_path: Path
    ) -> None:
        """No dataset is made of rows that could not be kept."""
        disk.leave(20_000)
        copy = {
            "Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "Practice",
            "What to copy": "Columns and rows", "Copy from dataset ID or link": "airp-orts",
        }  # fmt: skip
        path = make_workbook([copy], {"Data": [AIRPORT]}, settings=setting("CSV folder", str(disk.folder)))
        before = portal.dataset_ids()
        said = run("run", str(path), code=1, program=disk.program)
        assert "Nothing has been sent" in said
        assert (writes(), portal.dataset_ids(), leftovers(tmp_path)) == ([], before, [])

    def test_while_the_backup_is_written(
        self, disk: Disk, run: Runner, make_workbook: Make, writes: Told, tmp_path: Path
    ) -> None:
        """Without a backup nothing is sent, and no half of one is left."""
        disk.leave(20_000)
        path = make_workbook(
            [job("Fields", "airp-orts", "Update and add")],
            {"Data": [AIRPORT, FIELD]},
            settings=setting("Backup folder", str(disk.folder)),
        )
        said = run("run", str(path), code=1, program=disk.program)
        assert "cannot be written (" in said
        assert "Nothing has been sent" in said
        assert (writes(), leftovers(tmp_path)) == ([], [])
        assert {path.name for path in disk.folder.iterdir()} <= {"filler"}

    @pytest.mark.parametrize(("moment", "code"), [(MOMENTS[0], 1), (MOMENTS[1], 1), (MOMENTS[2], 3)])
    def test_while_the_record_is_written(
        self,
        *,
        moment: str,
        code: int,
        disk: Disk,
        run: Runner,
        make_workbook: Make,
        portal: PracticePortal,
        writes: Told,
    ) -> None:
        """Before sending: nothing is sent. Afterwards: the report says what was done, and that its record is missing."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, TODAY]})
        run("run", str(path), code=0)
        rows = len(portal.rows("weat-hlog"))
        history = path.with_name("jobs.datasync") / "history.jsonl"
        lengths = {json.loads(line)["event"]: len(line) for line in history.read_bytes().splitlines()}
        earlier = MOMENTS[: MOMENTS.index(moment)]
        room = sum(lengths[kind] for kind in earlier) + lengths[moment] // 2
        mine = disk.folder / "history.jsonl"
        with mine.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"event": "padding", "x": "x" * (disk.size - room - 40)}) + "\n")
        assert abs(disk.size - room - mine.stat().st_size) < 20
        history.unlink()
        history.symlink_to(mine)
        sent = len(writes())
        said = run("run", str(path), code=code, program=disk.program)
        assert len(writes()) - sent == (moment == "finished")
        assert len(portal.rows("weat-hlog")) - rows == (moment == "finished")
        assert "The history of the runs cannot be written" in said
        assert ("Nothing has been sent" in said) is (moment != "finished")
        assert ("1 row added" in said and "Record of this run" in said) is (moment == "finished")
        assert [event["event"] for event in events(mine)] == ["padding", *earlier]


@pytest.mark.usefixtures("signed_in")
class TestNoRight:
    """A folder that cannot be written."""

    def test_beside_the_workbook(
        self, unwritable: Callable[[Path], None], run: Runner, make_workbook: Make, writes: Told, tmp_path: Path
    ) -> None:
        """Records and backups go to the user's own folder, and are found there again; an undo uses them."""
        path = make_workbook(
            [job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS},
            settings=setting("CSV folder", str(tmp_path / "csv")),
        )  # fmt: skip
        unwritable(path.with_name("jobs.datasync"))
        run("run", str(path), code=0)
        own = tmp_path / "config" / "xl-datasync" / "history"
        assert [kept.name for kept in own.glob("*/history.jsonl")] == ["history.jsonl"]
        assert len(list(own.glob("*/backups/*.backup.gz"))) == 1
        assert "Fields" in run("history", str(path), code=0)
        assert "200 rows again" in run("undo", str(path), "--yes", code=0)
        assert writes() == ["PUT", "PUT"]

    def test_for_the_csv(
        self, unwritable: Callable[[Path], None], run: Runner, make_workbook: Make, writes: Told
    ) -> None:
        """The error names the setting that helps, and nothing is sent."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, TODAY]})
        unwritable(path.with_name("jobs.datasync"))
        said = run("run", str(path), code=1)
        assert "No file can be written there" in said
        assert "“CSV folder” on the Settings sheet" in said
        assert writes() == []

    def test_for_backups(
        self, unwritable: Callable[[Path], None], run: Runner, make_workbook: Make, writes: Told, tmp_path: Path
    ) -> None:
        """The error names the folder and its setting, and nothing is sent."""
        path = make_workbook(
            [job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS},
            settings=setting("Backup folder", str(tmp_path / "safe")),
        )  # fmt: skip
        unwritable(tmp_path / "safe")
        said = run("run", str(path), code=1)
        assert str(tmp_path / "safe") in said
        assert "Nothing has been sent" in said
        assert writes() == []

    def test_the_users_own(
        self, unwritable: Callable[[Path], None], run: Runner, make_workbook: Make, writes: Told, tmp_path: Path
    ) -> None:
        """Without a place for its lock nothing is sent; looking goes on without a log."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, TODAY]})
        unwritable(tmp_path / "config")
        said = run("run", str(path), code=1)
        assert str(tmp_path / "config" / "xl-datasync" / "locks") in said
        assert "Nothing has been sent" in said
        assert writes() == []
        assert "1 of 1 job can be" in run("check", str(path), code=0)

    def test_neither_place_for_records(
        self, unwritable: Callable[[Path], None], run: Runner, make_workbook: Make, writes: Told, tmp_path: Path
    ) -> None:
        """A run that could not be remembered is not begun; both places are named."""
        path = make_workbook(
            [job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, TODAY]},
            settings=setting("CSV folder", str(tmp_path / "csv")),
        )  # fmt: skip
        unwritable(tmp_path / "config")
        path.with_name("jobs.datasync").write_bytes(b"")
        said = run("run", str(path), code=2)
        assert str(path.with_name("jobs.datasync")) in said
        assert str(tmp_path / "config") in said
        assert writes() == []

    @pytest.mark.parametrize("spoilt", ["gone", "a file", "all gone"])
    def test_between_two_jobs(
        self, spoilt: str, make_workbook: Make, signed_in: PracticePortal, tmp_path: Path
    ) -> None:
        """What goes away between two jobs costs the second one at most; the first one's report stays true."""
        jobs = [job("First", "smal-fild", "Replace all rows"), job("Second", "airp-orts", "Update and add", "One")]
        path = make_workbook(
            jobs, {"Data": FIELDS, "One": [AIRPORT, FIELD]}, settings=setting("CSV folder", str(tmp_path / "csv"))
        )
        kept = path.with_name("jobs.datasync")
        rows = len(signed_in.rows("airp-orts"))

        def watch(running: Any, what: str, _done: int, _total: int | None) -> None:
            if running.name == "Second" and what == "Checking rows" and kept.is_dir():
                shutil.rmtree(kept / "backups" if spoilt != "all gone" else kept, ignore_errors=True)
                if spoilt != "gone":
                    (kept / "backups" if spoilt == "a file" else kept).write_bytes(b"")

        first, second = run_workbook(path, person=Person(watch=watch)).results
        assert first.state is State.DONE
        if spoilt == "gone":
            assert second.state is State.DONE
            assert second.backup and second.backup.exists()  # noqa: PT018
        else:
            assert second.error
            assert (second.state, second.error.exit_code) == (State.FAILED, 2)
            assert str(kept) in second.error.message
            assert "Nothing has been sent" in second.error.message
            assert len(signed_in.rows("airp-orts")) == rows


@pytest.mark.usefixtures("signed_in")
class TestWrongClock:
    """A clock that was set back, or forth."""

    def test_runs_stay_in_their_order(self, wrong_clock: Runner, make_workbook: Make, portal: PracticePortal) -> None:
        """The last run is the last one run, whatever the clock said: in the history, and for an undo."""
        path = make_workbook([job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS})
        wrong_clock("run", str(path), code=0)
        make_workbook([job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS[:-5]})
        wrong_clock("run", str(path), code=0, days=-3)
        listed = wrong_clock.json("history", str(path))
        runs = [entry["run"] for entry in listed]
        assert len(set(runs)) == 2
        kept = events(path.with_name("jobs.datasync") / "history.jsonl")
        assert kept[-1]["run"] < kept[0]["run"]  # by its name the second run would be the first
        wrong_clock("undo", str(path), "--yes", code=0, days=-3)
        assert [row["iata_code"] for row in portal.rows("smal-fild")] == [row[0] for row in FIELDS[1:]]

    def test_rows_in_doubt_are_not_sent_again_early(
        self, wrong_clock: Runner, make_workbook: Make, portal: PracticePortal
    ) -> None:
        """After a run that was cut off a day has to pass on the clock; one that was set back says it has not."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, TODAY]})
        portal.add_fault("slow", method="POST", path="weat-hlog", seconds=2)
        portal.add_fault("cut-before", method="POST", path="weat-hlog")
        with wrong_clock.start("run", str(path)) as process:
            wait_for(lambda: not portal._faults.is_armed("slow"))  # the request is there
            process.kill()
            process.communicate()
        wait_for(lambda: not portal._faults.is_armed("cut-before"))
        before = len(portal.rows("weat-hlog"))
        for days in (0.0, -3.0, 0.9):
            assert "no trace of them" in wrong_clock("run", str(path), code=1, days=days)
        assert len(portal.rows("weat-hlog")) == before
        wrong_clock("run", str(path), code=0, days=1.1)
        assert len(portal.rows("weat-hlog")) == before + 1

    def test_a_lock_is_a_lock(self, wrong_clock: Runner, make_workbook: Make, portal: PracticePortal) -> None:
        """A run whose clock is days ahead keeps others out all the same, and they say since when it is at work."""
        path = make_workbook([job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS})
        portal.add_fault("slow", method="PUT", path="smal-fild", seconds=4)
        with wrong_clock.start("run", str(path), days=3) as process:
            wait_for_sending(path)
            assert "Another run is active" in wrong_clock("run", str(path), code=5)
            process.communicate()
        assert process.returncode == 0
        wrong_clock("run", str(path), code=0)


@pytest.mark.usefixtures("real_vault")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # keyring leaves its connection open when it is locked
def test_the_vault_is_locked_half_way(run: Runner, make_workbook: Make, portal: PracticePortal) -> None:
    """The job before it is done, the one after it fails with the words for it, and the run with the code for it."""
    key = portal.sign_ins[0]
    connections = [
        {"Connection name": name, "Portal address": portal.url.replace("127.0.0.1", host), "Sign-in type": "API key",
         "Key ID or user name": key.key_id}
        for name, host in (("Practice", "127.0.0.1"), ("Other", "localhost"))
    ]  # fmt: skip
    jobs = [job("First", "weat-hlog", "Add rows"), job("Second", "weat-hlog", "Add rows", Portal="Other")]
    path = make_workbook(jobs, {"Data": [WEATHER, TODAY]}, connections=connections)
    for name in ("Practice", "Other"):
        login = ("login", name, "--workbook", str(path), "--stdin")
        with run.start(*login, stdin=True) as process:
            process.communicate(f"{key.key_secret}\n", timeout=60)
        assert process.returncode == 0
    assert not any(name.startswith(("XL_DATASYNC_PRACTICE_", "XL_DATASYNC_OTHER_")) for name in os.environ)
    before = len(portal.rows("weat-hlog"))
    portal.add_fault("slow", method="POST", path="weat-hlog", seconds=3)
    with run.start("run", str(path), "--unattended") as process:
        wait_for_sending(path)
        assert lock_state(lock=True)
        said, _ = process.communicate(timeout=90)
    assert process.returncode == 4, said
    assert "+ First: Done" in said
    assert "x Second: Failed" in said
    assert "is locked" in said
    assert "XL_DATASYNC_OTHER_KEY_SECRET" in said
    assert len(portal.rows("weat-hlog")) == before + 1
