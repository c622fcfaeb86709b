"""Undo, over HTTP: every method and every kind of copy is taken back, row by row, and the undo too."""

from __future__ import annotations

import gzip
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.two_portals import YES, change_rows, in_any_order, only, port_job, rows_only, said, schema
from tests.workbooks import job
from xl_datasync.api import Person, run_records, run_workbook, undo_run
from xl_datasync.core.errors import ConfigurationError, WorkbookError
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.history.moments import local_time
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)
LIMIT = {"Stop if rows shrink by more than": 100}
Jobs = Callable[..., Path]

SHEETS = {
    "Fields": [AIRPORT, FIELD, ("ZZ2", None, *FIELD[2:])],
    "Known": [AIRPORT, FIELD, ("00M", None, "Renamed", "TX", "USA", 1, 2)],
    "Gone": [("IATA Code",), ("00M",), ("00R",), ("nowhere",)],
    "Weather": [WEATHER, ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain"), ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")],
}
METHODS = [
    (job("J", "smal-fild", "Replace all rows", "Fields", **LIMIT), "smal-fild"),
    (job("J", "smal-fild", "Add rows", "Fields"), "smal-fild"),
    (job("J", "weat-hlog", "Add rows", "Weather"), "weat-hlog"),
    (job("J", "smal-fild", "Update and add", "Known"), "smal-fild"),
    (job("J", "smal-fild", "Delete listed rows", "Gone", **LIMIT), "smal-fild"),
    (rows_only("smal-fild", "airp-orts", **{"Job name": "J", "Portal": "Practice", **LIMIT}), "airp-orts"),
    (rows_only("airp-orts", "smal-fild", "Update and add", **{"Job name": "J", "Portal": "Practice"}), "smal-fild"),
    (rows_only("weat-hday", "weat-hlog", **{"Job name": "J", "Portal": "Practice", **LIMIT}), "weat-hlog"),
]
IDS = [
    "replace",
    "append",
    "append without identifier",
    "upsert",
    "delete",
    "port",
    "port upsert",
    "port no identifier",
]


