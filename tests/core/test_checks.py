"""What must hold before anything is sent."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from tests.core.conftest import block_of, column, dataset_of, job_of, make_table, planned, shape_of, where
from xl_datasync.core.checks import (
    RIGHTS_NEEDED,
    RIGHTS_WORDS,
    IdentifierCheck,
    check_dataset,
    check_mapping,
    check_merged,
    check_shape,
    known_identifiers_problem,
    shrink_problem,
    unknown_identifiers_note,
)
from xl_datasync.core.checks.percents import PercentCheck
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.identifiers import IdentifierIndex
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import ColumnChoice, Send, settle_mapping
from xl_datasync.core.options import HiddenPolicy
from xl_datasync.core.problems import Problem, ProblemLog, Severity
from xl_datasync.core.values import TableShape

PERMITS = dataset_of(column("ID"), column("Fee", "number"), identifier="id")


def dataset_problems(dataset: Dataset, method: Method, *, signed_in: bool = True) -> list[str]:
    """What is said of a dataset."""
    log = ProblemLog()
    check_dataset(dataset, job_of(method), log, signed_in=signed_in)
    assert all(where(problem) == ["Jobs!B5"] for problem in log.problems())
    return [problem.what for problem in log.problems()]


def mapping_problems(shape: TableShape, dataset: Dataset, job: Job) -> tuple[Problem, ...]:
    """What is said of a mapping and of the sheet's shape."""
    log = ProblemLog()
    mapping = settle_mapping(shape, dataset, job.choices, log)
    check_mapping(mapping, dataset, job, shape, log)
    check_shape(shape, mapping, job, log)
    check_merged(shape, set(), log)
    return log.problems()


@pytest.mark.parametrize("method", Method)
def test_a_sound_dataset_passes(method: Method) -> None:
    """A table with an identifier and every right takes every method."""
    assert dataset_problems(PERMITS, method) == []


@pytest.mark.parametrize("method", Method)
def test_missing_rights_are_named(method: Method) -> None:
    """Rights that the method needs are named; who is not signed in cannot know them."""
    for right in RIGHTS_NEEDED[method]:
        poorer = replace(PERMITS, rights=PERMITS.rights - {right}, owner="Ann Lee")
        assert dataset_problems(poorer, method) == [f"your account may not {RIGHTS_WORDS[right]} in it"]
        assert dataset_problems(poorer, method, signed_in=False) == []


@pytest.mark.parametrize(
    ("more", "kind"),
    [({"view_type": "geo"}, "map"), ({"display_type": "chart"}, "chart"), ({"view_type": "href"}, "link")],
)
def test_what_is_no_table_is_refused(more: dict[str, str], kind: str) -> None:
    """Maps, charts and links to elsewhere take no rows."""
    assert dataset_problems(replace(PERMITS, **more), Method.REPLACE) == [f"it is a {kind}, not a table"]


@pytest.mark.parametrize(
    ("method", "refused"),
    [(Method.UPSERT, True), (Method.DELETE, True), (Method.APPEND, False), (Method.REPLACE, False)],
)
def test_methods_that_need_an_identifier(method: Method, refused: bool) -> None:
    """Without a row identifier an update would add everything again, and a delete cannot be."""
    found = dataset_problems(replace(PERMITS, row_identifier=None), method)
    assert [what.startswith("it has no row identifier") for what in found] == ([True] if refused else [])


@pytest.mark.parametrize("method", Method)
def test_the_identifier_must_be_mapped(method: Method) -> None:
    """A sheet without the identifier's column is refused for every method, because the portal would refuse its rows."""
    (found,) = (p for p in mapping_problems(shape_of(["Fee"]), PERMITS, job_of(method)) if p.blocks)
    assert found.what == "no column is mapped to the row identifier “ID”"
    assert where(found) == ["Data!1:1"]  # it is mended in the headers; where there are none, in the job
    headless = replace(shape_of(["Fee"]), header_row=None)
    assert where(mapping_problems(headless, PERMITS, job_of(method))[0]) == ["Jobs!B5"]


def test_a_sheet_of_something_else() -> None:
    """Where no column matches, the dataset's columns are listed, and nothing is said of each."""
    dataset = dataset_of(column("Fee"), column("Name"), identifier="fee")
    for method in (Method.APPEND, Method.UPSERT, Method.REPLACE):
        found = mapping_problems(shape_of(["Colour"]), dataset, job_of(method))
        assert [(p.what, p.remedy, where(p)) for p in found] == [
            (
                "no column matches a column of the dataset",
                "Choose its columns in “Map columns” or the Column map. The dataset has: Fee, Name.",
                ["Data!1:1"],
            )
        ]


@pytest.mark.parametrize("method", Method)
def test_an_empty_sheet_is_one_problem(method: Method) -> None:
    """That it has no rows is said once; what it lacks besides is no news."""
    (problem,) = planned(job_of(method), PERMITS, make_table([], [])).plan.problems
    assert (problem.what, problem.blocks) == ("it has no data rows to send", True)


def test_a_guess_blocks() -> None:
    """A guess stops an unattended run until a person confirms it, and names the header."""
    (problem,) = mapping_problems(shape_of(["ID", "Fees"]), PERMITS, job_of(Method.UPSERT))
    assert problem.blocks
    assert (problem.subject, where(problem)) == ("Column “Fees”", ["Data!B1"])
    confirmed = job_of(Method.UPSERT, [ColumnChoice("Fees", "", "Fee")])
    assert mapping_problems(shape_of(["ID", "Fees"]), PERMITS, confirmed) == ()


