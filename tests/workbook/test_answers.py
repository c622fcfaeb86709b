"""Answers to warnings, and rows left out, are written down with their job in a live workbook, and read back as options."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.calc.fixtures import QuirkyCalc
from tests.workbooks import job, write_job_workbook
from xl_datasync.core.options import row_key, topic_key
from xl_datasync.workbook.answers import answer_warnings, leave_rows_out
from xl_datasync.workbook.config import read_config
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.tables import OPTIONS

pytestmark = pytest.mark.live_program

JOBS = [job(name, "abcd-1234", "Replace all rows") for name in ("Permits", "Fees")]
DATA = {"Data": [["Id", "Name"], [1, "x"]]}


def opened(quirky: QuirkyCalc, folder: Path, *options: dict[str, str]) -> LiveWorkbook:
    """A job workbook with these options, open."""
    path = write_job_workbook(folder / "jobs.xlsx", "https://x.org", JOBS, DATA, options=list(options))
    return LiveWorkbook(quirky.app.books.open(str(path)), folder / "elsewhere")


def answers(live: LiveWorkbook) -> list[frozenset[str]]:
    """What each job's options hold, read anew."""
    live.renew()
    config = read_config(live)
    assert config.problems == ()
    return [found.options.answered for found in config.jobs]


def option_rows(live: LiveWorkbook) -> list[tuple[object, object, object]]:
    """The rows of the Options sheet."""
    table = live.config_table(OPTIONS.sheet, OPTIONS.name)
    assert table is not None
    return [(row["Job name"], row["Option"], row["Value"]) for _, row in table.rows]


def test_a_job_gets_its_row(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """The first answer adds a row, the next extends it; other jobs and other options stay as they are."""
    hidden = {"Job name": "Permits", "Option": "Hidden rows", "Value": "Skip"}
    with opened(quirky, tmp_path, hidden) as live:
        answer_warnings(live, "Permits", ["names of persons in Owner", "totals row"])
        assert answers(live) == [{"names of persons in owner", "totals row"}, frozenset()]
        answer_warnings(live, "permits", ["=odd in A1", "Totals  ROW"])
        assert answers(live) == [{"names of persons in owner", "totals row", "=odd in a1"}, frozenset()]
        assert option_rows(live) == [
            ("Permits", "Hidden rows", "Skip"),
            ("Permits", "Warnings answered", "names of persons in Owner; Totals ROW; =odd in A1"),
        ]


def test_a_row_that_is_there_is_kept(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """What somebody wrote by hand stays, whatever its spelling; an answer for all jobs is not touched."""
    by_hand = [
        {"Option": "Warnings answered", "Value": "for all"},
        {"Job name": "FEES", "Option": "warnings ANSWERED", "Value": " one;two ;"},
    ]
    with opened(quirky, tmp_path, *by_hand) as live:
        answer_warnings(live, "Fees", ["three"])
        assert answers(live) == [{"for all"}, {"for all", "one", "two", "three"}]
        assert len(option_rows(live)) == 2
        answer_warnings(live, "Fees", ["TWO"])
        assert answers(live)[1] == {"for all", "one", "two", "three"}


def test_rows_left_out(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """What rows say stands in a row of its own, as text whatever it looks like, beside what was written by hand."""
    by_hand = {"Job name": "Permits", "Option": "Rows left out", "Value": "Grand total; x"}
    with opened(quirky, tmp_path, by_hand) as live:
        answer_warnings(live, "Permits", ["totals row"])
        leave_rows_out(live, "Permits", ["GRAND  TOTAL", "* estimated"])
        leave_rows_out(live, "Fees", ["=Total", "Source: a, b"])
        live.renew()
        found = [job.options.rows_left_out for job in read_config(live).jobs]
        assert found == [
            {"grand total", "x", "* estimated"},
            {row_key("=Total"), row_key("source: a; b")},
        ]
        assert option_rows(live) == [
            ("Permits", "Rows left out", "GRAND TOTAL; x; * estimated"),
            ("Permits", "Warnings answered", "totals row"),
            ("Fees", "Rows left out", "=Total; Source: a, b"),
        ]


def test_the_options_sheet_is_added(quirky: QuirkyCalc, tmp_path: Path) -> None:
    """A workbook that lacks the sheet gets it."""
    path = write_job_workbook(tmp_path / "jobs.xlsx", "https://x.org", JOBS, DATA)
    book = openpyxl.load_workbook(path)
    del book["Options"]
    book.save(path)
    with LiveWorkbook(quirky.app.books.open(str(path)), tmp_path / "elsewhere") as live:
        answer_warnings(live, "Fees", ["totals row"])
        assert answers(live) == [frozenset(), {topic_key("totals row")}]
