"""Tests of the closed-file reader, on real files."""
