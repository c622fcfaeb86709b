"""The CSV that is sent: the standard library reads back what was written."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xl_datasync.core.csv_text import CsvWriter

texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('",\r\n;\t \x00é€𝒳'), max_size=12)
tables = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(texts, min_size=width, max_size=width),
        st.lists(st.lists(st.lists(texts, min_size=width, max_size=width), max_size=5), max_size=3),
    )
)


@given(tables)
def test_what_was_written_is_read_back(table: tuple[list[str], list[list[list[str]]]]) -> None:
    """Any texts, in any number of blocks, come back; size and hash are those of the bytes."""
    names, blocks = table
    out = io.BytesIO()
    writer = CsvWriter(out, names)
    for rows in blocks:
        writer.write([list(column) for column in zip(*rows, strict=True)])
    data = out.getvalue()
    assert list(csv.reader(io.StringIO(data.decode(), newline=""))) == [
        names,
        *(row for rows in blocks for row in rows),
    ]
    assert writer.size == len(data)
    assert writer.sha256 == hashlib.sha256(data).hexdigest()


def test_lines_and_quotes() -> None:
    """Lines end in CR LF; only what needs quotes has them; an empty line of one column is written as such."""
    out = io.BytesIO()
    CsvWriter(out, ["a"]).write([["x", "", 'say "hi"', "1,5", " padded "]])
    assert out.getvalue() == b'a\r\nx\r\n""\r\n"say ""hi"""\r\n"1,5"\r\n padded \r\n'


def test_no_rows_add_nothing() -> None:
    """A block that lost all its rows leaves no line."""
    out = io.BytesIO()
    writer = CsvWriter(out, ["a", "b"])
    writer.write([[], []])
    assert out.getvalue() == b"a,b\r\n"


def test_half_a_character_is_never_written() -> None:
    """What is no text cannot get into the file unnoticed."""
    with pytest.raises(UnicodeEncodeError):
        CsvWriter(io.BytesIO(), ["a"]).write([["\ud800"]])
