"""Copying datasets between two practice portals over HTTP: schema, schema and rows, rows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.two_portals import Copy, change_rows, in_any_order, only, port_job, rows_only, said, schema
from xl_datasync.core.report import State
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal

DRAFT = {"When finished": "Leave as draft"}
DIFFICULT_TITLES = ("Ünï 😀 copy", "بيانات المطارات (2026)", "“quoted” & <b>bold</b>, 1+1=2", "x" * 300)
NOTHING_AND_EMPTY = [
    {"id": "a", "note": "", "size": 1},
    {"id": "b", "size": 2},
    {"id": "c", "note": " two\nlines ", "size": "12345678901234567890.125"},
]
NOTE_COLUMNS = [
    {"name": "Id", "fieldName": "id", "dataTypeName": "text"},
    {"name": "Note", "fieldName": "note", "dataTypeName": "text"},
    {"name": "Size", "fieldName": "size", "dataTypeName": "number"},
]


class TestKinds:
    """Columns only, columns and rows, rows only; on one portal or two; published or not."""

    @pytest.mark.parametrize("finished", [{}, DRAFT], ids=["published", "draft"])
    @pytest.mark.parametrize("to", ["Other", "Practice"])
    @pytest.mark.parametrize("what", ["Columns only", "Columns and rows"])
    def test_a_new_dataset_is_like_the_source(  # noqa: PLR0917
        self, what: str, to: str, finished: dict[str, str], copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """It has the source's columns, identifier and, if asked, rows; it is published or a draft, as asked."""
        there = other if to == "Other" else portal
        before = set(there.dataset_ids())
        result = only(copy(port_job(what, "smal-fild", Portal=to, **finished)))
        assert result.state is State.DONE
        assert set(there.dataset_ids()) - before == {result.made.id}
        assert schema(there, result.made.id) == schema(portal, "smal-fild")
        assert there.view(result.made.id)["publicationStage"] == ("unpublished" if finished else "published")
        wanted = in_any_order(portal, "smal-fild") if what == "Columns and rows" else []
        assert in_any_order(there, result.made.id) == wanted
        if wanted:
            assert (result.verification.after, result.verification.agrees) == (200, True)

    @pytest.mark.parametrize("to", ["Other", "Practice"])
    def test_replace_makes_the_destination_the_source(
        self, to: str, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """After a replace the destination has the source's rows and no others, however often it runs."""
        there = other if to == "Other" else portal
        change_rows(there, "smal-fild", {"iata_code": "ZZ9", "airport_name": "Nowhere"})
        for _ in range(2):
            result = only(copy(rows_only("airp-orts", "smal-fild", Portal=to)))
            assert (result.state, result.verification.agrees) == (State.DONE, True)
            assert in_any_order(there, "smal-fild") == in_any_order(portal, "airp-orts")

    @pytest.mark.parametrize("to", ["Other", "Practice"])
    def test_upsert_updates_adds_and_keeps(
        self, to: str, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Rows of the source are updated or added; rows that only the destination has stay as they are."""
        there = other if to == "Other" else portal
        mine = {"iata_code": "ZZ9", "airport_name": "Nowhere"}
        change_rows(there, "smal-fild", mine, {"iata_code": "00M", "airport_name": "Renamed"})
        result = only(copy(rows_only("airp-orts", "smal-fild", "Update and add", Portal=to)))
        assert (result.receipt.created, result.receipt.updated) == (3100, 200)
        rows = there.rows("smal-fild")
        assert mine in rows
        assert sorted(map(repr, (row for row in rows if row != mine))) == sorted(map(repr, portal.rows("airp-orts")))
        assert (result.state, result.verification.after) == (State.DONE, 3301)

    def test_upsert_clears_what_the_source_has_not(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """No value in the source clears the destination's value; an empty text stays an empty text."""
        portal.create_dataset("note-srce", "Notes", NOTE_COLUMNS, "id", NOTHING_AND_EMPTY)
        old = [{"id": key, "note": "old", "size": 9} for key in "abcd"]
        other.create_dataset("note-dest", "Notes there", NOTE_COLUMNS, "id", old)
        assert copy(rows_only("note-srce", "note-dest", "Update and add")).exit_code == 0
        by_id = {row["id"]: row for row in other.rows("note-dest")}
        assert [by_id[key] for key in "abc"] == portal.rows("note-srce")
        assert by_id["d"]["note"] == "old"

    def test_upsert_in_several_requests(self, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """The option “Rows per request” holds for copies, and nothing is lost between two requests."""
        options = [{"Job name": "Copy", "Option": "Rows per request", "Value": "30"}]
        result = only(copy(rows_only("smal-fild", "airp-orts", "Update and add"), options=options))
        assert (result.receipt.updated, len(result.receipt.request_ids)) == (200, 7)
        assert in_any_order(other, "airp-orts") == in_any_order(portal, "airp-orts")

    @pytest.mark.parametrize(
        ("job", "words"),
        [
            (port_job("Columns only", "airp-orts"), "with 7 columns would be made"),
            (port_job("Columns and rows", "airp-orts"), "with 7 columns and 3,300 rows would be made"),
            (rows_only("airp-orts", "smal-fild"), "3,300 rows would replace 200"),
            (rows_only("airp-orts", "smal-fild", "Update and add"), "3,300 rows would be sent"),
        ],
    )
    @pytest.mark.parametrize("aim", [Aim.CHECK, Aim.DRY_RUN])
    def test_a_look_changes_nothing(
        self, aim: Aim, job: dict[str, Any], words: str, copy: Copy, other: PracticePortal
    ) -> None:
        """A check and a dry run say what would be done, and make no writing request."""
        before = len(other.exchanges)
        from xl_datasync.core.report_text import report_lines  # noqa: PLC0415

        report = copy(job, aim=aim)
        assert (only(report).state, report.exit_code) == (State.CHECKED, 0)
        assert words in "\n".join(report_lines(report))
        assert {exchange.method for exchange in other.exchanges[before:]} <= {"GET"}

    def test_each_portal_is_asked_with_its_own_sign_in(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Neither portal ever sees the other's key, and nothing is written to the source's portal."""
        before = len(portal.exchanges), len(other.exchanges)
        copy(port_job("Columns and rows", "priv-data"))
        seen = portal.exchanges[before[0] :], other.exchanges[before[1] :]
        for exchanges in seen:
            assert len({exchange.request_headers.get("Authorization") for exchange in exchanges}) == 1
            assert {exchange.status for exchange in exchanges} == {200}
        assert {exchange.method for exchange in seen[0]} == {"GET"}


class TestCarriedOver:
    """What a new dataset takes from its source, one by one."""

    @pytest.fixture
    def rich(self, portal: PracticePortal) -> str:
        """A dataset that says much about itself."""
        portal.create_dataset(
            "rich-data",
            "Rich",
            [
                {"name": "Key", "fieldName": "key", "dataTypeName": "text", "description": "One\ntwo “three”"},
                {"name": "Fee", "fieldName": "fee", "dataTypeName": "number", "width": 222,
                 "format": {"precisionStyle": "currency", "currencyStyle": "USD", "precision": "2"}},
                {"name": "When", "fieldName": "when_", "dataTypeName": "calendar_date", "format": {"view": "date"}},
            ],
            "key",
            [{"key": "a", "fee": 1, "when_": "2026-01-02T00:00:00"}],
            "Erste Zeile\nzweite – مرحبا",
            details={
                "category": "Education", "tags": ["one", "two words"], "attribution": "The Office",
                "attributionLink": "https://office.example/", "licenseId": "CC_40_BY",
                "metadata": {"custom_fields": {"Update": {"Frequency": "daily", "Next": "2027"}}, "rowLabel": "person"},
            },
        )  # fmt: skip
        return "rich-data"

    @pytest.mark.parametrize("what", ["Columns only", "Columns and rows"])
    def test_all_that_the_dataset_says_of_itself(
        self, what: str, rich: str, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Description, category, tags, licence, attribution, custom fields and the word for a row are the same."""
        result = only(copy(port_job(what, rich)))
        ours, theirs = portal.view(rich), other.view(result.made.id)
        for name in ("name", "description", "category", "tags", "licenseId", "attribution", "attributionLink"):
            assert theirs[name] == ours[name], name
        for name in ("custom_fields", "rowLabel"):
            assert theirs["metadata"][name] == ours["metadata"][name], name
        assert schema(other, result.made.id) == schema(portal, rich)
        assert [column.get("width") for column in theirs["columns"]] == [c.get("width") for c in ours["columns"]]
        assert result.state is State.DONE

    @pytest.mark.parametrize("title", DIFFICULT_TITLES)
    def test_the_title_is_the_jobs_own(self, title: str, copy: Copy, other: PracticePortal) -> None:
        """Emoji, right-to-left text, markup and 300 characters arrive as they are."""
        result = only(copy(port_job("Columns only", "smal-fild", **{"New dataset title": title})))
        assert other.view(result.made.id)["name"] == title
        assert result.made.name == title

    def test_every_type_row_by_row(self, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """Values of every type that can be written are the same afterwards, to the last digit."""
        assert len(portal.rows("type-samp")) == 3
        result = only(copy(port_job("Columns and rows", "type-samp")))
        assert in_any_order(other, result.made.id) == in_any_order(portal, "type-samp", ("computed_region",))

    @pytest.mark.parametrize("identifier", ["id", None])
    def test_an_empty_text_is_not_nothing(
        self, identifier: str | None, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """“” stays “”, no value stays no value, spaces and line breaks stay, with an identifier and without."""
        portal.create_dataset("note-srce", "Notes", NOTE_COLUMNS, identifier, NOTHING_AND_EMPTY)
        assert portal.rows("note-srce") == NOTHING_AND_EMPTY_AS_READ
        result = only(copy(port_job("Columns and rows", "note-srce")))
        assert other.rows(result.made.id) == NOTHING_AND_EMPTY_AS_READ

    def test_what_cannot_be_written_is_left_out_and_named(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """A computed column is named with the reason and not made; all others are made."""
        result = only(copy(port_job("Columns only", "type-samp")))
        assert "note: Column “Region”: left out: it is filled by the portal itself" in said(result)
        assert [c["fieldName"] for c in other.view(result.made.id)["columns"]] == [
            c["fieldName"] for c in portal.view("type-samp")["columns"] if c["fieldName"] != "computed_region"
        ]
        assert result.state is State.DONE


NOTHING_AND_EMPTY_AS_READ = [
    {"id": "a", "note": "", "size": "1"},
    {"id": "b", "size": "2"},
    {"id": "c", "note": " two\nlines ", "size": "12345678901234567890.125"},
]


class TestColumnMap:
    """A subset of the columns, and other names for them, as for sheets."""

    MAP = (
        {"Map name": "Copy", "Sheet column": "airport_name", "Portal field": "Name of the Field", "Send?": "Yes"},
        {"Map name": "Copy", "Sheet column": "Latitude", "Send?": "Ignore"},
        {"Map name": "Copy", "Sheet column": "longitude", "Send?": "Ignore"},
    )

    def test_of_a_new_dataset(self, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """Ignored columns are not made, renamed ones are, with their values."""
        result = only(copy(port_job("Columns and rows", "smal-fild"), column_map=self.MAP))
        wanted = [
            {
                "name_of_the_field" if k == "airport_name" else k: v
                for k, v in row.items()
                if k not in ("latitude", "longitude")
            }
            for row in portal.rows("smal-fild")
        ]
        assert sorted(map(repr, other.rows(result.made.id))) == sorted(map(repr, wanted))
        names = [(c["name"], c["fieldName"]) for c in other.view(result.made.id)["columns"]]
        assert names[1] == ("Name of the Field", "name_of_the_field")
        assert len(names) == 5

    @pytest.mark.parametrize("name", ["اسم المطار", "Größe (m²)", "2026", "😀"])
    def test_names_of_all_scripts(self, name: str, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """A column may get any name; its values arrive."""
        row = {"Map name": "Copy", "Sheet column": "city", "Portal field": name}
        result = only(copy(port_job("Columns and rows", "smal-fild"), column_map=[row]))
        (column,) = (c for c in other.view(result.made.id)["columns"] if c["name"] == name)
        values = sorted(row[column["fieldName"]] for row in other.rows(result.made.id))
        assert values == sorted(row["city"] for row in portal.rows("smal-fild"))

    def test_of_a_dataset_that_is_there(self, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """A renamed column fills the named one; what the destination alone has is blank on purpose or kept."""
        columns = [
            {"name": "Code", "fieldName": "code", "dataTypeName": "text"},
            {"name": "Place", "fieldName": "place", "dataTypeName": "text"},
            {"name": "Remark", "fieldName": "remark", "dataTypeName": "text"},
        ]
        other.create_dataset("mapp-dest", "Mapped", columns, "code", [{"code": "00M", "remark": "kept"}])
        ignored = ("state", "country", "latitude", "longitude", "airport_name")
        rows = [
            {"Map name": "Copy", "Sheet column": "IATA Code", "Portal field": "code"},
            {"Map name": "Copy", "Sheet column": "city", "Portal field": "Place"},
            *({"Map name": "Copy", "Sheet column": name, "Send?": "Ignore"} for name in ignored),
        ]
        result = only(copy(rows_only("smal-fild", "mapp-dest", "Update and add"), column_map=rows))
        assert result.exit_code in (0, 3)
        by_code = {row["code"]: row for row in other.rows("mapp-dest")}
        assert by_code["00M"] == {"code": "00M", "place": "Bay Springs", "remark": "kept"}
        blank = {"Map name": "Copy", "Portal field": "Remark", "Send?": "Leave blank"}
        result = only(copy(rows_only("smal-fild", "mapp-dest"), column_map=[*rows, blank]))
        assert result.exit_code == 0
        by_code = {row["code"]: row for row in other.rows("mapp-dest")}
        assert by_code["00M"] == {"code": "00M", "place": "Bay Springs"}
        assert len(by_code) == 200

    def test_faults_of_the_map_are_named_with_their_cells(self, copy: Copy, other: PracticePortal) -> None:
        """A column that is not there, a fixed value, and two columns of one name are all told, and nothing is made."""
        before = other.dataset_ids()
        rows = [
            {"Map name": "Copy", "Sheet column": "No such", "Portal field": "x"},
            {"Map name": "Copy", "Sheet column": "city", "Portal field": "state"},
            {"Map name": "Copy", "Sheet column": "country", "Default or fixed value": "USA"},
            {"Map name": "Copy", "Portal field": "Remark", "Send?": "Leave blank"},
        ]
        result = only(copy(port_job("Columns only", "smal-fild"), column_map=rows))
        assert result.state is State.NOT_SENT
        places = {place.where.split("!")[1][1:] for p in result.problems if p.blocks for place in p.places}
        assert places == {"5", "6", "7", "8"}, said(result)
        assert other.dataset_ids() == before


class TestReading:
    """The source is read page by page in a stable order."""

    def test_pages_neither_repeat_nor_miss_a_row(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """More rows than a page holds arrive, each once; every page is asked for in the same order."""
        rows = [{"id": f"{n:06}"} for n in range(50_321)]
        portal.create_dataset("many-rows", "Many", NOTE_COLUMNS[:1], "id", rows)
        before = len(portal.exchanges)
        result = only(copy(port_job("Columns and rows", "many-rows")))
        assert result.state is State.DONE
        assert [row["id"] for row in other.rows(result.made.id)] == [row["id"] for row in rows]
        pages = [e.query for e in portal.exchanges[before:] if "offset" in e.query]
        assert [re.search(r"offset=(\d+)", query)[1] for query in pages] == ["0", "50000", "50321"]
        assert all(re.search("order=(:|%3A)id", query) for query in pages)
