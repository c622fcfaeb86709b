"""Which of the names that are left belong together, judged by their likeness and by what all of them say at once.

A likeness of two names says more where the rest of the sheet has found its place: a sheet of which nine columns in ten
have their portal column is evidently that dataset's, so that less is asked of the tenth. A guess must be clearly
better than the next best, from the header's side and from the portal column's; what is surest is taken first, and
what is left then has fewer rivals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from xl_datasync.core.names import Lexicon, Name, drop_units, idle_marks, weigh
from xl_datasync.core.words import kin_of, word_likeness

# Chosen on benchmarks/mapping/development.csv.
FLOOR = 0.8
LOWEST = 0.25
STEP = 0.05
# By how much a guess must be better than the next best.
MARGIN = 0.06
# How much less than the floor is asked where all others have found their place, and where nothing else comes near.
GIVE, GIVE_LEADER = 0.55, 0.9
# By how much, and how far up, a column must lead for those with a choice to leave it alone.
NEED, NEEDED = 0.1, 0.5
# Of a short name within a long one, this much at least must agree for a closer look.
WHOLE = 0.6
Scores = dict[tuple[int, int], float]


def likenesses(ours: Sequence[str], theirs: Sequence[Sequence[str]], lowest: float = LOWEST) -> Scores:
    """How alike each of our names is to each of theirs, which go by several names; only what is over ``lowest``.

    :returns: likenesses by our and their place.
    """
    lexicon = Lexicon.of(ours, (name for names in theirs for name in names))
    one = [Name.of(name, lexicon) for name in ours]
    two = [list(dict.fromkeys(Name.of(name, lexicon) for name in names)) for names in theirs]
    one = [name for (name,) in drop_units([[name] for name in one])]
    two = drop_units(two)
    idle = idle_marks(one, (name for names in two for name in names))
    one = [name.without(idle) for name in one]
    two = [[name.without(idle) for name in names] for names in two]
    weights = weigh([one, [max(names, key=lambda name: len(name.words)) for names in two]])
    index = _Index(two, weights)
    scores: Scores = {}
    for row, name in enumerate(one):
        for place, other in index.near(name, lowest):
            score = name.likeness(other, weights)
            if score > max(lowest, scores.get((row, place), 0.0)):
                scores[row, place] = score
    return scores


def assign(scores: Scores, sure: int, headers: int, columns: int) -> list[tuple[int, int]]:
    """Pairs of places, each place once: the surest first, and only what is clearly better than its rivals.

    :param sure: how many headers have found their column already, beside those that are scored here.
    :param headers: how many are left to find one; ``columns`` likewise.
    """
    table = _Table(scores)
    found: list[tuple[int, int]] = []
    size = sure + min(headers, columns) + 2
    ceiling = 1.0
    while ceiling > LOWEST:
        ceiling -= STEP
        while True:
            table.give_way()
            best = table.clear_best()
            placed = sure + len(found) + fsum(guess.score for guess in best)
            taken = [guess for guess in best if guess.score >= max(ceiling, guess.floor((placed - guess.score) / size))]
            if not taken:
                break
            for guess in taken:
                found.append((guess.row, guess.place))
                table.take(guess.row, guess.place)
    return sorted(found)


@dataclass(frozen=True)
class _Guess:
    """A row and a place that are clearly each other's best.

    :param lead: by how much the score is above the next best of either.
    """

    row: int
    place: int
    score: float
    lead: float

    def floor(self, others: float) -> float:
        """What is asked of the score, where that share of the ``others`` has found its place."""
        return FLOOR - (GIVE + GIVE_LEADER * self.lead) * others


class _Table:
    """Scores by row and by place."""

    def __init__(self, scores: Scores) -> None:
        self._rows: dict[int, dict[int, float]] = defaultdict(dict)
        self._places: dict[int, dict[int, float]] = defaultdict(dict)
        for (row, place), score in scores.items():
            self._rows[row][place] = score
            self._places[place][row] = score

    def clear_best(self) -> list[_Guess]:
        """Rows and places that are clearly each other's best."""
        leaders = {place: _leader(scores) for place, scores in self._places.items()}
        found = []
        for row, scores in self._rows.items():
            place, lead = _leader(scores)
            other, lead_there = leaders.get(place, (-1, 0.0))
            if other == row and min(lead, lead_there) >= MARGIN:
                found.append(_Guess(row, place, scores[place], min(lead, lead_there)))
        return found

    def take(self, row: int, place: int) -> None:
        """Take a row and a place out, with all their scores."""
        for other in self._rows.pop(row):
            del self._places[other][row]
        for other in self._places.pop(place):
            del self._rows[other][place]

    def give_way(self) -> None:
        """Let those who have a choice leave to others what these cannot do without.

        “Age” fits officer_age and subject_age alike; beside “Officer Age at Stop” it is the latter.
        """
        _give_way(self._rows, self._places)
        _give_way(self._places, self._rows)


