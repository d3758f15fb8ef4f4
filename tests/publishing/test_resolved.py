"""What a post says on an account: its own field where it has one, the post's where it has none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from smeditor.models import PostMedia, Variant
from smeditor.networks.base import MediaKind
from smeditor.publishing.resolved import resolve
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(make_account):
    return make_account()


def test_without_a_variant_everything_is_as_in_the_post(make_post, account):
    post = make_post(account, live=False, text="A tram", content_warning="War", first_comment="More", language="fr")
    resolved = resolve(post, account)
    assert (resolved.text.value, resolved.content_warning.value, resolved.language.value) == ("A tram", "War", "fr")
    fields = (
        resolved.text,
        resolved.link,
        resolved.with_card,
        resolved.content_warning,
        resolved.first_comment,
        resolved.media,
        resolved.send_at,
    )
    assert not any(value.own for value in fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "Another tram"),
        ("link", "https://paper.example/other"),
        ("with_card", False),
        ("content_warning", "Peace"),
        ("language", "de"),
        ("first_comment", "Less"),
        ("reply_control", "mentioned_only"),
        ("send_at", NOON + timedelta(hours=1)),
    ],
)
def test_an_accounts_own_field_is_its_own_and_the_others_stay(name, value, make_post, account, make_account):
    other = make_account()
    post = make_post(account, other, live=False)
    post.variants.set([Variant(account=account, **{name: value})])
    assert (getattr(resolve(post, account), name).value, getattr(resolve(post, account), name).own) == (value, True)
    assert getattr(resolve(post, other), name).value == getattr(post, name)
    own = [field for field, resolved in vars(resolve(post, account)).items() if getattr(resolved, "own", False)]
    assert own == [name]


def test_a_common_text_leads_to_the_accounts_own_link(make_post, account):
    post = make_post(account, live=False)
    post.variants.set([Variant(account=account, link="https://paper.example/other")])
    assert resolve(post, account).text.value == "A tram for the valley https://paper.example/other"


def test_an_account_shows_its_own_media_or_the_common_ones(make_post, account, make_account):
    other = make_account()
    first, second = factories.make_image(60, 40), factories.make_image(60, 40)
    media = [PostMedia(image=first, alt="One"), PostMedia(image=second, alt="Two", account=account)]
    post = make_post(account, other, live=False, media=media)
    assert [piece.file for piece in resolve(post, account).media.value] == [second]
    assert [piece.file for piece in resolve(post, other).media.value] == [first]
    assert (resolve(post, account).media.own, resolve(post, other).media.own) == (True, False)


def test_an_account_can_go_without_media(make_post, account):
    post = make_post(account, live=False, media=[PostMedia(image=factories.make_image(60, 40), alt="One")])
    post.variants.set([Variant(account=account, without_media=True)])
    assert resolve(post, account).media.value == ()


def test_media_go_with_their_message_and_with_the_last_where_theirs_is_not_there(make_post, account):
    images = [factories.make_image(60, 40) for _place in range(3)]
    places = zip(images, (1, 0, 7), strict=True)
    media = [PostMedia(image=image, alt="Tram", part=part, sort_order=part) for image, part in places]
    resolved = resolve(make_post(account, live=False, text="One\n---\nTwo", media=media), account)
    assert [[piece.file for piece in resolved.media_of(part)] for part in (0, 1)] == [
        [images[1]],
        [images[0], images[2]],
    ]


def test_an_image_brings_its_alt_text_and_its_credit_along(make_post, account):
    image = factories.make_image(60, 40, alt_text="A tram in the snow", credit="Ana Sá")
    post = make_post(account, live=False, media=[PostMedia(image=image)])
    [piece] = resolve(post, account).media.value
    assert (piece.alt, piece.credit, piece.kind) == ("A tram in the snow", "Ana Sá", MediaKind.IMAGE)


def test_an_image_that_is_gone_is_known_to_be_gone(make_post, account):
    image = factories.make_image(60, 40)
    post = make_post(account, live=False, media=[PostMedia(image=image, alt="Tram")])
    image.delete()
    [piece] = resolve(type(post).objects.get(pk=post.pk), account).media.value
    assert piece.file is None
