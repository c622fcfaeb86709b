"""The practice portal's life: started, seeded, asked about, closed."""

import csv
import io
import json
import logging
import shutil
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, cast

from .app import make_app
from .dataset import PUBLISHED, UNPUBLISHED, Dataset, Details, make_dataset
from .details import read_details
from .faults import ArmedFault, FaultBox, FaultyApplication, read_fault
from .http_server import Exchange, PortalServer
from .query import compile_query
from .reads import json_objects, run
from .rows import Operation, RowFault, RowReader
from .services import Services
from .signin import APP_TOKEN, SIGN_INS, Caller, SignIn
from .soql import Soql
from .store import Store, drop_everything, find_dataset, list_datasets, load_dataset
from .tables import add_dataset
from .views import ViewWriter
from .writes import Author, RowLoader, WriteOptions, finish_write

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["DEFAULT_PORT", "Exchange", "PracticePortal", "serve"]

DEFAULT_PORT = 8780
log = logging.getLogger(__name__)
_SEEDING = Author("practice portal", "SEED", "")


class PracticePortal:
    """A portal on 127.0.0.1; as a context manager it serves from a thread of its own.

    `data` is the folder that keeps the SQLite file; without it everything is in a temporary folder that goes when
    the portal closes. `lock_timeout` is how many seconds a write waits for another before it is answered with 409.
    `sign_ins` are the accounts it takes; other portals' accounts are refused.
    """

    app_token = APP_TOKEN

    def __init__(  # noqa: PLR0913, PLR0917 - a portal has this many parts
        self,
        port: int = 0,
        data: Path | None = None,
        faults: Iterable[str] = (),
        ssl_context: ssl.SSLContext | None = None,
        lock_timeout: float = 5.0,
        sign_ins: tuple[SignIn, ...] = SIGN_INS,
    ) -> None:
        self.sign_ins = sign_ins
        self._faults = FaultBox()
        for name, method, times in map(read_fault, faults):
            self.add_fault(name, times=times, method=method)
        self._temporary = Path(tempfile.mkdtemp(prefix="practice-portal-")) if data is None else None
        self._closed = False
        self._serving = False
        self._thread: threading.Thread | None = None
        try:
            self._store = Store(data or self._temporary or Path(), lock_timeout)
            self._seed_if_empty()
            services = Services(self._store, self._faults, sign_ins)
            application = FaultyApplication(make_app(services), self._faults)
            self._server = PortalServer(port, application, ssl_context)
        except BaseException:
            self._remove_temporary()
            raise
        self._scheme = "https" if ssl_context else "http"

    @property
    def host(self) -> str:
        """Address and port, e.g. `127.0.0.1:54321`."""
        return f"127.0.0.1:{self._server.port}"

    @property
    def url(self) -> str:
        """The address of the page, e.g. `http://127.0.0.1:54321`."""
        return f"{self._scheme}://{self.host}"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self._store.path

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked and with which status it was answered, newest last."""
        return list(self._server.exchanges)

    def __enter__(self) -> "Self":
        self._serving = True
        self._thread = threading.Thread(target=self.serve_forever, name="practice-portal", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def serve_forever(self) -> None:
        """Serve in this thread until Ctrl-C or until another thread closes the portal."""
        self._serving = True
        try:
            self._server.serve_forever(poll_interval=0.05)
        finally:
            self._serving = False

    def close(self) -> None:
        """Stop serving, close all connections, remove what was temporary."""
        if self._closed:
            return
        self._closed = True
        if self._serving:
            self._server.shutdown()
        if self._thread is not None:
            self._thread.join()
        self._server.server_close()
        self._server.close_connections()
        self._store.close()
        self._remove_temporary()

    def _remove_temporary(self) -> None:
        if self._temporary is not None:
            # An answer still under way may hold the file on Windows; the system clears its temporary folder
            shutil.rmtree(self._temporary, ignore_errors=True)

    def add_fault(  # noqa: PLR0913, PLR0917 - tests name what they set
        self,
        name: str,
        times: int | None = 1,
        method: str | None = None,
        path: str | None = None,
        retry_after: int | None = None,
        seconds: float = 2.0,
    ) -> None:
        """Let the next `times` requests (None: all) that fit meet a fault named in `FAULTS`.

        `path` is a part of the address; without it the fault hits `/resource`, `/api` and `/id`. `retry_after` adds
        that header to the answer, `seconds` is how late a slow answer comes.
        """
        self._faults.add(ArmedFault(name, times, method, path, retry_after, seconds))

    def clear_faults(self) -> None:
        """Take all faults away."""
        self._faults.clear()
        self._store.forget_copy()

    def create_dataset(  # noqa: PLR0913, PLR0917 - a dataset has this many parts
        self,
        id: str,  # noqa: A002 - the wire's own name
        name: str,
        columns: Sequence[Mapping[str, object]],
        row_identifier: str | None = None,
        rows: Iterable[Mapping[str, object]] = (),
        description: str = "",
        rights_for: Sequence[str] | None = None,
        private: bool = False,  # noqa: FBT001, FBT002 - read as a part of the dataset
        *,
        details: Mapping[str, object] | None = None,
        view_type: str = "tabular",
        display_type: str = "table",
        published: bool = True,
    ) -> None:
        """Add a dataset with rows in wire shape; `rights_for` names the users who may write (None: publishers).

        `details` are in wire names: category, tags, attribution, attributionLink, licenseId, resourceName, metadata
        (with its custom_fields), privateMetadata. `view_type` and `display_type` make a map, a chart or a file of it.
        """
        dataset = make_dataset(
            id,
            name,
            columns,
            row_identifier=row_identifier,
            details=read_details(Details(description=description), details or {}),
            private=private,
            writers=None if rights_for is None else tuple(rights_for),
            view_type=view_type,
            display_type=display_type,
            stage=PUBLISHED if published else UNPUBLISHED,
        )
        self._add(dataset, RowReader(dataset, everything=True).from_json(enumerate(rows, start=1)))

    def _add(self, dataset: Dataset, operations: Iterable[Operation | RowFault]) -> None:
        with self._store.writing() as connection:
            if find_dataset(connection, dataset.id) is not None:
                raise ValueError(f"Dataset {dataset.id} is there already")
            add_dataset(connection, dataset)
            _, state = load_dataset(connection, dataset.id)
            loader = RowLoader(connection, dataset, state, WriteOptions())
            loader.load(operations)
            finish_write(connection, dataset, loader.next_sid, _SEEDING)

    def dataset_ids(self) -> list[str]:
        """The ids of all datasets and working copies, in order."""
        with self._store.reading() as connection:
            return sorted(dataset.id for dataset, _ in list_datasets(connection))

    def view(self, dataset_id: str) -> dict[str, Any]:
        """A dataset's view as the publisher sees it; a refusal when there is none."""
        publisher = next((sign_in for sign_in in self.sign_ins if sign_in.may_publish), None)
        with self._store.reading() as connection:
            found = load_dataset(connection, dataset_id)
            return ViewWriter(connection, Caller(publisher), self.sign_ins).view(*found)

    def rows(self, dataset_id: str) -> list[dict[str, object]]:
        """All rows as a read gives them, without system fields, in `:id` order."""
        with closing(self._store.open_reader()) as connection:
            dataset, _ = load_dataset(connection, dataset_id)
            statement = compile_query(dataset, Soql(limit=-1))
            return list(json_objects(statement.fields, run(connection, statement)))

    def reset(self) -> None:
        """Back to the datasets as delivered; faults and the log of writes are gone."""
        self.clear_faults()
        if self._store.restore_delivered():
            return
        with self._store.writing() as connection:
            drop_everything(connection)
        self._seed_if_empty()
        # Tests reset before each test, and seeding takes the tenth of a second
        self._store.keep_as_delivered()

    def _seed_if_empty(self) -> None:
        with self._store.reading() as connection:
            if list_datasets(connection):
                return
        for dataset, records in _seeds():
            self._add(dataset, RowReader(dataset, everything=True).from_csv(records))


