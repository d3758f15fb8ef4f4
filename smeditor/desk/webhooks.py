"""The door for what networks tell of their own accord. It believes nothing that is not signed, and answers at once."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from smeditor.exceptions import BadAnswer, Gone, SmeditorError
from smeditor.listening import webhooks
from smeditor.networks.base import WebhookRequest

logger = logging.getLogger("smeditor.listening")

LARGEST = 1_000_000
"""Bytes of a request: a network's largest is a few hundred kilobytes."""


@csrf_exempt
@require_http_methods(["GET", "POST"])
def webhook(request: HttpRequest, network: str, key: str = "") -> HttpResponse:
    """Answer a network's request: 200 once it is stored, 403 where it is not signed as it must be, 400, 404, 413.

    The answer says nothing else, so that nobody learns from it what is connected here.
    """
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        return _plain(413)
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return _plain(413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = {name: str(value) for name, value in request.GET.items()}
    asked = WebhookRequest(request.method or "", query, headers, body)
    try:
        answer = webhooks.receive(network, key, asked, timezone.now())
    except Gone:
        return _plain(404)
    except BadAnswer:
        return _plain(400)
    except SmeditorError as error:
        logger.warning("webhook of %s refused: %s", network[:30], type(error).__name__)
        return _plain(403)
    return HttpResponse(answer, content_type="text/plain; charset=utf-8")


def _plain(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type="text/plain; charset=utf-8")
