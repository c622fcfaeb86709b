"""What stands in the way of publishing, gathered as it is met: all of it, never only the first.

Bad data is not an exception. A :class:`Fault` says what is wrong with one value or one setting; a
:class:`ProblemLog` counts every one and keeps the first few places of each kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from xl_datasync.core.errors import ConfigurationError

# Every place has a link on the Results sheet; a text names the first few.
PLACES_KEPT, PLACES_SHOWN = 1000, 20


class Severity(Enum):
    """Whether something stops the job, should be looked at, or is only told."""

    PROBLEM = "problem"
    WARNING = "warning"
    NOTE = "note"


class About(Enum):
    """What a problem tells of, where windows say more of that than of others."""

    ANYTHING = "anything"
    LEFT_OUT = "rows that the job leaves out for what they say"
    ASIDE = "how many rows are set aside"
    FAULT_ASIDE = "a fault for which rows are set aside"


@dataclass(frozen=True)
class Fault:
    """One kind of trouble, in words that fit after “Column X: ”.

    :param text: for a warning, the text that is sent all the same.
    :param topic: as :attr:`Problem.topic`; of a value that is converted, only the kind of warning, without the column.
    """

    what: str
    remedy: str
    severity: Severity = Severity.PROBLEM
    text: str = ""
    topic: str = ""
    about: About = About.ANYTHING


@dataclass(frozen=True)
class Place:
    """Where a fault stands and what stands there: ``Sheet!B17`` and the cell's content in short.

    :param label: of a row that is no record, the text by which a job can leave it out; ``""`` where it has none.
    """

    where: str
    value: str = ""
    label: str = ""


@dataclass(frozen=True)
class Problem:
    """All places with the same trouble.

    :param subject: what is troubled: ``Column “Fee”``, ``Jobs table``, a dataset.
    :param count: how many places there are; ``places`` holds the first :data:`PLACES_KEPT` of them.
    :param confirm: for a guard or a question, what a person who has seen the numbers may decide to do all the same,
        such as ``Replace anyway``; ``""`` where nobody may.
    :param topic: for a warning that can be answered once and for all, the words by which the answer is remembered with
        the job, such as ``personal data in Owner Email``; ``""`` where it cannot.
    """

    subject: str
    what: str
    remedy: str
    severity: Severity
    count: int
    places: tuple[Place, ...]
    confirm: str = ""
    topic: str = ""
    about: About = About.ANYTHING

    @property
    def blocks(self) -> bool:
        """Whether nothing may be sent while it stands."""
        return self.severity is Severity.PROBLEM

    @property
    def warns(self) -> bool:
        """Whether somebody should look at it."""
        return self.severity is Severity.WARNING


def single(subject: str, fault: Fault, where: str = "", value: str = "") -> Problem:
    """A problem that stands in one place."""
    places = (Place(where, value),) if where else ()
    return Problem(subject, fault.what, fault.remedy, fault.severity, 1, places, topic=fault.topic, about=fault.about)


def guard(subject: str, what: str, remedy: str, confirm: str) -> Problem:
    """What stands in the way until a person who has seen the numbers decides otherwise.

    :param confirm: what that person may decide to do all the same, such as ``Replace anyway``.
    """
    return Problem(subject, what, remedy, Severity.PROBLEM, 1, (), confirm)


def question(subject: str, what: str, remedy: str, confirm: str) -> Problem:
    """What a person at the windows is asked about before rows are sent; where nobody is there, it is only told.

    :param confirm: what that person may decide to do, such as ``Publish anyway``.
    """
    return Problem(subject, what, remedy, Severity.WARNING, 1, (), confirm)


def go_on_word(problems: Iterable[Problem]) -> str:
    """The word for going on in spite of guards and questions."""
    said = list(dict.fromkeys(problem.confirm for problem in problems if problem.confirm))
    return said[0] if len(said) == 1 else "Go on all the same"


def confirmed(problem: Problem) -> Problem:
    """A guard that a person has gone past; it is told all the same."""
    what = f"{problem.what}; you said “{problem.confirm}”"
    return replace(problem, what=what, remedy="", severity=Severity.WARNING, confirm="")


@dataclass
class ProblemLog:
    """Collects faults; equal ones of one subject become one problem."""

    _counts: dict[tuple[str, Fault], int] = field(default_factory=dict)
    _places: dict[tuple[str, Fault], list[Place]] = field(default_factory=dict)

    def add(self, subject: str, fault: Fault, where: str = "", value: str = "", label: str = "") -> None:
        """Count one fault at one place."""
        key = _key(subject, fault)
        self._counts[key] = self._counts.get(key, 0) + 1
        places = self._places.setdefault(key, [])
        if where and len(places) < PLACES_KEPT:
            places.append(Place(where, shortened(value), label))

    def raise_count(self, subject: str, fault: Fault, count: int) -> None:
        """Say how many there are in all, where only the first were added one by one."""
        key = _key(subject, fault)
        if key in self._counts:
            self._counts[key] = max(self._counts[key], count)

    def problems(self) -> tuple[Problem, ...]:
        """What was collected: what blocks first, each in the order it was met."""
        found = [
            replace(single(subject, fault), count=count, places=tuple(self._places[subject, fault]))
            for (subject, fault), count in self._counts.items()
        ]
        return tuple(sorted(found, key=lambda problem: list(Severity).index(problem.severity)))


def _key(subject: str, fault: Fault) -> tuple[str, Fault]:
    """Faults that differ only in the text that is sent are one problem."""
    return subject, replace(fault, text="") if fault.text else fault


def any_warns(problems: Iterable[Problem]) -> bool:
    """Whether somebody should look at one of them."""
    return any(problem.warns for problem in problems)


def any_blocks(problems: Iterable[Problem]) -> bool:
    """Whether one of them stands in the way."""
    return any(problem.blocks for problem in problems)


def forbids(problems: Iterable[Problem]) -> bool:
    """Whether one of them stands in the way that nobody may pass."""
    return any(problem.blocks and not problem.confirm for problem in problems)


def shortened(text: str, limit: int = 60) -> str:
    """A cell's content on one line, cut for a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class ConfigurationFaults(ConfigurationError):
    """The config tables have faults: all of them are in :attr:`problems`, each with its cell."""

    def __init__(self, workbook: str, problems: tuple[Problem, ...]) -> None:
        count = sum(problem.count for problem in problems)
        what = f"{workbook} has {count} {'fault' if count == 1 else 'faults'} in its job sheets."
        super().__init__(what, remedy="Correct them and run it again.")
        self.problems = problems
