"""What the side panel of the mapping dialog says about the row that the person is at."""

from __future__ import annotations

from dataclasses import dataclass

from xl_datasync.core.dataset import Column
from xl_datasync.core.options import PercentStyle
from xl_datasync.core.report_words import plural
from xl_datasync.dialogs.mapping.check import Checked
from xl_datasync.dialogs.mapping.form import Filling, Key, Settings, Start, Sure, fitting, parts_of, type_word
from xl_datasync.dialogs.mapping.hurdles import setting_faults
from xl_datasync.dialogs.mapping.model import MappingModel
from xl_datasync.dialogs.mapping.words import BLANK_MEANS, blanks_word, header_word, target_words
from xl_datasync.dialogs.words import error_words, sentence

DATE_FORMATS = (
    "MM/DD/YYYY",
    "DD/MM/YYYY",
    "YYYY-MM-DD",
    "DD.MM.YYYY",
    "D MMM YYYY",
    "MMMM D, YYYY",
    "MM/DD/YYYY h:mm AM/PM",
)
PERCENT_WORDS = {
    None: "As the job says",
    PercentStyle.AUTOMATIC: "What the portal's column expects",
    PercentStyle.AS_STORED: "As stored: 45 % is sent as 0.45",
    PercentStyle.TIMES_100: "Times 100: 45 % is sent as 45",
}
COMMON_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "UTC", "Europe/London", "Europe/Berlin",
)  # fmt: skip


# The same settings stand in this window, for the one column.
_OWN_REMEDIES = (
    ("option “Date formats”", "Enter it as a date in Excel, or say above how dates are written"),
    ("option “Time zone”", "Choose the time zone above"),
    ("option “Words for yes”", "Correct the cell, or name the word above"),
    ("option “Percent style”", "Choose above what a percentage becomes"),
)


@dataclass(frozen=True)
class Details:
    """One row in full.

    :param settings: the settings' present values; None for a row of a portal column alone.
    :param fields: the names of the settings that mean something here.
    :param filling: what a portal column gets; ``places`` the names of the parts it can be put together from.
    :param first: the address of the first cell with a problem.
    """

    heading: str
    facts: str
    guess: bool = False
    settings: Settings | None = None
    fields: frozenset[str] = frozenset()
    alone: bool = False
    fillable: bool = False
    together: bool = False
    filling: Filling | None = None
    faults: tuple[tuple[str, str], ...] = ()
    becomes: str = ""
    problems: str = ""
    first: str = ""


def details(model: MappingModel, key: Key | None) -> Details:
    """What is to be said of a row; of none, what the window is for."""
    if key is None:
        return Details("No row is chosen", "Click a row, or go to it with the arrow keys.")
    return _alone(model, model.column(key)) if isinstance(key, str) else _of_sheet(model, key)


def _of_sheet(model: MappingModel, index: int) -> Details:
    column, placed, target = model.columns[index], model.placed(index), model.target(index)
    heading = f"Column {column.letter}: {header_word(column)}"
    profile = model.form.profile.columns[index]
    holds = f"It holds {profile.kinds.removeprefix('mixed: ')}, {blanks_word(profile)}."
    if target is None:
        facts = "This column is not sent. To send it, press Return and type the portal column's name."
        if column.hidden:
            facts = f"This column is hidden on the sheet. {facts}"
        return Details(heading, f"{facts} {holds}")
    portal = model.column(target.field_name)
    checked = model.checked(portal.field_name)
    facts = f"Goes to {target_words(model, target)} – {type_word(portal)}{_role(model, portal)}."
    for also in model.part_of(index):
        facts += f" Also the {target_words(model, also)}." if also != target else ""
    if portal.description:
        facts += f" {sentence(portal.description)}"
    return Details(
        heading,
        f"{facts} {holds}",
        guess=model.sure(index) is Sure.GUESS,
        settings=placed.settings if placed else None,
        fields=fitting(portal) if placed else frozenset(),
        faults=tuple(setting_faults(model, index).items()),
        becomes=becomes_words(checked),
        problems=problem_words(model, checked),
        first=first_place(checked),
    )


def _alone(model: MappingModel, column: Column) -> Details:
    heading = f"Portal column: {column.name}"
    facts = f"{type_word(column)}{_role(model, column)}. No sheet column goes here."
    if not column.writable:
        why = (
            "The portal fills it itself." if column.computed else "Columns of this type cannot be filled from a sheet."
        )
        return Details(heading, f"{type_word(column)}. {why}", alone=True)
    if column == model.missing_identifier:
        facts += " The portal tells rows apart by it: go to the sheet column that holds it, and press Return there."
    elif model.sources(column.field_name):
        facts = f"{type_word(column)}{_role(model, column)}. Put together from several sheet columns."
    elif not model.is_sent(column.field_name):
        facts += f" {BLANK_MEANS[model.form.method]}"
    checked = model.checked(column.field_name)
    shown = model.is_sent(column.field_name)
    return Details(
        heading,
        facts,
        guess=model.sure(column.field_name) is Sure.GUESS,
        alone=True,
        fillable=column != model.missing_identifier,
        together=bool(parts_of(column)),
        filling=model.filling(column.field_name),
        faults=tuple(setting_faults(model, column.field_name).items()),
        becomes=becomes_words(checked) if shown else "",
        problems=problem_words(model, checked) if shown else "",
        first=first_place(checked) if shown else "",
    )


def _role(model: MappingModel, column: Column) -> str:
    return ", row identifier, required" if column == model.dataset.row_identifier else ""


def becomes_words(checked: Checked | None) -> str:
    """What the first rows become, a line each."""
    if checked is None:
        return "Working it out …"
    if not checked.lines:
        return "There is no filled row."
    return "\n".join(
        f"{line.before or 'every row'}  →  {'cannot be sent: ' if line.fails else ''}{line.after}"
        for line in checked.lines
    )


def problem_words(model: MappingModel, checked: Checked | None) -> str:
    """Every kind of trouble: how many cells, which is the first, what to do."""
    if checked is None or not checked.problems:
        return ""
    scope = model.form.profile.scope
    said = []
    for problem in checked.problems:
        cells = plural(problem.count, "cell")
        first = problem.places[0] if problem.places else None
        where = f" (first: {first.where}{f' “{first.value}”' if first.value else ''})" if first else ""
        within = f" {scope}" if scope else ""
        remedy = next((own for words, own in _OWN_REMEDIES if words in problem.remedy), problem.remedy)
        said.append(f"{cells}{within}: {sentence(f'{problem.what}{where}')} {sentence(remedy)}".strip())
    return "\n".join(said)


def first_place(checked: Checked | None) -> str:
    """The address of the first cell with a problem."""
    problems = checked.problems if checked else ()
    return next((problem.places[0].where for problem in problems if problem.places), "")


def copied_words(name: str, begun: Start) -> str:
    """What became of another job's map."""
    said = f"The map of “{name}” was taken over."
    if begun.notes:
        said += f" {plural(len(begun.notes), 'row')} did not fit here. {begun.notes[0]}"
    return said


def trouble_words(error: Exception, address: str) -> str:
    """Why a cell could not be shown."""
    typing = "Where a cell is being typed in, press Return there, and try again."
    return error_words(error, f"Excel could not show {address}. {typing}")
