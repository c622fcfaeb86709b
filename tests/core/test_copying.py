"""Which column of a dataset goes where when it is copied, and every difference that stands in the way."""

from __future__ import annotations

import pytest

from xl_datasync.core.connection import Connection
from xl_datasync.core.copying import CopyPlan, field_name_of, plan_copy
from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES, UNWRITABLE_TYPES, Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import PortJob, What
from xl_datasync.core.mapping import ColumnChoice, Send

HERE, THERE = Connection("Here", "https://here.example"), Connection("There", "https://there.example")
RIGHTS = frozenset({"read", "write", "add", "delete"})
KEY, FEE, NOTE = Column(1, "Key", "key", "text"), Column(2, "Fee", "fee", "number"), Column(3, "Note", "note", "text")


def dataset(
    *columns: Column, identifier: Column | None = None, dataset_id: str = "srce-data", **more: object
) -> Dataset:
    """A dataset of these columns."""
    facts = {"link": "", "rights": RIGHTS, "row_identifier": identifier, **more}
    return Dataset(dataset_id, "Source" if dataset_id == "srce-data" else "Destination", columns=columns, **facts)


def destination(*columns: Column, identifier: Column | None = None, **more: object) -> Dataset:
    """A dataset that rows are copied to."""
    return dataset(*columns, identifier=identifier, dataset_id="dest-data", **more)


def plan(
    source: Dataset, target: Dataset | None = None, *choices: ColumnChoice, method: Method = Method.REPLACE,
    portal: Connection = THERE, signed_in: bool = True,
) -> CopyPlan:  # fmt: skip
    """The plan of a copy."""
    what = What.BOTH if target is None else What.ROWS
    dataset_id = target.id if target else ""
    job = PortJob("Copy", portal, HERE, source.id, what, dataset_id, method, choices=choices, where="Jobs!B5")
    return plan_copy(job, source, target, signed_in=signed_in)


def choice(column: str = "", field: str = "", send: Send = Send.YES, **more: str) -> ColumnChoice:
    """A row of the Column map."""
    return ColumnChoice(column, "", field, send, where="Column map!A5", **more)


def found(made: CopyPlan, severity: str) -> list[str]:
    """What was found of one severity, in words."""
    return [f"{p.subject}: {p.what}" for p in made.problems if p.severity.value == severity]


