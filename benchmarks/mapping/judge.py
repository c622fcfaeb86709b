"""How often a way of pairing is right, wrong or silent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.mapping.table import Case
from benchmarks.mapping.yardsticks import datasync, difflib_ratio
from xl_datasync.core.matching import Match, pair_up

COST_OF_WRONG = 5
PLAIN, NO_PARTNER = "(nothing)", "(means no portal column)"
OURS, DATASYNC, DIFFLIB = "**xl-datasync**", "DataSync", "difflib ratio ≥ 0.75"


@dataclass(frozen=True)
class Tally:
    """Counts over many headers.

    :param wrong: matches of a header that means another column, or none.
    :param unmarked: the wrong ones that are not marked as a guess.
    :param missed: headers that mean a column and did not find it, those that found a wrong one among them.
    """

    right: int = 0
    wrong: int = 0
    unmarked: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.right + other.right,
            self.wrong + other.wrong,
            self.unmarked + other.unmarked,
            self.missed + other.missed,
        )

    @property
    def precision(self) -> float:
        """Right ones among the matches made."""
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """Right ones among the matches there are."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f_score(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def cost(self) -> int:
        """What it costs a clerk; a wrong match is worse than none."""
        return COST_OF_WRONG * self.wrong + self.missed


@dataclass(frozen=True)
class Answer:
    """The field name found for a header, and whether it is marked as a guess."""

    field_name: str
    guess: bool


Matcher = Callable[[Case], Mapping[str, Answer]]


def ours(case: Case) -> dict[str, Answer]:
    """What the product finds."""
    pairing = pair_up(case.sheet_columns, case.columns)
    return {
        case.headers[pair.header.index]: Answer(pair.column.field_name, pair.match is Match.GUESS)
        for pair in pairing.pairs
    }


def _unmarked(found: Mapping[str, str]) -> dict[str, Answer]:
    return {header: Answer(field_name, guess=False) for header, field_name in found.items()}


MATCHERS: dict[str, Matcher] = {
    DATASYNC: lambda case: _unmarked(datasync(case.headers, case.columns)),
    DIFFLIB: lambda case: _unmarked(difflib_ratio(case.headers, case.columns)),
    OURS: ours,
}


def tally(case: Case, answers: Mapping[str, Answer], headers: Iterable[str] | None = None) -> Tally:
    """Count one case, or some of its headers."""
    total = Tally()
    for header in case.headers if headers is None else headers:
        partner, answer = case.partners.get(header), answers.get(header)
        right = answer is not None and answer.field_name == partner
        wrong = answer is not None and not right
        unmarked = wrong and answer is not None and not answer.guess
        total += Tally(int(right), int(wrong), int(unmarked), int(partner is not None and not right))
    return total


def judge(cases: Sequence[Case], matcher: Matcher) -> Tally:
    """Count all cases."""
    return sum((tally(case, matcher(case)) for case in cases), Tally())


def tallies_by(cases: Sequence[Case], matcher: Matcher, key: Callable[[Case, str], str]) -> dict[str, Tally]:
    """Counts by something about each header that has a partner; those without one are counted apart."""
    totals: dict[str, Tally] = defaultdict(Tally)
    for case in cases:
        answers = matcher(case)
        for header in case.headers:
            kind = (key(case, header) or PLAIN) if header in case.partners else NO_PARTNER
            totals[kind] += tally(case, answers, [header])
    return dict(totals)


def failed_bars(of_ours: Tally, of_datasync: Tally, of_difflib: Tally) -> list[str]:
    """The aims that are not met; an empty list when all are."""
    aims = {
        "F at least 0.25 above DataSync's": of_ours.f_score >= of_datasync.f_score + 0.25,
        "F at least 0.05 above difflib's": of_ours.f_score >= of_difflib.f_score + 0.05,
        "at most half as many wrong as DataSync": of_ours.wrong <= of_datasync.wrong / 2,
        "at most half as many wrong as difflib": of_ours.wrong <= of_difflib.wrong / 2,
        "no wrong match that is not marked as a guess": of_ours.unmarked == 0,
    }
    return [aim for aim, met in aims.items() if not met]
