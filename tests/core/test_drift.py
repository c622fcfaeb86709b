"""The drift alarm: what changed on the sheet and on the portal since a column map was made."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import column, dataset_of, shape_of, where
from xl_datasync.core.column_map import ColumnChoice, Send
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.drift import drift
from xl_datasync.core.header_changes import follow_renamed
from xl_datasync.core.map_picture import MapPicture, picture_of
from xl_datasync.core.mapping import Mapping, settle_mapping
from xl_datasync.core.problems import Problem, ProblemLog, Severity

HEADERS = ["ID", "Name", "Fee", "Note", "Internal"]
DATASET = dataset_of(
    column("ID"), column("Name"), column("Fee", "number"), column("Note"), column("Old"), identifier="id"
)


def mapping_of(headers: Sequence[str], dataset: Dataset = DATASET) -> Mapping:
    """The mapping that names alone give."""
    return settle_mapping(shape_of(headers), dataset, (), ProblemLog())


def taken(headers: Sequence[str] = HEADERS, dataset: Dataset = DATASET) -> MapPicture:
    """A picture of both sides."""
    return picture_of(shape_of(headers), dataset, mapping_of(headers, dataset))


def changed(
    headers: Sequence[str] = HEADERS, dataset: Dataset = DATASET, old: MapPicture | None = None
) -> list[Problem]:
    """What is told once the sheet or the dataset is another one."""
    return list(drift(old or taken(), shape_of(headers), dataset, mapping_of(headers, dataset)))


def of(*columns: object) -> Dataset:
    """The dataset with other columns."""
    return dataset_of(*columns, identifier="id")


ID, NAME, FEE, NOTE, OLD = DATASET.columns


def test_nothing_changed() -> None:
    """Equal sides give nothing; capitals and spaces in a header are no change; another dataset is no drift."""
    assert changed() == []
    assert changed(["id", " NAME".strip(), "Fee", "note", "INTERNAL"]) == []
    assert changed(["ID"], replace(DATASET, id="efgh-5678")) == []


@pytest.mark.parametrize(
    ("headers", "told", "severity", "places"),
    [
        # The map sent it, or sends it now: somebody should look.
        (["ID", "Name", "Note", "Internal"], "columns taken away: “Fee” (C)", Severity.WARNING, []),
        (["ID", "Name", "Fee", "Note", "Internal", "Old"], "columns added: “Old” (F)", Severity.WARNING, ["Data!F1"]),
        (["ID", "Name", "Cost", "Note", "Internal"], "columns renamed: “Fee” to “Cost” (C)", Severity.WARNING, ["Data!C1"]),
        # Nothing leans on it: it is told.
        (["ID", "Name", "Fee", "Note"], "columns taken away: “Internal” (E)", Severity.NOTE, []),
        (["Remark", *HEADERS], "columns added: “Remark” (A)", Severity.NOTE, ["Data!A1"]),
        ([*HEADERS[:4], "Own"], "columns renamed: “Internal” to “Own” (E)", Severity.NOTE, ["Data!E1"]),
        (["Fee", "ID", "Name", "Note", "Internal"], "columns moved: “Fee” (A), before in C", Severity.NOTE, ["Data!A1"]),
        (["ID", "ID", "Name", "Fee", "Note", "Internal"], "columns added: “ID” (B)", Severity.NOTE, ["Data!B1"]),
    ],
)  # fmt: skip
def test_the_sheet_changed(headers: Sequence[str], told: str, severity: Severity, places: list[str]) -> None:
    """Each change is named once, by header and letter; columns that only stand elsewhere by it are not."""
    (problem,) = changed(headers)
    kind, names = told.split(": ", 1)
    assert problem.what == f"{kind} since the column map was last saved or used: {names}"
    assert (problem.subject, problem.severity, where(problem)) == ("Sheet “Data”", severity, places)
    assert bool(problem.topic) == bool(problem.remedy) == (severity is Severity.WARNING)


@pytest.mark.parametrize(
    ("dataset", "told", "severity"),
    [
        (of(ID, NAME, FEE, NOTE, OLD, column("New")), "portal columns added: “New”", Severity.NOTE),
        (of(ID, NAME, FEE, NOTE, OLD, column("Internal")), "portal columns added: “Internal”", Severity.WARNING),
        (of(ID, NAME, NOTE, OLD), "portal columns removed: “Fee”", Severity.WARNING),
        (of(ID, NAME, FEE, NOTE), "portal columns removed: “Old”", Severity.NOTE),
        (of(ID, NAME, column("Fee", "text"), NOTE, OLD),
         "portal columns of another type: “Fee” from number to text", Severity.WARNING),
        (of(ID, NAME, FEE, NOTE, column("Old", "checkbox")),
         "portal columns of another type: “Old” from text to checkbox", Severity.NOTE),
        # Found by its field name all the same.
        (of(ID, NAME, column("Fee in dollars", "number", field_name="fee"), NOTE, OLD),
         "portal columns renamed: “Fee” to “Fee in dollars”", Severity.NOTE),
        (dataset_of(*DATASET.columns, identifier="name"), "row identifier changed: “ID” to “Name”", Severity.WARNING),
        (dataset_of(*DATASET.columns), "row identifier changed: “ID” to none", Severity.WARNING),
    ],
)  # fmt: skip
def test_the_portal_changed(dataset: Dataset, told: str, severity: Severity) -> None:
    """Each change of the dataset's columns is named, and how much depends on it."""
    (problem,) = changed(dataset=dataset)
    kind, names = told.split(": ", 1)
    assert problem.what == f"{kind} since the column map was last saved or used: {names}"
    assert (problem.subject, problem.severity) == ("Dataset “Permits”", severity)


