"""The only module that speaks HTTP: one session, one way to ask, and words for a connection that fails."""

from __future__ import annotations

import base64
import logging
import re
import socket
import ssl
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError, NewConnectionError

from xl_datasync import __version__
from xl_datasync.core.connection import LOOPBACK_HOSTS, SignIn, portal_address
from xl_datasync.core.errors import PortalError, SignInError, Stopped
from xl_datasync.portal import refusals, unreached
from xl_datasync.portal.bodies import IN_MEMORY
from xl_datasync.portal.calls import Answer, Call
from xl_datasync.portal.json_lines import BLOCK
from xl_datasync.portal.reports import read_refusal
from xl_datasync.portal.retries import Stop, Timeouts, retrying
from xl_datasync.portal.transport import connection_pools, every_cause, first_of, tls_context, tunnel_status

log = logging.getLogger(__name__)

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 5


class Session:
    """A signed-in HTTP session with one portal.

    :raises ConfigurationError: where the address is not usable or a certificate file cannot be read.
    :raises SignInError: where the app token cannot be sent at all.
    """

    def __init__(self, address: str, sign_in: SignIn | None, timeouts: Timeouts) -> None:
        self.address = portal_address(address)
        self.host = urlsplit(self.address).netloc
        self.loopback = urlsplit(self.address).hostname in LOOPBACK_HOSTS
        self.user = sign_in.user if sign_in else ""
        self._signed_in_from = sign_in.source if sign_in else ""
        self.timeouts = timeouts
        self._http = make_session(self.address, sign_in, timeouts, loopback=self.loopback)

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def ask(self, call: Call, stop: Stop | None = None) -> Answer:
        """Make the request, again where that is harmless and may help.

        One attempt whose outcome nobody knows leaves that of the whole request open, however the last attempt ends.

        :param stop: asked while waiting between attempts; true ends it with :class:`Stopped`.
        :raises PortalError: where the portal refused, failed, or could not be reached.
        """
        in_doubt = call.in_doubt

        def attempt() -> Answer:
            nonlocal in_doubt
            try:
                return self.ask_once(call)
            except PortalError as error:
                in_doubt = in_doubt or not error.outcome_known
                raise

        try:
            answer = retrying(self.timeouts, stop)(attempt)
        except (PortalError, Stopped) as error:
            raise (refusals.doubted(self.setting(call), error) if in_doubt else error) from None
        return replace(answer, in_doubt=in_doubt)

    def object(self, call: Call, needed: str) -> dict[str, Any]:
        """The JSON object a read is answered with.

        :param needed: a key without which it is no portal's answer.
        :raises PortalError: where the portal refused, failed, or could not be reached.
        """
        answer = self.ask(call)
        with answer.file:
            shape = answer.json()
        if not isinstance(shape, dict) or needed not in shape:
            raise self.not_a_portal(call, answer)
        return shape

    def ask_once(self, call: Call) -> Answer:
        """Make the request once.

        :raises PortalError: where the portal refused, failed, or could not be reached.
        """
        if not call.deed.repeatable:
            # A connection kept from before may have been closed by the other end unseen; the rows would then seem sent.
            self._http.close()
        url, params = self.address + call.path, call.params
        for _ in range(MOST_REDIRECTS):
            answer = self._exchange(call, url, params)
            promised = answer.status == 202 and call.deed.writes and not call.may_wait
            if 200 <= answer.status < 300 and not promised:
                if not (call.deed.writes or call.may_be_empty) and not answer.read(1):
                    answer.file.close()
                    raise unreached.nothing_came(self.setting(call), answer.request_id)
                answer.file.seek(0)
                return answer
            with answer.file:
                if answer.status not in REDIRECTS:
                    refusal = read_refusal(answer.headers.get("Content-Type", ""), answer.read(IN_MEMORY))
                    raise refusals.refused(
                        self.setting(call), answer.status, answer.headers, refusal, answer.request_id
                    )
            target = urljoin(url, answer.headers.get("Location", ""))
            if call.deed.writes or not same_place(target, self.address):
                raise unreached.redirected(self.setting(call), target, answer.request_id)
            url, params = target, {}
        raise unreached.redirected(self.setting(call), url, "")

    def setting(self, call: Call) -> refusals.Setting:
        """What the words of an error depend on."""
        return refusals.Setting(
            host=self.host,
            user=self.user,
            signed_in_from=self._signed_in_from,
            dataset=call.dataset,
            deed=call.deed,
            loopback=self.loopback,
        )

    def not_a_portal(self, call: Call, answer: Answer) -> PortalError:
        """The error for an answer that cannot be a portal's."""
        return unreached.not_a_portal(self.setting(call), answer.request_id)

    def _exchange(self, call: Call, url: str, params: Mapping[str, str]) -> Answer:
        request_id = uuid.uuid4().hex
        if call.body is not None:
            call.body.rewind()
        try:
            with self._http.request(
                call.method,
                url,
                params=params,
                data=call.body,
                headers={**call.headers, "X-Socrata-RequestId": request_id},
                timeout=self.timeouts.of(call.deed),
                allow_redirects=False,
                stream=True,
            ) as response:
                request_id = _reference(response.headers.get("X-Socrata-RequestId", ""), request_id)
                answer = Answer(response.status_code, response.headers, _spooled(response), request_id)
        except (requests.RequestException, HTTPError, UnicodeError, ssl.SSLError) as error:
            # The library's exception holds the request with its headers, hence the sign-in: it must not travel on.
            raise self._lost(call, error, request_id) from None
        log.debug("%s %s: %d (%s)", call.method, call.path, answer.status, answer.request_id)
        return answer

    def _lost(self, call: Call, error: Exception, request_id: str) -> PortalError:
        setting = self.setting(call)
        causes = every_cause(error)
        untouched = not call.deed.writes or (call.body is not None and not call.body.started)
        if isinstance(error, requests.exceptions.ProxyError):
            return unreached.proxy_failed(setting, _proxy_host(self._http), tunnel_status(causes), request_id)
        certificate = first_of(causes, ssl.SSLCertVerificationError)
        if certificate is not None or (first_of(causes, ssl.SSLError) is not None and untouched):
            reason = certificate.verify_message if certificate is not None else "no encrypted connection"
            return unreached.not_trusted(setting, reason, request_id)
        unresolved = first_of(causes, socket.gaierror)
        if unresolved is not None or first_of(causes, NameResolutionError) is not None:
            definite = unresolved is not None and unresolved.errno == socket.EAI_NONAME
            return unreached.no_such_host(setting, request_id, definite=definite)
        if first_of(causes, NewConnectionError, ConnectTimeoutError) is not None:
            return unreached.not_reached(setting, request_id)
        slow = isinstance(error, requests.Timeout) or first_of(causes, TimeoutError) is not None
        return unreached.cut_off(setting, slow=slow, untouched=untouched, reference=request_id)


