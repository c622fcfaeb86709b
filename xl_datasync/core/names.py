"""Names of columns: the words in them, and how alike two of them are.

A wrong guess is worse than none. DataSync compares letters and allows a quarter of them to differ, so that
``incident_date`` finds ``id``; here words are compared with words. Numbers and single letters must agree (Phase I is
not Phase II), opposites never match (start and end), nor do two forms of one word that name different things (payer
and payee, inspector and inspection).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

SYMBOLS = str.maketrans({"#": " number ", "№": " number ", "%": " percent ", "&": " and ", "°": " deg ", "€": " eur "})
ABBREVIATIONS = {
    "no": "number", "nr": "number", "num": "number", "nbr": "number", "pct": "percent", "lat": "latitude",
    "lon": "longitude", "long": "longitude", "lng": "longitude", "addr": "address", "amt": "amount", "qty": "quantity",
    "desc": "description", "dept": "department", "dob": "birthdate", "zip": "zip code", "zipcode": "zip code",
    "ave": "avenue", "tel": "telephone", "phone": "telephone", "temp": "temperature", "avg": "average",
    "yr": "year", "mo": "month", "dt": "date", "cat": "category", "org": "organization", "min": "minimum",
    "max": "maximum", "id": "identifier", "lname": "last name", "fname": "first name", "prcp": "precipitation",
}  # fmt: skip
OPPOSITES = [
    {"start", "end", "begin", "finish", "stop"}, {"first", "last", "middle"},
    {"minimum", "maximum", "average", "total"},
    {"from", "to"}, {"latitude", "longitude", "altitude"}, {"old", "new"}, {"in", "out"}, {"high", "low"},
    {"north", "south", "east", "west"}, {"male", "female"}, {"open", "opened", "close", "closed"},
    {"created", "updated", "modified", "deleted"}, {"city", "state", "county", "country"}, {"home", "work", "mobile"},
    {"before", "after"}, {"contact", "contract"}, {"inner", "outer"}, {"inbound", "outbound"}, {"internal", "external"},
    {"import", "export"}, {"include", "exclude", "included", "excluded"}, {"income", "outcome"},
]  # fmt: skip
# Words that make no difference: “Date of Incident” is incident_date.
FILLERS = frozenset({"of", "the", "and", "an", "for", "de", "du", "des", "von"})
ROMAN_NUMERALS = frozenset({"ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"})
# Endings that make another thing of a word: where both words have one, or one has the ending of a person.
_PERSON_ENDINGS = frozenset({"", "r", "e", "er", "or", "ee"})
_ENDINGS = frozenset({"r", "e", "d", "er", "or", "ee", "ed", "es", "ing", "ion", "al", "ive", "ment", "ance", "able"})
SHORTEST_TYPO = 6
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ACCENTS = re.compile("[\u0300-\u036f]")


def words_of(name: str) -> list[str]:
    """A name's words in lower case, without accents or punctuation; ``FirstName`` is two words."""
    split = _CAMEL.sub(" ", name.translate(SYMBOLS))
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", split.casefold()))
    # Vowel signs of Indic scripts are marks, not letters, and belong to the word.
    return "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in plain).split()


def squeeze(name: str) -> str:
    """The name with case, accents, punctuation and spaces set aside."""
    return "".join(words_of(name))


@dataclass(frozen=True)
class Name:
    """A name taken apart once, so that it can be compared with many.

    :param words: its words, abbreviations written out, without fillers, each once.
    :param marks: the numbers and single letters in it, which must agree.
    """

    words: tuple[str, ...]
    marks: tuple[str, ...]
    joined: str

    @classmethod
    def of(cls, name: str) -> Name:
        """Take a name apart."""
        plain = words_of(name)
        written_out = [part for word in plain for part in ABBREVIATIONS.get(word, word).split()]
        words = tuple(dict.fromkeys(_singular(word) for word in written_out if word not in FILLERS))
        return cls(words, tuple(sorted(_marks(plain))), "".join(words))

    def likeness(self, other: Name) -> float:
        """How alike two names are, 0 to 1."""
        if self.marks != other.marks or not self.words or not other.words:
            return 0.0
        if self.joined == other.joined or set(self.words) == set(other.words):
            return 1.0
        if len(self.words) != len(other.words):
            return 0.0
        ours, theirs = _only_in(self, other), _only_in(other, self)
        if len(ours) != len(theirs) or _opposed(set(ours), set(theirs)):
            return 0.0
        alone = len(self.words) == 1
        scores = [_word_likeness(one, two, alone=alone) for one, two in zip(ours, theirs, strict=True)]
        if not all(scores):
            return 0.0
        # Letters of words that agree count in full.
        differing = sum(map(len, ours))
        return 1 - (1 - min(scores)) * differing / sum(map(len, self.words))


def _only_in(name: Name, other: Name) -> list[str]:
    return [word for word in name.words if word not in other.words]


def _marks(words: list[str]) -> Iterator[str]:
    for word in words:
        yield from re.findall(r"\d+", word)
        if (len(word) == 1 and word.isalpha() and word not in FILLERS) or word in ROMAN_NUMERALS:
            yield word


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _opposed(ours: set[str], theirs: set[str]) -> bool:
    return any(ours & pair and theirs & pair for pair in OPPOSITES)


def _word_likeness(one: str, two: str, *, alone: bool) -> float:
    """How alike two different words are; 0 unless one is a slip or a shortening of the other."""
    short, long = sorted((one, two), key=len)
    if short[0] != long[0]:
        return 0.0
    if 3 <= len(short) <= 4 and len(long) > len(short) + 1 and long.startswith(short):
        # A shortening is safe only beside a word that agrees: “Insp Date” is inspection_date, “Car” is no carrier.
        return 0.0 if alone else 0.85
    common = next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), len(short))
    endings = {one[common:], two[common:]}
    if len(short) < SHORTEST_TYPO or endings <= _ENDINGS or endings <= _PERSON_ENDINGS:
        return 0.0
    # Loaded here, because most sheets leave nothing to guess.
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    return float(OSA.normalized_similarity(one, two, score_cutoff=0.8))
