"""Every decision of the mapping dialog, without a window: what goes where, how sure that is, what it becomes.

The state is a few small tables, kept whole before each deed, so that the last deed can be taken back: sheet columns
that go somewhere, places that are put together, and portal columns that get a fixed value or nothing on purpose. A
portal column is never given two sheet columns; only the parts of a place share one. A sheet column that is part of a
place may go to a portal column of its own as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xl_datasync.core.column_map import ColumnChoice, Part
from xl_datasync.core.dataset import Dataset
from xl_datasync.dialogs.mapping.answer import MapAnswer
from xl_datasync.dialogs.mapping.check import Checked, ToCheck
from xl_datasync.dialogs.mapping.form import (
    Filling,
    Key,
    MapForm,
    PartOf,
    Placed,
    Settings,
    Start,
    Sure,
    Target,
    parts_of,
)
from xl_datasync.dialogs.mapping.start import changed_words, start
from xl_datasync.dialogs.mapping.state import State

STEPS_KEPT = 100


@dataclass(frozen=True)
class Renewal:
    """A dataset that was changed meanwhile.

    :param changed: what changed, in sentences.
    :param begun: what the choices so far come to there.
    """

    dataset: Dataset
    changed: tuple[str, ...]
    begun: Start


class MappingModel(MapAnswer):
    """The present state of the map, and the deeds that change it.

    :ivar notes: what should be read first: what changed since the map was saved, what could not be followed.
    """

    def __init__(self, form: MapForm) -> None:
        super().__init__(form)
        self._steps: list[State] = []
        self._typing = ""
        self._checks: dict[str, tuple[tuple[ColumnChoice, ...], Checked]] = {}
        begun = form.begun or start(form.shape, form.dataset, form.choices, profile=form.profile)
        self.notes = [*form.notes, *begun.notes]
        self._set(State.of(begun))

    def _do(self, *, typing: str = "", **changes: object) -> None:
        """Go on to another state.

        :param typing: a field that is being typed in; all that is typed there in one go is one step.
        """
        after = replace(self._state, **changes)  # type: ignore[arg-type]  # fields, by name
        if after != self._state:
            if not typing or typing != self._typing:
                self._steps = [*self._steps[1 - STEPS_KEPT :], self._state]
            self._typing = typing
            self._set(after)

    # deeds

    def choose(self, index: int, target: Target | None) -> list[int]:
        """Send a sheet column somewhere, or leave it out.

        :returns: the sheet columns that had that place before.
        """
        state, before = self._without(index), self.placed(index)
        if target is None:
            self._do(**state, left_out=self._state.left_out | {index})
            return []
        losers = [other for other in self.holders(target) if other != index]
        name = target.field_name
        placed = {other: held for other, held in state["placed"].items() if held.field_name != name}
        places = dict(state["places"])
        if target.part is None:
            places.pop(name, None)
            settings = before.settings if before else Settings()
            placed[index] = Placed(name, _sure_now(before, name), settings)
        else:
            others = {part: held for part, held in self._state.places.get(name, {}).items() if held.index != index}
            places[name] = {**others, target.part: PartOf(index)}
        fillings = {other: held for other, held in self._state.fillings.items() if other != name}
        left, guessed = self._state.left_out - {index}, state["guessed"] - {name}
        self._do(placed=placed, places=places, guessed=guessed, fillings=fillings, left_out=left)
        return losers

    def _without(self, index: int) -> dict[str, Any]:
        """The tables without a sheet column; half a guess is none."""
        placed = {other: held for other, held in self._state.placed.items() if other != index}
        places = {
            name: {part: held for part, held in parts.items() if held.index != index}
            for name, parts in self._state.places.items()
            if name not in self._state.guessed or index not in {held.index for held in parts.values()}
        }
        places = {name: parts for name, parts in places.items() if parts}
        return {"placed": placed, "places": places, "guessed": self._state.guessed & set(places)}

    def confirm(self, *keys: Key) -> None:
        """Say that guesses are right: of sheet columns, or of places."""
        placed = dict(self._state.placed)
        for key in keys:
            if isinstance(key, int) and key in placed and placed[key].sure is Sure.GUESS:
                placed[key] = replace(placed[key], sure=Sure.CONFIRMED)
        names = {target.field_name for key in keys if isinstance(key, int) for target in self.part_of(key)}
        self._do(placed=placed, guessed=self._state.guessed - names - set(keys))

    def set(self, index: int, **settings: object) -> None:
        """Say how a sheet column's cells are read or sent: fields of :class:`Settings`, by name."""
        held = self._state.placed.get(index)
        if held:
            changed = replace(held, settings=replace(held.settings, **settings))  # type: ignore[arg-type]  # as named
            self._do(typing=f"{index} {' '.join(settings)}", placed={**self._state.placed, index: changed})

    def leave_blank(self, *field_names: str) -> None:
        """Send nothing to portal columns, on purpose."""
        self._fill(dict.fromkeys(field_names, Filling(None)))

    def set_fixed(self, field_name: str, value: str) -> None:
        """Send the same value in every row."""
        self._fill({field_name: Filling(value)}, typing=field_name)

    def unsay(self, field_name: str) -> None:
        """Say nothing of a portal column any more."""
        self._fill({field_name: None})

    def _fill(self, fillings: Mapping[str, Filling | None], typing: str = "") -> None:
        placed = {index: held for index, held in self._state.placed.items() if held.field_name not in fillings}
        places = {name: parts for name, parts in self._state.places.items() if name not in fillings}
        after = {**self._state.fillings, **fillings}
        kept = {name: held for name, held in after.items() if held}
        self._do(typing=typing, placed=placed, places=places, guessed=self._state.guessed & set(places), fillings=kept)

    def put_together(self, field_name: str, parts: Mapping[Part, int]) -> None:
        """Make a place of several sheet columns; they may go to portal columns of their own as well."""
        known = self._state.places.get(field_name, {})
        fits = [part for part in parts_of(self._columns[field_name]) if part in parts]
        made = {
            part: known[part] if part in known and known[part].index == parts[part] else PartOf(parts[part])
            for part in fits
        }
        placed = {index: held for index, held in self._state.placed.items() if held.field_name != field_name}
        fillings = {name: held for name, held in self._state.fillings.items() if name != field_name}
        places = {name: held for name, held in self._state.places.items() if name != field_name}
        left = self._state.left_out - {held.index for held in made.values()}
        places = {**places, field_name: made} if made else places
        guessed = self._state.guessed - {field_name}
        self._do(placed=placed, fillings=fillings, places=places, guessed=guessed, left_out=left)

    def suggestion(self) -> Start:
        """What the names alone suggest; may take a while, and changes nothing."""
        return start(self.form.shape, self.dataset, (), profile=self.form.profile)

    def other_map(self, name: str) -> Start:
        """Another column map, as far as it fits this sheet and dataset; likewise."""
        return start(self.form.shape, self.dataset, self.form.others[name], Sure.COPIED, profile=self.form.profile)

    def begin_anew(self, begun: Start) -> None:
        """Put another map in the place of this one."""
        self._do(**vars(State.of(begun)))

    @property
    def can_undo(self) -> bool:
        """Whether there is a deed to take back."""
        return bool(self._steps)

    def undo(self) -> None:
        """Take the last deed back."""
        self._typing = ""
        if self._steps:
            self._set(self._steps.pop())

    def renewal(self, dataset: Dataset, rows: Sequence[ColumnChoice]) -> Renewal | None:
        """What has changed in the dataset, and what the present choices come to there; None where nothing has.

        May take a while, and changes nothing, so that the worker may do it.

        :param rows: the answer by field names, which stay when a column is renamed.
        """
        changed = changed_words(self.dataset, dataset)
        if not changed:
            return None
        return Renewal(dataset, tuple(changed), start(self.form.shape, dataset, rows, profile=self.form.profile))

    def rebuild(self, renewal: Renewal) -> None:
        """Go on with the dataset as it is now; what still fits is as sure as it was."""
        kept = self._state.placed
        self._take_dataset(renewal.dataset)
        placed = {
            index: replace(held, sure=kept[index].sure)
            if index in kept and kept[index].field_name == held.field_name
            else held
            for index, held in renewal.begun.placed.items()
        }
        # What could be taken back leads to columns that may be gone.
        self._steps, self._checks = [], {}
        self._set(replace(State.of(renewal.begun), placed=placed))

    # checks

    def to_check(self) -> list[str]:
        """The field names of the portal columns whose present choices have not been checked."""
        return [column.field_name for column in self.sent if self.checked(column.field_name) is None]

    def checked(self, field_name: str) -> Checked | None:
        """What the check of a portal column found under the present choices; None where it has not come yet."""
        found = self._checks.get(field_name)
        return found[1] if found and found[0] == self.choices_for(field_name) else None

    def subject(self, field_name: str) -> ToCheck:
        """What is to be checked of a portal column; the worker may do it, because nothing of the model's changes."""
        form = self.form
        sources = tuple(self.columns[index] for index in self.sources(field_name))
        column, choices = self._columns[field_name], self.choices_for(field_name)
        return ToCheck(column, choices, sources, form.shape, self.dataset, form.options, form.profile)

    def take_check(self, subject: ToCheck, checked: Checked) -> bool:
        """Keep what a check found, unless the choices or the dataset are others by now.

        :returns: whether it was kept.
        """
        name = subject.column.field_name
        fresh = self._columns.get(name) == subject.column and self.choices_for(name) == subject.choices
        if fresh:
            self._checks[name] = (subject.choices, checked)
        return fresh


def _sure_now(before: Placed | None, field_name: str) -> Sure:
    """How sure a match is once it was chosen: choosing what was guessed confirms it."""
    if before is None or before.field_name != field_name:
        return Sure.CHOSEN
    return Sure.CONFIRMED if before.sure is Sure.GUESS else before.sure
