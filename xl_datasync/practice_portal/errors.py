"""The one way the practice portal says no: a refusal in the core error shape (protocol §0, §3.7)."""

import json
from collections.abc import Mapping


class Refusal(Exception):
    """A request answered with an error; carries everything the answer needs."""

    def __init__(
        self,
        status: int,
        code: str | None,
        message: str,
        data: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data = data
        self.headers = dict(headers or {})

    def body(self) -> bytes:
        """The core error body, pretty-printed as the real portal prints it (protocol §0 [R])."""
        facts: dict[str, object] = {"error": True, "message": self.message}
        if self.code is not None:
            facts = {"code": self.code, **facts}
        if self.data is not None:
            facts["data"] = dict(self.data)
        return json.dumps(facts, indent=2, separators=(",", " : "), ensure_ascii=False).encode(errors="replace")

    def all_headers(self) -> dict[str, str]:
        """The standing headers of an error answer (protocol §0 [R]) and this refusal's own."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Cache-Control": "private, no-cache, must-revalidate",
            "X-Error-Message": _header_text(self.message),
        }
        if self.code is not None:
            headers["X-Error-Code"] = self.code
        return {**headers, **self.headers}


def _header_text(text: str) -> str:
    """Text as a header can carry it: one line of latin-1 of bounded length."""
    return " ".join(text.split()).encode("latin-1", "replace").decode("latin-1")[:500]


def invalid_request(message: str, **data: object) -> Refusal:
    """A body that cannot be taken as it is: 400 invalid_request (protocol §3.3 [I], §11.1 [U])."""
    return Refusal(400, "invalid_request", message, data or None)


def dataset_missing(dataset_id: str) -> Refusal:
    """No such dataset on the resource API (protocol §4.6 [R])."""
    return Refusal(404, "dataset.missing", "Not found", {"id": dataset_id})


def row_missing(row_id: str) -> Refusal:
    """No such row (protocol §4.6 [U]: the outward code is not witnessed)."""
    return Refusal(404, "row.missing", f"Cannot find row: {row_id}", {"value": row_id})


def view_missing(dataset_id: str) -> Refusal:
    """No such asset on the views API (protocol §2.1 [R])."""
    return Refusal(404, "not_found", "Not found", {"id": dataset_id})


def wrong_stage(actual: str, expected: str) -> Refusal:
    """A published dataset where a working copy is needed, or the other way round (protocol §3.7 [S])."""
    return Refusal(
        409,
        "soda.dataset.incorrect-lifecycle-stage",
        f"The dataset is {actual}, but must be {expected} for this",
        {"actual": actual, "expected": expected},
    )


def not_tabular() -> Refusal:
    """A map, a file, a story or a link has no rows; real portals answer so, without a code."""
    return Refusal(403, None, "no row or column access to non-tabular tables")
