"""The contract against a live portal, when somebody has set one aside for it.

Set XL_DATASYNC_LIVE_DOMAIN, XL_DATASYNC_LIVE_DATASET, XL_DATASYNC_LIVE_KEY_ID and XL_DATASYNC_LIVE_KEY_SECRET. The
dataset's rows are replaced. Where XL_DATASYNC_LIVE_MAY_CREATE is set too, a dataset is made, published and deleted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import Dataset
from xl_datasync.portal import Portal

from .portal_contract import PortalContract

NAMES = [f"XL_DATASYNC_LIVE_{part}" for part in ("DOMAIN", "DATASET", "KEY_ID", "KEY_SECRET")]
SETTINGS = [os.environ.get(name, "") for name in NAMES]


@pytest.mark.live
@pytest.mark.skipif(not all(SETTINGS), reason=f"no live portal: {', '.join(NAMES)} are not set")
class TestLivePortal(PortalContract):
    """The contract holds of a live portal."""

    @pytest.fixture
    def portal(self) -> Iterator[Portal]:
        """The live portal."""
        domain, _, key_id, key_secret = SETTINGS
        with Portal(domain, SignIn(key_id, key_secret, "the environment")) as portal:
            yield portal

    @pytest.fixture
    def dataset(self, portal: Portal) -> Dataset:
        """The dataset set aside for tests."""
        return portal.describe(SETTINGS[1])

    @pytest.fixture
    def may_create(self) -> bool:
        """Only where whoever runs the tests has said so."""
        return bool(os.environ.get("XL_DATASYNC_LIVE_MAY_CREATE"))
