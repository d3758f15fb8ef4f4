"""Once, whatever the route, the order and the number of times. Several tests bear the number of a peer's bug."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smeditor.listening.batch import Origin
from smeditor.listening.store import store
from smeditor.models import Conversation, Reaction, ReactionText, Reader, TextVector
from smeditor.networks.base import Kind
from tests.listening.conftest import make_account, make_sent
from tests.listening.double import T0, message, person

pytestmark = pytest.mark.django_db

LONG = "I have taken this line every day for ten years and it was never on time once"


@pytest.fixture
def other(db):
    return Origin("bluesky", account=make_account("bluesky", "paper.bsky.social", server_url="https://bsky.social"))


def test_the_same_reply_by_two_protocols_is_one_reaction(origin, other):
    """bridgy-fed #348: a reply came through ActivityPub and once more through the bridge."""
    store([message("1", LONG, other_ids=("https://memory.example/notes/1",))], origin, T0)
    bridged = message("at://did:plc:x/app.bsky.feed.post/1", LONG, other_ids=("https://memory.example/notes/1",))
    result = store([bridged], other, T0)
    assert result.created == []
    assert Reaction.objects.get().keys.count() == 3


def test_the_same_words_of_one_person_on_two_networks_are_one_reaction(origin, other):
    """bridgy #1431: no peer knows a reply again across networks unless an id tells."""
    store([message("1", LONG)], origin, T0)
    twin = person(handle="lea.memory.example.ap.brid.gy", remote_id="did:plc:lea")
    store([message("at://lea/1", LONG + "!", author=twin, published_at=T0 + timedelta(minutes=4))], other, T0)
    assert Reaction.objects.count() == 1


def test_the_same_words_an_hour_later_are_another_reaction(origin, other):
    store([message("1", LONG)], origin, T0)
    twin = person(handle="lea.memory.example.ap.brid.gy", remote_id="did:plc:lea")
    store([message("at://lea/1", LONG, author=twin, published_at=T0 - timedelta(hours=1))], other, T0)
    assert Reaction.objects.count() == 2


def test_short_words_of_one_person_on_two_networks_stay_two(origin, other):
    store([message("1", "Thank you!")], origin, T0)
    twin = person(handle="lea.memory.example.ap.brid.gy", remote_id="did:plc:lea")
    store([message("at://lea/1", "Thank you!", author=twin)], other, T0)
    assert Reaction.objects.count() == 2


def test_two_people_who_say_the_same_stay_two(origin):
    store([message("1", LONG), message("2", LONG, author=person("max"))], origin, T0)
    assert Reaction.objects.count() == 2


def test_the_votes_of_a_poll_are_no_comments(origin):
    """bridgy #1550: each vote in a poll became a comment; a vote is a reply without a word."""
    result = store([message("1", ""), message("2", " ")], origin, T0)
    assert (result.created, result.left_out["empty"]) == ([], 2)


def test_our_own_post_does_not_mention_our_own_article(origin, sent, article):
    """bridgy #485: the copy of an article's link on a network came back as a mention of the article."""
    post = message("ours-1", f"A tram! {article.full_url}", kind=Kind.MENTION, links=(article.full_url,))
    assert store([post], origin, T0).left_out["ours"] == 1
    assert not Reaction.objects.exists()


def test_our_own_thread_does_not_come_back_as_answers(origin, sent, account):
    """bridgy #1787: the later parts of one's own thread became comments on the first."""
    us = person("us", remote_id=account.remote_id)
    store([message("ours-2", "And on Sundays too.", author=us, in_reply_to="ours-1")], origin, T0)
    assert not Reaction.objects.exists()


def test_our_own_account_is_known_behind_a_bridge(other, account):
    us = person("us", handle="paper.memory.example.ap.brid.gy", remote_id="did:plc:us")
    assert store([message("at://us/1", LONG, author=us)], other, T0).left_out["ours"] == 1


def test_a_reply_below_the_first_level_keeps_its_thread_and_its_article(origin, sent, article):
    """bridgy #1694: replies in a thread lost what they answer after the first level."""
    second = message("r2", "I would like to know too.", author=person("max"), in_reply_to="r1")
    third = message("r3", "So would I, and my neighbours.", author=person("zoe"), in_reply_to="r2")
    store([message("r1", in_reply_to="ours-1")], origin, T0)
    store([second], origin, T0)
    store([third], origin, T0)
    assert set(Reaction.objects.values_list("article", "attached_by")) == {
        (article.pk, "reply"),
        (article.pk, "thread"),
    }
    assert Conversation.objects.count() == 1
    assert Reaction.objects.get(native_id="r3").parent.parent.native_id == "r1"


