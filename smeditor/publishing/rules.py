"""Rules: an article went live; which posts follow from it, and how far they go by themselves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from smeditor.articles import ArticleFacts, Visibility, article_adapter, versions_of, visibility_of
from smeditor.articles.page_model import page_model
from smeditor.exceptions import DATABASE_TROUBLE, SmeditorError
from smeditor.models import Account, Post, PublishedArticle, Rule, RuleRun
from smeditor.publishing import compose
from smeditor.publishing.rule_conditions import matches, page_type

logger = logging.getLogger("smeditor.publishing")

BATCH = 50
OLD_NEWS = timedelta(days=1)
PATIENCE = timedelta(days=30)
"""How long an article of which nobody knows when it will be public is looked at from time to time."""
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
REOPENED = {"error": "", "wait_until": None, "wait_reason": "", "waits_since": None}


class RuleFailed(SmeditorError):
    """A rule could not be carried out; the sentence names it."""


def record(page: Any, now: datetime) -> bool:
    """Put an article that went live into the outbox, once for ever. True when there is something to do.

    Call it inside the transaction that publishes the article. Publishing it again gives an article that could not be
    read, or was not public when it was looked at, another look; it never makes a rule run twice. A routine change of an article that
    was out long before the desk knew it is no news.
    """
    defaults: dict[str, Any] = {}
    first = getattr(page, "first_published_at", None)
    if first is not None and first < now - OLD_NEWS:
        defaults = {"handled_at": now, "error": _("The article was published before the rules were there.")}
    entry, created = PublishedArticle.objects.get_or_create(article_key=page.pk, defaults=defaults)
    if not created:
        return bool(PublishedArticle.objects.filter(pk=entry.pk, handled_at__isnull=True).update(**REOPENED))
    return not defaults


def reopen_waiting() -> bool:
    """Let the articles that wait for the public be looked at again at once. True when there are any."""
    waiting = PublishedArticle.objects.filter(handled_at__isnull=True).exclude(wait_reason="")
    return bool(waiting.update(**REOPENED))


def run_due(now: datetime) -> int:
    """Apply the rules to the articles that wait in the outbox. Returns how many articles were handled.

    An article that is not public waits with its reason, and is looked at again when its embargo or its schedule says so,
    when it is published again, when it is opened to the public, and from time to time; after a month it waits for nothing
    but its next publication. One that cannot be read keeps its error as a sentence and holds nobody up. Only that the
    rules ran closes an entry, or that the article was deleted.
    """
    handled = 0
    waiting = list(
        PublishedArticle.objects.filter(handled_at__isnull=True, error="")
        .exclude(wait_until__gt=now)
        .order_by("pk")[:BATCH]
    )
    if not waiting:
        return 0
    rules = list(
        Rule.objects.filter(active=True).select_related("created_by", "template_by").prefetch_related("accounts")
    )
    for entry in waiting:
        handled += _handle_safely(entry, rules, now)
    return handled


def _handle_safely(entry: PublishedArticle, rules: list[Rule], now: datetime) -> int:
    try:
        return _handle(entry, rules, now)
    except SmeditorError as error:
        sentence, cause = error.sentence, error.cause or type(error).__name__
    except DATABASE_TROUBLE:  # it passes: the article is asked for again in the next round, and the others go on
        logger.warning("rules: article=%s waits, the database did not answer", entry.article_key, exc_info=True)
        return 0
    except Exception as error:  # one bad article must not stop the others, whatever is wrong with it
        logger.exception("rules failed for article %s", entry.article_key)
        sentence = _("The article could not be read, so no post was prepared. Publish it again or write the post.")
        cause = type(error).__name__
    logger.warning("rules: article=%s error=%s", entry.article_key, cause)
    PublishedArticle.objects.filter(pk=entry.pk).update(error=sentence[:500])
    return 0


def _handle(entry: PublishedArticle, rules: list[Rule], now: datetime) -> int:
    page = page_model().objects.filter(pk=entry.article_key).first()
    if page is None:
        return _done(entry, now, _("The article was deleted before a rule saw it."))
    if page.alias_of_id is not None:
        return _done(entry, now, _("The page is an alias: its story is announced where it is written."))
    visibility = visibility_of(page, now)
    if not visibility.public:
        _wait(entry, visibility, now)
        return 0
    facts, of_type = article_adapter().facts(page.specific), page_type(page)
    failed = [rule.name for rule in rules if matches(rule, facts, of_type) and not _run_safely(rule, facts, now)]
    if failed:
        sentence = _("These rules failed: %(rules)s. Correct them and publish the article again, or write the post.")
        raise RuleFailed(sentence % {"rules": ", ".join(failed)})
    return _done(entry, now)


def _wait(entry: PublishedArticle, visibility: Visibility, now: datetime) -> None:
    """Write why the article waits and when it is looked at next."""
    since = visibility.until or entry.waits_since or now
    pause = min(max((now - since) / 10, SHORTEST_PAUSE), LONGEST_PAUSE)
    changes = {
        "wait_reason": visibility.reason[:500],
        "waits_since": since,
        "wait_until": visibility.until or now + pause,
    }
    if now - since > PATIENCE:
        sentence = _(
            "The article has not been public for %(days)d days. Publish it again, or write the post when it is public."
        )
        changes["error"] = sentence % {"days": PATIENCE.days}
    row = PublishedArticle.objects.filter(pk=entry.pk, handled_at__isnull=True)
    row.update(**changes)
    # It may have been published between the check and this line, and must not wait for what has already happened.
    page = page_model().objects.filter(pk=entry.article_key).first()
    if page is not None and visibility_of(page, now).public:
        row.update(**REOPENED)


def _done(entry: PublishedArticle, now: datetime, note: str = "") -> int:
    return PublishedArticle.objects.filter(pk=entry.pk, handled_at__isnull=True).update(handled_at=now, error=note)


def _run_safely(rule: Rule, facts: ArticleFacts, now: datetime) -> bool:
    try:
        run(rule, facts, now)
    except DATABASE_TROUBLE:
        raise
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
        if RuleRun.objects.filter(rule=rule, article_key__in=versions_of(facts.page_id)).exists():
            done.reason = _(
                "The rule has announced this story in another language: write the post if it is to say it again."
            )
        elif not accounts:
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
    revision = post.save_revision(user=rule.template_by or rule.created_by)
    strict = any(account.approval == Account.Approval.FOUR_EYES for account in post.accounts.all())
    if rule.mode == Rule.Mode.AUTO and not strict:
        revision.publish(user=rule.created_by, skip_permission_checks=True)
        return _("Approved and scheduled by the rule “%(rule)s”.") % {"rule": rule.name}
    if rule.mode in (Rule.Mode.ASK, Rule.Mode.AUTO):
        workflow = post.get_workflow()
        if workflow is None:
            return _("Prepared as a draft: no workflow is set for posts.")
        workflow.start(post, rule.created_by)
        return _("Submitted for approval.")
    return _("Prepared as a draft.")
