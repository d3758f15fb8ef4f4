"""The demo's texts and pictures, made for it: ``newsroom.toml``, one file for each article, one for each picture.

Every place, person and figure is invented. One article, ``tram-3-ouverture-mai``, contradicts itself on purpose: its key
points give the line 9 kilometres and its last paragraph 11, so that readers have something to report.
"""

import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def newsroom() -> dict:
    """``name``, ``tagline``, ``sections`` and ``people`` of the demo newspaper."""
    return tomllib.loads((HERE / "newsroom.toml").read_text("utf-8"))


def articles() -> list[dict]:
    """The articles in the order in which they come out."""
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((HERE / "articles").glob("*.toml"))]


def picture(scene: str) -> Path:
    """The file of an article's illustration: a JPEG of 1600 × 1066, free to use like the rest."""
    return HERE / "pictures" / f"{scene}.jpg"
