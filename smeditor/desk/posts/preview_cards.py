"""One post as each of its accounts will show it: made of the very payload that an approval would freeze.

Each network has a template of its own under ``smeditor/admin/posts/compose/cards/``, by its slug; a network without one is
drawn by ``default.html``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from wagtail.images import get_image_model

from smeditor import conf
from smeditor.accounts.texts import at_hand
from smeditor.articles import ArticleFacts, image_filter
from smeditor.desk.posts.counting import Length, as_length
from smeditor.exceptions import ConfigurationError
from smeditor.models import Account, Delivery, Post
from smeditor.networks.base import Capabilities, MediaKind, Network, Poll
from smeditor.networks.limits import measure
from smeditor.publishing import payload, preflight, slots
from smeditor.publishing.findings import Finding
from smeditor.publishing.resolved import send_at_for
from smeditor.publishing.shown import video_url

logger = logging.getLogger("smeditor.desk")

TEMPLATES = "smeditor/admin/posts/compose/cards/"
SECONDS_FOR_PICTURES = 4.0
"""Pictures of one answer are made for so long; the others show their alt text until the next one."""
ONE, OF_SEVERAL, IN_CARD = "max-800x800|format-jpeg", "fill-400x400|format-jpeg", "fill-600x315|format-jpeg"
"""Renditions: an image alone is shown whole; several, and a card's, are cut around their focal point."""


@dataclass(frozen=True)
class Picture:
    """One image or video of a message. ``url`` is empty where it cannot be shown: the findings say why."""

    alt: str
    url: str = ""
    width: int = 0
    height: int = 0
    is_video: bool = False


@dataclass(frozen=True)
class LinkCard:
    """What stands below a text that leads to a page. ``host``: of its address, as networks name it."""

    url: str
    title: str
    description: str
    host: str
    picture: Picture | None


@dataclass(frozen=True)
class ShownPart:
    """One message. ``shown`` and ``rest`` are its text, cut where the network writes "more", its links and tags marked."""

    number: int
    text: str
    shown: SafeString
    rest: SafeString
    pictures: list[Picture]
    card: LinkCard | None
    length: Length | None
    first_comment: bool = False
    poll: Poll | None = None


@dataclass(frozen=True)
class AccountCard:
    """One account beside the post: its message or thread, what the checks say of it there, when it goes out."""

    account: Account
    frozen: Mapping[str, Any]
    warning: str
    parts: list[ShownPart]
    findings: list[Finding]
    when: str

    @property
    def templates(self) -> list[str]:
        """The template that draws it: its network's own, else the common one."""
        return [f"{TEMPLATES}{self.account.network}.html", f"{TEMPLATES}default.html"]

    @property
    def name(self) -> str:
        """What readers see as the author."""
        return self.account.display_name or self.handle

    @property
    def handle(self) -> str:
        """The account's handle without a sign before it."""
        return self.account.handle.removeprefix("@")

    @property
    def initial(self) -> str:
        """One letter in the place of the avatar."""
        return self.name[:1].upper()

    @property
    def server(self) -> str:
        """The host of the account's server."""
        return urlsplit(self.account.server_url).hostname or ""


@dataclass
class Composed:
    """All cards of a post, and what the checks say of it on every account."""

    cards: list[AccountCard] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def compose(post: Post, now: datetime, user: Any) -> Composed:
    """The cards of ``post`` as it is in memory, and the findings of the same checks as at approval.

    ``user`` is who would approve it. Nothing is stored but the small pictures that Wagtail keeps of each image.
    """
    checked = preflight.check(post, now, user=user)
    facts = preflight.article_of(post, now).facts
    accounts = list(post.accounts.all())
    studio = Studio(monotonic() + SECONDS_FOR_PICTURES)
    planned = _planned(post)
    cards = [
        _card(post, account, facts, checked.findings, studio, _when(post, account, facts, now, planned))
        for account in accounts
    ]
    return Composed(cards, [finding for finding in checked.findings if finding.account is None])


def _card(
    post: Post, account: Account, facts: ArticleFacts | None, findings: Iterable[Finding], studio: Studio, when: str
) -> AccountCard:
    try:
        with at_hand(account) as network:
            frozen = payload.build(post, account, payload.SAMPLE_TOKEN, network.capabilities, facts)
            parts = list(_parts(frozen, account, network, studio))
            warns = network.capabilities.content_warning
    except ConfigurationError:
        frozen = payload.build(post, account, payload.SAMPLE_TOKEN, Capabilities(), facts)
        parts, warns = list(_parts(frozen, account, None, studio)), False
    own = [finding for finding in findings if finding.account == account]
    return AccountCard(account, frozen, frozen["content_warning"] if warns else "", parts, own, when)


def _parts(frozen: Mapping[str, Any], account: Account, network: Network | None, studio: Studio) -> Iterator[ShownPart]:
    thread = sum(not part.get("comment") for part in frozen["parts"])
    poll = Poll.from_json(frozen["poll"])
    for number, part in enumerate(frozen["parts"], 1):
        text, length = part["text"], None
        cut = network.fold.shown(text) if network else len(text)
        if network:
            comment = bool(part.get("comment"))
            measured = measure(
                network,
                text,
                frozen["content_warning"],
                caption=bool(part["media"]),
                comment=comment,
                question=poll is not None and number == 1,
            )
            length = as_length(account, number, thread, measured, comment=comment and number > 1)
        spec = OF_SEVERAL if len(part["media"]) > 1 else ONE
        yield ShownPart(
            number,
            text,
            _marked(text, network, 0, cut),
            _marked(text, network, cut, len(text)),
            [studio.shown(entry, spec) for entry in part["media"]],
            _link_card(part["card"], studio),
            length,
            first_comment=bool(part.get("comment")) and number > 1,
            poll=poll if number == 1 else None,
        )


