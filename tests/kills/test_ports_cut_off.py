"""Copies that were cut off while they made a dataset: the next run goes on with it; no second one is left behind."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.kills.children import BODY, answered, ended, kill, start, taken, until
from tests.kills.runs import run
from tests.two_portals import YES
from xl_datasync.api import run_records, undo_run
from xl_datasync.core.connection import Connection
from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.jobs import PortJob, What
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_text import report_lines
from xl_datasync.earlier import notes_on
from xl_datasync.history.records import RunRecord
from xl_datasync.job_run import Aim
from xl_datasync.keeper import is_open
from xl_datasync.look.runs import Wanted, found_runs, run_lines
from xl_datasync.practice_portal import PracticePortal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and SIGSTOP are POSIX's")
Jobs = Callable[..., Path]
COPY: dict[str, Any] = {
    "Run?": "Yes", "Job name": "Copy", "Kind of job": "Copy a dataset", "Portal": "Other",
    "Copy from portal": "Practice", "Copy from dataset ID or link": "smal-fild", "What to copy": "Columns and rows",
}  # fmt: skip
GOES_ON = "this run goes on with it"
MAKING, FILLING, PUBLISHING = ("POST", "/api/views.json"), ("PUT", "/resource/"), ("POST", "/publication")


@pytest.fixture
def path(workbook: Jobs, other: PracticePortal) -> Path:
    """A workbook with one job, which copies columns and rows to a new dataset."""
    return workbook([COPY])


@pytest.fixture
def new(other: PracticePortal) -> Callable[[], set[str]]:
    """Tells which datasets were made on the other portal since the test began."""
    before = set(other.dataset_ids())
    return lambda: set(other.dataset_ids()) - before


def cut_off(portal: PracticePortal, step: tuple[str, str], *arguments: str | Path, at_once: bool = False) -> None:
    """Kill the command when the portal has taken a step and the command has not seen the answer.

    :param at_once: whether it is killed at once, while the portal is still at work.
    """
    portal.add_fault("slow", method=step[0], path=step[1], seconds=0.5)
    process = start(*arguments)
    until(lambda: taken(portal))
    done = answered(portal)
    time.sleep(BODY)
    process.send_signal(signal.SIGKILL if at_once else signal.SIGSTOP)
    until(lambda: answered(portal) > done)
    kill(process)


def said(result: JobResult) -> str:
    """Everything that was found, in words."""
    return "\n".join(f"{p.severity.value}: {p.subject}: {p.what}. {p.remedy}" for p in result.problems)


def open_runs(path: Path) -> int:
    """How many runs have a record of which nobody knows how it ends."""
    return sum(is_open(record) for record in run_records(path))


@pytest.mark.parametrize("at_once", [False, True], ids=["answer unseen", "at work"])
@pytest.mark.parametrize("step", [MAKING, FILLING, PUBLISHING], ids=["making", "filling", "publishing"])
def test_the_next_run_goes_on(
    step: tuple[str, str], at_once: bool, path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """Whatever step was under way, there is one dataset in the end: filled, published, and in nobody's doubt."""
    cut_off(other, step, "run", path, at_once=at_once)
    (made,) = new()
    (result,) = run(path).results
    assert (result.state, result.made.id, result.made.published) == (State.DONE, made, True)
    assert GOES_ON in said(result)
    assert new() == {made}
    assert (len(other.rows(made)), open_runs(path)) == (200, 0)


