r"""LinkedIn's "little" text, in which a post's ``commentary`` is written and read.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format (2026-11-30): fifteen
characters are reserved and must be escaped with a backslash wherever they stand; unescaped, a post is cut at the first one
in silence. A hashtag is ``{hashtag|\#|tag}``, a mention ``@[Name](urn)``. A comment's text is plain and must not be escaped.
"""

from __future__ import annotations

import re

from smeditor.text.entities import hashtags

RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")
ELEMENT = re.compile(
    r"\{hashtag\|\\?[#＃]\|(?P<tag>(?:\\.|[^\\|{}]){1,200})\}"
    r"|@\[(?P<name>(?:\\.|[^\\\]]){1,300})\] ?\(urn:li:[A-Za-z]{1,30}:[\w-]{1,100}\)"
    r"|\\(?P<escaped>.)",
    re.DOTALL,
)


def escape(text: str) -> str:
    """``text`` as little text that reads the same; its hashtags are live."""
    pieces, done = [], 0
    for tag in hashtags(text):
        pieces += [escaped(text[done : tag.start]), rf"{{hashtag|\#|{escaped(tag.value)}}}"]
        done = tag.end
    return "".join([*pieces, escaped(text[done:])])


def escaped(text: str) -> str:
    """``text`` with every reserved character escaped."""
    return RESERVED.sub(lambda match: f"\\{match.group()}", text)


def plain(little: str) -> str:
    """What readers see of little text."""

    def shown(match: re.Match[str]) -> str:
        if match["tag"] is not None:
            return f"#{plain(match['tag'])}"
        return plain(match["name"]) if match["name"] is not None else match["escaped"]

    return ELEMENT.sub(shown, little)
