"""The portal over HTTP: who is signed in, what a dataset looks like, its rows, and changing them.

``client`` is the room's door. ``session`` alone speaks HTTP, over ``transport``; ``retries`` decides what is tried
again; ``refusals`` and ``unreached`` turn failures into words; ``reports`` and ``views`` read answers; ``bodies`` and
``rows`` send rows; ``reading`` and ``cells`` read them back. A fact about portals is marked with its place in the
protocol reference and its grade: [R] recorded, [S] server source, [C] client source, [D] vendor documentation,
[I] public issue, [U] inferred.
"""

from xl_datasync.portal.cells import wire_text
from xl_datasync.portal.client import Portal
from xl_datasync.portal.retries import Timeouts
from xl_datasync.portal.views import User

__all__ = ["Portal", "Timeouts", "User", "wire_text"]
