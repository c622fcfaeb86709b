"""The rows of the Column map that a map comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xl_datasync.core.column_map import ColumnChoice
from xl_datasync.core.values import SheetColumn
from xl_datasync.dialogs.mapping.form import MapForm, Sure, fitting
from xl_datasync.dialogs.mapping.rows import (
    blank_choice,
    fixed_choice,
    letters_needed,
    part_choice,
    sent_choice,
    source_choice,
    taken_by_name,
)
from xl_datasync.dialogs.mapping.state import MapState


class MapAnswer(MapState):
    """What is saved of the present state: of one portal column, and of all."""

    def __init__(self, form: MapForm) -> None:
        self._letters = letters_needed(form.shape.columns)
        super().__init__(form)

    def choices_for(self, field_name: str) -> tuple[ColumnChoice, ...]:
        """The rows of the Column map that fill one portal column."""
        if field_name not in self._made_rows:
            self._made_rows[field_name] = tuple(self._made(field_name))
        return self._made_rows[field_name]

    def _made(self, field_name: str) -> Iterator[ColumnChoice]:
        word, filling = self._words[field_name], self.filling(field_name)
        if filling and filling.value:
            yield fixed_choice(word, filling.value)
        if (index := self._by_field.get(field_name)) is not None:
            settings = self._state.placed[index].settings
            yield sent_choice(self._named(index), word, settings, fitting(self._columns[field_name]))
        for part, held in self._state.places.get(field_name, {}).items():
            yield part_choice(self._named(held.index), word, part, held.settings)

    def _named(self, index: int) -> ColumnChoice:
        return source_choice(self.columns[index], letter=index in self._letters)

    def answer(self, *, by_field: bool = False) -> tuple[ColumnChoice, ...]:
        """The rows of the column map: what was guessed and not looked at gets none, so that it stays a guess.

        :param by_field: whether portal columns are called by their field names throughout.
        """
        rows = self._answer()
        if not by_field:
            return tuple(rows)
        fields = {word: name for name, word in self._words.items()}
        return tuple(replace(row, portal_field=fields.get(row.portal_field, "")) for row in rows)

    def _answer(self) -> list[ColumnChoice]:
        rows: list[ColumnChoice] = []
        for column in self.columns:
            index = column.index
            placed = self.placed(index)
            guessed = [target for target in self.part_of(index) if self.sure(target.field_name) is Sure.GUESS]
            parts = [target for target in self.part_of(index) if target not in guessed]
            if placed is None and not guessed:
                rows += self._not_whole(column, is_part=bool(parts))
            elif placed and placed.sure is not Sure.GUESS:
                rows += self.choices_for(placed.field_name)
            for target in parts:
                held = self._state.places[target.field_name]
                word = self._words[target.field_name]
                rows += [
                    part_choice(self._named(index), word, part, held[part].settings)
                    for part in held
                    if part is target.part
                ]
        for portal in self.dataset.writable_columns:
            filling = self.filling(portal.field_name)
            if filling and filling.value is None:
                rows.append(blank_choice(self._words[portal.field_name]))
            elif filling:
                rows += self.choices_for(portal.field_name)
        return rows

    def _not_whole(self, column: SheetColumn, *, is_part: bool) -> list[ColumnChoice]:
        """A row that keeps a sheet column from being sent by its name, where one is needed."""
        if is_part and not taken_by_name(column, self.unsaid):
            return []
        if not column.header and column.index not in self._state.left_out:
            return []
        return [self._named(column.index)]
