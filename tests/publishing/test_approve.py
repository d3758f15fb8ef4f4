"""Approving freezes what was seen, once for each account; approving again replaces or edits, never doubles."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor.models import Delivery, Post, PostMedia, Slot, Variant
from smeditor.publishing import payload
from smeditor.publishing.approve import approve, delete
from smeditor.publishing.engine import tick
from smeditor.text.links import token_of
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness import faults
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
State = Delivery.State
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def republish(post: Post, editor, **changes) -> Post:
    post = post.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(post, name, value)
    post.save_revision(user=editor).publish(user=editor)
    return Post.objects.get(pk=post.pk)


def test_each_account_gets_one_frozen_delivery_with_a_token_of_its_own(make_account, make_post, article):
    first, second = make_account("mastodon"), make_account("bluesky")
    make_post(first, second)
    first, second = Delivery.objects.order_by("account_id")
    assert first.link_token != second.link_token
    assert token_of(first.payload["link"]) == first.link_token
    assert first.payload["link"] in first.payload["parts"][0]["text"]
    assert first.payload_hash == first.approved_hash == payload.digest(first.payload)
    assert second.payload["parts"][0]["card"]["url"] == second.payload["link"]
    assert first.payload["parts"][0]["card"] is None
    assert second.payload["parts"][0]["card"]["title"] == article.title


def test_approving_twice_changes_nothing(make_account, make_post, editor):
    post = make_post(make_account())
    before = Delivery.objects.values().get()
    assert approve(post, editor, NOON) == []
    assert Delivery.objects.values().get() == before


def test_an_edit_before_the_sending_replaces_the_payload_and_keeps_the_slot(make_account, make_post, editor):
    post = make_post(make_account(), send_at=NOON + timedelta(hours=1))
    before = Delivery.objects.get()
    republish(post, editor, text="Corrected")
    after = Delivery.objects.get()
    assert after.payload["parts"][0]["text"] == "Corrected"
    assert after.approved_hash != before.approved_hash
    assert after.slot == before.slot
    assert after.link_token == before.link_token


def test_an_edit_after_the_sending_edits_on_the_network(make_account, make_post, editor):
    account = make_account("mastodon")
    post = make_post(account)
    tick(NOON + SECOND, "worker")
    post = republish(post, editor, text="Corrected")
    edit = Delivery.objects.get(operation="edit")
    tick(NOON + 2 * SECOND, "worker")
    edit.refresh_from_db()
    assert edit.state == State.SENT
    [published] = server_at(account.server_url).published
    assert (published.body["text"], published.edits) == ("Corrected", 1)
    republish(post, editor, text="Corrected twice")
    tick(NOON + 3 * SECOND, "worker")
    assert published.body["text"] == "Corrected twice"
    assert Delivery.objects.filter(operation="edit").count() == 2


def test_an_edit_whose_answer_was_lost_is_repeated(make_account, make_post, editor):
    account = make_account("mastodon")
    post = make_post(account)
    tick(NOON + SECOND, "worker")
    republish(post, editor, text="Corrected")
    server_at(account.server_url).fail("edit", faults.times_out)
    for seconds in (2, 10, 30):
        tick(NOON + timedelta(seconds=seconds), "worker")
    assert Delivery.objects.get(operation="edit").state == State.SENT
    assert server_at(account.server_url).published[0].edits == 1


def test_where_the_network_cannot_edit_it_says_so(make_account, make_post, editor):
    post = make_post(make_account("plain"))
    tick(NOON + SECOND, "worker")
    republish(post, editor, text="Corrected")
    edit = Delivery.objects.get(operation="edit")
    assert edit.state == State.STOPPED
    assert "cannot edit" in edit.state_reason


def test_an_account_that_is_taken_off_the_post_is_cancelled(make_account, make_post, editor):
    first, second = make_account(), make_account()
    post = make_post(first, second, send_at=NOON + timedelta(hours=1))
    republish(post, editor, accounts=[first])
    assert dict(Delivery.objects.values_list("account", "state")) == {
        first.pk: State.SCHEDULED,
        second.pk: State.CANCELLED,
    }


def test_what_the_checks_refuse_becomes_a_stopped_delivery_that_says_why(make_account, make_post):
    make_post(make_account(), text="x" * 301)
    delivery = Delivery.objects.get()
    assert delivery.state == State.STOPPED
    assert "too long by 1" in delivery.state_reason


def test_four_eyes_means_another_pair(make_account, make_post):
    make_post(make_account(approval="four_eyes"))
    delivery = Delivery.objects.get()
    assert delivery.state == State.STOPPED
    assert "somebody else" in delivery.state_reason


def test_a_variant_speaks_for_its_account_only(make_account, make_post, editor):
    first, second = make_account(), make_account()
    post = make_post(first, second, live=False)
    post.variants = [Variant(account=second, text="For two")]
    post.save_revision(user=editor).publish(user=editor)
    texts = dict(Delivery.objects.values_list("account", "payload__parts__0__text"))
    assert texts[second.pk] == "For two"
    assert texts[first.pk] != "For two"


def test_posts_take_the_free_slots_in_turn(make_account, make_post):
    account = make_account()
    for weekday in range(7):
        Slot.objects.create(account=account, weekday=weekday, time="14:00")
        Slot.objects.create(account=account, weekday=weekday, time="18:30")
    for number in range(3):
        make_post(account, text=f"Number {number}")
    slots = [slot.isoformat() for slot in Delivery.objects.order_by("pk").values_list("slot", flat=True)]
    assert slots == ["2026-03-10T13:00:00+00:00", "2026-03-10T17:30:00+00:00", "2026-03-11T13:00:00+00:00"]


def test_an_embargoed_article_gives_the_slot_its_embargo(make_account, make_post, article):
    until = NOON + timedelta(hours=3)
    type(article).objects.filter(pk=article.pk).update(embargo_until=until)
    make_post(make_account())
    delivery = Delivery.objects.get()
    assert delivery.state == State.SCHEDULED
    assert (delivery.slot, delivery.not_before) == (until, until)


def test_an_evergreen_post_repeats_at_the_same_time_on_the_wall(make_account, make_post):
    account = make_account()
    before_change = NOON.replace(day=28)
    with time_machine.travel(before_change, tick=False):
        make_post(account, news_class="evergreen", repeat_days=1, repeat_times=3, send_at=before_change)
    for day in range(3):
        tick(before_change + timedelta(days=day, seconds=1), "worker")
    slots = list(Delivery.objects.order_by("occurrence").values_list("slot", flat=True))
    assert [slot.isoformat()[8:16] for slot in slots] == ["28T12:00", "29T11:00", "30T11:00"], "summer time began"
    published = server_at(account.server_url).published
    assert len(published) == 3
    assert len({token_of(message.body["text"].split()[-1]) for message in published}) == 3


def test_deleting_uses_the_same_protocol(make_account, make_post, editor):
    account = make_account()
    post = make_post(account, text="First\n---\nSecond")
    tick(NOON + SECOND, "worker")
    server = server_at(account.server_url)
    uris = [message.uri for message in server.published]
    server.fail("delete", faults.times_out)
    sent = Delivery.objects.get(post=post)
    deletion = delete(sent, editor, NOON + SECOND)
    assert delete(sent, editor, NOON + SECOND) == deletion
    for seconds in (2, 10, 30):
        tick(NOON + timedelta(seconds=seconds), "worker")
    deletion.refresh_from_db()
    assert deletion.state == State.SENT
    assert server.deleted == uris[::-1], "the last part first"


def test_an_image_with_alt_text_travels_where_there_is_no_card(make_account, make_post):
    account = make_account("mastodon")
    make_post(account, media=[PostMedia(image=factories.make_image(200, 200), alt="Grain")])
    tick(NOON + SECOND, "worker")
    [published] = server_at(account.server_url).published
    assert published.body["images"] == ["Grain"]
