"""What the window of a check lists: a line for each place of each problem, whole and narrowed down; free of Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from xl_datasync.core.problems import Place, Problem, Severity
from xl_datasync.core.report_words import plural
from xl_datasync.dialogs.words import sentence

SEVERITY_WORDS = {Severity.PROBLEM: "Problem", Severity.WARNING: "Warning", Severity.NOTE: "Note"}
"""The word beside the icon."""
LONGEST_KIND = 60
HEADERS = ("Kind", "Cell", "What it is about", "Value", "What is wrong", "What to do")


@dataclass(frozen=True)
class Line:
    """One place of one problem; several that are only counted are one line.

    :param home: what begins most addresses of the list, such as ``Permits!``, so that it need not be repeated.
    """

    problem: Problem
    place: Place | None = None
    more: int = 0
    home: str = ""

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
    def row(self) -> str:
        """The number of the row that it is about as a whole; ``""`` where it is about cells."""
        first, _, last = self.where[len(sheet_part(self.where)) :].partition(":")
        return first if first == last and first.isdecimal() else ""

    @property
    def short_where(self) -> str:
        """The cell or the row; the sheet only where it is another than that of most lines."""
        sheet = sheet_part(self.where)
        if not self.row:
            return self.where.replace(sheet, "") if sheet == self.home else self.where
        return f"Row {self.row}" if sheet == self.home else f"Row {self.row} of {sheet[:-1]}"

    @property
    def value(self) -> str:
        """What stands in the cell."""
        return self.place.value if self.place else ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As the columns of the list: kind, where, what it is about, value, what, what to do."""
        problem = self.problem
        what = sentence(f"{problem.what[:1].upper()}{problem.what[1:]}")
        return self.kind, self.short_where, problem.subject, self.value, what, sentence(problem.remedy)

    @property
    def words(self) -> str:
        """Where it is, what it is about, and what is wrong, in full."""
        where = f"{self.where if not self.row else self.short_where} – " if self.place else ""
        return f"{where}{self.problem.subject}: {self.cells[4]}"

    @property
    def answerable(self) -> bool:
        """Whether the clerk may say once and for all that it is meant."""
        return self.problem.warns and bool(self.problem.topic)

    @property
    def label(self) -> str:
        """The text by which the job can leave the row out; ``""`` where it cannot."""
        return self.place.label if self.place and self.problem.warns else ""

    def to_do(self, *, can_answer: bool) -> str:
        """What to do about it, for the window whose buttons do some of it."""
        meant = "If it is meant, press “This is meant”." if can_answer and self.answerable else ""
        words = " ".join(filter(None, (self.cells[5], meant)))
        return f"What to do: {words}" if words else ""


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
        sheets = Counter(sheet_part(place.where) for problem in self.problems for place in problem.places)
        home = next((sheet for sheet, count in sheets.items() if count * 2 > sheets.total()), "")
        self._lines = [(number, line) for number, one in enumerate(self.problems) for line in lines_of(one, home)]

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


def lines_of(problem: Problem, home: str = "") -> Iterator[Line]:
    """A line for each place; one for those that were only counted, and for a problem that has no place."""
    for place in problem.places:
        yield Line(problem, place, 0, home)
    more = problem.count - len(problem.places)
    if not problem.places:
        yield Line(problem, more=more if more > 1 else 0)
    elif more > 0:
        yield Line(problem, more=more)


def sheet_part(where: str) -> str:
    """What stands before the first cell of an address, such as ``'My sheet'!``."""
    end = where.find("'!", 1) + 1 if where.startswith("'") else where.find("!")
    return where[: end + 1] if end > 0 else ""


def _count(problems: Iterator[Problem] | Sequence[Problem]) -> int:
    return sum(problem.count for problem in problems)


def _kind(problem: Problem) -> str:
    words = f"{problem.subject}: {' '.join(problem.what.split())}"
    short = words if len(words) <= LONGEST_KIND else f"{words[: LONGEST_KIND - 1]}…"
    return f"{short} ({problem.count:,})"
