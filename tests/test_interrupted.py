"""Runs that were cut off are found at the next start: finished, done over, rolled back or explained."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kills.children import ended, killed_after_commit, killed_at_work, killed_before_sending, start, started_slow
from tests.workbooks import job
from xl_datasync.api import Person, run_records, run_workbook, undo_run
from xl_datasync.core.report import JobResult, Report, State
from xl_datasync.history.records import RunRecord
from xl_datasync.keeper import is_open
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and SIGSTOP are POSIX's")
Make = Callable[..., Path]
Told = Callable[[], list[str]]

FIELD = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAYS = [(f"2016-01-{day:02}", 1.5, 9, 2.2, 3.1, "rain") for day in (1, 2, 2, 3)]
ANY = {"Stop if rows shrink by more than": 100}
YES = Person(confirm=lambda _job, _problems: True)
LOOK = "Look at the newest rows of the dataset. Whoever runs it by hand is asked whether to send all the same."
DOES_OVER = "was cut off while it was sending; this one does it over, and no row is doubled"


def fields(*codes: str, name: str = "New") -> list[tuple[Any, ...]]:
    """A sheet of airfields."""
    return [FIELD, *((code, name, "Testville", "TX", "USA", 31.5, -99.25) for code in codes)]


LOG = (job("Job", "weat-hlog", "Add rows"), [WEATHER, *DAYS], "POST")
REPLACE = (job("Job", "smal-fild", "Replace all rows", **ANY), fields("ZZ1", "ZZ2"), "PUT")
METHODS = {
    "replace": REPLACE,
    "append with identifier": (job("Job", "smal-fild", "Add rows"), fields("ZZ1", "ZZ2"), "POST"),
    "append without": LOG,
    "upsert": (job("Job", "smal-fild", "Update and add"), fields("00M", "ZZ2"), "POST"),
    "delete": (job("Job", "smal-fild", "Delete listed rows"), [("IATA Code",), ("00M",), ("00R",)], "POST"),
}
Case = tuple[dict[str, Any], list[tuple[Any, ...]], str]
ADDS = "append without"


@pytest.fixture(params=METHODS)
def case(request: pytest.FixtureRequest) -> Case:
    """A job, its sheet, and the method of the request that sends it."""
    return METHODS[request.param]


@pytest.fixture
def portal(signed_in: PracticePortal) -> Iterator[PracticePortal]:
    """The practice portal; nothing is under way there when the test ends."""
    yield signed_in
    signed_in.clear_faults()


def only(report: Report) -> JobResult:
    """The report's single result."""
    (result,) = report.results
    return result


def said(result: JobResult) -> str:
    """Everything that was found, in words."""
    return "\n".join(f"{p.severity.value}: {p.subject}: {p.what}. {p.remedy}" for p in result.problems)


def open_runs(path: Path) -> list[RunRecord]:
    """Runs of which nobody knows how they ended."""
    return [record for record in run_records(path) if is_open(record)]


def rows(portal: PracticePortal, dataset: str) -> list[str]:
    """A dataset's rows in a fixed order, each as often as it is there."""
    return sorted(repr(sorted(row.items())) for row in portal.rows(dataset))


def unhurt(path: Path, dataset: str, portal: PracticePortal) -> list[str]:
    """What the rows are after an unhurt run, with the portal as new again afterwards."""
    copy = path.with_name("unhurt.xlsx")
    copy.write_bytes(path.read_bytes())
    assert run_workbook(copy).exit_code == 0
    wanted = rows(portal, dataset)
    portal.reset()
    return wanted


