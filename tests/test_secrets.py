"""No secret anywhere but in the vault and in the environment: planted, used in every way, then searched for."""

from __future__ import annotations

import base64
import fnmatch
import gzip
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import openpyxl
import pytest

from tests.secret_search import descendants, files_in, found_in, holds, needles
from tests.workbooks import Rows, job, write_job_workbook
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.practice_portal.signin import SIGN_INS, SignIn

pytestmark = [
    pytest.mark.usefixtures("real_vault"),
    # keyring leaves its connection open when the vault is locked or out of reach.
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]

# Each holds what encodings change, around a core that only few change.
CORES = {
    "key secret": "kR7fQ2mXw9Lz4Tb8Vn3Hc6Yp",
    "password": "pW5dJ8sGq1Zk6Mx2Rt9Bv4Nf",
    "app token": "practiceapptokennotsecret",
    "wrong secret": "wX3hN6yUe8Cj1Fa5Pd7Ks2Qg",
    "secret in a cell": "cE9vB4tLo2Ri7Sm5Xw8Zn1Ju",
}
SECRET = {what: f"é+/%41 “{core}” &<\"'\\:~" for what, core in CORES.items()}
KEY = SignIn("a@example.org", "x", "keyofalice", SECRET["key secret"], "Al", "publisher", "", "alic-1111")
PASSWORD = SignIn("bo@example.org", SECRET["password"], "keyofbo", "x", "Bo", "publisher", "", "bobo-2222")

AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
WEATHER = ("Observed On", "Precipitation (mm)", "Max Temp (C)", "Min Temp (C)", "Wind (m/s)", "Weather")
DAY = ("2016-01-01", 1.5, 9, 2.2, 3.1, "rain")
FIELDS = [AIRPORT, *((f"Z{n:03}", "Field", "Ville", "TX", "USA", 31.5, -99.25) for n in range(200))]

# Runs in each process before the program: everything is logged, what else it starts is written down, and it waits for
# moments only before it tries again.
SITE = """
import json, logging, os, sys, time
pause = time.sleep
time.sleep = lambda seconds: pause(min(seconds, 0.02))
logging.basicConfig(filename=os.environ["TEST_LOG"], level=logging.DEBUG, encoding="utf-8")
logging.getLogger("xl_datasync").setLevel = lambda level: None
def heard(event, given):
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"):
        with open(os.environ["TEST_STARTED"], "a", encoding="utf-8", errors="backslashreplace") as file:
            print(event, given, given[-1] or dict(os.environ), file=file)
sys.addaudithook(heard)
"""
# A fault of our own, right where the sign-in is at hand; its words hold whatever there is to be shown.
CRASH = """
import sys
from xl_datasync import __main__ as entrance
from xl_datasync.portal.session import _Http
def crash(*given, **named):
    raise RuntimeError(f"{given!r} {named!r} {vars(given[0])!r}")
_Http.send = crash
sys.exit(entrance.run(sys.argv[1:]))
"""


PROGRAM = ("-m", "xl_datasync")


