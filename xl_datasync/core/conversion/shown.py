"""What a cell shows, for columns that are kept as text.

A number format is a small language; what is rendered here is rendered as English-language Excel does it. What depends
on the computer, on the width of the column or on the calendar of a country is not guessed: :func:`shown` gives None.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import lru_cache
from typing import Any

from xl_datasync.core.conversion.shown_dates import shown_date
from xl_datasync.core.values import float_text

_SECTION = re.compile(r'(?:"[^"]*"|\\.|[_*].|\[[^\]]*\]|[^;])*', re.DOTALL)
_TOKEN = re.compile(
    r'(?P<literal>"[^"]*"|\\.)|(?P<pad>_.)|(?P<fill>\*.)|\[(?P<bracket>[^\]]*)\]|(?P<general>general)|'
    r"(?P<digit>[0#?])|(?P<point>\.)|(?P<comma>,)|(?P<percent>%)|(?P<text>@)|"
    r"(?P<plain>[-+$€£¥ ():/!^&'~{}<>=])|(?P<odd>.)",
    re.DOTALL | re.IGNORECASE,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)", re.ASCII)
_COLOUR = re.compile(r"black|blue|cyan|green|magenta|red|white|yellow|color\s*\d+", re.IGNORECASE)
_CURRENCY = re.compile(r"\$([^-]+)(?:-[0-9a-f]+)?", re.IGNORECASE)
_LOCALE = re.compile(r"\$-[0-9a-f]{1,4}", re.IGNORECASE)
_COMPARED = {
    "<=": Decimal.__le__, ">=": Decimal.__ge__, "<": Decimal.__lt__, ">": Decimal.__gt__, "=": Decimal.__eq__,
    "<>": Decimal.__ne__,
}  # fmt: skip


def shown(value: Any, code: str) -> str | None:
    """The text that a cell shows, or None where the format alone does not tell."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    sections = _sections(code or "General")
    if isinstance(value, str):
        return _shown_text(value, sections)
    if isinstance(value, int | float):
        return _shown_number(value, sections)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return shown_date(value, code)
    return None


def is_as_stored(code: str) -> bool:
    """Whether a format shows the plain number: General and Text."""
    return code.strip().casefold() in ("", "general", "@")


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    """The sections between semicolons, quoted ones left whole."""
    found, place = [], 0
    while place <= len(code):
        match = _SECTION.match(code, place)
        end = match.end() if match else len(code)
        found.append(_read_section(code[place:end]))
        place = end + 1
    return tuple(found)


@dataclass(frozen=True)
class _Section:
    """One section of a number format.

    :param tokens: kind and text of its parts, without colours and conditions.
    :param condition: for which numbers it is, as an operator and a number.
    :param clear: whether everything in it is known.
    """

    tokens: tuple[tuple[str, str], ...]
    condition: tuple[str, Decimal] | None
    clear: bool

    def holds(self, kind: str) -> bool:
        """Whether it has a part of a kind."""
        return any(known == kind for known, _ in self.tokens)

    @property
    def text_for_text(self) -> bool:
        """Whether it shows texts."""
        return self.holds("text")


def _read_section(section: str) -> _Section:
    tokens: list[tuple[str, str]] = []
    condition: tuple[str, Decimal] | None = None
    clear = True
    for match in _TOKEN.finditer(section):
        kind, text = str(match.lastgroup), str(match.group(match.lastgroup or 0))
        if kind == "bracket":
            limit, money = _CONDITION.fullmatch(text.strip()), _CURRENCY.fullmatch(text)
            if limit:
                condition = limit[1], Decimal(limit[2])
            elif money:
                tokens.append(("plain", money[1]))
            else:
                clear = clear and bool(_COLOUR.fullmatch(text.strip()) or _LOCALE.fullmatch(text))
        elif kind == "literal":
            tokens.append(("plain", text[1:-1] if text[0] == '"' else text[1:]))
        elif kind == "pad":
            tokens.append(("plain", " "))
        elif kind == "odd":
            clear = False
        elif kind != "fill":
            tokens.append((kind, text))
    return _Section(tuple(tokens), condition, clear)


def _shown_text(text: str, sections: Sequence[_Section]) -> str | None:
    """A text stands as it was typed, unless a section is made for texts."""
    made = sections[3] if len(sections) > 3 else next((s for s in sections if s.text_for_text), None)
    if made is None:
        return text
    if not made.clear or any(kind not in ("plain", "text") for kind, _ in made.tokens):
        return None
    return "".join(text if kind == "text" else mark for kind, mark in made.tokens)