class TestNewDataset:
    """A dataset that has to be made."""

    @pytest.mark.parametrize("type_name", sorted(UNWRITABLE_TYPES))
    def test_types_that_cannot_be_written(self, type_name: str) -> None:
        """They are left out, and named with their type."""
        made = plan(dataset(KEY, Column(4, "Odd", "odd", type_name)))
        assert made.targets == (Column(0, "Key", "key", "text"),)
        assert found(made, "note") == [f"Column “Odd”: left out: values of type “{type_name}” cannot be written"]
        assert made.sendable

    @pytest.mark.parametrize(
        "column", [Column(4, "Area", ":@computed_region_ab12", "number"), Column(5, "Made at", ":created_at", "date"),
                   Column(6, "Place", "place", "text", computed=True)],
    )  # fmt: skip
    def test_columns_the_portal_fills(self, column: Column) -> None:
        """Computed and system columns are left out, and named."""
        made = plan(dataset(KEY, column))
        assert found(made, "note") == [f"Column “{column.name}”: left out: it is filled by the portal itself"]
        assert [c.field_name for c in made.targets] == ["key"]

    @pytest.mark.parametrize("type_name", sorted(NUMBER_TYPES | GEOMETRY_TYPES | {"text", "url", "location", "json"}))
    def test_types_that_can(self, type_name: str) -> None:
        """All others are copied as they are, but for the id, which the portal gives."""
        column = Column(7, "A", "a", type_name, "What it is", {"view": "x"}, frozenset({"hidden"}), width=99)
        (target,) = plan(dataset(column)).targets
        assert target == Column(0, "A", "a", type_name, "What it is", {"view": "x"}, frozenset({"hidden"}), width=99)

    def test_nothing_that_could_be_copied(self) -> None:
        """A dataset of files alone cannot be copied."""
        assert found(plan(dataset(Column(1, "Scan", "scan", "document"))), "problem") == [
            "Source “Source”: no column of it can be copied"
        ]

    def test_the_identifier_goes_with_its_column(self) -> None:
        """Renamed, it is the identifier by its new name; ignored, the new dataset has none, with a warning."""
        source = dataset(KEY, FEE, identifier=KEY)
        assert plan(source).blueprint.row_identifier == "key"
        assert plan(source, None, choice("Key", "Permit No.")).blueprint.row_identifier == "permit_no"
        without = plan(source, None, choice("key", send=Send.IGNORE))
        assert without.blueprint.row_identifier == ""
        assert found(without, "warning") == [
            "Source “Source”: the row identifier “Key” is left out, so the new dataset has none"
        ]

    @pytest.mark.parametrize(
        ("name", "field"),
        [("Permit No.", "permit_no"), ("2026 fees", "_2026_fees"), ("Ä", "a"), ("مرحبا", "own"), ("😀", "own"),
         (" — ", "own"), ("A_b", "a_b")],
    )  # fmt: skip
    def test_field_names_of_display_names(self, name: str, field: str) -> None:
        """A renamed column's field name is what a portal would make of it, or its own where nothing would be left."""
        assert field_name_of(name, "own") == field

    def test_two_columns_of_one_name(self) -> None:
        """Whichever of the two the map names is shown, first or second."""
        for row in (choice("Key", "Fee"), choice("Fee", "Key")):
            made = plan(dataset(KEY, FEE), None, row)
            assert not made.sendable
            (problem,) = (problem for problem in made.problems if problem.blocks)
            assert [place.where for place in problem.places] == ["Column map!A5"]

    @pytest.mark.parametrize(
        ("row", "words"),
        [
            (choice("Nothing", "x"), "Column map: the source has no column “Nothing”"),
            (choice("Key", "key", default="x"), "Column map: fixed and default values are not for copied datasets"),
            (choice("", "key", fixed_value="x"), "Column map: fixed and default values are not for copied datasets"),
            (
                choice("Key", "key", keep_text=True),
                "Column map: parts of places and rules for reading cells are not for copied datasets",
            ),
            (choice("", "key", Send.LEAVE_BLANK), "Column map: a new dataset has no columns but those that are copied"),
        ],
    )
    def test_rows_of_the_map_that_mean_nothing(self, row: ColumnChoice, words: str) -> None:
        """Each stops the copy, with its cell."""
        made = plan(dataset(KEY, FEE), None, row)
        assert found(made, "problem") == [words]
        assert made.problems[0].places[0].where == "Column map!A5"


