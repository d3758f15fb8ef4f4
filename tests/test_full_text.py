"""What readers and editors wrote is found by an index, in any form of a word, and no more of it is kept than the words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from smeditor.desk import search
from smeditor.desk.capped import capped_count
from smeditor.desk.search import FullTextMatch, full_text_search, tokens_of
from smeditor.listening.erase import erase_all
from smeditor.models import Account, Concern, ConcernMember, Delivery, Post, Reaction, ReactionText, full_text
from smeditor.models.full_text import CONCERNS, POSTS, REACTIONS
from tests.desk_rows import make_reaction
from tests.plans import refresh_statistics

pytestmark = pytest.mark.django_db
NOW = timezone.now()
FIELDS = ["content__text", "content__author_handle"]


def found(query: str) -> list[str]:
    """The texts that a search in all reactions finds."""
    rows = full_text_search(Reaction.objects.all(), query, REACTIONS, FIELDS, "content__")
    return sorted(rows.values_list("content__text", flat=True))


def store(text: str, **content) -> Reaction:
    """A reaction with these words, as they would lie in the tables."""
    reaction = make_reaction(text=text)
    ReactionText.objects.filter(reaction=reaction).update(**content)
    return reaction


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Les navettes du soir sont en retard", "navette"),
        ("La navette du soir est en retard", "navettes"),
        ("They cancelled three crossings", "crossing"),
        ("Ils ont annulé la traversée", "annulee"),
        ("L’école du quartier ferme", "ecole"),
        ("Le cœur de la ville", "coeur"),
        ("Rien à la cantine", "la cantine"),
        ("Un métro toutes les 12 minutes", "metr"),
    ],
)
def test_a_word_is_found_in_other_forms_without_accents_and_by_its_beginning(written, asked):
    store(written)
    store("Tout autre chose")
    assert found(asked) == [written]


def test_every_word_must_be_there():
    store("La navette du soir")
    assert found("navette soir")
    assert not found("navette matin")


@pytest.mark.parametrize("asked", ["zoe", "zoe@mastodon.example", "@zoe@mastodon.example", "mastodon"])
def test_a_reader_is_found_by_any_part_of_the_handle(asked):
    store("Bonjour", author_handle="zoe@mastodon.example")
    store("Au revoir", author_handle="leo@pixels.example")
    assert found(asked) == ["Bonjour"]


def test_what_is_masked_is_not_found():
    store("Espèce de bachibouzouk", masked="Espèce de ***")
    assert not found("bachibouzouk")
    assert found("espèce")


def test_an_emoji_is_found_by_reading_every_row():
    store("Bravo 🎉")
    store("Bravo")
    assert found("🎉") == ["Bravo 🎉"]


@pytest.mark.parametrize(
    "asked", ["'", '"', "\\", "(((", "a'b", "NEAR(", "x*", "-x", "%", "é\u0301'", "l'", ":* | !", "\u0000x"]
)
def test_no_sign_breaks_a_search(asked):
    store("Bonjour")
    assert found(asked) == []


def test_a_search_looks_at_no_more_words_than_it_says():
    assert len(tokens_of("mot " * 100)) == search.MOST_TOKENS


def test_a_changed_text_is_found_by_its_new_words_only():
    reaction = store("La navette du soir")
    ReactionText.objects.filter(reaction=reaction).update(text="Le tramway du matin")
    assert not found("navette")
    assert found("tramway")


def test_what_is_erased_leaves_no_word_in_the_index():
    reaction = store("Le zorglub passe à midi", author_handle="zorglubine@mastodon.example")
    erase_all([reaction])
    assert not found("zorglub")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM smeditor_reaction_words_data")
            assert not any(b"zorglub" in bytes(block) for (block,) in cursor.fetchall())


def test_the_posts_are_found_by_their_words_and_the_headline_of_their_article():
    Post.objects.create(text="Trois navettes par jour", article_title="Les transports du soir")
    Post.objects.create(text="Autre chose")
    for asked in ("navette", "transport"):
        rows = full_text_search(Post.objects.all(), asked, POSTS, ["text"])
        assert [post.text for post in rows] == ["Trois navettes par jour"]


def concerns_found(query: str) -> list[str]:
    """The labels that a search in all concerns finds."""
    rows = full_text_search(Concern.objects.all(), query, CONCERNS, ["label"])
    return sorted(rows.values_list("label", flat=True))


def test_the_concerns_are_found_by_their_labels():
    Concern.objects.create(label="Pourquoi les navettes s’arrêtent-elles ?")
    Concern.objects.create(label="Autre chose")
    for asked in ("navette", "navettes", "arretent", "pourq"):
        assert concerns_found(asked) == ["Pourquoi les navettes s’arrêtent-elles ?"]
    assert not concerns_found("tramway")


def test_a_label_leaves_no_word_in_the_index_when_what_it_quotes_is_erased():
    """A label holds a reader's words, and the index of labels does too."""
    reaction = store("Pourquoi le zorglub passe-t-il à midi ?")
    concern = Concern.objects.create(label="Pourquoi le zorglub passe-t-il à midi ?")
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    assert concerns_found("zorglub")
    erase_all([reaction])
    assert not concerns_found("zorglub")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM smeditor_concern_words_data")
            assert not any(b"zorglub" in bytes(block) for (block,) in cursor.fetchall())


