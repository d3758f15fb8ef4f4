"""Do tips of who was there come first? CrisisLexT26: messages about 26 events, labelled by who wrote them.

The set (Olteanu, Vieweg and Castillo, CSCW 2015; github.com/sajao/CrisisLex) is read where a checkout of it lies,
``SMEDITOR_CRISISLEX``; its texts are under a network's terms, and nothing of them is kept.
"""

from __future__ import annotations

import csv
import os
import random
from pathlib import Path
from statistics import mean
from typing import Any

from smeditor.insight.triage import triage

RANK = 100


def events() -> dict[str, list[tuple[str, bool]]]:
    """Return by event its texts and whether an eyewitness wrote them; empty where no checkout is named."""
    root = Path(os.environ.get("SMEDITOR_CRISISLEX", "/nowhere")) / "data" / "CrisisLexT26"
    found = {}
    for path in sorted(root.glob("*/*-tweets_labeled.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            rows = list(csv.reader(file))[1:]
        known = [(row[1], row[2].strip()) for row in rows if len(row) > 2 and row[2].strip() != "Not labeled"]
        random.Random(1).shuffle(known)  # what ranks alike stands in no order of the file's
        found[path.parent.name] = [(text, source == "Eyewitness") for text, source in known]
    return found


def precision() -> dict[str, Any] | None:
    """Return the mean precision at 100 of our rank, the share of eyewitnesses, and their ratio; None without the set."""
    by_event = events()
    if not by_event:
        return None
    precisions, shares = [], []
    for texts in by_event.values():
        ranked = sorted(texts, key=lambda row: -triage(row[0]).tip_score)
        precisions.append(mean(there for _text, there in ranked[:RANK]))
        shares.append(mean(there for _text, there in texts))
    return {
        "events": len(by_event),
        "precision_at_100": round(mean(precisions), 3),
        "share": round(mean(shares), 3),
        "times": round(mean(precisions) / mean(shares), 2),
    }
