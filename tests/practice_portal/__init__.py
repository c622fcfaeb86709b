"""Tests of the practice portal, over real HTTP."""
