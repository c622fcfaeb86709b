"""Tests of what is remembered on this computer."""
