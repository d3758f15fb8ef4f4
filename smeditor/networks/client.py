"""The one guarded client: every request that leaves the newsroom for a foreign address passes here.

It connects only to addresses it has checked (:mod:`smeditor.networks.ssrf_guard`), refuses private, loopback, link-local
and reserved ranges unless the newsroom allowed the host by name, follows at most three redirects and checks each of
them anew, stops reading at a size limit, unpacked bytes included, and never waits longer than its time-out in all.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import AuthExpired, BadAnswer, FetchRefused, OutcomeUnknown, Temporary, TooLarge
from smeditor.networks.charsets import charset_of
from smeditor.networks.deadline import DEADLINE
from smeditor.networks.ssrf_guard import (
    ALLOWANCE,
    CONNECT_SECONDS,
    Allowance,
    Guard,
    GuardedTransport,
    Resolver,
    check_address,
    resolve,
)
from smeditor.networks.streaming import SILENCE, lines, websocket_messages
from smeditor.redaction import remember

__all__ = ["USER_AGENT", "GuardedClient", "joined", "resolve"]

USER_AGENT = "smeditor/0.1 (newsroom social desk)"
MAX_REDIRECTS = 3
DEFAULT_MAX_BYTES = 5_000_000
SECRET_HEADERS = ("authorization", "cookie", "dpop")
UNPACKED_AT_ONCE = 65_536
MOST_HEAD_BYTES = 256_000
"""Of everything before the body: interim answers, status line, headers. httpcore itself stops at 100 kB for one head."""
CHUNKING = 2
"""So many times its size may a body take on the wire, chunk sizes included."""
BROKEN = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError, LookupError, EOFError)
"""What an answer can make the libraries beneath raise beside their own errors."""


class GuardedClient:
    """A synchronous HTTP client with the guard built in. ``timeout`` is in seconds, for a whole request.

    ``allowed_private_hosts``: ``host`` or ``host:port`` that may lie in a private network. ``resolver``, ``transport``
    and ``ssl_context`` replace DNS, the network and the trusted certificates.
    """

    def __init__(
        self,
        *,
        allowed_private_hosts: Iterable[str] = (),
        timeout: float = 15.0,
        max_bytes: int = DEFAULT_MAX_BYTES,
        headers: Mapping[str, str] | None = None,
        resolver: Resolver = resolve,
        transport: httpx.BaseTransport | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.timeout = timeout
        self.max_bytes = max_bytes
        self._ssl_context = ssl_context
        self._transport = GuardedTransport(Guard(allowed_private_hosts, resolver), transport, ssl_context)
        # It only writes requests. httpx's own sending would store cookies and take redirects apart, answer by answer.
        self._client = httpx.Client(
            transport=self._transport,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **(headers or {})},
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def __enter__(self) -> GuardedClient:
        return self

    def __exit__(self, *_exit: object) -> None:
        self.close()

    def get(
        self, url: str, *, max_bytes: int | None = None, timeout: float | None = None, **kwargs: Any
    ) -> httpx.Response:
        """GET with redirects followed and checked, all within ``timeout``. See :meth:`request` for the errors.

        A token or a cookie in ``headers`` is not taken along to another server. The address that answered in the end
        is ``response.request.url``.
        """
        deadline = time.monotonic() + (timeout or self.timeout)
        for _hop in range(MAX_REDIRECTS + 1):
            left = max(deadline - time.monotonic(), 0.01)
            response = self.request("GET", url, max_bytes=max_bytes, timeout=left, **kwargs)
            if not response.has_redirect_location:
                return response
            following = joined(response)
            if not _same_origin(response.request.url, following):
                kwargs["headers"] = _without_secrets(kwargs.get("headers"))
            kwargs.pop("params", None)
            url = str(following)
        sentence = _("The address redirects more than %(number)d times and was given up.")
        raise FetchRefused(sentence % {"number": MAX_REDIRECTS}, cause=url)

    def request(
        self, method: str, url: str, *, max_bytes: int | None = None, timeout: float | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Send one request, follow nothing, and return the response with its body read and unpacked.

        Raises ``FetchRefused`` (the guard said no), ``TooLarge``, ``Temporary`` (nothing was sent: no connection),
        ``OutcomeUnknown`` (the request left and no whole answer came) or ``BadAnswer`` (it cannot be decoded), and
        nothing else, whatever the server sends.
        """
        seconds = timeout or self.timeout
        latest = time.monotonic() + seconds
        outer = DEADLINE.get()
        running = DEADLINE.set(latest if outer is None else min(latest, outer))
        counting = ALLOWANCE.set(Allowance(MOST_HEAD_BYTES))
        try:
            return self._exchange(self._request(method, url, seconds, kwargs), max_bytes or self.max_bytes)
        finally:
            ALLOWANCE.reset(counting)
            DEADLINE.reset(running)

    def stream_lines(self, url: str, *, headers: Mapping[str, str], silence: float = SILENCE) -> Iterator[str]:
        """GET an answer that has no end, and yield its lines as they come, until the server ends it.

        Raises AuthExpired where the server does not let us in, Temporary for any other status, after ``silence`` seconds
        without a byte, and when the connection breaks; else as :meth:`request`.
        """
        request = self._request("GET", url, silence, {"headers": dict(headers)})
        params = {"host": request.url.host}
        response = self._head(request, params)
        if response.status_code != 200:
            response.close()
            known: dict[str, Any] = {"status": response.status_code, "cause": f"HTTP {response.status_code}"}
            if response.status_code == 401:
                sentence = _("%(host)s no longer accepts the account's token. Connect it again.")
                raise AuthExpired(sentence % params, **known)
            raise Temporary(_("%(host)s opens no stream.") % params, **known)
        yield from lines(response, request.url.host)

    def stream_messages(self, url: str, *, silence: float = SILENCE) -> Iterator[str]:
        """The messages of a WebSocket; see :func:`smeditor.networks.streaming.websocket_messages`."""
        return websocket_messages(self._transport.guard, url, silence=silence, ssl_context=self._ssl_context)

    def _request(self, method: str, url: str, seconds: float, parts: dict[str, Any]) -> httpx.Request:
        limits = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        try:
            request = self._client.build_request(method, url, timeout=limits, **parts)
        except (httpx.InvalidURL, UnicodeError) as error:
            kind = type(error).__name__
            raise FetchRefused(_("This is not an address that can be fetched."), cause=kind) from None
        check_address(request.url)
        remember(value.partition(" ")[2] or value for key, value in request.headers.items() if key in SECRET_HEADERS)
        return request

    def _exchange(self, request: httpx.Request, limit: int) -> httpx.Response:
        params = {"host": request.url.host}
        response = self._head(request, params)
        allowance = ALLOWANCE.get()
        if allowance is not None:
            allowance.left += CHUNKING * limit
        try:
            body = b"".join(_bounded(_unpacked(response), limit, request.url.host))
        except httpx.TransportError as error:
            sentence = _("%(host)s broke off in the middle of its answer, or answers too slowly.")
            raise OutcomeUnknown(sentence % params, cause=repr(error)) from error
        except (zlib.error, *BROKEN) as error:
            sentence = _("%(host)s sent an answer that cannot be decoded.")
            raise BadAnswer(sentence % params, cause=repr(error)) from error
        finally:
            response.close()
        unpacked = {b"content-encoding", b"content-length", b"transfer-encoding"}
        headers = [(key, value) for key, value in response.headers.raw if key.lower() not in unpacked]
        answer = httpx.Response(response.status_code, headers=headers, content=body, request=request)
        answer.encoding = charset_of(response.headers.get("content-type", "")) or "utf-8"
        return answer

    def _head(self, request: httpx.Request, params: dict[str, str]) -> httpx.Response:
        """The answer with its body still unread."""
        try:
            return self._transport.handle_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            sentence = _("%(host)s cannot be reached. It will be tried again.")
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                sentence = _("The certificate of %(host)s is not valid, so that nothing was sent to it.")
            raise Temporary(sentence % params, cause=repr(error)) from error
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol) as error:
            # h11 quotes the offending header, which may be the one with the token: the chain ends here
            kind = type(error).__name__
            raise FetchRefused(_("This request cannot be sent as it is written."), cause=kind) from None
        except httpx.TimeoutException as error:
            raise OutcomeUnknown(_("%(host)s did not answer in time.") % params, cause=repr(error)) from error
        except BROKEN as error:
            raise OutcomeUnknown(_("%(host)s broke off its answer.") % params, cause=repr(error)) from error


