"""The portal over HTTP: who is signed in, what a dataset looks like, its rows, and changing them.

``client`` is the room's door. ``session`` alone speaks HTTP, over ``transport``; ``retries`` decides what is tried
again, ``promises`` waits for what is done later; ``deeds``, ``refusals`` and ``unreached`` turn failures into words;
``reports`` and ``views`` read answers; ``bodies``, ``json_lines`` and ``rows`` send rows; ``reading`` and ``cells``
read them back, ``canonical`` and ``forms`` compare them; ``making``, ``differences`` and ``publication`` make datasets,
publish and delete them; ``assets`` finds them, ``catalog`` searches them by words. A fact about portals is marked with
its place in the protocol reference and its grade: [R] recorded, [S] server source, [C] client source, [D] vendor
documentation, [I] public issue, [U] inferred.
"""

from xl_datasync.portal.assets import Asset, RowsState
from xl_datasync.portal.canonical import canonical, wire_texts
from xl_datasync.portal.catalog import Catalog, CatalogEntry, Look
from xl_datasync.portal.cells import wire_text
from xl_datasync.portal.client import Portal
from xl_datasync.portal.differences import Made
from xl_datasync.portal.forms import Forms
from xl_datasync.portal.json_lines import row_line
from xl_datasync.portal.retries import Timeouts
from xl_datasync.portal.views import User

__all__ = [
    "Asset",
    "Catalog",
    "CatalogEntry",
    "Forms",
    "Look",
    "Made",
    "Portal",
    "RowsState",
    "Timeouts",
    "User",
    "canonical",
    "row_line",
    "wire_text",
    "wire_texts",
]
