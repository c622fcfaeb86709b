"""What ``xl-datasync addin doctor`` finds on pretended computers, and that each remedy it names mends it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.addin.homes import GOODS, ROOT, SYSTEMS, Home, make_home
from tests.addin.test_install_failing import UNIX, open_home, somebody_else  # noqa: F401  # a fixture
from tests.workbooks import job
from xl_datasync.addin.checks import Check, Health, check_lines, exit_code
from xl_datasync.addin.doctor import examine
from xl_datasync.addin.install import Goods, install
from xl_datasync.addin.policies import HIVES, OFFICE, POLICIES, RULES, Policy, WrittenRegistry, obstacles
from xl_datasync.addin.record import targets
from xl_datasync.addin.settings import AddinSettings, settings_bytes
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.practice_portal import PracticePortal

NAME = "xl_datasync.xlam"
HERE = Path(sys.executable)


# A program without windows is not whole, and doctor says so.
pytestmark = pytest.mark.usefixtures("windows_can_be_had")


@pytest.fixture(params=SYSTEMS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A pretended Windows, and a pretended macOS."""
    return make_home(tmp_path, request.param)


@pytest.fixture
def windows(tmp_path: Path) -> Home:
    """A pretended Windows, with the add-in."""
    made = make_home(tmp_path, "windows")
    install(made.places, GOODS, HERE)
    return made


def found(home: Home, goods: Goods | ConfigurationError = GOODS, keys: dict | None = None) -> dict[str, Check]:
    """What is found, by name."""
    return {check.name: check for check in examine(home.places, goods, WrittenRegistry(keys or {}), None)}


def told(home: Home, *arguments: str, **variables: str) -> tuple[int, list[dict[str, str]]]:
    """Exit code and what is not fine, from the command."""
    done = home.run("doctor", "--json", *arguments, **variables)
    report = json.loads(done.stdout)
    assert report["exit_code"] == done.returncode
    return done.returncode, [check for check in report["checks"] if check["health"] != "fine"]


def test_where_nothing_is_installed(home: Home) -> None:
    """Exit code 1, the remedy is to install, and looking leaves no trace."""
    before = home.listing()
    code, bad = told(home)
    assert code == 1
    assert {check["name"] for check in bad} == {"Install", "Settings", "Add-in"} | (
        {"Script"} if home.system == "macos" else set()
    )
    assert all("xl-datasync addin install" in check["remedy"] for check in bad)
    assert home.listing() == before


def test_each_thing_has_its_line_and_its_mark(home: Home) -> None:
    """All fine: every line begins with a plus, and the last one says so."""
    assert home.run("install").returncode == 0
    lines = home.run("doctor").stdout.splitlines()
    assert lines[-1] == "All is well."
    names = [line[2:].partition(":")[0] for line in lines[:-1]]
    assert all(line.startswith("+ ") for line in lines[:-1])
    only = {"windows": "Trusted place", "macos": "Script"}[home.system]
    for name in ("Install", "Settings", "Python", "Add-in", "Mark of the Web", only, "Vault for sign-ins"):
        assert name in names
    assert any(name.startswith("PySide6") for name in names)
    assert any(name.startswith("xlwings") for name in names)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("damage", ["gone", "damaged"])
def test_a_file_that_is_gone_or_damaged_is_mended_by_its_remedy(home: Home, number: int, damage: str) -> None:
    """Each file of the install: doctor says x, install mends it, doctor is content."""
    files = targets(home.places)
    if number >= len(files):
        return
    install(home.places, GOODS, HERE)
    if damage == "gone":
        files[number].unlink()
    else:
        files[number].write_bytes(files[number].read_bytes()[:-3])
    (bad,) = [check for check in found(home).values() if check.health is Health.MEND]
    assert "xl-datasync addin install" in bad.remedy
    assert files[number].name in bad.words
    install(home.places, GOODS, HERE)
    assert all(check.health is not Health.MEND for check in found(home).values())


def test_an_install_that_was_cut_off_is_named(home: Home) -> None:
    """Half an install is never taken for a whole one."""
    install(home.places, GOODS, HERE)
    record = home.places.record
    record.write_text(record.read_text().replace('"installed"', '"installing"'))
    assert "cut off" in found(home)["Install"].words
    record.write_text("{")
    assert "damaged" in found(home)["Install"].words
    install(home.places, GOODS, HERE)
    assert found(home)["Install"].health is Health.FINE


