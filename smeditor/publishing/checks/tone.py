"""The account's tone card: how it never speaks. It reads signs, not minds: irony without a sign passes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from smeditor.publishing.checks.base import Check, Draft
from smeditor.text.emoji import emoji_end
from smeditor.text.entities import hashtags
from smeditor.text.phrases import PhraseBook, tokens_of

LAUGHING = frozenset("😀😁😂😃😄😅😆😉😊😋😎😛😜😝🙃🤣🤪🤭😏😹😂🥳🤡")
LAUGHTER = PhraseBook(
    (phrase, phrase) for phrase in ("lol", "mdr", "ptdr", "rofl", "lmao", "haha*", "hihi", "hehe", "xd")
)
_CAPITALS = re.compile(r"[^\W\d_]{5,}")
"""So many letters: shorter words in capitals are mostly the names of bodies."""
FEWEST_CAPITALS = 2
"""So many words in capitals are shouting; one may be a name."""


def _find(draft: Draft) -> Iterator[str]:
    account, text = draft.account, draft.text
    if account.no_emoji and (sign := first_emoji(text)):
        yield _("%(account)s uses no emoji: take %(sign)s out.") % {"account": account, "sign": sign}
    if account.no_exclamation and "!" in text:
        yield _("%s uses no exclamation marks: end the sentence with a full stop.") % account
    if account.no_capitals and (shouted := capitals(text)):
        params = {"account": account, "word": shouted[0]}
        yield _("%(account)s does not shout: write “%(word)s” in small letters.") % params
    if account.no_humour and (sign := laughter(text)):
        params = {"account": account, "sign": sign}
        yield _("%(account)s makes no jokes: take “%(sign)s” out, and say it plainly.") % params
    if account.most_hashtags is not None:
        number = sum(len(hashtags(part)) for part in draft.texts)
        if number > account.most_hashtags:
            sentence = ngettext(
                "%(account)s uses %(most)d hashtag at most, and here are %(n)d: take some out.",
                "%(account)s uses %(most)d hashtags at most, and here are %(n)d: take some out.",
                account.most_hashtags,
            )
            yield sentence % {"account": account, "most": account.most_hashtags, "n": number}


def first_emoji(text: str) -> str:
    """The first emoji of ``text``, "" where it has none."""
    for start, character in enumerate(text):
        if not character.isascii() and (end := emoji_end(text, start)) > start:
            return text[start:end]
    return ""


def capitals(text: str) -> list[str]:
    """The words of five letters and more that stand in capitals, where there are two or more of them."""
    found = [
        token.text for token in tokens_of(text) if token.text.isupper() and _CAPITALS.fullmatch(token.text) is not None
    ]
    return found if len(found) >= FEWEST_CAPITALS else []


def laughter(text: str) -> str:
    """The first laughing emoji or written laughter of ``text``, "" where it has none."""
    sign = next((character for character in text if character in LAUGHING), "")
    if sign:
        return sign
    match = next(LAUGHTER.matches(text), None)
    return text[match.start : match.end] if match else ""


CHECKS = (Check("tone", gettext_lazy("The account's tone card"), _find),)
