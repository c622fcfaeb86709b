"""Installing, updating and removing the add-in on pretended computers: afterwards each is as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.addin.homes import GOODS, NEWER, SYSTEMS, Home, carried_goods, make_home, start_excel
from xl_datasync import __version__
from xl_datasync.addin.files import WAITING
from xl_datasync.addin.install import install
from xl_datasync.addin.record import targets
from xl_datasync.addin.settings import read_settings
from xl_datasync.addin.uninstall import uninstall
from xl_datasync.folders import WINDOW_LOCKS

PYTHON = Path("/opt/Prógrams 山/python")


@pytest.fixture(params=SYSTEMS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A pretended Windows, and a pretended macOS."""
    return make_home(tmp_path, request.param)


@pytest.mark.usefixtures("windows_can_be_had")
def test_the_commands_leave_a_home_as_it_was(home: Home) -> None:
    """Install twice, doctor, uninstall, each a process: what is there is what it carries, then what was before."""
    before, goods = home.listing(), carried_goods()
    for _ in range(2):
        done = home.run("install")
        assert (done.returncode, done.stderr) == (0, "")
        assert home.places.addin.read_bytes() == goods.addin
        assert home.places.script is None or home.places.script.read_bytes() == goods.script
    installed = home.listing()
    assert home.run("doctor").returncode == 0
    assert home.listing() == installed
    assert sum(name.endswith("addin.json") for name in installed) == 1
    assert not any(WAITING in name for name in installed)
    removed = home.run("uninstall")
    assert (removed.returncode, removed.stderr) == (0, "")
    assert str(home.places.addin) in removed.stdout
    assert home.listing() == before
    assert home.run("uninstall").returncode == 0
    assert home.listing() == before


def test_an_empty_home_is_empty_again(tmp_path: Path) -> None:
    """Also the folders of the system that had to be made are gone, whichever system it is."""
    for system in SYSTEMS:
        home = Home(system, tmp_path / system, tmp_path / "log")
        home.path.mkdir()
        install(home.places, GOODS, PYTHON)
        uninstall(home.places)
        assert home.listing() == {}


def test_the_settings_name_the_python_and_the_version(home: Home) -> None:
    """Read back as they were written, whatever letters the path has; on Windows in UTF-16 with its mark."""
    install(home.places, GOODS, PYTHON)
    settings = read_settings(home.places.settings, home.places.system)
    assert (settings.interpreter, settings.version) == (str(PYTHON), __version__)
    data = home.places.settings.read_bytes()
    expected = f"interpreter={PYTHON}\r\nversion={__version__}\r\n"
    assert data == (
        b"\xff\xfe" + expected.encode("utf-16-le")
        if home.system == "windows"
        else expected.replace("\r\n", "\n").encode()
    )


def test_files_of_others_are_kept_and_put_back(home: Home) -> None:
    """Whatever lay under the add-in's names lies there again, read-only or not, after updates as well."""
    for path in targets(home.places):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"somebody's " + path.name.encode())
        path.chmod(0o444)
    before = home.listing()
    done = install(home.places, GOODS, PYTHON)
    assert [path for path, _ in done.kept] == targets(home.places)
    assert all(str(copy) in "\n".join(done.lines()) for _, copy in done.kept)
    install(home.places, NEWER, PYTHON)
    assert home.places.addin.read_bytes() == NEWER.addin
    uninstall(home.places)
    assert home.listing() == before


def test_a_link_that_leads_nowhere_is_kept_too(home: Home) -> None:
    """It is moved away as a link and put back as one."""
    home.places.addin.parent.mkdir(parents=True, exist_ok=True)
    home.places.addin.symlink_to("nowhere.xlam")
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    assert home.places.addin.read_bytes() == GOODS.addin
    uninstall(home.places)
    assert home.listing() == before


def test_an_add_in_like_ours_that_nobody_noted_becomes_ours(home: Home) -> None:
    """Its note was lost with the folder of the user: install takes it over, uninstall removes it."""
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    for path in (home.places.settings, home.places.record):
        path.unlink()
    home.places.user_folder.rmdir()
    told = uninstall(home.places)
    assert (told.exit_code, home.places.addin.read_bytes()) == (3, GOODS.addin)
    assert "xl-datasync addin install" in "\n".join(told.lines())
    install(home.places, GOODS, PYTHON)
    uninstall(home.places)
    assert {name for name in home.listing() if name.endswith(".xlam")} == {
        name for name in before if name.endswith(".xlam")
    }


