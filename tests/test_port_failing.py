"""Copies that must not be made, and copies that fail midway: what is said, what holds, how it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.two_portals import (
    YES,
    Copy,
    change_rows,
    in_any_order,
    only,
    port_job,
    rows_only,
    run_quickly,
    said,
    sign_in_to_other,
)
from xl_datasync.api import Person, run_workbook, undo_run
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.practice_portal import PracticePortal

COLUMNS = [
    {"name": "Key", "fieldName": "key", "dataTypeName": "text"},
    {"name": "Size", "fieldName": "size", "dataTypeName": "number"},
]


class TestChangingSource:
    """A source that is changed while it is read is noticed."""

    @staticmethod
    def change_while_reading(portal: PracticePortal, times: int) -> Person:
        """Somebody who adds a row to the source whenever it has just been read, so many times."""
        left = list(range(times))

        def watch(_job: object, what: str, _done: int, _total: int | None) -> None:
            if what == "Reading rows" and left:
                change_rows(portal, "smal-fild", {"iata_code": f"ZZ{left.pop()}", "airport_name": "New"})

        return Person(watch=watch)

    @pytest.mark.parametrize("job", [port_job("Columns and rows", "smal-fild"), rows_only("smal-fild", "smal-fild")])
    def test_changed_once_it_is_read_again(
        self, job: dict[str, Any], copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """What arrives is what the source holds now, not a mixture."""
        result = only(copy(job, person=self.change_while_reading(portal, 1)))
        assert result.state is State.DONE
        assert len(portal.rows("smal-fild")) == 201
        assert in_any_order(other, result.dataset.id) == in_any_order(portal, "smal-fild")

    @pytest.mark.parametrize("job", [port_job("Columns and rows", "smal-fild"), rows_only("smal-fild", "smal-fild")])
    def test_changed_each_time_nothing_is_done(
        self, job: dict[str, Any], copy: Copy, portal: PracticePortal, other: PracticePortal
    ) -> None:
        """Nothing is made or replaced, and the words say why and what to do."""
        before = other.dataset_ids(), other.rows("smal-fild")
        report = copy(job, person=self.change_while_reading(portal, 9))
        assert report.exit_code == 5
        assert "was changed by somebody else each time" in only(report).error.message
        assert "Nothing has been sent." in only(report).error.message
        assert (other.dataset_ids(), other.rows("smal-fild")) == before

    @pytest.mark.parametrize("job", [port_job("Columns and rows", "smal-fild"), rows_only("smal-fild", "smal-fild")])
    def test_changed_afterwards_is_told(self, job: dict[str, Any], copy: Copy, portal: PracticePortal) -> None:
        """Rows added to the source while they are being sent are counted at the end, with both numbers."""
        added = []

        def watch(_job: object, what: str, _done: int, _total: int | None) -> None:
            if what == "Sending" and not added:
                added.append(change_rows(portal, "smal-fild", {"iata_code": "ZZ1"}))

        report = copy(job, person=Person(watch=watch))
        assert report.exit_code == 3
        assert "it had 200 rows when it was read and has 201 now" in said(only(report))

    def test_a_source_that_cannot_be_counted_again(self, copy: Copy, portal: PracticePortal) -> None:
        """When only the look back fails, the copy is done, with a warning, and can be undone."""

        def watch(_job: object, what: str, _done: int, _total: int | None) -> None:
            if what == "Sending":
                portal.clear_faults()
                portal.add_fault("403-rights", times=None, path="/resource/smal-fild")

        report = copy(rows_only("smal-fild", "smal-fild"), person=Person(watch=watch))
        assert (only(report).state, report.exit_code) == (State.DONE_WITH_WARNINGS, 3)
        assert "could not be counted" in said(only(report))


class TestHalfMade:
    """A failure midway says exactly what was made, and how to go on or back."""

    @pytest.fixture
    def failed(self, workbook: Callable[..., Path], other: PracticePortal) -> tuple[Path, str]:
        """A job workbook whose run could not publish, and the id of the draft it has left."""
        before = set(other.dataset_ids())
        path = workbook([port_job("Columns and rows", "smal-fild")])
        other.add_fault("publish-fails", times=None)
        report = run_quickly(path)
        other.clear_faults()
        (made,) = set(other.dataset_ids()) - before
        assert (only(report).state, report.exit_code) == (State.FAILED, 1)
        text = "\n".join(report_lines(report))
        for words in (
            f"The dataset “Small airfields to review” ({made}) was made and holds the 200 rows; it is not published.",
            "Run the job again to go on from there, or remove it with “xl-datasync undo”.",
            f"{other.url}/d/{made}",
            "0 of 1 job done.",
        ):
            assert words in text
        return path, made

    def test_running_again_goes_on_with_the_same_dataset(
        self, failed: tuple[Path, str], portal: PracticePortal, other: PracticePortal
    ) -> None:
        """The rerun makes no second dataset, fills the first one anew and publishes it; the one after makes another."""
        path, made = failed
        ids = other.dataset_ids()
        result = only(run_quickly(path))
        assert (result.state, result.made.id) == (State.DONE, made)
        assert "this run goes on with it" in said(result)
        assert other.dataset_ids() == ids
        assert other.view(made)["publicationStage"] == "published"
        assert in_any_order(other, made) == in_any_order(portal, "smal-fild")
        third = run_quickly(path)
        assert (only(third).made.id != made, third.exit_code) == (True, 3)
        assert f"({made})" in said(only(third))

    def test_undo_removes_it(self, failed: tuple[Path, str], other: PracticePortal) -> None:
        """The dataset is gone afterwards, and running again makes a new one."""
        path, made = failed
        report = undo_run(path)
        assert report.exit_code == 0
        assert made not in other.dataset_ids()
        result = only(run_quickly(path))
        assert (result.state, result.made.id != made) == (State.DONE, True)

    @pytest.mark.parametrize("answer", [True, False])
    def test_a_person_is_offered_to_remove_it(
        self, answer: bool, workbook: Callable[..., Path], other: PracticePortal
    ) -> None:
        """With yes it is gone, and the words say so; with no it is there."""
        asked = []

        def confirm(_job: object, problems: Any) -> bool:
            asked.extend(problems)
            return answer

        ids = other.dataset_ids()
        other.add_fault("publish-fails", times=None)
        report = run_quickly(workbook([port_job("Columns and rows", "smal-fild")]), person=Person(confirm=confirm))
        text = "\n".join(report_lines(report))
        assert report.exit_code == 1
        assert [problem.confirm for problem in asked] == ["Remove it"]
        assert "is not finished" in asked[0].what
        assert (other.dataset_ids() == ids) is answer
        assert ("which had been made, has been removed again" in text) is answer
        assert ("xl-datasync undo" in text) is not answer

    def test_an_offer_that_cannot_be_kept(self, workbook: Callable[..., Path], other: PracticePortal) -> None:
        """Where removing fails too, both failures are told, and the dataset's id."""
        other.add_fault("publish-fails", times=None)
        other.add_fault("403-rights", times=None, method="DELETE")
        report = run_quickly(workbook([port_job("Columns only", "smal-fild")]), person=YES)
        assert "it could not be removed" in said(only(report))
        assert f"({only(report).made.id}) was made; it is not published" in only(report).error.message

    def test_rows_that_are_refused(
        self, workbook: Callable[..., Path], portal: PracticePortal, other: PracticePortal
    ) -> None:
        """The words say that the dataset is there without rows; the rerun fills it."""
        path = workbook([port_job("Columns and rows", "smal-fild")])
        other.add_fault("413", method="PUT", path="/resource/")
        result = only(run_quickly(path))
        assert result.state is State.FAILED
        assert f"({result.made.id}) was made; it is not published." in result.error.message
        assert other.rows(result.made.id) == []
        again = only(run_quickly(path))
        assert (again.state, again.made.id) == (State.DONE, result.made.id)
        assert in_any_order(other, again.made.id) == in_any_order(portal, "smal-fild")

    def test_a_dataset_that_is_refused(self, copy: Copy, other: PracticePortal) -> None:
        """Where nothing was made, nothing is said to have been."""
        ids = other.dataset_ids()
        other.add_fault("403-rights", method="POST", path="/api/views")
        result = only(copy(port_job("Columns only", "smal-fild")))
        assert (result.state, result.made) == (State.FAILED, None)
        assert "No dataset was made." in result.error.message
        assert other.dataset_ids() == ids

    def test_an_answer_that_is_lost(self, workbook: Callable[..., Path], other: PracticePortal) -> None:
        """A dataset whose making was never answered is found by its title, and gone on with."""
        ids = set(other.dataset_ids())
        path = workbook([port_job("Columns and rows", "smal-fild")])
        other.add_fault("cut-after-commit", method="POST", path="/api/views")
        result = only(run_quickly(path))
        (made,) = set(other.dataset_ids()) - ids
        assert (result.state, result.made) == (State.FAILED, None)
        assert "It is not known whether the dataset “Small airfields to review” was made." in result.error.message
        again = only(run_quickly(path))
        assert (again.state, again.made.id) == (State.DONE, made)
        assert set(other.dataset_ids()) - ids == {made}

    @pytest.mark.parametrize("fault", ["202-location", "202-ticket"])
    def test_publishing_that_is_put_off(self, fault: str, workbook: Callable[..., Path], other: PracticePortal) -> None:
        """It is waited for, and the dataset is published when the job is done."""
        other.add_fault(fault, times=3, retry_after=1)
        result = only(run_quickly(workbook([port_job("Columns only", "smal-fild")])))
        assert (result.state, result.made.published) == (State.DONE, True)
        assert other.view(result.made.id)["publicationStage"] == "published"


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
        assert f"may not create datasets on {other.host}" in text
        assert "Ask whoever looks after the portal" in text
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
        assert "Practice" in only(report).error.message
        assert other.dataset_ids() == ids

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
        assert "it has no rows; replacing would empty the destination" in said(result)
        result = only(copy(rows_only("empt-srce", "full-dest", "Update and add")))
        assert result.state is State.DONE
        assert other.rows("full-dest") == [{"key": "a"}]

    def test_a_replace_that_would_shrink_too_much(self, copy: Copy, other: PracticePortal) -> None:
        """The guard shows the numbers; somebody who has seen them may pass it, a higher limit too."""
        job = rows_only("smal-fild", "airp-orts")
        result = only(copy(job))
        assert result.state is State.NOT_SENT
        assert "3,300 rows. Replacing would leave 200, which is 3,100 fewer (94%; the job's limit is 20%)" in said(
            result
        )
        assert len(other.rows("airp-orts")) == 3300
        result = only(copy(job, person=YES))
        assert (result.state, len(other.rows("airp-orts"))) == (State.DONE_WITH_WARNINGS, 200)
        other.reset()
        result = only(copy(job | {"Stop if rows shrink by more than": 95}))
        assert (result.state, len(other.rows("airp-orts"))) == (State.DONE, 200)

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
