"""One run for each dataset at a time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from xl_datasync.core.errors import Busy, WorkbookError
from xl_datasync.history.locks import dataset_lock, is_locked

HOST = "data.example.org"
DATASET = "abcd-1234"
LEE = {"job": "Fees", "started": "2026-11-20T10:32:00Z", "user": "lee", "process": "4711"}

Begin = Callable[..., "subprocess.Popen[str]"]

HOLDING = """
import sys
from pathlib import Path
from xl_datasync.history.locks import dataset_lock
with dataset_lock(Path(sys.argv[1]), sys.argv[2], sys.argv[3], {"job": "Other", "user": "lee"}):
    print("held", flush=True)
    sys.stdin.readline()
"""


def holding(begin: Begin, folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the dataset until it gets a line."""
    process = begin(HOLDING, folder, HOST, DATASET)
    assert process.stdout.readline() == "held\n"
    return process


def test_held_and_given_back(tmp_path: Path) -> None:
    """A dataset is locked for the length of the block, and free before and afterwards."""
    folder = tmp_path / "locks"
    assert not is_locked(folder, HOST, DATASET)
    assert not folder.exists()
    with dataset_lock(folder, HOST, DATASET, LEE):
        assert is_locked(folder, HOST, DATASET)
    assert not is_locked(folder, HOST, DATASET)
    with dataset_lock(folder, HOST, DATASET, LEE):
        pass
    assert [path.suffix for path in folder.iterdir()] in ([".lock"], [])


def test_given_back_after_an_error(tmp_path: Path) -> None:
    """A run that fails gives its dataset back, and its error goes through."""
    with pytest.raises(KeyError), dataset_lock(tmp_path, HOST, DATASET, LEE):
        raise KeyError
    assert not is_locked(tmp_path, HOST, DATASET)


def test_second_run_in_another_process(tmp_path: Path, begin: Begin) -> None:
    """While another process is at work on the dataset, a run is refused in words; afterwards it is not."""
    process = holding(begin, tmp_path)
    assert is_locked(tmp_path, HOST, DATASET)
    with pytest.raises(Busy) as caught, dataset_lock(tmp_path, HOST, DATASET, LEE):
        pass
    assert caught.value.what == (
        f"Another run is active on this dataset: job “Other”, started by lee (process {process.pid})."
    )
    assert caught.value.remedy == "Wait until it has finished, then run this job again."
    assert caught.value.exit_code == 5
    process.communicate("\n", timeout=30)
    with dataset_lock(tmp_path, HOST, DATASET, LEE):
        pass


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_killed_process(tmp_path: Path, begin: Begin) -> None:
    """The lock goes with a process that is killed; what it wrote about itself blocks nobody and is not believed."""
    process = holding(begin, tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert list(tmp_path.glob("*.holder.json"))
    assert not is_locked(tmp_path, HOST, DATASET)
    assert message(tmp_path, {"job": "Fees", "process": ""}) == ": job “Fees”."
    assert not list(tmp_path.glob("*.holder.json"))


def test_second_run_in_one_process(tmp_path: Path) -> None:
    """Two runs in one process exclude each other too, in one thread or in two."""
    refused: list[Busy] = []

    def try_it() -> None:
        try:
            with dataset_lock(tmp_path, HOST, DATASET, LEE):
                pass
        except Busy as error:
            refused.append(error)

    with dataset_lock(tmp_path, HOST, DATASET, LEE):
        try_it()
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join()
        assert is_locked(tmp_path, HOST, DATASET)
    assert len(refused) == 2


@pytest.mark.parametrize(
    ("host", "dataset_id"), [("data.example.com", DATASET), (HOST, "abcd-1235"), (f"{HOST}:8443", DATASET)]
)
def test_other_datasets_are_free(tmp_path: Path, host: str, dataset_id: str) -> None:
    """A lock is for one dataset of one portal; a port makes it another portal."""
    with dataset_lock(tmp_path, HOST, DATASET, LEE), dataset_lock(tmp_path, host, dataset_id, LEE):
        assert is_locked(tmp_path, HOST, DATASET)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8080", "[::1]:80", "con", "a" * 250 + ".org:443", "dätä.example", 'a<>"|?*\\/b']
)
def test_names_of_files(tmp_path: Path, host: str) -> None:
    """Whatever the host's name, the files' names are such as Windows takes."""
    with dataset_lock(tmp_path, host, DATASET, LEE):
        names = [path.name for path in tmp_path.iterdir()]
    assert names
    assert all(re.fullmatch(r"dataset-[a-z0-9._-]{1,110}", name) for name in names)