class TestRowsOnly:
    """Rows to a dataset that is there: the schemas are compared first."""

    def test_the_same_schema(self) -> None:
        """Nothing is said, and every column fills its namesake, by field name or else by display name."""
        source = dataset(KEY, FEE, identifier=KEY)
        made = plan(source, destination(KEY, FEE, identifier=KEY))
        assert (made.problems, made.field_names) == ((), {"key": "key", "fee": "fee"})
        other_names = destination(Column(1, "Key", "permit_key", "text"), Column(2, "x", "FEE", "number"))
        assert plan(dataset(KEY, FEE), other_names).field_names == {"key": "permit_key", "fee": "FEE"}

    def test_every_difference_at_once(self) -> None:
        """Missing, extra, type, order and identifier: each has a line of its own."""
        text_fee = Column(9, "Fee", "fee", "text")
        made = plan(
            dataset(KEY, FEE, NOTE, identifier=KEY), destination(text_fee, Column(8, "New", "new", "text"), KEY)
        )
        assert found(made, "problem") == [
            "Column “Note” (note): the destination has no column “note”",
            "Column “Fee” (fee): it is a “number” here and a “text” at the destination",
            "Column “New” (new) of the destination: the source has no such column; replacing would empty it",
        ]
        assert found(made, "note") == [
            "Destination “Destination” (dest-data): its columns stand in another order",
            "Destination “Destination” (dest-data): it has no row identifier; the source's is “Key”",
        ]

    def test_an_extra_column_is_kept_by_an_upsert(self) -> None:
        """A column of the destination alone stops a replace; an upsert leaves it as it is and says so."""
        made = plan(dataset(KEY, identifier=KEY), destination(KEY, NOTE, identifier=KEY), method=Method.UPSERT)
        assert made.sendable
        assert found(made, "note") == [
            "Column “Note” (note) of the destination: the source has no such column; it is left as it is"
        ]

    def test_blank_on_purpose(self) -> None:
        """“Leave blank” lets a replace empty a column; for one that is not there it is a fault."""
        source, target = dataset(KEY), destination(KEY, NOTE)
        assert plan(source, target, choice("", "Note", Send.LEAVE_BLANK)).problems == ()
        wrong = plan(source, target, choice("", "note", Send.LEAVE_BLANK), choice("", "Nope", Send.LEAVE_BLANK))
        assert found(wrong, "problem") == ["Column map: the destination has no column “Nope” that would be left blank"]

    @pytest.mark.parametrize(("ours", "theirs", "fits"), [
        ("number", "money", True), ("percent", "double", True), ("text", "number", False), ("number", "text", False),
        ("calendar_date", "date", False), ("point", "location", False), ("text", "url", False),
    ])  # fmt: skip
    def test_types_that_fit(self, ours: str, theirs: str, fits: bool) -> None:
        """Numbers of all kinds hold the same values; any other two types do not."""
        made = plan(dataset(Column(1, "A", "a", ours)), destination(Column(1, "A", "a", theirs)))
        assert made.sendable is fits

    @pytest.mark.parametrize("method", [Method.REPLACE, Method.UPSERT])
    def test_another_identifier(self, method: Method) -> None:
        """Rows that are told apart by another column may become one: a warning that names both."""
        made = plan(dataset(KEY, NOTE, identifier=KEY), destination(KEY, NOTE, identifier=NOTE), method=method)
        (warning,) = found(made, "warning")
        assert "its row identifier is “Note”, and the source's is “Key”" in warning

    def test_an_identifier_that_nothing_fills(self) -> None:
        """It stops the copy."""
        made = plan(dataset(NOTE), destination(KEY, NOTE, identifier=KEY), method=Method.UPSERT)
        assert found(made, "problem") == [
            "Column “Key” (key) of the destination: it is the row identifier, and the source has no such column"
        ]

    def test_an_upsert_needs_an_identifier(self) -> None:
        """Without one it would add every row again."""
        assert (
            "would add every row again"
            in found(plan(dataset(KEY), destination(KEY), method=Method.UPSERT), "problem")[0]
        )

    def test_two_columns_into_one(self) -> None:
        """The second one is named, and the row of the map, wherever it stands."""
        for row in (choice("Key", "Note"), choice("Note", "Key")):
            made = plan(dataset(KEY, NOTE), destination(KEY, NOTE), row, choice("", "fee", Send.LEAVE_BLANK))
            (problem, *_) = (problem for problem in made.problems if "as well" in problem.what)
            assert [place.where for place in problem.places] == ["Column map!A5"]

    def test_a_column_the_destination_fills_itself(self) -> None:
        """It is left out and named; all else is copied."""
        filled = Column(3, "Note", "note", "text", computed=True)
        made = plan(dataset(KEY, NOTE), destination(KEY, filled))
        assert made.field_names == {"key": "key"}
        assert found(made, "note") == ["Column “Note” (note): the destination fills “Note” itself; left out"]

    @pytest.mark.parametrize(("method", "missing"), [(Method.REPLACE, "delete"), (Method.UPSERT, "write")])
    def test_rights(self, method: Method, missing: str) -> None:
        """A right that the account lacks stops it, with whom to ask; not signed in, nobody knows."""
        target = destination(KEY, identifier=KEY, rights=RIGHTS - {missing}, owner="Pat")
        made = plan(dataset(KEY, identifier=KEY), target, method=method)
        (problem,) = (problem for problem in made.problems if problem.blocks)
        assert problem.remedy == "Ask its owner Pat for the right to edit it."
        assert plan(dataset(KEY, identifier=KEY), target, method=method, signed_in=False).sendable

    def test_the_same_dataset(self) -> None:
        """The same id on the same portal is refused; on two portals it is two datasets."""
        source = dataset(KEY)
        assert found(plan(source, source, portal=HERE), "problem") == [
            "Destination “Source” (srce-data): source and destination are the same dataset"
        ]
        assert plan(source, source, portal=THERE).sendable

    @pytest.mark.parametrize(("view_type", "display_type", "word"), [
        ("geo", "map", "map"), ("tabular", "chart", "chart"), ("blobby", "blob", "file"), ("story", "story", "story"),
    ])  # fmt: skip
    def test_what_is_no_table(self, view_type: str, display_type: str, word: str) -> None:
        """At either end it is called what it is."""
        kind = {"view_type": view_type, "display_type": display_type}
        assert found(plan(dataset(KEY, **kind), destination(KEY)), "problem") == [
            f"Source “Source” (srce-data): it is a {word}, not a table"
        ]
        assert found(plan(dataset(KEY), destination(KEY, **kind)), "problem") == [
            f"Destination “Destination” (dest-data): it is a {word}, not a table"
        ]


