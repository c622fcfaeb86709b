"""What the mapping dialog says: a line of its table in words, and the three lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Method
from xl_datasync.core.problems import shortened
from xl_datasync.core.report_words import plural
from xl_datasync.core.values import SheetColumn
from xl_datasync.dialogs.mapping.form import Key, Sure, Target, type_word
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.profile import ColumnProfile

HEADER_WIDTH, NAMES_WIDTH = 60, 110

BLANK_MEANS = {
    Method.REPLACE: "Replacing all rows empties them.",
    Method.APPEND: "They stay blank in the rows that are added.",
    Method.UPSERT: "They keep their values in rows that are updated, and stay blank in rows that are added.",
    Method.DELETE: "Only the row identifier is read: whole rows are removed.",
}
"""What it means for portal columns to get nothing."""


class Mark(Enum):
    """The icon beside a word."""

    NONE = ""
    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True)
class Cell:
    """One cell of the table: a line, a smaller one below it, an icon."""

    main: str
    small: str = ""
    mark: Mark = Mark.NONE

    @property
    def spoken(self) -> str:
        """For screen readers."""
        return ". ".join(filter(None, (self.main, self.small)))


def header_word(column: SheetColumn) -> str:
    """A sheet column's header on one line; its letter where it has none."""
    return shortened(column.header, HEADER_WIDTH) or f"(no header in column {column.letter})"


def short_name(column: SheetColumn) -> str:
    """A sheet column in a sentence: ``B “Fee”``."""
    return f"{column.letter} “{shortened(column.header, HEADER_WIDTH)}”" if column.header else column.letter


def target_words(model: MappingModel, target: Target) -> str:
    """Where a sheet column goes, in words."""
    name = shortened(model.column(target.field_name).name, HEADER_WIDTH)
    return f"{target.part.value} of “{name}”" if target.part else name


def column_facts(model: MappingModel, column: Column) -> str:
    """A portal column in small print: field name, type, row identifier, required."""
    facts = [column.field_name, type_word(column)]
    if column == model.dataset.row_identifier:
        facts += ["row identifier", "required"]
    return " · ".join(facts)


def cells(model: MappingModel, key: Key) -> tuple[Cell, Cell, Cell, Cell, Cell]:
    """A row of the table: the sheet column, what it holds, where it goes, how sure that is, the check."""
    if isinstance(key, str):
        return _portal_cells(model, model.column(key))
    column, facts = model.columns[key], model.form.profile.columns[key]
    samples = "  ·  ".join(facts.samples) or "(no values)"
    first = Cell(f"{column.letter}   {header_word(column)}{'  (hidden)' if column.hidden else ''}", samples)
    mixed, blanks = facts.kinds.removeprefix("mixed: "), blanks_word(facts)
    holds = Cell("mixed", f"{mixed}, {blanks}") if mixed != facts.kinds else Cell(facts.kinds, blanks)
    target, sure = model.target(key), model.sure(key)
    if target is None or sure is None:
        left = Cell("left out", "by you") if model.was_left_out(key) else Cell("no match", "by its name")
        return first, holds, Cell("Not sent", "click or press Return to choose"), left, Cell("")
    portal = model.column(target.field_name)
    also = [f"also {target_words(model, one).lower()}" for one in model.part_of(key) if one != target]
    goes = Cell(target_words(model, target), " · ".join([column_facts(model, portal), *also]))
    return first, holds, goes, _sure_cell(sure), check_cell(model, portal.field_name)


def blanks_word(facts: ColumnProfile) -> str:
    """How many of a column's cells are blank."""
    if facts.kinds == "nothing":
        return "all blank"
    return f"{facts.blanks:,} blank" if facts.blanks else "no blanks"


def sure_words(sure: Sure) -> tuple[str, str]:
    """How sure a match is, on two lines."""
    main, _, small = sure.value.partition(": ")
    if small:
        return main, small
    first, _, rest = sure.value.partition(" by ")
    return (first, f"by {rest}") if rest else (sure.value, "")


def _sure_cell(sure: Sure) -> Cell:
    return Cell(*sure_words(sure), Mark.LOOK if sure is Sure.GUESS else Mark.GOOD)


