"""Which column of the sheet goes to which column of the dataset.

Steps, each over all columns before the next: what the Column map says; exact API field name; exact display name;
equal once case, accents, punctuation and spaces are set aside; a guess, marked as one. A portal column is never given
two sheet columns, and a wrong guess is worse than none: numbers in names must agree, opposites (start and end) never
match, and a guess must be clearly better than the next best.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from rapidfuzz.distance import Levenshtein

from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.core.problems import Fault, ProblemLog
from xl_datasync.core.values import SheetColumn, TableShape, column_letter

GUESS_FLOOR = 0.8
GUESS_MARGIN = 0.08
SHORTEST_GUESS = 4

SYMBOLS = {"#": " number ", "%": " percent ", "&": " and ", "№": " number ", "°": " deg "}
ABBREVIATIONS = {
    "no": "number", "nr": "number", "num": "number", "nbr": "number", "pct": "percent", "lat": "latitude",
    "lon": "longitude", "long": "longitude", "lng": "longitude", "addr": "address", "amt": "amount", "qty": "quantity",
    "desc": "description", "dept": "department", "dob": "birthdate", "zip": "zip code",
    "st": "street", "ave": "avenue", "tel": "telephone", "phone": "telephone", "temp": "temperature", "avg": "average",
    "yr": "year", "mo": "month", "dt": "date", "cat": "category", "org": "organization", "min": "minimum",
    "max": "maximum", "id": "identifier", "lname": "last name", "fname": "first name", "prcp": "precipitation",
}  # fmt: skip
OPPOSITES = [
    {"start", "end", "begin", "finish", "stop"}, {"first", "last", "middle"}, {"minimum", "maximum", "average", "total"},
    {"from", "to"}, {"latitude", "longitude"}, {"x", "y", "z"}, {"old", "new"}, {"in", "out"}, {"high", "low"},
    {"north", "south", "east", "west"}, {"male", "female"}, {"open", "opened", "close", "closed"},
    {"created", "updated", "modified", "deleted"}, {"city", "state", "county", "country"}, {"home", "work", "mobile"},
]  # fmt: skip


class Match(Enum):
    """How a column found its place; the value is the word shown."""

    CHOSEN = "chosen"
    EXACT = "exact"
    SAME_NAME = "same name"
    GUESS = "guess: please check"


class Send(Enum):
    """The Column map's “Send?”."""

    YES = "Yes"
    IGNORE = "Ignore"
    LEAVE_BLANK = "Leave blank"


@dataclass(frozen=True)
class ColumnChoice:
    """One row of the Column map. A blank sheet column with a fixed value sends that value in every row."""

    sheet_column: str
    letter: str
    portal_field: str
    send: Send = Send.YES
    default: str = ""
    fixed_value: str = ""
    date_format: str = ""
    time_zone: str = ""
    where: str = ""


@dataclass(frozen=True)
class MappedColumn:
    """A portal column and where its values come from: a sheet column, or a fixed value where ``source`` is None."""

    column: Column
    source: SheetColumn | None
    match: Match
    choice: ColumnChoice | None = None

    @property
    def subject(self) -> str:
        """What messages call it: the sheet's header where there is one."""
        header = self.source.header if self.source else self.column.name
        return f"Column “{header}”"


@dataclass(frozen=True)
class Mapping:
    """The settled mapping, in the order of the sheet.

    :param ignored: sheet columns that are not sent.
    :param unmapped: portal columns nobody fills and nobody said to leave blank.
    :param left_blank: portal columns the Column map says to leave blank.
    """

    columns: tuple[MappedColumn, ...]
    ignored: tuple[SheetColumn, ...] = ()
    unmapped: tuple[Column, ...] = ()
    left_blank: tuple[Column, ...] = ()

    @property
    def guesses(self) -> tuple[MappedColumn, ...]:
        """The columns a person should look at before they are trusted."""
        return tuple(mapped for mapped in self.columns if mapped.match is Match.GUESS)

    def find(self, column: Column | None) -> MappedColumn | None:
        """How a portal column is filled, or None."""
        return next((mapped for mapped in self.columns if mapped.column == column), None)

    def only(self, column: Column) -> Mapping:
        """The mapping cut down to one portal column, as a delete needs it."""
        kept = tuple(mapped for mapped in self.columns if mapped.column == column)
        left = tuple(mapped.source for mapped in self.columns if mapped.column != column and mapped.source)
        return replace(self, columns=kept, ignored=self.ignored + left, unmapped=())


