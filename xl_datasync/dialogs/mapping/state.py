"""The state of a map that is being made, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xl_datasync.core.column_map import ColumnChoice, Part
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.values import SheetColumn
from xl_datasync.dialogs.mapping.form import Filling, Key, MapForm, PartOf, Placed, Start, Sure, Target
from xl_datasync.dialogs.mapping.rows import portal_words

Places = Mapping[str, Mapping[Part, PartOf]]


@dataclass(frozen=True)
class State:
    """Sheet columns that go somewhere, places that are put together, portal columns of which something was said.

    :param guessed: the places, by field name, that are put together by a guess nobody has looked at.
    """

    placed: Mapping[int, Placed] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    fillings: Mapping[str, Filling] = field(default_factory=dict)
    places: Places = field(default_factory=dict)
    guessed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, begun: Start) -> State:
        """What a map begins with."""
        return cls(begun.placed, begun.left_out, begun.fillings, begun.places, begun.guessed)


class MapState:
    """What goes where at this moment."""

    def __init__(self, form: MapForm) -> None:
        self.form = form
        self._take_dataset(form.dataset)
        self._set(State())

    def _take_dataset(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._columns = {column.field_name: column for column in dataset.columns}
        self._words = portal_words(dataset)

    def _set(self, state: State) -> None:
        self._state = state
        self._made_rows: dict[str, tuple[ColumnChoice, ...]] = {}
        self._by_field = {held.field_name: index for index, held in state.placed.items()}
        self._part_of: dict[int, list[Target]] = {}
        # In one order, however they were chosen: what is saved twice is to be the same.
        for name in (name for name in self._columns if name in state.places):
            for part, held in sorted(state.places[name].items(), key=lambda item: list(Part).index(item[0])):
                self._part_of.setdefault(held.index, []).append(Target(name, part))

    @property
    def columns(self) -> tuple[SheetColumn, ...]:
        """The sheet's columns."""
        return self.form.shape.columns

    def placed(self, index: int) -> Placed | None:
        """Where a sheet column goes as a whole, or None."""
        return self._state.placed.get(index)

    def part_of(self, index: int) -> list[Target]:
        """Of what places a sheet column is a part."""
        return self._part_of.get(index, [])

    def target(self, index: int) -> Target | None:
        """Where a sheet column goes: as a whole, else as a part; None for nowhere."""
        placed = self.placed(index)
        if placed:
            return Target(placed.field_name)
        return next(iter(self.part_of(index)), None)

    def was_left_out(self, index: int) -> bool:
        """Whether somebody said that a sheet column is not sent."""
        return index in self._state.left_out

    def filling(self, field_name: str) -> Filling | None:
        """What a portal column gets without a sheet column, where that was said."""
        return self._state.fillings.get(field_name)

    def column(self, field_name: str) -> Column:
        """A portal column."""
        return self._columns[field_name]

    def column_of(self, key: Key) -> Column | None:
        """The portal column of a row: the one a sheet column goes to, or the row's own."""
        if isinstance(key, str):
            return self._columns.get(key)
        target = self.target(key)
        return self._columns[target.field_name] if target else None

    def parts(self, field_name: str) -> dict[Part, int]:
        """Of what sheet columns a place is put together; empty where it is not."""
        return {part: held.index for part, held in self._state.places.get(field_name, {}).items()}

    def sources(self, field_name: str) -> tuple[int, ...]:
        """The sheet columns that fill a portal column: one, several for a place, or none."""
        if field_name in self._by_field:
            return (self._by_field[field_name],)
        return tuple(sorted(set(self.parts(field_name).values())))

    def rows(self) -> list[Key]:
        """All rows: the sheet's columns in order, then the portal columns no single sheet column fills."""
        alone = [
            column
            for column in self.dataset.columns
            if column.field_name not in self._by_field and not column.field_name.startswith(":")
        ]
        alone.sort(key=lambda column: not column.writable)
        return [*range(len(self.columns)), *(column.field_name for column in alone)]

    def is_sent(self, field_name: str) -> bool:
        """Whether a portal column gets something."""
        filling = self.filling(field_name)
        filled = filling is not None and filling.value is not None
        return filled or field_name in self._by_field or field_name in self._state.places

    @property
    def sent(self) -> list[Column]:
        """The portal columns that get something, in their order."""
        return [column for column in self.dataset.writable_columns if self.is_sent(column.field_name)]

    @property
    def not_sent(self) -> list[SheetColumn]:
        """The sheet columns that go nowhere."""
        return [column for column in self.columns if self.target(column.index) is None]

    @property
    def blank(self) -> list[Column]:
        """The portal columns that get nothing."""
        return [column for column in self.dataset.writable_columns if not self.is_sent(column.field_name)]

    @property
    def unsaid(self) -> list[Column]:
        """Those of them of which nobody said that they are to stay blank."""
        return [column for column in self.blank if column.field_name not in self._state.fillings]

    @property
    def missing_identifier(self) -> Column | None:
        """The dataset's row identifier, where no sheet column goes to it."""
        identifier = self.dataset.row_identifier
        return identifier if identifier and not self.sources(identifier.field_name) else None

    def sure(self, key: Key) -> Sure | None:
        """How sure it is where a sheet column goes, or what a place is made of; None where nothing is to doubt."""
        if isinstance(key, int) and (placed := self.placed(key)):
            return placed.sure
        target = Target(key) if isinstance(key, str) else self.target(key)
        if target is None or target.field_name not in self._state.places:
            return None
        return Sure.GUESS if target.field_name in self._state.guessed else Sure.CHOSEN

    @property
    def guesses(self) -> list[Key]:
        """The rows that are guesses nobody has looked at, each guess once: sheet columns, then places."""
        placed = sorted(index for index, held in self._state.placed.items() if held.sure is Sure.GUESS)
        return [*placed, *(name for name in self._state.places if name in self._state.guessed)]

    def holders(self, target: Target) -> list[int]:
        """The sheet columns that have to give way where another one takes a target."""
        whole = self._by_field.get(target.field_name)
        parts = self.parts(target.field_name)
        given = set(parts.values()) if target.part is None else {parts[target.part]} if target.part in parts else set()
        return sorted(given | ({whole} if whole is not None else set()))
