"""Hashtags that every network takes for one.

| network  | a tag is                                                                | source                                     |
|----------|-------------------------------------------------------------------------|--------------------------------------------|
| mastodon | letters, marks, digits, ``_``; at least one letter                       | ``app/models/tag.rb``: HASHTAG_NAME_PAT    |
| bluesky  | no space, no joiner; not only digits and punctuation; 64 graphemes       | ``@atproto/api``: rich-text/util, lexicon app.bsky.richtext.facet |
| x        | letters, marks, digits, ``_``; at least one letter or mark              | twitter-text 3.1                           |
"""

import regex

from smeditor.text.graphemes import grapheme_count
from smeditor.text.normal import normalise_text

LONGEST_TAG = 64
"""Graphemes: Bluesky's limit, the only one that is written down."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}]+")
_LETTER = regex.compile(r"\p{L}")


def hashtag(text: str) -> str:
    """Return ``text`` as one hashtag with its sign, each word with a capital; empty where no network would see a tag.

    Letters keep their marks, in NFC: ``#Été2026``, ``#भारतसमाचार``. Digits alone are no tag anywhere.

    >>> hashtag("city hall")
    '#CityHall'
    """
    found = [_capitalised(match.group()) for match in _WORD.finditer(normalise_text(text, 500))]
    tag = normalise_text("".join(found), 500)
    if not _LETTER.search(tag) or grapheme_count(tag) > LONGEST_TAG:
        return ""
    return f"#{tag}"


def _capitalised(word: str) -> str:
    first = word[0].title()  # not upper(): Georgian has no capital at the beginning of a word
    return first + word[1:] if len(first) == 1 else word
