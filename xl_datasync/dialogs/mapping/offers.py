"""What the picker offers for a sheet column, best first, and fewer with every letter typed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from xl_datasync.core.matching import candidates
from xl_datasync.dialogs.mapping.form import Target, parts_of, type_word
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.places import part_named
from xl_datasync.dialogs.mapping.words import column_facts, short_name, target_words

LEAVE_OUT = "Do not send this column"


@dataclass(frozen=True)
class Offer:
    """One line of the picker.

    :param taken_by: the sheet column that goes there now, in words; choosing the offer takes it over.
    """

    target: Target | None
    words: str
    detail: str = ""
    taken_by: str = ""

    @property
    def line(self) -> str:
        """As the picker shows it and a screen reader reads it."""
        taken = f"now from {self.taken_by}" if self.taken_by else ""
        return "   ".join(filter(None, (self.words, self.detail, taken)))


def all_offers(model: MappingModel, index: int) -> list[Offer]:
    """Everything that a sheet column can be sent to: likely names first, what is taken last."""
    header = model.columns[index]
    columns = model.dataset.writable_columns
    likely = candidates(header, columns) if header.header and columns else []
    known = {column.field_name for column in likely}
    rest = sorted((one for one in columns if one.field_name not in known), key=lambda one: one.name.casefold())
    fits = part_named(header.header)
    free: list[Offer] = []
    taken: list[Offer] = []
    for column in [*likely, *rest]:
        targets = [Target(column.field_name), *(Target(column.field_name, part) for part in parts_of(column))]
        for target in targets:
            offer = _offer(model, index, target)
            (taken if offer.taken_by else free).append(offer)
    if fits:
        # A column called “Lat” is the latitude of a place, unless a portal column has its very name.
        name = _plain(header.header)
        free.sort(
            key=lambda offer: (_plain(offer.words) != name, offer.target is None or offer.target.part is not fits)
        )
    return [Offer(None, LEAVE_OUT), *free, *taken]


def _offer(model: MappingModel, index: int, target: Target) -> Offer:
    column = model.column(target.field_name)
    words = target_words(model, target)
    taken = ", ".join(short_name(model.columns[other]) for other in model.holders(target) if other != index)
    filling = model.filling(target.field_name)
    if not taken and filling and filling.value:
        taken = "a fixed value"
    facts = column_facts(model, column) if not target.part else type_word(column)
    return Offer(target, words, facts, taken)


def matching_offers(offers: list[Offer], typed: str) -> list[Offer]:
    """Those in which all typed words are found; names that begin so come first, then names with such a word."""
    words = _plain(typed).split()
    if not words:
        return offers
    found = [offer for offer in offers if all(word in _searched(offer) for word in words)]
    return sorted(found, key=lambda offer: _rank(_plain(offer.words), words))


def _searched(offer: Offer) -> str:
    field_name = offer.target.field_name if offer.target else ""
    return _plain(f"{offer.words} {field_name}")


def _rank(name: str, words: list[str]) -> int:
    if name.startswith(" ".join(words)):
        return 0
    begun = all(any(one.startswith(word) for one in name.replace("“", " ").split()) for word in words)
    return 1 if begun else 2 if all(word in name for word in words) else 3


def _plain(text: str) -> str:
    """Without accents and case, and with spaces for underscores, so that nobody has to type them."""
    letters = unicodedata.normalize("NFKD", text.replace("_", " ")).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