def _shown_number(value: float, sections: Sequence[_Section]) -> str | None:
    number = Decimal(str(value) if isinstance(value, int) else float_text(value))
    chosen = _section_for(number, sections)
    if chosen is None:
        return None
    section, signed = chosen
    if not section.clear:
        return None
    if not section.tokens:
        return ""
    if section.holds("general") or section.holds("text"):
        if section.holds("digit"):
            return None
        digits = format(number if signed else abs(number), "f")
        return "".join(digits if kind in ("general", "text") else mark for kind, mark in section.tokens)
    return _rendered(number, section.tokens, signed=signed)


def _section_for(number: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool] | None:
    """The section that a number is shown by, and whether its own sign is shown before it."""
    numbers = [section for section in sections[:3] if len(sections) == 1 or not section.text_for_text]
    if any(section.condition for section in numbers):
        for section in numbers:
            if section.condition is None or _COMPARED[section.condition[0]](number, section.condition[1]):
                # Programs differ in whether they show the sign of a number by any but the first.
                return (section, True) if number >= 0 or section is numbers[0] else None
        return None
    if number < 0 and len(numbers) > 1:
        return numbers[1], False
    if number == 0 and len(numbers) > 2:  # positive; negative; zero
        return numbers[2], False
    return (numbers[0], True) if numbers else None


def _rendered(number: Decimal, tokens: Sequence[tuple[str, str]], *, signed: bool) -> str | None:
    """A number in the digits that a section has places for."""
    places = [index for index, (kind, _) in enumerate(tokens) if kind == "digit"]
    if not places:
        # Words alone, such as "none"; a number that is hidden behind them shows its sign.
        return "".join(text for _, text in tokens) if not any(k in ("point", "comma") for k, _ in tokens) else None
    points = [index for index, (kind, _) in enumerate(tokens) if kind == "point"]
    if len(points) > 1 or any(text == "/" for _, text in tokens[places[0] : places[-1]]):
        return None  # A fraction, or no number format at all.
    point = points[0] if points else places[-1] + 1
    whole = [index for index in places if index < point]
    decimals = [index for index in places if index > point]
    scale = 2 * sum(kind == "percent" for kind, _ in tokens)
    grouped = False
    for index, (kind, _) in enumerate(tokens):
        if kind == "comma":
            if whole and whole[0] < index < whole[-1]:
                grouped = True
            elif index > places[-1] or (whole and whole[-1] < index <= point):
                scale -= 3
            else:
                return None
    with localcontext() as context:
        context.prec = 400
        rounded = abs(number.scaleb(scale)).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    before, _, after = format(rounded, "f").partition(".")
    filled = _whole_digits(before.lstrip("0"), [tokens[index][1] for index in whole], grouped=grouped)
    filled += _decimal_digits(after, [tokens[index][1] for index in decimals])
    if signed and number < 0 and not rounded:
        return None  # Programs differ in whether they show the sign.
    sign = "-" if signed and number < 0 else ""
    texts = dict(zip([*whole, *decimals], filled, strict=True))
    body = [
        texts[index] if kind == "digit" else "" if kind == "comma" else text
        for index, (kind, text) in enumerate(tokens)
    ]
    if not whole and points:
        body[point] = (before.lstrip("0")) + "."
    return sign + "".join(body)


def _whole_digits(digits: str, marks: Sequence[str], *, grouped: bool) -> list[str]:
    """What stands in each place before the point; the first takes all digits that are left over."""
    if not marks:
        return []
    least = len(marks) - next((index for index, mark in enumerate(marks) if mark == "0"), len(marks))
    padded = digits.rjust(least, "0")
    filled: list[str] = []
    for place, mark in enumerate(reversed(marks)):
        last = place == len(marks) - 1
        taken = padded[: max(len(padded) - place, 0)] if last else padded[-1 - place : len(padded) - place]
        if place >= len(padded):
            taken = " " if mark == "?" else ""
        if grouped:
            taken = _grouped(taken, place)
        filled.append(taken)
    return filled[::-1]


def _grouped(digits: str, place: int) -> str:
    """Digits with a comma after each that stands a multiple of three places from the point."""
    marked = ""
    for back, digit in enumerate(reversed(digits)):
        comma = "," if (place + back) % 3 == 0 and place + back and digit.isdigit() else ""
        marked = digit + comma + marked
    return marked


def _decimal_digits(digits: str, marks: Sequence[str]) -> list[str]:
    """What stands in each place after the point; zeros at the end are shown only where the format says 0."""
    kept = len(digits.rstrip("0"))
    shown_to = max([kept, *(index + 1 for index, mark in enumerate(marks) if mark == "0")])
    return [digits[index] if index < shown_to else " " if mark == "?" else "" for index, mark in enumerate(marks)]