def _seeds() -> Iterator[tuple[Dataset, Iterator[tuple[int, list[str]]]]]:
    """The delivered datasets: `<id>.json` describes, `<id>.csv` holds the rows."""
    folder = resources.files(__package__) / "datasets"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".json"):
            continue
        facts = json.loads(entry.read_text("utf-8"))
        dataset = make_dataset(
            facts["id"],
            facts["name"],
            facts["columns"],
            row_identifier=facts.get("row_identifier"),
            details=read_details(Details(), facts),
            private=facts.get("private", False),
            synced=facts.get("synced", False),
        )
        with (folder / f"{dataset.id}.csv").open("rb") as raw:
            lines = io.TextIOWrapper(cast("io.BufferedReader", raw), encoding="utf-8", newline="")
            yield dataset, enumerate(csv.reader(lines), start=1)


def serve(port: int, data: Path | None, faults: Iterable[str], say: Callable[[str], None]) -> None:
    """Run a practice portal until Ctrl-C, and `say` how to reach it; OSError when the port cannot be used."""
    faults = tuple(faults)
    portal = PracticePortal(port, data, faults)
    try:
        for line in _greeting(portal, faults):
            say(line)
        portal.serve_forever()
    except KeyboardInterrupt:
        log.debug("interrupted before serving")
    finally:
        portal.close()
    say("The practice portal is closed.")


def _greeting(portal: PracticePortal, faults: tuple[str, ...]) -> Iterator[str]:
    yield f"Practice portal, for learning and tests only: {portal.url}"
    yield f"Its page shows datasets, rows and your latest writes: open {portal.url}/ in a browser."
    for sign_in in portal.sign_ins:
        yield f"Sign in as {sign_in.user} ({sign_in.note})"
        yield f"  password    {sign_in.password}"
        yield f"  key id      {sign_in.key_id}"
        yield f"  key secret  {sign_in.key_secret}"
    yield f"App token (not needed): {portal.app_token}"
    if faults:
        yield f"Faults in force: {', '.join(faults)}"
    yield "Press Ctrl-C to close it."
