"""The line, end to end: workbooks to the practice portal over HTTP."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.two_portals import run_quickly
from tests.workbooks import job, write_job_workbook
from xl_datasync.api import Person, run_workbook, undo_run
from xl_datasync.core.delivery import Receipt
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.problems import ConfigurationFaults
from xl_datasync.core.report import JobResult, Report, State, Verification, final_state
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.run import Aim
from xl_datasync.stopping import StopSwitch

Publish = Callable[..., Report]
Told = Callable[[], list[str]]

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)
DAY = (dt.date(2016, 1, 1), 1.5, 9, 2.2, 3.1, "rain")


def only(report: Report) -> object:
    """The report's single result."""
    (result,) = report.results
    return result


class TestMethods:
    """Each method does what the README says, once and twice."""

    def test_replace_makes_the_sheet_the_dataset(self, publish: Publish, portal: PracticePortal) -> None:
        """After a replace the portal has the sheet's rows and no others, however often it runs."""
        rows = [AIRPORT, *((f"Z{n:03}", *FIELD[1:]) for n in range(180))]
        for _ in range(2):
            report = publish([job("Fields", "smal-fild", "Replace all rows")], {"Data": rows})
            assert report.exit_code == 0
            assert [row["iata_code"] for row in portal.rows("smal-fild")] == [row[0] for row in rows[1:]]
        assert only(report).verification.agrees

    def test_append_adds_and_adds_again(self, publish: Publish, portal: PracticePortal) -> None:
        """Without a row identifier, each run adds the rows once more."""
        before = len(portal.rows("weat-hlog"))
        for times in (1, 2):
            report = publish([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]})
            assert report.exit_code == 0
            assert len(portal.rows("weat-hlog")) == before + times

    def test_append_refuses_identifiers_that_are_there(
        self, publish: Publish, portal: PracticePortal, writes: Told
    ) -> None:
        """With a row identifier, rows already on the portal are named by cell and nothing is sent."""
        known = portal.rows("smal-fild")[0]["iata_code"]
        sheet = [AIRPORT, FIELD, (known, *FIELD[1:])]
        result = only(publish([job("Fields", "smal-fild", "Add rows")], {"Data": sheet}))
        assert result.state is State.NOT_SENT
        (problem,) = (problem for problem in result.problems if problem.blocks)
        assert [(place.where, place.value) for place in problem.places] == [("Data!A3", known)]
        assert writes() == []

    def test_upsert_updates_and_adds(self, publish: Publish, portal: PracticePortal) -> None:
        """Known identifiers are updated, others added; a second run adds none."""
        known = portal.rows("smal-fild")[0]["iata_code"]
        sheet = [AIRPORT, FIELD, (known, "Renamed", *FIELD[2:])]
        first = only(publish([job("Fields", "smal-fild", "Update and add")], {"Data": sheet}))
        second = only(publish([job("Fields", "smal-fild", "Update and add")], {"Data": sheet}))
        assert (first.receipt.created, first.receipt.updated) == (1, 1)
        assert (second.receipt.created, second.receipt.updated) == (0, 2)
        assert next(r for r in portal.rows("smal-fild") if r["iata_code"] == known)["airport_name"] == "Renamed"

    @pytest.mark.parametrize(("policy", "kept"), [("Keep", True), ("Clear", False)])
    def test_upsert_keeps_or_clears_blanks(
        self, policy: str, kept: bool, publish: Publish, portal: PracticePortal
    ) -> None:
        """An empty cell keeps the portal's value or clears it, as the job says."""
        known = portal.rows("smal-fild")[0]
        sheet = [AIRPORT, (known["iata_code"], None, "Newtown", "TX", "USA", 1, 2)]
        options = [{"Job name": "Fields", "Option": "Empty cells", "Value": policy}]
        report = publish([job("Fields", "smal-fild", "Update and add")], {"Data": sheet}, options=options)
        assert report.exit_code == 0
        row = next(row for row in portal.rows("smal-fild") if row["iata_code"] == known["iata_code"])
        assert (row.get("airport_name") == known["airport_name"]) is kept
        assert row["city"] == "Newtown"

    def test_delete_removes_what_is_listed(self, publish: Publish, portal: PracticePortal) -> None:
        """Only the identifier's column is read; a second run finds nothing left and says so."""
        gone = [row["iata_code"] for row in portal.rows("smal-fild")[:3]]
        sheet = [("IATA Code", "Why"), *((code, "closed") for code in gone)]
        first = only(publish([job("Fields", "smal-fild", "Delete listed rows")], {"Data": sheet}))
        second = only(publish([job("Fields", "smal-fild", "Delete listed rows")], {"Data": sheet}))
        assert (first.receipt.deleted, first.receipt.errors, first.state) == (3, 0, State.DONE)
        assert (second.receipt.deleted, second.receipt.errors, second.state) == (0, 3, State.DONE)
        assert not set(gone) & {row["iata_code"] for row in portal.rows("smal-fild")}


