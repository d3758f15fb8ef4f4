"""How long a post is on each of its accounts, in the network's own unit and with the link as it will be sent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext, ngettext
from django.views import View

from smeditor.accounts.texts import at_hand
from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.units import unit_label
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Post
from smeditor.models.fields import LONGEST_LINK
from smeditor.networks.limits import Measure, measure
from smeditor.publishing import payload
from smeditor.text.normal import split_thread
from smeditor.text.typed_links import token_links

LONGEST = 100_000


@dataclass(frozen=True)
class Length:
    """One message on one account. ``sentence`` is what a screen reader hears."""

    account: int
    name: str
    part: int
    count: int
    limit: int
    remaining: int
    fits: bool
    sentence: str


def lengths(post: Post) -> list[Length]:
    """The lengths of a post as it is in memory."""
    texts = {account: payload.text_for(post, account) for account in post.accounts.all()}
    return [
        length
        for account, text in texts.items()
        for length in of_account(account, text, post.link, payload.warning_for(post))
    ]


def of_account(account: Account, text: str, link: str, content_warning: str = "") -> list[Length]:
    """One length for each message that ``text`` makes on ``account``; none where its network is not installed any more."""
    parts = split_thread(text) or [""]
    try:
        with at_hand(account) as network:
            measures = [
                measure(network, token_links(part, link, payload.SAMPLE_TOKEN), content_warning) for part in parts
            ]
    except ConfigurationError:
        return []
    names = [f"{account} ({number}/{len(parts)})" if parts[1:] else f"{account}" for number in range(1, len(parts) + 1)]
    return [
        Length(
            account.pk,
            name,
            number,
            measured.count,
            measured.limit,
            measured.remaining,
            measured.fits,
            _sentence(measured),
        )
        for number, (name, measured) in enumerate(zip(names, measures, strict=True), 1)
    ]


def _sentence(known: Measure) -> str:
    params = {"count": known.count, "limit": known.limit, "unit": unit_label(known.unit)}
    sentence = gettext("%(count)d of %(limit)d %(unit)s") % params
    if known.remaining < 0:
        over = -known.remaining
        sentence += " – " + ngettext("%(over)d too many", "%(over)d too many", over) % {"over": over}
    elif not known.fits:
        sentence += " – " + gettext("too many bytes: %(bytes)d of %(limit)d") % {
            "bytes": known.bytes,
            "limit": known.byte_limit,
        }
    return sentence


class Count(DeskPermissionMixin, View):
    """Answer ``sme-counter``: ``{"link", "warning", "texts": {account id: text}}`` in, the lengths out.

    It reads and writes nothing else.
    """

    any_permission_required = ("smeditor.add_post", "smeditor.change_post", "smeditor.answer_reaction")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> JsonResponse:
        """The lengths as JSON; 400 and no lengths for a body that cannot be read."""
        try:
            asked = json.loads(request.body)
            link = str(asked.get("link", ""))[:LONGEST_LINK]
            warning = str(asked.get("warning", ""))[:2000]
            texts: dict[int, str] = {int(key): str(text)[:LONGEST] for key, text in asked["texts"].items()}
        except (ValueError, KeyError, AttributeError, TypeError):
            return JsonResponse({"lengths": []}, status=400)
        accounts = Account.objects.filter(pk__in=texts, sends=True).order_by("network", "handle")
        found: list[dict[str, Any]] = [
            asdict(length) for account in accounts for length in of_account(account, texts[account.pk], link, warning)
        ]
        return JsonResponse({"lengths": found})
