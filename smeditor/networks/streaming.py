"""Answers without an end: server-sent events, line by line, and the messages of a WebSocket, both through the guard.

A stream is a wake-up: whoever loses it collects a little later. So nothing is repeated here, and silence ends it.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import ConfigurationError, Temporary, TooLarge
from smeditor.networks.ssrf_guard import CONNECT_SECONDS, Guard, check_address

SILENCE = 120.0
"""Seconds without a byte after which a connection counts as lost: servers send a sign of life every few seconds."""
LONGEST_MESSAGE = 1_000_000
"""Bytes of a line or a message."""
SECURE = {"wss": "https", "ws": "http"}


def lines(response: httpx.Response, host: str) -> Iterator[str]:
    """The lines of an endless answer as they come. Raises Temporary when it breaks off, TooLarge for an endless line."""
    waiting = b""
    try:
        for chunk in response.iter_raw():
            *whole, waiting = (waiting + chunk).split(b"\n")
            yield from (line.decode("utf-8", "replace").rstrip("\r") for line in whole)
            if len(waiting) > LONGEST_MESSAGE:
                raise TooLarge(_("The server sends much more than an answer needs and was not read to its end."))
    except (httpx.HTTPError, httpx.StreamError, OSError) as error:
        raise Temporary(_("%(host)s broke off its answer.") % {"host": host}, cause=type(error).__name__) from error
    finally:
        response.close()


def websocket_messages(
    guard: Guard, url: str, *, silence: float = SILENCE, ssl_context: ssl.SSLContext | None = None
) -> Iterator[str]:
    """The text messages of a WebSocket at ``url`` (``wss://``, ``ws://``) as they come; others are left out.

    Needs the extra ``stream``; raises ConfigurationError without it, FetchRefused for an address that is not public,
    Temporary when it cannot be reached, is silent for ``silence`` seconds or breaks off.
    """
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect
    except ImportError as error:
        raise ConfigurationError(_("Streams need the extra: pip install wagtail-smeditor[stream]")) from error
    address = httpx.URL(url)
    check_address(address.copy_with(scheme=SECURE.get(address.scheme, address.scheme)))
    secure = address.scheme == "wss"
    port = address.port or (443 if secure else 80)
    params = {"host": address.host}
    try:
        connection = _connected(guard.addresses(address.host, port), port)
        context = (ssl_context or httpx.create_ssl_context(trust_env=False)) if secure else None
        with connect(
            url, sock=connection, ssl=context, open_timeout=CONNECT_SECONDS, max_size=LONGEST_MESSAGE, proxy=None
        ) as websocket:
            while True:
                message = websocket.recv(timeout=silence)
                if isinstance(message, str):
                    yield message
    except (OSError, WebSocketException) as error:
        sentence = _("%(host)s ended the stream, or cannot be reached. It is tried again.")
        raise Temporary(sentence % params, cause=type(error).__name__) from error


def _connected(addresses: list[str], port: int) -> socket.socket:
    failure: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), CONNECT_SECONDS)
        except OSError as error:
            failure = error
    raise failure
