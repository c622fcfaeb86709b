"""A settled mapping written out as rows, which give the same mapping again; and rows that cannot be followed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import column, dataset_of, shape_of
from xl_datasync.core.dataset import Dataset
from xl_datasync.core.mapping import ColumnChoice, Mapping, Part, Send, choices_of, settle_mapping
from xl_datasync.core.matching import Match
from xl_datasync.core.problems import Problem, ProblemLog
from xl_datasync.core.values import TableShape

WORDS = ["fee", "Fee", "date", "Start Date", "id", "ID", "No", "number", "", "lat", "Latitude", "Año", "ano", "x\ny"]
names = st.sampled_from(WORDS) | st.text(max_size=5)
kinds = st.sampled_from(["text", "number", "point", "location", "checkbox"])


def settled(
    shape: TableShape, dataset: Dataset, choices: tuple[ColumnChoice, ...]
) -> tuple[Mapping, tuple[Problem, ...]]:
    """The mapping, and what could not be settled."""
    log = ProblemLog()
    return settle_mapping(shape, dataset, choices, log), log.problems()


def facts(mapping: Mapping) -> object:
    """What a mapping says, but not how it was found."""
    return (
        [(m.column, m.sources, m.parts, m.choice.fixed_value if m.choice else "") for m in mapping.columns],
        (mapping.ignored, mapping.unmapped, mapping.left_blank),
    )


@settings(max_examples=300, deadline=None)
@given(
    headers=st.lists(names, max_size=8),
    portal=st.lists(st.tuples(names, kinds, st.booleans()), max_size=8),
    chosen=st.lists(
        st.tuples(
            names, names, st.sampled_from(Send), st.sampled_from(["", "A", "B"]), st.none() | st.sampled_from(Part)
        ),
        max_size=6,
    ),
)
def test_written_rows_give_the_same_mapping(
    headers: list[str],
    portal: list[tuple[str, str, bool]],
    chosen: list[tuple[str, str, Send, str, Part | None]],
) -> None:
    """Whatever rows and names have settled, the rows that are written of it settle it again, without a fault."""
    shape = shape_of([header.strip() for header in headers])
    dataset = dataset_of(
        *(column(name or "x", kind, field_name=f"f{i}", computed=fills) for i, (name, kind, fills) in enumerate(portal))
    )
    rows = tuple(
        ColumnChoice(header.strip(), letter, field, send, fixed_value="v", part=part)
        for header, field, send, letter, part in chosen
    )
    first, _ = settled(shape, dataset, rows)
    written = choices_of(first)
    again, problems = settled(shape, dataset, written)
    assert problems == ()
    assert facts(again) == facts(first)
    assert all(mapped.match is Match.CHOSEN for mapped in again.columns)
    assert choices_of(again) == written


def test_every_column_of_the_sheet_gets_a_row() -> None:
    """Yes or Ignore for each, with its letter only where headers are alike or blank; portal columns left blank last."""
    dataset = dataset_of(column("Fee", "number"), column("Name"), column("Note"), column("Old"))
    rows = (ColumnChoice("Fee", "B", "Fee", default="0"), ColumnChoice("", "", "Note", fixed_value="x"),
            ColumnChoice("", "", "Old", Send.LEAVE_BLANK))  # fmt: skip
    mapping, problems = settled(shape_of(["Fee", "Fee", "NAME", "Other", ""]), dataset, rows)
    assert problems == ()
    assert choices_of(mapping) == (
        ColumnChoice("Fee", "A", "", Send.IGNORE),
        ColumnChoice("Fee", "B", "Fee", default="0"),
        ColumnChoice("NAME", "", "Name"),
        ColumnChoice("Other", "", "", Send.IGNORE),
        ColumnChoice("", "E", "", Send.IGNORE),
        ColumnChoice("", "", "Note", fixed_value="x"),
        ColumnChoice("", "", "Old", Send.LEAVE_BLANK),
    )


def test_parts_are_written_beside_the_column_itself() -> None:
    """A sheet column that is sent and is part of a point has a row for each."""
    dataset = dataset_of(column("Lat", "number"), column("Where", "point"))
    rows = (ColumnChoice("Lon", "", "Where", part=Part.LONGITUDE), ColumnChoice("Lat", "", "Where", part=Part.LATITUDE),
            ColumnChoice("Lat", "", "Lat"))  # fmt: skip
    mapping, _ = settled(shape_of(["Lat", "Lon"]), dataset, rows)
    assert choices_of(mapping) == (rows[2], rows[1], rows[0])


def test_the_display_name_is_written_where_it_is_clear() -> None:
    """People know display names; where two columns share one, the API field name is written."""
    dataset = dataset_of(
        column("Status", field_name="s1"), column("Status", field_name="s2"), column("Fee", field_name="fee_total")
    )
    mapping, _ = settled(shape_of(["s1", "s2", "Fee"]), dataset, ())
    assert [choice.portal_field for choice in choices_of(mapping)] == ["s1", "s2", "Fee"]


def test_a_column_the_portal_fills_does_not_stand_in_the_way_of_one_of_its_name() -> None:
    """Of two portal columns of one name, a row means the one that can be sent."""
    dataset = dataset_of(column("Region", computed=True, field_name="r1"), column("Region", field_name="r2"))
    mapping, problems = settled(shape_of(["Area"]), dataset, (ColumnChoice("Area", "", "Region"),))
    assert ([m.column.field_name for m in mapping.columns], problems) == (["r2"], ())


@pytest.mark.parametrize(
    ("rows", "what", "where", "remedy"),
    [
        ([ColumnChoice("Fee", "", "Fee"), ColumnChoice("Fee", "", "Name")],
         "column A is sent to two portal columns", "B6", "Keep one of the two rows."),
        ([ColumnChoice("Fee", "", "Fee"), ColumnChoice("fee", "", "", Send.IGNORE)],
         "column A is both sent and ignored", "B6", "Keep one of the two rows."),
        ([ColumnChoice("Fee", "", "", Send.IGNORE), ColumnChoice("Fee", "", "Fee")],
         "column A is both sent and ignored", "B6", "Keep one of the two rows."),
        ([ColumnChoice("", "", "Fee", Send.IGNORE)], "no sheet column is named that could be ignored", "B5",
         "Name the sheet column. To send nothing to a portal column, choose “Leave blank”."),
        ([ColumnChoice("Fee", "", "")], "no portal field is named", "D5",
         "Write one of: Fee, Name. To leave the sheet column out, choose “Ignore”."),
        ([ColumnChoice("", "", "", fixed_value="x")], "no portal field is named", "D5", "Write one of: Fee, Name."),
        ([ColumnChoice("", "C", "Fee")], "column C of sheet “Data” has a header, or is not there", "C5",
         "Correct the name, remove the row, or choose again in “Map columns”."),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_followed(rows: list[ColumnChoice], what: str, where: str, remedy: str) -> None:
    """Each is named by the cell that has to be changed."""
    headers = {"B": "Sheet column", "C": "Column letter", "D": "Portal field"}
    placed = tuple(
        ColumnChoice(**{**{f: getattr(row, f) for f in row.__dataclass_fields__},
                        "cells": {header: f"{letter}{number}" for letter, header in headers.items()}})
        for number, row in enumerate(rows, 5)
    )  # fmt: skip
    _, (problem,) = settled(shape_of(["Fee", "Name"]), dataset_of(column("Fee"), column("Name")), placed)
    assert (problem.what, problem.places[0].where, problem.remedy) == (what, where, remedy)
    assert problem.subject == "Column map"


def test_wide_sheets_are_written_at_once() -> None:
    """Sixteen thousand columns take no longer than a glance."""
    shape = shape_of([f"c{i}" for i in range(16_384)])
    dataset = dataset_of(*(column(f"c{i}") for i in range(500)))
    mapping, _ = settled(shape, dataset, ())
    assert len(choices_of(mapping)) == 16_384
