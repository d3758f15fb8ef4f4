"""What declared limits say of a message: one function for the counter, the checks and the sending."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks.base import Card, Credentials, Image, Limits, Message
from smeditor.networks.bluesky import Bluesky
from smeditor.networks.limits import breaches, losses, measure
from smeditor.networks.mastodon import Mastodon
from smeditor.networks.mastodon.limits import read_limits
from smeditor.text.graphemes import grapheme_count

LINK = "https://www.lemonde.example.fr/idees/article/2026/11/23/une-adresse-qui-n-en-finit-pas_6026_3232.html"
FAMILY = "👨‍👩‍👧‍👦"
JPEG = Image(b"x" * 1000, "image/jpeg", "A tram", 800, 600)


def at(kind=Mastodon, limits: Limits | None = None):
    return kind(Credentials("https://s.example"), client=None, limits=limits)


def server(version: str, **statuses) -> Limits:
    return read_limits({"version": version, "configuration": {"statuses": statuses}})


@pytest.mark.parametrize(
    ("kind", "text", "length"),
    [
        (Bluesky, f"é{FAMILY}e\u0301", 3),
        (Bluesky, LINK, len(LINK)),
        (Mastodon, f"Lire {LINK}", 28),
        (Mastodon, "lemonde.fr", 10),
        (Mastodon, "@marie@mastodon.example merci", 12),
        (Mastodon, FAMILY, 1),
        (Mastodon, f"@marie@{'a.' * 125}fr", 6),
        # P14: at a host of more than 253 characters nobody can be, and the server counts every character.
        (Mastodon, f"@marie@{'a.' * 126}fr", 261),
    ],
)
def test_each_network_counts_in_its_own_way(kind, text, length):
    assert measure(at(kind), text).count == length


@pytest.mark.parametrize(
    ("version", "reserved", "length"),
    [
        ("4.5.2", 23, 2 + 23 + len(" @ana") + 1),
        ("4.3.0+glitch", 30, 2 + 30 + len(" @ana") + 1),
        ("2.7.2 (compatible; Akkoma 3.15.0)", 0, 2 + len(LINK) + len(" @ana@b.example") + 1),
        ("2.7.2 (compatible; Pleroma 2.9.1)", 23, 2 + len(LINK) + len(" @ana@b.example") + 1),
        ("0.19.1+git-0a1b2c3", 25, 2 + len(LINK) + len(" @ana@b.example") + len(FAMILY)),
        ("3.5.3 (compatible; Pixelfed 0.12.5)", 23, 2 + len(LINK) + len(" @ana@b.example") + len(FAMILY)),
    ],
)
def test_each_server_of_the_family_counts_in_its_own_way(version, reserved, length):
    """P7, kind: one way of counting for servers that count in several. 0 for a link means "as long as it is"."""
    network = at(limits=server(version, max_characters=500, characters_reserved_per_url=reserved))
    assert measure(network, f"> {LINK} @ana@b.example{FAMILY}").count == length


@pytest.mark.parametrize("limit", [60, 500])
def test_a_content_warning_counts_with_the_text_where_the_server_counts_it(limit):
    """P7: text and warning count together, the warning's links whole."""
    network = at(limits=server("4.5.2", max_characters=limit))
    warning, text = f"Élections {LINK[:20]}", "a" * (limit - 30)
    assert measure(network, text, warning).over == 0
    assert measure(network, text + "a", warning).over == 1
    assert measure(at(Bluesky), text[:300], warning).count == min(300, limit - 30)


@given(st.text(max_size=80), st.text(max_size=20), st.integers(0, 40))
def test_what_fits_by_code_points_with_whole_links_fits_by_graphemes(text, warning, reserved):
    """Why a server that nobody knows is counted so: no other of the family counts more, links of the reserve apart."""
    strict = at(limits=server("1.0 (compatible; Unheard 1.0)", characters_reserved_per_url=reserved))
    plain = at(limits=server("1.0 (compatible; Akkoma 1.0)", characters_reserved_per_url=reserved))
    assert measure(strict, text, warning).count >= measure(plain, text, warning).count


def test_a_post_for_bluesky_must_also_fit_in_bytes():
    heavy = FAMILY * 130
    measured = measure(at(Bluesky), heavy)
    assert (measured.remaining > 0, measured.fits, measured.over) == (True, False, 1)


@given(st.text(), st.integers(0, 50))
def test_a_measure_is_consistent(text, limit):
    measured = measure(at(limits=Limits(max_length=limit, unit="grapheme", max_bytes=90)), text)
    assert measured.fits is (measured.over == 0)
    assert measured.fits is (grapheme_count(text) <= limit and len(text.encode("utf-8", "replace")) <= 90)


BREAKS = {
    "too_long": Message("a" * 501),
    "alt_too_long": Message("", images=(Image(b"", "image/jpeg", "a" * 1501),)),
    "too_many_images": Message("", images=(JPEG,) * 5),
    "image_type": Message("", images=(Image(b"", "image/avif", "Tram"),)),
    "image_too_heavy": Message("", images=(Image(b"x" * 2001, "image/jpeg", "Tram"),)),
    "image_too_large": Message("", images=(Image(b"", "image/jpeg", "Tram", 5000, 5000),)),
}


@pytest.mark.parametrize("code", BREAKS)
def test_every_declared_limit_is_a_breach_when_it_is_broken(code):
    limits = Limits(500, "grapheme", max_image_bytes=2000, max_image_pixels=1_000_000)
    assert [breach.code for breach in breaches(at(limits=limits), BREAKS[code])] == [code]


def test_no_limit_is_declared_that_nothing_enforces():
    """1e: a field of the limits that nobody reads promises what does not hold."""
    broken = set(BREAKS) | {"max_bytes", "url_length", "unit"}
    assert len(broken) - 1 == len(Limits.__dataclass_fields__) - 1


def test_a_message_within_all_limits_breaks_none():
    assert list(breaches(at(), Message("Hello", images=(JPEG,), content_warning="Tram"))) == []


CARD = Card("https://a.example", "Tram", "Opens")
LOST = {
    "card and image": (Bluesky, Message("x", images=(JPEG,), card=CARD), "not both"),
    "a warning over a text": (Bluesky, Message("x", content_warning="War"), "no warning over a text"),
    "own words": (Bluesky, Message("x", images=(JPEG,), content_warning="War"), "its own words"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_a_network_cannot_show_is_said(case):
    """P8, kind: what the network's payload cannot carry was dropped in silence."""
    kind, message, sentence = LOST[case]
    [loss] = losses(at(kind), message)
    assert sentence in loss


def test_what_a_network_shows_is_no_loss():
    assert losses(at(), Message("x", images=(JPEG,), content_warning="War")) == []
    assert losses(at(Bluesky), Message("x", images=(JPEG,), content_warning="nudity")) == []
