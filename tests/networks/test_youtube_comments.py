"""Comments on YouTube: they come home, are answered once, hidden, corrected, and gone when they are gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from smeditor.exceptions import BadAnswer, Gone, OutcomeUnknown, Refused, Temporary
from smeditor.networks.base import Kind, Media, Message, Presence, ReaderOperation, Ref
from tests.networks.doubles.base import Fault
from tests.networks.doubles.youtube.server import answer_json, error_body
from tests.networks.doubles.youtube.state import OURS, READER
from tests.networks.test_youtube_channel import channel, client, server  # noqa: F401 - fixtures

ARTICLE = "https://www.paper.org/tram/"


@pytest.fixture
def network(server, client):  # noqa: F811
    return channel(server, client)


@pytest.fixture
def state(server):  # noqa: F811
    return server.state


@pytest.fixture
def video(state):
    return state.upload(description=f"Our film. Read more: {ARTICLE}")


def answer(network, comment_id, text="Thank you, it opens in May."):
    prepared = network.prepare(Message(text, reply_to=Ref(comment_id), answers=Kind.REPLY), {})
    return prepared, network.send(prepared, network.mint_identity(datetime.now(UTC)), datetime.now(UTC))


def ids(batch):
    return [item.native_id for item in batch.inbound]


# coming home


def test_a_comment_comes_home_with_the_article_that_the_video_links_to(network, state, video):
    comment = state.comment(video, "When does it open? https://example.net/x")
    (item,) = network.collect({}).inbound
    assert (item.kind, item.native_id, item.in_reply_to) == (Kind.REPLY, comment, video)
    assert item.links == ("https://example.net/x", ARTICLE)
    assert item.url == f"https://www.youtube.com/watch?v={video}&lc={comment}"
    assert (item.author.remote_id, item.author.handle) == (READER, "lea")
    assert not item.hidden
    assert item.published_at.utcoffset() == timedelta(0)


def test_after_the_cursor_nothing_comes_twice(network, state, video):
    state.comment(video, "One")
    batch = network.collect({})
    cursor = json.loads(json.dumps(batch.cursor))
    assert network.collect(cursor).inbound == ()
    second = state.comment(video, "Two")
    assert ids(network.collect(cursor)) == [second]


def test_a_thread_of_many_replies_is_read_to_its_end(network, state, video, server):  # noqa: F811
    """Bug report: getopenpost/openpost #274, a thread carries five of its replies at most."""
    server.page_size = 4
    thread = state.comment(video, "One")
    replies = {state.reply(thread, f"Reply {number}") for number in range(11)}
    assert set(ids(network.collect({}))) == {thread, *replies}


def test_a_new_reply_to_an_older_thread_comes_home(network, state, video):
    thread = state.comment(video, "Old", at=datetime.now(UTC) - timedelta(days=5))
    cursor = network.collect({}).cursor
    for number in range(7):
        state.reply(thread, f"Earlier {number}")
    cursor = network.collect(cursor).cursor
    late = state.reply(thread, "Late", at=datetime.now(UTC) - timedelta(days=1))
    batch = network.collect(cursor)
    assert ids(batch) == [late]
    assert batch.inbound[0].root == batch.inbound[0].in_reply_to == thread


def test_what_was_said_after_an_answer_of_ours_comes_home_however_old_the_thread_is(network, state, video, server):  # noqa: F811
    thread = state.comment(video, "Old", at=datetime.now(UTC) - timedelta(days=90))
    for number in range(6):
        state.reply(thread, f"Earlier {number}")
    own = state.reply(thread, "Ours", OURS)
    cursor = network.collect({}, [Ref(own)]).cursor
    state.comment(video, "A page full of younger threads")
    server.page_size = 3
    reply = state.reply(thread, "And then?", at=datetime.now(UTC) - timedelta(days=2))
    assert reply in ids(network.collect(cursor, [Ref(own)]))


