"""Copies, undo and history on the command line, in processes of their own."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.two_portals import in_any_order, port_job, rows_only
from xl_datasync.history.records import History, read_runs
from xl_datasync.look.runs import Wanted, found_runs
from xl_datasync.practice_portal import PracticePortal

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def ends(portal: PracticePortal, other: PracticePortal, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """The addresses of both portals; their keys are in the environment under their addresses."""
    for there in (portal, other):
        name = re.sub("[^A-Z0-9]", "_", there.host.upper())
        monkeypatch.setenv(f"XL_DATASYNC_{name}_KEY_ID", there.sign_ins[0].key_id)
        monkeypatch.setenv(f"XL_DATASYNC_{name}_KEY_SECRET", there.sign_ins[0].key_secret)
    return portal.url, other.url


class TestPort:
    """``xl-datasync port``."""

    def test_there_and_back(
        self, ends: tuple[str, str], command: Command, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """A dry run makes nothing, the run makes and publishes, history lists it, undo removes it."""
        source, to = f"{ends[0]}/d/smal-fild", ends[1]
        ids = set(other.dataset_ids())
        port = ("port", source, to, "--copy", "both", "--title", "Felder “A” 😀")
        dry = command(*port, "--dry-run")
        assert dry.returncode == 0, dry.stderr
        assert "A dataset “Felder “A” 😀” with 7 columns and 200 rows would be made." in dry.stdout
        assert dry.stdout.rstrip().endswith("1 of 1 job can be run. Nothing has been sent.")
        assert set(other.dataset_ids()) == ids
        done = command(*port, "--json")
        assert done.returncode == 0, done.stderr
        (shape,) = json.loads(done.stdout)["jobs"]
        (made,) = set(other.dataset_ids()) - ids
        assert {name: shape[name] for name in ("dataset_id", "dataset_made", "rows_created", "rows_after", "verified")} == {
            "dataset_id": made, "dataset_made": True, "rows_created": 200, "rows_after": 200, "verified": True,
        }  # fmt: skip
        assert (shape["source_portal"], shape["source_id"], shape["copied"]) == (
            ends[0],
            "smal-fild",
            "Columns and rows",
        )
        assert in_any_order(other, made) == in_any_order(portal, "smal-fild")
        listed = command("history").stdout
        assert f"Felder “A” 😀 ({made})" in listed
        assert re.search(r"Copy of smal-fild.*: Done\.", listed)
        assert ", from smal-fild on " in listed
        asked = command("undo")
        assert (asked.returncode, made in other.dataset_ids()) == (2, True)
        assert "There is nobody to ask. Nothing was undone. Look with --dry-run, then use --yes." in asked.stderr
        assert "Usage" not in asked.stderr
        undone = command("undo", "--yes")
        assert undone.returncode == 0, undone.stderr
        assert "The dataset was removed; it had 200 rows." in undone.stdout
        assert set(other.dataset_ids()) == ids

    def test_rows_to_a_dataset(
        self, ends: tuple[str, str], command: Command, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Replace and upsert, by links as they stand in a browser; the guard's limit is an option."""
        source, to = f"{ends[0]}/d/smal-fild", f"{ends[1]}/d/airp-orts/about_data"
        stopped = command("port", source, to, "--copy", "rows")
        assert (stopped.returncode, len(other.rows("airp-orts"))) == (1, 3300)
        assert "3,100 fewer" in stopped.stdout
        assert command("port", source, to, "--copy", "rows", "--method", "upsert").returncode == 0
        assert len(other.rows("airp-orts")) == 3300
        done = command("port", source, to, "--copy", "rows", "--limit", "100")
        assert done.returncode == 0, done.stdout
        assert in_any_order(other, "airp-orts") == in_any_order(portal, "smal-fild")

    def test_columns_as_a_draft(self, ends: tuple[str, str], command: Command, other: PracticePortal) -> None:
        """Only the schema, left as a working copy."""
        ids = set(other.dataset_ids())
        done = command("port", f"{ends[0]}/d/type-samp", ends[1], "--copy", "columns", "--draft")
        assert done.returncode == 0, done.stdout
        (made,) = set(other.dataset_ids()) - ids
        assert other.view(made)["publicationStage"] == "unpublished"
        assert other.rows(made) == []
        assert "It is a draft, which only its editors see." in done.stdout

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((), "Missing argument 'FROM'"),
            (("https://a.example/d/abcd-1234",), "Missing argument 'TO'"),
            (("https://a.example/d/abcd-1234", "https://b.example"), "Missing option '--copy'"),
            (("https://a.example/d/abcd-1234", "https://b.example", "--copy", "all"), "is not one of"),
            (("abcd-1234", "https://b.example", "--copy", "both"), "FROM must be a dataset's whole link"),
            (("https://a.example/d/abcd-1234", "abcd-1234", "--copy", "rows"), "TO must be a dataset's whole link"),
            (
                ("https://a.example/d/abcd-1234", "https://b.example", "--copy", "rows"),
                "TO must be a dataset's whole link",
            ),
            (("https://a.example", "https://b.example", "--copy", "both"), "FROM must be a dataset's whole link"),
            (("https://a.example/d/abcd-1234", "not a portal", "--copy", "both"), "not a portal"),
            (
                ("http://a.example/d/abcd-1234", "https://b.example", "--copy", "both"),
                "FROM: “http://a.example” is not encrypted",
            ),
            (("https://a.example/d/abcd-1234", "https://b.example", "--copy", "both", "--limit", "101"), "--limit"),
        ],
    )
    def test_wrong_arguments(self, arguments: tuple[str, ...], words: str, command: Command) -> None:
        """Each is named, with exit code 2, and no portal is asked."""
        said = command("port", *arguments, "--unattended")
        assert (said.returncode, said.stdout) == (2, "")
        assert words in said.stderr
        assert "Traceback" not in said.stderr

    def test_without_a_sign_in(self, command: Command, portal: PracticePortal, other: PracticePortal) -> None:
        """Exit code 4, and how to sign in."""
        said = command("port", f"{portal.url}/d/smal-fild", other.url, "--copy", "both")
        assert said.returncode == 4
        assert "xl-datasync login" in said.stdout


