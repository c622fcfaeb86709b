"""What a person is asked before rows are sent: one question, with every reason for it; and what nobody is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.workbooks import job
from xl_datasync.api import NOBODY, Person, WhichRows, run_records, run_workbook, undo_run
from xl_datasync.core.jobs import AnyJob
from xl_datasync.core.plan import Plan
from xl_datasync.core.problems import Problem, Severity
from xl_datasync.core.report import JobResult, State
from xl_datasync.core.report_words import result_words
from xl_datasync.job_run import Aim
from xl_datasync.practice_portal import PracticePortal

Make = Callable[..., Path]
AIRPORT = ("IATA Code", "Airport Name", "City", "State", "Country", "Latitude", "Longitude")
FIELD = ("ZZ1", "Test Field", "Testville", "TX", "USA", 31.5, -99.25)
TOTALS = ("Total", "", "", "", "", 1, 1)
PUBLIC = "it is public: everybody will see this row"


class Asked(list[list[Problem]]):
    """A person who gives one answer to everything, and remembers what she was asked."""

    def __init__(self, *, answer: bool = True) -> None:
        super().__init__()
        self._answer = answer

    def __call__(self, _job: AnyJob, problems: Sequence[Problem]) -> bool:
        """A :data:`job_run.Confirm`."""
        self.append(list(problems))
        return self._answer

    @property
    def words(self) -> list[list[tuple[str, str]]]:
        """Each question: what is said, and what the button says."""
        return [[(problem.what, problem.confirm) for problem in problems] for problems in self]


def run(path: Path, confirm: Asked | None = None, aim: Aim = Aim.PUBLISH) -> JobResult:
    """The result of a workbook's only job."""
    (result,) = run_workbook(path, aim=aim, person=Person(confirm=confirm) if confirm is not None else NOBODY).results
    return result


@pytest.fixture
def deleting(make_workbook: Make, signed_in: PracticePortal) -> Path:
    """A job that removes three rows."""
    codes = [(row["iata_code"],) for row in signed_in.rows("smal-fild")[:3]]
    return make_workbook([job("Away", "smal-fild", "Delete listed rows")], {"Data": [("IATA Code",), *codes]})


@pytest.fixture
def adding(make_workbook: Make, signed_in: PracticePortal) -> Callable[..., Path]:
    """A job that adds or updates one row of a public dataset."""

    def make(*rows: tuple[Any, ...], name: str = "Fields", dataset: str = "smal-fild") -> Path:
        return make_workbook([job(name, dataset, "Update and add")], {"Data": [AIRPORT, *(rows or (FIELD,))]})

    return make


class TestDeleting:
    """Rows that are listed are removed only where that is meant."""

    def test_yes(self, deleting: Path, portal: PracticePortal) -> None:
        """The number is asked about once; then it is done, all is well, and the question is told no more."""
        asked = Asked()
        result = run(deleting, asked)
        assert asked.words == [[("3 rows will be removed from it", "Delete them")]]
        assert (result.state, result.exit_code, len(portal.rows("smal-fild"))) == (State.DONE, 0, 197)
        assert result.problems == ()

    def test_no(self, deleting: Path, writes: Callable[[], list[str]]) -> None:
        """Nothing is sent, and the report says that this was wanted."""
        result = run(deleting, Asked(answer=False))
        assert (result.state, result.exit_code, writes()) == (State.NOT_SENT, 1, [])
        assert result_words(result) == "You decided not to go on. Nothing has been sent."

    def test_nobody_there(self, deleting: Path, portal: PracticePortal) -> None:
        """A delete at night stops nothing and warns of nothing."""
        result = run(deleting)
        assert (result.state, result.exit_code, len(portal.rows("smal-fild"))) == (State.DONE, 0, 197)
        assert result.problems == ()

    @pytest.mark.parametrize("aim", [Aim.CHECK, Aim.DRY_RUN])
    def test_looking_asks_nothing(self, deleting: Path, aim: Aim) -> None:
        """A check and a preview tell the number and are well, whoever is there."""
        asked = Asked()
        result = run(deleting, asked, aim)
        assert (asked, result.state, result.exit_code) == ([], State.CHECKED, 0)
        assert [(problem.what, problem.severity) for problem in result.problems] == [
            ("3 rows will be removed from it", Severity.NOTE)
        ]

    def test_nothing_to_delete_asks_nothing(self, make_workbook: Make, signed_in: PracticePortal) -> None:
        """Where none of the rows is there, there is no question."""
        asked = Asked()
        run(make_workbook([job("Away", "smal-fild", "Delete listed rows")], {"Data": [("IATA Code",), ("??",)]}), asked)
        assert asked == []

    def test_the_guard_asks_instead(self, make_workbook: Make, signed_in: PracticePortal) -> None:
        """Where so many rows would go that a guard stands in the way, that is asked, and not the same again."""
        codes = [(row["iata_code"],) for row in signed_in.rows("smal-fild")[:60]]
        asked = Asked()
        result = run(
            make_workbook([job("Away", "smal-fild", "Delete listed rows")], {"Data": [("IATA Code",), *codes]}), asked
        )
        assert [[confirm for _, confirm in words] for words in asked.words] == [["Delete anyway"]]
        assert result.state is State.DONE_WITH_WARNINGS


