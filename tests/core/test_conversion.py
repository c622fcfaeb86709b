"""Every kind of Excel value to every portal type, and the traps in between."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.conftest import block_of, column, convert, convert_all
from xl_datasync.core.conversion import make_converter
from xl_datasync.core.conversion.moment import is_date_pattern, read_date, strptime_format
from xl_datasync.core.conversion.rule import shows_percent
from xl_datasync.core.dataset import GEOMETRY_TYPES, NUMBER_TYPES
from xl_datasync.core.mapping import ColumnChoice, MappedColumn
from xl_datasync.core.matching import Match
from xl_datasync.core.options import ErrorPolicy, JobOptions, NumberStyle, PercentStyle
from xl_datasync.core.problems import Fault, Severity
from xl_datasync.core.values import NOT_CALCULATED, ErrorValue, SheetColumn

DAY, MOMENT, TIME, ELAPSED = dt.date(2024, 3, 1), dt.datetime(2024, 3, 1, 13, 5), dt.time(7, 5), dt.timedelta(hours=30)
TEXTUAL = ("text", "phone", "html", "drop_down_list", "a type of tomorrow")
ALL_TYPES = (*sorted(NUMBER_TYPES), *sorted(GEOMETRY_TYPES), *TEXTUAL, "calendar_date", "date", "checkbox", "location",
             "url", "email", "stars", "flag", "json")  # fmt: skip


def fault(outcome: str | Fault, words: str, *, sent: str | None = None) -> None:
    """The outcome is a fault of these words: a problem, or a warning with which ``sent`` is sent all the same."""
    assert isinstance(outcome, Fault), outcome
    assert words in outcome.what
    assert outcome.remedy.endswith(".")
    assert outcome.severity is (Severity.PROBLEM if sent is None else Severity.WARNING)
    assert outcome.text == (sent or "")


VALUES = {
    "true": True,
    "int": 3,
    "float": 2.5,
    "text": "abc",
    "day": DAY,
    "moment": MOMENT,
    "time": TIME,
    "elapsed": ELAPSED,
}
NUMBERS_ONLY = {"true": "TRUE or FALSE where a number", "int": "3", "float": "2.5", "text": "text that is not a number",
                "day": "a date where a number", "moment": "a date and time where", "time": "a time of day where",
                "elapsed": "a length of time where"}  # fmt: skip
TEXT_ONLY = {"true": "TRUE or FALSE where", "int": "a number where", "float": "a number where", "day": "a date where",
             "moment": "a date and time where", "time": "a time of day where", "elapsed": "a length of time where"}  # fmt: skip
NO_DATES = {"true": "TRUE or FALSE where a date", "int": "number where a date", "float": "number where a date",
            "text": "text that is not a date", "time": "a time of day where a date", "elapsed": "a length of time where a date"}  # fmt: skip
MATRIX = {
    **dict.fromkeys(sorted(NUMBER_TYPES), NUMBERS_ONLY),
    **{kind: {**TEXT_ONLY, "text": "text that is no "} for kind in sorted(GEOMETRY_TYPES)},
    **{kind: {"true": "TRUE", "int": "3", "float": "2.5", "text": "abc", "day": "2024-03-01",
              "moment": "2024-03-01T13:05:00", "time": "07:05:00", "elapsed": "30:00:00"} for kind in TEXTUAL},
    "calendar_date": {**NO_DATES, "day": "2024-03-01T00:00:00", "moment": "2024-03-01T13:05:00"},
    "date": {**NO_DATES, "day": "no time zone is chosen", "moment": "no time zone is chosen"},
    "checkbox": {"true": "true", **dict.fromkeys(set(VALUES) - {"true"}, "neither yes nor no")},
    "location": {**TEXT_ONLY, "text": "abc"},
    "url": {**TEXT_ONLY, "text": "no web address"},
    "email": dict.fromkeys(VALUES, "no e-mail address"),
    "stars": {**dict.fromkeys(VALUES, "not a rating"), "int": "3"},
    "flag": dict.fromkeys(VALUES, "no flag colour"),
    "json": {"true": "true", "int": "3", "float": "2.5", "text": "text that is not JSON", "day": "a date where",
             "moment": "a date and time where", "time": "a time of day where", "elapsed": "a length of time where"},
}  # fmt: skip


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("portal_type", MATRIX)
def test_each_kind_to_each_type(portal_type: str, kind: str) -> None:
    """Each kind of value becomes the text the portal takes (protocol §7), or a fault that says what it is."""
    outcome, expected = convert(portal_type, VALUES[kind]), MATRIX[portal_type][kind]
    assert expected in outcome.what if isinstance(outcome, Fault) else outcome == expected


def test_the_matrix_has_every_type() -> None:
    """No portal type is left out above."""
    assert set(MATRIX) == set(ALL_TYPES)


@pytest.mark.parametrize("portal_type", ALL_TYPES)
def test_blank_is_blank_for_every_type(portal_type: str) -> None:
    """Nothing, spaces and invisible characters are an empty field, which the portal stores as null."""
    blanks = [None, "", "   ", "\xa0", "\u200b", "\r\n"]
    assert convert_all(portal_type, blanks) == ([""] * len(blanks), [])
    assert convert_all(portal_type, blanks, trim_spaces=False) == ([""] * len(blanks), [])
    assert convert(portal_type, None) == convert(portal_type, "  ") == ""


@pytest.mark.parametrize("portal_type", ALL_TYPES)
def test_errors_are_never_silent(portal_type: str) -> None:
    """An error cell stops; where the job says so it is sent blank, with a warning; what was never calculated stops."""
    fault(convert(portal_type, ErrorValue("#N/A")), "Excel error #N/A")
    fault(convert(portal_type, ErrorValue("#N/A"), error_cells=ErrorPolicy.BLANK), "it is sent blank", sent="")
    for code, words in ((NOT_CALCULATED, "formula without a saved result"), ("impossible date", "impossible date")):
        fault(convert(portal_type, ErrorValue(code)), words)
        fault(convert(portal_type, ErrorValue(code), error_cells=ErrorPolicy.BLANK), words)


@pytest.mark.parametrize("portal_type", ALL_TYPES)
def test_half_characters_are_named(portal_type: str) -> None:
    """A lone half of a character, which no file can hold, is a fault and no crash."""
    fault(convert(portal_type, "a\ud800"), "a broken character")


class TestNumbers:
    """Number, money, percent, double."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [(0, "0"), (-5, "-5"), (12345.0, "12345"), (0.1 + 0.2, "0.3"), (1e-7, "1e-07"), (999_999_999_999_999, "9" * 15),
         ("  42\xa0", "42"), ("+5", "5"), (".5", ".5"), ("5.", "5"), ("-1.50", "-1.50"), ("1e3", "1e3"), ("0", "0"), ("0.50", "0.50")],
    )  # fmt: skip
    def test_plain(self, value: object, text: str) -> None:
        """Numbers, and texts of plain digits, keep their value and their digits."""
        assert convert("number", value) == text

    @pytest.mark.parametrize(
        "text",
        [
            "1,234",
            "$5",
            "5 %",
            "12,5",
            "n/a",
            "1 234",
            "--5",
            "+-5",
            "٣",
            "1_000",
            "0x10",
            "NaN",
            "Infinity",
            "1e",
            "(5)",
            "=1",
            "1/2",
        ],
    )
    def test_texts_that_are_no_plain_number(self, text: str) -> None:
        """Nothing is guessed: signs, groups and words are faults until the job names a style."""
        fault(convert("number", text), "text that is not a number")

    @pytest.mark.parametrize(
        ("style", "text", "sent"),
        [
            (NumberStyle.COMMA_GROUPS, "1,234,567.89", "1234567.89"), (NumberStyle.COMMA_GROUPS, "$5", "5"),
            (NumberStyle.COMMA_GROUPS, "-$1,234", "-1234"), (NumberStyle.COMMA_GROUPS, "$-5.5", "-5.5"),
            (NumberStyle.COMMA_GROUPS, "1234.5", "1234.5"), (NumberStyle.COMMA_GROUPS, "1e3", "1e3"),
            (NumberStyle.POINT_GROUPS, "1.234,50", "1234.50"), (NumberStyle.POINT_GROUPS, "1.234", "1234"),
            (NumberStyle.POINT_GROUPS, "12,5 €", "12.5"), (NumberStyle.POINT_GROUPS, "1.234.567", "1234567"),
            (NumberStyle.SPACE_GROUPS, "1 234,5", "1234.5"), (NumberStyle.SPACE_GROUPS, "1\u202f234\xa0567", "1234567"),
            (NumberStyle.SPACE_GROUPS, "-0,5", "-0.5"), (NumberStyle.POINT_GROUPS, "0,5", "0.5"),
        ],
    )  # fmt: skip
    def test_styles(self, style: NumberStyle, text: str, sent: str) -> None:
        """Under a named style a point or comma means what the style says, never another thing."""
        assert convert("number", text, number_style=style) == sent

    @pytest.mark.parametrize(
        ("style", "text"),
        [(NumberStyle.COMMA_GROUPS, "1,5"), (NumberStyle.COMMA_GROUPS, "12,34,567"), (NumberStyle.POINT_GROUPS, "1.5"),
         (NumberStyle.POINT_GROUPS, "1,234.5"), (NumberStyle.SPACE_GROUPS, "1.5"), (NumberStyle.SPACE_GROUPS, "12 34"),
         (NumberStyle.COMMA_GROUPS, "-$-5"), (NumberStyle.COMMA_GROUPS, "5$3"), (NumberStyle.COMMA_GROUPS, "$")],
    )  # fmt: skip
    def test_what_contradicts_the_style(self, style: NumberStyle, text: str) -> None:
        """A number in another style is a fault, not a number a thousand times too large."""
        fault(convert("number", text, number_style=style), style.value)

    @pytest.mark.parametrize(("text", "sent"), [("007", "7"), ("-00.5", "-0.5"), ("00", "0")])
    def test_leading_zeros_are_lost_with_a_warning(self, text: str, sent: str) -> None:
        """A code such as 007 does not become 7 unseen."""
        fault(convert("number", text), "leading zeros", sent=sent)

    @pytest.mark.parametrize(("value", "sent"), [(1.5e16, "1.5e+16"), (10**15, str(10**15)), (-(2**70), str(-(2**70)))])
    def test_sixteen_digits(self, value: float, sent: str) -> None:
        """Excel has cut what is longer than 15 digits; the number is sent with a warning."""
        fault(convert("number", value), "16 or more digits", sent=sent)

    @pytest.mark.parametrize(("name", "limit"), [("Latitude", 90), ("LAT", 90), ("lon", 180), ("site_longitude", 180)])
    def test_coordinates(self, name: str, limit: int) -> None:
        """Latitude and longitude stay on the globe, as numbers and as texts."""
        portal = column(name, "number")
        assert convert(portal, limit) == str(limit)
        assert convert(portal, -limit) == f"-{limit}"
        for outside in (limit + 0.001, -limit - 1, f"{limit + 1}"):
            fault(convert(portal, outside), f"coordinate outside -{limit} to {limit}")
        assert convert(column("Long description", "number"), 500) == "500"


