"""The live spreadsheet program for the tests of this folder."""

from __future__ import annotations

import pytest
import xlwings as xw


@pytest.fixture
def calc(libreoffice: xw.App) -> xw.App:
    """What these tests try is the engine, so that it is LibreOffice whatever else there is."""
    return libreoffice
