"""A plain portal: it describes a dataset, counts and discards what is sent to it, and says how many rows came.

Run as a process of its own; it prints its port. It reads bodies in large blocks and does nothing with them but look
for what begins or ends a row, so that it never is what is measured. Rows that are read come from a page made once.
"""

from __future__ import annotations

import json
import re
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from columns import IDENTIFIER, view
from make_workbook import wire_rows

BLOCK = 1024 * 1024
# Rows of CSV end in CR LF; a line break inside a cell is LF alone, so nothing has to be parsed. In JSON each row has
# the identifier's key once, and no text of the benchmark holds it.
CSV_MARK = b"\r\n"
JSON_MARK = f'"{IDENTIFIER}":'.encode()
DATASET = re.compile(r"^/(?:api/views|resource)/([a-z0-9]{4}-[a-z0-9]{4})(?:\.json|/)")

PAGE = 50_000

rows_by_dataset: dict[str, int] = {}


@cache
def page() -> list[bytes]:
    """Rows in JSON, for everybody who reads: they are the same on each page."""
    return [json.dumps(row, ensure_ascii=False).encode() for row in wire_rows(PAGE)]


class MarkCounter:
    """Counts a mark in a body that comes in blocks."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._tail = b""
        self.count = 0

    def add(self, block: memoryview) -> None:
        """Look at the next block; a mark may begin in the one before."""
        edge = len(self._mark) - 1
        data = bytes(block)
        self.count += data.count(self._mark) + (self._tail + data[:edge]).count(self._mark)
        self._tail = (self._tail + data[-edge:])[-edge:]


class Sink(BaseHTTPRequestHandler):
    """Answers as a portal does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Describe, count, or say who is there."""
        found = DATASET.match(self.path)
        if self.path.startswith("/api/users/current.json"):
            self._answer({"id": "bnch-user", "displayName": "Benchmark", "email": "", "roleName": "publisher"})
        elif found and "replication" in self.path:
            self._answer({"read_replication_up_to_date": True, "truth_data_version": 1})
        elif found and self.path.startswith("/api/views/"):
            self._answer(view(found[1]))
        elif found and "=count" in self.path:
            self._answer([{"count": str(rows_by_dataset.get(found[1], 0))}])
        elif found:
            asked = {name.lstrip("$"): int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()
                     if values[0].isdigit()}  # fmt: skip
            left = rows_by_dataset.get(found[1], 0) - asked.get("offset", 0)
            rows = page()[: min(left, asked.get("limit", 1000))] if left > 0 else []
            self._send(b"[" + b"\n,".join(rows) + b"]\n", 200)
        else:
            self._answer({"error": True, "message": "not found"}, 404)

    def do_PUT(self) -> None:
        """Take all rows of a dataset and count them."""
        found = DATASET.match(self.path)
        if not found:
            self._answer({"error": True, "message": "not found"}, 404)
            return
        rows = self._rows()
        rows_by_dataset[found[1]] = rows
        self._answer({"Rows Created": rows, "Rows Updated": 0, "Rows Deleted": 0, "By RowIdentifier": 0, "Errors": 0})

    def do_POST(self) -> None:
        """Pretend that a dataset has so many rows: ``/resource/abcd-1234.json?rows=1000``."""
        found = DATASET.match(self.path)
        rows_by_dataset[found[1] if found else ""] = int(self.path.rpartition("=")[2])
        page()  # made now, so that no reader waits for it
        self._answer({})

    def do_DELETE(self) -> None:
        """Forget the rows of a dataset, so that no run is taken for the one before."""
        found = DATASET.match(self.path)
        rows_by_dataset.pop(found[1] if found else "", None)
        self._answer({})

    def _rows(self) -> int:
        is_csv = self.headers.get("Content-Type", "").startswith("text/csv")
        counter = MarkCounter(CSV_MARK if is_csv else JSON_MARK)
        left = int(self.headers["Content-Length"])
        buffer = memoryview(bytearray(BLOCK))
        while left:
            got = self.rfile.readinto1(buffer[: min(left, BLOCK)])  # type: ignore[attr-defined]  # a BufferedReader
            if not got:
                raise ConnectionError("the body ended early")
            counter.add(buffer[:got])
            left -= got
        return counter.count - 1 if is_csv else counter.count

    def _answer(self, shape: Any, status: int = 200) -> None:
        self._send(json.dumps(shape).encode(), status)

    def _send(self, data: bytes, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing: the benchmark says what happened."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