def test_a_portal_column_renamed_so_that_nothing_finds_it() -> None:
    """Where the name was all that led there, the map leaned on it."""
    before = of(ID, NAME, column("Fee", "number", field_name="x9"), NOTE, OLD)
    after = of(ID, NAME, column("Zebra", "number", field_name="x9"), NOTE, OLD)
    (problem,) = changed(dataset=after, old=taken(dataset=before))
    assert (problem.severity, "“Fee” to “Zebra”" in problem.what) == (Severity.WARNING, True)


def test_everything_at_once_is_one_problem_of_each_kind() -> None:
    """Warnings go first; long lists are cut; the words by which an answer is remembered hold no semicolon."""
    headers = ["ID", "Na;me", *(f"New {i}" for i in range(40))]
    found = changed(headers, of(ID, NAME, column("Fee", "text"), OLD, NOTE, column("More")))
    assert [problem.severity.value for problem in found] == sorted(
        (problem.severity.value for problem in found), reverse=True
    )
    assert len({problem.what.split(" since")[0] + problem.severity.value for problem in found}) == len(found)
    added = next(problem for problem in found if problem.what.startswith("columns added") and not problem.warns)
    assert added.what.endswith("“New 11” (N) and 28 more")
    assert (added.count, len(added.places)) == (40, 40)
    assert not any(";" in problem.topic for problem in found)


def test_an_answer_goes_for_the_changes_it_was_given_for() -> None:
    """Another change of the same kind beside the one that was answered warns again."""
    topics = [
        problem.topic
        for headers in (["ID", "Title", "Cost"], ["ID", "Title", "SSN"])
        for problem in changed([*headers, "Note", "Internal"])
    ]
    assert topics == [
        "columns renamed: “Name” to “Title” (B), “Fee” to “Cost” (C)",
        "columns renamed: “Name” to “Title” (B), “Fee” to “SSN” (C)",
    ]


def test_a_picture_without_a_mapping_counts_every_column() -> None:
    """Where nobody knows what was sent, whatever is gone is worth a look."""
    old = picture_of(shape_of(HEADERS), DATASET)
    (problem,) = changed(HEADERS[:4], old=old)
    assert problem.severity is Severity.WARNING


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)), st.integers(0, 3))
def test_moved_columns_are_the_fewest(order: list[int], gone: set[int], more: int) -> None:
    """Whatever is moved, taken away and added: what is told adds up, and who kept the order is not called moved."""
    headers = [f"N{i}" for i in range(more)] + [f"C{i}" for i in order if i not in gone]
    old = picture_of(shape_of([f"C{i}" for i in range(8)]), DATASET)
    counts = {problem.what.split(" since")[0]: problem.count for problem in changed(headers, old=old)}
    renamed = counts.get("columns renamed", 0)
    assert counts.get("columns taken away", 0) + renamed == len(gone)
    assert counts.get("columns added", 0) + renamed == more
    kept = [i for i in order if i not in gone]
    assert (counts.get("columns moved", 0) == 0) == (kept == sorted(kept))
    assert counts.get("columns moved", 0) < max(len(kept), 1)


