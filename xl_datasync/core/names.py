"""How alike two names of columns are.

A wrong guess is worse than none. DataSync compares letters and allows a quarter of them to differ, so that
``incident_date`` finds ``id``; here words are compared with words (:mod:`xl_datasync.core.words`). Numbers and single
letters must agree (Phase I is not Phase II), and opposites never match (start and end). A word that many names of a
sheet have tells little about any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xl_datasync.core.spelling import Lexicon, canonical, marks_of, spelled, squeeze, words_of
from xl_datasync.core.vocabulary import COMMON, EMPTY_HEADS, HEADS, IDENTITY_HEADS, OF
from xl_datasync.core.words import opposed, word_likeness

__all__ = ["Lexicon", "Name", "drop_units", "idle_marks", "squeeze", "weigh", "words_of"]

# Chosen on benchmarks/mapping/development.csv.
INITIALS, TWO_INITIALS = 0.9, 0.8
SURE, UNSURE = 0.88, 0.93
BOTH, BOTH_LESS, HEADS_ONLY = 0.85, 0.05, 0.8
WITHIN, WITHIN_MORE = 0.55, 0.3
OTHER_HEAD, OTHER_HEAD_PERHAPS = 0.2, 0.15
UNNUMBERED = 0.85
ASIDE = 0.3
MOST_PAIRS = 200
NEGLIGIBLE = 0.36
MANY, MOST, EVERYWHERE, FADING = 3, 0.6, 0.15, 0.7
_UNNUMBERED = ((), ("1",))
# Its e is no letter that must agree.
_EMAIL = re.compile(r"\be[-_ ]mail", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")


@dataclass(frozen=True)
class Name:
    """A name taken apart once, so that it can be compared with many.

    :param words: its words, abbreviations written out, without fillers, each once.
    :param marks: the numbers and single letters in it, which must agree.
    :param aside: those of its words that stand in brackets only, such as units.
    :param heads: its words from the one that says what the column holds: the last one, or the one before “of”.
    :param units: those of its marks that are letters in brackets: “(m/s)”, “(C)”.
    :param written: its words as they are written, fillers too; initials are read off them.
    """

    words: tuple[str, ...]
    marks: tuple[str, ...]
    aside: frozenset[str] = frozenset()
    heads: tuple[str, ...] = ()
    units: frozenset[str] = frozenset()
    written: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, name: str, lexicon: Lexicon = Lexicon()) -> Name:  # noqa: B008  # it never changes
        """Take a name apart; words written together are told apart by the words in ``lexicon``."""
        name = _EMAIL.sub("email", name)
        plain = words_of(name)
        written = list(spelled(plain, lexicon))
        words = canonical(written)
        aside = _in_brackets(name, words, lexicon)
        end = next((place for place, word in enumerate(written) if place and word in OF), len(written))
        heads = tuple(word for word in reversed(canonical(written[:end])) if word not in aside)
        marks = tuple(marks_of(plain))
        return cls(tuple(dict.fromkeys(words)), marks, aside, heads, _letters_in_brackets(name, marks), tuple(written))

    def initials(self) -> set[str]:
        """The initials of two to five of its words that follow each other."""
        letters = "".join(word[0] for word in self.written)
        return {letters[start : start + size] for size in range(2, 6) for start in range(len(letters) - size + 1)}

    def agreeing_marks(self) -> Collection[tuple[str, ...]]:
        """The marks that a name like this one may have; the first of several is often not numbered."""
        return _UNNUMBERED if self.marks in _UNNUMBERED else (self.marks,)

    def without(self, marks: Collection[str]) -> Name:
        """The name without some of its marks."""
        return replace(self, marks=tuple(mark for mark in self.marks if mark not in marks))

    def weight(self, words: Iterable[str], weights: Mapping[str, float]) -> float:
        """How much some of its words tell."""
        if not self.aside:
            return sum([weights.get(word, 1.0) for word in words])
        return sum(weights.get(word, 1.0) * (ASIDE if word in self.aside else 1) for word in words)

    def likeness(self, other: Name, weights: Mapping[str, float] | None = None) -> float:
        """How alike two names are, 0 to 1; ``weights`` says how much each word tells, 1 where it does not say."""
        if not self.words or not other.words or self._contradicts(other):
            return 0.0
        return _Comparison(self, other, weights or {}).likeness()

    def _contradicts(self, other: Name) -> bool:
        """Whether both name a unit, and not the same: degrees in F are none in C, miles an hour no m/s."""
        return bool((self.units or other.units) and self.aside and other.aside and self.aside != other.aside)


class _Comparison:
    """Two names side by side: which words of the one are which of the other, and what is left over.

    :ivar agreed: the weight of the words that agree, each as far as it does.
    """

    def __init__(self, one: Name, two: Name, weights: Mapping[str, float]) -> None:
        self.names = (one, two)
        self.weights = weights
        self.left = (list(one.words), list(two.words))
        self.agreed = 0.0
        self.sure = False
        self.only_heads = True
        self._take_initials(0)
        self._take_initials(1)
        self._take_words()

    def likeness(self) -> float:
        marks = self._likeness_of_marks()
        if not marks or not self.agreed or opposed(*self.left):
            return 0.0
        totals = [name.weight(name.words, self.weights) for name in self.names]
        more = [self._telling(side) for side in (0, 1)]
        score = 2 * self.agreed / sum(totals)
        if all(more):
            score = (BOTH * score - BOTH_LESS) * (HEADS_ONLY if self.only_heads else 1)
        elif any(more):
            longer = 0 if more[0] else 1
            score = min(self.agreed / totals[1 - longer], 1.0) * self._within(longer, totals[longer])
        return max(0.0, min(1.0, score)) * marks * (1 if self.sure else UNSURE)

    def _telling(self, side: int) -> bool:
        """Whether words are left over that tell something."""
        return any(self.names[side].weight([word], self.weights) > NEGLIGIBLE for word in self.left[side])

    def _within(self, longer: int, total: float) -> float:
        """How alike the names are where all of the one is in the other, which says more."""
        score = WITHIN + WITHIN_MORE * self.agreed / total
        head = next((word for word in self.names[longer].heads if not self._says_nothing(word, longer)), "")
        if head not in self.left[longer]:
            return score
        # “Status Date” is no status.
        return score - (OTHER_HEAD if head in HEADS - IDENTITY_HEADS else OTHER_HEAD_PERHAPS)

    def _says_nothing(self, word: str, side: int) -> bool:
        """Whether a word may as well be missing: “Department Name” is the department."""
        return word in EMPTY_HEADS and word in self.left[side]

    def _likeness_of_marks(self) -> float:
        one, two = self.names
        if one.marks == two.marks:
            return 1.0
        return UNNUMBERED if two.marks in one.agreeing_marks() else 0.0

    def _take_initials(self, short: int) -> None:
        """“DOB” is Date of Birth: the letters of one word begin words of the other that follow each other."""
        written, left = self.names[1 - short].written, self.left[1 - short]
        for word in list(self.left[short]):
            if not 2 <= len(word) <= 5 or word in left or word in COMMON:
                continue
            for start in range(len(written) - len(word) + 1):
                run = written[start : start + len(word)]
                if word != "".join(long[0] for long in run) or min(map(len, run)) == 1:
                    continue
                covered = [long for long in canonical(run) if long in left]
                if covered:
                    sides = ([word], covered) if short == 0 else (covered, [word])
                    self._take(*sides, INITIALS if len(word) > 2 else TWO_INITIALS)
                break

    def _take_words(self) -> None:
        same = [word for word in self.left[0] if word in self.left[1]]
        if same:
            self._take(same, same, 1.0)
        # Sentences are compared word for word only.
        while self.left[0] and self.left[1] and len(self.left[0]) * len(self.left[1]) <= MOST_PAIRS:
            pairs = ((one, two) for one in self.left[0] for two in self.left[1])
            alike = [(score, *pair) for pair in pairs if (score := word_likeness(*pair))]
            if not alike:
                return
            best, one, two = max(alike, key=lambda pair: (pair[0], min(pair[1:]), max(pair[1:])))
            self._take([one], [two], best)

    def _take(self, ours: list[str], theirs: list[str], alike: float) -> None:
        both = zip(self.names, (ours, theirs), strict=True)
        self.agreed += alike * sum(name.weight(words, self.weights) for name, words in both) / 2
        self.sure |= alike >= SURE
        self.only_heads &= HEADS.issuperset(ours)
        for left, taken in zip(self.left, (list(ours), list(theirs)), strict=True):
            left[:] = [word for word in left if word not in taken]


def _in_brackets(name: str, words: Iterable[str], lexicon: Lexicon) -> frozenset[str]:
    """Those of a name's words that stand in brackets only; none where nothing stands outside."""
    outside = _BRACKETS.sub(" ", name)
    main = canonical(spelled(words_of(outside), lexicon)) if outside != name else ()
    return frozenset(words).difference(main) if main else frozenset()


