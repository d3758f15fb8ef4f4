"""What the desk makes of reactions: concerns, corrections, tips, digests, alerts, tallies and what stands around them."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from bench.desk.inbound import BOTS, STAFF
from bench.desk.language import RARE
from bench.desk.newsroom import DAYS, Newsroom, Written
from bench.desk.rows import Table
from smeditor import models as sme
from smeditor.insight.alerts.tallies import floor

QUARTER = timedelta(minutes=15)


def concerns(newsroom: Newsroom) -> None:
    """Write concerns with their members, proposals across languages and what editors did."""
    rng, found = newsroom.rng, newsroom.members
    rare = RARE[0] + " "  # looked for in any newsroom, and found: in the first one that is open

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal rare
        for pk, members in found.items():
            people, chance = len({written.reader for written in members}), rng.random()
            state = "forming" if people < 3 else "open" if chance < 0.5 else "assigned" if chance < 0.6 else (
                "answered" if chance < 0.9 else "declined")  # fmt: skip
            articles = Counter(written.article for written in members if written.article)
            label = next((newsroom.texts[w.pk][:120] for w in members if w.pk in newsroom.texts), "")
            if state == "open" and rare:
                label, rare = rare + label, ""
            yield {
                "id": pk, "label": label,
                "language": members[0].language, "state": state, "people": people, "size": len(members),
                "articles": len(articles), "networks": len({written.network for written in members}),
                "first_at": min(written.at for written in members), "last_at": max(written.at for written in members),
                "article_id": articles.most_common(1)[0][0] if articles else None, "evidence": {"terms": ["a", "b"]},
                "answered_at": newsroom.now if state == "answered" else None,
                "assigned_to_id": rng.choice(newsroom.users).pk if state == "assigned" else None,
            }  # fmt: skip

    Table(sme.Concern).write(rows())
    table = Table(sme.ConcernMember)
    table.write(
        {"id": table.next(), "concern_id": pk, "reaction_id": written.pk, "at": written.at, "similarity": rng.random(),
         "evidence": ["a", "b"]}
        for pk, members in found.items() for written in members
    )  # fmt: skip
    keys = sorted(found)
    pairs = [(a, b) for a, b in itertools.pairwise(keys) if a % 200 == 0]
    Table(sme.ConcernMatch).write(
        {"id": n, "first_id": a, "second_id": b, "evidence": ["number:12"]} for n, (a, b) in enumerate(pairs, 1)
    )
    edits = Table(sme.ConcernEdit)
    edits.write(
        {"id": edits.next(), "operation": "decline", "concern_id": pk, "user_id": newsroom.users[0].pk}
        for pk in keys[::100]
    )


def corrections(newsroom: Newsroom) -> None:
    """Write requests for corrections, four of ten like an earlier one about the same article."""
    table, first = Table(sme.CorrectionRequest), {}

    def rows() -> Iterator[dict[str, Any]]:
        for written in newsroom.written:
            if written.label != "correction":
                continue
            pk, chance = table.next(), newsroom.rng.random()
            like = first.get(written.article) if newsroom.rng.random() < 0.4 else None
            first.setdefault(written.article, pk)
            yield {
                "id": pk, "article_id": written.article, "reaction_id": written.pk, "similar_to_id": like,
                "claim": newsroom.texts.get(written.pk, "claim")[:200], "created_at": written.at,
                "verdict": "open" if chance < 0.2 else "fixed" if chance < 0.5 else "declined",
            }  # fmt: skip

    table.write(rows())


def tips(newsroom: Newsroom) -> None:
    """Write sealed tips, a third of them readable by the superuser."""
    chief, today = get_user_model().objects.get(username="bench"), newsroom.now.date()
    tips = sme.Tip.objects.bulk_create(
        sme.Tip(
            code_name=f"TIP-{number}", envelope={"text": "secret"}, origin=f"{number:064x}", received_on=today,
            purge_on=today + timedelta(days=180), state="new" if number % 4 == 0 else "taken",
        )
        for number in range(max(20, newsroom.reactions // 500))
    )  # fmt: skip
    reading = sme.Tip.readers.through
    reading.objects.bulk_create(reading(tip=tip, user=chief) for tip in tips[::3])


def desk(newsroom: Newsroom) -> None:
    """Write digests, alerts, holds, saved replies, tombstones, and a worker that is alive."""
    now, articles = newsroom.now, list(newsroom.titles)
    shown = next((written.pk for written in newsroom.written if written.has_text), 0)
    users = list(
        get_user_model().objects.all()
    )  # asked for now: while rows are copied the connection answers nothing else
    digests, alerts, tombstones = Table(sme.Digest), Table(sme.Alert), Table(sme.Tombstone)
    digests.write(
        {"id": digests.next(), "user_id": user.pk, "since": now - timedelta(days=day), "subject": f"Digest {day}",
         "until": now - timedelta(days=day - 1), "state": "sent" if day % 3 else "empty", "items": {"reactions": [shown]}}
        for day in range(1, DAYS) for user in users
    )  # fmt: skip
    alerts.write(
        {"id": alerts.next(), "kind": "early", "scope": f"article:{pk}", "article_id": pk, "count": 40, "expected": 4,
         "at": now - timedelta(hours=n), "state": "open" if n < 6 else "over",
         "series": [[(now - QUARTER * quarter).isoformat(), quarter % 7, 2.5] for quarter in range(192)]}
        for n, pk in enumerate(articles[-max(20, len(articles) // 40):])
    )  # fmt: skip
    sme.Hold.objects.bulk_create(
        [
            sme.Hold(scope="topic", topic="sports", reason="match"),
            sme.Hold(scope="article", article_id=articles[0], reason="law"),
            *[sme.Hold(scope="network", network="x", reason="old", lifted_at=now) for _ in range(50)],
        ]
    )
    _clashes(newsroom)
    sme.SavedReply.objects.bulk_create(
        sme.SavedReply(title=f"reply {n}", language="fr", situation="question", text="Bonjour {name} {url}")
        for n in range(40)
    )
    tombstones.write(
        {"id": tombstones.next(), "key": f"{n:064x}", "kind": "uri"} for n in range(newsroom.reactions // 50)
    )
    sme.Heartbeat.objects.create(name="host:1:1", kind="worker", seen_at=now)


def _clashes(newsroom: Newsroom) -> None:
    """Write breaking stories with the holds that were proposed beside each: of the latest one open, of the others decided."""
    now, articles = newsroom.now, list(newsroom.titles)
    events = sme.SensitiveEvent.objects.bulk_create(
        sme.SensitiveEvent(article_key=key, title=f"Breaking {key}", noticed_at=now - timedelta(hours=30 * n), checked_at=now,
                           active_until=now + timedelta(hours=20 - 30 * n))
        for n, key in enumerate(articles[: max(3, len(articles) // 50)])
    )  # fmt: skip
    queued = list(sme.Delivery.objects.filter(state="scheduled").values_list("post_id", flat=True)[:200])
    posts = queued or list(sme.Post.objects.values_list("pk", flat=True)[:200])
    sme.HoldProposal.objects.bulk_create(
        sme.HoldProposal(event=event, post_id=post, evidence=["travel"], proposed_at=event.noticed_at,
                         state="left" if n else "open", decided_at=event.noticed_at if n else None)
        for n, event in enumerate(events) for post in posts[:60]
    )  # fmt: skip


def tallies(newsroom: Newsroom) -> None:
    """Write what the watch would have counted, to the last whole quarter of an hour."""
    people: dict[tuple[str, datetime], set[int]] = defaultdict(set)
    messages: Counter[tuple[str, datetime]] = Counter()
    until = floor(newsroom.now - timedelta(minutes=5))
    for written in newsroom.written:
        if written.queue == "spam" or written.at >= until or not written.reader % BOTS or not written.reader % STAFF:
            continue
        for scope in _scopes(newsroom, written):
            people[scope, floor(written.at)].add(written.reader)
            messages[scope, floor(written.at)] += 1
    people["outlet", until - QUARTER] |= set()
    table = Table(sme.Tally)
    table.write(
        {"id": table.next(), "scope": scope, "at": at, "people": len(found), "critics": len(found) // 8,
         "messages": messages[scope, at]}
        for (scope, at), found in people.items()
    )  # fmt: skip


def _scopes(newsroom: Newsroom, written: Written) -> Iterator[str]:
    yield "outlet"
    if written.article:
        yield f"article:{written.article}"
    if written.account:
        yield f"account:{written.account}"
    if written.delivery:
        yield f"topic:{newsroom.topic_of[written.delivery]}"


def search_index() -> None:
    """Write the rows that Wagtail's search would have written for posts (PostgreSQL only)."""
    if connection.vendor != "postgresql":
        return
    kind = ContentType.objects.get_for_model(sme.Post).pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM wagtailsearch_indexentry WHERE content_type_id = %s", [kind])
        cursor.execute(
            """INSERT INTO wagtailsearch_indexentry
                   (object_id, content_type_id, title_norm, title, body, autocomplete, title_text, body_text)
               SELECT id::text, %s, 1.0, '', to_tsvector('simple', text || ' ' || article_title),
                      to_tsvector('simple', text), '', text FROM smeditor_post""",
            [kind],
        )
