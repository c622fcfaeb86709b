"""What the window of a check is given, says and asks for, and which of its buttons do something; free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.problems import About, Problem, Severity, any_blocks, any_warns
from xl_datasync.core.report_words import count_words
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.words import error_words

LABELS_NAMED = 2
IN_ORDER = "Nothing stands in the way."


class Step(Enum):
    """What a clerk wants to do next when she leaves one of the loop's windows."""

    PUBLISH = "publish"
    SET_ASIDE = "set aside"
    CHECK = "check"
    PREVIEW = "preview"
    MAP = "map columns"


@dataclass(frozen=True)
class CheckForm:
    """What a check has found.

    :param job: the job's name; ``""`` where the job sheets themselves have faults.
    :param ending: all of it in words.
    :param facts: what else is to be told, each a sentence.
    :param can_publish: whether nothing stands in the way that a person may not pass.
    :param can_set_aside: whether the others can be previewed, and published, while rows with faults are kept apart.
    :param can_map: whether there is a column map to be looked at.
    :param can_answer: whether warnings can be answered once and for all.
    :param back: whether the window was opened from the preview's.
    """

    title: str
    job: str
    problems: tuple[Problem, ...]
    ending: Ending
    facts: tuple[str, ...] = ()
    can_publish: bool = False
    can_set_aside: bool = False
    can_map: bool = False
    can_answer: bool = False
    back: bool = False

    @property
    def headline(self) -> str:
        """How many there are, of what, and that nothing was sent."""
        return f"{found_words(self.problems)} {NOTHING_SENT}"


def found_words(problems: Sequence[Problem]) -> str:
    """``3 problems in 17 cells, 1 warning in 2 cells.``"""
    parts = []
    for severity in (Severity.PROBLEM, Severity.WARNING):
        some = [problem for problem in problems if problem.severity is severity]
        if some:
            parts.append(count_words(some, severity.value))
    if not parts:
        return IN_ORDER
    return f"{', '.join(parts)}." if any(problem.blocks for problem in problems) else f"{IN_ORDER} {', '.join(parts)}."


def leave_words(rows: int) -> str:
    """The button that leaves rows out."""
    return f"&Leave {rows:,} rows out" if rows > 1 else "&Leave the row out"


def left_words(labels: Sequence[str], problems: Sequence[Problem]) -> str:
    """What is remembered of rows that are left out, and how many the check that followed has left out in all."""
    named = ", ".join(f"“{label}”" for label in labels[:LABELS_NAMED])
    others = " and others" if len(labels) > LABELS_NAMED else ""
    left = sum(problem.count for problem in problems if problem.about is About.LEFT_OUT)
    now = "1 row is left out" if left == 1 else f"{left:,} rows are left out"
    return f"Remembered: rows that say {named}{others} are left out. Checked again: {now} now."


def failed_words(error: Exception) -> str:
    """Why an errand of a window was not done."""
    return error_words(error, f"Excel did not do it ({type(error).__name__}). Try again.")


def without(form: CheckForm, topic: str) -> CheckForm:
    """The form after a warning was answered; with the last one, nothing is left to look at."""
    left = tuple(problem for problem in form.problems if problem.topic != topic)
    over = not any_warns(left) and not any_blocks(left)
    return replace(form, problems=left, ending=replace(form.ending, kind="done", code=0) if over else form.ending)


@dataclass(frozen=True)
class CheckDeeds:
    """What the window has done while it stays; called by the worker.

    :param go_to: brings a cell to the front in Excel, and says what was done.
    :param again: checks once more.
    :param answer: remembers that a warning's topic is meant.
    :param leave_out: remembers that rows which say this are left out, and checks once more.
    """

    go_to: Callable[[str], str]
    again: Callable[[], CheckForm]
    answer: Callable[[str], None]
    leave_out: Callable[[Sequence[str]], CheckForm]
