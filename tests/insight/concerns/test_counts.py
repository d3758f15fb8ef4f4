"""What is counted of a concern is the same whether who joined is added or all is counted anew; and every one has a name."""

import pytest

from smeditor.insight.concerns import counts, editing, membership, titles
from smeditor.insight.labels import intake
from smeditor.listening.erase import erase
from smeditor.models import Concern, ConcernMember, Label, Reaction
from tests.desk_rows import T0, make_reaction, make_reader

pytestmark = pytest.mark.django_db
SHUTTLE = "Pourquoi la dernière navette part-elle à 21 h alors que les soignants de l'hôpital finissent à 21 h 30 ?"
COUNTED = ("people", "size", "first_at", "last_at", "state")


def understand() -> None:
    intake.run_due(T0)
    membership.run_due(T0)


def counted() -> dict:
    return Concern.objects.values(*COUNTED).get()


def test_who_joins_a_large_concern_is_added_as_a_count_of_all_would(monkeypatch):
    monkeypatch.setattr(counts, "SMALL", 2)
    monkeypatch.setattr(counts, "LARGE_STEP", 100.0)
    readers = [make_reader() for _ in range(4)]
    for reader in [*readers, readers[0], make_reader(is_bot=True)]:
        make_reaction(SHUTTLE, reader=reader)
    understand()
    for reader in [readers[1], make_reader(), make_reader(is_staff=True), make_reader()]:
        make_reaction(SHUTTLE, reader=reader, published_at=T0)
    understand()
    added = counted()
    counts.refresh(Concern.objects.all())
    assert added == counted()
    assert (added["people"], added["size"]) == (6, 10)


def test_what_a_large_concern_lost_is_made_good_when_it_has_grown_by_a_tenth(monkeypatch):
    monkeypatch.setattr(counts, "SMALL", 2)
    for _ in range(6):
        make_reaction(SHUTTLE)
    understand()
    ConcernMember.objects.first().reaction.delete()
    for _ in range(3):
        make_reaction(SHUTTLE)
        understand()
    assert counted()["size"] == 8


def test_on_how_many_articles_and_networks_a_concern_is_raised_is_counted_with_its_members(article):
    rows = [make_reaction(SHUTTLE, article=article), make_reaction(SHUTTLE, article=article), make_reaction(SHUTTLE)]
    Reaction.objects.filter(pk=rows[2].pk).update(network="bluesky")
    understand()
    concern = Concern.objects.get()
    assert (concern.articles, concern.networks) == (1, 2)
    for row in rows:
        row.delete()
    counts.refresh(Concern.objects.all())
    concern.refresh_from_db()
    assert (concern.articles, concern.networks) == (0, 0)


def test_a_reaction_that_an_editor_attaches_is_counted_with_its_concern_on_that_article(article):
    concern = Concern.objects.create(label="Shuttle")
    reactions = [make_reaction(SHUTTLE) for _ in range(2)]
    for reaction in reactions:
        ConcernMember.objects.create(concern=concern, reaction=reaction)
    editing.attach_article(reactions[0], article)
    concern.refresh_from_db()
    assert (concern.articles, concern.article_id) == (1, article.pk)


def test_what_holds_a_concern_together_goes_with_any_of_its_texts_and_comes_back_from_the_others():
    rows = [make_reaction(f"{SHUTTLE} Et la gare de Lyon, rue {number} ?") for number in range(4)]
    understand()
    assert "navet" in " ".join(Concern.objects.get().evidence["terms"])
    erase(rows[0])
    assert Concern.objects.get().evidence == {}
    make_reaction(SHUTTLE)
    understand()
    assert "navet" in " ".join(Concern.objects.get().evidence["terms"])


def test_what_one_text_alone_says_is_no_term_of_its_concern():
    make_reaction(f"{SHUTTLE} Demandez à Bartholomée.")
    make_reaction(SHUTTLE)
    understand()
    assert not any(term.startswith("barthol") for term in Concern.objects.get().evidence["terms"])


@pytest.mark.parametrize("text", ["Navette ?", "https://example.org/navette", "🚌🚌"])
def test_a_concern_whose_texts_hold_no_sentence_is_named_once_and_not_at_every_tick(text):
    make_reaction(text)
    understand()
    assert not ConcernMember.objects.exists() or Concern.objects.get().label
    assert not membership._nameless().exists()


def test_a_concern_of_which_only_tips_are_left_is_not_named_at_every_tick(editor):
    reaction = make_reaction(SHUTTLE)
    understand()
    intake.relabel(reaction, "tip", True, editor)
    assert (Concern.objects.get().label, Concern.objects.get().evidence) == ("", {})
    assert not membership._nameless().exists()


def test_a_concern_is_not_named_by_who_insults_somebody_unless_nobody_else_wrote():
    insult = make_reaction(f"Bande d'abrutis. {SHUTTLE}")
    civil = make_reaction(SHUTTLE.replace("Pourquoi ", "Dites pourquoi "))
    understand()
    concern = Concern.objects.get()
    intake.relabel(insult, Label.ABUSE, True, None)
    assert titles.label_of(concern).startswith("Dites pourquoi")
    assert "abruti" not in titles.label_of(concern)
    civil.delete()
    assert titles.label_of(concern)
