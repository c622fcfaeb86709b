"""What later runs have made of an earlier one: undone, or done again."""

from __future__ import annotations

from collections.abc import Sequence

from xl_datasync.history.records import RunRecord

Key = tuple[str, str]
# What became of a run that was cut off while it made a dataset, where an undo has found that there is none.
NOTHING_MADE = "nothing had been made"


def key_of(record: RunRecord) -> Key:
    """What tells a record from all others."""
    return record.run, record.job


def went_well(record: RunRecord) -> bool:
    """Whether a run ended well, with warnings or without."""
    return (record.finished or {}).get("exit_code") in (0, 3)


def undone_by(records: Sequence[RunRecord]) -> dict[Key, RunRecord]:
    """Runs that an undo has taken back, each with that undo, unless that was taken back itself."""
    undone: dict[Key, RunRecord] = {}
    # From the latest on: an undo that was taken back has taken nothing back, so that what it had undone stands again.
    for record in reversed(records):
        target = record.started.get("undo_of")
        if target and went_well(record) and record.sending and key_of(record) not in undone:
            undone[str(target), record.job] = record
    return undone


def closed_by(records: Sequence[RunRecord]) -> dict[Key, RunRecord]:
    """Runs that need no look any more, each with the one that undid it, or that did the same at the same place."""
    closed = undone_by(records)
    since: dict[tuple[object, ...], RunRecord] = {}
    for record in reversed(records):
        started = record.started
        place = (record.job, *(started.get(name) for name in ("portal", "dataset_id", "undo_of", "method")))
        if went_well(record) and record.sending:
            since[place] = record
        elif place in since:
            closed.setdefault(key_of(record), since[place])
    return closed