class TestFirstPublication:
    """Rows are shown to everybody for the first time only where that is meant."""

    def test_it_is_asked_once_and_never_again(self, adding: Callable[..., Path]) -> None:
        """The first time a job publishes to a public dataset; not the next time."""
        path, asked = adding(), Asked()
        assert run(path, asked).exit_code == 0
        assert asked.words == [[(PUBLIC, "Publish")]]
        assert asked[0][0].subject == "Dataset “Small airfields to review” (smal-fild)"
        result = run(path, asked)
        assert (len(asked), result.problems) == (1, ())

    def test_of_several_rows(self, adding: Callable[..., Path]) -> None:
        """Their number stands in it."""
        asked = Asked()
        run(adding(FIELD, ("ZZ2", *FIELD[1:])), asked)
        assert asked.words == [[("it is public: everybody will see these 2 rows", "Publish")]]

    def test_it_is_asked_again_where_it_came_to_nothing(self, adding: Callable[..., Path]) -> None:
        """A no, a preview and a check do not count as published."""
        path, no, yes = adding(), Asked(answer=False), Asked()
        run(path, no)
        run(path, yes, Aim.DRY_RUN)
        run(path, yes, Aim.CHECK)
        assert (len(no), len(yes)) == (1, 0)
        run(path, yes)
        assert yes.words == [[(PUBLIC, "Publish")]]

    def test_another_job_is_asked_about(self, adding: Callable[..., Path]) -> None:
        """Each job of a workbook is asked about for itself."""
        asked = Asked()
        run(adding(), asked)
        run(adding(name="Other"), asked)
        assert len(asked) == 2

    def test_a_private_dataset_is_not_asked_about(self, adding: Callable[..., Path], portal: PracticePortal) -> None:
        """Where only people it is shared with see it, nobody is asked or told."""
        columns = [
            {"name": name, "fieldName": name.lower().replace(" ", "_"), "dataTypeName": "text"} for name in AIRPORT
        ]
        portal.create_dataset("priv-ate1", "Private", columns, "iata_code", private=True)
        asked = Asked()
        result = run(adding(dataset="priv-ate1"), asked)
        assert (asked, result.exit_code, result.problems) == ([], 0, ())

    def test_a_draft_is_not_asked_about(self, adding: Callable[..., Path], portal: PracticePortal) -> None:
        """A working copy is seen by its editors only."""
        columns = [
            {"name": name, "fieldName": name.lower().replace(" ", "_"), "dataTypeName": "text"} for name in AIRPORT
        ]
        portal.create_dataset("drft-0001", "Draft", columns, "iata_code", published=False)
        asked = Asked()
        run(adding(dataset="drft-0001"), asked)
        assert asked == []

    def test_nobody_there(self, adding: Callable[..., Path]) -> None:
        """A first run at night asks nothing and is well."""
        result = run(adding())
        assert (result.state, result.exit_code) == (State.DONE, 0)
        assert result.problems == ()


def test_a_run_that_fails_tells_no_question(deleting: Path, portal: PracticePortal) -> None:
    """Where nothing was sent after all, the report does not speak of rows that will be removed."""
    portal.add_fault("403-rights", times=None, method="POST")
    result = run(deleting, Asked())
    assert (result.state, result.problems) == (State.FAILED, ())