class TestWords:
    """Each problem in full, with what is to be done about it."""

    BOTH = dataset(KEY, FEE, identifier=KEY)
    RULES = choice("Key", "key", keep_text=True)
    CASES = (
        (plan(dataset(Column(1, "Scan", "scan", "document"))), "no column of it can be copied", "Choose another dataset as the source."),
        (plan(BOTH, None, choice("Nothing", "x")), "the source has no column “Nothing”", "It has: Key, Fee."),
        (plan(BOTH, None, choice("Key", "key", default="x")), "fixed and default values are not for copied datasets", "Clear them, or publish from a sheet."),
        (plan(BOTH, None, RULES), "parts of places and rules for reading cells are not for copied datasets", "Clear them, or publish from a sheet."),
        (plan(BOTH, None, choice("", "key", Send.LEAVE_BLANK)), "a new dataset has no columns but those that are copied", "Delete the row."),
        (plan(BOTH, None, choice("Key", "Fee")), "two columns would have the field name “fee”", "Give one of them another name."),
        (plan(BOTH, None, choice("Key", send=Send.IGNORE)), "the row identifier “Key” is left out, so the new dataset has none", "Set its Send? to “Yes” in the Column map, unless that is meant."),
        (plan(BOTH, destination(KEY, identifier=KEY)), "the destination has no column “fee”", "Add it there, or set the column to “Ignore” in the Column map."),
        (plan(dataset(KEY), destination(KEY), choice("", "Nope", Send.LEAVE_BLANK)), "the destination has no column “Nope” that would be left blank", "Correct the name, or delete the row."),
        (plan(dataset(KEY, NOTE), destination(KEY, NOTE), choice("Key", "Note")), "“Note” would be filled by “Key” as well", "Set one of them to “Ignore” in the Column map."),
        (plan(dataset(FEE), destination(Column(2, "Fee", "fee", "text"))), "it is a “number” here and a “text” at the destination", "Change one of the two on the portal, or set the column to “Ignore” in the Column map."),
        (plan(dataset(NOTE), destination(KEY, NOTE, identifier=KEY), method=Method.UPSERT), "it is the row identifier, and the source has no such column", "Name one for it in the Column map."),
        (plan(dataset(KEY), destination(KEY, NOTE)), "the source has no such column; replacing would empty it", "Add it to the Column map with Send? set to “Leave blank”, or use “Update and add”."),
        (plan(dataset(KEY), destination(KEY), method=Method.UPSERT), "it has no row identifier, so “Update and add” would add every row again", "Set one there, or use “Replace all rows”."),
        (plan(dataset(KEY, NOTE, identifier=KEY), destination(KEY, NOTE, identifier=NOTE)), "its row identifier is “Note”, and the source's is “Key”: rows with the same “Note” become one", "Check that no value of it stands twice."),
        (plan(dataset(KEY, NOTE), destination(KEY, NOTE, identifier=NOTE)), "its row identifier is “Note”, and the source has none: rows with the same “Note” become one", "Check that no value of it stands twice."),
        (plan(dataset(KEY), dataset(KEY), portal=HERE), "source and destination are the same dataset", "Name another destination."),
        (plan(dataset(KEY), destination(KEY, rights=frozenset())), "your account may not add rows, change rows, remove rows in it", "Ask its owner for the right to edit it."),
        (plan(dataset(KEY, view_type="href"), destination(KEY)), "it is a link, not a table", "Use the ID of the dataset it is made from."),
    )  # fmt: skip

    @pytest.mark.parametrize(("made", "what", "remedy"), CASES, ids=[case[1][:50] for case in CASES])
    def test_each(self, made: CopyPlan, what: str, remedy: str) -> None:
        """Word for word."""
        assert {p.what: p.remedy for p in made.problems}.get(what) == remedy, made.problems
