"""Which column of the sheet goes to which column of the dataset.

What the Column map says goes first; :mod:`xl_datasync.core.matching` pairs the rest by their names. A portal column is
never given two sheet columns, except for a point or location that is put together from its parts. A sheet column that
the Column map names goes where its rows say and nowhere else: one that is part of a place is sent as a column as well
where another row says so. Users of DataSync know this of its synthetic locations, whose columns may be sent or ignored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from xl_datasync.core.chosen import apply_choices, listed, plain
from xl_datasync.core.column_map import ColumnChoice, MappedColumn, Mapping, Part, Send
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.matching import pair_up
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import SheetColumn, TableShape, cell_address

__all__ = ["ColumnChoice", "MappedColumn", "Mapping", "Part", "Send", "choices_of", "settle_mapping"]


def settle_mapping(shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog) -> Mapping:
    """Map a sheet's columns to a dataset's; what cannot be settled is added to ``log``."""
    chosen, spent = apply_choices(shape, dataset, choices, log)
    settled = {mapped.column.field_name for mapped in chosen} | spent.blank | spent.unclear
    headers = [column for column in shape.columns if column.header and column.index not in spent.sheet]
    by_name = pair_up(headers, [column for column in dataset.writable_columns if column.field_name not in settled])
    for column, same in by_name.shared:
        _log_shared(same, column, shape, log)
    found = chosen + [MappedColumn(pair.column, pair.header, pair.match) for pair in by_name.pairs]
    used = {source.index for mapped in found for source in mapped.sources}
    filled = {mapped.column.field_name for mapped in found} | spent.blank
    return Mapping(
        columns=tuple(sorted(found, key=lambda mapped: _order(mapped, len(shape.columns)))),
        ignored=tuple(column for column in shape.columns if column.index not in used),
        unmapped=tuple(column for column in dataset.writable_columns if column.field_name not in filled),
        left_blank=tuple(column for column in dataset.writable_columns if column.field_name in spent.blank),
        shared=frozenset(header.index for _, same in by_name.shared for header in same),
    )


def _order(mapped: MappedColumn, last: int) -> tuple[int, bool]:
    return mapped.source.index if mapped.source else last, bool(mapped.parts)


def choices_of(mapping: Mapping) -> tuple[ColumnChoice, ...]:
    """A settled mapping written out: a row for every sheet column, then fixed values, then columns left blank.

    Settled again, these rows give the same mapping, and no name decides anything any more.
    """
    used = {source.index: source for mapped in mapping.columns for source in mapped.sources}
    by_index = {column.index: column for column in mapping.ignored} | used
    uses = mapping.uses
    headers = Counter(plain(column.header) for column in by_index.values())
    fields = _Fields(mapping)
    rows: list[ColumnChoice] = []
    for _, source in sorted(by_index.items()):
        letter = source.letter if headers[plain(source.header)] > 1 or not plain(source.header) else ""
        if source.index not in uses:
            rows.append(ColumnChoice(source.header, letter, "", Send.IGNORE))
        for mapped in uses.get(source.index, ()):
            if mapped.parts:
                rows += _part_rows(mapped, source)
            else:
                rows.append(mapped.choice or ColumnChoice(source.header, letter, fields.name(mapped.column)))
    rows += [mapped.choice for mapped in mapping.columns if mapped.source is None and mapped.choice]
    rows += [ColumnChoice("", "", fields.name(column), Send.LEAVE_BLANK) for column in mapping.left_blank]
    return tuple(rows)


def _part_rows(mapped: MappedColumn, source: SheetColumn) -> Iterator[ColumnChoice]:
    for (_, held), choice in zip(mapped.parts, mapped.part_choices, strict=True):
        if held == source:
            yield choice


class _Fields:
    """The portal columns of a mapping, as rows of the Column map can name them."""

    def __init__(self, mapping: Mapping) -> None:
        columns = [*(mapped.column for mapped in mapping.columns), *mapping.unmapped, *mapping.left_blank]
        self._names = Counter(
            name for column in columns for name in {plain(column.name), plain(column.field_name)}
        )  # fmt: skip

    def name(self, column: Column) -> str:
        """The display name, which people know, or the API field name where that alone is clear."""
        wanted = plain(column.name)
        return column.name if wanted and self._names[wanted] == 1 else column.field_name


def _log_shared(same: Sequence[SheetColumn], column: Column, shape: TableShape, log: ProblemLog) -> None:
    letters = listed([header.letter for header in same])
    what = f"columns {letters} all have the name of the portal column “{column.name}”"
    fault = Fault(what, "Rename all but one, or choose one in “Map columns” or, by its letter, in the Column map.")
    log.add(f"Sheet “{shape.sheet}”", fault, cell_address(shape.sheet, same[-1].letter, shape.header_row or 1))
