"""Rows of the Jobs table that copy a dataset: what they mean, and every fault with its cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import write_job_workbook
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import PortJob, What
from xl_datasync.core.mapping import Send
from xl_datasync.workbook.closed import open_workbook
from xl_datasync.workbook.config import Config, read_config

CONNECTIONS = [
    {"Connection name": name, "Portal address": f"https://{name.lower()}.example.gov", "Sign-in type": "API key"}
    for name in ("City", "County")
]
BASE = {
    "Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "City", "Copy from portal": "County",
    "Copy from dataset ID or link": "abcd-1234", "What to copy": "Rows only", "Dataset ID or link": "wxyz-6789",
    "How to update": "Replace all rows",
}  # fmt: skip
NEW = {"What to copy": "Columns and rows", "Dataset ID or link": None, "How to update": None}
Read = Callable[..., Config]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Reads the config of a job workbook with one row that copies."""

    def config(connections: list[dict[str, str]] = CONNECTIONS, tables: Any = None, **cells: Any) -> Config:
        row = {header: value for header, value in (BASE | cells).items() if value is not None}
        path = tmp_path / "jobs.xlsx"
        write_job_workbook(path, "", [row], {"Data": [["x"]]}, connections=connections, **(tables or {}))
        with open_workbook(path) as book:
            return read_config(book)

    return config


def job_of(config: Config) -> PortJob:
    """The config's only job."""
    assert config.problems == ()
    (job,) = config.jobs
    assert isinstance(job, PortJob)
    return job


def faults(config: Config) -> dict[str, str]:
    """Cell to what is wrong with it."""
    return {place.where: problem.what for problem in config.problems for place in problem.places}


class TestMeaning:
    """What a row without faults means."""

    @pytest.mark.parametrize("method", [Method.REPLACE, Method.UPSERT])
    def test_rows_only(self, method: Method, read: Read) -> None:
        """Both ends, the method and the kind are as written."""
        job = job_of(read(**{"How to update": method.value}))
        assert (job.name, job.what, job.method, job.where) == ("Copy", What.ROWS, method, "Jobs!B5")
        assert (job.connection.name, job.dataset_id) == ("City", "wxyz-6789")
        assert (job.source_connection.name, job.source_id) == ("County", "abcd-1234")

    @pytest.mark.parametrize("what", [What.COLUMNS, What.BOTH])
    @pytest.mark.parametrize(("finished", "publish"), [(None, True), ("Publish", True), ("Leave as draft", False)])
    def test_a_new_dataset(self, what: What, finished: str | None, publish: bool, read: Read) -> None:
        """It has a title of its own or the source's, and is published unless it is to stay a draft."""
        job = job_of(
            read(**NEW | {"What to copy": what.value, "When finished": finished, "New dataset title": "Ünï 😀"})
        )
        assert (job.what, job.dataset_id, job.title, job.publish) == (what, "", "Ünï 😀", publish)
        assert job_of(read(**NEW)).title == ""

    def test_links_lead_to_their_portals(self, read: Read) -> None:
        """Links as copied from a browser are as good as ids."""
        job = job_of(read(**{
            "Dataset ID or link": "https://city.example.gov/Finance/Fees/wxyz-6789/about_data",
            "Copy from dataset ID or link": "https://county.example.gov/d/abcd-1234",
        }))  # fmt: skip
        assert (job.dataset_id, job.source_id) == ("wxyz-6789", "abcd-1234")

    def test_on_the_same_portal(self, read: Read) -> None:
        """Without a portal to copy from it is the job's own."""
        assert job_of(read(**{"Copy from portal": None})).source_connection.name == "City"

    def test_map_limit_and_rows_per_request(self, read: Read) -> None:
        """The column map, the limit and the option hold for copies too."""
        tables = {
            "column_map": [{"Map name": "Copy", "Sheet column": "fee", "Send?": "Ignore"}],
            "options": [{"Job name": "Copy", "Option": "Rows per request", "Value": "7"}],
        }
        job = job_of(read(tables=tables, **{"Stop if rows shrink by more than": 55}))
        assert (job.choices[0].sheet_column, job.choices[0].send) == ("fee", Send.IGNORE)
        assert (job.rows_per_request, job.change_limit) == (7, 55)


