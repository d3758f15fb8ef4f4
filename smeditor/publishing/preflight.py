"""Checks before a post goes out, account by account, in sentences that an editor can act on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from smeditor import conf
from smeditor.articles import ArticleFacts, article_adapter
from smeditor.models import Account, Delivery, Hold, Post
from smeditor.models.approval import authors_of, latest_revision
from smeditor.publishing import approval, fitting, holds, payload
from smeditor.publishing.findings import Finding, Severity
from smeditor.text.normal import split_thread

SAME_TEXT_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Article:
    """The article of a post as the checks need it: its facts, and whether the public can read it now."""

    facts: ArticleFacts | None = None
    public: bool = True
    missing: bool = False


@dataclass
class Preflight:
    """All findings. ``ok`` when nothing stops the post anywhere."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing that was found stops the post."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def errors_for(self, account: Account) -> list[str]:
        """The sentences that stop the post on one account."""
        return [
            finding.sentence
            for finding in self.findings
            if finding.severity is Severity.ERROR and finding.account in (None, account)
        ]


def article_of(post: Post, now: datetime) -> Article:
    """Read the post's article from the database, whatever its draft says."""
    if post.article is None:
        return Article() if post.article_key is None else Article(public=False, missing=True)
    adapter = article_adapter()
    page = post.article.specific
    return Article(adapter.facts(page), adapter.public_now(page, now))


def check(post: Post, now: datetime | None = None, *, user: Any = None) -> Preflight:
    """Check ``post`` as it is in memory (a draft or the approved one). ``user`` is who would approve it."""
    now = now or timezone.now()
    article = article_of(post, now)
    stops = holds.open_holds()
    accounts = list(post.accounts.all())
    result = Preflight([*_post_findings(post, article, accounts, now)])
    for account in accounts:
        result.findings.extend(_account_findings(post, account, stops, now))
        result.findings.extend(fitting.findings(post, account, article.facts))
    if user is not None:
        result.findings.extend(_approval_findings(post, accounts, user))
    return result


def _approval_findings(post: Post, accounts: list[Account], user: Any) -> Iterator[Finding]:
    revision = latest_revision(post)
    authors = authors_of(post, revision.pk if revision else None)
    for account in accounts:
        sentence = approval.objection(account, authors, user.pk)
        if sentence:
            yield Finding("four_eyes", Severity.ERROR, sentence, account)


def _post_findings(post: Post, article: Article, accounts: list[Account], now: datetime) -> Iterator[Finding]:
    if not accounts:
        yield Finding("no_account", Severity.ERROR, _("No account is chosen: the post would go nowhere."))
    if article.missing:
        yield Finding("article_gone", Severity.ERROR, _("The article was deleted."))
    elif article.facts and post.kind != Post.Kind.REPLY:
        yield from _article_findings(article, article.facts, now)
    if post.repeat_days and post.news_class != "evergreen":
        yield Finding("repeat", Severity.ERROR, _("Only an evergreen post may repeat."))


def _article_findings(article: Article, facts: ArticleFacts, now: datetime) -> Iterator[Finding]:
    embargoed = facts.embargo_until is not None and facts.embargo_until > now
    if embargoed:
        until = timezone.localtime(facts.embargo_until, conf.zone())
        sentence = _("The article is under embargo until %(until)s: nothing leaves the house before.")
        yield Finding("embargo", Severity.WARNING, sentence % {"until": f"{until:%Y-%m-%d %H:%M}"})
    elif not facts.live:
        sentence = _("The article is not published: the post waits until it is.")
        yield Finding("article_not_live", Severity.WARNING, sentence)
    elif not article.public:
        sentence = _("The article is not open to the public: the post waits until it is.")
        yield Finding("article_not_public", Severity.WARNING, sentence)
    if not facts.url:
        yield Finding("article_without_address", Severity.ERROR, _("The article has no public address."))


def _account_findings(post: Post, account: Account, stops: list[Hold], now: datetime) -> Iterator[Finding]:
    def error(code: str, sentence: str) -> Finding:
        return Finding(code, Severity.ERROR, sentence % {"account": account}, account)

    def warning(code: str, sentence: str) -> Finding:
        return Finding(code, Severity.WARNING, sentence % {"account": account}, account)

    if not account.sends:
        yield error("does_not_send", _("%(account)s only listens."))
    if account.state == Account.State.FAILED:
        yield warning("account_failed", _("%(account)s must be reconnected: the post waits until then."))
    elif account.state == Account.State.PAUSED:
        yield warning("account_paused", _("%(account)s is paused: the post waits until then."))
    hold = holds.binding(stops, Delivery(post=post, account=account))
    if hold is not None:
        yield warning("held", f"{account}: {holds.reason(hold)}")
    texts = split_thread(payload.text_for(post, account))
    if not texts and not post.image_id:
        yield error("empty", _("The post for %(account)s has no text."))
    yield from _image_findings(post, account)
    if post.kind != Post.Kind.REPLY:
        yield from _timing_findings(post, account, texts, now)


def _image_findings(post: Post, account: Account) -> Iterator[Finding]:
    variant = payload.variant_for(post, account)
    image_id = payload.image_id_for(post, account)
    if not image_id:
        return
    alt = (variant.image_alt if variant else "") or ("" if variant and variant.image_id else post.image_alt)
    image = get_image_model().objects.filter(pk=image_id).first()
    if image is None:
        yield Finding("image_gone", Severity.ERROR, _("The image does not exist any more."), account)
        return
    if not alt.strip():
        sentence = _("The image has no alt text: who does not see it hears nothing.")
        yield Finding("no_alt", Severity.ERROR, sentence, account)
    if not getattr(image, "social_rights", True):
        sentence = _("The image may only be shown on our own site: choose another or send without it.")
        yield Finding("image_rights", Severity.ERROR, sentence, account)


def _timing_findings(post: Post, account: Account, texts: list[str], now: datetime) -> Iterator[Finding]:
    recent = Delivery.objects.filter(account=account, operation=Delivery.Operation.PUBLISH).exclude(
        state__in=[Delivery.State.CANCELLED, Delivery.State.STOPPED, Delivery.State.REFUSED]
    )
    if post.pk:
        recent = recent.exclude(post_id=post.pk)
    recent = recent.filter(slot__gte=now - SAME_TEXT_WITHIN, slot__lt=now + timedelta(days=7))
    planned_texts = {_first_text(other) for other in recent.values_list("payload", flat=True)[:200]}
    if texts and _without_links(texts[0], post.link) in planned_texts:
        sentence = _("%s has the same text already within a day.") % account
        yield Finding("same_text", Severity.WARNING, sentence, account)
    if account.daily_quota is not None:
        day = (post.send_at or now).astimezone(conf.zone()).date()
        planned = sum(slot.astimezone(conf.zone()).date() == day for slot in recent.values_list("slot", flat=True))
        if planned >= account.daily_quota:
            sentence = _("%(account)s already has its %(quota)d posts that day.")
            params = {"account": account, "quota": account.daily_quota}
            yield Finding("quota", Severity.WARNING, sentence % params, account)


def _first_text(frozen: dict[str, Any]) -> str:
    parts = frozen.get("parts") or [{}]
    return _without_links(parts[0].get("text", ""), frozen.get("link", ""))


def _without_links(text: str, link: str) -> str:
    return " ".join((text.replace(link, "") if link else text).split()).casefold()
