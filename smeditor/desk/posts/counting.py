"""How long a post is on each of its accounts, in the network's own unit and with the link as it will be sent."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext, ngettext
from django.views import View

from smeditor.accounts.texts import at_hand
from smeditor.desk.base import DeskPermissionMixin
from smeditor.desk.posts import typed
from smeditor.desk.units import unit_label
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Post
from smeditor.networks.limits import Measure, measure
from smeditor.publishing import payload
from smeditor.text.params import parse_ids

MOST_ACCOUNTS = 200


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
    """The lengths of a post as it is in memory, on each of its accounts."""
    return [length for account in post.accounts.all() for length in of_account(account, post)]


def of_account(account: Account, post: Post) -> list[Length]:
    """One length for each message that ``post``, as it is in memory, makes on ``account``: of the very payload that an approval would freeze.

    None where its network is not installed any more.
    """
    try:
        with at_hand(account) as network:
            frozen = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities)
            measures = [
                measure(
                    network,
                    part["text"],
                    frozen["content_warning"],
                    caption=bool(part["media"]),
                    comment=bool(part.get("comment")),
                    question=bool(frozen["poll"]) and place == 0,
                )
                for place, part in enumerate(frozen["parts"])
            ]
    except ConfigurationError:
        return []
    thread = sum(not part.get("comment") for part in frozen["parts"])
    return [
        as_length(account, number, thread, measured, comment=bool(part.get("comment")) and number > 1)
        for number, (part, measured) in enumerate(zip(frozen["parts"], measures, strict=True), 1)
    ]


def as_length(account: Account, number: int, thread: int, measured: Measure, *, comment: bool = False) -> Length:
    """What was measured of the message ``number`` of a ``thread`` of so many, or of a first ``comment``, with its sentence."""
    name = f"{account} ({number}/{thread})" if thread > 1 else f"{account}"
    if comment:
        name = gettext("%(account)s, first comment") % {"account": account}
    return Length(
        account.pk,
        name,
        number,
        measured.count,
        measured.limit,
        measured.remaining,
        measured.fits,
        _sentence(measured),
    )


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
    """Answer ``sme-counter``: the fields of a form as they are typed in (:mod:`.typed`), the lengths out.

    It writes nothing.
    """

    any_permission_required = ("smeditor.add_post", "smeditor.change_post", "smeditor.answer_reaction")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> JsonResponse:
        """The lengths as JSON; 400 and no lengths for a body that cannot be read."""
        try:
            asked = json.loads(request.body)
            post = typed.post_of(asked)
            keys = parse_ids(asked["accounts"], MOST_ACCOUNTS)
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            return JsonResponse({"lengths": []}, status=400)
        accounts = Account.objects.filter(pk__in=keys, sends=True).order_by("network", "handle")
        found = [asdict(length) for account in accounts for length in of_account(account, post)]
        return JsonResponse({"lengths": found})
