"""Errands of an open window."""

from __future__ import annotations

from functools import partial

import pytest

from xl_datasync.dialogs.bridge import Bridge
from xl_datasync.dialogs.errands import Errands


@pytest.mark.usefixtures("screen")
def test_what_is_forgotten_is_not_done() -> None:
    """What waits under such names is left undone; other errands, and later ones of the same name, are done."""
    errands = Errands(Bridge())
    done: list[str] = []
    for name in ("check fee", "check zip", "describe"):
        errands.run(partial(done.append, name), instead_of=name)
    errands.forget("check ")
    errands.run(partial(done.append, "check fee again"), instead_of="check fee")
    errands.run(errands.close)
    errands.do_until_closed()
    assert done == ["describe", "check fee again"]
