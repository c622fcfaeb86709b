"""Measures sheet → CSV and sheet → portal against the peers, and prints the tables of docs/benchmarks.md.

pip install -r benchmarks/requirements.txt
python benchmarks/run.py [--rows 100000 1000000] [--rounds 5] [--profile]

Contenders take turns (A B C A B C …), each in a process of its own. The ratio to ours is taken within each round, so
what else the computer does strikes both, and the median over the rounds is quoted. This module imports nothing large:
a child's peak memory would otherwise begin with ours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path

from columns import dataset_id
from contenders import Task
from figures import LARGE, SMALL, Measurement, Results, targets

HERE = Path(__file__).parent
CACHE = Path(tempfile.gettempdir()) / "xl-datasync-benchmarks"
# Changes with what make_workbook.py writes, so that no older workbook is used.
EDITION = "v1"
# CSV first: the upload by curl takes the CSV that ours has just made.
ORDER = ("ours-csv", "openpyxl-csv", "ours-portal", "openpyxl-sodapy", "pandas-sodapy", "curl")
LIBRARIES = ("openpyxl", "pandas", "python-calamine", "python-calamine-plus", "sodapy", "requests")


def main() -> None:
    """Make what is missing, measure, print."""
    options = _options()
    print(about_this_machine())
    everything: dict[int, Results] = {}
    with sink() as host:
        for rows in options.rows:
            rounds = min(options.rounds, options.large_rounds) if rows >= LARGE else options.rounds
            with task_for(rows, host) as task:
                if options.profile:
                    _profile(task)
                    continue
                everything[rows] = measure(task, rounds, options.limit)
            print("\n".join(everything[rows].lines()), flush=True)
    if everything.keys() & {SMALL, LARGE}:
        print("\n".join(targets(everything)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure xl-datasync against its peers.")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large-rounds", type=int, default=2, help="rounds at 1,000,000 rows")
    parser.add_argument("--limit", type=float, default=180.0, help="seconds after which a peer is left out")
    parser.add_argument("--profile", action="store_true", help="say where our own time goes, and measure no peer")
    return parser.parse_args()


@contextmanager
def portal_process(script: Path, *arguments: str) -> Iterator[str]:
    """A practice portal in a process of its own, which prints its host and port and ends with its input."""
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()


@contextmanager
def sink() -> Iterator[str]:
    """The sink, running; gives its host and port."""
    command = [sys.executable, str(HERE / "sink.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


@contextmanager
def task_for(rows: int, host: str) -> Iterator[Task]:
    """The task for one size, its workbooks made; the job's folder goes when the runs are over."""
    CACHE.mkdir(exist_ok=True)
    data = CACHE / f"rows-{rows}-{EDITION}.xlsx"
    if not data.exists():
        print(f"Making {data.name}; this is done once.", file=sys.stderr)
        _make("make_workbook(Path(sys.argv[1]), int(sys.argv[2]))", data, rows)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        jobs = Path(folder) / "jobs.xlsx"
        _make("make_job_workbook(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])",
              jobs, data, f"http://{host}", dataset_id(rows))  # fmt: skip
        yield Task(str(data), str(jobs), str(Path(folder) / "rows.csv"), host, dataset_id(rows), rows)


def _make(call: str, *arguments: object) -> None:
    """Call a maker of workbooks, in another process because it takes much memory."""
    code = f"import sys; from pathlib import Path; from make_workbook import *; {call}"
    subprocess.run([sys.executable, "-c", code, *map(str, arguments)], check=True, cwd=HERE)


def measure(task: Task, rounds: int, limit: float) -> Results:
    """Every contender, round after round."""
    results = Results(task.rows)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    for number in range(rounds):
        taken: dict[str, Measurement] = {}
        for name in ORDER:
            if name in results.left_out:
                continue
            print(f"{task.rows:,} rows, round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            found = _run(name, task, limit)
            if isinstance(found, Measurement):
                taken[name] = found
            else:
                results.left_out[name] = found
            if name == "openpyxl-csv" and name in taken and number == 0:
                _compare(task)
        results.rounds.append(taken)
    results.load = (load, os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan"))
    return results


def _run(name: str, task: Task, limit: float) -> Measurement | str:
    """One run; the reason where it is left out from now on."""
    command = _curl(task) if name == "curl" else [sys.executable, str(HERE / "contenders.py"), name, _written(task)]
    if not command:
        return "curl is not installed"
    sends = not name.endswith("-csv")
    if sends:
        _portal_rows(task, "DELETE")
    # Ours may not be given up, or there would be nothing to compare with.
    found = timed(command, None if name.startswith("ours") else limit)
    if found is None:
        return f"not done after {limit:g} s"
    if sends and _portal_rows(task, "GET") != task.rows:
        raise SystemExit(f"{name}: the sink did not get {task.rows:,} rows")
    if name == "ours-csv":
        Path(task.csv).replace(_finished(task))
    return found


def _compare(task: Task) -> None:
    """Stop where our CSV does not hold what openpyxl's holds."""
    subprocess.run([sys.executable, str(HERE / "compare.py"), _finished(task), task.csv], check=True)


def timed(command: list[str], limit: float | None) -> Measurement | None:
    """Run a process; its wall time and peak memory, or None where it did not end in time."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.DEVNULL)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG if limit else 0)
        seconds = time.perf_counter() - started
        if pid:
            break
        if limit and seconds > limit:
            process.kill()
            process.wait()
            return None
        time.sleep(0.002)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Measurement(seconds, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)


# A sign-in, and a folder for locks and logs that is not the user's own.
ENVIRONMENT = {
    "XL_DATASYNC_BENCHMARK_KEY_ID": "key",
    "XL_DATASYNC_BENCHMARK_KEY_SECRET": "secret",
    "XDG_CONFIG_HOME": str(CACHE / "user"),
    "HOME": str(CACHE / "user"),
}


def _finished(task: Task) -> str:
    return task.csv + ".finished"


def _curl(task: Task) -> list[str]:
    curl = shutil.which("curl")
    url = f"http://{task.host}/resource/{task.dataset}.json"
    headers = ["-H", "Content-Type: text/csv", "-u", "key:secret"]
    return [curl, "-sSf", "-o", os.devnull, "-T", _finished(task), *headers, url] if curl else []


def _written(task: Task) -> str:
    path = Path(task.jobs).with_name("task.json")
    path.write_text(json.dumps(asdict(task)), encoding="utf-8")
    return str(path)


def _portal_rows(task: Task, method: str) -> int:
    connection = HTTPConnection(task.host)
    connection.request(method, f"/resource/{task.dataset}.json?$select=count(*)")
    shape = json.loads(connection.getresponse().read())
    connection.close()
    return int(shape[0]["count"]) if shape else 0


def _profile(task: Task) -> None:
    print(f"\n### Where our time goes: sheet → portal, {task.rows:,} rows\n")
    print("| Stage | Seconds | Share |\n|---|--:|--:|", flush=True)
    command = [sys.executable, str(HERE / "laps.py"), _written(task)]
    subprocess.run(command, check=True, env={**os.environ, **ENVIRONMENT})


def about_this_machine() -> str:
    """The machine and the versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, Python {platform.python_version()}; "
        f"{libraries}."
    )


if __name__ == "__main__":
    main()
