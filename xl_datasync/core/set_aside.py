"""Rows with faults that a job sets aside: which they are, why, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from xl_datasync.core.delivery import Method
from xl_datasync.core.problems import About, Fault, Problem, ProblemLog, Severity, single

# A few bad rows are set aside; where there are more, the sheet or its column map is wrong. It also bounds the memory.
MOST_ROWS, MOST_CELLS = 10_000, 2_000_000
ASIDE = "; set aside"
"""Ends what is said of a fault that sets its rows aside."""
# Faults of row identifiers, which set rows aside like those of cells.
BLANK_IDENTIFIER = Fault("blank row identifier", "Fill it in, or delete the row.")
REPEATED_IDENTIFIER = Fault("row identifier that stands in more than one row", "Keep one row of each.")
NO_ROW_LEFT = Fault(
    "every row has a fault, so there is nothing to send", "Mend the cells that are named here, then run it again."
)


@dataclass
class RowFaults:
    """Gathers the rows that have a fault while rows go by.

    :param most: how many are set aside at most.
    :param log: takes what is found wrong with single rows.
    :ivar why: the reasons by row number; no longer complete where :attr:`too_many`.
    """

    most: int
    log: ProblemLog = field(default_factory=ProblemLog)
    why: dict[int, list[str]] = field(default_factory=dict)
    too_many: bool = False

    def add(self, rows: Iterable[int], subject: str, fault: Fault) -> None:
        """Note a fault of some rows."""
        reason = f"{subject}: {fault.what}. {fault.remedy}".strip()
        for row in rows:
            if row not in self.why and len(self.why) >= self.most:
                self.too_many = True
                return
            reasons = self.why.setdefault(row, [])
            if reason not in reasons:
                reasons.append(reason)

    @property
    def reasons(self) -> dict[int, str]:
        """One text for each row, a reason on each line, in the order of the rows."""
        return {row: "\n".join(self.why[row]) for row in sorted(self.why)}


def most_rows(columns: int) -> int:
    """How many rows of so many columns are set aside at most."""
    return min(MOST_ROWS, MOST_CELLS // max(columns, 1))


def too_many_fault(most: int) -> Fault:
    """What is told where too many rows have faults."""
    what = f"more than {most:,} rows have faults; so many are not set aside"
    return Fault(what, "Check the sheet and the column map.")


def told_problems(faulty: RowFaults, rows: int, method: Method, subject: str) -> Iterator[Problem]:
    """What was found wrong with rows that are set aside, none of which is in the way any more.

    :param rows: how many rows are sent.
    :param subject: the sheet, for the sentence on all of them.
    """
    count = len(faulty.why)
    have, them = ("has faults and is", "it") if count == 1 else ("have faults and are", "them")
    what = f"{count:,} of {count + rows:,} rows {have} set aside"
    if method is Method.REPLACE:
        what += f"; the dataset lacks {them} until mended and added"
    yield single(subject, Fault(what, "", Severity.WARNING, about=About.ASIDE))
    for problem in faulty.log.problems():
        if problem.blocks:
            what = f"{problem.what}{ASIDE}"
            yield replace(problem, what=what, severity=Severity.WARNING, about=About.FAULT_ASIDE)
