"""A concern is made tighter or broader: shown first, done when confirmed, remembered, undone, by whoever answers concerns."""

import html

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from smeditor.insight.concerns import editing, grouper_memory
from smeditor.models import ArticleGrain, Concern, ConcernEdit, ConcernMember
from tests.desk import world

HEATING = [
    "The heating in our school is broken again",
    "School heating broken since Monday",
    "Broken heating at school",
]
LIFT = [
    "The lift at the station is out of order",
    "Station lift out of order again",
    "Lift out of order at the station",
]


@pytest.fixture
def editor(desk, client, as_role):
    return as_role("chief")


def raised(desk, texts, **fields):
    reactions = [world.make_reaction(text, account=desk.account, article=desk.article, language="en") for text in texts]
    evidence = {"terms": ["heat", "school", "broken"], "texts": [3, 3, 2]}
    fields = {"article": desk.article, "language": "en", "evidence": evidence, **fields}
    return world.make_concern(reactions, texts[0], **fields)


def perform(client, name, about, **data):
    response = client.post(reverse(f"smeditor:{name}", args=[about.pk]), data)
    *_earlier, last = get_messages(response.wsgi_request)
    return html.unescape(str(last)).strip()


def shown(client, name, concern):
    return client.get(reverse(f"smeditor:{name}", args=[concern.pk]))


def texts_of(concern):
    return set(concern.members.values_list("reaction__content__text", flat=True))


def test_the_parts_of_a_concern_are_shown_before_it_is_made_tighter(desk, client, editor):
    concern = raised(desk, HEATING + LIFT)
    page = shown(client, "concern_tighter", concern)
    [part] = page.context["parts"]
    assert part["size"] == 3
    assert part["cards"][0].text in page.content.decode()
    assert ConcernEdit.objects.count() == 0


def test_a_ticked_part_becomes_a_concern_of_its_own_and_both_are_tight(desk, client, editor):
    concern = raised(desk, HEATING + LIFT)
    [part] = shown(client, "concern_tighter", concern).context["parts"]
    assert "1 part is a concern of its own" in perform(client, "concern_tighter", concern, part=part["ids"])
    new = Concern.objects.latest("pk")
    assert {frozenset(texts_of(concern)), frozenset(texts_of(new))} == {frozenset(HEATING), frozenset(LIFT)}
    assert set(Concern.objects.filter(pk__in=[concern.pk, new.pk]).values_list("grain", flat=True)) == {1}


def test_undoing_it_puts_all_parts_back_at_once(desk, client, editor):
    concern = raised(desk, HEATING + LIFT)
    [part] = shown(client, "concern_tighter", concern).context["parts"]
    perform(client, "concern_tighter", concern, part=part["ids"])
    client.post(reverse("smeditor:concern_undo", args=[ConcernEdit.objects.get(operation="tighten").pk]))
    assert texts_of(concern) == {*HEATING, *LIFT}
    assert Concern.objects.get(pk=concern.pk).grain == Concern.Grain.USUAL
    assert not ConcernEdit.objects.filter(undone_at__isnull=True).exists()


def test_what_says_the_same_throughout_has_no_tighter_parts(desk, client, editor):
    assert shown(client, "concern_tighter", raised(desk, HEATING)).context["parts"] == []


def test_of_a_large_concern_the_newest_reactions_are_read_and_the_page_says_so(desk, client, editor, monkeypatch):
    concern = raised(desk, [*HEATING, *LIFT])
    monkeypatch.setattr("smeditor.insight.concerns.grain.READ", 3)
    page = shown(client, "concern_tighter", concern)
    assert page.context["parts"] == []
    assert "its 3 newest reactions were read" in page.content.decode()