class TestEachPhase:
    """The same command again, after a kill in each phase of each method."""

    def test_before_anything_was_sent(self, case: Case, make_workbook: Make, portal: PracticePortal) -> None:
        """Nothing is told, because nothing can have happened; the run is an ordinary one."""
        row, sheet, method = case
        path = make_workbook([row], {"Data": sheet})
        wanted = unhurt(path, row["Dataset ID or link"], portal)
        killed_before_sending(portal, method, "run", path)
        result = only(run_workbook(path))
        assert (result.state, result.problems) == (State.DONE, ())
        assert rows(portal, row["Dataset ID or link"]) == wanted

    @pytest.mark.parametrize("cut_off", [killed_at_work, killed_after_commit])
    def test_sent(
        self, case: Case, cut_off: Callable[..., None], make_workbook: Make, portal: PracticePortal, writes: Told
    ) -> None:
        """What was carried out is found or done over; it is told which; each row is there once; no record is open."""
        row, sheet, method = case
        path = make_workbook([row], {"Data": sheet})
        wanted = unhurt(path, row["Dataset ID or link"], portal)
        cut_off(portal, method, "run", path)
        sent = len(writes())
        assert len(open_runs(path)) == 1
        result = only(run_workbook(path))
        assert result.state is State.DONE
        assert rows(portal, row["Dataset ID or link"]) == wanted
        assert open_runs(path) == []
        if row["How to update"] == "Add rows":
            assert "its rows had arrived when it was cut off, so nothing was sent again" in said(result)
            assert len(writes()) == sent
        else:
            assert DOES_OVER in said(result)

    def test_never_arrived(self, case: Case, make_workbook: Make, portal: PracticePortal, writes: Told) -> None:
        """What the portal never took is sent, but for rows that cannot be told apart: about those it asks first."""
        row, sheet, method = case
        path = make_workbook([row], {"Data": sheet})
        dataset = row["Dataset ID or link"]
        before, wanted = rows(portal, dataset), unhurt(path, dataset, portal)
        portal.add_fault("503", method=method, path="/resource/")
        killed_at_work(portal, method, "run", path)
        sent, result = len(writes()), only(run_workbook(path))
        if case is LOG:
            assert (result.state, result.exit_code, len(writes())) == (State.NOT_SENT, 1, sent)
            assert (
                "was cut off while it was adding rows; there is no trace of them on the portal, which may still be at "
                f"work on them (4 rows). {LOOK} After a day they are sent again without asking."
            ) in said(result)
            assert rows(portal, dataset) == before
        else:
            assert (result.state, rows(portal, dataset), open_runs(path)) == (State.DONE, wanted, [])


