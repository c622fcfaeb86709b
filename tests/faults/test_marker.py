"""A portal that does not tell which of its rows are the newest: rows are added all the same, and never twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stage import Stage, StagedPortal
from tests.faults.steps import ONCE, rows_of


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Two portals that do not tell."""
    monkeypatch.setattr(StagedPortal, "newest_row", lambda _portal, _dataset: "")
    stage = Stage()
    yield stage
    stage.close()


def test_rows_are_added(stage: Stage) -> None:
    """An append does not need to know them as long as nothing goes wrong."""
    setup = ONCE(stage)
    assert stage.run(setup.job, setup.folder, lambda *_: None, impatient=False, compress=False).exit_code == 0
    assert rows_of(stage.portal, setup.dataset_id) == sorted(setup.states["as asked"], key=repr)


def test_a_lost_answer_is_left_open_and_asked_about(stage: Stage) -> None:
    """Where the answer is lost, nobody claims to know; the next run sends nothing before somebody has looked."""
    setup = ONCE(stage)
    stage.portal.add_fault("cut-after-commit", method="POST", path="/resource/")
    lost = stage.run(setup.job, setup.folder, lambda *_: None, impatient=False, compress=False)
    assert lost.error is not None
    assert "It is not known whether the rows were added." in lost.error.message
    again = stage.run(setup.job, setup.folder, lambda *_: None, impatient=False, compress=False)
    assert "does not tell which of its rows are new" in " ".join(problem.what for problem in again.problems)
    assert rows_of(stage.portal, setup.dataset_id) == sorted(setup.states["as asked"], key=repr)