class TestWarnings:
    """Warnings are passed over only where that is meant."""

    def test_all_reasons_are_one_question(self, make_workbook: Make, signed_in: PracticePortal) -> None:
        """A guard, a first publication and warnings come together: the guard first, and who says yes is asked once."""
        sheet = [AIRPORT, FIELD, TOTALS]
        path = make_workbook([job("Fields", "smal-fild", "Replace all rows")], {"Data": sheet})
        asked = Asked()
        result = run(path, asked)
        assert len(asked) == 1
        assert [confirm for _, confirm in asked.words[0]] == ["Replace anyway", "Publish", "Publish anyway"]
        assert asked.words[0][1][0] == "it is public: everybody will see these 2 rows"
        said = asked.words[0][2][0]
        warned = [problem for problem in result.problems if problem.warns and "you said" not in problem.what]
        assert said == f"there is a warning:\n• {warned[0].subject}: {warned[0].what}"
        assert (result.state, result.exit_code) == (State.DONE_WITH_WARNINGS, 3)
        assert not any("there is a warning" in problem.what for problem in result.problems)
        assert any("you said “Replace anyway”" in problem.what for problem in result.problems)

    def test_several(self, adding: Callable[..., Path]) -> None:
        """They are counted, and each is named."""
        asked = Asked()
        run(adding(FIELD, (None,) * 7, ("ZZ2", *FIELD[1:]), TOTALS), asked)
        assert asked.words[0][-1][0].startswith("there are 2 warnings:\n• Sheet “Data”: ")

    def test_no_after_the_first_publication(self, adding: Callable[..., Path]) -> None:
        """Where the warning is all there was to ask about, the report says that she decided."""
        run(adding())
        result = run(adding(FIELD, TOTALS), Asked(answer=False))
        assert (result.state, result.declined) == (State.NOT_SENT, True)
        assert result_words(result) == "You decided not to go on. Nothing has been sent."

    def test_no_to_a_guard(self, make_workbook: Make, signed_in: PracticePortal) -> None:
        """A guard that she does not pass is no problem to mend."""
        path = make_workbook([job("Fields", "smal-fild", "Replace all rows")], {"Data": [AIRPORT, FIELD]})
        assert result_words(run(path, Asked(answer=False))) == "You decided not to go on. Nothing has been sent."

    def test_no(self, adding: Callable[..., Path], writes: Callable[[], list[str]]) -> None:
        """Warnings that are not passed over stop the job."""
        result = run(adding(FIELD, TOTALS), Asked(answer=False))
        assert (result.state, writes()) == (State.NOT_SENT, [])
        assert result_words(result) == "You decided not to go on. Nothing has been sent."

    def test_nobody_there(self, adding: Callable[..., Path]) -> None:
        """With nobody there, warnings stop nothing; the exit code tells of them."""
        result = run(adding(FIELD, TOTALS))
        assert (result.state, result.exit_code) == (State.DONE_WITH_WARNINGS, 3)

    def test_what_nobody_may_pass_is_not_asked_about(self, adding: Callable[..., Path]) -> None:
        """Where a fault stands in the way, there is nothing to ask."""
        asked = Asked()
        result = run(adding(("", "No code", "x", "TX", "USA", 1, 2)), asked)
        assert (asked, result.state) == ([], State.NOT_SENT)
        assert result_words(result) == "1 problem in 1 cell to mend. Nothing has been sent."

    def test_nothing_to_ask_asks_nothing(self, adding: Callable[..., Path]) -> None:
        """An ordinary run after the first is not asked about."""
        run(adding())
        asked = Asked()
        assert run(adding(), asked).exit_code == 0
        assert asked == []


class TestColumnsThatChanged:
    """The drift alarm is silent once somebody has gone on, or has answered it."""

    def test_a_run_at_night_does_not_silence_it(self, make_workbook: Make, signed_in: PracticePortal) -> None:
        """It is told every night until a person who was asked goes on."""
        columns = [
            {"name": name, "fieldName": name.lower(), "dataTypeName": "text"} for name in ("Name", "Town", "Extra")
        ]
        signed_in.create_dataset("drif-ted1", "Drifting", columns)
        jobs = [job("Fields", "drif-ted1", "Add rows")]
        assert run(make_workbook(jobs, {"Data": [("Name", "Town", "Extra"), ("a", "b", "x")]})).exit_code == 0
        path = make_workbook(jobs, {"Data": [("Name", "Town", "Extras2"), ("b", "c", "x")]})
        told = [
            any("columns renamed" in problem.what for problem in run(path, asked).problems)
            for asked in (None, None, Asked(), None)
        ]
        assert told == [True, True, True, False]


def test_only_what_was_previewed_is_sent(adding: Callable[..., Path], writes: Callable[[], list[str]]) -> None:
    """Where the sheet is another one than the person has seen, nothing is asked or sent; the same one is sent."""
    path = adding()
    (seen,) = run_workbook(path, aim=Aim.DRY_RUN).results
    assert isinstance(seen.plan, Plan)
    which = WhichRows(previewed=seen.shown)
    adding(("ZZ9", *FIELD[1:]))
    asked = Asked()
    (result,) = run_workbook(path, person=Person(confirm=asked), which=which).results
    assert (result.state, result.outdated, asked, writes()) == (State.NOT_SENT, True, [], [])
    assert result_words(result) == "The sheet or the dataset was changed since. Nothing has been sent."
    adding()
    assert run_workbook(path, which=which).exit_code == 0