@UNIX
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "not there any more"),
        ("not a program", "cannot be started"),
        ("#!/bin/sh\nexit 7\n", "ends with code 7"),
        ("#!/bin/sh\nexec '{python}' -I -S \"$@\"\n", "has no xl-datasync"),
        ("#!/bin/sh\nPYTHONPATH='{old}' exec '{python}' \"$@\"\n", "has xl-datasync 0.0.1; this is"),
    ],
)
def test_the_python_of_the_settings_is_really_run(tmp_path: Path, script: str | None, words: str) -> None:
    """Gone since the install, unable to start, without the program, with an older one: each has its words."""
    home = make_home(tmp_path, "windows")
    old = tmp_path / "old" / "xl_datasync"
    old.mkdir(parents=True)
    (old / "__init__.py").write_text('__version__ = "0.0.1"\n')
    python = tmp_path / "a Pýthon" / "python"
    python.parent.mkdir()
    if script:
        python.write_text(script.format(python=sys.executable, old=old.parent))
        python.chmod(0o755)
    install(home.places, GOODS, python)
    check = found(home)["Python"]
    assert (check.health, words in check.words, str(python) in check.words) == (Health.MEND, True, True)
    assert "xl-datasync addin install" in check.remedy


@UNIX
def test_a_python_without_the_desktop_extra(tmp_path: Path) -> None:
    """PySide6 and xlwings are named with the command that installs them."""
    home = make_home(tmp_path, "windows")
    bare = tmp_path / "python"
    bare.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I -S \"$@\"\n")
    bare.chmod(0o755)
    install(home.places, GOODS, bare)
    bad = [check for name, check in found(home).items() if name.startswith(("PySide6", "xlwings"))]
    assert [check.health for check in bad] == [Health.MEND, Health.MEND]
    assert all('uv tool install --force "FILE[desktop]"' in check.remedy for check in bad)


def test_settings_that_name_no_full_path(windows: Home) -> None:
    """A path that Excel would look for somewhere is not run."""
    windows.places.settings.write_bytes(settings_bytes(AddinSettings("python", "0.1.0"), "Windows"))
    assert "no full path" in found(windows)["Settings"].words


def test_an_add_in_of_another_version(windows: Home) -> None:
    """What an install would write now differs from what is there."""
    check = found(windows, Goods(b"PK the next add-in", b""))["Add-in"]
    assert (check.health, "another version" in check.words) == (Health.MEND, True)


def test_where_the_right_add_in_is_not_known(windows: Home) -> None:
    """A package that carries none and cannot build one: a warning with that error's remedy."""
    check = found(windows, ConfigurationError("It cannot be built.", remedy="Install pyopenvba."))["Add-in"]
    assert (check.health, check.remedy) == (Health.WARNING, "Install pyopenvba.")


@pytest.mark.skipif(os.name == "nt", reason="a file may have such a name here, which on Windows is a stream")
@pytest.mark.parametrize(
    ("stream", "health"),
    [
        ("[ZoneTransfer]\r\nZoneId=3\r\nHostUrl=https://example.gov/\r\n", Health.MEND),
        ("[ZoneTransfer]\r\nZoneId=4\r\n", Health.MEND),
        ("[ZoneTransfer]\r\nZoneId=1\r\n", Health.FINE),
        ("", Health.MEND),
    ],
)
def test_the_mark_of_the_web_on_windows(windows: Home, stream: str, health: Health) -> None:
    """The zones from which Excel blocks macros; a mark without a zone counts as the worst."""
    windows.places.addin.with_name(f"{NAME}:Zone.Identifier").write_text(stream, newline="")
    assert found(windows)["Mark of the Web"].health is health


@UNIX
def test_quarantine_on_macos(tmp_path: Path) -> None:
    """What the system's own program says of the add-in decides; the remedy is to install anew."""
    home = make_home(tmp_path, "macos")
    assert home.run("install").returncode == 0
    program = tmp_path / "bin" / "xattr"
    program.parent.mkdir()
    asked = tmp_path / "asked"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{asked}"\nexit "$ANSWER"\n')
    program.chmod(0o755)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    code, bad = told(home, PATH=path, ANSWER="0")
    assert (code, [check["name"] for check in bad]) == (1, ["Mark of the Web"])
    assert asked.read_text().splitlines() == ["-p", "com.apple.quarantine", str(home.places.addin)]
    assert told(home, PATH=path, ANSWER="1") == (0, [])


@pytest.mark.parametrize("hive", HIVES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.key.rpartition('16.0')[2]}.{rule.name}")
def test_each_policy_is_found(rule: Policy, hive: str) -> None:
    """In either half of the registry; the other values of the setting do no harm."""
    for value, expected in ((rule.harmful, [(rule.what, rule.remedy)]), (1 - rule.harmful, []), ("1", [])):
        registry = WrittenRegistry({(hive, rule.key): {rule.name.casefold(): value}})
        assert list(obstacles(registry, NAME)) == expected


