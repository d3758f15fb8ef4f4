"""The desk's search finds a word in any of its forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smeditor.desk.search import beginnings
from smeditor.models import Conversation
from tests.desk import world


def test_every_beginning_begins_the_word():
    @given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèàç", min_size=1, max_size=20))
    def holds(word):
        assert beginnings(word)
        assert all(word.startswith(beginning) for beginning in beginnings(word))

    holds()


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("La dernière passerelle ferme.", "passerelles"),
        ("Les passerelles ferment.", "passerelle"),
        ("They cancelled the crossings.", "crossing"),
        ("One crossing a day.", "crossings"),
        ("Deux bateaux, trois horaires.", "horaire bateaux"),
    ],
)
def test_the_inbox_and_the_posts_are_found_by_another_form_of_a_word(desk, as_role, client, written, asked):
    """U10."""
    as_role(superuser=True)
    reaction = world.make_reaction(written, account=desk.account)
    world.make_post(f"{written} №7", accounts=[desk.account])
    found = client.get("/admin/smeditor/inbox/", {"q": asked})
    assert [card.reaction.pk for card in found.context["cards"]] == [reaction.pk]
    assert "№7" in client.get("/admin/smeditor/posts/", {"q": asked}).content.decode()
    assert "№7" not in client.get("/admin/smeditor/posts/", {"q": "hippopotame"}).content.decode()


def test_what_was_answered_leaves_the_inbox_and_is_found_again_when_asked_for(desk, as_role, client):
    """U11."""
    as_role(superuser=True)
    Conversation.objects.filter(pk=desk.reaction.conversation_id).update(state=Conversation.State.ANSWERED)

    def shown(**asked):
        return {card.reaction.pk for card in client.get("/admin/smeditor/inbox/", asked).context["cards"]}

    others = {reaction.pk for reaction in desk.others}
    assert shown() == others
    assert shown(waiting="answered") == {desk.reaction.pk}
    assert shown(waiting="all") == others | {desk.reaction.pk}
    tabs = {queue: count for queue, _label, count in client.get("/admin/smeditor/inbox/").context["tabs"]}
    assert tabs["inbox"] == str(len(others))
