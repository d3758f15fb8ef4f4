"""What a person does at Telegram before a channel can be connected, and which rights the bot has there.

https://core.telegram.org/bots/features#botfather and #privacy-mode, https://core.telegram.org/bots/api#chatmemberadministrator
(2026-11-30).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smeditor.networks.connecting import Connecting, Scope, SecretField

POST, EDIT, DELETE, COMMENTS = "can_post_messages", "can_edit_messages", "can_delete_messages", "comments"
RIGHTS = (POST, EDIT, DELETE)
LABELS = {POST: _("post messages"), EDIT: _("edit messages of others"), DELETE: _("delete messages of others")}
HANDLE = _(
    "Here, enter the channel as the handle: @name, or the number of a private channel (it begins with -100), and "
    "paste the token."
)

CONNECTING = Connecting(
    secrets=(
        SecretField(
            "bot_token",
            _("Bot token"),
            _("BotFather shows it when the bot is made: digits, a colon, then letters and digits."),
        ),
    ),
    home_server="https://api.telegram.org",
    needs_handle=True,
    handle_help=HANDLE,
    needs=_("A channel, and a bot of your own that is an administrator of it."),
    scopes=(
        Scope(POST, _("to publish in the channel")),
        Scope(EDIT, _("to correct posts, however old they are"), required=False),
        Scope(DELETE, _("to delete posts and comments"), required=False),
        Scope(COMMENTS, _("to read and answer comments in the linked discussion group"), required=False),
    ),
    steps=(
        _("In Telegram, write to @BotFather: /newbot. Give the bot a name, and a user name that ends in “bot”."),
        _("Keep the token that BotFather answers with. Whoever has it can write in your channel."),
        _("Use this bot for this channel and this desk alone: what one program has read, no other gets any more."),
        _(
            "In the channel: Manage channel → Administrators → Add administrator → the bot, with the rights to post, edit "
            "and delete messages."
        ),
        _(
            "If readers comment: in the linked discussion group, make the bot an administrator too, without any further "
            "right but to delete messages. It then reads all comments; an ordinary member reads only what names it."
        ),
        HANDLE,
    ),
    notes=(
        _("Telegram asks for no review and no fee, and the token has no end. /revoke at BotFather makes a new one."),
        _(
            "Telegram never shows a bot what it has posted. If the answer to a sending is lost, nobody but a person can "
            "say whether it is there: look into the channel and paste the address."
        ),
        _("By its documentation Telegram lets a bot delete a message within 48 hours only."),
        _("Telegram tells nobody that a comment was deleted. Remove it here by hand when you learn of it."),
        _("Reactions beneath posts are counts: Telegram does not tell who reacted."),
        _("Images have no alternative text there."),
        _("Telegram keeps unread comments for 24 hours: if the desk does not run for longer, they are lost."),
    ),
)


def granted(member: dict[str, Any]) -> frozenset[str]:
    """The rights of a bot by its membership of the channel; an owner has all."""
    status = str(member.get("status"))
    if status == "creator":
        return frozenset(RIGHTS)
    return frozenset(right for right in RIGHTS if status == "administrator" and member.get(right) is True)


def missing(rights: frozenset[str]) -> str:
    """A sentence about the rights that the bot lacks in the channel; empty where it has all."""
    lacking = [str(LABELS[right]) for right in RIGHTS if right not in rights]
    if not lacking:
        return ""
    sentence = gettext(
        "The bot lacks rights in the channel: %(rights)s. Change them under Manage channel → Administrators."
    )
    return sentence % {"rights": ", ".join(lacking)}


def reads_comments(member: dict[str, Any], bot: dict[str, Any]) -> bool:
    """Whether a bot reads what is written in a group, by its membership there and its privacy mode."""
    status = str(member.get("status"))
    if status in {"administrator", "creator"}:
        return True
    is_member = status == "member" or (status == "restricted" and member.get("is_member") is True)
    return is_member and bot.get("can_read_all_group_messages") is True
