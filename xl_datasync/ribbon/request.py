"""What the add-in passes on when a button is pressed: a small file, since no command line carries every name safely."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from xl_datasync.core.errors import ConfigurationError

MOST_BYTES = 100_000


@dataclass(frozen=True)
class Request:
    """A button that was pressed.

    :param command: its id, see :mod:`xl_datasync.addin.buttons`.
    :param wb: the active workbook's name; ``""`` where none is open. ``fullname`` is its path or web address.
    :param sheet: the active sheet's name, ``sheet_kind`` what VBA's TypeName says of it, such as ``Worksheet``.
    :param hwnd: the number of Excel's window on Windows, else ``""``.
    :param excel: Excel's version.
    :param addin: the add-in's version.
    """

    command: str
    wb: str = ""
    fullname: str = ""
    sheet: str = ""
    sheet_kind: str = ""
    hwnd: str = ""
    excel: str = ""
    addin: str = ""


def read_request(path: Path) -> Request:
    """Read a request and delete it.

    :raises ConfigurationError: where it is not there, or is none.
    """
    try:
        with path.open("rb") as file:
            facts = json.loads(file.read(MOST_BYTES))
        request = Request(**{field.name: str(facts.get(field.name) or "") for field in fields(Request)})
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise ConfigurationError(
            "What Excel asked for could not be read.",
            where=str(path),
            remedy="Press the button again; if that does not help, run “xl-datasync addin doctor”.",
        ) from error
    with suppress(OSError):
        path.unlink()
    return request
