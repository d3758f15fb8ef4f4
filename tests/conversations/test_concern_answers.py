"""Closing the loop: each person who raised a concern is told once, where they raised it."""

import pytest

from smeditor.conversations import answers, concern_answers
from smeditor.models import Concern, ConcernMember, Post
from smeditor.networks.base import Presence
from tests.desk_rows import make_account, make_reaction, make_reader

pytestmark = pytest.mark.django_db

ANSWER = "Un départ à 21 h 45 est à l'étude, réponse avant l'été."
URL = "https://paper.example/tram"


@pytest.fixture
def concern():
    return Concern.objects.create(label="La dernière navette", state=Concern.State.OPEN)


def raise_it(concern, **fields):
    fields.setdefault("account", make_account())
    reaction = make_reaction("Pourquoi la navette s'arrête-t-elle à 21 h ?", **fields)
    ConcernMember.objects.create(concern=concern, reaction=reaction)
    return reaction


def test_each_person_gets_one_draft(concern, editor):
    reader = make_reader()
    for person in (reader, reader, make_reader()):
        raise_it(concern, reader=person)
    assert len(concern_answers.prepare(concern, editor, ANSWER, URL)) == 2


def test_the_drafts_wait_for_approval(concern, editor):
    raise_it(concern)
    [draft] = concern_answers.prepare(concern, editor, ANSWER, URL)
    assert (draft.live, draft.deliveries.count()) == (False, 0)


def test_the_concern_is_answered_by_somebody(concern, editor):
    raise_it(concern)
    concern_answers.prepare(concern, editor, ANSWER, URL)
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
def test_who_cannot_be_reached_is_listed_with_the_reason(concern, fields, reason):
    raise_it(concern, **fields)
    assert [why for _, why in concern_answers.waiting(concern).unreachable] == [reason]


def test_a_reader_who_opted_out_is_left_in_peace(concern):
    raise_it(concern, reader=make_reader(opted_out=True))
    assert [why for _, why in concern_answers.waiting(concern).unreachable] == ["opted_out"]


def test_a_form_message_with_an_address_is_answered_by_mail(concern):
    reaction = raise_it(concern, kind="form", contact="odette@readers.example")
    assert concern_answers.waiting(concern).by_mail == [reaction]


def test_nobody_is_told_twice(concern, editor):
    raise_it(concern)
    concern_answers.prepare(concern, editor, ANSWER, URL)
    assert concern_answers.prepare(concern, editor, ANSWER, URL) == []
    assert Post.objects.count() == 1
