"""Rules: an article went live; which posts follow from it, and how far they go by themselves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from smeditor.articles import ArticleFacts, article_adapter
from smeditor.exceptions import SmeditorError
from smeditor.models import Post, PublishedArticle, Rule, RuleRun
from smeditor.publishing import compose

logger = logging.getLogger("smeditor.publishing")

BATCH = 50
OLD_NEWS = timedelta(days=1)


class RuleFailed(SmeditorError):
    """A rule could not be carried out; the sentence names it."""


def record(page: Any, now: datetime) -> bool:
    """Put an article that went live into the outbox, once for ever. True when it is new.

    Call it inside the transaction that publishes the article. Publishing it again gives an article that could not be
    read, or whose embargo was moved, another look; it never makes a rule run twice. A routine change of an article that
    was out long before the desk knew it is no news.
    """
    defaults: dict[str, Any] = {}
    first = getattr(page, "first_published_at", None)
    if first is not None and first < now - OLD_NEWS:
        defaults = {"handled_at": now, "error": _("The article was published before the rules were there.")}
    entry, created = PublishedArticle.objects.get_or_create(article_key=page.pk, defaults=defaults)
    if not created:
        waiting = PublishedArticle.objects.filter(pk=entry.pk, handled_at__isnull=True)
        waiting.update(error="", wait_until=None)
    return created and not defaults


def run_due(now: datetime) -> int:
    """Apply the rules to the articles that wait in the outbox. Returns how many articles were handled.

    An article that is not public yet waits for its embargo. One that cannot be read keeps its error as a sentence and
    holds nobody up.
    """
    handled = 0
    waiting = list(
        PublishedArticle.objects.filter(handled_at__isnull=True, error="")
        .exclude(wait_until__gt=now)
        .order_by("pk")[:BATCH]
    )
    if not waiting:
        return 0
    rules = list(Rule.objects.filter(active=True).select_related("created_by").prefetch_related("accounts"))
    for entry in waiting:
        handled += _handle_safely(entry, rules, now)
    return handled


def _handle_safely(entry: PublishedArticle, rules: list[Rule], now: datetime) -> int:
    try:
        return _handle(entry, rules, now)
    except SmeditorError as error:
        sentence, cause = error.sentence, error.cause or type(error).__name__
    except Exception as error:  # one bad article must not stop the others, whatever is wrong with it
        logger.exception("rules failed for article %s", entry.article_key)
        sentence = _("The article could not be read, so no post was prepared. Publish it again or write the post.")
        cause = type(error).__name__
    logger.warning("rules: article=%s error=%s", entry.article_key, cause)
    PublishedArticle.objects.filter(pk=entry.pk).update(error=sentence[:500])
    return 0


def _handle(entry: PublishedArticle, rules: list[Rule], now: datetime) -> int:
    page = Page.objects.filter(pk=entry.article_key).first()
    if page is None or not page.live:
        return _done(entry, now, _("The article was withdrawn before a rule saw it."))
    adapter = article_adapter()
    article = page.specific
    if not adapter.public_now(article, now):
        facts = adapter.facts(article)
        if facts.embargo_until is not None and facts.embargo_until > now:
            PublishedArticle.objects.filter(pk=entry.pk).update(wait_until=facts.embargo_until)
            return 0
        return _done(entry, now, _("The article is not open to the public."))
    facts = adapter.facts(article)
    failed = [rule.name for rule in rules if matches(rule, facts) and not _run_safely(rule, facts, now)]
    if failed:
        sentence = _("These rules failed: %(rules)s. Correct them and publish the article again, or write the post.")
        raise RuleFailed(sentence % {"rules": ", ".join(failed)})
    return _done(entry, now)


def _done(entry: PublishedArticle, now: datetime, note: str = "") -> int:
    return PublishedArticle.objects.filter(pk=entry.pk, handled_at__isnull=True).update(handled_at=now, error=note)


def matches(rule: Rule, facts: ArticleFacts) -> bool:
    """Whether ``rule`` is meant for an article. An empty condition is met by every article."""
    section = {facts.section.slug.casefold(), facts.section.name.casefold()} if facts.section else set()
    return (
        _any_of(rule.sections, section)
        and _any_of(rule.tags, {tag.casefold() for tag in facts.tags})
        and _any_of(rule.languages, {facts.language.casefold(), facts.language.split("-")[0].casefold()})
        and _any_of(rule.news_classes, {facts.news_class})
        and rule.paywall in (Rule.Paywall.ANY, Rule.Paywall.PAID if facts.paywalled else Rule.Paywall.FREE)
    )


def _any_of(wanted: list[str], has: set[str]) -> bool:
    return not wanted or any(str(item).casefold() in has for item in wanted)


def _run_safely(rule: Rule, facts: ArticleFacts, now: datetime) -> bool:
    try:
        run(rule, facts, now)
    except Exception:  # one bad rule must not stop the others
        logger.exception("rule failed: rule=%s article=%s", rule.pk, facts.page_id)
        return False
    return True


def run(rule: Rule, facts: ArticleFacts, now: datetime) -> RuleRun | None:
    """Do what ``rule`` does for an article, once for ever. None when it was done before, or is being done right now.

    Either the run and its post are both there afterwards, or neither.
    """
    accounts = [account for account in rule.accounts.all() if account.sends]
    with transaction.atomic():
        done, created = RuleRun.objects.get_or_create(
            rule=rule, article_key=facts.page_id, defaults={"article_id": facts.page_id, "mode": rule.mode}
        )
        if not created:
            return None
        post = compose.draft(rule, facts, accounts)
        done.text = post.text
        if not accounts:
            done.reason = _("The rule has no account that sends.")
        elif rule.mode == Rule.Mode.SHADOW:
            done.reason = _("Shadow: nothing was prepared.")
        else:
            done.reason = _carry_out(rule, post, now)
            done.post = post
        done.save()
    logger.info("rule run: rule=%s article=%s mode=%s post=%s", rule.pk, facts.page_id, rule.mode, done.post_id)
    return done


def _carry_out(rule: Rule, post: Post, now: datetime) -> str:
    if rule.delay:
        post.send_at = now + timedelta(minutes=rule.delay)
    post.save()
    revision = post.save_revision(user=rule.created_by)
    if rule.mode == Rule.Mode.AUTO:
        revision.publish(user=rule.created_by, skip_permission_checks=True)
        return _("Approved and scheduled by the rule “%(rule)s”.") % {"rule": rule.name}
    if rule.mode == Rule.Mode.ASK:
        workflow = post.get_workflow()
        if workflow is None:
            return _("Prepared as a draft: no workflow is set for posts.")
        workflow.start(post, rule.created_by)
        return _("Submitted for approval.")
    return _("Prepared as a draft.")
