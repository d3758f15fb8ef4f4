"""Four eyes as a machine of states: whatever people do in whatever order, two laws hold over what leaves the house.

No text leaves that one of its own writers approved where the account asks for another pair of eyes (P4, P5), and none
that its approver had not seen (P6). The one exception is the fast lane: only breaking news, only while the account is in it,
and only what is written down to be read afterwards. ``SMEDITOR_MACHINE_STEPS=10000`` runs it at length.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from smeditor.accounts import clients
from smeditor.exceptions import SmeditorError
from smeditor.models import Account, Approval, Delivery, FourEyesApprovalTask, Post, PublishedArticle, Rule, RuleRun
from smeditor.models.approval import latest_revision
from smeditor.publishing import approval, decide, fast_lane, heartbeat, rules
from smeditor.publishing.engine import tick
from tests.newsroom import factories
from tests.publishing.conftest import NOON
from tests.publishing.harness.networks import server_at

LONG = int(os.environ.get("SMEDITOR_MACHINE_STEPS", "0"))
STEPS = 50
PEOPLE = ("ann", "bob", "cem")
State = Delivery.State
who = st.sampled_from(PEOPLE)
some = st.integers(0, 9)
counts = {"steps": 0, "sent": 0, "stopped": 0, "refused": 0, "fast": 0}


class Newsroom(RuleBasedStateMachine):
    """Three people with every right but the one that nobody has.

    The model beside the desk is a second, naive book: who wrote each text since another person approved it, by the
    words themselves, and which texts each person has had before their eyes.
    """

    people: dict
    article: object
    free: Account
    strict: Account

    def __init__(self) -> None:
        super().__init__()
        self.number = 0
        self.clock = NOON
        self.writers: dict[str, set[int]] = {}
        self.vouched: set[str] = set()
        self.eyes: dict[int, set[str]] = {user.pk: set() for user in self.people.values()}
        self.opened: dict[tuple[int, int], tuple[str, str]] = {}
        self.shown: dict[tuple[int, int], Delivery] = {}
        self.checked: set[int] = set()
        self.lane_open = False
        # Each run begins on the same desk: what one left behind would lead the next another way.
        self.savepoint = transaction.savepoint()
        heartbeat.forget()
        clients._saved_rates.clear()
        for account in (self.free, self.strict):
            server_at(account.server_url).published.clear()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    # what people do

    @rule(name=who, strict=st.booleans())
    def write(self, name, strict):
        user, text = self.people[name], self._text()
        post = Post(text=text, live=False, created_by=user)
        post.accounts = [self.strict] if strict else [self.free, self.strict]
        post.save()
        self._wrote(post, text, user, before=None)
        post.save_revision(user=user)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some)
    def rewrite(self, name, n):
        user, post = self.people[name], self._post(n)
        changed = post.get_latest_revision_as_object()
        before, text = changed.text, self._text()
        changed.text = text
        self._wrote(post, text, user, before)
        changed.save_revision(user=user)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some)
    def autosave(self, name, n):
        user, post = self.people[name], self._post(n)
        newest = latest_revision(post)
        if newest.user_id != user.pk:
            return
        changed = newest.as_object()
        before, text = changed.text, self._text()
        changed.text = text
        self._wrote(post, text, user, before)
        changed.save_revision(user=user, overwrite_revision=newest)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some)
    def save_unchanged(self, name, n):
        self._post(n).get_latest_revision_as_object().save_revision(user=self.people[name])

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some, back=some)
    def bring_back(self, name, n, back):
        user, post = self.people[name], self._post(n)
        versions = list(post.revisions.order_by("pk"))
        old = versions[back % len(versions)]
        restored = old.as_object()
        # Who brings back a text has not written it; its writers are its writers still.
        restored.save_revision(user=user, previous_revision=old)

    @rule(name=who, mode=st.sampled_from(["ask", "auto", "draft"]), second=who)
    def let_a_rule_write(self, name, mode, second):
        text = self._text()
        made = Rule.objects.create(
            name=text,
            mode=mode,
            template=text,
            with_image=False,
            created_by=self.people[name],
            template_by=self.people[second],
        )
        made.accounts.set([self.strict])
        PublishedArticle.objects.all().delete()
        RuleRun.objects.all().delete()
        self.writers[text] = {self.people[name].pk, self.people[second].pk}
        rules.record(self.article, self.clock)
        PublishedArticle.objects.update(handled_at=None, error="")
        rules.run_due(self.clock)
        Rule.objects.update(active=False)

    @precondition(lambda self: Post.objects.exists())
    @rule(n=some)
    def submit(self, n):
        post = self._post(n)
        if not post.workflow_in_progress:
            post.get_workflow().start(post, None)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some)
    def open_page(self, name, n):
        user, post = self.people[name], self._post(n)
        text = latest_revision(post).content["text"]
        self.opened[user.pk, post.pk] = (approval.shown_revision(post), text)
        self.eyes[user.pk].add(text)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some)
    def approve_what_was_opened(self, name, n):
        """By bulk, by workflow or for a concern: one function carries all three."""
        user, post = self.people[name], self._post(n)
        carried, _text = self.opened.get((user.pk, post.pk), ("", ""))
        self._try(approval.approve, post, user, carried, saw=latest_revision(post).content["text"], user=user)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some, waits=st.booleans())
    def open_and_approve(self, name, n, waits):
        self.open_page(name, n)
        if waits:
            self.autosave(PEOPLE[n % 3], n)
        self.approve_what_was_opened(name, n)
        self.let_the_worker_send(1)

    @rule(name=who, open_lane=st.booleans(), news_class=st.sampled_from(["breaking", "news"]))
    def send_by_the_fast_lane(self, name, open_lane, news_class):
        """One writes for the strict account and sends it without anybody, which the lane lets or does not let them."""
        self.open_or_close_the_lane(open_lane)
        user, text = self.people[name], self._text()
        post = Post(text=text, live=False, created_by=user, news_class=news_class)
        post.accounts = [self.strict]
        post.save()
        self._wrote(post, text, user, before=None)
        post.save_revision(user=user)
        self.eyes[user.pk].add(text)
        self._try(fast_lane.approve, post, user, approval.shown_revision(post))

    @rule(open_lane=st.booleans())
    def open_or_close_the_lane(self, open_lane):
        self.lane_open = open_lane
        Account.objects.filter(pk=self.strict.pk).update(fast_lane=open_lane)

    @rule(name=who, second=who, strict=st.booleans())
    def usual_day(self, name, second, strict):
        """One writes, one (perhaps the same) opens it and approves, the worker sends: without it little would be sent."""
        self.write(name, strict)
        newest = Post.objects.count() - 1
        self.open_page(second, newest)
        self.approve_what_was_opened(second, newest)
        self.let_the_worker_send(60)

    @precondition(lambda self: Post.objects.exists())
    @rule(name=who, n=some, back=some, bare=st.booleans())
    def publish_by_wagtail(self, name, n, back, bare):
        """A revision that one has before one's eyes, newest or not; with or without the post's own method."""
        user, post = self.people[name], self._post(n)
        versions = list(post.revisions.order_by("pk"))
        revision = versions[-1 - back % min(2, len(versions))]
        text = revision.content["text"]
        self.eyes[user.pk].add(text)
        if bare:
            self._try(PublishRevisionAction(revision, user=user).execute)
        else:
            self._try(revision.publish, user, saw=text, user=user)

    @precondition(lambda self: Post.objects.filter(live=True).exists())
    @rule(name=who, n=some)
    def withdraw(self, name, n):
        self._post(n).unpublish(user=self.people[name])

    @precondition(lambda self: Delivery.objects.exists())
    @rule(name=who, n=some)
    def open_delivery(self, name, n):
        user, delivery = self.people[name], self._delivery(n)
        self.shown[user.pk, delivery.pk] = delivery
        self.eyes[user.pk].add(_text_of(delivery))

    @precondition(lambda self: Delivery.objects.exists())
    @rule(name=who, n=some, what=st.sampled_from(["send", "move", "all", "not_there"]))
    def decide(self, name, n, what):
        user = self.people[name]
        shown = self.shown.get((user.pk, self._delivery(n).pk))
        if shown is None:
            return
        if what == "send":
            self._try(decide.send_now, shown, user, self.clock)
        elif what == "move":
            self._try(decide.move, shown, user, self.clock + timedelta(minutes=1), self.clock)
        elif what == "all":
            self._try(decide.move_in_turn, shown, user, self.clock, [], self.clock)
        else:
            self._try(decide.it_is_not_there, shown, user, self.clock)

    @rule()
    def change_the_accounts_rule(self):
        account = Account.objects.get(pk=self.strict.pk)
        account.approval = "one" if account.approval == "four_eyes" else "four_eyes"
        account.save(update_fields=["approval"])

    @rule(minutes=st.integers(1, 90))
    def let_the_worker_send(self, minutes):
        Account.objects.filter(pk=self.strict.pk).update(approval="four_eyes")
        self.clock += timedelta(minutes=minutes)
        with time_machine.travel(self.clock, tick=False):
            tick(self.clock, "worker")

    # what must hold

    @invariant()
    def nothing_leaves_that_its_own_writer_approved_or_its_approver_had_not_seen(self):
        counts["steps"] += 1
        for delivery in (
            Delivery.objects.filter(state=State.SENT).exclude(pk__in=self.checked).select_related("account")
        ):
            text = _text_of(delivery)
            counts["sent"] += 1
            self.checked.add(delivery.pk)
            if delivery.account_id == self.strict.pk:
                assert delivery.approved_by_id is not None, "nobody is known to have approved it"
                if delivery.approved_by_id in self.writers[text]:
                    self.by_the_lane(delivery)
                assert text in self.eyes[delivery.approved_by_id], "its approver had not seen it"
        counts["stopped"] = max(counts["stopped"], Delivery.objects.filter(state=State.STOPPED).count())

    def by_the_lane(self, delivery: Delivery) -> None:
        assert self.lane_open, "one of its own writers approved it"
        assert delivery.news_class == "breaking", "one of its own writers approved what could have waited"
        rows = Approval.objects.filter(post=delivery.post_id, user=delivery.approved_by_id)
        assert rows.filter(review="waiting").exists(), "nobody is asked to read it afterwards"
        counts["fast"] += 1

    # the book

    def _text(self) -> str:
        self.number += 1
        return f"Text number {self.number}"

    def _post(self, n: int) -> Post:
        posts = list(Post.objects.order_by("pk"))
        return posts[n % len(posts)]

    def _delivery(self, n: int) -> Delivery:
        rows = list(Delivery.objects.select_related("account", "post").order_by("pk"))
        return rows[n % len(rows)]

    def _wrote(self, post: Post, text: str, user, before: str | None) -> None:
        before_it = set() if before is None or before in self.vouched else self.writers[before]
        self.writers[text] = before_it | {user.pk}

    def _try(self, action, *args, saw: str = "", user=None) -> None:
        """Do it if it is allowed; a text that another person than its writers approved is vouched for."""
        try:
            with time_machine.travel(self.clock, tick=False):
                action(*args)
        except (SmeditorError, PermissionDenied):
            counts["refused"] += 1
            return
        if saw and user.pk not in self.writers[saw]:
            self.vouched.add(saw)


def _text_of(delivery: Delivery) -> str:
    return delivery.payload["parts"][0]["text"]


@pytest.mark.slow
@pytest.mark.django_db
def test_no_text_leaves_that_its_own_writer_approved_or_its_approver_had_not_seen(
    make_account, article, no_time_passes
):
    Newsroom.people = {name: factories.make_user(name, name.title(), "N") for name in PEOPLE}
    for user in Newsroom.people.values():
        user.is_superuser = True
        user.save()
    Newsroom.article = article
    Newsroom.free = make_account("mastodon", approval="one")
    Newsroom.strict = make_account("mastodon", approval="four_eyes")
    task = FourEyesApprovalTask.objects.create(name="Another pair")
    task.groups.set([Group.objects.create(name="Everybody")])
    workflow = Workflow.objects.create(name="Posts")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    WorkflowContentType.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(Post), defaults={"workflow": workflow}
    )
    run_state_machine_as_test(
        Newsroom,
        settings=settings(
            max_examples=max(6, LONG // 40),  # many a run ends before its last step
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    sys.stdout.write(f"{counts}\n")
    assert counts["sent"] > 0, "nothing was sent, so nothing was shown"
    assert counts["refused"] > 0
