"""The clerk of the pictures."""

from tests.pictures.clerk import clerk, home  # noqa: F401  # fixtures
