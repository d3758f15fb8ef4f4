"""What a preview sets apart is what the account's own network would: each has its rules of what a link or a mention is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.bluesky import Bluesky
from smeditor.networks.marks import LONGEST_FOUND, MOST_FOUND, FoundMark, Mark, MarkKind, usable
from smeditor.networks.mastodon import Mastodon
from smeditor.networks.registry import network_classes

PIECES = ["lire ", "gare.example ", "https://gare.example/a ", "@ana@b.example ", "@ben.bsky.social ", "@cy ", "#été ", "$AF ", "(", "\n"]  # fmt: skip


def shown(network, text: str) -> list[tuple[str, str]]:
    return [(str(mark.kind), text[mark.start : mark.end]) for mark in network.marks(text)]


@pytest.mark.parametrize(
    ("network", "text", "expected"),
    [
        (Mastodon, "mairie.paris et https://mairie.paris/a", [("link", "https://mairie.paris/a")]),
        (Bluesky, "mairie.paris et https://mairie.paris/a", [("link", "mairie.paris"), ("link", "https://mairie.paris/a")]),
        (Mastodon, "Avec @ana@b.example #eau", [("mention", "@ana@b.example"), ("tag", "#eau")]),
        (Bluesky, "Avec @ana.bsky.social #eau $MC", [("mention", "@ana.bsky.social"), ("tag", "#eau"), ("tag", "$MC")]),
        (Mastodon, "Le cours de $MC", []),
        (Bluesky, "Avec @ana", []),
    ],
)  # fmt: skip
def test_each_network_sets_apart_what_it_would_show(network, text, expected):
    """The preview asked X's rules for every network."""
    assert shown(network, text) == expected


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@pytest.mark.parametrize("network", network_classes(), ids=lambda network: network.slug)
def test_marks_are_in_order_and_do_not_overlap(network, text):
    ends = [0]
    for mark in network.marks(text):
        assert ends[-1] <= mark.start < mark.end <= len(text)
        ends.append(mark.end)


HOSTILE = [
    "@",
    "@a b",
    "@lea@",
    "@<b>x</b>@y.example",
    "@lea\n#tram",
    "#tram #other",
    "@lea@social.example @sam@social.example",
]


@pytest.mark.parametrize("text", [*HOSTILE, "@" + "x" * LONGEST_FOUND + "@social.example"])
def test_a_name_that_could_not_stand_in_a_message_is_not_offered(text):
    assert usable(Mastodon, MarkKind.MENTION, [FoundMark(text)]) == []


@given(st.lists(st.text(max_size=30).map("@{}".format), max_size=20))
def test_whatever_is_found_what_is_offered_is_one_mark_and_few(texts):
    offered = usable(Mastodon, MarkKind.MENTION, map(FoundMark, texts))
    assert len(offered) <= MOST_FOUND
    assert all(Mastodon.marks(mark.text) == [Mark(MarkKind.MENTION, 0, len(mark.text))] for mark in offered)
