"""How alike two words are: shortenings, slips of the pen, forms of one word, words of one meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache

from xl_datasync.core.vocabulary import AMBIGUOUS, COMMON, KINDRED, OPPOSITES

# How far each kind of agreement counts.
CUT_OFF, LEFT_OUT, TWO_LETTERS, FORM, RELATED = 0.85, 0.8, 0.6, 0.9, 0.7
# Shorter words are too often a letter away from another word.
SHORTEST_TYPO = 6
SHORTEST_STEM = 4
# Endings of persons: an inspector is no inspection, a payee no payer.
_PERSON = re.compile(r"(?:er|or|ee|ant|ent|ist|ian)$")
_PERSON_ENDINGS = frozenset({"", "r", "e", "er", "or", "ee"})
_ENDINGS = (
    "ations", "ation", "ition", "ment", "ance", "ence", "ion", "ied", "ed", "al", "es", "e", "d",
)  # fmt: skip
_VOWELS = frozenset("aeiou")


def _others(groups: Iterable[frozenset[str]]) -> dict[str, set[str]]:
    """For each word, the others of its groups."""
    others: dict[str, set[str]] = {}
    for group in groups:
        for word in group:
            others.setdefault(word, set()).update(group - {word})
    return others


_KIN, _OPPOSITES = _others(KINDRED), _others(OPPOSITES)


def kin_of(word: str) -> Collection[str]:
    """Words that may mean the same."""
    return _KIN.get(word, ())


def opposed(ours: Iterable[str], theirs: Collection[str]) -> bool:
    """Whether the one have a word and the others its opposite."""
    return any(other in theirs for word in ours for other in _OPPOSITES.get(word, ()))


@lru_cache(maxsize=65_536)
def word_likeness(one: str, two: str) -> float:
    """How alike two words are, 0 to 1; 0 unless one is the other shortened, bent, misspelt or meant."""
    if one == two:
        return 1.0
    short, long = sorted((one, two), key=lambda word: (len(word), word))
    if long in AMBIGUOUS.get(short, ()):
        return CUT_OFF
    if two in kin_of(one):
        return RELATED
    if short[0] != long[0] or len(short) < 2 or two in _OPPOSITES.get(one, ()):
        return 0.0
    if len(short) == 2:
        return TWO_LETTERS if len(long) > 3 and long.startswith(short) else 0.0
    return max(_shortening(short, long), _form(short, long), _slip(short, long))


def _shortening(short: str, long: str) -> float:
    """“insp” and “inspct” for inspection: its beginning, or its letters in order with vowels left out."""
    if short in COMMON or len(short) == len(long) or (len(short) > 5 and _is_person(short) != _is_person(long)):
        return 0.0
    if long.startswith(short):
        return CUT_OFF if len(short) <= 5 or len(short) >= 0.6 * len(long) else 0.0
    letters = iter(long)
    if not all(letter in letters for letter in short):
        return 0.0
    vowels = sum(letter in _VOWELS for letter in short[1:])
    return LEFT_OUT if vowels <= len(short) // 4 or len(short) >= SHORTEST_TYPO else 0.0


def _form(short: str, long: str) -> float:
    """Issue, issued and issuance; but no persons."""
    if _is_person(short) or _is_person(long):
        return 0.0
    stem = _stem(short)
    return FORM if len(stem) >= SHORTEST_STEM and stem == _stem(long) else 0.0


def _slip(short: str, long: str) -> float:
    """Letters changed, swapped, left out or added, where that does not make another word of it."""
    if len(short) < SHORTEST_TYPO or len(long) > len(short) + 2 or _is_person(short) != _is_person(long):
        return 0.0
    common = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    endings = {short[common:], long[common:]}
    if endings <= _PERSON_ENDINGS and endings != {"", "e"}:
        return 0.0
    # Loaded here, because most sheets leave nothing to guess.
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    return float(OSA.normalized_similarity(short, long, score_cutoff=0.8))


def _stem(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= SHORTEST_STEM), "")
    return word.removesuffix(ending)


def _is_person(word: str) -> bool:
    return bool(_PERSON.search(word))
