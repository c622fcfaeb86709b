"""The plan: one pass over the rows, everything counted, everything found."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import Outcome, column, dataset_of, job_of, make_table, planned, shape_of, where
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.mapping import ColumnChoice, Send
from xl_datasync.core.options import ErrorPolicy, HiddenPolicy, PercentStyle
from xl_datasync.core.problems import PLACES_KEPT, Severity
from xl_datasync.core.values import ErrorValue, TableShape

PERMITS = dataset_of(column("ID"), column("Fee", "number"), column("Issued", "calendar_date"), identifier="id")
LOG = dataset_of(column("Name"), column("Fee", "number"))
HEADERS = ["ID", "Fee", "Issued"]
DAY = dt.date(2024, 1, 2)


def plan(
    rows: list[list[object]],
    job: object = None,
    dataset: Dataset = PERMITS,
    headers: list[str] = HEADERS,
    **table: object,
) -> Outcome:
    """The plan for rows below headers."""
    return planned(job or job_of(Method.UPSERT), dataset, make_table(headers, rows, **table))


def test_a_sound_sheet() -> None:
    """What is planned is what the CSV holds: API field names, rows, size and hash."""
    outcome = plan([["A1", 5, DAY], ["A2", 2.5, None]])
    assert outcome.table == [["id", "fee", "issued"], ["A1", "5", "2024-01-02T00:00:00"], ["A2", "2.5", ""]]
    assert (outcome.plan.rows, outcome.plan.size, outcome.plan.problems) == (2, len(outcome.csv), ())
    assert outcome.plan.sha256 == hashlib.sha256(outcome.csv).hexdigest()
    assert outcome.plan.sendable


def test_faults_are_counted_beyond_those_shown() -> None:
    """All faults are counted, the first are placed with real row numbers, across blocks."""
    outcome = plan([[f"A{i}", "x", DAY] for i in range(PLACES_KEPT + 50)], rows_per_block=7)
    problem = outcome.found["text that is not a number"]
    assert (problem.count, problem.subject) == (PLACES_KEPT + 50, "Column “Fee”")
    assert where(problem) == [f"Data!B{row}" for row in range(2, 2 + PLACES_KEPT)]
    assert problem.places[0].value == "x"
    assert not outcome.plan.sendable


def test_three_faults_are_three_problems() -> None:
    """A sheet with three faults gives three problems in one run."""
    outcome = plan([["A1", "x", DAY], ["A2", 1, "03/04/2024"], ["A3", ErrorValue("#REF!"), DAY]])
    assert {p.what: where(p) for p in outcome.plan.problems} == {
        "text that is not a number": ["Data!B2"],
        "text date that can be read as day/month or as month/day": ["Data!C3"],
        "Excel error #REF!": ["Data!B4"],
    }


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b", "\xa0"])
def test_blank_rows_between_are_left_out(blank: str | None) -> None:
    """Rows that show nothing are not sent, are counted and named, and do not shift the rows after them."""
    outcome = plan([["A1", 1, DAY], [blank] * 3, ["A2", "x", DAY]])
    assert [row[0] for row in outcome.rows] == ["A1", "A2"]
    assert outcome.plan.blank_rows == 1
    assert where(outcome.found["blank rows between the data; they are passed over"]) == ["Data!3:3"]
    assert where(outcome.found["text that is not a number"]) == ["Data!B4"]


def test_a_row_that_lacks_only_its_identifier_is_no_blank_row() -> None:
    """A delete reads one column, but a row with other cells filled has lost its identifier and is not passed over."""
    outcome = plan([["A1", 1, DAY], [None, 2, DAY], [None, None, None], ["A2", 1, DAY]], job_of(Method.DELETE))
    assert outcome.table == [["id"], ["A1"], [""], ["A2"]]
    assert where(outcome.found["blank row identifier"]) == ["Data!A3"]
    assert outcome.plan.blank_rows == 1


def test_rows_with_only_ignored_cells_are_not_sent() -> None:
    """Without an identifier a footnote beside the mapped columns does not become an empty row of the dataset."""
    ignored = [None, None, "Total"]
    outcome = plan([["a", 1, "x"], ignored, ["b", 2, "y"], ignored], job_of(), LOG, ["Name", "Fee", "Remarks"])
    assert outcome.rows == [["a", "1"], ["b", "2"]]
    assert outcome.plan.blank_rows == 1  # the last one stands between nothing


class TestHiddenRows:
    """What is hidden or filtered away."""

    shape = TableShape("My data", shape_of(HEADERS).columns, 1, 2, hidden_rows=frozenset({3, 4}))
    rows = (["A1", 1, DAY], ["A2", "x", DAY], ["A3", 1, DAY])

    def test_the_job_stops_and_asks(self) -> None:
        """Unless the job says otherwise, nobody guesses whether hidden rows are meant."""
        outcome = plan(self.rows, shape=self.shape)
        assert where(outcome.found["rows that are hidden or filtered away: 2"]) == ["'My data'!3:3"]

    def test_they_are_skipped(self) -> None:
        """Skipped rows are neither sent nor complained of."""
        outcome = plan(self.rows, job_of(Method.UPSERT, hidden_rows=HiddenPolicy.SKIP), shape=self.shape)
        assert [row[0] for row in outcome.rows] == ["A1"]
        (note,) = outcome.plan.problems
        assert (outcome.plan.hidden_rows, note.severity) == (2, Severity.NOTE)

    def test_they_are_sent(self) -> None:
        """Sent rows are checked like any other."""
        outcome = plan(self.rows, job_of(Method.UPSERT, hidden_rows=HiddenPolicy.SEND), shape=self.shape)
        assert len(outcome.rows) == 3
        assert where(outcome.found["text that is not a number"]) == ["'My data'!B3"]


class TestIdentifiers:
    """Blank, doubled and nearly equal row identifiers."""

    def test_duplicates_are_named_together(self) -> None:
        """Equal identifiers, after trimming and in Unicode's one form, are one problem with all their cells."""
        outcome = plan([["A1", 1, DAY], ["é", 1, DAY], [" A1 ", 1, DAY], ["e\u0301", 1, DAY]])
        problem = outcome.found["row identifier that stands in more than one row"]
        assert where(problem) == ["Data!A2, Data!A4", "Data!A3, Data!A5"]
        assert problem.count == 2

    def test_near_duplicates_warn(self) -> None:
        """The portal tells a1 from A1 and adds a twin; that is worth knowing."""
        outcome = plan([["A1", 1, DAY], ["a1", 1, DAY], ["B", 1, DAY]])
        problem = outcome.found["row identifiers that differ only in capitals or spaces"]
        assert problem.severity is Severity.WARNING
        assert problem.places[0].value == "A1 / a1"
        assert outcome.plan.sendable

    def test_numbers_are_compared_as_numbers(self) -> None:
        """For a number column 7 and the text 007 are one identifier."""
        numbered = dataset_of(column("ID", "number"), column("Fee", "number"), identifier="id")
        outcome = plan([[7, 1], ["007", 1], [7.5, 1]], dataset=numbered, headers=["ID", "Fee"])
        assert where(outcome.found["row identifier that stands in more than one row"]) == ["Data!A2, Data!A3"]
        assert "text with leading zeros; the portal keeps the number without them" in outcome.found

    def test_float_and_text_identifiers_are_one(self) -> None:
        """12345.0 and the text 12345 are the same identifier in a text column."""
        assert "row identifier that stands in more than one row" in plan([[12345.0, 1, DAY], ["12345", 1, DAY]]).found

    def test_blank_ones_are_problems(self) -> None:
        """A blank identifier would fail the whole request (protocol §8); an error sent blank is one too."""
        outcome = plan([["A1", 1, DAY], [None, 1, DAY], [ErrorValue("#N/A"), 1, DAY]],
                       job_of(Method.UPSERT, error_cells=ErrorPolicy.BLANK))  # fmt: skip
        assert where(outcome.found["blank row identifier"]) == ["Data!A3", "Data!A4"]

    def test_a_faulty_one_is_not_called_blank_as_well(self) -> None:
        """One cell, one complaint."""
        outcome = plan([["A1", 1, DAY], [ErrorValue("#N/A"), 1, DAY]])
        assert [p.what for p in outcome.plan.problems] == ["Excel error #N/A"]

    @pytest.mark.parametrize("text", ["A\xa01", "A\u200b1"])
    def test_unseen_characters_warn(self, text: str) -> None:
        """What nobody sees inside an identifier keeps it from its twin on the portal."""
        outcome = plan([[text, 1, DAY]])
        assert where(outcome.found["row identifier with an invisible or non-breaking space"]) == ["Data!A2"]

    def test_spaces_at_the_ends_warn_where_they_are_kept(self) -> None:
        """The portal does not trim identifiers (protocol §8)."""
        outcome = plan([["A1 ", 1, DAY], ["A1", 1, DAY]], job_of(Method.UPSERT, trim_spaces=False))
        assert where(outcome.found["row identifier with spaces at its ends"]) == ["Data!A2"]
        assert "row identifiers that differ only in capitals or spaces" in outcome.found

    @pytest.mark.parametrize(
        "choice", [ColumnChoice("", "", "ID", fixed_value="X"), ColumnChoice("ID", "", "ID", default="X")]
    )
    def test_no_constant_identifiers(self, choice: ColumnChoice) -> None:
        """One value for the identifiers of several rows is refused."""
        outcome = plan([["A1", 1, DAY]], job_of(Method.UPSERT, [choice]))
        assert any("is the row identifier; one value for several rows" in what for what in outcome.found)


