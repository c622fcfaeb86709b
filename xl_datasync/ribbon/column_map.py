"""The column map of a job, written into the workbook, where every choice can be seen and changed."""

from __future__ import annotations

from xl_datasync.core.mapping import MappedColumn, Send
from xl_datasync.core.matching import Match
from xl_datasync.core.report_words import plural
from xl_datasync.dialogs.endings import Ending
from xl_datasync.look.mappings import JobMapping, map_rows
from xl_datasync.ribbon.session import Session
from xl_datasync.workbook.live import LiveWorkbook
from xl_datasync.workbook.live_tables import LiveTable
from xl_datasync.workbook.tables import COLUMN_MAP


def guesses_agreed(session: Session, found: JobMapping) -> bool:
    """Whether the clerk says that all guesses are right; true where there is none."""
    guesses = _guesses(found)
    if not guesses:
        return True
    one = len(guesses) == 1
    return session.desk.wants(
        "One match can only be guessed. Is it right?"
        if one
        else f"{len(guesses)} matches can only be guessed. Are they right?",
        "\n".join(f"{mapped.source.header} → {mapped.column.name}" for mapped in guesses if mapped.source),
        yes="It is right" if one else "They are right",
        no="Leave it out for now" if one else "Leave them out for now",
    )


def write_map(live: LiveWorkbook, found: JobMapping, *, agreed: bool) -> Ending:
    """Write a row for each sheet column that has none yet.

    :param agreed: whether guesses are written as choices; otherwise they are left out, and named.
    """
    choices = found.job.choices
    known = {c.sheet_column.casefold() for c in choices} | {c.letter.casefold() for c in choices if c.letter}
    rows = [
        row
        for row in map_rows([found])
        if row["Sheet column"].casefold() not in known and row["Column letter"].casefold() not in known
    ]
    for row in rows:
        if row["Notes"] == Match.GUESS.value and not agreed:
            row |= {"Portal field": "", "Send?": Send.IGNORE.value, "Notes": f"a guess was {row['Portal field']}"}
    table = LiveTable(live, COLUMN_MAP)
    live.ask(lambda: table.add(rows))
    sent = len(found.mapping.columns) - (0 if agreed else len(_guesses(found)))
    lines = [f"{plural(sent, 'column')} will be sent to {found.dataset.label}."]
    left = [column.name for column in found.mapping.unmapped]
    lines += [f"Nothing goes to: {', '.join(left)}."] if left else []
    lines += ["Each row of the Column map sheet can be changed; “Check sheet” looks at it again."]
    return Ending("done", f"The column map of “{found.job.name}” is written.", tuple(lines))


def _guesses(found: JobMapping) -> list[MappedColumn]:
    return [mapped for mapped in found.mapping.columns if mapped.match is Match.GUESS and mapped.source]
