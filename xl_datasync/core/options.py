"""What a job's options say about reading values; each option's words are those of the Options table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from xl_datasync.core.problems import shortened
from xl_datasync.core.values import trimmed

ROWS_LEFT_OUT = "Rows left out"
LONGEST_LABEL = 60
"""Of a longer text the option holds the beginning, and “…” at its end."""


class NumberStyle(Enum):
    """How numbers that are stored as text are written. Never guessed from the computer's own settings."""

    PLAIN = "1234.56"
    COMMA_GROUPS = "1,234.56"
    POINT_GROUPS = "1.234,56"
    SPACE_GROUPS = "1 234,56"


class PercentStyle(Enum):
    """What a cell that shows 45 % becomes; Excel stores it as 0.45."""

    AUTOMATIC = "Automatic"
    AS_STORED = "As stored"
    TIMES_100 = "Times 100"


class HiddenPolicy(Enum):
    """What happens to hidden or filtered rows."""

    STOP = "Stop"
    SEND = "Send"
    SKIP = "Skip"


class BlankPolicy(Enum):
    """What an empty cell does to the portal's value in an upsert."""

    CLEAR = "Clear"
    KEEP = "Keep"


class ErrorPolicy(Enum):
    """What happens to an error cell such as #N/A."""

    STOP = "Stop"
    BLANK = "Send blank"


@dataclass(frozen=True)
class JobOptions:
    """One job's options; the defaults are those of an empty Options table.

    :param date_formats: accepted forms of dates stored as text, in Excel's letters (``MM/DD/YYYY``).
    :param time_zone: name from the IANA list, for columns that hold a moment with a zone.
    :param yes_words: words for true besides TRUE, in lower case; ``no_words`` likewise.
    :param answered: topics of warnings that somebody has called meant, each as :func:`topic_key` writes it.
    :param rows_left_out: what the first filled cell of rows that are not sent says, as :func:`row_key` writes it.
    """

    number_style: NumberStyle = NumberStyle.PLAIN
    percent_style: PercentStyle = PercentStyle.AUTOMATIC
    date_formats: tuple[str, ...] = ()
    time_zone: str = ""
    yes_words: frozenset[str] = frozenset({"true", "yes", "y"})
    no_words: frozenset[str] = frozenset({"false", "no", "n"})
    trim_spaces: bool = True
    hidden_rows: HiddenPolicy = HiddenPolicy.STOP
    empty_cells: BlankPolicy = BlankPolicy.CLEAR
    error_cells: ErrorPolicy = ErrorPolicy.STOP
    rows_per_request: int = 50_000
    answered: frozenset[str] = frozenset()
    rows_left_out: frozenset[str] = frozenset()


def topic_key(topic: str) -> str:
    """A warning's topic as answers are compared: without regard to case and to how its spaces are typed."""
    return " ".join(topic.split()).casefold()


def row_text(text: str) -> str:
    """What a row says, as “Rows left out” can hold it: in one line, cut where it is long, semicolons aside."""
    return shortened(trimmed(text).replace(";", ","), LONGEST_LABEL)


def row_key(text: str) -> str:
    """What a row says as it is compared: like a topic, and without characters nobody sees at its edges."""
    return topic_key(trimmed(text).replace(";", ","))


def row_beginning(text: str) -> str:
    """As much of :func:`row_key` as the option can hold: rows that share it are left out together."""
    return row_key(text)[: LONGEST_LABEL - 1]
