"""The two addresses at which other sites say that they link to us: Webmention, and Pingback where it is switched on.

W3C Webmention, 3.2 (https://www.w3.org/TR/webmention/#receiving-webmentions, read 2026-11-30): 400 for what is no valid
request, 202 without a ``Location`` for what is verified later. Pingback 1.0, section 3.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from smeditor import conf
from smeditor.listening.webmentions.receive import Taken, accept
from smeditor.networks.webmention import xml_rpc
from smeditor.networks.webmention.pairs import BadPair, Pair
from smeditor.wakeup import wake

LONGEST_BODY = 10_000
MOST_FIELDS = 20
LATER = 3600
"""Seconds after which to come again, for who sends too much."""
FORM_TYPE = "application/x-www-form-urlencoded"
XML_TYPE = "text/xml; charset=utf-8"


@csrf_exempt
@never_cache
@require_POST
def webmention(request: HttpRequest) -> HttpResponse:
    """Answer a Webmention: 202 kept, to be verified; 400 no valid request; 413 too long; 429 too many, come again later."""
    body = _body(request)
    if body is None:
        return _plain(413, "This is too long.")
    if request.content_type != FORM_TYPE:
        return _plain(400, "Send source and target as a form (application/x-www-form-urlencoded).")
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=MOST_FIELDS, errors="strict")
        sources, targets = fields.get("source", []), fields.get("target", [])
        if len(sources) != 1 or len(targets) != 1:
            return _plain(400, "Name one source and one target.")
        taken = accept(Pair.of(sources[0], targets[0]), timezone.now())
    except BadPair as error:
        return _plain(400, str(error.sentence))
    except ValueError:
        return _plain(400, "The form cannot be read.")
    if taken is Taken.TOO_MANY:
        return _plain(429, "Too many at once. Come again later.", {"Retry-After": str(LATER)})
    if taken is Taken.NOT_OURS:
        return _plain(400, "The target is no page of this site, or the source is.")
    wake("mentions")
    return _plain(202, "Thank you. It will be verified.")


@csrf_exempt
@never_cache
@require_POST
def pingback(request: HttpRequest) -> HttpResponse:
    """Answer ``pingback.ping`` of XML-RPC. 404 while ``SMEDITOR["PINGBACKS"]`` is off."""
    if not conf.get("PINGBACKS"):
        raise Http404
    body = _body(request)
    try:
        if body is None:
            raise xml_rpc.BadCall(xml_rpc.PARSE_ERROR, "This is too long.")
        taken = accept(Pair.of(*xml_rpc.read_call(body)), timezone.now())
    except xml_rpc.BadCall as error:
        return _xml(xml_rpc.fault(error.code, error.sentence))
    except BadPair as error:
        return _xml(xml_rpc.fault(xml_rpc.WRONG_PARAMETERS, str(error.sentence)))
    if taken is Taken.NOT_OURS:
        return _xml(xml_rpc.fault(xml_rpc.NOT_A_TARGET, "The target is no page of this site, or the source is."))
    if taken is Taken.TOO_MANY:
        return _xml(xml_rpc.fault(xml_rpc.DENIED, "Too many at once. Come again later."))
    wake("mentions")
    return _xml(xml_rpc.success("Thank you. It will be verified."))


def add_link_header(response: HttpResponseBase) -> None:
    """Name the endpoint in the ``Link`` header of an article's response, for hosts that would rather not use the tag."""
    link = f'<{reverse("smeditor_webmention")}>; rel="webmention"'
    there = response.headers.get("Link")
    response.headers["Link"] = f"{there}, {link}" if there else link


def _body(request: HttpRequest) -> bytes | None:
    """The body as it came; None for one that is too long, of which no more is read."""
    body = request.read(LONGEST_BODY + 1)
    return body if len(body) <= LONGEST_BODY else None


def _plain(status: int, sentence: str, headers: dict[str, Any] | None = None) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)


def _xml(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type=XML_TYPE)
