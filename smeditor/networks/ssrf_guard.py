"""What stands between the desk and a foreign address: the address check, the pinned connection, the deadline.

The check happens where the connection is made: a name is resolved once, every address it has must be public, and the
connection goes to the very address that was checked. The name itself stays in the request, so that the Host header,
TLS's server name and the certificate check are those of the name, and a kept connection is only used again for the
same name.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import FetchRefused, Temporary, TooLarge
from smeditor.networks.deadline import DEADLINE
from smeditor.networks.special_ranges import is_public

Resolver = Callable[[str, int], list[str]]


@dataclass
class Allowance:
    """How many bytes may still be read for the request under way, whatever they are taken for."""

    left: int


ALLOWANCE: ContextVar[Allowance | None] = ContextVar("allowance", default=None)
"""None: nothing is counted, as outside of a request."""

CONNECT_SECONDS = 10.0
UNACKNOWLEDGED = 15_000
"""Milliseconds for which the kernel keeps sending what nobody acknowledges. By itself it would go on for minutes, also
after the process has given up, and a request could arrive that was looked for in vain."""
LONGEST_HOST = 253


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of ``host``, without repeats. Raises OSError when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


class Guard:
    """Says to which addresses a host's name may lead. ``allowed``: ``host`` or ``host:port``, allowed by name."""

    def __init__(self, allowed: Iterable[str] = (), resolver: Resolver = resolve) -> None:
        self.allowed = {host.lower() for host in allowed}
        self.resolver = resolver

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of ``host``, all of them public or allowed. Raises FetchRefused or Temporary."""
        host = host.lower().strip("[]").rstrip(".")
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise self._unknown(host, repr(error)) from error
        if not found:
            raise self._unknown(host, "no address")
        if host in self.allowed or f"{host}:{port}" in self.allowed:
            return found
        refused = [address for address in found if not is_public(address)]
        if refused:
            raise FetchRefused(
                _("%(host)s lies in a private network and is not fetched.") % {"host": host}, cause=", ".join(refused)
            )
        return found

    def _unknown(self, host: str, cause: str) -> Temporary:
        sentence = _("The address %(host)s cannot be found. Check its spelling, or try later.")
        return Temporary(sentence % {"host": host}, cause=cause)


def check_address(url: httpx.URL) -> None:
    """Refuse what no guarded request may be: another scheme, or an address with a name and password in it."""
    if url.scheme not in {"http", "https"}:
        raise FetchRefused(_("Only http and https addresses are fetched."), cause=url.scheme)
    if url.userinfo:
        raise FetchRefused(_("An address with a user name and password in it is not fetched."))
    try:
        host = url.host
    except ValueError as error:  # a label that claims to be Punycode and is not
        raise FetchRefused(_("This is not an address that can be fetched."), cause=type(error).__name__) from None
    if not host or len(host) > LONGEST_HOST or set(host) & set("% "):
        raise FetchRefused(_("This is not an address that can be fetched."))


def seconds_left(timeout: float | None, late: type[Exception] = httpcore.ReadTimeout) -> float:
    """The shorter of ``timeout`` and what the request under way has left. Raises ``late`` when nothing is."""
    deadline = DEADLINE.get()
    if deadline is None:
        return CONNECT_SECONDS if timeout is None else timeout
    left = deadline - time.monotonic()
    if left <= 0:
        raise late("the whole request took too long")
    return left if timeout is None else min(left, timeout)


def _options(wanted: Iterable[Any] | None) -> list[Any]:
    """The socket options ``wanted`` and the end of resending, where the system has it (tcp(7), TCP_USER_TIMEOUT)."""
    name = getattr(socket, "TCP_USER_TIMEOUT", None)
    return [*(wanted or ()), *([(socket.IPPROTO_TCP, name, UNACKNOWLEDGED)] if name is not None else [])]


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for httpcore: to checked addresses only, each read and write within the deadline."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the checked addresses in turn, as a browser does: an IPv6 address without a route is no failure."""
        seconds_left(timeout, httpcore.ConnectTimeout)  # no name is looked up any more when the time is over
        failure: Exception = httpcore.ConnectError("no address")
        options = _options(socket_options)
        for address in self.guard.addresses(host, port):
            try:
                left = seconds_left(timeout, httpcore.ConnectTimeout)
                stream = self.inner.connect_tcp(address, port, left, local_address, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return DeadlineStream(stream)
        raise failure

    def connect_unix_socket(self, path: str, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Refuse: nothing is fetched from a socket of this machine."""
        raise FetchRefused(_("Only http and https addresses are fetched."))


class DeadlineStream(httpcore.NetworkStream):
    """A connection on which no read or write outlives the deadline of the request under way, or exceeds its allowance.

    What is counted are the bytes as they come, before anything is made of them: a flood of interim answers or of
    one-byte chunks never shows in a body.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self.inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return up to ``max_bytes``. Raises TooLarge beyond the allowance, httpcore's ReadTimeout when time is up."""
        received = self.inner.read(max_bytes, seconds_left(timeout))
        allowance = ALLOWANCE.get()
        if allowance is not None:
            allowance.left -= len(received)
            if allowance.left < 0:
                raise TooLarge(_("The server sends much more than an answer needs and was not read to its end."))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send ``buffer`` within the seconds that are left."""
        self.inner.write(buffer, seconds_left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same stream behind TLS. Raises httpcore's ConnectTimeout when time is up."""
        left = seconds_left(timeout, httpcore.ConnectTimeout)
        return DeadlineStream(self.inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore asks of the connection itself."""
        return self.inner.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """httpx's way out, through the guard. ``inner`` takes the place of the network, in tests; the check stays."""

    def __init__(
        self, guard: Guard, inner: httpx.BaseTransport | None = None, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self.guard = guard
        self.inner = inner or PinnedTransport(guard, ssl_context)
        self.checks_itself = inner is None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Check where the request goes, then send it. Raises FetchRefused for any place that is not public."""
        check_address(request.url)
        if not self.checks_itself:
            url = request.url
            self.guard.addresses(url.host, url.port or (443 if url.scheme == "https" else 80))
        return self.inner.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


class PinnedTransport(httpx.BaseTransport):
    """httpcore's connection pool over :class:`GuardedBackend`, its errors raised as httpx's."""

    def __init__(self, guard: Guard, ssl_context: ssl.SSLContext | None = None) -> None:
        self.pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(trust_env=False),
            max_connections=10,
            max_keepalive_connections=4,
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(guard),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and raise what fails as httpx's own errors."""
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with as_httpx_errors(request):
            answer = self.pool.handle_request(sent)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer, request), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close the connections."""
        self.pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self.answer = answer
        self.request = request

    def __iter__(self) -> Iterator[bytes]:
        with as_httpx_errors(self.request):
            yield from self.answer.iter_stream()

    def close(self) -> None:
        self.answer.close()


@contextmanager
def as_httpx_errors(request: httpx.Request) -> Iterator[None]:
    """Raise httpx's error of the same name for each of httpcore's."""
    try:
        yield
    except tuple(SAME_ERRORS) as error:
        error_class = next(ours for theirs, ours in SAME_ERRORS.items() if isinstance(error, theirs))
        raise error_class(str(error), request=request) from error


SAME_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}
