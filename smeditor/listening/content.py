"""What is kept of a reader's words and addresses, made safe for storage, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from smeditor import conf
from smeditor.models import Reaction, ReactionText
from smeditor.networks.base import Author, InboundItem, Presence
from smeditor.networks.kinds import WITHOUT_TEXT
from smeditor.text.normal import normalise_text

LONGEST = 20_000


def tidy(text: str, limit: int = LONGEST) -> str:
    """``text`` without what a database or a page cannot bear, at most ``limit`` characters."""
    return normalise_text(text, limit).strip()


def address(url: str, limit: int = 1000) -> str:
    """``url`` if it is a web address that can be stored and shown as a link, else nothing."""
    url = normalise_text(url, limit + 1).strip()
    return url if url.startswith(("https://", "http://")) and len(url) <= limit else ""


def expiry(now: datetime, level: str = "untriaged") -> datetime:
    """When words that came at ``now`` are erased; ``level`` is a key of ``SMEDITOR["RETENTION"]``."""
    return now + timedelta(days=retention_days()[level])


def retention_days() -> dict[str, int]:
    """How many days words are kept after they came, by what became of them: ``SMEDITOR["RETENTION"]`` over its defaults."""
    return {**conf.DEFAULTS["RETENTION"], **conf.get("RETENTION")}


def kept_only_by_hold(now: datetime | None = None, to: str = "") -> Q:
    """The condition of reactions whose words only a legal hold keeps: their author took them back, or their time is over.

    They are kept for the claim and for nothing else: nothing is grouped, labelled or learned from them. ``now``: aware;
    None for the present. ``to``: the way to the reaction from the rows that are filtered, such as ``"reaction__"``.
    """
    now = now or timezone.now()
    grouped, labelled = f"{to}concern_member__isnull", f"{to}triaged_at__isnull"
    levels = {
        "concern": {grouped: False},
        "triaged": {grouped: True, labelled: False},
        "untriaged": {grouped: True, labelled: True},
    }
    days = retention_days()
    over = Q()
    for level, condition in levels.items():
        over |= Q(**condition, **{f"{to}collected_at__lte": now - timedelta(days=days[level])})
    return Q(**{f"{to}presence": Presence.DELETED.value}) | (Q(**{f"{to}legal_hold_until__isnull": False}) & over)


def new_content(reaction: Reaction, inbound: InboundItem, now: datetime) -> ReactionText | None:
    """The unsaved words of a new reaction, None for a like or a repost."""
    if reaction.kind in WITHOUT_TEXT:
        return None
    content = ReactionText(reaction=reaction, expires_at=expiry(now))
    write(content, inbound)
    return content


def write(content: ReactionText, inbound: InboundItem) -> None:
    """Put what ``inbound`` says into ``content``."""
    content.text = tidy(inbound.text)
    content.content_warning = tidy(inbound.content_warning, 200)
    content.masked = ""
    sign(content, inbound.author)


def sign(content: ReactionText, author: Author) -> None:
    """Write the author's handle, name and address to ``content``, cut to their columns. It is not saved."""
    content.author_handle = tidy(author.handle, 255)
    content.author_name = tidy(author.display_name, 255)
    content.author_url = address(author.url, 500)
