"""Text columns: what a person reads in the cell, told apart from what Excel stores."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import partial
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import Outcome, Rule, blank
from xl_datasync.core.options import JobOptions
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import float_text, value_text

# The portal's limit for one cell of text (protocol §7: vendor's support article; whether more is refused is unknown).
TEXT_LIMIT_BYTES = 4096
UTF8_MOST = 4
# Excel cuts longer text on entry without a word.
EXCEL_CELL_LIMIT = 32_767
# Excel keeps 15 significant digits; from 16 on the last are zeros.
EXCEL_DIGITS_END = 10**15

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\x00"
FORMULA_LEADS = frozenset("=@+-\t")
LOOKS_LIKE_FORMULA = re.compile(r"[=@\t]|[+-][^\d\s.,(]")
DIGIT_MASK = re.compile(r'(?:0|\\.|"[^"]*"|[- ().])*')
MASK_PARTS = re.compile(r'0|\\(.)|"([^"]*)"|([- ().])')


def text_rule(options: JobOptions) -> Rule:
    """The rule for text and for the older types that hold nothing else."""
    return Rule(
        always={str: str.strip if options.trim_spaces else str, NoneType: blank},
        cell=partial(_cell, trim=options.trim_spaces),
        odd=_odd,
    )


def _odd(values: Sequence[str | None]) -> bool:
    """Whether a block of texts holds anything to mend or to warn of; fast, because most blocks hold nothing."""
    joined = "".join(filter(None, values))
    if "\r" in joined or (not joined.isascii() and any(mark in joined for mark in INVISIBLE)) or "\x00" in joined:
        return True
    if FORMULA_LEADS & {value[0] for value in values if value}:
        return True
    longest = TEXT_LIMIT_BYTES // UTF8_MOST
    return len(joined) > longest and max(map(len, filter(None, values))) > longest


def _cell(value: Any, code: str, *, trim: bool) -> Outcome:
    match value:
        case str():
            return _text(value.strip() if trim else value)
        case bool():
            return value_text(value)
        case int() | float():
            return _number(value, code)
        case dt.date() | dt.time() | dt.timedelta():
            return value_text(value)
    return value_text(value)


def _text(text: str) -> Outcome:
    if len(text) == EXCEL_CELL_LIMIT:
        what = "text as long as Excel allows (32,767 characters); the end may be cut off"
        return Fault(what, "Compare it with its source.", Severity.WARNING, text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(dict.fromkeys(map(ord, INVISIBLE)))
    if len(text.encode()) > TEXT_LIMIT_BYTES:
        what = f"text longer than the portal's limit of {TEXT_LIMIT_BYTES:,} bytes"
        return Fault(what, "Shorten it; the portal may refuse or cut it.", Severity.WARNING, text)
    if LOOKS_LIKE_FORMULA.match(text):
        what = "text that a spreadsheet would run as a formula when somebody opens the download"
        return Fault(what, "Sent as it stands; check that it is meant.", Severity.WARNING, text)
    return text


def _number(number: float, code: str) -> Outcome:
    masked = masked_digits(number, code)
    if masked is not None:
        return masked
    text = str(number) if isinstance(number, int) else float_text(number)
    if abs(number) >= EXCEL_DIGITS_END:
        what = "number of 16 or more digits in a text column; Excel has changed its last digits to zeros"
        return Fault(what, "Format the column as Text in Excel and enter the values again from their source.")
    if "%" in code:
        what = "percentage in a text column; it is sent as a fraction (0.45 for 45%)"
        return Fault(what, "Write it as text in the sheet where 45% should be shown.", Severity.WARNING, text)
    return text


def masked_digits(number: float, code: str) -> str | None:
    """The digits as a mask such as ``00000`` or ``000-00-0000`` shows them, or None where the format is no such mask.

    ZIP and FIPS codes lose their leading zeros in Excel and are shown again only by such a format.
    """
    section = code.split(";", maxsplit=1)[0]
    zeros = section.replace('"', "").count("0")
    if zeros < 2 or "." in section or not DIGIT_MASK.fullmatch(section) or number < 0 or number != int(number):
        return None
    digits = str(int(number)).rjust(zeros, "0")
    shown, rest = digits[: len(digits) - zeros], iter(digits[len(digits) - zeros :])
    for part in MASK_PARTS.finditer(section):
        shown += next(rest) if part[0] == "0" else part[1] or part[2] or part[3] or ""
    return shown
