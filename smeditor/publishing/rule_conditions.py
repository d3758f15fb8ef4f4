"""What a rule asks of an article, condition by condition: the one code that decides, and that explains what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.models import AbstractPage

from smeditor.articles import ArticleFacts
from smeditor.models import Rule


@dataclass(frozen=True)
class Condition:
    """One condition of a rule: ``name`` is its field, ``wanted`` what it asks for, ``has`` what the article is.

    A rule that asks for nothing there is met by every article.
    """

    name: str
    wanted: tuple[str, ...]
    has: tuple[str, ...]
    met: bool


def page_type(page: AbstractPage) -> str:
    """What a rule calls the class of ``page``: ``app_label.model``, lower case."""
    return page.specific_class._meta.label_lower if page.specific_class else page._meta.label_lower


def conditions(rule: Rule, facts: ArticleFacts, of_type: str = "") -> list[Condition]:
    """What ``rule`` asks of the article of ``facts``, whose page is of the class ``of_type``, in the order of its form."""
    section = [facts.section.name, facts.section.slug] if facts.section else []
    paid = Rule.Paywall.PAID if facts.paywalled else Rule.Paywall.FREE
    paywall = () if rule.paywall == Rule.Paywall.ANY else (rule.paywall,)
    return [
        _any_of("sections", rule.sections, section),
        _any_of("tags", rule.tags, facts.tags),
        _any_of("languages", rule.languages, [facts.language, facts.language.split("-")[0]]),
        Condition("paywall", paywall, (paid,), not paywall or paid in paywall),
        _any_of("authors", rule.authors, facts.author_names),
        _any_of("page_types", rule.page_types, [of_type]),
        _any_of("news_classes", rule.news_classes, [facts.news_class]),
    ]


def matches(rule: Rule, facts: ArticleFacts, of_type: str = "") -> bool:
    """Whether ``rule`` is meant for an article: it meets every condition."""
    return all(condition.met for condition in conditions(rule, facts, of_type))


def _any_of(name: str, wanted: Iterable[object], has: Iterable[str]) -> Condition:
    asked, there = tuple(str(item) for item in wanted), tuple(dict.fromkeys(has))
    folded = {value.casefold() for value in there}
    return Condition(name, asked, there, not asked or any(item.casefold() in folded for item in asked))