class TestConstants:
    """Fixed and default values."""

    def test_they_are_converted(self) -> None:
        """A fixed value fills every row, a default the empty cells, both in the portal's form."""
        choices = [
            ColumnChoice("", "", "Issued", fixed_value="2024-01-02"),
            ColumnChoice("Fee", "", "Fee", default="0"),
        ]
        outcome = plan([["A1", None], ["A2", 5]], job_of(Method.UPSERT, choices), headers=["ID", "Fee"])
        assert outcome.rows == [["A1", "0", "2024-01-02T00:00:00"], ["A2", "5", "2024-01-02T00:00:00"]]
        assert outcome.plan.problems == ()

    @pytest.mark.parametrize(
        "choice",
        [
            ColumnChoice("", "", "Fee", fixed_value="n/a", where="M!F5"),
            ColumnChoice("Fee", "", "Fee", default="n/a", where="M!F5"),
        ],
    )
    def test_what_the_type_refuses_is_a_fault_of_the_column_map(self, choice: ColumnChoice) -> None:
        """A value the column cannot hold is named where it is written, once."""
        outcome = plan([["A1", None, DAY]] * 1, job_of(Method.UPSERT, [choice]))
        problem = outcome.found["the default or fixed value for “Fee”: text that is not a number"]
        assert (where(problem), problem.places[0].value, problem.count) == (["M!F5"], "n/a", 1)
        assert not outcome.plan.sendable

    def test_nothing_given(self) -> None:
        """A row of the Column map without column and value is a fault."""
        outcome = plan(
            [["A1", 1]], job_of(Method.UPSERT, [ColumnChoice("", "", "Issued", where="M!B5")]), headers=["ID", "Fee"]
        )
        assert where(outcome.found["neither a sheet column nor a fixed value is given"]) == ["M!B5"]

    def test_a_fraction_for_a_percentage_warns(self) -> None:
        """Excel makes 0.45 of a typed 45%; the portal would show 0.45%."""
        portal = dataset_of(column("Name"), column("Share", "percent"))
        outcome = plan(
            [["a"]], job_of(Method.APPEND, [ColumnChoice("", "", "Share", fixed_value="0.45")]), portal, ["Name"]
        )
        assert any("it is sent as 0.45%" in what for what in outcome.found)

        blank = job_of(Method.APPEND, [ColumnChoice("", "", "Share", fixed_value=" ")])
        assert plan([["a"]], blank, portal, ["Name"]).rows == [["a", ""]]


