"""The one guarded client: every request that leaves the newsroom for a foreign address passes here.

It pins the resolved address so that a second DNS answer cannot lead elsewhere, refuses private, loopback, link-local
and reserved ranges unless the newsroom allowed the host by name, follows at most three redirects and checks each of
them anew, stops reading at a size limit, and never waits longer than its time-out in all.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx

from smeditor.exceptions import BadAnswer, FetchRefused, OutcomeUnknown, Temporary, TooLarge

USER_AGENT = "smeditor/0.1 (newsroom social desk)"
MAX_REDIRECTS = 3
DEFAULT_MAX_BYTES = 5_000_000

Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the IP addresses of ``host``. Raises OSError when there are none."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether an IP address lies on the public internet (RFC 6890's special ranges do not)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return ip.is_global and not ip.is_multicast


class GuardedTransport(httpx.BaseTransport):
    """Resolve, check, and connect to the very address that was checked."""

    def __init__(
        self,
        allowed_private_hosts: Iterable[str] = (),
        resolver: Resolver = resolve,
        inner: httpx.BaseTransport | None = None,
    ) -> None:
        self.allowed = {host.lower() for host in allowed_private_hosts}
        self.resolver = resolver
        self.inner = inner or httpx.HTTPTransport(trust_env=False, retries=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        if url.scheme not in {"http", "https"}:
            raise FetchRefused(f"Only http and https addresses are fetched, not {url.scheme!r}.")
        if url.userinfo:
            raise FetchRefused("An address with a user name and password in it is not fetched.")
        host = url.host.lower()
        address = self._checked_address(host, url.port or (443 if url.scheme == "https" else 80))
        if address != host:
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = url.copy_with(host=address)
        return self.inner.handle_request(request)

    def _checked_address(self, host: str, port: int) -> str:
        try:
            addresses = self.resolver(host, port)
        except OSError as error:
            raise Temporary(
                f"The address {host} cannot be found. Check its spelling, or try later.", cause=str(error)
            ) from error
        if host in self.allowed or f"{host}:{port}" in self.allowed:
            return addresses[0]
        refused = [address for address in addresses if not is_public(address)]
        if refused or not addresses:
            raise FetchRefused(f"{host} lies in a private network and is not fetched.", cause=", ".join(refused))
        return addresses[0]

    def close(self) -> None:
        self.inner.close()


class GuardedClient:
    """A synchronous HTTP client with the guard built in. ``timeout`` is in seconds, for a whole request."""

    def __init__(
        self,
        *,
        allowed_private_hosts: Iterable[str] = (),
        timeout: float = 15.0,
        max_bytes: int = DEFAULT_MAX_BYTES,
        headers: Mapping[str, str] | None = None,
        resolver: Resolver = resolve,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.timeout = timeout
        self.max_bytes = max_bytes
        self._client = httpx.Client(
            transport=GuardedTransport(allowed_private_hosts, resolver, transport),
            headers={"User-Agent": USER_AGENT, **(headers or {})},
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> GuardedClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, url: str, *, max_bytes: int | None = None, **kwargs: Any) -> httpx.Response:
        """GET with redirects followed and checked. See :meth:`request` for the errors."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self.request("GET", url, max_bytes=max_bytes, **kwargs)
            if not response.has_redirect_location:
                return response
            url = str(httpx.URL(url).join(response.headers["location"]))
            kwargs.pop("params", None)
        raise FetchRefused(f"The address redirects more than {MAX_REDIRECTS} times and was given up.", cause=url)

    def request(
        self, method: str, url: str, *, max_bytes: int | None = None, timeout: float | None = None, **kwargs: Any
    ) -> httpx.Response:
        """Send one request, follow nothing, and return the response with its body read.

        Raises ``FetchRefused`` (the guard said no), ``TooLarge``, ``Temporary`` (nothing was sent: no connection),
        ``OutcomeUnknown`` (the request left and no whole answer came) or ``BadAnswer`` (it cannot be decoded).
        """
        seconds = timeout or self.timeout
        deadline = time.monotonic() + seconds
        try:
            host = httpx.URL(url).host
            limits = httpx.Timeout(seconds, connect=min(seconds, 10.0))
            request = self._client.build_request(method, url, timeout=limits, **kwargs)
            response = self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Temporary(f"{host} cannot be reached. It will be tried again.", cause=repr(error)) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchRefused("This is not an address that can be fetched.", cause=repr(error)) from error
        except httpx.TransportError as error:
            raise OutcomeUnknown(f"{host} did not answer in time.", cause=repr(error)) from error
        try:
            body = self._read(response, max_bytes or self.max_bytes, deadline, host)
        except httpx.TransportError as error:
            raise OutcomeUnknown(f"{host} broke off in the middle of its answer.", cause=repr(error)) from error
        except httpx.DecodingError as error:
            raise BadAnswer(f"{host} sent an answer that cannot be decoded.", cause=repr(error)) from error
        finally:
            response.close()
        decoded = {"content-encoding", "content-length", "transfer-encoding"}
        headers = [(key, value) for key, value in response.headers.multi_items() if key.lower() not in decoded]
        return httpx.Response(response.status_code, headers=headers, content=body, request=request)

    def _read(self, response: httpx.Response, limit: int, deadline: float, host: str) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_bytes(65_536):
            size += len(chunk)
            if size > limit:
                raise TooLarge(f"The answer of {host} is larger than {limit // 1000} kB and was not read to its end.")
            if time.monotonic() > deadline:
                raise OutcomeUnknown(f"{host} answers too slowly and was given up.")
            chunks.append(chunk)
        return b"".join(chunks)
