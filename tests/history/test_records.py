"""Events in the file, and the records made of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.errors import WorkbookError
from xl_datasync.history.records import History, RunLog, new_run_id, read_runs

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
DIFFICULT = '“Größe” 税 \u200f‎ \r\n \u2028 =1+1 \ud83d \x00 \\ "'

Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """An empty history in a folder that is not yet there."""
    return History(tmp_path / "Fees.datasync")


def test_events_come_back(history: History) -> None:
    """What was appended comes back, in order, each on one line of its own whatever its texts hold."""
    events = [{"event": "started", "n": n, "text": DIFFICULT} for n in range(3)]
    for event in events:
        history.append(event)
    assert list(history.events()) == events
    assert history.path.read_bytes().count(b"\n") == 3
    assert history.cut_lines == 0


def test_compact_utf8(history: History) -> None:
    """A line is compact JSON in UTF-8 that a person can read."""
    history.append({"job": "Größe", "path": Path("a"), "n": 1})
    assert history.path.read_bytes() == '{"job":"Größe","path":"a","n":1}\n'.encode()


def test_no_file_yet(history: History) -> None:
    """Without a file there are no events, and reading makes none."""
    assert list(history.events()) == []
    assert read_runs(history) == []
    assert not history.path.parent.exists()


def test_cut_last_line(history: History) -> None:
    """After a crash in the middle of a line the next event stands on a line of its own; the cut one is counted."""
    history.append({"n": 1})
    with history.path.open("ab") as file:
        file.write(b'{"event":"sen')
    history.append({"n": 2})
    assert list(history.events()) == [{"n": 1}, {"n": 2}]
    assert history.cut_lines == 1
    assert list(history.events()) == [{"n": 1}, {"n": 2}]
    assert history.cut_lines == 1


def test_cut_at_every_byte(history: History) -> None:
    """Wherever the file is cut, what was whole before stays, what is appended is kept, and nothing is raised."""
    events = [{"n": 1, "job": "Größe"}, {"n": 2, "job": "税"}]
    for event in events:
        history.append(event)
    whole = history.path.read_bytes()
    ends = [0, whole.index(b"\n"), len(whole) - 1]
    for cut in range(len(whole) + 1):
        history.path.write_bytes(whole[:cut])
        history.append({"n": 3})
        kept = sum(1 for end in ends[1:] if cut >= end)
        assert list(history.events()) == [*events[:kept], {"n": 3}], cut
        at_an_end = cut in (0, ends[1], ends[1] + 1, ends[2], ends[2] + 1)
        assert history.cut_lines == (0 if at_an_end else 1), cut


@given(st.binary(max_size=300), st.integers(0, 60))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, rubbish: bytes, at: int) -> None:
    """Whatever stands in the file, reading raises nothing and an event appended afterwards comes back as the last."""
    history = History(tmp_path_factory.mktemp("history"))
    history.append({"event": "started", "run": "r", "job": "j"})
    whole = history.path.read_bytes()
    history.path.write_bytes(whole[:at] + rubbish + whole[at:])
    history.append({"n": 2})
    assert list(history.events())[-1] == {"n": 2}
    read_runs(history)


@pytest.mark.parametrize(
    "line",
    [b"\x00" * 40, b"[" * 200_000, b'"text"', b"[1]", b"null", b"9" * 5000, b"\xff\xfe{\x00}\x00", b"{}}", b"NaN"],
)
def test_lines_that_hold_no_event(history: History, line: bytes) -> None:
    """Lines that do not parse, or are no event, are passed over and counted."""
    history.append({"n": 1})
    with history.path.open("ab") as file:
        file.write(line + b"\n")
    history.append({"n": 2})
    assert list(history.events()) == [{"n": 1}, {"n": 2}]
    assert history.cut_lines == 1


def test_edited_with_an_editor(history: History) -> None:
    """A byte order mark, Windows line ends and empty lines are no damage."""
    history.path.parent.mkdir()
    history.path.write_bytes(b'\xef\xbb\xbf{"n":1}\r\n\r\n{"n":2}\r\n')
    assert list(history.events()) == [{"n": 1}, {"n": 2}]
    assert history.cut_lines == 0


APPENDING = """
import sys
from pathlib import Path
from xl_datasync.history.records import History
history = History(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    history.append({"who": sys.argv[2], "n": number, "text": "x" * (number * 37 % 5000)})
"""


def test_four_processes_at_once(history: History, begin: Begin) -> None:
    """Four processes that append 200 events each lose none, cut none, and keep the order of each."""
    processes = [begin(APPENDING, history.path.parent, who, 200) for who in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0, 0]
    events = list(history.events())
    assert history.cut_lines == 0
    for who in "0123":
        assert [event["n"] for event in events if event["who"] == who] == list(range(200))


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_while_appending(history: History, begin: Begin) -> None:
    """A process that is killed in the middle of its work leaves whole lines and no lock."""
    process = begin(APPENDING, history.path.parent, "killed", 1_000_000)
    process.stdin.write("\n")
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not (history.path.exists() and history.path.stat().st_size > 20_000):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    history.append({"who": "next"})
    events = list(history.events())
    assert events[-1] == {"who": "next"}
    assert [event["n"] for event in events[:-1]] == list(range(len(events) - 1))


def test_full_disk(small_disk: Path, fill: Callable[..., None]) -> None:
    """On a full disk it says so; what was there is as it was, and the next event, with room again, is whole."""
    history = History(small_disk)
    history.append({"n": 1})
    fill(small_disk)
    before = history.path.read_bytes()
    with pytest.raises(WorkbookError) as caught:
        history.append({"n": 2, "text": "x" * 10_000})
    assert "history of the runs cannot be written" in caught.value.what
    assert caught.value.where == str(history.path)
    assert caught.value.unaffected == ""
    assert history.path.read_bytes() == before
    (small_disk / "filler").unlink()
    history.append({"n": 3})
    assert list(history.events()) == [{"n": 1}, {"n": 3}]
    assert history.cut_lines == 0


LIMITED = """
import resource, sys
from pathlib import Path
from xl_datasync.core.errors import WorkbookError
from xl_datasync.history.records import History
history = History(Path(sys.argv[1]))
history.append({"n": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    history.append({"n": 2, "text": "x" * 500})
except WorkbookError as error:
    print(error.what)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
history.append({"n": 3})
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of a process")
def test_write_that_stops_half_way(history: History, begin: Begin) -> None:
    """Where the system writes a part of a line only, that part is taken away again."""
    process = begin(LIMITED, history.path.parent)
    said, _ = process.communicate(timeout=30)
    assert "history of the runs cannot be written" in said
    assert list(history.events()) == [{"n": 1}, {"n": 3}]
    assert history.cut_lines == 0


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    """Where a file stands in place of the folder, it is said in words; reading says so too."""
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")
    with pytest.raises(WorkbookError, match="cannot be written"):
        history.append({"n": 1})
    (tmp_path / "odd" / "history.jsonl").mkdir(parents=True)
    with pytest.raises(WorkbookError, match="cannot be read"):
        list(History(tmp_path / "odd").events())


def test_a_record_of_each_job(history: History) -> None:
    """A record gathers the events of one job of one run, however they are mixed with others."""
    clock = lambda: NOON  # noqa: E731
    first, second = RunLog(history, "r1", "Fees", clock), RunLog(history, "r1", "Permits", clock)
    first.started(rows=3)
    second.started()
    first.made(dataset="abcd-1234")
    first.sending(csv="fees.csv")
    first.made(dataset="abcd-1235")
    first.finished(state="Done")
    second.sending()
    fees, permits = read_runs(history)
    assert (fees.run, fees.job) == ("r1", "Fees")
    assert fees.started == {
        "event": "started", "run": "r1", "job": "Fees", "at": "2026-11-22T12:00:00.000Z", "version": 1, "rows": 3,
    }  # fmt: skip
    assert fees.sending is not None
    assert fees.sending["csv"] == "fees.csv"
    assert fees.finished is not None
    assert fees.finished["state"] == "Done"
    assert fees.settled is None
    assert [note["dataset"] for note in fees.notes] == ["abcd-1234", "abcd-1235"]
    assert permits.finished is None
    RunLog(history, "r1", "Permits", clock).settled(outcome="nothing arrived")
    settled = read_runs(history)[1].settled
    assert settled is not None
    assert settled["outcome"] == "nothing arrived"


def test_clock_set_back(history: History) -> None:
    """The order of the file counts, not that of the clock."""
    for days, run in ((0, "b"), (-400, "a"), (1, "c")):
        RunLog(history, run, "Fees", lambda days=days: NOON + timedelta(days=days)).started()
    assert [record.run for record in read_runs(history)] == ["b", "a", "c"]


def test_lost_first_line(history: History) -> None:
    """A record whose first line was lost is still there; events that belong to no job are left out."""
    RunLog(history, "r", "Fees").finished(state="Done")
    history.append({"event": "started", "run": 3, "job": ["x"]})
    history.append({"event": ["odd"], "run": "r", "job": "Fees"})
    (record,) = read_runs(history)
    assert record.started == {}
    assert record.finished is not None
    assert [note["event"] for note in record.notes] == [["odd"]]


def test_own_clock(history: History) -> None:
    """Without a clock given, the moment is now, in UTC."""
    RunLog(history, "r", "Fees").started()
    at = read_runs(history)[0].started["at"]
    assert at.endswith("Z")
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    assert abs(datetime.now(timezone.utc) - moment) < timedelta(seconds=30)


def test_fact_of_a_taken_name(history: History) -> None:
    """A fact cannot take the place of what every event has."""
    with pytest.raises(TypeError):
        RunLog(history, "r", "Fees").started(run="other")
    assert not history.path.exists()


def test_run_ids() -> None:
    """Ids sort by time in UTC, and a thousand of one second differ."""
    east = timezone(timedelta(hours=9))
    assert new_run_id(NOON.astimezone(east)).startswith("20261122-120000-")
    assert new_run_id(NOON) < new_run_id(NOON + timedelta(seconds=1)) < new_run_id(NOON + timedelta(days=40))
    assert len({new_run_id(NOON) for _ in range(1000)}) == 1000


def test_text_is_json(history: History) -> None:
    """Any JSON reader of the world reads the file."""
    history.append({"text": DIFFICULT})
    assert json.loads(history.path.read_text(encoding="utf-8")) == {"text": DIFFICULT}