def _bounded(chunks: Iterable[bytes], limit: int, host: str) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            sentence = _("The answer of %(host)s is larger than %(size)d kB and was not read to its end.")
            raise TooLarge(sentence % {"host": host, "size": limit // 1000})
        yield chunk


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    """The body in small pieces. httpx would unpack each received chunk at once, up to a thousandfold."""
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise TypeError("a guarded client is synchronous")
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        yield from response.stream
    elif encoding in {"gzip", "x-gzip", "deflate"}:
        yield from _inflated(response.stream)
    else:
        raise zlib.error(f"content-encoding {encoding[:40]!r} was not asked for")


def _inflated(stream: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    received = False
    for chunk in stream:
        waiting = chunk
        received = received or bool(chunk)
        while waiting and not unpacker.eof:
            yield unpacker.decompress(waiting, UNPACKED_AT_ONCE)
            waiting = unpacker.unconsumed_tail
    while received and not unpacker.eof and (rest := unpacker.decompress(b"", UNPACKED_AT_ONCE)):
        yield rest
    if received and not unpacker.eof:
        raise zlib.error("the packed answer ends too early")


def joined(response: httpx.Response) -> httpx.URL:
    """Where a redirect leads. Raises FetchRefused for what is no address that can be fetched."""
    try:
        following = response.request.url.join(response.headers["location"])
    except (httpx.InvalidURL, ValueError):
        raise FetchRefused(_("The address redirects to something that cannot be fetched.")) from None
    check_address(following)
    return following


def _same_origin(first: httpx.URL, second: httpx.URL) -> bool:
    return (first.scheme, first.host, first.port) == (second.scheme, second.host, second.port)


def _without_secrets(headers: Any) -> dict[str, str]:
    return {key: value for key, value in dict(headers or {}).items() if key.lower() not in SECRET_HEADERS}
