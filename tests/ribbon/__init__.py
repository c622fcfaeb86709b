"""The ribbon, from a click in a live spreadsheet to rows on a portal."""
