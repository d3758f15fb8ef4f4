"""What the double keeps: profiles, tokens, containers, posts; and how it refuses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Response

from tests.networks.doubles.threads import collection

APP_ID, APP_SECRET, VERIFY_TOKEN = "314159265358979", "fedcba9876543210" * 2, "a-word-of-our-own"
SCOPES = (
    "threads_basic",
    "threads_content_publish",
    "threads_read_replies",
    "threads_manage_replies",
    "threads_manage_mentions",
    "threads_manage_insights",
    "threads_delete",
)
NEEDS = {
    ("POST", "/me/threads"): "threads_content_publish",
    ("POST", "/me/threads_publish"): "threads_content_publish",
    ("GET", "/{id}/conversation"): "threads_read_replies",
    ("GET", "/{id}/replies"): "threads_read_replies",
    ("POST", "/{id}/manage_reply"): "threads_manage_replies",
    ("GET", "/{id}/insights"): "threads_manage_insights",
    ("GET", "/me/mentions"): "threads_manage_mentions",
    ("DELETE", "/{id}"): "threads_delete",
}
A_LINK = re.compile(r"https?://[^\s]+")
A_NAME = re.compile(r"@([A-Za-z0-9_.]*[A-Za-z0-9_])")
A_TAG = re.compile(r"#(\w+)")
AN_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d\U0001f1e6-\U0001f1ff]")


class ThreadsError(Exception):
    """A refusal. ``http``: its status."""

    def __init__(self, code: int, message: str, subcode: int = 0, http: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode, self.http, self.more = code, message, subcode, http, more

    def response(self) -> Response:
        """The refusal in Meta's envelope."""
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code, **self.more}
        if self.subcode:
            error["error_subcode"] = self.subcode
        return as_json({"error": {**error, "fbtrace_id": "AzByCxDw"}}, self.http)


def lost(container_id: str) -> ThreadsError:
    """As fbsamples/threads_api#70 has it."""
    more = {
        "error_user_title": "Media Not Found",
        "error_user_msg": f"The media with id {container_id} cannot be found.",
    }
    return ThreadsError(24, "The requested resource does not exist", 4279009, is_transient=False, **more)


def not_there(node_id: str) -> ThreadsError:
    """As every Graph API has it."""
    message = (
        f"Unsupported get request. Object with ID '{node_id}' does not exist, cannot be loaded due to missing permissions,"
        " or does not support this operation."
    )
    return ThreadsError(100, message, 33)


@dataclass
class Profile:
    """Somebody on Threads."""

    id: str
    username: str
    name: str = ""
    private: bool = False


@dataclass
class Token:
    """A token. ``long``: one of sixty days."""

    value: str
    user: Profile
    scopes: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    long: bool = False
    valid: bool = True


@dataclass
class Container:
    """What was made and is not published yet. ``polls``: so many readings it is still being processed."""

    id: str
    user: Profile
    params: dict[str, str]
    at: datetime
    polls: int = 0
    error: str = ""
    published: str = ""
    forgotten: bool = False


@dataclass
class Post:
    """One post or reply. ``data``: its fields; ``hidden``: by the owner of the conversation."""

    id: str
    author: Profile
    data: dict[str, Any]
    parent: str = ""
    root: str = ""
    gone: bool = False
    hide_status: str = "NOT_HUSHED"
    children: list[str] = field(default_factory=list)


def counted(text: str) -> int:
    """The length of a text, written anew from the documentation: an emoji counts as many as its UTF-8 bytes."""
    return sum(len(sign.encode()) if AN_EMOJI.match(sign) else 1 for sign in text)


def fields_of(whole: dict[str, Any], params: dict[str, str]) -> dict[str, Any]:
    wanted = collection.field_names(params.get("fields", "")) or {"id"}
    return {key: value for key, value in whole.items() if key in wanted} | {"id": whole["id"]}


def time_of(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def as_json(data: Any, status: int = 200) -> Response:
    return Response(json.dumps(data), status=status, content_type="application/json; charset=UTF-8")
