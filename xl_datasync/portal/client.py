"""The portal as the rest of the program sees it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType

from xl_datasync.core.connection import SignIn
from xl_datasync.core.dataset import DATASET_ID, Blueprint, Dataset
from xl_datasync.core.delivery import Delivery, Progress, Receipt
from xl_datasync.core.errors import ConfigurationError, PortalError
from xl_datasync.portal.assets import Asset, RowsState, find_by_title, newest_row, rows_state
from xl_datasync.portal.calls import Call, dataset_label
from xl_datasync.portal.catalog import MOST_LISTED, Catalog, Look, look, search
from xl_datasync.portal.differences import Made
from xl_datasync.portal.making import make, read_view
from xl_datasync.portal.publication import publish_draft, remove
from xl_datasync.portal.reading import (
    PAGE,
    Row,
    count_rows,
    every_identifier,
    identifiers_there,
    read_pages,
    read_texts,
    rows_with,
)
from xl_datasync.portal.retries import Stop, Timeouts
from xl_datasync.portal.rows import Sender
from xl_datasync.portal.session import Session
from xl_datasync.portal.views import User, read_dataset, read_user

# How often to ask whether a change has reached the portal's readers; the vendor's client asks as often (§2.6 [C]).
REPLICATION_PAUSE = 0.5


class Portal:
    """One portal, signed in or not; open it with ``with``.

    Every method raises :class:`~xl_datasync.core.errors.PortalError` where the portal refuses, fails, or cannot be
    reached, with words for the person who has to act on it.

    :param address: ``https://host``; plain http for this computer only.
    :param compress: whether large uploads are compressed; None means wherever the portal is not on this computer.
    :raises ConfigurationError: where the address cannot be used.
    """

    def __init__(
        self,
        address: str,
        sign_in: SignIn | None = None,
        timeouts: Timeouts = Timeouts(),  # noqa: B008  # frozen
        *,
        compress: bool | None = None,
    ) -> None:
        self._timeouts = timeouts
        self._session = Session(address, sign_in, timeouts)
        self._sender = Sender(self._session, compress=compress)

    def __enter__(self) -> Portal:  # noqa: PYI034  # Self needs Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Portal({self.address!r})"

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    @property
    def address(self) -> str:
        """``https://host``, tidied."""
        return self._session.address

    @property
    def host(self) -> str:
        """Host, with port where one is given."""
        return self._session.host

    @property
    def timeouts(self) -> Timeouts:
        """How long it is waited for this portal."""
        return self._timeouts

    @property
    def signed_in(self) -> bool:
        """Whether requests carry a sign-in."""
        return bool(self._session.user)

    def who_am_i(self) -> User:
        """Who is signed in; also the way to try a sign-in (protocol §1.4 [D])."""
        return read_user(self._session.object(Call("GET", "/api/users/current.json"), "id"))

    def describe(self, dataset_id: str) -> Dataset:
        """The dataset's columns, row identifier, and what the signed-in user may do with it.

        :raises ConfigurationError: where that is no dataset id.
        """
        return read_dataset(read_view(self._session, _checked(dataset_id)), self.address)

    def search(self, words: str, most: int = MOST_LISTED) -> Catalog:
        """What of this portal fits the words; private things and drafts too, where the user may see them."""
        return search(self._session, words, most)

    def look(self, dataset_id: str, *, counted: bool = True) -> Look:
        """A dataset and its number of rows, to choose it by.

        :param counted: whether the rows are counted; else the number that the portal keeps is read, which may be old.
        :raises ConfigurationError: where that is no dataset id.
        """
        return look(self._session, _checked(dataset_id), counted=counted)

    def may_create(self) -> bool | None:
        """Whether the signed-in user may make datasets; None where the portal does not say."""
        return self.who_am_i().may_create

    def create(self, blueprint: Blueprint, told: Callable[[str], None] | None = None) -> Made:
        """Make a dataset: a draft without rows, which only its editors see.

        It is asked for once and never again, because a repeat would make a second one: where the answer is lost, the
        error's ``outcome_known`` is false, and :meth:`find_by_title` may help.

        :param told: called with the new id as soon as the portal gave it, so that it can be written down.
        :returns: the dataset, with words for every way in which it is not as asked.
        """
        return make(self._session, blueprint, told)

    def find_by_title(self, title: str, since: float | None = None) -> list[Asset] | None:
        """The user's own datasets of exactly that title; None where the portal cannot say. Never an error.

        :param since: seconds since 1970; only those made then or later.
        """
        try:
            return find_by_title(self._session, title, self.who_am_i().id, since)
        except PortalError:
            return None

    def publish_draft(self, dataset_id: str) -> Dataset:
        """Make a draft visible to its readers, and read it back; harmless where it is published already."""
        return publish_draft(self._session, _checked(dataset_id))

    def remove(self, dataset_id: str, name: str = "") -> None:
        """Delete a dataset and its rows.

        :param name: its title, for the words of an error.
        """
        tidy = _checked(dataset_id)
        remove(self._session, tidy, dataset_label(name, tidy))

    def state(self, dataset_id: str) -> RowsState:
        """What tells whether rows were changed, to be compared with a later look."""
        return rows_state(self._session, _checked(dataset_id))

    def newest_row(self, dataset: Dataset) -> str | None:
        """When the newest row was added, as the portal writes it; None for no row, ``""`` where it does not tell.

        Rows added later are read with ``read_rows(dataset, where=":created_at > '…'")``.
        """
        return newest_row(self._session, dataset)

    def count(self, dataset_id: str, where: str | None = None) -> int:
        """How many rows there are, or how many meet a SoQL condition."""
        return count_rows(self._session, _checked(dataset_id), where)

    def read_rows(
        self,
        dataset: Dataset,
        columns: Sequence[str] | None = None,
        where: str | None = None,
        page_size: int = PAGE,
    ) -> Iterator[Row]:
        """Every row as the portal gives it in JSON: field name to value, empty cells left out.

        :param columns: field names to read; all but the portal's own where not given.
        """
        return read_pages(self._session, dataset, columns, where, page_size)

    def read_texts(self, dataset: Dataset, page_size: int = PAGE) -> Iterator[str]:
        """Every row as the portal's own JSON, one line each: a row that is only kept need not be written anew."""
        return read_texts(self._session, dataset, page_size)

    def identifiers(self, dataset: Dataset) -> Iterator[str]:
        """The row identifier of every row on the portal, as text.

        :raises ConfigurationError: where the dataset has no row identifier.
        """
        return every_identifier(self._session, dataset)

    def known_identifiers(self, dataset: Dataset, wanted: Sequence[str]) -> set[str]:
        """Which of these identifiers are on the portal, as they were given.

        :raises ConfigurationError: where the dataset has no row identifier.
        """
        return identifiers_there(self._session, dataset, wanted)

    def rows_with(self, dataset: Dataset, wanted: Sequence[str], columns: Sequence[str]) -> Iterator[Row]:
        """The rows that have one of these row identifiers; every row, where that is quicker than asking for each.

        :param columns: field names to read.
        :raises ConfigurationError: where the dataset has no row identifier.
        """
        return rows_with(self._session, dataset, wanted, columns)

    def publish(self, delivery: Delivery, progress: Progress | None = None, stop: Stop | None = None) -> Receipt:
        """Send a delivery's rows.

        :param progress: called with bytes of the file sent so far and in all; full only when the portal has confirmed.
        :param stop: asked before each request after the first, and while waiting for another attempt at one; true ends
            it with :class:`~xl_datasync.core.errors.Stopped`, whose words say what is stored.
        """
        return self._sender.publish(delivery, progress, stop)

    def await_replication(self, dataset_id: str, seconds: float) -> bool:
        """Wait until readers of the portal see the last change (protocol §2.6 [C]).

        :returns: whether they do; False where time ran out or the portal does not tell. Never an error.
        """
        call = Call("GET", f"/api/views/{_checked(dataset_id)}/replication.json")
        deadline = time.monotonic() + seconds
        for _ in range(max(1, math.ceil(seconds / REPLICATION_PAUSE))):
            try:
                answer = self._session.ask_once(call)
            except PortalError as error:
                if not error.temporary:
                    return False
            else:
                with answer.file:
                    shape = answer.json()
                if not isinstance(shape, dict) or "read_replication_up_to_date" not in shape:
                    return False
                if shape["read_replication_up_to_date"] is True:
                    return True
            left = deadline - time.monotonic()
            if left <= 0:
                break
            self.timeouts.sleep(min(REPLICATION_PAUSE, left))
        return False


def _checked(dataset_id: str) -> str:
    tidy = dataset_id.strip().lower()
    if not DATASET_ID.fullmatch(tidy):
        raise ConfigurationError(
            f"“{dataset_id}” is no dataset ID.",
            remedy="It is four letters or digits, a hyphen and four more, such as abcd-1234.",
        )
    return tidy
