"""Tips: one act takes a reaction out of everybody's sight and into an encrypted envelope under a code name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from smeditor import conf
from smeditor.exceptions import Refused
from smeditor.insight.concerns.counts import refresh
from smeditor.insight.tips.code_names import code_name
from smeditor.insight.triage.semantic import EXAMPLE
from smeditor.listening.erase import erase_all
from smeditor.models import Concern, CorrectionRequest, Label, Reaction, Tip, TipAccess
from smeditor.permissions import READ_TIP
from smeditor.permissions.people import by_name

KEPT = timedelta(days=180)
AHEAD = timedelta(days=14)
"""So long before it is erased an unread tip is announced to those who may open it."""
NOTICE = timedelta(days=7)
LATEST = timedelta(days=30)


def candidates(reactions: QuerySet[Reaction]) -> QuerySet[Reaction]:
    """Those of ``reactions`` that may be tips: what a person called one first, then by the rules' score.

    It ranks and leaves nothing out.
    """
    rows = reactions.filter(labels__label=Label.TIP, labels__present=True, content__isnull=False)
    return rows.exclude(queue=Reaction.Queue.SPAM).order_by("-labels__score", "-labels__reaction_id")


def origin_of(reaction: Reaction) -> str:
    """Keyed hash of where a tip came from: the same one is not taken in twice, and nobody can look it up."""
    identity = f"{reaction.network}:{reaction.kind}:{reaction.native_id}"
    return hmac.new(conf.pseudonym_key(), identity.encode(), hashlib.sha256).hexdigest()


def possible_readers() -> QuerySet[Any]:
    """Everybody who may be named on a tip: active, and with the right to open tips; by name."""
    return by_name(ModelBackend().with_perm(READ_TIP))


@transaction.atomic
def seal(reaction: Reaction, user: Any, readers: Collection[Any] | None = None) -> Tip:
    """Move a reaction into an envelope: encrypted here, erased everywhere else but for its tombstone.

    ``readers``: the users who may open it; None for all who may be named. A legal hold goes with it: the envelope is
    kept until it ends. The log names the tip, never its origin. Raises Refused when nobody could open it, and
    Reaction.DoesNotExist when somebody else sealed or erased it meanwhile.
    """
    named = [person for person in possible_readers() if readers is None or person in readers]
    if not named:
        raise Refused(_("Nobody could open it: choose somebody who may read tips."))
    locked = Reaction.objects.select_for_update(of=("self",)).select_related("content", "article")
    reaction = locked.get(pk=reaction.pk, content__isnull=False)
    tip, created = Tip.objects.get_or_create(origin=origin_of(reaction), defaults=_envelope(reaction))
    tip.readers.add(*named)
    if created and user is not None:
        TipAccess.objects.create(tip=tip, user=user, operation="sealed")
    _leave_no_row(reaction)
    log(instance=tip, action="smeditor.tip_sealed", user=user)
    return tip


def _envelope(reaction: Reaction) -> dict[str, Any]:
    content, today = reaction.content, timezone.localdate()
    held = reaction.legal_hold_until
    return {
        "code_name": _free_code_name(),
        "received_on": today,
        "purge_on": max(today + KEPT, timezone.localdate(held)) if held else today + KEPT,
        "envelope": {
            "text": content.text,
            "passage": content.passage,
            "author": content.author_handle or content.author_name,
            "contact": content.contact,
            "url": reaction.url,
            "network": reaction.network,
            "article": reaction.article.title if reaction.article else "",
            "cues": _cues(reaction),
        },
    }


def _leave_no_row(reaction: Reaction) -> None:
    """Scrub, leave the tombstones, and delete what hung on the reaction alone: its times and article would name it."""
    erase_all([reaction], despite_hold=True)
    CorrectionRequest.objects.filter(reaction=reaction, verdict=CorrectionRequest.Verdict.OPEN).delete()
    kind = ContentType.objects.get_for_model(Reaction, for_concrete_model=False)
    ModelLogEntry.objects.filter(content_type=kind, object_id=str(reaction.pk)).delete()
    conversation, reader = reaction.conversation, reaction.reader
    concerns = list(Concern.objects.filter(members__reaction=reaction).values_list("pk", flat=True))
    Reaction.objects.filter(pk=reaction.pk).delete()
    refresh(Concern.objects.filter(pk__in=concerns))
    Concern.objects.filter(pk__in=concerns, members__isnull=True, merged__isnull=True, posts__isnull=True).delete()
    if conversation and not conversation.reactions.exists() and not conversation.posts.exists():
        conversation.delete()
    if reader and not reader.opted_out and not reader.reactions.exists():
        reader.delete()


def _cues(reaction: Reaction) -> list[str]:
    """The words that made it look like a tip."""
    text = reaction.content.text
    label = reaction.labels.filter(label=Label.TIP).first()
    spans = label.evidence if label else []
    return [text[start:end] for start, end, rule in spans if not rule.startswith(EXAMPLE)]


def _free_code_name() -> str:
    while Tip.objects.filter(code_name=(name := code_name(secrets.choice))).exists():
        continue
    return name


def open_envelope(tip: Tip, user: Any) -> dict:
    """Return a tip's content and write down who opened it. The caller has checked ``may_open``."""
    TipAccess.objects.create(tip=tip, user=user, operation="opened")
    log(instance=tip, action="smeditor.tip_opened", user=user)
    return tip.envelope


def may_open(tip: Tip, user: Any) -> bool:
    """Need to know: the permission, and being named on this tip. A superuser is no exception to being named."""
    return user.has_perm("smeditor.read_tip") and tip.readers.filter(pk=user.pk).exists()


def unread(today: date) -> QuerySet[Tip]:
    """The tips that nobody has opened and that are erased within ``AHEAD``, or whose time is over."""
    opened = TipAccess.objects.filter(tip=OuterRef("pk"), operation="opened")
    return Tip.objects.defer("envelope").filter(~Exists(opened), purge_on__lte=today + AHEAD)


@transaction.atomic
def readers_of(tip: Tip) -> list[Any]:
    """Who may open ``tip`` today. If none of those who were named is left, all who may read tips are named, and logged."""
    may = list(possible_readers())
    left = [person for person in tip.readers.all() if person in may]
    if left or not may:
        return left
    tip.readers.add(*may)
    log(instance=tip, action="smeditor.tip_reader_named", user=None)
    return may


def purge(today: date) -> int:
    """Erase the envelopes whose time is over. Returns how many.

    An unread one waits until a week after its readers were told (``NOTICE``), but no longer than ``LATEST``.
    """
    over = Tip.objects.filter(purge_on__lte=today)
    waiting = unread(today).exclude(announced_on__lte=today - NOTICE).filter(purge_on__gt=today - LATEST)
    return over.exclude(pk__in=waiting.values("pk")).delete()[1].get("smeditor.Tip", 0)
