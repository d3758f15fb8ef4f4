"""What went wrong for others who do the same, tried here. Each test names the public report."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from smeditor.exceptions import OutcomeUnknown, RateLimited, Refused
from smeditor.networks.base import Kind, Message, Ref
from smeditor.networks.facebook import Facebook
from tests.networks.contract_steps import fully_prepared, picture
from tests.networks.doubles.facebook.server import SCOPES
from tests.networks.doubles.graph import GraphError, Sender, signature
from tests.networks.facebook_account import facebook_account, facebook_server

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def facebook():
    with facebook_server() as server:
        yield server


@pytest.fixture
def page(facebook):
    with facebook_account(facebook) as account:
        yield account


def walls(page):
    return page.server.posts_of(page.server.page)


def posting(method, path):
    return method == "POST"


def test_seven_copies_in_twenty_minutes_after_http_500(page):
    """https://github.com/arsduo/koala/issues/699: code 2, "Please retry your request later", and each try was published."""
    prepared = fully_prepared(page.network, Message("Une seule fois"))
    for _attempt in range(7):
        page.server.fail(posting, GraphError(2, "An unexpected error has occurred. Please retry"), carried_out=True)
        with pytest.raises(OutcomeUnknown):
            page.network.send(prepared, "id", NOW)
    assert len(walls(page)) == 1
    assert page.network.read_back(prepared, "id", NOW).found


def test_an_unknown_error_although_the_link_was_posted(page):
    """https://github.com/facebookarchive/php-graph-sdk/issues/1141: code 1, sub-code 99."""
    direct = page.network_with(publish_directly="yes")
    prepared = fully_prepared(direct, Message("Le lien y est"))
    page.server.fail(posting, GraphError(1, "unknown error occured", 99), carried_out=True)
    with pytest.raises(OutcomeUnknown):
        direct.send(prepared, "id", NOW)
    assert direct.read_back(prepared, "id", NOW).found.uri == walls(page)[0].id


def test_a_refusal_by_code_200_although_the_message_was_posted(page):
    """https://github.com/hybridauth/hybridauth/issues/219."""
    error = GraphError(200, "Posts where the actor is a page cannot also include a target_id")
    direct = page.network_with(publish_directly="yes")
    prepared = fully_prepared(direct, Message("Elle y est"))
    page.server.fail(posting, error, carried_out=True)
    with pytest.raises(OutcomeUnknown):
        direct.send(prepared, "id", NOW)
    assert direct.read_back(prepared, "id", NOW).found
    prepared = fully_prepared(page.network, Message("Celle-ci aussi"))
    page.server.fail(posting, error, carried_out=True)
    assert page.network.send(prepared, "id", NOW).ref.uri == walls(page)[0].id


def test_a_refusal_by_code_200_of_what_lies_there_unpublished_is_one(page):
    """The same code, where nothing was posted: the post itself is asked, and says so."""
    prepared = fully_prepared(page.network, Message("Pas publiée"))
    page.server.fail(posting, GraphError(200, "Permissions error"))
    with pytest.raises(Refused):
        page.network.send(prepared, "id", NOW)
    page.server.fail(posting, GraphError(200, "Permissions error"))
    page.server.fail(lambda method, path: method == "GET", GraphError(2, "Service unavailable"))
    with pytest.raises(OutcomeUnknown):
        page.network.send(prepared, "id", NOW)


def test_already_posted_is_evidence_and_no_refusal(page):
    """https://github.com/arsduo/koala/issues/422: code 368, "You've already posted this"."""
    direct = page.network_with(publish_directly="yes")
    page.server.fail(posting, GraphError(368, "You've already posted this. Posting the same content repeatedly…"))
    with pytest.raises(OutcomeUnknown):
        direct.send(fully_prepared(direct, Message("Encore")), "id", NOW)


def test_a_duplicate_status_message_is_evidence_and_no_refusal(page):
    """https://github.com/facebook-csharp-sdk/facebook-csharp-sdk/issues/119: code 506."""
    direct = page.network_with(publish_directly="yes")
    page.publish("Deux fois", direct)
    with pytest.raises(OutcomeUnknown):
        page.publish("Deux fois", direct)