class TestGuards:
    """What must not happen, does not."""

    def test_replace_stops_when_rows_shrink_too_much(
        self, publish: Publish, portal: PracticePortal, writes: Told
    ) -> None:
        """A sheet much shorter than the dataset is refused with the numbers."""
        result = only(publish([job("Fields", "smal-fild", "Replace all rows")], {"Data": [AIRPORT, FIELD]}))
        assert result.state is State.NOT_SENT
        assert "200 rows" in result.problems[-1].what
        assert "199 fewer" in result.problems[-1].what
        assert writes() == []

    def test_the_limit_is_the_jobs_own(self, publish: Publish) -> None:
        """A job may allow more."""
        limit = {"Stop if rows shrink by more than": 100}
        report = publish([job("Fields", "smal-fild", "Replace all rows", **limit)], {"Data": [AIRPORT, FIELD]})
        assert report.exit_code == 0

    def test_delete_stops_when_rows_shrink_too_much(
        self, publish: Publish, portal: PracticePortal, writes: Told
    ) -> None:
        """Deleting more than the limit is refused."""
        sheet = [("IATA Code",), *((row["iata_code"],) for row in portal.rows("smal-fild")[:60])]
        result = only(publish([job("Fields", "smal-fild", "Delete listed rows")], {"Data": sheet}))
        assert (result.state, writes()) == (State.NOT_SENT, [])

    def test_replace_refuses_portal_columns_without_a_sheet_column(
        self, publish: Publish, portal: PracticePortal, writes: Told
    ) -> None:
        """A replace would empty them; each is named."""
        sheet = [AIRPORT[:5], *((f"Z{n:03}", *FIELD[1:5]) for n in range(200))]
        result = only(publish([job("Fields", "smal-fild", "Replace all rows")], {"Data": sheet}))
        assert {"Latitude", "Longitude"} <= {
            word for p in result.problems for word in p.what.replace("“", "”").split("”")
        }
        assert writes() == []

    @pytest.mark.parametrize("sheet", [[], [AIRPORT]], ids=["empty", "header only"])
    def test_a_sheet_without_rows_is_refused(
        self, sheet: list[tuple[str]], publish: Publish, portal: PracticePortal, writes: Told
    ) -> None:
        """Nothing is sent from it, least of all a replace."""
        report = publish([job("Fields", "smal-fild", "Replace all rows")], {"Data": sheet})
        assert report.exit_code != 0
        assert writes() == []
        assert len(portal.rows("smal-fild")) == 200

    @pytest.mark.parametrize(
        ("dataset", "method"),
        [
            ("weat-hlog", "Update and add"),
            ("weat-hlog", "Delete listed rows"),
            ("sync-copy", "Add rows"),
            ("nope-nope", "Add rows"),
        ],
    )
    def test_datasets_that_cannot_take_it(
        self, dataset: str, method: str, publish: Publish, portal: PracticePortal
    ) -> None:
        """No row identifier, no rights, no such dataset: said in words, the dataset as it was."""
        before = portal.rows("weat-hlog")
        report = publish([job("Log", dataset, method)], {"Data": [WEATHER, DAY]})
        assert report.exit_code == 1
        assert portal.rows("weat-hlog") == before


