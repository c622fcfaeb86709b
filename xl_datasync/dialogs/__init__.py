"""The windows, in Qt, and the one way of making them.

* **A dialog is a function**: ``ask_…(form, parent)`` shows a window and returns an answer, or None where the person
  does not want to. What goes in and what comes out are frozen values of :mod:`forms`.
* **Every decision is taken by a model without Qt** (``*_model.py``, ``endings.py``, ``progress_model.py``): what is
  a fault and how it is worded, what a button says, what a field becomes. The window shows what the model says.
* **A window with fields is a** :class:`form_dialog.FormDialog`: labels with Alt keys, a line under a field for its
  fault, the answer's button always pressable (pressing it shows every fault and goes to the first), Esc for Cancel. A
  field is not called faulty before it was left once; from then on with every key.
* **Every control is named** (:func:`parts.named`) for screen readers; an icon never stands without a word; no colour
  carries a meaning, and none is set: the palette is the system's, light, dark or high contrast.
* **Widgets are Qt's own**, long lists are model/view, and what does not fit a small screen scrolls.
* **Work never runs in a window's thread**: :func:`window.run_in_window` runs it in a thread of its own, which meets the
  person through a :class:`desk.Desk`; its questions are asked in the window's thread.
* **Windows belong to Excel's**, where there is one, and take the focus only from a person who is waiting for them.

Needs the extra ``desktop`` (PySide6-Essentials). Only the ribbon opens windows, so that a batch never waits for one.
"""
