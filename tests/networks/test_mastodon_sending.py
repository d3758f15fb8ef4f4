"""What we send to Mastodon, and what its answers mean; every message held to the official document."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

import httpx
import pytest

from smeditor.exceptions import (
    AuthExpired,
    BadAnswer,
    Gone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Temporary,
)
from smeditor.networks.base import Card, Media, Message, Prepared, Ref
from tests.networks.contract_steps import fully_prepared, fully_prepared_from, steps_of
from tests.networks.fake_mastodon import ME, TOKEN, error

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STATUSES = "/api/v1/statuses"
PICTURE = Media.from_bytes(b"\x89PNG", "image/png", "Une digue")


HELLO = Message("Bonjour")


def send(server, message: Message = HELLO):
    return server.network.send(fully_prepared(server.network, message), "key-1", NOW)


def body_of(request: httpx.Request) -> dict:
    return json.loads(request.content)


# the message


def test_a_message_is_sent_whole(mastodon):
    mastodon.on("POST", STATUSES, mastodon.ours("1"))
    mastodon.on("GET", "/api/v2/instance", mastodon.instance())
    mastodon.on("POST", "/api/v2/media", mastodon.contract.entity("MediaAttachment", id="9"))
    message = Message(
        "Voilà",
        language="fr-CA",
        media=(PICTURE,),
        reply_to=Ref("7"),
        visibility="unlisted",
        content_warning="Images dures",
    )
    receipt = send(mastodon, message)
    [request] = mastodon.requests_to("POST", STATUSES)
    assert body_of(request) == {
        "status": "Voilà",
        "language": "fr",
        "media_ids": ["9"],
        "in_reply_to_id": "7",
        "visibility": "unlisted",
        "spoiler_text": "Images dures",
        "sensitive": True,
    }
    assert request.headers["idempotency-key"] == "key-1"
    assert receipt.ref == Ref("1", "https://social.example/@lea/1")
    assert receipt.at == NOW


@pytest.mark.parametrize(("tag", "code"), [("fr", "fr"), ("pt-BR", "pt"), ("EN", "en"), ("zh-tw", "zh-TW")])
def test_a_language_is_told_as_the_server_knows_it(mastodon, tag, code):
    assert fully_prepared(mastodon.network, Message("x", language=tag)).body["language"] == code


def test_the_link_by_which_it_will_be_recognised_is_the_cards_or_the_last(mastodon):
    card = Card("https://example.org/a?c=1", "t", "d")
    prepare = partial(fully_prepared, mastodon.network)
    assert prepare(Message("https://example.org/a?c=1 via https://example.org/b", card=card)).link == card.url
    assert (
        prepare(Message("https://example.org/x et https://example.org/y.", card=card)).link == "https://example.org/y"
    )
    assert prepare(Message("sans lien")).link == ""


@pytest.mark.parametrize("token", ["", "deux mots", "jeton\n", "clé", "a\x00b"])
def test_a_token_that_is_none_never_leaves(mastodon, token):
    from smeditor.networks.base import Credentials
    from smeditor.networks.mastodon import Mastodon

    network = Mastodon(
        Credentials("https://social.example", secret={"access_token": token}), client=mastodon.network.client
    )
    if token.strip() == "jeton":
        assert network._token() == "jeton"
        return
    with pytest.raises(AuthExpired):
        network.verify()
    assert mastodon.requests == []


# images


def test_an_image_is_awaited_until_the_server_has_processed_it(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9", url=None)
    mastodon.on("POST", "/api/v2/media", entity, status=202)
    mastodon.on("GET", "/api/v1/media/9", httpx.Response(206, json=entity), httpx.Response(200, json=entity))
    assert fully_prepared(mastodon.network, Message("x", media=(PICTURE,))).body["media_ids"] == ["9"]
    assert len(mastodon.requests_to("GET", "/api/v1/media/9")) == 2


def test_while_an_image_is_processed_nobody_waits(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9", url=None)
    mastodon.on("POST", "/api/v2/media", entity, status=202)
    mastodon.on("GET", "/api/v1/media/9", entity, status=206)
    steps = list(islice(steps_of(mastodon.network, Message("x", media=(PICTURE,))), 8))
    pauses = [step.again_after.total_seconds() for step in steps]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert "still processing" in steps[-1].sentence


def test_another_worker_goes_on_where_the_first_one_stopped(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9")
    mastodon.on("POST", "/api/v2/media", entity)
    two = Message("x", media=(PICTURE, replace(PICTURE, alt="Le port", digest="other")))
    first = mastodon.network.prepare(two, {})
    assert fully_prepared_from(mastodon.network, two, first.so_far).body["media_ids"] == ["9", "9"]
    assert len(mastodon.requests_to("POST", "/api/v2/media")) == 2


def test_another_file_than_the_one_that_was_uploaded_is_uploaded_anew(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9")
    mastodon.on("POST", "/api/v2/media", entity)
    first = mastodon.network.prepare(Message("x", media=(PICTURE,)), {})
    fully_prepared_from(mastodon.network, Message("x", media=(replace(PICTURE, digest="other"),)), first.so_far)
    assert len(mastodon.requests_to("POST", "/api/v2/media")) == 2


@pytest.mark.parametrize("nonsense", [None, 7, [], {"media": 3}, {"media": [7]}, {"media": [{"id": 9}], "since": 5}])
def test_whatever_was_stored_is_read_as_if_a_stranger_had_written_it(mastodon, nonsense):
    assert mastodon.network.prepare(Message("x"), {"media": nonsense}).body["status"] == "x"


def test_an_upload_that_the_server_has_forgotten_is_made_again(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9", url=None)
    mastodon.on("POST", "/api/v2/media", httpx.Response(202, json=entity), httpx.Response(200, json=entity))
    mastodon.on("GET", "/api/v1/media/9", error(404, "Record not found"))
    assert fully_prepared(mastodon.network, Message("x", media=(PICTURE,))).body["media_ids"] == ["9"]


def test_an_image_that_cannot_be_processed_is_refused(mastodon):
    entity = mastodon.contract.entity("MediaAttachment", id="9", url=None)
    mastodon.on("POST", "/api/v2/media", entity, status=202)
    mastodon.on("GET", "/api/v1/media/9", error(422, "Error processing thumbnail for uploaded media"))
    with pytest.raises(Refused, match="thumbnail"):
        fully_prepared(mastodon.network, Message("x", media=(PICTURE,)))


def test_an_upload_that_fails_has_no_public_effect(mastodon):
    mastodon.on("POST", "/api/v2/media", error(500, "Error processing thumbnail for uploaded media"))
    with pytest.raises(Temporary):
        fully_prepared(mastodon.network, Message("x", media=(PICTURE,)))


def test_a_message_whose_image_was_not_ready_is_tried_again(mastodon):
    mastodon.on(
        "POST", STATUSES, error(422, "Cannot attach files that have not finished processing. Try again in a moment!")
    )
    with pytest.raises(Temporary):
        send(mastodon)


# correcting


def test_an_edit_keeps_the_images_and_their_alt_texts(mastodon):
    media = mastodon.contract.entity("MediaAttachment", id="9", description="Une digue")
    mastodon.on("GET", f"{STATUSES}/1", mastodon.ours("1", media_attachments=[media]))
    mastodon.on("PUT", f"{STATUSES}/1", mastodon.ours("1", edited_at="2026-11-23T12:05:00.000Z"))
    receipt = mastodon.network.edit(Ref("1"), fully_prepared(mastodon.network, Message("Corrigé", language="fr")))
    assert body_of(mastodon.requests_to("PUT", f"{STATUSES}/1")[0]) == {
        "status": "Corrigé",
        "language": "fr",
        "spoiler_text": "",
        "sensitive": False,
        "media_ids": ["9"],
        "media_attributes": [{"id": "9", "description": "Une digue"}],
    }
    assert receipt.at == NOW + timedelta(minutes=5)


def test_an_edit_of_what_is_gone_says_so(mastodon):
    with pytest.raises(Gone):
        mastodon.network.edit(Ref("1"), Prepared({"status": "x"}))


# what answers mean


def test_the_rate_limit_is_known_by_bucket_and_named_in_utc(mastodon):
    reset = "2026-11-23T13:00:00.000000Z"
    limits = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "299", "X-RateLimit-Reset": reset}
    mastodon.on("POST", STATUSES, httpx.Response(200, json=mastodon.ours("1"), headers=limits))
    send(mastodon)
    rate = mastodon.network.rates["statuses"]
    assert (rate.limit, rate.remaining, rate.resets_at) == (300, 299, datetime(2026, 11, 23, 13, tzinfo=UTC))


def test_too_many_requests_wait_until_the_reset(mastodon):
    reset = (datetime.now(UTC) + timedelta(minutes=3)).replace(microsecond=0)
    headers = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset.isoformat()}
    mastodon.on("POST", STATUSES, error(429, "Too many requests", **headers))
    with pytest.raises(RateLimited) as caught:
        send(mastodon)
    assert caught.value.until == reset


ANSWERS = [
    (error(401, "The access token is invalid"), AuthExpired),
    (error(422, "Validation failed: Text character limit of 500 exceeded"), Refused),
    (error(404, "Record not found"), Gone),
    (error(503, "Service Unavailable", **{"Retry-After": "30"}), Temporary),
    (error(503, "Service Unavailable"), OutcomeUnknown),
]


@pytest.mark.parametrize(("answer", "meaning"), ANSWERS, ids=lambda value: str(getattr(value, "status_code", value)))
def test_an_answer_to_a_message_means_one_thing(mastodon, answer, meaning):
    mastodon.on("POST", STATUSES, answer)
    with pytest.raises(meaning) as caught:
        send(mastodon)
    assert type(caught.value) is meaning
    assert TOKEN not in str(caught.value)


UNDOCUMENTED = [
    (error(500, "An unexpected error occurred"), OutcomeUnknown),
    (httpx.Response(502, html="<html>Bad gateway"), OutcomeUnknown),
    (httpx.Response(200, json={"ok": True}), OutcomeUnknown),
    (httpx.Response(200, json={"id": "1", "account": {}, "created_at": "yesterday"}), OutcomeUnknown),
    (httpx.Response(200, json=[]), OutcomeUnknown),
    (httpx.Response(200, content=b""), OutcomeUnknown),
    (error(403, "This action is outside the authorized scopes"), AuthExpired),
    (error(403, "Your login is currently disabled"), AuthExpired),
    (error(403, "This action is not allowed"), Refused),
    (error(413, "Payload too large"), Refused),
    (httpx.Response(404, html="<html>nginx"), BadAnswer),
]


@pytest.mark.parametrize(("answer", "meaning"), UNDOCUMENTED)
def test_an_answer_that_the_document_does_not_know_is_understood_all_the_same(mastodon, answer, meaning):
    mastodon.lawless = True
    mastodon.on("POST", STATUSES, answer)
    with pytest.raises(meaning) as caught:
        send(mastodon)
    assert type(caught.value) is meaning


def test_a_message_that_is_not_there_any_more_is_deleted(mastodon):
    mastodon.network.delete(Ref("1"))
    assert len(mastodon.requests_to("DELETE", f"{STATUSES}/1")) == 1


def test_a_delete_whose_answer_is_lost_is_unknown(mastodon):
    mastodon.on("DELETE", f"{STATUSES}/1", error(503, "later"))
    with pytest.raises(OutcomeUnknown):
        mastodon.network.delete(Ref("1"))


# reading back

OWN = f"/api/v1/accounts/{ME}/statuses"
LINK = "https://example.org/a?c=zq1&x=2"


def prepared(mastodon, text: str) -> Prepared:
    return fully_prepared(mastodon.network, Message(text))


@pytest.mark.parametrize(
    "changes",
    [
        {
            "content": f'<p>Titre <a href="{LINK.replace("&", "&amp;")}"><span class="ellipsis">example.org</span></a></p>'
        },
        {"content": "<p>Titre</p>", "text": f"Titre {LINK}"},
    ],
)
def test_our_message_is_found_by_its_link_wherever_the_server_shows_it(mastodon, changes):
    text = changes.pop("text", None)
    if text:
        mastodon.lawless = True
    status = mastodon.ours("5", **changes) | ({"text": text} if text else {})
    mastodon.on("GET", OWN, [status], [])
    assert mastodon.network.read_back(prepared(mastodon, f"Titre {LINK}"), "k", NOW).found.uri == "5"


def test_a_longer_token_is_another_message(mastodon):
    mastodon.on("GET", OWN, [mastodon.ours("5", content=f"<p>{LINK}34</p>")], [])
    result = mastodon.network.read_back(prepared(mastodon, f"Titre {LINK}"), "k", NOW)
    assert (result.found, result.absent, result.checked) == (None, True, 1)


def test_a_part_of_a_thread_is_not_taken_for_the_part_before_it_that_has_the_same_link(mastodon):
    before = mastodon.ours("5", content=f"<p>Titre {LINK}</p>", in_reply_to_id=None)
    mastodon.on("GET", OWN, [before], [])
    part = fully_prepared(mastodon.network, Message(f"Suite {LINK}", reply_to=Ref("5")))
    result = mastodon.network.read_back(part, "k", NOW)
    assert (result.found, result.absent) == (None, True)


def test_a_part_of_a_thread_is_found_under_the_part_that_it_continues(mastodon):
    part = mastodon.ours("6", content=f"<p>Suite {LINK}</p>", in_reply_to_id="5")
    mastodon.on("GET", OWN, [part, mastodon.ours("5", content=f"<p>Titre {LINK}</p>")], [])
    prepared_part = fully_prepared(mastodon.network, Message(f"Suite {LINK}", reply_to=Ref("5")))
    assert mastodon.network.read_back(prepared_part, "k", NOW).found.uri == "6"


def test_a_text_without_link_is_found_though_the_server_rewrites_mentions(mastodon):
    content = '<p>Merci <span class="h-card"><a href="https://b.example/@ana" class="u-url mention">@<span>ana</span></a></span> !<br>Suite</p>'
    mastodon.on("GET", OWN, [mastodon.ours("5", content=content)], [])
    assert mastodon.network.read_back(prepared(mastodon, "Merci @ana@b.example !\nSuite"), "k", NOW).found.uri == "5"


@pytest.mark.parametrize(("application", "found"), [("smeditor", True), ("Tusky", False)])
def test_the_same_text_typed_in_another_application_is_not_ours(mastodon, application, found):
    mastodon.on("GET", OWN, [mastodon.ours("5", content="<p>Salut</p>", application={"name": application})], [])
    mastodon.on("GET", "/api/v1/apps/verify_credentials", mastodon.contract.entity("Application", name="smeditor"))
    result = mastodon.network.read_back(prepared(mastodon, "Salut"), "k", NOW)
    assert bool(result.found) is found
    assert result.absent is not found


def test_absence_is_proved_by_the_first_older_message(mastodon):
    older = mastodon.ours("4", created_at="2026-11-23T11:00:00.000Z")
    mastodon.on("GET", OWN, [mastodon.ours("5"), older])
    result = mastodon.network.read_back(prepared(mastodon, f"x {LINK}"), "k", NOW)
    assert (result.absent, result.checked) == (True, 1)
    assert len(mastodon.requests_to("GET", OWN)) == 1


def test_an_older_message_with_the_same_link_is_not_this_one(mastodon):
    mastodon.on("GET", OWN, [mastodon.ours("4", content=f"<p>{LINK}</p>", created_at="2026-11-22T12:00:00.000Z")])
    assert mastodon.network.read_back(prepared(mastodon, f"x {LINK}"), "k", NOW).found is None


def test_a_list_that_does_not_end_proves_nothing(mastodon):
    mastodon.on("GET", OWN, *[[mastodon.ours(str(1000 - number))] for number in range(20)])
    result = mastodon.network.read_back(prepared(mastodon, f"x {LINK}"), "k", NOW)
    assert (result.found, result.absent) == (None, False)
    assert result.note


def test_a_server_that_repeats_a_page_proves_nothing(mastodon):
    mastodon.on("GET", OWN, [mastodon.ours("5")])
    assert not mastodon.network.read_back(prepared(mastodon, f"x {LINK}"), "k", NOW).absent


# limits


def test_the_limits_are_the_instances_own(mastodon):
    made = mastodon.instance(max_characters=5000, max_media_attachments=8, characters_reserved_per_url=30)
    made["configuration"]["media_attachments"] |= {"image_size_limit": 999_999, "description_limit": 700}
    mastodon.on("GET", "/api/v2/instance", made)
    limits = mastodon.network.limits()
    assert (limits.max_length, limits.image.max_count, limits.image.max_bytes, limits.image.max_alt_length) == (
        5000,
        8,
        999_999,
        700,
    )
    assert mastodon.network.count("https://example.org/a-very-long-address-indeed?with=query") == 30


def test_an_old_server_tells_its_limits_in_version_one(mastodon):
    old = mastodon.contract.entity("V1Instance")
    old["configuration"]["statuses"] |= {"max_characters": 1024}
    mastodon.on("GET", "/api/v1/instance", old)
    assert mastodon.network.limits().max_length == 1024


def test_a_server_that_tells_nothing_has_the_documented_limits(mastodon):
    limits = mastodon.network.limits()
    assert (limits.max_length, limits.url_length, limits.image.max_count) == (500, 23, 4)


@pytest.mark.parametrize("nonsense", [0, -5, "500", True, None, 10**12, [500]])
def test_a_limit_that_is_nonsense_is_replaced_by_the_documented_one(mastodon, nonsense):
    mastodon.lawless = True
    mastodon.on("GET", "/api/v2/instance", {"configuration": {"statuses": {"max_characters": nonsense}}})
    assert mastodon.network.limits().max_length == 500
