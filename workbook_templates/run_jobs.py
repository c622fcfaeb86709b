r"""Run the jobs of a workbook through Excel, for a scheduler: python run_jobs.py "C:\Data\Open data jobs.xlsx"

Run it with the Python that xl-datasync was installed with. Excel is started hidden, opens the workbook, refreshes its
queries and recalculates; the jobs are run; their states and a Results sheet are written back, the workbook is saved, and
that Excel ends. Sign-ins are those of the account that runs it (`xl-datasync login`, or environment variables). The exit
code says how it ended: 0 all well, 3 done with warnings, any other is for somebody to look at. Change whatever you need to.
"""

import sys

from xl_datasync import run_in_excel
from xl_datasync.core.errors import DataSyncError
from xl_datasync.core.report_text import failure_lines, report_lines
from xl_datasync.logs import start_log


def main(workbook: str) -> int:
    """Run the jobs that say Yes under “Run?”, and print the report."""
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    start_log()
    try:
        report = run_in_excel(workbook)  # run_in_excel(workbook, ["Permits", "Fees"]) runs these two alone
    except DataSyncError as error:  # nothing was run
        print(*failure_lines(error), sep="\n", file=sys.stderr)  # noqa: T201
        return error.exit_code
    print(*report_lines(report), sep="\n")  # noqa: T201
    return report.exit_code


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("Which workbook? Use: python run_jobs.py WORKBOOK", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