def _link_card(entry: Mapping[str, Any] | None, studio: Studio) -> LinkCard | None:
    if not entry:
        return None
    try:
        host = urlsplit(entry["url"]).hostname or ""
    except ValueError:  # an address that is none is said by the form
        host = ""
    picture = studio.picture(entry["image"], IN_CARD) if entry["image"] else None
    return LinkCard(entry["url"], entry["title"], entry["description"], host.removeprefix("www."), picture)


def _marked(text: str, network: Network | None, start: int, end: int) -> SafeString:
    """``text[start:end]`` escaped, what ``network`` shows as a link, mention or tag set apart; nothing is clickable."""
    pieces, done = [], start
    for mark in network.marks(text) if network else []:
        first, last = max(mark.start, done), min(mark.end, end)
        if first >= last:
            continue
        pieces += [
            conditional_escape(text[done:first]),
            format_html('<span class="sme-post__{}">{}</span>', str(mark.kind), text[first:last]),
        ]
        done = last
    return mark_safe("".join([*pieces, conditional_escape(text[done:end])]))  # noqa: S308 - every piece is escaped


class Studio:
    """Makes the small pictures of one answer, each once, until ``until`` (on the monotonic clock)."""

    def __init__(self, until: float) -> None:
        self.until = until
        self._made: dict[tuple[int, str], Picture | None] = {}

    @cached_property
    def model(self) -> Any:
        """The site's image model."""
        return get_image_model()

    def shown(self, entry: Mapping[str, Any], spec: str) -> Picture:
        """The image or video of a message: a video as it is, an image cut as it will be sent, else as ``spec`` makes it."""
        if entry["kind"] == MediaKind.VIDEO:
            return Picture(entry["alt"], video_url(entry), is_video=True)
        if entry.get("crop"):
            spec = f"{image_filter(800, float(entry['crop']))}|format-jpeg"
        return self.picture(entry, spec)

    def picture(self, entry: Mapping[str, Any], spec: str) -> Picture:
        """The picture that a payload's ``entry`` names, as Wagtail's ``spec`` makes it; without an address where it cannot."""
        key = (entry["id"], spec)
        if key not in self._made:
            self._made[key] = self._make(*key)
        made = self._made[key]
        return Picture(entry["alt"], made.url, made.width, made.height) if made else Picture(entry["alt"])

    def _make(self, image_id: int, spec: str) -> Picture | None:
        image = self.model.objects.filter(pk=image_id).first() if monotonic() < self.until else None
        if image is None or image.is_svg():
            return None
        try:
            rendition = image.get_rendition(spec)
            return Picture("", rendition.url, rendition.width, rendition.height)
        except Exception as error:  # whatever a decoder or the storage raises: the preview goes on without the picture
            logger.info("image %s cannot be shown: %s", image_id, type(error).__name__)
            return None


def _planned(post: Post) -> dict[int, Delivery]:
    """The post's own deliveries by account, the newest of each."""
    if not post.pk:
        return {}
    rows = Delivery.objects.filter(post_id=post.pk, operation=Delivery.Operation.PUBLISH).order_by("pk")
    return {row.account_id: row for row in rows}


def _when(
    post: Post, account: Account, facts: ArticleFacts | None, now: datetime, planned: Mapping[int, Delivery]
) -> str:
    """When it goes out there, in words; "" for what is on its way or went out."""
    delivery = planned.get(account.pk)
    if delivery is not None and delivery.state == Delivery.State.SCHEDULED:
        return gettext("Planned for %s.") % clock(delivery.slot)
    if delivery is not None and delivery.state not in (Delivery.State.CANCELLED, Delivery.State.STOPPED):
        return ""
    exact = send_at_for(post, account)
    slot = slots.allocate(post, account, now, payload.embargo_of(facts, now), exact)
    if exact and slot == exact:
        return gettext("Goes out at %s once it is approved.") % clock(slot)
    if slot <= now:
        return gettext("Goes out as soon as it is approved.")
    return gettext("Goes out at %s if it is approved now: the next free slot.") % clock(slot)


def clock(moment: datetime) -> str:
    """``moment`` on the newsroom's clock; with the zone, and the editor's own clock beside it, where the two differ."""
    zone = conf.zone()
    there = _shown(moment, zone)
    if timezone.get_current_timezone_name() == str(zone):
        return there
    params = {"there": there, "zone": zone, "here": _shown(moment, timezone.get_current_timezone())}
    params["own"] = timezone.get_current_timezone_name()
    return gettext("%(there)s (%(zone)s), %(here)s on your clock (%(own)s)") % params


def _shown(moment: datetime, zone: Any) -> str:
    return date_format(timezone.localtime(moment, zone), "SHORT_DATETIME_FORMAT")
