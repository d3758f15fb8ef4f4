"""What the desk keeps of its own work: checks and links, own versions and media, handovers, mentions, questions, spending."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.images import get_image_model

from bench.desk.newsroom import DAYS, Newsroom
from bench.desk.rows import Table
from smeditor import models as sme
from smeditor.insight.same_concern.probability import LEXICAL, names
from smeditor.publishing.checks.addresses import key_of
from smeditor.publishing.checks.registry import SHIPPED

CODES = tuple(check.code for check in SHIPPED)
OPEN_QUESTIONS, OPEN_REVIEWS = 20, 6
"""As many in any newsroom: what is compared is the past behind them."""
SHIFTS = 3
"""A day: each leaves a note."""


def checks(newsroom: Newsroom) -> None:
    """Write two findings a post with what editors did then, and one row for each address."""
    desk, user = sme.Desk.objects.get(slug="reseaux").pk, newsroom.users[0].pk
    table, links = Table(sme.CheckResult), Table(sme.LinkCheck)

    def found() -> Iterator[dict[str, Any]]:
        for at, post, account, _article in newsroom.sent:
            for place in range(2):
                is_open = post > newsroom.posts - 20
                yield {
                    "id": table.next(), "post_id": post, "account_id": account, "desk_id": desk, "at": at,
                    "code": CODES[(post + place) % len(CODES)], "severity": "warning" if place else "info",
                    "outcome": "open" if is_open else ("changed", "approved")[post % 2],
                    "outcome_at": None if is_open else at, "user_id": None if is_open else user,
                }  # fmt: skip

    table.write(found())
    links.write(
        {"id": links.next(), "key": key_of(url), "url": url, "state": "opens" if pk % 9 else "redirects",
         "status": 200, "asked_at": newsroom.now, "checked_at": newsroom.now}
        for pk in newsroom.titles if (url := f"https://news.example/a/{pk}/")
    )  # fmt: skip


def versions(newsroom: Newsroom) -> None:
    """Write an image for each second post, and a text of one account's own for each tenth."""
    found = list(get_image_model().objects.order_by("pk")[:10])
    for image in found:
        image.get_file_hash()  # as it is where an editor uploaded it
    images = [image.pk for image in found]
    media, variants = Table(sme.PostMedia), Table(sme.Variant)
    if images:
        media.write(
            {
                "id": media.next(),
                "post_id": pk,
                "image_id": images[pk % len(images)],
                "alt": "The tram.",
                "sort_order": 0,
            }
            for pk in range(2, newsroom.posts + 1, 2)
        )
    account = dict(sme.Post.accounts.through.objects.values_list("post_id", "account_id"))
    variants.write(
        {"id": variants.next(), "post_id": pk, "account_id": account[pk], "text": "Only here."}
        for pk in range(10, newsroom.posts + 1, 10)
    )


def shifts(newsroom: Newsroom) -> None:
    """Write the notes from shift to shift, and posts that went out before anybody else had read them."""
    handovers, now = Table(sme.Handover), newsroom.now
    users = list(get_user_model().objects.values_list("pk", flat=True))
    counts = [{"name": "queue", "n": 3, "rows": [{"label": "A post"}]}]
    handovers.write(
        {"id": handovers.next(), "made_by_id": users[number % len(users)], "made_at": now - timedelta(hours=8 * number),
         "since": now - timedelta(hours=8 * number + 8), "until": now - timedelta(hours=8 * number), "counts": counts,
         "text": "Quiet."}
        for number in range(max(DAYS * SHIFTS, newsroom.posts // 100))
    )  # fmt: skip
    fast = list(sme.Approval.objects.order_by("-at").values_list("pk", flat=True)[: max(60, newsroom.posts // 50)])
    sme.Approval.objects.filter(pk__in=fast).update(review="waiting", independent=False)
    sme.Approval.objects.filter(pk__in=fast[OPEN_REVIEWS:]).update(review="read", reviewed_by=users[0], reviewed_at=now)


def mentions(newsroom: Newsroom) -> None:
    """Write what other pages say links to us and what we told other pages, and what webhooks brought and is read."""
    received, outgoing, events = Table(sme.ReceivedMention), Table(sme.OutgoingMention), Table(sme.WebhookEvent)
    now, articles = newsroom.now, list(newsroom.titles)
    account = sme.Account.objects.order_by("pk").values_list("pk", flat=True)[0]

    def address(number: int) -> dict[str, Any]:
        article = articles[number % len(articles)]
        return {"key": f"{number:064x}", "source": f"https://blog{number % 997}.example/{number}",
                "target": f"https://news.example/a/{article}/", "host": f"blog{number % 997}.example"}  # fmt: skip

    past = _moments(now, newsroom.reactions // 100)
    received.write(
        {"id": received.next(), **address(number), "received_at": at, "checked_at": at,
         "state": "verified" if number % 3 else "refused"}
        for number, at in enumerate(past)
    )  # fmt: skip
    outgoing.write(
        {"id": outgoing.next(), **address(number), "article_key": articles[number % len(articles)], "created_at": at,
         "sent_at": at, "state": "sent"}
        for number, at in enumerate(past)
    )  # fmt: skip
    events.write(
        {"id": events.next(), "account_id": account, "key": f"{number:064x}", "received_at": at, "read_at": at}
        for number, at in enumerate(past)
    )


def _moments(now: datetime, count: int) -> list[datetime]:
    return [now - timedelta(days=DAYS * number / max(1, count)) for number in range(count)]


def questions(newsroom: Newsroom) -> None:
    """Write pairs of readers' messages that editors were asked about; the same few are open in any newsroom."""
    table, user, evidence = Table(sme.ConcernQuestion), newsroom.users[0].pk, [0.1] * len(names(LEXICAL))
    pairs = [(first, second) for members in newsroom.members.values()
             for first, second in zip(members[::2], members[1::2], strict=False)][: newsroom.concerns * 2]  # fmt: skip

    def rows() -> Iterator[dict[str, Any]]:
        for number, (first, second) in enumerate(pairs):
            is_open = number < OPEN_QUESTIONS
            yield {
                "id": table.next(), "first_id": min(first.pk, second.pk), "second_id": max(first.pk, second.pk),
                "article_id": first.article, "probability": 0.5, "worth": 1.0, "kind": LEXICAL, "evidence": evidence,
                "answer": "" if is_open else ("same", "different")[number % 2], "user_id": None if is_open else user,
                "answered_at": None if is_open else newsroom.now,
            }  # fmt: skip

    table.write(rows())


def spending(newsroom: Newsroom) -> None:
    """Write what each account's calls cost in the months so far."""
    months: Iterable[datetime] = (newsroom.now - timedelta(days=30 * back) for back in range(12))
    accounts = list(sme.Account.objects.values_list("pk", flat=True))
    sme.Spending.objects.bulk_create(
        [
            sme.Spending(
                account_id=account, month=month.date().replace(day=1), operation=operation, count=9, amount="0.09"
            )
            for month in {month.strftime("%Y-%m"): month for month in months}.values()
            for account in accounts
            for operation in ("publish", "read")
        ]
    )
