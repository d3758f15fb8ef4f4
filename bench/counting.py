"""Precision and recall, counted in one way by everything that measures labels."""

from __future__ import annotations


def precision_recall(wanted: list[bool], given: list[bool]) -> dict[str, float]:
    """Return precision, recall, F1 and how many were wanted."""
    hits = sum(a and b for a, b in zip(wanted, given, strict=True))
    precision = hits / sum(given) if any(given) else 0.0
    recall = hits / sum(wanted) if any(wanted) else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3), "n": sum(wanted)}
