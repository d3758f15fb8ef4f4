"""A day that nobody has planned yet: posts in every slot of the newsroom's accounts, or of accounts that are made up."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from smeditor import conf
from smeditor.accounts.clients import network_class
from smeditor.models import Account, Delivery, NewsClass, Part, Post
from smeditor.networks.base import Guarantee
from smeditor.networks.registry import network_classes
from smeditor.publishing import payload, slots

NIGHT = (time(0, 30), time(1, 30), time(2, 15), time(2, 45), time(3, 30))
"""Around the hour at which the clocks change."""
DAY = tuple(time(hour, minute) for hour in range(6, 24) for minute in (0, 30))
CLASSES = (NewsClass.NEWS, NewsClass.EVERGREEN, NewsClass.NEWS, NewsClass.BREAKING)
THREAD_EVERY, MEDIA_EVERY = 7, 5


def accounts() -> list[Account]:
    """The accounts that send, or made-up ones, written where nothing is yet."""
    known = [account for account in Account.objects.all() if account.sends and account.state == Account.State.ACTIVE]
    if known:
        return known
    return Account.objects.bulk_create(
        Account(network=slug, handle=f"rehearsal.{slug}", server_url=f"https://{slug}.invalid", minimum_gap=5)
        for slug in _samples()
    )


def _samples() -> list[str]:
    """The networks of a newsroom without accounts: of each way to send, and to settle a doubt, the first one."""
    ways: dict[tuple[Guarantee, bool, bool], str] = {}
    for network in network_classes(conf.get("NETWORKS")):
        able = network.capabilities
        if able.sends:
            ways.setdefault((able.guarantee, able.idempotent_send, able.read_back), network.slug)
    return sorted(ways.values())


def moments(account: Account, day: date) -> list[datetime]:
    """When ``account`` posts on ``day``: its own weekly slots, else a moment twice an hour and through the night."""
    own = [slot.time for slot in account.slots.all() if slot.weekday == day.weekday()]
    return [slots.instant(day, wall, conf.zone()) for wall in sorted(own or (*NIGHT, *DAY))]


def fill(day: date) -> tuple[list[Delivery], set[int]]:
    """Write an approved post for each account and moment of ``day``. Returns the deliveries, and the ids of those with media.

    Where the clocks skip an hour two moments may be one: then one of them is enough.
    """
    deliveries: list[Delivery] = []
    with_media: set[int] = set()
    for account in accounts():
        capabilities = network_class(account).capabilities
        for number, slot in enumerate(dict.fromkeys(moments(account, day))):
            post = _post(account, slot, number, thread=capabilities.thread and number % THREAD_EVERY == 3)
            delivery = _delivery(post, account, slot)
            deliveries.append(delivery)
            if number % MEDIA_EVERY == 2:
                with_media.add(delivery.pk)
    return deliveries, with_media


def _post(account: Account, slot: datetime, number: int, *, thread: bool) -> Post:
    wall = timezone.localtime(slot, conf.zone())
    first = f"Rehearsal {wall:%H:%M %Z}, {account.handle or account.network}, post {number + 1}."
    text = "\n---\n".join([first, *(f"{first[:-1]}, part {part}." for part in (2, 3))]) if thread else first
    [post] = Post.objects.bulk_create([Post(text=text, live=True, news_class=CLASSES[number % len(CLASSES)])])
    return post


def _delivery(post: Post, account: Account, slot: datetime) -> Delivery:
    frozen = payload.build(post, account, payload.new_token(), network_class(account).capabilities)
    [delivery] = Delivery.objects.bulk_create(
        [
            Delivery(
                post=post,
                account=account,
                slot=slot,
                due_at=slot,
                news_class=post.news_class,
                payload=frozen,
                payload_hash=payload.digest(frozen),
                approved_hash=payload.digest(frozen),
            )
        ]
    )
    Part.objects.bulk_create(Part(delivery=delivery, position=place) for place in range(len(frozen["parts"])))
    return delivery


def length_of(day: date) -> tuple[datetime, datetime]:
    """When ``day`` begins and ends on the newsroom's clock: 23, 24 or 25 hours lie between."""
    begin = slots.instant(day, time(0), conf.zone())
    return begin, slots.instant(day + timedelta(days=1), time(0), conf.zone())
