"""How long a text is for a network, in that network's own unit.

| network   | unit                                     | limit  | source                                                       |
|-----------|------------------------------------------|--------|--------------------------------------------------------------|
| bluesky   | graphemes (and 3,000 UTF-8 bytes)        | 300    | lexicon app.bsky.feed.post: maxGraphemes, maxLength          |
| mastodon  | graphemes, links 23, mentions `@user`    | 500    | instance API: max_characters, characters_reserved_per_url    |
| x         | weighted characters                      | 280    | https://developer.x.com/en/docs/counting-characters          |
| threads   | characters, emoji by their UTF-8 bytes   | 500    | https://developers.facebook.com/docs/threads/overview        |
| telegram  | UTF-16 code units                        | 4096   | https://core.telegram.org/bots/api#sendmessage, #messageentity |
| facebook  | UTF-16 code units                        | 63206  | https://developers.facebook.com/docs/graph-api/reference/page/feed |
| linkedin  | UTF-16 code units                        | 3000   | https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api |
| instagram | UTF-16 code units                        | 2200   | https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media |

Facebook, LinkedIn and Instagram say "characters" and no more, and Facebook's limit is what its servers are known to take rather
than what its reference states. UTF-16 units are never fewer than code points or graphemes, so a text that fits by this count
fits by any reading of theirs; counting an emoji by its bytes on Threads is the strictest reading there.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from .emoji import emoji_spans
from .entities import fediverse_mentions
from .graphemes import grapheme_count
from .offsets import utf8_length, utf16_length
from .urls import MASTODON, find_urls
from .weighted import V3, parse_weighted

BLUESKY_BYTES = 3000


class UnknownNetwork(ValueError):
    """No counting rule is known for a network of that name."""

    def __init__(self, network: str) -> None:
        super().__init__(
            f"No counting rule is known for the network {network!r}; known are: {', '.join(sorted(_RULES))}."
        )
        self.network = network


@dataclass(frozen=True, slots=True)
class Measure:
    """A text held against a network's limit: its length and the limit in `unit`, what remains (negative: too much), the verdict.

    `bytes` and `byte_limit` are set where a network limits these as well (Bluesky), else None. `fits` regards both.
    """

    count: int
    limit: int
    unit: str
    remaining: int
    fits: bool
    bytes: int | None = None
    byte_limit: int | None = None


@dataclass(frozen=True, slots=True)
class _Rule:
    count: Callable[..., int]
    limit: int
    unit: str
    byte_limit: int | None = None


def _mastodon(text: str, url_length: int = 23) -> int:
    """Every link weighs the same and a mention weighs its local part, as the server counts before it stores."""
    spared = [("x" * url_length, url.start, url.end) for url in find_urls(text, MASTODON)]
    spared += [(f"@{mention.value}", mention.start, mention.end) for mention in fediverse_mentions(text)]
    countable: list[str] = []
    done = 0
    for stand_in, start, end in sorted(spared, key=lambda part: part[1]):
        if start >= done:
            countable += [text[done:start], stand_in]
            done = end
    return grapheme_count("".join([*countable, text[done:]]))


def _x(text: str, url_length: int = V3.url_length) -> int:
    return parse_weighted(text, replace(V3, url_length=url_length)).weighted_length


def _threads(text: str) -> int:
    return len(text) + sum(utf8_length(text[start:end]) - (end - start) for start, end in emoji_spans(text))


_RULES: dict[str, _Rule] = {
    "bluesky": _Rule(grapheme_count, 300, "grapheme", BLUESKY_BYTES),
    "mastodon": _Rule(_mastodon, 500, "grapheme"),
    "x": _Rule(_x, V3.limit, "weighted"),
    "threads": _Rule(_threads, 500, "character"),
    "telegram": _Rule(utf16_length, 4096, "utf16"),
    "facebook": _Rule(utf16_length, 63206, "utf16"),
    "linkedin": _Rule(utf16_length, 3000, "utf16"),
    "instagram": _Rule(utf16_length, 2200, "utf16"),
}


def networks() -> tuple[str, ...]:
    """Return the names of the networks that can be counted for."""
    return tuple(_RULES)


def _rule(network: str) -> _Rule:
    try:
        return _RULES[network]
    except KeyError:
        raise UnknownNetwork(network) from None


def count(text: str, network: str, **limits: Any) -> int:
    """Return the length of `text` in the unit of `network`.

    `url_length` (int; Mastodon and X) is what a link counts, 23 unless the server says otherwise. Other networks take no such
    thing and ignore it, so that the caller can pass what it knows of the account; so they do with `limit` and `byte_limit`.
    Raises UnknownNetwork.
    """
    rule = _rule(network)
    if network in ("mastodon", "x") and limits.get("url_length") is not None:
        return rule.count(text, url_length=limits["url_length"])
    return rule.count(text)


def limit_of(network: str) -> int:
    """Return how long a post may be on `network` where the account or its server says nothing else. Raises UnknownNetwork."""
    return _rule(network).limit


def measure(text: str, network: str, **limits: Any) -> Measure:
    """Hold `text` against the limit of `network`.

    `limit` and `byte_limit` (int) replace the usual ones, as on a Mastodon server with longer posts or a Telegram caption
    (1024); `url_length` as for `count`. Raises UnknownNetwork.
    """
    rule = _rule(network)
    length = count(text, network, **limits)
    limit = rule.limit if limits.get("limit") is None else int(limits["limit"])
    byte_limit = rule.byte_limit if limits.get("byte_limit") is None else int(limits["byte_limit"])
    size = None if byte_limit is None else utf8_length(text)
    fits_bytes = size is None or byte_limit is None or size <= byte_limit
    return Measure(length, limit, rule.unit, limit - length, length <= limit and fits_bytes, size, byte_limit)


def fits(text: str, network: str, **limits: Any) -> bool:
    """Say whether `text` is short enough for `network`; `limits` as for `measure`. Raises UnknownNetwork."""
    return measure(text, network, **limits).fits
