"""Answering one reader: whether that can be done, the draft in their thread, and its way to whoever approves it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name

from smeditor import conf
from smeditor.accounts.texts import shorten_on
from smeditor.exceptions import ConfigurationError, Refused
from smeditor.listening.quotable import quotable
from smeditor.models import Concern, Conversation, Label, Post, Reaction, SavedReply
from smeditor.networks.base import Kind, Presence
from smeditor.networks.registry import capabilities
from smeditor.publishing import approval

ON_A_NETWORK = {Kind.REPLY.value, Kind.MENTION.value, Kind.QUOTE.value}
"""The kinds of reaction that only ever stand on a network; a comment may also stand on somebody's page."""


def is_on_a_network(reaction: Reaction) -> bool:
    """Whether an account of the newsroom could answer ``reaction`` where it stands."""
    return reaction.kind in ON_A_NETWORK or (reaction.kind == Kind.COMMENT and reaction.account_id is not None)


def lets_us_answer(reaction: Reaction) -> bool:
    """Whether the network of ``reaction`` lets an account answer what is of its kind. False where it is not installed."""
    try:
        able = capabilities(reaction.network, conf.get("NETWORKS"))
    except ConfigurationError:
        return False
    return able.reply and reaction.kind in able.answers


def obstacle(reaction: Reaction) -> str:
    """Why ``reaction`` cannot be answered, in a sentence in the editor's language; "" when it can."""
    if reaction.presence in {Presence.DELETED, Presence.PROTECTED}:
        return _("The reader took it back.")
    if reaction.reader and reaction.reader.opted_out:
        return _("The reader does not want to be contacted.")
    if is_on_a_network(reaction):
        if reaction.account is None or not reaction.account.sends:
            return _("None of our accounts can answer there.")
        return "" if lets_us_answer(reaction) else _("This network does not let us answer it.")
    if reaction.kind == Kind.FORM:
        return "" if reaction.content.contact else _("The reader left no address.")
    return _("It was found on a page where the desk has no account.")


def exposes(reaction: Reaction) -> bool:
    """Whether an answer would show in public that somebody who may be an informant spoke to the newsroom."""
    return is_on_a_network(reaction) and reaction.labels.filter(label=Label.TIP, present=True).exists()


def require_presence(reaction: Reaction) -> None:
    """Raise :class:`~smeditor.exceptions.Refused` unless ``reaction`` is still there, as far as its network can say now.

    The network is asked where that was not done in the last ten minutes (DESIGN.md, law 4). What is missing since the
    last check, or was not seen for a day, counts as not there.
    """
    if reaction.pk not in quotable([reaction.pk]):
        raise Refused(
            _(
                "The message is not to be found on its network just now: perhaps its author took it back. Nothing was sent."
            )
        )


def change_in(conversation: Conversation) -> str:
    """What happened to ``conversation`` while somebody typed an answer to it, as a sentence in the editor's language."""
    who = conversation.answered_by or conversation.assigned_to
    if who is None:
        return _("This thread has changed while you were writing. Read it again, then send once more.")
    params = {"who": get_user_display_name(who)}
    if conversation.answered_by:
        return (
            _("%(who)s has answered while you were writing. Read it, then send once more if yours is still needed.")
            % params
        )
    return _("%(who)s has taken this thread while you were writing. Send once more to answer all the same.") % params


@transaction.atomic
def answer(
    reaction: Reaction, text: str, user: Any, *, saved_reply: SavedReply | None = None, at_once: bool = False
) -> bool:
    """Draft ``text`` as the answer to ``reaction`` and take its thread for ``user``.

    ``at_once``: approve it where ``user`` may; else it is submitted to those who approve. ``saved_reply``: the one that
    the text was made of, whose use is counted. Returns whether the answer was approved.
    """
    post = draft_reply(reaction, text, "", user)
    if saved_reply is not None:
        SavedReply.objects.filter(pk=saved_reply.pk).update(uses=F("uses") + 1)
        post.saved_reply = saved_reply
        post.save(update_fields=["saved_reply"])
        post.save_revision(user=user)
    if reaction.conversation_id:
        Conversation.objects.filter(pk=reaction.conversation_id).update(assigned_to=user, version=F("version") + 1)
    if at_once and not approval.refusal(post, user):
        approval.approve(post, user, approval.shown_revision(post))
        return True
    approval.submit(post, user)
    return False


def draft_reply(reaction: Reaction, text: str, url: str, user: Any, concern: Concern | None = None) -> Post:
    """Draft one answer to one reaction, addressed as its network wants it, with the link ``url`` where there is one."""
    post = Post(
        kind=Post.Kind.REPLY,
        live=False,
        text=compose(reaction, text, url),
        language=reaction.language,
        article=reaction.article,
        in_reply_to=reaction,
        conversation=reaction.conversation,
        concern=concern,
        with_card=False,
        created_by=user,
        send_at=timezone.now(),
    )
    post.accounts = [reaction.account]
    post.save()
    post.save_revision(user=user)
    return post


def compose(reaction: Reaction, text: str, url: str = "") -> str:
    """The reply's text within the account's limit: the reader's handle where the network needs it, then the answer."""
    opening = addressed(reaction, text)
    link = f" {url}" if url and url not in text else ""
    return shorten_on(reaction.account, opening, link) if reaction.account else opening + link


def addressed(reaction: Reaction, text: str) -> str:
    """``text`` behind the reader's handle, where the network needs that in the text; not shortened."""
    addressee = _addressee(reaction)
    return f"{addressee} {text.strip()}" if addressee else text.strip()


def _addressee(reaction: Reaction) -> str:
    """The reader's handle, where the network needs it in the text; without its host when that is our own server."""
    handle = reaction.content.author_handle.lstrip("@")
    if not handle or not capabilities(reaction.network, conf.get("NETWORKS")).reply_mentions:
        return ""
    name, _at, host = handle.partition("@")
    own = urlsplit(reaction.account.server_url).hostname if reaction.account else None
    return f"@{name}" if host == own else f"@{handle}"
