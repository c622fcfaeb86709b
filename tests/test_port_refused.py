"""Copies that must not be made: refused before anything is done, in words that help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.two_portals import (
    YES,
    Copy,
    only,
    port_job,
    rows_only,
    said,
    sign_in_to_other,
)
from xl_datasync.api import Person, run_workbook, undo_run
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.report import State
from xl_datasync.practice_portal import PracticePortal

COLUMNS = [
    {"name": "Key", "fieldName": "key", "dataTypeName": "text"},
    {"name": "Size", "fieldName": "size", "dataTypeName": "number"},
]


class TestRefused:
    """What cannot be right is refused before anything is done, in words that help."""

    def test_the_same_dataset_at_both_ends(self, copy: Copy, portal: PracticePortal) -> None:
        """It is named, and its rows are as they were."""
        before = portal.rows("smal-fild")
        report = copy(rows_only("smal-fild", "smal-fild", Portal="Practice"))
        assert (only(report).state, report.exit_code) == (State.NOT_SENT, 1)
        assert "source and destination are the same dataset" in said(only(report))
        assert portal.rows("smal-fild") == before

    @pytest.mark.parametrize(
        ("view_type", "display_type", "word"),
        [("tabular", "map", "map"), ("geo", "map", "map"), ("tabular", "chart", "chart"),
         ("blobby", "blob", "file"), ("story", "story", "story"), ("href", "href", "link")],
    )  # fmt: skip
    @pytest.mark.parametrize("what", ["Columns only", "Columns and rows", "Rows only"])
    def test_a_source_that_is_no_table(  # noqa: PLR0917
        self, what: str, view_type: str, display_type: str, word: str, copy: Copy, portal: PracticePortal,
        other: PracticePortal,
    ) -> None:  # fmt: skip
        """A map, a chart, a file, a story or a link is called so, and nothing is made."""
        portal.create_dataset("oddk-inds", "Odd", COLUMNS, view_type=view_type, display_type=display_type)
        ids = other.dataset_ids()
        job = rows_only("oddk-inds", "smal-fild") if what == "Rows only" else port_job(what, "oddk-inds")
        result = only(copy(job))
        assert result.exit_code == 1
        text = said(result) + (result.error.message if result.error else "")
        assert f"it is a {word}, not a table" in text
        assert other.dataset_ids() == ids

    def test_an_account_that_may_not_create(
        self, copy: Copy, other: PracticePortal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is said, with whom to ask, and nothing is made."""
        sign_in_to_other(monkeypatch, 1)
        ids = other.dataset_ids()
        result = only(copy(port_job("Columns and rows", "smal-fild")))
        text = said(result) + (result.error.message if result.error else "")
        assert result.exit_code == 1
        assert f"your account may not create datasets on {other.host}" in text
        assert "Ask whoever looks after the portal for that right." in text
        assert other.dataset_ids() == ids
        assert result.made is None

    @pytest.mark.parametrize("how", ["Replace all rows", "Update and add"])
    def test_an_account_that_may_not_write(
        self, how: str, copy: Copy, other: PracticePortal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The rights that are missing are named in plain words, and nothing is changed."""
        sign_in_to_other(monkeypatch, 1)
        before = other.rows("smal-fild")
        result = only(copy(rows_only("smal-fild", "smal-fild", how)))
        assert result.state is State.NOT_SENT
        assert "your account may not" in said(result)
        assert "Ask its owner" in said(result)
        assert other.rows("smal-fild") == before

    @pytest.mark.parametrize(
        "job",
        [
            rows_only("here-only", "smal-fild"),
            rows_only("smal-fild", "here-only"),
            port_job("Columns only", "away-only"),
        ],
    )
    def test_an_id_of_the_other_portal(
        self, job: dict[str, Any], copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """A dataset that is on the other portal only is not found; the words name the id and the portal asked."""
        portal.create_dataset("here-only", "Here", COLUMNS)
        other.create_dataset("away-only", "There", COLUMNS)
        if job["Dataset ID or link"] == "smal-fild":
            job = job | {"Copy from portal": "Other"}
        ids = other.dataset_ids()
        report = copy(job)
        assert report.exit_code == 1
        message = only(report).error.message
        assert "-only" in message
        assert (portal.host if job["Copy from dataset ID or link"] == "away-only" else other.host) in message
        assert other.dataset_ids() == ids

    def test_a_private_source_without_a_sign_in(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch, other: PracticePortal
    ) -> None:
        """Without a sign-in for the source nothing is asked of either portal that changes anything: exit code 4."""
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_ID")
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_SECRET")
        ids = other.dataset_ids()
        report = copy(port_job("Columns and rows", "priv-data"))
        assert report.exit_code == 4
        assert "Dataset priv-data needs a sign-in." in only(report).error.message
        assert other.dataset_ids() == ids

    def test_a_public_source_needs_no_sign_in(
        self, copy: Copy, monkeypatch: pytest.MonkeyPatch, other: PracticePortal
    ) -> None:
        """Anybody may read it, so a copy of it is made without an account there."""
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_ID")
        monkeypatch.delenv("XL_DATASYNC_PRACTICE_KEY_SECRET")
        report = copy(port_job("Columns and rows", "smal-fild"))
        assert report.exit_code == 0
        assert len(other.rows(only(report).made.id)) == 200

    def test_every_difference_of_the_schemas_at_once(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Missing, extra, other type, other order and other identifier are all named in one go; nothing is sent."""
        there = [
            {"name": "Size", "fieldName": "size", "dataTypeName": "text"},
            {"name": "Remark", "fieldName": "remark", "dataTypeName": "text"},
            {"name": "Key", "fieldName": "key", "dataTypeName": "text"},
        ]
        ours = [*COLUMNS, {"name": "Area", "fieldName": "area", "dataTypeName": "number"}]
        portal.create_dataset("srce-schm", "Ours", ours, "key", [{"key": "a", "size": 1, "area": 2}])
        other.create_dataset("dest-schm", "Theirs", there, None, [{"key": "x"}])
        result = only(copy(rows_only("srce-schm", "dest-schm")))
        assert result.state is State.NOT_SENT
        for words in (
            "Column “Area” (area): the destination has no column “area”",
            "Column “Remark” (remark) of the destination: the source has no such column; replacing would empty it",
            "Column “Size” (size): it is a “number” here and a “text” at the destination",
            "its columns stand in another order",
            "it has no row identifier; the source's is “Key”",
        ):
            assert words in said(result)
        assert other.rows("dest-schm") == [{"key": "x"}]

    def test_an_empty_source(self, copy: Copy, portal: PracticePortal, other: PracticePortal) -> None:
        """A replace from it is refused, even with somebody who says yes; an upsert does nothing and is done."""
        portal.create_dataset("empt-srce", "Empty", COLUMNS, "key")
        other.create_dataset("full-dest", "Full", COLUMNS, "key", [{"key": "a"}])
        result = only(copy(rows_only("empt-srce", "full-dest"), person=YES))
        assert result.state is State.NOT_SENT
        assert (
            "it has no rows; replacing would empty the destination. Check the source. To empty a dataset, use its page on "
            "the portal."
        ) in said(result)
        result = only(copy(rows_only("empt-srce", "full-dest", "Update and add")))
        assert result.state is State.DONE
        assert other.rows("full-dest") == [{"key": "a"}]

    def test_a_replace_that_would_shrink_too_much(self, copy: Copy, other: PracticePortal) -> None:
        """The guard shows the numbers; somebody who has seen them may pass it, a higher limit too."""
        job = rows_only("smal-fild", "airp-orts")
        result = only(copy(job))
        assert result.state is State.NOT_SENT
        assert (
            "The portal has 3,300 rows. Replacing would leave 200, which is 3,100 fewer (94%; the job's limit is 20%). "
            "Check the source. If it is right, raise “Stop if rows shrink by more than” for this job."
        ) in said(result)
        assert len(other.rows("airp-orts")) == 3300
        result = only(copy(job, person=YES))
        assert (result.state, len(other.rows("airp-orts"))) == (State.DONE_WITH_WARNINGS, 200)
        other.reset()
        result = only(copy(job | {"Stop if rows shrink by more than": 95}))
        assert (result.state, len(other.rows("airp-orts"))) == (State.DONE, 200)

    @pytest.mark.parametrize("how", ["Replace all rows", "Update and add"])
    def test_rows_that_would_become_one(
        self, how: str, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Doubled values of what the destination tells rows apart by are counted and named; nothing is sent."""
        rows = [{"key": "a", "size": 1}, {"key": "a", "size": 2}, {"key": "b"}]
        portal.create_dataset("dupl-srce", "Doubled", COLUMNS, None, rows)
        other.create_dataset("dupl-dest", "Apart", COLUMNS, "key", [{"key": "x"}])
        result = only(copy(rows_only("dupl-srce", "dupl-dest", how)))
        assert result.state is State.NOT_SENT
        assert (
            "Column “Key” (key): 1 of its values stand in several rows, such as “a” in 2 rows; the destination would keep "
            "one row of each. Make them differ at the source, or fill the destination's row identifier from another column."
        ) in said(result)
        assert other.rows("dupl-dest") == [{"key": "x"}]

    def test_a_source_that_shrinks_before_it_is_read(
        self, copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """The guards hold for the rows that were read, not only for those that were counted first."""
        key = portal.sign_ins[0]

        def watch(_job: object, what: str, _done: int, _total: int | None) -> None:
            if what == "Reading rows" and len(portal.rows("smal-fild")) == 200:
                answer = requests.put(
                    f"{portal.url}/resource/smal-fild.json", json=[], auth=(key.key_id, key.key_secret), timeout=5
                )
                assert answer.status_code == 200

        result = only(copy(rows_only("smal-fild", "smal-fild"), person=Person(watch=watch)))
        assert result.state is State.NOT_SENT
        assert "replacing would empty the destination" in said(result)
        assert len(other.rows("smal-fild")) == 200

    def test_upsert_without_an_identifier(self, copy: Copy, other: PracticePortal) -> None:
        """It would add every row again, so it is refused."""
        before = len(other.rows("weat-hlog"))
        result = only(copy(rows_only("weat-hlog", "weat-hlog", "Update and add")))
        assert result.state is State.NOT_SENT
        assert "it has no row identifier, so “Update and add” would add every row again" in said(result)
        assert len(other.rows("weat-hlog")) == before

    def test_no_run_to_undo_after_a_refusal(self, workbook: Callable[..., Path]) -> None:
        """A job that was not sent leaves nothing that undo could take back."""
        path = workbook([rows_only("smal-fild", "airp-orts")])
        run_workbook(path)
        with pytest.raises(ConfigurationError, match="no run that could be undone"):
            undo_run(path)
