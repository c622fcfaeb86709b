"""The question before the rows of a pivot table are published."""

from __future__ import annotations

from xl_datasync.api import book_keeper
from xl_datasync.ribbon.session import Session
from xl_datasync.undoable import changed_something
from xl_datasync.workbook.live import LiveWorkbook


def wants_pivot(session: Session, live: LiveWorkbook, name: str) -> bool:
    """A pivot table shows sums, not rows, and its layout changes: is it really meant? Asked until it was published."""
    try:
        pivots = live.book.sheets[session.request.sheet].api.PivotTables().Count
    except Exception:  # noqa: BLE001  # Excel for Mac and other engines cannot say
        return True
    if not pivots or any(changed_something(record) for record in book_keeper(live).records() if record.job == name):
        return True
    return session.desk.wants(
        "This sheet holds a pivot table. Publish what it shows?",
        "A pivot table shows sums of other rows, and its shape changes when it is refreshed.",
        yes="Go on",
        no="Stop",
    )
