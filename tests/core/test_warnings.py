"""Warnings that only many cells together, or the sheet's shape, can give: each with what raises it and what does not."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import Outcome, column, dataset_of, job_of, make_table, planned, shape_of, where
from xl_datasync.core.checks import answered
from xl_datasync.core.checks.answers import advice
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.options import HiddenPolicy, topic_key
from xl_datasync.core.problems import Fault, Problem, Severity, guard, question, single
from xl_datasync.core.values import Doubt, ErrorValue, Stale, Value

HEADERS = ["Ward", "Kind", "Permits", "Fees", "Opened", "Notes"]
PERMITS = dataset_of(
    column("Ward"), column("Kind"), column("Permits", "number"), column("Fees", "number"), column("Opened"),
    column("Notes"),
)  # fmt: skip
ROW: list[Value] = ["North", "Sign", 5, 2.5, "2024", "none"]
TOTALS, NOTES, SUBTOTALS = "totals row", "notes below the data", "totals between the data"


def plan_of(rows: list[list[Value]], headers: list[str] = HEADERS, **more: object) -> Outcome:
    """The plan for rows of permits, for appending unless told otherwise."""
    job = more.pop("job", None) or job_of()
    return planned(job, more.pop("dataset", PERMITS), make_table(headers, rows, **more))


def told(rows: list[list[Value]], **more: object) -> dict[str, list[str]]:
    """The topics of warnings, without the labels of rows, with their places."""
    return {p.topic.split(" “")[0]: where(p) for p in plan_of(rows, **more).plan.problems if p.warns}


def sparse(*texts: Value) -> list[Value]:
    """A row with only its first cells filled."""
    return [*texts, *[None] * (len(HEADERS) - len(texts))]


class TestBelowTheData:
    """Totals and notes at the end."""

    @pytest.mark.parametrize(
        "row",
        [
            ["Total", None, 10, 5, None, None],
            ["Grand total:", None, 10, 5, None, None],
            ["TOTAL PERMITS", None, 10, None, None, None],
            ["Total", "all", 10, 5, "x", "y"],
            [None, "Total", 10, 5, None, None],
            [None, None, "sum", 5, None, None],
        ],
    )
    def test_a_totals_row_is_told(self, row: list[Value]) -> None:
        """With its row, however it is labelled."""
        assert told([ROW, ROW, row])[TOTALS] == ["Data!4:4"]

    @pytest.mark.parametrize(
        "text",
        [
            "Source: County Clerk", "Note: preliminary", "NOTES - see website", "* estimated", "† revised", "© 2024 City",
            "Prepared by the Clerk's office", "Data as of 1 May 2024", "As of 05/01/2024", "Last updated: 5/1/2024",
            "Page 1 of 3", "End of report", "Report generated 5/1/2024", "Fuente: Censo", "(1) Excludes renewals",
            "Anything that stands alone below full rows",
        ],
    )  # fmt: skip
    def test_notes_are_told(self, text: str) -> None:
        """Notes that people leave below their data, by their words or because they stand alone."""
        assert told([ROW, ROW, sparse(text)])[NOTES] == ["Data!4:4"]

    @pytest.mark.parametrize("width", [5, 10, 15])
    def test_a_fifth_of_the_columns(self, width: int) -> None:
        """What fills a fifth below full rows is a note; a cell more, and it is a record with blanks."""
        names = [f"C{number}" for number in range(width)]
        portal = dataset_of(*map(column, names))

        def found(filled: int) -> dict[str, list[str]]:
            last: list[Value] = ["see the ordinance"] * filled + [None] * (width - filled)
            return told([["x"] * width] * 8 + [last], headers=names, dataset=portal)

        assert found(width // 5) == {NOTES: ["Data!10:10"]}
        assert found(width // 5 + 1) == {}

    def test_several_rows(self) -> None:
        """From the last row up to the data, over blank rows; the message names each with its first words."""
        found = plan_of([ROW, ROW, sparse("Total", None, 10), sparse(), sparse("Source: Clerk"), sparse("* new")])
        problems = {p.topic.split(" “")[0]: p for p in found.plan.problems}
        assert where(problems[TOTALS]) == ["Data!4:4"]
        assert where(problems[NOTES]) == ["Data!7:7", "Data!6:6"]
        assert problems[NOTES].places[0].value == "* new"

    @pytest.mark.parametrize(
        "row",
        [
            ["Total Wine & More", "Sign", 5, 2.5, "2024", "none"],
            ["Summit", "Sign", 5, 2.5, "2024", "none"],
            ["Northern Source", "Sign", 5, 2.5, "2024", "none"],
            ["As of right", "Sign", 5, 2.5, "2024", "none"],
            ["South", None, 5, None, "2024", None],
            ["North", "Total", 5, 2.5, "2024", "none"],
            ["North", "Total", 5, 2.5, None, "none"],
        ],
    )
    def test_ordinary_last_rows(self, row: list[Value]) -> None:
        """Names that begin like a total, half-filled records and a category “Total” are records."""
        assert told([ROW, ROW, row]) == {}

    def test_a_row_that_begins_as_records_do(self) -> None:
        """A record left unfinished looks like a note; leaving out what it says would take others away. A total is none."""
        found = {p.topic.split(" “")[0]: p for p in plan_of([ROW, ROW, sparse("North")]).plan.problems}
        assert [place.label for place in found[NOTES].places] == [""]
        assert found[NOTES].remedy.startswith("Delete the row, or move it off the sheet. Notes belong")
        total = sparse("Total", None, 10)
        found = {p.topic.split(" “")[0]: p for p in plan_of([ROW, total, ROW, total]).plan.problems}
        assert [place.label for topic in (SUBTOTALS, TOTALS) for place in found[topic].places] == ["Total", "Total"]

    def test_the_only_row_is_a_record(self) -> None:
        """However little is in it."""
        assert told([sparse("North")]) == {}

    def test_sparse_sheets_have_sparse_last_rows(self) -> None:
        """Where other rows are hardly filled either, the last one is like them."""
        assert told([ROW, *[sparse("North")] * 20]) == {}

    def test_long_sheets(self) -> None:
        """The end is found whatever the blocks are, and is not looked for further up than notes are long."""
        rows = [*[ROW] * 99, sparse("Total", None, 1)]
        for size in (1, 7, 33, 100, 1000):
            assert told(rows, rows_per_block=size)[TOTALS] == ["Data!101:101"]

    def test_columns_not_sent_count_too(self) -> None:
        """A label beside the mapped columns tells that the row with its sums is no record."""
        headers, choices = ["Label", "Fee"], [ColumnChoice("Label", "", "", Send.IGNORE)]
        rows: list[list[Value]] = [["a", 1], ["b", 2], ["Total", 3]]
        fees = dataset_of(column("Fee", "number"))
        assert told(rows, headers=headers, dataset=fees, job=job_of(choices=choices))[TOTALS] == ["Data!4:4"]


class TestBetweenTheData:
    """Subtotals."""

    def test_subtotals_are_told(self) -> None:
        """With every row; those at the end are told as the totals row."""
        rows = [
            ROW,
            sparse("Subtotal", None, 5),
            ROW,
            sparse("North Total", None, 5),
            ROW,
            ROW,
            sparse("Total", None, 9),
        ]
        assert told(rows) == {SUBTOTALS: ["Data!3:3", "Data!5:5"], TOTALS: ["Data!8:8"]}

    @pytest.mark.parametrize(
        "label",
        [
            "Texas subtotal",
            "New Jersey total",
            "Subtotal X",
            "Week 1 total",
            "Average",
            "North - totals",
            "AVERAGE FEE",
        ],
    )
    def test_however_people_write_them(self, label: str) -> None:
        """In small letters, before or after what they are totals of; averages too. Each can be left out."""
        found = plan_of([ROW, sparse(label, None, 5), ROW, ROW]).plan.problems
        assert [(where(problem), problem.places[0].label) for problem in found] == [(["Data!3:3"], label)]

    def test_names_that_hold_such_words(self) -> None:
        """A record may be called so, as long as it is filled like one."""
        rows = [["Averages Diner", "Sign", 5, 2.5, "2024", "x"], ["Total", "Sign", 5, 2.5, "2024", "x"], ROW, ROW]
        assert told([*rows, ["Home total care", "Sign", 5, 2.5, None, "x"], ROW]) == {}

    def test_categories_are_none(self) -> None:
        """“Total” after other cells, or in a full row, is one of the record's own values."""
        full: list[Value] = ["Total", "Sign", 5, 2.5, "2024", "none"]
        rows = [["North", "Total", 5, 2.5, None, "x"], full, ["Total Wine", "Sign", 5, None, "2024", "x"], ROW]
        assert told(rows) == {}


