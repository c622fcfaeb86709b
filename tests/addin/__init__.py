"""Tests of the add-in for Excel: its ribbon, its launcher, building and installing."""
