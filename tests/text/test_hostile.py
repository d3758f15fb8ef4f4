"""Whatever outsiders write, the work grows with its length and no faster.

Steps are counted, not timed: the lines of our own code by tracing. A pattern that went back and forth would hang the last test.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smeditor.networks.bluesky import detect
from smeditor.networks.mastodon.counting import countable
from smeditor.text.entities import cashtags, fediverse_mentions, handles, hashtags, mentions, reply_to
from smeditor.text.graphemes import grapheme_count
from smeditor.text.links import BadLink, canonical, links_in, token_of
from smeditor.text.normal import normalise_text
from smeditor.text.sanitise import sanitise, to_plain
from smeditor.text.shorten import shorten
from smeditor.text.urls import MASTODON, find_urls
from tests.steps import steps

MOTIFS = [
    "a", "a.", "a-_.", "a.com", "a.com ", "a.com.-", "a_b.com_", "é.", "é.com", "xn--", "。", "/", "../", "http://", "http://a.com/", "a.co/(",
    "a.co/(a)", "a.co?((", "@", "@a", "@a@", "@a.a", "@a-.-.", "rt:@", "#1", "#\u200c", "$a ", "%", "&", "\U0001f1e6", "👨\u200d", "\u0345\u0300",
    "\u0600", "क\u094d", "ᄀ", "🏴\U000e0067", "\U000e0067", "\u200c", "\ud800", "\n", " ", "<", "<p>", "<div>", "<!--", '<a href="http://x.fr">',
]  # fmt: skip


def try_canonical(text):
    for url in (f"https://a.fr/{text}", f"https://{text}", f"https://a.fr/?{text}"):
        try:
            canonical(url[:8000])
        except BadLink:
            continue


READERS = {
    "urls": find_urls,
    "mastodon-urls": lambda text: find_urls(text, MASTODON),
    "mentions": mentions,
    "fediverse": fediverse_mentions,
    "handles": handles,
    "hashtags": hashtags,
    "cashtags": cashtags,
    "reply": reply_to,
    "graphemes": grapheme_count,
    "mastodon": lambda text: countable(text, 23),
    "bluesky-links": lambda text: list(detect.links(text)),
    "bluesky-mentions": lambda text: list(detect.mentions(text)),
    "bluesky-hashtags": lambda text: list(detect.hashtags(text)),
    "bluesky-cashtags": lambda text: list(detect.cashtags(text)),
    "normalise_text": lambda text: normalise_text(text, len(text)),
    "sanitise": sanitise,
    "plain": to_plain,
    "links": links_in,
    "token": token_of,
    "canonical": try_canonical,
}


@pytest.mark.parametrize("motif", MOTIFS, ids=repr)
def test_twice_the_text_takes_no_more_than_twice_the_steps(motif):
    for name, reader in READERS.items():
        reader(motif * 3)  # what is loaded once is loaded now
        short, long = (steps(reader, (motif * size)[:size]) for size in (700, 1400))
        assert long <= 2.2 * short + 100, name


@pytest.mark.parametrize("length", [len, grapheme_count, lambda text: grapheme_count(countable(text, 23))])
@pytest.mark.parametrize("motif", ["a.com ", "a.co/(", "\U0001f1e6", "@a", "日"])
def test_shortening_a_longer_text_takes_few_more_steps(motif, length):
    def cut(text):
        return shorten(text, lambda trial: length(trial) <= 100, 100)

    short, long = (steps(cut, motif * size) for size in (400, 800))
    assert long <= 2.5 * short


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(MOTIFS) | st.characters(), max_size=40).map("".join))
def test_no_mixture_raises(text):
    for reader in READERS.values():
        reader(text)


@pytest.mark.parametrize("motif", MOTIFS, ids=repr)
def test_a_hundred_kilobytes_come_to_an_end(motif):
    text = (motif * 100_000)[:100_000]
    for reader in READERS.values():
        reader(text)
