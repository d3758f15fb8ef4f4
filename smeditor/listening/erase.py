"""What a reader deletes is gone: words, name, links, labels' quotations, unsent digests. A hash and a number stay."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from smeditor.listening.identity import fingerprint
from smeditor.listening.scrub import scrub, scrub_answers, scrub_concerns, traces_of
from smeditor.listening.traces import Traces, grams
from smeditor.models import (
    ConcernMember,
    ConcernQuestion,
    CorrectionRequest,
    Digest,
    Reaction,
    ReactionFingerprint,
    ReactionKey,
    ReactionLabel,
    ReactionText,
    Reader,
    ReceivedMention,
    TextVector,
    Tombstone,
    TrainedModel,
    full_text,
)
from smeditor.networks.base import Presence
from smeditor.networks.kinds import WITHOUT_TEXT
from smeditor.text.addressing import without_addressees

logger = logging.getLogger("smeditor.listening")


def erase(reaction: Reaction, now: datetime | None = None) -> bool:
    """Erase one reaction that its author deleted; return False when a legal hold keeps it until later."""
    return erase_all([reaction], now) == 1


def erase_all(reactions: Sequence[Reaction], now: datetime | None = None, *, despite_hold: bool = False) -> int:
    """Erase reactions that their authors deleted; return how many. Safe to repeat.

    Under a legal hold the words stay, out of every list (their presence says deleted), until the hold ends;
    ``despite_hold`` is for words that are kept elsewhere, in the envelope of a tip.
    """
    if not reactions:
        return 0
    now = now or timezone.now()
    with transaction.atomic():
        held = [row for row in reactions if is_held(row, now) and not despite_hold]
        _put_out_of_sight(held)
        going = [row for row in reactions if row not in held]
        _leave_tombstones([row for row in going if row.kind not in WITHOUT_TEXT])
        forget_texts(going)
        for row in going:
            _empty(row)
        Reaction.objects.bulk_update(going, EMPTIED)
        # The address of the page is the reader's own.
        ReceivedMention.objects.filter(reaction__in=[row.pk for row in going]).delete()
        _forget_strangers({row.reader_id for row in going if row.reader_id})
    return len(going)


def is_held(row: Reaction, now: datetime) -> bool:
    """Whether a legal hold keeps ``row`` at ``now`` (aware)."""
    return row.legal_hold_until is not None and row.legal_hold_until > now


def _put_out_of_sight(held: Sequence[Reaction]) -> None:
    """Leave of the words of reactions only what the hold keeps, themselves: nothing quotes them or has learned from them."""
    if _forget_quotations(held):
        full_text.forget(connection)
    for row in held:
        row.presence, row.next_check_at = Presence.DELETED.value, row.legal_hold_until
    Reaction.objects.bulk_update(held, ["presence", "next_check_at"])


EMPTIED = [
    "native_id", "cid", "url", "permalink", "parent_key", "presence", "next_check_at", "missing_since", "queue", "queue_reason",
    "language", "has_media", "legal_hold_until", "legal_hold_reason", "legal_hold_by",
]  # fmt: skip


def _empty(row: Reaction) -> None:
    row.presence = Presence.DELETED.value
    row.next_check_at = row.missing_since = row.legal_hold_until = row.legal_hold_by = None
    row.legal_hold_reason = ""
    if row.kind in WITHOUT_TEXT:
        return
    row.native_id = f"erased:{row.pk}"
    row.cid = row.url = row.permalink = row.parent_key = row.language = ""
    row.has_media = False
    row.queue = Reaction.Queue.DONE
    row.queue_reason = _("Its author deleted it.")


def _leave_tombstones(rows: Sequence[Reaction]) -> None:
    """Leave tombstones in place of the identities, so that no poll brings a reaction back by any route."""
    keys = ReactionKey.objects.filter(reaction__in=rows)
    Tombstone.objects.bulk_create(
        [Tombstone(key=key.key, kind=key.kind) for key in keys if key.kind != "answer"], ignore_conflicts=True
    )
    keys.delete()


@transaction.atomic
def forget_texts(rows: Sequence[Reaction]) -> int:
    """Erase the words of reactions and all that quotes them, and return of how many; numbers and labels stay."""
    ids = [row.pk for row in rows]
    forgotten = _forget_quotations(rows)
    ReactionText.objects.filter(reaction__in=ids).delete()
    ReactionFingerprint.objects.filter(reaction__in=ids).delete()
    ReactionLabel.objects.filter(reaction__in=ids).update(evidence=[])
    CorrectionRequest.objects.filter(reaction__in=ids).update(claim="", passage="")
    if forgotten:
        full_text.forget(connection)
    return forgotten


def forget_meaning(rows: Sequence[Reaction]) -> None:
    """Erase what was made of the words of ``rows``, which the caller has locked or just written: vectors and questions."""
    ids = [row.pk for row in rows]
    TextVector.objects.filter(content__reaction__in=ids).delete()
    ConcernQuestion.objects.filter(first__in=ids).delete()
    ConcernQuestion.objects.filter(second__in=ids).delete()


def _forget_quotations(rows: Sequence[Reaction]) -> int:
    """Erase what quotes the words of reactions, or was learned from them, everywhere else; return how many had words."""
    ids = [row.pk for row in rows]
    # Whoever is about to quote them holds on to them too: either that is there to be erased, or it finds nothing to quote.
    held = ReactionText.objects.filter(reaction__in=ids).order_by("pk").select_for_update()
    texts = dict(held.values_list("reaction_id", "text"))
    if texts:
        traces = traces_of(rows)
        scrub_concerns(texts)
        scrub_answers(rows)
        scrub(traces)
    forget_meaning(rows)
    _unlearn(ids)
    ConcernMember.objects.filter(reaction__in=ids).update(evidence=[])
    _leave_unsent_digests(ids)
    return len(texts)


def scrub_edited(row: Reaction, old: str, new: str) -> None:
    """Take what a reader took out of their text out of all that quotes it, and let the claim say what they say now.

    Who then stores the new text calls :func:`full_text.forget`, once for all that were edited.
    """
    traces = Traces()
    traces.add_text(old, frozenset(grams(new)))
    scrub_concerns({row.pk: old})
    scrub(traces)
    CorrectionRequest.objects.filter(reaction=row).update(claim=without_addressees(new))


def _unlearn(ids: Iterable[int]) -> None:
    """Empty the models that learned from these reactions: they say nothing until they are rebuilt without them."""
    labels = ReactionLabel.objects.filter(reaction__in=ids, by=ReactionLabel.By.EDITOR).values("label")
    TrainedModel.objects.filter(label__in=labels).exclude(weights="").update(weights="", asked=True)


def _leave_unsent_digests(ids: Iterable[int]) -> None:
    gone = set(ids)
    for digest in Digest.objects.filter(state__in=[Digest.State.READY, Digest.State.FAILED]):
        kept = [pk for pk in digest.items.get("reactions", ()) if pk not in gone]
        if len(kept) != len(digest.items.get("reactions", ())):
            digest.items = {**digest.items, "reactions": kept}
            digest.save(update_fields=["items"])


def _forget_strangers(reader_ids: Iterable[int]) -> None:
    """Break the link between a pseudonym and a person of whom nothing is left; the number of people stays right."""
    left = Reaction.objects.filter(reader=OuterRef("pk")).exclude(presence=Presence.DELETED)
    strangers = Reader.objects.filter(pk__in=set(reader_ids), opted_out=False).exclude(Exists(left))
    for reader in strangers:
        reader.pseudonym = f"forgotten:{secrets.token_hex(16)}"
    Reader.objects.bulk_update(strangers, ["pseudonym"])


def erase_reader(reader: Reader, *, opt_out: bool, now: datetime | None = None) -> int:
    """Erase all that a reader ever wrote to us, at their own request; return the number of reactions.

    What a legal hold keeps is out of sight at once, and erased when the hold ends; it is not in that number.
    ``opt_out``: they do not want to be collected again. Their pseudonym is then kept, for it is how they are known.
    """
    with transaction.atomic():
        if opt_out and not reader.opted_out:
            reader.opted_out = True
            reader.save(update_fields=["opted_out"])
        return erase_all(list(reader.reactions.exclude(presence=Presence.DELETED)), now)


def withdraw(reader: Reader) -> int:
    """A profile says since now that it does not want to be collected: what was collected before is only counted too."""
    logger.info("a reader withdrew: their words are erased")
    now = timezone.now()
    rows = [row for row in reader.reactions.all() if not is_hidden(row)]
    held = [row for row in rows if is_held(row, now)]
    rows = [row for row in rows if row not in held]
    with transaction.atomic():
        _put_out_of_sight(held)
        forget_texts(rows)
        for row in rows:
            hide(row)
        Reaction.objects.bulk_update(rows, [*EMPTIED, "conversation"])
        ReceivedMention.objects.filter(reaction__in=[row.pk for row in rows]).delete()
    return len(rows)


def hide(row: Reaction) -> None:
    """Leave, unsaved, of the reaction of someone who does not want to be collected only that there was one."""
    row.native_id = f"hidden:{fingerprint('hidden', row.native_id)[:40]}"
    row.cid = row.url = row.permalink = row.parent_key = ""
    row.next_check_at = None
    row.queue = Reaction.Queue.DONE
    row.queue_reason = _("Its author does not want to be collected: it is only counted.")
    row.conversation = None


def is_hidden(row: Reaction) -> bool:
    """Whether the row is the tombstone of an erased reaction, whose native id is a pseudonym."""
    return row.native_id.startswith("hidden:")