class TestNumbers:
    """Numbers as text, lost zeros, no place."""

    def test_numbers_as_text_among_numbers(self) -> None:
        """They are sent as numbers, and told with their cells."""
        found = plan_of([ROW, ["North", "Sign", "5", 2.5, "2024", "x"], ["North", "Sign", " 7 ", 1, "2024", "x"]])
        assert [row[2] for row in found.rows] == ["5", "5", "7"]
        (problem,) = found.plan.problems
        assert (problem.topic, where(problem)) == ("numbers stored as text in Permits", ["Data!C3", "Data!C4"])
        assert problem.places[1].value == "7"

    def test_a_number_that_cannot_be_sent_is_told_once(self) -> None:
        """What looks like one but cannot be read is a problem of its cell, and no number stored as text besides."""
        found = plan_of([ROW, ["North", "Sign", "5", "1.234,5", "2024", "x"]]).plan.problems
        assert [(problem.what.split(" ")[0], where(problem)) for problem in found] == [
            ("text", ["Data!D3"]), ("number", ["Data!C3"]),
        ]  # fmt: skip

    def test_a_column_of_one_kind_is_no_mixture(self) -> None:
        """All as text, as in a text file, or numbers with blanks."""
        assert told([["a", "b", "5", "1", "c", "d"]] * 3) == {}
        assert told([ROW, ["a", "b", None, 1, "c", "d"]]) == {}

    def test_text_columns_take_both(self) -> None:
        """Digits as text where the portal has text, leading zeros and all."""
        assert told([["007", "1", 1, 1, "012", "x"], ["123", "2", 1, 1, "345", "x"]]) == {}

    def test_lost_zeros(self) -> None:
        """A number shorter than the codes around it, or than a ZIP code, has lost its zeros; a format may show them."""
        zips = dataset_of(column("ZIP"), column("Code"))
        rows: list[list[Value]] = [[6105, "0042"], [10001, 7], [6106, 123]]
        found = told(rows, headers=["ZIP", "Code"], dataset=zips)
        assert found == {
            "lost leading zeros in ZIP": ["Data!A2", "Data!A4"],
            "lost leading zeros in Code": ["Data!B4"],
        }
        formats = {0: ["00000"] * 3, 1: ["0000"] * 3}
        assert told(rows, headers=["ZIP", "Code"], dataset=zips, formats=formats) == {}

    def test_no_place(self) -> None:
        """Zero for both latitude and longitude; one of the two alone is a place."""
        places = dataset_of(column("Latitude", "number"), column("Longitude", "number"))
        found = told([[0, 0.0], [0, 7], [None, 0], [1, 0]], headers=["Latitude", "Longitude"], dataset=places)
        assert found == {"coordinates 0, 0 in Latitude": ["Data!A2"]}