def test_the_nearest_concern_of_the_article_is_taken_into_a_broader_one(desk, client, editor):
    concern, other = raised(desk, HEATING[:2]), raised(desk, HEATING[2:])
    far = raised(desk, LIFT, evidence={"terms": ["lift", "station"], "texts": [3, 3]})
    page = shown(client, "concern_broader", concern)
    assert [candidate.concern for candidate in page.context["near"]] == [other]
    assert "broader now" in perform(client, "concern_broader", concern, concern=other.pk)
    assert texts_of(concern) == set(HEATING)
    assert Concern.objects.get(pk=other.pk).merged_into == concern
    assert Concern.objects.get(pk=concern.pk).grain == Concern.Grain.BROAD
    assert Concern.objects.get(pk=far.pk).merged_into is None


def test_undoing_a_broader_concern_gives_each_its_reactions_again(desk, client, editor):
    concern, other = raised(desk, HEATING[:2]), raised(desk, HEATING[2:])
    perform(client, "concern_broader", concern, concern=other.pk)
    editing.undo(ConcernEdit.objects.get(operation="broaden"), editor)
    assert texts_of(other) == set(HEATING[2:])
    assert Concern.objects.get(pk=other.pk).merged_into is None


def test_what_an_editor_has_split_off_is_not_proposed_again(desk, client, editor):
    concern = raised(desk, HEATING + LIFT)
    new = editing.split(concern, [concern.members.first().reaction], editor).concern
    Concern.objects.update(language="en", article=desk.article, evidence=concern.evidence)
    near = [candidate.concern for candidate in shown(client, "concern_broader", concern).context["near"]]
    assert desk.concern in near
    assert new not in near


@pytest.mark.parametrize(("name", "field"), [("concern_tighter", "part"), ("concern_broader", "concern")])
@pytest.mark.parametrize("value", ["", "0", "x", "9" * 30, "1,²"])
def test_nothing_is_done_for_what_is_not_there(desk, client, editor, name, field, value):
    concern = raised(desk, HEATING)
    assert "Choose at least one" in perform(client, name, concern, **{field: value})
    assert Concern.objects.get(pk=concern.pk).grain == Concern.Grain.USUAL


def test_a_part_is_never_taken_from_another_concern(desk, client, editor):
    concern, other = raised(desk, HEATING), raised(desk, LIFT)
    stranger = other.members.first().reaction_id
    perform(client, "concern_tighter", concern, part=str(stranger))
    assert ConcernMember.objects.get(reaction=stranger).concern == other


def test_a_merged_concern_is_left_alone(desk, client, editor):
    concern, other = raised(desk, HEATING), raised(desk, LIFT)
    editing.merge(concern, other, editor)
    assert "merged already" in perform(client, "concern_broader", concern, concern=desk.concern.pk)


def test_later_texts_join_a_tight_concern_only_when_they_say_nearly_the_same(desk, editor):
    for wanted, joins in ((Concern.Grain.TIGHT, False), (Concern.Grain.BROAD, True)):
        concern = raised(desk, [f"{text} {wanted.label}" for text in HEATING], grain=wanted)
        grouper_memory.forget()
        memory = grouper_memory.current()
        limit = memory.grouper.grains.limit(0.4, concern.pk, 0)
        assert (limit < 0.4) == joins


def test_the_article_remembers_it_for_all_that_is_raised_under_it(desk, client, editor):
    concern, other = raised(desk, HEATING[:2]), raised(desk, HEATING[2:])
    perform(client, "concern_broader", concern, concern=other.pk, article="1")
    assert ArticleGrain.objects.get(article=desk.article).grain == Concern.Grain.BROAD
    assert grouper_memory.current().article_grains == {desk.article.pk: -1}
    editing.undo(ConcernEdit.objects.get(operation="broaden"), editor)
    assert ArticleGrain.objects.get(article=desk.article).grain == Concern.Grain.USUAL


def test_declining_a_merged_concern_and_undoing_that_does_not_part_the_two(desk, editor):
    concern, other = raised(desk, HEATING), raised(desk, LIFT)
    editing.merge(concern, other, editor)
    editing.undo(editing.decline(concern, "Not ours", editor), editor)
    assert Concern.objects.get(pk=concern.pk).merged_into == other