PERCENT, FRACTION = column("Share", "percent"), column("Share", "percent", format={"percentScale": "100"})


class TestPercentages:
    """Excel stores 45% as 0.45; what is sent depends on the column and on the job's choice."""

    @pytest.mark.parametrize(
        ("portal", "style", "sent"),
        [
            (PERCENT, PercentStyle.AUTOMATIC, "45.6"), (FRACTION, PercentStyle.AUTOMATIC, "0.456"),
            (PERCENT, PercentStyle.AS_STORED, "0.456"), (column("N", "number"), PercentStyle.AS_STORED, "0.456"),
            (PERCENT, PercentStyle.TIMES_100, "45.6"), (column("N", "number"), PercentStyle.TIMES_100, "45.6"),
            (FRACTION, PercentStyle.TIMES_100, "45.6"),
        ],
    )  # fmt: skip
    def test_cells_that_show_a_percent_sign(self, portal: object, style: PercentStyle, sent: str) -> None:
        """The column's scale decides, unless the job says otherwise; no noise of binary fractions."""
        assert convert(portal, 0.456, "0.0%", percent_style=style) == sent
        assert convert(portal, "45.6%", percent_style=style) == sent

    def test_a_plain_number_column_warns(self) -> None:
        """For a number column that knows nothing of percent, the fraction is sent and said; a text is refused."""
        fault(convert("number", 0.45, "0%"), "sent as a fraction", sent="0.45")
        fault(convert("number", "45%"), "text that is not a number")
        fault(convert("text", 0.45, "0%"), "percentage in a text column", sent="0.45")

    def test_plain_numbers_go_as_they_are(self) -> None:
        """45 in a percentage column is 45 percent (protocol §7)."""
        assert convert(PERCENT, 45) == "45"
        assert convert_all(PERCENT, [0.07, 1, 29.0], ["0%", "0%", "0%"])[0] == ["7", "100", "2900"]