class TestShape:
    """What the sheet hides, and its formulas."""

    def test_filtered_rows_are_told_from_hidden_ones(self) -> None:
        """Each with its own count, way out and first row."""
        shape = replace(
            shape_of(HEADERS),
            hidden_rows=frozenset({2, 3, 4}),
            filtered_rows=frozenset({3, 4}),
            filtered_by=("Ward", "D"),
        )
        found = plan_of([ROW] * 3, shape=shape).plan.problems
        assert {p.what: where(p) for p in found} == {
            "rows that the filter on “Ward”, “D” hides: 2": ["Data!3:3"],
            "rows that are hidden: 1": ["Data!2:2"],
        }
        assert (
            found[0].remedy == "Clear the filter (Data > Clear), or set the option “Hidden rows” to “Send” or “Skip”."
        )
        assert all(p.blocks for p in found)
        assert plan_of([ROW] * 3, shape=shape, job=job_of(hidden_rows=HiddenPolicy.SEND)).plan.problems == ()

    def test_hidden_columns(self) -> None:
        """Those that stay here are noted; one that the Column map sends warns until that is answered."""
        shape = shape_of([*HEADERS, "Cost", "Own"], hidden=(5, 6, 7))
        rows: list[list[Value]] = [[*ROW, 1, 2]]
        choices = [ColumnChoice("Notes", "", "Notes"), ColumnChoice("Own", "", "", Send.IGNORE)]
        notes, warning = sorted(
            plan_of(rows, shape=shape, job=job_of(choices=choices)).plan.problems, key=lambda p: p.warns
        )
        assert (notes.severity, notes.what) == (Severity.NOTE, "hidden columns are not sent: “Cost”")
        assert (warning.topic, where(warning)) == ("hidden column Notes", ["Data!F1"])
        job = job_of(choices=choices, answered=frozenset({"hidden column notes"}))
        assert not any(p.warns for p in plan_of(rows, shape=shape, job=job).plan.problems)

    @pytest.mark.parametrize(
        ("doubt", "topic", "words"),
        [
            (Doubt(Stale.BY_HAND, 3, "C"), "results of formulas", "calculates only when it is told to"),
            (Doubt(Stale.UNFINISHED, 3, "C"), "", "saved before they were calculated"),
            (Doubt(Stale.LINKED, 3, "C", ("a.xlsx",)), "values from other workbooks “a.xlsx”", "looked up: “a.xlsx”"),
        ],
    )
    def test_formulas_in_doubt(self, doubt: Doubt, topic: str, words: str) -> None:
        """Each reason with the first formula concerned; what is deleted has no values that could be old."""
        shape = replace(shape_of(HEADERS), doubts=(doubt,))
        (problem,) = plan_of([ROW], shape=shape).plan.problems
        assert (problem.topic, where(problem)) == (topic, ["Data!C3"])
        assert words in problem.what
        keyed = replace(PERMITS, row_identifier=PERMITS.columns[0])
        assert plan_of([ROW], shape=shape, dataset=keyed, job=job_of(Method.DELETE)).plan.problems == ()


