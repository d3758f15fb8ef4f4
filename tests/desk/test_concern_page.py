"""What the page of a concern shows of a large one, and that it waits for no network."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from smeditor.models import Concern, Reaction
from tests.desk import world
from tests.newsroom import factories

QUOTED = "The ferry leaves far too early for the nurses of the night"


@pytest.fixture
def show(desk, client, as_role):
    """Open the page of a concern as somebody who may do anything; what is needed once only has been read."""
    as_role("chief", superuser=True)
    client.get(reverse("smeditor:concern", args=[desk.concern.pk]))
    return lambda concern: client.get(reverse("smeditor:concern", args=[concern.pk]))


@pytest.fixture
def unasked(monkeypatch):
    def ask(rows, now):
        raise AssertionError("A page of the desk asked a network.")

    monkeypatch.setattr("smeditor.listening.recheck.check", ask)
    Reaction.objects.update(checked_at=timezone.now() - timedelta(days=3))


@pytest.mark.parametrize("name", ["concern", "correction", "digest", "digest_next"])
def test_no_page_asks_a_network_before_it_quotes(desk, client, show, unasked, name):
    """The kind: a page stood still for as long as a network that is down lets one wait."""
    pages = {"concern": [desk.concern.pk], "correction": [desk.correction.pk], "digest": [desk.digest.pk]}
    desk.digest.items = {"concerns": [desk.concern.pk], "reactions": [desk.reaction.pk]}
    desk.digest.save()
    asked = {"whose": "all"} if name == "digest_next" else {}
    page = client.get(reverse(f"smeditor:{name}", args=pages.get(name)), asked)
    assert ("does the tram open?" if name == "digest_next" else "does it open?") in page.content.decode()


def test_what_the_last_check_missed_is_neither_quoted_nor_the_name_of_a_concern(desk, show, unasked):
    missing = world.make_reaction(QUOTED, missing_since=timezone.now())
    concern = world.make_concern([missing, world.make_reaction("It leaves too early for me")], QUOTED)
    page = show(concern)
    assert QUOTED not in page.content.decode()
    assert Concern.objects.get(pk=concern.pk).label == QUOTED


def test_where_a_large_concern_is_raised_is_counted_over_its_most_alike(desk, show, monkeypatch):
    other = factories.make_article(desk.section, title="Another story")
    reactions = [world.make_reaction(article=desk.article if n < 2 else other) for n in range(5)]
    concern = world.make_concern(reactions)
    for number, reaction in enumerate(reactions):
        concern.members.filter(reaction=reaction).update(similarity=1 - number / 10)
    whole = show(concern)
    assert [(found["pk"], found["n"]) for found in whole.context_data["articles"]] == [
        (other.pk, 3),
        (desk.article.pk, 2),
    ]
    assert "most like the others" not in whole.content.decode()
    monkeypatch.setattr("smeditor.desk.concerns.SPREAD_OVER", 3)
    part = show(concern)
    assert [(found["pk"], found["n"]) for found in part.context_data["articles"]] == [
        (desk.article.pk, 2),
        (other.pk, 1),
    ]
    assert part.context_data["networks"] == [("mastodon", 3)]
    assert "the 3 reactions that are most like the others" in part.content.decode()


def test_no_more_of_a_large_concern_is_read_than_is_shown(desk, show, monkeypatch):
    """The kind: each member was read with its text, its article and its thread, to show the first hundred."""
    monkeypatch.setattr("smeditor.desk.concerns.SHOWN_MEMBERS", 2)
    concern = world.make_concern([world.make_reaction(f"Reader {n} asks for the lift") for n in range(6)])
    with CaptureQueriesContext(connection) as captured:
        page = show(concern)
    assert len(page.context_data["members"]) == 2
    wide = [query["sql"] for query in captured if '"smeditor_reactiontext"."author_name"' in query["sql"]]
    assert wide
    assert [sql for sql in wide if "ORDER BY" in sql or " IN (" not in sql] == []


@pytest.mark.django_db
def test_a_concern_that_is_not_sure_says_so(desk, show):
    Concern.objects.filter(pk=desk.concern.pk).update(state=Concern.State.FORMING, is_sure=False)
    assert "not sure yet" in show(desk.concern).content.decode()
    Concern.objects.filter(pk=desk.concern.pk).update(is_sure=None)
    assert "not sure yet" not in show(desk.concern).content.decode()
