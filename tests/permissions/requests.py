"""How a person asks the desk for something, by its address's name."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def post(client: Any, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data)


def opens(client: Any, name: str, *args: Any) -> bool:
    return client.get(reverse(name, args=args)).status_code == 200
