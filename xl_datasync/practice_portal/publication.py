"""Working copies: made, published, and published later by ticket (protocol §5, §3.10)."""

import secrets
import sqlite3
import threading
import time
import uuid
from dataclasses import dataclass, field, replace

from .dataset import PUBLISHED, UNPUBLISHED, Dataset, column_number, number_of
from .errors import wrong_stage
from .store import find_dataset, list_datasets, list_group, save_dataset
from .tables import add_dataset, copy_rows, next_version, replace_by_copy

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def free_id(connection: sqlite3.Connection) -> str:
    """A dataset id that is free, and whose number is."""
    numbers = {dataset.number for dataset, _ in list_datasets(connection)}
    while True:
        letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        dataset_id = f"{letters[:4]}-{letters[4:]}"
        if number_of(dataset_id) not in numbers and find_dataset(connection, dataset_id) is None:
            return dataset_id


def make_copy(connection: sqlite3.Connection, dataset: Dataset, owner: str, *, with_rows: bool) -> Dataset:
    """A working copy of a published dataset, in the same group; there can be one at a time (our choice [U])."""
    if any(other.draft for other, _ in list_group(connection, dataset.group)):
        raise wrong_stage(UNPUBLISHED, PUBLISHED)
    copy_id = free_id(connection)
    columns = tuple(replace(column, id=column_number(copy_id, column.slot)) for column in dataset.columns)
    copy = replace(
        dataset,
        id=copy_id,
        columns=columns,
        stage=UNPUBLISHED,
        owner=owner,
        published_at=None,
        changed_at=time.time(),
    )
    add_dataset(connection, copy)
    if with_rows:
        copy_rows(connection, dataset, copy)
    return copy


def published_id(connection: sqlite3.Connection, dataset: Dataset) -> str:
    """The id a working copy will have once it is published: that of its original, if there is one."""
    originals = [other.id for other, _ in list_group(connection, dataset.group) if not other.draft]
    return originals[0] if originals else dataset.id


def publish(connection: sqlite3.Connection, dataset: Dataset) -> Dataset:
    """Publish a working copy: in the place of its original, or under its own id when it has none."""
    now = time.time()
    ready = replace(dataset, stage=PUBLISHED, published_at=now, changed_at=now)
    target = published_id(connection, dataset)
    if target != dataset.id:
        original = find_dataset(connection, target)
        if original is not None:
            return replace_by_copy(connection, original[0], ready)
    save_dataset(connection, ready)
    next_version(connection, ready)
    return ready


@dataclass
class Ticket:
    """A publication that was answered with 202; `result` is the id it led to, once it is done."""

    dataset_id: str
    number: str = field(default_factory=lambda: str(uuid.uuid4()))
    result: str | None = None


class Tickets:
    """The publications under way; `lock` is held while one of them is carried out, so that each is done once."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._tickets: list[Ticket] = []

    def open(self, dataset_id: str) -> Ticket:
        """The ticket of a dataset that waits to be published; asking again gives the same one."""
        with self.lock:
            for ticket in self._tickets:
                if ticket.dataset_id == dataset_id and ticket.result is None:
                    return ticket
            self._tickets.append(Ticket(dataset_id))
            return self._tickets[-1]

    def find(self, number: str) -> Ticket | None:
        """The ticket of that number."""
        with self.lock:
            return next((ticket for ticket in self._tickets if ticket.number == number), None)

    def settle(self, dataset_id: str, result: str) -> None:
        """Note that a dataset is published."""
        with self.lock:
            for ticket in self._tickets:
                if ticket.dataset_id == dataset_id and ticket.result is None:
                    ticket.result = result
