"""Forms and problems for tests and pictures."""

from __future__ import annotations

from xl_datasync.core.connection import Connection, SignIn, SignInType
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.problems import Place, Problem, Severity
from xl_datasync.dialogs.forms import ConnectionForm, CopyForm, LinkForm, Option

CITY = Connection("City", "https://data.example.gov", user="abc123")
COUNTY = Connection("County", "https://data.county.example.gov", SignInType.USER_NAME, "ann.lee@county.example.gov")
SIGN_IN = SignIn("abc123", "s3cret", "typed in")
JOB = Job("Permits", CITY, "abcd-1234", Method.REPLACE)
SHRINK = Problem(
    "Dataset “Building Permits” (abcd-1234)",
    "the sheet has 310 rows; the portal has 12,480. Replacing would remove about 12,170 rows (98 %)",
    "Check that the sheet is complete, or raise “Stop if rows shrink by” for this job",
    Severity.PROBLEM,
    1,
    (Place("Jobs!H2", "20"),),
    "Replace anyway",
)
FILTERED = Problem(
    "Sheet “Permits”",
    "some rows are hidden by a filter; they would be published too",
    "",
    Severity.PROBLEM,
    14,
    tuple(Place(f"Permits!A{row}", f"B-{row:05}") for row in range(2, 9)),
    "Publish them too",
)

NEW_LINK = LinkForm("Permits 2024")
KNOWN_LINK = LinkForm("Permits 2024", (CITY, COUNTY))
COPY = CopyForm((CITY, COUNTY), "City")
NEW_CONNECTION = ConnectionForm()
CONNECTIONS = ConnectionForm((COUNTY, CITY))
RUNS = tuple(
    Option(f"{job}, 2{day} November 2026, 14:0{day}", f"{day}12 rows added, 3 updated, by ann.lee", day)
    for day, job in enumerate(("Permits", "Fees", "Inspections", "Licences"), start=1)
)
