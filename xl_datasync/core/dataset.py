"""A dataset as the portal describes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from xl_datasync.core.errors import ConfigurationError
from xl_datasync.core.links import holds_sign_in, split_host, without_sign_in
from xl_datasync.core.values import trimmed

DATASET_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}")
# The segment after one of these is the dataset's id, in every link and API path of a portal (protocol §2-6).
_BEFORE_ID = frozenset({"d", "resource", "views", "id", "revision"})
# Word processors make other dashes of a hyphen.
_HYPHENS = str.maketrans("‐‑‒–", "----")

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
    :param width: of the column on the portal's page, in pixels; 0 where the portal does not say.
    """

    id: int
    name: str
    field_name: str
    type: str
    description: str = ""
    format: Mapping[str, object] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    computed: bool = False
    width: int = 0

    @property
    def label(self) -> str:
        """How messages call it: ``“Fee” (fee)``."""
        return f"“{self.name}” ({self.field_name})"

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
class Details:
    """What a dataset says about itself beside its columns; a copy of it says the same.

    :param license_id: the portal's name for the licence, such as ``PUBLIC_DOMAIN``.
    :param custom_fields: group → field → value, as the portal's owner has set them up (protocol §2.1 [R]).
    """

    description: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    license_id: str = ""
    attribution: str = ""
    attribution_link: str = ""
    row_label: str = ""
    custom_fields: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Blueprint:
    """A dataset that is to be made.

    :param row_identifier: API field name of one of the columns, or ``""`` for none.
    """

    name: str
    columns: tuple[Column, ...]
    row_identifier: str = ""
    details: Details = Details()


@dataclass(frozen=True)
class Dataset:
    """A dataset: its columns, its row identifier and what the signed-in user may do with it.

    :param id: the ``xxxx-xxxx`` identifier.
    :param link: address a person can open.
    :param row_identifier: the column whose value names a row, or None.
    :param rights: the portal's own words, such as ``read``, ``write``, ``add``, ``delete``.
    :param rows_updated_at: seconds since 1970 of the last change of rows.
    :param published: false for a draft (a working copy), which only its editors see.
    :param private: whether only people it is shared with see it; None where the portal does not say.
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
    details: Details = Details()
    published: bool = True
    private: bool | None = None

    @property
    def label(self) -> str:
        """How messages call it: ``“Permits” (abcd-1234)``."""
        return f"“{self.name}” ({self.id})"

    @property
    def writable_columns(self) -> tuple[Column, ...]:
        """The columns that rows may hold when they are sent."""
        return tuple(column for column in self.columns if column.writable)

    @property
    def has_number_identifier(self) -> bool:
        """Whether row identifiers are numbers, so that 1 and 1.0 are one row (protocol §8)."""
        return self.row_identifier is not None and self.row_identifier.is_number

    def column(self, field_name: str) -> Column | None:
        """The column of that API field name, compared without regard to case, as SoQL does (protocol §8)."""
        wanted = field_name.casefold()
        return next((column for column in self.columns if column.field_name.casefold() == wanted), None)


def parse_dataset_link(text: str, where: str = "") -> tuple[str | None, str]:
    """Read a dataset id or a pasted link.

    :returns: the portal's host in lower case (None where only an id was given) and the dataset id. A link may carry
        a query, a fragment, ``/about_data``, ``/explore`` or an API path, and may lack its scheme.
    :raises ConfigurationError: where no dataset id is in it, or two different ones are, or a password.
    """
    if any(map(holds_sign_in, trimmed(text).split())):
        raise ConfigurationError(
            "The link holds a user name or password.",
            where=where,
            remedy="Remove it there, change that password, and sign in with the new one.",
        )
    parts = trimmed(text).translate(_HYPHENS).split()
    read = [(host, found) for host, found in map(_read_link, parts) if found]
    found = {dataset_id for _, ids in read for dataset_id in ids}
    if len(found) != 1:
        shown = without_sign_in(trimmed(text))
        raise ConfigurationError(
            f"“{shown}” holds several dataset IDs." if found else f"“{shown}” holds no dataset ID.",
            where=where,
            remedy="Open the dataset on the portal and copy the link from the browser, or type the ID, "
            "four letters or digits, a hyphen and four more, such as abcd-1234.",
        )
    return read[0][0], found.pop()


def _read_link(text: str) -> tuple[str | None, set[str]]:
    """The host and the dataset ids of one link."""
    link = text.strip("<>()[]\"'“”,;")
    path = re.sub(r"^[a-z]+://", "", re.split(r"[?#]", link)[0], flags=re.IGNORECASE)
    first, *segments = path.split("/")
    if not segments:
        return None, _ids([first])
    _, host = split_host(f"https://{first}")
    after_word = [segment for word, segment in pairwise(["", *segments]) if word.lower() in _BEFORE_ID]
    # A title may look like an id (“Fire-Data”), but ids are written small and stand where the portal's words say.
    small = [segment for segment in segments if segment == segment.lower()]
    found = next(filter(None, (_ids(after_word), _ids(small), _ids(segments), _ids([first]))), set[str]())
    return host or None, found


def _ids(segments: Iterable[str]) -> set[str]:
    """Those of a path's segments that are dataset ids, with or without an ending such as ``.json``."""
    return {part for part in (segment.split(".")[0].lower() for segment in segments) if DATASET_ID.fullmatch(part)}