class Scene:
    """A folder in which everything happens, and what was said and seen there, as files in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0
        for name in ("temp", "site", "said", "home"):
            (folder / name).mkdir()
        (folder / "site" / "sitecustomize.py").write_text(SITE, encoding="utf-8")

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """What a process gets: folders of the test alone for whatever it writes."""
        folders = {name: str(self.folder / "temp") for name in ("TMPDIR", "TEMP", "TMP")}
        said = self.folder / "said"
        return {
            **os.environ, **folders, "HOME": str(self.folder / "home"), "PYTHONPATH": str(self.folder / "site"),
            "TEST_LOG": str(said / "debug.log"), "TEST_STARTED": str(said / "started.txt"), **more,
        }  # fmt: skip

    def start(
        self, *arguments: str, program: tuple[str, ...] = PROGRAM, env: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen[bytes]:
        """Start a command; what it says goes into files."""
        self._number += 1
        name = self.folder / "said" / f"{self._number:02}"
        with name.with_suffix(".out").open("wb") as out, name.with_suffix(".err").open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", *program, *arguments], cwd=self.folder,
                env=self.environment(env), stdin=subprocess.PIPE, stdout=out, stderr=err,
            )  # fmt: skip
        threading.Thread(target=self._watch, args=(process,), daemon=True).start()
        return process

    def run(
        self,
        *arguments: str,
        code: int,
        stdin: str = "",
        program: tuple[str, ...] = PROGRAM,
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        """Run a command, which must end with this exit code.

        :returns: what it said.
        """
        with self.start(*arguments, program=program, env=env) as process:
            process.communicate(stdin.encode(), timeout=120)
        name = self.folder / "said" / f"{self._number:02}"
        said = "".join(name.with_suffix(kind).read_text(encoding="utf-8") for kind in (".out", ".err"))
        assert process.returncode == code, f"{arguments}\n{said}"
        return said

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Write down the arguments of a process, and arguments and environment of all that descend from it."""
        seen: dict[str, bytes] = {}
        while process.poll() is None and Path("/proc/self").exists():
            for number in descendants(process.pid):
                kinds = ("cmdline",) if number == process.pid else ("cmdline", "environ")
                for kind in kinds:
                    with suppress(OSError):  # it has ended
                        # Where it has ended but was not asked for yet, both are empty.
                        text = Path(f"/proc/{number}/{kind}").read_bytes()
                        seen[f"{number} {kind}"] = text or seen.get(f"{number} {kind}", b"")
            time.sleep(0.02)
        (self.folder / "said" / f"process-{process.pid}").write_bytes(b"\n".join(seen.values()))


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[tuple[PracticePortal, PracticePortal]]:
    """Two portals: one is signed in to with a key, the other with a password."""
    with (
        PracticePortal(data=tmp_path / "portal-1", sign_ins=(KEY, SIGN_INS[1])) as one,
        PracticePortal(data=tmp_path / "portal-2", sign_ins=(PASSWORD, SIGN_INS[1])) as two,
    ):
        yield one, two


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Where it all happens."""
    return Scene(tmp_path)


@pytest.fixture
def workbook(tmp_path: Path, portals: tuple[PracticePortal, PracticePortal]) -> Path:
    """Every method and every port, between two portals."""
    one, two = portals
    copy = {"Kind of job": "Copy a dataset", "Portal": "Other", "Copy from portal": "Practice", "Run?": "Yes"}
    jobs = [
        job("Replace", "smal-fild", "Replace all rows"),
        job("Log", "weat-hlog", "Add rows", "Day"),
        job("Upsert", "airp-orts", "Update and add"),
        job("Delete", "airp-orts", "Delete listed rows"),
        {**copy, "Job name": "Schema", "What to copy": "Columns only", "Copy from dataset ID or link": "airp-orts"},
        {**copy, "Job name": "Both", "What to copy": "Columns and rows", "Copy from dataset ID or link": "airp-orts"},
        {**copy, "Job name": "Rows", "What to copy": "Rows only", "Copy from dataset ID or link": "smal-fild",
         "How to update": "Replace all rows", "Dataset ID or link": "smal-fild"},
        {**copy, "Job name": "Rows too", "What to copy": "Rows only", "Copy from dataset ID or link": "weat-hday",
         "How to update": "Update and add", "Dataset ID or link": "weat-hday"},
    ]  # fmt: skip
    connections = [
        {"Connection name": "Practice", "Portal address": one.url, "Sign-in type": "API key",
         "Key ID or user name": KEY.key_id},
        {"Connection name": "Other", "Portal address": two.url, "Sign-in type": "User name",
         "Key ID or user name": PASSWORD.user},
    ]  # fmt: skip
    sheets: dict[str, Rows] = {"Data": FIELDS, "Day": [WEATHER, DAY]}
    return write_job_workbook(tmp_path / "jobs.xlsx", one.url, jobs, sheets, connections=connections)


def test_no_secret_is_left_anywhere(
    scene: Scene, workbook: Path, portals: tuple[PracticePortal, PracticePortal], tmp_path: Path
) -> None:
    """After every command, with errors, retries, a crash and a kill, no file, word, argument or address holds one."""
    book = str(workbook)
    sign_in(scene, book)
    look_and_run(scene, book, portals)
    meet_faults(scene, book, portals[0])
    break_down(scene, book, portals[0])
    use_the_environment(scene, book)
    scene.run("logout", "Practice", "--workbook", book, code=0)
    scene.run("run", book, "--job", "Log", "--unattended", code=4)
    headers = written_down(portals, tmp_path / "said" / "exchanges.txt")
    assert {what for what in CORES if any(holds(header, needles(CORES[what])) for header in headers)} == {
        "key secret", "password", "app token", "wrong secret",
    }  # fmt: skip
    time.sleep(0.1)  # for the watchers
    assert found_in(tmp_path, CORES) == []
    names = {path.name for path in files_in(tmp_path)}
    for pattern in (
        "history.jsonl",
        "*.backup.gz",
        "*.csv",
        "*.lock",
        "xl-datasync.log",
        "debug.log",
        "*.xlsx",
        "*.err",
    ):
        assert fnmatch.filter(names, pattern), f"{pattern} was not looked at"


def sign_in(scene: Scene, book: str) -> None:
    """Into a real vault, wrong first."""
    login = ("login", "Practice", "--workbook", book, "--stdin")
    scene.run(*login, code=4, stdin=f"{SECRET['wrong secret']}\n")
    scene.run(*login, code=0, stdin=f"{SECRET['key secret']}\n")
    scene.run("login", "Other", "--workbook", book, "--stdin", code=0, stdin=f"{SECRET['password']}\n")


def look_and_run(scene: Scene, book: str, portals: tuple[PracticePortal, PracticePortal]) -> None:
    """Every command that goes well."""
    token = {"XL_DATASYNC_PRACTICE_APP_TOKEN": PracticePortal.app_token}
    scene.run("connections", book, code=0, env=token)
    scene.run("connections", book, "--json", code=0)
    scene.run("check", book, code=0)
    scene.run("map", book, "--job", "Log", "--csv", "map.csv", "--json", code=0)
    scene.run("export", book, "--job", "Replace", "--output", "export.csv", code=0)
    scene.run("run", book, "--dry-run", code=0)
    said = scene.run("run", book, "--json", code=0, env=token)
    assert len(json.loads(said[: said.rindex("}") + 1])["jobs"]) == 8
    for name in ("Replace", "Both", "Rows"):
        scene.run("undo", book, "--job", name, "--dry-run", code=0)
        scene.run("undo", book, "--job", name, "--yes", code=0)
    scene.run("undo", book, "--job", "Both", "--yes", code=0)
    one, two = portals
    scene.run("port", f"{one.url}/d/smal-fild", two.url, "--copy", "both", "--title", "New", code=0)
    scene.run("undo", "--yes", "--json", code=0)
    scene.run("history", code=0)


def meet_faults(scene: Scene, book: str, portal: PracticePortal) -> None:
    """What portals do: refuse, fail, cut, send elsewhere; retried or not."""
    faults = {"401": 4, "403-login": 4, "403-rights": 1, "500": 0, "redirect": 1, "cut-during": 0, "truncated": 0}
    for fault, code in faults.items():
        portal.add_fault(fault, method="PUT")
        scene.run("run", book, "--job", "Replace", code=code)
        portal.clear_faults()
    portal.add_fault("redirect", path="/api/views")
    scene.run("run", book, "--job", "Log", code=1)
    portal.clear_faults()


def break_down(scene: Scene, book: str, portal: PracticePortal) -> None:
    """A fault of the program's own, then a kill in the middle; what is left of both lies there to be found."""
    crash = ("-c", CRASH)
    assert "RuntimeError" in scene.run("run", book, "--job", "Log", code=1, program=crash)
    scene.run(
        "login", "Practice", "--workbook", book, "--stdin", code=1, stdin=f"{SECRET['key secret']}\n", program=crash
    )
    portal.add_fault("slow", method="PUT", seconds=10)
    history = Path(book).with_name("jobs.datasync") / "history.jsonl"
    before = history.read_text(encoding="utf-8").count('"event":"sending"')
    with scene.start("run", book, "--job", "Replace") as process:
        deadline = time.monotonic() + 30
        while history.read_text(encoding="utf-8").count('"event":"sending"') == before:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.kill()
    portal.clear_faults()
    left = [path.read_bytes() for path in history.parent.glob("*.part")]
    assert left  # they are looked into here, because a later run may clear them away
    assert not any(holds(data, needles(core)) for data in left for core in CORES.values())
    scene.run("run", book, "--job", "Replace", code=0)
    scene.run("history", book, code=0)
    scene.run("history", book, "--json", code=0)


