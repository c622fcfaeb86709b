"""The documentation says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from xl_datasync.cli import cli
from xl_datasync.core.delivery import Method
from xl_datasync.core.report import EXIT_CODES, MARKS
from xl_datasync.workbook.tables import OPTION_LIST, SETTING_LIST, TABLES, TableSpec

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
IT = (ROOT / "docs" / "it.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """A section of the README."""
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_command_is_in_the_readme_and_no_other() -> None:
    """The table of commands is the command line's own list."""
    first = [line.split("|")[1] for line in section("Commands").splitlines() if line.startswith("| `")]
    assert {name for cell in first for name in re.findall(r"`(\w+)`", cell)} == set(cli.commands)


def test_options_in_the_readme_exist() -> None:
    """Each option named in the table belongs to the command of its row."""
    for line in section("Commands").splitlines():
        if not line.startswith("| `"):
            continue
        names = re.findall(r"`(\w+)`", line.split("|")[1])
        options = {option for name in names for parameter in cli.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", line)) <= options


def test_exit_codes_are_the_codes() -> None:
    """The table of exit codes is the report's."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", section("Exit codes"), re.MULTILINE)
    assert {int(code): words for code, words in rows} == EXIT_CODES


def test_methods_are_the_methods() -> None:
    """The table of methods has the choices of the Jobs sheet and the field's words."""
    rows = re.findall(r"^\| ([A-Z][\w ]+) \| (\w+) \|", section("How to update"), re.MULTILINE)
    assert {(words, verb) for words, verb in rows if verb != "Field"} == {(m.value, m.verb) for m in Method}


def test_environment_variables_are_the_real_ones() -> None:
    """Each variable in the guide for IT is one the code looks for."""
    source = (ROOT / "xl_datasync" / "credentials.py").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:MY_)?SOCRATA_\w+)`", IT):
        assert name in source


@pytest.mark.parametrize("spec", TABLES, ids=lambda spec: spec.sheet)
def test_every_column_of_the_job_workbook_is_explained(spec: TableSpec) -> None:
    """Each sheet's section has each column's help and choices."""
    page = (ROOT / "docs" / "job-workbook.md").read_text(encoding="utf-8")
    part = page.split(f"## {spec.sheet}\n")[1].split("\n## ")[0]
    assert spec.purpose in part
    for column in spec.columns:
        assert f"| {column.header} | {column.help}" in part
        assert " · ".join(column.choices) in part
    for option in {"Options": OPTION_LIST, "Settings": SETTING_LIST}.get(spec.sheet, ()):
        assert f"| {option.name} | {option.help}" in part
        assert option.default in part


@pytest.mark.parametrize(
    "path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_somewhere(path: Path) -> None:
    """Relative links in the docs point at files that are there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_architecture_names_every_room() -> None:
    """Each module at the top and each package is on the one page."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {
        path.stem
        for path in (ROOT / "xl_datasync").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {room for room in rooms - {"__init__"} if room not in page} == set()


def test_every_command_has_help() -> None:
    """A sentence for each command and for each option."""
    for command in cli.commands.values():
        assert command.help
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help, (command.name, parameter.name)


def test_marks_are_explained() -> None:
    """Each mark that begins a job's line is in the README."""
    for mark in MARKS.values():
        assert f"`{mark}` " in README
