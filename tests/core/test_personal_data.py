"""Personal data is found by header and by what the cells hold; what only looks like it is left in peace."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.core.conftest import block_of, column, dataset_of, job_of, make_table, shape_of, where
from xl_datasync.core.checks import answered, watchers
from xl_datasync.core.checks.personal_words import Personal, are_persons, expected, looks_like_person
from xl_datasync.core.dataset import Column
from xl_datasync.core.delivery import Method
from xl_datasync.core.jobs import Job
from xl_datasync.core.mapping import ColumnChoice, Send, settle_mapping
from xl_datasync.core.problems import Problem, ProblemLog
from xl_datasync.core.values import Value

DAY = dt.date(1990, 1, 2)


def found(
    header: str,
    values: list[Value],
    *,
    target: Column | str = "text",
    formats: list[str] | None = None,
    job: Job | None = None,
    **dataset: object,
) -> tuple[Problem, ...]:
    """What is said of a column with that header and those cells, in blocks of three."""
    portal = column(header, target) if isinstance(target, str) else target
    goes_to = dataset_of(portal, **dataset)
    shape = shape_of([header])
    table = make_table(
        [header], [[value] for value in values], rows_per_block=3, formats={0: formats} if formats else {}
    )
    log = ProblemLog()
    mapping = settle_mapping(shape, goes_to, (job or job_of()).choices, log)
    looking = watchers(mapping, job or job_of(), shape, goes_to)
    for block in table.blocks():
        for watcher in looking:
            watcher.add(block, set())
    for watcher in looking:
        watcher.finish(log)
    return tuple(problem for problem in log.problems() if "published" in problem.what)


def topics(header: str, values: list[Value], **more: object) -> list[str]:
    """The topics of what is said."""
    return [problem.topic for problem in found(header, values, **more)]


@pytest.mark.parametrize(
    ("header", "values", "topic"),
    [
        ("First Name", ["Xochitl", "Per"], "names of persons in First Name"),
        ("APELLIDOS", ["Núñez"], "names of persons in APELLIDOS"),
        ("Applicant Full Name", ["Q. Zhao"], "names of persons in Applicant Full Name"),
        ("Name", ["Mary Jones", "SMITH, JOHN R", "Wei Chen"], "names of persons in Name"),
        ("Owner Name", ["Robert Zhao", "Ann Lee"], "names of persons in Owner Name"),
        ("Owner", ["ACME LLC", "Linda O'Neil", "Bank of Ohio", "Garcia, Maria"], "names of persons in Owner"),
        ("DOB", [DAY, None], "birth dates in DOB"),
        ("Date of Birth", ["01/02/1990"], "birth dates in Date of Birth"),
        ("Fecha de nacimiento", [dt.datetime(1990, 1, 2)], "birth dates in Fecha de nacimiento"),
        ("SSN", [219099998], "social security numbers in SSN"),
        ("Social Security No.", ["219099998"], "social security numbers in Social Security No."),
        ("Code", ["219-09-9998"], "social security numbers in Code"),
        ("Phone", [8605551234], "phone numbers in Phone"),
        ("Cell Phone", ["555-1234"], "phone numbers in Cell Phone"),
        ("Contact", ["(860) 555-1234"], "phone numbers in Contact"),
        ("Contact", ["860.555.1234"], "phone numbers in Contact"),
        ("Contact", ["+1 860 555 1234"], "phone numbers in Contact"),
        ("Contact", ["ann.lee+x@gmail.com"], "e-mail addresses in Contact"),
    ],
)
def test_personal_data_is_found(header: str, values: list[Value], topic: str) -> None:
    """Each kind by its header, or by how it is written."""
    assert topics(header, values) == [topic]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("Business Name", ["Mary Jones", "John Smith"]),
        ("Street Name", ["Martin Luther King Jr Blvd"]),
        ("Park Name", ["Helen Keller"]),
        ("Name", ["Washington Park", "Lincoln Square", "John F. Kennedy High School", "Grace Community Church"]),
        ("Lessee Name", ["Chevron U.S.A.", "Occidental"]),
        ("Owner", ["ACME LLC", "City of Hartford", "Frank & Sons Plumbing Co"]),
        ("Full Name", [None, None]),
        ("Place of birth", ["Ohio"]),
        ("Birth rate", [12.5]),
        ("Pet date of birth", [DAY]),
        ("Issued", [DAY]),
        ("Code", ["000-12-3456", "666-12-3456", "912-34-5678", "123-00-4567", "123-45-0000"]),
        ("Code", ["078-05-1120", "1219-09-9998", "219-09-99981", "219-09 9998"]),
        ("Parcel Number", ["219-09-9998"]),
        ("Amount", [219099998, 8605551234]),
        ("Call", ["800-555-1234", "(888) 555-1234"]),
        ("Call", ["160-555-1234", "860-911-1234", "860-555-12345", "2024-05-12 10:00", "411-555-1234"]),
        ("Business Phone", ["860-555-1234"]),
        ("Office Telephone", [8605551234]),
        ("Account No", ["860-555-1234"]),
        ("Mail", ["info@city.gov", "permits@city.gov", "a @ b", "@handle"]),
    ],
)
def test_what_only_looks_like_it(header: str, values: list[Value]) -> None:
    """Businesses, parks, codes, free numbers and offices' mailboxes raise no alarm."""
    assert topics(header, values) == []


