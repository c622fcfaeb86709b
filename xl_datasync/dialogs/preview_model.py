"""What the window of a preview lists: what would change row by row, old beside new; free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from xl_datasync.core.differences import CellChange, Change, Differences, RowChange
from xl_datasync.core.problems import About, Problem, shortened
from xl_datasync.core.report_words import plural
from xl_datasync.core.set_aside import ASIDE
from xl_datasync.core.values import plain_moment
from xl_datasync.dialogs.endings import Ending
from xl_datasync.dialogs.words import sentence

CHANGE_WORDS = {Change.ADDED: "Added", Change.CHANGED: "Changed", Change.REMOVED: "Removed"}
"""The word beside the icon."""
BLANK = "(blank)"
LONGEST = 200
"""Letters of a row's values in a cell of the list."""
REASONS_NAMED = 3
MOST_CELLS = 200
"""A row's values that are told in full below the list."""


@dataclass(frozen=True)
class PreviewForm:
    """What publishing would change.

    :param headline: the counts, and that nothing was sent.
    :param facts: what is told above the list, each a sentence.
    :param differences: None where the rows were not compared one by one.
    :param warnings: how many things to look at were found; the check's window lists them.
    :param file: the file that would be sent; ``""`` for none.
    :param aside: how many rows with faults are set aside and not in it.
    :param ending: all of it in words.
    """

    title: str
    job: str
    headline: str
    ending: Ending
    facts: tuple[str, ...] = ()
    differences: Differences | None = None
    warnings: str = ""
    file: str = ""
    aside: int = 0

    @property
    def publish(self) -> str:
        """What the button says that publishes what is shown."""
        return "&Publish the other rows" if self.aside else "&Publish"


@dataclass(frozen=True)
class ChangeLine:
    """One value that changes, or a whole row that is added or removed.

    :param cell: None for a whole row.
    """

    row: RowChange
    cell: CellChange | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """As the columns of the list: change, identifier, row on the sheet, column, now, then."""
        row = self.row
        start = CHANGE_WORDS[row.change], plain_moment(row.identifier), row_number(row.where)
        if self.cell:
            return (*start, self.cell.column, *(text or BLANK for text in self.cell.as_read))
        values = plural(len(row.cells), "value")
        text = shortened(
            "; ".join(f"{cell.column}: {plain_moment(cell.old or cell.new)}" for cell in row.cells), LONGEST
        )
        return (*start, values, text, "") if row.change is Change.REMOVED else (*start, values, "", text)

    @property
    def detail(self) -> str:
        """In full, for below the list."""
        names = [f"row {plain_moment(self.row.identifier)}"] if self.row.identifier else []
        names += [f"row {row_number(self.row.where)} of the sheet"] if self.row.where else []
        row = f"{CHANGE_WORDS[self.row.change]}: {', '.join(names) or 'a row'}."
        cells = (self.cell,) if self.cell else self.row.cells[:MOST_CELLS]
        return "\n".join([row, *(_told(self.row.change, cell) for cell in cells)])


HEADERS = ("Change", "Row identifier", "Row on the sheet", "Column", "Now on the portal", "After publishing")


class ChangeList:
    """The sample of what would change, whole and as it is narrowed down."""

    def __init__(self, differences: Differences | None) -> None:
        self.differences = differences
        self._lines = tuple(line for row in (differences.sample if differences else ()) for line in _lines(row))
        self._texts = [" ".join(line.cells).casefold() for line in self._lines]

    def choices(self) -> list[tuple[str, Change | None]]:
        """What can be chosen under “Show”, with how many rows there are of each kind in all."""
        found = self.differences
        if found is None:
            return []
        counts = {Change.ADDED: found.added, Change.CHANGED: found.changed, Change.REMOVED: found.removed}
        some = [(f"{CHANGE_WORDS[one]} ({plural(count, 'row')})", one) for one, count in counts.items() if count]
        return [(f"All ({plural(sum(counts.values()), 'row')})", None), *some]

    def lines(self, change: Change | None = None, find: str = "") -> list[ChangeLine]:
        """The lines of one kind in which every word that is looked for stands."""
        words = find.casefold().split()
        return [
            line
            for line, text in zip(self._lines, self._texts, strict=True)
            if change in (None, line.row.change) and all(word in text for word in words)
        ]

    def count_words(self) -> str:
        """How many rows are listed of how many; ``""`` where all are."""
        found = self.differences
        if found is None:
            return ""
        whole = found.added + found.changed + found.removed
        shown = len(found.sample)
        return "" if shown >= whole else f"{shown:,} of {plural(whole, 'row')} are listed."


def aside_words(problems: Sequence[Problem]) -> str:
    """For which faults rows would be set aside; the headline has their number."""
    found = [problem for problem in problems if problem.about is About.FAULT_ASIDE]
    reasons = [f"{problem.subject}: {problem.what.removesuffix(ASIDE)}" for problem in found]
    more = [f"and {len(reasons) - REASONS_NAMED:,} more"] if len(reasons) > REASONS_NAMED else []
    return sentence(f"Set aside, to be mended and published later: {'; '.join([*reasons[:REASONS_NAMED], *more])}")


def row_number(where: str) -> str:
    """``Sheet!7:7`` → ``7``; another address as it is, without its sheet."""
    cells = where.rpartition("!")[2]
    first, _, last = cells.partition(":")
    return first if first == last else cells


def _lines(row: RowChange) -> Iterator[ChangeLine]:
    if row.change is Change.CHANGED and row.cells:
        yield from (ChangeLine(row, cell) for cell in row.cells)
    else:
        yield ChangeLine(row)


def _told(change: Change, cell: CellChange) -> str:
    if change is Change.CHANGED:
        old, new = (text or BLANK for text in cell.as_read)
        return f"{cell.column}: {old} → {new}"
    return f"{cell.column}: {plain_moment(cell.new if change is Change.ADDED else cell.old)}"


@dataclass(frozen=True)
class PreviewDeeds:
    """What the window has done while it stays; called by the worker.

    :param go_to: brings a row to the front in Excel, and says what was done.
    """

    go_to: Callable[[str], str]
