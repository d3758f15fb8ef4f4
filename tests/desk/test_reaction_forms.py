"""What an editor fills in about one reaction or one tip: refused with a sentence when it is none of what is offered."""

import pytest
from django.urls import reverse

from smeditor.models import Reaction, ReactionLabel
from tests.desk import world
from tests.desk.test_actions import messages_of, perform
from tests.newsroom import factories

NO_KEYS = ["", "x", "²", "-1", "0", "9" * 30, "\x00"]


@pytest.mark.parametrize("label", ["", "nonsense", "\x00"])
def test_a_label_has_to_be_one_of_the_desks(desk, client, as_role, label):
    as_role("social_editor")
    before = ReactionLabel.objects.count()
    answer = perform(client, "reaction_label", desk.reaction.pk, label=label, present="1")
    assert "Choose a label first." in messages_of(answer)
    assert ReactionLabel.objects.count() == before


@pytest.mark.parametrize("present", ["0", ""])
def test_whether_it_applies_is_what_the_form_says(desk, client, as_role, present):
    as_role("social_editor")
    perform(client, "reaction_label", desk.reaction.pk, label="question", present=present)
    assert not ReactionLabel.objects.get(reaction=desk.reaction, label="question").present


@pytest.mark.parametrize("queue", ["", "nonsense"])
def test_a_queue_has_to_be_one(desk, client, as_role, queue):
    as_role("social_editor")
    assert "Choose a queue first." in messages_of(perform(client, "reaction_move", desk.reaction.pk, queue=queue))


def test_a_reaction_is_attached_to_the_article_that_was_chosen(desk, client, as_role):
    as_role("social_editor")
    other = factories.make_article(desk.section, title="The ferry")
    page = client.get(reverse("smeditor:reaction", args=[desk.reaction.pk])).content.decode()
    assert f'<option value="{other.pk}">The ferry</option>' in page
    perform(client, "reaction_attach", desk.reaction.pk, article=other.pk)
    assert Reaction.objects.get(pk=desk.reaction.pk).article_id == other.pk


def test_an_address_goes_before_a_choice(desk, client, as_role):
    as_role("social_editor")
    other = factories.make_article(desk.section, title="The ferry")
    perform(client, "reaction_attach", desk.reaction.pk, article=desk.article.pk, address=other.full_url)
    assert Reaction.objects.get(pk=desk.reaction.pk).article_id == other.pk


def test_what_is_no_article_is_refused(desk, client, as_role):
    as_role("social_editor")
    for key in [*NO_KEYS, desk.section.pk]:
        assert "Choose an article." in messages_of(perform(client, "reaction_attach", desk.reaction.pk, article=key))
    answer = perform(client, "reaction_attach", desk.reaction.pk, address="https://elsewhere.example/")
    assert "No article of ours has this address." in messages_of(answer)
    assert Reaction.objects.get(pk=desk.reaction.pk).article_id == desk.article.pk


def test_a_further_reader_of_a_tip_is_one_who_may_read_tips(desk, client, as_role):
    me, other, outsider = as_role("chief"), world.make_user("other", "chief"), world.make_user("outsider")
    desk.tip.readers.add(me)
    page = client.get(reverse("smeditor:tip", args=[desk.tip.pk])).content.decode()
    assert f'<option value="{other.pk}">' in page
    assert f'<option value="{me.pk}">' not in page
    assert f'<option value="{outsider.pk}">' not in page
    for key in [*NO_KEYS, outsider.pk]:
        assert "Choose somebody who may read tips." in messages_of(perform(client, "tip_name", desk.tip.pk, user=key))
    perform(client, "tip_name", desk.tip.pk, user=other.pk)
    assert set(desk.tip.readers.all()) == {desk.author, me, other}