def test_killed_again_and_again(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Three runs, each killed a step later, and a fourth: still one dataset."""
    for step in (MAKING, FILLING, PUBLISHING):
        cut_off(other, step, "run", path)
    (made,) = new()
    (result,) = run(path).results
    assert (result.made.id, new(), open_runs(path)) == (made, {made}, 0)


def test_nothing_was_made(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Where the portal never took the request, and shows nothing after a while, the dataset is made."""
    other.add_fault("503", method="POST", path="/api/views.json")
    cut_off(other, MAKING, "run", path)
    assert new() == set()
    waits: list[float] = []
    (result,) = run(path, settle=6.0, sleep=waits.append).results
    assert (result.state, new(), open_runs(path)) == (State.DONE, {result.made.id}, 0)
    assert sum(waits) >= 6.0


def test_a_dataset_that_comes_late_is_named(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Made by the portal after the next run had looked for it: that run names it, so that it can be removed."""
    other.add_fault("slow", method="POST", path="/api/views.json", seconds=2.5)
    process = start("run", path)
    until(lambda: taken(other))
    time.sleep(BODY)
    kill(process)
    other.add_fault("slow", method="PUT", path="/resource/", seconds=3.5)
    report = run(path)
    (result,) = report.results
    (late,) = new() - {result.made.id}
    assert (result.state, report.exit_code) == (State.DONE_WITH_WARNINGS, 3)
    assert f", which was cut off, had made one too: {late}. Remove it on the portal." in said(result)


def test_a_portal_that_cannot_tell(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Where the catalogue cannot be asked, it stops and says to look; nothing is made."""
    cut_off(other, MAKING, "run", path)
    made = new()
    other.add_fault("404", times=None, path="/api/catalog")
    (result,) = run(path).results
    assert (result.state, result.exit_code, new()) == (State.NOT_SENT, 1, made)
    assert (
        "was cut off while it was making “Small airfields to review”, and the portal cannot tell whether it did. Look for "
        "it among your assets on the portal, and remove it there. Then run the job yourself: you are asked whether to go on."
    ) in said(result)


def test_several_of_that_title(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Where two drafts may be the one, neither is gone on with; both are named."""
    cut_off(other, MAKING, "run", path)
    key = other.sign_ins[0]
    twin = requests.post(
        f"{other.url}/api/views.json",
        json={"name": "Small airfields to review"},
        auth=(key.key_id, key.key_secret),
        timeout=5,
    )
    assert twin.status_code == 200
    (result,) = run(path).results
    assert result.state is State.NOT_SENT
    words = "was cut off while it was making “Small airfields to review”, and there are several of that title: "
    named = said(result).split(words)[1].split(". Look for it")[0]
    assert set(named.split(", ")) == new()


def test_a_half_made_dataset_of_other_columns_is_named(
    workbook: Jobs, path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """One that was changed on the portal meanwhile is not filled but told of."""
    cut_off(other, FILLING, "run", path)
    (made,) = new()
    column = next(c for c in other.view(made)["columns"] if c["fieldName"] == "city")
    who = other.sign_ins[0]
    address = f"{other.url}/api/views/{made}/columns/{column['id']}.json"
    assert requests.delete(address, auth=(who.key_id, who.key_secret), timeout=10).ok
    (result,) = run(path).results
    assert (result.state, result.made.id in new() - {made}) == (State.DONE_WITH_WARNINGS, True)
    assert f"({made}), which this run does not go on with. Remove it on the portal." in said(result)


def test_a_half_made_dataset_of_another_title_is_named(
    workbook: Jobs, path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """Where the job was changed since, it makes the dataset of now, and names the one of then that nobody needs."""
    cut_off(other, FILLING, "run", path)
    (made,) = new()
    (result,) = run(workbook([{**COPY, "New dataset title": "Another"}])).results
    assert (result.state, result.made.name) == (State.DONE_WITH_WARNINGS, "Another")
    assert f"({made}), which this run does not go on with. Remove it on the portal." in said(result)


def test_a_draft_that_somebody_has_filled_is_not_touched(
    path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """A draft of the same title with rows in it is somebody's own work: it keeps its rows, and another is made."""
    cut_off(other, MAKING, "run", path)
    (theirs,) = new()
    who = other.sign_ins[0]
    rows = [{"iata_code": "ZZ1"}]
    address = f"{other.url}/resource/{theirs}.json"
    assert requests.post(address, json=rows, auth=(who.key_id, who.key_secret), timeout=10).ok
    (result,) = run(path).results
    assert result.made.id != theirs
    assert [row["iata_code"] for row in other.rows(theirs)] == ["ZZ1"]


def test_half_made_can_be_undone(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Instead of going on, undo removes it; then the job begins anew and nothing is told of the first."""
    cut_off(other, FILLING, "run", path)
    assert undo_run(path).exit_code == 0
    assert (new(), open_runs(path)) == (set(), 0)
    (result,) = run(path).results
    assert (result.state, result.problems) == (State.DONE, ())


def test_an_undo_that_was_removing(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Cut off when the dataset was gone: the same command finds it gone; undoing that brings one back, and only one."""
    assert run(path).exit_code == 0
    cut_off(other, ("DELETE", "/api/views/"), "undo", path, "--yes")
    assert new() == set()
    assert undo_run(path).exit_code == 0
    assert open_runs(path) == 0
    cut_off(other, MAKING, "undo", path, "--yes")
    cut_off(other, FILLING, "undo", path, "--yes")
    assert undo_run(path).exit_code == 0
    (made,) = new()
    assert (len(other.rows(made)), open_runs(path)) == (200, 0)


def test_after_one_that_was_finished(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """A job that had made a dataset before, cut off at its next one: that one is gone on with, and both are named."""
    first = run(path).results[0].made.id
    cut_off(other, FILLING, "run", path)
    (draft,) = new() - {first}
    (result,) = run(path).results
    assert (result.made.id, new(), open_runs(path)) == (draft, {first, draft}, 0)
    assert GOES_ON in said(result)
    assert (
        f"({first}) of the same source; this run finishes another one. To bring the first one up to date, choose "
        "“Rows only” and name it as the destination."
    ) in said(result)


def test_stopped_after_one_that_was_finished(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """The same where Ctrl-C stopped it, which leaves a record of how it ended."""
    first = run(path).results[0].made.id
    other.add_fault("slow", method="PUT", path="/resource/", seconds=0.5)
    process = start("run", path)
    until(lambda: taken(other))
    process.send_signal(signal.SIGINT)
    assert ended(process)[0] == 130
    (draft,) = new() - {first}
    (result,) = run(path).results
    assert (result.made.id, new()) == (draft, {first, draft})
    assert GOES_ON in said(result)


def test_a_draft_that_was_left_behind_is_gone_on_with(
    path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """A draft that a former version of this program left behind a finished run is not forgotten."""
    cut_off(other, FILLING, "run", path)
    (draft,) = new()
    history = path.with_suffix(".datasync") / "history.jsonl"
    cut = history.read_bytes()
    history.unlink()
    finished = run(path).results[0].made.id
    history.write_bytes(cut + history.read_bytes())
    (result,) = run(path).results
    assert (result.made.id, new(), open_runs(path)) == (draft, {draft, finished}, 0)


def test_undo_before_the_id_was_told(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Undo looks for what was made by its title, removes it, and the record is settled; there is no more to undo."""
    cut_off(other, MAKING, "run", path)
    (made,) = new()
    look = undo_run(path, aim=Aim.CHECK)
    assert "would be removed." in "\n".join(report_lines(look))
    report = undo_run(path)
    assert (report.exit_code, report.notes) == (0, ())
    assert (new(), open_runs(path), made in other.dataset_ids()) == (set(), 0, False)
    assert undo_run(path, aim=Aim.CHECK).results[0].plan.before is not None


def test_undo_of_nothing_made(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Where the portal never made it, undo says so, and the record is settled."""
    other.add_fault("503", method="POST", path="/api/views.json")
    cut_off(other, MAKING, "run", path)
    age(path)
    report = undo_run(path)
    assert (report.exit_code, new(), open_runs(path)) == (0, set(), 0)
    assert "No dataset had been made, so that there is nothing to remove." in "\n".join(report_lines(report))
    with pytest.raises(ConfigurationError, match=r"the run of .* was cut off before it had made a dataset"):
        undo_run(path)


def test_undo_where_the_portal_cannot_tell(path: Path, other: PracticePortal, new: Callable[[], set[str]]) -> None:
    """Nothing is removed; it says where to look; a person who has looked may settle it."""
    cut_off(other, MAKING, "run", path)
    (made,) = new()
    other.add_fault("404", times=None, path="/api/catalog")
    result = undo_run(path).results[0]
    assert (result.state, new()) == (State.NOT_SENT, {made})
    assert (
        "was cut off while it was making “Small airfields to review”, and the portal cannot tell whether it did. Look for "
        "it among your assets on the portal, and remove it there. Then run the job yourself: you are asked whether to go on."
    ) in said(result)
    assert undo_run(path, person=YES).exit_code == 3
    assert open_runs(path) == 0


def test_an_undo_of_an_unknown_draft_that_was_cut_off(
    path: Path, other: PracticePortal, new: Callable[[], set[str]]
) -> None:
    """Cut off when it had found and removed the draft: the same command finds it gone, and both are settled."""
    cut_off(other, MAKING, "run", path)
    cut_off(other, ("DELETE", "/api/views/"), "undo", path, "--yes")
    assert new() == set()
    assert undo_run(path).exit_code == 0
    assert open_runs(path) == 0


def test_later_runs_are_not_reminded_for_ever(workbook: Jobs, other: PracticePortal) -> None:
    """A copy that was cut off and made under another title since needs no look any more; before, the note says where."""
    again = {**COPY, "New dataset title": "Another"}
    rest = {**COPY, "Job name": "Rest", "What to copy": "Columns only"}
    path = workbook([COPY, {**rest, "Run?": "No"}])
    cut_off(other, FILLING, "run", path)
    workbook([{**COPY, "Run?": "No"}, rest])
    (note,) = run(path).notes
    assert note.startswith("An earlier run of the job “Copy” needs a look: the run of ")
    assert re.search(rf"\(Dataset \w{{4}}-\w{{4}} on {other.url}, run \d{{8}}-\d{{6}}-\w{{8}}\)$", note)
    workbook([again, {**rest, "Run?": "No"}])
    assert run(path).results[0].made.name == "Another"
    workbook([{**again, "Run?": "No"}, rest])
    assert run(path).notes == ()
    assert "Later: run again by the run " in history_of(path)


def test_only_notes_about_the_same_portal() -> None:
    """Copies made without a workbook share their records: what was cut off at another portal is not told here."""
    here, there = (Connection(name, f"https://{name}.example") for name in ("here", "there"))
    started = {"portal": here.address, "dataset_id": "", "workbook": None}
    record = RunRecord("20261122-000000-00000000", "Copy", started, {"phase": "make", "title": "T"})
    jobs = [PortJob("Other", to, there, "abcd-1234", What.COLUMNS) for to in (here, there)]
    assert len(notes_on([record], jobs[:1])) == 1
    assert notes_on([record], jobs[1:]) == []
    of_workbook = replace(record, started={**started, "workbook": "jobs.xlsx"})
    assert len(notes_on([of_workbook], jobs[1:])) == 1


def age(path: Path) -> None:
    """Let the runs have been long ago, so that nobody waits for what the portal may still be at work on."""
    history = path.with_suffix(".datasync") / "history.jsonl"
    text = history.read_text(encoding="utf-8")
    history.write_text(re.sub(r'"at":"\d{4}', '"at":"2016', text), encoding="utf-8")


def history_of(path: Path) -> str:
    """What ``history`` shows."""
    return "\n".join(run_lines(*found_runs(path, Wanted())))
