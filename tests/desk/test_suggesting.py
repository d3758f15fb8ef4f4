"""The desk's own hashtags and handles, suggested while one types."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smeditor.desk.posts.suggesting import LAST_POSTS, suggestions
from smeditor.models import Delivery
from tests.desk import world
from tests.desk.test_actions import DESK


def sent(account, text, **payload):
    post = world.make_post(text, [account])
    frozen = {"version": 2, "parts": [{"text": text, "media": [], "card": None}], **payload}
    ago = timezone.now() - timedelta(minutes=Delivery.objects.count())
    return world.make_delivery(post, account, payload=frozen, sent_at=ago, state="sent")


def texts(*args):
    return [suggestion.text for suggestion in suggestions(*args)]


def test_what_was_used_most_comes_first_however_it_was_written(desk):
    for text in ("#tram today", "#Tram tomorrow", "#valley", "with @nora@social.example and #TRAM"):
        sent(desk.account, text)
    assert texts([desk.account])[0].casefold() == "#tram"
    assert set(texts([desk.account])[1:]) == {"#valley", "@nora@social.example"}


def test_the_articles_tags_stand_above_all_and_once(desk):
    sent(desk.account, "#Tram #valley")
    assert texts([desk.account], ("tram", "city hall", "2026")) == ["#Tram", "#CityHall", "#valley"]


def test_a_readers_handle_is_no_suggestion(desk):
    sent(desk.account, "@reader@social.example Thank you #tram", reply_to={"uri": "1"})
    assert texts([desk.account]) == []


def test_another_accounts_words_and_old_ones_stay_out(desk):
    sent(world.make_account("other"), "#elsewhere")
    for number in range(LAST_POSTS):
        sent(desk.account, f"#new{number % 3}x")
    sent(desk.account, "#old")
    assert set(texts([desk.account])) == {"#new0x", "#new1x", "#new2x"}


def test_an_account_without_its_network_suggests_nothing(desk):
    gone = world.make_account("gone", "nowhere")
    sent(gone, "#tram")
    assert texts([gone]) == []


def test_why_it_is_suggested_is_said(desk, client, as_role):
    as_role(DESK)
    sent(desk.account, "#tram")
    asked = {"accounts": [desk.account.pk, "x"], "article": desk.article.pk}
    answer = client.get(reverse("smeditor:post_suggest"), asked).json()
    assert {"text": "#tram", "note": "used 1 time lately"} in answer["suggestions"]


@pytest.mark.parametrize("article", ["", "x", "0", str(10**17)])
def test_an_article_that_is_not_there_has_no_tags(desk, client, as_role, article):
    as_role(DESK)
    assert client.get(reverse("smeditor:post_suggest"), {"article": article}).json() == {"suggestions": []}
