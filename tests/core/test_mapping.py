"""Which sheet column goes where: names, choices, guesses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import column, dataset_of, shape_of
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.mapping import ColumnChoice, Mapping, Send, settle_mapping
from xl_datasync.core.matching import Match
from xl_datasync.core.names import Name, squeeze, words_of
from xl_datasync.core.problems import Problem, ProblemLog

EXACT, SAME, GUESS, NONE = Match.EXACT, Match.SAME_NAME, Match.GUESS, None


def settled(
    headers: list[str], dataset: Dataset, *choices: ColumnChoice, hidden: tuple[int, ...] = ()
) -> tuple[Mapping, tuple[Problem, ...]]:
    """The mapping of a sheet with these headers, and what could not be settled."""
    log = ProblemLog()
    return settle_mapping(shape_of(headers, hidden=hidden), dataset, choices, log), log.problems()


def pairs(mapping: Mapping) -> dict[str, str]:
    """Sheet letters by the field name they fill; “=” for a fixed value."""
    return {m.column.field_name: m.source.letter if m.source else "=" for m in mapping.columns}


def choose(header: str, field: str, send: Send = Send.YES, letter: str = "", **more: str) -> ColumnChoice:
    """A row of the Column map."""
    return ColumnChoice(header, letter, field, send, where="'Column map'!B5", **more)


@pytest.mark.parametrize(
    ("header", "name", "field", "match"),
    [
        ("incident_date", "When it happened", "incident_date", EXACT), ("Case Number", "Case Number", "case_no", EXACT),
        # Weak spots of DataSync: capitals, short field names, symbols.
        ("FIRST_NAME", "First Name", "first_name", SAME), ("AGE", "Age", "age", SAME), ("incident_date", "ID", "id", NONE),
        ("Permit #", "Permit Number", "permit_number", SAME), ("incident_date", "Id", "id", NONE),
        # Case, accents, punctuation, spaces, line breaks, camelCase.
        ("firstName", "First Name", "first_name", SAME), ("Straße", "STRASSE", "strasse", SAME),
        ("Año", "Ano", "ano", SAME), ("An\u0303o", "Año", "a_o", SAME), ("Total\nfee ($)", "Total Fee", "total_fee", SAME),
        ("PERCENT COMPLETE", "% Complete", "complete", SAME), ("Parks & Rec", "Parks and Rec", "parks_rec", SAME),
        ("Nº", "No", "no", SAME), ("№ of units", "Number of Units", "units_n", SAME), ("PM2.5", "PM 2.5", "pm_2_5", SAME),
        ("the geom", "Geometry", "the_geom", SAME), ("2015 total", "Total of year", "_2015_total", SAME),
        ("HTTPStatus", "HTTP Status", "http_status", SAME), ("Precipitation (mm)", "PRECIPITATION MM", "p", SAME),
        # Guesses: abbreviations, plurals, order, slips.
        ("Lat", "Latitude", "latitude", GUESS), ("Insp Date", "Inspection Date", "inspection_date", GUESS),
        ("Permit No", "Permit Number", "permit_number", GUESS), ("DOB", "Birthdate", "birthdate", GUESS),
        ("Date of Incident", "Incident Date", "incident_date", GUESS), ("Zip", "Zip Code", "zip_code", GUESS),
        ("Inspections", "Inspection", "inspection", GUESS), ("Organisation", "Organization", "organization", GUESS),
        ("Recieved Date", "Received Date", "received_date", GUESS), ("Phone", "Telephone", "telephone", GUESS),
        ("Neighbourhood", "Neighborhood", "neighborhood", GUESS), ("fname", "First Name", "first_name", GUESS),
        ("Temp (avg)", "Average Temperature", "average_temperature", GUESS),
        # A wrong guess is worse than none.
        ("2019 Total", "2020 Total", "_2020_total", NONE), ("Address 1", "Address 2", "address_2", NONE),
        ("Address", "Address 2", "address_2", NONE), ("Start Date", "End Date", "end_date", NONE),
        ("Start Rate", "Start Date", "start_date", NONE), ("Phase I", "Phase II", "phase_ii", NONE),
        ("Class A", "Class B", "class_b", NONE), ("X Coordinate", "Y Coordinate", "y_coordinate", NONE),
        ("Payer Name", "Payee Name", "payee_name", NONE), ("Employer", "Employee", "employee", NONE),
        ("Inspector", "Inspection", "inspection", NONE), ("Contractor Name", "Contract Name", "contract_name", NONE),
        ("Licensee", "License", "license", NONE), ("Min Temp", "Max Temp", "max_temp", NONE),
        ("County", "Country", "country", NONE), ("State", "Stage", "stage", NONE), ("Count", "County", "county", NONE),
        ("Car", "Carrier", "carrier", NONE), ("Permit Type", "Permit Type Description", "permit_type_description", NONE),
        ("Property Address", "Address", "address", NONE), ("Latitude", "Altitude", "altitude", NONE),
        ("की", "का", "f1", NONE), ("名前", "名称", "f2", NONE), ("???", "!!!", "f3", NONE), ("", "Fee", "fee", NONE),
        ("Received By", "Receiver By", "receiver_by", NONE), ("Open Date", "Closed Date", "closed_date", NONE),
    ],
)  # fmt: skip
def test_names_of_real_life(header: str, name: str, field: str, match: Match | None) -> None:
    """Each header finds its column by the surest step there is, and never a column that means something else."""
    mapping, problems = settled([header], dataset_of(column(name, field_name=field)))
    assert [m.match for m in mapping.columns] == ([match] if match else [])
    assert not problems
    assert len(mapping.columns) + len(mapping.ignored) == 1
    assert len(mapping.columns) + len(mapping.unmapped) == 1


def test_surer_steps_go_first() -> None:
    """An exact field name beats an exact display name, which beats an equal name, whatever the order of columns."""
    dataset = dataset_of(column("Fee", field_name="fee_total"), column("Total", field_name="Fee"))
    mapping, _ = settled(["FEE", "Fee"], dataset)
    assert pairs(mapping) == {"fee_total": "A", "Fee": "B"}
    mapping, _ = settled(["total", "Fee", "fee total"], dataset)
    assert pairs(mapping) == {"fee_total": "C", "Fee": "B"}


def test_a_name_that_two_portal_columns_share_decides_nothing() -> None:
    """Where the portal has a display name twice, the first is not taken by chance; the API field name still decides."""
    dataset = dataset_of(column("Status", field_name="status_1"), column("Status", field_name="status_2"))
    assert pairs(settled(["Status"], dataset)[0]) == {}
    mapping, _ = settled(["Status", "status_2"], dataset)
    assert {m.column.field_name: m.match for m in mapping.columns} == {"status_2": Match.EXACT, "status_1": Match.GUESS}


def test_headers_that_are_alike_are_named_by_letter() -> None:
    """Of three columns with the column's name none is taken; the message has their letters."""
    mapping, (problem,) = settled(["Fee", "Fee", "Name", "Fee"], dataset_of(column("Fee"), column("Name")))
    assert pairs(mapping) == {"name": "C"}
    assert "columns A, B and D all have the name of the portal column “Fee”" in problem.what
    assert problem.places[0].where == "Data!D1"