def test_one_number_by_chance_is_no_alarm_but_one_ssn_is() -> None:
    """Among very many cells a single text like a phone number says nothing; a social security number always does."""
    many: list[Value] = [f"see {n}" for n in range(9000)]
    assert topics("Remark", [*many, "860-555-1234"]) == []
    assert topics("Remark", [*many, *["call 860-555-1234"] * 3]) == ["phone numbers in Remark"]
    (problem,) = found("Remark", [*many, "his is 219-09-9998"])
    assert (problem.topic, problem.count, where(problem)) == ("social security numbers in Remark", 1, ["Data!A9002"])


def test_free_text_is_told_apart() -> None:
    """Within longer texts the message says so; every kind is a warning of its own, so that one answer is not for all."""
    problems = found("Notes", ["call 860-555-1234 or ann@x.org", "his SSN is 219-09-9998", "nothing"])
    assert {problem.topic: problem.what for problem in problems} == {
        "phone numbers in Notes": "phone numbers within its texts, which would be published",
        "e-mail addresses in Notes": "e-mail addresses within its texts, which would be published",
        "social security numbers in Notes": "social security numbers within its texts, which would be published",
    }


def test_all_are_counted_and_the_first_named() -> None:
    """Counts go on beyond the places named; what a message shows is not enough to be a leak itself."""
    (problem,) = found("Mail", [f"ann{n}@x.org" for n in range(100)])
    assert (problem.count, where(problem)[0], len(problem.places)) == (100, "Data!A2", 20)
    assert problem.places[0].value == "a…@x.org"
    (problem,) = found("Their number", ["219-09-9998"])
    assert problem.places[0].value == "…9998"
    assert found("First Name", ["Ann"])[0].places[0].value == ""


def test_excels_own_formats_give_numbers_away() -> None:
    """A number shown as 000-00-0000 is a social security number, whatever the header says."""
    assert topics("Key", [219099998], formats=[r"000\-00\-0000"]) == ["social security numbers in Key"]
    assert topics("Key", [219099998], formats=["000000000"]) == []


def test_what_is_not_sent_does_not_matter() -> None:
    """A column that is left out, and every column of a delete, is not looked at."""
    ignored = job_of(choices=[ColumnChoice("SSN", "", "", Send.IGNORE)])
    assert topics("SSN", ["219-09-9998"], job=ignored) == []
    assert topics("SSN", ["219-09-9998"], job=job_of(Method.DELETE), identifier="ssn") == []


