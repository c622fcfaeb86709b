"""Tests of the HTTP client, against real servers on this computer."""
