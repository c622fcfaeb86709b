"""The mapping dialog of a sheet with sixty columns, in a process of its own; prints the map that was saved as JSON."""

from __future__ import annotations

import json
import sys

from tests.dialogs.samples_mapping import AtOnce, dataset_of, form_of
from xl_datasync.core.dataset import Column
from xl_datasync.dialogs.look import application
from xl_datasync.dialogs.mapping.dialog import ask_mapping

COLUMNS = 60


def main() -> None:
    """Ask."""
    _application = application()
    columns = tuple(Column(number, f"Target {number:02}", f"t_{number:02}", "text") for number in range(COLUMNS))
    headers = [f"zq{number}" for number in range(COLUMNS)]
    found = ask_mapping(form_of(headers, [["x"]] * COLUMNS, dataset_of(*columns)), AtOnce())
    sys.stdout.write(
        json.dumps(None if found is None else {row.sheet_column: row.portal_field for row in found}) + "\n"
    )


if __name__ == "__main__":
    main()
