import pytest

from smeditor.text import urls
from smeditor.text.entities import cashtags, fediverse_mentions, handles, hashtags, mentions, reply_to
from smeditor.text.urls import MASTODON, find_urls
from tests.text.vectors import all_of, cases


def places(found):
    return [[thing.start, thing.end] for thing in found]


@pytest.mark.parametrize(("text", "expected"), cases("extract", "mentions"))
def test_a_mention_on_x_is_found(text, expected):
    assert [mention.value for mention in mentions(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"), cases("extract", "mentions_with_indices", "mentions_or_lists_with_indices")
)
def test_a_mention_or_list_on_x_is_found_in_its_place(text, expected):
    found = mentions(text)
    assert [mention.value for mention in found] == [each["screen_name"] for each in expected]
    assert [mention.extra for mention in found] == [each.get("list_slug", "") for each in expected]
    assert places(found) == [each["indices"] for each in expected]


@pytest.mark.parametrize(("text", "expected"), cases("extract", "replies"))
def test_whom_a_post_on_x_answers_is_found(text, expected):
    assert reply_to(text) == expected


@pytest.mark.parametrize(("text", "expected"), cases("extract", "urls", "tco_urls_with_params"))
def test_a_link_is_found(text, expected):
    assert [url.text for url in find_urls(text)] == expected


@pytest.mark.parametrize(("text", "expected"), cases("extract", "urls_with_indices", "urls_with_directional_markers"))
def test_a_link_is_found_in_its_place(text, expected):
    found = find_urls(text)
    assert [url.text for url in found] == [each["url"] for each in expected]
    assert places(found) == [each["indices"] for each in expected]


@pytest.mark.parametrize("kind", ["country", "generic"])
def test_a_link_is_found_under_every_top_level_domain(kind):
    wrong = [text for text, expected in all_of("tlds", kind) if [url.text for url in find_urls(text)] != expected]
    assert wrong == []


@pytest.mark.parametrize(("text", "expected"), cases("extract", "hashtags", "hashtags_from_astral"))
def test_a_hashtag_is_found(text, expected):
    assert [tag.value for tag in hashtags(text)] == expected


@pytest.mark.parametrize(("text", "expected"), cases("extract", "hashtags_with_indices"))
def test_a_hashtag_is_found_in_its_place(text, expected):
    found = hashtags(text)
    assert [tag.value for tag in found] == [each["hashtag"] for each in expected]
    assert places(found) == [each["indices"] for each in expected]


@pytest.mark.parametrize(("text", "expected"), cases("extract", "cashtags"))
def test_a_cashtag_is_found(text, expected):
    assert [tag.value for tag in cashtags(text)] == expected


@pytest.mark.parametrize(("text", "expected"), cases("extract", "cashtags_with_indices"))
def test_a_cashtag_is_found_in_its_place(text, expected):
    found = cashtags(text)
    assert [tag.value for tag in found] == [each["cashtag"] for each in expected]
    assert places(found) == [each["indices"] for each in expected]


@pytest.mark.parametrize(("text", "expected"), cases("validate", "usernames"))
def test_a_name_is_valid_on_x_when_it_is_one_mention_as_a_whole(text, expected):
    found = mentions(text)
    assert (places(found) == [[0, len(text)]] and not found[0].extra) == expected


@pytest.mark.parametrize(("text", "expected"), cases("validate", "lists"))
def test_a_list_is_valid_on_x_when_it_is_one_as_a_whole(text, expected):
    found = mentions(text)
    assert (places(found) == [[0, len(text)]] and bool(found[0].extra)) == expected


@pytest.mark.parametrize(("text", "expected"), cases("validate", "hashtags"))
def test_a_hashtag_is_valid_when_it_is_one_as_a_whole(text, expected):
    assert (places(hashtags(text)) == [[0, len(text)]]) == expected


@pytest.mark.parametrize(("text", "expected"), cases("validate", "urls_without_protocol"))
def test_a_link_without_a_scheme_is_one_as_a_whole(text, expected):
    assert (places(find_urls(text)) == [[0, len(text)]]) == expected


def test_mastodon_links_only_what_has_a_scheme():
    assert [url.text for url in find_urls("lemonde.fr https://lemonde.fr/été-à-paris.", MASTODON)] == [
        "https://lemonde.fr/été-à-paris"
    ]


def test_a_fediverse_mention_knows_its_host():
    found = fediverse_mentions("Merci @marie@mastodon.example et @jean-luc !")
    assert [(mention.value, mention.extra) for mention in found] == [("marie", "mastodon.example"), ("jean-luc", "")]


def test_a_mail_address_and_a_profile_link_are_no_fediverse_mention():
    assert fediverse_mentions("desk@lemonde.fr https://mastodon.example/@marie") == []


def test_a_bluesky_handle_ends_before_the_punctuation():
    text = "Lire (@alice.bsky.social), @bob.example.notatld et moi@mail.fr."
    assert [(handle.value, text[handle.start : handle.end]) for handle in handles(text)] == [
        ("alice.bsky.social", "@alice.bsky.social")
    ]


def test_words_without_a_dot_are_not_looked_at_for_a_domain(monkeypatch):
    """The kind: each of five thousand texts was cut into labels word by word, for the page of who speaks about an article."""
    cut = []

    class Counted(urls.Run):
        def __init__(self, text, start, end):
            cut.append(text[start:end])
            super().__init__(text, start, end)

    monkeypatch.setattr(urls, "Run", Counted)
    assert [url.text for url in find_urls("Un mot, puis example.org et la fin")] == ["example.org"]
    assert cut == ["example.org"]