class TestAnswers:
    """What is meant is said once."""

    @pytest.mark.parametrize(
        ("target", "value", "topic"),
        [
            ("text", "=SUM(A1)", "text like a formula in Any"),
            ("text", "@home", "text like a formula in Any"),
            ("text", "-x", "text like a formula in Any"),
            ("text", "x" * 32_767, "texts of 32,767 characters in Any"),
            ("text", "x" * 5_000, "long texts in Any"),
            ("number", 1e16, "numbers of 16 or more digits in Any"),
            ("number", "007", "leading zeros in Any"),
            ("calendar_date", dt.date(1901, 1, 1), "unusual years in Any"),
            ("calendar_date", dt.date(2101, 1, 1), "unusual years in Any"),
            ("point", "(0, 0)", "points at 0, 0 in Any"),
        ],
    )
    def test_every_warning_of_a_cell_has_a_topic(self, target: str, value: Value, topic: str) -> None:
        """A short one with its column's name; answered by it in any spelling, the warning becomes a note."""
        rows: list[list[Value]] = [[value]]
        dataset = dataset_of(column("Any", target))
        (warning,) = plan_of(rows, headers=["Any"], dataset=dataset).plan.problems
        assert (warning.severity, warning.topic) == (Severity.WARNING, topic)
        assert advice(warning).endswith(f"or write “{topic}” under “Warnings answered” on the Options sheet.")
        job = job_of(answered=frozenset({topic_key(f"  {topic.upper()} ")}))
        (note,) = plan_of(rows, headers=["Any"], dataset=dataset, job=job).plan.problems
        assert (note.severity, note.remedy, note.places) == (Severity.NOTE, "", warning.places)
        assert note.what == f"{warning.what}; you said that this is meant"

    @pytest.mark.parametrize("value", ["-5", "+1 555 123 4567", "- none", "a=b", "-", "+5.5%"])
    def test_texts_that_are_no_formulas(self, value: str) -> None:
        """Negative numbers, international phone numbers and dashes are left in peace."""
        assert told([[value]], headers=["Any"], dataset=dataset_of(column("Any"))) == {}

    def test_identifiers_that_are_nearly_the_same(self) -> None:
        """Those that differ only in case or spaces can be meant."""
        dataset = dataset_of(column("ID"), identifier="id")
        assert list(told([["A1"], ["a1"]], headers=["ID"], dataset=dataset)) == [
            "row identifiers that are nearly the same in ID"
        ]

    def test_the_words(self) -> None:
        """How to answer is told to whoever has no button for it; the problem itself holds what to mend."""
        warning = single("Sheet “Data”", Fault("odd", "Mend it.", Severity.WARNING, topic="odd rows"))
        assert answered([warning], job_of().options) == (warning,)
        assert advice(warning) == (
            "Mend it. If it is meant, say so in Check sheet's window, or write “odd rows” under “Warnings answered” on the "
            "Options sheet."
        )
        assert advice(replace(warning, severity=Severity.NOTE)) == "Mend it."

    def test_blank_rows(self) -> None:
        """Blank rows that separate parts of a sheet can be meant."""
        assert list(told([ROW, sparse(), ROW])) == ["blank rows: 1"]

    def test_what_cannot_be_answered(self) -> None:
        """A problem, a note, and what is asked before each run stay as they are, whatever was written down."""
        options = job_of(answered=frozenset({"odd rows"})).options
        fault = Fault("odd", "Mend it.", Severity.PROBLEM, topic="odd rows")
        kept: tuple[Problem, ...] = (
            guard("Job", "odd", "", "Go on"),
            single("Sheet", fault),
            question("Job", "odd", "", "Go on"),
            single("Sheet", replace(fault, severity=Severity.NOTE)),
        )
        assert answered(kept, options) == kept

    @pytest.mark.parametrize(
        ("rows", "topics"),
        [
            ([sparse("Grand total", None, 10)], ["totals row “Grand total”"]),
            ([sparse("Source: Clerk"), sparse("* new; old")], ["notes below the data “Source: Clerk”, “* new, old”"]),
            ([sparse("North Total", None, 5), ROW, sparse("North Total", None, 5), ROW, sparse("Total", None, 5), ROW],
             ["totals between the data “North Total”, “Total”"]),
        ],
    )  # fmt: skip
    def test_an_answer_goes_for_rows_that_say_the_same(self, rows: list[list[Value]], topics: list[str]) -> None:
        """The labels stand in the topic, each once, so that other rows warn again."""
        problems = [p for p in plan_of([ROW, ROW, *rows]).plan.problems if p.warns]
        assert [problem.topic for problem in problems] == topics
        job = job_of(answered=frozenset(map(topic_key, topics)))
        assert not any(p.warns for p in plan_of([ROW, ROW, *rows], job=job).plan.problems)
        assert told([ROW, ROW, ROW, sparse("Anything else")], job=job) == {NOTES: ["Data!5:5"]}

    def test_many_labels_are_cut_and_told_apart(self) -> None:
        """One cell holds the answer; with another label among them it is another."""
        long = "Source: the clerk's office of the county, which counts them every year"
        (cut,) = (p for p in plan_of([ROW, ROW, sparse(long)]).plan.problems)
        assert re.fullmatch(
            r"notes below the data “Source: the clerk's office of the count…” \([0-9a-f]{6}\)", cut.topic
        )
        labels = [f"* note {number}" for number in range(5)]
        first, other = (
            next(p.topic for p in plan_of([ROW, ROW, *map(sparse, some)]).plan.problems)
            for some in (labels, [*labels[:-1], "* new"])
        )
        assert re.fullmatch(r"notes below the data “\* note 0” and 4 more \([0-9a-f]{6}\)", first)
        assert (first[:39], first == other) == (other[:39], False)

    def test_topics_stand_in_one_cell(self) -> None:
        """A header with semicolons or line breaks gives a topic without them."""
        header = "Odd;\nheader"
        dataset = dataset_of(column(header, field_name="odd"))
        assert list(told([["=x"]], headers=[header], dataset=dataset)) == ["text like a formula in Odd, header"]


