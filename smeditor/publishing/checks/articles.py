"""The story that a post is about: gone, under embargo, not public, and what another desk says about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smeditor import conf
from smeditor.models import Post
from smeditor.publishing.checks.base import Draft, Lookup
from smeditor.publishing.checks.situation import Situation
from smeditor.publishing.findings import Finding, Severity
from smeditor.publishing.resolved import send_at_for

SAME_STORY_WITHIN = timedelta(hours=12)


def _state(situation: Situation) -> Iterator[Finding]:
    article, post = situation.article, situation.post
    if article.missing:
        sentence = _("The article was deleted: choose another one, or none.")
        yield Finding("article_gone", Severity.ERROR, sentence)
    elif article.facts and post.kind != Post.Kind.REPLY:
        yield from _published(situation)
    if post.repeat_days and post.news_class != "evergreen":
        yield Finding("repeat", Severity.ERROR, _("Only an evergreen post may repeat."))


def _published(situation: Situation) -> Iterator[Finding]:
    facts = situation.article.facts
    if facts is None:
        return
    if facts.embargo_until is not None and facts.embargo_until > situation.now:
        until = timezone.localtime(facts.embargo_until, conf.zone())
        sentence = _("The article is under embargo until %(until)s: nothing leaves the house before.")
        yield Finding("embargo", Severity.WARNING, sentence % {"until": f"{until:%Y-%m-%d %H:%M}"})
    elif not facts.live:
        sentence = _("The article is not published: the post waits until it is.")
        yield Finding("article_not_live", Severity.WARNING, sentence)
    elif not situation.article.public:
        sentence = _("The article is not open to the public: the post waits until it is.")
        yield Finding("article_not_public", Severity.WARNING, sentence)
    if not facts.url:
        sentence = _("The article has no public address: publish it below a site, or type a link.")
        yield Finding("article_without_address", Severity.ERROR, sentence)


def _other_desk(draft: Draft, situation: Situation) -> Iterator[str]:
    """Another desk's post about the same story, just out or about to go."""
    post = situation.post
    key, when = post.article_key or post.article_id, send_at_for(post, draft.account) or situation.now
    if not key or draft.is_answer:
        return
    for other in situation.planned:
        near = abs(other.slot - when) <= SAME_STORY_WITHIN
        if other.article == key and near and other.account.desk_id not in (None, draft.account.desk_id):
            sentence = _(
                "The desk “%(desk)s” has a post about the same story on %(account)s, %(when)s: agree who says what."
            )
            at = timezone.localtime(other.slot, conf.zone())
            yield sentence % {"desk": other.account.desk, "account": other.account, "when": f"{at:%Y-%m-%d %H:%M}"}
            return


CHECKS = (
    Lookup("article", gettext_lazy("The article"), _state, fixed=True, whole=True),
    Lookup("same_story", gettext_lazy("The same story by another desk"), _other_desk, Severity.WARNING),
)