def _portal_cells(model: MappingModel, column: Column) -> tuple[Cell, Cell, Cell, Cell, Cell]:
    name = column.field_name
    goes, none = Cell(shortened(column.name, HEADER_WIDTH), column_facts(model, column)), Cell("—", "no sheet column")
    if not column.writable:
        why = ("filled", "by the portal itself") if column.computed else ("cannot be filled", "from a sheet")
        return none, Cell(""), goes, Cell(*why), Cell("")
    if parts := model.parts(name):
        from_ = ", ".join(f"{part.words} from {model.columns[index].letter}" for part, index in parts.items())
        return (
            Cell("Put together", from_),
            Cell(""),
            goes,
            _sure_cell(model.sure(name) or Sure.CHOSEN),
            check_cell(model, name),
        )
    if column == model.missing_identifier:
        return none, Cell(""), goes, Cell("no match", "by its name"), Cell("is needed", "tells rows apart", Mark.BAD)
    filling = model.filling(name)
    if filling is None:
        must = model.form.method is Method.REPLACE
        word = Cell("stays blank", "please decide", Mark.LOOK) if must else Cell("stays blank")
        return none, Cell(""), goes, word, Cell("")
    if filling.value is None:
        return none, Cell(""), goes, Cell("stays blank", "as you said", Mark.GOOD), Cell("")
    value = shortened(filling.value) or "(nothing typed yet)"
    return Cell("The same in every row", value), Cell(""), goes, _sure_cell(Sure.CHOSEN), check_cell(model, name)


def check_cell(model: MappingModel, field_name: str) -> Cell:
    """What the check found, in a word or two."""
    checked = model.checked(field_name)
    if checked is None:
        return Cell("checking …")
    if checked.failing:
        first = next(problem for problem in checked.problems if problem.blocks)
        fails = "fails" if checked.failing == 1 else "fail"
        return Cell(f"{plural(checked.failing, 'cell')} {fails}", shortened(first.what), Mark.BAD)
    if any(problem.blocks for problem in checked.problems):
        return Cell("cannot be sent", shortened(checked.problems[0].what), Mark.BAD)
    if checked.problems:
        count = sum(problem.count for problem in checked.problems)
        return Cell(f"look at {plural(count, 'cell')}", shortened(checked.problems[0].what), Mark.LOOK)
    return Cell("fits", mark=Mark.GOOD)


@dataclass(frozen=True)
class Summary:
    """The three lists that are always to be seen, each as a heading and its names."""

    sent: tuple[str, str]
    left_out: tuple[str, str]
    blank: tuple[str, str]


def summary(model: MappingModel) -> Summary:
    """What will be sent, what is left out, what stays blank and what that means."""
    left = [column.header or column.letter for column in model.not_sent]
    left_out = (f"Left out: {plural(len(left), 'sheet column')}", listed(left))
    means = BLANK_MEANS[model.form.method]
    if model.form.method is Method.DELETE:
        read = [column.name for column in model.sent if column == model.dataset.row_identifier]
        others = len(model.sent) - len(read)
        return Summary(
            (f"Will be sent: {plural(len(read), 'portal column')}", listed(read)),
            left_out,
            (f"Not read: {plural(others, 'portal column')}", means),
        )
    needed, sent = model.missing_identifier, [column.name for column in model.sent]
    blank = [column.name for column in model.blank if column != needed]
    words = [f"{listed(blank)}. {means}"] if blank else []
    if needed:
        words.append(f"“{needed.name}” must not: it tells rows apart.")
    return Summary(
        (f"Will be sent: {plural(len(sent), 'portal column')}", listed(sent)),
        left_out,
        (f"Stay blank: {plural(len(blank), 'portal column')}", " ".join(words)),
    )


def listed(names: Sequence[str]) -> str:
    """Names as far as a line reaches, and how many more there are."""
    shown: list[str] = []
    length = 0
    for name in names:
        short = shortened(name, 40)
        length += len(short) + 2
        if length > NAMES_WIDTH and shown:
            break
        shown.append(short)
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
