"""Installs that cannot be finished: what is said, and that doing it again or undoing it ends well."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.addin.homes import GOODS, NEWER, ROOT, SYSTEMS, Home, make_home
from xl_datasync.addin.files import WAITING
from xl_datasync.addin.install import Goods, install
from xl_datasync.addin.places import PRETEND, find_places
from xl_datasync.addin.settings import AddinSettings, choose_interpreter, read_settings, settings_bytes
from xl_datasync.addin.uninstall import uninstall
from xl_datasync.addin.words import HALF_DONE, HALF_REMOVED, NOTHING_CHANGED, InstallError
from xl_datasync.core.errors import ConfigurationError

PYTHON = Path("/opt/python")
UNIX = pytest.mark.skipif(os.name == "nt", reason="rights, limits and kills as Unix has them")


@pytest.fixture(params=SYSTEMS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A pretended Windows, and a pretended macOS."""
    return make_home(tmp_path, request.param)


@UNIX
@pytest.mark.parametrize("system", SYSTEMS)
def test_killed_anywhere_it_is_mended_and_undone(system: str, tmp_path: Path) -> None:
    """Killed before each thing it does to the disk: install ends as if never killed, uninstall as if never installed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.addin.cut_off", system, tmp_path],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 40


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file may grow larger than this, which a program meets like a full disk: half of it is written."""
    import resource  # noqa: PLC0415  # Unix alone has it

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@UNIX
def test_a_full_disk(home: Home) -> None:
    """What is done is said; no half-written file lies where Excel looks; an update leaves the earlier add-in."""
    before = home.listing()
    large = Goods(b"x" * 200_000, GOODS.script)
    with little_room(50_000), pytest.raises(InstallError) as caught:
        install(home.places, large, PYTHON)
    assert "disk is full" in caught.value.what
    assert caught.value.unaffected == HALF_DONE
    assert not home.places.addin.exists()
    install(home.places, GOODS, PYTHON)
    with little_room(50_000), pytest.raises(InstallError):
        install(home.places, large, PYTHON)
    assert home.places.addin.read_bytes() == GOODS.addin
    assert not any(name.endswith(WAITING) for name in home.listing())
    with little_room(10):
        uninstall(home.places)
    assert home.listing() == before


@UNIX
def test_a_disk_with_no_room_at_all(home: Home) -> None:
    """Nothing can even be noted, so nothing is changed."""
    before = home.listing()
    with little_room(10), pytest.raises(InstallError) as caught:
        install(home.places, GOODS, PYTHON)
    assert caught.value.unaffected == NOTHING_CHANGED
    uninstall(home.places)
    assert home.listing() == before


def test_a_file_where_a_folder_is_needed(home: Home) -> None:
    """It is named, and moved away it does no more harm."""
    folder = home.places.startup
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.is_dir():
        folder.rename(folder.with_name("away"))
    folder.write_bytes(b"in the way")
    before = home.listing()
    with pytest.raises(InstallError) as caught:
        install(home.places, GOODS, PYTHON)
    assert str(folder) in caught.value.message
    assert "Rename or move" in caught.value.remedy
    uninstall(home.places)
    assert home.listing() == before


def test_a_file_where_the_own_folder_is_needed(home: Home) -> None:
    """Nothing is changed; the file is named."""
    home.places.user_folder.parent.mkdir(parents=True, exist_ok=True)
    home.places.user_folder.write_bytes(b"in the way")
    before = home.listing()
    with pytest.raises(InstallError) as caught:
        install(home.places, GOODS, PYTHON)
    assert caught.value.unaffected == NOTHING_CHANGED
    assert str(home.places.user_folder) in caught.value.message
    assert home.listing() == before
    done = home.run("doctor")
    assert done.returncode == 1
    assert str(home.places.user_folder) in done.stdout


def test_a_folder_where_the_add_in_belongs(home: Home) -> None:
    """It is refused before anything is written."""
    home.places.addin.mkdir(parents=True)
    before = home.listing()
    with pytest.raises(InstallError, match="folder stands where a file"):
        install(home.places, GOODS, PYTHON)
    assert home.listing() == before


@contextmanager
def somebody_else(*folders: Path) -> Iterator[None]:
    """A person who may not write these folders; the administrator, whom rights do not bind, becomes nobody."""
    for folder in folders:
        folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for folder in folders:
            folder.chmod(0o755)


@pytest.fixture
def open_home() -> Iterator[Home]:
    """A pretended Windows in a folder that everybody may enter, where everybody may write."""
    with tempfile.TemporaryDirectory(prefix="xl-datasync-test-") as name:
        home = make_home(Path(name), "windows")
        for path in (Path(name), *home.path.parents[:1], home.path, *home.path.rglob("*")):
            path.chmod(0o777 if path.is_dir() else 0o666)
        yield home


@UNIX
def test_a_folder_of_excel_that_cannot_be_written(open_home: Home) -> None:
    """What is half done is said; with the right to write, the same command goes on, and the removal undoes it."""
    before = open_home.listing()
    excel = open_home.places.startup.parent
    mode = excel.stat().st_mode
    with somebody_else(excel, open_home.places.startup), pytest.raises(InstallError) as caught:
        install(open_home.places, GOODS, PYTHON)
    for folder in (excel, open_home.places.startup):
        folder.chmod(mode)
    assert (caught.value.unaffected, "Quit Excel" in caught.value.remedy) == (HALF_DONE, True)
    install(open_home.places, GOODS, PYTHON)
    uninstall(open_home.places)
    assert open_home.listing() == before


