"""The ``fields`` parameter: names, modifiers and what is wanted of what stands inside.

Documented at https://developers.facebook.com/docs/graph-api/guides/field-expansion:
``id,comments.limit(3).order(chronological){id,from{name}}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = re.compile(r"\s*([a-zA-Z_][\w]*)")
MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")


class Unreadable(Exception):
    """Not a list of fields."""


@dataclass(frozen=True)
class Wanted:
    """One field that is wanted, with its modifiers and what is wanted of it; ``inner`` None: the default."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inner: tuple[Wanted, ...] | None = None


def parse(text: str) -> tuple[Wanted, ...]:
    """Read a ``fields`` parameter. Raises Unreadable."""
    found, rest = _list(text)
    if rest.strip():
        raise Unreadable(rest)
    return found


def _list(text: str) -> tuple[tuple[Wanted, ...], str]:
    found = []
    while True:
        name = NAME.match(text)
        if name is None:
            raise Unreadable(text)
        text = text[name.end() :]
        modifiers = {}
        while modifier := MODIFIER.match(text):
            modifiers[modifier[1]] = modifier[2]
            text = text[modifier.end() :]
        inner = None
        if text.startswith("{"):
            inner, text = _list(text[1:])
            if not text.startswith("}"):
                raise Unreadable(text)
            text = text[1:]
        found.append(Wanted(name[1], modifiers, inner))
        if not text.startswith(","):
            return tuple(found), text
        text = text[1:]
