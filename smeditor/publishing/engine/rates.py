"""Which of an account's rates lets a delivery wait: those out of which it comes, and a pause that the network asked for.

A day's posts that are used up keep no answer waiting, nor a search that is, nor does either keep a wrong post in the world.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, QuerySet

from smeditor import conf
from smeditor.exceptions import RateLimited
from smeditor.models import Delivery, Post, RateLimit
from smeditor.networks.registry import get_network_class

PAUSES = {"publish": "send", "reply": "send reply", "edit": "send edit", "delete": "send delete"}
"""By kind of sending, the bucket of a pause that was asked for by an answer, whatever its headers name."""


def kind_of(delivery: Delivery) -> str:
    """``publish``, ``reply``, ``edit`` or ``delete``, as :class:`smeditor.networks.rates.SendingRates` names them."""
    is_new = delivery.operation == Delivery.Operation.PUBLISH
    return "reply" if is_new and delivery.post.kind == Post.Kind.REPLY else str(delivery.operation)


def spent(now: datetime) -> QuerySet[RateLimit]:
    """The rates of which nothing is left at ``now``."""
    return RateLimit.objects.filter(remaining__lte=0, resets_at__gt=now)


def resets_at(delivery: Delivery, now: datetime) -> datetime | None:
    """Until when the network asks the account to wait with this delivery; None: it does not."""
    kind = kind_of(delivery)
    counted = get_network_class(delivery.account.network, conf.get("NETWORKS")).sending_rates.of(kind)
    of_kind = spent(now).filter(account=delivery.account_id, bucket__in={PAUSES[kind], *counted})
    latest: datetime | None = of_kind.aggregate(latest=Max("resets_at"))["latest"]
    return latest


def remember_pause(delivery: Delivery, error: RateLimited, now: datetime) -> None:
    """Let the account's other deliveries of this kind wait as well, also where no header says so."""
    RateLimit.objects.update_or_create(
        account_id=delivery.account_id,
        bucket=PAUSES[kind_of(delivery)],
        defaults={"remaining": 0, "resets_at": error.again_at(now)},
    )
