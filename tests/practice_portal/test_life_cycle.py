"""Starting, keeping, resetting and closing a portal; the connection itself."""

import http.client
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

from xl_datasync.practice_portal import DEFAULT_PORT, PracticePortal, serve


def test_import_has_no_side_effect() -> None:
    """Importing prints nothing, starts no thread and loads no other room of the product."""
    code = (
        "import sys, threading, xl_datasync.practice_portal\n"
        "assert threading.active_count() == 1\n"
        "rooms = {n for n in sys.modules if n.startswith('xl_datasync.')}\n"
        "assert all(n.startswith('xl_datasync.practice_portal') for n in rooms), rooms\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_addresses(portal: PracticePortal) -> None:
    """Address and host are those of this PC."""
    assert portal.url == f"http://{portal.host}"
    assert portal.host.startswith("127.0.0.1:")
    assert DEFAULT_PORT == 8780


def test_data_is_kept(tmp_path: Path) -> None:
    """With a folder the rows are there again after a restart."""
    with PracticePortal(data=tmp_path) as portal:
        auth = (portal.sign_ins[0].key_id, portal.sign_ins[0].key_secret)
        url = f"{portal.url}/resource/smal-fild.json"
        requests.put(url, json=[{"iata_code": "kept"}], auth=auth).raise_for_status()
        assert portal.database.parent == tmp_path
    with PracticePortal(data=tmp_path) as portal:
        assert portal.rows("smal-fild") == [{"iata_code": "kept"}]
        portal.reset()
        assert len(portal.rows("smal-fild")) == 200


def test_data_of_the_first_version(tmp_path: Path) -> None:
    """Datasets kept before there were details and working copies open as published ones, and can be changed."""
    with PracticePortal(data=tmp_path) as portal:
        rows, view = portal.rows("type-samp"), portal.view("type-samp")
        with closing(sqlite3.connect(portal.database)) as connection, connection:
            for dataset_id, text in connection.execute("select id, facts from datasets").fetchall():
                facts = as_the_first_version_kept_it(json.loads(text))
                connection.execute("update datasets set facts = ? where id = ?", (json.dumps(facts), dataset_id))
    with PracticePortal(data=tmp_path) as portal:
        assert portal.rows("type-samp") == rows
        now = portal.view("type-samp")
        assert {**now, "viewLastModified": 0} == {**view, "viewLastModified": 0}
        auth = (portal.sign_ins[0].key_id, portal.sign_ins[0].key_secret)
        url = f"{portal.url}/api/views"
        copy = requests.post(f"{url}/type-samp/publication?method=copy", auth=auth).json()["id"]
        column = {"name": "More", "dataTypeName": "text", "position": 1}
        requests.post(f"{url}/{copy}/columns", json=column, auth=auth).raise_for_status()
        requests.post(f"{url}/{copy}/publication", auth=auth).raise_for_status()
        assert portal.rows("type-samp") == rows
        assert portal.view("type-samp")["columns"][0]["fieldName"] == "more"


def as_the_first_version_kept_it(facts: dict[str, Any]) -> dict[str, Any]:
    """A dataset's facts in the shape they had before details and working copies."""
    details = facts["details"]
    names = ("id", "name", "columns", "row_identifier", "private", "synced", "writers")
    column_names = ("id", "name", "field_name", "type_name", "position", "description", "format", "flags")
    columns = [{name: column[name] for name in (*column_names, "computation_strategy")} for column in facts["columns"]]
    kept = {name: facts[name] for name in names}
    return {**kept, "columns": columns, **{name: details[name] for name in ("description", "category", "tags")}}


def test_temporary_data_goes() -> None:
    """Without a folder nothing stays on the disk."""
    with PracticePortal() as portal:
        folder = portal.database.parent
        assert folder.exists()
    assert not folder.exists()


def test_port_in_use(portal: PracticePortal) -> None:
    """A port that is taken is an OSError that names it, not the end of the program."""
    port = int(portal.host.rpartition(":")[2])
    with pytest.raises(OSError, match=f"Port {port} on 127.0.0.1 cannot be used"):
        PracticePortal(port)
    with pytest.raises(OSError, match=str(port)):
        serve(port, None, (), print)


def test_keep_alive(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """One connection carries many requests, after errors and unread bodies too."""
    host, _, port = portal.host.partition(":")
    connection = http.client.HTTPConnection(host, int(port))
    try:
        used = set()
        for path, status in (("/", 200), ("/resource/zzzz-zzzz.json", 404), ("/resource/smal-fild.json", 200)):
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            assert response.status == status
            assert connection.sock is not None
            used.add(connection.sock.getsockname())
        connection.request("POST", "/resource/airp-orts.json", body=b"x" * 3_000_000)
        response = connection.getresponse()
        response.read()
        assert response.status == 403
        connection.request("GET", "/")
        assert connection.getresponse().read()
        used.add(connection.sock.getsockname())
        assert len(used) == 1
    finally:
        connection.close()


def test_close_ends_open_connections() -> None:
    """Closing does not wait for clients that keep their connection."""
    with PracticePortal() as portal:
        session = requests.Session()
        session.get(portal.url).raise_for_status()
        url = portal.url
    with pytest.raises(requests.ConnectionError):
        session.get(url)
    session.close()


def test_client_that_goes_away(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """A body that stops early writes nothing, and the portal goes on."""
    host, _, port = portal.host.partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            b"PUT /resource/peop-leid.csv HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
            b"Authorization: Basic cHJhY3RpY2VAZXhhbXBsZS5vcmc6cHJhY3RpY2Utb25seQ==\r\n"
            b"Content-Length: 1000\r\n\r\ncode\nx\n"
        )
        client.shutdown(socket.SHUT_WR)
        assert client.recv(100) == b""
    assert len(portal.rows("peop-leid")) == 2
    assert publisher.get(f"{people}.json").status_code == 200


def test_expect_continue(portal: PracticePortal) -> None:
    """A client that asks first is told to go on."""
    host, _, port = portal.host.partition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            b"POST /resource/smal-fild.json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Expect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 100 Continue")
        client.sendall(b"[]")
        assert client.recv(100).startswith(b"HTTP/1.1 403")


def test_exchanges(portal: PracticePortal, people: str, publisher: requests.Session) -> None:
    """Every exchange is recorded before its answer arrives."""
    before = len(portal.exchanges)
    publisher.post(f"{people}.json?truncate=false", data=b"[]", headers={"Content-Type": "application/json"})
    exchange = portal.exchanges[-1]
    assert len(portal.exchanges) == before + 1
    assert (exchange.method, exchange.path, exchange.query) == (
        "POST",
        "/resource/peop-leid.json",
        "truncate=false",
    )
    assert (exchange.status, exchange.request_bytes) == (200, 2)
    assert exchange.request_headers["Content-Type"] == "application/json"


def test_unforeseen_failure_tells_nothing(portal: PracticePortal, caplog: pytest.LogCaptureFixture) -> None:
    """A failure inside is a 500 in the core shape without detail; the log has the detail."""
    portal.create_dataset("brok-enxx", "Broken", [{"name": "A", "fieldName": "a", "dataTypeName": "text"}])
    with closing(sqlite3.connect(portal.database)) as connection, connection:
        connection.execute("update datasets set facts = '{}' where id = 'brok-enxx'")
    response = requests.get(f"{portal.url}/resource/brok-enxx.json")
    with closing(sqlite3.connect(portal.database)) as connection, connection:
        connection.execute("delete from datasets where id = 'brok-enxx'")
        connection.execute('drop table "rows_brok-enxx"')
    assert response.status_code == 500
    assert response.json() == {"code": "internal_error", "error": True, "message": "Internal server error"}
    assert "Traceback" in caplog.text
    assert "Traceback" not in response.text


def test_serve_says_how_to_use_it() -> None:
    """The command line's server prints address, page and sign-ins, and goes on until Ctrl-C."""
    lines: list[str] = []
    said = threading.Event()

    def say(line: str) -> None:
        lines.append(line)
        if "Ctrl-C" in line:
            said.set()
            # what the terminal does when the keys are pressed
            raise KeyboardInterrupt

    serve(0, None, ["429:2"], say=say)
    text = "\n".join(lines)
    assert said.is_set()
    assert lines[-1] == "The practice portal is closed."
    for expected in ("http://127.0.0.1:", "practice@example.org", "may publish", "may only read", "429:2"):
        assert expected in text


def test_serving_in_this_thread_ends_when_closed() -> None:
    """A portal that serves in its caller's thread stops when another thread closes it."""
    portal = PracticePortal()

    def ask_then_close() -> None:
        try:
            assert requests.get(portal.url, timeout=30).status_code == 200
        finally:
            portal.close()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask_then_close)
        portal.serve_forever()
        asked.result()


@pytest.mark.skipif(sys.platform == "win32", reason="a child process there cannot be sent Ctrl-C alone")
def test_ctrl_c_ends_serving(tmp_path: Path) -> None:
    """Ctrl-C in a terminal closes the portal without a traceback."""
    code = (
        "import sys, pathlib\n"
        "from xl_datasync.practice_portal import serve\n"
        "serve(0, pathlib.Path(sys.argv[1]), (), lambda line: print(line, flush=True))\n"
    )
    command = [sys.executable, "-W", "error", "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        assert requests.get(address, timeout=30).status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out.endswith("The practice portal is closed.\n")
    assert err == ""
