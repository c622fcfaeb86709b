"""The field for a dataset in a window: with a search below it where somebody can search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from xl_datasync.core.connection import Connection
from xl_datasync.dialogs.catalog import DatasetSearch
from xl_datasync.dialogs.errands import Errands
from xl_datasync.dialogs.form_dialog import FormDialog
from xl_datasync.dialogs.portals import PortalDesk


def searched(  # noqa: PLR0913, PLR0917  # a field, where it stands, and who asks the portal
    dialog: FormDialog,
    layout: QVBoxLayout,
    key: str,
    field: QLineEdit,
    place: Callable[[], Connection | None],
    errands: Errands | None,
    portals: PortalDesk | None,
) -> DatasetSearch | None:
    """Add a dataset's field to a window, with what it finds below it; None where nobody can search."""
    if errands is None or portals is None:
        help_text = "Copy it from the browser's address bar while it shows the dataset."
        dialog.add_field(layout, key, "Dataset &link or ID", field, help_text)
        return None
    help_text = "Paste the link from the browser, or type words of its name: Return takes it, or goes to the list."
    dialog.add_field(layout, key, "Dataset: &link, ID or words", field, help_text)
    search = DatasetSearch(field, place, errands, portals, told=dialog.changed, refit=dialog.refit)
    dialog.filled_by(key, search.table)
    layout.addWidget(search)
    return search
