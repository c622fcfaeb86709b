"""The windows that ask portals while they are open, for the gallery: before, with a list, with a dataset, refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from tests.dialogs import samples
from tests.dialogs.gallery_loop import no_errands
from xl_datasync.core.dataset import Column, Dataset
from xl_datasync.dialogs.copying import CopyDialog
from xl_datasync.dialogs.forms import ConnectionForm, LinkForm, SignInForm
from xl_datasync.dialogs.link import LinkDialog
from xl_datasync.dialogs.portals import FoundDatasets, Looked, PortalDesk, Tested
from xl_datasync.dialogs.sign_in import ConnectionDialog, SignInDialog
from xl_datasync.dialogs.tested_form import Subject
from xl_datasync.portal import CatalogEntry, Look

NOON = 1_795_262_400
TRIAL = replace(samples.CITY, name="City, trial", test_portal=True)
LISTED = (
    CatalogEntry("abcd-1234", "Building Permits", "dataset", "Ann Lee", NOON, published=True, public=True),
    CatalogEntry("abcd-2345", "Building Permits by Neighbourhood", "map", "Ann Lee", NOON, published=True, public=True),
    CatalogEntry(
        "abcd-3456", "Electrical Permits", "dataset", "Office of Construction", NOON, published=True, public=False
    ),
    CatalogEntry("abcd-4567", "Permits 2027", "dataset", "Ann Lee", None, published=False, public=False),
)
COLUMNS = tuple(
    Column(number, name, name.lower(), "text") for number, name in enumerate(("Permit", "Address", "Fee"), 1)
)
ALL = frozenset({"read", "write", "add", "delete"})
PERMITS = Dataset(
    "abcd-1234", "Building Permits", f"{samples.CITY.address}/d/abcd-1234", COLUMNS, COLUMNS[0], ALL, "Ann Lee"
)
DIARY = replace(PERMITS, name="Diary", row_identifier=None, rights=frozenset({"read", "write", "add"}))
WORDS = "permits"


def portals() -> PortalDesk:
    """Portals that nobody asks; a person could be asked for a sign-in."""
    return PortalDesk(lambda _connection: None, lambda _connection: samples.SIGN_IN)


def link(form: LinkForm = samples.KNOWN_LINK) -> LinkDialog:
    """The window that joins a sheet to a dataset."""
    return LinkDialog(form, None, no_errands(), portals())


def listing(found: FoundDatasets) -> LinkDialog:
    """The same with what a search found."""
    dialog = link()
    dialog.link.setText(WORDS)
    place = dialog.search._place()
    asked = dialog.search._asked = (place.name, place.address, WORDS)
    dialog.search._found(found, asked, place)
    for dataset_id in ("abcd-1234", "abcd-3456"):
        looked = Looked(Look(replace(PERMITS, id=dataset_id), 12_480), found.signed_in)
        dialog.search.table.found.know(dataset_id, looked)
    return dialog


def chosen(dataset: Dataset, *, signed_in: bool = True) -> LinkDialog:
    """The same with a dataset that was chosen."""
    dialog = link()
    dialog.link.setText(dataset.link)
    dialog.search._know(Looked(Look(dataset, 12_480), signed_in))
    return dialog


def user_name() -> LinkDialog:
    """The same for a new portal that one signs in to with a user name."""
    dialog = link(samples.NEW_LINK)
    dialog.new.kind.setCurrentIndex(1)
    return dialog


def copy_from_list() -> CopyDialog:
    """The window that copies a dataset, with what a search found."""
    dialog = CopyDialog(samples.COPY, None, no_errands(), portals())
    dialog.link.setText(WORDS)
    place = dialog.search._place()
    asked = dialog.search._asked = (place.name, place.address, WORDS)
    dialog.search._found(FoundDatasets(LISTED, 4, signed_in=True), asked, place)
    return dialog


def sign_in(tested: Tested) -> SignInDialog:
    """The sign-in after a test."""
    dialog = SignInDialog(SignInForm(TRIAL), None, no_errands())
    dialog.fields.secret.setText("secret")
    dialog._asked = Subject(TRIAL, dialog.answer().sign_in)
    dialog._told(dialog._asked, tested)
    return dialog


TESTED = Tested("You are Ann Lee (ann.lee@example.gov) and may add and change rows of “Permits”, but not delete them.")
REFUSED = Tested(trouble="The portal did not accept the sign-in of abc123. Copy both parts again, all of each.")
PORTAL_WINDOWS: dict[str, Callable[[], QWidget]] = {
    "sign-in-tested": lambda: sign_in(TESTED),
    "sign-in-not-accepted": lambda: sign_in(REFUSED),
    "connection-tested": lambda: ConnectionDialog(ConnectionForm((TRIAL, samples.COUNTY)), None, no_errands()),
    "link-search": link,
    "link-list": lambda: listing(FoundDatasets(LISTED, 31, signed_in=True)),
    "link-list-not-signed-in": lambda: listing(FoundDatasets(LISTED[:2], 2)),
    "link-none-fits": lambda: listing(FoundDatasets(signed_in=True)),
    "link-offline": lambda: listing(
        FoundDatasets(trouble="The portal could not be reached. Check that this computer is online.")
    ),
    "link-dataset": lambda: chosen(PERMITS),
    "link-dataset-not-signed-in": lambda: chosen(PERMITS, signed_in=False),
    "link-new-portal-user-name": user_name,
    "link-dataset-limited": lambda: chosen(DIARY),
    "copy-list": copy_from_list,
}