def settle_mapping(shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog) -> Mapping:
    """Map a sheet's columns to a dataset's; what cannot be settled is added to ``log``."""
    chosen, spent = _apply_choices(shape, dataset, choices, log)
    taken = {mapped.column.field_name for mapped in chosen}
    left_blank = tuple(column for column in dataset.writable_columns if column.field_name in spent.blank)
    headers = [column for column in shape.columns if column.header and column.index not in spent.sheet]
    open_columns = [c for c in dataset.writable_columns if c.field_name not in taken | spent.blank]
    found = chosen + _match(headers, open_columns, shape, log)
    used = {mapped.source.index for mapped in found if mapped.source}
    filled = {mapped.column.field_name for mapped in found} | spent.blank
    return Mapping(
        columns=tuple(sorted(found, key=lambda m: m.source.index if m.source else len(shape.columns))),
        ignored=tuple(column for column in shape.columns if column.index not in used),
        unmapped=tuple(column for column in dataset.writable_columns if column.field_name not in filled),
        left_blank=left_blank,
    )


@dataclass(frozen=True)
class _Spent:
    """What the Column map has disposed of: sheet columns by index, portal columns to leave blank by field name."""

    sheet: frozenset[int]
    blank: frozenset[str]


def _apply_choices(
    shape: TableShape, dataset: Dataset, choices: Sequence[ColumnChoice], log: ProblemLog
) -> tuple[list[MappedColumn], _Spent]:
    """Turn the rows of the Column map into mapped columns, naming every row that cannot be followed."""
    mapped: list[MappedColumn] = []
    sheet: set[int] = set()
    blank: set[str] = set()
    for choice in choices:
        source = _chosen_source(choice, shape, log)
        if source:
            sheet.add(source.index)
        if choice.send is Send.IGNORE:
            continue
        column = _chosen_column(choice, dataset, log)
        if column is None or (source is None and choice.sheet_column):
            continue
        if any(column == other.column for other in mapped):
            log.add("Column map", Fault(f"two rows fill the portal column “{column.name}”",
                                        "Keep one of them."), choice.where)  # fmt: skip
        elif choice.send is Send.LEAVE_BLANK:
            blank.add(column.field_name)
        else:
            mapped.append(MappedColumn(column, source, Match.CHOSEN, choice))
    return mapped, _Spent(frozenset(sheet), frozenset(blank))


def _chosen_source(choice: ColumnChoice, shape: TableShape, log: ProblemLog) -> SheetColumn | None:
    """The sheet column a row means: by header, and by letter where several share the header."""
    if not choice.sheet_column:
        return None
    same = [column for column in shape.columns if column.header.casefold() == choice.sheet_column.casefold()]
    if len(same) > 1:
        same = [column for column in same if column.letter == choice.letter.strip().upper()]
    if not same:
        what = f"“{choice.sheet_column}” is not a column of sheet “{shape.sheet}”"
        log.add("Column map", Fault(what, "Correct the name, or remove the row."), choice.where)
    return same[0] if same else None


def _chosen_column(choice: ColumnChoice, dataset: Dataset, log: ProblemLog) -> Column | None:
    """The portal column a row means, by display name or API field name."""
    wanted = choice.portal_field.strip().casefold()
    hits = [c for c in dataset.columns if wanted in (c.field_name.casefold(), c.name.casefold())]
    exact = [c for c in hits if c.field_name.casefold() == wanted] or hits
    if len(exact) == 1 and exact[0].writable:
        return exact[0]
    if not hits:
        fault = Fault(f"“{choice.portal_field}” is not a column of dataset “{dataset.name}”",
                      "Choose one of: " + ", ".join(c.name for c in dataset.writable_columns) + ".")  # fmt: skip
    elif len(exact) > 1:
        fault = Fault(f"several portal columns are called “{choice.portal_field}”", "Write the API field name instead.")
    else:
        fault = Fault(f"the portal fills “{choice.portal_field}” itself; it cannot be sent", "Set Send? to Ignore.")
    log.add("Column map", fault, choice.where)
    return None