class TestTexts:
    """Text columns: what a person reads."""

    @pytest.mark.parametrize(
        ("value", "code", "text"),
        [
            (501, "00000", "00501"), (501.0, "00000", "00501"), (123456789, "000-00-0000", "123-45-6789"),
            (12345678901, "000-00-0000", "12345-67-8901"), (7, '"A0"000', "A0007"), (7, "\\0000", "0007"),
            (5551234, "(000) 000-0000", "(000) 555-1234"), (-5, "00000", "-5"), (1.5, "00000", "1.5"), (5, "0", "5"),
            (5, "0.00", "5"), (12.5, "#,##0.00", "12.5"), (501, "00000;-00000", "00501"), (12345.0, "General", "12345"),
            (1e14, "0.00E+00", "100000000000000"), (-0.0, "General", "0"), (True, "General", "TRUE"),
        ],
    )  # fmt: skip
    def test_numbers_in_text_columns(self, value: float, code: str, text: str) -> None:
        """Integers have no .0; a mask of zeros gives ZIP codes and the like back; nothing is scientific."""
        assert convert("text", value, code) == text

    def test_sixteen_digits(self) -> None:
        """A code of 16 digits has lost its last in Excel; it is refused where it would be text."""
        fault(convert("text", 1234567890123456789), "16 or more digits")
        assert convert("text", 123456789012345) == "123456789012345"

    @pytest.mark.parametrize(
        ("raw", "text"),
        [
            ("  a b \xa0", "a b"), ("a\r\nb\rc\n", "a\nb\nc"), ("\u200bx\ufeff", "x"), ("zero\u200bwidth", "zero\u200bwidth"),
            ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"), ("می\u200cخواهم", "می\u200cخواهم"),
            ("e\u0301", "\xe9"), ("\u212b", "\xc5"), ("a\x00b", "ab"), ("“smart”", "“smart”"), ("\ttab\tin", "tab\tin"),
            ("-5", "-5"), ("+1 555", "+1 555"), ("- item", "- item"), ("-", "-"), ("007", "007"), ("שלום", "שלום"), ("#N/A", "#N/A"),
        ],
    )  # fmt: skip
    def test_what_becomes_of_texts(self, raw: str, text: str) -> None:
        """Edges are trimmed, lines end in LF, Unicode is in the portal's form (protocol §0); the rest stays as it is."""
        assert convert("text", raw) == text

    def test_spaces_are_kept_where_the_job_says_so(self) -> None:
        """Without trimming, spaces around a text stay."""
        assert convert("text", " a \r\n", trim_spaces=False) == " a \n"

    @pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "+cmd", "-cmd|' /C calc'!A0", "=HYPERLINK(1)"])
    def test_formula_like_texts_warn(self, text: str) -> None:
        """Data is not altered; a text that a spreadsheet would run is sent with a warning (OWASP)."""
        fault(convert("text", text), "run as a formula", sent=text)
        fault(convert("text", f"  {text}"), "run as a formula", sent=text)

    def test_long_texts_warn(self) -> None:
        """The portal's limit counts bytes; a cell as full as Excel allows may have been cut."""
        assert convert("text", "x" * 4096) == "x" * 4096
        assert convert("text", "é" * 2048) == "é" * 2048
        fault(convert("text", "x" * 4097), "4,096 bytes", sent="x" * 4097)
        fault(convert("text", "é" * 2049), "4,096 bytes", sent="é" * 2049)
        fault(convert("text", "x" * 32_767), "32,767", sent="x" * 32_767)
        fault(convert("text", "x" * 32_766 + " "), "32,767", sent="x" * 32_766)

    @given(st.text(st.characters(exclude_categories=["Cs"])))
    def test_any_text(self, text: str) -> None:
        """Whatever a cell holds, it comes out in NFC, trimmed, without CR and U+0000, and a second time unchanged."""
        sent = convert_all("text", [text])[0][0]
        assert sent == unicodedata.normalize("NFC", sent)
        assert sent == sent.strip()
        assert not {"\r", "\x00"} & set(sent)
        assert convert_all("text", [sent])[0][0] == sent


