"""The mapping dialog: left the sheet's columns, right the portal's, and what the first rows become.

* **What goes in**: :mod:`form`, with :mod:`profile` (what the columns hold) and :mod:`start` (the map it begins
  with; :mod:`places` guesses what two columns of coordinates make).
* **What is so, without Qt**: :mod:`model` over :mod:`state` and :mod:`answer` (the rows that are saved, made by
  :mod:`rows`); :mod:`check` (what becomes of the cells), :mod:`hurdles` (what stands in the way of saving),
  :mod:`offers` (the picker's lines), :mod:`narrowing` (which rows are shown), :mod:`words` and :mod:`details` (what is
  said).
* **What is seen, in Qt**: :mod:`dialog` (the deeds) over :mod:`frame`, of :mod:`filters`, :mod:`table` with
  :mod:`lines` and :mod:`picker`, and :mod:`panel` with :mod:`fields`; :mod:`checker` asks the worker for the checks.
"""
