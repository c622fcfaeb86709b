"""Rows that a job leaves out for what they say: exactly those, each told, and a warning where they may be records."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.conftest import Outcome, column, dataset_of, job_of, make_table, planned, shape_of, where
from xl_datasync.core.checks.answers import advice
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import FaultyRows, Job
from xl_datasync.core.left_out import without_left_out
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.options import row_key, row_text, topic_key
from xl_datasync.core.problems import PLACES_KEPT, Problem, Severity
from xl_datasync.core.values import Value

HEADERS = ["ID", "Name", "Fee", "Own"]
PERMITS = dataset_of(column("ID"), column("Name"), column("Fee", "number"), identifier="id")
OWN = ColumnChoice("Own", "", "", Send.IGNORE)
TOTAL: list[Value] = ["Total", None, 3, None]
NOTE: list[Value] = ["Source: the clerk's office; counted every year", None, None, None]


def record(number: int, name: str = "x") -> list[Value]:
    """A row that is a record."""
    return [f"A{number}", name, number, None]


def sent(
    rows: list[list[Value]], *texts: str, method: Method = Method.UPSERT, block: int = 1000, **more: object
) -> Outcome:
    """The plan of a job that leaves out rows with these texts."""
    options = {key: more.pop(key) for key in list(more) if key in ("answered", "hidden_rows")}
    job: Job = job_of(method, [OWN], rows_left_out=frozenset(map(row_key, texts)), **options)
    return planned(job, more.pop("dataset", PERMITS), make_table(HEADERS, rows, rows_per_block=block, **more))


def told(outcome: Outcome) -> list[Problem]:
    """What is said of rows left out."""
    return [problem for problem in outcome.plan.problems if "left out, as the job says" in problem.what]


@pytest.mark.parametrize("block", [1, 2, 1000])
def test_they_are_not_sent_and_each_is_told(block: int) -> None:
    """Total and note go, however they are spelt and whatever faults they have; a note names them with their rows."""
    rows = [record(1), [" TOTAL\xa0", None, "n/a", None], record(2), record(3), [None] * 4, TOTAL, [None] * 4, NOTE]
    outcome = sent(rows, "total", row_text(str(NOTE[0])), block=block)
    assert [row[0] for row in outcome.rows] == ["A1", "A2", "A3"]
    (note,) = outcome.plan.problems
    assert (note.severity, note.subject, note.what) == (
        Severity.NOTE,
        "Sheet “Data”",
        "rows left out, as the job says: “TOTAL” (rows 3, 7), “Source: the clerk's office, counted every year” (row 9)",
    )
    assert (note.count, where(note)) == (3, ["Data!3:3", "Data!7:7", "Data!9:9"])
    assert outcome.plan.blank_rows == 0  # what follows is not data


@pytest.mark.parametrize(
    "row",
    [
        ["Total Wine & More", "x", 1, None],
        ["A9", "Total", 1, None],
        ["Subtotal", "x", 1, None],
    ],
)
def test_records_stay(row: list[Value]) -> None:
    """What only begins so, or says so in another cell than the first, is sent."""
    outcome = sent([record(1), row, record(2)], "Total")
    assert len(outcome.rows) == 3
    assert told(outcome) == []


def test_the_first_filled_cell_counts() -> None:
    """Blank cells before it are passed over, columns that are not sent count too; numbers and dates are no labels."""
    rows = [record(1), [None, "Total", 5, None], [None, None, None, "End of list"], [7, "x", 1, None]]
    assert [row[0] for row in sent(rows, "total", "end of list", "7").rows] == ["A1", "7"]


def test_a_long_text_stands_for_those_that_begin_so() -> None:
    """As the window writes it down; a short one with dots says only itself."""
    long = "Prepared by the office of the county clerk from returns of all markets on 1 May 2024"
    assert row_text(long) == "Prepared by the office of the county clerk from returns of …"
    rows = [record(1), [long, None, None, None], ["North", "x", 1, None]]
    assert [row[0] for row in sent(rows, row_text(long), "Nor…", "…").rows] == ["A1", "North"]


def test_full_rows_among_the_records_are_warned_of() -> None:
    """A category that happens to say the same must not vanish unseen; it can be meant. A full total at the end is none."""
    rows = [record(1), ["Total", "x", 1, None], ["Total", None, 2, None], record(2), ["Total", "all", 4, None]]
    outcome = sent(rows, "Total")
    warning, note = told(outcome)
    assert (warning.severity, warning.what, warning.remedy, where(warning)) == (
        Severity.WARNING,
        "row left out, as the job says, although most columns are filled: “Total” (row 3)",
        "If they are records, take their texts off “Rows left out” on the Options sheet.",
        ["Data!3:3"],
    )
    assert (note.severity, where(note)) == (Severity.NOTE, ["Data!4:4", "Data!6:6"])
    assert advice(warning).endswith(
        "write “up to 10 filled rows left out “Total”” under “Warnings answered” on the Options sheet."
    )
    answered = frozenset({topic_key(warning.topic)})
    assert [one.severity for one in told(sent(rows, "Total", answered=answered))] == [Severity.NOTE] * 2


def test_many_rows_are_warned_of() -> None:
    """More than a handful that are more than a tenth of all; fewer, or a small share, are a note."""
    few = [record(n) for n in range(20)]
    (warning,) = told(sent([*few, *[TOTAL] * 6], "Total"))
    assert (warning.severity, warning.count) == (Severity.WARNING, 6)
    assert warning.what == "rows left out, as the job says: “Total” (rows 22, 23, 24 and 3 more)"
    assert warning.topic == "up to 10 rows left out “Total”"
    for rows in ([*few, *[TOTAL] * 5], [*[record(n) for n in range(60)], *[TOTAL] * 6]):
        assert [one.severity for one in told(sent(rows, "Total"))] == [Severity.NOTE]


def test_records_with_a_blank_are_warned_of() -> None:
    """What fills more than half of the columns is no note, however many notes there are; a subtotal's sums are none."""
    notes: list[list[Value]] = [["Parks", None, None, None]] * (PLACES_KEPT + 1)
    rows = [record(1), *notes, ["Parks", None, 3, None], ["North Total", None, 3, None], record(2)]
    warning, note = told(sent(rows, "Parks", "North Total", answered=frozenset({"up to 2,000 rows left out “parks”"})))
    assert (warning.severity, where(warning)) == (Severity.WARNING, [f"Data!{PLACES_KEPT + 4}:{PLACES_KEPT + 4}"])
    assert (note.count, len(note.places)) == (PLACES_KEPT + 2, PLACES_KEPT)
    assert note.what.endswith(f"and {PLACES_KEPT - 2:,} more), “North Total” (row {PLACES_KEPT + 5})")