def test_case_of_the_host(tmp_path: Path) -> None:
    """Data.Example.org is data.example.org."""
    with dataset_lock(tmp_path, HOST.upper(), DATASET, LEE):
        assert is_locked(tmp_path, HOST, DATASET)


def message(folder: Path, holder: dict[str, str] | bytes) -> str:
    """What a second run is told about the first."""
    with dataset_lock(folder, HOST, DATASET, {} if isinstance(holder, bytes) else holder):
        if isinstance(holder, bytes):
            next(folder.glob("*.holder.json")).write_bytes(holder)
        with pytest.raises(Busy) as caught, dataset_lock(folder, HOST, DATASET, LEE):
            pass
    return caught.value.what.removeprefix("Another run is active on this dataset")


def test_who_holds_it(tmp_path: Path) -> None:
    """The message tells job, start by the clerk's own clock, user and process, as far as they are known."""
    now = datetime.now(timezone.utc)
    today = f"{now.astimezone():%H:%M}"
    assert (
        message(tmp_path, {**LEE, "started": now.isoformat()})
        == f": job “Fees”, started {today} by lee (process 4711)."
    )
    earlier = now - timedelta(days=3)
    shown = f"{earlier.astimezone():%Y-%m-%d %H:%M}"
    assert message(tmp_path, {"started": earlier.isoformat(), "process": "1"}) == f": started {shown} (process 1)."
    assert message(tmp_path, {"job": "Fees", "process": ""}) == ": job “Fees”."
    assert message(tmp_path, {}) == "."


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"job": {"a": 1}, "started": [3], "user": null}']
)
def test_broken_holder_file(tmp_path: Path, content: bytes) -> None:
    """A file about the holder that is broken, or from another program, only makes the message shorter."""
    assert message(tmp_path, content).endswith(".")


def test_holder_file_cannot_be_written(tmp_path: Path) -> None:
    """Where nothing can be written about the holder, the lock holds all the same."""
    with dataset_lock(tmp_path, HOST, DATASET, LEE):
        name = next(tmp_path.glob("*.holder.json"))
    (name / "in the way").mkdir(parents=True)
    with dataset_lock(tmp_path, HOST, DATASET, LEE):
        assert is_locked(tmp_path, HOST, DATASET)


def test_holder_is_json(tmp_path: Path) -> None:
    """The file about the holder has what was given, and the process."""
    with dataset_lock(tmp_path, HOST, DATASET, {"job": "Fees"}):
        holder = json.loads(next(tmp_path.glob("*.holder.json")).read_bytes())
    assert holder == {"job": "Fees", "process": str(os.getpid())}


def test_no_folder(tmp_path: Path) -> None:
    """Where the folder cannot be made, nothing runs, and it is said in words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbookError, match="cannot be made sure"), dataset_lock(tmp_path / "file", HOST, DATASET, LEE):
        pytest.fail("ran")


def test_looks_do_not_count_as_runs(tmp_path: Path) -> None:
    """Somebody who keeps looking whether the dataset is locked does not keep a run from beginning."""
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            is_locked(tmp_path, HOST, DATASET)
            stop.wait(0.001)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(100):
            with dataset_lock(tmp_path, HOST, DATASET, LEE):
                pass
    finally:
        stop.set()
        looker.join()
