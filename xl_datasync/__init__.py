"""Publish Excel sheets to Socrata open-data portals."""

__version__ = "0.1.0"
