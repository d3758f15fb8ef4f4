"""The queue's numbers for a monitoring system, as OpenMetrics text. Off until the newsroom sets a token."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from smeditor import conf
from smeditor.publishing import queue

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
VIEW_DELIVERY = "smeditor.view_delivery"


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer ``GET`` with the counters, to whoever brings the token or may see deliveries in the admin.

    404 while no token is set; 403 without or with a wrong one. The token travels as ``Authorization: Bearer …``.
    """
    token = conf.get("METRICS_TOKEN")
    if not token:
        raise Http404
    given = request.headers.get("authorization", "")
    if not constant_time_compare(given, f"Bearer {token}") and not request.user.has_perm(VIEW_DELIVERY):
        return HttpResponseForbidden("A bearer token is needed.\n", content_type="text/plain")
    return HttpResponse(exposition(queue.counters(timezone.now())), content_type=CONTENT_TYPE)


def exposition(numbers: dict[str, float]) -> str:
    """Write numbers by name in OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).

    A name that ends in ``_total`` is a counter, whose family carries the name without it; every other one is a gauge.
    """
    lines = []
    for name, number in numbers.items():
        family = name.removesuffix("_total")
        lines += [f"# TYPE {family} {'gauge' if family == name else 'counter'}", f"{name} {number:g}"]
    return "\n".join([*lines, "# EOF", ""])
