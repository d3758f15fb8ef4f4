"""Closing the loop: each person who raised a concern is told once, where they raised it."""

import pytest
from django.utils import timezone

from smeditor.conversations import answers, concern_answers
from smeditor.models import Concern, ConcernMember, Post
from smeditor.networks.base import Presence
from tests.desk_rows import make_account, make_reaction, make_reader

pytestmark = pytest.mark.django_db

ANSWER = "Un départ à 21 h 45 est à l'étude, réponse avant l'été."
URL = "https://paper.example/tram"


@pytest.fixture
def editor(django_user_model):
    """Somebody who sees every reaction and acts for every desk."""
    return django_user_model.objects.create_superuser("edith", "edith@paper.example", "secret")


@pytest.fixture
def concern():
    return Concern.objects.create(label="La dernière navette", state=Concern.State.OPEN)


def answer_all(concern, editor):
    to = concern_answers.still_there(concern_answers.waiting(concern, editor).on_networks)
    return concern_answers.prepare(concern, editor, ANSWER, URL, to)


def raise_it(concern, **fields):
    fields.setdefault("account", make_account())
    reaction = make_reaction("Pourquoi la navette s'arrête-t-elle à 21 h ?", **fields)
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    return reaction


def test_each_person_gets_one_draft(concern, editor):
    reader = make_reader()
    for person in (reader, reader, make_reader()):
        raise_it(concern, reader=person)
    assert len(answer_all(concern, editor)) == 2


def test_the_drafts_wait_for_approval(concern, editor):
    raise_it(concern)
    [draft] = answer_all(concern, editor)
    assert (draft.live, draft.deliveries.count()) == (False, 0)


def test_the_concern_is_answered_by_somebody(concern, editor):
    raise_it(concern)
    answer_all(concern, editor)
    concern.refresh_from_db()
    assert (concern.state, concern.answered_by) == (Concern.State.ANSWERED, editor)


def test_a_mastodon_reply_names_the_reader_and_a_bluesky_one_does_not(concern):
    on_mastodon = raise_it(concern, author_handle="lea@masto.example")
    bluesky = make_account(network="bluesky", limits={"max_length": 300})
    on_bluesky = raise_it(concern, account=bluesky, network="bluesky", author_handle="lea.test")
    assert answers.compose(on_mastodon, ANSWER, URL).startswith("@lea@masto.example ")
    assert answers.compose(on_bluesky, ANSWER, URL).startswith("Un départ")


def test_a_reader_on_our_own_server_is_named_without_its_host(concern):
    reaction = raise_it(concern, author_handle="lea@social.example")
    assert answers.compose(reaction, ANSWER, URL).startswith("@lea Un départ")


def test_a_long_answer_is_cut_and_keeps_its_link(concern):
    reaction = raise_it(concern, account=make_account(limits={"max_length": 120, "url_length": 23}))
    text = answers.compose(reaction, ANSWER * 20, URL)
    assert text.endswith(URL)
    assert "…" in text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"presence": Presence.DELETED}, "deleted"),
        ({"kind": "feed"}, "no_address"),
        ({"account": None}, "no_account"),
    ],
)
def test_who_cannot_be_reached_is_listed_with_the_reason(concern, editor, fields, reason):
    raise_it(concern, **fields)
    assert [why for _, why in concern_answers.waiting(concern, editor).unreachable] == [reason]


def test_a_reader_who_opted_out_is_left_in_peace(concern, editor):
    raise_it(concern, reader=make_reader(opted_out=True))
    assert [why for _, why in concern_answers.waiting(concern, editor).unreachable] == ["opted_out"]


def test_a_form_message_with_an_address_is_answered_by_mail(concern, editor):
    reaction = raise_it(concern, kind="form", contact="odette@readers.example")
    assert concern_answers.waiting(concern, editor).by_mail == [reaction]


def test_nobody_is_told_twice(concern, editor):
    raise_it(concern)
    answer_all(concern, editor)
    assert answer_all(concern, editor) == []
    assert Post.objects.count() == 1


def test_who_waits_is_listed_without_asking_a_network(concern, editor):
    reaction = raise_it(concern)
    assert concern_answers.waiting(concern, editor).on_networks == [reaction]
    reaction.refresh_from_db()
    assert reaction.checked_at is None


def test_who_is_missing_since_the_last_check_is_told_nothing(concern, editor):
    raise_it(concern, missing_since=timezone.now())
    assert [why for _, why in concern_answers.waiting(concern, editor).unreachable] == ["unseen"]


def test_those_who_are_not_answered_in_this_round_are_counted(concern, editor, monkeypatch):
    monkeypatch.setattr(concern_answers, "AT_ONCE", 2)
    raised = [raise_it(concern) for _ in range(5)]
    found = concern_answers.waiting(concern, editor)
    assert (found.on_networks, found.more) == ([raised[4], raised[3]], 3)


def test_the_next_round_answers_the_others(concern, editor, monkeypatch):
    monkeypatch.setattr(concern_answers, "AT_ONCE", 2)
    for _ in range(3):
        raise_it(concern)
    assert (len(answer_all(concern, editor)), len(answer_all(concern, editor))) == (2, 1)


def test_those_who_cannot_be_told_keep_nobody_from_their_answer(concern, editor, monkeypatch):
    monkeypatch.setattr(concern_answers, "AT_ONCE", 2)
    reached = raise_it(concern)
    for _ in range(5):
        raise_it(concern, account=None)
    found = concern_answers.waiting(concern, editor)
    assert (found.on_networks, found.untold, len(found.unreachable)) == ([reached], 5, 2)
