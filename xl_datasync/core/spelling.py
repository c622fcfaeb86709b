"""Names of columns taken apart: into words, numbers and single letters, and the form in which words are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from xl_datasync.core.vocabulary import (
    ABBREVIATIONS,
    COMMON,
    FILLERS,
    PARTS,
    PHRASES,
    ROMAN_NUMERALS,
    SAME,
    SHORT_ENDINGS,
)

SYMBOLS = str.maketrans({"#": " number ", "№": " number ", "%": " percent ", "&": " and ", "°": " deg ", "€": " eur "})
SHORTEST_SPLIT, LONGEST_SPLIT, LONGEST_PART = 6, 40, 14
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACCENTS = re.compile("[\u0300-\u036f]")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"\d+")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})


def words_of(name: str) -> list[str]:
    """A name's words in lower case, without accents or punctuation; ``FirstName`` is two words."""
    split = _CAMEL.sub(" ", name.translate(SYMBOLS))
    if split.isascii():
        return _ASCII_WORDS.findall(split.lower())
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", split.casefold()))
    # Vowel signs of Indic scripts are marks, not letters, and belong to the word.
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain).split()


def squeeze(name: str) -> str:
    """The name with case, accents, punctuation and spaces set aside."""
    return "".join(words_of(name))


@dataclass(frozen=True)
class Lexicon:
    """Words that are known: ``whole`` ones are not taken apart, ``pieces`` are what others may be made of."""

    whole: Collection[str] = COMMON
    pieces: Collection[str] = COMMON | PARTS | frozenset(ABBREVIATIONS)

    @classmethod
    def of(cls, ours: Iterable[str], theirs: Iterable[str]) -> Lexicon:
        """The words of all names, beside the common ones; what both sides write together stays together."""
        one, two = ({word for name in side for word in words_of(name)} for side in (ours, theirs))
        seen = {word for word in one | two if len(word) >= 3 and word.isalpha()}
        return cls(COMMON | (one & two), COMMON | PARTS | ABBREVIATIONS.keys() | seen)


def spelled(words: Iterable[str], lexicon: Lexicon) -> Iterator[str]:
    """Words without the numbers in them, those written together taken apart."""
    for word in words:
        for part in _DIGITS.sub(" ", word).split():
            if part == word or part not in _ORDINALS:
                yield from _taken_apart(part, lexicon)


def canonical(words: Iterable[str]) -> list[str]:
    """Words in the one form under which they are compared: written out, singular, without fillers."""
    plain = [_singular(SAME.get(word, word)) for word in words]
    parts = [part for word in plain for part in ABBREVIATIONS.get(word, SAME.get(word, word)).split()]
    found: list[str] = []
    place = 0
    while place < len(parts):
        size = next((size for size in (3, 2, 1) if tuple(parts[place : place + size]) in PHRASES), 0)
        thing = PHRASES[tuple(parts[place : place + size])] if size else (parts[place],)
        found += [word for word in thing if word not in FILLERS]
        place += size or 1
    return found


def marks_of(words: Iterable[str]) -> list[str]:
    """The numbers and single letters among words, in order of size."""
    marks: list[str] = []
    for word in words:
        marks += [digits.lstrip("0") or "0" for digits in _DIGITS.findall(word)]
        if (len(word) == 1 and word.isalpha() and word not in FILLERS) or word in ROMAN_NUMERALS:
            marks.append(word)
    return sorted(marks)


def _taken_apart(word: str, lexicon: Lexicon) -> list[str]:
    """“streetname” as two words, if all of it can be taken apart into words that are known, as few as possible."""
    known = word in lexicon.whole or word in ABBREVIATIONS or word in SAME
    if known or not SHORTEST_SPLIT <= len(word) <= LONGEST_SPLIT:
        return [word]
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(3, len(word) + 1):
        for start in range(max(0, end - LONGEST_PART), end - 1):
            head, tail = best[start], word[start:end]
            if head is None or (start == 0 and end == len(word)):
                continue
            if _is_piece(tail, lexicon, last=end == len(word)) and len(head) + 1 < len(best[end] or word):
                best[end] = [*head, tail]
    found = best[-1]
    return found if found and any(len(part) > 3 for part in found) else [word]


def _is_piece(part: str, lexicon: Lexicon, *, last: bool) -> bool:
    if len(part) == 2:
        return last and part in SHORT_ENDINGS
    return part in lexicon.pieces or _singular(part) in lexicon.pieces


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
