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
    Conversation,
    CorrectionRequest,
    Delivery,
    Hold,
    Post,
    Reaction,
    ReactionLabel,
    ReactionText,
    Rule,
)
from smeditor.publishing import approval
from tests.desk import world
from tests.desk.bulk import in_bulk, submit_bulk_action
from tests.permissions.newsroom import Things

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


def post(client: Any, name: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(name, args=args), data)


def opens(client: Any, name: str, *args: Any) -> bool:
    return client.get(reverse(name, args=args)).status_code == 200


def form_of(account: Account, text: str) -> dict[str, Any]:
    counts = {f"variants-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}
    fields = {"text": text, "accounts": account.pk, "news_class": "news", "repeat_times": 1, "with_card": "on"}
    return {**fields, **counts}


def read_reaction(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:reaction", at.reaction().pk)


def read_concern(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:concern", world.make_concern([at.reaction()]).pk)


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


def lift(client: Any, at: Things) -> bool:
    hold = Hold.objects.create(scope="account", account=at.account, reason="Wait.", placed_by=at.colleague)
    post(client, "smeditor:hold_lift", hold.pk)
    return Hold.objects.get(pk=hold.pk).lifted_at is not None


def label(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    post(client, "smeditor:reaction_label", reaction.pk, label="thanks", present="1")
    return ReactionLabel.objects.filter(reaction=reaction, label="thanks", present=True).exists()


def to_spam(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    submit_bulk_action(client, "spam", reaction.pk)
    return Reaction.objects.get(pk=reaction.pk).queue == Reaction.Queue.SPAM


def take(client: Any, at: Things) -> bool:
    thread = at.reaction().conversation
    post(client, "smeditor:reaction_assign", thread.reactions.get().pk, version=thread.version)
    return Conversation.objects.get(pk=thread.pk).assigned_to_id == at.user.pk


def answer(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    version = reaction.conversation.version
    post(client, "smeditor:reaction", reaction.pk, text="In May, at six.", version=version, send="approval")
    return Post.objects.filter(in_reply_to=reaction).exists()


def answer_concern(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    concern = world.make_concern([reaction])
    post(client, "smeditor:concern_answer", concern.pk, text="In May.", url="")
    return Post.objects.filter(in_reply_to=reaction).exists()


def decide_on_error(client: Any, at: Things) -> bool:
    claim = at.correction()
    data = {"verdict": "declined", "reason": "It is right.", "erratum": "", "thanks": ""}
    post(client, "smeditor:correction", claim.pk, **data)
    return CorrectionRequest.objects.get(pk=claim.pk).verdict == "declined"


def pause(client: Any, at: Things) -> bool:
    post(client, "smeditor:account_pause", at.account.pk, reason="A strike.")
    paused = Account.objects.get(pk=at.account.pk).state == Account.State.PAUSED
    Account.objects.filter(pk=at.account.pk).update(state=Account.State.ACTIVE)
    return paused


def change_account(client: Any, at: Things) -> bool:
    return opens(client, "smeditor_accounts:edit", at.account.pk)


def add_rule(client: Any, at: Things) -> bool:
    name = f"Rule for {at.account}"
    template = "{title} {url}"
    data = {"name": name, "mode": "shadow", "paywall": "any", "template": template, "delay": 0}
    post(client, "smeditor_rules:add", accounts=at.account.pk, **data)
    return Rule.objects.filter(name=name).exists()


def keep_for_a_claim(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    day = timezone.localdate() + timedelta(days=60)
    post(client, "smeditor:legal_hold", reaction.pk, reason=f"Case of {at.desk}", until=day.isoformat())
    return Reaction.objects.get(pk=reaction.pk).legal_hold_until is not None


def erase_reader(client: Any, at: Things) -> bool:
    reaction = at.reaction()
    asked = {"network": reaction.network, "who": reaction.content.author_handle}
    post(client, "smeditor:reader_erase", **asked, total=1, confirmed="on")
    return not ReactionText.objects.filter(reaction=reaction).exists()


def export_labels(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:labels_json")


NOBODY: frozenset[str] = frozenset()
MATRIX = (
    Operation("read_reaction", "read what a reader wrote", READERS | {"journalist"}, READERS, read_reaction),
    Operation("read_concern", "read a concern", READERS | {"journalist"}, READERS, read_concern),
    Operation("read_post", "read a post, drafts too", AUTHORS, AUTHORS, read_post),
    Operation("read_delivery", "see what goes out, and its proof", PLANNERS, PLANNERS, read_delivery),
    Operation("suggest", "write a draft", AUTHORS, SUGGESTERS | CHIEF, suggest),
    Operation("change_own", "change one's own draft", AUTHORS, SUGGESTERS | CHIEF, change_own),
    Operation("change_others", "change a colleague's draft", PLANNERS, CHIEF, change_others),
    Operation("delete_draft", "delete a draft", PLANNERS, CHIEF, delete_draft),
    Operation("approve", "approve a post", APPROVERS, CHIEF, approve),
    Operation("move", "give a delivery another time", PLANNERS, CHIEF, move),
    Operation("drop", "drop a delivery", PLANNERS, CHIEF, drop),
    Operation("drop_many", "decide on several deliveries at once", PLANNERS, CHIEF, drop_many),
    Operation("stop", "stop an account (hold)", PLANNERS, CHIEF, stop),
    Operation("lift", "lift such a hold", PLANNERS, CHIEF, lift),
    Operation("stop_everything", "stop everything (hold)", PLANNERS, PLANNERS, stop_everything),
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
    Operation("pause", "pause an account", CHIEF, CHIEF, pause),
    Operation("change_account", "change an account", CHIEF, CHIEF, change_account),
    Operation("add_rule", "add a rule", CHIEF, CHIEF, add_rule),
    Operation("keep_for_a_claim", "keep a message for a legal claim", CHIEF, CHIEF, keep_for_a_claim),
    Operation("erase_reader", "erase a reader who asks for it", CHIEF, CHIEF, erase_reader),
    Operation("export_labels", "export labels", CHIEF, CHIEF, export_labels),
)
