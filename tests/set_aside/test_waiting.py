"""Rows that still wait when others are set aside."""

from __future__ import annotations

import openpyxl
import pytest

from tests.set_aside.rows import (
    AGAIN,
    ASIDE,
    FIELD,
    FIRST,
    NO_IDENTIFIER,
    WEATHER,
    Make,
    aside_file,
    day,
    field,
    kept,
    mend,
    only,
    said,
)
from tests.workbooks import job
from xl_datasync.api import run_workbook
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.practice_portal import PracticePortal
from xl_datasync.workbook.set_aside.looks import JOB

pytestmark = pytest.mark.usefixtures("signed_in")


def test_others_are_put_below(make_workbook: Make) -> None:
    """Rows that were not sent stay, as mended as they are; one with the same number and cells is not kept twice."""
    jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet"), day(3, "dry"), day(5, "ice")]})
    run_workbook(path)
    mend(path, {"B5": 7})
    make_workbook(jobs, {"Data": [WEATHER, day(4), day(3, "dry"), day(6, "fog"), day(5, "ice")]})
    result = only(run_workbook(path))
    assert [(row[1], row[6]) for row in kept(path)] == [(7, 3), ("dry", 4), ("dry", 3), ("fog", 4), ("ice", 5)]
    assert f"note: Job “Job”: 2 rows of earlier runs still wait: {aside_file(path)}" in said(result)


def test_a_replace_puts_its_own_in_their_place(make_workbook: Make) -> None:
    """After a replace the sheet is the dataset: what nobody has worked on is out of date; a mended row stays."""
    jobs = [job("Job", "smal-fild", "Replace all rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "x"), field("C", "y")]})
    run_workbook(path)
    mend(path, {"F5": 30})
    for _ in range(2):  # what was mended once stays so
        make_workbook(jobs, {"Data": [FIELD, field("A"), field("B"), field("C", 5), field("D", "z")]})
        result = only(run_workbook(path))
        assert [(row[0], row[5]) for row in kept(path)] == [("B", 30), ("D", "z")]
        assert "Delete there what is not to be sent as well." in said(result)
        assert "warning: Job “Job”: row 3 of the sheet was sent, but was also mended in another way: " in said(result)


@pytest.mark.parametrize("dataset", ["smal-fild", "no-identifier"])
def test_mended_on_both_places(dataset: str, make_workbook: Make, portal: PracticePortal) -> None:
    """A row that was mended where it waits, and was sent with its own sheet just so, waits no more."""
    header: tuple[str, ...] = FIELD
    if dataset != "smal-fild":
        dataset, header = "bbbb-bbbb", ("Name", "Amount")
        portal.create_dataset(dataset, "None", NO_IDENTIFIER)
    row = field if header is FIELD else lambda name, value=1: (name, value)
    jobs = [job("Job", dataset, "Replace all rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [header, row("A"), row("B", "x"), row("C", 3)]})
    run_workbook(path)
    mend(path, {"F5" if header is FIELD else "B5": 30})
    make_workbook(jobs, {"Data": [header, row("A"), row("B", 30), row("C", 3)]})
    result = only(run_workbook(path))
    assert (result.exit_code, len(portal.rows(dataset)), aside_file(path).exists()) == (0, 3, False), said(result)


def test_sent_with_the_sheet_since(make_workbook: Make) -> None:
    """An update of a row takes its old state off where it waits: it cannot write over what is newer."""
    jobs = [job("Job", "smal-fild", "Update and add", **ASIDE)]
    path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "bad"), field("C", "bad")]})
    run_workbook(path)
    make_workbook(jobs, {"Data": [FIELD, field("B", 40, "Newer"), field("A")]})
    result = only(run_workbook(path))
    assert [row[0] for row in kept(path)] == ["C"]
    assert "1 row of earlier runs still waits: " in said(result)


def test_what_a_clerk_has_written_beside_them(make_workbook: Make, portal: PracticePortal) -> None:
    """Notes to the right of our columns stay with their rows, and are not sent."""
    jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet")]})
    run_workbook(path)
    mend(path, {"J4": "Note", "J5": "asked Bob"})
    make_workbook(jobs, {"Data": [WEATHER, day(3), day(4, "fog")]})
    run_workbook(path)
    assert [(row[1], row[9]) for row in kept(path)] == [("wet", "asked Bob"), ("fog", None)]
    before = len(portal.rows("weat-hlog"))
    mend(path, {"B6": 2})
    result = only(run_workbook(path, which=AGAIN))
    assert (result.plan.rows, len(portal.rows("weat-hlog"))) == (1, before + 1), said(result)
    assert [(row[1], row[9]) for row in kept(path)] == [("wet", "asked Bob")]


