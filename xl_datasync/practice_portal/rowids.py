"""`:id` and `:version` as the portal shows them: short strings that hide a counter (protocol §4.4)."""

import re

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_VALUE = {letter: number for number, letter in enumerate(_ALPHABET)}
_MASK = (1 << 60) - 1
_FACTOR = 0x9E3779B97F4A7C15 & _MASK | 1
_INVERSE = pow(_FACTOR, -1, 1 << 60)
_BLOCK = f"([{_ALPHABET}]{{4}})"
_SHAPE = re.compile(rf"(row|rv)-{_BLOCK}[-._~]{_BLOCK}[-._~]{_BLOCK}")


def row_id(sid: int) -> str:
    """The `:id` of the row that the store counts as `sid`."""
    return _encode("row", sid)


def row_version(version: int) -> str:
    """The `:version` for a stored version number."""
    return _encode("rv", version)


def sid_of(text: object) -> int | None:
    """The stored number behind an `:id`, or None when it is not of that form."""
    return _decode("row", text)


def version_of(text: object) -> int | None:
    """The stored number behind a `:version`, or None when it is not of that form."""
    return _decode("rv", text)


def _encode(prefix: str, number: int) -> str:
    scrambled = number * _FACTOR & _MASK
    letters = "".join(_ALPHABET[scrambled >> shift & 31] for shift in range(55, -1, -5))
    first, second = "-._~"[scrambled & 3], "-._~"[scrambled >> 2 & 3]
    return f"{prefix}-{letters[:4]}{first}{letters[4:8]}{second}{letters[8:]}"


def _decode(prefix: str, text: object) -> int | None:
    match = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    if match is None or match[1] != prefix:
        return None
    scrambled = 0
    for letter in match[2] + match[3] + match[4]:
        scrambled = scrambled << 5 | _VALUE[letter]
    return scrambled * _INVERSE & _MASK