def test_headers_that_are_alike_are_told_once() -> None:
    """That both have a column's name is the whole story: that no portal column matches them would be untrue."""
    found = mapping_problems(shape_of(["ID", "Fee", "Fee"]), PERMITS, job_of(Method.UPSERT))
    assert [problem.what for problem in found if problem.blocks or problem.warns] == [
        "columns B and C all have the name of the portal column “Fee”"
    ]


def test_replace_needs_every_column() -> None:
    """Replacing would empty what the sheet lacks; the other methods leave it."""
    assert [p.what for p in mapping_problems(shape_of(["ID"]), PERMITS, job_of(Method.REPLACE))] == [
        "the portal column “Fee” has no column here; replacing would empty it"
    ]
    (note,) = mapping_problems(shape_of(["ID"]), PERMITS, job_of(Method.UPSERT))
    assert (note.severity, "“Fee”" in note.what) == (Severity.NOTE, True)


def test_a_sheet_column_without_a_partner_is_told() -> None:
    """It is not sent; a row in the Column map says that this is meant, and a delete reads no other column."""
    shape = shape_of(["ID", "Fee", "Remarks"])
    (warning,) = mapping_problems(shape, PERMITS, job_of(Method.UPSERT))
    assert (warning.subject, warning.severity, where(warning)) == ("Column “Remarks”", Severity.WARNING, ["Data!C1"])
    meant = ColumnChoice("Remarks", "", "", Send.IGNORE)
    assert mapping_problems(shape, PERMITS, job_of(Method.UPSERT, [meant])) == ()
    assert mapping_problems(shape, PERMITS, job_of(Method.DELETE)) == ()


def test_hidden_and_merged_cells() -> None:
    """What people do not see, or see where it is not, is named with the sheet's name in quotes where needed."""
    shape = replace(shape_of(["ID", "Fee"], "My data", hidden=(1,)), hidden_rows=frozenset({9, 5}), merged=("A3:A4",))
    found = {p.what: where(p) for p in mapping_problems(shape, PERMITS, job_of(Method.UPSERT))}
    assert found == {
        "rows that are hidden or filtered away: 2": ["'My data'!5:5"],
        "merged cells among the data; only the first cell has a value": ["'My data'!A3:A4"],
        "hidden column that would be published": ["'My data'!B1"],
    }
    settled = job_of(Method.UPSERT, [ColumnChoice("Fee", "", "Fee")], hidden_rows=HiddenPolicy.SEND)
    hidden, merged = sorted(mapping_problems(shape, PERMITS, settled), key=lambda problem: problem.blocks)
    assert merged.blocks
    assert (hidden.warns, hidden.topic, where(hidden)) == (True, "hidden column Fee", ["'My data'!B1"])


@pytest.mark.parametrize(
    ("before", "after", "limit", "stops"),
    [
        (100, 80, 20, False),
        (100, 79, 20, True),
        (0, 0, 20, False),
        (100, 200, 0, False),
        (100, 99, 0, True),
        (100, 0, 100, False),
    ],
)
def test_the_shrink_guard(before: int, after: int, limit: float, stops: bool) -> None:
    """More rows than the limit may not vanish; exactly the limit may."""
    problem = shrink_problem(replace(job_of(Method.REPLACE), change_limit=limit), before, after)
    assert (problem is not None) is stops


def test_the_shrink_guard_says_the_numbers() -> None:
    """The message holds both counts, the difference and the limit."""
    problem = shrink_problem(job_of(Method.REPLACE), 12_480, 310)
    assert problem
    assert problem.what == (
        "The portal has 12,480 rows. Replacing would leave 310, which is 12,170 fewer (98%; the job's limit is 20%)"
    )
    for left, share in ((1, "99%"), (0, "100%")):
        found = shrink_problem(job_of(Method.REPLACE), 1_000, left)
        assert found
        assert f"({share}; " in found.what
    delete = shrink_problem(job_of(Method.DELETE), 10, 1)
    assert delete
    assert "Deleting would leave 1" in delete.what


def test_a_fixed_identifier_is_found_in_no_column() -> None:
    """A row identifier with a fixed value stands in no cell, so rows are named and not a column nobody wrote."""
    shape = shape_of(["Fee"])
    mapped = settle_mapping(shape, PERMITS, [ColumnChoice("", "", "ID", fixed_value="7")], ProblemLog()).find(
        PERMITS.row_identifier
    )
    assert mapped
    assert mapped.source is None
    log = ProblemLog()
    with closing(IdentifierIndex(numeric=False)) as index:
        check = IdentifierCheck(mapped, shape, index)
        check.add(["7", "7"], [2, 3], set(), log)
        check.finish(log)
    assert [where(problem) for problem in log.problems()] == [["Data!2:2, Data!3:3"]]
    assert where(known_identifiers_problem(mapped, shape, [("7", 2)], 1)) == ["Data!2:2"]
    assert where(unknown_identifiers_note(mapped, shape, [("7", 2)], 1)) == ["Data!2:2"]
    percents = PercentCheck(mapped, shape)
    percents.add(block_of([[0.45], [3]], formats={0: ["0%", "General"]}), set())
    percents.finish(log)
    assert len(log.problems()) == 1


def test_known_identifiers() -> None:
    """Adding rows that are there names the first cells and the count of all."""
    mapped = settle_mapping(shape_of(["ID"]), PERMITS, (), ProblemLog()).columns[0]
    problem = known_identifiers_problem(mapped, shape_of(["ID"]), [("x" * 100, 2)], 30)
    assert (problem.count, problem.blocks, where(problem)) == (30, True, ["Data!A2"])
    assert len(problem.places[0].value) == 60
