"""What the dialog begins with: the saved rows that can be followed, then what names suggest; and what changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from xl_datasync.core.chosen import plain
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.mapping import ColumnChoice, Part, Send, settle_mapping
from xl_datasync.core.matching import Match
from xl_datasync.core.problems import ProblemLog
from xl_datasync.core.values import TableShape
from xl_datasync.dialogs.mapping.form import Filling, PartOf, Placed, Start, Sure, type_word
from xl_datasync.dialogs.mapping.places import likely_place
from xl_datasync.dialogs.mapping.profile import Profile
from xl_datasync.dialogs.mapping.rows import settings_of
from xl_datasync.dialogs.words import sentence

_BY_NAME = {Match.EXACT: Sure.EXACT, Match.SAME_NAME: Sure.SAME_NAME, Match.GUESS: Sure.GUESS}


def start(
    shape: TableShape,
    dataset: Dataset,
    choices: Sequence[ColumnChoice],
    saved: Sure = Sure.SAVED,
    *,
    profile: Profile | None = None,
) -> Start:
    """Follow the rows, then the names.

    :param saved: the word for what the rows say.
    :param profile: what the columns hold; where it is known, a place may be guessed.
    """
    log = ProblemLog()
    mapping = settle_mapping(shape, dataset, choices, log)
    placed: dict[int, Placed] = {}
    fillings: dict[str, Filling] = {}
    places: dict[str, dict[Part, PartOf]] = {}
    for mapped in mapping.columns:
        sure = saved if mapped.choice else _BY_NAME.get(mapped.match, Sure.CHOSEN)
        if mapped.parts:
            places[mapped.column.field_name] = {
                part: PartOf(source.index, settings_of(choice))
                for (part, source), choice in zip(mapped.parts, mapped.part_choices, strict=True)
            }
        elif mapped.source is not None:
            placed[mapped.source.index] = Placed(mapped.column.field_name, sure, settings_of(mapped.choice))
        elif mapped.choice is not None:
            fillings[mapped.column.field_name] = Filling(mapped.choice.fixed_value)
    fillings.update({column.field_name: Filling(None) for column in mapping.left_blank})
    headers = {plain(choice.sheet_column) for choice in choices if choice.send is Send.IGNORE} - {""}
    letters = {choice.letter.strip().upper() for choice in choices if choice.send is Send.IGNORE} - {""}
    left = frozenset(
        column.index
        for column in mapping.ignored
        if plain(column.header) in headers or (not column.header and column.letter in letters)
    )
    notes = tuple(sentence(f"{problem.subject}: {problem.what}") for problem in log.problems())
    filled = {*places, *fillings, *(held.field_name for held in placed.values())}
    if profile and (found := likely_place(shape, dataset, profile, filled, left)):
        name, parts = found
        places[name] = {part: PartOf(index) for part, index in parts.items()}
        return Start(placed, left, fillings, places, notes, frozenset({name}))
    return Start(placed, left, fillings, places, notes)


def doubted(begun: Start, columns: Collection[int]) -> Start:
    """The same map, with what is said of some sheet columns, by index, to be checked first."""
    placed = {
        index: replace(held, sure=Sure.GUESS) if index in columns else held for index, held in begun.placed.items()
    }
    places = {name for name, parts in begun.places.items() if any(held.index in columns for held in parts.values())}
    return replace(begun, placed=placed, guessed=begun.guessed | places)


def changed_words(old: Dataset, new: Dataset) -> list[str]:
    """What changed in a dataset's columns, in sentences; only what matters to a map."""
    before = {column.field_name: column for column in old.columns}
    after = {column.field_name: column for column in new.columns}
    said = [f"The portal column “{before[name].name}” is gone." for name in before if name not in after]
    said += [f"There is a new portal column, “{after[name].name}”." for name in after if name not in before]
    for name, column in before.items():
        if name in after:
            said += _changed(column, after[name])
    if _identifier(old) != _identifier(new):
        now = f"is “{new.row_identifier.name}” now" if new.row_identifier else "is gone"
        said.append(f"The row identifier {now}.")
    return said


def _changed(old: Column, new: Column) -> list[str]:
    said = []
    if old.name != new.name:
        said.append(f"The portal column “{old.name}” is called “{new.name}” now.")
    if old.type != new.type:
        said.append(f"The portal column “{new.name}” is of another type: {type_word(new)}, not {type_word(old)}.")
    if old.writable != new.writable:
        now = "can be filled now" if new.writable else "cannot be filled any more"
        said.append(f"The portal column “{new.name}” {now}.")
    return said


def _identifier(dataset: Dataset) -> str:
    return dataset.row_identifier.field_name if dataset.row_identifier else ""
