"""The live spreadsheet program for the tests of this folder."""

from __future__ import annotations

import pytest
import xlwings as xw

from tests.calc.fixtures import (  # noqa: F401  # fixtures
    calc_program,
    libreoffice,
    quirky,
    screen,
    window_calc,
    window_program,
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "live_program: needs a live spreadsheet program (Excel, or LibreOffice Calc)")


@pytest.fixture
def calc(libreoffice: xw.App) -> xw.App:  # noqa: F811
    """What these tests try is the engine, so that it is LibreOffice whatever else there is."""
    return libreoffice
