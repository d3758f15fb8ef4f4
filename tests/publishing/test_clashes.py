"""The sensitive-event check: a breaking story proposes holds for queued posts that clash with it, and holds none by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from smeditor.models import Delivery, Hold, HoldProposal, Post, SensitiveEvent, TopicClash, Variant
from smeditor.publishing import clashes, holds, preflight, starter_clashes
from smeditor.publishing.engine import claim
from smeditor.publishing.findings import Severity
from tests.approved import write_deliveries
from tests.newsroom import factories
from tests.publishing.conftest import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def bluesky(make_account):
    return make_account("bluesky")


@pytest.fixture
def crash(section):
    """A breaking story as it goes live through Wagtail."""
    article = factories.make_article(section, "Plane crashes near Lyon", news_class="breaking", live=False)
    article.tags.add("Aviation")
    article.save_revision().publish()
    SensitiveEvent.objects.update(active_until=NOON + timedelta(hours=20))
    return article


@pytest.fixture
def rule(db):
    return TopicClash.objects.create(
        name="Air accident – travel",
        event_topics=["aviation"],
        topics=["travel"],
        terms=["cheap flight*"],
        reason="nobody should be invited to fly",
    )


def queued(account, text: str = "A weekend in Rome.", *topics: str, article_key: int | None = None) -> Post:
    post = Post.objects.create(text=text, topics=list(topics), live=True, article_key=article_key)
    write_deliveries(account, [post], lambda _index: LATER)
    return post


def proposed() -> list[Post]:
    clashes.run_due(NOON)
    return [proposal.post for proposal in HoldProposal.objects.order_by("pk")]


def test_a_breaking_story_proposes_holds_for_the_posts_that_clash(crash, rule, bluesky):
    by_topic, by_term = queued(bluesky, "A weekend in Rome.", "travel"), queued(bluesky, "Cheap flights to Rome!")
    queued(bluesky, "The council met.", "council")
    assert proposed() == [by_topic, by_term]


def test_nothing_is_held_by_itself(crash, rule, bluesky):
    post = queued(bluesky, "Rome", "travel")
    proposed()
    assert not Hold.objects.exists()
    assert claim.due(LATER).get().post_id == post.pk


def test_the_events_own_posts_are_left_alone(crash, rule, bluesky):
    queued(bluesky, "Cheap flights cancelled", "travel", article_key=crash.pk)
    assert proposed() == []


def test_another_story_with_the_same_tag_is_proposed_a_section_in_common_is_not(crash, bluesky, section):
    same = queued(bluesky, "New planes for the airline", "aviation")
    queued(bluesky, "The tram opens", section.slug)
    assert proposed() == [same]


def test_an_article_that_is_not_breaking_proposes_nothing(section, rule, bluesky):
    queued(bluesky, "Rome", "travel")
    article = factories.make_article(section, "Aviation news", news_class="news", live=False)
    article.tags.add("Aviation")
    article.save_revision().publish()
    assert proposed() == []


def test_a_story_is_compared_once_until_it_is_published_again(crash, rule, bluesky, django_assert_num_queries):
    queued(bluesky, "Rome", "travel")
    proposed()
    with django_assert_num_queries(1):
        assert clashes.run_due(NOON) == 0
    later = queued(bluesky, "Madrid", "travel")
    crash.save_revision().publish()
    SensitiveEvent.objects.update(active_until=NOON + timedelta(hours=20))
    assert later in proposed()
    assert HoldProposal.objects.count() == 2


def test_a_story_that_is_unpublished_or_calmed_down_proposes_no_more(crash, rule, bluesky):
    queued(bluesky, "Rome", "travel")
    proposed()
    assert HoldProposal.waiting(HoldProposal.objects.all(), NOON).count() == 1
    crash.unpublish()
    SensitiveEvent.objects.filter(active_until__gt=NOON).update(active_until=NOON)
    assert not HoldProposal.waiting(HoldProposal.objects.all(), NOON).exists()


def test_what_is_accepted_is_held_and_what_is_undone_goes_out(crash, rule, bluesky, editor):
    post = queued(bluesky, "Rome", "travel")
    proposed()
    [hold] = clashes.accept(HoldProposal.objects.all(), editor, NOON)
    assert (hold.scope, hold.post, hold.placed_by) == ("post", post, editor)
    assert "nobody should be invited to fly" in hold.reason
    assert not claim.claim(LATER, "w", 10)
    clashes.undo(HoldProposal.objects.get(), editor, NOON)
    assert HoldProposal.objects.get().state == HoldProposal.State.OPEN
    assert [delivery.post for delivery in claim.claim(LATER, "w", 10)] == [post]


def test_what_missed_its_time_under_the_hold_waits_for_a_person_when_it_is_undone(crash, rule, bluesky, editor):
    queued(bluesky, "Rome", "travel")
    proposed()
    clashes.accept(HoldProposal.objects.all(), editor, NOON)
    assert clashes.undo(HoldProposal.objects.get(), editor, LATER + timedelta(hours=1)) == 1
    assert Delivery.objects.get().state == Delivery.State.LATE


def test_two_editors_decide_once(crash, rule, bluesky, editor):
    queued(bluesky, "Rome", "travel")
    proposed()
    shown = list(HoldProposal.objects.select_related("event", "post"))
    assert clashes.leave(shown, editor, NOON) == 1
    assert clashes.accept(shown, editor, NOON) == []
    assert not Hold.objects.exists()


def test_a_post_is_compared_before_it_is_approved_as_well(crash, rule, bluesky):
    post = Post(text="Cheap flights to Rome", topics=[])
    [clash] = clashes.clashes_for(post, NOON)
    assert "Plane crashes near Lyon" in clash.sentence
    assert "nobody should be invited to fly" in clash.sentence
    assert clashes.clashes_for(post, NOON + timedelta(days=2)) == []


def test_approving_a_post_beside_a_fresh_story_proposes_its_hold(crash, rule, bluesky):
    SensitiveEvent.objects.update(active_until=NOON + timedelta(days=4000))
    post = Post(text="Cheap flights to Rome")
    post.accounts = [bluesky]
    post.save()
    post.save_revision().publish()
    assert HoldProposal.objects.get().post == post


def test_the_desks_concerned_are_written_to_once(crash, rule, bluesky, django_capture_on_commit_callbacks):
    from smeditor.models import Desk

    bluesky.desk = Desk.objects.create(name="Travel", slug="travel", email="travel@paper.example")
    bluesky.save()
    queued(bluesky, "Rome", "travel")
    queued(bluesky, "Madrid", "travel")
    with django_capture_on_commit_callbacks(execute=True):
        proposed()
    [written] = mail.outbox
    assert written.to == ["travel@paper.example"]
    assert "2 posts may not go with" in written.subject
    assert "/smeditor/clashes/" in written.body


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_starters_are_written_once_in_the_sites_language(db, settings, language):
    settings.LANGUAGE_CODE = language
    with translation.override(language):
        assert starter_clashes.set_up_clashes() == len(starter_clashes.STARTERS)
        assert starter_clashes.set_up_clashes() == 0
    TopicClash.objects.first().full_clean()


@pytest.mark.parametrize(
    ("headline", "text"),
    [
        ("Un avion s’écrase près de Lyon : 12 morts", "Dix escapades pour l’été"),
        ("Plane crash kills dozens", "Cheap flights to the sun"),
        ("Fusillade à Marseille", "Quiz : connaissez-vous Marseille ?"),
        ("Séisme en Turquie, des centaines de morts", "Nos recettes pour un barbecue réussi"),
    ],
)
def test_the_starters_find_what_they_are_there_for(section, bluesky, headline, text):
    starter_clashes.set_up_clashes()
    factories.make_article(section, headline, news_class="breaking", live=False).save_revision().publish()
    SensitiveEvent.objects.update(active_until=NOON + timedelta(hours=20))
    assert proposed() == []
    assert clashes.clashes_for(Post(text=text), NOON) != []
    assert clashes.clashes_for(Post(text="The council votes on the budget."), NOON) == []


def test_a_hold_of_one_post_leaves_others_of_its_story(bluesky, editor):
    held, free = queued(bluesky, "One"), queued(bluesky, "Two")
    holds.place(Hold.Scope.POST, "A clash", editor, post=held)
    assert [delivery.post for delivery in claim.claim(LATER, "w", 10)] == [free]


def test_the_checks_of_a_post_warn_of_the_story(crash, rule, bluesky):
    post = Post.objects.create(text="Cheap flights to Rome")
    post.accounts = [bluesky]
    found = [finding for finding in preflight.check(post, NOON).findings if finding.code == "clash"]
    assert [finding.severity for finding in found] == [Severity.WARNING]
    assert "Plane crashes near Lyon" in found[0].sentence


def test_the_text_of_one_account_alone_may_clash(crash, rule, bluesky):
    post = queued(bluesky, "A weekend in Rome.")
    post.variants = [Variant(account=bluesky, text="Cheap flights to Rome!")]
    post.save()
    assert proposed() == [post]
