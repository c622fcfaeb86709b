"""Checkboxes, web addresses, JSON and the older types that are text with a form of their own."""

from __future__ import annotations

import json
import re
from types import NoneType
from typing import Any

from xl_datasync.core.conversion.rule import Outcome, Rule, blank, wrong_kind
from xl_datasync.core.options import JobOptions
from xl_datasync.core.problems import Fault
from xl_datasync.core.values import trimmed, value_text

URL = re.compile(r"(?:https?|ftp)://\S+|mailto:\S+|.*\((?:https?|ftp)://\S+\)", re.DOTALL | re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
FLAG_COLOURS = ("red", "blue", "green", "yellow", "orange", "purple")
CHECKBOX_TEXT = {True: "true", False: "false"}


def checkbox_rule(options: JobOptions) -> Rule:
    """The rule for checkboxes: TRUE and FALSE, 1 and 0, and the words the job names."""

    def cell(value: Any, _code: str) -> Outcome:
        if isinstance(value, bool):
            return CHECKBOX_TEXT[value]
        word = trimmed(value_text(value)).casefold()
        if word in options.yes_words or word in ("true", "1"):
            return "true"
        if word in options.no_words or word in ("false", "0"):
            return "false"
        return Fault(
            "neither yes nor no",
            "Write TRUE or FALSE, or name the word in the option “Words for yes” or “Words for no”.",
        )

    return Rule({bool: CHECKBOX_TEXT.__getitem__, NoneType: blank}, cell)


def url_rule() -> Rule:
    """The rule for web addresses: an address, or ``Words (address)``; a cell's hyperlink is taken first."""

    def cell(value: Any, _code: str) -> Outcome:
        if not isinstance(value, str):
            return wrong_kind(value, "a web address")
        text = trimmed(value)
        return text if URL.fullmatch(text) else Fault("no web address", "Write it whole, beginning with https://.")

    return Rule({NoneType: blank}, cell)


def email_rule() -> Rule:
    """The rule for the old e-mail type."""

    def cell(value: Any, _code: str) -> Outcome:
        text = trimmed(str(value))
        return text if EMAIL.fullmatch(text) else Fault("no e-mail address", "Write it like name@example.org.")

    return Rule({NoneType: blank}, cell)


def flag_rule() -> Rule:
    """The rule for the old flag type: one of six colours."""

    def cell(value: Any, _code: str) -> Outcome:
        text = trimmed(str(value)).casefold()
        return text if text in FLAG_COLOURS else Fault("no flag colour", f"Write one of: {', '.join(FLAG_COLOURS)}.")

    return Rule({NoneType: blank}, cell)


def json_rule() -> Rule:
    """The rule for JSON columns: the cell holds JSON text; a bare number is JSON too."""

    def cell(value: Any, _code: str) -> Outcome:
        if isinstance(value, bool):
            return CHECKBOX_TEXT[value]
        if isinstance(value, int | float):
            return value_text(value)
        if not isinstance(value, str):
            return wrong_kind(value, "JSON text")
        text = trimmed(value)
        try:
            json.loads(text, parse_constant=_no_json)
        except (ValueError, RecursionError):
            return Fault("text that is not JSON", "Correct it; text itself needs double quotes around it.")
        return text

    return Rule({NoneType: blank}, cell)


def _no_json(word: str) -> None:
    """Python reads NaN and Infinity, which are not JSON; the portal would refuse them."""
    raise ValueError(word)