def test_a_guess_must_be_the_clear_best() -> None:
    """Two equally good answers give no guess, from either side."""
    two = dataset_of(column("Inspection Date"), column("Inspector Date"))
    assert pairs(settled(["Insp Date"], two)[0]) == {}
    assert pairs(settled(["Insp Date", "Inspn Date"], dataset_of(column("Inspection Date")))[0]) in (
        {},
        {"inspection_date": "A"},
    )
    assert pairs(settled(["Fee Amt", "Amt Fee"], dataset_of(column("Fee Amount")))[0]) == {}


def test_hidden_columns_are_not_guessed() -> None:
    """A column nobody sees is taken by name only."""
    dataset = dataset_of(column("Latitude"))
    assert pairs(settled(["Lat"], dataset, hidden=(0,))[0]) == {}
    assert pairs(settled(["latitude"], dataset, hidden=(0,))[0]) == {"latitude": "A"}


@pytest.mark.parametrize(
    "portal", [column("Region", computed=True), column("Region", "document"), column("x", field_name=":@region")]
)
def test_columns_the_portal_fills_are_never_mapped(portal: object) -> None:
    """Neither a name nor a saved choice fills a column that cannot be written."""
    dataset = dataset_of(portal)
    header = portal.name
    mapping, problems = settled([header], dataset)
    assert (mapping.columns, mapping.unmapped, problems) == ((), (), ())
    mapping, (problem,) = settled([header], dataset, choose(header, header))
    assert mapping.columns == ()
    assert "itself; it cannot be sent" in problem.what