def test_a_policy_is_told_and_mended_by_it_alone(windows: Home) -> None:
    """What stands in the way is a thing to mend, and the remedy is the administrator's."""
    rule = RULES[0]
    check = found(windows, keys={(HIVES[0], rule.key): {rule.name.casefold(): rule.harmful}})["Trusted place"]
    assert (check.health, check.words, check.remedy) == (Health.MEND, rule.what, rule.remedy)


def test_the_guide_names_each_policy() -> None:
    """What IT reads is what is looked for."""
    guide = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert rf"`{rule.key.partition('16.0')[2][1:]}\{rule.name}` = {rule.harmful}" in guide


def test_lists_of_managed_and_of_disabled_add_ins() -> None:
    """IT's list allows or blocks by name; Excel's own list names what it switched off after a crash."""
    managed, resiliency = rf"{POLICIES}\Excel\Resiliency\AddinList", rf"{POLICIES}\Excel\Resiliency"

    def words(keys: dict[str, dict[str, object]]) -> list[str]:
        registry = WrittenRegistry({(HIVES[0], key): values for key, values in keys.items()})
        return [what for what, _ in obstacles(registry, NAME)]

    assert "blocks" in words({managed: {NAME: "0"}})[0]
    assert words({managed: {NAME: "1"}, resiliency: {"restricttolist": 1}}) == []
    assert len(words({managed: {"other.xlam": "1"}, resiliency: {"restricttolist": 1}})) == 1
    item = b"\x02\0\0\0" + rf"c:\users\zoe\xlstart\{NAME.upper()}".encode("utf-16-le") + b"\0\0"
    disabled = rf"{OFFICE}\Excel\Resiliency\DisabledItems"
    assert "disabled items" in words({disabled: {"1A2B": item, "note": "text"}})[0]


def test_other_copies_are_named(home: Home) -> None:
    """A second copy in the startup folder or among the add-ins; Excel's own lock file is none."""
    install(home.places, GOODS, HERE)
    second = home.places.startup / "xl_datasync (1).xlam"
    old = home.places.more_addin_folders[0] / NAME
    old.parent.mkdir(parents=True, exist_ok=True)
    for path in (second, old, home.places.startup / f"~${NAME}"):
        path.write_bytes(b"")
    copies = [check for check in examine(home.places, GOODS, WrittenRegistry(), None) if check.name == "Other copies"]
    assert [str(path) in check.words for path, check in zip((second, old), copies, strict=True)] == [True, True]
    assert all(check.health is Health.WARNING for check in copies)


def test_without_a_vault_there_is_a_warning(home: Home) -> None:
    """The tab works, but has nowhere to keep a sign-in: exit code 3."""
    assert home.run("install").returncode == 0
    code, bad = told(home, PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")
    assert (code, [check["name"] for check in bad]) == (3, ["Vault for sign-ins"])


@UNIX
def test_a_folder_for_the_log_that_cannot_be_written(open_home: Home) -> None:  # noqa: F811  # the fixture
    """It is named, with what to look for."""
    install(open_home.places, GOODS, HERE)
    with somebody_else(open_home.places.user_folder):
        check = found(open_home)["Folder of the log"]
    assert (check.health, str(open_home.places.user_folder) in check.words) == (Health.MEND, True)


def test_portals_of_a_workbook(windows: Home, make_workbook: Callable[..., Path], portal: PracticePortal) -> None:
    """A portal that answers is fine without a sign-in; one that does not, and a workbook that is none, are named."""
    assert windows.run("install").returncode == 0
    book = make_workbook([job("Good", "weat-hlog", "Add rows")], {"Data": [("a",), (1,)]})
    assert told(windows, "--workbook", str(book)) == (0, [])
    assert portal.url in windows.run("doctor", "--workbook", str(book)).stdout
    gone = {"Connection name": "Gone", "Portal address": "http://127.0.0.1:9", "Sign-in type": "API key"}
    book = make_workbook([], {"Data": [("a",)]}, name="gone.xlsx", connections=[gone])
    code, bad = told(windows, "--workbook", str(book))
    assert (code, bad[0]["name"], "127.0.0.1:9" in bad[0]["words"]) == (1, "Network", True)
    code, bad = told(windows, "--workbook", str(windows.places.addin))
    assert (code, [check["name"] for check in bad]) == (1, ["Workbook"])
    assert told(windows, "--workbook", "not there.xlsx")[0] == 1


def test_the_worst_decides_the_exit_code() -> None:
    """0 fine, 3 warnings, 1 to mend; the last line counts them."""
    checks = [Check(health, "a", "b", "c") for health in Health]
    assert [exit_code(checks[:number]) for number in (0, 1, 2, 3)] == [0, 0, 3, 1]
    assert list(check_lines(checks))[-1] == "1 to mend, 1 to look at, 1 fine."
