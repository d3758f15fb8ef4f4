"""Stored vectors: computed in the background, the newest text first, read by whoever compares reactions.

Vectors of another encoder than the one in force are not used at all: they are deleted, a few at a time, and their texts
computed anew like any other.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from smeditor.insight.meaning import loading
from smeditor.insight.meaning.encoder import Encoder
from smeditor.insight.meaning.groupable import CANDIDATES, GROUPED, groupable
from smeditor.insight.meaning.packing import pack, unpack
from smeditor.leases import lease
from smeditor.listening.content import kept_only_by_hold
from smeditor.models import Heartbeat, Reaction, ReactionText, TextVector
from smeditor.text.addressing import without_addressees

FAILED = "embedding"
"""Name of the heartbeat that stands for a failed model."""
IN_FORCE = "encoder"
"""Name of the heartbeat that says which encoder's vectors are in force, for processes that never load one."""

LEASE_SECONDS = 180
STAY_SECONDS = 30
"""How long the worker that computed last, which has the model in memory, is waited for."""
WORK_SECONDS = 5
"""Time for one run: what comes after it in the same round, labels and concerns, is not kept waiting for long."""
AT_ONCE = 2_000
BATCH = 32
"""Texts that the model is given at a time: from 16 on it is no faster, and what goes on beside it waits for one batch."""
ASKED = 500
"""Reactions in one statement: the oldest SQLite takes 999 values."""
NEWEST_FIRST = (F("pk") + 0).desc()
"""By the bare key a database would walk the whole table in that order to find a few that are open."""


def vectors_of(reactions: Collection[int]) -> dict[int, array[float]]:
    """Return the vectors of those of ``reactions`` (ids) that have one: of unit length, and all of one encoder and size.

    Loads no model and asks none. What only a legal hold keeps has none.
    """
    row = Heartbeat.objects.filter(name=IN_FORCE).values_list("detail", flat=True).first()
    if row is None:
        return {}
    rows = TextVector.objects.filter(encoder=row["version"]).exclude(kept_only_by_hold(to="content__reaction__"))
    found: dict[int, array[float]] = {}
    ids = list(reactions)
    for start in range(0, len(ids), ASKED):
        some = rows.filter(content__reaction__in=ids[start : start + ASKED])
        for reaction, vector in some.values_list("content__reaction", "vector"):
            if len(vector) == row["dimension"]:
                found[reaction] = unpack(vector)
    return found


def in_force() -> str:
    """Return the version of the encoder whose vectors :func:`vectors_of` gives, "" where there is none."""
    row = Heartbeat.objects.filter(name=IN_FORCE).values_list("detail", flat=True).first()
    return str(row["version"]) if row else ""


def run_due(now: datetime) -> int:
    """Compute vectors of texts that have none, for ``WORK_SECONDS`` at most. Returns of how many. ``now``: aware."""
    model = loading.encoder()
    if model is None or model.is_resting:
        _report(model)
        return 0
    with lease("insight.meaning", now, LEASE_SECONDS, stay=STAY_SECONDS) as mine:
        if not mine:
            return 0
        try:
            return _compute(model, now)
        finally:
            _report(model)


def _compute(model: Encoder, now: datetime) -> int:
    done, end = 0, time.monotonic() + WORK_SECONDS
    due = waiting(AT_ONCE)
    while due and time.monotonic() < end:
        batch, due = due[:BATCH], due[BATCH:]
        if not _embed(model, batch, now):
            break
        done += len(batch)
    if model.dimension:  # it has shown that it works
        _put_back(model.version)
    return done


def waiting(limit: int) -> list[int]:
    """The ids of the newest few reactions whose words have no vector of the encoder in force."""
    rows = Reaction.objects.filter(embedded_at__isnull=True, kind__in=Reaction.KINDS_WITH_TEXT, queue__in=GROUPED)
    keys = list(rows.order_by(NEWEST_FIRST).values_list("pk", flat=True)[:CANDIDATES])
    found = list(_newest_of(Reaction.objects.filter(pk__in=keys))[:limit])
    return found if found or len(keys) < CANDIDATES else list(_newest_of(rows)[:limit])


