"""The workbook templates: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

GUIDE = "first-hour.md"


@contextmanager
def template(name: str) -> Iterator[Path]:
    """The path of a template, such as ``jobs.xlsx``, for as long as the context lasts."""
    installed = files("xl_datasync") / "workbook_templates" / name
    if installed.is_file():
        with as_file(installed) as path:
            yield path
    else:
        yield Path(__file__).parents[1] / "workbook_templates" / name


def guide() -> Path:
    """The clerk's guide: inside the installed package, or beside it in a checkout."""
    installed = Path(str(files("xl_datasync") / "docs" / GUIDE))
    return installed if installed.is_file() else Path(__file__).parents[1] / "docs" / GUIDE
