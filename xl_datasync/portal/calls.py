"""A request to be made, and what was answered. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from xl_datasync.portal.bodies import Body


@dataclass(frozen=True)
class Call:
    """One request to be made.

    :param body: what is uploaded; None for a read.
    :param dataset: how a message calls the dataset concerned, such as ``“Permits” (abcd-1234)``.
    :param repeatable: whether sending it twice does what sending it once does.
    :param in_doubt: whether the same rows were sent before and nobody knows what became of them.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    dataset: str = ""
    repeatable: bool = True
    in_doubt: bool = False


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
