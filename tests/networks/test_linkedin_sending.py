"""Publishing on a LinkedIn page, correcting, deleting and reading back, against a double that follows LinkedIn's pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from smeditor.exceptions import AuthExpired, Gone, OutcomeUnknown, RateLimited, Refused, Temporary, UnsupportedFeature
from smeditor.networks.base import Card, Guarantee, Kind, Message, Prepared, ReaderOperation, Ref
from tests.networks.doubles.base import Fault
from tests.networks.doubles.linkedin import rules
from tests.networks.doubles.linkedin.readers import ORGANIZATION, READER
from tests.networks.linkedin_steps import NOW, image, linkedin_server, opened, prepared, publish
from tests.networks.telegram_steps import Wire


@pytest.fixture(scope="module")
def server():
    with linkedin_server() as double:
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


def shown(double, receipt):
    return rules.rendered(double.posts[receipt.ref.uri]["commentary"])


def just_now():
    return datetime.now(UTC)


# texts


def test_a_text_arrives_as_it_was_written(double, network):
    text = "« Où va l’eau ? » (enquête) #économie @maire [1] a_b *c* ~d <e> {f} | \\ → ✅ 👩🏽‍🚒\n\nhttps://example.org/a_b?c=1"
    receipt = publish(network, text)
    assert shown(double, receipt) == text
    assert receipt.ref.url == f"https://www.linkedin.com/feed/update/{receipt.ref.uri}/"


def test_the_longest_text_is_taken_and_one_more_is_refused(network):
    longest = "(é" * 1500
    assert network.count(longest) == network.limits().max_length == 3000
    publish(network, longest)
    with pytest.raises(Refused):
        publish(network, longest + "x")


def test_the_page_speaks_and_not_the_member(double, network):
    assert double.posts[publish(network, "x").ref.uri]["author"] == ORGANIZATION


def test_a_card_is_given_title_text_and_picture(double, network):
    card = Card("https://example.org/eau?sme=a", "L’eau (1/2)", "Où va-t-elle ?", image(data=b"\xff\xd8 card"))
    article = double.posts[publish(network, Message("Enquête", card=card)).ref.uri]["content"]["article"]
    assert (article["source"], article["title"], article["description"]) == (card.url, card.title, card.description)
    assert double.assets[article["thumbnail"]]["data"] == b"\xff\xd8 card"


def test_a_card_without_a_picture_goes_without(double, network):
    card = Card("https://example.org/eau", "T" * 500, "")
    article = double.posts[publish(network, Message("x", card=card)).ref.uri]["content"]["article"]
    assert article == {"source": card.url, "title": "T" * 400}


# nobody hears it twice


def test_it_says_that_it_reads_back(network):
    assert network.capabilities.guarantee is Guarantee.READ_BACK
    assert network.capabilities.read_back
    assert not network.capabilities.idempotent_send


@pytest.mark.parametrize(
    "message",
    [
        Message("Avec (lien) https://example.org/?sme=a_1", link="https://example.org/?sme=a_1"),
        Message("Carte", card=Card("https://example.org/?sme=b", "T", ""), link="https://example.org/?sme=b"),
        Message("Sans lien, #mais avec (des) signes_"),
        Message("Le lien ailleurs", link="https://example.org/?sme=c"),
    ],
)
def test_a_post_whose_answer_was_lost_is_found_again(double, network, message):
    publish(network, "Un autre https://example.org/?sme=a_12")
    ready = prepared(network, message)
    double.faults.append(Fault(lambda request: request.method == "POST" and request.path == "/rest/posts", None))
    since = just_now()
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "i", since)
    found = network.read_back(ready, "i", since).found
    assert shown(double, type("R", (), {"ref": found})) == message.text
    assert len(double.posts) == 2


def test_a_post_that_never_left_is_proved_absent(double, network, wire):
    for place in range(3):
        publish(network, f"Autre {place}")
    ready = prepared(network, "Jamais")
    wire.answers.append(httpx.ReadTimeout("swallowed"))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "i", just_now())
    result = network.read_back(ready, "i", just_now())
    assert (result.found, result.absent) == (None, True)


def test_absence_is_not_read_from_a_part(double, network):
    double.page_size = 1
    for place in range(10):
        publish(network, f"Autre {place}")
    result = network.read_back(prepared(network, "Jamais"), "i", just_now())
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_absence_is_not_read_from_a_list_without_order(double, network):
    for place in range(3):
        publish(network, f"Autre {place}")
    ready = prepared(network, "Jamais")
    old = int((just_now() - timedelta(hours=1)).timestamp() * 1000)
    posts = list(double.posts.values())
    elements = [{**posts[0], "createdAt": old}, posts[1]]
    network.api.pages = lambda *args, **kwargs: iter(
        [type("P", (), {"elements": elements, "ended": True, "last": True})()]
    )
    assert not network.read_back(ready, "i", just_now()).absent


def test_a_read_back_that_fails_proves_nothing(network, wire):
    ready = prepared(network, "x")
    wire.answers.append(httpx.Response(500, json={"status": 500}))
    with pytest.raises(Temporary):
        network.read_back(ready, "i", just_now())


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"status": 500, "code": "INTERNAL_SERVER_ERROR"}),
        httpx.Response(502, text="<html>Bad Gateway</html>"),
        httpx.Response(504),
        httpx.Response(201),
        httpx.Response(201, headers={"x-restli-id": "nonsense"}),
        httpx.Response(200, text="<!doctype html>"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_a_send_without_a_clear_answer_has_an_unknown_outcome(network, wire, answer):
    ready = prepared(network, "Qui sait")
    wire.answers.append(answer)
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "i", NOW)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"code": "EXPIRED_ACCESS_TOKEN"}, AuthExpired),
        (401, {"code": "REVOKED_ACCESS_TOKEN"}, AuthExpired),
        (403, {"code": "ACCESS_DENIED", "serviceErrorCode": 100}, AuthExpired),
        (400, {"code": "FIELD_LENGTH_TOO_LONG"}, Refused),
        (409, {"code": "CONFLICT"}, Temporary),
        (422, {"errorDetails": {"inputErrors": [{"code": "DUPLICATE_POST"}]}}, Refused),
        (426, {"code": "NONEXISTENT_VERSION"}, Refused),
    ],
)
def test_every_refusal_says_whether_it_may_be_tried_again(network, wire, status, body, error):
    ready = prepared(network, "x")
    wire.answers.append(httpx.Response(status, json={"status": status, "message": "said", **body}))
    with pytest.raises(error) as caught:
        network.send(ready, "i", NOW)
    assert type(caught.value) is error
    assert caught.value.sentence


def test_a_text_that_is_there_already_is_refused_in_an_editor_s_words(double, network):
    publish(network, "Deux fois")
    with pytest.raises(Refused, match="published already") as caught:
        publish(network, "Deux fois")
    assert caught.value.code == "DUPLICATE_POST"
    assert len(double.posts) == 1


@pytest.mark.parametrize(
    ("message", "least", "most"),
    [
        (
            "Resource level throttle MEMBER DAY limit for calls to this resource is reached.",
            timedelta(0),
            timedelta(days=1),
        ),
        (
            "Comment create throttled: creation rate limit exceeded for member",
            timedelta(seconds=50),
            timedelta(minutes=1),
        ),
        ("TOO_MANY_REQUESTS", timedelta(minutes=4), timedelta(minutes=5)),
    ],
)
def test_too_many_requests_say_when_to_come_back(network, wire, message, least, most):
    ready = prepared(network, "x")
    wire.answers.append(httpx.Response(429, json={"status": 429, "code": "TOO_MANY_REQUESTS", "message": message}))
    with pytest.raises(RateLimited) as caught:
        network.send(ready, "i", NOW)
    assert least < caught.value.wait <= most
    if "DAY" in message:
        assert (caught.value.until.hour, caught.value.until.minute) == (0, 0)


def test_a_version_that_was_switched_off_is_named(double, network):
    double.versions = range(203001, 203013)
    with pytest.raises(Refused, match="202608"):
        publish(network, "x")


def test_another_version_is_spoken_where_an_administrator_says_so(double):
    double.versions = range(203001, 203013)
    publish(opened(double, keys={"client_id": "x", "client_secret": "y", "api_version": "203001"}), "x")


# correcting and deleting


def test_a_text_can_be_corrected(double, network):
    receipt = publish(network, "Fautte (1)")
    assert network.edit(receipt.ref, prepared(network, "Faute (1) #eau")).ref == receipt.ref
    assert shown(double, receipt) == "Faute (1) #eau"


def test_a_correction_whose_answer_was_lost_is_unknown(double, network, wire):
    receipt, ready = publish(network, "x"), prepared(network, "y")
    wire.answers.append(httpx.ReadTimeout("lost"))
    with pytest.raises(OutcomeUnknown):
        network.edit(receipt.ref, ready)


def test_a_correction_of_what_is_gone_says_so(network):
    receipt = publish(network, "x")
    network.delete(receipt.ref)
    with pytest.raises(Gone):
        network.edit(receipt.ref, prepared(network, "y"))


def test_a_post_can_be_deleted_twice(double, network):
    receipt = publish(network, "x")
    network.delete(receipt.ref)
    network.delete(receipt.ref)
    assert double.posts == {}


def test_what_a_person_found_by_its_address_can_be_deleted(double, network):
    receipt = publish(network, "x")
    assert network.ref_at(receipt.ref.url).uri == receipt.ref.uri
    with pytest.raises(Refused, match="leads to no post"):
        network.ref_at("https://www.linkedin.com/company/the-paper/")
    network.delete(Ref(receipt.ref.url))
    assert double.posts == {}


# comments of ours


def test_a_first_comment_stands_beneath_the_post_and_is_not_escaped(double, network):
    post = publish(network, "x")
    receipt = publish(network, Message("Le lien (ici) : https://example.org/a_b #eau", reply_to=post.ref, comment=True))
    comment = double.comments[receipt.ref.uri]
    assert comment["message"]["text"] == "Le lien (ici) : https://example.org/a_b #eau"
    assert (comment["actor"], comment["_thread"]) == (ORGANIZATION, post.ref.uri)
    assert "commentUrn=" in receipt.ref.url


def test_an_answer_hangs_beneath_the_comment(double, network):
    post = publish(network, "x")
    asked = double.add_comment(post.ref.uri, "Et la nappe ?")["commentUrn"]
    receipt = publish(network, Message("Elle baisse.", reply_to=Ref(asked), answers=Kind.COMMENT, comment=True))
    assert double.comments[receipt.ref.uri]["parentComment"] == asked


def test_an_answer_to_an_answer_hangs_beneath_its_parent(double, network):
    post = publish(network, "x")
    asked = double.add_comment(post.ref.uri, "Un")["commentUrn"]
    deeper = double.add_comment(post.ref.uri, "Deux", READER, asked)["commentUrn"]
    receipt = publish(network, Message("Trois", reply_to=Ref(deeper), answers=Kind.COMMENT, comment=True))
    assert double.comments[receipt.ref.uri]["parentComment"] == asked


def test_a_comment_whose_answer_was_lost_is_found_again_or_proved_absent(double, network):
    post = publish(network, "x")
    ready = prepared(network, Message("Une fois", reply_to=post.ref, comment=True))
    since = just_now()
    assert network.read_back(ready, "i", since).absent
    double.faults.append(Fault(lambda request: request.path.endswith("/comments") and request.method == "POST", None))
    with pytest.raises(OutcomeUnknown):
        network.send(ready, "i", since)
    assert network.read_back(ready, "i", since).found.uri in double.comments
    assert len(double.comments) == 1


def test_a_comment_can_be_corrected_and_deleted(double, network):
    post = publish(network, "x")
    comment = publish(network, Message("Fautte", reply_to=post.ref, comment=True))
    network.edit(comment.ref, prepared(network, Message("Faute", reply_to=post.ref, comment=True)))
    assert double.comments[comment.ref.uri]["message"]["text"] == "Faute"
    network.delete(comment.ref)
    network.delete(comment.ref)
    assert double.comments == {}


def test_a_comment_that_is_too_long_is_refused_before_anything_leaves(double, network):
    with pytest.raises(Refused, match="1250"):
        network.prepare(Message("é" * 1251, reply_to=Ref("urn:li:share:1"), comment=True), {})
    assert double.requests == []


def test_an_answer_to_a_comment_that_is_gone_is_not_sent(double, network):
    post = publish(network, "x")
    asked = double.add_comment(post.ref.uri, "Un")["commentUrn"]
    del double.comments[asked]
    with pytest.raises(Gone):
        prepared(network, Message("Deux", reply_to=Ref(asked), answers=Kind.COMMENT))


def test_closed_comments_do_not_cost_the_account_its_token(double, network):
    post = publish(network, "x")
    double.posts[post.ref.uri]["_closed"] = True
    with pytest.raises(Refused, match="closed"):
        publish(network, Message("y", reply_to=post.ref, comment=True))


def test_a_comment_is_liked_and_unliked_in_the_page_s_name_any_number_of_times(double, network):
    post = publish(network, "x")
    asked = double.add_comment(post.ref.uri, "Merci")["commentUrn"]
    for operation, liked in [
        (ReaderOperation.LIKE, True),
        (ReaderOperation.LIKE, True),
        (ReaderOperation.UNLIKE, False),
        (ReaderOperation.UNLIKE, False),
    ]:
        network.operate(asked, operation)
        assert ((ORGANIZATION, asked) in double.reactions) is liked


def test_what_linkedin_does_not_offer_is_refused_honestly(network):
    with pytest.raises(UnsupportedFeature):
        network.operate("urn:li:comment:(urn:li:activity:1,2)", ReaderOperation.HIDE)
    with pytest.raises(Gone):
        network.operate("nonsense", ReaderOperation.LIKE)


def test_what_is_stored_and_cannot_be_read_is_refused(network):
    with pytest.raises(Refused):
        network.send(Prepared({}), "i", NOW)
