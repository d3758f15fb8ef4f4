"""What is tried of all that concerns readers: reading, labelling, answering, keeping and erasing. True: it was done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from smeditor.models import Conversation, CorrectionRequest, Post, Reaction, ReactionLabel, ReactionText
from tests.desk import world
from tests.desk.bulk import submit_bulk_action
from tests.permissions.newsroom import Things
from tests.permissions.requests import opens, post


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


def read_reaction(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:reaction", at.reaction().pk)


def read_concern(client: Any, at: Things) -> bool:
    return opens(client, "smeditor:concern", world.make_concern([at.reaction()]).pk)
