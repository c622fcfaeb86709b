"""The shapes in which portals report success and failure. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

# A 400 whose message begins so has stored the rows and failed afterwards, on metadata (protocol §3.7 [C]).
ROWS_SAVED = "Row data was saved."
LONGEST_MESSAGE = 400


@dataclass(frozen=True)
class Refusal:
    """The portal's own code and words for a failure; ``""`` where it gave none a person can read."""

    code: str = ""
    message: str = ""
    html: bool = False

    @property
    def rows_saved(self) -> bool:
        """Whether the rows were stored although the request failed."""
        return self.message.startswith(ROWS_SAVED)


@dataclass(frozen=True)
class Counts:
    """What one request did; None as a whole where the portal gave no counts."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    errors: int = 0


def read_refusal(content_type: str, body: bytes) -> Refusal:
    """Read an error body of either JSON shape, of neither, HTML, plain text or nothing.

    The portal's front uses ``code``, its row engine ``errorCode`` (protocol §3.7 [S][C]); real 403 bodies had neither
    (§1.7 [R]); nginx answers 5xx in HTML.
    """
    text = body.decode("utf-8", "replace").strip()
    try:
        shape = json.loads(text)
    except ValueError:
        html = "html" in content_type or text[:1] == "<"
        return Refusal(message="" if html or "<" in text else _tidy(text), html=html)
    if not isinstance(shape, dict):
        return Refusal()
    code = shape.get("code") or shape.get("errorCode") or ""
    return Refusal(str(code), _tidy(str(shape.get("message") or "")))


def read_report(body: bytes) -> Counts | Refusal | None:
    """Read the answer to a row write.

    :returns: counts; a refusal where the body says ``"error": true`` in spite of its status or is a web page; None
        where it is empty or is no report, which portals send now and then on success (protocol §0 [C]).
    """
    if body.lstrip()[:1] == b"<":
        return Refusal(html=True)
    try:
        shape = json.loads(body)
    except ValueError:
        return None
    if isinstance(shape, list):
        return _outcomes(shape)
    if not isinstance(shape, dict):
        return None
    if shape.get("error") is True:
        return read_refusal("application/json", body)
    return _sums(shape)


def _sums(shape: Mapping[str, object]) -> Counts | None:
    """``Rows Created`` and its fellows (protocol §3.6 [R]) or the older ``rows_created`` with a list of errors [C]."""
    plain = {str(key).lower().replace(" ", "_"): value for key, value in shape.items()}
    if not plain.keys() & {"rows_created", "rows_updated", "rows_deleted", "errors"}:
        return None
    return Counts(*(_number(plain.get(key)) for key in ("rows_created", "rows_updated", "rows_deleted", "errors")))


def _outcomes(shape: list[object]) -> Counts | None:
    """One entry for each row, as the row engine itself reports (protocol §3.6 [S])."""
    kinds = Counter(entry.get("typ") for entry in shape if isinstance(entry, dict))
    known = Counts(kinds["insert"], kinds["update"], kinds["delete"], kinds["error"])
    return known if sum(kinds.values()) == len(shape) else None


def _number(value: object) -> int:
    if isinstance(value, list):
        return len(value)
    try:
        return int(str(value))
    except ValueError:
        return 0


def _tidy(message: str) -> str:
    words = " ".join(message.split())
    if "<html" in words.lower() or "<body" in words.lower():
        return ""
    return words if len(words) <= LONGEST_MESSAGE else words[:LONGEST_MESSAGE] + "…"
