"""Telling a page that it is linked to: fetch it, find where it wants to hear of it, say so.

To say it again changes nothing at the receiver's: it reads the source anew and keeps one mention of a source and a target
(W3C Webmention, 3.2.4; Pingback's fault 48). So a lost answer is not dangerous here, and the caller may try again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from django.utils.translation import gettext as _

from smeditor.exceptions import BadAnswer, FetchRefused, Refused, SmeditorError, Temporary
from smeditor.networks.client import GuardedClient, joined
from smeditor.networks.feeds import raise_for_status
from smeditor.networks.listings import site
from smeditor.networks.webmention import xml_rpc
from smeditor.networks.webmention.discovery import Endpoint, discover
from smeditor.networks.webmention.pairs import Pair

MAX_BYTES = 2_000_000
ANSWER_BYTES = 100_000
SECONDS = 10.0
HOPS = 3
REPEATED = frozenset({301, 302, 307, 308})
"""Redirects of an endpoint that are followed with the same request; 303 says that it was accepted."""
PASSING_FAULTS = frozenset({0, xml_rpc.NO_SOURCE, xml_rpc.UPSTREAM})


class NoEndpoint(SmeditorError):
    """The page does not want to hear of links to it. That is no failure."""


@dataclass(frozen=True)
class Delivered:
    """The receiver has taken note of it."""

    endpoint: Endpoint


def announce(
    client: GuardedClient, pair: Pair, *, pingbacks: bool = False, own_hosts: Collection[str] = (), first: bool = True
) -> Delivered:
    """Tell ``pair.target`` that ``pair.source`` links to it, or does not any more.

    ``own_hosts``: where nothing is sent, whatever a page names as its endpoint. ``first``: it was never told before; a
    Pingback knows no second time, so that nothing is sent then. Raises ``NoEndpoint``, ``Refused`` (do not try again),
    ``FetchRefused``, and what passes: ``Temporary``, ``RateLimited``, ``OutcomeUnknown``, ``Gone``.
    """
    headers = {"Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"}
    response = client.get(pair.target, max_bytes=MAX_BYTES, timeout=SECONDS, headers=headers)
    if response.status_code >= 500 or response.status_code == 429:
        raise_for_status(response, pair.target, datetime.now(UTC))
    # A page that is gone may still name its endpoint, and its owner want to hear of what links there.
    endpoint = discover(response, pingbacks=pingbacks)
    if endpoint is None:
        raise_for_status(response, pair.target, datetime.now(UTC))
        raise NoEndpoint(_("The page does not say where it wants to hear of links to it."))
    if site(endpoint.url) in own_hosts:
        raise FetchRefused(_("The page names an address of this site as the place to hear of links: nothing is sent."))
    if not endpoint.pingback:
        _post(client, endpoint.url, own_hosts, data={"source": pair.source, "target": pair.target})
    elif first:
        _ping(client, endpoint.url, own_hosts, pair)
    return Delivered(endpoint)


def _post(client: GuardedClient, url: str, own_hosts: Collection[str], **body: object) -> httpx.Response:
    """POST and return the answer that accepts. A redirect is followed with the same request, each address checked anew."""
    for _hop in range(HOPS + 1):
        response = client.request("POST", url, max_bytes=ANSWER_BYTES, timeout=SECONDS, **body)
        if response.status_code not in REPEATED or "location" not in response.headers:
            break
        url = str(joined(response))
        if site(url) in own_hosts:
            raise FetchRefused(_("The page's endpoint leads back to this site: nothing is sent."))
    else:
        raise FetchRefused(_("The page's endpoint redirects too often and was given up."))
    status = response.status_code
    if status < 300 or status == 303:
        return response
    if status >= 500 or status in {408, 425, 429}:
        raise_for_status(response, url, datetime.now(UTC))
        raise Temporary(_("The receiver asks to come back later (%(status)d).") % {"status": status}, status=status)
    raise Refused(
        _("The receiver refused it (%(status)d).") % {"status": status}, status=status, cause=f"HTTP {status}"
    )


def _ping(client: GuardedClient, url: str, own_hosts: Collection[str], pair: Pair) -> None:
    body = xml_rpc.call(pair.source, pair.target)
    response = _post(client, url, own_hosts, content=body, headers={"Content-Type": "text/xml; charset=utf-8"})
    try:
        answer = xml_rpc.read_answer(response.content)
    except BadAnswer as error:
        raise Refused(_("The Pingback server answers with something that is not XML-RPC."), cause=str(error)) from None
    if answer.fault is None or answer.fault == xml_rpc.ALREADY_THERE:
        return
    params = {"code": answer.fault}
    if answer.fault in PASSING_FAULTS:
        raise Temporary(_("The Pingback server could not do it now (fault %(code)d).") % params, cause=answer.text)
    raise Refused(_("The Pingback server refused it (fault %(code)d).") % params, cause=answer.text)
