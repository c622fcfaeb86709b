"""Blocks of rows, whatever file they come from: the blank rows after the last filled one are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xl_datasync.core.values import Block, Value

GENERAL = "General"


def without_blank_tail(blocks: Iterable[Block]) -> Iterator[Block]:
    """The same rows up to the last that holds a value; blank rows between others stay.

    Only the numbers of rows that may turn out to be the tail are held back, so a cell in the last row of an otherwise
    empty sheet costs no memory.
    """
    held: list[Sequence[int]] = []
    for block in blocks:
        filled = filled_rows(block.columns)
        if filled:
            yield from (_blank_block(rows, len(block.columns)) for rows in held)
            held.clear()
            yield block if filled == len(block.rows) else _first_rows(block, filled)
        if filled < len(block.rows):
            held.append(block.rows[filled:])


def filled_rows(columns: Sequence[Sequence[Value]]) -> int:
    """How many rows there are up to the last that holds a value."""
    filled = 0
    for column in columns:
        last = len(column)
        while last > filled and column[last - 1] is None:
            last -= 1
        filled = max(filled, last)
        if filled == len(column):
            break
    return filled


def _first_rows(block: Block, count: int) -> Block:
    return Block(
        block.rows[:count],
        [column[:count] for column in block.columns],
        lambda index: block.formats(index)[:count],
        lambda index: block.links(index)[:count],
    )


def _blank_block(rows: Sequence[int], width: int) -> Block:
    return Block(rows, [[None] * len(rows)] * width, lambda _: [GENERAL] * len(rows), lambda _: [None] * len(rows))
