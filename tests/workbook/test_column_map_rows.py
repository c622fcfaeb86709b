"""Rows of the Column map as they are written and as they are read: the same choices, through a real workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workbooks import job, write_job_workbook
from xl_datasync.core.mapping import ColumnChoice, Part, Send
from xl_datasync.core.options import PercentStyle
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.column_map_rows import rows_of
from xl_datasync.workbook.config import Config, read_config
from xl_datasync.workbook.tables import COLUMN_MAP


def read(tmp_path: Path, rows: Sequence[Mapping[str, Any]]) -> Config:
    """The config of a workbook with these rows of the Column map."""
    path = tmp_path / "jobs.xlsx"
    write_job_workbook(
        path, "https://data.example.gov", [{"Run?": "Yes", **job("Permits", "abcd-1234", "Add rows")}],
        {"Data": [["Fee"], [1]]}, column_map=rows,
    )  # fmt: skip
    with open_workbook(path) as book:
        return read_config(book)


def faults(config: Config) -> dict[str, str]:
    """What is wrong, by cell."""
    return {place.where: problem.what for problem in config.problems for place in problem.places}


# The library that writes the tests' workbooks makes a formula of what begins with an equals sign, a control character of
# “_x0000_”.
texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.sampled_from(" \n"), max_size=12)
    .map(str.strip)
    .filter(lambda text: not text.startswith("=") and "_x" not in text)
)
words = st.frozensets(
    st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=4).map(str.casefold), max_size=3
)


@st.composite
def choices(draw: st.DrawFn) -> ColumnChoice:
    """A choice as a row can say it."""
    header, letter, value = draw(texts), draw(st.sampled_from(["", "A", "XFD"])), draw(texts)
    yes = draw(words)
    return ColumnChoice(
        sheet_column=header,
        letter=letter,
        portal_field=draw(texts),
        send=draw(st.sampled_from(Send)),
        default=value if header or letter else "",
        fixed_value="" if header or letter else value,
        date_format=draw(st.sampled_from(["", "MM/DD/YYYY", "D MMM YYYY; MM/DD/YYYY"])),
        time_zone=draw(st.sampled_from(["", "UTC", "America/New_York"])),
        part=draw(st.none() | st.sampled_from(Part)),
        percent_style=draw(st.none() | st.sampled_from(PercentStyle)),
        keep_text=draw(st.booleans()),
        yes_words=yes,
        no_words=draw(words) - yes,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_choices=st.lists(choices(), min_size=1, max_size=8))
def test_what_is_written_is_read_again(tmp_path: Path, given_choices: list[ColumnChoice]) -> None:
    """Every choice survives the table, whatever its texts are."""
    config = read(tmp_path, rows_of("Permits", given_choices))
    assert config.problems == ()
    found = [replace(choice, where="") for choice in config.jobs[0].choices]
    assert found == given_choices


def test_rows_have_the_headers_of_the_table() -> None:
    """A row has every column, so that it can be written over an old one; what is not set is blank."""
    (row,) = rows_of("Permits", [ColumnChoice("Fee", "", "fee")])
    assert tuple(row) == COLUMN_MAP.headers
    assert {header: value for header, value in row.items() if value} == {
        "Map name": "Permits", "Sheet column": "Fee", "Portal field": "fee", "Send?": "Yes",
    }  # fmt: skip


def test_cells_are_read(tmp_path: Path) -> None:
    """Words are read without regard to case, and each choice knows the cells it came from."""
    rows = [{"Map name": "Permits", "Sheet column": "Fee", "Portal field": "Cost", "Part of a place": "zip CODE",
             "Percent style": "times 100", "Keep as text": "yes", "Words for yes": "Oui, Da ,", "Words for no": "non"}]  # fmt: skip
    (choice,) = read(tmp_path, rows).jobs[0].choices
    assert (choice.part, choice.percent_style, choice.keep_text) == (Part.ZIP, PercentStyle.TIMES_100, True)
    assert (choice.yes_words, choice.no_words) == ({"oui", "da"}, {"non"})
    assert choice.cell("Part of a place") == "'Column map'!I5"
    assert choice.cell("unknown") == choice.where == "'Column map'!B5"


@pytest.mark.parametrize("lacking", ["Part of a place", "Words for no"])
def test_workbooks_of_earlier_versions(tmp_path: Path, lacking: str) -> None:
    """A Column map without the newer columns is sound, and its columns have no settings of their own."""
    place = COLUMN_MAP.headers.index(lacking)
    assert COLUMN_MAP.columns[place].optional
    path = tmp_path / "jobs.xlsx"
    read(tmp_path, [{"Map name": "Permits", "Sheet column": "Fee", "Portal field": "Cost"}])
    import openpyxl  # noqa: PLC0415  # only here

    book = openpyxl.load_workbook(path)
    del book["Column map"].tables["ColumnMap"]
    book["Column map"].delete_cols(COLUMN_MAP.headers.index("Part of a place") + 1, 5)
    book.save(path)
    with open_workbook(path) as opened:
        config = read_config(opened)
    assert config.problems == ()
    (choice,) = config.jobs[0].choices
    assert (choice.portal_field, choice.part, choice.percent_style, choice.keep_text) == ("Cost", None, None, False)


def test_faults_by_cell(tmp_path: Path) -> None:
    """All of them at once, each with its cell."""
    rows = [
        {"Map name": "Permits", "Sheet column": "Fee", "Portal field": "Cost", "Part of a place": "Height",
         "Percent style": "Twice", "Keep as text": "maybe", "Words for yes": "x, y", "Words for no": "Y, n"},
    ]  # fmt: skip
    config = read(tmp_path, rows)
    assert faults(config) == {
        "'Column map'!I5": "not one of the choices",
        "'Column map'!J5": "not one of the choices",
        "'Column map'!K5": "not one of the choices",
        "'Column map'!M5": "“y” is a word for yes and for no",
    }
    assert all(problem.remedy.endswith(".") for problem in config.problems)
