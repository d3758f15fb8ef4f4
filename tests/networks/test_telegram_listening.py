"""Comments and reactions of a Telegram channel: by polling, by webhook, and which of them are none of ours."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from smeditor.exceptions import AuthExpired, Temporary
from smeditor.networks.base import Kind, Message, Presence, Ref
from smeditor.networks.telegram.updates import MOST_REACTIONS
from tests.networks.doubles.telegram.readers import LEA
from tests.networks.doubles.telegram.world import ANONYMOUS_ADMIN, CHANNEL, GROUP
from tests.networks.telegram_steps import Wire, number_of, opened, photo, polled, publish, telegram_server

ADDRESS, SECRET = "https://desk.example/hooks/1", "a-secret_0123456789"
PAUL = {"id": 301, "is_bot": False, "first_name": "Paul"}


@pytest.fixture(scope="module")
def server():
    with telegram_server() as double:
        yield double


@pytest.fixture
def double(server):
    server.reset()
    server.breaches.clear()
    server.requests.clear()
    server.faults.clear()
    yield server
    assert server.breaches == []


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def network(double, wire):
    opened_network = opened(double, wire)
    yield opened_network
    opened_network.close()


@pytest.fixture
def post(network):
    polled(network)  # from now on the bot is told of reactions
    return publish(network, "Enquête")


@pytest.fixture
def thread(double, post):
    return double.thread_of(number_of(post))


def the(batch):
    [inbound] = batch.inbound
    return inbound


# comments


def test_a_comment_comes_home(double, network, post, thread):
    number = double.comment(thread, "Et la nappe ? 👩🏽‍🚒 https://example.net/preuve")
    inbound = the(polled(network))
    assert (inbound.kind, inbound.native_id) == (Kind.COMMENT, f"{GROUP}/{number}")
    assert (inbound.in_reply_to, inbound.root) == (post.ref.uri, post.ref.uri)
    assert inbound.text == "Et la nappe ? 👩🏽‍🚒 https://example.net/preuve"
    assert inbound.links == ("https://example.net/preuve",)
    assert inbound.url == f"https://t.me/leclair/100?comment={number}"
    assert inbound.public
    assert abs(inbound.published_at - timezone.now()) < timedelta(minutes=1)
    author = inbound.author
    assert (author.remote_id, author.handle, author.display_name) == ("300", "lea_martin", "Léa Martin")
    assert author.url == "https://t.me/lea_martin"


def test_a_comment_on_a_comment_belongs_to_the_post(double, network, post, thread):
    first = double.comment(thread, "Un")
    deeper = double.comment(first, "Deux", person=PAUL)
    batch = polled(network)
    inbound = {item.native_id: item for item in batch.inbound}[f"{GROUP}/{deeper}"]
    assert (inbound.kind, inbound.in_reply_to, inbound.root) == (Kind.COMMENT, f"{GROUP}/{first}", post.ref.uri)
    assert (inbound.author.handle, inbound.author.url) == ("301", "")


def test_a_deeper_comment_is_known_in_a_later_poll(double, network, post, thread):
    first = double.comment(thread, "Un")
    batch = polled(network)
    deeper = double.comment(first, "Deux")
    inbound = the(polled(network, json.loads(json.dumps(batch.cursor))))
    assert (inbound.native_id, inbound.root) == (f"{GROUP}/{deeper}", post.ref.uri)


def test_a_comment_beneath_any_picture_of_an_album_is_beneath_the_album(double, network):
    receipt = publish(network, Message("x", media=(photo(), photo(data=b"\xff\xd8 b"))))
    double.comment(double.thread_of(number_of(receipt) + 1), "Belle photo")
    assert the(polled(network)).root == receipt.ref.uri


def test_an_album_is_known_by_our_own_record_where_its_forwards_were_read_long_ago(double, network):
    receipt = publish(network, Message("x", media=(photo(), photo(data=b"\xff\xd8 b"))))
    thread = double.thread_of(number_of(receipt) + 1)
    double.world.desk.queue.clear()
    double.world.messages[GROUP][thread].pop("media_group_id")
    double.comment(thread, "Belle photo")
    assert the(polled(network, ours=(receipt.ref,))).root == receipt.ref.uri


def test_an_edited_comment_comes_again_with_its_new_text(double, network, post, thread):
    number = double.comment(thread, "Fautte")
    cursor = polled(network).cursor
    double.change(number, "Faute")
    inbound = the(polled(network, cursor))
    assert (inbound.native_id, inbound.text) == (f"{GROUP}/{number}", "Faute")
    assert inbound.edited_at - inbound.published_at == timedelta(minutes=1)


def test_an_edit_in_the_same_page_replaces_the_first_version(double, network, thread):
    double.change(double.comment(thread, "Fautte"), "Faute")
    assert the(polled(network)).text == "Faute"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"sticker": {"file_id": "f", "file_unique_id": "u", "type": "regular", "width": 9, "height": 9,
                      "is_animated": False, "is_video": False, "emoji": "😡"}}, "😡"),
        ({"photo": [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}], "caption": "Regardez"}, "Regardez"),
        ({"voice": {"file_id": "f", "file_unique_id": "u", "duration": 3}}, ""),
    ],
)  # fmt: skip
def test_a_comment_of_another_kind_comes_home_too(double, network, thread, content, text):
    double.comment(thread, **content)
    inbound = the(polled(network))
    assert (inbound.text, inbound.has_media) == (text, True)


def test_an_answer_to_our_answer_comes_home(double, network, post, thread):
    number = double.comment(thread, "Pourquoi ?")
    cursor = polled(network).cursor
    answer = publish(network, Message("Parce que.", reply_to=Ref(f"{GROUP}/{number}"), answers=Kind.COMMENT))
    double.comment(number_of(answer), "Ah bon")
    inbound = the(polled(network, cursor))
    assert (inbound.in_reply_to, inbound.root) == (answer.ref.uri, post.ref.uri)


def test_links_behind_words_come_along(double, network, thread):
    found = [{"type": "text_link", "offset": 3, "length": 3, "url": "https://example.org/x"}]
    double.comment(thread, text="👋 ici", entities=found)
    assert the(polled(network)).links == ("https://example.org/x",)


def test_a_mention_outside_of_the_posts_comes_home(double, network):
    number = double.chat("@leclair vous avez vu ?")
    inbound = the(polled(network))
    assert (inbound.kind, inbound.native_id, inbound.root) == (Kind.MENTION, f"{GROUP}/{number}", "")


# what is none of ours


def test_talk_in_the_group_that_is_not_about_us_stays_there(double, network):
    first = double.chat("Qui vient samedi ?")
    double.comment(first, "Moi", person=PAUL)
    assert polled(network).inbound == ()


def test_another_group_is_not_listened_to(double, network):
    double.world.chats[-1003] = {"id": -1003, "type": "supergroup", "title": "Ailleurs"}
    double.world.messages[-1003], double.world.next_number[-1003] = {}, 1
    double.world.desk.rights[-1003] = {"can_delete_messages": True}
    double.world.add(-1003, {"from": LEA, "text": "@leclair @leclair_desk_bot"})
    assert polled(network).inbound == ()


def test_bots_and_anonymous_administrators_are_no_readers(double, network, thread):
    double.comment(thread, "Achetez !", person={"id": 302, "is_bot": True, "first_name": "Pub", "username": "pub_bot"})
    double.comment(thread, "Modération", sender_chat=double.world.chats[GROUP], **{"from": ANONYMOUS_ADMIN})
    assert polled(network).inbound == ()


def test_the_server_s_own_notices_are_no_comments(double, network, thread):
    double.world.add(GROUP, {"from": LEA, "new_chat_members": [LEA]})
    double.world.add(GROUP, {"from": LEA, "left_chat_member": LEA})
    assert polled(network).inbound == ()


def test_what_a_colleague_writes_in_the_channel_s_name_is_known_as_ours(double, network, thread):
    """The desk tells its own by the account's id, and takes the thread for answered."""
    double.comment(thread, "Merci !", sender_chat=double.world.chats[CHANNEL])
    assert the(polled(network)).author.remote_id == network.verify().remote_id


