"""Mentions between pages, many of them, and what is asked of their tables: for the test of the query plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from smeditor.listening.webmentions import verify
from smeditor.mentions import announcements
from smeditor.models import OutgoingMention, ReceivedMention


def received(count: int, now: datetime) -> Iterator[ReceivedMention]:
    """Pairs of fifty hosts, none of them due; a fiftieth was refused in the last month."""
    for number in range(count):
        yield ReceivedMention(
            key=f"{number:064}",
            source=f"https://site{number % 50}.example/{number}",
            target="https://paper.example/",
            host=f"site{number % 50}.example",
            state="verified" if number % 50 else "refused",
            received_at=now - timedelta(days=400 if number % 50 else number % 30, minutes=number),
        )


def outgoing(count: int, now: datetime) -> Iterator[OutgoingMention]:
    """Links of four to an article, all of them sent."""
    for number in range(count):
        yield OutgoingMention(
            article_key=number // 4,
            key=f"{number:064}",
            source="https://paper.example/",
            target=f"https://site{number}.example/",
            host=f"site{number}.example",
            state="sent",
            created_at=now - timedelta(days=400),
        )


def statements(now: datetime) -> dict[str, Callable[[], Any]]:
    """What the code asks, by the index that is there for it."""
    hour = {"host": "site1.example", "received_at__gt": now - timedelta(hours=1)}
    return {
        "smeditor_mention_due": lambda: verify.waiting(now)[:200],
        "smeditor_mention_host": lambda: ReceivedMention.objects.filter(**hour)[:60],
        "smeditor_mention_refused": lambda: verify.forget(now),
        "smeditor_outgoing_due": lambda: announcements.waiting(now)[:200],
        "OutgoingMention.article_key": lambda: OutgoingMention.objects.filter(article_key=7),
    }