def test_answers_that_come_before_what_they_answer_find_it_later(origin, sent, article):
    later = timedelta(minutes=1)
    store([message("r3", author=person("zoe"), in_reply_to="r2", published_at=T0 + 2 * later)], origin, T0 + 5 * later)
    store([message("r1", in_reply_to="ours-1")], origin, T0 + 5 * later)
    assert Conversation.objects.count() == 2
    store([message("r2", author=person("max"), in_reply_to="r1", published_at=T0 + later)], origin, T0 + 5 * later)
    assert Conversation.objects.count() == 1
    assert set(Reaction.objects.values_list("article", flat=True)) == {article.pk}
    assert not Reaction.objects.filter(queue=Reaction.Queue.UNATTACHED).exists()


def test_two_messages_that_answer_each_other_make_no_circle(origin):
    store([message("a", in_reply_to="b"), message("b", in_reply_to="a")], origin, T0)
    assert Reaction.objects.filter(parent__isnull=False).count() == 1


def test_a_direct_message_is_never_stored(origin):
    assert store([message("1", "This is between us.", public=False)], origin, T0).left_out["not public"] == 1
    assert not Reaction.objects.exists()


def test_a_reply_that_was_announced_as_a_mention_is_a_reply(origin):
    for kinds in ((Kind.MENTION, Kind.REPLY), (Kind.REPLY, Kind.MENTION)):
        Reaction.objects.all().delete()
        for kind in kinds:
            store([message("1", kind=kind)], origin, T0)
        assert Reaction.objects.get().kind == "reply"


def test_an_edit_changes_the_words_and_asks_for_a_new_look(origin):
    store([message("1", "Is it fre?")], origin, T0)
    Reaction.objects.update(triaged_at=T0)
    store([message("1", "Is it free?", edited_at=T0 + timedelta(minutes=1))], origin, T0 + timedelta(minutes=2))
    reaction = Reaction.objects.get()
    assert (reaction.content.text, reaction.triaged_at, reaction.presence) == ("Is it free?", None, "edited")


def test_an_edit_takes_the_meaning_of_the_old_words_with_it(origin):
    store([message("1", "Is it true?")], origin, T0)
    content = ReactionText.objects.get()
    TextVector.objects.create(content=content, encoder="e", text_hash="0", vector=b"0")
    Reaction.objects.update(embedded_at=T0)
    store([message("1", "Is it true?")], origin, T0 + timedelta(minutes=1))
    assert TextVector.objects.exists()
    store([message("1", "Is it free?", edited_at=T0 + timedelta(minutes=1))], origin, T0 + timedelta(minutes=2))
    assert not TextVector.objects.exists()
    assert Reaction.objects.get().embedded_at is None


def test_an_old_version_does_not_undo_an_edit(origin):
    new = message("1", "Is it free?", edited_at=T0 + timedelta(minutes=1))
    store([new], origin, T0 + timedelta(minutes=2))
    store([message("1", "Is it fre?")], origin, T0 + timedelta(minutes=2))
    assert Reaction.objects.get().content.text == "Is it free?"


def test_words_whose_time_was_over_do_not_come_back(origin):
    store([message("1")], origin, T0)
    ReactionText.objects.all().delete()
    store([message("1", "Something new", edited_at=T0 + timedelta(days=1))], origin, T0 + timedelta(days=2))
    assert not ReactionText.objects.exists()


def test_one_id_on_two_servers_is_two_messages(origin):
    elsewhere = Origin("memory", account=make_account(server_url="https://other.example"))
    store([message("1", "One thing.")], origin, T0)
    store([message("1", "Another thing.", author=person("max"))], elsewhere, T0)
    assert Reaction.objects.count() == 2


def test_who_does_not_want_to_be_collected_is_only_counted(origin, sent):
    shy = person(opted_out=True)
    store([message("r1", "My words", author=shy, in_reply_to="ours-1", url="https://memory.example/1")], origin, T0)
    reaction = Reaction.objects.get()
    assert not ReactionText.objects.exists()
    assert (reaction.url, reaction.conversation) == ("", None)
    assert "r1" not in reaction.native_id
    assert store([message("r1", "My words", author=shy)], origin, T0).created == []


def test_who_withdraws_later_takes_back_what_was_collected(origin, sent):
    store([message("r1", in_reply_to="ours-1")], origin, T0)
    store([message("r2", author=person(opted_out=True))], origin, T0)
    assert not ReactionText.objects.exists()
    assert Reaction.objects.count() == 2
    assert not Reaction.objects.filter(native_id__startswith="r").exists()


def test_a_journalists_own_account_is_labelled_and_never_waits(origin, sent, settings):
    settings.SMEDITOR = {**settings.SMEDITOR, "STAFF_HANDLES": ["@ana@memory.example"]}
    store([message("r1", author=person("ana"), in_reply_to="ours-1")], origin, T0)
    assert Reader.objects.get().is_staff
    assert Conversation.objects.get().waiting_since is None