def _give_way(ours: Mapping[int, dict[int, float]], theirs: Mapping[int, dict[int, float]]) -> None:
    leaders = {one: _leader(scores) for one, scores in ours.items() if scores}
    needed: dict[int, int] = defaultdict(int)
    for one, (first, lead) in leaders.items():
        needed[first] += lead >= NEED and ours[one][first] >= NEEDED
    for one, (first, lead) in leaders.items():
        if lead >= MARGIN:
            continue
        near = [other for other, score in ours[one].items() if ours[one][first] - score < MARGIN]
        free = [other for other in near if not needed[other]]
        if len(free) == 1 and all(needed[other] <= 1 for other in near):
            for other in set(near) - set(free):
                del ours[one][other]
                del theirs[other][one]


def _leader(scores: Mapping[int, float]) -> tuple[int, float]:
    """The one with the highest score, and by how much it leads."""
    first, second = [*sorted(scores, key=scores.__getitem__, reverse=True)[:2], -1, -1][:2]
    return first, scores.get(first, 0.0) - scores.get(second, 0.0)


class _Index:
    """Finds the names that share enough with a name to be worth a closer look."""

    def __init__(self, names: Sequence[Sequence[Name]], weights: Mapping[str, float]) -> None:
        self._weights = weights
        self._names = [(place, name) for place, group in enumerate(names) for name in group]
        self._totals = [name.weight(name.words, weights) for _, name in self._names]
        # Names whose marks differ are never alike: hundreds of “Measure 1”, “Measure 2” need no closer look.
        self._by_word: dict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        self._words: set[str] = set()
        self._by_initials: dict[str, list[int]] = defaultdict(list)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        self._relatives: dict[str, list[tuple[str, float]]] = {}
        for number, (_, name) in enumerate(self._names):
            for word in name.words:
                self._by_word[word, name.marks].append(number)
            self._words.update(name.words)
            for initials in name.initials():
                self._by_initials[initials].append(number)
        for word in self._words:
            self._by_letter[word[0]].append(word)

    def near(self, name: Name, lowest: float) -> Iterator[tuple[int, Name]]:
        """Names whose likeness may be over ``lowest``, each with its place."""
        shared: dict[int, float] = defaultdict(float)
        for word in name.words:
            worths: dict[int, float] = {}
            for other, alike in self._relatives_of(word):
                worth = alike * max(self._weights.get(word, 1.0), self._weights.get(other, 1.0))
                for number in self._with_word(other, name):
                    worths[number] = max(worth, worths.get(number, 0.0))
            for number, worth in worths.items():
                shared[number] += worth
        total = name.weight(name.words, self._weights)
        enough = {
            number
            for number, worth in shared.items()
            # What both names share on the whole, or nearly all of the shorter one.
            if 2 * worth >= lowest * (total + self._totals[number]) or worth >= WHOLE * min(total, self._totals[number])
        }
        for number in sorted(enough.union(self._with_initials(name))):
            yield self._names[number]

    def _with_initials(self, name: Name) -> Iterable[int]:
        """Names in which a word of this one stands for several, and the other way round."""
        for word in name.words:
            yield from self._by_initials.get(word, ())
        for initials in name.initials() & self._words:
            yield from self._with_word(initials, name)

    def _with_word(self, word: str, like: Name) -> Iterator[int]:
        for marks in like.agreeing_marks():
            yield from self._by_word.get((word, marks), ())

    def _relatives_of(self, word: str) -> list[tuple[str, float]]:
        """The words here that are like a word; only kin begin with another letter."""
        if word not in self._relatives:
            others = {*self._by_letter.get(word[0], ()), *(kin for kin in kin_of(word) if kin in self._words)}
            likenesses = ((other, word_likeness(word, other)) for other in others)
            self._relatives[word] = [(other, alike) for other, alike in likenesses if alike]
        return self._relatives[word]
