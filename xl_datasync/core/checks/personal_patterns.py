"""How social security numbers, e-mail addresses, phone numbers and dates are written in texts.

Each pattern takes the rest of its cell with it, so that in the joined texts of a column one match is one cell.
"""

from __future__ import annotations

import re

from xl_datasync.core.checks.personal_words import Personal
from xl_datasync.core.checks.watching import BETWEEN

# Areas 000, 666 and 9xx, group 00 and serial 0000 were never given out (SSA, “Meaning of the Social Security Number”);
# the others were printed in advertisements and belong to nobody.
_SSN = (
    r"(?<![\d-])(?!000|666|9|078-05-1120|219-09-9999|457-55-5462)\d{3}(?P<mark>[- ])(?!00)\d\d(?P=mark)(?!0000)\d{4}"
    r"(?![\d-])"
)
_BARE_SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}")
# Mailboxes of offices are meant to be public.
_ROLES = (
    "info|office|contact|contactus|admin|help|helpdesk|support|webmaster|no-?reply|mail|email|clerk|permits?|licens\\w+"
    "|records|opendata|service|customerservice|feedback|media|press|sales|hello|team|hr|jobs|billing|accounting"
)
_EMAIL = rf"(?<![\w.+%-])(?!(?:{_ROLES})@)[\w.+%-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}\b"
# The North American plan: area and exchange begin with 2-9 and do not end in 11; 8xx doubles are free of charge, and so
# those of companies and offices.
_PHONE = (
    r"(?<![\d.,-])(?:\+?1[-. ]?)?\(?(?!8(?:00|33|44|55|66|77|88)|[2-9]11)[2-9]\d\d(?:\) ?|[-. /])(?![2-9]11)[2-9]\d\d"
    r"[-. ]\d{4}(?![\d-])"
)
_BARE_PHONE = re.compile(
    r"\+?1?(?!8(?:00|33|44|55|66|77|88)|[2-9]11)[2-9]\d\d(?![2-9]11)[2-9]\d{6}|[2-9]\d\d[-. ]\d{4}"
)
_DATE = re.compile(r"\d{1,4}[-/. ](\d{1,2}|[A-Za-z]{3,9})\.?[-/. ]\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{2,4}")

_REST_OF_CELL = f"[^{BETWEEN}]*"
PATTERNS = {
    kind: re.compile(f"({pattern}){_REST_OF_CELL}")
    for kind, pattern in ((Personal.SSN, _SSN), (Personal.EMAIL, _EMAIL), (Personal.PHONE, _PHONE))
}
# Each begins with a mark, which Python finds ten times as fast as a digit.
_MARKS = tuple(map(re.compile, (r"-\d{2,3}-\d{4}", r" \d{2,3}[ -]\d{4}", r"\.\d{3}\.\d{4}", r"\)\d{3}[-. ]\d{4}")))


def may_hold(joined: str) -> list[Personal]:
    """The kinds that are worth looking for in texts; quick, because it is asked of every block."""
    found = []
    if any(mark.search(joined) for mark in _MARKS):
        found += [Personal.SSN, Personal.PHONE]
    if "@" in joined:
        found.append(Personal.EMAIL)
    return found


def is_bare(kind: Personal | None, text: str) -> bool:
    """Whether a text under a header of that kind is one, though written without marks."""
    match kind:
        case Personal.SSN:
            return bool(_BARE_SSN.fullmatch(text))
        case Personal.PHONE:
            return bool(_BARE_PHONE.fullmatch(text))
        case Personal.BIRTH_DATES:
            return bool(_DATE.match(text))
        case _:
            return False


def masked(kind: Personal, text: str) -> str:
    """What a message shows of it: enough to find it again, for messages travel further than the sheet."""
    match kind:
        case Personal.EMAIL:
            name, _, host = text.partition("@")
            return f"{name[:1]}…@{host}"
        case Personal.SSN | Personal.PHONE:
            return f"…{text[-4:]}"
        case _:
            return ""