def test_the_file_is_open_in_excel(make_workbook: Make, portal: PracticePortal) -> None:
    """New rows go to a file of their own, each row to one file only, and both files are sent, one after the other."""
    jobs = [job("Job", "weat-hlog", "Add rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [WEATHER, day(1), day(2, "wet")]})
    run_workbook(path)
    before, stood = len(portal.rows("weat-hlog")), aside_file(path).read_bytes()
    lock = aside_file(path).with_name(f"~${aside_file(path).name}")
    lock.write_bytes(b"x")
    make_workbook(jobs, {"Data": [WEATHER, day(3), day(4, "fog")]})
    result = only(run_workbook(path))
    assert f"rows of this job also wait in another file: {aside_file(path)}" in said(result)
    assert aside_file(path).read_bytes() == stood
    lock.unlink()
    two = aside_file(path).with_name("Job.set aside 2.xlsx")
    book = openpyxl.load_workbook(two)
    assert [row[1] for row in book.active.iter_rows(min_row=FIRST, values_only=True)] == ["fog"]
    book.active["B5"] = 4
    book.save(two)
    assert only(run_workbook(path, which=AGAIN)).plan.rows == 1
    assert (two.exists(), aside_file(path).exists()) == (False, True)
    mend(path, {"B5": 2})
    assert only(run_workbook(path, which=AGAIN)).exit_code == 0
    assert len(portal.rows("weat-hlog")) == before + 3


def test_two_jobs_whose_names_make_one_file_name(make_workbook: Make) -> None:
    """Each has files of its own, of rows set aside as of rows sent; none takes the other's rows."""
    jobs = [
        job("A/B", "weat-hlog", "Add rows", **ASIDE),
        job("A:B", "smal-fild", "Update and add", "Other", **ASIDE),
    ]
    sheets = {"Data": [WEATHER, day(1), day(2, "wet")], "Other": [FIELD, field("A"), field("B", "bad")]}
    path = make_workbook(jobs, sheets)
    run_workbook(path)
    files = list(aside_file(path).parent.glob("A-B-*.set aside.xlsx"))
    assert sorted(openpyxl.load_workbook(file).active["A2"].value for file in files) == [f"{JOB}A/B", f"{JOB}A:B"]
    sent = [file.read_text("utf-8").split(",")[0] for file in aside_file(path).parent.glob("A-B-*.sent.csv")]
    assert sorted(sent) == ["iata_code", "observed_on"]


def test_a_file_with_the_name_of_an_earlier_version(make_workbook: Make, portal: PracticePortal) -> None:
    """Rows wait on in a file whose name two jobs had shared; only the job that it names takes them."""
    jobs = [job("A/B", "weat-hlog", "Add rows", **ASIDE), job("A:B", "weat-hlog", "Add rows", "Other", **ASIDE)]
    sheets = {"Data": [WEATHER, day(1), day(2, "wet")], "Other": [WEATHER, day(3)]}
    path = make_workbook(jobs, sheets)
    run_workbook(path)
    (file,) = aside_file(path).parent.glob("A-B-*.set aside.xlsx")
    file.rename(aside_file(path, "A-B"))
    run_workbook(path, ["A:B"])
    assert [row[1] for row in kept(path, "A-B")] == ["wet"]
    mend(path, {"B5": 2}, "A-B")
    with pytest.raises(ConfigurationError, match="No rows of the job “A:B” are set aside"):
        run_workbook(path, ["A:B"], which=AGAIN)
    before = len(portal.rows("weat-hlog"))
    assert only(run_workbook(path, ["A/B"], which=AGAIN)).exit_code == 0
    assert (len(portal.rows("weat-hlog")), aside_file(path, "A-B").exists()) == (before + 1, False)


def test_a_row_that_the_job_leaves_out_now(make_workbook: Make, portal: PracticePortal) -> None:
    """A total that was set aside waits no more once the job leaves it out, unless somebody has worked on it there."""
    jobs = [job("Job", "smal-fild", "Update and add", **ASIDE)]
    totals = [("Total", None, None, None, None, text) for text in ("n/a", "none")]
    sheet = {"Data": [FIELD, field("A"), totals[0], field("B", "x"), totals[1]]}
    path = make_workbook(jobs, sheet)
    run_workbook(path)
    mend(path, {"F7": 7})
    option = {"Job name": "Job", "Option": "Rows left out", "Value": "Total"}
    result = only(run_workbook(make_workbook(jobs, sheet, options=[option])))
    assert [(row[0], row[5]) for row in kept(path)] == [("Total", 7), ("B", "x")]
    what = f"row 3 of the sheet waits no more, because the job leaves it out: {aside_file(path)}"
    assert f"note: Job “Job”: {what}" in said(result)
    assert not [row for row in portal.rows("smal-fild") if row["iata_code"] == "Total"]


def test_a_file_of_another_job(make_workbook: Make) -> None:
    """A file that has the name but says another job is not written to."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
    run_workbook(path)
    mend(path, {"A2": f"{JOB}Mine"})
    stood = aside_file(path).read_bytes()
    run_workbook(path)
    assert aside_file(path).read_bytes() == stood
    assert aside_file(path).with_name("Job.set aside 2.xlsx").exists()


def test_a_replace_with_all_rows_sound(make_workbook: Make) -> None:
    """Once all rows were sent with the sheet itself, none waits any more."""
    jobs = [job("Job", "smal-fild", "Replace all rows", **ASIDE)]
    path = make_workbook(jobs, {"Data": [FIELD, field("A"), field("B", "x")]})
    run_workbook(path)
    make_workbook(jobs, {"Data": [FIELD, field("A"), field("B")]})
    assert (only(run_workbook(path)).exit_code, aside_file(path).exists()) == (0, False)


def test_other_columns(make_workbook: Make) -> None:
    """Where the sheet has other columns now, the rows that wait are put out of the way, not lost."""
    path = make_workbook([job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER, day(1), day(2, "wet")]})
    run_workbook(path)
    make_workbook(
        [job("Job", "weat-hlog", "Add rows", **ASIDE)], {"Data": [WEATHER[:2], day(1)[:2], day(3, "dry")[:2]]}
    )
    result = only(run_workbook(path))
    assert [row[1] for row in kept(path)] == ["dry"]
    older = aside_file(path).with_name("Job.set aside 2.xlsx")
    assert openpyxl.load_workbook(older).active["B5"].value == "wet"
    assert f"rows of this job also wait in another file: {older}" in said(result)
    assert "They are sent by a run of their own, after these." in said(result)