class TestDates:
    """Columns without a zone."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (DAY, "2024-03-01T00:00:00"), (dt.datetime(2024, 2, 29, 23, 59, 59, 500_000), "2024-02-29T23:59:59.500"),
            ("2024-03-01", "2024-03-01T00:00:00"), (" 2024-03-01\xa0", "2024-03-01T00:00:00"), ("2024-03-01T13:05", "2024-03-01T13:05:00"),
            ("2024-03-01 13:05:06.123", "2024-03-01T13:05:06.123"), ("2024-03-01 00:00:00.0000000", "2024-03-01T00:00:00"),
            (dt.date(1905, 1, 1), "1905-01-01T00:00:00"), (dt.date(2100, 12, 31), "2100-12-31T00:00:00"),
        ],
    )  # fmt: skip
    def test_dates(self, value: object, text: str) -> None:
        """Dates, date-times and ISO texts are sent as ISO 8601 without a zone."""
        assert convert("calendar_date", value) == text

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("2023-02-29", "not in the calendar"), ("2024-13-01", "not in the calendar"), ("2024-01-01T24:00", "not in the calendar"),
            ("2024-01-01T12:60", "not in the calendar"), ("0000-01-01", "not in the calendar"),
            ("03/04/2024", "day/month or as month/day"), ("3.4.24", "day/month or as month/day"),
            ("13/04/2024", "format is not named"), ("4/4/2024", "format is not named"), ("March 4", "text that is not a date"),
            ("2024-01-01Z", "time zone in a column that has none"), ("2024-01-01T00:00+02:00", "time zone in a column"),
            ("٢٠٢٤-٠١-٠١", "text that is not a date"), ("20240101", "text that is not a date"), ("45000", "text that is not a date"),
        ],
    )  # fmt: skip
    def test_texts_that_are_no_certain_date(self, text: str, words: str) -> None:
        """Nothing is guessed: what two people could read differently is a fault."""
        fault(convert("calendar_date", text), words)

    @pytest.mark.parametrize(
        "value",
        [dt.date(1904, 12, 31), dt.datetime(1900, 1, 1), dt.date(2101, 1, 1), dt.date(9999, 12, 31), "0999-01-01"],
    )
    def test_unusual_years_warn(self, value: object) -> None:
        """Years that are mostly slips are sent with a warning, with four digits."""
        outcome = convert("calendar_date", value)
        fault(outcome, "unusual year", sent=f"{str(value)[:10]}T00:00:00")

    @pytest.mark.parametrize(
        ("pattern", "text", "iso"),
        [
            ("MM/DD/YYYY", "03/04/2024", "2024-03-04T00:00:00"), ("DD/MM/YYYY", "03/04/2024", "2024-04-03T00:00:00"),
            ("m/d/yyyy h:mm AM/PM", "3/4/2024 1:05 PM", "2024-03-04T13:05:00"), ("D MMM YYYY", "4 Mar 2024", "2024-03-04T00:00:00"),
            ("dddd, d. mmmm yyyy", "Monday, 4. March 2024", "2024-03-04T00:00:00"), ("yyyymmdd", "20240304", "2024-03-04T00:00:00"),
            ("YYYYMMDDHHMMSS", "20240304130506", "2024-03-04T13:05:06"), ("dd.mm.yyyy HH.mm", "04.03.2024 13.05", "2024-03-04T13:05:00"),
            ("YYYY-MM-DD HH:MM:SS.000", "2024-03-04 13:05:06.5", "2024-03-04T13:05:06.500"), ("%d/%m/%y", "04/03/24", "2024-03-04T00:00:00"),
            ('yyyy"年"m"月"d"日"', "2024年3月4日", "2024-03-04T00:00:00"), ("d\\-m\\-yyyy", "4-3-2024", "2024-03-04T00:00:00"),
            ("MM/DD/YY", "03/04/24", "2024-03-04T00:00:00"),
        ],
    )  # fmt: skip
    def test_named_formats(self, pattern: str, text: str, iso: str) -> None:
        """Dates are read by Excel's letters, in either case; m beside hours or seconds is minutes."""
        assert is_date_pattern(pattern)
        assert convert("calendar_date", text, date_formats=(pattern,)) == iso
        fault(convert("calendar_date", "no date", date_formats=(pattern,)), "in any of the named formats")

    @pytest.mark.parametrize(
        "pattern", ["", "MM/DD", "YYYY-YYYY-MM-DD", "hello", "DD/DD/YYYY", "HH:mm", "%Y", "%Q", "yyyyy-mm-dd"]
    )
    def test_patterns_that_read_no_date(self, pattern: str) -> None:
        """A pattern without year, month and day, or with one twice, is known to be useless, and does not crash."""
        assert not is_date_pattern(pattern)
        assert isinstance(read_date("03/04/2024", (pattern,)), Fault)

    @given(st.text('YyMmDdHhSs/:. -APap%"\\', max_size=12))
    def test_any_pattern(self, pattern: str) -> None:
        """No pattern that somebody may write crashes the run."""
        strptime_format(pattern)
        is_date_pattern(pattern)
        read_date("03/04/2024", (pattern,))

    def test_formats_that_contradict_each_other(self) -> None:
        """Where two named formats read a text differently, none wins; where they agree, it is read."""
        both = ("MM/DD/YYYY", "DD/MM/YYYY")
        fault(convert("calendar_date", "03/04/2024", date_formats=both), "read differently")
        assert convert("calendar_date", "31/04/2024", date_formats=("DD/MM/YYYY",)) != "2024-04-31T00:00:00"
        assert convert("calendar_date", "12/31/2024", date_formats=both) == "2024-12-31T00:00:00"
        assert convert("calendar_date", "04/04/2024", date_formats=both) == "2024-04-04T00:00:00"

    def test_the_column_map_goes_before_the_job(self) -> None:
        """A format in the Column map is the column's own."""
        choice = ColumnChoice("Any", "", "any", date_format="DD/MM/YYYY")
        assert (
            convert("calendar_date", "03/04/2024", choice=choice, date_formats=("MM/DD/YYYY",)) == "2024-04-03T00:00:00"
        )


