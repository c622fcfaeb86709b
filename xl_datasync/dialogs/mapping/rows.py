"""Rows of the Column map from what was chosen in the dialog, and the other way round for settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from xl_datasync.core.chosen import plain
from xl_datasync.core.column_map import COORDINATES, ColumnChoice, Part, Send
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.matching import Match, pair_up
from xl_datasync.core.values import SheetColumn
from xl_datasync.dialogs.mapping.form import Settings

_NONE = Settings()


def portal_words(dataset: Dataset) -> dict[str, str]:
    """What the Column map calls each portal column, by field name: its name, or its field name where names clash."""
    bearers: Counter[str] = Counter()
    for column in dataset.columns:
        bearers.update({plain(column.name), plain(column.field_name)})
    return {
        column.field_name: column.name if column.name and bearers[plain(column.name)] == 1 else column.field_name
        for column in dataset.columns
    }


def letters_needed(columns: Sequence[SheetColumn]) -> frozenset[int]:
    """The sheet columns, by index, whose header alone does not tell which is meant."""
    headers = Counter(plain(column.header) for column in columns)
    return frozenset(
        column.index for column in columns if not plain(column.header) or headers[plain(column.header)] > 1
    )


def source_choice(source: SheetColumn, *, letter: bool) -> ColumnChoice:
    """A row that names a sheet column and says no more; as it is, the column is not sent.

    :param letter: whether its letter is needed to tell which is meant.
    """
    return ColumnChoice(source.header, source.letter if letter else "", "", Send.IGNORE)


def sent_choice(named: ColumnChoice, word: str, settings: Settings, fits: frozenset[str]) -> ColumnChoice:
    """The row of a sheet column that goes somewhere; settings that mean nothing there are not written.

    :param word: what the Column map calls the portal column.
    """
    nothing = {name: getattr(_NONE, name) for name in Settings.__dataclass_fields__ if name not in fits}
    settings = replace(settings, **nothing)
    return replace(
        named,
        portal_field=word,
        send=Send.YES,
        default=settings.default.strip(),
        date_format=settings.date_format.strip(),
        time_zone=settings.time_zone.strip(),
        percent_style=settings.percent_style,
        keep_text=settings.keep_text,
        yes_words=words_of(settings.yes_words),
        no_words=words_of(settings.no_words),
    )


def part_choice(named: ColumnChoice, word: str, part: Part, settings: Settings) -> ColumnChoice:
    """The row of a sheet column that is a part of a place."""
    fits = frozenset({"default"} | (set() if part in COORDINATES else {"keep_text"}))
    return replace(sent_choice(named, word, settings, fits), part=part)


def fixed_choice(word: str, value: str) -> ColumnChoice:
    """The row of a portal column that gets the same value in every row."""
    return ColumnChoice("", "", word, fixed_value=value)


def blank_choice(word: str) -> ColumnChoice:
    """The row of a portal column that gets nothing, on purpose."""
    return ColumnChoice("", "", word, Send.LEAVE_BLANK)


def settings_of(choice: ColumnChoice | None) -> Settings:
    """What a row says beside its target."""
    if choice is None:
        return _NONE
    return Settings(
        choice.default,
        choice.date_format,
        choice.time_zone,
        choice.percent_style,
        choice.keep_text,
        ", ".join(sorted(choice.yes_words)),
        ", ".join(sorted(choice.no_words)),
    )


def words_of(text: str) -> frozenset[str]:
    """Words separated by commas, in lower case."""
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())


def taken_by_name(source: SheetColumn, unfilled: Sequence[Column]) -> bool:
    """Whether a portal column that nobody fills would be given the sheet column by its name."""
    found = pair_up([source], unfilled) if source.header and unfilled else None
    return found is not None and any(pair.match is not Match.GUESS for pair in found.pairs)