class TestFaults:
    """Every fault is named with its cell, and no job comes of the row's own kind."""

    @pytest.mark.parametrize(
        ("cells", "where", "words"),
        [
            ({"What to copy": None}, "S", "blank"),
            ({"What to copy": "Everything"}, "S", "not one of the choices"),
            ({"Copy from dataset ID or link": None}, "R", "blank"),
            ({"Copy from dataset ID or link": "no id"}, "R", "holds no dataset ID"),
            ({"Copy from portal": "Nowhere"}, "Q", "“Nowhere” is not a usable connection"),
            ({"Portal": "Nowhere"}, "F", "“Nowhere” is not a usable connection"),
            ({"Dataset ID or link": None}, "G", "blank"),
            ({"How to update": None}, "L", "blank"),
            ({"How to update": "Add rows"}, "L", "not for copy jobs"),
            ({"How to update": "Delete listed rows"}, "L", "not for copy jobs"),
            ({"Sheet, table or range": "Data"}, "J", "not for copy jobs"),
            ({"Header row": 1}, "K", "not for copy jobs"),
            ({"Workbook or file": "x.csv"}, "I", "not for copy jobs"),
            ({"New dataset title": "New"}, "T", "only for copies that make a new dataset"),
            ({"When finished": "Leave as draft"}, "U", "only for copies that make a new dataset"),
            ({"Column map": "No such map"}, "N", "there is no such column map"),
            ({"Stop if rows shrink by more than": 120}, "O", ""),
            (NEW | {"Dataset ID or link": "wxyz-6789"}, "G", "this copy makes a new dataset"),
            (NEW | {"When finished": "Archive"}, "U", "not one of the choices"),
            (NEW | {"How to update": "Add rows"}, "L", "not for copy jobs"),
            ({"Dataset ID or link": "https://county.example.gov/d/wxyz-6789"}, "G", "the link leads to county.example.gov"),
            ({"Copy from dataset ID or link": "https://city.example.gov/d/abcd-1234"}, "R", "the link leads to city.example.gov"),
            ({"Copy from portal": None, "Copy from dataset ID or link": "https://county.example.gov/d/abcd-1234"}, "R",
             "but the job's portal is city.example.gov"),
        ],
    )  # fmt: skip
    def test_one_fault(self, cells: dict[str, Any], where: str, words: str, read: Read) -> None:
        """It is found in its cell, alone, in words that name it."""
        found = faults(read(**cells))
        assert list(found) == [f"Jobs!{where}5"]
        assert words in found[f"Jobs!{where}5"]

    def test_all_at_once(self, read: Read) -> None:
        """Several faults of one row are all told."""
        found = faults(read(**{
            "Copy from dataset ID or link": "?", "Dataset ID or link": "?", "How to update": "Add rows", "Header row": 2,
        }))  # fmt: skip
        assert set(found) == {"Jobs!R5", "Jobs!G5", "Jobs!L5", "Jobs!K5"}

    @pytest.mark.parametrize(
        "header",
        ["Copy from portal", "Copy from dataset ID or link", "What to copy", "New dataset title", "When finished"],
    )
    def test_cells_of_copies_in_other_jobs(self, header: str, read: Read) -> None:
        """A job that publishes a sheet may hold nothing that only copies understand."""
        words = {"Copy from portal": "City", "What to copy": "Rows only", "When finished": "Publish"}
        blank = dict.fromkeys(("Copy from portal", "Copy from dataset ID or link", "What to copy"))
        cells = {"Kind of job": "Publish a sheet", "Sheet, table or range": "Data", **blank}
        found = faults(read(**cells | {header: words.get(header, "x")}))
        assert list(found.values()) == ["only for copy jobs"]


class TestCellsWithoutValue:
    """A formula that Excel never calculated, and an Excel error, are no text."""

    @pytest.mark.parametrize(
        ("cells", "where", "words"),
        [
            ({**NEW, "New dataset title": "=1+1"}, "Jobs!T5", "a formula that was never calculated"),
            ({**NEW, "New dataset title": "#N/A"}, "Jobs!T5", "the Excel error #N/A"),
        ],
    )
    def test_is_a_fault(self, cells: dict[str, Any], where: str, words: str, read: Read) -> None:
        """It is named once, by its cell, and never becomes a title."""
        assert faults(read(**cells)) == {where: words}

    def test_what_to_copy_comes_first(self, read: Read) -> None:
        """Where nobody knows what is copied, only that is asked, for all else depends on it."""
        assert list(faults(read(**{"What to copy": "Column only"}))) == ["Jobs!S5"]