class TestPercentages:
    """Percentages and plain numbers in one column."""

    portal = dataset_of(column("Name"), column("Share", "percent"))

    def shares(self, values: list[object], codes: list[str], rows_per_block: int = 1000, **options: object) -> Outcome:
        """The plan for one percentage column."""
        rows = [["n", value] for value in values]
        return plan(
            rows,
            job_of(Method.APPEND, **options),
            self.portal,
            ["Name", "Share"],
            formats={1: codes},
            rows_per_block=rows_per_block,
        )

    @pytest.mark.parametrize("rows_per_block", [1, 2, 1000])
    def test_a_mixture_stops(self, rows_per_block: int) -> None:
        """45% and a plain 0.3 cannot both be meant; the cells of the rarer kind are named, however rows are gathered."""
        outcome = self.shares([0.45, 0.5, 0.3, None, 0], ["0%", "0%", "General", "General", "General"], rows_per_block)
        problem = outcome.found["plain number among percentages"]
        assert (where(problem), problem.count) == (["Data!B4"], 1)
        outcome = self.shares([45, 50, 0.3], ["General", "General", "0%"], rows_per_block)
        assert where(outcome.found["percentage among plain numbers"]) == ["Data!B4"]

    def test_one_kind_passes(self) -> None:
        """All percentages, or all plain numbers, are as they should be."""
        assert self.shares([0.45, 0.5], ["0%", "0.0%"]).rows == [["n", "45"], ["n", "50"]]
        assert self.shares([45, 50], ["General", "0"]).plan.problems == ()

    def test_the_job_may_settle_it(self) -> None:
        """As stored sends what Excel stores and asks no more."""
        outcome = self.shares([0.45, 45], ["0%", "0"], percent_style=PercentStyle.AS_STORED)
        assert (outcome.rows, outcome.plan.problems) == ([["n", "0.45"], ["n", "45"]], ())


