"""What stops a post before anybody approves it, and what is said of what a network cannot show."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image

from newsroom.articles.models import NewsImage
from smeditor.models import Account, PostMedia
from smeditor.networks.base import Limits, MediaKind
from smeditor.networks.capabilities import IMAGES
from smeditor.publishing.engine import tick
from smeditor.publishing.preflight import check
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import LabBluesky, LabMastodon

pytestmark = pytest.mark.django_db


def stored(content: bytes, name: str) -> NewsImage:
    return NewsImage.objects.create(
        title=name, file=ContentFile(content, name=name), width=40, height=30, alt_text="Tram", rights="own"
    )


def saved(picture: Image.Image, kind: str, **fields) -> NewsImage:
    out = io.BytesIO()
    picture.save(out, kind, **fields)
    return NewsImage.objects.create(
        title=kind, file=ImageFile(out, name=f"picture.{kind.lower()}"), alt_text="Tram", rights="own"
    )


def half_a_picture() -> NewsImage:
    """Its file was cut after it was uploaded: a disk that was full."""
    image = factories.make_image(200, 200)
    storage, name = image.file.storage, image.file.name
    with storage.open(name) as file:
        content = file.read()
    storage.delete(name)
    storage.save(name, ContentFile(content[: len(content) // 2]))
    return NewsImage.objects.get(pk=image.pk)


def a_picture_without_file() -> NewsImage:
    """Imported by a script, so that Wagtail has no hash of it yet, and its file was never copied."""
    image = factories.make_image(60, 40)
    image.file.storage.delete(image.file.name)
    NewsImage.objects.filter(pk=image.pk).update(file_hash="")
    return NewsImage.objects.get(pk=image.pk)


UNUSABLE = {
    "no file": a_picture_without_file,
    "a drawing": lambda: stored(b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>', "plan.svg"),
    "sixteen bits": lambda: saved(Image.new("I;16", (40, 30), 40_000), "PNG"),
    "cut off": half_a_picture,
}


def codes(post, account) -> set[str]:
    return {finding.code for finding in check(post, NOON).findings if finding.account == account}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_a_picture_that_cannot_be_made_is_found_when_it_is_chosen(kind, make_account, make_post):
    """P7, kind: what only the sending finds out is found out at its slot."""
    account = make_account()
    post = make_post(account, live=False, media=[PostMedia(image=UNUSABLE[kind](), alt="Tram")])
    assert "image_unusable" in codes(post, account)
    assert not check(post, NOON).ok


def test_a_sound_picture_is_no_finding(make_account, make_post):
    account = make_account()
    post = make_post(account, live=False, media=[PostMedia(image=factories.make_image(60, 40), alt="Tram")])
    assert check(post, NOON).ok


def test_a_picture_that_moves_is_said(make_account, make_post):
    account = make_account()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert "image_moves" in codes(make_post(account, live=False, media=[PostMedia(image=moving, alt="Tram")]), account)


@pytest.mark.parametrize(("over", "found"), [(0, False), (1, True)])
def test_an_alt_text_is_held_to_what_the_server_takes(over, found, make_account, make_post):
    images = replace(IMAGES, max_alt_length=120)
    limits = Limits(max_length=300, unit="character", media={MediaKind.IMAGE: images})
    account = make_account(limits=limits.as_json())
    post = make_post(account, live=False, media=[PostMedia(image=factories.make_image(60, 40), alt="é" * (120 + over))])
    assert ("alt_too_long" in codes(post, account)) is found


def test_text_and_warning_are_checked_and_counted_together(make_account, make_post, monkeypatch):
    """P7: 450 and 100 characters passed, and the server refused 550."""
    monkeypatch.setattr(LabMastodon, "length", lambda network, text, warning="": len(text) + len(warning))
    account = make_account()
    text = "a" * 290
    assert "too_long" not in codes(make_post(account, live=False, text=text, content_warning="War"), account)
    assert "too_long" in codes(make_post(account, live=False, text=text, content_warning="War and worse"), account)


def test_what_breaks_a_limit_at_its_slot_is_refused_by_us_with_the_same_sentence(make_account, make_post):
    """The last check asks the function that the counter asked: a limit that was lowered after the approval holds."""
    account = make_account()
    with time_machine.travel(NOON, tick=False):
        post = make_post(account, text="a" * 200)
        Account.objects.update(limits={"max_length": 150, "unit": "character"})
        tick(NOON + timedelta(seconds=1), "w")
    delivery = post.deliveries.get()
    assert (delivery.state, delivery.state_reason) == ("refused", "The text is too long by 50.")


def test_an_image_beside_a_link_card_is_said_and_the_editor_chooses(make_account, make_post):
    """P8: on Bluesky the editor's image was dropped in silence while the link card was on."""
    assert LabBluesky.capabilities.card
    assert not LabBluesky.capabilities.card_with_image
    account = make_account("bluesky")
    image = factories.make_image(60, 40)
    with_card = make_post(account, live=False, media=[PostMedia(image=image, alt="Tram")])
    assert "not_carried" in codes(with_card, account)
    assert "not_carried" not in codes(
        make_post(account, live=False, with_card=False, media=[PostMedia(image=image, alt="Tram")]), account
    )


def test_a_post_that_leads_nowhere_is_said(make_account, make_post):
    account = make_account("bluesky")
    assert "link_missing" in codes(make_post(account, live=False, with_card=False, text="Tram"), account)
    assert "link_missing" not in codes(make_post(account, live=False, text="Tram"), account)