def test_our_own_comments_do_not_come_back(network, state, video):
    thread = state.comment(video, "Ours", OURS)
    reader = state.reply(thread, "Theirs")
    assert ids(network.collect({})) == [reader]


def test_an_edited_comment_comes_again(network, state, video):
    comment = state.comment(video, "Before")
    cursor = network.collect({}).cursor
    state.rewrite(comment, "After")
    (item,) = network.collect(cursor).inbound
    assert (item.text, item.edited_at is not None) == ("After", True)


def test_many_threads_are_read_over_several_calls(network, state, video, server):  # noqa: F811
    server.page_size = 3
    wanted = {state.comment(video, f"Comment {number}") for number in range(20)}
    found, cursor, more = set(), {}, True
    while more:
        batch = network.collect(cursor)
        found |= set(ids(batch))
        cursor, more = json.loads(json.dumps(batch.cursor)), batch.more
    assert found == wanted


def test_other_peoples_videos_that_show_our_link_are_heard_too(network, state):
    network.own_sites = ("paper.org",)
    theirs = state.upload("UCother", f"I read {ARTICLE} today")
    state.upload("UCother", "About https://notpaper.org/ and https://paper.org.uk/")
    comment = state.comment(theirs, "Is that true?")
    (item,) = network.collect({}).inbound
    assert (item.kind, item.native_id) == (Kind.MENTION, comment)
    assert ARTICLE in item.links


def test_a_search_is_made_every_half_hour_at_most(network, state, server):  # noqa: F811
    network.own_sites = ("paper.org",)
    cursor = {}
    for _call in range(10):
        cursor = network.collect(cursor).cursor
    assert server.searches == 99
    cursor["searched_at"] = (datetime.now(UTC) - timedelta(minutes=31)).isoformat()
    network.collect(cursor)
    assert server.searches == 98


def test_no_site_of_ours_is_no_search(network, server):  # noqa: F811
    network.collect({})
    assert server.searches == 100


def test_a_video_whose_comments_are_off_stops_nobody(network, state):
    """Bug reports: daiki-beppu/youtube-automation #590, alaouy/YouTube #176, getopenpost/openpost #245."""
    network.own_sites = ("paper.org",)
    off = state.upload("UCother", f"{ARTICLE}", comments_off=True)
    on = state.upload("UCother", f"{ARTICLE}")
    comment = state.comment(on, "Here")
    batch = network.collect({})
    assert ids(batch) == [comment]
    assert off not in batch.cursor["watched"]


def test_a_failure_among_others_videos_keeps_what_the_channel_heard(network, state, video, server):  # noqa: F811
    network.own_sites = ("paper.org",)
    comment = state.comment(video, "Kept")
    server.faults.append(
        Fault(lambda request: "search" in request.path, answer_json(error_body(500, "backendError"), 500))
    )
    assert ids(network.collect({})) == [comment]


def test_a_failure_in_a_thread_of_ours_leaves_it_unread(network, state, video, server):  # noqa: F811
    thread = state.comment(video, "Old", at=datetime.now(UTC) - timedelta(days=90))
    own = state.reply(thread, "Ours", OURS)
    cursor = network.collect({}).cursor
    kept = state.comment(video, "New")
    trouble = answer_json(error_body(500, "backendError"), 500)
    server.faults.append(Fault(lambda request: "parentId" in request.args, trouble))
    batch = network.collect(cursor, [Ref(own)])
    assert ids(batch) == [kept]
    assert batch.unread == (own,)


def test_a_page_that_comes_again_and_again_is_not_followed(network, state, video, server):  # noqa: F811
    """Bug report: Benjamin-Loison/YouTube-operational-API #275, pageToken was ignored with parentId."""
    thread = state.comment(video, "x")
    same = answer_json({"kind": "youtube#commentListResponse", "etag": "e", "items": [], "nextPageToken": "again"})
    server.faults += [Fault(lambda request: "parentId" in request.args, same) for _time in range(9)]
    with pytest.raises(BadAnswer):
        network.replies(thread, "again")


