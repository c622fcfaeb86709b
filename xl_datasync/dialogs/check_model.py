"""What the window of a check lists, and which of its buttons do something; free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

from xl_datasync.core.errors import NOTHING_SENT
from xl_datasync.core.problems import Place, Problem, Severity, any_blocks, any_warns
from xl_datasync.core.report_words import count_words, plural
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.words import error_words, sentence

SEVERITY_WORDS = {Severity.PROBLEM: "Problem", Severity.WARNING: "Warning", Severity.NOTE: "Note"}
"""The word beside the icon."""
LONGEST_KIND = 60
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
    :param can_set_aside: whether the others can be published while rows with faults are kept apart.
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


@dataclass(frozen=True)
class Line:
    """One place of one problem; several that are only counted are one line.

    :param same_sheet: whether all lines stand on one sheet, so that its name need not be repeated.
    """

    problem: Problem
    place: Place | None = None
    more: int = 0
    same_sheet: bool = False

    @property
    def kind(self) -> str:
        """Problem, Warning or Note."""
        return SEVERITY_WORDS[self.problem.severity]

    @property
    def where(self) -> str:
        """The cell, or how many more there are."""
        if self.place:
            return self.place.where
        return f"{self.more:,} more" if self.more else ""

    @property
    def value(self) -> str:
        """What stands in the cell."""
        return self.place.value if self.place else ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As the columns of the list: kind, where, what it is about, value, what, what to do."""
        problem = self.problem
        what = sentence(f"{problem.what[:1].upper()}{problem.what[1:]}")
        where = self.where.replace(sheet_part(self.where), "") if self.same_sheet and self.place else self.where
        return self.kind, where, problem.subject, self.value, what, sentence(problem.remedy)

    @property
    def words(self) -> str:
        """Where it is, what it is about, and what is wrong, in full."""
        where = f"{self.where} – " if self.place else ""
        return f"{where}{self.problem.subject}: {self.cells[4]}"

    @property
    def answerable(self) -> bool:
        """Whether the clerk may say once and for all that it is meant."""
        return self.problem.warns and bool(self.problem.topic)


HEADERS = ("Kind", "Cell", "What it is about", "Value", "What is wrong", "What to do")


@dataclass(frozen=True)
class Show:
    """One choice of what is listed: all, one severity, or one kind of trouble."""

    words: str
    severity: Severity | None = None
    problem: int | None = None


class CheckList:
    """The list, whole and as it is narrowed down."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: list(Severity).index(problem.severity)))
        sheets = {sheet_part(place.where) for problem in self.problems for place in problem.places}
        same = len(sheets) == 1 and sheets != {""}
        self._lines = [(number, line) for number, one in enumerate(self.problems) for line in lines_of(one, same)]

    @cached_property
    def _texts(self) -> list[str]:
        """What is searched; made when something is looked for first."""
        return [" ".join((line.where, *line.cells)).casefold() for _, line in self._lines]

    def choices(self) -> list[Show]:
        """What can be chosen under “Show”."""
        found = [Show(f"All ({_count(self.problems):,})")]
        for severity, word in SEVERITY_WORDS.items():
            if some := [problem for problem in self.problems if problem.severity is severity]:
                found.append(Show(f"{word}s ({_count(some):,})", severity))
        if len(self.problems) > 1:
            found += [Show(_kind(problem), problem=n) for n, problem in enumerate(self.problems)]
        return found

    def lines(self, show: Show | None = None, find: str = "") -> list[Line]:
        """The lines of one choice in which every word that is looked for stands."""
        words = find.casefold().split()
        if not words:
            return [line for number, line in self._lines if _belongs(number, line, show)]
        return [
            line
            for (number, line), text in zip(self._lines, self._texts, strict=True)
            if _belongs(number, line, show) and all(word in text for word in words)
        ]

    def count_words(self, shown: int) -> str:
        """How many lines are listed, of how many."""
        whole = len(self._lines)
        return plural(whole, "line") if shown == whole else f"{shown:,} of {plural(whole, 'line')}"

    def text(self, headline: str) -> str:
        """All of it for the clipboard, cells apart by tabs, so that it can be pasted into a sheet."""
        rows = [HEADERS, *(line.cells for _, line in self._lines)]
        return "\n".join([headline, *("\t".join(" ".join(cell.split()) for cell in row) for row in rows)])


def _belongs(number: int, line: Line, show: Show | None) -> bool:
    if show is None or (show.severity is None and show.problem is None):
        return True
    return number == show.problem if show.severity is None else line.problem.severity is show.severity


def lines_of(problem: Problem, same_sheet: bool = False) -> Iterator[Line]:  # noqa: FBT001, FBT002  # as Line's
    """A line for each place; one for those that were only counted, and for a problem that has no place."""
    for place in problem.places:
        yield Line(problem, place, 0, same_sheet)
    more = problem.count - len(problem.places)
    if not problem.places:
        yield Line(problem, more=more if more > 1 else 0)
    elif more > 0:
        yield Line(problem, more=more)


def sheet_part(where: str) -> str:
    """What stands before the first cell of an address, such as ``'My sheet'!``."""
    end = where.find("'!", 1) + 1 if where.startswith("'") else where.find("!")
    return where[: end + 1] if end > 0 else ""


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


def forbids(problems: Sequence[Problem]) -> bool:
    """Whether something stands in the way that nobody may pass."""
    return any(problem.blocks and not problem.confirm for problem in problems)


def failed_words(error: Exception) -> str:
    """Why an errand of a window was not done."""
    return error_words(error, f"Excel did not do it ({type(error).__name__}). Try again.")


def without(form: CheckForm, topic: str) -> CheckForm:
    """The form after a warning was answered; with the last one, nothing is left to look at."""
    left = tuple(problem for problem in form.problems if problem.topic != topic)
    over = not any_warns(left) and not any_blocks(left)
    return replace(form, problems=left, ending=replace(form.ending, kind="done", code=0) if over else form.ending)


def _count(problems: Iterator[Problem] | Sequence[Problem]) -> int:
    return sum(problem.count for problem in problems)


def _kind(problem: Problem) -> str:
    words = f"{problem.subject}: {' '.join(problem.what.split())}"
    short = words if len(words) <= LONGEST_KIND else f"{words[: LONGEST_KIND - 1]}…"
    return f"{short} ({problem.count:,})"


@dataclass(frozen=True)
class CheckDeeds:
    """What the window has done while it stays; called by the worker.

    :param go_to: brings a cell to the front in Excel, and says what was done.
    :param again: checks once more.
    :param answer: remembers that a warning's topic is meant.
    """

    go_to: Callable[[str], str]
    again: Callable[[], CheckForm]
    answer: Callable[[str], None]
