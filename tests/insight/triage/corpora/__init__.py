"""Sentences of our own, one a line, on which rules are held to what they promise."""

import re
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def sentences(name: str) -> list[str]:
    """Return the sentences of one file, its remarks apart."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def generated(name: str) -> list[str]:
    """Return what the templates of one file stand for: ``{a|b}`` is one of these, every combination a sentence."""
    return [sentence for template in sentences(name) for sentence in _expanded(template)]


def _expanded(template: str) -> list[str]:
    pieces = re.split(r"\{([^{}]*)\}", template)
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return ["".join(choice) for choice in product(*choices)]
