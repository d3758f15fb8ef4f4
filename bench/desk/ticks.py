"""``python -m bench.desk.ticks``: what a tick costs when there is nothing to do, and what storing and grouping cost.

Last line: JSON ``{"idle": {tick: ms}, "stored_per_s": x, "bare_per_s": x, "grouped_ms": x, "cold_s": x}``; the least of
several rounds. ``cold_s``: seconds until a process that starts has grouped its first texts.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django

ROUNDS = 5
WARM_UP = 12
"""Rounds before the first that counts: what the filling left open is closed in them."""
STORED, TRIES = 1_000, 5
GROUPED = 2_000
"""Texts over which grouping is measured: so many that the second thoughts on them are among what it costs."""
FIRST = 300


def main() -> None:
    """Measure on the database of ``DATABASE_URL`` and print."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings.testing")
    django.setup()
    idle = idle_ticks()
    stored, bare = storing()
    grouped, cold = grouping()
    print(json.dumps({"idle": idle, "stored_per_s": stored, "bare_per_s": bare, "grouped_ms": grouped, "cold_s": cold}))


def idle_ticks() -> dict[str, float]:
    """Return the least milliseconds of each task when nothing is open."""
    from smeditor import tasks
    from smeditor.schedule import beat_schedule

    found: dict[str, float] = {}
    names = [entry["task"].removeprefix("smeditor.") for entry in beat_schedule().values()]
    for round_ in range(WARM_UP + ROUNDS):
        for name in names:
            took = _milliseconds(getattr(tasks, name))
            if round_ >= WARM_UP:
                found[name] = min(took, found.get(name, took))
            elif took > 1000:
                print(f"warming up: {name} took {took:.0f} ms in round {round_}", file=sys.stderr, flush=True)
    return {name: round(value, 2) for name, value in found.items()}


def _milliseconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def inbound(rng: random.Random, start: int, now: datetime) -> list[Any]:
    """Return replies that readers could have written just now to the newest posts."""
    from bench.desk.language import LABELS, sentence
    from smeditor.models import Delivery
    from smeditor.networks.base import Author, InboundItem, Kind

    sent = list(Delivery.objects.filter(state="sent", account__network="mastodon").order_by("-sent_at")[:50])
    found = []
    for number in range(start, start + STORED):
        delivery, reader = rng.choice(sent), rng.randrange(200_000)
        host = "https://mastodon.example"
        found.append(
            InboundItem(
                kind=Kind.REPLY,
                native_id=f"{host}/@n{number}/{number}",
                author=Author(f"{reader}", f"r{reader}@mastodon.example", f"Reader {reader}", f"{host}/@r{reader}"),
                text=sentence(rng, number % 40, "fr", rng.choice(list(LABELS))),
                published_at=now - timedelta(minutes=5),
                url=f"{host}/@n{number}/{number}",
                in_reply_to=delivery.remote_id,
                language="fr",
            )
        )
    return found


def storing() -> tuple[float, float]:
    """Return rows a second that are stored as the desk does, and the same rows by a bare ``bulk_create``."""
    from django.utils import timezone

    from smeditor.listening.batch import Origin
    from smeditor.listening.store import store
    from smeditor.models import Account

    account = Account.objects.filter(network="mastodon").order_by("pk").first()
    origin, rng, best, bare = Origin("mastodon", account=account), random.Random(7), 0.0, 0.0
    for trial in range(TRIES):
        now = timezone.now()
        items = inbound(rng, 10**7 + trial * STORED, now)
        began = time.perf_counter()
        result = store(items, origin, now)
        best = max(best, len(result.created) / (time.perf_counter() - began))
        bare = max(bare, _bare(result.created))
    return round(best, 1), round(bare, 1)


def _bare(keys: list[int]) -> float:
    """Insert copies of what was stored, table by table, and take them away again."""
    from django.db import transaction

    from smeditor.models import Reaction, ReactionFingerprint, ReactionKey, ReactionText

    tables: list[tuple[Any, list[Any]]] = []
    offset = 10**12
    for model, field in ((Reaction, "pk"), (ReactionText, "reaction"), (ReactionKey, "reaction"),
                         (ReactionFingerprint, "reaction")):  # fmt: skip
        rows = list(model._default_manager.filter(**{f"{field}__in": keys}))
        for row in rows:
            row.pk += offset
            if model is not Reaction:
                row.reaction_id += offset
            if model is ReactionKey:
                row.key = row.key[::-1]
        tables.append((model, rows))
    with transaction.atomic():
        began = time.perf_counter()
        for model, rows in tables:
            model._default_manager.bulk_create(rows, batch_size=500)
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return len(keys) / took


def grouping() -> tuple[float, float]:
    """Return milliseconds a text of grouping what was just stored, with what came before in memory, and ``cold_s``."""
    from django.utils import timezone

    from smeditor.insight.concerns import membership
    from smeditor.insight.labels import intake
    from smeditor.models import Reaction

    while intake.run_due(timezone.now()):
        pass
    cold = _milliseconds(lambda: membership.run_due(timezone.now(), limit=FIRST)) / 1000
    waiting = Reaction.objects.filter(grouped_at__isnull=True, triaged_at__isnull=False).count()
    if waiting < GROUPED:
        raise RuntimeError(f"Only {waiting} reactions wait to be grouped.")
    began = time.perf_counter()
    done = 0
    while done < GROUPED and (grouped := membership.run_due(timezone.now(), limit=GROUPED - done)):
        done += grouped
    return round((time.perf_counter() - began) * 1000 / done, 3), round(cold, 2)


if __name__ == "__main__":
    main()