def test_delete_takes_only_the_identifier() -> None:
    """Faults of other columns do not matter to a delete, and nothing else is sent."""
    choices = [ColumnChoice("Cost", "", "Fee")]
    outcome = plan(
        [["A1", "x", "y"], ["A2", ErrorValue("#N/A"), None]],
        job_of(Method.DELETE, choices),
        headers=["ID", "Cost", "Issued"],
    )
    assert outcome.table == [["id"], ["A1"], ["A2"]]
    assert outcome.plan.problems == ()


def test_an_empty_sheet_is_refused() -> None:
    """No rows are a problem, whatever the method."""
    for method in Method:
        outcome = planned(job_of(method), PERMITS, make_table(HEADERS, []))
        assert "it has no data rows to send" in outcome.found
        assert not outcome.plan.sendable


def test_a_full_sheet_warns() -> None:
    """At Excel's last row more may have been cut off."""
    shape = TableShape("Data", shape_of(HEADERS).columns, 1, 1_048_576)
    outcome = plan([["A1", 1, DAY]], shape=shape)
    assert "the sheet is full to its last row; more may have been cut off" in outcome.found


def test_left_blank_columns_are_not_sent() -> None:
    """A portal column that is left blank on purpose is no problem for a replace."""
    choices = [ColumnChoice("", "", "Issued", Send.LEAVE_BLANK)]
    outcome = plan([["A1", 1]], job_of(Method.REPLACE, choices), headers=["ID", "Fee"])
    assert (outcome.table[0], outcome.plan.problems) == (["id", "fee"], ())
    outcome = plan([["A1", 1]], job_of(Method.REPLACE), headers=["ID", "Fee"])
    assert "replacing would empty it" in outcome.plan.problems[0].what


def test_links_go_to_web_address_columns() -> None:
    """For a web address the cell's hyperlink is sent, unless it leads to a place in the workbook."""
    portal = dataset_of(column("Site", "url"))
    links = {0: ["https://a.gov", None, "#Data!A1"]}
    outcome = plan([["our site"], ["https://b.gov"], ["https://c.gov"]], job_of(), portal, ["Site"], links=links)
    assert outcome.rows == [["https://a.gov"], ["https://b.gov"], ["https://c.gov"]]


cells = st.tuples(
    st.none() | st.sampled_from(["A1", "a1", "é", "e\u0301", " ", "\u200b"]) | st.integers(0, 3),
    st.none() | st.integers(-5, 5) | st.floats(-9, 9) | st.sampled_from(["1", "x", "007", ErrorValue("#N/A")]),
    st.none() | st.dates() | st.datetimes() | st.sampled_from(["2024-01-01", "1/2/24", 5]),
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(cells.map(list), min_size=1, max_size=8),
    percents=st.lists(st.sampled_from(["General", "0%"]), min_size=8, max_size=8),
    method=st.sampled_from(Method),
    hidden=st.frozensets(st.integers(2, 9)),
    policy=st.sampled_from(HiddenPolicy),
)
def test_how_rows_are_gathered_does_not_matter(
    rows: list[list[object]], percents: list[str], method: Method, hidden: frozenset[int], policy: HiddenPolicy
) -> None:
    """One block of all rows and a block for each row give the same file, the same counts and the same problems."""
    portal = dataset_of(column("ID"), column("Fee", "percent"), column("Issued", "calendar_date"), identifier="id")
    shape = TableShape("Data", shape_of(HEADERS).columns, 1, 2, hidden_rows=hidden)
    formats = {1: percents[: len(rows)]}
    whole, single = (
        planned(
            job_of(method, hidden_rows=policy),
            portal,
            make_table(HEADERS, rows, formats=formats, rows_per_block=size, shape=shape),
        )
        for size in (1000, 1)
    )
    assert whole.csv == single.csv
    assert (whole.plan.rows, whole.plan.blank_rows, whole.plan.hidden_rows) == (
        single.plan.rows, single.plan.blank_rows, single.plan.hidden_rows,
    )  # fmt: skip
    assert sorted(whole.plan.problems, key=str) == sorted(single.plan.problems, key=str)