CELLS = st.one_of(
    st.sampled_from([
        None, "", " ", "Total", "Source: x", "219-09-9998", "860-555-1234", "(860) 555-1234", "a@b.org", "0042", "7", 7, 42,
        123, 6105, 0, 0.0, 1.5, True, "Mary Jones", dt.date(1990, 1, 2), dt.datetime(2024, 1, 2, 3), dt.time(1),
        dt.timedelta(hours=30), ErrorValue("#N/A"), "x" * 5000, "\x1f", "line\nbreak", "é", "\ud83d\ude00", "=1", 10**18,
    ]),
    st.text(max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
ODD_HEADERS = ["SSN", "Phone", "DOB", "Name", "ZIP", "Notes", "Latitude", "Longitude"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(ODD_HEADERS)), min_size=1, max_size=40), st.sampled_from([1, 3, 7]))
def test_blocks_make_no_difference(rows: list[tuple[Value, ...]], size: int) -> None:
    """Whatever cells hold, nothing breaks, and the same is found however the rows are cut into blocks."""
    dataset = dataset_of(*(column(h, "number" if h.endswith("tude") else "text") for h in ODD_HEADERS))

    def said(rows_per_block: int) -> list[tuple[object, ...]]:
        problems = plan_of(
            list(map(list, rows)), headers=ODD_HEADERS, dataset=dataset, rows_per_block=rows_per_block
        ).plan.problems
        return sorted((p.subject, p.what, p.count, tuple(sorted(map(str, p.places)))) for p in problems)

    assert said(size) == said(1000)


