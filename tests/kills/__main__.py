"""``python -m tests.kills 200`` kills so many runs, prints what came of it, and writes docs/kills.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.kills.campaign import SEED, campaign
from tests.kills.driver import Killed, Outcome
from tests.kills.page import table, write_page

PAGE = Path(__file__).parents[2] / "docs" / "kills.md"


def main() -> int:
    """Run the kills of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("kills", type=int, help="how many runs are killed")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", type=int, action="append", help="only the kill of this number; may be repeated")
    asked = parser.parse_args()
    numbers = asked.only or list(range(asked.kills))
    done = campaign(numbers, asked.seed, told=_tell)
    print(table(done))  # noqa: T201
    wrong = [killed for killed in done if killed.outcome is Outcome.WRONG]
    if not asked.only and not wrong:
        write_page(PAGE, done, asked.seed)
    return 1 if wrong else 0


def _tell(killed: Killed) -> None:
    """One line for each kill; all that is known where something is wrong."""
    print(f"{killed.number:4} {killed.way}: {killed.outcome.value} (killed {'; then '.join(killed.moments)})")  # noqa: T201
    if killed.outcome is Outcome.WRONG:
        print(killed.story)  # noqa: T201
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
