"""What stands where on a sheet of rows set aside, and how it looks, in a file as in Excel."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from textwrap import wrap

from xl_datasync.core.values import Value, value_text
from xl_datasync.workbook.set_aside.rows import WHY, AsideTable

SHEET = TITLE = "Set aside"
JOB = "Job: "
HELP = (
    f"Mend the coloured cells; “{WHY}” says what is wrong with them. Then these rows can be published alone. "
    "The last columns are not sent."
)
HEADER_ROW = 4
# In characters; a longer header takes several lines, and so do the reasons.
NARROWEST, WIDEST, WIDEST_HEADER, REASONS = 8, 40, 24, 60
BOLDER, BOLD_SHARE = 3, 1.2  # what a bold header takes beyond its letters, with another font than Excel's too
ROWS_MEASURED = 200


def head_lines(job: str) -> tuple[str, str, str]:
    """What stands above the header."""
    return TITLE, f"{JOB}{job}", HELP


def widths(table: AsideTable) -> list[int]:
    """How wide each column is: as its header and its cells need it, within limits."""
    found = [max(NARROWEST, _header_width(header)) for header in table.headers]
    for row in islice(table.rows, ROWS_MEASURED):
        for place, (value, code) in enumerate(zip(row.values, row.formats, strict=True)):
            found[place] = max(found[place], min(_width(value, code), WIDEST))
    found[table.reasons] = REASONS
    return found


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a cell of a width."""
    return sum(max(1, len(wrap(line, width))) for line in text.splitlines() or [""])


def _header_width(header: str) -> int:
    longest_word = max(map(len, header.split()), default=0)
    letters = max(longest_word, min(len(header), WIDEST_HEADER))
    return min(round(letters * BOLD_SHARE) + BOLDER, WIDEST)


def _width(value: Value, code: str) -> int:
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return len(code) + 2
    return max(map(len, value_text(value).splitlines()), default=0) + 2
