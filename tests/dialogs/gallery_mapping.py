"""The mapping dialog in several states, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QApplication, QWidget

from tests.dialogs.samples_mapping import PERMITS_FORM, SAVED_FORM, AtOnce
from xl_datasync.core.column_map import ColumnChoice, Part
from xl_datasync.dialogs.mapping.dialog import MappingDialog
from xl_datasync.dialogs.mapping.form import Key, MapForm

NOTES = (
    "This column map is also used by “Permits 2024”: what is saved here goes for them too.",
    "Sheet “Permits”: columns renamed since the column map was last saved or used: “Fees” to “FEE” (B).",
)
CREW = ColumnChoice("", "", "Contractor", fixed_value="City crew")


def mapping(form: MapForm = PERMITS_FORM, row: Key | None = None) -> MappingDialog:
    """The dialog at a row."""
    dialog = MappingDialog(form, AtOnce())
    if row is not None:
        dialog.show_key(row)
    dialog.show_checks()
    return dialog


def place() -> MappingDialog:
    """A point that is put together."""
    dialog = mapping(row="location")
    dialog.told("parts", {Part.LATITUDE: 7, Part.LONGITUDE: 8})
    return mapping_again(dialog)


def mapping_again(dialog: MappingDialog) -> MappingDialog:
    """The dialog with everything checked."""
    dialog._checker.check()  # a picture does not wait
    dialog.show_checks()
    return dialog


def saving() -> MappingDialog:
    """Something stands in the way."""
    dialog = mapping()
    dialog.accept()
    return dialog


def picking() -> MappingDialog:
    """The picker is open."""
    dialog = mapping(row=9)
    dialog.show()
    QApplication.processEvents()
    dialog.table.open_picker("l")
    return dialog


MAPPING_WINDOWS: dict[str, Callable[[], QWidget]] = {
    "mapping": mapping,
    "mapping-dates": lambda: mapping(row=2),
    "mapping-changed": lambda: mapping(replace(SAVED_FORM, notes=NOTES), 3),
    "mapping-place": place,
    "mapping-value": lambda: mapping(replace(PERMITS_FORM, choices=(CREW,)), "contractor"),
    "mapping-saving": saving,
    "mapping-picking": picking,
}
