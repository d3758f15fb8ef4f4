"""Every address of the desk that can be opened, with a row of each kind behind it. Nobody need list them by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from smeditor import models
from smeditor.networks.registry import SHIPPED

ROWS = {
    "accounts": models.Account,
    "accounts/connecting": models.PendingConnection,
    "alerts": models.Alert,
    "clashes": models.HoldProposal,
    "concerns": models.Concern,
    "concerns/proposals": models.ConcernMatch,
    "concerns/questions": models.ConcernQuestion,
    "concerns/undo": models.ConcernEdit,
    "corrections": models.CorrectionRequest,
    "deliveries": models.Delivery,
    "desks": models.Desk,
    "handovers": models.Handover,
    "holds": models.Hold,
    "inbox": models.Reaction,
    "digests": models.Digest,
    "post": models.Post,
    "library": models.LibraryEntry,
    "posts/afterwards": models.Approval,
    "posts": models.Post,
    "post-corrections": models.PostCorrection,
    "reruns": models.Rerun,
    "replies": models.SavedReply,
    "rules": models.Rule,
    "rule-runs": models.RuleRun,
    "sources": models.Source,
    "tips": models.Tip,
    "word_lists": models.WordList,
    "topic_clashes": models.TopicClash,
}
WAGTAILS_OWN = re.compile(r"/(?:history|usage|delete|preview|workflow|lock|unlock|unpublish|chosen)\b")
"""Screens that look the same for every row: one is enough."""
SIGN = re.compile(r"<(?:\w+:)?(\w+)>")


def patterns(resolver: URLResolver | None = None, before: str = "/") -> Iterator[tuple[str, str]]:
    """(route, name) of every address of the desk, as the host has mounted it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        elif isinstance(pattern, URLPattern) and "/smeditor/" in route and route.startswith("/admin/"):
            yield route, pattern.name or ""


def addresses(article_id: int) -> list[str]:
    """Every address with every row that it can be about. A route with several signs is left to Wagtail's own tests."""
    found = []
    for route, _name in patterns():
        signs = SIGN.findall(route)
        if "(?P<" in route:
            continue
        if not signs:
            found.append(route)
        elif signs in (["pk"], ["label"], ["network"]):
            found += [SIGN.sub(str(value), route) for value in values(route, article_id)]
    return found


def samples(article_id: int) -> list[str]:
    """The admin's home page and every address of the desk, each with the first row that it can be about."""
    found = {"home": "/admin/"}
    for address in addresses(article_id):
        found.setdefault(re.sub(r"\d+|(?<=accounts/connect/)[a-z]+", "", address), address)
    return list(found.values())


def beside(article_id: int) -> list[str]:
    """Pages that no route of the desk names: its panel in the page editor, its looks that a query chooses, what it asks
    before something is done to several, and Wagtail's own page of a person's settings.
    """
    calendar, inbox = reverse("smeditor:calendar"), reverse("smeditor:inbox")
    return [
        reverse("wagtailadmin_pages:edit", args=[article_id]),
        *(f"{calendar}?view={view}" for view in ("day", "month")),
        *(f"{inbox}?queue={queue}" for queue in models.Reaction.Queue.values[1:]),
        *(in_bulk(model, action) for model in (models.Post, models.Delivery) for action in _bulk_actions(model)),
        reverse("wagtailadmin_account"),
    ]


def in_bulk(model: type, action: str) -> str:
    """The address of the page that asks before ``action`` is done to the first rows of ``model``."""
    keys = model._default_manager.order_by("pk").values_list("pk", flat=True)[:20]
    address = reverse("wagtail_bulk_action", args=["smeditor", model._meta.model_name, action])
    return f"{address}?{'&'.join(f'id={key}' for key in keys)}"


def _bulk_actions(model: type) -> list[str]:
    """The names of the desk's own actions on several rows of ``model``; Wagtail's own have tests of theirs."""
    actions = bulk_action_registry.get_bulk_actions_for_model("smeditor", model._meta.model_name)
    return [action.action_type for action in actions if action.__module__.startswith("smeditor.")]


def values(route: str, article_id: int) -> list[object]:
    """What can stand for the sign of ``route``. Raises LookupError for a kind of row that nobody named above."""
    below = route.split("/smeditor/", 1)[1]
    if below.startswith(("articles/", "posts/about/")):
        return [article_id]
    if below.startswith("accounts/connect/"):
        return sorted(SHIPPED, key=lambda slug: slug != "facebook")  # one with all that there can be stands for all
    if below.startswith("trained-models/"):
        return list(models.Label.values)
    kinds = [kind for kind in ROWS if below.startswith(f"{kind}/")] or [
        kind for kind in ROWS if below.startswith(kind.split("/")[0])
    ]
    if not kinds:
        raise LookupError(f"{route}: say in ROWS which rows it shows")
    model = ROWS[max(kinds, key=len)]
    rows = model._default_manager.order_by("pk")
    if model is models.Approval:
        rows = rows.exclude(review="")  # the only ones with a page
    keys = list(rows.values_list("pk", flat=True))
    return keys[:1] if WAGTAILS_OWN.search(below) else keys
