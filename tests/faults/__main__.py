"""``python -m tests.faults`` prints docs/faults.md anew."""

from __future__ import annotations

from tests.faults.outcomes import run_all
from tests.faults.page import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(run_all()), encoding="utf-8")
