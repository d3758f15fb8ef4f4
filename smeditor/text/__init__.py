"""What a text is to a network and to us: its length, its links, its normal form, its language.

Pure functions on strings: no Django, no models, no network. Each takes outside text of any content, in time that grows with
its length and no faster.
"""

from smeditor.text.addressing import addressed_to, without_addressees
from smeditor.text.domains import top_level_domains
from smeditor.text.entities import Entity, cashtags, fediverse_mentions, handles, hashtags, mentions, reply_to
from smeditor.text.graphemes import grapheme_count, graphemes
from smeditor.text.language import language_of
from smeditor.text.links import BadLink, canonical, destinations, links_in, same_article, token_of, with_token
from smeditor.text.normal import normalise_text, split_thread
from smeditor.text.offsets import utf8_length, utf8_span, utf16_length, utf16_span
from smeditor.text.sanitise import absolute, sanitise, to_plain, with_alternatives
from smeditor.text.shorten import shorten
from smeditor.text.tags import hashtag
from smeditor.text.typed_links import token_links
from smeditor.text.urls import MASTODON, Url, X, find_urls

__all__ = [
    "MASTODON",
    "BadLink",
    "Entity",
    "Url",
    "X",
    "absolute",
    "addressed_to",
    "canonical",
    "cashtags",
    "destinations",
    "fediverse_mentions",
    "find_urls",
    "grapheme_count",
    "graphemes",
    "handles",
    "hashtag",
    "hashtags",
    "language_of",
    "links_in",
    "mentions",
    "normalise_text",
    "reply_to",
    "same_article",
    "sanitise",
    "shorten",
    "split_thread",
    "to_plain",
    "token_links",
    "token_of",
    "top_level_domains",
    "utf8_length",
    "utf8_span",
    "utf16_length",
    "utf16_span",
    "with_alternatives",
    "with_token",
    "without_addressees",
]