def test_a_channel_of_a_reader_s_own_is_an_author(double, network, thread):
    double.comment(
        thread, "Bonjour", sender_chat={"id": -1009, "type": "channel", "title": "Ligue", "username": "ligue"}
    )
    author = the(polled(network)).author
    assert (author.remote_id, author.handle, author.url) == ("-1009", "ligue", "https://t.me/ligue")


def test_comments_of_a_private_channel_lose_their_text_at_the_border(double, network, thread):
    del double.world.chats[CHANNEL]["username"]
    double.comment(thread, "Entre nous https://example.org/x")
    inbound = the(polled(network))
    assert (inbound.public, inbound.text, inbound.links) == (False, "", ())


# reactions


def test_reactions_are_counted_and_nobody_is_named(double, network, post):
    double.count_reactions(number_of(post), thumbs=2, fire=1)
    inbound = polled(network).inbound
    assert {item.kind for item in inbound} == {Kind.LIKE}
    assert sorted(item.reaction_type for item in inbound) == ["👍", "👍", "🔥"]
    assert {item.subject for item in inbound} == {post.ref.uri}
    assert len({item.native_id for item in inbound}) == 3
    assert {item.author.handle for item in inbound} == {""}


def test_only_what_is_new_of_them_comes_and_what_was_taken_back_goes(double, network, post):
    double.count_reactions(number_of(post), thumbs=2)
    cursor = polled(network).cursor
    double.count_reactions(number_of(post), thumbs=3)
    batch = polled(network, cursor)
    assert [item.native_id for item in batch.inbound] == [f"{post.ref.uri}/👍/3"]
    double.count_reactions(number_of(post), thumbs=1, bad=1)
    batch = polled(network, batch.cursor)
    assert [item.native_id for item in batch.inbound] == [f"{post.ref.uri}/👎/1"]
    assert set(batch.deleted) == {f"{post.ref.uri}/👍/2", f"{post.ref.uri}/👍/3"}