def test_number_and_date_columns() -> None:
    """A portal column of numbers or dates is looked at where its header says what they are."""
    assert topics("DOB", [DAY], target="calendar_date") == ["birth dates in DOB"]
    assert topics("Phone", [8605551234], target="number") == ["phone numbers in Phone"]


def test_the_words() -> None:
    """What was found, what it means, what to do; softer where the dataset is private."""
    (problem,) = found("First Name", ["Ann"])
    assert problem.warns
    assert problem.subject == "Column “First Name”"
    assert problem.what == "names of persons, which would be published"
    assert problem.remedy == (
        "Once published, anybody can copy them, and nobody can take them back. Set the column's Send? to “Ignore” in the "
        "Column map, or clear the cells, unless they may be seen."
    )
    (private,) = found("First Name", ["Ann"], private=True)
    assert private.remedy.startswith("The dataset is private: those it is shared with would see them. Set")


def test_an_answer_goes_for_its_column_and_kind() -> None:
    """What was answered is told as a note; another column, or another kind in the same column, warns again."""
    options = job_of(answered=frozenset({"names of persons in first name"})).options
    (note,) = answered(found("First Name", ["Ann"]), options)
    assert note.what == "names of persons, which would be published; you said that this is meant"
    assert not note.warns
    assert note.remedy == ""
    assert answered(found("Last Name", ["Lee"]), options)[0].warns
    assert answered(found("First Name", ["Ann 219-09-9998"]), options)[0].warns


@pytest.mark.parametrize(
    ("text", "is_person"),
    [
        ("Mary Jones", True),
        ("JONES, MARY", True),
        ("Jones, Mary Ann III", True),
        ("O'Neil, Linda", True),
        ("Mary", False),
        ("Mary Jones LLC", False),
        ("Mary & John", False),
        ("St. Mary Hospital", False),
        ("Kelly Street", False),
        ("12 Mary Jones", False),
        ("", False),
    ],
)
def test_texts_like_persons(text: str, is_person: bool) -> None:
    """Two to five words, the first or the one after a comma a common given name, none of them a company's."""
    assert looks_like_person(text) is is_person


def test_a_few_namesakes_are_no_persons() -> None:
    """One street of twenty that is called after a person does not make a column one of names."""
    streets = [f"Elm {n}th" for n in "abcdefghijklmnopqrs"]
    assert not are_persons([*streets, "Helen Keller"])
    assert are_persons(["Helen Keller", "Xi Jun", "Per Olsen", "Mary Poe"])


@pytest.mark.parametrize(
    ("header", "kind", "sure"),
    [
        ("first_name", Personal.NAMES, True),
        ("OwnerName", Personal.NAMES, False),
        ("EmployeeName", Personal.NAMES, True),
        ("Owner / Business Name", Personal.NAMES, False),
        ("Nombre", Personal.NAMES, False),
        ("Employee", Personal.NAMES, False),
        ("Facility Name", None, False),
        ("Species common name", None, False),
        ("Teléfono", Personal.PHONE, True),
        ("D.O.B.", Personal.BIRTH_DATES, True),
        ("Seguro Social", Personal.SSN, True),
        ("Social Security Office", Personal.SSN, False),
        ("Total", None, False),
        ("", None, False),
    ],
)
def test_headers(header: str, kind: Personal | None, sure: bool) -> None:
    """What a header makes one expect."""
    assert (expected(header).kind, expected(header).sure) == (kind, sure)


def test_rows_left_out_are_not_looked_at() -> None:
    """A hidden row that is skipped does not warn, and places keep their real rows."""
    shape, dataset, log = shape_of(["Mail"]), dataset_of(column("Mail")), ProblemLog()
    looking = watchers(settle_mapping(shape, dataset, (), log), job_of(), shape, dataset)
    for watcher in looking:
        watcher.add(block_of([["ann@x.org"], ["bob@x.org"]]), {0})
        watcher.finish(log)
    (problem,) = log.problems()
    assert (problem.count, where(problem)) == (1, ["Data!A3"])
