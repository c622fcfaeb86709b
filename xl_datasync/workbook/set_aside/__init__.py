"""Rows that were set aside, on a sheet in the shape of the one they come from: to be mended there and sent alone.

The columns stand under the letters they had, so that a column map still means the same. Three columns of ours follow:
the row's number on the sheet it comes from, a mark by which it is known again (hidden), and why it was set aside.

* **As values**: :mod:`rows` (a row and the table of them), :mod:`reading` (both off a sheet), :mod:`merging` (rows that
  wait, rows that are new, rows that were sent), :mod:`looks` (what stands where, and how it is to look).
* **In a file**: :mod:`file`.
* **In a workbook that is open in Excel**: :mod:`sheets` (which of its sheets are ours), :mod:`sheet` (what is done to
  one), with :mod:`new_sheet`, :mod:`cells` (rows into cells) and :mod:`unchanged` (whether somebody was at work there).
"""