class TestMoments:
    """Columns with a zone, sent as UTC."""

    def test_the_zone_of_the_job(self) -> None:
        """A cell has no zone; the job's is applied, summer and winter."""
        zone = "America/New_York"
        assert convert("date", dt.datetime(2024, 1, 15, 12), time_zone=zone) == "2024-01-15T17:00:00Z"
        assert convert("date", dt.datetime(2024, 7, 15, 12), time_zone=zone) == "2024-07-15T16:00:00Z"
        assert convert("date", DAY, time_zone="UTC") == "2024-03-01T00:00:00Z"
        assert (
            convert("date", DAY, choice=ColumnChoice("Any", "", "any", time_zone="Asia/Tokyo"), time_zone="UTC")
            == "2024-02-29T15:00:00Z"
        )

    @pytest.mark.parametrize(("text", "sent"), [("2024-03-01T12:00:00+02:00", "2024-03-01T10:00:00Z"), ("2024-03-01T12:00Z", "2024-03-01T12:00:00Z"),
                                                ("2024-03-01 12:00 -0800", "2024-03-01T20:00:00Z")])  # fmt: skip
    def test_a_zone_in_the_text(self, text: str, sent: str) -> None:
        """A zone that stands in the cell is followed, whether the job names one or not."""
        assert convert("date", text) == convert("date", text, time_zone="Asia/Tokyo") == sent

    def test_clock_changes(self) -> None:
        """An hour that does not exist is a fault; one that occurs twice is sent as the earlier, with a warning."""
        fault(convert("date", dt.datetime(2024, 3, 10, 2, 30), time_zone="America/New_York"), "does not exist")
        twice = convert("date", dt.datetime(2024, 11, 3, 1, 30), time_zone="America/New_York")
        fault(twice, "occurs twice", sent="2024-11-03T05:30:00Z")

    @pytest.mark.parametrize(
        "text", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "2024-01-01T00:00+25:00"]
    )
    def test_the_ends_of_the_calendar(self, text: str) -> None:
        """A moment that falls off the calendar in UTC is a fault and no crash."""
        fault(convert("date", text), "not in the calendar")
        fault(convert("date", dt.datetime(1, 1, 1), time_zone="Asia/Tokyo"), "not in the calendar")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0%", True),
        ("0.0 %;[Red]-0.0 %", True),
        ('0"%"', False),
        (r"0\%", False),
        ("0_%", False),
        ("General", False),
        ('"a"0%', True),
    ],
)
def test_percent_formats(code: str, shown: bool) -> None:
    """A percent sign that only stands for itself does not multiply what Excel shows."""
    assert shows_percent(code) is shown
    assert convert("number", 20, code, percent_style=PercentStyle.TIMES_100) == ("2000" if shown else "20")


