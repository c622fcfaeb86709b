"""A new dataset: made by one request, read back, and mended once where it is not as asked (protocol §5)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xl_datasync.core.dataset import DATASET_ID, Blueprint, Column, Dataset
from xl_datasync.core.errors import PortalError
from xl_datasync.portal import refusals
from xl_datasync.portal.calls import Answer, Call, dataset_label, json_call
from xl_datasync.portal.deeds import MAKING, MENDING
from xl_datasync.portal.differences import Made, changes_for, column_changes, differences, view_of
from xl_datasync.portal.promises import kept
from xl_datasync.portal.reports import read_refusal
from xl_datasync.portal.session import Session
from xl_datasync.portal.views import read_dataset

log = logging.getLogger(__name__)

View = dict[str, Any]
Told = Callable[[str], None]


def make(session: Session, blueprint: Blueprint, told: Told | None) -> Made:
    """Make the dataset, as a draft without rows.

    :param told: called with the new id before anything else is done with it.
    :raises PortalError: where it was not made, where nobody knows, or where a connection failed after it was made; the
        words say which.
    """
    call = json_call("POST", "/api/views.json", view_of(blueprint), MAKING, f"“{blueprint.name}”")
    # New datasets are made in the portal's new engine, as the vendor's client asks for (protocol §4.1 [C]).
    call = replace(call, params={"nbe": "true"})
    answer = kept(session, call)
    with answer.file:
        dataset_id = _new_id(session, call, answer)
    log.info("Made dataset %s.", dataset_id)
    if told:
        told(dataset_id)
    label = dataset_label(blueprint.name, dataset_id)
    try:
        return _as_asked(_Bench(session, dataset_id, label), blueprint)
    except PortalError as error:
        made = f"The dataset {label} was made, as a draft without rows."
        raise refusals.reworded(error, unaffected=made, remedy=error.remedy) from None


def read_view(session: Session, dataset_id: str, label: str = "") -> View:
    """The portal's own description of a dataset."""
    label = label or dataset_label("", dataset_id)
    return session.object(Call("GET", f"/api/views/{dataset_id}.json", dataset=label), "id")


class _Bench:
    """A new dataset on the bench: looked at, and changed."""

    def __init__(self, session: Session, dataset_id: str, label: str) -> None:
        self._session = session
        self._path = f"/api/views/{dataset_id}"
        self._id = dataset_id
        self._label = label
        self._metadata: View = {}

    def look(self) -> Dataset:
        """The dataset as it is now."""
        view = read_view(self._session, self._id, self._label)
        metadata = view.get("metadata")
        self._metadata = dict(metadata) if isinstance(metadata, dict) else {}
        return read_dataset(view, self._session.address)

    def change(self, changes: Sequence[Mapping[str, object]]) -> None:
        """Make changes together; where the portal refuses them so, one by one, so that one bad one spoils no other."""
        if not changes:
            return
        together: View = {}
        metadata: View = {}
        for change in changes:
            inner = change.get("metadata")
            metadata.update(inner if isinstance(inner, dict) else {})
            together.update({name: value for name, value in change.items() if name != "metadata"})
        if metadata:
            # The portal replaces the whole of it (protocol §2.2 [C]).
            together["metadata"] = {**self._metadata, **metadata}
        if self._put(f"{self._path}.json", together):
            self._metadata.update(metadata)
        elif len(changes) > 1:
            for change in changes:
                self.change([change])

    def change_column(self, column: Column, facts: Mapping[str, object]) -> None:
        """Change what a column says about itself."""
        self._put(f"{self._path}/columns/{column.id or column.field_name}", facts)

    def _put(self, path: str, value: object) -> bool:
        """Whether the portal took it; a lasting refusal is no error, for what then differs is told."""
        try:
            answer = kept(self._session, json_call("PUT", path, value, MENDING, self._label))
        except PortalError as error:
            refused = error.status in (400, 403, 404, 405, 409, 422)
            if not refused or error.temporary or not error.outcome_known or error.exit_code == 4:
                raise
            log.warning("%s", error.what)
            return False
        answer.file.close()
        return True


def _as_asked(bench: _Bench, blueprint: Blueprint) -> Made:
    dataset = bench.look()
    changes, columns = changes_for(blueprint, dataset), list(column_changes(blueprint, dataset))
    bench.change(changes)
    for column, facts in columns:
        bench.change_column(column, facts)
    if changes or columns:
        dataset = bench.look()
    return Made(dataset, differences(blueprint, dataset))


def _new_id(session: Session, call: Call, answer: Answer) -> str:
    """The id in the portal's answer, which nothing else tells."""
    shape = answer.json()
    found = shape.get("id") if isinstance(shape, dict) else None
    if isinstance(found, str) and DATASET_ID.fullmatch(found):
        return found
    setting = session.setting(call)
    body = answer.read()
    if body.lstrip()[:1] == b"<":
        raise session.not_a_portal(call, answer)
    if isinstance(shape, dict) and shape.get("error") is True:
        refusal = read_refusal("application/json", body)
        raise refusals.refused(setting, 400, answer.headers, refusal, answer.request_id)
    unaffected, remedy = refusals.uncertain(setting)
    raise PortalError(
        "The portal answered without saying which dataset it made.",
        where=session.host,
        outcome_known=False,
        unaffected=unaffected,
        remedy=remedy,
        reference=answer.request_id,
    )