class TestConversations:
    def test_our_answer_ends_the_waiting(self, origin, sent, account):
        us = person("us", remote_id=account.remote_id)
        answer = message("ours-2", "Yes.", author=us, in_reply_to="r1", published_at=T0 + timedelta(minutes=3))
        store([message("r1", in_reply_to="ours-1"), answer], origin, T0 + timedelta(minutes=5))
        conversation = Conversation.objects.get()
        assert (conversation.state, conversation.waiting_since) == (Conversation.State.ANSWERED, None)
        assert conversation.answered_at == answer.published_at

    def test_a_reply_to_our_answer_opens_it_again(self, origin, sent, account):
        self.test_our_answer_ends_the_waiting(origin, sent, account)
        again = message("r2", "And at night?", in_reply_to="ours-2", published_at=T0 + timedelta(minutes=9))
        store([again], origin, T0 + timedelta(minutes=10))
        conversation = Conversation.objects.get()
        assert (conversation.state, conversation.waiting_since) == (Conversation.State.OPEN, again.published_at)

    def test_an_answer_that_the_desk_sent_carries_its_conversation_on(self, origin, sent, account):
        store([message("r1", in_reply_to="ours-1")], origin, T0)
        conversation = Conversation.objects.get()
        make_sent(account, None, "ours-2", T0, kind="reply", conversation=conversation)
        store([message("r2", author=person("max"), in_reply_to="ours-2")], origin, T0 + timedelta(hours=1))
        assert Reaction.objects.get(native_id="r2").conversation == conversation
        assert Reaction.objects.get(native_id="r2").article_id == sent.post.article_id

    def test_one_closed_by_a_person_stays_closed_until_a_reader_writes(self, origin, sent):
        first = message("r1", in_reply_to="ours-1")
        store([first], origin, T0)
        Conversation.objects.update(state=Conversation.State.CLOSED, waiting_since=None)
        store([first], origin, T0)
        assert Conversation.objects.get().state == Conversation.State.CLOSED
        store(
            [message("r2", "Hello?", in_reply_to="r1", published_at=T0 + timedelta(hours=1))],
            origin,
            T0 + timedelta(hours=2),
        )
        assert Conversation.objects.get().state == Conversation.State.OPEN


class TestAttaching:
    def test_by_our_own_link(self, origin, sent, article):
        link = f"{article.full_url}?sme={sent.delivery.link_token}"
        store([message("1", kind=Kind.MENTION, links=(link,))], origin, T0)
        reaction = Reaction.objects.get()
        assert (reaction.article_id, reaction.attached_by, reaction.delivery) == (article.pk, "token", sent.delivery)

    def test_by_any_link_whatever_it_carries(self, origin, article):
        store([message("1", kind=Kind.MENTION, links=(f"{article.full_url}?utm_source=x#p2",))], origin, T0)
        reaction = Reaction.objects.get()
        assert (reaction.article_id, reaction.get_attached_by_display()) == (article.pk, "It links to this article.")

    def test_by_the_quoted_post(self, origin, sent, article):
        store([message("1", kind=Kind.QUOTE, quotes="ours-1")], origin, T0)
        assert Reaction.objects.get().attached_by == "quote"

    def test_a_title_is_only_a_proposal(self, origin, sent, article):
        store([message("1", "I read “A tram for the valley” this morning", kind=Kind.MENTION)], origin, T0)
        reaction = Reaction.objects.get()
        assert (reaction.article, reaction.proposed_article_id) == (None, article.pk)
        assert (reaction.queue, bool(reaction.queue_reason)) == (Reaction.Queue.UNATTACHED, True)

    def test_what_leads_nowhere_waits_in_its_tray(self, origin):
        store([message("1", kind=Kind.MENTION)], origin, T0)
        assert Reaction.objects.get().queue == Reaction.Queue.UNATTACHED

    def test_what_an_editor_said_is_not_overruled(self, origin, sent, article):
        first = message("r1", in_reply_to="ours-1")
        store([replace(first, in_reply_to="")], origin, T0)
        Reaction.objects.update(attached_by="editor", article=article.get_parent())
        store([first], origin, T0)
        assert Reaction.objects.get().attached_by == "editor"


@pytest.mark.parametrize(
    "bad",
    [
        message("bad", "Words enough to be compared with others", author=person(handle="bad", url="https://[bad")),
        message("bad", in_reply_to=None),
        message("bad", published_at=None),
        message("bad", links=("https://[bad", None)),
        message(7),
    ],
    ids=["author's address", "parent", "time", "links", "id"],
)
def test_one_bad_item_does_not_stop_the_others(origin, sent, bad):
    """L9: a source is read on, whatever one of its items is made of."""
    good = [message("r1", in_reply_to="ours-1"), message("r2", in_reply_to="ours-1", author=person("max"))]
    store([good[0], bad, good[1]], origin, T0)
    assert {"r1", "r2"} <= set(Reaction.objects.values_list("native_id", flat=True))