def test_wide_sheets_are_compared_at_once() -> None:
    """Sixteen thousand columns in another order, half of them new."""
    headers = [f"c{i}" for i in range(16_384)]
    old = picture_of(shape_of(headers), DATASET)
    turned = [*headers[8192:], *(f"d{i}" for i in range(8192))]
    random.Random(5).shuffle(turned)
    shape, mapping = shape_of(turned), Mapping(())
    start = time.perf_counter()
    assert drift(old, shape, DATASET, mapping)
    assert time.perf_counter() - start < 2


WORDS = (
    (["ID", "Name", "Note", "Internal"], DATASET, "columns taken away", "Put the column back, or choose another one in “Map columns” or the Column map."),
    (["ID", "Name", "Fee", "Note", "Internal", "Old"], DATASET, "columns added", "Check that it is meant to be sent, or leave it out in “Map columns” or the Column map."),
    (["ID", "Name", "Cost", "Note", "Internal"], DATASET, "columns renamed", "Confirm in “Map columns” or the Column map where it goes now, or give it its old header."),
    (HEADERS, of(ID, NAME, NOTE, OLD), "portal columns removed", "Choose in “Map columns” or the Column map where its values go now."),
    (HEADERS, of(*DATASET.columns, column("Internal")), "portal columns added", "Check in “Map columns” or the Column map that what is sent to it is meant for it."),
    (HEADERS, of(ID, NAME, replace(FEE, type="text"), NOTE, OLD), "portal columns of another type", "See in “Map columns” or the Column map what the first rows become."),
    (HEADERS, replace(DATASET, row_identifier=NAME), "row identifier changed", "Check the job's “How to update”: rows are told apart by another column now."),
)  # fmt: skip


@pytest.mark.parametrize(("headers", "dataset", "what", "remedy"), WORDS, ids=[case[2] for case in WORDS])
def test_what_to_do(headers: Sequence[str], dataset: Dataset, what: str, remedy: str) -> None:
    """Each kind of change says what to look at."""
    found = {problem.what.split(" since the column map")[0]: problem.remedy for problem in changed(headers, dataset)}
    assert found.get(what) == remedy, found


def test_a_portal_column_that_is_not_found_by_its_new_name() -> None:
    """What to do is said where the sheet's column has lost its partner."""
    before, after = (of(ID, column(name, field_name="x1")) for name in ("Fee", "Amount due"))
    (problem, *_) = changed(["ID", "Fee"], after, taken(["ID", "Fee"], before))
    assert problem.what.startswith("portal columns renamed")
    assert problem.remedy == "Choose its sheet column again in “Map columns” or the Column map."


def test_rows_of_renamed_columns_are_followed() -> None:
    """What was said of a column is proposed for its new header; rows of other columns stay as they are."""
    old = taken(["ID", "Name", "Fee", "Note"])
    rows = (
        ColumnChoice("Fee", "", "fee", default="0"),
        ColumnChoice("Name", "", "name"),
        ColumnChoice("Gone", "", "x"),
    )
    followed, renamed = follow_renamed(rows, old.headers, shape_of(["ID", "Name", "Cost", "Note"]))
    assert followed == (replace(rows[0], sheet_column="Cost"), *rows[1:])
    assert renamed == {2}


def test_what_took_the_place_of_an_ignored_column_is_not_ignored() -> None:
    """A column that was to be left out is gone; the one that stands there now is looked at on its own."""
    old = taken(["ID", "Internal"])
    rows = (ColumnChoice("Internal", "", "", Send.IGNORE),)
    assert follow_renamed(rows, old.headers, shape_of(["ID", "Phone"])) == (rows, frozenset())


def test_rows_with_letters_are_followed_by_them() -> None:
    """Of headers that are alike the letter tells which one was renamed; the row gets its letter of now."""
    old = taken(["ID", "Fee", "Fee"])
    rows = (ColumnChoice("Fee", "B", "fee"), ColumnChoice("Fee", "C", "name"))
    followed, renamed = follow_renamed(rows, old.headers, shape_of(["New", "ID", "Fee", "Cost"]))
    assert followed == (rows[0], ColumnChoice("Cost", "D", "name"))
    assert renamed == {3}
