"""A dataset as the portal describes it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from xl_datasync.core.errors import ConfigurationError

DATASET_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")

# SODA and older names → the name /api/views uses (protocol §2.1, §7).
TYPE_ALIASES = {
    "floating_timestamp": "calendar_date",
    "fixed_timestamp": "date",
    "boolean": "checkbox",
}
NUMBER_TYPES = frozenset({"number", "money", "percent", "double"})
GEOMETRY_TYPES = frozenset({"point", "multipoint", "line", "multiline", "polygon", "multipolygon"})
UNWRITABLE_TYPES = frozenset(
    {"document", "blob", "photo", "row_identifier", "row_version", "dataset_link", "nested_table"}
)


@dataclass(frozen=True)
class Column:
    """One column of a dataset.

    :param name: display name, as readers of the portal see it.
    :param field_name: API field name, as it travels.
    :param type: the ``dataTypeName`` of ``/api/views``.
    :param format: the portal's display format; decides what a percentage means.
    :param computed: filled by the portal itself; cannot be written (DataSync skips these too).
    """

    id: int
    name: str
    field_name: str
    type: str
    description: str = ""
    format: Mapping[str, object] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    computed: bool = False

    @property
    def writable(self) -> bool:
        """Whether rows sent to the portal may hold this column."""
        return not (self.computed or self.field_name.startswith(":") or self.type in UNWRITABLE_TYPES)

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, compared as numbers."""
        return self.type in NUMBER_TYPES

    @property
    def is_percent(self) -> bool:
        """Whether the portal shows the column's numbers as percentages."""
        return self.type == "percent" or self.format.get("precisionStyle") == "percentage"

    @property
    def percent_factor(self) -> int:
        """What a fraction is multiplied by before it is sent: 45 % is 45 unless percentScale is 100 (protocol §7)."""
        return 1 if str(self.format.get("percentScale", "1")) == "100" else 100


@dataclass(frozen=True)
class Dataset:
    """A dataset: its columns, its row identifier and what the signed-in user may do with it.

    :param id: the ``xxxx-xxxx`` identifier.
    :param link: address a person can open.
    :param row_identifier: the column whose value names a row, or None.
    :param rights: the portal's own words, such as ``read``, ``write``, ``add``, ``delete``.
    """

    id: str
    name: str
    link: str
    columns: tuple[Column, ...]
    row_identifier: Column | None = None
    rights: frozenset[str] = frozenset()
    owner: str = ""
    view_type: str = "tabular"
    display_type: str = "table"
    rows_updated_at: int | None = None

    @property
    def writable_columns(self) -> tuple[Column, ...]:
        """The columns that rows may hold when they are sent."""
        return tuple(column for column in self.columns if column.writable)

    def column(self, field_name: str) -> Column | None:
        """The column of that API field name, compared without regard to case, as SoQL does (protocol §8)."""
        wanted = field_name.casefold()
        return next((column for column in self.columns if column.field_name.casefold() == wanted), None)


def parse_dataset_link(text: str, where: str = "") -> tuple[str | None, str]:
    """Read a dataset id or a pasted link.

    :returns: the portal's host in lower case (None where only an id was given) and the dataset id. A link may carry
        a query, a fragment, ``/about``, or an API path.
    :raises ConfigurationError: where no dataset id is in it, or two different ones are.
    """
    tidy = text.strip().strip("<>\"'")
    host = urlsplit(tidy).netloc.lower() if "//" in tidy else None
    path = urlsplit(tidy).path if host else tidy.split("?")[0].split("#")[0]
    parts = [part.split(".")[0].lower() for part in path.split("/")]
    found = {part for part in parts if DATASET_ID.fullmatch(part)}
    if len(found) != 1:
        raise ConfigurationError(
            f"“{text.strip()}” holds no dataset ID." if not found else f"“{text.strip()}” holds several dataset IDs.",
            where=where,
            remedy="Open the dataset on the portal and copy the link from the browser, or type the ID, "
            "four letters or digits, a hyphen and four more, such as abcd-1234.",
        )
    if host is None and "/" in tidy and "." in tidy.split("/")[0]:
        host = tidy.split("/")[0].lower()
    return host, found.pop()
