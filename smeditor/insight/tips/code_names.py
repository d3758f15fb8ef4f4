"""Two-word code names for tips: easy to say, tied to nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

FIRST = (
    "amber", "ancient", "april", "autumn", "azure", "brave", "bright", "broad", "calm", "cedar", "clear", "copper",
    "coral", "crimson", "crystal", "dawn", "deep", "distant", "early", "eastern", "ebony", "fallow", "fern", "frosty",
    "gentle", "golden", "granite", "green", "harbour", "hazel", "hidden", "hollow", "indigo", "iron", "ivory", "jade",
    "keen", "lunar", "marble", "meadow", "misty", "noble", "northern", "ochre", "olive", "opal", "pale", "pearl",
    "quiet", "rapid", "russet", "scarlet", "silver", "slate", "solar", "stone", "summer", "swift", "tidal", "velvet",
    "violet", "western", "wild", "winter",
)  # fmt: skip
SECOND = (
    "acorn", "anchor", "arch", "badger", "beacon", "birch", "bridge", "brook", "canyon", "castle", "cliff", "comet",
    "compass", "cove", "crane", "delta", "dune", "eagle", "ember", "falcon", "field", "fjord", "forest", "fountain",
    "garden", "glacier", "grove", "gull", "harvest", "heron", "island", "juniper", "kestrel", "lagoon", "lantern",
    "lark", "leaf", "lighthouse", "maple", "marsh", "mill", "mountain", "oak", "orchard", "otter", "path", "pebble",
    "pine", "plateau", "quarry", "raven", "reef", "ridge", "river", "robin", "sail", "shore", "sparrow", "spring",
    "tower", "valley", "willow", "wind", "wren",
)  # fmt: skip


def code_name(choice: Callable[[Sequence[str]], str]) -> str:
    """Return a name such as ``quiet heron``. ``choice`` picks one word of a sequence (``secrets.choice``)."""
    return f"{choice(FIRST)} {choice(SECOND)}"
