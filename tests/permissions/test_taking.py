"""K9: "I take it" takes no thread from a colleague in silence, and none that has changed since one looked."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from smeditor.conversations import assignment
from smeditor.exceptions import NotAllowed
from smeditor.models import Conversation
from tests.desk import world

SOCIAL = "social_editor"


def take(client, reaction, **data):
    response = client.post(reverse("smeditor:reaction_assign", args=[reaction.pk]), data)
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


@pytest.fixture
def thread(desk):
    return desk.reaction.conversation


def test_a_form_without_the_version_that_was_seen_takes_nothing(desk, client, as_role, thread):
    as_role(SOCIAL)
    take(client, desk.reaction)
    thread.refresh_from_db()
    assert thread.assigned_to is None


def test_a_colleagues_thread_is_named_as_theirs_and_stays_theirs(desk, client, as_role, thread):
    """Kind: a version that is compared with itself."""
    rose = world.make_user("rose", SOCIAL, first_name="Rose", last_name="Whitfield")
    Conversation.objects.filter(pk=thread.pk).update(assigned_to=rose, version=4)
    as_role(SOCIAL)
    assert "Rose Whitfield" in take(client, desk.reaction, version=4)
    thread.refresh_from_db()
    assert thread.assigned_to == rose
    page = client.get(reverse("smeditor:reaction", args=[desk.reaction.pk])).content.decode()
    assert "Rose Whitfield has taken this thread." in page
    assert "Take it over" in page


def test_it_is_taken_over_by_who_says_from_whom(desk, client, as_role, thread):
    rose = world.make_user("rose", SOCIAL)
    Conversation.objects.filter(pk=thread.pk).update(assigned_to=rose, version=4)
    user = as_role(SOCIAL)
    take(client, desk.reaction, **{"version": 4, "from": rose.pk})
    thread.refresh_from_db()
    assert (thread.assigned_to, thread.version) == (user, 5)


class Taking(TestCase):
    @given(
        held=st.sampled_from([None, "me", "rose", "yann"]),
        claimed=st.sampled_from([None, "me", "rose", "yann"]),
        version=st.sampled_from([None, 2, 3, 4]),
    )
    def test_a_thread_changes_hands_only_on_the_view_that_is_current(self, held, claimed, version):
        """Law: taken exactly when the version is the current one and it is nobody's, mine, or of whom I said."""
        people = {name: world.make_user(name + str(next(world.numbers))) for name in ("me", "rose", "yann")}
        thread = Conversation.objects.create(version=3, assigned_to=people[held] if held else None)
        try:
            holder = people[claimed].pk if claimed else None
            assignment.take(thread, people["me"], version=version, holder=holder)
            taken = True
        except NotAllowed:
            taken = False
        allowed = version == 3 and (held == "me" or held == claimed)
        assert taken == allowed
        thread.refresh_from_db()
        assert thread.assigned_to == (people["me"] if taken else people.get(held))
