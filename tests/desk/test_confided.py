"""What a reader confides stays with those who may read tips; what is masked stays masked wherever one looks."""

import pytest
from django.urls import reverse

from smeditor.insight.concerns import counts, membership
from smeditor.insight.concerns.titles import label_of
from smeditor.insight.labels import intake
from smeditor.models import Concern, ConcernMember, Label, Reaction, ReactionLabel, ReactionText, Role
from tests.desk import world
from tests.desk_rows import T0

pytestmark = pytest.mark.django_db
SECRET = "The invoices of the bridge were signed twice and my superior knows it"


@pytest.fixture
def confided(desk):
    reaction = world.make_reaction(SECRET, article=desk.article, kind="form", network="form")
    ReactionLabel.objects.create(reaction=reaction, label=Label.TIP, by=ReactionLabel.By.READER)
    return reaction


@pytest.mark.parametrize("role", [Role.SOCIAL_EDITOR, Role.DESK_EDITOR, Role.MODERATOR, Role.JOURNALIST])
def test_what_was_declared_a_tip_in_the_form_is_hidden_from_whoever_may_not_read_tips(client, as_role, confided, role):
    """The kind of K8: four roles read what a reader had declared a tip."""
    as_role(role)
    assert "invoices" not in client.get(reverse("smeditor:inbox")).content.decode()
    assert client.get(reverse("smeditor:reaction", args=[confided.pk])).status_code == 404


def test_whoever_may_read_tips_finds_it(client, as_role, confided):
    as_role(Role.CHIEF)
    assert "invoices" in client.get(reverse("smeditor:reaction", args=[confided.pk])).content.decode()


def test_an_editor_who_agrees_that_it_is_a_tip_does_not_open_it_to_all(client, as_role, confided):
    intake.relabel(confided, Label.TIP, True, as_role(Role.CHIEF))
    as_role(Role.SOCIAL_EDITOR)
    assert client.get(reverse("smeditor:reaction", args=[confided.pk])).status_code == 404


def test_it_never_enters_a_concern(confided):
    """The kind of K8: before sealing, a tip's first words were a concern's label."""
    Reaction.objects.update(triaged_at=T0, grouped_at=None)
    membership.run_due(T0)
    assert not ConcernMember.objects.filter(reaction=confided).exists()


def test_what_may_be_a_tip_names_no_concern(desk):
    """The kind of K8: the label that "place in" and "merge into" offer to everybody."""
    concern = Concern.objects.create(language="en")
    reaction = world.make_reaction(SECRET)
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    counts.refresh(Concern.objects.filter(pk=concern.pk))
    assert Concern.objects.get(pk=concern.pk).label
    intake.relabel(reaction, Label.TIP, True, None)
    assert Concern.objects.get(pk=concern.pk).label == label_of(concern) == ""


def test_a_public_answer_to_what_may_be_a_tip_asks_for_a_word_more(desk, client, as_role):
    """The kind of K8: a source was answered in public by one click."""
    as_role(Role.CHIEF)
    reaction = world.make_reaction(SECRET, account=desk.account, labels=["tip"])
    url = reverse("smeditor:reaction", args=[reaction.pk])
    version = reaction.conversation.version if reaction.conversation else 0
    page = client.post(url, {"text": "Call us.", "version": version})
    assert page.status_code == 200
    assert "in_public" in page.context["form"].errors
    assert not reaction.answers.exists()
    client.post(url, {"text": "Call us.", "version": version, "in_public": "on"})
    assert reaction.answers.exists()


def test_a_masked_word_is_neither_a_reason_nor_found(desk, client, as_role):
    """The kind of K10: the insult stood under "Why these labels?" and a search confirmed it."""
    as_role(Role.MODERATOR)
    text = "What will you do about it, you miserable idiot?"
    reaction = world.make_reaction(text, account=desk.account)
    ReactionText.objects.filter(reaction=reaction).update(masked=text.replace("idiot", "•••••"))
    page = client.get(reverse("smeditor:reaction", args=[reaction.pk]))
    assert not [reason for label in page.context["explained"] for reason in label.reasons if "idiot" in reason.text]
    found = client.get(reverse("smeditor:inbox"), {"q": "idiot"})
    assert not [card for card in found.context["cards"] if card.reaction.pk == reaction.pk]
    assert client.get(reverse("smeditor:inbox"), {"q": "miserable"}).context["cards"]
