"""Tips: one act takes a reaction out of everybody's sight and into an encrypted envelope under a code name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from smeditor import conf
from smeditor.insight.code_names import code_name
from smeditor.listening.erase import erase
from smeditor.models import Flag, Reaction, Tip, TipAccess

KEPT = timedelta(days=180)


def candidates():
    """The tray of possible tips: labelled by rule or editor first, then by score. It ranks and leaves nothing out."""
    return (
        Reaction.objects.filter(words__isnull=False, flags__flag=Flag.TIP, flags__present=True)
        .exclude(tray=Reaction.Tray.SPAM)
        .order_by("-tip_score", "-published_at")
        .distinct()
    )


def origin_of(reaction: Reaction) -> str:
    """Keyed hash of where a tip came from: the same one is not taken in twice, and nobody can look it up."""
    identity = f"{reaction.network}:{reaction.kind}:{reaction.native_id}"
    return hmac.new(conf.pseudonym_key(), identity.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def seal(reaction: Reaction, user) -> Tip:
    """Move a reaction into an envelope: encrypted here, erased everywhere else but for its tombstone.

    Raises Reaction.DoesNotExist when somebody else sealed or erased it meanwhile. The log names the tip, never its origin.
    """
    reaction = Reaction.objects.select_for_update(of=("self",)).select_related("words", "article").get(pk=reaction.pk)
    words = reaction.words
    today = timezone.localdate()
    tip, created = Tip.objects.get_or_create(
        origin=origin_of(reaction),
        defaults={
            "code_name": _free_code_name(),
            "received_on": today,
            "purge_on": today + KEPT,
            "envelope": {
                "text": words.text,
                "passage": words.passage,
                "author": words.author_handle or words.author_name,
                "contact": words.contact,
                "url": reaction.url,
                "network": reaction.network,
                "article": reaction.article.title if reaction.article else "",
                "cues": _cues(reaction),
            },
        },
    )
    if created and user is not None:
        tip.readers.add(user)
        TipAccess.objects.create(tip=tip, user=user, act="sealed")
    erase(reaction)
    Reaction.objects.filter(pk=reaction.pk).delete()
    log(instance=tip, action="smeditor.tip_sealed", user=user)
    return tip


def _cues(reaction: Reaction) -> list[str]:
    """The words that made it look like a tip."""
    text = reaction.words.text
    flag = reaction.flags.filter(flag=Flag.TIP).first()
    return [text[start:end] for start, end, _ in flag.because] if flag else []


def _free_code_name() -> str:
    while Tip.objects.filter(code_name=(name := code_name(secrets.choice))).exists():
        continue
    return name


def open_envelope(tip: Tip, user) -> dict:
    """Return a tip's content and write down who opened it. The caller has checked ``may_open``."""
    TipAccess.objects.create(tip=tip, user=user, act="opened")
    log(instance=tip, action="smeditor.tip_opened", user=user)
    return tip.envelope


def may_open(tip: Tip, user) -> bool:
    """Need to know: the permission, and being named on this tip. A superuser is no exception to being named."""
    return user.has_perm("smeditor.read_tip") and tip.readers.filter(pk=user.pk).exists()


def purge(today) -> int:
    """Erase the envelopes whose time is over. Returns how many."""
    return Tip.objects.filter(purge_on__lte=today).delete()[1].get("smeditor.Tip", 0)
