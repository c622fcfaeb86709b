"""Rows that a run sets aside: kept where they can be mended, and published alone once they are.

They are put on a sheet of the workbook where it is open in Excel, else in a file beside the CSV files. This is done
before the run's record is closed: a run that is cut off earlier is found at the next start like any other.

* :mod:`picking`: the rows are read, before anything is sent.
* :mod:`keeping`: they are kept once the others were sent, and :mod:`telling` says so; :mod:`shelves` chooses between
  :mod:`on_sheet` and :mod:`in_files`, with :mod:`files`.
* :mod:`again`: the job for them alone. :mod:`aside` holds the values that these pass on.
* :mod:`removal`: a replace or an undo that takes them off the dataset.
"""
