"""An error in an article opens a task for each post that carried it; each is corrected by the ordinary roads, and tracked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsroom.articles.models import ArticlePage, Correction
from smeditor.accounts import clients
from smeditor.models import Delivery, Erratum, Post, PostCorrection
from smeditor.networks.base import Capabilities
from smeditor.publishing import corrections, remedies
from smeditor.publishing.engine import tick
from smeditor.publishing.remedy_options import best, options
from smeditor.signals import article_corrected
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

pytestmark = pytest.mark.django_db
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
WRONG = "It opens in June, not in May."
Remedy, State = PostCorrection.Remedy, PostCorrection.State


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sent(make_account, make_post):
    """A post on one account, sent a second after noon."""
    post = make_post(make_account("mastodon"))
    tick(NOON + SECOND, "worker")
    return Delivery.objects.get(post=post)


def publish(article, *texts, kind="erratum", taken_back=False):
    """Publish the article with (or without) corrections, as its editor does."""
    draft = ArticlePage.objects.get(pk=article.pk)
    draft.corrections = (
        [] if taken_back else [*draft.corrections.all(), *(Correction(text=t, kind=kind) for t in texts)]
    )
    draft.save_revision().publish()


def only_task() -> PostCorrection:
    return PostCorrection.objects.select_related("delivery__post", "delivery__account", "erratum").get()


def approve(post, editor):
    post.get_latest_revision().publish(user=editor)


def later(clock, moment):
    clock.move_to(moment)
    tick(moment, "worker")
    corrections.resolve(moment)


def test_an_erratum_that_goes_live_opens_one_task_for_each_live_post(sent, article, make_account, make_post):
    make_post(make_account("bluesky"), text="Another one")
    tick(NOON + SECOND, "worker")
    publish(article, WRONG)
    assert {task.delivery.account.handle for task in PostCorrection.objects.all()} == {"paper1", "paper2"}
    publish(article)
    assert PostCorrection.objects.count() == 2


def test_what_was_approved_after_the_correction_is_no_task(article, make_account, make_post, clock):
    publish(article, WRONG)
    clock.move_to(NOON + HOUR)
    make_post(make_account("mastodon"))
    publish(article)
    assert not PostCorrection.objects.exists()


def test_an_update_is_no_error(sent, article):
    publish(article, "The minister has answered since.", kind="update")
    assert not PostCorrection.objects.exists()


def test_what_is_still_to_be_sent_is_corrected_before_it_goes_out(make_account, make_post, article, editor, clock):
    post = make_post(make_account("mastodon"), send_at=NOON + 2 * HOUR)
    publish(article, WRONG)
    assert best(only_task(), NOON).remedy == Remedy.EDIT
    clock.move_to(NOON + HOUR)
    changed = post.get_latest_revision_as_object()
    changed.text = "It opens in June."
    changed.save_revision(user=editor)
    approve(post, editor)
    corrections.resolve(NOON + HOUR)
    assert only_task().state == State.DONE


def test_the_host_may_say_it_by_a_signal(sent, article, editor):
    article_corrected.send(sender=None, article_id=article.pk, text=WRONG, user=editor)
    article_corrected.send(sender=None, article_id=article.pk, text=WRONG, user=editor)
    assert only_task().erratum.noted_by == editor


def test_an_erratum_that_is_reworded_takes_the_place_of_the_first(sent, article):
    publish(article, WRONG)
    publish(article, taken_back=True)
    assert (only_task().state, only_task().closed_at) == (State.OVER, NOON)


def test_the_edit_goes_to_this_account_alone_and_is_done_when_it_is_sent(sent, article, editor, clock):
    publish(article, WRONG)
    draft = remedies.begin(only_task(), Remedy.EDIT, editor, NOON + HOUR)
    assert draft == sent.post
    text = draft.get_latest_revision_as_object().variants.get(account=sent.account).text
    assert text.endswith(f"Correction: {WRONG}")
    assert only_task().state == State.UNDERWAY
    clock.move_to(NOON + HOUR)
    approve(draft, editor)
    later(clock, NOON + HOUR + SECOND)
    assert (only_task().state, only_task().state_reason) == (State.DONE, "The post was edited after the correction.")


def test_a_reply_stands_beneath_the_post_it_corrects(sent, article, editor, clock):
    publish(article, WRONG)
    draft = remedies.begin(only_task(), Remedy.REPLY, editor, NOON + HOUR)
    assert not draft.live
    clock.move_to(NOON + HOUR)
    approve(draft, editor)
    later(clock, NOON + HOUR + SECOND)
    reply = Delivery.objects.get(post=draft)
    assert reply.state == Delivery.State.SENT
    assert reply.payload["reply_to"]["uri"] == sent.remote_id
    assert only_task().state == State.DONE


def test_a_quote_shows_the_wrong_post_with_its_correction(sent, article, editor, clock, monkeypatch):
    kind = clients.network_class(sent.account)
    monkeypatch.setattr(kind, "capabilities", replace(kind.capabilities, quote=True))
    publish(article, WRONG)
    draft = remedies.begin(only_task(), Remedy.QUOTE, editor, NOON + HOUR)
    clock.move_to(NOON + HOUR)
    approve(draft, editor)
    later(clock, NOON + HOUR + SECOND)
    frozen = Delivery.objects.get(post=draft).payload
    assert (frozen["quote"]["uri"], frozen["reply_to"]) == (sent.remote_id, None)
    assert (only_task().state, only_task().state_reason) == (State.DONE, "A post with the correction quotes it.")


def test_deleting_and_posting_again_is_done_when_both_are(sent, article, editor, clock):
    publish(article, WRONG)
    draft = remedies.begin(only_task(), Remedy.REPLACE, editor, NOON + HOUR)
    later(clock, NOON + HOUR + SECOND)
    assert sent.remote_id in server_at(sent.account.server_url).deleted
    assert only_task().state == State.UNDERWAY
    approve(draft, editor)
    later(clock, NOON + HOUR + 2 * SECOND)
    assert only_task().state == State.DONE
    again = Delivery.objects.get(post=draft)
    assert again.link_token != sent.link_token
    assert WRONG in again.payload["parts"][0]["text"]


def test_a_draft_that_is_thrown_away_opens_the_task_again(sent, article, editor):
    publish(article, WRONG)
    remedies.begin(only_task(), Remedy.REPLY, editor, NOON + HOUR).delete()
    corrections.resolve(NOON + HOUR)
    assert (only_task().state, only_task().remedy) == (State.OPEN, "")


def test_a_post_deleted_by_hand_needs_no_correction_any_more(sent, article):
    publish(article, WRONG)
    Delivery.note_gone([sent.pk], "Deleted by hand.", NOON)
    corrections.resolve(NOON)
    assert only_task().state == State.DONE


def test_unpublishing_proposes_to_delete_and_publishing_again_takes_it_back(sent, article, editor):
    ArticlePage.objects.get(pk=article.pk).unpublish()
    assert (only_task().cause, best(only_task(), NOON).remedy) == (PostCorrection.Cause.UNPUBLISHED, Remedy.DELETE)
    ArticlePage.objects.get(pk=article.pk).get_latest_revision_as_object().save_revision().publish()
    assert only_task().state == State.OVER


def test_the_proposed_deletion_is_done_when_the_post_is_gone(sent, article, editor, clock):
    ArticlePage.objects.get(pk=article.pk).unpublish()
    assert remedies.begin(only_task(), Remedy.DELETE, editor, NOON + HOUR) is None
    later(clock, NOON + HOUR + SECOND)
    assert only_task().state == State.DONE


def test_a_window_that_is_over_leaves_the_reply(sent, article, monkeypatch):
    publish(article, WRONG)
    kind = clients.network_class(sent.account)
    monkeypatch.setattr(kind, "capabilities", replace(kind.capabilities, edit=True, edit_window=timedelta(minutes=30)))
    assert best(only_task(), NOON + timedelta(minutes=10)).remedy == Remedy.EDIT
    found = options(only_task(), NOON + HOUR)
    assert found[0].remedy == Remedy.REPLY
    assert "The network allows 30 minutes." in next(o.reason for o in found if o.remedy == Remedy.EDIT)
    with pytest.raises(remedies.CannotCorrect):
        remedies.begin(only_task(), Remedy.EDIT, None, NOON + HOUR)


def test_where_nothing_is_possible_it_says_why(sent, article, monkeypatch):
    publish(article, WRONG)
    nothing = Capabilities(edit=False, delete=False, thread=False)
    monkeypatch.setattr(clients.network_class(sent.account), "capabilities", nothing)
    assert best(only_task(), NOON).remedy == Remedy.NOTHING
    assert all(option.reason and not option.possible for option in options(only_task(), NOON))


def test_leaving_it_as_it_is_needs_a_reason_and_can_be_taken_back(sent, article, editor):
    publish(article, WRONG)
    with pytest.raises(remedies.CannotCorrect):
        remedies.decline(only_task(), editor, " ", NOON)
    remedies.decline(only_task(), editor, "Nobody saw it.", NOON)
    assert (only_task().state, only_task().state_reason) == (State.DECLINED, "Nobody saw it.")
    remedies.reopen(only_task(), NOON)
    assert only_task().is_open


def test_an_idle_newsroom_is_asked_one_question(django_assert_num_queries, db):
    with django_assert_num_queries(1):
        assert corrections.resolve(timezone.now()) == 0


def test_an_answer_to_a_reader_is_no_carrier(sent, article):
    Post.objects.update(kind=Post.Kind.REPLY)
    publish(article, WRONG)
    assert Erratum.objects.count() == 1
    assert not PostCorrection.objects.exists()
