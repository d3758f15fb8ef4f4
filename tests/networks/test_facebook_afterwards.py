"""What is corrected, deleted, refused and not shown of what was published on a page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smeditor.exceptions import AuthExpired, Gone, OutcomeUnknown, Refused, Temporary
from smeditor.networks.base import Card, Media, Message, Prepared, Ref
from smeditor.networks.facebook.payload import Way
from smeditor.text.links import with_token
from tests.networks.contract_steps import fully_prepared, picture
from tests.networks.doubles.graph import GraphError
from tests.networks.facebook_account import FacebookAccount, facebook_account, facebook_server

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


# afterwards


def test_a_text_is_corrected_in_its_place(page):
    ref = page.publish("Fautte").ref
    receipt = page.network.edit(ref, fully_prepared(page.network, Message("Faute")))
    assert (receipt.ref, page.server.nodes[ref.uri].data["message"]) == (ref, "Faute")


def test_what_was_prepared_for_a_correction_does_not_lie_around(page):
    ref = page.publish("Fautte").ref
    prepared = fully_prepared(page.network, Message("Faute"))
    page.network.edit(ref, prepared)
    assert page.server.nodes[prepared.body["post"]].hidden["gone"]
    assert [post.id for post in page.server.posts_of(page.server.page)] == [ref.uri]


def test_a_comment_is_corrected_in_its_place(page):
    post = page.publish("Un").ref
    comment = page.publish(Message("Suitte", reply_to=post, comment=True)).ref
    page.network.edit(comment, fully_prepared(page.network, Message("Suite", reply_to=post, comment=True)))
    assert page.server.nodes[comment.uri].data["message"] == "Suite"


def test_what_another_app_has_published_is_not_edited(page):
    by_hand = page.server.new_post(page.server.page, message="À la main")
    with pytest.raises(Refused, match="created by your app"):
        page.network.edit(Ref(by_hand.id), Prepared({"way": Way.PUBLISH, "text": "Non"}))


def test_posts_and_comments_are_deleted_and_stay_deleted(page):
    post = page.publish("Un").ref
    comment = page.publish(Message("Suite", reply_to=post, comment=True)).ref
    for ref in (comment, comment, post, post):
        page.network.delete(ref)
    assert page.server.nodes[post.uri].hidden["gone"]
    assert page.server.nodes[comment.uri].hidden["gone"]


def test_what_is_still_there_is_not_called_deleted(page):
    ref = page.publish("Un").ref
    page.server.fail(lambda method, path: method == "DELETE", GraphError(100, "Unsupported delete request", 33))
    with pytest.raises(Refused, match="does not let the desk delete"):
        page.network.delete(ref)


def test_a_deletion_that_cannot_be_confirmed_stays_open(page):
    ref = page.publish("Un").ref
    page.server.fail(lambda method, path: method == "DELETE", GraphError(100, "Unsupported delete request", 33))
    page.server.fail(lambda method, path: method == "GET", GraphError(2, "Service unavailable"))
    with pytest.raises(OutcomeUnknown):
        page.network.delete(ref)


# what is refused


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (GraphError(190, "Session has expired", 463), AuthExpired),
        (GraphError(200, "Requires pages_manage_posts permission to manage the object"), AuthExpired),
        (GraphError(100, "Invalid parameter"), Refused),
        (GraphError(368, "The action attempted has been deemed abusive or is otherwise disallowed"), Refused),
        (GraphError(1, "An unknown error occurred"), OutcomeUnknown),
        (GraphError(2, "Service temporarily unavailable"), OutcomeUnknown),
        (GraphError(9999, "Something new"), OutcomeUnknown),
        (GraphError(100, "does not exist", 33), Gone),
    ],
)
def test_a_refused_publication_means_what_its_code_says(page, error, raised):
    prepared = fully_prepared(page.network, Message("Non"))
    page.server.fail(lambda method, path: method == "POST", error)
    with pytest.raises(raised):
        page.network.send(prepared, "id", NOW)


def test_an_error_while_preparing_is_tried_again(page):
    page.server.fail(lambda method, path: path.endswith("/feed"), GraphError(2, "Service temporarily unavailable"))
    with pytest.raises(Temporary):
        page.network.prepare(Message("Bientôt"), {})


def test_a_picture_that_is_none_is_refused_with_facebooks_sentence(page):
    with pytest.raises(Refused, match="invalid image"):
        page.network.prepare(Message("Non", media=(Media.from_bytes(b"BM", "image/png"),)), {})


# what is not shown


def test_it_is_said_where_a_link_is_not_shown(page):
    message = Message("Sans", media=(picture("a"),), link=article("a"))
    assert page.network.losses(message) == ["With images or a video Facebook shows no link: write it into the text."]
    assert page.network.losses(linked("a")) == []


def test_no_request_has_a_token_in_its_address(page):
    post = page.publish(linked("abc")).ref
    page.network.verify()
    page.network.collect({}, [post])
    assert page.transport.requests
    for request in page.transport.requests:
        assert page.server.token.value not in str(request.url)
        assert page.server.app.secret not in str(request.url)