def _newest_of(rows: QuerySet[Reaction]) -> QuerySet[Reaction, int]:
    return groupable(rows).order_by(NEWEST_FIRST).values_list("pk", flat=True)


def _put_back(version: str) -> None:
    """Delete the newest few vectors of another encoder, so that their texts wait again."""
    for other in (TextVector.objects.filter(encoder__lt=version), TextVector.objects.filter(encoder__gt=version)):
        name = other.values_list("encoder", flat=True).first()
        if name is None:
            continue
        newest = TextVector.objects.filter(encoder=name).order_by("-content").values_list("content", flat=True)
        contents = list(newest[:AT_ONCE])
        with transaction.atomic():
            for some in (contents[start : start + ASKED] for start in range(0, len(contents), ASKED)):
                Reaction.objects.filter(content__in=some).update(embedded_at=None)
                TextVector.objects.filter(pk__in=some, encoder=name).delete()


def _embed(model: Encoder, reactions: Sequence[int], now: datetime) -> bool:
    """Compute and store the vectors of some texts; return whether the model worked."""
    contents = list(ReactionText.objects.filter(reaction__in=reactions).values_list("pk", "reaction", "text"))
    plain = {pk: without_addressees(text).strip() for pk, _reaction, text in contents}
    hashes = {pk: hash_of(text) for pk, text in plain.items() if text}
    known = _known(model.version, set(hashes.values()))
    new = {digest: plain[pk] for pk, digest in hashes.items() if digest not in known}
    if new:
        vectors = model.vectors(list(new.values()))
        if vectors is None:
            return False
        known |= {digest: pack(vector) for digest, vector in zip(new, vectors, strict=True)}
    with transaction.atomic():
        # Whoever edits or erases a text holds on to it as well: either its new text is found here, or our vector there.
        rows = ReactionText.objects.filter(reaction__in=reactions).order_by("pk")
        there = dict(rows.select_for_update(no_key=True).values_list("pk", "text"))
        same = {pk: reaction for pk, reaction, text in contents if there.get(pk) == text}
        TextVector.objects.bulk_create(
            [
                TextVector(content_id=pk, encoder=model.version, text_hash=hashes[pk], vector=known[hashes[pk]])
                for pk in same
                if pk in hashes and any(known[hashes[pk]])  # what the model cannot read has none
            ],
            update_conflicts=True,
            unique_fields=["content"],
            update_fields=["encoder", "text_hash", "vector"],
        )
        Reaction.objects.filter(pk__in=same.values()).update(embedded_at=max(now, timezone.now()))
    return True


def hash_of(text: str) -> str:
    """The hash by which equal texts are found, 32 hexadecimal digits."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _known(version: str, hashes: Collection[str]) -> dict[str, bytes]:
    rows = TextVector.objects.filter(text_hash__in=hashes, encoder=version)
    return {digest: bytes(vector) for digest, vector in rows.values_list("text_hash", "vector")}


_reported: list[Any] = []
"""What this process has reported of its encoder last."""


def _report(model: Encoder | None) -> None:
    """Let the admin say that the model failed, or no longer, and everybody know whose vectors are in force."""
    state = (model.failure, model.version, model.dimension) if model else ()
    if _reported == [state]:
        return
    _reported[:] = [state]
    if model is None or not model.failure:
        Heartbeat.objects.filter(name=FAILED).delete()
    else:
        failure = {"kind": "failure", "seen_at": timezone.now(), "detail": {"error": model.failure}}
        Heartbeat.objects.update_or_create(name=FAILED, defaults=failure)
    if model is None:
        Heartbeat.objects.filter(name=IN_FORCE).delete()
    elif model.dimension:
        force = {"version": model.version, "dimension": model.dimension}
        Heartbeat.objects.update_or_create(
            name=IN_FORCE, defaults={"kind": "encoder", "seen_at": timezone.now(), "detail": force}
        )


def forget() -> None:
    """Drop what this process remembers having reported."""
    _reported.clear()
