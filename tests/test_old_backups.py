"""Old backups: deleted as the settings say, at the end of a run, and never those that are still needed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.hard_times import DAY, Runner, fixture_run, setting, wait_for_sending  # noqa: F401
from tests.workbooks import job
from xl_datasync.history.backups import BackupHeader, found_backups, write_backup
from xl_datasync.practice_portal import PracticePortal

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
TODAY = ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")
FIELDS = [AIRPORT, *((f"Z{n:03}", "Test Field", "Testville", "TX", "USA", 31.5, -99.25) for n in range(200))]

Make = Callable[..., Path]


@pytest.mark.usefixtures("signed_in")
class TestOldBackups:
    """What the settings say of backups, at the end of a run."""

    def old(self, folder: Path, days: float, size: int = 0) -> Path:
        """A backup as a run has left it long ago."""
        folder.mkdir(parents=True, exist_ok=True)
        taken = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - days * DAY))
        rows = [{"text": random.Random(days).randbytes(size // 2).hex()}] if size else []
        path = folder / f"some-data-{days}.backup.gz"
        return write_backup(path, BackupHeader(taken, "127.0.0.1", {}, f"run-{days}"), rows).path

    def test_too_old(self, run: Runner, make_workbook: Make) -> None:
        """A backup older than the setting goes, a younger one stays; a look, dry or not, removes none."""
        path = make_workbook(
            [job("Fields", "smal-fild", "Replace all rows")], {"Data": FIELDS},
            settings=setting("Keep backups for (days)", 10),
        )  # fmt: skip
        folder = path.with_name("jobs.datasync") / "backups"
        young, old = self.old(folder, 9.9), self.old(folder, 10.1)
        run("check", str(path), code=0)
        run("run", str(path), "--dry-run", code=0)
        assert old.exists()
        run("run", str(path), code=0)
        assert not old.exists()
        assert young.exists()
        assert len(found_backups(folder)) == 2

    def test_too_many(self, run: Runner, make_workbook: Make, portal: PracticePortal) -> None:
        """Where they fill too much the oldest go, but none of the run itself, even where that alone is too much."""
        columns = [{"name": "Code", "fieldName": "code", "dataTypeName": "text"}]
        columns += [{"name": "Text", "fieldName": "text", "dataTypeName": "text"}]
        rows = [{"code": f"{n}", "text": random.Random(n).randbytes(40_000).hex()} for n in range(20)]
        for dataset in ("larg-0001", "larg-0002"):
            portal.create_dataset(dataset, "Large", columns, "code", rows)
        path = make_workbook(
            [job("One", "larg-0001", "Update and add"), job("Two", "larg-0002", "Update and add")],
            {"Data": [("Code", "Text"), ("1", "x")]},
            settings=setting("Backups may fill (MB)", 1),
        )
        folder = path.with_name("jobs.datasync") / "backups"
        old = [self.old(folder, 2, 400_000), self.old(folder, 1, 400_000)]
        run("run", str(path), code=0)
        assert [path.exists() for path in old] == [False, False]
        own = found_backups(folder)
        assert sum(kept.stat().st_size for kept, _ in own) > 1_000_000
        assert {header.dataset["id"] for _, header in own} == {"larg-0001", "larg-0002"}

    def test_what_an_unfinished_run_needs(self, run: Runner, make_workbook: Make, portal: PracticePortal) -> None:
        """The backup of a run that was cut off stays, however old, until it is known what became of that run."""
        path = make_workbook(
            [job("Fields", "smal-fild", "Replace all rows"), job("Log", "weat-hlog", "Add rows", "Day")],
            {"Data": FIELDS, "Day": [WEATHER, TODAY]}, settings=setting("Keep backups for (days)", 10),
        )  # fmt: skip
        portal.add_fault("slow", method="PUT", seconds=2)
        with run.start("run", str(path), "--job", "Fields", days=-30) as process:
            wait_for_sending(path)
            process.kill()
            process.communicate()
        portal.clear_faults()
        ((needed, _),) = found_backups(path.with_name("jobs.datasync") / "backups")
        run("run", str(path), "--job", "Log", code=0)
        assert needed.exists()
        run("run", str(path), "--job", "Fields", code=0)
        assert not needed.exists()
