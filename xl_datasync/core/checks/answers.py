"""Warnings that somebody has answered once and for all: each has a topic, and the job's options hold those answered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from xl_datasync.core.options import JobOptions, topic_key
from xl_datasync.core.problems import Problem, Severity
from xl_datasync.core.values import SheetColumn

OPTION = "Warnings answered"
_COLUMN = re.compile("Column “(.*)”", re.DOTALL)
_FIRST_WORDS = re.compile(r"[^;:(]*")
# Faults of single cells do not know their column; how each kind is called, by how its words begin.
_KINDS = {
    "text that a spreadsheet would run as a formula": "text like a formula",
    "text with leading zeros": "leading zeros",
    "text as long as Excel allows": "texts of 32,767 characters",
    "text longer than the portal's limit": "long texts",
    "number of 16 or more digits": "numbers of 16 or more digits",
    "unusual year": "unusual years",
    "time that occurs twice": "times that occur twice",
    "point at 0, 0": "points at 0, 0",
    "percentage": "percentages as fractions",
    "row identifiers that differ only": "row identifiers that are nearly the same",
    "row identifier with an invisible": "invisible spaces",
    "row identifier with spaces": "spaces at the ends",
}

_BLANK_ROWS = "blank rows"


def answered(problems: Iterable[Problem], options: JobOptions) -> tuple[Problem, ...]:
    """The problems of a plan, each warning that was answered a note, and how to answer the others; in their order."""
    settled = [_settled(problem, options.answered) for problem in problems]
    return tuple(sorted(settled, key=lambda problem: list(Severity).index(problem.severity)))


def _settled(problem: Problem, known: frozenset[str]) -> Problem:
    topic = topic_of(problem)
    if not topic:
        return problem
    if topic_key(topic) in known:
        what = f"{problem.what}; you said that this is meant"
        return replace(problem, what=what, remedy="", severity=Severity.NOTE, topic=topic)
    how = answer_words(topic)
    if problem.remedy.endswith(how):
        return problem
    return replace(problem, remedy=f"{problem.remedy} {how}".lstrip(), topic=topic)


def answer_words(topic: str) -> str:
    """How a warning is answered."""
    return f"If it is meant, say so in Check sheet's window, or write “{topic}” under “{OPTION}” on the Options sheet."


def topic_of(problem: Problem) -> str:
    """The words by which a warning's answer is remembered; ``""`` for what no answer settles.

    What a person is asked before each run, such as a guard, is not answered for good.
    """
    if not problem.warns or problem.confirm:
        return ""
    column = _COLUMN.fullmatch(problem.subject)
    if problem.topic or not column:
        return problem.topic or (_BLANK_ROWS if problem.what.startswith(_BLANK_ROWS) else "")
    kind = next((kind for words, kind in _KINDS.items() if problem.what.startswith(words)), "")
    words = _FIRST_WORDS.match(problem.what)
    return topic(kind or (words[0].strip() if words else problem.what), column[1])


def topic(kind: str, name: str) -> str:
    """The topic of a kind of warning about one column."""
    return tidy(f"{kind} in {name}")


def tidy(topic: str) -> str:
    """A topic as it can stand in a cell beside others, which semicolons set apart."""
    return " ".join(topic.replace(";", ",").split())


def name_of(source: SheetColumn) -> str:
    """What a topic calls a sheet column."""
    return source.header or f"column {source.letter}"
