"""Points and locations that are put together from several sheet columns."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.conftest import Outcome, block_of, column, dataset_of, job_of, make_table, planned, shape_of
from xl_datasync.core.column_map import PARTS_OF, TYPES_WITH_RULES
from xl_datasync.core.conversion import _RULE_MAKERS, make_converter
from xl_datasync.core.mapping import ColumnChoice, Mapping, Part, Send, settle_mapping
from xl_datasync.core.options import ErrorPolicy, JobOptions, NumberStyle
from xl_datasync.core.problems import Fault, Problem, ProblemLog, Severity
from xl_datasync.core.record import mapping_facts
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.values import ErrorValue, Value

LATITUDE, LONGITUDE, STREET, CITY, STATE, ZIP = Part
HEADERS = ["Lat", "Lon", "Street", "City", "State", "Zip"]
DATASET = dataset_of(column("Where", "point"), column("Address", "location"), column("Lat", "number"), column("Note"))


def part(header: str, held: Part, field: str = "Where", **more: object) -> ColumnChoice:
    """A row of the Column map for a part."""
    cells = {"Part of a place": "'Column map'!I5", "Sheet column": "'Column map'!B5", "Send?": "'Column map'!E5"}
    return ColumnChoice(header, "", field, part=held, where="'Column map'!A5", cells=cells, **more)


POINT = (part("Lat", LATITUDE), part("Lon", LONGITUDE))
ADDRESS = tuple(part(header, held, "Address") for header, held in zip(HEADERS, Part, strict=True))


def settled(*choices: ColumnChoice, headers: Sequence[str] = HEADERS) -> tuple[Mapping, tuple[Problem, ...]]:
    """The mapping of these rows, and what is wrong with them."""
    log = ProblemLog()
    return settle_mapping(shape_of(headers), DATASET, choices, log), log.problems()


def places(
    choices: Sequence[ColumnChoice],
    *rows: Sequence[Value],
    formats: dict[int, list[str]] | None = None,
    **options: object,
) -> tuple[list[str], list[tuple[int, str, Fault]]]:
    """What becomes of rows: the places, and the faults with their row and the letter of their column."""
    mapping, problems = settled(*choices)
    assert not problems
    mapped = next(m for m in mapping.columns if m.parts)
    converter = make_converter(mapped, JobOptions(**options))
    texts, faults = converter.convert(block_of([[*row, *[None] * (6 - len(row))] for row in rows], formats=formats))
    return texts, [(position, converter.source_of(fault).letter, fault) for position, fault in faults]


def words(faults: Sequence[tuple[int, str, Fault]]) -> list[tuple[int, str, str]]:
    """Row, letter and what is wrong."""
    return [(position, letter, fault.what) for position, letter, fault in faults]


class TestSettling:
    """Which rows make a place."""

    def test_two_rows_make_a_point(self) -> None:
        """The portal column is filled once, by two sheet columns, and neither is left out."""
        mapping, problems = settled(*POINT)
        assert not problems
        (point,) = mapping.columns
        assert point.parts == ((LATITUDE, point.sources[0]), (LONGITUDE, point.sources[1]))
        assert [source.letter for source in point.sources] == ["A", "B"]
        assert (point.source, point.subject) == (point.sources[0], "Column “Where”")
        assert [c.letter for c in mapping.ignored] == ["C", "D", "E", "F"]
        assert [c.name for c in mapping.unmapped] == ["Address", "Lat", "Note"]

    def test_a_part_is_sent_as_a_column_only_where_a_row_says_so(self) -> None:
        """Rows decide alone about the sheet columns they name; a latitude may be a number as well."""
        mapping, problems = settled(*POINT, ColumnChoice("Lat", "", "Lat"))
        assert not problems
        assert [(m.column.name, [s.letter for s in m.sources]) for m in mapping.columns] == [
            ("Lat", ["A"]),
            ("Where", ["A", "B"]),
        ]
        mapping, problems = settled(*POINT, ColumnChoice("Lat", "", "", Send.IGNORE))
        assert ([m.column.name for m in mapping.columns], problems) == (["Where"], ())

    def test_the_same_columns_may_make_two_places(self) -> None:
        """A point and a location can share latitude and longitude."""
        mapping, problems = settled(*POINT, *ADDRESS)
        assert ({m.column.name for m in mapping.columns}, problems) == ({"Where", "Address"}, ())

    @pytest.mark.parametrize(
        ("choices", "words", "where"),
        [
            (POINT[:1], "“Where” has a latitude and no longitude", "I5"),
            ((part("Lon", LONGITUDE, "Address"), part("City", CITY, "Address")),
             "“Address” has a longitude and no latitude", "I5"),
            ((*POINT, part("Zip", LATITUDE)), "two rows name the latitude of “Where”", "I5"),
            ((*POINT, part("City", CITY)), "“Where” is a point, which has only latitude and longitude", "I5"),
            ((part("City", CITY, "Note"),), "“Note” is neither a point nor a location, so it has no parts", "I5"),
            ((*POINT, part("", LATITUDE, "Address")), "no sheet column is named for the latitude", "B5"),
            ((ColumnChoice("City", "", "Where"), *POINT),
             "the portal column “Where” is settled as a whole by another row", "A5"),
            ((*POINT, ColumnChoice("City", "", "Where", where="'Column map'!A5")),
             "two rows settle the portal column “Where”", "A5"),
            ((*POINT, ColumnChoice("", "", "Where", Send.LEAVE_BLANK, where="'Column map'!A5")),
             "two rows settle the portal column “Where”", "A5"),
            ((part("Lat", LATITUDE, send=Send.LEAVE_BLANK),), "a part of a place cannot be left blank", "E5"),
            ((part("Lat", LATITUDE, keep_text=True), POINT[1]),
             "a latitude is a number, so nothing can be kept as text", "A5"),
            ((part("Latitude", LATITUDE), POINT[1]), "“Latitude” is not a column of sheet “Data”", "B5"),
        ],
    )  # fmt: skip
    def test_rows_that_make_no_place(self, choices: Sequence[ColumnChoice], words: str, where: str) -> None:
        """Each is a fault with its cell, says what to do, and nothing else is sent there by its name."""
        mapping, problems = settled(*choices)
        problem = problems[0]
        assert (problem.what, problem.places[0].where) == (words, f"'Column map'!{where}")
        assert problem.blocks
        assert problem.remedy.endswith(".")
        filled = {m.column.name for m in mapping.columns}
        assert "Note" not in filled

    def test_types_are_those_with_rules(self) -> None:
        """What the core calls a text column is what is converted as one."""
        assert _RULE_MAKERS.keys() == TYPES_WITH_RULES
        assert PARTS_OF.keys() <= TYPES_WITH_RULES


class TestPoints:
    """Latitude and longitude."""

    def test_longitude_goes_first(self) -> None:
        """Numbers, texts and numbers without an exponent; a row with neither is blank."""
        texts, faults = places(POINT, [47.61, -122.33], ["47.61", " -122.33 "], [None, ""], [0.00001, 1], [0, -5])
        assert texts == ["POINT (-122.33 47.61)", "POINT (-122.33 47.61)", "", "POINT (1 0.00001)", "POINT (-5 0)"]
        assert faults == []

    def test_the_number_style_counts(self) -> None:
        """Coordinates written with a comma are read where the job says so."""
        texts, faults = places(POINT, ["47,61", "-122,33"], number_style=NumberStyle.POINT_GROUPS)
        assert (texts, faults) == (["POINT (-122.33 47.61)"], [])

    def test_faults_name_the_cell_of_the_part(self) -> None:
        """Each part's trouble stands in its own column; what is blank is told where it is blank."""
        texts, faults = places(POINT, [91, -200], [47.6, None], ["", 5], ["north", True], [1, 2])
        assert texts == ["", "", "", "", "POINT (2 1)"]
        assert sorted(words(faults)) == [
            (0, "A", "coordinate outside -90 to 90 (latitude)"),
            (0, "B", "coordinate outside -180 to 180 (longitude)"),
            (1, "B", "longitude that is blank beside a latitude"),
            (2, "A", "latitude that is blank beside a longitude"),
            (3, "A", "text that is not a number (latitude)"),
            (3, "B", "TRUE or FALSE where a number is needed (longitude)"),
        ]
        assert all(fault.severity is Severity.PROBLEM for _, _, fault in faults)

    def test_doubtful_points_are_sent_with_a_warning(self) -> None:
        """0, 0 and a point that is in the United States the other way round are sent as they stand."""
        texts, faults = places(POINT, [0, 0], [-75.1, 39.9])
        assert texts == ["POINT (0 0)", "POINT (39.9 -75.1)"]
        assert [fault.severity for _, _, fault in faults] == [Severity.WARNING] * 2
        assert "swapped" in faults[1][2].what

    def test_errors_that_are_sent_blank_leave_the_point_blank(self) -> None:
        """Half a point is nothing, and nobody is told of it twice."""
        texts, faults = places(POINT, [ErrorValue("#N/A"), 5], error_cells=ErrorPolicy.BLANK)
        assert (texts, len(faults), faults[0][2].severity) == ([""], 1, Severity.WARNING)

    @given(st.floats(-90, 90), st.floats(-180, 180))
    def test_every_place_on_the_globe_is_a_point(self, north: float, east: float) -> None:
        """Whatever the numbers, the portal reads the same ones back."""
        (text,), faults = places(POINT, [north, east])
        x, y = text.removeprefix("POINT (").removesuffix(")").split(" ")
        assert (float(x), float(y)) == (pytest.approx(east, abs=1e-12), pytest.approx(north, abs=1e-12))
        assert "e" not in text.removeprefix("POINT").lower()
        assert all(fault.severity is Severity.WARNING for _, _, fault in faults)