class TestRuns:
    """Several jobs, dry runs, files."""

    def test_one_failure_does_not_stop_the_next(self, publish: Publish) -> None:
        """A job on a missing sheet fails; the one after it is done."""
        jobs = [job("Lost", "smal-fild", "Add rows", sheet="Nowhere"), job("Log", "weat-hlog", "Add rows")]
        report = publish(jobs, {"Data": [WEATHER, DAY]})
        assert [result.state for result in report.results] == [State.FAILED, State.DONE]
        assert "Data" in report.results[0].error.message
        assert report.exit_code == 1

    def test_a_dry_run_forecasts_and_sends_nothing(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal, writes: Told
    ) -> None:
        """It says what would be added and updated."""
        known = signed_in.rows("smal-fild")[0]["iata_code"]
        path = make_workbook(
            [job("Fields", "smal-fild", "Update and add")], {"Data": [AIRPORT, FIELD, (known, *FIELD[1:])]}
        )
        result = only(run_workbook(path, aim=Aim.DRY_RUN))
        assert (result.state, result.forecast.added, result.forecast.updated) == (State.CHECKED, 1, 1)
        assert writes() == []

    def test_a_check_needs_no_sign_in(
        self, make_workbook: Callable[..., Path], portal: PracticePortal, writes: Told
    ) -> None:
        """A public dataset's schema is enough to check a sheet."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, ("soon", *DAY[1:])]})
        result = only(run_workbook(path, aim=Aim.CHECK))
        assert result.state is State.NOT_SENT
        assert result.problems[0].places[0].where == "Data!A2"
        assert writes() == []

    def test_the_csv_that_is_sent_can_be_opened(self, publish: Publish) -> None:
        """It stays beside the workbook, with the portal's field names."""
        result = only(publish([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]}))
        assert result.csv.parent.name == "jobs.datasync"
        with result.csv.open(encoding="utf-8", newline="") as file:
            header, row = csv.reader(file)
        assert header[0] == "observed_on"
        assert row == ["2016-01-01T00:00:00", "1.5", "9", "2.2", "3.1", "rain"]

    @pytest.mark.parametrize("name", ["rows.csv", "rows.tsv"])
    def test_text_files_are_published(
        self, name: str, tmp_path: Path, publish: Publish, portal: PracticePortal
    ) -> None:
        """A job may name a .csv or .tsv file beside the workbook."""
        separator = "," if name.endswith("csv") else "\t"
        lines = [separator.join(WEATHER), separator.join(["2016-02-03", "1", "2", "0.5", "3", "sleet"])]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        more = {"Kind of job": "Publish a file", "Workbook or file": name}
        report = publish([job("Log", "weat-hlog", "Add rows", sheet="", **more)], {"Data": []})
        assert report.exit_code == 0
        assert portal.rows("weat-hlog")[-1]["weather"] == "sleet"

    def test_the_workbook_is_never_written(self, make_workbook: Callable[..., Path], signed_in: PracticePortal) -> None:
        """A headless run leaves the user's file as it is."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]})
        before = (path.read_bytes(), path.stat().st_mtime_ns)
        run_workbook(path)
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before

    def test_all_faults_of_the_job_sheets_at_once(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal, requests_made: Told
    ) -> None:
        """Five mistakes give five problems with their cells, and nothing is asked of the portal."""
        wrong = job("", "not an id", "Shuffle", **{"Portal": "Elsewhere", "Header row": "first"})
        with pytest.raises(ConfigurationFaults) as raised:
            run_workbook(make_workbook([wrong], {"Data": [WEATHER, DAY]}))
        places = {place.where for problem in raised.value.problems for place in problem.places}
        assert places == {"Jobs!B5", "Jobs!F5", "Jobs!G5", "Jobs!K5", "Jobs!L5"}
        assert requests_made() == []

    def test_no_job_to_run(self, make_workbook: Callable[..., Path]) -> None:
        """Where no job says Yes, that is said."""
        with pytest.raises(ConfigurationError, match="Run"):
            run_workbook(make_workbook([job("Log", "weat-hlog", "Add rows") | {"Run?": "No"}], {"Data": []}))

    def test_without_a_sign_in_nothing_is_asked(
        self, make_workbook: Callable[..., Path], portal: PracticePortal, monkeypatch: pytest.MonkeyPatch, writes: Told
    ) -> None:
        """An unattended run whose vault has no secret ends with exit code 4 and sends nothing."""
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        report = run_workbook(make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]}))
        assert report.exit_code == 4
        assert writes() == []


class TestVerification:
    """What the report says was applied was counted on the portal."""

    def test_a_stale_replica_is_waited_for(self, publish: Publish, signed_in: PracticePortal) -> None:
        """A count that lags behind is taken again once the portal has caught up."""
        signed_in.add_fault("stale-replica", times=2)
        report = publish([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]})
        assert report.results[0].verification.agrees

    def test_a_report_without_counts_is_made_up_for_by_counting(
        self, publish: Publish, signed_in: PracticePortal
    ) -> None:
        """An empty answer to a write is success; the rows are counted all the same."""
        known = signed_in.rows("smal-fild")[0]["iata_code"]
        for method, sheet, after in (
            ("Update and add", [AIRPORT, FIELD, (known, *FIELD[1:])], 201),
            ("Delete listed rows", [("IATA Code",), (known,)], 200),
        ):
            signed_in.add_fault("empty-200", times=1, method="POST", path="/resource/")
            result = only(publish([job("Fields", "smal-fild", method)], {"Data": sheet}))
            assert (result.receipt.reported, result.verification.after, result.state) == (False, after, State.DONE)


class TestBrokenOff:
    """Whatever breaks off a job, what was done so far is told and the next job is run."""

    def test_rows_refused_inside_a_good_answer_are_a_failure(self, publish: Publish, signed_in: PracticePortal) -> None:
        """A delivery of which the portal applied only a part is not done."""
        plan = only(publish([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]})).plan
        partly = JobResult(plan.job, State.FAILED, plan, receipt=Receipt(1, errors=1), verification=Verification(5, 5))
        assert final_state(partly) is State.FAILED

    def test_an_answer_that_is_no_dataset_stops_one_job_only(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal
    ) -> None:
        """A portal that answers nonsense about one dataset fails that job; the others are done."""
        jobs = [job(name, "weat-hlog", "Add rows") for name in ("One", "Two", "Three")]
        path = make_workbook(jobs, {"Data": [WEATHER, DAY]})
        signed_in.add_fault("truncated", times=5, path="/api/views/weat-hlog")
        states = [result.state for result in run_quickly(path).results]
        assert states[0] is State.FAILED
        assert states[-1] is State.DONE

    def test_two_runs_at_once_send_their_own_rows(self, tmp_path: Path, signed_in: PracticePortal) -> None:
        """Jobs of the same name that keep their CSVs in the same folder do not get in each other's way."""
        settings = [{"Setting": "CSV folder", "Value": str(tmp_path / "csv")}]
        paths = [
            write_job_workbook(
                tmp_path / f"{mark}.xlsx",
                signed_in.url,
                [job("Log", "weat-hlog", "Add rows")],
                {"Data": [WEATHER, *((*DAY[:5], f"{mark}{n}") for n in range(300))]},
                settings=settings,
            )
            for mark in "ab"
        ]
        with ThreadPoolExecutor(2) as pool:
            assert [report.results[0].receipt.created for report in pool.map(run_workbook, paths)] == [300, 300]
        words = [row["weather"] for row in signed_in.rows("weat-hlog")[-600:]]
        assert sorted(words) == sorted(f"{mark}{n}" for mark in "ab" for n in range(300))

    def test_a_check_leaves_the_file_that_was_sent(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal
    ) -> None:
        """What was sent stays as it was sent, whatever is checked later."""
        path = make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]})
        sent = only(run_workbook(path)).csv
        before = sent.read_bytes()
        make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, ("soon", *DAY[1:])]})
        run_workbook(path, aim=Aim.CHECK)
        make_workbook([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY, DAY]})
        run_workbook(path, aim=Aim.CHECK)
        assert sent.read_bytes() == before
        assert list(sent.parent.glob("*.part")) == []


