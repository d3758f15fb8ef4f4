"""Rows of a long past, of which next to nothing is still open: what the plans of statements are made against."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from wagtail.models import Page

from smeditor.models import (
    Account,
    ConcernQuestion,
    Conversation,
    Delivery,
    Handover,
    HoldProposal,
    Post,
    Reaction,
    Reader,
    Rule,
    RuleRun,
    SensitiveEvent,
    Source,
)

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=400)


def ago(number: int) -> datetime:
    return LONG_AGO - timedelta(minutes=15 * number)


def reader(number: int) -> Reader:
    return Reader(pseudonym=f"r{number}", network="mastodon", first_seen_at=LONG_AGO)


def delivery(number: int, post: Post, account: Account) -> Delivery:
    at = ago(number)
    return Delivery(
        post=post, account=account, state=Delivery.State.SENT, slot=at, due_at=at, sent_at=at, followed_up_at=at
    )


def source(number: int) -> Source:
    return Source(
        kind="feed",
        url=f"https://site{number}.example/feed",
        polled_at=NOW,
        next_poll_at=NOW + timedelta(minutes=number + 1),
    )


def root() -> int:
    """The page that Wagtail's migrations make: its number is another one after a test has emptied the database."""
    return Page.objects.order_by("path").values_list("pk", flat=True)[0]


def reaction(number: int, reader: Reader, talk: Conversation, root: int) -> Reaction:
    return Reaction(
        network="mastodon",
        kind="reply" if number % 2 else "like",
        native_id=str(number),
        parent_key=f"key-{number}" if number % 4 == 1 else "",
        article_id=root if number % 3 == 0 else None,
        published_at=ago(number),
        reader=reader,
        conversation=talk,
        queue=Reaction.Queue.DONE if number % 20 else Reaction.Queue.INBOX,
        triaged_at=NOW,
        grouped_at=NOW,
        embedded_at=NOW,
        compared_at=NOW,
        next_check_at=NOW + timedelta(minutes=number + 1),
    )


def question(number: int, reactions: list[Reaction], root: int) -> ConcernQuestion:
    answers = [ConcernQuestion.Answer.SAME, ConcernQuestion.Answer.DIFFERENT, ConcernQuestion.Answer.SKIPPED]
    return ConcernQuestion(
        first=reactions[number - 1],
        second=reactions[number],
        article_id=root if number % 100 == 0 else None,
        probability=0.3,
        worth=-number,
        kind="semantic" if number % 50 else "lexical",
        answer=answers[number % 3] if number % 100 else "",
        answered_at=ago(number),
    )


def handovers(count: int) -> None:
    notes = (Handover(made_at=ago(n), since=ago(n + 1), until=ago(n)) for n in range(count))
    Handover.objects.bulk_create(notes)


def rule_runs(count: int) -> None:
    """One rule that ran over so many articles."""
    rule = Rule.objects.create(name="Everything", mode="auto")
    RuleRun.objects.bulk_create(RuleRun(rule=rule, article_key=number, mode="auto") for number in range(count))


def proposal(number: int, event: SensitiveEvent, post: Post) -> HoldProposal:
    at = ago(number)
    return HoldProposal(event=event, post=post, state="left", proposed_at=at, decided_at=at)