class TestLocations:
    """Address and coordinates."""

    @pytest.mark.parametrize(
        ("row", "text"),
        [
            ([47.6, -122.3, "1 Main St", "Seattle", "WA", "98101"], "1 Main St\nSeattle, WA 98101\n(47.6, -122.3)"),
            ([None, None, "1 Main St", "Seattle", "WA", 98101], "1 Main St\nSeattle, WA 98101"),
            ([None, None, "1 Main St", "Seattle", "WA", None], "1 Main St\nSeattle, WA"),
            ([None, None, "1 Main St", "Seattle", None, None], "1 Main St\nSeattle"),
            ([None, None, "1 Main St\nApt 2", None, "WA", "98101"], "1 Main St Apt 2\n, WA 98101"),
            ([47.6, -122.3, None, None, None, None], "(47.6, -122.3)"),
            ([None, None, None, " ", None, None], ""),
        ],
    )
    def test_lines(self, row: Sequence[Value], text: str) -> None:
        """Street, city line and coordinates, each on a line of its own, blank ones left out."""
        assert places(ADDRESS, row) == ([text], [])

    def test_zip_codes_keep_their_zeros(self) -> None:
        """A number in the format 00000 is sent with its zeros; one without is told."""
        rows = [[None, None, "1 Main St", "Holtsville", "NY", 501]] * 2
        texts, faults = places(ADDRESS, *rows, formats={5: ["00000", "General"]})
        assert texts == ["1 Main St\nHoltsville, NY 00501", "1 Main St\nHoltsville, NY 501"]
        assert words(faults) == [(1, "F", "ZIP code of fewer than five digits")]

    def test_what_a_portal_would_read_otherwise(self) -> None:
        """Commas and spaces take an address apart, so that they stop it; a missing state is told."""
        texts, faults = places(
            ADDRESS,
            [None, None, "1 A St", "Troy, NY", "NY", "12180"],
            [None, None, "1 A St", "Troy", "New York", "12180"],
            [None, None, "1 A St", "Troy", None, "12180"],
            [1, None, "1 A St", "Troy", "NY", "12180"],
        )
        assert words(faults) == [
            (0, "D", "comma in a city"),
            (1, "E", "space in a state"),
            (2, "E", "state that is blank beside a ZIP code"),
            (3, "B", "longitude that is blank beside a latitude"),
        ]
        assert texts[2] == "1 A St\nTroy, 12180"

    def test_a_default_stands_in_where_there_is_a_place(self) -> None:
        """A state that is the same in all rows fills blank cells, and makes no place of a blank row."""
        choices = [part(c.sheet_column, c.part, "Address", default="WA" if c.part is STATE else "") for c in ADDRESS]
        texts, faults = places(choices, [None, None, "1 Main St", "Seattle", None, "98101"], [None] * 6)
        assert (texts, faults) == (["1 Main St\nSeattle, WA 98101", ""], [])

    def test_some_parts_are_enough(self) -> None:
        """A location of a street alone is one."""
        assert places(ADDRESS[2:3], [1, 2, "1 Main St"]) == (["1 Main St"], [])


def plan(*rows: Sequence[Value]) -> Outcome:
    """The plan of a sheet with a number and a point of the same column."""
    choices = [*POINT, ColumnChoice("Lat", "", "Lat"), ColumnChoice("", "", "Address", Send.LEAVE_BLANK)]
    return planned(job_of(choices=choices), DATASET, make_table(["Lat", "Lon", "Note"], rows))


def test_a_plan_with_a_point() -> None:
    """The CSV has the point in a column of its own, and the record says what it was made from."""
    outcome = plan([47.61, -122.33, "a"], [None, None, "b"])
    assert outcome.table == [
        ["lat", "where", "note"],
        ["47.61", "POINT (-122.33 47.61)", "a"],
        ["", "", "b"],
    ]
    assert outcome.plan.sendable
    facts = mapping_facts(JobResult(outcome.plan.job, State.CHECKED, plan=outcome.plan))
    assert {"from": "Lat + Lon", "field": "where", "match": "chosen"} in facts