class TestOtherTypes:
    """Checkboxes, addresses, JSON, geometry and the older types."""

    @pytest.mark.parametrize(
        ("value", "sent"),
        [(True, "true"), (False, "false"), (1, "true"), (0, "false"), (1.0, "true"), (0.0, "false"), (" YES ", "true"),
         ("n", "false"), ("TRUE", "true"), ("False", "false"), ("1", "true"), ("Y", "true")],
    )  # fmt: skip
    def test_checkbox_words(self, value: object, sent: str) -> None:
        """TRUE and FALSE, 1 and 0, yes and no are understood in any case."""
        assert convert("checkbox", value) == sent

    def test_words_of_the_job(self) -> None:
        """The job's words take the place of yes and no; TRUE and FALSE are always understood."""
        words = {"yes_words": frozenset({"x"}), "no_words": frozenset({"nein"})}
        assert [convert("checkbox", v, **words) for v in ("X", "Nein", "true", "FALSE")] == [
            "true",
            "false",
            "true",
            "false",
        ]
        fault(convert("checkbox", "yes", **words), "neither yes nor no")
        fault(convert("checkbox", 2), "neither yes nor no")

    @pytest.mark.parametrize(
        ("portal_type", "value", "sent"),
        [
            ("point", "POINT (-122.33 47.61)", "POINT (-122.33 47.61)"), ("point", " (47.61, -122.33) ", "POINT (-122.33 47.61)"),
            ("point", '{"type": "Point", "coordinates": [-122.33, 47.61]}', "POINT (-122.33 47.61)"),
            ("point", "SRID=4326;POINT (1 2)", "POINT (1 2)"), ("line", "LINESTRING (0 0, 1 1)", "LINESTRING (0 0, 1 1)"),
            ("polygon", "POLYGON ((0 0, 1 0, 1 1, 0 0))", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
            ("multipolygon", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))"),
            ("location", "12 Elm St\r\nHartford, CT 06103\r\n(41.76, -72.67)", "12 Elm St\nHartford, CT 06103\n(41.76, -72.67)"),
            ("url", "https://a.gov/x y?", None), ("url", "https://a.gov/x", "https://a.gov/x"), ("url", "City (https://a.gov)", "City (https://a.gov)"),
            ("url", "mailto:a@b.gov", "mailto:a@b.gov"), ("url", "www.a.gov", None), ("email", " a@b.gov ", "a@b.gov"), ("email", "a at b", None),
            ("stars", 4.0, "4"), ("stars", "4.5", None), ("stars", 6, None), ("flag", " Red", "red"), ("flag", "pink", None),
            ("json", '{"a": [1, null]}', '{"a": [1, null]}'), ("json", "NaN", None), ("json", '{"a": Infinity}', None), ("json", "{", None),
            ("json", '"text"', '"text"'), ("point", "POLYGON ((0 0, 1 0, 1 1, 0 0))", None), ("point", "POINT EMPTY", None),
            ("point", "POINT (nan 1)", None), ("point", "POINT (200 10)", None), ("point", "(120, 40)", None), ("point", "SRID=2263;POINT (1 2)", None),
            ("location", "Elm St (120.0, 40.0)", None), ("point", '{"type": "Point"}', None), ("json", "[" * 100_000, None),
        ],
    )  # fmt: skip
    def test_texts_with_a_form(self, portal_type: str, value: object, sent: str | None) -> None:
        """What has the form the portal takes is sent, the rest is a fault."""
        outcome = convert(portal_type, value)
        assert isinstance(outcome, Fault) if sent is None else outcome == sent

    @pytest.mark.parametrize(
        ("portal_type", "text"),
        [
            ("point", '{"type":"Point","coordinates":["1","2"]}'), ("point", '{"type":"Point","coordinates":[true,2]}'),
            ("point", '{"type":"Point","coordinates":[NaN,2]}'), ("point", '{"type":"Point","coordinates":[1e999,2]}'),
            ("point", '{"type":"Point","coordinates":[1,2,"x"]}'), ("point", '{"type":"Point","coordinates":[]}'),
            ("point", '{"type":"Point","coordinates":{"x":1}}'), ("multipoint", '{"type":"MultiPoint","coordinates":[]}'),
            ("multipoint", '{"type":"MultiPoint","coordinates":[[1,2],["3",4]]}'), ("multiline", '{"type":"MultiLineString","coordinates":[]}'),
            ("line", '{"type":"LineString","coordinates":[[1,2],[1,2,3]]}'), ("multipolygon", '{"type":"MultiPolygon","coordinates":[]}'),
            ("polygon", '{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]],[]]}'),
            ("point", '{"type":"Point","coordinates":' + "[" * 100_000), ("point", "POINT (1e400 2)"), ("multipoint", "MULTIPOINT EMPTY"),
        ],
    )  # fmt: skip
    def test_coordinates_that_are_none(self, portal_type: str, text: str) -> None:
        """Coordinates that are texts, missing, or no numbers at all are a fault of the cell and end no run."""
        assert isinstance(convert(portal_type, text), Fault)

    def test_geometry_of_another_kind(self) -> None:
        """The kind that was found is named, a collection's too."""
        collection = '{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}'
        fault(convert("point", collection), "GeometryCollection where Point is needed")
        fault(convert("point", '{"type":"MultiPoint","coordinates":[[1,2]]}'), "MultiPoint where Point is needed")

    @pytest.mark.parametrize("blank", [None, " ", "\u200b"])
    def test_a_link_left_over_in_a_blank_cell(self, blank: str | None) -> None:
        """A blank cell is blank whatever hyperlink is left in it, alone in its block or beside others."""
        mapped = MappedColumn(column("Site", "url"), SheetColumn(0, "A", "Site"), Match.EXACT)
        converter, links = make_converter(mapped, JobOptions()), ["https://old.gov", "https://a.gov"]
        assert converter.convert(block_of([[blank]], links={0: links[:1]})) == ([""], [])
        assert converter.convert(block_of([[blank], ["City"]], links={0: links})) == (["", "https://a.gov"], [])

    def test_zero_zero_warns(self) -> None:
        """A point in the Atlantic is mostly a missing one."""
        fault(convert("point", "(0, 0)"), "Atlantic", sent="POINT (0 0)")

    @settings(max_examples=200)
    @given(st.text('POINTLES()0123456789., -{}[]":aZ', max_size=30), st.sampled_from(sorted(GEOMETRY_TYPES)))
    def test_any_text_for_geometry(self, text: str, portal_type: str) -> None:
        """No text crashes the run; what is sent has the type's name."""
        outcome = convert(portal_type, text)
        assert isinstance(outcome, Fault) or outcome == "" or "(" in outcome