def _letters_in_brackets(name: str, marks: Collection[str]) -> frozenset[str]:
    inside = {mark for part in _BRACKETS.findall(name) for mark in marks_of(words_of(part)) if len(mark) == 1}
    outside = marks_of(words_of(_BRACKETS.sub(" ", name)))
    return frozenset(mark for mark in inside.intersection(marks) if mark.isalpha() and mark not in outside)


def drop_units(side: Sequence[Sequence[Name]]) -> list[list[Name]]:
    """The names of a side's columns without their units, where these tell no two columns of the same words apart."""
    plain = [[_without_units(name) for name in names] for names in side]
    bearers = Counter(words for names in plain for words in {name.words for name in names})
    return [
        [short if bearers[short.words] == 1 else name for name, short in zip(names, shorter, strict=True)]
        for names, shorter in zip(side, plain, strict=True)
    ]


def _without_units(name: Name) -> Name:
    words = tuple(word for word in name.words if word not in name.units)
    return replace(name.without(name.units), words=words)


def weigh(sides: Iterable[Collection[Name]]) -> dict[str, float]:
    """How much each word tells: the more names of one side have it, the less."""
    weights: dict[str, float] = {}
    for names in sides:
        for word, count in Counter(word for name in names for word in name.words).items():
            everywhere = count > MANY and count > MOST * len(names)
            weight = EVERYWHERE if everywhere else 1 / (1 + FADING * (count - 1) ** 0.5)
            weights[word] = min(weights.get(word, 1.0), weight)
    return weights


def idle_marks(ours: Iterable[Name], theirs: Iterable[Name]) -> frozenset[str]:
    """Numbers and letters that tell nothing, such as a year: many names of one side have them, none of the other."""
    counts = [Counter(mark for name in side for mark in set(name.marks)) for side in (ours, theirs)]
    both = (counts, counts[::-1])
    return frozenset(mark for own, other in both for mark, count in own.items() if count >= MANY and mark not in other)
