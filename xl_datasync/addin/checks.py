"""What ``doctor`` finds: each thing looked at, how it stands, and the exact remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

INSTALL = "Quit Excel, then run: xl-datasync addin install"


class Health(Enum):
    """How a thing stands; the value is its mark."""

    FINE = "+"
    WARNING = "!"
    MEND = "x"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    :param name: the thing.
    :param words: how it stands.
    :param remedy: what to do about it; ``""`` where it is fine.
    """

    health: Health
    name: str
    words: str
    remedy: str = ""


def fine(name: str, words: str) -> Check:
    """All well."""
    return Check(Health.FINE, name, words)


def warning(name: str, words: str, remedy: str) -> Check:
    """It works, or may; somebody should look."""
    return Check(Health.WARNING, name, words, remedy)


def mend(name: str, words: str, remedy: str) -> Check:
    """It cannot work."""
    return Check(Health.MEND, name, words, remedy)


def exit_code(checks: Sequence[Check]) -> int:
    """0 all fine, 3 with warnings, 1 where something must be mended."""
    found = {check.health for check in checks}
    return 1 if Health.MEND in found else 3 if Health.WARNING in found else 0


def check_lines(checks: Sequence[Check]) -> Iterator[str]:
    """For people."""
    for check in checks:
        yield f"{check.health.value} {check.name}: {check.words}"
        if check.remedy:
            yield f"    What to do: {check.remedy}"
    bad = sum(check.health is Health.MEND for check in checks)
    warned = sum(check.health is Health.WARNING for check in checks)
    yield f"{bad} to mend, {warned} to look at, {len(checks) - bad - warned} fine." if bad or warned else "All is well."


def check_rows(checks: Sequence[Check]) -> list[dict[str, str]]:
    """For machines."""
    return [{"name": c.name, "health": c.health.name.lower(), "words": c.words, "remedy": c.remedy} for c in checks]