def use_the_environment(scene: Scene, book: str) -> None:
    """The secret is in the environment: whole, wrong, halved, unreadable; so is what cannot be an app token."""
    key = {"XL_DATASYNC_PRACTICE_KEY_ID": KEY.key_id, "XL_DATASYNC_PRACTICE_KEY_SECRET": SECRET["key secret"]}
    run = ("run", book, "--job", "Log")
    scene.run(*run, code=0, env=key)
    scene.run("connections", book, code=0, env=key)
    scene.run(*run, code=4, env={**key, "XL_DATASYNC_PRACTICE_KEY_SECRET": SECRET["wrong secret"]})
    scene.run(*run, code=4, env={"XL_DATASYNC_PRACTICE_KEY_SECRET": SECRET["key secret"]})
    scene.run(*run, code=1, env={**key, "XL_DATASYNC_PRACTICE_KEY_SECRET": SECRET["key secret"] + "\udcff"})
    scene.run(*run, code=4, env={**key, "XL_DATASYNC_PRACTICE_APP_TOKEN": SECRET["wrong secret"]})


def written_down(portals: tuple[PracticePortal, PracticePortal], path: Path) -> set[bytes]:
    """Write down what the portals were asked, but for the two headers that hold what signs in.

    :returns: the values of those headers, the first of them decoded.
    """
    values, lines = set(), []
    for exchange in (exchange for portal in portals for exchange in portal.exchanges):
        headers = {name.casefold(): value for name, value in exchange.request_headers.items()}
        values |= {headers.pop(name, "").encode() for name in ("authorization", "x-app-token")}
        lines.append(f"{exchange.method} {exchange.path} {exchange.query} {headers}\n")
    path.write_text("".join(lines), encoding="utf-8")
    return values