class TestChoices:
    """Rows of the Column map."""

    dataset = dataset_of(column("Fee", "number"), column("Name"), column("Note"))

    def test_a_choice_goes_before_names(self) -> None:
        """A saved choice wins over an equal name, and frees nothing twice."""
        mapping, problems = settled(["Fee", "Cost"], self.dataset, choose("COST", "fee"))
        assert pairs(mapping) == {"fee": "B"}
        assert mapping.columns[0].match is Match.CHOSEN
        assert not problems

    def test_ignored_and_left_blank(self) -> None:
        """Ignore leaves the sheet's column out; Leave blank leaves the portal's column empty on purpose."""
        mapping, problems = settled(
            ["Fee", "Name", "Note"], self.dataset, choose("Fee", "", Send.IGNORE), choose("", "Note", Send.LEAVE_BLANK)
        )
        assert pairs(mapping) == {"name": "B"}
        assert [c.letter for c in mapping.ignored] == ["A", "C"]
        assert [c.name for c in mapping.left_blank] == ["Note"]
        assert [c.name for c in mapping.unmapped] == ["Fee"]
        assert not problems

    def test_a_fixed_value_fills_a_column_without_a_sheet_column(self) -> None:
        """A fixed value goes last in the order of columns."""
        mapping, _ = settled(["Name"], self.dataset, choose("", "Note", fixed_value="2024"))
        assert pairs(mapping) == {"name": "A", "note": "="}
        assert mapping.columns[-1].source is None

    def test_letters_tell_equal_headers_apart(self) -> None:
        """The letter decides where headers are equal, in any case; without one the message asks for it."""
        headers = ["Fee", "Fee", "Name"]
        assert pairs(
            settled(headers, self.dataset, choose("fee", "Fee", letter="b"), choose("Fee", "", Send.IGNORE, "A"))[0]
        ) == {"fee": "B", "name": "C"}
        _, problems = settled(headers, self.dataset, choose("Fee", "Fee"))
        assert problems[0].what == "columns A and B are all called “Fee”"
        assert problems[0].remedy == "Write the letter of the one you mean."

    def test_a_letter_alone_names_a_column_without_a_header(self) -> None:
        """A column whose header is blank can be sent by its letter, one that has a header cannot."""
        mapping, problems = settled(["Name", ""], self.dataset, choose("", "Fee", letter="B"))
        assert pairs(mapping) == {"name": "A", "fee": "B"}
        assert not problems
        _, problems = settled(["Name", ""], self.dataset, choose("", "Fee", letter="A"))
        assert "column A" in problems[0].what

    def test_line_breaks_and_accents_do_not_matter(self) -> None:
        """A header copied with a line break, or stored in another Unicode form, is found."""
        dataset = dataset_of(column("Año fiscal", field_name="a_o_fiscal"))
        mapping, problems = settled(["An\u0303o\nfiscal"], dataset, choose("Año fiscal", "an\u0303o fiscal"))
        assert pairs(mapping) == {"a_o_fiscal": "A"}
        assert not problems

    @pytest.mark.parametrize(
        "second", [choose("Name", "fee"), choose("", "Fee", Send.LEAVE_BLANK), choose("", "fee", fixed_value="1")]
    )
    @pytest.mark.parametrize("turned", [False, True])
    def test_a_portal_column_is_settled_once(self, second: ColumnChoice, turned: bool) -> None:
        """Two rows for one portal column are a fault of the second, in either order."""
        rows = [choose("Fee", "Fee"), second]
        mapping, problems = settled(["Fee", "Name"], self.dataset, *(rows[::-1] if turned else rows))
        assert problems[0].what == "two rows settle the portal column “Fee”"
        assert len([c for c in (*(m.column for m in mapping.columns), *mapping.left_blank) if c.name == "Fee"]) == 1

    @pytest.mark.parametrize(
        ("choice", "words"),
        [
            (choose("Cost", "Fee"), "“Cost” is not a column of sheet “Data”"),
            (choose("Name", "Cost"), "“Cost” is not a column of dataset “Permits”"),
            (choose("Name", ""), "no portal field is named"),
        ],
    )
    def test_wrong_names_are_named(self, choice: ColumnChoice, words: str) -> None:
        """A name that is not there is a fault with the cell of its row."""
        _, (problem,) = settled(["Name"], self.dataset, choice)
        assert problem.what == words
        assert problem.places[0].where == "'Column map'!B5"

    def test_long_lists_are_cut(self) -> None:
        """A dataset of a hundred columns does not fill the screen."""
        dataset = dataset_of(*(column(f"C{i}") for i in range(100)))
        _, (problem,) = settled([], dataset, choose("", "Cost", fixed_value="1"))
        assert problem.remedy.endswith("C11 and 88 more.")

    def test_a_display_name_that_stands_twice(self) -> None:
        """Of two columns with one display name the API field name decides."""
        dataset = dataset_of(column("Status", field_name="s1"), column("Status", field_name="s2"))
        _, (problem,) = settled(["A"], dataset, choose("A", "Status"))
        assert problem.remedy == "Write its field name instead."
        assert pairs(settled(["A"], dataset, choose("A", "S2"))[0]) == {"s2": "A"}


