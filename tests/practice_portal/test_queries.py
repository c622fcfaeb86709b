"""SODA2 reads: output rules, headers and the query language (protocol §4)."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from xl_datasync.practice_portal import PracticePortal


def read(portal: PracticePortal, dataset_id: str, **parameters: object) -> list[dict[str, Any]]:
    """Rows of a query; `select` stands for `$select` and so on."""
    params = {f"${name}": str(value) for name, value in parameters.items()}
    response = requests.get(f"{portal.url}/resource/{dataset_id}.json", params=params)
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()
    return rows


def codes(portal: PracticePortal, **parameters: object) -> list[str]:
    """Identifiers of the airports that a query finds."""
    return [row["iata_code"] for row in read(portal, "smal-fild", select="iata_code", **parameters)]


def test_json_rules(portal: PracticePortal) -> None:
    """Numbers are strings, checkboxes booleans, nulls left out; one row on each line."""
    response = requests.get(f"{portal.url}/resource/type-samp.json")
    first, _, last = response.json()
    assert first["number_value"] == "42"
    assert first["checkbox_value"] is True
    assert first["calendar_date_value"] == "2014-10-13T00:00:00.000"
    assert first["date_value"] == "2014-10-14T00:00:00.000Z"
    assert set(last) == {"id", "text_value", "number_value"}
    assert last["number_value"] == "12345678901234567890.125"
    assert response.text.count("\n,{") == 2
    assert response.headers["Content-Type"] == "application/json;charset=utf-8"


def test_csv_rules(portal: PracticePortal) -> None:
    """CSV has field names on top, every value in quotes, nulls empty, points as WKT."""
    response = requests.get(f"{portal.url}/resource/type-samp.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=UTF-8"
    header, first, *_, last = csv.reader(io.StringIO(response.text))
    row = dict(zip(header, first, strict=True))
    assert row["point_value"] == "POINT (-122.3321 47.6062)"
    assert row["checkbox_value"] == "true"
    assert response.text.endswith('"003","Żółć, naïve, 東京, مرحبا","12345678901234567890.125",,,,,,,,,,,,,,\n')
    assert len(last) == len(header)


def test_csv_by_accept_header_and_bom(portal: PracticePortal) -> None:
    """Without an extension the Accept header decides; `$$bom` puts a byte order mark in front."""
    url = f"{portal.url}/resource/smal-fild"
    assert requests.get(url, headers={"Accept": "text/csv"}).text.startswith('"iata_code"')
    assert requests.get(url).json()[0]["iata_code"] == "00M"
    assert requests.get(f"{url}.csv?$$bom=true").content.startswith(b"\xef\xbb\xbf")
    assert requests.get(f"{url}.xml").status_code == 400


def test_headers(portal: PracticePortal) -> None:
    """A read names its fields and types and says how fresh it is."""
    headers = requests.get(f"{portal.url}/resource/weat-hlog.json?$limit=1").headers
    assert headers["X-SODA2-Fields"].startswith('["observed_on", "precipitation_mm"')
    assert headers["X-SODA2-Types"] == ('["floating_timestamp", "number", "number", "number", "number", "text"]')
    assert headers["X-SODA2-Data-Out-Of-Date"] == "false"
    assert headers["Last-Modified"] == headers["X-SODA2-Secondary-Last-Modified"]
    assert headers["Last-Modified"] == headers["X-SODA2-Truth-Last-Modified"]
    assert headers["Content-Encoding"] == "gzip"
    assert headers["ETag"].endswith('--gzip"')


def test_no_gzip_unless_accepted(portal: PracticePortal) -> None:
    """An answer is packed for those who take it only."""
    url = f"{portal.url}/resource/smal-fild.json"
    plain = requests.get(url, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.json() == requests.get(url).json()


def test_conditional_reads(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """An unchanged dataset is 304; after a write it is sent again; a failed If-Match is 412."""
    etag = publisher.get(f"{people}.json").headers["ETag"]
    assert publisher.get(f"{people}.json", headers={"If-None-Match": etag}).status_code == 304
    publisher.post(f"{people}.json", json=[{"code": "c"}]).raise_for_status()
    assert publisher.get(f"{people}.json", headers={"If-None-Match": etag}).status_code == 200
    assert publisher.get(f"{people}.json", headers={"If-Match": '"other"'}).status_code == 412


def test_limits(portal: PracticePortal) -> None:
    """The default limit is 1000; pages neither repeat nor lose a row."""
    assert len(read(portal, "airp-orts")) == 1000
    pages = [read(portal, "airp-orts", limit=1500, offset=start) for start in (0, 1500, 3000)]
    assert [len(page) for page in pages] == [1500, 1500, 300]
    assert len({row["iata_code"] for page in pages for row in page}) == 3300
    assert read(portal, "airp-orts", limit=0) == []


CONDITIONS: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ("iata_code = '00M'", lambda row: row["iata_code"] == "00M"),
    ('iata_code = "00M"', lambda row: row["iata_code"] == "00M"),
    ("`iata_code` == '00M'", lambda row: row["iata_code"] == "00M"),
    ("iata_code in ('00M', '00R', 'none')", lambda row: row["iata_code"] in ("00M", "00R")),
    ("iata_code not in ('00M')", lambda row: row["iata_code"] != "00M"),
    ("state = 'MS' and not city like '%a%'", lambda row: row["state"] == "MS" and "a" not in row["city"]),
    ("city not like '%a%'", lambda row: "a" not in row["city"]),
    ("airport_name like 'T_igpen'", lambda row: row["airport_name"] == "Thigpen"),
    ("airport_name like 't%'", lambda row: row["airport_name"].startswith("t")),
    ("latitude > 60", lambda row: float(row["latitude"]) > 60),
    ("latitude > '60'", lambda row: float(row["latitude"]) > 60),
    ("latitude between 31 and 32", lambda row: 31 <= float(row["latitude"]) <= 32),
    ("latitude - 1 >= 60 or state = 'TX'", lambda row: float(row["latitude"]) >= 61 or row["state"] == "TX"),
    ("latitude % 2 < 1", lambda row: float(row["latitude"]) % 2 < 1),
    ("starts_with(airport_name, 'Th')", lambda row: row["airport_name"].startswith("Th")),
    ("contains(lower(airport_name), 'port')", lambda row: "port" in row["airport_name"].lower()),
    ("upper(city) = 'BAY SPRINGS'", lambda row: row["city"] == "Bay Springs"),
    ("airport_name is null", lambda _: False),
    ("airport_name is not null and true", lambda _: True),
    ("(state = 'TX') and latitude <> 5 and latitude != 6", lambda row: row["state"] == "TX"),
]


@pytest.mark.parametrize(("where", "holds"), CONDITIONS)
def test_where(portal: PracticePortal, where: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    """A condition finds the rows for which it holds, in row order."""
    expected = [row["iata_code"] for row in portal.rows("smal-fild") if holds(row)]
    assert codes(portal, where=where) == expected


def test_plain_equality(portal: PracticePortal) -> None:
    """`field=value` filters, numbers by value."""
    url = f"{portal.url}/resource/airp-orts.json"
    assert [row["iata_code"] for row in requests.get(url, params={"city": "Bay Springs"}).json()] == ["00M"]
    assert requests.get(url, params={"latitude": "31.953764720"}).json()[0]["iata_code"] == "00M"


def test_full_text(portal: PracticePortal) -> None:
    """`$q` finds rows that hold all words, in any case."""
    assert [row["iata_code"] for row in read(portal, "airp-orts", q="THIGPEN bay")] == ["00M"]


def test_order(portal: PracticePortal) -> None:
    """Numbers are ordered by value, not as text; DESC turns the order; ties keep row order."""
    values = [float(row["longitude"]) for row in read(portal, "smal-fild", order="longitude")]
    assert values == sorted(values)
    rows = read(portal, "smal-fild", order="state DESC, city", select="state, city")
    assert [row["state"] for row in rows] == sorted((row["state"] for row in rows), reverse=True)


def test_aggregates(portal: PracticePortal) -> None:
    """Aggregates are exact, named after their columns or by alias."""
    rows = portal.rows("weat-hday")
    days = len(rows)
    (found,) = read(
        portal,
        "weat-hday",
        select="count(*), sum(precipitation_mm), min(max_temp_c), max(max_temp_c) as hottest,"
        " count(distinct weather), max(observed_on)",
    )
    assert found["count"] == str(days)
    assert Decimal(found["sum_precipitation_mm"]) == sum(Decimal(str(row["precipitation_mm"])) for row in rows)
    assert (found["min_max_temp_c"], found["hottest"]) == ("-1.6", "35.6")
    assert found["count_weather"] == str(len({row["weather"] for row in rows}))
    assert found["max_observed_on"] == "2014-12-31T00:00:00.000"


def test_group_and_having(portal: PracticePortal) -> None:
    """Groups are counted, kept by HAVING and ordered by alias."""
    rows = read(
        portal,
        "weat-hday",
        select="date_extract_y(observed_on) as year, weather, count(*) as days, avg(max_temp_c) as mean",
        group="year, weather",
        having="days > 100",
        order="days DESC",
    )
    assert rows[0]["weather"] == "rain" or rows[0]["weather"] == "sun"
    assert all(int(row["days"]) > 100 for row in rows)
    assert [int(row["days"]) for row in rows] == sorted((int(row["days"]) for row in rows), reverse=True)


def test_dates(portal: PracticePortal) -> None:
    """Dates compare with ISO text and are cut to year, month, day."""
    where = "observed_on between '2013-02-01' and '2013-02-28T23:59:59'"
    rows = read(portal, "weat-hday", where=where, select="observed_on")
    assert len(rows) == 28
    (row,) = read(
        portal,
        "weat-hday",
        select="date_trunc_y(observed_on) as y, date_trunc_ym(observed_on) as m, date_trunc_ymd(observed_on) as d,"
        " date_extract_m(observed_on) as month, date_extract_d(observed_on) as day",
        where="observed_on = '2013-02-09'",
    )
    assert row == {
        "y": "2013-01-01T00:00:00.000",
        "m": "2013-02-01T00:00:00.000",
        "d": "2013-02-09T00:00:00.000",
        "month": "2",
        "day": "9",
    }


def test_statement(portal: PracticePortal) -> None:
    """`$query` holds all clauses in one text."""
    query = (
        "select state, count(*) as n, max(latitude) where latitude > 30 group by state"
        " having n > 5 order by n desc, state limit 3 offset 1"
    )
    rows = read(portal, "airp-orts", query=query)
    assert len(rows) == 3
    assert list(rows[0]) == ["state", "n", "max_latitude"]


def test_system_fields(portal: PracticePortal) -> None:
    """System fields are left out unless asked for, and can be filtered by."""
    assert ":id" not in read(portal, "smal-fild", limit=1)[0]
    shown = read(portal, "smal-fild", select=":*, *", limit=1)[0]
    assert list(shown)[:4] == [":id", ":version", ":created_at", ":updated_at"]
    assert shown[":id"].startswith("row-")
    assert shown[":version"].startswith("rv-")
    assert codes(portal, where=f":id = '{shown[':id']}'") == ["00M"]
    url = f"{portal.url}/resource/smal-fild.json?$$exclude_system_fields=false&$limit=1"
    assert requests.get(url).json() == [shown]
    assert len(codes(portal, where=":created_at > '2020-01-01'", limit=500)) == 200


def test_checkbox_and_points(portal: PracticePortal) -> None:
    """Checkboxes are conditions of their own; points are found in a box."""
    assert [row["id"] for row in read(portal, "type-samp", where="checkbox_value")] == ["001"]
    assert [row["id"] for row in read(portal, "type-samp", where="checkbox_value = false")] == ["002"]
    box = "within_box(point_value, 48, -123, 47, -122)"
    assert [row["id"] for row in read(portal, "type-samp", where=box)] == ["001"]
    assert [row["id"] for row in read(portal, "type-samp", where=box.replace("point", "location"))] == ["001"]


def test_expressions(portal: PracticePortal) -> None:
    """Arithmetic divides with remainder; texts are joined."""
    select = "latitude as x, 3/2 as half, -latitude + 1 as y, city || ', ' || state as place"
    (row,) = read(portal, "smal-fild", select=select, limit=1)
    assert row["half"] == "1.5"
    assert row["place"] == "Bay Springs, MS"
    assert float(row["y"]) == pytest.approx(1 - float(row["x"]))


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"$where": "nosuch = 1"}, "query.soql.no-such-column"),
        ({"$select": "nosuch"}, "query.soql.no-such-column"),
        ({"nosuch": "1"}, "query.soql.no-such-column"),
        ({"$where": "nosuch(city) = 1"}, "query.soql.no-such-function"),
        ({"$where": "load_extension('x')"}, "query.soql.no-such-function"),
        ({"$where": "city = 3"}, "query.soql.type-mismatch"),
        ({"$where": "latitude = 'north'"}, "query.soql.type-mismatch"),
        ({"$where": "latitude"}, "query.soql.type-mismatch"),
        ({"$where": "upper(latitude) = 'A'"}, "query.soql.type-mismatch"),
        ({"$where": "count(*) > 1"}, "query.soql.aggregate-in-ungrouped-context"),
        ({"$select": "city, count(*)"}, "query.soql.column-not-in-group-bys"),
        ({"$select": "city", "$group": "state"}, "query.soql.column-not-in-group-bys"),
        ({"$where": "city = "}, "query.compiler.malformed"),
        ({"$where": "city = 'x"}, "query.compiler.malformed"),
        ({"$where": "1 = 1 limit 5"}, "query.compiler.malformed"),
        ({"$where": "1 = 1; drop table datasets"}, "query.compiler.malformed"),
        ({"$where": "city in (select 1)"}, "query.compiler.malformed"),
        ({"$select": "city from datasets"}, "query.compiler.malformed"),
        ({"$query": "select city union select state"}, "query.compiler.malformed"),
        ({"$query": "delete where city = 'x'"}, "query.compiler.malformed"),
        ({"$query": "select city", "$limit": "1"}, "query.compiler.malformed"),
        ({"$where": "(" * 5000}, "query.compiler.malformed"),
        ({"$where": " and ".join(["latitude > 1"] * 3000)}, "query.compiler.malformed"),
        ({"$limit": "ten"}, "query.compiler.malformed"),
        ({"$offset": "-1"}, "query.compiler.malformed"),
        ({"$nosuch": "1"}, "query.compiler.malformed"),
        ({"$having": "1 = 1"}, "query.compiler.malformed"),
    ],
)
def test_bad_queries(portal: PracticePortal, parameters: dict[str, str], code: str) -> None:
    """A query that cannot be answered is a 400 with its code, never a 500."""
    response = requests.get(f"{portal.url}/resource/airp-orts.json", params=parameters)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert response.json()["message"].startswith(f"Query coordinator error: {code}; ")


def test_missing_dataset(portal: PracticePortal) -> None:
    """A dataset that is not there is 404 dataset.missing with its id."""
    response = requests.get(f"{portal.url}/resource/zzzz-zzzz.json")
    assert response.status_code == 404
    assert response.json() == {
        "code": "dataset.missing",
        "error": True,
        "message": "Not found",
        "data": {"id": "zzzz-zzzz"},
    }


def test_field_names_in_any_case(portal: PracticePortal) -> None:
    """Field names are found in any case and given out in their own."""
    assert read(portal, "smal-fild", select="IATA_Code", where="STATE = 'MS'")[0] == {"iata_code": "00M"}


def test_names_that_are_words_elsewhere(portal: PracticePortal) -> None:
    """Field names that other languages reserve are plain names here."""
    names = ["date", "end", "time", "index", "table", "values", "user", "interval"]
    columns = [{"name": name, "fieldName": name, "dataTypeName": "text"} for name in names]
    portal.create_dataset("rese-rved", "Reserved", columns, rows=[{name: name for name in names}])
    for name in names:
        found = read(portal, "rese-rved", select=name, where=f"{name} = '{name}'", order=name)
        assert found == [{name: name}]