@pytest.mark.parametrize(("row", "kind"), [(NOTE, "rows"), (record(9), "filled rows")])
def test_an_answer_holds_for_about_as_many(row: list[Value], kind: str) -> None:
    """What was meant of eight rows was not said of fifty."""

    def found(many: int, *answers: str) -> Problem:
        rows = [*[["Parks", *row[1:]] for _ in range(many)], record(1)]
        (problem,) = told(sent(rows, "Parks", answered=frozenset(answers)))
        return problem

    answer = topic_key(found(8).topic)
    assert answer == f"up to 10 {kind} left out “parks”"
    assert [found(many, answer).severity for many in (10, 11)] == [Severity.NOTE, Severity.WARNING]
    assert [found(many).topic.split(" ")[2] for many in (11, 21, 50, 51, 101)] == ["20", "50", "50", "100", "200"]


def test_many_texts_are_not_all_named() -> None:
    """The sentence names the first; each place has its own."""
    labels = [f"Ward {number} total" for number in range(5)]
    (note,) = told(sent([record(1), *([label, None, 1, None] for label in labels)], *labels))
    assert note.what.endswith("“Ward 0 total” (row 3), “Ward 1 total” (row 4), “Ward 2 total” (row 5) and others")
    assert [place.value for place in note.places] == labels


def test_nothing_left_to_send() -> None:
    """Where all rows are left out there is nothing to send, and why is told."""
    outcome = sent([TOTAL], "Total")
    assert not outcome.plan.sendable
    assert [problem.what for problem in outcome.plan.problems] == [
        "it has no data rows to send",
        "row left out, as the job says: “Total” (row 2)",
    ]


@pytest.mark.parametrize("method", list(Method))
def test_every_method(method: Method) -> None:
    """No method sends such a row: none is added, and no identifier that says so is deleted."""
    dataset = dataset_of(*PERMITS.columns, identifier="id")
    outcome = sent([record(1), TOTAL, record(2)], "Total", method=method, dataset=dataset)
    assert [row[0] for row in outcome.rows] == ["A1", "A2"]
    assert len(told(outcome)) == 1


def test_a_job_that_sets_rows_aside() -> None:
    """A row that is left out is no faulty one, in the first pass and in the second; it is told once."""
    rows = [record(1), ["Total", None, "n/a", None], ["A2", "x", "n/a", None], record(3)]
    job = replace(job_of(Method.UPSERT, [OWN], rows_left_out=frozenset({"total"})), faulty_rows=FaultyRows.SET_ASIDE)
    outcome = planned(job, PERMITS, make_table(HEADERS, rows))
    assert [row[0] for row in outcome.rows] == ["A1", "A3"]
    assert list(outcome.plan.why_aside) == [4]
    assert [where(one) for one in told(outcome)] == [["Data!3:3"]]