class TestHistory:
    """``xl-datasync history``: lists, filters, JSON, and a file cut short."""

    @pytest.fixture
    def runs(self, workbook: Callable[..., Path], command: Command, other: PracticePortal) -> Path:
        """A job workbook with a copy that was done, and one that was not sent."""
        jobs = [
            port_job("Columns only", "smal-fild", **{"Job name": "Made"}),
            rows_only("smal-fild", "airp-orts", **{"Job name": "Shrinks"}),
        ]
        path = workbook(jobs)
        assert command("run", str(path)).returncode == 1
        return path

    def test_lists_and_filters(self, runs: Path, command: Command) -> None:
        """All runs, those of a job, of a dataset, that failed, since a day, the latest."""

        def names(*options: str) -> list[str]:
            done = command("history", str(runs), "--json", *options)
            assert done.returncode == 0, done.stderr
            return [record["job"] for record in json.loads(done.stdout)]

        assert names() == ["Made", "Shrinks"]
        assert names("--job", "made") == ["Made"]
        assert names("--dataset", "airp-orts") == ["Shrinks"]
        assert names("--failed") == ["Shrinks"]
        assert names("--changes") == ["Made"]
        assert names("--limit", "1") == ["Shrinks"]
        assert names("--since", "2020-01-01") == ["Made", "Shrinks"]
        assert names("--since", "2999-01-01") == []
        assert command("history", str(runs), "--since", "yesterday").returncode == 2
        none = command("history", str(runs), "--job", "other").stdout
        assert none == "No run fits; 2 runs of “Made”, “Shrinks” are recorded.\n"

    def test_by_a_link(self, runs: Path, command: Command, portal: PracticePortal, other: PracticePortal) -> None:
        """A dataset's link is taken as well as its ID, and the portal counts."""
        here, there = (command("history", str(runs), "--dataset", f"{p.url}/d/airp-orts") for p in (other, portal))
        assert "Shrinks: Not sent." in here.stdout
        assert "Made" not in here.stdout
        assert there.stdout.startswith("No run fits;")
        wrong = command("history", str(runs), "--dataset", "https://data.example.gov/about")
        assert (wrong.returncode, "holds no dataset ID" in wrong.stderr) == (2, True)

    def test_older_ones_and_those_that_were_undone(self, runs: Path, command: Command) -> None:
        """It says how many are not shown; a run and its undo name each other."""
        assert command("undo", str(runs), "--yes").returncode == 0
        shown = command("history", str(runs)).stdout
        made, undo = re.findall(r"Run (\S+) by", shown)[::2]
        assert f"    Undone by the run {undo}" in shown
        assert f"    It was to undo the run {made}" in shown
        latest = command("history", str(runs), "--limit", "1").stdout
        assert latest.endswith("2 older entries are not shown; --limit 3 shows them.\n")
        assert "1 older entry is not shown; --limit 3 shows" in command("history", str(runs), "--limit", "2").stdout

    def test_only_those_that_changed_something(self, runs: Path) -> None:
        """The runs that an undo could take back."""
        listed, _ = found_runs(runs, Wanted(changes=True))
        assert [record.job for record in listed.records] == ["Made"]

    def test_a_look_leaves_no_folder(self, workbook: Callable[..., Path], command: Command) -> None:
        """A workbook that was never run has no history, and gets none by being asked for it."""
        path = workbook([port_job("Columns only", "smal-fild")], "new.xlsx")
        assert "No runs are recorded here." in command("history", str(path)).stdout
        assert not path.with_suffix(".datasync").exists()

    def test_beside_the_workbook_and_elsewhere(
        self, workbook: Callable[..., Path], command: Command, other: PracticePortal
    ) -> None:
        """Where nothing can be written beside the workbook any more, what was written there is listed all the same."""
        path = workbook([port_job("Columns only", "smal-fild")])
        assert command("run", str(path)).returncode == 0
        lock = path.with_suffix(".datasync") / "history.lock"
        lock.unlink(missing_ok=True)  # Windows takes it away by itself
        lock.mkdir()
        assert command("run", str(path)).returncode in (0, 3)
        listed, unreadable = found_runs(path, Wanted())
        assert (len(listed.records), listed.all_runs, unreadable) == (2, 2, 0)
        assert read_runs(History(lock.parent)) == listed.records[:1]

    def test_for_people(self, runs: Path, command: Command) -> None:
        """A line for what became of each job, with its mark, its dataset and the run's id."""
        lines = command("history", str(runs)).stdout.splitlines()
        assert re.match(r"\+ \d+ \w{3} \d{4} \d\d:\d\d  Made: Done\. The dataset “Small airfields to review”", lines[0])
        assert re.match(r"    Run \d{8}-\d{6}-[0-9a-f]{8} by ", lines[2])
        assert re.match(r"- .* Shrinks: Not sent\. 1 problem to mend\. Nothing has been sent\.", lines[3])

    def test_a_file_cut_short(self, runs: Path, command: Command) -> None:
        """The whole lines are listed; the run whose end was lost is shown as cut off, and the next run works."""
        history = runs.with_suffix(".datasync") / "history.jsonl"
        history.write_bytes(history.read_bytes()[:-30])
        listed = command("history", str(runs))
        assert listed.returncode == 0, listed.stderr
        assert "Made: Done." in listed.stdout
        assert "Shrinks: Cut off, or still running." in listed.stdout
        again = command("run", str(runs), "--job", "Made")
        assert again.returncode == 3, again.stdout
        assert command("history", str(runs), "--json").returncode == 0

    def test_undo_on_the_command_line(self, runs: Path, command: Command, other: PracticePortal) -> None:
        """It shows what it would do, refuses to go on with nobody there, does it with --yes, as JSON too."""
        dry = command("undo", str(runs), "--dry-run")
        assert dry.returncode == 0, dry.stderr
        assert "would be removed." in dry.stdout
        assert dry.stdout.rstrip().endswith("1 of 1 run can be undone. Nothing has been sent.")
        done = command("undo", str(runs), "--yes", "--json")
        assert done.returncode == 0, done.stderr
        (shape,) = json.loads(done.stdout)["jobs"]
        assert (shape["method"], shape["dataset_removed"], shape["exit_code"]) == ("undo", True, 0)
        assert shape["dataset_id"] not in other.dataset_ids()
        named = command("undo", str(runs), "--job", "Shrinks", "--yes")
        assert named.returncode == 2
        assert re.search(r"There is no run that could be undone: the run of .* sent nothing\.", named.stderr)


@pytest.mark.parametrize(
    ("to", "arguments", "words"),
    [
        ("", ("--copy", "both", "--method", "upsert"), "--method cannot be used with --copy both"),
        ("", ("--copy", "columns", "--limit", "5"), "--limit cannot be used with --copy columns"),
        (
            "/d/smal-fild",
            ("--copy", "rows", "--title", "New", "--draft"),
            "--title, --draft cannot be used with --copy rows",
        ),
        ("/d/smal-fild", ("--copy", "both"), "TO is the link of a dataset (smal-fild)"),
    ],
)
def test_port_ignores_no_option(
    command: Command, portal: PracticePortal, to: str, arguments: tuple[str, ...], words: str
) -> None:
    """An option that means nothing for what is copied is refused, not ignored."""
    done = command("port", f"{portal.url}/d/airp-orts", f"{portal.url}{to}", *arguments)
    assert (done.returncode, words in done.stderr) == (2, True)