# answering


def test_an_answer_stands_in_the_thread(network, state, video):
    comment = state.comment(video, "When?")
    _prepared, receipt = answer(network, comment)
    made = state.comments[receipt.ref.uri]
    assert (made.author, made.thread, made.text) == (OURS, comment, "Thank you, it opens in May.")
    assert receipt.ref.url.endswith(f"lc={receipt.ref.uri}")


def test_an_answer_to_a_reply_stands_beneath_the_first_comment(network, state, video):
    thread = state.comment(video, "When?")
    reply = state.reply(thread, "Yes, when?")
    _prepared, receipt = answer(network, reply)
    assert state.comments[receipt.ref.uri].thread == thread


@pytest.mark.parametrize(
    "message",
    [
        Message("A post"),
        Message("", reply_to=Ref("Ugw1")),
        Message("x", reply_to=Ref("no id at all/../")),
        Message("x", reply_to=Ref("Ugw1"), media=(Media.from_bytes(b"x", "image/jpeg"),)),
    ],
)
def test_what_cannot_be_a_comment_is_refused_before_it_is_sent(network, server, message):  # noqa: F811
    with pytest.raises(Refused):
        network.prepare(message, {})
    assert server.requests == []


def test_an_answer_to_what_is_gone_is_a_clear_no(network, state, video):
    comment = state.comment(video, "When?")
    state.remove(comment)
    with pytest.raises(Gone):
        answer(network, comment)


def test_an_answer_that_is_too_long_is_a_clear_no(network, state, video):
    with pytest.raises(Refused):
        answer(network, state.comment(video, "When?"), "x" * 10_001)


def test_a_lost_answer_is_found_again_and_stands_there_once(network, state, video, server):  # noqa: F811
    comment = state.comment(video, "When?")
    since = datetime.now(UTC)
    server.faults.append(Fault(lambda request: request.method == "POST", None))
    with pytest.raises(OutcomeUnknown):
        answer(network, comment)
    prepared = network.prepare(Message("Thank you, it opens in May.", reply_to=Ref(comment)), {})
    found = network.read_back(prepared, "x", since)
    assert found.found is not None
    assert [row.author for row in state.replies(comment)] == [OURS]
    assert state.comments[found.found.uri].text == "Thank you, it opens in May."


def test_an_answer_that_never_arrived_is_proved_absent_in_a_thread_read_to_its_end(network, state, video):
    comment = state.comment(video, "When?")
    state.reply(comment, "Thank you, it opens in May.")  # a reader says the same
    state.reply(comment, "Something else", OURS)
    state.reply(comment, "Thank you, it opens in May.", OURS, at=datetime.now(UTC) - timedelta(days=2))
    prepared = network.prepare(Message("Thank you, it opens in May.", reply_to=Ref(comment)), {})
    result = network.read_back(prepared, "x", datetime.now(UTC))
    assert (result.found, result.absent) == (None, True)


def test_a_thread_that_could_not_be_read_to_its_end_proves_nothing(network, state, video, server):  # noqa: F811
    server.page_size = 2
    comment = state.comment(video, "When?")
    for number in range(30):
        state.reply(comment, f"Reply {number}")
    prepared = network.prepare(Message("Never sent", reply_to=Ref(comment)), {})
    result = network.read_back(prepared, "x", datetime.now(UTC))
    assert (result.found, result.absent) == (None, False)


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (answer_json(error_body(400, "processingFailure"), 400), OutcomeUnknown),
        (answer_json(error_body(500, "backendError"), 500), OutcomeUnknown),
        (answer_json(error_body(403, "forbidden"), 403), Refused),
        (answer_json(error_body(403, "commentsDisabled"), 403), Refused),
        (answer_json(error_body(403, "ineligibleAccount"), 403), Refused),
        (answer_json("a string"), OutcomeUnknown),
        (answer_json({"id": "Ugw1"}), OutcomeUnknown),
        (answer_json({"id": ["Ugw1"], "snippet": {}}), OutcomeUnknown),
        (answer_json({"id": "Another.thread", "snippet": {}}), OutcomeUnknown),
    ],
)
def test_what_an_answer_to_a_sending_means(network, state, video, server, response, error):  # noqa: F811
    comment = state.comment(video, "When?")
    server.faults.append(Fault(lambda request: request.method == "POST", response))
    with pytest.raises(error):
        answer(network, comment)


