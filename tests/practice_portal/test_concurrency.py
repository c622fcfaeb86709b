"""Readers and writers at the same time (protocol §3.8, §9)."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import requests

from xl_datasync.practice_portal import PracticePortal

CSV = {"Content-Type": "text/csv"}
ROWS = 4000


def body(generation: int) -> bytes:
    """A CSV body whose rows all say of which generation they are."""
    return b"code,name\n" + b"".join(b"k%d,generation %d\n" % (number, generation) for number in range(ROWS))


def test_readers_see_whole_states(portal: PracticePortal, people: str) -> None:
    """A reader during replaces sees all rows of one generation, never a part or a mixture."""
    auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)
    requests.put(f"{people}.csv", data=body(0), headers=CSV, auth=auth).raise_for_status()
    written = threading.Event()

    def read_until_written() -> int:
        states = 0
        with requests.Session() as session:
            while not written.is_set():
                rows = session.get(f"{people}.json?$limit=100000").json()
                assert len(rows) == ROWS
                assert len({row["name"] for row in rows}) == 1
                states += 1
        return states

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read_until_written) for _ in range(3)]
        try:
            for generation in range(1, 8):
                requests.put(f"{people}.csv", data=body(generation), headers=CSV, auth=auth).raise_for_status()
        finally:
            written.set()
        assert all(reader.result() > 0 for reader in readers)


def test_second_writer_waits(portal: PracticePortal, people: str) -> None:
    """Writers at the same time are all carried out, one after the other."""
    auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)

    def append(number: int) -> int:
        rows = [{"code": f"w{number}-{row}"} for row in range(200)]
        return requests.post(f"{people}.json", json=rows, auth=auth).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(append, range(16))) == [200] * 16
    assert len(portal.rows("peop-leid")) == 2 + 16 * 200


def test_lock_that_does_not_come() -> None:
    """A writer that waits too long for another gets 409 in the core shape, and readers go on."""
    with PracticePortal(lock_timeout=0.1) as portal:
        auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)
        url = f"{portal.url}/resource/smal-fild.json"
        with closing(sqlite3.connect(portal.database, isolation_level=None)) as other:
            other.execute("begin immediate")
            response = requests.post(url, json=[{"iata_code": "ZZZ"}], auth=auth)
            assert requests.get(url).status_code == 200
            other.execute("rollback")
        assert response.status_code == 409
        assert response.json()["code"] == "soda.dataset.cannot-acquire-write-lock"
        assert requests.post(url, json=[{"iata_code": "ZZZ"}], auth=auth).status_code == 200


def test_slow_sender_holds_no_lock(portal: PracticePortal, people: str) -> None:
    """While one body is still on its way, another write is carried out."""
    auth = (portal.sign_ins[0].user, portal.sign_ins[0].password)
    begun, other_done = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"code\nslow1\n"
        begun.set()
        assert other_done.wait(30)
        yield b"slow2\n"

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(requests.post, f"{people}.csv", data=pieces(), headers=CSV, auth=auth)
        assert begun.wait(30)
        quick = requests.post(f"{people}.json", json=[{"code": "quick"}], auth=auth)
        other_done.set()
        assert (quick.status_code, slow.result().status_code) == (200, 200)
    assert [row["code"] for row in portal.rows("peop-leid")] == ["a", "b", "quick", "slow1", "slow2"]