def test_a_single_picture_is_a_post_and_no_picture_in_an_album(page):
    """https://github.com/gitroomhq/postiz-app/issues/1593."""
    ref = page.publish(Message("Avec image", media=(picture("Une digue"),))).ref
    assert ref.uri.startswith(f"{page.server.page.id}_")
    [made] = page.requests_to("POST", "/feed")
    assert "attached_media" in page.form(made)
    assert all("message" not in request.read().decode("latin-1") for request in page.requests_to("POST", "/photos"))


def test_pages_of_a_business_portfolio_that_the_list_leaves_out(page):
    """https://github.com/trypostit/trypost/pull/292: ``/me/accounts`` is empty, the granted page can be asked for."""
    page.server.page.hidden["unlisted"] = True
    token = page.server.user_token(
        page.server.person, page.server.app, SCOPES, targets=(page.server.page.id,), long_lived=True
    )
    [identity] = page.network_with(token.value, "").identities()
    assert (identity.profile.display_name, identity.note) == ("La Gazette", "")
    page.network_with(identity.credentials.secret["access_token"]).verify()


def test_a_person_without_pages_is_offered_none_and_no_error(page):
    """https://github.com/facebookarchive/php-graph-sdk/issues/1120."""
    token = page.server.user_token(page.server.reader, page.server.app, SCOPES)
    assert page.network_with(token.value, "").identities() == []


def test_comments_whose_author_is_not_told(page):
    """https://github.com/strohne/Facepager/issues/81, https://github.com/restfb/restfb/issues/1136: no ``from``."""
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Qui suis-je ?")
    scopes = [scope for scope in SCOPES if scope != "pages_read_user_content"]
    token = page.server.page_token(page.server.page, page.server.app, scopes, page.server.person)
    [item] = page.network_with(token.value).collect({}, [post]).inbound
    assert (item.author.remote_id, item.author.display_name) == (f"unknown:{comment}", "")


@pytest.mark.parametrize("escaped", [True, False])
def test_signatures_over_accents_and_emoji(escaped):
    """https://github.com/messenger4j/messenger4j/issues/16, https://github.com/wit-ai/node-wit/issues/61: bytes count."""
    value = {"item": "comment", "verb": "add", "message": "éàçè 👩🏽‍🚒 </b>"}
    data = {"object": "page", "entry": [{"id": "1", "time": 1, "changes": [{"field": "feed", "value": value}]}]}
    body = json.dumps(data, ensure_ascii=escaped).replace("/", "\\/" if escaped else "/").encode()
    sender = Sender("0123456789abcdef" * 2)
    [event] = Facebook.receive(
        sender.request(body, signature(body, sender.secret)), {"client_secret": sender.secret}
    ).events
    assert event.data["value"]["message"] == "éàçè 👩🏽‍🚒 </b>"


def test_posting_too_fast_waits_and_is_not_hammered(page):
    """https://github.com/Automattic/jetpack/issues/24623: a page was banned for want of a brake."""
    prepared = fully_prepared(page.network, Message("Trop vite"))
    page.server.fail(
        posting, GraphError(368, "It looks like you were misusing this feature by going too fast", 1390008)
    )
    with pytest.raises(RateLimited) as caught:
        page.network.send(prepared, "id", NOW)
    assert (caught.value.until - datetime.now(UTC)).total_seconds() > 23 * 3600


def test_an_answer_of_the_desk_does_not_come_back_as_a_readers(page):
    """https://github.com/zammad/zammad/issues/251: own posts became tickets."""
    page.network.subscribe("", "")
    post = page.publish("Un").ref
    comment = page.server.comment(post.uri, "Et la nappe ?")
    page.publish(Message("Bientôt.", reply_to=Ref(comment), answers=Kind.COMMENT, comment=True))
    assert [item.native_id for item in page.network.collect({}, [post]).inbound] == [comment]