def test_a_flood_of_reactions_is_bounded(double, network, post):
    double.count_reactions(number_of(post), thumbs=2_000_000)
    batch = polled(network)
    assert len(batch.inbound) == MOST_REACTIONS
    double.count_reactions(number_of(post), thumbs=2_000_001)
    assert polled(network, batch.cursor).inbound == ()


# the queue


def test_a_page_is_only_confirmed_by_the_next_call(double, network, thread):
    double.comment(thread, "Un")
    first = polled(network)
    assert [item.text for item in first.inbound] == [item.text for item in polled(network).inbound] == ["Un"]
    assert polled(network, first.cursor).inbound == ()
    assert double.world.desk.queue == []


def test_more_than_a_page_comes_in_pages_and_none_twice(double, network, thread):
    for place in range(230):
        double.comment(thread, f"Voix {place}")
    cursor, texts, sizes = {}, [], []
    more = True
    while more:
        batch = polled(network, cursor)
        cursor, more = batch.cursor, batch.more
        texts += [item.text for item in batch.inbound]
        sizes.append(len(batch.inbound))
    assert texts == [f"Voix {place}" for place in range(230)]
    assert len(sizes) == 3


def test_an_update_that_is_not_understood_stops_no_other(double, network, thread):
    double.world.desk.queue.append({"update_id": double.world.desk.next_update, "message": {}})
    double.world.desk.next_update += 1
    double.comment(thread, "Un")
    double.document, kept = None, double.document
    try:
        assert the(polled(network)).text == "Un"
    finally:
        double.document = kept


def test_after_days_of_silence_the_numbers_may_begin_anew(double, network, thread):
    """https://core.telegram.org/bots/api#update: after a week without updates the next number is chosen at random."""
    old = {"offset": 999_999_999, "at": (timezone.now() - timedelta(days=8)).isoformat()}
    double.comment(thread, "Enfin")
    batch = polled(network, old)
    assert [item.text for item in batch.inbound] == ["Enfin"]
    assert batch.cursor["offset"] < 999_999_999


def test_what_was_read_lately_is_asked_for_from_there(double, network, thread):
    double.comment(thread, "Un")
    cursor = polled(network).cursor
    polled(network, cursor)
    [*_others, (method, params)] = [made for made in double.calls_made if made[0] == "getUpdates"]
    assert (method, params["offset"]) == ("getUpdates", cursor["offset"])


def test_only_the_three_kinds_of_update_are_asked_for(double, network):
    polled(network)
    assert double.world.desk.allowed == ["message", "edited_message", "message_reaction_count"]


def test_a_poll_that_fails_changes_nothing(double, network, wire, thread):
    double.comment(thread, "Un")
    wire.answers.append(httpx.Response(502, text="Bad Gateway"))
    with pytest.raises(Temporary):
        polled(network)
    assert the(polled(network)).text == "Un"


def test_a_bot_that_was_put_out_of_the_group_reads_nothing_and_publishes(double, network):
    double.world.desk.rights[GROUP] = None
    receipt = publish(network, "x")
    double.comment(double.thread_of(number_of(receipt)), "Personne ne lit")
    assert polled(network).inbound == ()
    network.verify()
    assert "comments" not in network.credentials.scopes


# presence


def test_whether_a_comment_is_still_there_is_never_claimed_to_be_known(network):
    assert not network.capabilities.checks_presence
    assert network.check([f"{GROUP}/1", "x"]) == {f"{GROUP}/1": Presence.UNKNOWN, "x": Presence.UNKNOWN}


def test_a_revoked_token_ends_the_polling(double):
    network = opened(double, secret={"bot_token": "9999:AAAAAAAAAAAAAAAAAAAAA"})
    with pytest.raises(AuthExpired):
        polled(network)
