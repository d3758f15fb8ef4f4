"""What is frozen of a post beside its text: several images, crops, credits, a first comment, a quote, who may answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from smeditor.models import Delivery, PostMedia, Variant
from smeditor.networks.base import Limits, ReplyControl
from smeditor.publishing import payload
from smeditor.publishing.engine import tick
from smeditor.publishing.messages import message_of
from smeditor.publishing.preflight import check
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import LabMastodon, server_at

pytestmark = pytest.mark.django_db
LIMITS = Limits(max_length=500, unit="grapheme")


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def account(make_account):
    return make_account()


@pytest.fixture
def able(monkeypatch):
    """Let the laboratory's Mastodon do more than it does by itself."""

    def make(**more):
        monkeypatch.setattr(LabMastodon, "capabilities", replace(LabMastodon.capabilities, **more))

    return make


def frozen(post) -> dict:
    return Delivery.objects.get(post=post, operation="publish").payload


def codes(post) -> list[str]:
    return [finding.code for finding in check(post, NOON).findings]


def sent_bodies(account) -> list[dict]:
    return [published.body for published in server_at(account.server_url).published]


def test_a_thread_of_five_has_its_two_images_where_they_belong(make_post, account):
    media = [PostMedia(image=factories.make_image(60, 40), alt=f"{part}", part=part) for part in (1, 4)]
    post = make_post(account, text="\n---\n".join("abcde"), media=media)
    parts = frozen(post)["parts"]
    assert [[item["alt"] for item in part["media"]] for part in parts] == [[], ["1"], [], [], ["4"]]


def test_a_crop_is_made_around_the_focal_point_and_sent(make_post, account):
    media = [PostMedia(image=factories.make_image(80, 40), alt="Tram", crop="1:1")]
    message = message_of(frozen(make_post(account, media=media)), 0, LIMITS)
    assert (message.media[0].width, message.media[0].height) == (40, 40)


@pytest.mark.parametrize(
    ("where", "alt", "text"),
    [("", "Tram", "Hello"), ("alt", "Tram (Ana Sá)", "Hello"), ("text", "Tram", "Hello\n\nPhoto: Ana Sá")],
)
def test_a_credit_is_said_where_the_newsroom_wants_it(where, alt, text, make_post, account, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "IMAGE_CREDIT": where}
    image = factories.make_image(60, 40, credit="Ana Sá")
    post = make_post(account, text="Hello", language="en", media=[PostMedia(image=image, alt="Tram")])
    [part] = frozen(post)["parts"]
    assert (part["media"][0]["alt"], part["text"]) == (alt, text)


def test_every_medium_is_held_to_rights_and_alt_text(make_post, account):
    bare = factories.make_image(60, 40, alt_text="", title="DSC_1")
    kept = factories.make_image(60, 40, rights="agency-web")
    media = [PostMedia(image=bare), PostMedia(image=kept, alt="Tram", part=0, sort_order=1)]
    found = codes(make_post(account, live=False, media=media))
    assert {"no_alt", "image_rights"} <= set(found)


def test_more_images_than_the_network_takes_are_said(make_post, make_account):
    account = make_account(limits=LIMITS.as_json())
    media = [PostMedia(image=factories.make_image(60, 40), alt="Tram", sort_order=place) for place in range(5)]
    assert "too_many_images" in codes(make_post(account, live=False, media=media))


def test_a_first_comment_is_a_message_of_its_own_beneath_the_first(make_post, account, able):
    able(first_comment=True)
    post = make_post(account, text="One\n---\nTwo", first_comment="More below")
    tick(NOON + timedelta(seconds=1), "w")
    delivery = post.deliveries.get()
    assert delivery.state == "sent"
    first, second, comment = delivery.parts.all()
    assert [body["text"] for body in sent_bodies(account)] == ["One", "Two", "More below"]
    assert [body["reply_to"] for body in sent_bodies(account)] == ["", first.remote_id, first.remote_id]
    assert len({first.identity, second.identity, comment.identity}) == 3


def test_a_network_without_first_comments_goes_without_and_says_so(make_post, account):
    post = make_post(account, live=False, first_comment="More below")
    assert "not_carried" in codes(post)
    assert len(payload.build(post, account, "t", LabMastodon.capabilities)["parts"]) == 1


def test_a_first_comment_is_counted_in_the_room_of_comments(make_post, make_account, able):
    able(first_comment=True)
    account = make_account(limits=replace(LIMITS, max_comment_length=10).as_json())
    assert "too_long" in codes(make_post(account, live=False, first_comment="a" * 11))
    assert "too_long" not in codes(make_post(account, live=False, first_comment="a" * 10))


def test_an_earlier_post_is_quoted_as_it_stands_on_the_same_network(make_post, account, able):
    able(quote=True)
    earlier = make_post(account, text="Earlier")
    tick(NOON + timedelta(seconds=1), "w")
    post = make_post(account, text="Later", quotes=earlier)
    assert frozen(post)["quote"]["uri"] == earlier.deliveries.get().remote_id
    message = message_of(frozen(post), 0, LIMITS)
    assert message.quote is not None
    assert message.quote.uri == earlier.deliveries.get().remote_id


def test_what_is_not_published_there_is_not_quoted_and_that_is_said(make_post, account, able):
    able(quote=True)
    earlier = make_post(account, live=False, text="Earlier")
    assert "quote_missing" in codes(make_post(account, live=False, quotes=earlier))


def test_a_quote_that_was_deleted_since_is_not_sent(make_post, account, able):
    able(quote=True)
    earlier = make_post(account, text="Earlier")
    tick(NOON + timedelta(seconds=1), "w")
    post = make_post(account, text="Later", quotes=earlier, send_at=NOON + timedelta(minutes=30))
    Delivery.note_gone([earlier.deliveries.get().pk], "Deleted.", NOON)
    with time_machine.travel(NOON + timedelta(minutes=31), tick=False):
        tick(NOON + timedelta(minutes=31), "w")
    delivery = post.deliveries.get()
    assert (delivery.state, delivery.state_reason[:14]) == ("refused", "What it quotes")


def test_who_may_answer_is_frozen_only_in_the_networks_own_words(make_post, account, able):
    able(reply_controls=(ReplyControl("followers_only", "our followers"),))
    assert frozen(make_post(account, reply_control="followers_only"))["reply_control"] == "followers_only"
    other = make_post(account, reply_control="everyone")
    assert frozen(other)["reply_control"] == ""
    assert "not_carried" in codes(other)


def test_an_accounts_own_link_is_the_one_that_is_sent(make_post, account):
    post = make_post(account, live=False)
    post.variants.set([Variant(account=account, link="https://paper.example/other")])
    built = payload.build(post, account, "abc", LabMastodon.capabilities)
    assert built["link"].startswith("https://paper.example/other?")
    assert built["link"] in built["parts"][0]["text"]


def test_an_edit_adds_no_comment_and_exchanges_no_images_where_the_network_cannot(make_post, account, able):
    able(first_comment=True, edits_media=False)
    post = make_post(account, text="One")
    tick(NOON + timedelta(seconds=1), "w")
    for change in ({"first_comment": "More"}, {"media": [PostMedia(image=factories.make_image(60, 40), alt="T")]}):
        changed = post.get_latest_revision_as_object()
        changed.first_comment = change.get("first_comment", "")
        changed.media.set(change.get("media", []))
        changed.save_revision(user=post.created_by).publish(user=post.created_by)
        assert Delivery.objects.get(post=post, operation="edit").state == "stopped"
