"""One act takes back what a rule did: the draft, the approval, and what stands on a network, as far as one may."""

from __future__ import annotations

import pytest
import time_machine

from smeditor.exceptions import NotAllowed
from smeditor.models import Delivery, Desk, Post, RuleRun
from smeditor.models.approval import latest_revision, seen_hash
from smeditor.publishing import rule_undo
from smeditor.publishing.rules import run_due
from tests.desk import world
from tests.publishing.conftest import NOON
from tests.publishing.test_rules import make_rule, publish  # noqa: F401

State = Delivery.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(publish, make_rule):  # noqa: F811
    def make(mode: str) -> RuleRun:
        make_rule(mode)
        with time_machine.travel(NOON, tick=False):
            publish()
            run_due(NOON)
        return RuleRun.objects.get()

    return make


@pytest.fixture
def chief(db):
    return world.make_user("chief", "chief")


@pytest.fixture
def planner(db):
    return world.make_user("planner", "social_editor")


def undo(run, user):
    shown = seen_hash(latest_revision(run.post)) if run.post else ""
    return rule_undo.undo(run, user, shown, NOON)


def test_an_untouched_draft_is_deleted_and_the_rule_does_it_never_again(ran, planner):
    run = ran("draft")
    assert "The draft is deleted." in undo(run, planner)
    assert not Post.objects.exists()
    run = RuleRun.objects.get()
    assert (run.undone_by, run.post) == (planner, None)
    run.article.specific.save_revision().publish()
    run_due(NOON)
    assert not Post.objects.exists()


def test_a_draft_in_which_somebody_wrote_stays_theirs(ran, planner):
    run = ran("draft")
    draft = latest_revision(run.post).as_object()
    draft.text = "Better words."
    draft.save()
    draft.save_revision(user=planner)
    assert "The draft stays" in undo(run, planner)
    assert Post.objects.get().text == "Better words."


def test_what_is_not_sent_is_cancelled(ran, planner):
    run = ran("auto")
    assert Delivery.objects.get().state == State.SCHEDULED
    undo(run, planner)
    assert Delivery.objects.get().state == State.CANCELLED
    assert not Post.objects.get().live


@pytest.mark.parametrize(("role", "deletions"), [("chief", 1), ("social_editor", 0)])
def test_what_is_out_is_deleted_by_those_alone_who_may(ran, role, deletions):
    run = ran("auto")
    Delivery.objects.update(state=State.SENT)
    answer = undo(run, world.make_user("somebody", role))
    assert Delivery.objects.filter(operation=Delivery.Operation.DELETE).count() == deletions
    assert ("stays out" in answer) is (not deletions)


def test_nobody_takes_back_what_they_have_not_seen_nor_twice(ran, planner):
    run = ran("draft")
    with pytest.raises(rule_undo.Changed):
        rule_undo.undo(run, planner, "another text", NOON)
    undo(run, planner)
    with pytest.raises(rule_undo.Changed):
        rule_undo.undo(run, planner, "", NOON)


def test_neither_who_plans_nothing_nor_another_desk_takes_it_back(ran, planner):
    run = ran("auto")
    with pytest.raises(NotAllowed):
        undo(run, world.make_user("journalist", "journalist"))
    account = run.rule.accounts.get()
    account.desk = Desk.objects.create(name="Others", slug="others")
    account.save()
    with pytest.raises(NotAllowed):
        undo(run, planner)
    assert Post.objects.get().live
