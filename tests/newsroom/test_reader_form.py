"""The reader's form: nothing that a person writes is lost, and machines get nowhere."""

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from newsroom.articles import throttle
from newsroom.articles.models import ReaderMessage
from newsroom.articles.reader_messages import hand_over_waiting
from smeditor.signals import reader_message
from tests.newsroom.factories import make_article

TEXT = "The bridge is 240 metres long, not 420."


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def alone():
    """Nobody listens but those whom the test connects."""
    before, reader_message.receivers = reader_message.receivers, []
    reader_message.sender_receivers_cache.clear()
    yield reader_message
    reader_message.receivers = before
    reader_message.sender_receivers_cache.clear()


def answers(**changes):
    return {"kind": "error", "message": TEXT, "consent": "on", "website": "", **changes}


def send(client, article=None, **changes):
    return client.post(f"/tell-us/?article={article.pk}" if article else "/tell-us/", answers(**changes))


def test_a_message_that_nobody_takes_is_kept_whole(client, section, alone):
    article = make_article(section)
    answer = send(client, article, passage="420 metres", name="Zoé", email="zoe@reader.example")
    assert answer.status_code == 302
    message = ReaderMessage.objects.waiting().get()
    assert (message.article_id, message.kind, message.message) == (article.pk, "error", TEXT)
    assert (message.passage, message.name, message.email) == ("420 metres", "Zoé", "zoe@reader.example")


def test_a_message_that_the_desk_takes_leaves_no_text_behind(client, section, alone):
    got = []

    def take(**kwargs):
        got.append(kwargs)
        return True

    alone.connect(take, weak=False)
    article = make_article(section)
    send(client, article, name="Zoé")
    message = ReaderMessage.objects.get()
    assert (got[0]["article_id"], got[0]["message"], got[0]["name"]) == (article.pk, TEXT, "Zoé")
    assert got[0]["reference"] == f"reader-message:{message.pk}"
    assert message.handled_at is not None
    assert (message.kind, message.article_id) == ("", None)  # K8: what is left leads to nobody
    assert {moment.microsecond for moment in (message.handled_at, message.received_at)} == {0}
    assert (message.message, message.name) == ("", "")


def test_a_desk_that_breaks_loses_nothing_and_its_log_holds_no_text(client, site, alone, caplog):
    def breaks(message, **kwargs):
        raise RuntimeError(message)

    alone.connect(breaks, weak=False)
    assert send(client).status_code == 302
    assert ReaderMessage.objects.waiting().get().message == TEXT
    assert "RuntimeError" in caplog.text
    assert TEXT not in caplog.text


def test_waiting_messages_are_offered_again(client, site, alone):
    send(client)
    with pytest.raises(CommandError):
        call_command("hand_over_reader_messages")
    alone.connect(lambda **kwargs: True, weak=False)
    assert hand_over_waiting() == (1, 0)
    assert not ReaderMessage.objects.waiting().exists()


def test_a_desk_that_wakes_up_is_offered_what_waited(client, site, alone):
    send(client)
    alone.connect(lambda **kwargs: True, weak=False)
    send(client)
    assert ReaderMessage.objects.count() == 2
    assert not ReaderMessage.objects.waiting().exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": ""},
        {"kind": "advert"},
        {"message": "  "},
        {"consent": ""},
        {"email": "not an address"},
        {"message": "x" * 5001},
        {"passage": "x" * 1001},
        {"website": "https://spam.example"},
        {"message": "nul\x00byte"},
    ],
)
def test_bad_input_is_explained_and_stores_nothing(client, site, changes):
    answer = send(client, **changes)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not ReaderMessage.objects.exists()


def test_what_was_written_is_still_there_when_the_form_comes_back(client, site):
    assert TEXT in send(client, consent="").content.decode()


def test_who_sends_too_much_within_an_hour_has_to_wait(client, site):
    codes = [send(client).status_code for _ in range(throttle.LIMIT + 1)]
    assert codes == [302] * throttle.LIMIT + [429]


def test_the_address_of_a_reader_is_not_kept(client, site):
    send(client)
    assert not any("127.0.0.1" in str(key) for key in cache._cache)


def test_a_forged_header_does_not_give_a_new_address(rf, settings):
    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 9.9.9.9"})
    assert throttle.client_address(request) == "127.0.0.1"
    settings.NEWSROOM_PROXIES = 1
    assert throttle.client_address(request) == "9.9.9.9"


def test_the_form_refuses_a_post_without_token(site):
    assert Client(enforce_csrf_checks=True).post("/tell-us/", answers()).status_code == 403


@pytest.mark.parametrize(
    "query", ["", "?article=", "?article=x", "?article=999999", "?article=²", f"?article={'9' * 40}"]
)
def test_the_form_opens_whatever_the_address_says(client, site, query):
    assert client.get(f"/tell-us/{query}").status_code == 200


def test_the_thanks_lead_back_to_the_article(client, section):
    article = make_article(section)
    answer = client.post(f"/tell-us/?article={article.pk}", answers(), follow=True)
    assert article.get_url() in answer.content.decode()
