"""What the mapping dialog is given, and the values its model works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from xl_datasync.core.column_map import PARTS_OF, TYPES_WITH_RULES, ColumnChoice, Part
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.delivery import Method
from xl_datasync.core.options import JobOptions, PercentStyle
from xl_datasync.core.values import TableShape
from xl_datasync.dialogs.mapping.profile import Profile


class Sure(Enum):
    """How sure a match is; the value is the word shown."""

    EXACT = "exact"
    SAME_NAME = "same name"
    SAVED = "saved"
    COPIED = "copied"
    GUESS = "guess: please check"
    CONFIRMED = "checked by you"
    CHOSEN = "chosen by you"


@dataclass(frozen=True)
class Target:
    """Where a sheet column goes: a portal column by its field name, or a part of the place that it holds."""

    field_name: str
    part: Part | None = None


@dataclass(frozen=True)
class Settings:
    """What is said of one sheet column beside its target; words for yes and no as they were typed."""

    default: str = ""
    date_format: str = ""
    time_zone: str = ""
    percent_style: PercentStyle | None = None
    keep_text: bool = False
    yes_words: str = ""
    no_words: str = ""


@dataclass(frozen=True)
class Placed:
    """A sheet column that goes to a portal column as a whole."""

    field_name: str
    sure: Sure
    settings: Settings = Settings()


@dataclass(frozen=True)
class PartOf:
    """A sheet column that is a part of a place."""

    index: int
    settings: Settings = Settings()


@dataclass(frozen=True)
class Filling:
    """What a portal column without a sheet column gets: the same value in every row, or nothing on purpose (None)."""

    value: str | None


@dataclass(frozen=True)
class Start:
    """A map to begin with.

    :param left_out: sheet columns that a row says not to send.
    :param notes: rows that could not be followed, in sentences.
    :param guessed: the places, by field name, that are put together by a guess.
    """

    placed: Mapping[int, Placed]
    left_out: frozenset[int]
    fillings: Mapping[str, Filling]
    places: Mapping[str, Mapping[Part, PartOf]]
    notes: tuple[str, ...]
    guessed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MapForm:
    """What the dialog shows at first.

    :param choices: the rows of the job's column map as they are saved.
    :param others: column maps that can be copied, by name.
    :param begun: what these rows and the names come to, where that was worked out already: it may take a while.
    :param notes: sentences to be read first: what has changed since the map was saved, who shares it.
    :param describe: asks the portal for the dataset once more; done by the worker, like ``go_to``.
    :param go_to: shows a cell in Excel, by its address.
    """

    job: str
    method: Method
    shape: TableShape
    dataset: Dataset
    profile: Profile
    choices: tuple[ColumnChoice, ...] = ()
    options: JobOptions = field(default_factory=JobOptions)
    others: Mapping[str, tuple[ColumnChoice, ...]] = field(default_factory=dict)
    begun: Start | None = None
    notes: tuple[str, ...] = ()
    describe: Callable[[], Dataset] | None = None
    go_to: Callable[[str], object] | None = None


Key = int | str
"""A row of the dialog: a sheet column by its index, or a portal column without one by its field name."""

_TYPE_WORDS = {
    "text": "Text", "number": "Number", "double": "Number", "money": "Money", "percent": "Percentage",
    "calendar_date": "Date", "date": "Date with time zone", "checkbox": "Yes or no", "url": "Web address",
    "email": "E-mail address", "phone": "Phone number", "point": "Point on a map", "multipoint": "Points on a map",
    "line": "Line on a map", "multiline": "Lines on a map", "polygon": "Area on a map",
    "multipolygon": "Areas on a map", "location": "Location", "stars": "Stars", "flag": "Flag", "json": "JSON",
    "html": "Formatted text", "drop_down_list": "Choice from a list", "document": "File", "blob": "File",
    "photo": "Picture", "dataset_link": "Link to a dataset", "nested_table": "Table",
}  # fmt: skip


def type_word(column: Column) -> str:
    """A portal column's type in plain words."""
    if column.is_percent:
        return "Percentage"
    return _TYPE_WORDS.get(column.type, f"Type “{column.type}”")


def parts_of(column: Column) -> tuple[Part, ...]:
    """Of what a portal column can be put together; empty where it holds no place."""
    return PARTS_OF.get(column.type, ())


def fitting(column: Column) -> frozenset[str]:
    """The names of the settings that mean something for a portal column."""
    names = {"default"}
    if column.type in ("calendar_date", "date"):
        names.add("date_format")
    if column.type == "date":
        names.add("time_zone")
    if column.is_percent:
        names.add("percent_style")
    if column.type == "checkbox":
        names |= {"yes_words", "no_words"}
    if column.type not in TYPES_WITH_RULES:
        names.add("keep_text")
    return frozenset(names)
