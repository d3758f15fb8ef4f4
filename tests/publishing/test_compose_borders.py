"""What a post is made of, at its borders: long links, links as they are typed, hashtags, warnings (P2, P12, P13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from smeditor.desk.posts.counting import of_account
from smeditor.models import Account, Conversation, Delivery, Post, Reaction, ReactionText, Rule
from smeditor.networks.base import Kind
from smeditor.publishing import payload
from smeditor.publishing.compose import fields_of
from smeditor.publishing.rules import run_due
from smeditor.text.links import token_of
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.test_rules import facts

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def account(make_account):
    return make_account()


def test_a_thread_typed_in_a_browser_is_counted_frozen_and_shown_as_a_thread(make_post, account):
    typed = "One\r\n --- \r\nTwo\u2028---\u2028Three"
    make_post(account, text=typed)
    frozen = Delivery.objects.get().payload
    assert [part["text"] for part in frozen["parts"]] == ["One", "Two", "Three"]
    assert [length.part for length in of_account(Account(network="mastodon", limits={}), Post(text=typed))] == [1, 2, 3]


def test_an_article_with_a_very_long_address_is_announced(section, editor, account):
    rule = Rule.objects.create(name="All", mode="auto", created_by=editor)
    rule.accounts.add(account)
    parent = section
    for number in range(4):
        parent = factories.make_section(parent, f"Deep {number}", slug=f"{number}" + "deep" * 50)
    article = factories.make_article(parent, live=False, first_published_at=None, slug="tram" * 50)
    assert len(article.get_full_url()) > 900
    article.save_revision().publish()
    assert run_due(NOON) == 1
    post = Post.objects.get()
    post.full_clean()
    assert post.link == article.get_full_url()


@pytest.mark.parametrize("ending", ["", "?utm_source=letter", "#passage"])
def test_the_link_as_the_editor_typed_it_carries_the_token(make_post, account, article, ending):
    typed = article.get_full_url().rstrip("/").replace("https://paper", "https://Paper") + ending
    make_post(account, text=f"Read {typed}!")
    delivery = Delivery.objects.get()
    word = delivery.payload["parts"][0]["text"].split()[1].rstrip("!")
    assert word.startswith(typed.partition("#")[0].partition("?")[0])
    assert token_of(word) == delivery.link_token


def test_a_typed_link_does_not_make_an_approved_post_another_one(make_post, account, article):
    post = make_post(account, text=f"Read {article.get_full_url()}?utm_source=letter")
    first, second = (
        payload.build(post, account, token, account_capabilities(account), facts()) for token in ("aaa", "bbb")
    )
    assert payload.same_content(first, second)


def account_capabilities(account):
    from smeditor.accounts.clients import network_class

    return network_class(account).capabilities


def test_the_tags_of_an_article_become_tags_that_networks_see():
    article = facts(tags=("हिन्दी", "e\u0301te\u0301 2027", "2027", "Été 2027"))
    assert fields_of(article)["tags"] == "#हिन्दी #Été2027"


@pytest.fixture
def answered(account, article):
    """A reader's unlisted message behind a warning."""

    def make(visibility: str = "unlisted", warning: str = "Politics, tram") -> Reaction:
        reaction = Reaction.objects.create(
            network=account.network,
            kind=Kind.REPLY,
            native_id="9",
            account=account,
            article=article,
            visibility=visibility,
            published_at=NOON,
            conversation=Conversation.objects.create(),
        )
        ReactionText.objects.create(
            reaction=reaction, text="Why?", content_warning=warning, expires_at=NOON + timedelta(days=9)
        )
        return reaction

    return make


def frozen_answer(reaction: Reaction, account, make_post, **fields) -> dict:
    make_post(account, text="Because.", kind="reply", in_reply_to=reaction, **fields)
    return Delivery.objects.get().payload


def test_an_answer_keeps_the_visibility_and_the_warning_of_what_it_answers(answered, account, make_post):
    frozen = frozen_answer(answered(), account, make_post)
    assert (frozen["visibility"], frozen["content_warning"]) == ("unlisted", "Politics, tram")


def test_an_answer_to_a_public_message_is_public(answered, account, make_post):
    frozen = frozen_answer(answered("", ""), account, make_post)
    assert (frozen["visibility"], frozen["content_warning"]) == ("public", "")


def test_the_editors_own_warning_comes_first(answered, account, make_post):
    assert frozen_answer(answered(), account, make_post, content_warning="Tram")["content_warning"] == "Tram"


def test_a_readers_long_warning_is_not_copied(answered, account, make_post):
    warning = "My grandmother, who lives beside the line, has been ill since it opened"
    copied = frozen_answer(answered(warning=warning), account, make_post)["content_warning"]
    assert copied
    assert "grandmother" not in copied


def test_a_story_has_the_visibility_of_a_story(make_post, account):
    make_post(account)
    assert Delivery.objects.get().payload["visibility"] == "public"