class TestRowsComeBack:
    """After an undo the dataset is as it was: columns, identifier and every row; system columns aside."""

    @pytest.mark.parametrize(("row", "dataset"), METHODS, ids=IDS)
    def test_there_and_back_and_there_and_back(
        self, row: dict[str, Any], dataset: str, workbook: Jobs, portal: PracticePortal
    ) -> None:
        """Undo brings the rows back, its undo brings the change back, and so on; each is verified."""
        path = workbook([row], sheets=SHEETS)
        change_rows(portal, "weat-hlog", {"weather": "frogs"}, {"weather": ""})
        before = in_any_order(portal, dataset), schema(portal, dataset)
        assert run_workbook(path).exit_code == 0
        after = in_any_order(portal, dataset), schema(portal, dataset)
        assert after != before
        for wanted in (before, after, before, after):
            report = undo_run(path)
            result = only(report)
            assert (result.state, result.verification.agrees) == (State.DONE, True)
            assert (in_any_order(portal, dataset), schema(portal, dataset)) == wanted
            lines = list(report_lines(report))
            assert f"The dataset has the {len(wanted[0]):,} rows again that it had." in lines[0]
            assert lines[-1] == "1 of 1 run undone."

    @pytest.mark.parametrize("what", ["Columns only", "Columns and rows"])
    @pytest.mark.parametrize("finished", ["Publish", "Leave as draft"])
    def test_a_dataset_that_was_made(
        self, finished: str, what: str, workbook: Jobs, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Undo removes it; undoing that makes it again with its rows, details and stage, under another id."""
        ids = set(other.dataset_ids())
        path = workbook([port_job(what, "type-samp", **{"When finished": finished})])
        first = only(run_workbook(path)).made.id
        rows, columns, view = in_any_order(other, first), schema(other, first), other.view(first)
        removed = undo_run(path)
        assert (removed.exit_code, set(other.dataset_ids())) == (0, ids)
        assert "The dataset was removed; it had" in "\n".join(report_lines(removed))
        again = only(undo_run(path))
        assert (again.state, again.made.id != first) == (State.DONE, True)
        assert (in_any_order(other, again.made.id), schema(other, again.made.id)) == (rows, columns)
        for name in ("name", "description", "category", "tags", "attribution", "publicationStage"):
            assert other.view(again.made.id).get(name) == view.get(name), name
        assert undo_run(path).exit_code == 0
        assert set(other.dataset_ids()) == ids

    def test_every_type_comes_back(self, workbook: Jobs, portal: PracticePortal) -> None:
        """Values of every type, with empty texts told from no value, are as they were to the last digit."""
        change_rows(
            portal, "type-samp", {"id": "", "text_value": ""}, {"id": "004", "text_value": "", "number_value": 0}
        )
        before = in_any_order(portal, "type-samp", ("computed_region",))
        sheet = [("Id", "Text"), *((f"{n:03}", "other") for n in range(1, 6))]
        path = workbook([job("J", "type-samp", "Update and add")], sheets={"Data": sheet})
        assert run_workbook(path).exit_code in (0, 3)
        assert in_any_order(portal, "type-samp", ("computed_region",)) != before
        assert only(undo_run(path)).state is State.DONE
        assert in_any_order(portal, "type-samp", ("computed_region",)) == before

    def test_rows_that_differ_afterwards_are_told(self, workbook: Jobs, portal: PracticePortal) -> None:
        """A row that somebody changes right after it was put back, so that the count agrees, is noticed."""
        path = workbook([METHODS[0][0]], sheets=SHEETS)
        run_workbook(path)

        def watch(_job: object, what: str, done: int, total: int | None) -> None:
            if what == "Sending" and done == total:
                change_rows(portal, "smal-fild", {"iata_code": "00M", "city": "Elsewhere"})

        result = only(undo_run(path, person=Person(watch=watch)))
        assert (result.state, result.verification.agrees) == (State.DONE_WITH_WARNINGS, True)
        assert "its rows are not all as they were in the backup: somebody may have changed them meanwhile" in said(
            result
        )
        assert result.problems[-1].remedy.startswith("Compare them with the backup smal-fild-")
        assert result.problems[-1].remedy.endswith(", or undo this undo.")

    def test_rows_that_cannot_be_compared_afterwards(self, workbook: Jobs, portal: PracticePortal) -> None:
        """Where the portal does not give the rows once they are put back, that is told, with what to compare."""
        path = workbook([METHODS[0][0]], sheets=SHEETS)
        run_workbook(path)

        def watch(_job: object, what: str, done: int, total: int | None) -> None:
            if what == "Sending" and done == total:
                portal.add_fault("403-rights", times=None, method="GET", path="/resource/")

        result = only(undo_run(path, person=Person(watch=watch)))
        portal.clear_faults()
        assert result.state is State.DONE_WITH_WARNINGS
        assert (
            "its rows were put back, but the portal could not be asked whether all are as they were. Compare them with "
            "the backup smal-fild-"
        ) in said(result)

    def test_a_look_changes_nothing(self, workbook: Jobs, portal: PracticePortal) -> None:
        """It says how many rows of when would be put back in place of how many, and writes nothing."""
        path = workbook([METHODS[0][0]], sheets=SHEETS)
        run_workbook(path)
        rows, asked = portal.rows("smal-fild"), len(portal.exchanges)
        for aim in (Aim.CHECK, Aim.DRY_RUN):
            report = undo_run(path, aim=aim)
            text = "\n".join(report_lines(report))
            assert only(report).state is State.CHECKED
            assert "The 200 rows it had before that run" in text
            assert "would be put back in place of the 2 it has now." in text
            assert text.endswith("1 of 1 run can be undone. Nothing has been sent.")
        assert portal.rows("smal-fild") == rows
        assert {exchange.method for exchange in portal.exchanges[asked:]} == {"GET"}
        assert only(undo_run(path)).state is State.DONE


class TestGuards:
    """What others have done since is not lost without a word."""

    @pytest.fixture
    def changed(self, workbook: Jobs, portal: PracticePortal) -> Path:
        """A job that was run, and a colleague who has changed one row since, so that the count is the same."""
        path = workbook([METHODS[1][0]], sheets=SHEETS)
        run_workbook(path)
        change_rows(portal, "smal-fild", {"iata_code": "ZZ1", "airport_name": "A colleague's"})
        return path

    def test_changed_by_others_it_is_refused(self, changed: Path, portal: PracticePortal) -> None:
        """Nobody is there to ask: the rows stay, and the words say why and what to do."""
        rows = portal.rows("smal-fild")
        report = undo_run(changed)
        assert (only(report).state, report.exit_code) == (State.NOT_SENT, 1)
        assert "it has been changed since that run; undoing would lose those changes, too" in said(only(report))
        assert "Whoever undoes the run by hand is asked whether to go back all the same." in said(only(report))
        assert portal.rows("smal-fild") == rows
        assert list(report_lines(report))[-1] == "0 of 1 run undone."

    def test_a_person_may_pass(self, changed: Path, portal: PracticePortal) -> None:
        """Somebody who has seen it may go on; that can be undone, the colleague's change included."""
        rows = in_any_order(portal, "smal-fild")
        assert only(undo_run(changed, person=YES)).state is State.DONE_WITH_WARNINGS
        assert len(portal.rows("smal-fild")) == 200
        assert only(undo_run(changed)).state is State.DONE
        assert in_any_order(portal, "smal-fild") == rows

    def test_no_is_no(self, changed: Path, portal: PracticePortal) -> None:
        """Somebody who says no has changed nothing."""
        rows = portal.rows("smal-fild")
        report = undo_run(changed, person=Person(confirm=lambda _job, _problems: False))
        assert only(report).state is State.NOT_SENT
        assert portal.rows("smal-fild") == rows

    def test_a_made_dataset_that_others_filled(self, workbook: Jobs, other: PracticePortal) -> None:
        """A dataset that others have added rows to is not removed without asking."""
        path = workbook([port_job("Columns and rows", "smal-fild")])
        made = only(run_workbook(path)).made.id
        change_rows(other, made, {"iata_code": "ZZ1"})
        result = only(undo_run(path))
        assert result.state is State.NOT_SENT
        assert "(it had 200 rows then and has 201 now)" in said(result)
        assert made in other.dataset_ids()

    def test_later_runs_are_named(self, changed: Path, portal: PracticePortal) -> None:
        """What runs of this history have changed since is not laid to others: they are named, with what to do."""
        first = run_records(changed)[0].run
        undo_run(changed, person=YES)
        undo_run(changed)
        result = only(undo_run(changed, run=first))
        assert result.state is State.NOT_SENT
        ids = [record.run for record in run_records(changed)[1:3]]
        assert re.search(
            rf"these runs have changed it: “J” \(.*, {ids[0]}\), “J” \(.*, {ids[1]}\); undoing", said(result)
        )
        assert "it has been changed since" not in said(result)

    def test_an_undo_of_an_undo_says_so(self, workbook: Jobs, portal: PracticePortal) -> None:
        """What the second undo takes back is the first, and it is said how to go further back."""
        path = workbook([METHODS[0][0]], sheets=SHEETS)
        run_workbook(path)
        assert "this takes back" not in said(only(undo_run(path)))
        look = only(undo_run(path, aim=Aim.CHECK))
        when = local_time(run_records(path)[-1].started["at"])
        assert f"this takes back the undo of {when}. To go further back, say which run is to be undone." in said(look)

    def test_a_dataset_that_was_made_again(self, workbook: Jobs, other: PracticePortal) -> None:
        """An undo by the first run's id, after an undo and its undo, says what it is called now."""
        path = workbook([port_job("Columns only", "smal-fild")])
        first = only(run_workbook(path))
        removed = only(undo_run(path))
        assert "links to it stop working, and if it is made again it gets another ID" in said(removed)
        again = only(undo_run(path))
        message = only(undo_run(path, run=first.run)).error.message
        assert f"({removed.run}) and made again as {again.made.id}." in message
        assert f"To remove that one, undo the run that made it ({again.run} in the history)." in message
        assert "link" not in message

    def test_a_dataset_that_is_gone(self, workbook: Jobs, other: PracticePortal) -> None:
        """Where somebody has removed it on the portal, undo says that it is not there."""
        import requests  # noqa: PLC0415

        path = workbook([port_job("Columns only", "smal-fild")])
        made = only(run_workbook(path)).made.id
        key = other.sign_ins[0]
        requests.delete(f"{other.url}/api/views/{made}", auth=(key.key_id, key.key_secret), timeout=5)
        report = undo_run(path)
        assert report.exit_code == 1
        assert made in only(report).error.message


class TestBackups:
    """A backup that is not what was written is not used."""

    @pytest.fixture
    def done(self, workbook: Jobs, portal: PracticePortal) -> tuple[Path, Path]:
        """A job workbook whose job was run, and the backup it took."""
        path = workbook([METHODS[0][0]], sheets=SHEETS)
        return path, only(run_workbook(path)).backup

    @staticmethod
    def edit(backup: Path) -> None:
        """One row is changed, as an editor of text would do it."""
        text = gzip.decompress(backup.read_bytes())
        backup.write_bytes(gzip.compress(text.replace(b"Thigpen", b"Thigpin")))

    @staticmethod
    def cut(backup: Path) -> None:
        """The end is missing."""
        backup.write_bytes(backup.read_bytes()[:-40])

    @pytest.mark.parametrize("spoil", [edit, cut, Path.unlink, lambda backup: backup.write_bytes(b"")])
    def test_a_spoilt_backup_is_refused(
        self, spoil: Callable[[Path], None], done: tuple[Path, Path], portal: PracticePortal
    ) -> None:
        """Edited, cut short, missing, empty: nothing is sent, and the backup is named."""
        path, backup = done
        spoil(backup)
        rows, asked = portal.rows("smal-fild"), len(portal.exchanges)
        report = undo_run(path)
        assert report.exit_code == 1
        message = only(report).error.message
        assert backup.name in message
        assert "Nothing has been sent. Bring the file back from your own backups; nothing else can undo" in message
        assert run_records(path)[-1].finished["state"] == "failed"
        assert portal.rows("smal-fild") == rows
        assert {exchange.method for exchange in portal.exchanges[asked:]} <= {"GET"}

    def test_a_moved_workbook_finds_its_backups(
        self, done: tuple[Path, Path], tmp_path: Path, portal: PracticePortal
    ) -> None:
        """A workbook that was moved with the folder beside it can be undone from there."""
        path, _ = done
        there = tmp_path / "elsewhere"
        there.mkdir()
        shutil.move(path, there / path.name)
        shutil.move(path.with_suffix(".datasync"), there / f"{path.stem}.datasync")
        assert only(undo_run(there / path.name)).state is State.DONE
        assert len(portal.rows("smal-fild")) == 200

    def test_a_connection_that_was_renamed(
        self, done: tuple[Path, Path], workbook: Jobs, portal: PracticePortal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The portal's address tells which of the workbook's connections is meant now, and its sign-in is used."""
        for part in ("KEY_ID", "KEY_SECRET"):
            monkeypatch.delenv(f"XL_DATASYNC_PRACTICE_{part}")
        key = portal.sign_ins[0]
        monkeypatch.setenv("XL_DATASYNC_CITY_KEY_ID", key.key_id)
        monkeypatch.setenv("XL_DATASYNC_CITY_KEY_SECRET", key.key_secret)
        city = [{"Connection name": "City", "Portal address": portal.url, "Sign-in type": "API key"}]
        path = workbook([METHODS[0][0] | {"Portal": "City"}], sheets=SHEETS, connections=city)
        assert only(undo_run(path)).state is State.DONE
        assert len(portal.rows("smal-fild")) == 200

    def test_two_connections_to_one_portal(
        self, workbook: Jobs, portal: PracticePortal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The connection of the run's own name is used, not another one of the same address."""
        viewer = portal.sign_ins[1]
        monkeypatch.setenv("XL_DATASYNC_READER_KEY_ID", viewer.key_id)
        monkeypatch.setenv("XL_DATASYNC_READER_KEY_SECRET", viewer.key_secret)
        two = [
            {"Connection name": name, "Portal address": portal.url, "Sign-in type": "API key"}
            for name in ("Reader", "Practice")
        ]
        path = workbook([METHODS[0][0]], sheets=SHEETS, connections=two)
        assert run_workbook(path).exit_code == 0
        assert only(undo_run(path)).state is State.DONE

    def test_a_dataset_too_large_to_save_first(self, workbook: Jobs, portal: PracticePortal) -> None:
        """Without a backup there is no undo, and the words say which setting that was."""
        settings = [{"Setting": "Back up before adding, up to (rows)", "Value": 10}]
        path = workbook([METHODS[1][0]], sheets=SHEETS, settings=settings)
        assert (
            "no backup was taken, because the dataset has more than 10 rows; this run cannot be undone. Raise “Back up "
            "before adding, up to (rows)” on the Settings sheet if you want one."
        ) in said(only(run_workbook(path)))
        with pytest.raises(ConfigurationError, match="Back up before adding"):
            undo_run(path)


class TestWhichRun:
    """Which run is meant, where there are several."""

    @pytest.fixture
    def both(self, workbook: Jobs) -> Path:
        """Two jobs in one run, both done."""
        jobs = [METHODS[1][0] | {"Job name": "Fields"}, METHODS[2][0] | {"Job name": "Weather"}]
        path = workbook(jobs, sheets=SHEETS)
        assert run_workbook(path).exit_code == 0
        return path

    def test_several_jobs_ask_for_a_name(self, both: Path, portal: PracticePortal) -> None:
        """Nothing is undone; the jobs are named, and how to say which."""
        with pytest.raises(ConfigurationError, match=r"had several jobs: “Fields”, “Weather”\. .*--job"):
            undo_run(both)
        assert len(portal.rows("smal-fild")) == 202

    def test_one_after_the_other(self, both: Path, portal: PracticePortal) -> None:
        """Each is undone by its name, in any spelling of capitals, and the other one stays."""
        counts = len(portal.rows("smal-fild")), len(portal.rows("weat-hlog"))
        assert undo_run(both, "FIELDS").exit_code == 0
        assert (len(portal.rows("smal-fild")), len(portal.rows("weat-hlog"))) == (200, counts[1])
        assert undo_run(both, "Weather").exit_code == 0
        assert len(portal.rows("weat-hlog")) == counts[1] - 2

    def test_a_run_by_its_id(self, both: Path, portal: PracticePortal) -> None:
        """An earlier run is named by its id or the beginning of it; a later change is in its way."""
        first = only_run(both)
        run_workbook(both, ["Weather"])
        report = undo_run(both, "Weather", first)
        assert only(report).state is State.NOT_SENT
        assert only(undo_run(both, "Fields", first[:18])).state is State.DONE

    def test_a_run_is_undone_once(self, workbook: Jobs, portal: PracticePortal) -> None:
        """Undone, it cannot be undone again, until that undo is undone itself; and so on."""
        path = workbook([METHODS[1][0]], sheets=SHEETS)
        run_workbook(path)
        first = only_run(path)
        for undone in (True, False, True, False):
            assert undo_run(path, aim=Aim.DRY_RUN).exit_code == 0  # a look undoes nothing
            assert undo_run(path).exit_code == 0
            assert len(portal.rows("smal-fild")) == (200 if undone else 202)
            if undone:
                with pytest.raises(ConfigurationError, match="no run that could be undone"):
                    undo_run(path, None, first)
            else:
                # The latest undo stands between, so the guard has a word to say.
                assert undo_run(path, None, first, Aim.CHECK).results[0].plan.rows == 200

    def test_a_run_that_is_not_there(self, both: Path) -> None:
        """It is said, with the command that lists the runs."""
        with pytest.raises(ConfigurationError, match="xl-datasync history"):
            undo_run(both, None, "20200101-000000")
        with pytest.raises(ConfigurationError, match=r"no run of a job “No such job” is .*, but runs of “Fields”, “W"):
            undo_run(both, "No such job")
        with pytest.raises(ConfigurationError, match="no run of “Fields” has an ID that begins with 2020"):
            undo_run(both, "fields", "2020")

    def test_why_nothing_is_undone(self, workbook: Jobs, portal: PracticePortal) -> None:
        """A dry run, a run that sent nothing, one that was undone: each is named with its reason; damage is told."""
        path = workbook([METHODS[1][0]], sheets=SHEETS)
        run_workbook(path, aim=Aim.DRY_RUN)
        with pytest.raises(ConfigurationError, match=r"undone: the run of .* was a dry run\."):
            undo_run(path)
        assert run_workbook(path).exit_code == 0
        done = run_records(path)[-1].run
        assert run_workbook(path).exit_code == 1  # the identifiers are there
        with pytest.raises(ConfigurationError, match=r"undone: the run of .* sent nothing\."):
            undo_run(path, run=run_records(path)[-1].run)
        assert undo_run(path).exit_code == 0
        undo = run_records(path)[-1].run
        with (path.with_suffix(".datasync") / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write("half a li\n")
        with pytest.raises(ConfigurationError) as caught:
            undo_run(path, run=done)
        assert f"was undone already, by the run of {local_time(run_records(path)[-1].started['at'])} ({undo})" in str(
            caught.value
        )
        assert "1 line of the history cannot be read, so that runs may be missing." in str(caught.value)

    def test_a_history_cut_short(self, both: Path, portal: PracticePortal) -> None:
        """Half a last line loses that event alone: the job before it can still be undone."""
        history = both.with_suffix(".datasync") / "history.jsonl"
        history.write_bytes(history.read_bytes()[:-100])
        assert undo_run(both, "Fields").exit_code == 0
        assert len(portal.rows("smal-fild")) == 200
        report = undo_run(both, "Weather", person=YES)
        assert report.exit_code in (0, 3)

    def test_a_history_that_is_gone(self, both: Path) -> None:
        """Without records there is nothing to undo, and no traceback."""
        (both.with_suffix(".datasync") / "history.jsonl").unlink()
        with pytest.raises(ConfigurationError, match="no run that could be undone"):
            undo_run(both)

    def test_a_workbook_that_is_gone(self, tmp_path: Path) -> None:
        """The file is named."""
        with pytest.raises(WorkbookError, match="lost"):
            undo_run(tmp_path / "lost.xlsx")


def only_run(workbook: Path) -> str:
    """The id of the workbook's only run."""
    (run,) = {record.run for record in run_records(workbook)}
    return run
