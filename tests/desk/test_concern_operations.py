"""What editors fill in about a concern: what is not valid changes nothing and is answered in a sentence."""

import html

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from smeditor.models import Concern, ConcernEdit
from tests.desk import world


@pytest.fixture
def editor(desk, client, as_role):
    return as_role("chief")


def perform(client, name, *args, **data):
    response = client.post(reverse(f"smeditor:{name}", args=args), data)
    *_earlier, last = get_messages(response.wsgi_request)
    return response.url, html.unescape(str(last)).strip()


def page_of(concern):
    return reverse("smeditor:concern", args=[concern.pk])


def test_a_concern_is_assigned_to_none_but_those_who_answer(desk, client, editor):
    assert perform(client, "concern_assign", desk.concern.pk, user=editor.pk)[0] == page_of(desk.concern)
    stranger = world.make_user("stranger", "contributor")
    for user in (stranger.pk, "9" * 30, "²"):
        assert "may not answer" in perform(client, "concern_assign", desk.concern.pk, user=user)[1]
    assert Concern.objects.get(pk=desk.concern.pk).assigned_to == editor
    assert "nobody's now" in perform(client, "concern_assign", desk.concern.pk, user="")[1]
    assert Concern.objects.get(pk=desk.concern.pk).assigned_to is None


def test_a_name_that_is_too_long_is_refused_and_not_cut(desk, client, editor):
    perform(client, "concern_rename", desk.concern.pk, label="The ferry")
    assert "300" in perform(client, "concern_rename", desk.concern.pk, label="x" * 301)[1]
    assert Concern.objects.get(pk=desk.concern.pk).label == "The ferry"


@pytest.mark.parametrize("into", ["", "0", "9" * 30, "x"])
def test_a_concern_is_merged_into_none_that_is_not_there(desk, client, editor, into):
    assert perform(client, "concern_merge", desk.concern.pk, into=into) == (
        page_of(desk.concern),
        "Choose a concern first.",
    )


def test_one_merges_into_the_concern_whose_page_is_shown_then(desk, client, editor):
    other = world.make_concern([world.make_reaction("Is there a lift?")], "Is there a lift?")
    assert perform(client, "concern_merge", desk.concern.pk, into=other.pk)[0] == page_of(other)
    edit = ConcernEdit.objects.get()
    assert perform(client, "concern_undo", edit.pk)[0] == page_of(desk.concern)
    url, message = perform(client, "concern_undo", edit.pk)
    assert url == page_of(desk.concern)
    assert "undone already" in message


def test_the_page_offers_the_others_those_of_the_same_article_first(desk, client, editor):
    elsewhere = world.make_concern([world.make_reaction("Is there a lift?")], "Is there a lift?")
    alike = world.make_concern([world.make_reaction("When does it open?")], "When does it open?")
    Concern.objects.filter(pk__in=[alike.pk, desk.concern.pk]).update(article=desk.article)
    page = client.get(page_of(desk.concern)).content.decode()
    assert 0 < page.index(f'<option value="{alike.pk}"') < page.index(f'<option value="{elsewhere.pk}"')
    assert f'<option value="{desk.concern.pk}"' not in page


def test_an_alert_is_quiet_for_the_hours_that_are_offered(desk, client, editor):
    for hours in ("", "3", "x"):
        assert perform(client, "alert_snooze", desk.alert.pk, hours=hours)[1] == "Choose for how long."
    assert "quiet until" in perform(client, "alert_snooze", desk.alert.pk, hours="24")[1]
