"""What is published on a page: each kind, step by step, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from smeditor.exceptions import OutcomeUnknown, Refused, UnsupportedFeature
from smeditor.networks.base import Card, Kind, Media, MediaKind, Message, Prepared, Progress, Ref
from smeditor.text.links import with_token
from tests.networks.contract_steps import fully_prepared, fully_prepared_from, picture, steps_of, token
from tests.networks.doubles.graph import GraphError
from tests.networks.facebook_account import FacebookAccount, facebook_account, facebook_server
from tests.networks.harness import Fault

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


def article(word: str) -> str:
    return with_token("https://gazette.example/eau", word)


def linked(word: str, text: str = "L’eau monte") -> Message:
    return Message(text, card=Card(article(word), "L’eau", "Enquête"), link=article(word))


def the_post(page: FacebookAccount):
    [post] = page.server.posts_of(page.server.page)
    return post


# each kind


def test_a_text_is_made_unpublished_and_then_published(page):
    prepared = fully_prepared(page.network, Message("Bonjour"))
    assert page.server.posts_of(page.server.page) == []
    receipt = page.network.send(prepared, "id", NOW)
    post = the_post(page)
    assert (post.data["message"], post.data["is_published"], receipt.ref.uri) == ("Bonjour", True, post.id)
    [made] = page.requests_to("POST", "/feed")
    assert page.form(made) == {"message": "Bonjour", "published": "false", "unpublished_content_type": "DRAFT"}


def test_a_link_is_shown_as_a_card(page):
    page.publish(linked("abc"))
    [attachment] = the_post(page).hidden["attachments"]
    assert attachment["unshimmed_url"] == article("abc")


def test_a_picture_with_alt_text_is_a_post_and_no_album(page):
    page.publish(Message("La digue", media=(picture("Une digue rompue"),)))
    [attachment] = the_post(page).hidden["attachments"]
    assert attachment["photo"].data["alt_text_custom"] == "Une digue rompue"
    assert the_post(page).data["message"] == "La digue"


def test_several_pictures_keep_their_order_in_one_post(page):
    alts = [f"Image {number}" for number in range(4)]
    page.publish(Message("Quatre", media=tuple(picture(alt) for alt in alts)))
    assert [item["photo"].data["alt_text_custom"] for item in the_post(page).hidden["attachments"]] == alts


def test_a_card_wins_over_pictures_unless_the_text_has_the_link(page):
    card = Card(article("a"), "L’eau", "")
    page.publish(Message("Sans lien", card=card, media=(picture("x"),)))
    assert the_post(page).hidden["attachments"][0]["media_type"] == "link"
    page.publish(Message(f"Avec {article('a')}", card=card, media=(picture("x"),)))
    assert page.server.posts_of(page.server.page)[0].hidden["attachments"][0]["media_type"] == "photo"


def test_a_first_comment_stands_under_the_post(page):
    post = page.publish("Un").ref
    comment = page.publish(Message(f"La suite : {article('c')}", reply_to=post, comment=True)).ref
    [found] = page.server.comments_under(page.server.nodes[post.uri], stream=True)
    assert (found.id, found.data["from"]["id"]) == (comment.uri, page.server.page.id)


def test_a_comment_with_a_picture_has_it_attached(page):
    post = page.publish("Un").ref
    page.publish(Message("Voyez", reply_to=post, comment=True, media=(picture("Carte"),)))
    [found] = page.server.comments_under(page.server.nodes[post.uri], stream=True)
    assert found.data["attachment"]["type"] == "photo"


def test_an_answer_stands_under_the_readers_comment(page):
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Et la nappe ?")
    page.publish(Message("Bientôt.", reply_to=Ref(comment), root=post, answers=Kind.COMMENT, comment=True))
    [found] = page.server.comments_under(page.server.nodes[comment], stream=True)
    assert found.data["message"] == "Bientôt."


def test_an_answer_to_an_answer_stands_beneath_the_same_comment(page):
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Et la nappe ?")
    deeper = page.server.comment(comment, "Oui, la nappe ?")
    page.publish(Message("Bientôt.", reply_to=Ref(deeper), root=post, answers=Kind.COMMENT, comment=True))
    found = page.server.comments_under(page.server.nodes[comment], stream=True)
    assert [answer.data["message"] for answer in found] == ["Oui, la nappe ?", "Bientôt."]


def test_a_mention_is_answered_with_a_comment(page):
    mention = page.server.mention("@La Gazette, vous avez vu ?")
    page.publish(Message("Oui.", reply_to=Ref(mention), answers=Kind.MENTION))
    [found] = page.server.comments_under(page.server.nodes[mention], stream=True)
    assert found.data["message"] == "Oui."


@pytest.mark.parametrize(
    ("media", "sentence"),
    [
        ((Media.from_bytes(b"GIF89a", "image/gif", kind=MediaKind.ANIMATION),), "images and videos only"),
        ((picture("x"), Media.from_bytes(b"x", "video/mp4", kind=MediaKind.VIDEO)), "one video"),
    ],
)
def test_what_a_post_cannot_hold_is_refused_before_anything_is_sent(page, media, sentence):
    with pytest.raises(UnsupportedFeature, match=sentence):
        page.network.prepare(Message("Non", media=media), {})
    assert page.transport.requests == []


def test_a_comment_that_is_too_long_is_refused_with_its_limit(page):
    with pytest.raises(Refused, match="8000"):
        page.network.prepare(Message("é" * 8001, reply_to=Ref("1_2"), comment=True), {})


# in steps


def test_preparing_goes_on_where_a_worker_was_killed(page):
    message = Message("Trois", media=tuple(picture(f"Image {number}") for number in range(3)))
    steps = steps_of(page.network, message)
    first, second = next(steps), next(steps)
    assert isinstance(first, Progress)
    assert isinstance(second, Progress)
    prepared = fully_prepared_from(page.network_with(), message, json.loads(json.dumps(second.so_far)))
    page.network.send(prepared, "id", NOW)
    assert len(page.requests_to("POST", "/photos")) == 3
    assert len(the_post(page).hidden["attachments"]) == 3


def test_what_was_prepared_of_another_picture_is_not_used(page):
    first = page.network.prepare(Message("Un", media=(picture("a"), picture("b"))), {})
    other = Media.from_bytes(picture("c").read() + b"\0", "image/png", "c")
    page.network.send(fully_prepared_from(page.network, Message("Un", media=(other,)), first.so_far), "id", NOW)
    [attachment] = the_post(page).hidden["attachments"]
    assert attachment["photo"].data["alt_text_custom"] == "c"


def test_photos_that_facebook_forgot_are_uploaded_once_more(page):
    message = Message("Hier", media=(picture("a"),))
    so_far = page.network.prepare(message, {}).so_far
    page.server.nodes[so_far["photos"][0]].hidden["gone"] = True
    page.network.send(fully_prepared_from(page.network, message, so_far), "id", NOW)
    assert len(the_post(page).hidden["attachments"]) == 1
    for _time in range(2):
        page.server.fail(lambda method, path: path.endswith("/feed"), GraphError(100, "Invalid parameter"))
    with pytest.raises(Refused):
        fully_prepared(page.network, message)


@pytest.mark.parametrize(
    "so_far", [{"photos": "1"}, {"photos": [{}]}, {"photos": ["../me"]}, {"video": []}, {"parent": 7}, {"digests": 1}]
)
def test_a_progress_that_a_stranger_wrote_is_begun_anew(page, so_far):
    message = Message("Un", media=(picture("a"),))
    so_far = {"digests": [picture("a").digest], **so_far}
    page.network.send(fully_prepared_from(page.network, message, so_far), "id", NOW)
    assert len(the_post(page).hidden["attachments"]) == 1


@pytest.mark.parametrize("body", [{}, {"way": "nonsense"}, {"way": "publish"}, {"way": "publish", "post": "me/feed"}])
def test_a_prepared_message_that_a_stranger_wrote_is_not_sent(page, body):
    with pytest.raises(Refused):
        page.network.send(Prepared(body), "id", NOW)
    assert page.transport.requests == []


def test_preparing_says_how_far_it_is_and_until_when_it_holds(page):
    step = page.network.prepare(Message("Deux", media=(picture("a"), picture("b"))), {})
    assert step.sentence == "1 of 2 images are uploaded."
    assert step.good_until > NOW + timedelta(hours=10)


# once


def test_publishing_the_same_post_again_changes_nothing(page):
    prepared = fully_prepared(page.network, Message("Une fois"))
    first = page.network.send(prepared, "id", NOW)
    second = page.network.send(Prepared.from_json(prepared.as_json()), "id", NOW)
    assert first.ref == second.ref
    assert len(page.server.posts_of(page.server.page)) == 1


def test_a_lost_answer_is_resolved_by_asking_for_the_post(page):
    prepared = fully_prepared(page.network, Message("Une fois"))
    page.transport.waiting.append((Fault.LOST_ANSWER, True))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)
    assert page.network.read_back(prepared, "id", NOW).found.uri == the_post(page).id


def test_a_request_that_never_arrived_is_proved_absent_by_one_answer(page):
    prepared = fully_prepared(page.network, Message("Jamais"))
    page.transport.waiting.append((Fault.TIMEOUT, True))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)
    result = page.network.read_back(prepared, "id", NOW)
    assert (result.found, result.absent) == (None, True)


def test_an_unpublished_post_that_is_gone_proves_nothing(page):
    prepared = fully_prepared(page.network, Message("Parti"))
    page.server.nodes[prepared.body["post"]].hidden["gone"] = True
    result = page.network.read_back(prepared, "id", NOW)
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_an_error_while_publishing_that_went_through_leaves_it_unknown(page):
    prepared = fully_prepared(page.network, Message("Publié quand même"))
    page.server.fail(
        lambda method, path: method == "POST", GraphError(2, "Service temporarily unavailable"), carried_out=True
    )
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)
    assert page.network.read_back(prepared, "id", NOW).found


@pytest.mark.parametrize("answer", ["{}", '{"success": false}', "[]", "null", '{"id": 7}'])
def test_an_answer_that_confirms_nothing_leaves_it_unknown(page, answer):
    prepared = fully_prepared(page.network, Message("Qui sait"))
    page.transport.inner = httpx.MockTransport(lambda request: httpx.Response(200, text=answer))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)


def test_a_comment_whose_answer_was_lost_is_found_among_the_comments(page):
    post = page.publish("Un").ref
    message = Message(f"Suite {token()}", reply_to=post, comment=True)
    prepared = fully_prepared(page.network, message)
    page.transport.waiting.append((Fault.LOST_ANSWER, True))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)
    [comment] = page.server.comments_under(page.server.nodes[post.uri], stream=True)
    assert page.network.read_back(prepared, "id", NOW).found.uri == comment.id


def test_a_comment_that_a_reader_copied_is_not_taken_for_ours(page):
    post = page.publish("Un").ref
    prepared = fully_prepared(page.network, Message("Suite", reply_to=post, comment=True))
    page.server.comment(post.uri, "Suite")
    result = page.network.read_back(prepared, "id", NOW)
    assert (result.found, result.absent) == (None, True)


# in one request, where an administrator chose that


@pytest.fixture
def direct(page):
    return page.network_with(publish_directly="yes")


def test_a_post_in_one_request_is_public_at_once(page, direct):
    receipt = page.publish(Message("D’un coup", media=(picture("a"),)), direct)
    assert receipt.ref.uri == the_post(page).id
    [made] = page.requests_to("POST", "/feed")
    assert page.form(made)["published"] == "true"


@pytest.mark.parametrize("message", [linked("zq1"), Message(f"Avec {article('zq1')}"), Message("Sans lien")])
def test_a_post_in_one_request_is_read_back_by_link_or_text(page, direct, message):
    page.publish("Un autre")
    prepared = fully_prepared(direct, message)
    page.transport.waiting.append((Fault.LOST_ANSWER, True))
    with pytest.raises(OutcomeUnknown):
        direct.send(prepared, "id", NOW)
    assert direct.read_back(prepared, "id", NOW).found.uri == page.server.posts_of(page.server.page)[0].id


def test_a_post_in_one_request_that_never_arrived_is_absent_when_all_was_read(page, direct):
    for number in range(3):
        page.publish(f"Autre {number}")
    result = direct.read_back(fully_prepared(direct, linked("zq2")), "id", NOW)
    assert (result.found, result.absent, result.checked) == (None, True, 3)


def test_a_link_whose_beginning_is_the_same_is_another_link(page, direct):
    page.publish(linked("zq2b"))
    assert direct.read_back(fully_prepared(direct, linked("zq2")), "id", NOW).found is None


def test_a_post_by_hand_with_the_same_text_is_not_ours(page, direct):
    by_hand = page.server.new_post(page.server.page, message="Sans lien")
    by_hand.data["application"] = {"id": "999"}
    assert direct.read_back(fully_prepared(direct, Message("Sans lien")), "id", NOW).found is None


def test_absence_is_not_read_from_a_part(page, direct):
    for number in range(1100):
        page.server.new_post(page.server.page, message=f"Autre {number}")
    result = direct.read_back(fully_prepared(direct, linked("zq3")), "id", NOW)
    assert (result.found, result.absent) == (None, False)
    assert "1000" in result.note


def test_a_duplicate_in_one_request_is_looked_for(page, direct):
    page.publish("Deux fois", direct)
    with pytest.raises(OutcomeUnknown) as caught:
        page.publish("Deux fois", direct)
    assert caught.value.code == "506"
