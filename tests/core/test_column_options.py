"""What one column's row of the Column map says of its values: it goes before the job's options."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.core.conftest import column, convert, convert_all, dataset_of, job_of, make_table, planned, where
from xl_datasync.core.conversion import options_of
from xl_datasync.core.conversion.shown import shown
from xl_datasync.core.mapping import ColumnChoice, MappedColumn
from xl_datasync.core.matching import Match
from xl_datasync.core.options import JobOptions, PercentStyle
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import SheetColumn, Value


def choice(**more: object) -> ColumnChoice:
    """A row of the Column map."""
    return ColumnChoice("Any", "", "Any", where="'Column map'!B5", **more)


def test_what_a_row_says_goes_first() -> None:
    """Each of its settings takes the place of the job's, and the others stay the job's."""
    job = JobOptions(
        date_formats=("MM/DD/YYYY", "D MMM YYYY"), time_zone="UTC", percent_style=PercentStyle.AS_STORED,
        yes_words=frozenset({"yes", "x"}), no_words=frozenset({"no", "o"}), trim_spaces=False,
    )  # fmt: skip

    def own(row: ColumnChoice | None) -> JobOptions:
        mapped = MappedColumn(column("Any"), SheetColumn(0, "A", "Any"), Match.CHOSEN, row)
        return options_of(mapped, job)

    assert own(None) is own(choice()) is job
    assert own(choice(date_format="DD.MM.YYYY")).date_formats == ("DD.MM.YYYY",)
    assert own(choice(date_format="MM/DD/YYYY; MMM D YYYY")).date_formats == ("MM/DD/YYYY", "MMM D YYYY")
    assert own(choice(time_zone="Europe/Berlin")).time_zone == "Europe/Berlin"
    assert own(choice(percent_style=PercentStyle.TIMES_100)).percent_style is PercentStyle.TIMES_100
    assert own(choice(percent_style=PercentStyle.AUTOMATIC)).percent_style is PercentStyle.AUTOMATIC
    both = own(choice(yes_words=frozenset({"o"}), no_words=frozenset({"x"})))
    assert (both.yes_words, both.no_words, both.trim_spaces) == ({"o"}, {"x"}, False)
    # A word that is yes in this column is not no as well.
    assert own(choice(yes_words=frozenset({"o"}))).no_words == {"no"}
    assert own(choice(no_words=frozenset({"yes"}))).yes_words == {"x"}


def test_values_follow_the_row() -> None:
    """Percentages, words and dates are read as the row says."""
    times, stored = choice(percent_style=PercentStyle.TIMES_100), choice(percent_style=PercentStyle.AS_STORED)
    assert (convert("number", 0.45, "0%", times), convert("number", 0.45, "0%", stored)) == ("45", "0.45")
    assert convert("checkbox", "Oui", choice=choice(yes_words=frozenset({"oui"}))) == "true"
    assert isinstance(convert("checkbox", "yes", choice=choice(yes_words=frozenset({"oui"}))), Fault)
    assert convert("calendar_date", "31/12/2024", choice=choice(date_format="DD/MM/YYYY")) == "2024-12-31T00:00:00"
    several = choice(date_format="MM/DD/YYYY; MMM D YYYY")
    assert convert("calendar_date", "12/31/2024", choice=several) == "2024-12-31T00:00:00"
    assert convert("calendar_date", "Dec 31 2024", choice=several) == "2024-12-31T00:00:00"


class TestKeptAsText:
    """A text column gets what the cell shows."""

    @pytest.mark.parametrize(
        ("value", "code", "text"),
        [
            # Identifiers with their zeros and hyphens.
            (501, "00000", "00501"), (501.0, "00000", "00501"), (123456789, "000-00-0000", "123-45-6789"),
            (981011234, "00000-0000", "98101-1234"), (7, '"A"000', "A007"), (7, "\\#00", "#07"),
            (5551212, "[<=9999999]###-####;(###) ###-####", "555-1212"),
            (2065551212, "[<=9999999]###-####;(###) ###-####", "(206) 555-1212"),
            # Decimals, rounded as Excel does, thousands, money, percentages, thousands and millions.
            (1.5, "0.00", "1.50"), (1.005, "0.00", "1.01"), (12.3, "0.0##", "12.3"), (0.5, "#.##", ".5"),
            (1234567.891, "#,##0.00", "1,234,567.89"), (12, "0,000", "0,012"), (1234.5, "$#,##0.00", "$1,234.50"),
            (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"), (0.456, "0.0%", "45.6%"), (45, '0"%"', "45%"),
            (1234567, '0.0,," M"', "1.2 M"), (98101, "#,##0,", "98"),
            # Sections for what is below zero, zero and text.
            (-5, "0.00;(0.00)", "(5.00)"), (-5, "0.00", "-5.00"), (0, '0;-0;"none"', "none"), (-3, "General", "-3"),
            (5, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$5.00"), ("x", '0;-0;0;"<"@">"', "<x>"),
            ("x", "00000", "x"), (5, "0;;", "5"), (0, ";;;", ""), (-5, "[Red]0;[Blue]-0", "-5"),
            # Plain ones.
            (501, "General", "501"), (501, "@", "501"), (0.1, "General", "0.1"), (12, 'General" km"', "12 km"),
            (True, "0", "TRUE"), (" a ", "General", "a"), (None, "00000", ""),
        ],
    )  # fmt: skip
    def test_numbers_and_texts(self, value: Value, code: str, text: str) -> None:
        """What English-language Excel shows is sent."""
        assert convert("text", value, code, choice(keep_text=True)) == text

    @pytest.mark.parametrize(
        ("value", "code", "text"),
        [
            (dt.datetime(2024, 1, 5, 13, 4, 9), "m/d/yyyy h:mm AM/PM", "1/5/2024 1:04 PM"),
            (dt.datetime(2024, 1, 5, 0, 0), "m/d/yyyy;@", "1/5/2024"), (dt.date(2024, 1, 5), "yyyy-mm-dd", "2024-01-05"),
            (dt.date(2024, 1, 5), "[$-409]d-mmm-yy", "5-Jan-24"), (dt.date(2024, 1, 5), "mmmm yyyy", "January 2024"),
            (dt.date(2024, 1, 5), "dddd, mmmm d, yyyy", "Friday, January 5, 2024"), (dt.date(2024, 1, 5), "yyyymmdd", "20240105"),
            (dt.datetime(2024, 1, 5, 0, 1, 2, 345000), "mm:ss.00", "01:02.35"), (dt.time(9, 5), "hh:mm", "09:05"),
            (dt.time(0, 5), "h:mm a/p", "12:05 a"), (dt.timedelta(hours=26, minutes=3), "[h]:mm:ss", "26:03:00"),
            (dt.timedelta(minutes=90), "[mm]", "90"), (dt.datetime(2024, 1, 5, 13), 'hh"h"', "13h"),
        ],
    )  # fmt: skip
    def test_dates_and_times(self, value: Value, code: str, text: str) -> None:
        """Dates are sent in the letters of their format."""
        assert convert("text", value, code, choice(keep_text=True)) == text

    @pytest.mark.parametrize(
        ("value", "code"),
        [
            (0.5, "# ?/?"), (1e6, "0.00E+00"), (5, "[DBNum1]0"), (-0.001, "0.00"), (-5, "[>0]0;[<=0]0"), (5, '0.0"'),
            (dt.date(2024, 1, 5), "mm-dd-yy"), (dt.date(2024, 1, 5), "[$-40C]mmm yy"),
            (dt.date(2024, 1, 5), "[$-F800]dddd, mmmm dd, yyyy"), (dt.date(2024, 1, 5), "General"),
            (dt.datetime(2024, 1, 5, 23, 59, 59, 700000), "h:mm"), (dt.timedelta(hours=-1), "[h]:mm"),
            (dt.time(9, 5), "d"), (dt.date(2024, 1, 5), "gg e"),
        ],
    )  # fmt: skip
    def test_what_a_format_does_not_tell_is_a_fault(self, value: Value, code: str) -> None:
        """Fractions, exponents, and what each computer shows in its own way, are named and not guessed."""
        fault = convert("text", value, code, choice(keep_text=True))
        assert isinstance(fault, Fault)
        assert (fault.severity, "“Keep as text”" in fault.remedy) == (Severity.PROBLEM, True)

    def test_numbers_that_excel_has_cut_stay_a_fault(self) -> None:
        """No format brings digits back that are lost."""
        fault = convert("text", 1234567890123456, "0000000000000000", choice(keep_text=True))
        assert "16 or more digits" in fault.what

    def test_a_block_of_plain_numbers_and_one_of_mixed_formats_agree(self) -> None:
        """The way for many cells at once gives what the way for each gives."""
        row = choice(keep_text=True)
        assert convert_all("text", [1, 2.5, "a", None], None, row)[0] == ["1", "2.5", "a", ""]
        assert convert_all("text", [1, 2.5, "a", None], ["General", "0.00", "00", "00"], row)[0] == [
            "1",
            "2.50",
            "a",
            "",
        ]

    def test_without_the_row_dates_are_iso(self) -> None:
        """The setting is for those who ask for it."""
        assert convert("text", dt.date(2024, 1, 5), "m/d/yyyy") == "2024-01-05"

    def test_only_for_text_columns(self) -> None:
        """A number column cannot keep texts; the row is named, by its cell."""
        row = ColumnChoice("Fee", "", "Fee", keep_text=True, where="B5", cells={"Keep as text": "'Column map'!K5"})
        outcome = planned(job_of(choices=[row]), dataset_of(column("Fee", "number")), make_table(["Fee"], [[1]]))
        problem = outcome.found["the portal column “Fee” is not a text column, so nothing can be kept as text"]
        assert where(problem) == ["'Column map'!K5"]
        assert problem.blocks


def test_a_format_of_any_text_is_read() -> None:
    """Whatever stands in a format, there is an answer or none, but no error."""
    for code in [
        "",
        ";",
        ";;;;;",
        '"',
        "\\",
        "[",
        "[]",
        "[$",
        "_",
        "*",
        "0.0.0",
        ",",
        "0,,,0",
        "%%",
        "?",
        "/",
        "0/0",
        "@@",
    ]:
        for value in (0, -1.5, 12345, "x", dt.date(2024, 1, 5), dt.time(1, 2), dt.timedelta(1), True):
            assert isinstance(shown(value, code), str | None)
