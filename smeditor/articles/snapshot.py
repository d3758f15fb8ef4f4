"""What a post remembers of its article, and what of that is no longer so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smeditor.articles.contract import ArticleFacts

COMPARED = ("headline", "link", "paywalled", "image", "authors")
"""What readers of a post see of the article, or meet behind its link, in the order in which it matters."""
Snapshot = Mapping[str, Any]
"""Plain JSON: ``headline`` and ``link`` (texts), ``paywalled``, ``image`` (an id or None), ``authors`` (names), ``revision``."""


@dataclass(frozen=True)
class Difference:
    """One thing that changed: ``field`` is one of :data:`COMPARED`; ``old`` and ``new`` are its values."""

    field: str
    old: Any
    new: Any


def snapshot(facts: ArticleFacts) -> dict[str, Any]:
    """What a post keeps of the article that ``facts`` tell of."""
    from smeditor.text.normal import normalise_text

    return {
        "headline": normalise_text(facts.title).strip(),
        "link": facts.url,
        "paywalled": facts.paywalled,
        "image": facts.image.id if facts.image else None,
        "authors": list(facts.author_names),
        "revision": facts.revision_id,
    }


def differences(kept: Snapshot, now: Snapshot) -> list[Difference]:
    """What is in ``now`` other than it was in ``kept``. What ``kept`` did not keep has not changed."""
    return [
        Difference(name, kept[name], now[name])
        for name in COMPARED
        if name in kept and name in now and kept[name] != now[name]
    ]


def state_hash(now: Snapshot) -> str:
    """One name, of 32 hexadecimal digits, for everything that is compared: equal states have equal names."""
    compared = {name: now.get(name) for name in COMPARED}
    return hashlib.sha256(json.dumps(compared, sort_keys=True).encode()).hexdigest()[:32]
