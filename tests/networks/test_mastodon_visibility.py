"""What an answer must keep of the message that it answers (P13): whom it was written for, and its warning."""

from smeditor.networks.base import Kind
from smeditor.networks.mastodon.parse import read_status


def status(**fields):
    account = {"id": "7", "acct": "lea", "username": "lea", "url": "https://social.example/@lea"}
    return {"id": "9", "account": account, "created_at": "2026-03-10T09:00:00Z", "content": "<p>Why?</p>", **fields}


def test_an_unlisted_reply_behind_a_warning_is_read_as_both():
    inbound = read_status(status(visibility="unlisted", spoiler_text="Politics"), Kind.REPLY, "social.example")
    assert (inbound.visibility, inbound.content_warning) == ("unlisted", "Politics")


def test_a_followers_only_reply_is_not_kept_and_so_not_answered():
    inbound = read_status(status(visibility="private", spoiler_text="Politics"), Kind.REPLY, "social.example")
    assert (inbound.public, inbound.text, inbound.content_warning) == (False, "", "")
