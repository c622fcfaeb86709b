"""Copies whose source changes, and copies that fail midway: what is said, what holds, how it goes on."""

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
)
from xl_datasync.api import Person, undo_run
from xl_datasync.core.report import State
from xl_datasync.core.report_text import report_lines
from xl_datasync.practice_portal import PracticePortal


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
        assert (
            "it had 200 rows when it was read and has 201 now. Run the job again to copy what has changed."
        ) in said(only(report))

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
            "Run the job again to go on from there, or undo this run, which removes it.",
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
        assert f"was cut off after it had made “Small airfields to review” ({made}); this run goes on with it" in said(
            result
        )
        assert other.dataset_ids() == ids
        assert other.view(made)["publicationStage"] == "published"
        assert in_any_order(other, made) == in_any_order(portal, "smal-fild")
        third = run_quickly(path)
        assert (only(third).made.id != made, third.exit_code) == (True, 3)
        assert (
            f"({made}) of the same source; this run makes another one. To bring the first one up to date, choose "
            "“Rows only” and name it as the destination."
        ) in said(only(third))

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
        assert asked[0].what.startswith("it was made, but is not finished: ")
        assert (other.dataset_ids() == ids) is answer
        assert ("which had been made, has been removed again" in text) is answer
        assert ("or undo this run, which removes it" in text) is not answer

    def test_an_offer_that_cannot_be_kept(self, workbook: Callable[..., Path], other: PracticePortal) -> None:
        """Where removing fails too, both failures are told, and the dataset's id."""
        other.add_fault("publish-fails", times=None)
        other.add_fault("403-rights", times=None, method="DELETE")
        report = run_quickly(workbook([port_job("Columns only", "smal-fild")]), person=YES)
        assert "it could not be removed: You are signed in as" in said(only(report))
        assert f"({only(report).made.id}) was made; it is not published" in only(report).error.message

    def test_an_offer_that_comes_too_late(self, workbook: Callable[..., Path], other: PracticePortal) -> None:
        """While a person thinks it over, another run goes on with the dataset and publishes it: it stays."""
        path = workbook([port_job("Columns and rows", "smal-fild")])

        def confirm(_job: object, _problems: Any) -> bool:
            other.clear_faults()
            assert run_quickly(path).exit_code == 0
            return True

        other.add_fault("publish-fails", times=None)
        result = only(run_quickly(path, person=Person(confirm=confirm)))
        assert "another run has finished and published it meanwhile" in said(result)
        assert other.view(result.made.id)["publicationStage"] == "published"

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
