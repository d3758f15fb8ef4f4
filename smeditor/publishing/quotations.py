"""Quoting an earlier post of ours: each account quotes what was published on its own network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Value, When

from smeditor.exceptions import Refused
from smeditor.models import Account, Delivery, Post


def quoted_on(post: Post, account: Account) -> Delivery | None:
    """The delivery that ``account`` quotes: its own of the earlier post, else another account's on the same network.

    None where the post quotes nothing, or nothing of it stands on that network (yet, or any more).
    """
    if post.quotes_id is None:
        return None
    published = Delivery.objects.filter(
        post=post.quotes_id,
        operation=Delivery.Operation.PUBLISH,
        state=Delivery.State.SENT,
        account__network=account.network,
    ).exclude(remote_id="")
    own_first = Case(When(account=account.pk, then=Value(0)), default=Value(1))
    return published.order_by(own_first, "-sent_at", "-pk").first()


def check_there(quote: Mapping[str, Any], sentence: str) -> None:
    """Raise Refused with ``sentence`` where what a payload quotes is known not to be on the network any more."""
    still = Delivery.objects.filter(pk=quote["delivery"], state=Delivery.State.SENT)
    if not still.exists():
        raise Refused(sentence, code="quote_gone")
