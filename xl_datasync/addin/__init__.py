"""The add-in for Excel: its ribbon, its launcher, how it is built and installed."""