def test_a_row_is_left_out_by_the_label_its_warning_names() -> None:
    """Whatever is told as total, subtotal or note with a label is gone once that label is among the job's texts."""
    long = "Prepared by the office of the county clerk; from returns of all markets, on 1 May 2024"
    rows = [record(1), ["North Total", None, 1, None], record(2), record(3), TOTAL, [long, None, None, None]]
    found = [problem for problem in sent(rows).plan.problems if problem.warns]
    labels = [place.label for problem in found for place in problem.places]
    assert min(labels) == "North Total"
    assert [problem for problem in sent(rows, *labels).plan.problems if problem.warns] == []
    assert advice(next(problem for problem in found if problem.topic.startswith("totals row"))) == (
        "Leave the row out, or delete it. Readers of the dataset would count it twice. To leave it out, write “Total” under "
        "“Rows left out” on the Options sheet. If it is meant, say so in Check sheet's window, or write "
        "“totals row “Total”” under “Warnings answered” on the Options sheet."
    )


def test_merged_cells_of_a_row_left_out() -> None:
    """A note is often merged over all columns: where the row is not sent that does no harm; elsewhere it does."""
    shape = replace(shape_of(HEADERS), merged=("A3:C3", "A4:A5"))
    found = sent([record(1), NOTE, record(2), NOTE], row_text(str(NOTE[0])), shape=shape).found
    problem = found["merged cells among the data; only the first cell has a value"]
    assert where(problem) == ["Data!A4:A5"]
    many = replace(shape, merged=(f"A{PLACES_KEPT + 9}:C{PLACES_KEPT + 9}",))
    assert sent([record(1), *[TOTAL] * (PLACES_KEPT + 10)], "Total", shape=many).plan.sendable


def test_a_row_without_a_label_of_its_own() -> None:
    """Where the first cell is a record's own, leaving out what it says would take records away: it is to be deleted."""
    rows = [record(1), ["A1", None, None, "Total"], record(2), record(3), ["A2", None, None, "Total"]]
    found = [problem for problem in sent(rows).plan.problems if problem.warns and "total" in problem.topic]
    assert [place.label for problem in found for place in problem.places] == [""]
    assert found[0].remedy.startswith("Delete the row, or move it off the sheet.")


@pytest.mark.parametrize("block", [1, 50, 1000])
@pytest.mark.parametrize(
    ("starts", "last", "label"),
    [
        ("parks ", "Parks", ""),
        ("Parks", "Parking", "Parking"),
        (f"{'Fees of ' * 9} in the north", f"{'Fees of ' * 9} in the south", ""),
        ("Total", "Total", "Total"),
    ],
)
def test_a_label_that_records_begin_with_too(starts: str, last: str, label: str, block: int) -> None:
    """However far above: leaving out what a half-typed row says would take them away. The label of a total stays."""
    wide = dataset_of(*(column(name) for name in "ABCDE"))
    rows: list[list[Value]] = [[starts, "b", "c", "d", None], *[list("vwxyz")] * 60, [last, None, None, None, None]]
    found = planned(job_of(Method.APPEND), wide, make_table(list("ABCDE"), rows, rows_per_block=block)).plan.problems
    (problem,) = [one for one in found if where(one) == ["Data!63:63"]]
    assert [place.label for place in problem.places] == [label]
    assert problem.remedy.startswith("Leave the row out" if label else "Delete the row")


def test_a_hundred_subtotals_have_a_label_each() -> None:
    """They are left out at once; one that is too long for the option would take records that begin so along."""
    rows = [row for n in range(100) for row in (record(n), [f"Ward {n} Total", None, None, None])]
    long = "The department of parks, of playgrounds and of swimming Total"
    found = [
        one for one in sent([*rows, [long, None, None, None], record(100), record(101)]).plan.problems if one.warns
    ]
    assert [(one.count, {bool(place.label) for place in one.places}) for one in found] == [(100, {True}), (1, {False})]
    labels = [place.label for place in found[0].places]
    assert [one.severity for one in told(sent(rows, *labels))] == [Severity.WARNING]  # a great many
    assert len(sent(rows, *labels).rows) == 100


def test_who_only_looks_sees_what_is_sent() -> None:
    """Blocks lose these rows in every column, their formats and links too; blocks without them are the same."""
    table = make_table(HEADERS, [record(1), TOTAL, record(2), record(3)], rows_per_block=2)
    blocks = list(without_left_out(table.blocks(), frozenset({"total"}), table.shape))
    assert [(list(block.rows), list(block.columns[0])) for block in blocks] == [([2], ["A1"]), ([4, 5], ["A2", "A3"])]
    assert [len(block.formats(2)) for block in blocks] == [len(block.links(2)) for block in blocks] == [1, 2]
    assert [len(block.rows) for block in without_left_out(table.blocks(), frozenset(), table.shape)] == [2, 2]