def _match(headers: list[SheetColumn], columns: list[Column], shape: TableShape, log: ProblemLog) -> list[MappedColumn]:
    """Match by name, surest step first."""
    steps: list[tuple[Match, Callable[[str], str], Callable[[Column], str]]] = [
        (Match.EXACT, str, lambda column: column.field_name),
        (Match.EXACT, str, lambda column: column.name),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.field_name)),
        (Match.SAME_NAME, squeeze, lambda column: squeeze(column.name)),
    ]
    found: list[MappedColumn] = []
    for match, of_header, of_column in steps:
        by_name = {of_column(column): column for column in reversed(columns)}
        for name, column in by_name.items():
            same = [header for header in headers if name and of_header(header.header) == name]
            if len(same) > 1:
                letters = " and ".join(header.letter for header in same)
                fault = Fault(f"columns {letters} are both called “{same[0].header}”",
                              "Rename one, or say in the Column map which letter goes where.")  # fmt: skip
                log.add(f"Sheet “{shape.sheet}”", fault, shape.address(same[-1], shape.header_row or 1))
            elif same:
                found.append(MappedColumn(column, same[0], match))
            if same:
                headers = [header for header in headers if header not in same]
                columns = [other for other in columns if other != column]
    return found + _guess([header for header in headers if not header.hidden], columns)


def _guess(headers: list[SheetColumn], columns: list[Column]) -> list[MappedColumn]:
    """Guess for what is left: only where header and column are each other's clear best."""
    scores = [
        [max(likeness(header.header, name) for name in (column.name, column.field_name)) for column in columns]
        for header in headers
    ]
    by_column = [list(row) for row in zip(*scores, strict=True)]
    return [
        MappedColumn(column, header, Match.GUESS)
        for row, header in enumerate(headers)
        for place, column in enumerate(columns)
        if scores[row][place] >= GUESS_FLOOR and _leads(scores[row], place) and _leads(by_column[place], row)
    ]


def _leads(scores: list[float], place: int) -> bool:
    """Whether the score at ``place`` is clearly above all others."""
    return all(scores[place] - other >= GUESS_MARGIN for index, other in enumerate(scores) if index != place)


def words_of(name: str) -> list[str]:
    """A name's words in lower case, without accents or punctuation; ``FirstName`` is two words."""
    for symbol, word in SYMBOLS.items():
        name = name.replace(symbol, word)
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    plain = "".join(c for c in unicodedata.normalize("NFKD", split.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", plain)


def squeeze(name: str) -> str:
    """The name with case, accents, punctuation and spaces set aside."""
    return "".join(words_of(name))


def likeness(header: str, name: str) -> float:
    """How alike two names are, 0 to 1; 0 where numbers differ or opposites meet."""
    ours, theirs = _expanded(header), _expanded(name)
    if _numbers(ours) != _numbers(theirs) or _opposed(set(ours), set(theirs)):
        return 0.0
    if sorted(ours) == sorted(theirs):
        return 1.0
    one, other = "".join(ours), "".join(theirs)
    if min(len(one), len(other)) < SHORTEST_GUESS:
        return 0.0
    return float(Levenshtein.normalized_similarity(one, other))


def _expanded(name: str) -> list[str]:
    parts = (part for word in words_of(name) for part in ABBREVIATIONS.get(word, word).split())
    return list(dict.fromkeys(parts))


def _numbers(words: Iterable[str]) -> list[str]:
    return [number for word in words for number in re.findall(r"\d+", word)]


def _opposed(ours: set[str], theirs: set[str]) -> bool:
    return any((ours - theirs) & pair and (theirs - ours) & pair for pair in OPPOSITES)


def field_name_of(header: str, index: int) -> str:
    """The API field name a portal would give a new column of that header (protocol §8)."""
    name = "_".join(words_of(header)) or f"column_{column_letter(index).lower()}"
    return f"_{name}" if name[0].isdigit() else name
