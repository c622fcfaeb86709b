"""Moments as they are written down: UTC, ISO 8601 with a Z."""

from __future__ import annotations

from datetime import datetime, timezone


def utc_now() -> datetime:
    """The moment now, in UTC."""
    return datetime.now(timezone.utc)


def stamp(moment: datetime) -> str:
    """A moment as it is written down, to the millisecond, such as ``2026-11-22T10:15:00.000Z``."""
    return moment.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_stamp(text: object) -> datetime | None:
    """The moment of a stamp, in UTC, or None where it is none; a stamp without a zone is taken as UTC."""
    if not isinstance(text, str):
        return None
    try:
        # Python 3.10 does not read the Z.
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def local_time(text: object) -> str:
    """A stamp as this computer's clock shows it, such as ``22 Nov 2026 10:15``; ``""`` where it is none."""
    moment = read_stamp(text)
    return f"{moment.astimezone():%d %b %Y %H:%M}" if moment else ""
