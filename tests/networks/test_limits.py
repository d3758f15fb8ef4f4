"""What declared limits say of a message: one function for the counter, the checks and the sending."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.networks import limits as limits_module
from smeditor.networks.base import Card, Credentials, Limits, Media, MediaKind, MediaLimits, Message
from smeditor.networks.bluesky import Bluesky
from smeditor.networks.limits import breaches, losses, measure
from smeditor.networks.mastodon import Mastodon
from smeditor.networks.mastodon.limits import read_limits
from smeditor.text.graphemes import grapheme_count

LINK = "https://www.lemonde.example.fr/idees/article/2026/11/23/une-adresse-qui-n-en-finit-pas_6026_3232.html"
FAMILY = "👨‍👩‍👧‍👦"
JPEG = Media.from_bytes(b"x" * 1000, "image/jpeg", "A tram", width=800, height=600)


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


def film(data: bytes = b"", media_type: str = "video/mp4", duration: float = 10.0) -> Media:
    return Media.from_bytes(data, media_type, "Tram", kind=MediaKind.VIDEO, duration=duration)


BREAKS = {
    "too_long": Message("a" * 501),
    "alt_too_long": Message("", media=(Media.from_bytes(b"", "image/jpeg", "a" * 1501),)),
    "too_many_images": Message("", media=(JPEG,) * 5),
    "image_type": Message("", media=(Media.from_bytes(b"", "image/avif", "Tram"),)),
    "image_too_heavy": Message("", media=(Media.from_bytes(b"x" * 2001, "image/jpeg", "Tram"),)),
    "image_too_large": Message("", media=(Media.from_bytes(b"", "image/jpeg", "Tram", width=5000, height=5000),)),
    "too_much_media": Message("", media=(JPEG,) * 4),
    "mixed_media": Message("", media=(JPEG, film())),
    "media_type": Message("", media=(film(media_type="video/ogg"),)),
    "media_too_heavy": Message("", media=(film(b"x" * 2001),)),
    "ratio": Message("", media=(Media.from_bytes(b"", "image/jpeg", "Tram", width=1000, height=10),)),
    "video_too_long": Message("", media=(film(duration=61.0),)),
    "video_too_short": Message("", media=(film(duration=2.0),)),
    "too_many_tags": Message("#tram #bus #vélo"),
    "too_many_mentions": Message("@a@b.example @c@d.example"),
    "too_many_links": Message("https://example.org/a https://example.org/b"),
}


SMALL = MediaLimits(
    max_count=4,
    max_bytes=2000,
    types=("image/jpeg", "video/mp4"),
    max_alt_length=1500,
    max_pixels=1_000_000,
    min_ratio=0.1,
    max_ratio=10,
    min_duration=3,
    max_duration=60,
)
LIMITED = {
    "too_much_media": {"max_media": 3},
    "too_many_tags": {"max_tags": 2},
    "too_many_mentions": {"max_mentions": 1},
    "too_many_links": {"max_links": 1},
}
"""What is limited beside the rest, where the others would be in the way."""


@pytest.mark.parametrize("code", BREAKS)
def test_every_declared_limit_is_a_breach_when_it_is_broken(code):
    limits = Limits(
        500, "grapheme", media=dict.fromkeys((MediaKind.IMAGE, MediaKind.VIDEO), SMALL), **LIMITED.get(code, {})
    )
    assert [breach.code for breach in breaches(at(limits=limits), BREAKS[code])] == [code]


def test_no_limit_is_declared_that_nothing_enforces():
    """1e: a field of the limits that nobody reads promises what does not hold."""
    source = Path(limits_module.__file__).read_text()
    read_by_networks = {"url_length"}
    for name in {*Limits.__dataclass_fields__, *MediaLimits.__dataclass_fields__} - read_by_networks - {"media"}:
        assert f".{name}" in source, name


def test_a_message_within_all_limits_breaks_none():
    assert list(breaches(at(), Message("Hello", media=(JPEG,), content_warning="Tram"))) == []


CARD = Card("https://a.example", "Tram", "Opens")
LOST = {
    "card and image": (Bluesky, Message("x", media=(JPEG,), card=CARD), "not both"),
    "a warning over a text": (Bluesky, Message("x", content_warning="War"), "no warning over a text"),
    "own words": (Bluesky, Message("x", media=(JPEG,), content_warning="War"), "its own words"),
}


@pytest.mark.parametrize("case", LOST)
def test_what_a_network_cannot_show_is_said(case):
    """P8, kind: what the network's payload cannot carry was dropped in silence."""
    kind, message, sentence = LOST[case]
    [loss] = losses(at(kind), message)
    assert sentence in loss


def test_what_a_network_shows_is_no_loss():
    assert losses(at(), Message("x", media=(JPEG,), content_warning="War")) == []
    assert losses(at(Bluesky), Message("x", media=(JPEG,), content_warning="nudity")) == []
