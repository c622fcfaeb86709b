"""A draft becomes a published dataset, or goes (protocol §5)."""

from __future__ import annotations

import logging
import time

from xl_datasync.core.dataset import DATASET_ID, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import refusals
from xl_datasync.portal.calls import Answer, Call, dataset_label, json_call
from xl_datasync.portal.deeds import PUBLISHING, REMOVING, TRY_LATER
from xl_datasync.portal.making import read_view
from xl_datasync.portal.promises import kept
from xl_datasync.portal.reports import read_refusal
from xl_datasync.portal.session import Session
from xl_datasync.portal.views import read_dataset, whole_number

log = logging.getLogger(__name__)

# DataSync asks every ten seconds.
GEOCODING_PAUSE = 10.0


def publish_draft(session: Session, dataset_id: str) -> Dataset:
    """Publish a draft, and read the dataset back.

    What the portal answers matters less than what the dataset then is: a lost answer, a promise nobody can follow and a
    repeat that comes too late (409) are settled by looking at it.

    :raises PortalError: where it is not published afterwards.
    """
    draft = read_dataset(read_view(session, dataset_id), session.address)
    if draft.published:
        return draft
    label = dataset_label(draft.name, dataset_id)
    _await_geocoding(session, dataset_id, label)
    call = json_call("POST", f"/api/views/{dataset_id}/publication.json", {}, PUBLISHING, label)
    try:
        answer = kept(session, call)
    except PortalError as error:
        if error.outcome_known and error.status != 409:
            raise
        return _settled(session, call, error)
    with answer.file:
        _raise_if_refused(session, call, answer)
        shape = answer.json()
    published_id = shape.get("id") if isinstance(shape, dict) else None
    # A working copy takes the id of the dataset it was made from (protocol §5 [C]).
    if isinstance(published_id, str) and DATASET_ID.fullmatch(published_id):
        dataset_id = published_id
    return _read_back(session, call, dataset_id, answer.request_id)


def remove(session: Session, dataset_id: str, label: str) -> None:
    """Delete a dataset; one that a repeat no longer finds is gone."""
    call = Call("DELETE", f"/api/views/{dataset_id}.json", deed=REMOVING, dataset=label)
    try:
        answer = kept(session, call)
    except PortalError as error:
        if error.status == 404 and not error.outcome_known:
            return
        raise
    with answer.file:
        _raise_if_refused(session, call, answer)


def _await_geocoding(session: Session, dataset_id: str, label: str) -> None:
    """Wait until the portal has looked up the places of all addresses (protocol §5 [C]); most datasets have none.

    A portal that knows no such question is not asked again.

    :raises PortalError: where it takes too long.
    """
    limits = session.timeouts
    call = Call("GET", f"/api/geocoding/{dataset_id}", params={"method": "pending"}, dataset=label, may_be_empty=True)
    deadline, waited = time.monotonic() + limits.publication, 0.0
    while _addresses_pending(session, call):
        if waited >= limits.publication or time.monotonic() > deadline:
            raise PortalError(
                f"The portal is still looking up addresses of {label}.",
                temporary=True,
                where=session.host,
                unaffected=PUBLISHING.untouched,
                remedy="Publish it later.",
            )
        limits.sleep(GEOCODING_PAUSE)
        waited += GEOCODING_PAUSE


def _addresses_pending(session: Session, call: Call) -> bool:
    try:
        answer = session.ask(call)
    except PortalError as error:
        log.info("whether addresses are looked up is not known: %s", error.what)
        return False
    with answer.file:
        shape = answer.json()
    return (whole_number(shape.get("view") if isinstance(shape, dict) else shape) or 0) > 0


def _settled(session: Session, call: Call, error: PortalError) -> Dataset:
    """The dataset where it is published in spite of the error.

    :raises PortalError: the error, where the dataset is a draft or cannot be looked at.
    """
    dataset_id = call.path.split("/")[3]
    try:
        dataset = read_dataset(read_view(session, dataset_id, call.dataset), session.address)
    except PortalError as unread:
        log.warning("could not look at the dataset: %s", unread.what)
        raise error from None
    if dataset.published:
        return dataset
    raise refusals.reworded(
        error, unaffected=PUBLISHING.untouched, remedy=TRY_LATER, outcome_known=True, temporary=True
    ) from None


def _read_back(session: Session, call: Call, dataset_id: str, reference: str) -> Dataset:
    try:
        dataset = read_dataset(read_view(session, dataset_id, call.dataset), session.address)
    except PortalError as error:
        said = "The portal said that it was published."
        raise refusals.reworded(error, unaffected=said, remedy=error.remedy) from None
    if dataset.published:
        return dataset
    raise PortalError(
        f"The portal took the request but did not publish {call.dataset}.",
        where=session.host,
        unaffected=PUBLISHING.untouched,
        remedy="Publish it on the portal's own pages; it may wait there for somebody's approval.",
        reference=reference,
    )


def _raise_if_refused(session: Session, call: Call, answer: Answer) -> None:
    """An empty answer is success (protocol §0 [C]); a page that is no portal's, or an error in a 200, is none."""
    body = answer.read()
    if body.lstrip()[:1] == b"<":
        raise session.not_a_portal(call, answer)
    shape = answer.json()
    if isinstance(shape, dict) and shape.get("error") is True:
        refusal = read_refusal("application/json", body)
        raise refusals.refused(session.setting(call), 400, answer.headers, refusal, answer.request_id)
