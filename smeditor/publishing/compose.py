"""From an article and a rule's template to the text of a post, cut to each network's limit with its link kept whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from smeditor.accounts.texts import at_hand
from smeditor.articles import ArticleFacts, snapshot
from smeditor.models import Account, Post, PostMedia, Rule, Variant
from smeditor.models.fields import LONGEST_LINK
from smeditor.networks.base import Network
from smeditor.networks.limits import measure
from smeditor.publishing import payload
from smeditor.text.graphemes import grapheme_count
from smeditor.text.link_parameters import with_parameters
from smeditor.text.normal import normalise_text
from smeditor.text.shorten import shorten
from smeditor.text.tags import hashtag
from smeditor.text.typed_links import token_links

FIELD = re.compile(r"\{(\w+)\}")
FIELDS = ("title", "standfirst", "kicker", "section", "authors", "tags", "url")
CUT_FIRST = ("standfirst", "tags", "authors", "title", "kicker", "section")
"""In which order fields give way when a text is too long: what a reader misses least goes first."""


class Ruler:
    """Measures texts for one account in its network's own unit, with the link as long as it will be when sent."""

    def __init__(self, account: Account, network: Network) -> None:
        self.account = account
        self.network = network

    def too_long_by(self, text: str, link: str = "") -> int:
        """By how much ``text`` is too long in the network's unit; at least 1 when only its bytes are too many."""
        return measure(self.network, self._as_sent(text, link)).over

    def _as_sent(self, text: str, link: str) -> str:
        return token_links(text, link, payload.SAMPLE_TOKEN)


def fields_of(facts: ArticleFacts) -> dict[str, str]:
    """What a template may name. A kicker ends with what separates it from the title."""
    kicker = normalise_text(facts.kicker).strip()
    return {
        "title": normalise_text(facts.title),
        "standfirst": normalise_text(facts.standfirst),
        "kicker": f"{kicker} · " if kicker else "",
        "section": facts.section.name if facts.section else "",
        "authors": ", ".join(facts.author_names),
        "tags": " ".join(dict.fromkeys(tag for tag in map(hashtag, facts.tags) if tag)),
        "url": facts.url,
    }


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill ``{field}`` in a template; an unknown field stays as it is. Spare blank lines and spaces vanish."""
    text = FIELD.sub(lambda match: values.get(match[1], match[0]), template)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def fit(template: str, facts: ArticleFacts, ruler: Ruler, *, with_url: bool = True) -> str:
    """The template filled from ``facts`` and cut to the account's limit; the link is never cut.

    ``with_url`` False: the link travels in a card and not in the text.
    """
    values = fields_of(facts)
    if not with_url:
        values["url"] = ""
    text = render(template, values)
    for name in CUT_FIRST:
        if not ruler.too_long_by(text, values["url"]):
            break
        if f"{{{name}}}" in template and values[name]:
            values[name] = _longest_that_fits(template, values, name, ruler)
            text = render(template, values)
    return text


def _longest_that_fits(template: str, values: dict[str, str], name: str, ruler: Ruler) -> str:
    whole = values[name]
    low, high = 0, grapheme_count(whole)
    while low < high:
        middle = (low + high + 1) // 2
        trial = render(template, {**values, name: _cut(whole, middle)})
        if ruler.too_long_by(trial, values["url"]):
            high = middle - 1
        else:
            low = middle
    return _cut(whole, low)


def _cut(text: str, graphemes: int) -> str:
    return shorten(text, lambda cut: grapheme_count(cut) <= graphemes, graphemes) if graphemes else ""


def texts_for(rule: Rule, facts: ArticleFacts, accounts: list[Account]) -> dict[int, str]:
    """The text for each account, by its id. Raises ConfigurationError when a network is not installed any more."""
    texts = {}
    for account in accounts:
        with at_hand(account) as network:
            in_card = network.capabilities.card and bool(facts.url)
            texts[account.pk] = fit(rule.template, facts, Ruler(account, network), with_url=not in_card)
    return texts


def draft_text(rule: Rule, facts: ArticleFacts) -> str:
    """The text that most of the rule's accounts would carry. Raises ConfigurationError as :func:`texts_for`."""
    accounts = [account for account in rule.accounts.all() if account.sends]
    return _most_common(texts_for(rule, replace(facts, url=link_for(rule, facts)), accounts))


def _most_common(texts: Mapping[int, str]) -> str:
    return max(texts.values(), key=lambda text: list(texts.values()).count(text), default="")


def draft(rule: Rule, facts: ArticleFacts, accounts: list[Account]) -> Post:
    """An unsaved post of ``rule`` about an article, with a variant for each account whose text differs."""
    kept, facts = snapshot(facts), replace(facts, url=link_for(rule, facts))
    texts = texts_for(rule, facts, accounts)
    common = _most_common(texts)
    post = Post(
        text=common,
        language=facts.language,
        article_id=facts.page_id,
        article_key=facts.page_id,
        article_revision=facts.revision_id,
        article_title=facts.title[:255],
        article_seen=kept,
        first_comment=render(rule.first_comment, fields_of(facts)),
        link=facts.url,
        news_class=facts.news_class,
        topics=topics_of(facts),
        rule=rule,
        created_by=rule.created_by,
        live=False,
    )
    image = facts.image if rule.with_image and facts.image and facts.image.social_rights else None
    if image and (image.alt or rule.mode != Rule.Mode.AUTO):
        # Nobody writes an alt text for a post that approves itself: without one it goes without the image.
        post.media.set([PostMedia(image_id=image.id, alt=image.alt, sort_order=0)])
    post.accounts = accounts
    differing = [account for account in accounts if texts[account.pk] != common]
    post.variants.set([Variant(account=account, text=texts[account.pk]) for account in differing])
    return post


def link_for(rule: Rule, facts: ArticleFacts) -> str:
    """The article's address with what the rule adds to it; without where that would be longer than a post can keep."""
    fields = {
        "section": facts.section.slug if facts.section else "",
        "language": facts.language,
        "class": facts.news_class,
        "rule": rule.name,
    }
    link = with_parameters(facts.url, rule.link_parameters, fields)
    return link if len(link) <= LONGEST_LINK else facts.url


def topics_of(facts: ArticleFacts) -> list[str]:
    """Section and tags, lower case: what a hold on a topic is matched against."""
    section = [facts.section.slug, facts.section.name] if facts.section else []
    return sorted({topic.strip().casefold() for topic in [*section, *facts.tags] if topic.strip()})
