"""Sentences of our own, one a line, on which rules are held to what they promise."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def sentences(name: str) -> list[str]:
    """Return the sentences of one file, its remarks apart."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
