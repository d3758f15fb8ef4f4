"""Where a post about an article begins: its headline, its standfirst, something said in it, the text of a rule; and on which accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractPage

from smeditor.articles import ArticleFacts, article_adapter, is_article, quotes_of, source_of
from smeditor.articles.page_model import page_model
from smeditor.desk.posts import form
from smeditor.models import Account, Post, Rule
from smeditor.permissions.scope import own_accounts
from smeditor.permissions.visibility import only_suggests, posts_visible_to
from smeditor.publishing.rule_conditions import matches, page_type
from smeditor.text.normal import normalise_text
from smeditor.text.params import parse_id, parse_number

HEADLINE, STANDFIRST = "{title}\n\n{url}", "{standfirst}\n\n{url}"
MOST_RULES = 100
"""Rules that are asked about one article: more than any newsroom has."""
MOST_ACCOUNTS = 20


@dataclass(frozen=True)
class Start:
    """One way to begin: ``name`` stands in the address, ``label`` says it to an editor, ``text`` is what it begins with."""

    name: str
    label: str | Promise
    text: str
    url: str = ""


def write_url(page: AbstractPage, start: str = "") -> str:
    """The address of a new post about ``page``, which begins with ``start`` (one of :func:`starts_of`) where one is named."""
    return f"{reverse('smeditor_posts:add')}?{urlencode({'article': page.pk, **({'start': start} if start else {})})}"


def starts_of(page: AbstractPage, facts: ArticleFacts, rules: Iterable[Rule]) -> list[Start]:
    """The ways to begin a post about ``page`` (specific), with what each begins with; ``rules`` are those that match it."""
    found = [Start("headline", _("Headline"), facts.title)]
    if facts.standfirst.strip():
        found.append(Start("standfirst", _("Standfirst"), facts.standfirst))
    found += [Start(f"quote-{place}", _("Quote"), text) for place, text in enumerate(quotes(page))]
    found += [
        Start(f"rule-{rule.pk}", gettext("Text of “%(rule)s”") % {"rule": rule}, form.about(facts, rule.template).text)
        for rule in rules
    ]
    return [Start(start.name, start.label, start.text, write_url(page, start.name)) for start in found]


def quotes(page: AbstractPage) -> tuple[str, ...]:
    """What people say in ``page`` (specific), as the host's adapter reads it, else as its blocks hold it."""
    return tuple(getattr(article_adapter(), "quotes", quotes_of)(page))


def matching_rules(page: AbstractPage, facts: ArticleFacts) -> list[Rule]:
    """The active rules that are meant for an article, with their accounts."""
    of_type = page_type(page)
    rules = Rule.objects.filter(active=True).prefetch_related("accounts")[:MOST_RULES]
    return [rule for rule in rules if matches(rule, facts, of_type)]


def start(request: HttpRequest) -> Post | None:
    """An unsaved post about the article that ``?article=`` names, begun as ``?start=`` says; None where it names none."""
    page = page_model().objects.filter(pk=parse_id(request.GET.get("article"))).first()
    if page is None or not is_article(page.specific):
        return None
    page = source_of(page.specific)
    facts = article_adapter().facts(page)
    rules = matching_rules(page, facts)
    post = _begun(request.GET.get("start", ""), page, facts, rules)
    post.accounts = accounts_for(request.user, facts, rules)
    return post


def _begun(name: str, page: AbstractPage, facts: ArticleFacts, rules: list[Rule]) -> Post:
    kind, _dash, number = name.partition("-")
    key = parse_id(number)
    if kind == "headline":
        return form.about(facts, HEADLINE)
    if kind == "standfirst" and facts.standfirst.strip():
        return form.about(facts, STANDFIRST)
    if kind == "quote":
        found = quotes(page)
        place = parse_number(number, 0, len(found) - 1)
        if place is not None:
            return _quoted(facts, found[place])
    rule = next((rule for rule in rules if kind == "rule" and rule.pk == key), None)
    return form.about(facts, rule.template if rule else "")


def _quoted(facts: ArticleFacts, quote: str) -> Post:
    post = form.about(facts, HEADLINE)
    text, dash, speaker = normalise_text(quote).partition(" — ")
    quoted = gettext("“%(quote)s”") % {"quote": text.strip(' “”«»"\u202f\u00a0')}
    post.text = f"{quoted}{dash}{speaker}\n\n{facts.url}".strip()
    post.angle = Truncator(gettext("quote: %(who)s") % {"who": speaker} if speaker else gettext("quote")).chars(60)
    return post


def accounts_for(user: Any, facts: ArticleFacts, rules: Iterable[Rule]) -> list[Account]:
    """The accounts that are ticked from the start: those of the rules that match the article, else those of this user's last post.

    Only such as send, are connected, speak the article's language (or none in particular) and are this user's to act for.
    None where there is nothing to go by: the choice is the editor's.
    """
    usual = {account.pk for rule in rules for account in rule.accounts.all()}
    if not usual:
        own = posts_visible_to(user).filter(created_by=user.pk, kind=Post.Kind.STORY)
        last = own.order_by("-created_at", "-pk").first()
        usual = set(last.accounts.values_list("pk", flat=True)) if last is not None else set()
    mine = Account.objects.all() if only_suggests(user) else own_accounts(user)
    rows = mine.filter(pk__in=usual, sends=True, state=Account.State.ACTIVE).order_by("pk")[:MOST_ACCOUNTS]
    language = facts.language.split("-")[0]
    return [account for account in rows if account.language.split("-")[0] in ("", language)]
