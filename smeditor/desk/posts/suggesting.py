"""Hashtags and handles that the desk itself uses: suggested while one types the sign (networks: :mod:`.mark_search`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext, ngettext
from django.views import View

from smeditor.accounts.clients import network_class
from smeditor.articles import article_adapter, is_article, source_of
from smeditor.articles.page_model import page_model
from smeditor.desk.base import DeskPermissionMixin
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Delivery
from smeditor.networks.marks import MarkKind
from smeditor.permissions.visibility import accounts_visible_to
from smeditor.text.params import parse_id, parse_ids
from smeditor.text.tags import hashtag

MOST_ACCOUNTS, LAST_POSTS, MOST_SUGGESTED = 20, 60, 60


@dataclass
class Suggestion:
    """One hashtag or handle with its sign, as it was written last. ``uses``: in how many recent messages it stands."""

    text: str
    uses: int = 0
    of_article: bool = False

    def as_json(self) -> dict[str, str]:
        """What the list shows: the text, and why it is suggested."""
        used = ngettext("used %(n)d time lately", "used %(n)d times lately", self.uses) % {"n": self.uses}
        return {"text": self.text, "note": gettext("tag of the article") if self.of_article else used}


def suggestions(accounts: Iterable[Account], tags: Iterable[str] = ()) -> list[Suggestion]:
    """The article's ``tags`` as hashtags, then what the accounts' last posts used, the most frequent first.

    What stands in answers to readers is left out: a reader's handle is no suggestion.
    """
    found: dict[str, Suggestion] = {}
    for tag in filter(None, map(hashtag, tags)):
        found.setdefault(tag.casefold(), Suggestion(tag, of_article=True))
    for text in (text for account in accounts for text in _used_on(account)):
        found.setdefault(text.casefold(), Suggestion(text)).uses += 1
    return sorted(found.values(), key=lambda found: (not found.of_article, -found.uses))[:MOST_SUGGESTED]


def _used_on(account: Account) -> Iterator[str]:
    """The hashtags and handles of the account's last posts, the newest first."""
    try:
        network = network_class(account)
    except ConfigurationError:
        return
    rows = Delivery.objects.filter(account=account, operation=Delivery.Operation.PUBLISH, sent_at__isnull=False)
    for frozen in rows.order_by("-sent_at").values_list("payload", flat=True)[:LAST_POSTS]:
        if frozen.get("reply_to"):
            continue
        for part in frozen.get("parts", []):
            text = part.get("text", "")
            for mark in network.marks(text):
                if mark.kind in (MarkKind.TAG, MarkKind.MENTION):
                    yield text[mark.start : mark.end]


class Suggest(DeskPermissionMixin, View):
    """Answer ``sme-suggest``: ``?accounts=…&accounts=…&article=…`` in, the suggestions out."""

    any_permission_required = ("smeditor.add_post", "smeditor.change_post")
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> JsonResponse:
        """``{"suggestions": [{"text", "note"}]}`` as JSON."""
        keys = parse_ids(request.GET.getlist("accounts"), MOST_ACCOUNTS)
        accounts = accounts_visible_to(request.user).filter(pk__in=keys)
        found = suggestions(accounts, _tags_of(request.GET.get("article", "")))
        return JsonResponse({"suggestions": [suggestion.as_json() for suggestion in found]})


def _tags_of(asked: str) -> tuple[str, ...]:
    page: Any = page_model().objects.filter(pk=parse_id(asked)).first()
    if page is None or not is_article(page.specific):
        return ()
    return article_adapter().facts(source_of(page.specific)).tags
