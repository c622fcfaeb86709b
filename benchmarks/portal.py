"""A practice portal in a process of its own, with the benchmark's rows; it prints its port.

python benchmarks/portal.py FOLDER ROWS...
"""

from __future__ import annotations

import sys
from pathlib import Path

from columns import COLUMNS, IDENTIFIER, dataset_id
from make_workbook import wire_rows

from xl_datasync.practice_portal import PracticePortal
from xl_datasync.practice_portal.signin import SignIn

OWNER = SignIn("owner", "-", "key", "secret", "Benchmark", "publisher", "", "bnch-user")


def main(folder: Path, sizes: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with PracticePortal(data=folder, sign_ins=(OWNER,)) as portal:
        for rows in sizes:
            if dataset_id(rows) not in portal.dataset_ids():
                columns = [
                    {"name": column.header, "fieldName": column.field_name, "dataTypeName": column.type,
                     "format": column.portal_format}
                    for column in COLUMNS
                ]  # fmt: skip
                portal.create_dataset(dataset_id(rows), "Benchmark", columns, IDENTIFIER, wire_rows(rows))
        print(portal.host, flush=True)
        sys.stdin.read()  # until whoever started it has gone


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(rows) for rows in sys.argv[2:]])