def test_a_request_that_youtube_could_not_process_is_tried_again_when_it_only_reads(network, server):  # noqa: F811
    server.faults.append(Fault(lambda request: True, answer_json(error_body(400, "processingFailure"), 400)))
    with pytest.raises(Temporary):
        network.verify()


def test_a_web_page_instead_of_json_is_a_bad_answer(network, server):  # noqa: F811
    page = answer_json({})
    page.set_data("<!doctype html><p>Welcome")
    server.faults.append(Fault(lambda request: True, page))
    with pytest.raises(BadAnswer):
        network.verify()


def test_an_answer_is_corrected_and_deleted(network, state, video):
    comment = state.comment(video, "When?")
    _prepared, receipt = answer(network, comment)
    network.edit(receipt.ref, network.prepare(Message("In June.", reply_to=Ref(comment)), {}))
    assert state.comments[receipt.ref.uri].text == "In June."
    network.delete(receipt.ref)
    network.delete(receipt.ref)
    assert receipt.ref.uri not in state.comments


# hiding, presence


def test_a_comment_is_hidden_and_shown_again(network, state, video):
    comment = state.comment(video, "Rude")
    for _time in range(2):
        network.operate(comment, ReaderOperation.HIDE)
        assert state.comments[comment].status == "heldForReview"
    assert network.check([comment]) == {comment: Presence.HIDDEN}
    network.operate(comment, ReaderOperation.UNHIDE)
    assert state.comments[comment].status == "published"
    assert network.check([comment]) == {comment: Presence.ALIVE}


def test_under_anothers_video_nothing_can_be_hidden(network, state):
    comment = state.comment(state.upload("UCother"), "Rude")
    with pytest.raises(Refused):
        network.operate(comment, ReaderOperation.HIDE)


def test_a_comment_that_is_gone_cannot_be_hidden(network):
    with pytest.raises(Gone):
        network.operate("Ugw404", ReaderOperation.HIDE)


def test_what_was_deleted_is_gone_and_the_others_are_there(network, state, video):
    there = [state.comment(video, f"{number}") for number in range(60)]
    thread = there[0]
    reply = state.reply(thread, "x")
    state.remove(there[5])
    state.remove(reply)
    result = network.check([*there, reply, "", "no id/.."])
    assert [name for name, presence in result.items() if presence is Presence.DELETED] == [there[5], reply]
    assert result[""] is Presence.UNKNOWN
    assert result[there[59]] is Presence.ALIVE


@pytest.mark.parametrize("status", [500, 403, 401, 404])
def test_a_failed_check_is_no_deletion(network, state, video, server, status):  # noqa: F811
    comment = state.comment(video, "x")
    trouble = answer_json(error_body(status, "backendError"), status)
    server.faults.append(Fault(lambda request: request.path.endswith("/comments"), trouble))
    assert network.check([comment]) == {comment: Presence.UNKNOWN}


def test_what_is_missing_is_unknown_while_what_is_held_back_cannot_be_seen(network, state, video, server):  # noqa: F811
    comment = state.comment(video, "x")
    state.remove(comment)
    trouble = answer_json(error_body(500, "backendError"), 500)
    server.faults.append(Fault(lambda request: "moderationStatus" in request.args, trouble))
    assert network.check([comment]) == {comment: Presence.UNKNOWN}
