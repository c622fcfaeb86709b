"""Who may do what, and what the portal says to the others (protocol §1)."""

from dataclasses import replace

import pytest
import requests

from xl_datasync.practice_portal import OTHER_SIGN_INS, SIGN_INS, PracticePortal

ROW = [{"iata_code": "ZZZ"}]


def error(response: requests.Response) -> tuple[int, str | None, str]:
    """Status, code and message of an error in the core shape."""
    body = response.json()
    assert body["error"] is True
    return response.status_code, body.get("code"), body["message"]


@pytest.mark.parametrize("account", [0, 1])
@pytest.mark.parametrize("kind", ["password", "key"])
def test_current_user(portal: PracticePortal, account: int, kind: str) -> None:
    """Password and API key name the same user."""
    sign_in = portal.sign_ins[account]
    auth = (sign_in.user, sign_in.password) if kind == "password" else (sign_in.key_id, sign_in.key_secret)
    user = requests.get(f"{portal.url}/api/users/current.json", auth=auth).json()
    assert user["email"] == sign_in.user
    assert user["displayName"] == sign_in.display_name
    assert user["roleName"] == sign_in.role


def test_key_shapes(portal: PracticePortal) -> None:
    """Key ids and secrets are as long as real ones, and look like nothing secret."""
    for sign_in in (*portal.sign_ins, *OTHER_SIGN_INS):
        assert (len(sign_in.key_id), len(sign_in.key_secret)) == (25, 50)
        assert "notsecret" in sign_in.key_secret


def test_no_sign_in(portal: PracticePortal, public: requests.Session) -> None:
    """Without credentials the current user and a write are 403 authentication_required."""
    expected = (403, "authentication_required", "You must be logged in to access this resource")
    assert error(public.get(f"{portal.url}/api/users/current.json")) == expected
    assert error(public.post(f"{portal.url}/resource/airp-orts.json", json=ROW)) == expected


@pytest.mark.parametrize("auth", [("practice@example.org", "wrong"), ("nobody", "x"), ("", "")])
def test_wrong_sign_in(portal: PracticePortal, auth: tuple[str, str]) -> None:
    """A wrong password is 401 with a Basic challenge, for reads of public data too."""
    for path in ("/api/users/current.json", "/resource/airp-orts.json"):
        response = requests.get(portal.url + path, auth=auth)
        assert error(response) == (401, "authentication_required", "Invalid username or password")
        assert response.headers["WWW-Authenticate"].startswith("Basic")


def test_secret_of_another_key(portal: PracticePortal) -> None:
    """The key of one account does not go with the secret of the other."""
    first, second = portal.sign_ins
    auth = (first.key_id, second.key_secret)
    assert requests.get(f"{portal.url}/api/users/current.json", auth=auth).status_code == 401


def test_bearer_token_refused(portal: PracticePortal) -> None:
    """A sign-in of another kind than Basic is refused, not taken for no sign-in."""
    headers = {"Authorization": "Bearer abc"}
    assert requests.get(f"{portal.url}/api/users/current.json", headers=headers).status_code == 401


def test_viewer_cannot_write(portal: PracticePortal, viewer: requests.Session) -> None:
    """A signed-in user without rights gets 403 permission_denied."""
    assert error(viewer.post(f"{portal.url}/resource/airp-orts.json", json=ROW))[:2] == (403, "permission_denied")


def test_rights_for_named_users(portal: PracticePortal, publisher: requests.Session) -> None:
    """A dataset that names its writers refuses other publishers, and its view says so."""
    columns = [{"name": "A", "fieldName": "a", "dataTypeName": "text"}]
    portal.create_dataset("othe-rown", "Another's", columns, rights_for=["someone@example.org"])
    assert publisher.post(f"{portal.url}/resource/othe-rown.json", json=[{"a": "1"}]).status_code == 403
    assert publisher.get(f"{portal.url}/api/views/othe-rown.json").json()["rights"] == ["read"]


def test_synced_copy(portal: PracticePortal, publisher: requests.Session) -> None:
    """The synced copy refuses every write with a 403 that has no code."""
    response = publisher.post(f"{portal.url}/resource/sync-copy.json", json=ROW)
    assert error(response) == (403, None, "Cannot update a synced dataset manually")


