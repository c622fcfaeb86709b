"""Who is asking: HTTP Basic with a password or an API key, and the app token (protocol §1).

All sign-ins are fixed, public practice values. None of them opens anything but a practice portal.
"""

from dataclasses import dataclass

from werkzeug.datastructures import Authorization
from werkzeug.wrappers import Request

from .dataset import Dataset
from .errors import Refusal


@dataclass(frozen=True)
class SignIn:
    """One practice account: a user name with a password, and an API key with its secret."""

    user: str
    password: str
    key_id: str
    key_secret: str
    display_name: str
    role: str
    note: str
    id: str

    @property
    def may_publish(self) -> bool:
        """Publishers create, change and publish datasets."""
        return self.role == "publisher"

    @property
    def may_write_rows(self) -> bool:
        """Editors write the rows of datasets that are there; viewers only read."""
        return self.role in ("publisher", "editor")


SIGN_INS = (
    SignIn(
        user="practice@example.org",
        password="practice-only",  # noqa: S106 - a public practice value
        key_id="practicekeypublisher00001",
        key_secret="practicesecretnotsecretpublisher000000000000000001",  # noqa: S106 - a public practice value
        display_name="Pat Practice",
        role="publisher",
        note="may publish: read and write every practice dataset",
        id="prac-publ",
    ),
    SignIn(
        user="viewer@example.org",
        password="viewing-only",  # noqa: S106 - a public practice value
        key_id="practicekeyviewer00000001",
        key_secret="practicesecretnotsecretviewer000000000000000000001",  # noqa: S106 - a public practice value
        display_name="Vic Viewer",
        role="viewer",
        note="may only read: every write is refused",
        id="prac-view",
    ),
)
# For a second portal: neither portal takes the other's sign-ins
OTHER_SIGN_INS = (
    SignIn(
        user="practice@example.net",
        password="other-practice-only",  # noqa: S106 - a public practice value
        key_id="practicekeyotherpubl00001",
        key_secret="practicesecretnotsecretotherpublisher0000000000001",  # noqa: S106 - a public practice value
        display_name="Ola Other",
        role="publisher",
        note="may publish: read and write every dataset of the second practice portal",
        id="othe-publ",
    ),
    SignIn(
        user="viewer@example.net",
        password="other-viewing-only",  # noqa: S106 - a public practice value
        key_id="practicekeyotherview00001",
        key_secret="practicesecretnotsecretotherviewer0000000000000001",  # noqa: S106 - a public practice value
        display_name="Vera Other",
        role="viewer",
        note="may only read: every write is refused",
        id="othe-view",
    ),
)
APP_TOKEN = "practiceapptokennotsecret"  # noqa: S105 - a public practice value

_READ = ("read",)
_ALL_RIGHTS = (
    "read",
    "write",
    "add",
    "delete",
    "grant",
    "add_column",
    "remove_column",
    "update_column",
    "update_view",
    "delete_view",
)
_ROW_RIGHTS = ("read", "write", "add", "delete")