class TestAddedRows:
    """Rows without an identifier, cut off: nothing is sent before it is known, or a person decides."""

    @pytest.fixture
    def path(self, make_workbook: Make, portal: PracticePortal) -> Path:
        """A workbook whose rows were added by a run that was cut off."""
        path = make_workbook([LOG[0]], {"Data": LOG[1]})
        killed_after_commit(portal, "POST", "run", path)
        return path

    def test_a_changed_sheet_is_not_sent(self, path: Path, make_workbook: Make, writes: Told) -> None:
        """The rows of then cannot be compared with those of now, so that it stops and says to look."""
        make_workbook([LOG[0]], {"Data": [*LOG[1], ("2016-02-01", 1, 2, 1, 1, "sun")]})
        sent, result = len(writes()), only(run_workbook(path))
        assert (result.exit_code, len(writes())) == (1, sent)
        assert (
            "was cut off while it was adding rows; since then 4 rows have been added there, and the sheet has been "
            f"changed (4 rows then). {LOOK}"
        ) in said(result)

    def test_a_person_may_send_it(self, path: Path, make_workbook: Make, portal: PracticePortal) -> None:
        """Somebody who has looked can go on; from then on nothing is in doubt."""
        before = len(portal.rows("weat-hlog"))
        make_workbook([LOG[0]], {"Data": [WEATHER, ("2016-02-01", 1, 2, 1, 1, "sun")]})
        assert only(run_workbook(path, person=YES)).receipt.created == 1
        assert len(portal.rows("weat-hlog")) == before + 1
        assert open_runs(path) == []
        assert run_workbook(path).exit_code == 0

    def test_rows_of_others_in_between(self, path: Path, make_workbook: Make, portal: PracticePortal) -> None:
        """Where others have added rows since, nobody can be sure, so that it stops."""
        other = make_workbook([job("Other", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAYS[0]]}, "other.xlsx")
        assert run_workbook(other).exit_code == 0
        result = only(run_workbook(path))
        assert result.exit_code == 1
        assert (
            "was cut off while it was adding rows; since then 5 rows have been added there, which are not just the "
            f"4 rows that were sent. {LOOK}"
        ) in said(result)

    def test_a_portal_that_does_not_tell_new_rows(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Where nobody could say which rows were the newest when they were sent, they cannot be looked for."""
        path = make_workbook([LOG[0]], {"Data": LOG[1]})
        killed_after_commit(portal, "POST", "run", path)
        history = path.with_suffix(".datasync") / "history.jsonl"
        history.write_text(
            "\n".join(
                json.dumps({**event, "marker": ""} if "marker" in event else event)
                for event in map(json.loads, history.read_text(encoding="utf-8").splitlines())
            )
            + "\n",
            encoding="utf-8",
        )
        result = only(run_workbook(path))
        assert (
            "was cut off while it was adding rows; the portal does not tell which of its rows are new, so they cannot be "
            f"looked for (4 rows). {LOOK}"
        ) in said(result)

    def test_another_name_for_the_same_rows(self, path: Path, make_workbook: Make, writes: Told) -> None:
        """A job that was given another name since does not send its rows twice."""
        make_workbook([{**LOG[0], "Job name": "Renamed"}], {"Data": LOG[1]})
        sent, result = len(writes()), only(run_workbook(path))
        assert (result.state, len(writes())) == (State.DONE, sent)
        assert "nothing was sent again" in said(result)

    def test_a_replace_needs_no_answer(self, path: Path, make_workbook: Make, portal: PracticePortal) -> None:
        """Where the job now replaces all rows, it does not matter what became of those that were added."""
        make_workbook([{**LOG[0], "How to update": "Replace all rows", **ANY}], {"Data": [WEATHER, *DAYS]})
        assert run_workbook(path).exit_code == 0
        assert (len(portal.rows("weat-hlog")), open_runs(path)) == (4, [])

    def test_after_a_day_the_portal_has_forgotten(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Rows that never came are sent without asking once the portal cannot be at work on them any more."""
        path = make_workbook([LOG[0]], {"Data": LOG[1]})
        before = len(portal.rows("weat-hlog"))
        portal.add_fault("503", method="POST", path="/resource/")
        killed_at_work(portal, "POST", "run", path)
        history = path.with_suffix(".datasync") / "history.jsonl"
        events = [json.loads(line) for line in history.read_text(encoding="utf-8").splitlines()]
        aged = [json.dumps({**event, "at": "2016-01-01T00:00:00.000Z"}) for event in events]
        history.write_text("\n".join(aged) + "\n", encoding="utf-8")
        result = only(run_workbook(path))
        assert (result.state, len(portal.rows("weat-hlog"))) == (State.DONE, before + 4)
        assert "was cut off before the portal took any row" in said(result)


class TestChangedSince:
    """The sheet, or the job that comes next, is another one."""

    def test_an_upsert_of_a_changed_sheet(self, make_workbook: Make, portal: PracticePortal) -> None:
        """The rows of now are sent, those of then stay updated."""
        row, sheet, method = METHODS["upsert"]
        path = make_workbook([row], {"Data": sheet})
        killed_after_commit(portal, method, "run", path)
        make_workbook([row], {"Data": fields("ZZ3", name="Newer")})
        result = only(run_workbook(path))
        assert (result.state, open_runs(path)) == (State.DONE, [])
        assert {"ZZ2", "ZZ3"} <= {r["iata_code"] for r in portal.rows("smal-fild")}

    def test_identifiers_that_are_there(self, make_workbook: Make, portal: PracticePortal, writes: Told) -> None:
        """An append with identifiers whose sheet has grown is refused, naming those that had arrived."""
        row, sheet, method = METHODS["append with identifier"]
        path = make_workbook([row], {"Data": sheet})
        killed_after_commit(portal, method, "run", path)
        make_workbook([row], {"Data": fields("ZZ1", "ZZ2", "ZZ3")})
        sent, result = len(writes()), only(run_workbook(path))
        assert (result.exit_code, len(writes())) == (1, sent)
        assert {p.value for problem in result.problems for p in problem.places} == {"ZZ1", "ZZ2"}

    def test_another_job_on_that_dataset_warns(self, make_workbook: Make, portal: PracticePortal) -> None:
        """It goes on, and says what is not known and what to do; an undo of it takes back its own rows only."""
        row, sheet, method = REPLACE
        other = job("Other", "smal-fild", "Update and add", sheet="More")
        path = make_workbook([row, other], {"Data": sheet, "More": fields("ZZ8")})
        killed_after_commit(portal, method, "run", path, "--job", "Job")
        result = only(run_workbook(path, ["Other"]))
        assert result.exit_code == 3
        assert "; it is not known what became of it. Run that job again, or undo that run (" in said(result)
        assert " in the history)." in said(result)
        assert undo_run(path, "Other").exit_code == 0
        assert {r["iata_code"] for r in portal.rows("smal-fild")} == {"ZZ1", "ZZ2"}

    def test_other_jobs_are_reminded(self, make_workbook: Make, portal: PracticePortal) -> None:
        """A run of something else says at its end that a job needs a look."""
        row, sheet, method = REPLACE
        path = make_workbook([row, job("Log", "weat-hlog", "Add rows", sheet="Days")],
                             {"Data": sheet, "Days": [WEATHER, *DAYS]})  # fmt: skip
        killed_after_commit(portal, method, "run", path, "--job", "Job")
        report = run_workbook(path, ["Log"])
        assert report.notes[0].startswith("An earlier run of the job “Job” needs a look: the run of ")
        assert report.results[0].state is State.DONE

    def test_a_job_that_goes_elsewhere_now_is_reminded(self, make_workbook: Make, portal: PracticePortal) -> None:
        """The dataset that the job was cut off at is not forgotten because the job has another one now."""
        row, sheet, method = METHODS["upsert"]
        path = make_workbook([row], {"Data": sheet})
        killed_after_commit(portal, method, "run", path)
        make_workbook([{**row, "Dataset ID or link": "airp-orts"}], {"Data": sheet})
        (note,) = run_workbook(path).notes
        assert note.startswith("An earlier run of the job “Job” needs a look: the run of ")


class TestUndo:
    """Taking back what was cut off, and undos that were cut off."""

    @pytest.mark.parametrize("method", ["replace", "upsert", "delete", "append with identifier", ADDS])
    def test_done_over_goes_back_to_the_first(self, method: str, make_workbook: Make, portal: PracticePortal) -> None:
        """After “cut off, then done over”, undo goes back to before the first of both, once a person has agreed."""
        row, sheet, verb = METHODS[method]
        path = make_workbook([row], {"Data": sheet})
        before = rows(portal, row["Dataset ID or link"])
        killed_after_commit(portal, verb, "run", path)
        assert run_workbook(path).exit_code == 0
        assert rows(portal, row["Dataset ID or link"]) != before
        assert any(problem.confirm == "Undo anyway" for problem in only(undo_run(path)).problems)
        assert rows(portal, row["Dataset ID or link"]) != before
        assert undo_run(path, person=YES).exit_code == 3
        assert rows(portal, row["Dataset ID or link"]) == before

    def test_what_was_cut_off_can_be_undone(self, make_workbook: Make, portal: PracticePortal) -> None:
        """Without running it again; afterwards nothing is in doubt, and the job runs as if it never had."""
        path = make_workbook([LOG[0]], {"Data": LOG[1]})
        before = rows(portal, "weat-hlog")
        killed_after_commit(portal, "POST", "run", path)
        assert "may still turn up" in only(undo_run(path)).problems[-1].what
        assert rows(portal, "weat-hlog") != before
        assert undo_run(path, person=YES).exit_code == 3
        assert (rows(portal, "weat-hlog"), open_runs(path)) == (before, [])
        result = only(run_workbook(path))
        assert (result.state, result.problems) == (State.DONE, ())

    @pytest.mark.parametrize("cut_off", [killed_at_work, killed_after_commit])
    def test_an_undo_that_was_cut_off_is_done_over(
        self, cut_off: Callable[..., None], make_workbook: Make, portal: PracticePortal
    ) -> None:
        """The same command puts the same rows back, and its undo brings back what the run had made of them."""
        row, sheet, _ = REPLACE
        path = make_workbook([row], {"Data": sheet})
        before = rows(portal, "smal-fild")
        assert run_workbook(path).exit_code == 0
        after = rows(portal, "smal-fild")
        cut_off(portal, "PUT", "undo", path, "--yes")
        code, words = ended(start("undo", path, "--yes"))
        assert (code, DOES_OVER in words) == (0, True), words
        assert (rows(portal, "smal-fild"), open_runs(path)) == (before, [])
        assert undo_run(path, person=YES).exit_code == 3
        assert rows(portal, "smal-fild") == after


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("upsert", "Look at “Small airfields to review” (smal-fild). Running it again is safe: no row is doubled."),
        (ADDS, "Running it again is safe: it looks first for the rows on “"),
    ],
)
def test_two_ctrl_c(method: str, words: str, make_workbook: Make, portal: PracticePortal) -> None:
    """Stopped at once, while the portal is at work: the dataset is named, and what running it again would do."""
    row, sheet, verb = METHODS[method]
    path = make_workbook([row], {"Data": sheet})
    process = started_slow(portal, verb, 1.5, "run", path)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    code, said_all = ended(process)
    assert (code, words in said_all) == (130, True), said_all

    def test_nobody_there_undoes_what_was_cut_off_after_others_came(
        self, make_workbook: Make, portal: PracticePortal
    ) -> None:
        """A replace that was cut off leaves it open what others have added since, so nothing of theirs is lost."""
        row, sheet, _ = REPLACE
        path = make_workbook([row], {"Data": sheet})
        killed_after_commit(portal, "PUT", "run", path)
        before = rows(portal, "smal-fild")
        result = only(undo_run(path))
        assert "cannot be told whether others have changed" in result.problems[-1].what
        assert rows(portal, "smal-fild") == before
