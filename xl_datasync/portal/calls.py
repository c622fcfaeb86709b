"""A request to be made, and what was answered. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import IO

from xl_datasync.portal.bodies import JSON_TYPE, Body
from xl_datasync.portal.deeds import READING, Deed
from xl_datasync.portal.json_lines import json_bytes


@dataclass(frozen=True)
class Call:
    """One request to be made.

    :param body: what is uploaded; None for a read and for a deletion.
    :param dataset: how a message calls the dataset concerned, such as ``“Permits” (abcd-1234)``.
    :param deed: what it is for; decides the words of its errors, and whether it may be sent twice.
    :param may_wait: whether a promise to do it later (202) is an answer (protocol §3.10 [C]).
    :param may_be_empty: whether an answer with nothing in it is one; to a question it mostly is not.
    :param in_doubt: whether the same rows were sent before and nobody knows what became of them.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    dataset: str = ""
    deed: Deed = READING
    may_wait: bool = False
    may_be_empty: bool = False
    in_doubt: bool = False


def dataset_label(name: str, dataset_id: str) -> str:
    """How messages call a dataset."""
    return f"“{name}” ({dataset_id})" if name else f"dataset {dataset_id}"


def json_call(method: str, path: str, value: object, deed: Deed, dataset: str) -> Call:
    """A request that carries a value as JSON."""
    data = json_bytes(value)
    headers = {"Content-Type": JSON_TYPE}
    return Call(method, path, body=Body(BytesIO(data), len(data)), headers=headers, deed=deed, dataset=dataset)


@dataclass(frozen=True)
class Answer:
    """What the portal answered; the body is a temporary file, so that a large one costs no memory.

    :param in_doubt: whether the same rows were sent before and nobody knows what became of them.
    """

    status: int
    headers: Mapping[str, str]
    file: IO[bytes] = field(repr=False)
    request_id: str
    in_doubt: bool = False

    def read(self, most: int = -1) -> bytes:
        """The body, or its beginning."""
        self.file.seek(0)
        return self.file.read(most)

    def json(self) -> object:
        """The body as JSON, fractions exact; None where it is empty or no JSON."""
        try:
            parsed: object = json.loads(self.read(), parse_float=Decimal)
        except ValueError:
            return None
        return parsed
