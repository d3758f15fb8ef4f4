"""The sensitive-event check: a breaking story is compared with what is queued, and holds are proposed. Nothing is held by itself.

A post clashes where a :class:`~smeditor.models.TopicClash` fits both sides, or where it is about another story that has a
tag in common with the event. A section in common is too little: half a newspaper lies in one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from smeditor.accounts.mail import recipients, write_to
from smeditor.articles import ArticleFacts
from smeditor.models import Delivery, Hold, HoldProposal, NewsClass, Post, SensitiveEvent, TopicClash
from smeditor.publishing import holds
from smeditor.text.phrases import PhraseBook

logger = logging.getLogger("smeditor.publishing")

LASTS = timedelta(hours=24)
"""How long after its publication a breaking story is compared with what goes out."""
MOST_POSTS = 1_000
"""Queued posts that are compared with one story, those due first."""
MOST_EVENTS = 20
"""Breaking stories with which one post is compared, the latest first."""
REVIEW_AFTER = timedelta(hours=4)
"""When a hold that was accepted is looked at again."""
TITLE_SHOWN = 100
"""Characters of a story's title in a reason."""
State = HoldProposal.State


@dataclass(frozen=True)
class Clash:
    """Why a post should not go out beside a breaking story."""

    event: SensitiveEvent
    evidence: tuple[str, ...]
    """The topics and words of the post that say so."""
    rule: TopicClash | None = None
    """The configured clash, or None where it is a tag in common."""

    @property
    def sentence(self) -> str:
        """The reason, for an editor."""
        return sentence(self.event, self.rule, self.evidence)


def sentence(event: SensitiveEvent, rule: TopicClash | None, evidence: Iterable[str]) -> str:
    """Why a post was set beside ``event``, as an editor reads it."""
    params = {"story": Truncator(str(event)).chars(TITLE_SHOWN), "what": ", ".join(evidence)}
    if rule is None:
        return _("About the same thing (%(what)s) as the breaking news “%(story)s”.") % params
    reason = {**params, "reason": rule.reason}
    return _("Beside the breaking news “%(story)s”: %(reason)s (%(what)s)") % reason


def notice(facts: ArticleFacts, now: datetime) -> bool:
    """An article was published (again): note it if it is breaking, forget it if it is not any more. True when noted.

    Call it in the transaction that publishes the article; the queue is compared by :func:`run_due`, not here.
    """
    if facts.news_class != NewsClass.BREAKING:
        over(facts.page_id, now)
        return False
    tags = [tag.casefold() for tag in facts.tags]
    section = [facts.section.slug.casefold(), facts.section.name.casefold()] if facts.section else []
    noted = {
        "article_id": facts.page_id,
        "title": facts.title[:255],
        "headline": "\n".join((facts.kicker, facts.title, facts.standfirst)),
        "topics": [*section, *tags],
        "tags": tags,
        "active_until": now + LASTS,
        "checked_at": None,
    }
    SensitiveEvent.objects.update_or_create(
        article_key=facts.page_id, defaults=noted, create_defaults={**noted, "noticed_at": now}
    )
    return True


def over(article_key: int, now: datetime) -> None:
    """A story is not breaking any more, or not online: nothing is compared with it, and what was proposed lapses."""
    SensitiveEvent.objects.filter(article_key=article_key, active_until__gt=now).update(
        active_until=now, checked_at=now
    )


def run_due(now: datetime) -> int:
    """Compare each breaking story that was noted with the queue. Returns how many holds were proposed."""
    waiting = list(SensitiveEvent.objects.filter(checked_at__isnull=True).order_by("pk")[:MOST_EVENTS])
    if not waiting:
        return 0
    rules = _rules()
    return sum(_compare(event, rules, now) for event in waiting)


def _compare(event: SensitiveEvent, rules: list[TopicClash], now: datetime) -> int:
    with transaction.atomic():
        if not SensitiveEvent.objects.filter(pk=event.pk, checked_at__isnull=True).update(checked_at=now):
            return 0
        posts = _queued(event, now)
        found = [(post, clash) for post in posts if (clash := _clash(post, event, rules)) is not None]
        made = _propose(found, now)
    if made:
        _tell(event, made)
    logger.info("breaking story compared: article=%s proposed=%s", event.article_key, len(made))
    return len(made)


def propose_for(post: Post, now: datetime) -> int:
    """A post was approved while a breaking story is fresh: propose its hold where they clash. Returns how many."""
    made = _propose([(post, clash) for clash in clashes_for(post, now)], now)
    for proposal in made:
        _tell(proposal.event, [proposal])
    return len(made)


def clashes_for(post: Post, now: datetime | None = None) -> list[Clash]:
    """The fresh breaking stories beside which ``post``, as it is in memory, should not go out. Two questions at most."""
    if post.kind == Post.Kind.REPLY:
        return []
    events = list(
        SensitiveEvent.objects.filter(active_until__gt=now or timezone.now()).order_by("-active_until")[:MOST_EVENTS]
    )
    rules = _rules() if events else []
    return [clash for event in events if (clash := _clash(post, event, rules)) is not None]


