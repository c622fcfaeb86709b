"""Which portals are for trying things out, said in every window that publishes or asks where to."""

from __future__ import annotations

from PySide6.QtWidgets import QStyle, QVBoxLayout, QWidget

from xl_datasync.core.connection import Connection
from xl_datasync.dialogs.parts import note_row
from xl_datasync.dialogs.words import TEST_PORTAL


class TrialNote(QWidget):
    """A line that says that a portal is one for trying things out; hidden where it is none."""

    def __init__(self, connection: Connection | None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(note_row(TEST_PORTAL, QStyle.StandardPixmap.SP_MessageBoxInformation))
        if connection is None or not connection.test_portal:
            self.hide()  # shown with its window: a widget that is shown before that is a window by itself

    def tell(self, connection: Connection | None) -> None:
        """Of which portal it is to speak."""
        self.setVisible(connection is not None and connection.test_portal)
