"""Word lists, the tone card and mentions: what the text itself says."""

from __future__ import annotations

import pytest

from smeditor.models import Account, Desk, Post, WatchWord, WordList
from smeditor.publishing import preflight
from smeditor.publishing.checks import starter_lists
from tests.publishing.conftest import NOON


@pytest.fixture
def account(make_account):
    return make_account(language="fr")


def unsaved(text: str, *accounts, **fields) -> Post:
    post = Post(text=text, **fields)
    post.accounts = accounts
    return post


def sentences(post: Post, code: str) -> list[str]:
    return [finding.sentence for finding in preflight.check(post, NOON).findings if finding.code == code]


def severities(post: Post, code: str) -> list[str]:
    return [finding.severity for finding in preflight.check(post, NOON).findings if finding.code == code]


def make_list(language: str = "fr", pattern: str = "le tueur", **fields) -> WordList:
    word_list = WordList.objects.create(name="A list", language=language, **fields)
    WatchWord.objects.create(word_list=word_list, pattern=pattern, advice="Write “the suspect”.")
    return word_list


def test_a_wording_of_a_list_is_named_with_the_better_one(account):
    make_list()
    assert sentences(unsaved("Le tueur court.", account), "word_list") == [
        f"{account}: “Le tueur” – Write “the suspect”."
    ]


def test_a_list_stops_a_post_where_it_says_so(account):
    make_list(severity="error")
    assert severities(unsaved("Le tueur court.", account), "word_list") == ["error"]


@pytest.mark.parametrize(("language", "count"), [("fr", 1), ("fr-CA", 1), ("en", 0), ("", 1)])
def test_a_list_is_for_posts_in_its_language_and_for_those_without_any(make_account, language, count):
    make_list()
    assert len(sentences(unsaved("Le tueur court.", make_account(), language=language), "word_list")) == count


def test_a_desks_list_says_nothing_to_another_desk(make_account):
    own, other = (Desk.objects.create(name=name, slug=name) for name in ("own", "other"))
    make_list(desk=own)
    assert sentences(unsaved("Le tueur court.", make_account(desk=own)), "word_list")
    assert not sentences(unsaved("Le tueur court.", make_account(desk=other)), "word_list")


def test_a_list_that_is_switched_off_says_nothing(account):
    make_list(active=False)
    assert not sentences(unsaved("Le tueur court.", account), "word_list")


def test_a_changed_list_is_read_anew(account):
    word_list = make_list()
    post = unsaved("L’accusé parle.", account)
    assert not sentences(post, "word_list")
    word_list.entries.add(WatchWord(pattern="accusé", advice="Mind the stage."))
    word_list.save()
    assert sentences(post, "word_list")


def test_the_lists_that_come_with_the_desk_are_made_once_and_left_alone_then(db):
    made = starter_lists.create_missing()
    assert {word_list.language for word_list in made} == {"fr", "en"}
    made[0].entries.all().delete()
    assert starter_lists.create_missing() == []


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Le présumé assassin a été entendu.", True),
        ("Le suspect a été entendu.", False),
        ("Elle a commis un suicide.", True),
        ("Une jeune fille âgée de 15 ans", True),
        ("Il travaille ici depuis 15 ans.", False),
        ("Le conseil a voté le budget des écoles.", False),
    ],
)
def test_the_french_lists_ask_about_what_they_are_for_and_about_nothing_else(account, text, fires):
    starter_lists.create_missing()
    assert bool(sentences(unsaved(text, account), "word_list")) == fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("The alleged murderer was heard.", True),
        ("The suspect was heard.", False),
        ("He committed suicide on Monday.", True),
        ("A 15-year-old was hurt.", True),
        ("The council voted for a 15 year plan.", False),
    ],
)
def test_the_english_lists_do_as_well(make_account, text, fires):
    starter_lists.create_missing()
    assert bool(sentences(unsaved(text, make_account(language="en")), "word_list")) == fires


@pytest.mark.parametrize(
    ("fields", "text", "expected"),
    [
        ({"no_emoji": True}, "A tram 🚋.", "uses no emoji: take 🚋 out"),
        ({"no_emoji": True}, "A tram, 2 lines.", ""),
        ({"no_exclamation": True}, "A tram!", "full stop"),
        ({"no_capitals": True}, "A TRAMWAY for EVERYBODY.", "write “TRAMWAY” in small letters"),
        ({"no_capitals": True}, "A tram for UNESCO.", ""),
        ({"no_humour": True}, "A tram, mdr.", "take “mdr” out"),
        ({"no_humour": True}, "A tram 😂", "take “😂” out"),
        ({"most_hashtags": 1}, "#tram #valley", "1 hashtag at most, and here are 2"),
        ({"most_hashtags": 2}, "#tram #valley", ""),
        ({}, "HAHAHA 😂 !!! #a #b EVERYBODY", ""),
    ],
)
def test_the_tone_card_says_how_the_account_never_speaks(make_account, fields, text, expected):
    found = sentences(unsaved(text, make_account(**fields)), "tone")
    assert [sentence for sentence in found if expected in sentence] if expected else found == []


@pytest.mark.django_db
def test_a_name_that_the_network_takes_for_no_mention_is_named():
    account = Account.objects.create(network="bluesky", handle="paper", server_url="https://bsky.social")
    found = sentences(unsaved("Thanks to @ana and @ben.bsky.social, mail me@paper.example", account), "mention")
    assert len(found) == 1
    assert "“@ana” stays plain text" in found[0]
