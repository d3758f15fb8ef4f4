"""Who may do what, at the own desk and at another: the one table that the document is made of and every act is held to.

Each act is tried as a person would, by a request; ``done`` looks at what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from smeditor.models import (
    Account,
    Approval,
    ArticleDrift,
    CheckSetting,
    Delivery,
    Handover,
    Hold,
    HoldProposal,
    LibraryEntry,
    Post,
    PostCorrection,
    Rule,
    RuleRun,
    SensitiveEvent,
    WordList,
)
from smeditor.publishing import approval
from tests.desk import world
from tests.desk.bulk import in_bulk
from tests.permissions.newsroom import Things
from tests.permissions.reader_attempts import (
    answer,
    answer_concern,
    decide_on_error,
    erase_reader,
    export_labels,
    keep_for_a_claim,
    label,
    read_concern,
    read_reaction,
    take,
    to_spam,
)
from tests.permissions.requests import opens, post

ROLES = ("contributor", "journalist", "moderator", "social_editor", "desk_editor", "chief")
READERS = frozenset({"moderator", "social_editor", "desk_editor", "chief"})
PLANNERS = frozenset({"social_editor", "desk_editor", "chief"})
APPROVERS = frozenset({"desk_editor", "chief"})
CHIEF = frozenset({"chief"})
AUTHORS = frozenset(ROLES) - {"moderator"}
SUGGESTERS = frozenset({"contributor", "journalist"})


@dataclass(frozen=True)
class Operation:
    """One act: in words, who may at the own desk and at another, and how it is tried (True: it was done)."""

    name: str
    label: str
    own: frozenset[str]
    other: frozenset[str]
    attempt: Callable[[Any, Things], bool]


def form_of(account: Account, text: str) -> dict[str, Any]:
    names = ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
    counts = {f"{rows}-{name}_FORMS": 0 for rows in ("variants", "media") for name in names}
    fields = {"text": text, "accounts": account.pk, "news_class": "news", "repeat_times": 1, "with_card": "on"}
    return {**fields, **counts}


def read_post(client: Any, at: Things) -> bool:
    return opens(client, "smeditor_posts:inspect", at.draft().pk)


def read_delivery(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:delivery", at.delivery().pk)


def suggest(client: Any, at: Things) -> bool:
    text = f"A suggestion for {at.account}."
    post(client, "smeditor_posts:add", **form_of(at.account, text))
    return Post.objects.filter(created_by=at.user, accounts=at.account, text=text).exists()


def change(client: Any, at: Things, draft: Post) -> bool:
    post(client, "smeditor_posts:edit", draft.pk, **form_of(at.account, "Other words."))
    return draft.get_latest_revision_as_object().text == "Other words." or _text(draft) == "Other words."


def _text(draft: Post) -> str:
    return Post.objects.get(pk=draft.pk).get_latest_revision_as_object().text


def change_own(client: Any, at: Things) -> bool:
    return change(client, at, at.draft(at.user))


def change_others(client: Any, at: Things) -> bool:
    return change(client, at, at.draft())


def delete_draft(client: Any, at: Things) -> bool:
    draft = at.draft()
    post(client, "smeditor_posts:delete", draft.pk)
    return not Post.objects.filter(pk=draft.pk).exists()


def approve(client: Any, at: Things) -> bool:
    draft = at.draft()
    url = reverse("wagtail_bulk_action", args=["smeditor", "post", "approve"])
    approved = {f"seen-{draft.pk}": approval.shown_revision(draft)}
    client.post(f"{url}?id={draft.pk}", approved)
    return Post.objects.get(pk=draft.pk).live


def fast_lane(client: Any, at: Things) -> bool:
    Account.objects.filter(pk=at.account.pk).update(fast_lane=True)
    draft = world.make_post("Breaking.", [at.account], created_by=at.user, news_class="breaking")
    post(client, "smeditor:fast_lane", draft.pk, seen=approval.shown_revision(draft))
    return Post.objects.get(pk=draft.pk).live


def read_afterwards(client: Any, at: Things) -> bool:
    draft = at.draft()
    row = Approval.objects.create(post=draft, user=at.colleague, at=timezone.now(), review="waiting")
    post(client, "smeditor:reviewed", row.pk)
    return Approval.objects.get(pk=row.pk).reviewed_by_id == at.user.pk


def set_check(client: Any, at: Things) -> bool:
    CheckSetting.objects.all().delete()
    post(client, "smeditor:check_set", code="tone", desk=at.desk.pk, severity="info")
    return CheckSetting.objects.filter(desk=at.desk).exists()


def change_word_list(client: Any, at: Things) -> bool:
    word_list = WordList.objects.create(name="A list", desk=at.desk)
    fields = {"name": "Another name", "desk": at.desk.pk, "severity": "warning"}
    counts = {f"entries-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    post(client, "smeditor_word_lists:edit", word_list.pk, **fields, **counts)
    return WordList.objects.get(pk=word_list.pk).name == "Another name"


def drop(client: Any, at: Things) -> bool:
    delivery = at.delivery()
    post(client, "smeditor:delivery_drop", delivery.pk)
    return Delivery.objects.get(pk=delivery.pk).state == Delivery.State.CANCELLED


def drop_many(client: Any, at: Things) -> bool:
    delivery = at.delivery(Delivery.State.LATE)
    in_bulk(client, "drop", [delivery])
    return Delivery.objects.get(pk=delivery.pk).state == Delivery.State.CANCELLED


def move(client: Any, at: Things) -> bool:
    delivery = at.delivery()
    slot = timezone.now() + timedelta(days=3)
    post(client, "smeditor:delivery_move", delivery.pk, slot=f"{slot:%Y-%m-%dT%H:%M}")
    return Delivery.objects.get(pk=delivery.pk).slot > timezone.now() + timedelta(days=2)


def stop(client: Any, at: Things) -> bool:
    reason = f"Wait for the police: {at.account}."
    post(client, "smeditor_holds:add", scope="account", account=at.account.pk, reason=reason)
    return Hold.objects.filter(account=at.account, reason=reason).exists()


def stop_everything(client: Any, at: Things) -> bool:
    reason = f"Everything waits, {at.desk}."
    post(client, "smeditor_holds:add", scope="all", reason=reason)
    return Hold.objects.filter(scope="all", reason=reason).exists()


def decide_on_clash(client: Any, at: Things) -> bool:
    now = timezone.now()
    event = SensitiveEvent.objects.create(
        article_key=next(world.numbers), noticed_at=now, active_until=now + timedelta(hours=1)
    )
    proposal = HoldProposal.objects.create(event=event, post=at.delivery().post, proposed_at=now)
    post(client, "smeditor:clashes_hold", proposal=proposal.pk)
    return Hold.objects.filter(scope="post", post=proposal.post).exists()


def hold_post(client: Any, at: Things) -> bool:
    held = at.delivery().post
    post(client, "smeditor:post_hold", held.pk)
    return Hold.objects.filter(scope="post", post=held).exists()


def lift(client: Any, at: Things) -> bool:
    hold = Hold.objects.create(scope="account", account=at.account, reason="Wait.", placed_by=at.colleague)
    post(client, "smeditor:hold_lift", hold.pk)
    return Hold.objects.get(pk=hold.pk).lifted_at is not None


def correct_post(client: Any, at: Things) -> bool:
    task = world.make_task(at.delivery(Delivery.State.SENT))
    post(client, "smeditor:post_correction_begin", task.pk, remedy="edit")
    return PostCorrection.objects.get(pk=task.pk).state == PostCorrection.State.UNDERWAY


def leave_post(client: Any, at: Things) -> bool:
    task = world.make_task(at.delivery(Delivery.State.SENT))
    post(client, "smeditor:post_correction_decline", task.pk, reason="Nobody saw it.")
    return PostCorrection.objects.get(pk=task.pk).state == PostCorrection.State.DECLINED


def delete_unpublished(client: Any, at: Things) -> bool:
    task = world.make_task(at.delivery(Delivery.State.SENT), "")
    post(client, "smeditor:post_correction_begin", task.pk, remedy="delete")
    return Delivery.objects.filter(target=task.delivery, operation="delete").exists()


def use_again(client: Any, at: Things) -> bool:
    entry = LibraryEntry.objects.create(post=at.draft(), kept_at=timezone.now())
    post(client, "smeditor:library_use", entry.pk)
    copies = Post.objects.filter(library_use__entry=entry)
    return copies.filter(accounts=at.account).exists()


def keep_post(client: Any, at: Things) -> bool:
    draft = at.draft()
    post(client, "smeditor:post_keep", draft.pk)
    return LibraryEntry.objects.filter(post=draft).exists()


def pause(client: Any, at: Things) -> bool:
    post(client, "smeditor:account_pause", at.account.pk, reason="A strike.")
    paused = Account.objects.get(pk=at.account.pk).state == Account.State.PAUSED
    Account.objects.filter(pk=at.account.pk).update(state=Account.State.ACTIVE)
    return paused


def change_account(client: Any, at: Things) -> bool:
    return opens(client, "smeditor_accounts:edit", at.account.pk)


def disconnect(client: Any, at: Things) -> bool:
    post(client, "smeditor:account_disconnect", at.account.pk, come_what_may="1")
    done = Account.objects.get(pk=at.account.pk).state == Account.State.DISCONNECTED
    Account.objects.filter(pk=at.account.pk).update(state=Account.State.ACTIVE)
    return done


def add_rule(client: Any, at: Things) -> bool:
    name = f"Rule for {at.account}"
    template = "{title} {url}"
    data = {"name": name, "mode": "shadow", "paywall": "any", "template": template, "delay": 0}
    post(client, "smeditor_rules:add", accounts=at.account.pk, **data)
    return Rule.objects.filter(name=name).exists()


def undo_rule(client: Any, at: Things) -> bool:
    rule, draft = Rule.objects.create(name=f"Rule {next(world.numbers)}"), at.draft()
    run = RuleRun.objects.create(rule=rule, article_key=next(world.numbers), mode="draft", post=draft)
    post(client, "smeditor:rule_run_undo", run.pk, seen=approval.shown_revision(draft))
    return RuleRun.objects.get(pk=run.pk).undone_at is not None


def follow_article(client: Any, at: Things) -> bool:
    draft = at.draft()
    Post.objects.filter(pk=draft.pk).update(article_seen={"headline": "An older headline"})
    draft.refresh_from_db()
    draft.save_revision()
    row = ArticleDrift.objects.get(post=draft)
    shown = approval.shown_revision(draft)
    post(client, "smeditor:post_drift_take", draft.pk, seen=shown, state=row.article_state)
    return not ArticleDrift.objects.filter(pk=row.pk).exists()


def shift_many(client: Any, at: Things) -> bool:
    delivery = at.delivery()
    Delivery.objects.filter(pk=delivery.pk).update(slot=timezone.now() + timedelta(hours=1))
    delivery.refresh_from_db()
    in_bulk(client, "shift", [delivery], minutes="5")
    return Delivery.objects.get(pk=delivery.pk).slot != delivery.slot


def hold_many(client: Any, at: Things) -> bool:
    delivery = at.delivery()
    in_bulk(client, "hold", [delivery], reason="Wait.")
    return Hold.objects.filter(post=delivery.post_id).exists()


def hand_over(client: Any, at: Things) -> bool:
    since = timezone.localtime(timezone.now() - timedelta(hours=2))
    post(client, "smeditor:handover_new", since=f"{since:%Y-%m-%dT%H:%M}", text="All is quiet.")
    return Handover.objects.filter(made_by=at.user).exists()


def read_handover(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:handover", at.handover().pk)


NOBODY: frozenset[str] = frozenset()
MATRIX = (
    Operation("read_reaction", "read what a reader wrote", READERS | {"journalist"}, READERS, read_reaction),
    Operation("read_concern", "read a concern", READERS | {"journalist"}, READERS, read_concern),
    Operation("read_post", "read a post, drafts too", AUTHORS, AUTHORS, read_post),
    Operation("read_delivery", "see what goes out, and its proof", PLANNERS, PLANNERS, read_delivery),
    Operation("suggest", "write a draft", AUTHORS, SUGGESTERS | CHIEF, suggest),
    Operation("change_own", "change one's own draft", AUTHORS, SUGGESTERS | CHIEF, change_own),
    Operation("change_others", "change a colleague's draft", PLANNERS, CHIEF, change_others),
    Operation("follow_article", "take an article's update into a colleague's draft", PLANNERS, CHIEF, follow_article),
    Operation("delete_draft", "delete a draft", PLANNERS, CHIEF, delete_draft),
    Operation("approve", "approve a post", APPROVERS, CHIEF, approve),
    Operation("fast_lane", "send one's own breaking news by the fast lane", PLANNERS, CHIEF, fast_lane),
    Operation("read_afterwards", "read afterwards what took the fast lane", APPROVERS, CHIEF, read_afterwards),
    Operation("set_check", "say how grave a check is", APPROVERS, CHIEF, set_check),
    Operation("change_word_list", "change a word list", APPROVERS, CHIEF, change_word_list),
    Operation("move", "give a delivery another time", PLANNERS, CHIEF, move),
    Operation("drop", "drop a delivery", PLANNERS, CHIEF, drop),
    Operation("drop_many", "decide on several deliveries at once", PLANNERS, CHIEF, drop_many),
    Operation("shift_many", "move several deliveries by minutes", PLANNERS, CHIEF, shift_many),
    Operation("hold_many", "hold several posts", PLANNERS, CHIEF, hold_many),
    Operation("read_handover", "read what a shift hands over", PLANNERS, PLANNERS, read_handover),
    Operation("hand_over", "hand over to the next shift", PLANNERS, PLANNERS, hand_over),
    Operation("stop", "stop an account (hold)", PLANNERS, CHIEF, stop),
    Operation("hold_post", "hold one post from its page", PLANNERS, CHIEF, hold_post),
    Operation("lift", "lift such a hold", PLANNERS, CHIEF, lift),
    Operation("stop_everything", "stop everything (hold)", PLANNERS, PLANNERS, stop_everything),
    Operation("decide_on_clash", "hold a post that clashes with breaking news", PLANNERS, CHIEF, decide_on_clash),
    Operation("label", "change a label", PLANNERS | {"moderator"}, frozenset({"chief", "moderator"}), label),
    Operation(
        "to_spam",
        "move reactions to or from spam",
        PLANNERS | {"moderator"},
        frozenset({"chief", "moderator"}),
        to_spam,
    ),
    Operation("take", "take a thread", PLANNERS | {"moderator"}, frozenset({"chief", "moderator"}), take),
    Operation("answer", "answer a reader", PLANNERS | {"moderator"}, frozenset({"chief", "moderator"}), answer),
    Operation("answer_concern", "answer a concern", PLANNERS, CHIEF, answer_concern),
    Operation("decide_on_error", "decide on a claimed error", PLANNERS, PLANNERS, decide_on_error),
    Operation("correct_post", "write the correction of a post", PLANNERS, CHIEF, correct_post),
    Operation("leave_post", "leave a wrong post as it is", PLANNERS, CHIEF, leave_post),
    Operation("delete_unpublished", "delete a post whose article is gone", APPROVERS, CHIEF, delete_unpublished),
    Operation("use_again", "write a post again from the library", AUTHORS, SUGGESTERS | CHIEF, use_again),
    Operation("keep_post", "keep a post in the library", PLANNERS, PLANNERS, keep_post),
    Operation("pause", "pause an account", CHIEF, CHIEF, pause),
    Operation("change_account", "change an account", CHIEF, CHIEF, change_account),
    Operation("disconnect", "disconnect an account", CHIEF, CHIEF, disconnect),
    Operation("undo_rule", "take back what a rule did", PLANNERS, CHIEF, undo_rule),
    Operation("add_rule", "add a rule", CHIEF, CHIEF, add_rule),
    Operation("keep_for_a_claim", "keep a message for a legal claim", CHIEF, CHIEF, keep_for_a_claim),
    Operation("erase_reader", "erase a reader who asks for it", CHIEF, CHIEF, erase_reader),
    Operation("export_labels", "export labels", CHIEF, CHIEF, export_labels),
)
