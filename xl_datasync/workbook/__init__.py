"""The spreadsheet, open or closed: where jobs are read and rows come from."""
