"""Rows of the Column map table and the choices they stand for: what is written here is read here as the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xl_datasync.core.mapping import ColumnChoice, Part, Send
from xl_datasync.core.options import PercentStyle
from xl_datasync.workbook.config_rows import ConfigRow, check_date_formats, check_zone
from xl_datasync.workbook.tables import COLUMN_MAP, YesNo

COLUMN_LETTER = re.compile("[A-Za-z]{1,3}")


def rows_of(map_name: str, choices: Sequence[ColumnChoice]) -> list[dict[str, str]]:
    """Choices as rows of the table, by header; what is not set is blank."""
    return [dict.fromkeys(COLUMN_MAP.headers, "") | {"Map name": map_name} | _cells(choice) for choice in choices]


def _cells(choice: ColumnChoice) -> dict[str, str]:
    return {
        "Sheet column": choice.sheet_column,
        "Column letter": choice.letter,
        "Portal field": choice.portal_field,
        "Send?": choice.send.value,
        "Default or fixed value": choice.default if choice.from_sheet else choice.fixed_value,
        "Date format": choice.date_format,
        "Time zone": choice.time_zone,
        "Part of a place": choice.part.value if choice.part else "",
        "Percent style": choice.percent_style.value if choice.percent_style else "",
        "Keep as text": YesNo.YES.value if choice.keep_text else "",
        "Words for yes": ", ".join(sorted(choice.yes_words)),
        "Words for no": ", ".join(sorted(choice.no_words)),
    }


def read_choices(rows: list[ConfigRow], used: set[str]) -> dict[str, list[ColumnChoice]]:
    """The column maps by name; a map that no job uses is a slip of the pen that would change what is sent."""
    found: dict[str, list[ColumnChoice]] = {}
    for row in rows:
        name = row.text("Map name").casefold()
        if not name:
            row.fault("Map name", "blank", "Write the job's name, or the map's name that jobs share.")
        elif name not in used:
            row.fault("Map name", "no job uses this map", "Write it as in the Jobs sheet, or delete the row.")
        found.setdefault(name, []).append(_choice(row))
    return found


def _choice(row: ConfigRow) -> ColumnChoice:
    """One row of a column map."""
    zone, date_format, letter = row.text("Time zone"), row.text("Date format"), row.text("Column letter")
    if zone:
        check_zone(zone, row.faults_of("Time zone"))
    check_date_formats(date_format, row.faults_of("Date format"))
    if letter and not COLUMN_LETTER.fullmatch(letter):
        row.fault("Column letter", "not a column's letter", "Write it as above the sheet's columns, such as C or AA.")
    value, header = row.text("Default or fixed value"), row.text("Sheet column")
    from_sheet = bool(header or letter)
    yes_words, no_words = row.words("Words for yes"), row.words("Words for no")
    for word in sorted(yes_words & no_words):
        row.fault("Words for no", f"“{word}” is a word for yes and for no", "Keep it in one of the two.")
    return ColumnChoice(
        sheet_column=header,
        letter=letter,
        portal_field=row.text("Portal field"),
        send=row.choice("Send?", Send, Send.YES),
        default=value if from_sheet else "",
        fixed_value="" if from_sheet else value,
        date_format=date_format,
        time_zone=zone,
        part=row.choice("Part of a place", Part, None),
        percent_style=row.choice("Percent style", PercentStyle, None),
        keep_text=row.choice("Keep as text", YesNo, YesNo.NO) is YesNo.YES,
        yes_words=yes_words,
        no_words=no_words,
        where=row.where("Sheet column"),
        cells={header: row.where(header) for header in COLUMN_MAP.headers if header in row.letters},
    )