def accept(proposals: Iterable[HoldProposal], user: Any, now: datetime) -> list[Hold]:
    """Hold the posts of open ``proposals``. Returns the holds; what somebody decided meanwhile is left out."""
    made = []
    for proposal in proposals:
        with transaction.atomic():
            if not _decide(proposal, State.HELD, user, now):
                continue
            why = sentence(proposal.event, proposal.clash, proposal.evidence)
            hold = holds.place(Hold.Scope.POST, why, user, review_at=now + REVIEW_AFTER, post=proposal.post)
            HoldProposal.objects.filter(pk=proposal.pk).update(hold=hold)
            made.append(hold)
    return made


def leave(proposals: Iterable[HoldProposal], user: Any, now: datetime) -> int:
    """Let the posts of open ``proposals`` go out at their time. Returns how many; none is proposed again."""
    left = 0
    for proposal in proposals:
        with transaction.atomic():
            if _decide(proposal, State.LEFT, user, now):
                log(proposal.post, "smeditor.clash_left", user=user, data={"story": str(proposal.event)})
                left += 1
    return left


def undo(proposal: HoldProposal, user: Any, now: datetime) -> int:
    """Take a decision back: the proposal is open again, and its hold is lifted. Returns how many missed their time."""
    with transaction.atomic():
        decided = HoldProposal.objects.filter(pk=proposal.pk).exclude(state=State.OPEN)
        if not decided.update(state=State.OPEN, decided_by=None, decided_at=None):
            return 0
        return holds.lift(proposal.hold, user, now) if proposal.hold else 0


def _decide(proposal: HoldProposal, state: str, user: Any, now: datetime) -> bool:
    row = HoldProposal.objects.filter(pk=proposal.pk, state=State.OPEN)
    return bool(row.update(state=state, decided_by=user, decided_at=now))


def _rules() -> list[TopicClash]:
    return list(TopicClash.objects.filter(active=True))


def _queued(event: SensitiveEvent, now: datetime) -> list[Post]:
    """The posts of other stories that go out while ``event`` is fresh, those due first, each once."""
    rows = Delivery.objects.filter(
        state=Delivery.State.SCHEDULED, operation=Delivery.Operation.PUBLISH, slot__lt=event.active_until
    )
    keys = dict.fromkeys(rows.order_by("slot").values_list("post_id", flat=True)[:MOST_POSTS])
    stories = Post.objects.filter(kind=Post.Kind.STORY).only("kind", "text", "topics", "article_key", "article_title")
    found = stories.prefetch_related("variants").in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


def _clash(post: Post, event: SensitiveEvent, rules: Iterable[TopicClash]) -> Clash | None:
    """The first reason, or None: its own story never clashes with itself."""
    if post.article_key == event.article_key:
        return None
    return next(_reasons(post, event, rules), None)


def _reasons(post: Post, event: SensitiveEvent, rules: Iterable[TopicClash]) -> Iterator[Clash]:
    topics = post.topics or []
    for rule in rules:
        if set(rule.event_topics) & set(event.topics) or _named(event.headline, rule.event_terms):
            evidence = [topic for topic in topics if topic in rule.topics]
            evidence += _named(_content(post), rule.terms)
            if evidence:
                yield Clash(event, tuple(dict.fromkeys(evidence)), rule)
    shared = tuple(tag for tag in event.tags if tag in topics)
    if shared:
        yield Clash(event, shared)


def _content(post: Post) -> str:
    """What readers would see of ``post`` on any account, and the title of its article."""
    return "\n".join([post.article_title, post.text, *(variant.text for variant in post.variants.all())])


def _named(text: str, terms: Iterable[str]) -> list[str]:
    """Those of ``terms`` that ``text`` holds, in their order."""
    known = list(terms)
    found = {match.value for match in PhraseBook((term, term) for term in known).matches(text)}
    return [term for term in known if term in found]


def _propose(found: list[tuple[Post, Clash]], now: datetime) -> list[HoldProposal]:
    made = []
    for post, clash in found:
        proposal, created = HoldProposal.objects.get_or_create(
            event=clash.event,
            post=post,
            defaults={"clash": clash.rule, "evidence": list(clash.evidence), "proposed_at": now},
        )
        if created:
            made.append(proposal)
    return made


def _tell(event: SensitiveEvent, proposals: list[HoldProposal]) -> None:
    """Write to the desks whose accounts the posts go to that somebody should decide."""
    keys = [proposal.post_id for proposal in proposals]
    queued = Delivery.objects.filter(post__in=keys, state=Delivery.State.SCHEDULED).select_related("account__desk")
    desks = {delivery.account.desk for delivery in queued}
    addresses = sorted({address for desk in desks for address in recipients(desk)})
    number = len(proposals)
    subject = ngettext("%(n)d post may not go with “%(story)s”", "%(n)d posts may not go with “%(story)s”", number) % {
        "n": number,
        "story": event,
    }
    body = _(
        "Breaking news was published, and these posts are queued. They go out at their time unless you hold them:\n\n"
        "%(posts)s\n\n%(url)s"
    ) % {
        "posts": "\n".join(f"– {proposal.post}" for proposal in proposals[:20]),
        "url": f"{settings.WAGTAILADMIN_BASE_URL}{reverse('smeditor:clashes')}",
    }
    transaction.on_commit(lambda: write_to(addresses, subject, body))
