"""What the desk counts while one types is what is frozen, and what is frozen is what each network is given, word by word.

Texts are generated, and taken from the public vectors: pasted line ends, decomposed letters, right-to-left writing, emoji
sequences, threads, links in every spelling. ``SMEDITOR_TEXTS`` texts for each network in a long run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smeditor.accounts.texts import at_hand
from smeditor.desk.posts import typed
from smeditor.desk.posts.counting import of_account
from smeditor.models import Account, Post
from smeditor.models.text_fields import NormalCharFormField
from smeditor.networks.base import Media, Message, Network
from smeditor.networks.bluesky import record
from smeditor.networks.facebook import payload as facebook
from smeditor.networks.instagram import payload as instagram
from smeditor.networks.limits import measure
from smeditor.networks.linkedin import little
from smeditor.networks.linkedin import payload as linkedin
from smeditor.networks.mastodon import payload as mastodon
from smeditor.networks.registry import network_classes
from smeditor.networks.telegram import payload as telegram
from smeditor.networks.threads import payload as threads
from smeditor.networks.x import payload as x
from smeditor.publishing import payload
from smeditor.publishing.messages import message_of
from tests.text.vectors import all_of, emoji_cases

pytestmark = pytest.mark.django_db
TEXTS = int(os.environ.get("SMEDITOR_TEXTS", "60"))
LINK = "https://paper.example/2026/03/tram?page=2"
SENDING = [network for network in network_classes() if network.capabilities.sends]
PICTURE = Media.from_bytes(b"-", "image/jpeg", "A tram", public_url="https://paper.example/a.jpg")

PIECES = [
    LINK, "paper.example/2026/03/tram/", f"{LINK}#top.", "https://www.paper.example/2026/03/tram?page=2&utm_source=x",
    "\r\n---\r\n", "\n ----- \n", "\u2028---\u2028", "\r", "👩‍👩‍👧‍👦", "🇫🇷", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "ﬁ", "שלום", "مرحبا\u202e", "\u200b",
    "@ana@paper.example", "@ana.paper.example", "#économie", "$TRAM", "a" * 400, "字" * 150, "\x00", "\ud800",
]  # fmt: skip
pieces = st.one_of(st.text(max_size=40), st.sampled_from(PIECES))
texts = st.lists(pieces, max_size=8).map(" ".join)


def carried_by_bluesky(message: Message) -> str:
    def found(*_refs: Any) -> record.Found:
        return record.Found({}, {})

    return record.build(message, upload=lambda _media: {}, resolve=lambda _handle: "", find=found)["text"]


def carried_by_instagram(message: Message) -> str:
    return dict(instagram.plan_of(with_picture(message), "Instagram").whole([])).get("caption", "")


def carried_by_threads(message: Message) -> str:
    return dict(threads.plan_of(with_picture(message), "Threads").whole([])).get("text", "")


def with_picture(message: Message) -> Message:
    return Message(message.text, media=(PICTURE,))


CARRIED: dict[str, Callable[[Message], str]] = {
    "bluesky": carried_by_bluesky,
    "facebook": lambda message: facebook.feed_form(message, [], published=True).get("message", ""),
    "instagram": carried_by_instagram,
    "linkedin": lambda message: linkedin.post(message, "urn:li:organization:1", [], "").body["post"]["commentary"],
    "mastodon": lambda message: mastodon.status_body(message, [])["status"],
    "telegram": lambda message: telegram.prepared(message, "-100").body["params"]["text"],
    "threads": carried_by_threads,
    "x": lambda message: x.post_body(with_picture(message), ["1"]).get("text", ""),
}
AS_WRITTEN: dict[str, Callable[[str], str]] = {"linkedin": little.escape}
"""How a network wants a text to be written that readers see as it was typed."""


def check(network: type[Network], text: str) -> None:
    account = Account(network=network.slug, server_url="https://server.example", handle="paper", limits={})
    account.secret = {"access_token": "t", "token": "1:t"}
    fields = {"text": text, "link": LINK, "content_warning": "War"}
    post = typed.post_of({"fields": fields})
    counted = [(length.count, length.limit, length.fits) for length in of_account(account, post)]
    saved = Post(text=as_saved(text), link=LINK, content_warning="War", with_card=False)
    saved.variants.set([])
    saved.media.set([])
    frozen = payload.build(saved, account, payload.new_token(), network.capabilities)
    with at_hand(account) as asked:
        measured = [measure(asked, part["text"], frozen["content_warning"]) for part in frozen["parts"]]
    assert counted == [(known.count, known.limit, known.fits) for known in measured], text
    for position, part in enumerate(frozen["parts"]):
        message = message_of(frozen, position, network.default_limits)
        assert message.text == part["text"]
        if part["text"].strip() and is_taken(network, part["text"]):
            wanted = AS_WRITTEN.get(network.slug, str)(part["text"])
            assert CARRIED[network.slug](message) == wanted, text


def as_saved(text: str) -> str:
    """What the post's form makes of a text; a NUL it refuses, so that nothing is saved of it."""
    return NormalCharFormField(required=False, max_length=100_000).to_python(text.replace("\x00", ""))


def is_taken(network: type[Network], text: str) -> bool:
    """Whether a text has no more tags, mentions and links than the adapter refuses in preparing it."""
    limits = network.default_limits
    if limits.max_tags is limits.max_mentions is limits.max_links is None:
        return True
    return text.count("#") <= 5 and text.count("@") <= 5 and text.count("://") + text.count(".example") <= 5


@pytest.mark.parametrize("network", SENDING, ids=lambda network: network.slug)
@settings(max_examples=TEXTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=texts)
def test_a_generated_text_is_counted_frozen_and_carried_alike(network, text):
    check(network, text)


@pytest.mark.parametrize("network", SENDING, ids=lambda network: network.slug)
def test_the_texts_of_twitters_suite_are_counted_frozen_and_carried_alike(network):
    for text, _expected in all_of("validate", "WeightedTweetsCounterTest"):
        check(network, text)


@pytest.mark.parametrize("network", SENDING, ids=lambda network: network.slug)
def test_every_emoji_is_counted_frozen_and_carried_alike(network):
    for case in emoji_cases():
        check(network, " ".join(case.values[0]))
