"""Doing something to several reactions or deliveries, as Wagtail's pages and bars for it do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from smeditor.models import Delivery


def address(action: str) -> str:
    """Where one of the bulk actions on reactions is sent."""
    return reverse("wagtail_bulk_action", args=["smeditor", "reaction", action])


def submit_bulk_action(client: Client, action: str, *ids: int, **data: Any) -> HttpResponse:
    """Do ``action`` to the reactions of these ``ids``."""
    return client.post(address(action), {"id": ids, **data})


def bulk_url(action: str, deliveries: Iterable[Delivery]) -> str:
    """The address of the page that asks once more about these deliveries."""
    query = "&".join(f"id={delivery.pk}" for delivery in deliveries)
    return f"{reverse('wagtail_bulk_action', args=['smeditor', 'delivery', action])}?{query}"


def in_bulk(client: Client, action: str, deliveries: Iterable[Delivery], **data: str) -> HttpResponse:
    """Press that page's button, with each delivery's text as it was shown unless ``data`` says otherwise."""
    rows = list(deliveries)
    shown = {f"seen-{row.pk}": row.payload_hash for row in rows}
    return client.post(bulk_url(action, rows), {**shown, **data})
