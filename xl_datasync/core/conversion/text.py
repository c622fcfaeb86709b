"""Text columns: what a person reads in the cell, told apart from what Excel stores."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache, partial
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import EXCEL_DIGITS_END, FRACTIONS, Outcome, Rule, Writers, blank, shows_percent
from xl_datasync.core.conversion.shown import is_as_stored, shown
from xl_datasync.core.options import JobOptions
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import INVISIBLE, float_text, is_blank, trimmed, value_text

# The portal's limit for one cell of text (protocol §7: vendor's support article; whether more is refused is unknown).
TEXT_LIMIT_BYTES = 4096
UTF8_MOST = 4
# Excel cuts longer text on entry without a word.
EXCEL_CELL_LIMIT = 32_767

# Texts of a block are joined with this between them, so that one search shows how any of them begins.
_BETWEEN = "\x1f"
LOOKS_LIKE_FORMULA = re.compile(r"[=@\t]|[+-][^\d\s.,(]")
_any_like_formula = re.compile(f"{_BETWEEN}(?:{LOOKS_LIKE_FORMULA.pattern})").search
# Digits shown with their leading zeros: 00000, 000-00-0000, "A"000. Other marks of a mask stand for themselves.
DIGIT_MASK = re.compile(r'(?:0|\\.|"[^"]*"|[- ()])*')
_NOT_TOLD = Fault(
    "number format that cannot be followed, so that what the cell shows is not known",
    "Give the cells a simple format, such as 00000 or 0.00, or clear “Keep as text” for this column.",
)
_NOT_TOLD_DATE = Fault(
    "date format that each computer shows in its own way",
    "Choose a format such as yyyy-mm-dd under “Custom” in Excel, or clear “Keep as text” for this column.",
)
MASK_PARTS = re.compile(r'(0)|\\(.)|"([^"]*)"|([- ()])')


def text_rule(options: JobOptions) -> Rule:
    """The rule for text and for the older types that hold nothing else."""
    shown: dict[type, Any] = dict.fromkeys((bool, dt.date, dt.datetime, dt.time, dt.timedelta), value_text)
    always: Writers = {
        str: str.strip if options.trim_spaces else _kept,
        int: str,
        float: float_text,
        NoneType: blank,
        **shown,
    }
    return Rule(
        always,
        cell=partial(_cell, trim=options.trim_spaces),
        odd=_odd,
        numbers=lambda formats: None if any(map(format_decides, formats)) else always,
    )


def kept_text_rule(options: JobOptions) -> Rule:
    """The rule for text columns that are to be sent as the cells show them; a format may concern texts as well."""
    always: Writers = {int: str, float: float_text, NoneType: blank}
    return Rule(
        always,
        cell=partial(_as_shown, trim=options.trim_spaces),
        odd=_odd,
        numbers=lambda formats: always if all(map(is_as_stored, formats)) else None,
    )


def _as_shown(value: Any, code: str, *, trim: bool) -> Outcome:
    if isinstance(value, int | float) and not -EXCEL_DIGITS_END < value < EXCEL_DIGITS_END:
        return _number(value, code)
    text = shown(value, code)
    if text is None:
        return _NOT_TOLD_DATE if isinstance(value, dt.date | dt.time | dt.timedelta) else _NOT_TOLD
    return _text(text, trim=trim)


@lru_cache(maxsize=1024)
def format_decides(code: str) -> bool:
    """Whether a number in that format reads otherwise than its plain digits."""
    return shows_percent(code) or masked_digits(0, code) is not None


def _kept(text: str) -> str:
    """A text with the spaces at its ends; one of spaces alone shows nothing and is empty."""
    return "" if is_blank(text) else text


def _odd(values: Sequence[Any], texts: Sequence[str], kinds: set[type]) -> bool:
    """Whether a block of texts holds anything to mend or to warn of; fast, because most blocks hold nothing."""
    joined = _BETWEEN + _BETWEEN.join(texts)
    if "\r" in joined or "\x00" in joined or (not joined.isascii() and _odd_unicode(joined)):
        return True
    if _any_like_formula(joined):
        return True
    longest = TEXT_LIMIT_BYTES // UTF8_MOST
    if len(joined) > longest and max(map(len, texts)) > longest:
        return True
    if kinds.isdisjoint((int, float)):
        return False
    numbers = [value for value in values if type(value) in (int, float)]
    return not -EXCEL_DIGITS_END < min(numbers) <= max(numbers) < EXCEL_DIGITS_END


def _odd_unicode(joined: str) -> bool:
    if any(mark in joined for mark in INVISIBLE) or not unicodedata.is_normalized("NFC", joined):
        return True
    try:
        joined.encode()
    except UnicodeEncodeError:
        return True
    return False


def _cell(value: Any, code: str, *, trim: bool) -> Outcome:
    if isinstance(value, str):
        return _text(value, trim=trim)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, code)
    return value_text(value)


def _text(raw: str, *, trim: bool) -> Outcome:
    """A text as the portal keeps it: lines end in LF; in NFC and without U+0000 (protocol §0)."""
    whole = (trimmed(raw) if trim else raw).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    text = unicodedata.normalize("NFC", whole)
    if len(raw) == EXCEL_CELL_LIMIT:
        what = "text as long as Excel allows (32,767 characters); the end may be cut off"
        return Fault(what, "Compare it with its source.", Severity.WARNING, text, "texts of 32,767 characters")
    if len(text.encode()) > TEXT_LIMIT_BYTES:
        what = f"text longer than the portal's limit of {TEXT_LIMIT_BYTES:,} bytes"
        return Fault(what, "Shorten it; the portal may refuse or cut it.", Severity.WARNING, text, "long texts")
    if LOOKS_LIKE_FORMULA.match(text):
        what = "text that a spreadsheet would run as a formula when somebody opens the download"
        return Fault(what, "Sent as it stands; check that it is meant.", Severity.WARNING, text, "text like a formula")
    return text


def _number(number: float, code: str) -> Outcome:
    if not -EXCEL_DIGITS_END < number < EXCEL_DIGITS_END:
        what = "number of 16 or more digits in a text column; Excel has changed its last digits to zeros"
        return Fault(what, "Format the column as Text in Excel and enter the values again from their source.")
    masked = masked_digits(number, code)
    if masked is not None:
        return masked
    text = str(number) if isinstance(number, int) else float_text(number)
    if shows_percent(code):
        what = "percentage in a text column; it is sent as a fraction (0.45 for 45%)"
        remedy = "Write it as text in the sheet where 45% should be shown."
        return Fault(what, remedy, Severity.WARNING, text, FRACTIONS)
    return text


def masked_digits(number: float, code: str) -> str | None:
    """The digits as a mask such as ``00000`` or ``000-00-0000`` shows them, or None where the format is no such mask.

    ZIP and FIPS codes lose their leading zeros in Excel and are shown again only by such a format.
    """
    section = code.split(";", maxsplit=1)[0]
    parts = list(MASK_PARTS.finditer(section))
    zeros = sum(part[1] is not None for part in parts)
    if zeros < 2 or not DIGIT_MASK.fullmatch(section) or number < 0 or number != int(number):
        return None
    digits = str(int(number)).rjust(zeros, "0")
    shown, rest = digits[: len(digits) - zeros], iter(digits[len(digits) - zeros :])
    for part in parts:
        shown += next(rest) if part[1] else part[2] or part[3] or part[4] or ""
    return shown