@pytest.mark.parametrize(
    ("sheet", "cell", "form", "code"),
    [
        ("Connections", "Secret", "{secret}", 2),
        ("Connections", "Portal address", "http://alice:{secret}@{host}", 2),
        ("Connections", "Portal address", "http://{host}/?$$app_token={secret}", 0),
        ("Jobs", "Dataset ID or link", "http://alice:{secret}@{host}/d/weat-hlog", 2),
        ("Jobs", "Dataset ID or link", "http://{host}/resource/weat-hlog.json?$$app_token={secret}", 0),
        ("Jobs", "Copy from dataset ID or link", "http://alice:{secret}@{host}/d/weat-hlog", 2),
        ("Jobs", "Copy from dataset ID or link", "http://{host}/d/weat-hlog?$$app_token={secret}", 0),
    ],
)
def test_a_secret_in_the_workbook_goes_no_further(
    *, sheet: str, cell: str, form: str, code: int, scene: Scene, portals: tuple[PracticePortal, PracticePortal],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Where somebody has pasted one into a cell, it is refused or left out; no word, log or record repeats it."""
    one, _ = portals
    connection = {"Connection name": "Practice", "Portal address": one.url, "Sign-in type": "API key"}
    row = job("Log", "weat-hlog", "Add rows")
    if cell.startswith("Copy"):
        row = {
            "Run?": "Yes",
            "Job name": "Schema",
            "Kind of job": "Copy a dataset",
            "Portal": "Practice",
            "What to copy": "Columns only",
        }
    pasted = form.format(secret=CORES["secret in a cell"], host=one.host)
    (connection if sheet == "Connections" else row)[cell] = pasted
    path = tmp_path_factory.mktemp("pasted") / "jobs.xlsx"
    write_job_workbook(path, "", [row], {"Data": [WEATHER, DAY]}, connections=[connection])
    key = {"XL_DATASYNC_PRACTICE_KEY_ID": KEY.key_id, "XL_DATASYNC_PRACTICE_KEY_SECRET": SECRET["key secret"]}
    for command in ("check", "run"):
        scene.run(command, str(path), code=code, env=key)
    written_down(portals, scene.folder / "said" / "exchanges.txt")
    assert found_in(scene.folder, CORES) == []
    path.unlink()
    assert found_in(path.parent, CORES) == []


HIDINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": lambda secret: f"error: {secret}!".encode(),
    "its first half": lambda secret: secret[: len(secret) // 2].encode(),
    "in an address": lambda secret: f"/x?q={quote(secret, safe='')}".encode(),
    "as JSON": lambda secret: json.dumps({"x": secret}).encode(),
    "as UTF-16": lambda secret: secret.encode("utf-16"),
    "as hexadecimal digits": lambda secret: secret.encode().hex().encode(),
    "in base64": lambda secret: base64.b64encode(secret.encode()),
    "in base64 with a user": lambda secret: b"Basic " + base64.b64encode(f"alice:{secret}".encode()),
    "in base64 for addresses": lambda secret: base64.urlsafe_b64encode(f"al:{secret}".encode()),
    "packed": lambda secret: gzip.compress(secret.encode()),
    "packed and cut short": lambda secret: gzip.compress(f"{secret}{os.urandom(9999)!r}".encode())[:-999],
    "packed in base64 in packed": lambda secret: gzip.compress(b"x" + gzip.compress(base64.b64encode(secret.encode()))),
}


@pytest.mark.parametrize("hiding", HIDINGS)
@pytest.mark.parametrize("what", CORES)
def test_the_search_finds_what_is_there(what: str, hiding: str, tmp_path: Path) -> None:
    """Each form in which a secret may have been written is found, in a hidden file of a folder below too."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".b").write_bytes(b"before " + HIDINGS[hiding](SECRET[what]) + b" after")
    (tmp_path / "innocent").write_bytes(b"before " + HIDINGS[hiding]("nothing to be found, only text") + b" after")
    assert found_in(tmp_path, CORES) == [f"{what}: a/.b"]


def test_the_search_looks_into_workbooks_and_names(tmp_path: Path) -> None:
    """A cell of a workbook is found, and a file that is named after a secret."""
    book = openpyxl.Workbook()
    book.create_sheet("Other")["B2"] = SECRET["password"]
    book.save(tmp_path / "book.xlsx")
    (tmp_path / CORES["key secret"]).touch()
    assert found_in(tmp_path, CORES) == ["password: book.xlsx", f"key secret: {CORES['key secret']}"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked at through /proc")
def test_the_watchers_see_arguments_and_what_a_child_is_given(scene: Scene) -> None:
    """A secret among a process's arguments is seen, and one that it hands to a process of its own."""
    starts = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import threading; threading.Event().wait(1)'])"
    )
    scene.run(CORES["password"], code=0, program=("-c", starts), env={"PASSED_ON": CORES["key secret"]})
    time.sleep(0.1)
    found = found_in(scene.folder, CORES)
    assert {what for what, _ in (place.split(": ") for place in found)} == {"password", "key secret"}
    assert {"said/started.txt", "said/process-"} <= {place.split(": ")[1].rstrip("0123456789") for place in found}
    assert "key secret: said/started.txt" in found
