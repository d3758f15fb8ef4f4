"""Questions to editors on the desk: shown side by side, answered with one key, undone, and only to who may answer."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from smeditor.models import ConcernEdit, ConcernLink, ConcernMember, ConcernQuestion, Reaction, ReactionLabel
from smeditor.permissions.roles import Role
from tests.desk import world

pytestmark = pytest.mark.django_db
PAGE = "smeditor:concern_questions"


@pytest.fixture
def pair(desk):
    return desk.others


def content(client, name=PAGE, *args):
    return client.get(reverse(name, args=args)).content.decode()


def post(client, name, *args, **data):
    return client.post(reverse(f"smeditor:{name}", args=args), data, follow=True)


def messages_of(response):
    return " ".join(str(message) for message in response.context["messages"])


def test_both_reactions_stand_side_by_side_with_how_likely_and_why(desk, client, as_role, pair):
    as_role("chief")
    page = content(client)
    assert all(row.content.text in page for row in pair)
    assert "likely" in page
    assert "One repeats the other’s words." in page


def test_each_answer_has_a_key_in_the_language_of_the_editor(desk, client, as_role):
    user = as_role("chief")
    assert 'data-w-kbd-key-value="y"' in content(client)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "fr"})
    page = content(client)
    assert 'data-w-kbd-key-value="o"' in page
    assert "Oui, la même chose" in page


@pytest.mark.parametrize(("name", "sentence"), [("same", "one concern"), ("different", "two concerns")])
def test_an_answer_says_what_it_did_and_the_next_question_follows(desk, client, as_role, name, sentence):
    as_role("chief")
    response = post(client, f"concern_question_{name}", desk.question.pk)
    assert response.request["PATH_INFO"] == reverse(PAGE)
    assert sentence in messages_of(response)
    assert "Nothing is to be asked" in response.content.decode()


def test_the_last_answer_is_taken_back_with_one_key(desk, client, as_role):
    as_role("chief")
    post(client, "concern_question_different", desk.question.pk)
    page = content(client)
    assert "Your last answer" in page
    post(client, "concern_undo", ConcernEdit.objects.latest("pk").pk)
    desk.question.refresh_from_db()
    assert desk.question.answer == ""
    assert not ConcernLink.objects.filter(undone_at=None).exists()


def test_what_nobody_can_tell_is_not_asked_again(desk, client, as_role):
    as_role("chief")
    post(client, "concern_question_skip", desk.question.pk)
    assert "Nothing is to be asked" in content(client)


def test_who_comes_second_is_told_so(desk, client, as_role):
    as_role("chief")
    post(client, "concern_question_same", desk.question.pk)
    assert "already" in messages_of(post(client, "concern_question_different", desk.question.pk))


def test_a_reaction_that_was_confided_is_asked_about_by_no_road(desk, client, as_role, pair):
    as_role(Role.SOCIAL_EDITOR)
    Reaction.objects.filter(pk=pair[0].pk).update(kind="form")
    ReactionLabel.objects.create(reaction=pair[0], label="tip", by="reader")
    assert pair[0].content.text not in content(client)
    for name in ("same", "different", "skip"):
        assert client.post(reverse(f"smeditor:concern_question_{name}", args=[desk.question.pk])).status_code == 404
    desk.question.refresh_from_db()
    assert desk.question.answer == ""


def test_words_that_are_gone_are_not_asked_about(desk, client, as_role, pair):
    as_role("chief")
    pair[0].content.delete()
    page = content(client)
    assert pair[1].content.text not in page


def test_words_behind_a_mask_stay_behind_it(desk, client, as_role, pair):
    as_role("chief")
    content_row = pair[0].content
    content_row.masked = "When will it open, *** ?"
    content_row.save()
    assert "When will it open, *** ?" in content(client)


def test_the_board_the_reaction_and_the_concern_lead_to_the_question(desk, client, as_role, pair):
    as_role("chief")
    assert reverse(PAGE) in content(client, "smeditor:concerns")
    question = reverse("smeditor:concern_question", args=[desk.question.pk])
    assert question in content(client, "smeditor:reaction", pair[0].pk)
    assert question in content(client, "smeditor:concern", desk.concern.pk)


def test_the_home_page_counts_them_for_who_may_answer(desk, client, as_role):
    as_role("chief")
    assert reverse(PAGE) in content(client, "wagtailadmin_home")


def test_a_question_of_an_address_that_is_answered_gives_way_to_the_next_one(desk, client, as_role, pair):
    as_role("chief")
    other = world.make_question(desk.reaction, pair[0], article=desk.article)
    ConcernQuestion.objects.filter(pk=desk.question.pk).update(answer="skipped")
    page = content(client, "smeditor:concern_question", desk.question.pk)
    assert reverse("smeditor:concern_question_same", args=[other.pk]) in page


def test_an_answer_moves_no_reaction_that_an_editor_has_placed_elsewhere(desk, client, as_role, pair):
    as_role("chief")
    ConcernMember.objects.filter(reaction=pair[0]).delete()
    assert "in no concern" in messages_of(post(client, "concern_question_same", desk.question.pk))