class TestNothingIsLost:
    """What was done is told and kept, whatever comes afterwards."""

    def test_a_kept_csv_whose_name_is_taken_gets_a_number(self, publish: Publish, tmp_path: Path) -> None:
        """A folder in the place of the file stands for one that is open in Excel; the CSV is kept beside it."""
        (tmp_path / "jobs.datasync" / "Log.sent.csv").mkdir(parents=True)
        result = only(publish([job("Log", "weat-hlog", "Add rows")], {"Data": [WEATHER, DAY]}))
        assert result.csv.name == "Log.sent-2.csv"
        assert len(result.csv.read_text(encoding="utf-8").splitlines()) == 2

    def test_the_source_is_never_written_over_and_that_is_known_before_sending(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal, tmp_path: Path, writes: Told
    ) -> None:
        """A job that publishes from the very file its CSV would be kept in is stopped before anything is sent."""
        source = tmp_path / "jobs.datasync" / "Log.sent.csv"
        source.parent.mkdir()
        source.write_text(",".join(WEATHER) + "\n2016-01-01,1,2,3,4,rain\n", encoding="utf-8")
        file_job = job("Log", "weat-hlog", "Add rows", "", **{
            "Kind of job": "Publish a file", "Workbook or file": str(source),
        })  # fmt: skip
        result = only(run_workbook(make_workbook([file_job], {"Data": [WEATHER]})))
        assert "published from" in result.error.message
        assert writes() == []

    def test_what_stops_half_way_can_be_undone(
        self, make_workbook: Callable[..., Path], signed_in: PracticePortal, writes: Told
    ) -> None:
        """An upsert whose second request is refused has changed the dataset, and undo brings it back."""
        before = sorted(map(str, signed_in.rows("smal-fild")))
        rows = [AIRPORT, *((f"Z{n:03}", *FIELD[1:]) for n in range(4))]
        options = [{"Job name": "Fields", "Option": "Rows per request", "Value": "2"}]
        path = make_workbook([job("Fields", "smal-fild", "Update and add")], {"Data": rows}, options=options)

        class Between(StopSwitch):
            """Is asked between two requests; the second one is then made to be refused."""

            armed = False

            @property
            def pressed(self) -> bool:
                if writes() == ["POST"] and not self.armed:
                    self.armed = True
                    signed_in.add_fault("403-rights", times=1, method="POST")
                return False

        result = only(run_workbook(path, person=Person(stop=Between())))
        assert "Part 1 of 2 is stored." in result.error.message
        assert len(signed_in.rows("smal-fild")) == len(before) + 2
        signed_in.clear_faults()
        assert undo_run(path).exit_code == 0
        assert sorted(map(str, signed_in.rows("smal-fild"))) == before
