"""Rows with faults set aside: the others are sent, these are kept to be mended, and are sent alone, each once."""