@UNIX
def test_a_removal_that_is_not_allowed(open_home: Home) -> None:
    """The rest stays noted, and the next removal does it."""
    before = open_home.listing()
    mode = open_home.places.startup.stat().st_mode
    install(open_home.places, GOODS, PYTHON)
    open_home.places.user_folder.chmod(0o777)
    for path in open_home.places.user_folder.iterdir():
        path.chmod(0o666)
    with somebody_else(open_home.places.startup), pytest.raises(InstallError) as caught:
        uninstall(open_home.places)
    open_home.places.startup.chmod(mode)
    assert caught.value.unaffected == HALF_REMOVED
    assert open_home.places.addin.is_file()
    uninstall(open_home.places)
    assert open_home.listing() == before


@UNIX
def test_an_own_folder_that_cannot_be_written(open_home: Home) -> None:
    """Nothing is changed."""
    with (
        somebody_else(open_home.places.app_data, open_home.places.startup.parent),
        pytest.raises(InstallError) as caught,
    ):
        install(open_home.places, GOODS, PYTHON)
    assert caught.value.unaffected == NOTHING_CHANGED


def test_with_sudo_it_is_refused(home: Home) -> None:
    """The add-in would go to root's Excel; the message names who should run it."""
    before = home.listing()
    for command in ("install", "uninstall", "doctor"):
        done = home.run(command, SUDO_USER="zoe")
        assert done.returncode == 2
        assert "“zoe”" in done.stderr
        assert "without sudo" in done.stderr
    assert home.listing() == before


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="this computer may have Excel")
def test_without_excel_it_is_said(tmp_path: Path) -> None:
    """On Linux each command ends with 2 and says that there is no Excel."""
    home = Home("windows", tmp_path, tmp_path / "log")
    for command in ("install", "uninstall", "doctor"):
        done = home.run(command, **{PRETEND: ""})
        assert (done.returncode, "There is no Excel for Linux" in done.stderr) == (2, True)


@pytest.mark.parametrize("text", ["windows", "windows:relative", "amiga:/home", ":"])
def test_a_pretence_that_makes_no_sense(text: str) -> None:
    """It is refused, so that the real computer is never taken for the pretended one."""
    with pytest.raises(ConfigurationError, match="pretends no computer"):
        find_places({PRETEND: text})


@pytest.mark.parametrize(
    ("executable", "base"),
    [
        (r"C:\Users\zoe\AppData\Local\Microsoft\WindowsApps\python.exe", r"C:\Python"),
        (r"C:\Users\zoe\venv\Scripts\python.exe", r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.13"),
        (r"C:\Users\zoe\AppData\Local\uv\cache\archive-v0\Ab1\Scripts\python.exe", r"C:\Python"),
        ("/Users/zoe/.cache/uv/archive-v0/Ab1/bin/python", "/usr"),
        ("", "/usr"),
        ("python", "/usr"),
        ("/opt/new\nline/python", "/usr"),
    ],
)
def test_a_python_that_excel_could_not_use(executable: str, base: str) -> None:
    """The Store's, one that uvx throws away, one without a full path: refused with the way to a lasting one."""
    with pytest.raises(InstallError) as caught:
        choose_interpreter("Windows", executable, base)
    assert "uv tool install" in caught.value.remedy


def test_the_python_without_a_console_is_preferred(tmp_path: Path) -> None:
    """pythonw.exe where it lies beside the one that runs, on Windows alone."""
    python, windowless = tmp_path / "python.exe", tmp_path / "pythonw.exe"
    assert choose_interpreter("Windows", str(python), "/usr") == python
    windowless.touch()
    assert choose_interpreter("Windows", str(python), "/usr") == windowless
    assert choose_interpreter("Darwin", str(python), "/usr") == python


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"interpreter\n",
        b"interpreter=/opt/python\n",
        b"version=1\n",
        b"interpreter=python\nversion=1\n",
        b"interpreter=\nversion=1\n",
        b"\xff\xfei\x00n",
        b"\x00" * 40,
        b"\xff\xfe\x00\xd8",
    ],
)
@pytest.mark.parametrize("system", ["Windows", "Darwin"])
def test_damaged_settings_are_named(tmp_path: Path, data: bytes, system: str) -> None:
    """Never another error, whatever is in the file; the remedy is in the message."""
    path = tmp_path / "addin.txt"
    path.write_bytes(data)
    with pytest.raises(ConfigurationError, match="xl-datasync addin install"):
        read_settings(path, system)


@pytest.mark.parametrize("system", ["Windows", "Darwin"])
def test_settings_come_back(tmp_path: Path, system: str) -> None:
    """Any path that a system takes, an equals sign in it included."""
    settings = AddinSettings("/opt/a=b 'x' \U0001f600 שלום/python", "1.0")
    (tmp_path / "addin.txt").write_bytes(settings_bytes(settings, system))
    assert read_settings(tmp_path / "addin.txt", system) == settings


def test_an_update_that_fails_leaves_the_old_one_usable(home: Home) -> None:
    """An earlier version keeps its add-in until the new one is whole."""
    install(home.places, GOODS, PYTHON)
    part = home.places.startup.parent / "xl_datasync.xlam.xl-datasync-part"
    part.mkdir()
    (part / "file").touch()
    install(home.places, NEWER, PYTHON)
    assert home.places.addin.read_bytes() == NEWER.addin
    assert not part.exists()
