"""Publish Excel sheets to Socrata open-data portals.

For scripts, :func:`run_workbook` runs the jobs of a workbook that is closed, :func:`run_in_excel` through Excel.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Looked up when first asked for, so that programs which need no more than the version start fast.
_PUBLIC = {"run_workbook": "xl_datasync.api", "run_in_excel": "xl_datasync.excel_run"}


def __getattr__(name: str) -> Any:
    """The public functions."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name]), name)