WORDS = [
    "fee",
    "Fee",
    "FEE",
    "date",
    "Date",
    "start date",
    "Start Date",
    "id",
    "ID",
    "No",
    "number",
    "",
    "lat",
    "Latitude",
    "Año",
    "ano",
]
names = st.sampled_from(WORDS) | st.text(max_size=6)


@settings(max_examples=300, deadline=None)
@given(
    headers=st.lists(names, max_size=8),
    portal=st.lists(st.tuples(names, st.booleans()), max_size=8),
    chosen=st.lists(st.tuples(names, names, st.sampled_from(Send), st.sampled_from(["", "A", "B"])), max_size=4),
)
def test_nothing_is_filled_twice(
    headers: list[str], portal: list[tuple[str, bool]], chosen: list[tuple[str, str, Send, str]]
) -> None:
    """No portal column ever gets two sheet columns, and each is filled, left blank or unmapped, exactly once."""
    dataset = dataset_of(
        *(column(name or "x", field_name=f"f{i}", computed=fills) for i, (name, fills) in enumerate(portal))
    )
    choices = [ColumnChoice(header, letter, field, send, fixed_value="v") for header, field, send, letter in chosen]
    mapping, _ = settled([header.strip() for header in headers], dataset, *choices)
    settled_columns = [*(m.column for m in mapping.columns), *mapping.left_blank, *mapping.unmapped]
    assert sorted(c.field_name for c in settled_columns) == sorted(c.field_name for c in dataset.writable_columns)
    by_name = [m.source.index for m in mapping.columns if m.source and m.match is not Match.CHOSEN]
    assert len(by_name) == len(set(by_name))
    used = {m.source.index for m in mapping.columns if m.source}
    assert used.isdisjoint(c.index for c in mapping.ignored)
    assert len(used) + len(mapping.ignored) == len(headers)


def test_where_a_value_stands() -> None:
    """A value from the sheet stands in its cell; a fixed one belongs to the whole row, not to some cell."""
    shape, fixed = shape_of(["Colour", "Fee"]), ColumnChoice("", "", "Name", fixed_value="x")
    mapping, _ = settled(["Colour", "Fee"], dataset_of(column("Fee"), column("Name")), fixed)
    assert {m.column.name: m.address(shape, 7) for m in mapping.columns} == {"Fee": "Data!B7", "Name": "Data!7:7"}


@given(names, names)
def test_likeness_is_mutual(one: str, two: str) -> None:
    """Two names are as alike the one way round as the other, and a name is like itself."""
    assert Name.of(one).likeness(Name.of(two)) == pytest.approx(Name.of(two).likeness(Name.of(one)))
    assert Name.of(one).likeness(Name.of(one)) == (1.0 if Name.of(one).words else 0.0)


def test_words() -> None:
    """Words are told apart by case, signs and punctuation; marks of other scripts belong to them."""
    assert words_of("firstName_OF HTTPServer2 (%)") == ["first", "name", "of", "http", "server2", "percent"]
    assert squeeze("Permit #") == squeeze("PERMIT_NUMBER")
    assert words_of("हिन्दी नाम") == ["हिन्दी", "नाम"]


def test_thousands_of_columns_are_mapped_in_seconds() -> None:
    """Guessing compares each header with each column, cheaply."""
    headers = [
        f"Survey question {chr(97 + i % 26)}{chr(97 + i // 26 % 26)}{chr(97 + i // 676)} answers" for i in range(2000)
    ]
    dataset = dataset_of(*(column(f"Census reply {i} given", field_name=f"f{i}") for i in range(400)))
    start = time.perf_counter()
    settled(headers, dataset)
    assert time.perf_counter() - start < 5
