"""The entrance from Excel: the add-in starts ``python -m xl_datasync.ribbon REQUEST`` for each press of a button."""