class TestConstants:
    """Fixed and default values of the Column map."""

    def test_a_default_is_converted(self) -> None:
        """A default is sent where the cell is empty, in the form the portal takes."""
        choice = ColumnChoice("Any", "", "any", default="TRUE")
        assert convert_all("checkbox", [None, False, " "], choice=choice)[0] == ["true", "false", "true"]
        day = ColumnChoice("Any", "", "any", default="03/04/2024", date_format="MM/DD/YYYY")
        assert convert_all("calendar_date", [None], choice=day)[0] == ["2024-03-04T00:00:00"]

    def test_numbers_in_the_column_map_have_a_point(self) -> None:
        """The style of the sheet's texts does not change a number that stands in the Column map."""
        choice = ColumnChoice("Any", "", "any", default="1.234")
        assert convert_all("number", [None, "1.234"], choice=choice, number_style=NumberStyle.POINT_GROUPS)[0] == [
            "1.234",
            "1234",
        ]


values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.sampled_from(["  ", "\u200b", " =1", "007", "1.5", "yes", "2024-01-01", "(1, 2)", "x\r\ny", "-", ErrorValue("#N/A"), -0.0, 0.45, 1e15]),
)  # fmt: skip
codes = st.sampled_from(["General", "0%", "00000", "0.00", "yyyy-mm-dd", "@"])
types = st.sampled_from(sorted({*ALL_TYPES}))
styles = st.fixed_dictionaries({
    "trim_spaces": st.booleans(), "percent_style": st.sampled_from(PercentStyle), "number_style": st.sampled_from(NumberStyle),
    "error_cells": st.sampled_from(ErrorPolicy), "time_zone": st.sampled_from(["", "America/New_York"]),
})  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(values, codes), min_size=1, max_size=6), types, styles)
def test_a_block_at_once_is_row_by_row(
    cells: list[tuple[object, str]], portal_type: str, options: dict[str, object]
) -> None:
    """How rows are gathered into blocks changes neither what is sent nor what is found."""
    column_values, column_codes = zip(*cells, strict=True)
    texts, faults = convert_all(portal_type, list(column_values), list(column_codes), **options)
    alone = [convert_all(portal_type, [value], [code], **options) for value, code in cells]
    assert texts == [one for (one,), _ in alone]
    assert faults == [(place, fault) for place, (_, found) in enumerate(alone) for _, fault in found]


@given(
    st.lists(st.none() | st.floats(-1e14, 1e14) | st.text("ab =-é\u200b\r", max_size=4), min_size=1, max_size=8),
    st.booleans(),
)
def test_alike_columns_at_once(column_values: list[object], trim: bool) -> None:
    """The same for the columns sheets mostly have: numbers with gaps, texts with gaps."""
    for kind, portal_type in ((float, "number"), (float, "text"), (str, "text")):
        alike = [value for value in column_values if value is None or isinstance(value, kind)]
        if alike:
            texts, _ = convert_all(portal_type, alike, trim_spaces=trim)
            assert texts == [convert_all(portal_type, [value], trim_spaces=trim)[0][0] for value in alike]
