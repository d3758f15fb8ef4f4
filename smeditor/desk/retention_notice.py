"""The public page of what is kept of readers and for how long, made of the settings in force: it cannot say otherwise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from smeditor.insight.tips.sealing import KEPT
from smeditor.listening.content import retention_days
from smeditor.listening.legal_hold import LONGEST


@require_safe
@cache_control(max_age=3600, public=True)
def retention_notice(request: HttpRequest) -> HttpResponse:
    """Answer ``GET`` with ``smeditor/public/retention.html``, which a newspaper may replace by its own.

    The template gets ``days`` (by level of ``SMEDITOR["RETENTION"]``), ``tip_days`` and ``hold_years``, all whole numbers.
    """
    context = {"days": retention_days(), "tip_days": KEPT.days, "hold_years": LONGEST.days // 365}
    return render(request, "smeditor/public/retention.html", context)