def test_a_dataset_that_others_change_is_previewed_again(
    make_workbook: Callable[..., Path], signed_in: PracticePortal
) -> None:
    """A row that a colleague has added since the preview is not removed unseen."""
    path = make_workbook([job("Job", "smal-fild", "Replace all rows")], {"Data": [AIRPORT, FIELD]})
    rows = [AIRPORT, ("YY1", *FIELD[1:])]
    other = make_workbook([job("Other", "smal-fild", "Update and add")], {"Data": rows}, name="o.xlsx")
    (seen,) = run_workbook(path, aim=Aim.DRY_RUN).results
    assert run_workbook(other).exit_code == 0
    (result,) = run_workbook(path, person=Person(confirm=Asked()), which=WhichRows(previewed=seen.shown)).results
    assert result.outdated
    assert "YY1" in {row["iata_code"] for row in signed_in.rows("smal-fild")}


@pytest.mark.parametrize("previewed", [True, False])
def test_rows_set_aside_are_asked_about(
    adding: Callable[..., Path], writes: Callable[[], list[str]], previewed: bool
) -> None:
    """Not where a preview has shown them; with one more it is not what she has seen, though the same rows are sent."""
    bad = [("ZZ8", *FIELD[1:5], "north", FIELD[6]), ("ZZ9", *FIELD[1:5], "south", FIELD[6])]
    path, asked = adding(FIELD, bad[0]), Asked(answer=False)
    (seen,) = run_workbook(path, aim=Aim.DRY_RUN, which=WhichRows(set_aside=True)).results
    assert isinstance(seen.plan, Plan)
    which = WhichRows(set_aside=True, previewed=seen.shown if previewed else "")
    run_workbook(path, person=Person(confirm=asked), which=which)
    assert [words[0][0] for words in asked.words] == [PUBLIC]
    assert any("set aside" in what for what, _ in asked.words[0]) is not previewed
    asked.clear()
    (result,) = run_workbook(adding(FIELD, *bad), person=Person(confirm=asked), which=which).results
    assert (result.outdated, len(asked), writes()) == (previewed, not previewed, [])


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of its own is POSIX's")
@pytest.mark.parametrize(("answer", "code", "left"), [("smal-fild", 0, 197), ("", 1, 200)])
def test_at_a_terminal(deleting: Path, portal: PracticePortal, answer: str, code: int, left: int) -> None:
    """At a terminal the same is asked by the usual prompt; Enter is the safe answer."""
    import pty  # noqa: PLC0415  # POSIX's

    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [sys.executable, "-m", "xl_datasync", "run", str(deleting)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", timeout=60,
        check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, len(portal.rows("smal-fild"))) == (code, left), done.stdout
    assert done.stdout.count("Delete them? Type smal-fild to do so; Enter stops") == 1


def test_unattended_is_never_asked(
    deleting: Path, portal: PracticePortal, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """A scheduled run asks nothing and exits with 0."""
    done = command("run", str(deleting), "--unattended")
    assert (done.returncode, len(portal.rows("smal-fild"))) == (0, 197), done.stdout + done.stderr
    (record,) = run_records(deleting)
    assert record.finished is not None
    assert record.finished["state"] == "done"


def test_the_same_rows_are_not_added_twice_unasked(
    make_workbook: Callable[..., Path], signed_in: PracticePortal
) -> None:
    """Where no identifier tells rows apart, a second run of the same sheet is asked about; after an undo it is not."""
    columns = [{"name": "Name", "fieldName": "name", "dataTypeName": "text"}]
    signed_in.create_dataset("bbbb-bbbb", "Names", columns)
    jobs, asked = [job("Job", "bbbb-bbbb", "Add rows")], Asked(answer=False)
    path = make_workbook(jobs, {"Data": [("Name",), ("a",), ("b",)]})
    person = Person(confirm=asked)
    assert run_workbook(path).exit_code == 0
    run_workbook(path, person=person)
    assert "these 2 rows were added on " in asked[-1][0].what
    assert asked[-1][0].what.endswith(" already, and would stand there twice")
    assert asked[-1][0].remedy == "Leave only what is new on the sheet."
    make_workbook(jobs, {"Data": [("Name",), ("a",), ("c",)]})
    assert run_workbook(path, person=person).exit_code == 0
    make_workbook(jobs, {"Data": [("Name",), ("a",), ("c",)]})
    assert undo_run(path, "Job").exit_code == 0
    before = len(asked)
    assert run_workbook(path, person=person).exit_code == 0
    assert len(asked) == before
