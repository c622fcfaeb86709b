"""Warnings that somebody has answered once and for all: each has a topic, and the job's options hold those answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from xl_datasync.core.mapping import MappedColumn
from xl_datasync.core.options import ROWS_LEFT_OUT, JobOptions, topic_key
from xl_datasync.core.problems import Fault, Problem, Severity
from xl_datasync.core.values import SheetColumn

OPTION = "Warnings answered"
NAMES_SPELT_OUT = 3


def answered(problems: Iterable[Problem], options: JobOptions) -> tuple[Problem, ...]:
    """The problems of a plan, each warning that was answered a note; what blocks first, else in their order."""
    settled = [_settled(problem, options.answered) for problem in problems]
    return tuple(sorted(settled, key=lambda problem: list(Severity).index(problem.severity)))


def _settled(problem: Problem, known: frozenset[str]) -> Problem:
    topic = topic_of(problem)
    if not topic or topic_key(topic) not in known:
        return problem
    what = f"{problem.what}; you said that this is meant"
    return replace(problem, what=what, remedy="", severity=Severity.NOTE)


def advice(problem: Problem) -> str:
    """What to do about a problem, for whoever has no buttons beside it: the job's options do the same as those."""
    return " ".join(filter(None, (problem.remedy, _leaving_words(problem), _answer_words(topic_of(problem)))))


def _leaving_words(problem: Problem) -> str:
    """How rows that are no records are left out."""
    labels = list(dict.fromkeys(place.label for place in problem.places if place.label)) if problem.warns else []
    if not labels:
        return ""
    named = f"“{'; '.join(labels[:NAMES_SPELT_OUT])}”" + (" and the others" if len(labels) > NAMES_SPELT_OUT else "")
    return f"To leave it out, write {named} under “{ROWS_LEFT_OUT}” on the Options sheet."


def _answer_words(topic: str) -> str:
    """How a warning is answered."""
    if not topic:
        return ""
    return f"If it is meant, say so in Check sheet's window, or write “{topic}” under “{OPTION}” on the Options sheet."


def topic_of(problem: Problem) -> str:
    """The words by which a warning's answer is remembered; ``""`` for what no answer settles.

    What a person is asked before each run, such as a guard, is not answered for good.
    """
    return problem.topic if problem.warns and not problem.confirm else ""


def of_column(fault: Fault, mapped: MappedColumn) -> Fault:
    """A fault of a column's value, of which its topic knows only the kind; as it is where no answer settles it."""
    if not fault.topic:
        return fault
    return replace(fault, text="", topic=topic(fault.topic, mapped_name(mapped)))


def topic(kind: str, name: str) -> str:
    """The topic of a kind of warning about one column."""
    return tidy(f"{kind} in {name}")


def topic_of_all(kind: str, names: Sequence[str], shown: Sequence[str] = ()) -> str:
    """The topic of one kind of warning about several things: with another of them it is another topic.

    :param shown: the same names where some are too long for a cell, each cut.
    """
    shown = shown or names
    if len(names) <= NAMES_SPELT_OUT and shown == names:  # one answer is one cell, which has no room for a hundred
        return tidy(f"{kind} {', '.join(names)}")
    digest = hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "surrogatepass")).hexdigest()[:6]
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return tidy(f"{kind} {shown[0]}{more} ({digest})")


def tidy(topic: str) -> str:
    """A topic as it can stand in a cell beside others, which semicolons set apart."""
    return " ".join(topic.replace(";", ",").split())


def name_of(source: SheetColumn) -> str:
    """What a topic calls a sheet column."""
    return source.header or f"column {source.letter}"


def mapped_name(mapped: MappedColumn) -> str:
    """What a topic calls a column that is sent: as the sheet does, unless it is put together from several."""
    return name_of(mapped.source) if mapped.source and not mapped.parts else mapped.column.name
