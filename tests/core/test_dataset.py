"""Datasets: links people paste, and what their columns take."""

from __future__ import annotations

import pytest

from tests.core.conftest import column, dataset_of
from xl_datasync.core.dataset import parse_dataset_link
from xl_datasync.core.errors import ConfigurationError

ID = "abcd-1234"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        (ID, None), ("  ABCD-1234\xa0", None), ("abcd–1234", None), ("(abcd-1234)", None),
        ("https://data.ct.gov/d/abcd-1234", "data.ct.gov"),
        ("HTTPS://Data.CT.gov/d/ABCD-1234?foo=bar#top", "data.ct.gov"),
        ("https://data.ct.gov/Business/Sales-2024/abcd-1234/about_data", "data.ct.gov"),
        ("https://data.ct.gov/Public-Safety/Fire-Data/abcd-1234", "data.ct.gov"),
        ("https://data.ct.gov/en/Safety/Fire-Data/abcd-1234/data_preview", "data.ct.gov"),
        ("https://data.ct.gov/dataset/Sales/abcd-1234/explore/query/SELECT%20%2A/page/filter", "data.ct.gov"),
        ("https://data.ct.gov/resource/abcd-1234.json?$limit=5", "data.ct.gov"),
        ("https://data.ct.gov/resource/abcd-1234/row-id12.json", "data.ct.gov"),
        ("https://data.ct.gov/api/views/abcd-1234/rows.csv?accessType=DOWNLOAD", "data.ct.gov"),
        ("https://data.ct.gov/api/v3/views/abcd-1234/query.json", "data.ct.gov"),
        ("https://data.ct.gov/api/id/abcd-1234.json", "data.ct.gov"),
        ("data.ct.gov/d/abcd-1234?next=https://other.gov/d/efgh-5678", "data.ct.gov"),
        ("https://data.ct.gov:443/d/abcd-1234", "data.ct.gov"), ("https://data.ct.gov:8443/d/abcd-1234", "data.ct.gov:8443"),
        ("http://127.0.0.1:8780/d/abcd-1234", "127.0.0.1:8780"), ("localhost:8780/d/abcd-1234", "localhost:8780"),
        ("<https://data.ct.gov/d/abcd-1234>", "data.ct.gov"),
    ],
)  # fmt: skip
def test_links_that_name_one_dataset(text: str, host: str | None) -> None:
    """The id is found wherever the portal puts it, and the host is given without scheme, sign-in or usual port."""
    assert parse_dataset_link(text) == (host, ID)


@pytest.mark.parametrize(
    "text", ["", "abcd-123", "abcd-12345", "abcd1234", "https://data.ct.gov/browse", "äbcd-1234", "a b"]
)
def test_texts_without_an_id(text: str) -> None:
    """What holds no id is refused, with the place and how to find one."""
    with pytest.raises(ConfigurationError) as raised:
        parse_dataset_link(text, where="Jobs!G5")
    assert raised.value.message.startswith(f"Jobs!G5: “{text}” holds no dataset ID. Nothing has been sent.")
    assert "such as abcd-1234" in raised.value.remedy


@pytest.mark.parametrize(
    "text",
    ["abcd-1234 efgh-5678", "abcd-1234, efgh-5678", "https://a.gov/d/abcd-1234\nhttps://a.gov/d/efgh-5678",
     "https://a.gov/abcd-1234/efgh-5678"],
)  # fmt: skip
def test_several_ids_are_refused(text: str) -> None:
    """Two datasets in one cell are never guessed between."""
    with pytest.raises(ConfigurationError, match="several dataset IDs"):
        parse_dataset_link(text)


def test_the_same_id_twice_is_one() -> None:
    """A link pasted twice names one dataset."""
    assert parse_dataset_link("https://a.gov/d/abcd-1234 https://a.gov/d/abcd-1234")[1] == ID


def test_a_sign_in_in_a_link_is_not_repeated() -> None:
    """A password pasted with a link does not reach a message."""
    with pytest.raises(ConfigurationError) as raised:
        parse_dataset_link("https://me:hunter2@data.ct.gov/browse")
    assert "hunter2" not in raised.value.message


def test_columns_that_cannot_be_written() -> None:
    """Columns the portal fills, system columns and files are not among the writable ones."""
    dataset = dataset_of(
        column("Fee", "number"), column("Region", computed=True), column(":@tract"), column("Scan", "document")
    )
    assert [c.name for c in dataset.writable_columns] == ["Fee"]


def test_field_names_are_found_without_regard_to_case() -> None:
    """SoQL takes field names in any case, and so does a look-up."""
    dataset = dataset_of(column("Fee"))
    assert dataset.column("FEE") is dataset.columns[0]
    assert dataset.column("other") is None


@pytest.mark.parametrize(
    ("kind", "shown_as", "percent", "factor"),
    [("percent", {}, True, 100), ("percent", {"percentScale": "100"}, True, 1), ("number", {}, False, 100),
     ("number", {"precisionStyle": "percentage", "percentScale": "1"}, True, 100)],
)  # fmt: skip
def test_what_a_percentage_means(kind: str, shown_as: dict[str, object], percent: bool, factor: int) -> None:
    """45% is 45, unless the column's percentScale is 100 (protocol §7)."""
    portal = column("Share", kind, format=shown_as)
    assert (portal.is_percent, portal.percent_factor) == (percent, factor)
