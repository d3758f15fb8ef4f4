"""A poll from the post to the payload: frozen as approved, left out where the network has none, and no edit changes it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from smeditor.models import Delivery, PostMedia, Variant
from smeditor.models.approval import text_hash
from smeditor.networks.base import Limits, Poll, PollLimits
from smeditor.publishing import payload
from smeditor.publishing.checks.base import draft_of, frozen_draft
from smeditor.publishing.engine import tick
from smeditor.publishing.messages import message_of
from smeditor.publishing.preflight import check
from smeditor.publishing.since_approval import since_approval
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import LabMastodon

pytestmark = pytest.mark.django_db
LIMITS = Limits(max_length=500, unit="grapheme", poll=PollLimits(4, 50, 5, 10_080))
DAY = 1440
ASKED = {"text": "A tram to the sea?", "poll_options": "Yes\nNo", "poll_minutes": 360}


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def able(monkeypatch):
    def make(**more):
        monkeypatch.setattr(LabMastodon, "capabilities", replace(LabMastodon.capabilities, **more))

    return make


@pytest.fixture
def account(make_account, able):
    able(polls=True, poll_multiple=True, edits_beside_poll=True)
    return make_account(limits=LIMITS.as_json())


def frozen(post) -> dict:
    return Delivery.objects.get(post=post, operation="publish").payload


def found(post) -> dict[str, str]:
    return {finding.code: finding.sentence for finding in check(post, NOON).findings}


def built(post, account) -> dict:
    return payload.build(post, account, "t", LabMastodon.capabilities)


def test_a_poll_is_frozen_with_the_post_and_reaches_the_first_message_alone(make_post, account):
    post = make_post(account, **{**ASKED, "text": "A tram?\n---\nMore"}, poll_multiple=True)
    assert frozen(post)["poll"] == {"options": ["Yes", "No"], "minutes": 360, "multiple": True}
    messages = [message_of(frozen(post), position, LIMITS) for position in (0, 1)]
    assert [message.poll for message in messages] == [Poll(("Yes", "No"), 360, True), None]
    assert (frozen(post)["version"], payload.VERSION) == (4, 4)


def test_a_post_without_options_has_no_poll(make_post, account):
    assert frozen(make_post(account, poll_options=" \n\r\n ", poll_minutes=60))["poll"] is None


def test_however_it_was_typed_the_same_poll_has_the_same_hash(make_post, account):
    post = make_post(account, live=False, **{**ASKED, "poll_options": "Déjà\nNon"})
    first = payload.digest(built(post, account))
    post.poll_options = unicodedata.normalize("NFD", " Déjà \r\n\r\nNon\r\n")
    assert payload.digest(built(post, account)) == first
    post.poll_options = "Non\nDéjà"
    assert payload.digest(built(post, account)) != first


def test_a_network_without_polls_goes_without_and_says_so(make_post, account, able):
    able(polls=False)
    post = make_post(account, live=False, **ASKED)
    assert "has no polls: it goes without." in found(post)["not_carried"]
    assert built(post, account)["poll"] is None


def test_where_readers_choose_one_option_that_is_what_is_approved(make_post, account, able):
    able(poll_multiple=False)
    post = make_post(account, live=False, **ASKED, poll_multiple=True)
    assert "choose one option" in found(post)["not_carried"]
    assert built(post, account)["poll"]["multiple"] is False


def test_the_link_card_gives_way_to_the_poll_and_that_is_said(make_post, account, able):
    able(card=True)
    post = make_post(account, live=False, **ASKED)
    assert "poll or the link card" in found(post)["not_carried"]
    assert built(post, account)["parts"][0]["card"] is None


def test_what_the_network_would_refuse_of_a_poll_stops_the_post(make_post, account):
    account.limits = replace(LIMITS, poll=replace(LIMITS.poll, min_minutes=DAY)).as_json()
    account.save()
    post = make_post(account, **{**ASKED, "poll_options": f"Yes\nYes\n{'a' * 51}"})
    assert {"poll_options_equal", "poll_option_too_long", "poll_duration"} <= set(found(post))
    assert post.deliveries.get().state == "stopped"


def test_the_checks_of_words_read_the_options_too(make_post, account, able):
    post = make_post(account, **ASKED)
    assert draft_of(post, account).text == "A tram to the sea?\n\nYes\nNo"
    assert frozen_draft(post.deliveries.get()).text == "A tram to the sea?\n\nYes\nNo"
    able(polls=False)
    assert draft_of(post, account).text == "A tram to the sea?"


def test_a_poll_beside_an_image_stops_the_post_until_the_account_goes_without(make_post, account):
    media = [PostMedia(image=factories.make_image(60, 40), alt="Tram")]
    post = make_post(account, live=False, media=media, **ASKED)
    assert "poll_beside_media" in found(post)
    post.variants.set([Variant(account=account, without_media=True)])
    assert "poll_beside_media" not in found(post)


def test_one_account_goes_without_the_poll_that_the_others_have(make_post, account, make_account):
    other = make_account(limits=account.limits)
    media = [PostMedia(image=factories.make_image(60, 40), alt="Tram", account=account)]
    post = make_post(account, other, live=False, media=media, **ASKED)
    post.variants.set([Variant(account=account, without_poll=True)])
    assert "poll_beside_media" not in found(post)
    assert built(post, account)["poll"] is None
    assert built(post, other)["poll"]["options"] == ["Yes", "No"]


def test_the_last_check_refuses_what_the_server_takes_no_longer(make_post, account):
    post = make_post(account, **ASKED)
    account.limits = replace(LIMITS, poll=replace(LIMITS.poll, min_minutes=DAY)).as_json()
    account.save()
    tick(NOON + timedelta(seconds=1), "w")
    delivery = post.deliveries.get()
    assert (delivery.state, delivery.state_reason[:23]) == ("refused", "A poll there runs for a")


@pytest.mark.parametrize("name", ["poll_options", "poll_minutes", "poll_multiple"])
def test_whoever_changes_the_poll_has_written_and_it_is_shown_to_whoever_approves(name, make_post, account):
    post = make_post(account, **ASKED)
    before = post.latest_revision.content
    draft = post.get_latest_revision_as_object()
    setattr(draft, name, {"poll_options": "Yes\nNever", "poll_minutes": DAY, "poll_multiple": True}[name])
    draft.save_revision(user=post.created_by)
    post.refresh_from_db()
    assert text_hash(post.latest_revision.content) != text_hash(before)
    assert since_approval(post).fields == [post._meta.get_field(name).verbose_name]


def edited(post, **changes) -> Delivery:
    draft = post.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=post.created_by).publish(user=post.created_by)
    return Delivery.objects.get(post=post, operation="edit")


@pytest.mark.parametrize("changes", [{"poll_options": "Yes\nNever"}, {"poll_minutes": DAY}, {"poll_options": ""}])
def test_no_edit_changes_a_poll_that_readers_have_voted_on(make_post, account, changes):
    post = make_post(account, **ASKED)
    tick(NOON + timedelta(seconds=1), "w")
    edit = edited(post, **changes)
    assert (edit.state, "readers have voted" in edit.state_reason) == ("stopped", True)


def test_an_edit_adds_no_poll(make_post, account):
    post = make_post(account, text="A tram?")
    tick(NOON + timedelta(seconds=1), "w")
    assert edited(post, poll_options="Yes\nNo").state == "stopped"


@pytest.mark.parametrize(("possible", "state"), [(True, "scheduled"), (False, "stopped")])
def test_the_question_is_edited_where_the_network_keeps_the_votes(make_post, account, able, possible, state):
    able(edits_beside_poll=possible)
    post = make_post(account, **ASKED)
    tick(NOON + timedelta(seconds=1), "w")
    assert edited(post, text="A tram to the lake?").state == state


def test_a_poll_that_was_brought_back_with_an_old_revision_is_approved_like_any_other(make_post, account):
    post = make_post(account, **ASKED)
    first = post.latest_revision
    draft = post.get_latest_revision_as_object()
    draft.poll_options = ""
    draft.save_revision(user=post.created_by).publish(user=post.created_by)
    assert frozen(post)["poll"] is None
    back = first.as_object()
    back.save_revision(user=post.created_by, previous_revision=first).publish(user=post.created_by)
    assert frozen(post)["poll"]["options"] == ["Yes", "No"]