def make_session(address: str, sign_in: SignIn | None, timeouts: Timeouts, *, loopback: bool) -> requests.Session:
    """The one factory of HTTP sessions.

    The environment is read here and only here: proxies (never for this computer) and certificate files. With
    ``trust_env`` off, no netrc file can ever replace the sign-in. On Windows and macOS the proxies are the system's,
    where no variable names one (not tried there); proxy scripts (PAC) are not understood.
    """
    http = _Http()
    http.trust_env = False
    http.proxies = {} if loopback else get_environ_proxies(address)
    # Signed in by header alone: a session cookie would make the portal ask for a CSRF token (protocol §1.5 [C]).
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    http.headers.update(
        {"User-Agent": f"xl-datasync/{__version__}", "Accept": "application/json", "Accept-Encoding": "gzip"}
    )
    http.auth = _Basic(sign_in) if sign_in else _no_sign_in
    if sign_in and sign_in.app_token:
        http.headers["X-App-Token"] = _sendable(sign_in.app_token)
    # Reading all trusted certificates takes longer than a small job at a portal on this computer, which needs none.
    plain = loopback and address.startswith("http://")
    adapter = _Adapter(None if plain else tls_context(), timeouts.send)
    for scheme in ("https://", "http://"):
        http.mount(scheme, adapter)
    return http


class _Http(requests.Session):
    """A session that takes redirects for answers; the library would prepare to follow them even when told not to."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class _Basic(requests.auth.AuthBase):
    """Basic sign-in sent with the first request, in UTF-8 (protocol §1.1 [C]: no client waits to be asked)."""

    def __init__(self, sign_in: SignIn) -> None:
        pair = f"{sign_in.user}:{sign_in.secret}".encode()
        self._header = "Basic " + base64.b64encode(pair).decode("ascii")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._header
        return request


def _no_sign_in(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Adapter(HTTPAdapter):
    """Our own TLS context, large blocks, and patience while sending."""

    def __init__(self, context: ssl.SSLContext | None, send_timeout: float) -> None:
        self._pool: dict[str, Any] = {"ssl_context": context, "blocksize": BLOCK}
        self._schemes = connection_pools(send_timeout)
        super().__init__()

    def init_poolmanager(
        self,
        connections: int,
        maxsize: int,
        block: bool = False,  # noqa: FBT001, FBT002  # the library's signature
        **pool_kwargs: Any,
    ) -> None:
        """Pools of our connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._pool)
        self.poolmanager.pool_classes_by_scheme = self._schemes

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        """Pools of our connections, through a proxy."""
        manager = super().proxy_manager_for(proxy, **proxy_kwargs, **self._pool)
        manager.pool_classes_by_scheme = self._schemes
        return manager

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the context above decides; the library would add its own list of authorities."""


def same_place(url: str, other: str) -> bool:
    """Whether a sign-in for one may be sent to the other (protocol §1.8)."""
    return _place(url) == _place(other)


def _place(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address, all of which must be the same for a sign-in to be sent there."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _sendable(token: str) -> str:
    if not re.fullmatch(r"[!-~]+", token):
        raise SignInError(
            "The app token holds a space or a character that cannot be sent.",
            remedy="Copy it again from the portal's developer settings.",
        )
    return token


def _spooled(response: requests.Response) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # lives as long as the answer
    try:
        for block in response.iter_content(BLOCK):
            file.write(block)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _reference(given: str, ours: str) -> str:
    return given if re.fullmatch(r"[\w-]{1,64}", given) else ours


def _proxy_host(http: requests.Session) -> str:
    """Host and port of the proxy, without the user name and password its address may hold."""
    proxies = dict(http.proxies)
    parts = urlsplit(proxies.get("https") or proxies.get("all") or proxies.get("http") or "")
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or "of this network"
