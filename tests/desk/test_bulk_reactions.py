"""The bar of the inbox: Wagtail's bulk actions on reactions, by one click, for those who may and on what they see."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail import hooks

from smeditor.desk.inbox.bulk import BULK_ACTIONS
from smeditor.models import Desk, Reaction, ReactionLabel
from tests.desk import world
from tests.desk.bulk import address, submit_bulk_action
from tests.desk.test_actions import messages_of
from tests.desk.test_permissions import turned_away

CHIEF, SOCIAL, JOURNALIST, MODERATOR = "chief", "social_editor", "journalist", "moderator"
MAY = {
    "done": {CHIEF, SOCIAL, MODERATOR},
    "inbox": {CHIEF, SOCIAL, MODERATOR},
    "spam": {CHIEF, SOCIAL, MODERATOR},
    "label": {CHIEF, SOCIAL, MODERATOR},
    "unlabel": {CHIEF, SOCIAL, MODERATOR},
}
ACTION = re.compile(r'formaction="([^"]+)"')


def queue_of(reaction):
    return Reaction.objects.get(pk=reaction.pk).queue


def test_every_action_is_registered_with_wagtail_and_in_this_table(db):
    assert set(BULK_ACTIONS) <= set(hooks.get_hooks("register_bulk_action"))
    assert {action.action_type for action in BULK_ACTIONS} == set(MAY)


@pytest.mark.parametrize("role", [CHIEF, SOCIAL, JOURNALIST, MODERATOR, None])
def test_whoever_may_not_is_turned_away_and_nothing_happens(desk, client, as_role, role):
    as_role(*([role] if role else []))
    let_in = {
        action
        for action in MAY
        if not turned_away(submit_bulk_action(client, action, desk.others[0].pk, label="thanks"))
    }
    assert let_in == {action for action, may in MAY.items() if role in may}


def test_a_link_does_nothing(desk, client, as_role):
    as_role(CHIEF)
    answers = [client.get(f"{address(action)}?id={desk.reaction.pk}") for action in MAY]
    assert {answer.status_code for answer in answers} == {405}
    assert queue_of(desk.reaction) == "inbox"


@pytest.fixture
def answering(desk, client):
    """Somebody who reads and answers all reactions, but does not moderate."""
    may = ["access_admin", "view_reaction", "view_every_reaction", "answer_reaction"]
    user = world.make_user("answering")
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    client.force_login(user)
    return user


def test_what_one_may_not_see_is_left_alone(desk, client, answering):
    Reaction.objects.filter(pk=desk.reaction.pk).update(queue=Reaction.Queue.PROTECTED)
    submit_bulk_action(client, "done", desk.reaction.pk, desk.others[0].pk)
    assert (queue_of(desk.reaction), queue_of(desk.others[0])) == (Reaction.Queue.PROTECTED, Reaction.Queue.DONE)


def test_spam_and_back_is_for_those_who_moderate(desk, client, answering):
    assert turned_away(submit_bulk_action(client, "spam", desk.reaction.pk))
    assert turned_away(submit_bulk_action(client, "inbox", desk.reaction.pk))
    page = client.get(reverse("smeditor:inbox")).content.decode()
    assert ACTION.findall(page) == [address(action) for action in ("done", "label", "unlabel")]


def test_what_belongs_to_another_desk_is_left_alone_and_said(desk, client, as_role):
    account = world.make_account("sport", desk=Desk.objects.create(name="Sport"))
    theirs = world.make_reaction(account=account)
    as_role(SOCIAL)
    submit_bulk_action(client, "done", theirs.pk, desk.reaction.pk)
    assert (queue_of(theirs), queue_of(desk.reaction)) == (Reaction.Queue.INBOX, Reaction.Queue.DONE)
    assert "belongs to other desks" in messages_of(submit_bulk_action(client, "done", theirs.pk))


@pytest.mark.parametrize("ids", [[], ["all"], ["²", "-1", "9" * 30], [0]])
def test_nothing_chosen_is_said(desk, client, as_role, ids):
    as_role(SOCIAL)
    assert "Choose at least one reaction first." in messages_of(submit_bulk_action(client, "done", *ids))
    assert Reaction.objects.filter(queue="inbox").count() == 3


@pytest.mark.parametrize("label", ["", "nonsense"])
@pytest.mark.parametrize("action", ["label", "unlabel"])
def test_a_label_has_to_be_one(desk, client, as_role, action, label):
    as_role(SOCIAL)
    before = ReactionLabel.objects.count()
    assert "Choose a label first." in messages_of(submit_bulk_action(client, action, desk.reaction.pk, label=label))
    assert ReactionLabel.objects.count() == before


def test_it_leads_back_to_where_one_came_from_on_this_site_only(desk, client, as_role):
    as_role(SOCIAL)
    here = f"{reverse('smeditor:inbox')}?queue=inbox&p=2"
    assert submit_bulk_action(client, "done", desk.reaction.pk, next=here).url == here
    away = submit_bulk_action(client, "done", desk.others[0].pk, next="https://evil.example/")
    assert away.url == reverse("smeditor:inbox")


@pytest.mark.parametrize(
    ("role", "queue", "offered"),
    [
        (SOCIAL, "inbox", ["done", "spam", "label", "unlabel"]),
        (SOCIAL, "spam", ["inbox", "label", "unlabel"]),
        (SOCIAL, "done", ["inbox", "spam", "label", "unlabel"]),
        (JOURNALIST, "inbox", []),
    ],
)
def test_the_bar_offers_what_its_queue_and_its_user_allow(desk, client, as_role, role, queue, offered):
    Reaction.objects.update(queue=queue)
    as_role(role)
    page = client.get(reverse("smeditor:inbox"), {"queue": queue}).content.decode()
    assert ACTION.findall(page) == [address(action) for action in offered]