def test_log_and_locks_of_ours_stay(home: Home) -> None:
    """The folder that the program uses for more than the add-in keeps the rest, and that is said."""
    home.places.user_folder.mkdir(parents=True)
    (home.places.user_folder / "xl-datasync.log").write_text("a line")
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    (home.places.user_folder / "locks").mkdir()
    told = uninstall(home.places)
    (home.places.user_folder / "locks").rmdir()
    assert (home.listing(), told.staying) == (before, ())


def test_what_windows_left_goes(home: Home) -> None:
    """The small files by which windows tell which came first go with the add-in."""
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    (home.places.user_folder / WINDOW_LOCKS).mkdir()
    (home.places.user_folder / WINDOW_LOCKS / "one.lock").touch()
    uninstall(home.places)
    assert home.listing() == before


def test_a_folder_in_the_place_of_a_file_stays(home: Home) -> None:
    """What somebody has put there since is not deleted with what is in it."""
    install(home.places, GOODS, PYTHON)
    settings = home.places.user_folder / "addin.txt"
    settings.unlink()
    settings.mkdir()
    (settings / "mine.txt").write_text("mine")
    told = uninstall(home.places)
    assert (settings / "mine.txt").read_text() == "mine"
    assert (settings, "stays") in told.files


def test_what_came_later_into_our_folders_stays(home: Home) -> None:
    """A folder made by the install goes only when it is empty, and the report names it."""
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    log = home.places.user_folder / "xl-datasync.log"
    log.write_text("a line")
    told = uninstall(home.places)
    assert str(home.places.user_folder) in "\n".join(told.lines())
    log.unlink()
    home.places.user_folder.rmdir()
    assert home.listing() == before


def test_damaged_files_of_ours_are_replaced_and_removed(home: Home) -> None:
    """A file that the note calls ours is written anew by install and removed by uninstall, whatever is in it now."""
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    for path in targets(home.places):
        path.write_bytes(b"damaged")
        path.chmod(0o444)
    install(home.places, GOODS, PYTHON)
    assert home.places.addin.read_bytes() == GOODS.addin
    for path in targets(home.places):
        path.write_bytes(b"damaged")
    uninstall(home.places)
    assert home.listing() == before


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"state": "installed"}', b"\xff\xfe\x00"])
def test_a_damaged_note_is_no_obstacle(home: Home, damage: bytes) -> None:
    """The files go, those of others come back, and what cannot be known any more is said."""
    home.places.addin.parent.mkdir(parents=True, exist_ok=True)
    home.places.addin.write_bytes(b"somebody's")
    home.places.user_folder.mkdir(parents=True)
    before = home.listing()
    install(home.places, GOODS, PYTHON)
    home.places.record.write_bytes(damage)
    told = uninstall(home.places)
    assert "damaged" in "\n".join(told.lines())
    after = home.listing()
    assert {name: mark for name, mark in after.items() if " " in mark} == {
        name: mark for name, mark in before.items() if " " in mark
    }


def test_an_update_after_the_note_was_damaged_mends_it(home: Home) -> None:
    """Install writes a good note again, and still knows what to put back."""
    home.places.addin.parent.mkdir(parents=True, exist_ok=True)
    home.places.addin.write_bytes(b"somebody's")
    install(home.places, GOODS, PYTHON)
    home.places.record.write_bytes(b"{")
    install(home.places, NEWER, PYTHON)
    assert json.loads(home.places.record.read_bytes())["state"] == "installed"
    uninstall(home.places)
    assert home.places.addin.read_bytes() == b"somebody's"


def test_excel_that_is_open_is_asked_to_be_closed(home: Home) -> None:
    """Both commands refuse with exit code 5 and change nothing; doctor works; afterwards it goes on."""
    with start_excel(home) as excel:
        try:
            before = home.listing()
            for command in ("install", "uninstall"):
                done = home.run(command)
                assert (done.returncode, "quit Excel" in done.stderr) == (5, True)
                assert "Nothing was changed." in done.stderr
            assert home.run("doctor").returncode == 1
            assert home.listing() == before
        finally:
            excel.kill()
    assert home.run("install").returncode == 0


def test_excel_of_another_computer_does_not_matter(tmp_path: Path) -> None:
    """A program of the same name that does not belong to this home is another's."""
    other, home = make_home(tmp_path / "a", "windows"), make_home(tmp_path / "b", "windows")
    with start_excel(other) as excel:
        try:
            install(home.places, GOODS, PYTHON)
        finally:
            excel.kill()
    assert home.places.addin.is_file()