def test_private_dataset(
    portal: PracticePortal, public: requests.Session, viewer: requests.Session, publisher: requests.Session
) -> None:
    """The private dataset is for the publisher alone, rows and metadata."""
    for path in ("/resource/priv-data.json", "/api/views/priv-data.json"):
        assert error(public.get(portal.url + path))[:2] == (403, "authentication_required")
        assert error(viewer.get(portal.url + path))[:2] == (403, "permission_denied")
        assert publisher.get(portal.url + path).status_code == 200


def test_app_token(portal: PracticePortal) -> None:
    """A valid app token is taken as header or parameter, an invalid one refused."""
    url = f"{portal.url}/resource/airp-orts.json"
    assert requests.get(url, headers={"X-App-Token": portal.app_token}).status_code == 200
    assert requests.get(url, params={"$$app_token": portal.app_token}).status_code == 200
    expected = (403, "permission_denied", "Invalid app_token specified")
    assert error(requests.get(url, headers={"X-App-Token": "wrong"})) == expected
    assert error(requests.get(url, params={"$$app_token": "wrong"})) == expected


def test_cross_site_sign_in_is_stripped(portal: PracticePortal, publisher: requests.Session) -> None:
    """A request from another site counts as not signed in."""
    headers = {"Origin": "https://elsewhere.example"}
    assert publisher.get(f"{portal.url}/api/users/current.json", headers=headers).status_code == 403


def test_request_id(portal: PracticePortal) -> None:
    """The client's request id comes back; without one the portal makes 32 hex digits."""
    url = f"{portal.url}/resource/airp-orts.json?$limit=1"
    sent = requests.get(url, headers={"X-Socrata-RequestId": "mine-1"})
    assert sent.headers["X-Socrata-RequestId"] == "mine-1"
    made = requests.get(url).headers["X-Socrata-RequestId"]
    assert len(made) == 32
    assert int(made, 16) >= 0


def test_says_that_it_is_practice(portal: PracticePortal) -> None:
    """Every answer says by its headers that this is no real portal, errors too."""
    for path in ("/", "/resource/airp-orts.json", "/resource/zzzz-zzzz.json", "/static/portal.css"):
        headers = requests.get(portal.url + path).headers
        assert "practice" in headers["Server"]
        assert headers["X-Practice-Portal"] == "true"


def test_two_portals(portal: PracticePortal) -> None:
    """Each portal takes its own sign-ins alone, and its datasets belong to its own people."""
    with PracticePortal(sign_ins=OTHER_SIGN_INS) as other:
        for mine, its in ((portal, other), (other, portal)):
            first = mine.sign_ins[0]
            for auth in ((first.user, first.password), (first.key_id, first.key_secret)):
                assert requests.get(f"{mine.url}/api/users/current.json", auth=auth).json()["id"] == first.id
                assert requests.get(f"{its.url}/api/users/current.json", auth=auth).status_code == 401
            assert mine.view("airp-orts")["owner"]["id"] == first.id
            assert first.key_secret in requests.get(mine.url).text
            assert first.key_secret not in requests.get(its.url).text


def test_editor() -> None:
    """An editor writes rows of what is there, and neither makes nor changes datasets."""
    editor = replace(SIGN_INS[1], user="editor@example.org", password="editing-only", role="editor", id="prac-edit")
    with PracticePortal(sign_ins=(*SIGN_INS, editor)) as portal, requests.Session() as session:
        session.auth = (editor.user, editor.password)
        assert session.get(f"{portal.url}/api/users/current.json").json()["rights"] == ["edit_others_datasets"]
        view = f"{portal.url}/api/views/smal-fild"
        assert session.get(view).json()["rights"] == ["read", "write", "add", "delete"]
        assert session.put(f"{portal.url}/resource/smal-fild.json", json=ROW).status_code == 200
        assert portal.rows("smal-fild") == ROW
        assert session.get(f"{portal.url}/resource/priv-data.json").status_code == 200
        for response in (
            session.post(f"{portal.url}/api/views.json", json={"name": "A"}),
            session.put(view, json={"name": "A"}),
            session.put(f"{view}/permissions", json={"scope": "private"}),
            session.post(f"{view}/publication?method=copy"),
            session.delete(view),
        ):
            assert error(response)[:2] == (403, "permission_denied")