def test_a_search_in_many_concerns_asks_the_index():
    """Their labels were read whole, twice a page."""
    Concern.objects.bulk_create(Concern(label=f"sujet{number} ordinaire") for number in range(2_000))
    refresh_statistics([Concern])
    plan = Concern.objects.filter(FullTextMatch(CONCERNS, ["sujet7"])).explain()
    index = CONCERNS.name if connection.vendor == "postgresql" else "SCAN smeditor_concern_words VIRTUAL TABLE INDEX"
    assert index in plan


def test_a_search_in_many_reactions_asks_the_index():
    rows = Reaction.objects.bulk_create(
        Reaction(network="mastodon", kind="reply", native_id=str(number), published_at=NOW) for number in range(2_000)
    )
    texts = (
        ReactionText(reaction=row, text=f"mot{row.pk} ordinaire", expires_at=NOW + timedelta(days=1)) for row in rows
    )
    ReactionText.objects.bulk_create(texts)
    refresh_statistics([Reaction, ReactionText])
    plan = Reaction.objects.filter(FullTextMatch(REACTIONS, ["mot7"], "content__")).explain()
    index = REACTIONS.name if connection.vendor == "postgresql" else "SCAN smeditor_reaction_words VIRTUAL TABLE INDEX"
    assert index in plan


def test_a_database_without_full_text_reads_every_row(monkeypatch):
    store("Les navettes du soir")
    monkeypatch.setattr(search, "can_search", lambda _connection: False)
    assert found("navette")


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SQLite loses triggers with the table that a migration makes anew."
)
def test_an_index_whose_triggers_were_lost_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER smeditor_reaction_words_insert")
    store("Les navettes du soir")
    assert not found("navette")
    full_text.create_missing()
    assert found("navette")
    full_text.create_missing()
    store("Les tramways du soir")
    assert len(found("soir")) == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the finds of its index first by itself.")
def test_a_rare_word_is_looked_up_by_its_finds_and_a_frequent_one_along_the_list(monkeypatch):
    for number in range(3):
        store(f"La navette {number}")
    rows = full_text_search(Reaction.objects.all(), "navette", REACTIONS, FIELDS, "content__")
    assert "@@" not in str(rows.query)
    monkeypatch.setattr(search, "FEW", 2)
    rows = full_text_search(Reaction.objects.all(), "navette", REACTIONS, FIELDS, "content__")
    assert "@@" in str(rows.query)
    assert len(found("navette")) == 3


def test_a_count_of_finds_is_that_of_the_rows_and_stops_at_its_bound(monkeypatch):
    """The kind: to count what holds a frequent word, the vector of a hundred thousand texts was worked out anew."""
    monkeypatch.setattr(search, "FEW", 2)
    for number in range(4):
        store(f"La navette {number}")
    store("Le tramway")
    rows = full_text_search(Reaction.objects.order_by("-pk"), "navette", REACTIONS, FIELDS, "content__")
    counted = search.in_no_order(rows.exclude(pk=rows[0].pk))
    assert capped_count(counted, 10) == 3
    assert capped_count(counted, 1) == 2
    assert not counted.query.order_by
    assert rows.count() == 4
    if connection.vendor == "postgresql":
        assert counted.model is ReactionText
        assert f"LIMIT {search.WHOLE}" not in str(counted.query)


def test_a_count_of_what_shares_a_text_counts_the_rows_and_not_the_texts(monkeypatch):
    monkeypatch.setattr(search, "FEW", 0)
    post = Post.objects.create(text="La navette")
    accounts = Account.objects.bulk_create(
        Account(network="mastodon", handle=f"a{n}", server_url="https://a.example") for n in range(3)
    )
    Delivery.objects.bulk_create(Delivery(post=post, account=account, slot=NOW, due_at=NOW) for account in accounts)
    rows = full_text_search(Delivery.objects.all(), "navettes", POSTS, ["post__text"], "post__")
    counted = search.in_no_order(rows)
    assert capped_count(counted, 10) == 3
    if connection.vendor == "postgresql":
        assert f"LIMIT {search.WHOLE}" in str(counted.query)
