"""One run for each dataset at a time, across processes; and several runs write one sound history."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kills.children import ended, frozen_at_work, kill, start, started_slow, taken, until
from tests.workbooks import job
from xl_datasync.api import run_records, run_workbook, undo_run
from xl_datasync.core.report import State
from xl_datasync.history.records import History
from xl_datasync.job_run import Aim
from xl_datasync.look.runs import Wanted, found_runs, run_lines
from xl_datasync.practice_portal import PracticePortal

Make = Callable[..., Path]
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAYS = [WEATHER, ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")]
FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
FIELDS = [FIELD, ("ZZ1", "New", "Testville", "TX", "USA", 31.5, -99.25)]
LOG = job("Log", "weat-hlog", "Add rows")
UPSERT = job("Fields", "smal-fild", "Update and add", sheet="Fields")
pytestmark = [
    pytest.mark.usefixtures("signed_in"),
    pytest.mark.skipif(os.name != "posix", reason="only POSIX lets a test freeze or kill a process"),
]


def test_the_second_is_told_of_the_first(make_workbook: Make, portal: PracticePortal) -> None:
    """Of two processes at one dataset one publishes; the other sends nothing, ends with 5, and names the first."""
    before = len(portal.rows("weat-hlog"))
    ours = make_workbook([LOG], {"Data": DAYS})
    theirs = make_workbook([{**LOG, "Job name": "Theirs"}], {"Data": DAYS}, "theirs.xlsx")
    with frozen_at_work(portal, "run", ours) as first:
        code, words = ended(start("run", theirs))
    assert code == 5
    told = r"Another run is active on this dataset: job “Log”, started \d\d:\d\d by \S+ \(process (\d+)\)"
    (process,) = re.findall(told, words)
    assert int(process) == first.pid
    assert "Nothing has been sent." in words
    assert (first.returncode, len(portal.rows("weat-hlog"))) == (0, before + 1)
    assert ended(start("run", theirs))[0] == 0


def test_another_dataset_is_not_hindered(make_workbook: Make, portal: PracticePortal) -> None:
    """A job on another dataset runs meanwhile, in its turn too; it takes the run at work for none that was cut off."""
    path = make_workbook([LOG, UPSERT], {"Data": DAYS, "Fields": FIELDS})
    with frozen_at_work(portal, "run", path, "--job", "Log") as first:
        report = run_workbook(path)
        assert [result.exit_code for result in report.results] == [5, 0]
        assert (report.exit_code, report.notes) == (5, ())
        assert run_workbook(path, ["Fields"]).notes == ()
    assert first.returncode == 0


def test_an_undo_waits_too(make_workbook: Make, portal: PracticePortal) -> None:
    """An undo is a run like others."""
    path = make_workbook([LOG], {"Data": DAYS})
    assert run_workbook(path).exit_code == 0
    earlier = run_records(path)[0].run
    with frozen_at_work(portal, "run", path):
        report = undo_run(path, run=earlier)
    assert (report.exit_code, report.results[0].sending) == (5, False)


def test_a_killed_run_blocks_nobody(make_workbook: Make, portal: PracticePortal) -> None:
    """The lock goes with its process, however that ends."""
    path = make_workbook([UPSERT], {"Fields": FIELDS})
    kill(started_slow(portal, "POST", 0.3, "run", path))
    assert run_workbook(path).results[0].state is State.DONE


def test_one_sound_history(make_workbook: Make, portal: PracticePortal) -> None:
    """Many runs of several jobs at once leave whole lines, and every run's beginning and end."""
    jobs = [job(f"Job {n}", dataset, "Update and add", sheet="Fields" if dataset == "smal-fild" else "Days")
            for n, dataset in enumerate(("smal-fild", "weat-hday"))]  # fmt: skip
    path = make_workbook(jobs, {"Fields": FIELDS, "Days": DAYS})
    runs = [start("run", path, "--job", f"Job {n % 2}") for n in range(6)]
    assert {ended(run)[0] for run in runs} <= {0, 5}
    history = History(path.with_suffix(".datasync"))
    assert all(isinstance(event.get("run"), str) for event in history.events())
    assert history.cut_lines == 0
    records = run_records(path)
    assert len(records) == 6
    assert all(record.started and record.finished for record in records)
    assert {record.finished["exit_code"] for record in records if record.finished} <= {0, 5}


COPY: dict[str, Any] = {
    "Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "Practice",
    "Copy from portal": "Practice", "Copy from dataset ID or link": "smal-fild", "What to copy": "Columns and rows",
}  # fmt: skip


def history_of(path: Path) -> str:
    """What ``history`` shows."""
    return "\n".join(run_lines(*found_runs(path, Wanted())))


def test_undo_of_a_copy_at_work(make_workbook: Make, portal: PracticePortal) -> None:
    """The dataset that a run is filling is not removed under it: undo and its look end with 5; history says so."""
    path = make_workbook([COPY], {"Data": DAYS})
    before = set(portal.dataset_ids())
    process = started_slow(portal, "PUT", 2.5, "run", path)
    (made,) = set(portal.dataset_ids()) - before
    report = undo_run(path)
    assert (report.exit_code, made in portal.dataset_ids()) == (5, True)
    assert "Copies of smal-fild: Another run is making one: job “Copy”" in report.results[0].error.message
    assert undo_run(path, aim=Aim.CHECK).exit_code == 5
    assert "Copy: Still running." in history_of(path)
    assert "It is not known" not in history_of(path)
    assert ended(process)[0] == 0
    assert undo_run(path).exit_code == 0
    assert set(portal.dataset_ids()) == before


def test_history_tells_cut_off_from_running(make_workbook: Make, portal: PracticePortal) -> None:
    """A run that was cut off is not shown as running because another one holds the dataset now."""
    path = make_workbook([UPSERT], {"Fields": FIELDS})
    kill(started_slow(portal, "POST", 0.3, "run", path))
    assert "Fields: Cut off.\n" in history_of(path)
    assert "It is not known what became of it." in history_of(path)
    with frozen_at_work(portal, "run", path):
        shown = history_of(path)
        assert (shown.count("Still running."), shown.count("Cut off.")) == (1, 1)
    assert "Later: done over by the run " in history_of(path)


def test_cut_off_before_anything_was_sent(make_workbook: Make, portal: PracticePortal) -> None:
    """It is said that nothing had been sent, and nothing is advised."""
    path = make_workbook([UPSERT], {"Fields": FIELDS})
    portal.add_fault("slow", method="GET", path="/api/views", seconds=0.5)
    process = start("run", path)
    until(lambda: taken(portal))
    kill(process)
    shown = history_of(path)
    assert "Nothing had been sent." in shown
    assert "undo" not in shown