def test_a_wide_sheet() -> None:
    """Thousands of columns are looked at as readily as ten."""
    headers = [f"Remark {n}" for n in range(4000)]
    wide = dataset_of(*(column(header) for header in headers))
    rows: list[list[Value]] = [[f"fine {n}" for n in range(4000)]] * 3
    assert told([*rows, ["Total", *[None] * 3999]], headers=headers, dataset=wide) == {TOTALS: ["Data!5:5"]}


def test_a_column_without_a_header_is_not_dropped_unseen() -> None:
    """One that holds something is named by its letter and first cell; a blank one, and one that was settled, is not."""
    headers, rows = ["ID", "", "Name", ""], [["1", None, "x", None], ["2", "stray", "y", None]]
    dataset = dataset_of(column("ID"), column("Name"), identifier="id")
    outcome = planned(job_of(Method.UPSERT), dataset, make_table(headers, rows))
    (problem,) = outcome.plan.problems
    assert (problem.subject, problem.what, where(problem)) == (
        "Column B",
        "it has no header and is not sent",
        ["Data!B3"],
    )
    assert problem.remedy == "Give it a header, or choose its portal column in “Map columns”."
    settled = job_of(Method.UPSERT, [ColumnChoice("", "B", "", Send.IGNORE)])
    assert planned(settled, dataset, make_table(headers, rows)).plan.problems == ()


def test_a_place_that_nothing_fills_can_be_put_together() -> None:
    """Whoever replaces rows is told that a point may come from two columns."""
    dataset = dataset_of(column("Name"), column("Place", "point"))
    outcome = planned(job_of(Method.REPLACE), dataset, make_table(["Name", "x"], [["a", 1]]))
    remedy = outcome.found["the portal column “Place” has no column here; replacing would empty it"].remedy
    assert remedy == (
        "Put it together from several columns in “Map columns”, or: add the column to the sheet, or add it to the "
        "Column map with Send? set to “Leave blank”."
    )