@dataclass(frozen=True)
class Caller:
    """The one who asks; `sign_in` is None for the public."""

    sign_in: SignIn | None = None

    @property
    def name(self) -> str:
        """How the log of writes names the caller."""
        return self.sign_in.user if self.sign_in else "public"

    def may_write(self, dataset: Dataset) -> bool:
        """Publishers and editors may, unless the dataset names its writers and they are not among them."""
        if self.sign_in is None or not self.sign_in.may_write_rows:
            return False
        return dataset.writers is None or self.sign_in.user in dataset.writers

    def may_manage(self, dataset: Dataset) -> bool:
        """Whether this caller may change more than rows: columns, details, permissions, publication."""
        return self.sign_in is not None and self.sign_in.may_publish and self.may_write(dataset)

    def may_read(self, dataset: Dataset) -> bool:
        """The public reads what is public and published; a working copy is for those who may write it."""
        return self.may_write(dataset) or not (dataset.private or dataset.draft)

    def rights(self, dataset: Dataset) -> tuple[str, ...]:
        """What the view JSON says this caller may do (protocol §2.1 [R])."""
        if self.may_manage(dataset):
            return _ALL_RIGHTS
        return _ROW_RIGHTS if self.may_write(dataset) else _READ

    def check_read(self, dataset: Dataset) -> None:
        """Refuse unless this caller may read the dataset (protocol §1.7)."""
        if self.may_read(dataset):
            return
        if self.sign_in is None:
            raise sign_in_needed()
        raise Refusal(403, "permission_denied", "You do not have permission to view this dataset")

    def check_write(self, dataset: Dataset) -> None:
        """Refuse unless this caller may write the dataset's rows (protocol §1.7)."""
        self._check(dataset, allowed=self.may_write(dataset))

    def check_manage(self, dataset: Dataset) -> None:
        """Refuse unless this caller may change the dataset itself (protocol §1.7)."""
        self._check(dataset, allowed=self.may_manage(dataset))

    def _check(self, dataset: Dataset, *, allowed: bool) -> None:
        if self.sign_in is None:
            raise sign_in_needed()
        if not allowed:
            raise Refusal(403, "permission_denied", "You do not have permission to update this dataset")
        if dataset.synced:
            raise synced_refusal()

    def check_create(self) -> SignIn:
        """Who creates; refused unless this caller may create datasets (protocol §1.7)."""
        if self.sign_in is None:
            raise sign_in_needed()
        if not self.sign_in.may_publish:
            raise Refusal(403, "permission_denied", "You do not have permission to create datasets")
        return self.sign_in


def sign_in_needed() -> Refusal:
    """No credentials where they are needed (protocol §1.7 [C][R])."""
    return Refusal(403, "authentication_required", "You must be logged in to access this resource")


def wrong_sign_in() -> Refusal:
    """Credentials that are not known (protocol §11.2 [U]: 401 with a Basic challenge)."""
    return Refusal(
        401,
        "authentication_required",
        "Invalid username or password",
        headers={"WWW-Authenticate": 'Basic realm="Practice portal"'},
    )


def synced_refusal() -> Refusal:
    """A dataset that is filled from elsewhere; this body has no code (protocol §1.7 [I])."""
    return Refusal(403, None, "Cannot update a synced dataset manually")


def identify(request: Request, sign_ins: tuple[SignIn, ...]) -> Caller:
    """The caller of a request; a wrong sign-in or app token is refused (protocol §1.1, §1.2)."""
    token = request.headers.get("X-App-Token") or request.args.get("$$app_token")
    if token and token != APP_TOKEN:
        raise Refusal(403, "permission_denied", "Invalid app_token specified")
    # Cross-site requests are stripped of their authentication (protocol §1.8 [D])
    if "Authorization" not in request.headers or "Origin" in request.headers:
        return Caller()
    return Caller(_find_sign_in(request.authorization, sign_ins))


def _find_sign_in(given: Authorization | None, sign_ins: tuple[SignIn, ...]) -> SignIn:
    if given is not None and given.type == "basic":
        pair = (given.username, given.password)
        for sign_in in sign_ins:
            if pair in ((sign_in.user, sign_in.password), (sign_in.key_id, sign_in.key_secret)):
                return sign_in
    raise wrong_sign_in()


def user_json(sign_in: SignIn) -> dict[str, object]:
    """The user object of `/api/users/current.json` (protocol §1.4 [D])."""
    rights = (["create_datasets"] if sign_in.may_publish else []) + (
        ["edit_others_datasets"] if sign_in.may_write_rows else []
    )
    return {
        "id": sign_in.id,
        "displayName": sign_in.display_name,
        "screenName": sign_in.display_name,
        "email": sign_in.user,
        "roleName": sign_in.role,
        "rights": rights,
        "flags": [],
        "type": "interactive",
    }
