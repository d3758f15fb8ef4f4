"""Sending the bar of the inbox, as its form does."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def address(action: str) -> str:
    """Where one of the bulk actions on reactions is sent."""
    return reverse("wagtail_bulk_action", args=["smeditor", "reaction", action])


def act_on_several(client: Client, action: str, *ids: int, **data: Any) -> HttpResponse:
    """Do ``action`` to the reactions of these ``ids``."""
    return client.post(address(action), {"id": ids, **data})
